//! The bounds of an executor: each with a setting of its own, and AWS's quota where nothing is set.

use std::time::Duration;

use stepfn_core::{definition::WorkflowType, value::Value};
use stepfn_executor::{Executor, ExecutorBuilder, Limits, Mock, Outcome, RedriveError, RunError, TokenError};

use super::{definition, json, pass, run, run_with, task, typed};

fn limited(set: impl FnOnce(&mut Limits)) -> ExecutorBuilder {
    let mut limits = Limits::default();
    set(&mut limits);
    Executor::builder().limits(limits)
}

#[track_caller]
fn run_limited(asl: &str, input: &str, set: impl FnOnce(&mut Limits)) -> Outcome {
    limited(set).build(&definition(asl)).unwrap().run_blocking(json(input)).unwrap()
}

const DATA_LIMIT: Option<&str> = Some("States.DataLimitExceeded");

#[test]
fn payloads_have_the_bytes_and_the_depth_that_are_set() {
    let asl = pass(r#""Parameters": {"twice.$": "States.Format('{}{}', $, $)"},"#);
    let bytes = |most| run_limited(&asl, r#""12345678""#, |limits| limits.payload_bytes = most);
    // {"twice":"1234567812345678"}
    assert_eq!(bytes(28).error(), None);
    assert_eq!(bytes(27).error(), DATA_LIMIT);
    let deeper = pass(r#""Parameters": {"a.$": "$"},"#);
    let depth = |most| run_limited(&deeper, "[[1]]", |limits| limits.payload_depth = most);
    assert_eq!(depth(3).error(), None);
    assert_eq!(depth(2).error(), DATA_LIMIT);
    // An input, and what a callback brings.
    let executor = limited(|limits| limits.payload_bytes = 10).build(&definition(&pass(""))).unwrap();
    let reason = "it has 11 bytes, the limit is 10 bytes".to_owned();
    let refused = executor.run_blocking(json("\"123456789\""));
    assert_eq!(refused.unwrap_err(), RunError::InvalidInput { reason: reason.clone() });
    assert_eq!(executor.send_task_success("t", "123456789"), Err(TokenError::InvalidOutput { reason }));
    // A deeper bound than the stack bears is not taken.
    let nested = (0..1_001).fold(Value::Null, |value, _| Value::array([value]));
    let deep = limited(|limits| limits.payload_depth = usize::MAX).build(&definition(&pass(""))).unwrap();
    assert!(matches!(deep.run_blocking(nested), Err(RunError::InvalidInput { .. })));
}

#[test]
fn variables_have_the_bytes_that_are_set() {
    let assigns = |number: usize| {
        let assigned: Vec<_> = (0..number).map(|at| format!(r#""v{at}.$": "$""#)).collect();
        pass(&format!(r#""Assign": {{{}}},"#, assigned.join(",")))
    };
    let one = |most| run_limited(&assigns(1), "[1,2,3]", |limits| limits.assign_bytes = most);
    // {"v0":[1,2,3]}
    assert_eq!((one(14).error(), one(13).error()), (None, DATA_LIMIT));
    let all = |number, most| {
        run_limited(&assigns(number), "[1,2,3]", |limits| limits.variable_bytes = most).error().is_none()
    };
    assert!(all(1, 50) && all(4, 60) && !all(4, 50));
}

#[test]
fn histories_have_the_events_that_are_set() {
    let asl = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}"#;
    // Started, entered, exited, entered, exited, succeeded.
    let of = |most| run_limited(asl, "{}", |limits| limits.history_events = most);
    assert_eq!((of(6).error(), of(6).history.len()), (None, 6));
    let outcome = of(5);
    assert_eq!((outcome.error(), outcome.history.len()), (Some("States.Runtime"), 5));
    assert_eq!(outcome.cause(), Some("The execution reached the maximum number of history events (5)."));
    // Nor is there space for more in a redrive.
    let executor = limited(|limits| limits.history_events = 5).build(&definition(asl)).unwrap();
    let refused = executor.redrive(&executor.run_blocking(json("{}")).unwrap()).unwrap_err();
    assert_eq!(refused, RedriveError::NotRedrivable { reason: "Execution history event limit exceeded" });
}

/// A loop of few bytes whose every round makes another large value.
#[test]
fn histories_hold_the_bytes_that_are_set() {
    let looping = |fields: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "Make", "States": {{
                "Make": {{"Type": "Pass", {fields}, "Next": "Again"}},
                "Again": {{"Type": "Choice", "Choices": [{{"Condition": "{{% false %}}", "Next": "Done"}}], "Default": "Make"}},
                "Done": {{"Type": "Succeed"}}}}}}"#
        )
    };
    for fields in [
        r#""Output": "{% [1..5000] %}""#,
        r#""Output": "{% $pad('x', 20000) %}""#,
        r#""Output": {"a": "{% [1..500].{'n': $} %}"}"#,
        r#""Assign": {"a": "{% [1..5000] %}"}"#,
    ] {
        let executor =
            limited(|limits| limits.history_bytes = 10_000_000).build(&definition(&looping(fields)));
        let error = executor.unwrap().run_blocking(json("{}")).unwrap_err();
        assert!(matches!(error, RunError::HistoryTooLarge { limit: 10_000_000, .. }), "{fields}: {error}");
        assert!(error.to_string().contains("raise `Limits::history_bytes`"), "{error}");
    }
    // What is handed on is held once.
    let large = format!("\"{}\"", "x".repeat(200_000));
    let executor = limited(|limits| limits.history_bytes = 10_000_000)
        .build(&definition(&looping(r#""Assign": {"n": 1}"#)))
        .unwrap();
    assert_eq!(executor.run_blocking(json(&large)).unwrap().error(), Some("States.Runtime"));
}

#[test]
fn executions_take_the_time_that_is_set() {
    let wait = |seconds: u64| {
        format!(
            r#"{{"StartAt": "W", "States": {{"W": {{"Type": "Wait", "Seconds": {seconds}, "End": true}}}}}}"#
        )
    };
    let status = |workflow_type, seconds, set: fn(&mut Limits)| {
        let executor = limited(set).build(&typed(&wait(seconds), workflow_type)).unwrap();
        executor.run_blocking(json("{}")).unwrap().status.name()
    };
    let both = [WorkflowType::Standard, WorkflowType::Express];
    for (workflow_type, most) in both.into_iter().zip([31_536_000, 300]) {
        assert_eq!(status(workflow_type, most - 1, |_| {}), "SUCCEEDED");
        assert_eq!(status(workflow_type, most, |_| {}), "TIMED_OUT");
        let set: fn(&mut Limits) = |limits| (limits.standard_seconds, limits.express_seconds) = (9, 9);
        assert_eq!(status(workflow_type, 8, set), "SUCCEEDED");
        assert_eq!(status(workflow_type, 10, set), "TIMED_OUT");
    }
}

#[test]
fn names_errors_and_causes_have_the_characters_that_are_set() {
    let executor = limited(|limits| limits.name_chars = 3).build(&definition(&pass(""))).unwrap();
    assert!(executor.start_with_name("abc", json("1")).run_blocking().is_ok());
    let refused = executor.start_with_name("abcd", json("1")).run_blocking().unwrap_err();
    assert_eq!(refused, RunError::InvalidName { name: "abcd".to_owned() });
    let set = |limits: &mut Limits| (limits.error_chars, limits.cause_chars) = (2, 4);
    let failed = |asl: &str, builder: ExecutorBuilder| {
        let outcome = builder.build(&definition(asl)).unwrap().run_blocking(json("{}")).unwrap();
        (outcome.error().unwrap().to_owned(), outcome.cause().unwrap().to_owned())
    };
    let cut = ("Er".to_owned(), "some".to_owned());
    assert_eq!(failed(&task(""), limited(set).mock("T", Mock::fail("Error", "some cause"))), cut);
    let fail =
        r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Error", "Cause": "some cause"}}}"#;
    assert_eq!(failed(fail, limited(set)), cut);
    let executor = limited(set).build(&definition(fail)).unwrap();
    let sent = executor.send_task_failure("t", "Err".to_owned(), None);
    assert_eq!(sent, Err(TokenError::TooLong { field: "error", limit: 2 }));
    // A cause that quotes its input has AWS's length as well.
    let missing = pass(r#""Parameters": {"a.$": "$.nope"},"#);
    let input = format!(r#"{{"a": "{}"}}"#, "x".repeat(40_000));
    let outcome = run(&missing, &input);
    assert_eq!(outcome.cause().map(|cause| cause.chars().count()), Some(32_768));
}

#[test]
fn expressions_take_what_is_set() {
    let fails = |expression: &str, set: fn(&mut Limits)| {
        let asl = format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": "{{% {expression} %}}", "End": true}}}}}}"#
        );
        let outcome = run_limited(&asl, "{}", set);
        let cause = outcome.cause().map(str::to_owned);
        assert_eq!(outcome.error(), cause.is_some().then_some("States.QueryEvaluationError"));
        cause.unwrap_or_default().contains("threw an error during evaluation: ")
    };
    let counted = "$sum($map([1..1000], function($v) { $v + 1 }))";
    assert!(!fails(counted, |_| {}) && fails(counted, |limits| limits.jsonata_steps = 1_000));
    let nested = "($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(20))";
    assert!(!fails(nested, |_| {}) && fails(nested, |limits| limits.jsonata_depth = 30));
    let long = "$length($pad('x', 100000))";
    assert!(!fails(long, |_| {}) && fails(long, |limits| limits.jsonata_bytes = 50_000));
    let many = "$count($map([1..1000], function($v) { $v }))";
    assert!(!fails(many, |_| {}) && fails(many, |limits| limits.jsonata_items = 999));
    // Deeper than the stack bears is not taken.
    let endless = "($f := function($n) { 1 + $f($n + 1) }; $f(0))";
    assert!(fails(endless, |limits| (limits.jsonata_depth, limits.jsonata_steps) = (u32::MAX, u64::MAX)));
}

#[test]
fn conditions_and_assignments_take_what_is_set_for_expressions() {
    let choice = r#"{"QueryLanguage": "JSONata", "StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Condition": "{% $count([1..1000]) = 1000 %}", "Next": "S"}], "Default": "F"},
        "S": {"Type": "Succeed"}, "F": {"Type": "Fail", "Error": "No"}}}"#;
    let outcome = |items| run_limited(choice, "{}", |limits| limits.jsonata_items = items);
    assert_eq!(outcome(1_000).error(), None);
    assert_eq!(outcome(999).error(), Some("States.QueryEvaluationError"));
    let assign = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"n": "{% $count([1..1000]) %}"}, "End": true}}}"#;
    let outcome = |items| run_limited(assign, "{}", |limits| limits.jsonata_items = items);
    assert_eq!(outcome(1_000).error(), None);
    assert_eq!(outcome(999).error(), Some("States.QueryEvaluationError"));
}

