//! Redrives, as the developer guide has them under "Restarting state machine executions with redrive", "Redrive behavior of individual
//! states" and "Retry behavior of redriven executions". No recording has one.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use stepfn_core::{definition::WorkflowType, task::TaskFailure, value::Value};
use stepfn_executor::{Executor, Mock, Outcome, RedriveError, Sleep, Status, Time, Timestamp, VirtualTime};

use super::{definition, json, seconds, steps, task, typed};

/// A clock that the test moves too.
#[derive(Debug)]
struct Shared(Arc<VirtualTime>);

impl Time for Shared {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn reach(&self, at: Timestamp) -> Option<Sleep> {
        self.0.reach(at)
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

/// The inputs of a handler's calls, over all executions.
type Calls = Arc<Mutex<Vec<Value>>>;

/// An executor whose tasks fail for inputs of `failing` until that is emptied, and answer with their input otherwise.
fn flaky(asl: &str, failing: &[&str]) -> (Executor, Calls, Calls) {
    let (calls, failing) =
        (Calls::default(), Arc::new(Mutex::new(failing.iter().map(|text| json(text)).collect::<Vec<_>>())));
    let (called, fails) = (Arc::clone(&calls), Arc::clone(&failing));
    let executor = Executor::builder().function("work", move |input: Value| {
        called.lock().unwrap().push(input.clone());
        let fails = fails.lock().unwrap().contains(&input);
        async move { if fails { Err(TaskFailure::with_cause("Broken", "no")) } else { Ok(input) } }
    });
    (executor.build(&definition(asl)).unwrap(), calls, failing)
}

fn redrive(executor: &Executor, outcome: &Outcome) -> Outcome {
    executor.redrive(outcome).unwrap().run_blocking().unwrap()
}

fn after_redrive(outcome: &Outcome) -> Vec<String> {
    let steps = steps(outcome);
    let at = steps.iter().rposition(|step| step == "ExecutionRedriven").unwrap();
    steps[at + 1..].to_vec()
}

const WORK: &str = r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work""#;

#[test]
fn a_task_is_scheduled_again_without_being_entered_again() {
    let executor = Executor::builder()
        .mock("T", Mock::fail("Busy", "later").times(4).then(Mock::succeed("done")))
        .build(&definition(&task(r#""Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}],"#)))
        .unwrap();
    let first = executor.start_with_name("one", json("7")).run_blocking().unwrap();
    assert_eq!(first.error(), Some("Busy"));
    let second = redrive(&executor, &first);
    // The retrier counts anew: two attempts more.
    assert_eq!(second.error(), Some("Busy"));
    let third = redrive(&executor, &second);
    assert_eq!(third.output(), Some(&"done".into()));
    assert_eq!(third.execution_arn(), first.execution_arn());
    assert_eq!(
        after_redrive(&third),
        [
            "LambdaFunctionScheduled T",
            "LambdaFunctionStarted T",
            "LambdaFunctionSucceeded T",
            "TaskStateExited T",
            "ExecutionSucceeded"
        ]
    );
    let events = third.history.to_json();
    let events = events["events"].as_array().unwrap();
    let redriven: Vec<_> =
        events.iter().filter(|event| event["type"].as_str() == Some("ExecutionRedriven")).collect();
    assert_eq!(redriven[1]["executionRedrivenEventDetails"].to_string(), r#"{"redriveCount":2}"#);
    let at = usize::try_from(redriven[0]["id"].as_i64().unwrap()).unwrap();
    assert_eq!(events[at]["previousEventId"], redriven[0]["id"]);
    assert_eq!(events[..first.history.len()], first.history.to_json()["events"].as_array().unwrap()[..]);
}

#[test]
fn only_branches_that_failed_or_were_aborted_run_again() {
    let branch = |state: &str, input: &str| {
        format!(
            r#"{{"StartAt": "{state}", "States": {{"{state}": {{{WORK}, "Parameters": {input}, "End": true}}}}}}"#
        )
    };
    let slow = r#"{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": true}}}"#;
    let asl = format!(
        r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "Branches": [{}, {}, {slow}], "End": true}}}}}}"#,
        branch("A", "1"),
        branch("B", "2")
    );
    let (executor, calls, failing) = flaky(&asl, &["2"]);
    let first = executor.run_blocking(json("0")).unwrap();
    assert_eq!(first.error(), Some("Broken"));
    failing.lock().unwrap().clear();
    let second = redrive(&executor, &first);
    assert_eq!(second.output(), Some(&json("[1, 2, 0]")));
    assert_eq!(*calls.lock().unwrap(), [json("1"), json("2"), json("2")]);
    assert_eq!(seconds(&second, "WaitStateExited"), [9.0]);
    assert!(!after_redrive(&second).contains(&"ParallelStateStarted P".to_owned()));
}

