//! The harm that machines, handlers and workers may try to do to an execution, and its bounds.

use std::{
    collections::HashSet,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::{Executor, Limits, Mock, RunError, Status, TokenError};

use crate::{definition, json, run_with, seconds, task};

/// A machine that asks every half minute whether a job is done.
const POLLER: &str = r#"{"StartAt": "Job", "States": {
    "Job": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Next": "Ready"},
    "Ready": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": true, "Next": "Done"}], "Default": "Sleep"},
    "Sleep": {"Type": "Wait", "Seconds": 30, "Next": "Job"},
    "Done": {"Type": "Succeed"}}}"#;

fn poller(polls: usize) -> Executor {
    let calls = AtomicUsize::new(0);
    let work = move |_: Value| {
        let done = calls.fetch_add(1, Ordering::Relaxed) + 1 >= polls;
        async move { Ok::<_, TaskFailure>(Value::object([("done", Value::from(done))])) }
    };
    Executor::builder().task("Job", work).build(&definition(POLLER)).unwrap()
}

/// An execution lets others run after some thousand steps, at whatever step that comes.
#[test]
fn yielding_is_not_waiting() {
    for polls in [1_024, 1_030, 1_100, 1_500] {
        let outcome = poller(polls).run_blocking(json("{}")).unwrap();
        assert_eq!(outcome.status.name(), "SUCCEEDED", "{polls}");
        assert_eq!(outcome.duration().as_secs(), 30 * (polls as u64 - 1));
        let mut execution = poller(polls).start(json("{}"));
        let ended = execution.advance(Duration::from_secs(30 * 86_400)).cloned().unwrap().unwrap();
        assert_eq!(ended.status.name(), "SUCCEEDED", "{polls}");
    }
}

#[test]
fn a_storm_of_retries_ends_with_the_history() {
    let asl = task(
        r#""Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 99999999, "BackoffRate": 1, "IntervalSeconds": 1}],"#,
    );
    let outcome = run_with(&asl, "{}", |builder| builder.mock("T", Mock::fail("E", "c")));
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert!(outcome.cause().unwrap().contains("maximum number of history events (25000)"));
}

/// A handler that never comes to an end, and that nobody can wake.
#[test]
fn work_that_never_ends_is_over_with_its_time() {
    let asl =
        task(r#""TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}],"#);
    let never = |_: Value| pending::<Result<Value, TaskFailure>>();
    let outcome = run_with(&asl, "{}", |builder| builder.task("T", never));
    assert_eq!(outcome.output(), Some(&json(r#"{"Error":"States.Timeout","Cause":""}"#)));
    assert_eq!(seconds(&outcome, "LambdaFunctionTimedOut"), [5.0]);
    // Without a limit of its own it has that of its machine.
    let machine = task("").replacen('{', r#"{"TimeoutSeconds": 60, "#, 1);
    let outcome = run_with(&machine, "{}", |builder| builder.task("T", never));
    assert_eq!((outcome.status.clone(), outcome.duration().as_secs()), (Status::TimedOut, 60));
    // Others beside it go on meanwhile.
    let beside = format!(
        r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [{asl},
            {{"StartAt": "W", "States": {{"W": {{"Type": "Wait", "Seconds": 3, "End": true}}}}}}]}}}}}}"#
    );
    let outcome = run_with(&beside, "{}", |builder| builder.task("T", never));
    assert_eq!(seconds(&outcome, "WaitStateExited"), [3.0]);
    assert_eq!(outcome.duration().as_secs(), 5);
}

/// A handler that somebody could wake has its time by the clock on the wall. The one second is for real.
#[test]
fn work_that_takes_longer_than_its_limit_times_out_on_virtual_time() {
    let each = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "TimeoutSeconds": 1,
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;
    let map = format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, "ToleratedFailurePercentage": 100,
            "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, {}}}}}}}"#,
        each.trim_start_matches('{')
    );
    let held = Arc::new(Mutex::new(Vec::new()));
    let wakers = Arc::clone(&held);
    let work = move |_: Value| {
        let wakers = Arc::clone(&wakers);
        std::future::poll_fn(move |cx| {
            wakers.lock().unwrap().push(cx.waker().clone());
            Poll::<Result<Value, TaskFailure>>::Pending
        })
    };
    let executor = Executor::builder().task("T", work).build(&definition(&map)).unwrap();
    let outcome = executor.run_blocking(json("[1, 2]")).unwrap();
    assert_eq!(outcome.map_runs[0].failed, 2, "{}", outcome.history);
    assert_eq!(outcome.duration().as_secs(), 1);
}

