//! Texts that are filled in later, by a deployment tool or by rustc: nothing is known of them but that they are texts.

use super::sink_tests::said_of;
use crate::shape::{Shape, StateData};

fn said(states: &str, output: &'static Shape) -> Vec<String> {
    said_of(&Shape::Any, states, output, false)
}

#[test]
fn a_text_with_a_placeholder_is_any_text() {
    let kept = r#""A": { "Type": "Pass", "Result": { "kind": "${Kind}" }, "Next": "B" },"#;
    let choice = r#""B": { "Type": "Choice", "Choices": [{ "Variable": "$.kind", "StringEquals": "gift", "Next": "C" }] },
        "C": { "Type": "Pass", "InputPath": "$.kind", "End": true }"#;
    let found = said(&format!("{kept}{choice}"), String::SHAPE);
    assert!(found.len() == 1 && found[0].starts_with("choice-may-not-match"), "{found:?}");
    let other = choice.replace("] }", r#"], "Default": "C" }"#);
    assert_eq!(said(&format!("{kept}{other}"), String::SHAPE), [""; 0]);
    assert_eq!(said(&format!("{kept}{other}"), u8::SHAPE).len(), 1);
}
