use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::{Executor, Mock, RunError, Status, TokenError};

use crate::{definition, json, seconds, steps};

const APPROVAL: &str = r#"{"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"token.$": "$$.Task.Token", "what.$": "$"}, "TimeoutSeconds": 100, "HeartbeatSeconds": 30,
            "Retry": [{"ErrorEquals": ["Again"]}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}], "End": true},
    "Caught": {"Type": "Pass", "End": true}
}}"#;

fn executor() -> Executor {
    Executor::builder()
        .mock("Ask", Mock::succeed(json(r#"{"MessageId":"m"}"#)))
        .build(&definition(APPROVAL))
        .unwrap()
}

#[test]
fn a_callback_brings_the_result() {
    let executor = executor();
    let mut execution = executor.start(json(r#"{"order":1}"#));
    let control = execution.control();
    assert_eq!(control.status(), Status::Running);
    execution.advance(Duration::from_secs(20));
    let pending = control.pending_tokens();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].state, "Ask");
    assert_eq!(pending[0].parameters["token"], Value::from(pending[0].token.as_str()));
    control.send_task_success(&pending[0].token, json(r#"{"approved":true}"#)).unwrap();
    assert_eq!(control.pending_tokens(), []);
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.output(), Some(&json(r#"{"approved":true}"#)));
    assert_eq!(seconds(&outcome, "TaskSucceeded"), [20.0]);
    assert_eq!(
        steps(&outcome)[2..6],
        ["TaskScheduled Ask", "TaskStarted Ask", "TaskSubmitted Ask", "TaskSucceeded Ask"]
    );
    assert_eq!(control.status().name(), "SUCCEEDED");
    assert_eq!(control.describe()["output"], Value::from(r#"{"approved":true}"#));
    assert_eq!(control.history().len(), outcome.history.len());
}

#[test]
fn a_callback_may_fail_the_task_with_or_without_words() {
    for (error, cause, expected) in [
        (Some("No"), Some("too dear"), r#"{"Error":"No","Cause":"too dear"}"#),
        (None, None, r#"{"Error":null,"Cause":null}"#),
    ] {
        let executor = executor();
        let mut execution = executor.start(json("{}"));
        execution.run_until_idle();
        let token = &execution.pending_tokens()[0].token;
        executor.send_task_failure(token, error.map(str::to_owned), cause.map(str::to_owned)).unwrap();
        let outcome = execution.run_blocking().unwrap();
        assert_eq!(outcome.output().unwrap()["error"], json(expected));
    }
}

#[test]
fn each_attempt_has_a_token_of_its_own() {
    let executor = executor();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let first = execution.pending_tokens()[0].token.clone();
    executor.send_task_failure(&first, Some("Again".to_owned()), None).unwrap();
    execution.advance(Duration::from_secs(1));
    let second = execution.pending_tokens()[0].token.clone();
    assert_ne!(first, second);
    assert_eq!(executor.send_task_success(&first, 1), Err(TokenError::TaskTimedOut));
    executor.send_task_success(&second, 2).unwrap();
    assert_eq!(execution.run_blocking().unwrap().output(), Some(&Value::from(2)));
}

#[test]
fn tokens_that_are_over_or_never_were_are_refused() {
    let executor = executor();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    assert_eq!(executor.send_task_success("nonsense", 1), Err(TokenError::InvalidToken));
    let large = Value::from("x".repeat(262_143));
    let error = executor.send_task_success(&token, large).unwrap_err();
    assert_eq!(error.to_string(), "Invalid Output: 'it has 262145 bytes, the limit is 262144 bytes'");
    executor.send_task_success(&token, 1).unwrap();
    assert_eq!(executor.send_task_success(&token, 1), Err(TokenError::TaskTimedOut));
    assert_eq!(executor.send_task_heartbeat(&token), Err(TokenError::TaskTimedOut));
    assert_eq!(
        TokenError::TaskTimedOut.to_string(),
        "Task Timed Out: 'Provided task does not exist anymore'"
    );

    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    execution.advance(Duration::from_secs(30)); // HeartbeatSeconds
    assert_eq!(executor.send_task_success(&token, 1), Err(TokenError::TaskTimedOut));

    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    drop(execution);
    assert_eq!(executor.send_task_success(&token, 1), Err(TokenError::TaskTimedOut));
}

#[test]
fn heartbeats_put_off_the_heartbeat_limit_but_not_the_timeout() {
    let executor = executor();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    while executor.send_task_heartbeat(&token).is_ok() {
        execution.advance(Duration::from_secs(29));
    }
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(seconds(&outcome, "TaskTimedOut"), [100.0]);
    assert_eq!(outcome.output().unwrap()["error"], json(r#"{"Error":"States.Timeout","Cause":""}"#));
}

#[test]
fn time_goes_on_to_the_limits_when_nobody_answers() {
    let outcome = executor().run_blocking(json("{}")).unwrap();
    assert_eq!(seconds(&outcome, "TaskTimedOut"), [30.0]);
}

#[test]
fn a_callback_that_overtakes_the_reply_waits_for_it() {
    let early: Arc<Mutex<Option<Executor>>> = Arc::default();
    let handler = {
        let early = Arc::clone(&early);
        move |message: Value| {
            let early = Arc::clone(&early);
            async move {
                let executor = early.lock().unwrap().take().unwrap();
                executor.send_task_success(message["token"].as_str().unwrap(), "early").unwrap();
                Ok(Value::from("reply"))
            }
        }
    };
    let executor = Executor::builder().task("Ask", handler).build(&definition(APPROVAL)).unwrap();
    *early.lock().unwrap() = Some(executor.clone());
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.output(), Some(&Value::from("early")));
    assert_eq!(steps(&outcome)[4..6], ["TaskSubmitted Ask", "TaskSucceeded Ask"]);
}

#[test]
fn time_moved_by_hand_moves_though_a_token_is_pending() {
    let executor = Executor::builder()
        .hold_time_for_callbacks()
        .mock("Ask", Mock::succeed(1))
        .build(&definition(APPROVAL))
        .unwrap();
    let mut execution = executor.start(json("{}"));
    assert!(execution.advance(Duration::from_secs(29)).is_none());
    assert_eq!(execution.pending_tokens().len(), 1);
    let end = execution.advance(Duration::from_secs(1)).unwrap().as_ref().unwrap();
    assert_eq!(seconds(end, "TaskTimedOut"), [30.0]);
}

#[test]
fn a_mock_can_bring_the_callback_as_well() {
    let mock = Mock::callback("yes").reply(json(r#"{"MessageId":"m"}"#)).take(Duration::from_secs(12));
    let executor = Executor::builder().mock("Ask", mock).build(&definition(APPROVAL)).unwrap();
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.output(), Some(&Value::from("yes")));
    assert_eq!(seconds(&outcome, "TaskSucceeded"), [12.0]);
    let mock = Mock::callback_failure("No", "");
    let executor = Executor::builder().mock("Ask", mock).build(&definition(APPROVAL)).unwrap();
    assert_eq!(
        executor.run_blocking(json("{}")).unwrap().output().unwrap()["error"]["Error"],
        Value::from("No")
    );
}

#[test]
fn a_request_that_fails_needs_no_callback() {
    let handler =
        |_: Value| async { Err(TaskFailure::with_cause("SQS.AmazonSQSException", "no such queue")) };
    let executor = Executor::builder().task("Ask", handler).build(&definition(APPROVAL)).unwrap();
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.output().unwrap()["error"]["Error"], Value::from("SQS.AmazonSQSException"));
}

#[test]
fn an_execution_can_be_stopped() {
    let executor = executor();
    let mut execution = executor.start(json("{}"));
    let control = execution.control();
    execution.run_until_idle();
    control.stop(Some("Enough".to_owned()), None);
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.status, Status::Aborted { error: Some("Enough".to_owned()), cause: None });
    let last = outcome.history.events().last().unwrap();
    assert_eq!((last.event_type, last.previous_event_id), ("ExecutionAborted", 0));
    assert_eq!(control.describe()["status"], Value::from("ABORTED"));
}

#[test]
fn a_token_that_nobody_can_answer_is_told() {
    let asl = APPROVAL.replace(r#""TimeoutSeconds": 100, "HeartbeatSeconds": 30,"#, "");
    let executor = Executor::builder().mock("Ask", Mock::succeed(1)).build(&definition(&asl)).unwrap();
    let error = executor.run_blocking(json("{}")).unwrap_err();
    assert_eq!(error, RunError::Stuck { states: vec!["Ask".to_owned()] });
}

#[test]
fn another_thread_can_answer() {
    let executor = Executor::builder()
        .hold_time_for_callbacks()
        .mock("Ask", Mock::succeed(1))
        .build(&definition(APPROVAL))
        .unwrap();
    let mut execution = executor.start(json("{}"));
    let control = execution.control();
    let answering = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let token = runtime.block_on(control.next_token()).unwrap();
        control.send_task_success(&token.token, "from afar").unwrap();
        runtime.block_on(control.next_token())
    });
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.output(), Some(&Value::from("from afar")));
    assert_eq!(outcome.duration(), Duration::ZERO);
    assert_eq!(answering.join().unwrap(), None);
}

const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

fn activity(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "Do", "States": {{"Do": {{"Type": "Task", "Resource": "{ACTIVITY}", {fields} "End": true}}}}}}"#
    )
}

#[test]
fn activity_workers_take_tasks() {
    let executor =
        Executor::new(&definition(&activity(r#""TimeoutSeconds": 60, "HeartbeatSeconds": 10,"#))).unwrap();
    assert_eq!(executor.get_activity_task(ACTIVITY, None), None);
    let mut execution = executor.start(json(r#"{"n":1}"#));
    execution.advance(Duration::from_secs(30)); // no heartbeat is due before a worker comes
    let task = executor.get_activity_task(ACTIVITY, Some("me")).unwrap();
    assert_eq!(task.input, json(r#"{"n":1}"#));
    assert_eq!(executor.get_activity_task(ACTIVITY, Some("me")), None);
    execution.advance(Duration::from_secs(9));
    executor.send_task_success(&task.token, "done").unwrap();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.output(), Some(&Value::from("done")));
    assert_eq!(steps(&outcome)[2..5], ["ActivityScheduled Do", "ActivityStarted Do", "ActivitySucceeded Do"]);
    assert_eq!(seconds(&outcome, "ActivityStarted"), [30.0]);
    let started = outcome.history.events().nth(3).unwrap().details();
    assert_eq!(started, Some(json(r#"{"workerName":"me"}"#)));
}

#[test]
fn a_worker_that_falls_silent_or_comes_too_late_times_out() {
    let executor =
        Executor::new(&definition(&activity(r#""TimeoutSeconds": 60, "HeartbeatSeconds": 10,"#))).unwrap();
    let mut execution = executor.start(json("{}"));
    execution.run_until_idle();
    executor.get_activity_task(ACTIVITY, None).unwrap();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(seconds(&outcome, "ActivityTimedOut"), [10.0]);

    let outcome = executor.start(json("{}")).run_blocking().unwrap();
    assert_eq!(seconds(&outcome, "ActivityTimedOut"), [60.0]);
    assert_eq!(outcome.error(), Some("States.Timeout"));
    assert_eq!(executor.get_activity_task(ACTIVITY, None), None);
}

#[test]
fn a_mock_stands_for_the_worker() {
    let executor =
        Executor::builder().mock("Do", Mock::succeed(1)).build(&definition(&activity(""))).unwrap();
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.output(), Some(&Value::from(1)));
    assert_eq!(outcome.history.events().nth(3).unwrap().details(), Some(json("{}")));
}
