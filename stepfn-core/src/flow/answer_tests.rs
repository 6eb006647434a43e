//! What services answer, on its way: parts that are put into it, positions in it, what a job ends with.

use super::sink_tests::{required, said_of};
use crate::shape::{ObjectShape, Shape};

/// Returns the diagnostics of a call of a service, and of the states behind it.
fn said(resource: &str, states: &str, strict: bool) -> Vec<String> {
    let ask = format!(
        r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", "Parameters": {{}}, "Next": "B" }}"#
    );
    said_of(&Shape::Any, &format!("{ask}, {states}"), &Shape::Any, strict)
}

/// Returns the diagnostics of an expression over an answer.
fn query(resource: &str, expression: &str, strict: bool) -> Vec<String> {
    let state = r#""Type": "Pass", "QueryLanguage": "JSONata", "Output""#;
    said(resource, &format!(r#""B": {{ {state}: "{{% {expression} %}}", "End": true }}"#), strict)
}

#[track_caller]
fn fine(said: &[String]) {
    assert_eq!(said, [""; 0]);
}

#[track_caller]
fn wrong(said: &[String], why: &str) {
    assert!(said.len() == 1 && said[0].contains(why), "expected {why}, said {said:#?}");
}

const START: &str = "aws-sdk:sfn:startExecution";

#[test]
fn a_part_that_no_model_has_holds_what_is_put_there_and_nothing_else() {
    let put = |path: &str, read: &str, language: &str| {
        let states = format!(
            r#""B": {{ "Type": "Pass", "Result": {{ "x": 1 }}, "ResultPath": "{path}", "Next": "C" }},
               "C": {{ "Type": "Pass", {language}, "End": true }}"#
        );
        said(START, &states.replace("READ", read), false)
    };
    let paths = r#""InputPath": "$.READ""#;
    let jsonata = r#""QueryLanguage": "JSONata", "Output": "{% $states.input.READ %}""#;
    for language in [paths, jsonata] {
        wrong(&put("$.a.b", "a.Error", language), "no-such-field");
        wrong(&put("$.a.b.c", "a.b.Error", language), "no-such-field");
        for (path, read) in
            [("$.a.b", "a.b.x"), ("$.a.b.c", "a.b.c.x"), ("$.a.b", "ExecutionArn"), ("$.a", "a.x")]
        {
            fine(&put(path, read, language));
        }
    }
}

#[test]
fn what_is_put_beside_a_part_of_an_answer_leaves_that_as_it_was() {
    let put = |path: &str, strict: bool| {
        let states = format!(
            r#""B": {{ "Type": "Pass", "Result": 1, "ResultPath": "$.Item.id.mine", "Next": "C" }},
               "C": {{ "Type": "Pass", "InputPath": "{path}", "End": true }}"#
        );
        said("dynamodb:getItem", &states, strict)
    };
    for path in ["$.Item.id.mine", "$.Item.id.S", "$.Item.other.S"] {
        fine(&put(path, false));
    }
    fine(&put("$.Item.id.mine", true));
    assert!(!put("$.Item.id.S", true).is_empty());
}

#[test]
fn a_type_asks_for_what_a_service_need_not_answer_in_a_strict_machine() {
    const CAUSE: Shape = Shape::Object(&ObjectShape {
        name: "Failed",
        fields: &[required("Cause", &["Cause"], &Shape::String)],
        flattened: &[],
        deny_unknown_fields: false,
    });
    let start = r#""A": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {}"#;
    let ends = format!(r#"{start}, "End": true }}"#);
    fine(&said_of(&Shape::Any, &ends, &CAUSE, false));
    wrong(&said_of(&Shape::Any, &ends, &CAUSE, true), "Cause");
    let tested = format!(
        r#"{start}, "Next": "B" }}, "B": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.Cause", "IsPresent": true, "Next": "C" }}], "Default": "D" }},
           "C": {{ "Type": "Succeed" }}, "D": {{ "Type": "Fail" }}"#
    );
    fine(&said_of(&Shape::Any, &tested, &CAUSE, true));
}

#[test]
fn one_answer_alone_has_no_second_item() {
    let tasks = "ecs:runTask";
    for expression in ["$states.input[1]", "$states.input.Tasks[0].TaskArn[1]", "$states.input[-2].Tasks"] {
        wrong(&query(tasks, expression, false), "nothing");
    }
    for expression in
        ["$states.input[0].Tasks", "$states.input[-1].Tasks[0].TaskArn", "$states.input.Tasks[1].TaskArn"]
    {
        fine(&query(tasks, expression, false));
    }
    // How many there are is the service's.
    assert!(!query(tasks, "$states.input.Tasks[1]", true).is_empty());
    fine(&query(tasks, "$exists($states.input.Tasks[1]) ? 1 : 0", true));
}

#[test]
fn the_report_of_a_start_is_not_in_what_the_machine_ends_with() {
    let read = |resource: &str| {
        said(resource, r#""B": { "Type": "Pass", "InputPath": "$.SdkHttpMetadata", "End": true }"#, false)
    };
    for resource in ["states:startExecution.sync", "states:startExecution.sync:2"] {
        wrong(&read(resource), "no-such-field");
    }
    fine(&read("states:startExecution"));
    fine(&read("glue:startJobRun.sync"));
}
