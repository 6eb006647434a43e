use stepfn_core::{json, value::Value};

use crate::{Place, Run};

const REFUSED: &str = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" } } }"#;

#[test]
fn the_answer_is_that_of_aws() {
    let place = Place::new(&[("a.json", REFUSED)]);
    let Run { out, err, code } = place.run(&["validate", "a.json"]);
    assert_eq!(
        out,
        "ERROR MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next\n\
         ERROR MISSING_END_STATE: Workflow has no terminal state\n"
    );
    assert_eq!((err.as_str(), code), ("AWS refuses the definition: 2 diagnostics\n", 1));
    let Run { out, err, code } = place.run(&["validate", "a.json", "--format", "json"]);
    let reply: Value = json::parse_value(&out).unwrap();
    assert_eq!(
        reply.to_string(),
        r#"{"result":"FAIL","diagnostics":[{"severity":"ERROR","code":"MISSING_TRANSITION_TARGET","message":"Missing 'Next' target: B","location":"/States/A/Next"},{"severity":"ERROR","code":"MISSING_END_STATE","message":"Workflow has no terminal state"}],"truncated":false}"#
    );
    assert_eq!((err.as_str(), code), ("", 1));
}

#[test]
fn what_fails_at_run_time_alone_is_taken() {
    let asl = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "x.$": "States.ArrayLength(1)" }, "End": true } } }"#;
    let Run { out, err, code } = Place::new(&[]).run_with(&["validate", "-"], asl);
    assert_eq!((out.as_str(), err.as_str(), code), ("", "AWS takes the definition\n", 0));
    let Run { out, code, .. } = Place::new(&[]).run_with(&["validate", "-", "--format", "json"], asl);
    assert_eq!(code, 0);
    assert!(out.contains("\"result\": \"OK\""), "{out}");
}

#[test]
fn the_workflow_type_counts_and_a_file_must_be_there() {
    let asl = r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": true } } }"#;
    let place = Place::new(&[("a.json", asl)]);
    assert_eq!(place.run(&["validate", "a.json"]).code, 0);
    let Run { out, code, .. } = place.run(&["validate", "a.json", "--express"]);
    assert!(
        out.contains("Express state machine does not support Activity ARN at /States/A/Resource"),
        "{out}"
    );
    assert_eq!(code, 1);
    assert_eq!(place.run(&["validate", "none.json"]).code, 2);
}
