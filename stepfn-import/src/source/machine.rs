//! A machine, its states and their fields: the inverse of what `state_machine!` makes of its tokens.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use stepfn_core::{
    asl::{
        TYPES,
        schema::{self, Kind},
    },
    definition::Reference,
    diagnostic::Code,
    diagnostic::list,
    json::push_token,
    placeholder,
    value::{Map, Value},
    visible::visible,
};

use super::{
    Unwritable,
    layout::{Entry, Piece},
    paths::expression,
    results::Declared,
    words::{self, name, number, string},
};

/// The writer, with the facts that are known beside the machine's JSON.
pub(super) struct Writer<'a> {
    pub(super) substitutions: &'a IndexMap<String, Reference>,
    /// The diagnostics that are errors, by the pointer of the state that allows them.
    pub(super) allowed: &'a BTreeMap<String, BTreeMap<&'static str, Vec<String>>>,
    /// The functions and results that have a declaration.
    pub(super) declared: &'a Declared,
    /// Whether the state that is being written holds a path as a mere string, which the macro takes for a slip.
    pub(super) has_path_as_text: bool,
    /// The names that references were given in place, which need no declaration.
    pub(super) in_place: BTreeSet<String>,
}

impl Writer<'_> {
    /// The fields and states of a machine at a pointer.
    pub(super) fn machine(&mut self, machine: &Map, at: &str) -> Result<Vec<Entry>, Unwritable> {
        let mut entries = Vec::new();
        for (key, value) in machine {
            match (key.as_ref(), value) {
                ("States", Value::Object(states)) => {
                    for (name, state) in states.iter() {
                        let mut below = format!("{at}/States");
                        push_token(&mut below, name);
                        entries.push(self.state(name, state, &below)?);
                    }
                }
                _ if !is_of_machines(key) => {
                    return Err(Unwritable::new(
                        format!("{at}/{key}"),
                        "a state machine has no such field; remove it",
                    ));
                }
                _ => entries.push(self.field(key, value, at)?),
            }
        }
        Ok(entries)
    }

    fn state(&mut self, name: &str, state: &Value, at: &str) -> Result<Entry, Unwritable> {
        let Value::Object(state) = state else { return Err(Unwritable::new(at, "a state is an object")) };
        let kind = match state.get("Type") {
            Some(Value::String(kind)) if TYPES.contains(&kind.as_ref()) => kind.to_string(),
            _ => {
                return Err(Unwritable::new(at, &format!("the `Type` of a state is one of {}", list(TYPES))));
            }
        };
        let outer = std::mem::take(&mut self.has_path_as_text);
        let mut above = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in state.iter() {
            match (key.as_ref(), value) {
                ("Type", _) => {}
                ("Comment", Value::String(comment)) if words::doc(comment.as_ref()).is_some() => {
                    above.extend(words::doc(comment.as_ref()).unwrap_or_default());
                }
                _ => entries.push(self.field(key, value, at)?),
            }
        }
        let mut codes = self.allowed.get(at).cloned().unwrap_or_default();
        if std::mem::replace(&mut self.has_path_as_text, outer) {
            codes.entry(Code::ExpressionAsText.name()).or_default();
        }
        // What is wrong stays to be seen where it is allowed.
        let messages = codes.values().flatten();
        above.extend(messages.map(|message| format!("// FIXME: {}", visible(message))));
        let codes: Vec<String> =
            codes.keys().map(|code| format!("stepfn::{}", code.replace('-', "_"))).collect();
        if !codes.is_empty() {
            above.push(format!("#[allow({})]", codes.join(", ")));
        }
        Ok(Entry {
            above,
            key: format!("{}: ", words::state_name(name)),
            value: Piece::Block { head: format!("{kind} "), entries },
            is_apart: true,
        })
    }

    /// A field of a machine, a state, a retrier, a catcher, or of one of ASL's other objects.
    pub(super) fn field(&mut self, key: &str, value: &Value, owner: &str) -> Result<Entry, Unwritable> {
        let mut at = owner.to_owned();
        push_token(&mut at, key);
        let wrong = |what: &str| Err(Unwritable::new(&at, what));
        let (key, is_dynamic) = match key.strip_suffix(".$") {
            Some("RoleArn") => ("RoleArn", true),
            _ => (key, false),
        };
        let piece = match (schema::named(key).map(|row| row.kind), value) {
            (Some(Kind::State | Kind::Name(_)), Value::String(text)) => Piece::Text(name(text)),
            (Some(Kind::State | Kind::Name(_)), Value::Array(_) | Value::Object(_)) => {
                return wrong("expected a name");
            }
            (Some(Kind::Errors), Value::Array(names)) => {
                let names: Option<Vec<Entry>> =
                    names.iter().map(|item| Some(Entry::item(Piece::Text(name(item.as_str()?))))).collect();
                match names {
                    Some(names) => Piece::List(names),
                    None => return wrong("a name of an error is a string"),
                }
            }
            (Some(Kind::Resource), Value::String(text)) => Piece::Text(self.resource(text, owner)),
            (Some(Kind::Resource), other) => {
                return wrong(&format!(
                    "expected an ARN, or a function of CloudFormation that comes to one (`!GetAtt Charge.Arn`), found {other}"
                ));
            }
            (Some(Kind::List(entry)), Value::Array(items)) => self.list(entry, items, &at)?,
            (Some(Kind::Errors | Kind::List(_)), _) => return wrong("expected a list"),
            (Some(Kind::Object("ItemProcessor")), _) => self.nested(value, &at)?,
            (Some(Kind::Object("ProcessorConfig")), Value::Object(config)) => match config_entries(config) {
                Some(entries) => Piece::Block { head: String::new(), entries },
                None => return wrong("its fields are strings"),
            },
            (Some(Kind::Object(_)), Value::Object(_)) => self.known_object(key, value, &at)?,
            (Some(Kind::Object(_)), _) => return wrong("expected an object"),
            (Some(Kind::Word(_)), Value::String(text)) if words::is_identifier(text) => {
                Piece::Text(text.to_string())
            }
            (Some(Kind::Literal), _) => self.template(value, &at, true)?,
            (Some(Kind::Entry), Value::String(text)) if is_dynamic && is_expression(text) => {
                Piece::Text(expression(text))
            }
            (Some(Kind::Entry), _) if is_dynamic => {
                return wrong("a key in `.$` takes a path or a function as its text");
            }
            _ if key.ends_with("Path") => match value {
                Value::Null => Piece::Text("null".to_owned()),
                Value::String(text) if is_expression(text) => Piece::Text(expression(text)),
                _ => return wrong("this is no path, and no deployment would take it; write one, as `$.a`"),
            },
            _ => self.template(value, &at, false)?,
        };
        Ok(Entry::field(&words::field(key), piece))
    }

    /// A list of objects of the language.
    fn list(&mut self, entry: &str, items: &[Value], at: &str) -> Result<Piece, Unwritable> {
        let mut entries = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = format!("{at}/{index}");
            entries.push(match (entry, item) {
                ("ChoiceRule", Value::Object(rule)) => self.rule(rule, &at)?,
                ("ChoiceRule", _) => return Err(Unwritable::new(at, "a rule is an object")),
                ("Branch", branch) => Entry::item(self.nested(branch, &at)?),
                _ => Entry::item(self.object(item, &at)?),
            });
        }
        Ok(Piece::List(entries))
    }

    /// An object of ASL's own fields.
    fn object(&mut self, value: &Value, at: &str) -> Result<Piece, Unwritable> {
        let Value::Object(fields) = value else { return Err(Unwritable::new(at, "expected an object")) };
        let entries: Result<Vec<Entry>, Unwritable> =
            fields.iter().map(|(key, value)| self.field(key, value, at)).collect();
        Ok(Piece::Block { head: String::new(), entries: entries? })
    }

    /// An object of which the macro knows all fields.
    fn known_object(&mut self, owner: &str, value: &Value, at: &str) -> Result<Piece, Unwritable> {
        for key in value.as_object().into_iter().flat_map(|fields| fields.keys()) {
            let name = if key.as_ref() == "RoleArn.$" { "RoleArn" } else { key };
            if schema::field(owner, name).is_none() {
                return Err(Unwritable::new(
                    format!("{at}/{key}"),
                    &format!("`{owner}` has no such field; remove it"),
                ));
            }
        }
        self.object(value, at)
    }

    fn nested(&mut self, value: &Value, at: &str) -> Result<Piece, Unwritable> {
        let Value::Object(machine) = value else { return Err(Unwritable::new(at, "expected a machine")) };
        Ok(Piece::Block { head: String::new(), entries: self.machine(machine, at)? })
    }

    /// Data: a payload template, or a literal.
    fn template(&mut self, value: &Value, at: &str, is_literal: bool) -> Result<Piece, Unwritable> {
        self.template_at(value, &mut at.to_owned(), is_literal)
    }

    /// The pointer is one text that grows and shrinks: a copy for each value would cost as much again as all keys above it.
    fn template_at(&mut self, value: &Value, at: &mut String, is_literal: bool) -> Result<Piece, Unwritable> {
        let length = at.len();
        Ok(Piece::Text(match value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(value) => number(value),
            Value::String(text) => {
                self.has_path_as_text |= !is_literal && (text.starts_with("$.") || text.starts_with("$$."));
                self.text(text)
            }
            Value::Array(items) => {
                let mut entries = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    push_token(at, &index.to_string());
                    entries.push(Entry::item(self.template_at(item, at, is_literal)?));
                    at.truncate(length);
                }
                return Ok(Piece::List(entries));
            }
            Value::Object(map) => {
                let mut entries = Vec::new();
                for (key, value) in map.iter() {
                    push_token(at, key);
                    let dynamic = key.strip_suffix(".$").filter(|_| !is_literal);
                    let (key, piece) = match (dynamic, value) {
                        (Some(key), Value::String(text)) if is_expression(text) => {
                            (key, Piece::Text(expression(text)))
                        }
                        (Some(_), _) => {
                            return Err(Unwritable::new(
                                at.as_str(),
                                "a key in `.$` takes a path or a function as its text",
                            ));
                        }
                        (None, value) => (key.as_ref(), self.template_at(value, at, is_literal)?),
                    };
                    at.truncate(length);
                    entries.push(Entry::field(&string(key), piece));
                }
                return Ok(Piece::Block { head: String::new(), entries });
            }
        }))
    }

    /// A text, or the reference that it is.
    fn text(&mut self, text: &str) -> String {
        self.reference(text).unwrap_or_else(|| string(text))
    }

    /// `ref_("Topic")`, where a text is `${Topic}` and that is what the macro would call it.
    fn reference(&mut self, text: &str) -> Option<String> {
        let name = placeholder::only(text)?;
        let (own, written) = match self.substitutions.get(name)? {
            Reference::Ref(id) => (id.clone(), format!("ref_({})", string(id))),
            Reference::GetAtt(id, attribute) => (
                format!("{id}{}", attribute.replace('.', "")),
                format!("get_att({}, {})", string(id), string(attribute)),
            ),
        };
        (own == name).then(|| {
            self.in_place.insert(name.to_owned());
            written
        })
    }

    fn resource(&mut self, arn: &str, state: &str) -> String {
        if let Some((function, name)) = self.declared.functions.get(arn) {
            self.in_place.extend(name.clone());
            return format!("lambda({function})");
        }
        let resource = self.untyped_resource(arn);
        match self.declared.results.get(state) {
            Some(ty) => format!("{resource} -> {ty}"),
            None => resource,
        }
    }

    fn untyped_resource(&mut self, arn: &str) -> String {
        self.reference(arn).or_else(|| service(arn)).unwrap_or_else(|| string(arn))
    }
}