/// Returns the number of a Map's items that were worked on at once.
fn at_once(distributed: bool, set: impl FnOnce(&mut Limits)) -> u64 {
    let mode = if distributed {
        r#""ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "#
    } else {
        ""
    };
    let asl = format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, "ItemProcessor": {{{mode}"StartAt": "W",
            "States": {{"W": {{"Type": "Wait", "Seconds": 1, "End": true}}}}}}}}}}}}"#
    );
    let items = Value::array((0..120).map(Value::from));
    let outcome = limited(set).build(&definition(&asl)).unwrap().run_blocking(items).unwrap();
    120 / outcome.duration().as_secs()
}

#[test]
fn maps_work_on_as_many_items_at_once_as_is_set() {
    assert_eq!(at_once(false, |_| {}), 40);
    assert_eq!(at_once(false, |limits| limits.inline_concurrency = 10), 10);
    assert_eq!(at_once(true, |_| {}), 120);
    assert_eq!(at_once(true, |limits| limits.distributed_concurrency = 20), 20);
    // None at all would never end.
    assert_eq!(at_once(false, |limits| limits.inline_concurrency = 0), 1);
    assert_eq!(at_once(true, |limits| limits.distributed_concurrency = 0), 1);
}

#[test]
fn as_many_executions_are_open_as_is_set() {
    let asl = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}"#;
    let executor = limited(|limits| limits.open_executions = 2).build(&definition(asl)).unwrap();
    let mut first = executor.start(json("1"));
    let second = executor.start(json("2"));
    let refused = || executor.start(json("3")).run_blocking().unwrap_err();
    assert_eq!(refused(), RunError::ExecutionLimitExceeded { limit: 2 });
    assert!(refused().to_string().contains("raise `Limits::open_executions` by `.limits(…)`"));
    // One that is over is not open, nor is one that nobody holds.
    assert!(first.advance(Duration::from_secs(9)).is_some());
    let third = executor.start(json("3"));
    assert_eq!(refused(), RunError::ExecutionLimitExceeded { limit: 2 });
    drop(second);
    assert!(third.run_blocking().is_ok() && executor.run_blocking(json("4")).is_ok());
    assert!((0..9).all(|_| executor.run_blocking(json("5")).is_ok()));
}

