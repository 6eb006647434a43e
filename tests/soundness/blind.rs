//! The proof is not blind: machines that the checker never saw fail, and each failure is seen for what it is.

use serde_json::{Value as Json, json};
use stepfn::{definition::Call, shape::Shape};

use crate::{
    judge::{Failure, skeleton},
    trial::{Trial, Work, WorkKind},
};

/// Returns the failure of a machine that nobody checked.
fn failure(machine: Json, output: Option<&'static Shape>) -> Option<Failure> {
    let function = WorkKind::Function {
        call: Call::Direct,
        input: &Shape::Boolean,
        output: &Shape::String,
        result: None,
    };
    let work = vec![Work { state: "Work".into(), kind: function }];
    let trial = Trial {
        machine,
        express: false,
        strict: false,
        input: &Shape::String,
        output,
        work,
        texts: Vec::new(),
        constants: Vec::new(),
        children: Vec::new(),
    };
    let definition = trial.draft().unwrap().finish();
    trial.run(&definition, 1, 60)
}

fn starts(failure: Option<Failure>, kind: &str) {
    let said = failure.map(|failure| failure.kind).unwrap_or_default();
    assert!(said.starts_with(kind), "expected {kind}, found {said}");
}

const WORK: &str = "arn:aws:lambda:us-east-1:123456789012:function:Work";

#[test]
fn a_path_that_leads_nowhere_is_seen() {
    let pass = json!({ "Type": "Pass", "Parameters": { "x.$": "$.nope" }, "End": true });
    starts(failure(json!({ "StartAt": "A", "States": { "A": pass } }), None), "States.Runtime: The JSONPath");
}

#[test]
fn an_error_that_is_caught_is_seen() {
    let task = json!({
        "Type": "Task", "Resource": WORK,
        "QueryLanguage": "JSONata", "Arguments": "{% $states.input.nope %}",
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "B" }], "End": true,
    });
    let states = json!({ "Work": task, "B": { "Type": "Succeed" } });
    starts(failure(json!({ "StartAt": "Work", "States": states }), None), "States.QueryEvaluationError: ");
}

#[test]
fn a_function_that_cannot_read_its_input_is_seen() {
    let task = json!({ "Type": "Task", "Resource": WORK, "End": true });
    starts(
        failure(json!({ "StartAt": "Work", "States": { "Work": task } }), None),
        "a function cannot read its input: expected a boolean",
    );
}

#[test]
fn an_output_that_nobody_can_read_is_seen() {
    let pass = json!({ "Type": "Pass", "End": true });
    let machine = json!({ "StartAt": "A", "States": { "A": pass } });
    starts(failure(machine.clone(), Some(&Shape::Number)), "the output cannot be read: expected a number");
    assert!(failure(machine, Some(&Shape::String)).is_none());
}

#[test]
fn what_fails_in_a_child_of_a_distributed_map_is_seen() {
    let inner = json!({ "Type": "Pass", "OutputPath": "$.nope", "End": true });
    let map = json!({
        "Type": "Map", "ToleratedFailurePercentage": 100,
        "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "I", "States": { "I": inner },
        },
        "End": true,
    });
    let first = json!({ "Type": "Pass", "Result": [1], "Next": "M" });
    starts(failure(json!({ "StartAt": "A", "States": { "A": first, "M": map } }), None), "States.Runtime: ");
}

#[test]
fn messages_of_one_kind_are_told_alike() {
    let said = |path: &str, input: &str| {
        skeleton(&format!(
            "An error occurred while executing the state 'S' (entered at the event id #12). The JSONPath '{path}' specified for the \
             field 'x.$' could not be found in the input '{input}'"
        ))
    };
    assert_eq!(said("$.a['b']", "{}"), said("$.c", r#"{"it's": [1]}"#));
    assert_ne!(skeleton("expected a string, found 7"), skeleton("expected a number, found 7"));
}
