//! The rules for members of requests, by the API's model: `model.txt` has it as a table.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::{Map, Value};

use crate::error::ApiError;

static MODEL: LazyLock<HashMap<&str, Vec<Member>>> = LazyLock::new(|| read(include_str!("model.txt")));

/// The rules for a member.
#[derive(Debug)]
struct Member {
    name: &'static str,
    is_required: bool,
    kind: Kind,
    /// Of a text or a list its length, of a number its value.
    least: Option<f64>,
    most: Option<f64>,
    /// The texts that it may be, with `|` between them.
    values: Option<&'static str>,
    pattern: Option<Pattern>,
}

#[derive(Debug)]
enum Kind {
    Text,
    /// A text that no error repeats.
    Secret,
    Flag,
    Integer,
    Number,
    /// An object that is looked into elsewhere.
    Object,
    Shape(&'static str),
    List(Box<Member>),
}

#[derive(Clone, Copy, Debug)]
enum Pattern {
    Alias,
    Visible,
    Ascii,
}

impl Pattern {
    /// As the model has it.
    fn text(self) -> &'static str {
        match self {
            Self::Alias => r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$",
            Self::Visible => "[!-~]+",
            Self::Ascii => r"\p{ASCII}*",
        }
    }

    fn matches(self, text: &str) -> bool {
        let mut bytes = text.bytes();
        match self {
            Self::Alias => {
                bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
                    && !text.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::Visible => bytes.all(|byte| byte.is_ascii_graphic()),
            Self::Ascii => text.is_ascii(),
        }
    }
}

fn read(table: &'static str) -> HashMap<&'static str, Vec<Member>> {
    let mut model: HashMap<&str, Vec<Member>> = HashMap::new();
    let mut of = "";
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix(' ') {
            Some(member) => {
                let (name, rest) = member.split_once(' ').unwrap_or((member, ""));
                let is_required = name.ends_with('!');
                let member = Member { is_required, ..read_kind(name.trim_end_matches('!'), rest) };
                model.entry(of).or_default().push(member);
            }
            None => {
                of = line;
                model.entry(of).or_default();
            }
        }
    }
    model
}

fn read_kind(name: &'static str, text: &'static str) -> Member {
    let (kind, rest) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((item, rest)) => (Kind::List(Box::new(read_kind("member", item))), rest.trim_start()),
        None => {
            let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
            let kind = match kind {
                "text" => Kind::Text,
                "secret" => Kind::Secret,
                "flag" => Kind::Flag,
                "integer" => Kind::Integer,
                "number" => Kind::Number,
                "object" => Kind::Object,
                shape => Kind::Shape(shape),
            };
            (kind, rest)
        }
    };
    let mut member =
        Member { name, is_required: false, kind, least: None, most: None, values: None, pattern: None };
    for word in rest.split_whitespace() {
        match (word, word.split_once("..")) {
            (_, Some((least, most))) => {
                (member.least, member.most) = (least.parse().ok(), most.parse().ok());
            }
            ("alias", _) => member.pattern = Some(Pattern::Alias),
            ("visible", _) => member.pattern = Some(Pattern::Visible),
            ("ascii", _) => member.pattern = Some(Pattern::Ascii),
            (values, _) => member.values = Some(values),
        }
    }
    member
}

/// Checks the members of a request. AWS reports all errors at once.
pub(crate) fn check(action: &str, request: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(members) = MODEL.get(action) else {
        return Err(ApiError::new("UnknownOperationException", format!("there is no action `{action}`")));
    };
    let mut found = Vec::new();
    members.iter().try_for_each(|member| check_in(member, request, "", &mut found))?;
    match found.len() {
        0 => Ok(()),
        1 => Err(ApiError::invalid(format_args!("1 validation error detected: {}", found.join("; ")))),
        count => {
            Err(ApiError::invalid(format_args!("{count} validation errors detected: {}", found.join("; "))))
        }
    }
}