/// Returns `true` if machines have a field, the outermost one or others.
fn is_of_machines(name: &str) -> bool {
    ["StateMachine", "Branch", "ItemProcessor"].iter().any(|owner| schema::field(owner, name).is_some())
}

/// `{ "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" }`; none where a field is no string.
fn config_entries(config: &Map) -> Option<Vec<Entry>> {
    let entry = |(key, value): (&stepfn_core::value::Key, &Value)| {
        Some(Entry::field(&words::field(key), Piece::Text(name(value.as_str()?))))
    };
    config.iter().map(entry).collect()
}

fn is_expression(text: &str) -> bool {
    text.starts_with('$') || text.starts_with("States.")
}

/// `arn:aws:states:::aws-sdk:dynamodb:getItem.sync` as `aws_sdk::dynamodb::get_item.sync`, where that gives the ARN back.
fn service(arn: &str) -> Option<String> {
    let path = arn.strip_prefix("arn:aws:states:::")?;
    let (path, pattern) =
        [(".waitForTaskToken", ".wait_for_task_token"), (".sync:2", ".sync_2"), (".sync", ".sync")]
            .into_iter()
            .find_map(|(suffix, pattern)| Some((path.strip_suffix(suffix)?, pattern)))
            .unwrap_or((path, ""));
    let (services, action) = path.rsplit_once(':')?;
    let services: Vec<String> = services.split(':').map(|service| service.replace('-', "_")).collect();
    let action = camel_to_snake(action)?;
    let given_back = services.iter().all(|service| words::is_identifier(service))
        && services.join(":").replace('_', "-") == path.rsplit_once(':')?.0
        && words::is_identifier(&action);
    given_back.then(|| format!("{}::{action}{pattern}", services.join("::")))
}

/// `getItem` as `get_item`; none where that is not `getItem` again.
fn camel_to_snake(action: &str) -> Option<String> {
    let mut out = String::new();
    for (index, c) in action.chars().enumerate() {
        match c {
            'A'..='Z' if index > 0 => out.extend(['_', c.to_ascii_lowercase()]),
            'a'..='z' => out.push(c),
            '0'..='9' if index > 0 => out.push(c),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_words_where_these_give_the_arn_back() {
        for (path, written) in [
            ("sqs:sendMessage.waitForTaskToken", Some("sqs::send_message.wait_for_task_token")),
            ("aws-sdk:s3:listObjectsV2", Some("aws_sdk::s3::list_objects_v2")),
            ("states:startExecution.sync:2", Some("states::start_execution.sync_2")),
            ("lambda:invoke", Some("lambda::invoke")),
            ("batch:submitJob.sync", Some("batch::submit_job.sync")),
            ("aws-sdk:ec2:describe_it", None),
            ("${Service}:publish", None),
            ("sns", None),
        ] {
            assert_eq!(service(&format!("arn:aws:states:::{path}")).as_deref(), written, "{path}");
        }
        assert_eq!(service("arn:aws:lambda:eu-west-1:123456789012:function:f"), None);
    }
}
