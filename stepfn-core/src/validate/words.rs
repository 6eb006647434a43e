//! A diagnostic in the words of AWS.

use super::Issue;
use crate::{
    asl::schema::{self, Kind, PathKind},
    diagnostic::{Code, Diagnostic, Subject},
    json::unescaped,
    value::Value,
};

pub(super) const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
pub(super) const NO_END: &str = "MISSING_END_STATE";
pub(super) const TARGET: &str = "MISSING_TRANSITION_TARGET";

/// Returns a diagnostic in AWS's words. `definition` is the definition that it is about.
pub(super) fn issue(definition: &Value, diagnostic: &Diagnostic) -> Issue {
    let at = diagnostic.at.as_str();
    let (parent, key) = at.rsplit_once('/').unwrap_or((at, ""));
    let key = unescaped(key);
    let value = definition.pointer(at);
    let text = || value.and_then(Value::as_str).unwrap_or_default();
    let waits = waits_for(definition, at);
    let number = value.and_then(|value| number(&key, value));
    let subject = diagnostic.subject.as_ref().map(Subject::name);
    let (code, message, at) = match diagnostic.code {
        Code::NoTerminalState => {
            return Issue {
                code: NO_END,
                message: "Workflow has no terminal state".to_owned(),
                location: None,
            };
        }
        Code::UnknownState => (TARGET, format!("Missing 'Next' target: {}", text()), at),
        Code::DuplicateStateName => ("DUPLICATE_STATE_NAME", diagnostic.message.clone(), at),
        Code::ShadowedVariable => {
            let name = key.strip_suffix(".$").unwrap_or(&key);
            (SCHEMA, format!("The variable name '{name}' was already defined in a parent scope."), parent)
        }
        Code::NoSuchStatesField => {
            let name =
                ["result", "errorOutput"].into_iter().find(|name| names_states(text(), name, diagnostic));
            match name {
                Some(name) => (SCHEMA, format!("Field '$states.{name}' does not exist."), at),
                None => (SCHEMA, diagnostic.message.clone(), at),
            }
        }
        Code::ErrorNames => {
            let list = at.rsplitn(4, '/').nth(3).unwrap_or(at);
            (SCHEMA, "States.ALL must appear alone and at end of list".to_owned(), list)
        }
        Code::MissingTransition => (SCHEMA, one_of(false, "Next, End"), at),
        Code::ConflictingTransition => (SCHEMA, one_of(true, "Next, End"), parent),
        Code::ConflictingOperators => (SCHEMA, one_of(true, COMPARISONS), parent),
        Code::MissingField if at.contains("/Choices/") && value.is_some_and(asks_nothing) => {
            (SCHEMA, one_of(false, COMPARISONS), at)
        }
        Code::MissingField if at.ends_with("/ReaderConfig") => match value.and_then(reader_lacks) {
            Some(message) => (SCHEMA, message, at),
            None => (SCHEMA, diagnostic.message.clone(), at),
        },
        Code::MissingField if value.is_some_and(|value| lacks_type(at, value)) => {
            (SCHEMA, "The field 'Type' is required".to_owned(), at)
        }
        Code::MissingField if key == "Credentials" => {
            (SCHEMA, "The field 'RoleArn' is required but was missing".to_owned(), at)
        }
        Code::MissingField => match missing(at, value) {
            Some(fields) => (SCHEMA, format!("These fields are required: [{fields}]"), at),
            None => (SCHEMA, diagnostic.message.clone(), at),
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
        Code::WaitFields if waits.is_some() => {
            let (many, place) = waits.unwrap_or((false, at));
            (SCHEMA, one_of(many, "SecondsPath, Seconds, TimestampPath, Timestamp"), place)
        }
        Code::WaitFields if key == "Timestamp" && value.is_some_and(|value| value.as_str().is_some()) => {
            (SCHEMA, "String does not match RFC3339 timestamp".to_owned(), at)
        }
        Code::WaitFields | Code::RetryValues | Code::TimeoutValues | Code::MapFields | Code::WrongKind
            if number.is_some() =>
        {
            (SCHEMA, number.unwrap_or_default(), at)
        }
        Code::MapFields | Code::TimeoutValues | Code::FailFields
            if both(definition, parent, &key).is_some() =>
        {
            (SCHEMA, both(definition, parent, &key).unwrap_or_default(), parent)
        }
        Code::MapFields | Code::WrongKind if words(&key, text()).is_some() => {
            (SCHEMA, words(&key, text()).unwrap_or_default(), at)
        }
        Code::MapFields if key == "ItemsPointer" => (
            SCHEMA,
            format!("Invalid input: JSON Pointer expression must start with '/': \"{}\"", text()),
            at,
        ),
        Code::InvalidPath | Code::NotAReferencePath if is_reference(&key) && !text().starts_with('$') => {
            let message = "Value is not a Reference Path: Reference path didn't start with '$'";
            (SCHEMA, message.to_owned(), at)
        }
        Code::InvalidPath | Code::InvalidIntrinsic | Code::InvalidTemplate if key.ends_with(".$") => {
            let message = format!(
                "The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call"
            );
            (SCHEMA, message, parent)
        }
        Code::InvalidResource | Code::UnknownService | Code::UnknownAction | Code::UnsupportedPattern => {
            let reason =
                "The value is not a valid resource ARN, or the resource is not available in this region.";
            (SCHEMA, format!("The resource provided {} is not recognized. {reason}", text()), at)
        }
        Code::UnknownParameter => {
            (SCHEMA, format!("The field \"{key}\" is not supported by Step Functions"), parent)
        }
        Code::MissingParameter if key == "Resource" => {
            let field = subject.unwrap_or("Parameters");
            (SCHEMA, format!("{field} field is required for resource ARN: {}", text()), parent)
        }
        Code::MissingParameter => {
            let name = subject.unwrap_or_default();
            (SCHEMA, format!("The field '{name}' is required but was missing"), at)
        }
        Code::EmptyList => (SCHEMA, "Value cannot be empty".to_owned(), at),
        Code::Express => (SCHEMA, express(&key, text()).unwrap_or_else(|| diagnostic.message.clone()), at),
        _ => (SCHEMA, diagnostic.message.clone(), at),
    };
    Issue { code, message, location: Some(location(definition, at)) }
}

/// The operators of a Choice rule, in the order in which AWS lists them.
const COMPARISONS: &str = "StringEquals, IsBoolean, StringLessThan, IsNumeric, BooleanEquals, StringLessThanEqualsPath, NumericLessThan, \
    NumericGreaterThan, NumericLessThanPath, StringMatches, TimestampLessThanEqualsPath, NumericEquals, TimestampGreaterThan, \
    StringGreaterThanEqualsPath, TimestampGreaterThanEqualsPath, TimestampLessThanEquals, NumericLessThanEqualsPath, TimestampEquals, \
    BooleanEqualsPath, IsTimestamp, StringLessThanEquals, NumericLessThanEquals, StringLessThanPath, TimestampGreaterThanPath, \
    StringGreaterThan, StringGreaterThanPath, IsString, StringEqualsPath, TimestampEqualsPath, TimestampLessThan, \
    StringGreaterThanEquals, NumericGreaterThanPath, NumericGreaterThanEquals, NumericEqualsPath, TimestampLessThanPath, IsNull, \
    IsPresent, TimestampGreaterThanEquals, NumericGreaterThanEqualsPath";

/// An object that has several fields of which it may have one, or none.
fn one_of(many: bool, fields: &str) -> String {
    let what = if many { "There should only be one of" } else { "This object should have only one of" };
    format!("{what} the following fields: [{fields}]")
}

/// Returns `true` if a rule has a variable and nothing that it is compared with.
fn asks_nothing(rule: &Value) -> bool {
    rule.as_object().is_some_and(|rule| {
        rule.contains_key("Next")
            && !["And", "Or", "Not", "Condition"].iter().any(|key| rule.contains_key(key))
    })
}

/// Returns whether a Wait has several of its four fields, or none of them; and the place of the state.
fn waits_for<'a>(definition: &Value, at: &'a str) -> Option<(bool, &'a str)> {
    let fields = ["SecondsPath", "Seconds", "TimestampPath", "Timestamp"];
    let place = match at.rsplit_once('/') {
        Some((state, field)) if fields.contains(&field) && !state.ends_with("/States") => state,
        _ => at,
    };
    let state = definition.pointer(place)?.as_object()?;
    match fields.iter().filter(|field| state.contains_key(field)).count() {
        0 => Some((false, place)),
        1 => None,
        _ => Some((true, place)),
    }
}

