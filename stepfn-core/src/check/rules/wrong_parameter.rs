//! `wrong-parameter`

use super::{Code, page::Page, service_task::parameters, walk::Node};
use crate::{
    asl::{QueryLanguage, WorkflowType},
    diagnostic::Diagnostic,
    service::Kind,
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Task gives a parameter a value of a kind that the service does not take there.",
    why: "The task fails when the state runs: \"The value of the field … has an invalid format\". Step Functions writes numbers and booleans as \
          texts where the service wants texts, and reads them from texts; it makes no list of one value.",
    failing: r#"{
  "StartAt": "Stop",
  "States": {
    "Stop": {
      "Type": "Task",
      "Resource": "arn:aws:states:::aws-sdk:ec2:stopInstances",
      "Parameters": { "InstanceIds": "i-0123456789abcdef0" },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Stop",
  "States": {
    "Stop": {
      "Type": "Task",
      "Resource": "arn:aws:states:::aws-sdk:ec2:stopInstances",
      "Parameters": { "InstanceIds": ["i-0123456789abcdef0"] },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let all = parameters(node);
    let others =
        all.iter().flat_map(|parameters| parameters.others.iter().map(move |other| (parameters, other)));
    for (parameters, other) in others {
        let Some(expected) = expected(&other.kind, other.value) else { continue };
        // Optimised integrations make a structure of one text where its class in the SDK for Java does: DynamoDB's attributes.
        if !parameters.named.sdk
            && matches!((&other.kind, other.value), (Kind::Structure(_), Value::String(_)))
        {
            continue;
        }
        let message = format!(
            "`{}` takes {expected} as `{}`, found {}",
            parameters.named,
            other.path,
            found(other.value)
        );
        let mut diagnostic = node.diagnostic(Code::WrongParameter, &other.at, message);
        let is_path = other.value.as_str().is_some_and(|text| text.starts_with('$'));
        if is_path && node.language == QueryLanguage::JsonPath {
            diagnostic = diagnostic.help("a path is evaluated under a key that ends in `.$` only");
        } else if is_one_of(&other.kind, other.value) {
            diagnostic = diagnostic.help("write it in brackets, as a list of one");
        }
        diagnostics.push(diagnostic);
    }
}

/// Returns the kind that is wanted in place of a value that the service surely does not take.
fn expected(kind: &Kind, value: &Value) -> Option<&'static str> {
    let is_container = matches!(value, Value::Array(_) | Value::Object(_));
    match (kind, value) {
        (_, Value::Null) => None,
        (Kind::List(_), value) => (!matches!(value, Value::Array(_))).then_some("a list"),
        (Kind::Structure(_) | Kind::Map(_), value) => {
            (!matches!(value, Value::Object(_))).then_some("an object")
        }
        (Kind::Integer | Kind::Number, Value::String(text)) => {
            text.trim().parse::<f64>().is_err().then_some("a number")
        }
        (Kind::Integer | Kind::Number, value) => (!matches!(value, Value::Number(_))).then_some("a number"),
        (Kind::Boolean, Value::String(text)) => {
            (!["true", "false"].iter().any(|word| text.trim().eq_ignore_ascii_case(word)))
                .then_some("a boolean")
        }
        (Kind::Boolean, _) => is_container.then_some("a boolean"),
        (Kind::Timestamp, _) => is_container.then_some("a timestamp"),
        // Lists and objects are written as JSON where Step Functions knows that the text is some.
        (Kind::String | Kind::Anything | Kind::Bytes, _) => None,
    }
}

/// Returns `true` if a value is one item of the list that is wanted.
fn is_one_of(kind: &Kind, value: &Value) -> bool {
    let Kind::List(item) = kind else { return false };
    match (item.kind(), value) {
        (Kind::Structure(_) | Kind::Map(_), Value::Object(_)) => true,
        (item, value) => !matches!(value, Value::Object(_)) && expected(&item, value).is_none(),
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the string `{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::diagnostics;

    fn found(resource: &str, fields: &str) -> Vec<String> {
        let found = diagnostics(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", {fields}, "End": true }} }} }}"#
        ));
        let own = found.iter().filter(|found| found.code.name() == "wrong-parameter");
        own.map(|found| {
            format!("{}: {} ({})", found.at, found.message, found.help.as_deref().unwrap_or_default())
        })
        .collect()
    }

    #[test]
    fn what_the_service_cannot_take_is_reported_with_its_place() {
        assert_eq!(
            found("aws-sdk:ec2:stopInstances", r#""Parameters": { "InstanceIds": "i-1", "Force": "maybe" }"#),
            [
                "/States/A/Parameters/InstanceIds: state `A`: `aws-sdk:ec2:stopInstances` takes a list as `InstanceIds`, found the string `i-1` \
                 (write it in brackets, as a list of one)",
                "/States/A/Parameters/Force: state `A`: `aws-sdk:ec2:stopInstances` takes a boolean as `Force`, found the string `maybe` ()",
            ]
        );
        assert_eq!(
            found(
                "events:putEvents",
                r#""QueryLanguage": "JSONata", "Arguments": { "Entries": [{ "Resources": { "a": 1 } }] }"#
            ),
            [
                "/States/A/Arguments/Entries/0/Resources: state `A`: `events:putEvents` takes a list as `Entries[0].Resources`, found an object ()"
            ]
        );
        assert_eq!(
            found("aws-sdk:dynamodb:query", r#""Parameters": { "TableName": "t", "Limit": "many" }"#),
            [
                "/States/A/Parameters/Limit: state `A`: `aws-sdk:dynamodb:query` takes a number as `Limit`, found the string `many` ()"
            ]
        );
    }

    #[test]
    fn what_step_functions_writes_in_another_way_is_taken() {
        for (resource, fields) in [
            (
                "aws-sdk:dynamodb:query",
                r#""Parameters": { "TableName": 7, "Limit": "10", "ScanIndexForward": "false" }"#,
            ),
            ("aws-sdk:ec2:stopInstances", r#""Parameters": { "InstanceIds": "${Ids}" }"#),
            ("aws-sdk:ec2:stopInstances", r#""Parameters": { "InstanceIds.$": "$.ids" }"#),
            (
                "aws-sdk:ec2:stopInstances",
                r#""QueryLanguage": "JSONata", "Arguments": { "InstanceIds": "{% $ids %}" }"#,
            ),
            (
                "aws-sdk:eventbridge:putEvents",
                r#""Parameters": { "Entries": [{ "Detail": { "a.$": "$.a" } }] }"#,
            ),
            ("dynamodb:putItem", r#""Parameters": { "TableName": "t", "Item": { "id": "1" } }"#),
            ("sqs:sendMessage", r#""Parameters": { "QueueUrl": "q", "MessageBody": [1] }"#),
        ] {
            assert_eq!(found(resource, fields), [""; 0], "{resource}");
        }
    }
}
