use super::*;
use crate::{
    asl,
    shape::{Field, Given, Made, ObjectShape, Shape, StateData},
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const LINE: Shape = Shape::Object(&ObjectShape {
    name: "Line",
    fields: &[field("sku", &["sku"], <String>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

const BUYER: Shape = Shape::Object(&ObjectShape {
    name: "Buyer",
    fields: &[field("name", &["name"], <String>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

const ORDER: Shape = Shape::Object(&ObjectShape {
    name: "Order",
    fields: &[
        field("id", &["id"], <String>::SHAPE),
        field("lines", &["lines"], &Shape::Array(&LINE)),
        field("buyer", &["buyer"], &Shape::Nullable(&BUYER)),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

/// What the whole analysis says of JSONata states that get an `Order`, one line a finding: `code at: message`.
fn said(states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
    let known = Known { types: vec![&ORDER], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let mut findings = analysis.findings;
    findings.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
    findings
        .iter()
        .map(|finding| format!("{} {}: {}", finding.code.name(), finding.at, finding.message))
        .collect()
}

/// What is said of an expression that is all of an `Output`.
fn output(expression: &str) -> Vec<String> {
    said(&format!(r#""A": {{ "Type": "Pass", "Output": "{{% {expression} %}}", "End": true }}"#))
}

#[test]
fn a_field_that_no_type_has_is_refused() {
    assert_eq!(
        output("$states.input.lins"),
        [
            "no-such-field /States/A/Output: state `A`: `$states.input.lins`: `Order` has no JSON field `lins`; did you mean \
          `lines`? it has `id`, `lines`, `buyer` (the machine's input)"
        ]
    );
    assert_eq!(
        output("$states.input.buyer.nam"),
        [
            "no-such-field /States/A/Output: state `A`: `$states.input.buyer.nam`: `Buyer` has no JSON field `nam`; did you mean \
          `name`? it has `name` (the machine's input)"
        ]
    );
    assert!(output("$states.input.id.x")[0].contains("it is a string, which has no fields"));
}

#[test]
fn what_may_come_to_something_is_not_refused() {
    for expression in [
        "$states.input",
        "$states.input.id",
        "$states.input.buyer.name",
        "$states.input.lines.sku",
        "$states.input.lines.anything.below",
        "$states.input.lines[0].sku",
        "$states.input.lines[sku = 'a'].count",
        "$exists($states.input.lins) ? $states.input.lins : 1",
        "$states.context.Execution.Input.id",
        "$states.context.Some.Thing",
        "{ 'a': $states.input.lins }",
        "($x := 1; $x)",
    ] {
        assert_eq!(output(expression), [""; 0], "{expression}");
    }
}

#[test]
fn what_an_output_makes_is_known_in_the_next_state() {
    let made = |path: &str| {
        said(&format!(
            r#""A": {{ "Type": "Pass", "Output": {{ "id": "{{% $states.input.id %}}", "of": "{{% {{ 'x': 1, 'y': [1, 'a'] }} %}}" }},
                "Next": "B" }},
            "B": {{ "Type": "Pass", "Output": "{{% {path} %}}", "End": true }}"#
        ))
    };
    assert_eq!(made("$states.input.of.x"), [""; 0]);
    assert_eq!(made("$states.input.of.y.z"), [""; 0], "an array is mapped over");
    assert!(made("$states.input.oft")[0].contains("there is no field `oft` here; it has `id`, `of`"));
    assert!(made("$states.input.of.z")[0].contains("there is no field `z` here; it has `x`, `y`"));
    assert!(made("$states.input.of.x.z")[0].starts_with("wrong-type /States/B/Output"));
    assert!(made("$states.input.id.z")[0].contains("it is a string"));
}

#[test]
fn variables_are_known_across_the_query_languages() {
    let states = |read: &str| {
        said(&format!(
            r#""A": {{ "Type": "Pass", "Assign": {{ "order": "{{% $states.input %}}", "n": 1 }}, "Next": "B" }},
            "B": {{ "Type": "Pass", "QueryLanguage": "JSONPath", {read}, "End": true }}"#
        ))
    };
    assert_eq!(states(r#""Parameters": { "a.$": "$order.id", "b.$": "$n" }"#), [""; 0]);
    assert!(states(r#""Parameters": { "a.$": "$order.idd" }"#)[0].starts_with("no-such-field"));
    assert!(states(r#""Parameters": { "a.$": "$ordr.id" }"#)[0].starts_with("unassigned-variable"));
    let back = said(
        r#""A": { "Type": "Pass", "QueryLanguage": "JSONPath", "Assign": { "order.$": "$" }, "Next": "B" },
        "B": { "Type": "Pass", "Output": "{% $order.idd %}", "End": true }"#,
    );
    assert!(back[0].contains("`$order.idd`: `Order` has no JSON field `idd`"), "{back:?}");
}

#[test]
fn a_variable_that_nothing_assigns_is_refused() {
    assert_eq!(
        output("$uppercase($nam)"),
        ["unassigned-variable /States/A/Output: state `A`: `$nam`: no variable `$nam` is assigned here"]
    );
    assert_eq!(output("$exists($nam) ? $nam : 'none'"), [""; 0], "the expression asks itself");
    // The branches assign beside each other, and the Map's children see what is around them.
    let scoped = said(
        r#""A": { "Type": "Pass", "Assign": { "seen": 1 }, "Next": "M" },
        "M": { "Type": "Map", "Items": [1, 2], "ItemProcessor": { "StartAt": "X", "States": {
            "X": { "Type": "Pass", "Assign": { "inner": "{% $seen %}" }, "Next": "Y" },
            "Y": { "Type": "Succeed", "Output": "{% $inner + $seen %}" } } }, "Next": "Z" },
        "Z": { "Type": "Succeed", "Output": "{% $inner %}" }"#,
    );
    assert_eq!(
        scoped,
        ["unassigned-variable /States/Z/Output: state `Z`: `$inner`: no variable `$inner` is assigned here"]
    );
}

#[test]
fn a_catcher_knows_its_error_and_a_choice_what_it_hands_on() {
    let found = said(
        r#""A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "B", "Catch": [
            { "ErrorEquals": ["States.ALL"], "Output": { "why": "{% $states.errorOutput.Cause %}" }, "Next": "C" } ] },
        "B": { "Type": "Pass", "Output": "{% $states.input.anything %}", "End": true },
        "C": { "Type": "Choice", "Choices": [
            { "Condition": "{% $states.input.why = 'x' %}", "Output": { "a": 1 }, "Assign": { "v": 1 }, "Next": "D" } ],
            "Default": "E" },
        "D": { "Type": "Pass", "Output": "{% $states.input.b %}", "Next": "F" },
        "E": { "Type": "Pass", "Output": "{% $states.input.because %}", "Next": "F" },
        "F": { "Type": "Pass", "Output": "{% $v %}", "End": true }"#,
    );
    assert_eq!(
        found,
        [
            "no-such-field /States/D/Output: state `D`: `$states.input.b`: there is no field `b` here; it has `a`",
            "no-such-field /States/E/Output: state `E`: `$states.input.because`: there is no field `because` here; it has \
             `why`",
        ]
    );
}