fn starter(times: usize) -> String {
    let start = r#"{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Machine"}, "#;
    let states: Vec<_> = (1..=times)
        .map(|at| {
            let next =
                if at == times { r#""End": true"#.to_owned() } else { format!(r#""Next": "S{}""#, at + 1) };
            format!(r#""S{at}": {start}{next}}}"#)
        })
        .collect();
    format!(r#"{{"StartAt": "S1", "States": {{{}}}}}"#, states.join(","))
}

#[test]
fn a_machine_that_starts_itself_comes_to_an_end() {
    let once = Executor::new(&definition(&starter(1))).unwrap().run_blocking(json("{}"));
    assert_eq!(once.unwrap_err(), RunError::NestedTooDeep { limit: 32, state: "S1".to_owned() });
    let bounded = |depth, number| {
        let mut limits = Limits::default();
        (limits.started_depth, limits.started_executions) = (depth, number);
        Executor::builder().limits(limits)
    };
    let few = bounded(5, 1_000).build(&definition(&starter(1))).unwrap();
    let error = few.run_blocking(json("{}")).unwrap_err();
    assert_eq!(error, RunError::NestedTooDeep { limit: 5, state: "S1".to_owned() });
    // Twice at each level would be four thousand millions.
    let twice = bounded(1_000, 5_000).build(&definition(&starter(2))).unwrap();
    let error = twice.run_blocking(json("{}")).unwrap_err();
    assert!(matches!(error, RunError::TooManyStarted { limit: 5_000, .. }), "{error}");
    assert!(error.to_string().contains("raise `Limits::started_executions` by `.limits(…)`"));
}

#[test]
fn names_are_given_once_and_have_the_form_that_aws_takes() {
    let asl = r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    assert!(executor.start_with_name("one", json("1")).run_blocking().is_ok());
    let error = executor.clone().start_with_name("one", json("2")).run_blocking().unwrap_err();
    let arn = "arn:aws:states:us-east-1:123456789012:execution:Machine:one";
    assert_eq!(error, RunError::ExecutionAlreadyExists { arn: arn.to_owned() });
    for name in ["", "a b", "a/b", "a\n", &"x".repeat(81)] {
        let error = executor.start_with_name(name, json("1")).run_blocking().unwrap_err();
        assert_eq!(error, RunError::InvalidName { name: name.to_owned() });
    }
    let express = crate::typed(asl, stepfn_core::definition::WorkflowType::Express);
    let express = Executor::new(&express).unwrap();
    assert!((0..2).all(|_| express.start_with_name("one", json("1")).run_blocking().is_ok()));
    // A machine that is started by another has the same rules.
    let start = starter(1).replace(r#""Parameters": {"#, r#""Parameters": {"Name": "a b", "#);
    let outcome = Executor::new(&definition(&start)).unwrap().run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.error(), Some("StepFunctions.InvalidNameException"));
    assert!(outcome.cause().unwrap().starts_with("Invalid Name: 'a b' (Service: AWSStepFunctions;"));
}

#[test]
fn errors_and_causes_have_the_lengths_that_aws_takes() {
    let failing = Mock::fail("é".repeat(300), "ü".repeat(40_000));
    let outcome = run_with(&task(""), "{}", |builder| builder.mock("T", failing));
    let lengths = |outcome: &stepfn_executor::Outcome| {
        (outcome.error().unwrap().chars().count(), outcome.cause().unwrap().chars().count())
    };
    assert_eq!(lengths(&outcome), (256, 32_768));
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}, "End": true}}}"#;
    let executor = Executor::builder().mock("T", Mock::succeed(1)).build(&definition(asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    let sent = executor.send_task_failure(&token, "e".repeat(257), None);
    assert_eq!(sent, Err(TokenError::TooLong { field: "error", limit: 256 }));
    let sent = executor.send_task_failure(&token, None, "c".repeat(32_769));
    assert_eq!(sent, Err(TokenError::TooLong { field: "cause", limit: 32_768 }));
    executor.send_task_failure(&token, "e".repeat(256), "c".repeat(32_768)).unwrap();
    assert_eq!(lengths(&execution.run_blocking().unwrap()), (256, 32_768));
    let mut stopped = executor.start(json("{}"));
    stopped.control().stop("e".repeat(300), "c".repeat(40_000));
    assert_eq!(lengths(&stopped.run_blocking().unwrap()), (256, 32_768));
}

/// A payload of a panic, or work, that panics where it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            std::panic::panic_any(Self);
        }
    }
}

