//! The data that flows into the parameters of a service: values of kinds that it surely does not take.
//!
//! Parameters that are written out in the definition are judged by the rules; here it is the results of paths and expressions.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    site::{Reading, Site},
    value::Sym,
};
use crate::{
    asl::{State, Task},
    diagnostic::Code,
    json::Pointer,
    jsonata,
    service::{Integration, Kind, Resource, Shape, lookup},
    shape::Need,
    value::Value,
};

/// The parameters of one Task.
struct Sent<'s> {
    site: &'s Site,
    named: Integration<'s>,
    is_jsonata: bool,
}

impl Analyser<'_> {
    /// Judges what a Task sends its service.
    pub(super) fn sent(&mut self, site: &Site, state: &State, task: &Task, sent: &Sym) {
        if self.report.is_none() {
            return;
        }
        let (field, template) = match (&state.parameters, &state.arguments) {
            (Some(parameters), _) => ("Parameters", parameters),
            (None, Some(arguments)) => ("Arguments", arguments),
            (None, None) => return,
        };
        let Some(Resource::Integration(named)) = task.resource.as_str().map(lookup) else { return };
        let Some(shape) = named.known().and_then(|action| action.parameters) else { return };
        let of = Sent { site, named, is_jsonata: field == "Arguments" };
        self.sent_part(&of, &site.at.key(field), "", (template, sent), &shape);
    }

    fn sent_part(
        &mut self,
        of: &Sent<'_>,
        at: &Pointer,
        path: &str,
        (template, sent): (&Value, &Sym),
        shape: &Shape,
    ) {
        match (template, shape.kind()) {
            (Value::Object(map), kind @ (Kind::Structure(_) | Kind::Map(_))) => {
                for (key, value) in map.iter() {
                    let at = at.key(key);
                    let bare = if of.is_jsonata { key } else { key.strip_suffix(".$").unwrap_or(key) };
                    let below = match &kind {
                        Kind::Map(shape) => Some(*shape),
                        _ => shape.member(bare).map(|member| member.shape),
                    };
                    let Some(shape) = below else { continue };
                    let path = if path.is_empty() { bare.to_owned() } else { format!("{path}.{bare}") };
                    self.sent_value(of, (&at, key), &path, (value, &sent.peek(bare)), &shape);
                }
            }
            (Value::Array(items), Kind::List(shape)) => {
                let Sym::Tuple(parts) = sent else { return };
                for (index, (value, part)) in items.iter().zip(parts.iter()).enumerate() {
                    let (at, path) = (at.index(index), format!("{path}[{index}]"));
                    self.sent_value(of, (&at, ""), &path, (value, part), &shape);
                }
            }
            _ => {}
        }
    }

    /// One value: computed or a constant of the program, or written out with such values in it.
    fn sent_value(
        &mut self,
        of: &Sent<'_>,
        (at, key): (&Pointer, &str),
        path: &str,
        (template, sent): (&Value, &Sym),
        shape: &Shape,
    ) {
        let computed = template.as_str().filter(|_| of.is_computed(key, template));
        match computed.or_else(|| self.constant_name(at)).map(str::to_owned) {
            Some(shown) => self.judge_sent(of, (at, &shown), path, sent, shape),
            None => self.sent_part(of, at, path, (template, sent), shape),
        }
    }

    fn judge_sent(
        &mut self,
        of: &Sent<'_>,
        (at, shown): (&Pointer, &str),
        path: &str,
        sent: &Sym,
        shape: &Shape,
    ) {
        let kind = shape.kind();
        let reading =
            Reading { site: of.site, at: at.to_owned(), range: None, shown: shown.to_owned(), asks: false };
        let wanted: Vec<Option<&str>> =
            sent.members().iter().map(|member| unfit(&kind, &member.outside(), of.named.sdk)).collect();
        if let Some(expected) =
            wanted.iter().copied().collect::<Option<Vec<_>>>().and_then(|all| all.first().copied())
        {
            let message = format!("`{}` takes {expected} as `{path}`, found {}", of.named, sent.words());
            self.wrong(&reading, Code::WrongParameter, message, None);
            return;
        }
        let need = match kind {
            Kind::List(_) => Need::Array,
            Kind::Map(_) => Need::Object,
            Kind::Structure(_) if of.named.sdk => Need::Object,
            _ => return,
        };
        if let Sym::Leaf(leaf) = sent {
            // A null is left out.
            let there = leaf.then([OwnedStep::Present, OwnedStep::NonNull]);
            self.claim_path(&there, &[], &OwnedNeed::Other(need), &reading);
        }
    }
}

