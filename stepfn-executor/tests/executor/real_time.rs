use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use stepfn_core::value::Value;
use stepfn_executor::{Executor, Mock, RunError, Sleep, Time, Timestamp};

use crate::{definition, json};

const MACHINE: &str = r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "MaxConcurrency": 0, "End": true,
    "ItemProcessor": {"StartAt": "Work", "States": {
        "Work": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 2, "End": true}}}}}}"#;

/// Real time by a clock that tokio's tests can pause: nobody waits for it.
#[derive(Debug)]
struct Paused {
    start: tokio::time::Instant,
}

impl Time for Paused {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.start.elapsed()
    }

    fn reach(&self, at: Timestamp) -> Option<Sleep> {
        let left = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        (!left.is_zero()).then(|| Box::pin(tokio::time::sleep(left)) as Sleep)
    }
}

#[tokio::test(start_paused = true)]
async fn handlers_run_side_by_side_and_waits_wait() {
    let executor = Executor::builder()
        .time(Paused { start: tokio::time::Instant::now() })
        .task("Work", |seconds: Value| async move {
            tokio::time::sleep(Duration::from_secs(seconds.as_i64().unwrap_or(0).unsigned_abs())).await;
            Ok(seconds)
        })
        .build(&definition(MACHINE))
        .unwrap();
    let outcome = executor.run(json("[3,1,2]")).await.unwrap();
    assert_eq!(outcome.output(), Some(&json("[3,1,2]")));
    assert_eq!(outcome.duration().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn only_work_that_was_woken_is_polled() {
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&polls);
    let executor = Executor::builder()
        .time(Paused { start: tokio::time::Instant::now() })
        .task("Work", move |index: Value| {
            let counted = Arc::clone(&counted);
            async move {
                let sleep =
                    tokio::time::sleep(Duration::from_secs(index.as_i64().unwrap_or(0).unsigned_abs()));
                let mut sleep = Box::pin(sleep);
                std::future::poll_fn(|cx| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    sleep.as_mut().poll(cx)
                })
                .await;
                Ok(index)
            }
        })
        .build(&definition(MACHINE))
        .unwrap();
    let input = Value::array((1..=30).map(Value::from));
    assert_eq!(executor.run(input.clone()).await.unwrap().output(), Some(&input));
    // Each is polled when it begins, once more for its waker, and when it is done.
    assert_eq!(polls.load(Ordering::Relaxed), 90);
}

#[tokio::test(start_paused = true)]
async fn virtual_time_stands_still_while_work_is_pending() {
    let asl = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "TimeoutSeconds": 1, "End": true}}},
        {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 60, "End": true}}}
    ]}}}"#;
    let executor = Executor::builder()
        .task("Work", |_: Value| async {
            tokio::time::sleep(Duration::from_secs(100)).await;
            Ok(Value::Null)
        })
        .build(&definition(asl))
        .unwrap();
    let outcome = executor.run(json("{}")).await.unwrap();
    assert_eq!(outcome.status.name(), "SUCCEEDED");
    assert_eq!(outcome.duration().as_secs(), 60);
}

#[tokio::test]
async fn a_callback_comes_from_another_task() {
    let asl = r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "TimeoutSeconds": 60, "End": true,
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"t.$": "$$.Task.Token"}}}}"#;
    let executor =
        Executor::builder().real_time().mock("Ask", Mock::succeed(1)).build(&definition(asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    let control = execution.control();
    let answering = tokio::spawn(async move {
        let pending = control.next_token().await.unwrap();
        control.send_task_success(&pending.token, "ok")
    });
    assert_eq!(execution.await.unwrap().output(), Some(&Value::from("ok")));
    answering.await.unwrap().unwrap();
}

#[test]
fn a_blocking_run_on_real_time_brings_its_own_runtime() {
    let executor = Executor::builder().real_time().build(&definition(&crate::pass(""))).unwrap();
    assert_eq!(executor.run_blocking(json("1")).unwrap().output(), Some(&json("1")));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let inside = runtime.block_on(async { executor.run_blocking(json("1")) });
    assert!(matches!(inside, Err(RunError::NoRuntime { .. })));
}

#[tokio::test]
async fn a_long_run_gives_way_to_others() {
    let asl = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}"#;
    let executor = Executor::builder().real_time().build(&definition(asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    let mut turns = 0;
    let outcome = std::future::poll_fn(|cx| {
        turns += 1;
        match std::pin::Pin::new(&mut execution).poll(cx) {
            Poll::Ready(end) => Poll::Ready(end),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
    .unwrap();
    assert_eq!(outcome.history.len(), 25_000);
    assert!(turns > 2, "{turns}");
}

#[test]
fn driven_by_hand_real_time_is_not_waited_for() {
    let asl = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}"#;
    let executor = Executor::builder().real_time().build(&definition(asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    assert!(execution.advance(Duration::from_secs(3600)).is_none());
    assert_eq!(execution.history().path(), ["W"]);
}
