//! The values of the context object, beside constants.

use stepfn::{Workflow, state_machine};

state_machine! {
    /// Who runs, since when.
    WhoAmI(serde_json::Value) -> serde_json::Value {
        start_at: Describe,
        Describe: Pass {
            parameters: {
                "started": $$.Execution.StartTime,
                "execution": $$.Execution.Id,
                "state": $$.State.Name,
                "machine": $$.StateMachine.Id,
                "constant": "a constant",
                "nested": { "number": 1.0, "list": [1, "two", null], "mixed": [$$.State.Name, "it's", 3] },
            },
            end: true,
        },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(WhoAmI::definition().machine.to_canonical_string());
}

#[test]
fn the_context_tells_who_runs_since_when() {
    let outcome = crate::run(&WhoAmI::definition(), serde_json::json!({}), |builder| {
        builder
            .virtual_time_from("2030-05-06T07:08:09.010Z".parse().unwrap())
            .region("ap-northeast-2")
            .account("210987654321")
    });
    let output = outcome.output().unwrap();
    assert_eq!(output["started"].as_str(), Some("2030-05-06T07:08:09.010Z"));
    assert_eq!(output["state"].as_str(), Some("Describe"));
    assert_eq!(
        output["machine"].as_str(),
        Some("arn:aws:states:ap-northeast-2:210987654321:stateMachine:WhoAmI")
    );
    assert_eq!(output["execution"].as_str(), Some(outcome.execution_arn().as_str()));
    assert_eq!(
        output["nested"].to_string(),
        r#"{"number":1.0,"list":[1,"two",null],"mixed":["Describe","it's",3]}"#
    );
}