#[test]
fn only_iterations_that_did_not_succeed_run_again() {
    let asl = format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": {{
            "StartAt": "W", "States": {{"W": {{{WORK}, "End": true}}}}}}, "End": true}}}}}}"#
    );
    let (executor, calls, failing) = flaky(&asl, &["2", "4"]);
    let first = executor.run_blocking(json("[1, 2, 3, 4]")).unwrap();
    failing.lock().unwrap().remove(0);
    let second = redrive(&executor, &first);
    assert_eq!(second.error(), Some("Broken"));
    failing.lock().unwrap().clear();
    let third = redrive(&executor, &second);
    assert_eq!(third.output(), Some(&json("[1, 2, 3, 4]")));
    assert_eq!(*calls.lock().unwrap(), [1, 2, 2, 3, 4, 4].map(Value::from));
}

#[test]
fn branches_inside_of_iterations_go_on_where_they_stopped() {
    let asl = format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "ItemProcessor": {{
            "StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [
                {{"StartAt": "W", "States": {{"W": {{{WORK}, "End": true}}}}}},
                {{"StartAt": "N", "States": {{"N": {{"Type": "Pass", "Assign": {{"kept.$": "$$.Map.Item.Index"}}, "Next": "V"}},
                    "V": {{{WORK}, "Parameters": {{"n.$": "$kept"}}, "End": true}}}}}}
            ]}}}}}}, "End": true}}}}}}"#
    );
    let (executor, calls, failing) = flaky(&asl, &[r#"{"n": 1}"#]);
    let first = executor.run_blocking(json("[10, 20]")).unwrap();
    assert_eq!(first.error(), Some("Broken"));
    failing.lock().unwrap().clear();
    calls.lock().unwrap().clear();
    let second = redrive(&executor, &first);
    assert_eq!(second.output(), Some(&json(r#"[[10, {"n": 0}], [20, {"n": 1}]]"#)));
    assert!(calls.lock().unwrap().len() < 4, "{calls:?}");
}

#[test]
fn an_iteration_whose_input_could_not_be_made_is_tried_again() {
    let asl = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "QueryLanguage": "JSONata", "MaxConcurrency": 1,
        "ItemSelector": "{% $states.context.Execution.RedriveCount = 0 ? $error('first') : $states.context.Map.Item.Value %}",
        "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "End": true}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    let first = executor.run_blocking(json("[1, 2]")).unwrap();
    assert_eq!(first.error(), Some("States.QueryEvaluationError"));
    assert_eq!(redrive(&executor, &first).output(), Some(&json("[1, 2]")));
}

#[test]
fn the_time_of_the_machine_starts_anew() {
    let asl = r#"{"TimeoutSeconds": 10, "StartAt": "A", "States": {
        "A": {"Type": "Wait", "Seconds": 8, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 8, "End": true}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    let first = executor.run_blocking(json("1")).unwrap();
    assert_eq!(first.status, Status::TimedOut);
    let second = redrive(&executor, &first);
    assert_eq!(second.output(), Some(&json("1")));
    assert_eq!(after_redrive(&second), ["WaitStateExited B", "ExecutionSucceeded"]);
    assert_eq!((second.started, second.stopped), (first.started, first.stopped + Duration::from_secs(8)));
}

#[test]
fn an_aborted_execution_goes_on_and_sees_that_it_was_redriven() {
    let asl = r#"{"StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 5, "Assign": {"a": 1}, "Next": "X"},
        "X": {"Type": "Wait", "Seconds": 5, "Next": "P"},
        "P": {"Type": "Pass", "Parameters": {"a.$": "$a", "count.$": "$$.Execution.RedriveCount", "time.$": "$$.Execution.RedriveTime"}, "End": true}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    let mut execution = executor.start(json("1"));
    execution.advance(Duration::from_secs(7));
    execution.control().stop(None, None);
    let aborted = execution.run_blocking().unwrap();
    let output = redrive(&executor, &aborted).output().unwrap().to_string();
    assert_eq!(output, r#"{"a":1,"count":1,"time":"2024-01-01T00:00:07.000Z"}"#);
}

#[test]
fn a_fail_state_is_entered_again_and_fails_again() {
    let executor =
        Executor::new(&definition(r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}"#))
            .unwrap();
    let first = executor.run_blocking(json("1")).unwrap();
    assert_eq!(after_redrive(&redrive(&executor, &first)), ["FailStateEntered F", "ExecutionFailed"]);
}

#[test]
fn a_choice_is_judged_again() {
    let asl = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$$.Execution.RedriveCount", "NumericEquals": 1, "Next": "S"}]},
        "S": {"Type": "Succeed"}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    let first = executor.run_blocking(json("1")).unwrap();
    assert_eq!(first.error(), Some("States.Runtime"));
    let steps = after_redrive(&redrive(&executor, &first));
    assert_eq!(steps[..2], ["ChoiceStateExited C", "SucceedStateEntered S"]);
}

#[test]
fn logs_and_status_events_count_redrives() {
    let executor = Executor::builder()
        .mock("T", Mock::fail("Busy", "later").times(1).then(Mock::succeed("done")))
        .build(&definition(&task("")))
        .unwrap();
    let first = executor.run_blocking(json("7")).unwrap();
    let second = redrive(&executor, &first);
    let statuses: Vec<_> = second
        .status_change_events()
        .iter()
        .map(|event| format!("{} {}", event["detail"]["status"], event["detail"]["redriveCount"]))
        .collect();
    assert_eq!(statuses, ["\"RUNNING\" 0", "\"FAILED\" 0", "\"RUNNING\" 1", "\"SUCCEEDED\" 1"]);
    let logged = second.log_events(stepfn_core::definition::LogLevel::All, false);
    assert_eq!(logged.last().unwrap()["redrive_count"].as_str(), Some("1"));
    assert_eq!(logged[0]["redrive_count"].as_str(), Some("0"));
}

#[test]
fn what_cannot_be_redriven_says_why() {
    let fails = r#"{"StartAt": "F", "States": {"F": {"Type": "Fail"}}}"#;
    let reason = |error: RedriveError| match error {
        RedriveError::NotRedrivable { reason } => reason,
        other => panic!("{other}"),
    };
    let executor =
        Executor::new(&definition(r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}"#)).unwrap();
    let succeeded = executor.run_blocking(json("1")).unwrap();
    assert_eq!(
        reason(executor.redrive(&succeeded).unwrap_err()),
        "Execution is SUCCEEDED and cannot be redriven"
    );

    let express = Executor::new(&typed(fails, WorkflowType::Express)).unwrap();
    let failed = express.run_blocking(json("1")).unwrap();
    assert_eq!(express.redrive(&failed).unwrap_err(), RedriveError::Express);

    let time = Arc::new(VirtualTime::default());
    let standard = Executor::builder().time(Shared(Arc::clone(&time))).build(&definition(fails)).unwrap();
    let failed = standard.run_blocking(json("1")).unwrap();
    assert!(matches!(executor.redrive(&failed).unwrap_err(), RedriveError::OtherDefinition { .. }));
    let day = Duration::from_secs(24 * 60 * 60);
    let after = |span| time.reach(failed.stopped + span);
    after(14 * day);
    assert!(standard.redrive(&failed).is_ok());
    after(14 * day + Duration::from_secs(1));
    assert_eq!(reason(standard.redrive(&failed).unwrap_err()), "Execution redrivable period exceeded");
}

/// A distributed Map with children of this type, states, and fields beside.
fn distributed(execution_type: &str, states: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "MaxConcurrency": 1, {fields} "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "{execution_type}"}},
            "StartAt": "A", "States": {{{states}}}}}, "End": true}}}}}}"#
    )
}