#[test]
fn what_panics_where_it_is_dropped_harms_its_own_task_alone() {
    std::panic::set_hook(Box::new(|_| {}));
    let panics = |_: Value| async move {
        if true {
            std::panic::panic_any(Bomb);
        }
        Ok::<_, TaskFailure>(Value::Null)
    };
    let at_once =
        |_: Value| -> std::future::Ready<Result<Value, TaskFailure>> { std::panic::panic_any(Bomb) };
    let caught = task(r#""Catch": [{"ErrorEquals": ["Runtime.Panic"], "Next": "Caught"}],"#);
    for outcome in [
        run_with(&caught, "{}", |builder| builder.task("T", panics)),
        run_with(&caught, "{}", |builder| builder.task("T", at_once)),
    ] {
        assert_eq!(outcome.status.name(), "SUCCEEDED", "{}", outcome.status);
    }
    // Dropped with an execution that is over, given up by a timeout, and done.
    let held = |_: Value| {
        let bomb = Bomb;
        async move {
            pending::<()>().await;
            drop(bomb);
            Ok::<_, TaskFailure>(Value::Null)
        }
    };
    let outcome = run_with(&task(r#""TimeoutSeconds": 1,"#), "{}", |builder| builder.task("T", held));
    assert_eq!(outcome.error(), Some("States.Timeout"));
    let executor = Executor::builder().task("T", held).build(&definition(&task(""))).unwrap();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    drop(execution);
    let _ = std::panic::take_hook();
}

#[test]
fn an_answer_of_any_depth_is_refused_and_harms_nobody() {
    let deep = |_: Value| async move {
        let mut value = Value::Null;
        for _ in 0..200_000 {
            value = Value::array([value]);
        }
        Ok::<_, TaskFailure>(value)
    };
    let token = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}, "End": true}}}"#;
    for asl in
        [task(""), token.to_owned(), token.replace(".waitForTaskToken", "").replace("$$.Task.Token", "$")]
    {
        let outcome = run_with(&asl, "{}", |builder| builder.task("T", deep));
        assert_eq!(outcome.error(), Some("States.DataLimitExceeded"));
    }
    let value = || (0..200_000).fold(Value::Null, |value, _| Value::array([value]));
    let executor = Executor::builder().mock("T", Mock::succeed(1)).build(&definition(token)).unwrap();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let sent = executor.send_task_success(&execution.pending_tokens()[0].token, value());
    assert!(matches!(sent, Err(TokenError::InvalidOutput { .. })));
    assert!(matches!(executor.run_blocking(value()), Err(RunError::InvalidInput { .. })));
}

/// On real time outside of a runtime, however many wait.
#[test]
fn many_waiting_executions_need_no_threads_of_their_own() {
    let asl = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}}"#;
    let executor = Executor::builder().real_time().build(&definition(asl)).unwrap();
    let mut waiting: Vec<_> = (0..20_000).map(|_| Box::pin(executor.start(json("{}")))).collect();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(waiting.iter_mut().all(|execution| execution.as_mut().poll(&mut cx).is_pending()));
}

/// Where time is real, nothing that an execution shows leads to what another one has.
#[test]
fn tokens_names_and_uuids_of_real_executions_tell_nothing_of_others() {
    let asl = r#"{"StartAt": "U", "States": {
        "U": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "ResultPath": "$.uuid", "Next": "T"},
        "T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token", "u.$": "$.uuid.id"}}, "End": true}}}"#;
    // The same seed, which repeats all of it on virtual time.
    let shown = |builder: stepfn_executor::ExecutorBuilder| {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let body = Arc::clone(&seen);
        let note = move |input: Value| {
            let body = Arc::clone(&body);
            async move {
                body.lock().unwrap().push(input["MessageBody"]["t"].clone());
                body.lock().unwrap().push(input["MessageBody"]["u"].clone());
                Ok::<_, TaskFailure>(Value::Null)
            }
        };
        let executor = builder.seed(7).task("T", note).build(&definition(asl)).unwrap();
        let mut execution = executor.start(json("{}"));
        execution.run_until_idle();
        let name = Value::from(execution.execution_arn());
        let seen = seen.lock().unwrap().clone();
        [name].into_iter().chain(seen).map(|value| value.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let real: Vec<Vec<String>> = (0..20).map(|_| shown(Executor::builder().real_time())).collect();
    assert!(real.iter().all(|shown| shown.len() == 3));
    let all: HashSet<&String> = real.iter().flatten().collect();
    assert_eq!(all.len(), 60, "no two are the same, though the seed is");
    let again = || shown(Executor::builder().virtual_time());
    assert_eq!(again(), again());
}
