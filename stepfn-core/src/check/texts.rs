//! The strings of a JSONPath state that are paths and intrinsic functions.

use super::walk::Node;
use crate::{
    asl::{Condition, OperandKind, QueryLanguage, StateKind},
    json::push_token,
    value::Value,
};

/// The kind of expression that a string has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// A path.
    Path,
    /// A path that names one node.
    Reference,
    /// A path that names one node of the state's input, to write to.
    Target,
    /// A path that names one node, or an intrinsic function.
    ReferenceOrIntrinsic,
    /// A path or an intrinsic function: the value of a `.$` key.
    Template,
}

/// A text with its place.
#[derive(Clone, Debug)]
pub(super) struct Text<'m> {
    /// JSON pointer below the state.
    pub(super) below: String,
    /// The field's name, as messages say it.
    pub(super) field: String,
    pub(super) text: &'m str,
    pub(super) want: Want,
}

impl Text<'_> {
    /// Returns `true` if the text is meant as an intrinsic function.
    pub(super) fn is_intrinsic(&self) -> bool {
        matches!(self.want, Want::Template | Want::ReferenceOrIntrinsic) && looks_like_call(self.text)
    }

    /// Returns `true` if the text is meant as a path.
    pub(super) fn is_path(&self) -> bool {
        match self.want {
            // What is neither is no template at all.
            Want::Template => self.text.starts_with('$'),
            _ => !self.is_intrinsic(),
        }
    }
}

/// Returns whether a text is meant as a call of an intrinsic function, well written or not.
pub(super) fn looks_like_call(text: &str) -> bool {
    let text = text.trim_start();
    let name = text.split('(').next().unwrap_or_default().trim_end();
    let known = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("States."));
    known && (text.contains('(') || name.get(7..).is_some_and(|name| name.chars().all(char::is_alphanumeric)))
}

/// Returns all strings of a state that are a path or an intrinsic function, in canonical order; none in JSONata.
pub(super) fn texts<'m>(node: &Node<'m>) -> Vec<Text<'m>> {
    if node.language != QueryLanguage::JsonPath {
        return Vec::new();
    }
    let state = node.state;
    let mut texts = Vec::new();
    let mut add = |below: String, text: Option<&'m str>, want: Want| {
        if let Some(text) = text {
            let field = below.rsplit('/').next().unwrap_or_default().to_owned();
            texts.push(Text { below, field, text, want });
        }
    };
    let mut plain = |field: &str, text: &'m Option<String>, want: Want| {
        add(format!("/{field}"), text.as_deref(), want);
    };
    match &state.kind {
        StateKind::Task(task) => {
            plain("TimeoutSecondsPath", &task.timeout_seconds_path, Want::Reference);
            plain("HeartbeatSecondsPath", &task.heartbeat_seconds_path, Want::Reference);
        }
        StateKind::Wait(wait) => {
            plain("SecondsPath", &wait.seconds_path, Want::Reference);
            plain("TimestampPath", &wait.timestamp_path, Want::Reference);
        }
        StateKind::Fail(fail) => {
            plain("ErrorPath", &fail.error_path, Want::ReferenceOrIntrinsic);
            plain("CausePath", &fail.cause_path, Want::ReferenceOrIntrinsic);
        }
        StateKind::Map(map) => {
            plain("ItemsPath", &map.items_path, Want::Reference);
            plain("MaxConcurrencyPath", &map.max_concurrency_path, Want::Reference);
            plain("ToleratedFailureCountPath", &map.tolerated_failure_count_path, Want::Reference);
            plain("ToleratedFailurePercentagePath", &map.tolerated_failure_percentage_path, Want::Reference);
            for (object, fields) in [
                (&map.item_batcher, &["MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"] as &[&str]),
                (&map.item_reader, &["ReaderConfig/MaxItemsPath"]),
            ] {
                let name = if std::ptr::eq(object, &map.item_batcher) { "ItemBatcher" } else { "ItemReader" };
                for field in fields {
                    let text =
                        object.as_ref().and_then(|object| object.pointer(&format!("/{field}"))?.as_str());
                    add(format!("/{name}/{field}"), text, Want::Reference);
                }
            }
        }
        StateKind::Choice(choice) => {
            for (index, rule) in choice.choices.iter().enumerate() {
                conditions(&format!("/Choices/{index}"), &rule.condition, &mut add);
            }
        }
        StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) => {}
    }
    for (field, path, want) in [
        ("InputPath", &state.input_path, Want::Path),
        ("ResultPath", &state.result_path, Want::Target),
        ("OutputPath", &state.output_path, Want::Path),
    ] {
        add(format!("/{field}"), path.as_ref().and_then(|path| path.as_str()), want);
    }
    for (index, catcher) in state.catch.iter().flatten().enumerate() {
        let path = catcher.result_path.as_ref().and_then(|path| path.as_str());
        add(format!("/Catch/{index}/ResultPath"), path, Want::Target);
    }
    for (below, template) in templates(node) {
        entries(&below, template, &mut |below, key, value| {
            if key.ends_with(".$") {
                add(below.to_owned(), value.as_str(), Want::Template);
            }
        });
    }
    texts
}