/// The guide's "Redriving Map Runs in Step Functions executions".
#[test]
fn only_children_that_did_not_succeed_run_again() {
    let asl = distributed("EXPRESS", &format!(r#""A": {{{WORK}, "End": true}}"#), "");
    let (executor, calls, failing) = flaky(&asl, &["2", "4"]);
    let first = executor.run_blocking(json("[1, 2, 3, 4, 5]")).unwrap();
    assert_eq!(first.error(), Some("States.ExceedToleratedFailureThreshold"));
    let second = redrive(&executor, &first);
    assert_eq!(second.error(), Some("States.ExceedToleratedFailureThreshold"));
    failing.lock().unwrap().remove(0);
    let third = redrive(&executor, &second);
    failing.lock().unwrap().clear();
    let fourth = redrive(&executor, &third);
    assert_eq!(fourth.output(), Some(&json("[1, 2, 3, 4, 5]")));
    assert_eq!(*calls.lock().unwrap(), [1, 2, 2, 2, 3, 4, 4, 5].map(Value::from));
    assert_eq!(
        after_redrive(&fourth),
        [
            "MapRunRedriven M",
            "MapRunSucceeded M",
            "MapStateSucceeded M",
            "MapStateExited M",
            "ExecutionSucceeded"
        ]
    );
    let run = &fourth.map_runs[0];
    assert_eq!((fourth.map_runs.len(), run.total, run.succeeded), (1, 5, 5));
    let redriven =
        fourth.history.events().filter(|event| event.event_type == "MapRunRedriven").last().unwrap();
    let details = redriven.details().unwrap();
    assert_eq!((details["mapRunArn"].as_str(), details["redriveCount"].as_i64()), (Some(&*run.arn), Some(3)));
}

#[test]
fn a_standard_child_goes_on_from_where_it_stopped() {
    let states = format!(
        r#""A": {{{WORK}, "Parameters": {{"first.$": "$"}}, "ResultPath": "$.a", "Next": "B"}},
           "B": {{{WORK}, "Parameters": {{"second.$": "$.n"}}, "End": true}}"#
    );
    let asl = distributed("STANDARD", &states, r#""ToleratedFailureCount": 1,"#);
    let (calls, fails) = (Calls::default(), Arc::new(Mutex::new(true)));
    let (called, failing) = (Arc::clone(&calls), Arc::clone(&fails));
    let work = move |input: Value| {
        called.lock().unwrap().push(input.clone());
        let fails = *failing.lock().unwrap() && input.get("second").is_some();
        async move { if fails { Err(TaskFailure::with_cause("Broken", "no")) } else { Ok(input) } }
    };
    let executor =
        Executor::builder().keep_children(9).function("work", work).build(&definition(&asl)).unwrap();
    let first = executor.run_blocking(json(r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#)).unwrap();
    assert_eq!((first.map_runs[0].failed, calls.lock().unwrap().len()), (2, 4));
    *fails.lock().unwrap() = false;
    let second = redrive(&executor, &first);
    assert_eq!(second.output(), Some(&json(r#"[{"second": 1}, {"second": 2}, {"second": 3}]"#)));
    // `A` of the third and `B` of all.
    assert_eq!(calls.lock().unwrap().len(), 4 + 4);
    let (before, after) = (&first.map_runs[0].children[0], &second.map_runs[0].children[0]);
    assert_eq!(before.execution_arn(), after.execution_arn());
    assert!(steps(after).contains(&"ExecutionRedriven".to_owned()));
}

#[test]
fn children_that_ran_when_the_time_was_over_go_on() {
    let states = r#""A": {"Type": "Wait", "Seconds": 8, "Next": "B"}, "B": {"Type": "Wait", "Seconds": 8, "End": true}"#;
    let asl = distributed("STANDARD", states, "").replacen('{', r#"{"TimeoutSeconds": 26, "#, 1);
    let executor = Executor::new(&definition(&asl)).unwrap();
    let first = executor.run_blocking(json("[1, 2]")).unwrap();
    assert_eq!(first.status, Status::TimedOut);
    let second = redrive(&executor, &first);
    assert_eq!(second.output(), Some(&json("[1, 2]")));
    // The first was done, and so was the first Wait of the second.
    assert_eq!(second.stopped, first.stopped + Duration::from_secs(8));
}

#[test]
fn what_was_written_into_a_bucket_is_written_anew() {
    let fields = r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}},"#;
    let asl = distributed("EXPRESS", &format!(r#""A": {{{WORK}, "End": true}}"#), fields);
    let builder = Executor::builder()
        .bucket("b", Arc::new(stepfn_executor::object_store::memory::InMemory::new()))
        .mock("A", Mock::succeed(1).times(1).then(Mock::fail("E", "")).times(1).then(Mock::succeed(1)));
    let executor = builder.build(&definition(&asl)).unwrap();
    let first = executor.run_blocking(json("[1, 2]")).unwrap();
    let second = redrive(&executor, &first);
    assert!(after_redrive(&second).contains(&"MapRunStarted M".to_owned()));
    assert_eq!(second.map_runs.len(), 2);
    assert_eq!((second.map_runs[1].total, second.map_runs[1].succeeded), (2, 2));
}

/// A loop that fills its history cannot go on.
#[test]
fn a_full_history_is_not_redriven() {
    let asl = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "Q"}, "Q": {"Type": "Pass", "Next": "P"}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    let outcome = executor.run_blocking(json("1")).unwrap();
    let error = executor.redrive(&outcome).unwrap_err().to_string();
    assert_eq!(error, "the execution cannot be redriven: Execution history event limit exceeded");
}