#[test]
fn as_many_tasks_wait_for_workers_as_is_set() {
    let activity = "arn:aws:states:us-east-1:123456789012:activity:work";
    let asl = format!(
        r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "{activity}", "TimeoutSeconds": 60, "End": true}}}}}}"#
    );
    let executor = limited(|limits| limits.activity_tasks = 2).build(&definition(&asl)).unwrap();
    let start = || {
        let mut execution = executor.start(json("{}"));
        execution.run_until_idle();
        execution
    };
    let (mut first, second) = (start(), start());
    let refused = RunError::TooManyActivityTasks { limit: 2, state: "T".to_owned() };
    assert_eq!(start().run_blocking().unwrap_err(), refused);
    assert!(refused.to_string().starts_with("state `T`: 2 tasks of activities wait for a worker"));
    // A task that a worker takes makes space for another, and so does one that is over.
    assert!(executor.get_activity_task(activity, None).is_some());
    let third = start();
    assert_eq!(start().run_blocking().unwrap_err(), refused);
    drop(second);
    let fourth = start();
    assert_eq!(fourth.waiting().len(), 1);
    first.advance(Duration::from_secs(60));
    drop((first, third, fourth));
}

#[test]
fn as_many_names_are_known_as_is_set() {
    let executor = limited(|limits| limits.known_names = 2).build(&definition(&pass(""))).unwrap();
    let start = |name: &str| executor.start_with_name(name, json("1")).run_blocking().is_ok();
    assert!(start("a") && start("b") && !start("a"));
    // The oldest is forgotten.
    assert!(start("c") && start("a") && !start("c"));
}

#[test]
fn what_is_not_set_is_as_on_aws() {
    let long = pass(r#""Parameters": {"a.$": "States.Format('{}{}', $, $)"},"#);
    let outcome = |length: usize| run_with(&long, &format!("\"{}\"", "x".repeat(length)), |builder| builder);
    // {"a":"…"}
    assert_eq!((outcome(131_068).error(), outcome(131_069).error()), (None, DATA_LIMIT));
}
