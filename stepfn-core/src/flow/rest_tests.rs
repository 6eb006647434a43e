//! What no rule of a Choice takes, and what is still known there: both sides of each.

use super::*;
use crate::{
    asl,
    shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, StateData},
    task::Call,
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const fn optional(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

macro_rules! object {
    ($name:literal, $($field:expr),* $(,)?) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const STATUS: Shape = Shape::Enum(&EnumShape { name: "Status", variants: &["NEW", "DONE"], also_given: &[] });
const ROW: Shape = object!("Row", field("status", &["status"], &STATUS));
const ROWS: Shape = Shape::Array(&ROW);
const CAUSE: Shape = object!("Cause", field("Cause", &["Cause"], &Shape::String));
const IN: Shape = object!(
    "In",
    field("status", &["status"], &STATUS),
    optional("maybe", &["maybe"], &Shape::String),
    field("n", &["n"], <u32>::SHAPE),
    field("yes", &["yes"], &Shape::Boolean),
    field("row", &["row"], &ROW),
    field("rows", &["rows"], &ROWS),
    field("text", &["text"], &Shape::String),
);
const SINK: Shape = object!("Sink",);
/// `#[serde(untagged)]`
const EITHER: Shape = Shape::OneOf(&OneOfShape {
    name: "Either",
    alternatives: &[&CAUSE, &Shape::String],
    buffered: true,
    common: &ObjectShape {
        name: "Either",
        fields: &[optional("Cause", &["Cause"], &Shape::String)],
        flattened: &[],
        deny_unknown_fields: false,
    },
});

/// The types: the input, the output, the input of a function `f`, its result.
type Types = [&'static Shape; 4];

/// Returns the diagnostics of a machine whose state `F` invokes the function.
fn judged(types: Types, call: Call, states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let task = StateTyping::Task {
        task: TaskRef(0),
        name: "f".to_owned(),
        input: TypeRef(2),
        output: TypeRef(3),
        call,
        result: None,
    };
    let states = [("/States/F".into(), task)].into_iter().collect();
    let typing = Typing {
        input: Some(TypeRef(0)),
        output: Some(TypeRef(1)),
        states,
        proven: true,
        ..Typing::default()
    };
    let known = Known { types: types.to_vec(), tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let judged = analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known));
    let found = analysis.diagnostics.iter().cloned().chain(judged);
    found.map(|found| format!("{} {}: {}", found.code.name(), found.at, found.message)).collect()
}

const FUNCTION: &str = r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;

/// Returns the diagnostics of a Choice without a `Default`.
fn without_default(rules: &[&str]) -> Vec<String> {
    let rules: Vec<String> =
        rules.iter().map(|rule| format!(r#"{{ "Condition": "{{% {rule} %}}", "Next": "D" }}"#)).collect();
    let states = format!(
        r#""A": {{ "Type": "Choice", "Choices": [{}] }}, "D": {{ "Type": "Succeed" }}"#,
        rules.join(", ")
    );
    judged([&IN, &Shape::Any, &Shape::Any, &Shape::Any], Call::Direct, &states)
}

#[track_caller]
fn may_not_match(said: &[String]) {
    assert!(said.iter().any(|said| said.starts_with("choice-may-not-match")), "{said:#?}");
}

#[test]
fn a_position_of_what_is_no_array_takes_nothing() {
    for rule in [
        "$exists($states.input[1].status)",
        "$exists($states.input[-2])",
        "$exists($states.input.row[1])",
        "$type($states.input[1].status) = 'string'",
        "$states.input[1].status in ['NEW', 'DONE']",
        "$states.input.row[1].status = 'NEW' or $states.input.row[1].status = 'DONE'",
        "($f := function($p) { $p }; $f) and $states.input[1]",
        "$exists($states.input.rows[0])",
        "$states.input.rows[0].status in ['NEW', 'DONE']",
    ] {
        may_not_match(&without_default(&[rule]));
    }
    for rule in ["$exists($states.input.row.status)", "$states.input.row.status in ['NEW', 'DONE']"] {
        assert_eq!(without_default(&[rule]), [""; 0], "{rule}");
    }
}

#[test]
fn what_is_not_there_is_neither_equal_nor_unequal() {
    let complain = |rules: &[&str]| {
        let said = without_default(rules);
        assert!(!said.is_empty(), "{rules:?}");
    };
    complain(&["$states.input.maybe = 'a'", "$states.input.maybe != 'a'"]);
    complain(&["$states.input.rows.status = 'NEW'", "$states.input.rows.status != 'NEW'"]);
    assert_eq!(without_default(&["$states.input.text = 'a'", "$states.input.text != 'a'"]), [""; 0]);
    assert_eq!(without_default(&["$states.input.n = 1", "$states.input.n != 1"]), [""; 0]);
    assert_eq!(without_default(&["$states.input.n < 1", "$states.input.n >= 1"]), [""; 0]);
    // They are evaluated one after the other, and do not give the same.
    may_not_match(&without_default(&["$random() < 0.5", "$random() >= 0.5"]));
    may_not_match(&without_default(&["$states.input.n < $millis()", "$states.input.n >= $millis()"]));
}

/// A Choice behind a function of which the caught error, and nothing else, has the key `r`.
fn caught(rules: &str) -> Vec<String> {
    let states = format!(
        r#""A": {{ "Type": "Pass", "Next": "F" }},
        "F": {{ "Type": "Task", {FUNCTION}, "Arguments": {{}}, "Next": "C",
            "Catch": [{{ "ErrorEquals": ["States.ALL"], "Output": {{ "r": "{{% $states.errorOutput %}}" }}, "Next": "C" }}] }},
        "C": {{ "Type": "Choice", "Choices": [{rules}] }},
        "D": {{ "Type": "Succeed" }}"#
    );
    judged([&IN, &Shape::Any, &Shape::Any, &ROW], Call::Direct, &states)
}

#[test]
fn a_key_of_one_way_alone_takes_nothing_of_the_other() {
    may_not_match(&caught(
        r#"{ "Condition": "{% $type($states.input.r.Error) = 'string' %}", "Next": "D" }"#,
    ));
    may_not_match(&caught(r#"{ "Condition": "{% $exists($states.input.r.Error) %}", "Next": "D" }"#));
    let both = r#"{ "Condition": "{% $exists($states.input.r.Error) %}", "Next": "D" },
        { "Condition": "{% $exists($states.input.status) %}", "Next": "D" }"#;
    assert_eq!(caught(both), [""; 0]);
    let not = r#"{ "Condition": "{% $exists($states.input.r.Error) %}", "Next": "D" },
        { "Condition": "{% $not($exists($states.input.r.Error)) %}", "Next": "D" }"#;
    assert_eq!(caught(not), [""; 0]);
}

#[test]
fn a_key_that_need_not_be_computed_is_not_always_taken() {
    let of = |value: &str| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Output": "{{% {{ 'k': {value} }} %}}", "Next": "C" }},
            "C": {{ "Type": "Choice", "Choices": [
                {{ "Condition": "{{% $states.input.k = 'NEW' %}}", "Next": "D" }},
                {{ "Condition": "{{% $states.input.k = 'DONE' %}}", "Next": "D" }}] }},
            "D": {{ "Type": "Succeed" }}"#
        );
        judged([&IN, &Shape::Any, &Shape::Any, &Shape::Any], Call::Direct, &states)
    };
    may_not_match(&of("$states.input.yes ? $states.input.status"));
    assert_eq!(of("$states.input.yes ? $states.input.status : 'NEW'"), [""; 0]);
}

#[test]
fn what_is_known_of_a_key_makes_no_object_of_the_whole() {
    let joined = |result: &'static Shape, output: &'static Shape| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Next": "F" }},
            "F": {{ "Type": "Task", {FUNCTION}, "Next": "C",
                "Catch": [{{ "ErrorEquals": ["States.ALL"], "Next": "C" }}] }},
            "C": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% $states.input.Cause = 'x' %}}", "Next": "E" }}], "Default": "E" }},
            "E": {{ "Type": "Pass", "End": true }}"#
        );
        judged([&IN, output, &Shape::Any, result], Call::Direct, &states)
    };
    for result in [&Shape::String, &EITHER, <u32>::SHAPE, <Vec<String>>::SHAPE] {
        assert!(!joined(result, &SINK).is_empty(), "{result:?}");
    }
    assert_eq!(joined(&CAUSE, &SINK), [""; 0]);
    assert_eq!(joined(&CAUSE, &CAUSE), [""; 0]);
    // Told apart by the key it is the object.
    let told = r#""A": { "Type": "Choice", "Choices": [{ "Condition": "{% $exists($states.input.Cause) %}", "Next": "E" }], "Default": "D" },
        "E": { "Type": "Pass", "End": true },
        "D": { "Type": "Fail" }"#;
    assert_eq!(judged([&EITHER, &SINK, &Shape::Any, &Shape::Any], Call::Direct, told), [""; 0]);
}

