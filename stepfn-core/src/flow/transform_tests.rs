//! `|pattern|update, delete|`: what flows on of it.

use super::sink_tests::{required, said_of};
use crate::shape::{Field, Given, Made, ObjectShape, Shape, StateData};

const fn optional(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

macro_rules! object {
    ($name:literal, $($field:expr),* $(,)?) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const LINE: Shape = object!(
    "Line",
    required("sku", &["sku"], &Shape::String),
    required("parts", &["parts"], &Shape::Array(&PART)),
);
const PART: Shape =
    object!("Part", required("n", &["n"], <u32>::SHAPE), optional("sku", &["sku"], &Shape::String));
const IN: Shape = object!(
    "In",
    required("sku", &["sku"], &Shape::String),
    required("line", &["line"], &LINE),
    required("lines", &["lines"], &Shape::Array(&LINE)),
);

/// Returns the diagnostics of a change, and of a state behind it.
fn behind(change: &str, next: &str, output: &'static Shape) -> Vec<String> {
    let states = format!(
        r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {change} %}}", "Next": "B" }}, "B": {{ {next}, "End": true }}"#
    );
    said_of(&IN, &states, output, false)
}

#[test]
fn a_path_to_several_parts_of_what_was_changed_is_not_taken_to_find_nothing() {
    const PUT: &str = r#""Type": "Map", "ItemProcessor": { "StartAt": "P", "States": {
        "P": { "Type": "Pass", "Result": 1, "ResultPath": "$.a", "End": true } } }"#;
    for path in ["$[:2].parts", "$[*].parts", "$..parts", "$[0,1].parts"] {
        let map = format!(r#""InputPath": "{path}", {PUT}"#);
        let said = behind("$states.input.lines ~> |$|{ 'parts': 1 }|", &map, &Shape::Any);
        assert!(!said.is_empty(), "{path}");
    }
    let items = format!(r#""InputPath": "$[:2]", {PUT}"#);
    assert_eq!(behind("$states.input.lines ~> |$|{ 'parts': 1 }|", &items, &Shape::Any), [""; 0]);
    let merged = format!(r#""InputPath": "$.*", {PUT}"#);
    assert!(!behind("$merge([$states.input.line, $states.input])", &merged, &Shape::Any).is_empty());
    let key = format!(r#""InputPath": "$.lines[:1].parts", {PUT}"#);
    assert!(!behind("$merge([$states.input.line, $states.input])", &key, &Shape::Any).is_empty());
    let items = format!(r#""InputPath": "$.lines[:1].parts[*]", {PUT}"#);
    assert_eq!(behind("$merge([$states.input.line, $states.input])", &items, &Shape::Any), [""; 0]);
}