impl Sent<'_> {
    /// Returns `true` if a path, a function or an expression makes the value.
    fn is_computed(&self, key: &str, value: &Value) -> bool {
        match value {
            Value::String(text) if self.is_jsonata => jsonata::expression_in(text).is_some(),
            Value::String(_) => key.ends_with(".$"),
            _ => false,
        }
    }
}

/// Returns the kind that is wanted in place of a value that is surely of another kind. Strings may hold numbers and booleans, and a string is
/// made of a value that is none.
fn unfit(kind: &Kind, sent: &Sym, sdk: bool) -> Option<&'static str> {
    let is_text = matches!(sent, Sym::String | Sym::Text(_) | Sym::Timestamp);
    let is_list = matches!(sent, Sym::Array(_) | Sym::Tuple(_));
    let is_object = matches!(sent, Sym::Object(_, None));
    let is_boolean = matches!(sent, Sym::Boolean | Sym::Bool(_));
    let is_number = matches!(sent, Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..));
    let (unfit, wanted) = match kind {
        Kind::List(_) => (is_text || is_object || is_boolean || is_number, "a list"),
        // Optimised integrations make some structures of one text.
        Kind::Structure(_) => (is_text && sdk || is_list || is_boolean || is_number, "an object"),
        Kind::Map(_) => (is_text || is_list || is_boolean || is_number, "an object"),
        Kind::Integer | Kind::Number => (is_list || is_object || is_boolean, "a number"),
        Kind::Boolean => (is_list || is_object, "a boolean"),
        Kind::Timestamp => (is_list || is_object, "a timestamp"),
        Kind::String | Kind::Bytes | Kind::Anything => (false, ""),
    };
    unfit.then_some(wanted)
}

#[cfg(test)]
mod tests {
    use crate::{
        asl,
        draft::Draft,
        flow::{Typing, analyse},
        shape::{Shape, StateData},
    };

    fn said(resource: &str, fields: &str) -> Vec<String> {
        let text = format!(
            r#"{{ "StartAt": "Make", "States": {{
                "Make": {{ "Type": "Pass", "Result": {{ "id": "i-1", "ids": ["i-1"], "many": true, "n": 7 }}, "Next": "Send" }},
                "Send": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", {fields}, "End": true }} }} }}"#
        );
        let (machine, read) = asl::read_str(&text).unwrap();
        assert!(read.is_empty(), "{read:?}");
        let diagnostics = analyse(&machine, &Typing::default()).diagnostics;
        diagnostics
            .iter()
            .map(|found| format!("{} {}: {}", found.code.name(), found.at, found.message))
            .collect()
    }

