//! The error names of the developer guide's "Handling errors in Step Functions workflows" that no other test shows: each where it
//! comes from, or handled by its name.

use stepfn_executor::Mock;

use super::{json, output, run, run_with, seconds, task};

/// "States.BranchFailed": the recordings hand on what a branch failed with, by its own name and cause
/// (`scenarios/parallel/base_scenarios.parallel_state_retry`).
#[test]
fn a_failed_branch_hands_on_its_own_error() {
    let asl = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [
        {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Mine", "Cause": "because"}}}],
        "Catch": [{"ErrorEquals": ["Mine"], "Next": "Caught"}], "End": true}, "Caught": {"Type": "Pass", "End": true}}}"#;
    assert_eq!(output(asl, "{}"), r#"{"Error":"Mine","Cause":"because"}"#);
}

/// The guide's "States.NoChoiceMatched" is `States.Runtime` on AWS (recorded), and nothing catches that, however deep it lies.
#[test]
fn a_choice_without_match_is_a_runtime_error_that_nothing_catches() {
    let choice = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "S"}]},
        "S": {"Type": "Succeed"}}}"#;
    let jsonata = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "QueryLanguage": "JSONata",
            "Choices": [{"Condition": "{% $states.input.n = 1 %}", "Next": "S"}]},
        "S": {"Type": "Succeed"}}}"#;
    let catch = r#""Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Catch": [{"ErrorEquals": ["States.NoChoiceMatched", "States.Runtime", "States.TaskFailed"], "Next": "Caught"},
            {"ErrorEquals": ["States.ALL"], "Next": "Caught"}], "End": true}, "Caught": {"Type": "Pass", "End": true}}}"#;
    for inner in [choice, jsonata] {
        for outer in [
            format!(r#""Type": "Parallel", "Branches": [{inner}]"#),
            format!(r#""Type": "Map", "ItemsPath": "$.list", "ItemProcessor": {inner}"#),
        ] {
            let asl = format!(r#"{{"StartAt": "P", "States": {{"P": {{{outer}, {catch}"#);
            let outcome = run(&asl, r#"{"n":2,"list":[{"n":2}]}"#);
            assert_eq!(outcome.error(), Some("States.Runtime"), "{asl}");
            assert!(outcome.cause().unwrap().ends_with(
                "Failed to transition out of the state. The state does not point to a next state."
            ));
        }
    }
}

/// The guide's "States.IntrinsicFailure" is `States.Runtime` on AWS (recorded): neither retried nor caught.
#[test]
fn a_failed_intrinsic_function_is_a_runtime_error_that_nothing_catches() {
    let asl = task(
        r#""Parameters": {"x.$": "States.ArrayGetItem($.list, 9)"},
           "Retry": [{"ErrorEquals": ["States.IntrinsicFailure"], "MaxAttempts": 2}],
           "Catch": [{"ErrorEquals": ["States.IntrinsicFailure", "States.TaskFailed"], "Next": "Caught"},
               {"ErrorEquals": ["States.ALL"], "Next": "Caught"}],"#,
    );
    let outcome = run_with(&asl, r#"{"list":[1]}"#, |builder| builder.mock("T", Mock::succeed(1)));
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert_eq!(
        outcome.cause(),
        Some(
            "An error occurred while executing the state 'T' (entered at the event id #2). There was an error while \
             evaluating the intrinsic function: States.ArrayGetItem($.list, 9). Invalid arguments in States.ArrayGetItem"
        )
    );
    assert_eq!(outcome.duration().as_secs(), 0);
}

/// "States.ResultPathMatchFailure": the result cannot be put at the path.
#[test]
fn a_result_that_does_not_fit_the_input_fails_without_a_catcher() {
    let outcome = run(&super::pass(r#""Result": 1, "ResultPath": "$.list[5].x","#), r#"{"list": []}"#);
    assert_eq!(outcome.error(), Some("States.ResultPathMatchFailure"));
}

/// The guide's "Call HTTPS APIs": an endpoint's status is the error's name.
#[test]
fn failures_of_https_endpoints_are_told_by_their_status() {
    let asl = r#"{"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": "arn:aws:states:::http:invoke",
            "Parameters": {"ApiEndpoint": "https://example.com/orders", "Method": "GET",
                "InvocationConfig": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/c/1"}},
            "Retry": [{"ErrorEquals": ["States.Http.StatusCode.429", "States.Http.Socket"], "IntervalSeconds": 4, "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.Http.StatusCode.404"], "Next": "Caught"}], "End": true},
        "Caught": {"Type": "Pass", "End": true}}}"#;
    let status = |code: u16| Mock::fail(format!("States.Http.StatusCode.{code}"), r#"{"message":"no"}"#);
    let outcome = run_with(asl, "{}", |builder| {
        builder.mock(
            "T",
            status(429).times(1).then(Mock::fail("States.Http.Socket", "")).times(1).then(status(404)),
        )
    });
    assert_eq!(outcome.output().unwrap()["Error"].as_str(), Some("States.Http.StatusCode.404"));
    assert_eq!(seconds(&outcome, "TaskScheduled"), [0.0, 4.0, 12.0]);
    let outcome = run_with(asl, "{}", |builder| builder.mock("T", status(500)));
    assert_eq!(outcome.error(), Some("States.Http.StatusCode.500"));
}

/// "States.HeartbeatTimeout": AWS reports it as States.Timeout (recorded: `timeouts/heartbeats.heartbeat_timeout`), and both names
/// handle it.
#[test]
fn a_missed_heartbeat_is_caught_by_either_name() {
    for name in ["States.HeartbeatTimeout", "States.Timeout"] {
        let asl = task(&format!(
            r#""HeartbeatSeconds": 5, "TimeoutSeconds": 60, "Catch": [{{"ErrorEquals": ["{name}"], "Next": "Caught"}}],"#
        ));
        let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::timeout()));
        assert_eq!(outcome.output(), Some(&json(r#"{"Error": "States.Timeout", "Cause": ""}"#)), "{name}");
        assert_eq!(outcome.duration().as_secs(), 5);
    }
}

/// The guide's "Retrying after an error": with `JitterStrategy` FULL a delay is anything from 0 to what it would be without, after
/// `MaxDelaySeconds` has bounded that.
#[test]
fn jitter_stays_below_the_bounded_delay() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 10, "MaxDelaySeconds": 30,
           "MaxAttempts": 5, "JitterStrategy": "FULL"}],"#,
    );
    let at = |seed| {
        let outcome = run_with(&asl, "{}", |builder| builder.seed(seed).mock("T", Mock::fail("E", "")));
        seconds(&outcome, "LambdaFunctionScheduled")
    };
    let mut longest: f64 = 0.0;
    for seed in 0..20 {
        let times = at(seed);
        let delays: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(delays.len(), 5);
        assert!(delays[0] <= 10.0 && delays.iter().all(|delay| (0.0..=30.0).contains(delay)), "{delays:?}");
        longest = delays.iter().copied().fold(longest, f64::max);
    }
    assert!(longest > 20.0, "{longest}");
    assert_ne!(at(1), at(2));
}
