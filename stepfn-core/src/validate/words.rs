//! A finding in the words of AWS.

use super::Issue;
use crate::{
    diagnostic::{Code, Diagnostic},
    value::Value,
};

pub(super) const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
pub(super) const NO_END: &str = "MISSING_END_STATE";
pub(super) const TARGET: &str = "MISSING_TRANSITION_TARGET";

/// A finding as AWS says it. `definition` is what the finding is about.
pub(super) fn issue(definition: &Value, finding: &Diagnostic) -> Issue {
    let at = finding.at.as_str();
    let (parent, key) = at.rsplit_once('/').unwrap_or((at, ""));
    let key = unescape(key);
    let value = definition.pointer(at);
    let text = || value.and_then(Value::as_str).unwrap_or_default();
    let (code, message, at) = match finding.code {
        Code::NoTerminalState => {
            return Issue {
                code: NO_END,
                message: "Workflow has no terminal state".to_owned(),
                location: None,
            };
        }
        Code::UnknownState => (TARGET, format!("Missing 'Next' target: {}", text()), at),
        Code::DuplicateStateName => ("DUPLICATE_STATE_NAME", finding.message.clone(), at),
        Code::MissingField if key == "Credentials" => {
            (SCHEMA, "The field 'RoleArn' is required but was missing".to_owned(), at)
        }
        Code::MissingField => match missing(at, value) {
            Some(fields) => (SCHEMA, format!("These fields are required: [{fields}]"), at),
            None => (SCHEMA, finding.message.clone(), at),
        },
        Code::UnknownStateType => {
            let types = "[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]";
            (SCHEMA, format!("The field 'Type' should have one of these values: {types}"), at)
        }
        Code::WrongQueryLanguage if key == "QueryLanguage" => (
            SCHEMA,
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine".to_owned(),
            parent,
        ),
        Code::WrongQueryLanguage if parent.contains("/States/") => {
            let (set, other) = match &*key {
                "Arguments" | "Output" | "Items" | "Condition" => ("JSONPath", "JSONata"),
                _ => ("JSONata", "JSONPath"),
            };
            let message = format!(
                "The QueryLanguage is set to '{set}', but field '{key}' is only supported for the '{other}' QueryLanguage"
            );
            (SCHEMA, message, parent)
        }
        Code::UnknownField | Code::FieldNotAllowed => {
            (SCHEMA, format!("Field '{key}' is not supported"), parent)
        }
        Code::WaitFields if key == "Timestamp" && value.is_some_and(|value| value.as_str().is_some()) => {
            (SCHEMA, "String does not match RFC3339 timestamp".to_owned(), at)
        }
        Code::InvalidPath | Code::InvalidIntrinsic | Code::InvalidTemplate if key.ends_with(".$") => {
            let message = format!(
                "The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call"
            );
            (SCHEMA, message, parent)
        }
        Code::InvalidResource => {
            let reason =
                "The value is not a valid resource ARN, or the resource is not available in this region.";
            (SCHEMA, format!("The resource provided {} is not recognized. {reason}", text()), at)
        }
        Code::UnknownParameter => {
            (SCHEMA, format!("The field \"{key}\" is not supported by Step Functions"), parent)
        }
        Code::MissingParameter if key == "Resource" => {
            let field = if finding.message.contains("`Arguments`") { "Arguments" } else { "Parameters" };
            (SCHEMA, format!("{field} field is required for resource ARN: {}", text()), parent)
        }
        Code::MissingParameter => {
            // The message ends with the parameter's name.
            let name = finding.message.trim_end_matches('`').rsplit(['`', '.']).next().unwrap_or_default();
            (SCHEMA, format!("The field '{name}' is required but was missing"), at)
        }
        Code::EmptyList => (SCHEMA, "Value cannot be empty".to_owned(), at),
        Code::Express => (SCHEMA, express(&key, text()).unwrap_or_else(|| finding.message.clone()), at),
        _ => (SCHEMA, finding.message.clone(), at),
    };
    Issue { code, message, location: Some(location(definition, at)) }
}

/// What an Express machine does not support.
fn express(key: &str, resource: &str) -> Option<String> {
    let what = match resource {
        _ if key != "Resource" => return None,
        arn if arn.ends_with(".waitForTaskToken") => "'.waitForTaskToken' service integration ",
        arn if arn.ends_with(".sync") || arn.contains(".sync:") => "'.sync' service integration",
        _ => "Activity ARN",
    };
    Some(format!("Express state machine does not support {what}"))
}

/// The fields that an object lacks, in the order of AWS's schema.
fn missing(at: &str, object: Option<&Value>) -> Option<String> {
    let object = object?.as_object()?;
    let of_states = at.rsplit_once('/').is_some_and(|(parent, _)| parent.ends_with("/States"));
    let required: &[&str] =
        if object.contains_key("States") || object.contains_key("StartAt") || at.is_empty() {
            &["States", "StartAt"]
        } else if of_states {
            match object.get("Type").and_then(Value::as_str) {
                Some("Task") => &["Resource"],
                Some("Choice") => &["Choices"],
                Some("Parallel") => &["Branches"],
                Some("Map") => &["ItemProcessor"],
                Some(_) => return None,
                None => &["Type"],
            }
        } else if at.contains("/Choices/") {
            &["Next"]
        } else if at.contains("/Catch/") {
            &["ErrorEquals", "Next"]
        } else if at.contains("/Retry/") {
            &["ErrorEquals"]
        } else {
            return None;
        };
    let lacking: Vec<_> = required.iter().copied().filter(|field| !object.contains_key(*field)).collect();
    (!lacking.is_empty()).then(|| lacking.join(", "))
}

/// A JSON pointer as AWS writes a place: items of arrays in brackets, no escapes.
pub(super) fn location(definition: &Value, pointer: &str) -> String {
    let mut written = String::new();
    let mut value = Some(definition);
    for token in pointer.split('/').skip(1) {
        let token = unescape(token);
        match value {
            Some(Value::Array(items)) => {
                written.push_str(&format!("[{token}]"));
                value = token.parse::<usize>().ok().and_then(|index| items.get(index));
            }
            _ => {
                written.push('/');
                written.push_str(&token);
                value = value.and_then(|value| value.get(&token));
            }
        }
    }
    if written.is_empty() { "/".to_owned() } else { written }
}

fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
