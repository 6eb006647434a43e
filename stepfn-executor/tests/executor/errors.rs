use stepfn_core::value::Value;
use stepfn_executor::{Mock, Status};

use crate::{json, pass, predecessors, run, run_with, seconds, steps, task};

#[test]
fn retries_wait_for_the_interval_times_the_rate() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "BackoffRate": 2, "MaxAttempts": 4, "MaxDelaySeconds": 10}],"#,
    );
    let outcome = run_with(&asl, "{}", |builder| {
        builder.mock("T", Mock::fail("Busy", "").times(4).then(Mock::succeed(1)))
    });
    assert_eq!(outcome.output(), Some(&Value::from(1)));
    assert_eq!(seconds(&outcome, "LambdaFunctionScheduled"), [0.0, 3.0, 9.0, 19.0, 29.0]);
    assert_eq!(outcome.transitions, 5);
}

#[test]
fn defaults_are_three_retries_after_one_two_and_four_seconds() {
    let asl = task(r#""Retry": [{"ErrorEquals": ["States.ALL"]}],"#);
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::fail("Busy", "why")));
    assert_eq!(seconds(&outcome, "LambdaFunctionFailed"), [0.0, 1.0, 3.0, 7.0]);
    let failed = Status::Failed { error: Some("Busy".to_owned()), cause: Some("why".to_owned()) };
    assert_eq!(outcome.status, failed);
}

#[test]
fn each_retrier_counts_for_itself() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1},
                     {"ErrorEquals": ["B"], "IntervalSeconds": 10, "MaxAttempts": 1}],"#,
    );
    let mock = || Mock::fail("A", "").then(Mock::fail("B", "")).then(Mock::fail("A", ""));
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", mock().then(Mock::succeed(1))));
    assert_eq!(seconds(&outcome, "LambdaFunctionScheduled"), [0.0, 1.0, 11.0, 12.0]);
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", mock().then(Mock::fail("B", "last"))));
    assert_eq!(outcome.cause(), Some("last"));
}

#[test]
fn jitter_is_below_the_interval_and_the_same_for_the_same_seed() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "BackoffRate": 1, "JitterStrategy": "FULL"}],"#,
    );
    let at = |seed| {
        let outcome = run_with(&asl, "{}", |builder| builder.seed(seed).mock("T", Mock::fail("Busy", "")));
        seconds(&outcome, "LambdaFunctionScheduled")
    };
    let times = at(1);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] < 100.0), "{times:?}");
    assert!(times[3] < 300.0 && times[3] > 0.0);
    assert_eq!(times, at(1));
    assert_ne!(times, at(2));
}

