use std::time::Duration;

use stepfn_core::definition::WorkflowType;
use stepfn_executor::{Executor, Mock, RunError, Status};

use crate::{definition, json, run, run_with, seconds, steps, task, typed};

fn wait(fields: &str) -> String {
    format!(r#"{{"StartAt": "W", "States": {{"W": {{"Type": "Wait", {fields}, "End": true}}}}}}"#)
}

#[test]
fn waits_end_when_they_should() {
    let after = |fields: &str, input: &str| run(&wait(fields), input).duration().as_secs_f64();
    assert_eq!(after(r#""Seconds": 90"#, "{}"), 90.0);
    assert_eq!(after(r#""SecondsPath": "$.s""#, r#"{"s":2}"#), 2.0);
    assert_eq!(after(r#""SecondsPath": "$.s""#, r#"{"s":0}"#), 0.0);
    assert_eq!(after(r#""Timestamp": "2024-01-02T00:00:00Z""#, "{}"), 86_400.0);
    assert_eq!(after(r#""Timestamp": "2024-01-01T00:00:00.250Z""#, "{}"), 0.25);
    assert_eq!(after(r#""Timestamp": "2016-01-01T00:00:00Z""#, "{}"), 0.0);
    assert_eq!(after(r#""TimestampPath": "$.t""#, r#"{"t":"2024-01-01T02:00:00+01:00"}"#), 3600.0);
}

#[test]
fn a_wait_says_what_is_wrong_with_its_path() {
    let fails = |fields: &str, input: &str, cause: &str| {
        let outcome = run(&wait(fields), input);
        assert_eq!(outcome.error(), Some("States.Runtime"));
        let prefix = "An error occurred while executing the state 'W' (entered at the event id #2). ";
        assert_eq!(outcome.cause().unwrap().strip_prefix(prefix), Some(cause));
    };
    let path = r#""SecondsPath": "$.s""#;
    fails(path, "{}", "The SecondsPath parameter does not reference an input value: $.s");
    fails(path, r#"{"s":-1}"#, "The SecondsPath parameter references a negative value: $.s == -1");
    fails(path, r#"{"s":-1.5}"#, "The SecondsPath parameter cannot be parsed as a long value: $.s == -1.5");
    fails(path, r#"{"s":2147483648}"#, "Wait state delay is too long.");
    fails(
        r#""TimestampPath": "$.t""#,
        r#"{"t":"2016-12-05 21:29:29Z"}"#,
        "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == 2016-12-05 21:29:29Z",
    );
}

#[test]
fn a_task_times_out_and_the_error_has_no_cause() {
    let asl =
        task(r#""TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}],"#);
    for mock in [Mock::timeout(), Mock::never(), Mock::succeed(1).take(Duration::from_secs(6))] {
        let outcome = run_with(&asl, "{}", |builder| builder.mock("T", mock));
        assert_eq!(outcome.output(), Some(&json(r#"{"Error":"States.Timeout","Cause":""}"#)));
        assert_eq!(seconds(&outcome, "LambdaFunctionTimedOut"), [5.0]);
    }
    let just = Mock::succeed(1).take(Duration::from_secs(5));
    assert_eq!(run_with(&asl, "{}", |builder| builder.mock("T", just)).output(), Some(&json("1")));
}

#[test]
fn limits_come_from_paths_and_show_in_the_history() {
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
        "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h", "Parameters": {}, "End": true}}}"#;
    let outcome = run_with(asl, r#"{"t":60,"h":"7"}"#, |builder| builder.mock("T", Mock::never()));
    assert_eq!(outcome.error(), Some("States.Timeout"));
    assert_eq!(outcome.duration().as_secs(), 7);
    let scheduled = outcome.history.events().nth(2).unwrap().details().unwrap();
    assert_eq!(
        (scheduled["timeoutInSeconds"].as_i64(), scheduled["heartbeatInSeconds"].as_i64()),
        (Some(60), Some(7))
    );
    let outcome = run_with(asl, r#"{"t":"soon"}"#, |builder| builder.mock("T", Mock::never()));
    assert!(outcome.cause().unwrap().ends_with(
        r#"The TimeoutSecondsPath field refers to value "soon" which is not a valid integer: $.t"#
    ));
}

#[test]
fn a_missed_heartbeat_is_caught_by_either_of_its_names() {
    for name in ["States.HeartbeatTimeout", "States.Timeout"] {
        let asl = task(&format!(
            r#""HeartbeatSeconds": 5, "Catch": [{{"ErrorEquals": ["{name}"], "Next": "Caught"}}],"#
        ));
        let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::never()));
        assert_eq!(outcome.output().unwrap()["Error"], "States.Timeout".into());
    }
}

#[test]
fn the_machine_times_out_whatever_it_is_doing() {
    let asl = r#"{"StartAt": "W", "TimeoutSeconds": 5, "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}"#;
    let outcome = run(asl, "{}");
    assert_eq!(outcome.status, Status::TimedOut);
    assert_eq!(outcome.duration().as_secs(), 5);
    assert_eq!(steps(&outcome), ["ExecutionStarted", "WaitStateEntered W", "ExecutionTimedOut"]);
}

#[test]
fn executions_end_after_a_year_or_five_minutes() {
    let asl = wait(r#""Seconds": 40000000"#);
    for (workflow_type, limit) in [(WorkflowType::Standard, 365 * 86_400), (WorkflowType::Express, 300)] {
        let executor = Executor::new(&typed(&asl, workflow_type)).unwrap();
        let outcome = executor.run_blocking(json("{}")).unwrap();
        assert_eq!(outcome.status, Status::TimedOut);
        assert_eq!(outcome.duration().as_secs(), limit);
    }
}

#[test]
fn an_execution_can_be_driven_by_hand() {
    let executor = Executor::new(&definition(&wait(r#""Seconds": 10"#))).unwrap();
    let mut execution = executor.start(json("{}"));
    assert!(execution.advance(Duration::from_secs(9)).is_none());
    assert_eq!(execution.history().path(), ["W"]);
    let at = execution.now();
    assert!(execution.run_until_idle().is_none());
    assert_eq!(execution.now(), at);
    let end = execution.advance(Duration::from_secs(1)).unwrap().as_ref().unwrap();
    assert_eq!(end.duration().as_secs(), 10);
    assert_eq!(execution.run_blocking().unwrap().duration().as_secs(), 10);
}

#[test]
fn virtual_time_starts_where_it_is_told() {
    let asl = crate::pass(r#""Parameters": {"at.$": "$$.Execution.StartTime"},"#);
    let start = "2016-03-14T01:59:00Z".parse().unwrap();
    let outcome = run_with(&asl, "{}", |builder| builder.virtual_time_from(start));
    assert_eq!(outcome.output(), Some(&json(r#"{"at":"2016-03-14T01:59:00.000Z"}"#)));
}

#[test]
fn an_endless_loop_that_lets_no_time_pass_is_found() {
    let asl = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}"#;
    let executor =
        Executor::builder().max_transitions(1000).build(&typed(asl, WorkflowType::Express)).unwrap();
    let error = executor.run_blocking(json("{}")).unwrap_err();
    assert_eq!(error, RunError::TooManyTransitions { limit: 1000, state: "A".to_owned() });
}

/// The limit of an attempt that is over holds nobody, and moves no time.
#[test]
fn time_does_not_stop_at_the_limits_of_what_is_over() {
    let asl = r#"{"StartAt": "Work", "States": {
        "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "TimeoutSeconds": 3600, "Next": "Ask"},
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
            "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}}}}"#;
    let work = Mock::succeed(1).take(Duration::from_secs(2));
    let executor =
        Executor::builder().mock("Work", work).mock("Ask", Mock::succeed(1)).build(&definition(asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    assert!(execution.advance_to_next_event().is_none());
    assert_eq!(execution.pending_tokens().len(), 1);
    // Nothing happens by itself any more.
    assert!(execution.advance_to_next_event().is_none());
    executor.send_task_success(&execution.pending_tokens()[0].token, 1).unwrap();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.duration().as_secs(), 2);
}