    #[test]
    fn a_value_of_another_kind_is_told_where_it_flows_in() {
        let stop = "aws-sdk:ec2:stopInstances";
        assert_eq!(
            said(stop, r#""Parameters": { "InstanceIds.$": "$.id" }"#),
            [
                "wrong-parameter /States/Send/Parameters/InstanceIds.$: state `Send`: `$.id`: `aws-sdk:ec2:stopInstances` takes a list as \
              `InstanceIds`, found the string \"i-1\""
            ]
        );
        assert_eq!(
            said(stop, r#""Parameters": { "InstanceIds.$": "States.Array($.id)", "Force.$": "$.many" }"#),
            [""; 0]
        );
        assert_eq!(
            said(
                stop,
                r#""QueryLanguage": "JSONata", "Arguments": { "InstanceIds": "{% $states.input.id %}" }"#
            )
            .len(),
            1
        );
        assert_eq!(
            said(
                "aws-sdk:dynamodb:query",
                r#""Parameters": { "TableName.$": "$.n", "Limit.$": "$.ids", "ExpressionAttributeValues": { ":a": { "SS.$": "$.id" } } }"#
            )
            .len(),
            2
        );
    }

    /// Returns the diagnostics where constants are parameters: each `"${IDS}"` in `parameters` stands for one of the given shape.
    fn said_of(resource: &str, parameters: &str, shape: &'static Shape) -> Vec<String> {
        let text = format!(
            r#"{{ "StartAt": "Send", "States": {{
                "Send": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", "Parameters": {parameters}, "End": true }} }} }}"#
        );
        let (machine, read) = asl::read_str(&text).unwrap();
        assert!(read.is_empty(), "{read:?}");
        let mut draft = Draft::new("Sends", machine.clone());
        let parameters: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut places = Vec::new();
        find(&parameters, "", &mut places);
        draft.constants.extend(places.into_iter().map(|at| (at, shape, "IDS".to_owned())));
        let (_, found) = draft.build_with_warnings();
        found.iter().map(|found| format!("{} {}: {}", found.code.name(), found.at, found.message)).collect()
    }

    fn find(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
        if value == "${IDS}" {
            found.push(at.to_owned());
        }
        let fields = value.as_object().into_iter().flatten();
        fields.for_each(|(key, value)| find(value, &format!("{at}/{key}"), found));
        let items = value.as_array().into_iter().flatten().enumerate();
        items.for_each(|(index, value)| find(value, &format!("{at}/{index}"), found));
    }

    #[test]
    fn a_constant_is_of_the_kind_that_the_parameter_takes() {
        let stop = |shape| said_of("aws-sdk:ec2:stopInstances", r#"{ "InstanceIds": "${IDS}" }"#, shape);
        assert_eq!(
            stop(String::SHAPE),
            [
                "wrong-type /States/Send/Parameters/InstanceIds: state `Send`: `IDS`: expected an array, found a string (the constant `IDS`)"
            ]
        );
        assert_eq!(stop(<[&str; 2]>::SHAPE), [""; 0]);
        // A null is left out.
        assert_eq!(stop(<Option<Vec<String>>>::SHAPE), [""; 0]);
        let get = |shape| {
            let parameters = r#"{ "TableName": "t", "Key": "${IDS}" }"#;
            said_of("dynamodb:getItem", parameters, shape)
        };
        assert_eq!(get(<Vec<String>>::SHAPE).len(), 1);
        assert_eq!(
            get(<std::collections::HashMap<String, std::collections::HashMap<String, String>>>::SHAPE),
            [""; 0]
        );
        let items = r#"{ "Filters": [{ "Name": "${IDS}", "Values": "${IDS}" }] }"#;
        let found = said_of("aws-sdk:ec2:describeInstances", items, String::SHAPE);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("/Filters/0/Values: "), "{found:?}");
    }

    #[test]
    fn what_step_functions_writes_in_another_way_flows_in() {
        for (resource, fields) in [
            ("aws-sdk:dynamodb:query", r#""Parameters": { "TableName.$": "$.id", "Limit.$": "$.id" }"#),
            ("dynamodb:putItem", r#""Parameters": { "TableName": "t", "Item": { "id.$": "$.id" } }"#),
            ("aws-sdk:eventbridge:putEvents", r#""Parameters": { "Entries": [{ "Detail.$": "$" }] }"#),
            ("sns:publish", r#""Parameters": { "TopicArn": "t", "Message.$": "$.ids" }"#),
        ] {
            assert_eq!(said(resource, fields), [""; 0], "{resource}");
        }
    }
}