#[test]
fn the_retry_count_is_in_the_context() {
    let asl = task(
        r#""Parameters": {"n.$": "$$.State.RetryCount"}, "Retry": [{"ErrorEquals": ["States.TaskFailed"]}],"#,
    );
    let mock = Mock::respond_with(|call| match call.retry_count {
        2 => Ok(call.input.clone()),
        _ => Err(stepfn_core::task::TaskFailure::new("Busy", "")),
    });
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", mock));
    assert_eq!(outcome.output(), Some(&json(r#"{"n":2}"#)));
}

#[test]
fn catchers_are_tried_in_order_after_the_retries() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
           "Catch": [{"ErrorEquals": ["Other"], "Next": "T"},
                     {"ErrorEquals": ["Busy", "More"], "ResultPath": "$.error", "Next": "Caught"},
                     {"ErrorEquals": ["States.ALL"], "Next": "T"}],"#,
    );
    let outcome = run_with(&asl, r#"{"a":1}"#, |builder| builder.mock("T", Mock::fail("Busy", "why")));
    assert_eq!(outcome.output(), Some(&json(r#"{"a":1,"error":{"Error":"Busy","Cause":"why"}}"#)));
    assert_eq!(
        steps(&outcome),
        [
            "ExecutionStarted",
            "TaskStateEntered T",
            "LambdaFunctionScheduled T",
            "LambdaFunctionStarted T",
            "LambdaFunctionFailed T",
            "LambdaFunctionScheduled T",
            "LambdaFunctionStarted T",
            "LambdaFunctionFailed T",
            "TaskStateExited T",
            "PassStateEntered Caught",
            "PassStateExited Caught",
            "ExecutionSucceeded",
        ]
    );
    assert_eq!(predecessors(&outcome), [0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
}

#[test]
fn a_caught_error_replaces_the_input_and_skips_the_output_path() {
    let asl =
        task(r#""OutputPath": "$.nothing", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],"#);
    let outcome = run_with(&asl, r#"{"a":1}"#, |builder| builder.mock("T", Mock::fail("E", "c")));
    assert_eq!(outcome.output(), Some(&json(r#"{"Error":"E","Cause":"c"}"#)));
}

#[test]
fn task_failed_matches_all_but_timeouts() {
    let asl =
        task(r#""TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}],"#);
    let failed = run_with(&asl, "{}", |builder| builder.mock("T", Mock::fail("E", "c")));
    assert!(failed.output().is_some());
    let timed_out = run_with(&asl, "{}", |builder| builder.mock("T", Mock::timeout()));
    assert_eq!(timed_out.status, Status::Failed { error: Some("States.Timeout".to_owned()), cause: None });
}

#[test]
fn runtime_errors_are_neither_retried_nor_caught() {
    let asl = task(
        r#""OutputPath": "$.nothing", "Retry": [{"ErrorEquals": ["States.ALL"]}],
           "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "Caught"}, {"ErrorEquals": ["States.ALL"], "Next": "Caught"}],"#,
    );
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::succeed(json("{}"))));
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert_eq!(
        outcome.cause(),
        Some(
            "An error occurred while executing the state 'T' (entered at the event id #2). Invalid path '$.nothing' : No results for path: $['nothing']"
        )
    );
    assert_eq!(steps(&outcome).last().unwrap(), "ExecutionFailed");
    assert_eq!(predecessors(&outcome).last(), Some(&5));
}

#[test]
fn results_over_the_limit_fail_by_the_name_of_what_gave_them() {
    let large = Value::from("x".repeat(262_143));
    let asl = task(r#""Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"}],"#);
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::succeed(large.clone())));
    assert_eq!(
        outcome.output().unwrap()["Cause"],
        Value::from(
            "The state/task 'arn:aws:lambda:us-east-1:123456789012:function:work' returned a result with a size exceeding the maximum number of bytes service limit."
        )
    );
    let wide = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "ResultPath": "$.copy", "End": true}}}"#;
    let half = json(&format!(r#"{{"x":"{}"}}"#, "x".repeat(140_000)));
    let outcome = run(wide, &half.to_string());
    assert_eq!(outcome.error(), Some("States.DataLimitExceeded"));
    assert!(outcome.cause().unwrap().starts_with("The state/task 'P' returned"));
    let fits = Value::from("x".repeat(262_142));
    let outcome = run_with(&task(""), "{}", |builder| builder.mock("T", Mock::succeed(fits.clone())));
    assert_eq!(outcome.output(), Some(&fits));
}

#[test]
fn a_handler_that_panics_is_a_failed_attempt() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["Runtime.Panic"], "MaxAttempts": 1}],
           "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}],"#,
    );
    let panics = |input: Value| async move {
        assert_eq!(input, Value::Null, "no null");
        Ok(input)
    };
    let outcome = run_with(&asl, "{}", |builder| builder.task("T", panics));
    let output = outcome.output().unwrap();
    assert_eq!(output["Error"], Value::from("Runtime.Panic"));
    assert!(output["Cause"].as_str().unwrap().contains("no null"), "{output}");
    assert_eq!(seconds(&outcome, "LambdaFunctionFailed"), [0.0, 1.0]);
}

#[test]
fn a_missing_path_fails_in_the_words_of_aws() {
    let outcome = run(&pass(r#""InputPath": "$.NoSuchInputPath","#), "{}");
    assert_eq!(
        outcome.cause(),
        Some(
            "An error occurred while executing the state 'P' (entered at the event id #2). Invalid path '$.NoSuchInputPath' : No results for path: $['NoSuchInputPath']"
        )
    );
}

#[test]
fn an_attempt_after_a_result_that_could_not_be_taken_has_the_states_input() {
    let retry = r#""Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],"#;
    let asl = task(&format!(r#""ResultPath": "$.a.b", {retry}"#));
    let outcome = run_with(&asl, r#"{"a":1}"#, |builder| builder.mock("T", Mock::succeed(2)));
    let error = "States.ResultPathMatchFailure";
    assert!(
        matches!(&outcome.status, Status::Failed { error: Some(name), .. } if name == error),
        "{}",
        outcome.history
    );

    let asl = format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "T", "States": {{"T": {{
            "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", {retry} "End": true,
            "Output": "{{% $states.result > 1 ? $states.input.kept : $error('again') %}}"
        }}}}}}"#
    );
    let outcome = run_with(&asl, r#"{"kept":"here"}"#, |builder| {
        builder.mock("T", Mock::succeed(1).then(Mock::succeed(2)))
    });
    assert_eq!(outcome.output(), Some(&Value::from("here")), "{}", outcome.history);
}