/// Returns the error of a field that stands beside the one for a path to it.
fn both(definition: &Value, parent: &str, key: &str) -> Option<String> {
    let plain = key.strip_suffix("Path").unwrap_or(key);
    let path = format!("{plain}Path");
    let object = definition.pointer(parent)?.as_object()?;
    let has_both = object.contains_key(plain) && object.contains_key(path.as_str());
    has_both.then(|| one_of(true, &format!("{plain}, {path}")))
}

/// Returns the error of a text that is none of the words that its field takes, as AWS has it of a state's type.
fn words(key: &str, text: &str) -> Option<String> {
    let words = match schema::named(key)?.kind {
        Kind::Name(words) | Kind::Word(words) => words,
        _ => return None,
    };
    let is_other = !text.is_empty() && !words.contains(&text);
    is_other.then(|| format!("The field '{key}' should have one of these values: [{}]", words.join(", ")))
}

/// Returns the error of a number, from the least value that its field takes.
fn number(key: &str, value: &Value) -> Option<String> {
    let least = match schema::named(key)?.kind {
        // AWS's words for the sizes of batches were not recorded.
        Kind::Amount(range) if range.whole && !key.ends_with("PerBatch") => range.least,
        _ => return None,
    };
    match value {
        Value::Number(number) if number.as_f64().fract() != 0.0 => {
            Some("Expected value of type Integer".to_owned())
        }
        Value::Number(number) if number.as_f64() < least => Some(format!("Minimum value is {least}")),
        Value::Number(_) => None,
        _ => Some("Expected value of type Integer".to_owned()),
    }
}