fn conditions<'m>(
    below: &str,
    condition: &'m Condition,
    add: &mut impl FnMut(String, Option<&'m str>, Want),
) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            for (index, rule) in rules.iter().enumerate() {
                conditions(&format!("{below}/{join}/{index}"), rule, add);
            }
        }
        Condition::Not(rule) => conditions(&format!("{below}/Not"), rule, add),
        Condition::Compare(comparison) => {
            // The reader reports a comparison without a variable.
            let variable = Some(comparison.variable.as_str()).filter(|variable| !variable.is_empty());
            add(format!("{below}/Variable"), variable, Want::Path);
            if comparison.operator.operand() == OperandKind::Path {
                let operator = comparison.operator.name();
                add(format!("{below}/{operator}"), comparison.operand.as_str(), Want::Path);
            }
        }
        Condition::Annotated(rule, _) => conditions(below, rule, add),
        Condition::Jsonata(_) => {}
    }
}

/// The payload templates of a state (in JSONata: the values that may hold expressions), with their place below it.
pub(super) fn templates<'m>(node: &Node<'m>) -> Vec<(String, &'m Value)> {
    let state = node.state;
    let mut templates = Vec::new();
    let mut add = |below: &str, template: Option<&'m Value>| {
        templates.extend(template.map(|template| (below.to_owned(), template)));
    };
    if let StateKind::Task(task) = &state.kind {
        add("/Credentials", task.credentials.as_ref());
    }
    if let StateKind::Map(map) = &state.kind {
        let part = |object: &'m Option<Value>, key: &str| object.as_ref().and_then(|object| object.get(key));
        add("/Items", map.items.as_ref());
        add("/ItemReader/Parameters", part(&map.item_reader, "Parameters"));
        add("/ItemReader/Arguments", part(&map.item_reader, "Arguments"));
        add("/ItemSelector", map.item_selector.as_ref());
        add("/ItemBatcher/BatchInput", part(&map.item_batcher, "BatchInput"));
        add("/ResultWriter/Parameters", part(&map.result_writer, "Parameters"));
        add("/ResultWriter/Arguments", part(&map.result_writer, "Arguments"));
    }
    add("/Parameters", state.parameters.as_ref());
    add("/Arguments", state.arguments.as_ref());
    add("/ResultSelector", state.result_selector.as_ref());
    add("/Output", state.output.as_ref());
    add("/Assign", state.assign.as_ref());
    if let StateKind::Choice(choice) = &state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            add(&format!("/Choices/{index}/Assign"), rule.assign.as_ref());
            add(&format!("/Choices/{index}/Output"), rule.output.as_ref());
        }
    }
    for (index, catcher) in state.catch.iter().flatten().enumerate() {
        add(&format!("/Catch/{index}/Assign"), catcher.assign.as_ref());
        add(&format!("/Catch/{index}/Output"), catcher.output.as_ref());
    }
    templates
}

/// Visits every entry of every object in a template: its pointer below the state, its key and its value.
pub(super) fn entries<'m>(at: &str, template: &'m Value, visit: &mut impl FnMut(&str, &'m str, &'m Value)) {
    entries_at(&mut at.to_owned(), template, visit);
}

/// The pointer is one text that grows and shrinks: a copy for each value would cost as much again as all keys above it.
fn entries_at<'m>(at: &mut String, template: &'m Value, visit: &mut impl FnMut(&str, &'m str, &'m Value)) {
    let length = at.len();
    match template {
        Value::Object(map) => {
            for (key, value) in map.iter() {
                push_token(at, key);
                visit(at, key, value);
                entries_at(at, value, visit);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                push_token(at, &index.to_string());
                entries_at(at, item, visit);
                at.truncate(length);
            }
        }
        _ => {}
    }
}