#[test]
fn a_payload_that_may_be_null_stays_so_behind_a_condition_on_its_parts() {
    const NULLABLE: Shape = Shape::Nullable(&CAUSE);
    let sent = |condition: &str| {
        let states = format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Condition": "{{% {condition} %}}", "Next": "F" }}], "Default": "F" }},
            "F": {{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {{
                "FunctionName": "f", "Payload": "{{% $states.input %}}" }}, "End": true }}"#
        );
        judged([&NULLABLE, &Shape::Any, &NULLABLE, &Shape::Any], Call::Invoke, &states)
    };
    for condition in ["$type($states.input.Cause) = 'string'", "$exists($states.input.Cause)", "true"] {
        let said = sent(condition);
        assert!(
            said.iter().any(|said| said.contains("a null payload comes to the function as `{}`")),
            "{said:#?}"
        );
    }
    let tested = r#""A": { "Type": "Choice", "Choices": [{ "Condition": "{% $exists($states.input.Cause) %}", "Next": "F" }], "Default": "D" },
        "F": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {
            "FunctionName": "f", "Payload": "{% $states.input %}" }, "End": true },
        "D": { "Type": "Succeed" }"#;
    assert_eq!(judged([&NULLABLE, &Shape::Any, &NULLABLE, &Shape::Any], Call::Invoke, tested), [""; 0]);
}

#[test]
fn in_jsonpath_a_key_of_the_success_alone_takes_nothing_of_the_error() {
    let of = |rules: &str| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Next": "F" }},
            "F": {{ "Type": "Task", "QueryLanguage": "JSONPath", {FUNCTION}, "ResultPath": "$.r", "Next": "C",
                "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "C" }}] }},
            "C": {{ "Type": "Choice", "QueryLanguage": "JSONPath", "Choices": [{rules}] }},
            "D": {{ "Type": "Succeed" }}"#
        );
        judged([&IN, &Shape::Any, &Shape::Any, &ROW], Call::Direct, &states)
    };
    const R: &str = r#"{ "Variable": "$.r.status", "IsPresent": true, "Next": "D" }"#;
    const ERROR: &str = r#"{ "Variable": "$.error", "IsPresent": true, "Next": "D" }"#;
    may_not_match(&of(R));
    assert_eq!(of(&format!("{R}, {ERROR}")), [""; 0]);
}