/// Returns `true` if a field takes a reference path. A field that selects data takes any path.
fn is_reference(key: &str) -> bool {
    let kind = schema::named(key).map(|field| field.kind);
    key == "Variable" || matches!(kind, Some(Kind::Path(PathKind::Reference | PathKind::Target)))
}

/// Returns `true` if the place that a diagnostic means names this member of `$states`.
fn names_states(text: &str, name: &str, diagnostic: &Diagnostic) -> bool {
    let member = format!("$states.{name}");
    let meant = diagnostic.range.clone().and_then(|range| text.get(range)).unwrap_or_default();
    // The range is of the member, or of all of it.
    meant.contains(name)
        || (!meant.contains("result") && !meant.contains("errorOutput") && text.contains(&member))
}

/// Returns AWS's message for what a `ReaderConfig` lacks.
fn reader_lacks(config: &Value) -> Option<String> {
    let config = config.as_object()?;
    let word = |key: &str| config.get(key).and_then(Value::as_str);
    let lacks = |key: &str| !config.contains_key(key);
    if word("CSVHeaderLocation") == Some("GIVEN") && lacks("CSVHeaders") {
        return Some("These fields are required: [CSVHeaders]".to_owned());
    }
    let field = if word("InputType") == Some("CSV") && lacks("CSVHeaderLocation") {
        "CSVHeaderLocation"
    } else if lacks("InputType") {
        "InputType"
    } else {
        return None;
    };
    Some(format!("The field '{field}' is required"))
}

/// Returns `true` if an object is a state without `Type`.
fn lacks_type(at: &str, value: &Value) -> bool {
    let of_states = at.rsplit_once('/').is_some_and(|(parent, _)| parent.ends_with("/States"));
    of_states && value.as_object().is_some_and(|state| !state.contains_key("Type"))
}

/// Returns AWS's message for what an Express machine does not support.
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
    let lacking: Vec<_> = required.iter().copied().filter(|field| !object.contains_key(field)).collect();
    (!lacking.is_empty()).then(|| lacking.join(", "))
}

/// A JSON pointer as AWS writes a place: items of arrays in brackets, no escapes.
pub(super) fn location(definition: &Value, pointer: &str) -> String {
    let mut written = String::new();
    let mut value = Some(definition);
    for token in pointer.split('/').skip(1) {
        let token = unescaped(token);
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

#[cfg(test)]
mod tests {
    use crate::{definition::WorkflowType, validate::validate};

    fn said(fields: &str) -> String {
        let text = format!(
            r#"{{ "StartAt": "M", "States": {{ "M": {{ "Type": "Map", {fields}, "End": true, "ItemProcessor": {{
                "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                "StartAt": "P", "States": {{ "P": {{ "Type": "Pass", "End": true }} }} }} }} }} }}"#
        );
        let answer = validate(&text, WorkflowType::Standard);
        let [issue] = &answer.diagnostics[..] else { panic!("{:?}", answer.diagnostics) };
        format!("{} at {}", issue.message, issue.location.as_deref().unwrap_or_default())
    }

    fn reader(config: &str) -> String {
        said(&format!(
            r#""ItemReader": {{ "Resource": "arn:aws:states:::s3:getObject", "Parameters": {{ "Bucket": "b", "Key": "k" }},
                "ReaderConfig": {config} }}"#
        ))
    }

    /// AWS's words for one word of several were recorded of `Type` alone, those for one field of two of other fields.
    #[test]
    fn words_and_pairs_of_all_fields_are_told_in_one_way() {
        assert_eq!(
            reader(r#"{ "InputType": "XML" }"#),
            "The field 'InputType' should have one of these values: [CSV, JSON, JSONL, PARQUET, MANIFEST] at \
             /States/M/ItemReader/ReaderConfig/InputType"
        );
        assert_eq!(
            reader(r#"{ "InputType": "JSON", "MaxItems": 1, "MaxItemsPath": "$.n" }"#),
            "There should only be one of the following fields: [MaxItems, MaxItemsPath] at /States/M/ItemReader/ReaderConfig"
        );
        assert_eq!(
            said(r#""MaxConcurrency": 1, "MaxConcurrencyPath": "$.n""#),
            "There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath] at /States/M"
        );
        let text =
            r#"{ "QueryLanguage": "X", "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } }"#;
        let answer = validate(text, WorkflowType::Standard);
        assert_eq!(
            answer.diagnostics[0].message,
            "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]"
        );
    }
}