fn check_in(
    member: &Member,
    object: &Map<String, Value>,
    around: &str,
    found: &mut Vec<String>,
) -> Result<(), ApiError> {
    let path = format!("{around}{}", member.name);
    match object.get(member.name) {
        None | Some(Value::Null) if member.is_required => {
            found.push(format!(
                "Value null at '{path}' failed to satisfy constraint: Member must not be null"
            ));
            Ok(())
        }
        None | Some(Value::Null) => Ok(()),
        Some(value) => check_value(member, value, &path, found),
    }
}

fn check_value(member: &Member, value: &Value, path: &str, found: &mut Vec<String>) -> Result<(), ApiError> {
    let wrong = |expected| Err(wrong_type(path, expected));
    // What is measured, as what, and the value as errors show it.
    let (size, what, shown) = match (&member.kind, value) {
        (Kind::Text, Value::String(text)) => (length(text), "length", Some(text.clone())),
        (Kind::Secret, Value::String(text)) => (length(text), "length", None),
        (Kind::Flag, Value::Bool(_)) | (Kind::Object, Value::Object(_)) => return Ok(()),
        (Kind::Integer, Value::Number(number)) if number.is_i64() => {
            (number.as_f64().unwrap_or_default(), "value", Some(number.to_string()))
        }
        (Kind::Number, Value::Number(number)) => {
            (number.as_f64().unwrap_or_default(), "value", Some(number.to_string()))
        }
        (Kind::Shape(shape), Value::Object(object)) => {
            let around = format!("{path}.");
            let members = MODEL.get(shape).map_or(&[][..], Vec::as_slice);
            return members.iter().try_for_each(|member| check_in(member, object, &around, found));
        }
        (Kind::List(item), Value::Array(items)) => {
            for (number, value) in (1..).zip(items) {
                check_value(item, value, &format!("{path}.{number}.member"), found)?;
            }
            (items.len() as f64, "length", Some(shown(item, value)))
        }
        (Kind::Text | Kind::Secret, _) => return wrong("a string"),
        (Kind::Flag, _) => return wrong("a boolean"),
        (Kind::Integer, _) => return wrong("an integer"),
        (Kind::Number, _) => return wrong("a number"),
        (Kind::List(_), _) => return wrong("a list"),
        (Kind::Object | Kind::Shape(_), _) => return wrong("an object"),
    };
    let constraint = if let Some(least) = member.least.filter(|least| size < *least) {
        format!("have {what} greater than or equal to {least}")
    } else if let Some(most) = member.most.filter(|most| size > *most) {
        format!("have {what} less than or equal to {most}")
    } else if let (Some(values), Some(text)) = (member.values, value.as_str())
        && !values.split('|').any(|known| known == text)
    {
        format!("satisfy enum value set: [{}]", values.replace('|', ", "))
    } else if let (Some(pattern), Some(text)) = (member.pattern, value.as_str())
        && !pattern.matches(text)
    {
        format!("satisfy regular expression pattern: {}", pattern.text())
    } else {
        return Ok(());
    };
    let shown = shown.map_or(String::new(), |shown| format!(" '{shown}'"));
    found.push(format!("Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"));
    Ok(())
}

/// A list as AWS shows it, where it refuses one: `[Tag(key=a, value=b)]`.
fn shown(item: &Member, value: &Value) -> String {
    let parts = |parts: Vec<String>| parts.join(", ");
    match (value, &item.kind) {
        (Value::Array(items), _) => {
            format!("[{}]", parts(items.iter().map(|value| shown(item, value)).collect()))
        }
        (Value::Object(object), Kind::Shape(shape)) => {
            let members = MODEL.get(shape).map_or(&[][..], Vec::as_slice);
            let members = members.iter().filter_map(|member| {
                let value = object.get(member.name)?;
                Some(format!("{}={}", member.name, shown(member, value)))
            });
            format!("{}({})", shape.trim_start_matches(':'), parts(members.collect()))
        }
        (Value::String(text), _) => text.clone(),
        _ => value.to_string(),
    }
}

fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

pub(crate) fn wrong_type(name: &str, expected: &str) -> ApiError {
    ApiError::new("SerializationException", format!("`{name}` must be {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(action: &str, request: &str) -> String {
        match check(action, &serde_json::from_str(request).unwrap()) {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("{}: {}", error.code, error.message),
        }
    }

    #[test]
    fn the_table_has_each_action_and_each_shape_that_it_names() {
        let shapes = |member: &Member| match &member.kind {
            Kind::Shape(shape) => Some(*shape),
            Kind::List(item) => match item.kind {
                Kind::Shape(shape) => Some(shape),
                _ => None,
            },
            _ => None,
        };
        for member in MODEL.values().flatten() {
            assert!(shapes(member).is_none_or(|shape| MODEL.contains_key(shape)), "{member:?}");
        }
        let named: Vec<_> = MODEL.values().flatten().filter_map(shapes).collect();
        assert_eq!(MODEL.keys().filter(|name| !named.contains(name)).count(), 37);
    }

    #[test]
    fn all_that_is_wrong_with_a_request_is_told_at_once() {
        assert_eq!(said("StopExecution", r#"{"executionArn": "arn:x"}"#), "ok");
        assert_eq!(
            said("ListExecutions", r#"{"maxResults": 1001}"#),
            "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: \
             Member must have value less than or equal to 1000"
        );
        assert_eq!(
            said("RedriveExecution", r#"{"executionArn": "", "clientToken": "a b"}"#),
            "ValidationException: 2 validation errors detected: Value '' at 'executionArn' failed to satisfy constraint: Member must \
             have length greater than or equal to 1; Value 'a b' at 'clientToken' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [!-~]+"
        );
        assert_eq!(
            said("SendTaskFailure", r#"{"taskToken": ""}"#),
            "ValidationException: 1 validation error detected: Value at 'taskToken' failed to satisfy constraint: Member must have \
             length greater than or equal to 1"
        );
        assert_eq!(
            said("TagResource", r#"{"resourceArn": "a", "tags": [{"key": "", "value": null}]}"#),
            "ValidationException: 1 validation error detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member \
             must have length greater than or equal to 1"
        );
        assert_eq!(
            said("CreateStateMachineAlias", r#"{"name": "12", "routingConfiguration": []}"#),
            "ValidationException: 2 validation errors detected: Value '12' at 'name' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$; Value '[]' at 'routingConfiguration' \
             failed to satisfy constraint: Member must have length greater than or equal to 1"
        );
        let route =
            |number: u32| format!(r#"{{"stateMachineVersionArn": "arn:{number}", "weight": {number}}}"#);
        let routes: Vec<String> = (1..=3).map(route).collect();
        assert_eq!(
            said(
                "CreateStateMachineAlias",
                &format!(r#"{{"name": "a", "routingConfiguration": [{}]}}"#, routes.join(","))
            ),
            "ValidationException: 1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=arn:1, \
             weight=1), RoutingConfigurationListItem(stateMachineVersionArn=arn:2, weight=2), \
             RoutingConfigurationListItem(stateMachineVersionArn=arn:3, weight=3)]' at 'routingConfiguration' failed to satisfy \
             constraint: Member must have length less than or equal to 2"
        );
    }

    #[test]
    fn members_of_another_type_and_unknown_actions_are_refused() {
        for (request, member) in [
            (r#"{"maxResults": "1"}"#, "maxResults"),
            (r#"{"maxResults": 1.5}"#, "maxResults"),
            (r#"{"nextToken": 1}"#, "nextToken"),
        ] {
            let said = said("ListStateMachines", request);
            assert!(said.starts_with(&format!("SerializationException: `{member}` must be ")), "{said}");
        }
        for action in ["Nothing", "Tag", ""] {
            let said = said(action, "{}");
            assert!(said.starts_with("UnknownOperationException"), "{said}");
        }
    }
}
