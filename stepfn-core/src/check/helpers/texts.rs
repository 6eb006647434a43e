//! The strings of a JSONPath state that are paths and intrinsic functions.

use super::walk::Node;
use crate::{
    asl::{
        Condition, OperandKind, QueryLanguage, StateKind,
        schema::{Given, Kind, PathKind, fields_of},
    },
    json::{Pointer, push_token},
    value::Value,
};

/// The kind of expression that a string has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Want {
    /// A path.
    Path(PathKind),
    /// A path or an intrinsic function: the value of a `.$` key.
    Template,
}

/// A text with its place.
#[derive(Clone, Debug)]
pub(in crate::check) struct Text<'m> {
    /// JSON pointer below the state.
    pub(in crate::check) below: Pointer,
    /// The field's name, as messages say it.
    pub(in crate::check) field: String,
    pub(in crate::check) text: &'m str,
    pub(in crate::check) want: Want,
}

impl Text<'_> {
    /// Returns `true` if the text is meant as an intrinsic function.
    pub(in crate::check) fn is_intrinsic(&self) -> bool {
        matches!(self.want, Want::Template | Want::Path(PathKind::ReferenceOrIntrinsic))
            && looks_like_call(self.text)
    }

    /// Returns `true` if the text is meant as a path.
    pub(in crate::check) fn is_path(&self) -> bool {
        match self.want {
            // What is neither is no template at all.
            Want::Template => self.text.starts_with('$'),
            _ => !self.is_intrinsic(),
        }
    }
}

/// Returns whether a text is meant as a call of an intrinsic function, well written or not.
pub(in crate::check) fn looks_like_call(text: &str) -> bool {
    let text = text.trim_start();
    let name = text.split('(').next().unwrap_or_default().trim_end();
    let known = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("States."));
    known && (text.contains('(') || name.get(7..).is_some_and(|name| name.chars().all(char::is_alphanumeric)))
}

/// Returns all strings of a state that are a path or an intrinsic function, in canonical order; none in JSONata.
pub(in crate::check) fn texts<'m>(node: &Node<'m>) -> Vec<Text<'m>> {
    if node.language != QueryLanguage::JsonPath {
        return Vec::new();
    }
    let state = node.state;
    let mut texts = Vec::new();
    let mut add = |below: Pointer, text: Option<&'m str>, want: Want| {
        if let Some(text) = text {
            let field = below.last().into_owned();
            texts.push(Text { below, field, text, want });
        }
    };
    for part in state.parts() {
        if let Kind::Path(kind) = part.field.kind {
            add(part.at, part.given.as_str(), Want::Path(kind));
        }
    }
    if let StateKind::Choice(choice) = &state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            conditions(&Pointer::root().key("Choices").index(index), &rule.condition, &mut add);
        }
    }
    for (below, template) in templates(node) {
        entries(&below, template, &mut |below, key, value| {
            if key.ends_with(".$") {
                add(below.into(), value.as_str(), Want::Template);
            }
        });
    }
    texts
}

fn conditions<'m>(
    below: &Pointer,
    condition: &'m Condition,
    add: &mut impl FnMut(Pointer, Option<&'m str>, Want),
) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            for (index, rule) in rules.iter().enumerate() {
                conditions(&below.key(join).index(index), rule, add);
            }
        }
        Condition::Not(rule) => conditions(&below.key("Not"), rule, add),
        Condition::Compare(comparison) => {
            // The reader reports a comparison without a variable.
            let variable = Some(comparison.variable.as_str()).filter(|variable| !variable.is_empty());
            add(below.key("Variable"), variable, Want::Path(PathKind::Any));
            if comparison.operator.operand() == OperandKind::Path {
                let operator = comparison.operator.name();
                add(below.key(operator), comparison.operand.as_str(), Want::Path(PathKind::Any));
            }
        }
        Condition::Annotated(rule, _) => conditions(below, rule, add),
        Condition::Jsonata(_) => {}
    }
}

/// The payload templates of a state (in JSONata: the values that may hold expressions), with their place below it.
pub(in crate::check) fn templates<'m>(node: &Node<'m>) -> Vec<(Pointer, &'m Value)> {
    let parts = node.state.parts().into_iter();
    let templates = parts.filter_map(|part| match (part.field.kind, part.given) {
        (Kind::Template, Given::Value(template)) => Some((part.at, template)),
        // Its keys are known, and may have the `.$`.
        (Kind::Object(owner), Given::Value(object))
            if fields_of(owner).iter().any(|field| field.kind == Kind::Entry) =>
        {
            Some((part.at, object))
        }
        _ => None,
    });
    templates.collect()
}

/// Visits every entry of every object in a template: its pointer below the state, its key and its value.
pub(in crate::check) fn entries<'m>(
    at: &str,
    template: &'m Value,
    visit: &mut impl FnMut(&str, &'m str, &'m Value),
) {
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
