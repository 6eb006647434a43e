//! Workers of activities (developer guide, "Activities in Step Functions"), as futures beside the executions.

use std::{sync::Arc, time::Duration};

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::{ActivityTask, Executor, Outcome};

use super::{definition, json, seconds, steps};

const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:work";

fn machine(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, "ItemProcessor": {{"StartAt": "Do", "States": {{
            "Do": {{"Type": "Task", "Resource": "{ACTIVITY}", {fields} "End": true}}}}}}}}}}}}"#
    )
}

/// Runs an execution with two workers of the same kind.
async fn run<Done>(executor: &Executor, input: &str, work: impl Fn(ActivityTask) -> Done) -> Outcome
where
    Done: Future<Output = Result<Value, TaskFailure>>,
{
    tokio::select! {
        outcome = executor.run(json(input)) => outcome.unwrap(),
        never = executor.work(ACTIVITY, "one", &work) => match never {},
        never = executor.work(ACTIVITY, "other", &work) => match never {},
    }
}

#[tokio::test]
async fn workers_share_the_tasks_of_an_activity() {
    let executor = Executor::new(&definition(&machine(""))).unwrap();
    let outcome = run(&executor, "[1, 2, 3, 4, 5]", |task| async move {
        tokio::task::yield_now().await;
        Ok(Value::array([task.input]))
    })
    .await;
    assert_eq!(outcome.output(), Some(&json("[[1], [2], [3], [4], [5]]")));
    let events = outcome.history.to_json();
    let workers: Vec<_> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| event["activityStartedEventDetails"]["workerName"].as_str())
        .collect();
    assert_eq!(workers.len(), 5);
    assert!(workers.contains(&"one") && workers.contains(&"other"), "{workers:?}");
}

#[tokio::test]
async fn a_worker_may_fail_a_task() {
    let asl = machine(r#""Catch": [{"ErrorEquals": ["Broken"], "Next": "Caught"}],"#)
        .replace(r#""End": true}}}}}"#, r#""End": true}, "Caught": {"Type": "Pass", "End": true}}}}}"#);
    let executor = Executor::new(&definition(&asl)).unwrap();
    let outcome = run(&executor, "[1, 2]", |task| async move {
        if task.input == json("2") { Err(TaskFailure::with_cause("Broken", "no")) } else { Ok(task.input) }
    })
    .await;
    assert_eq!(outcome.output(), Some(&json(r#"[1, {"Error": "Broken", "Cause": "no"}]"#)));
    assert!(steps(&outcome).contains(&"ActivityFailed Do".to_owned()));
}

/// A worker that answers what AWS refuses leaves no task without an end.
#[tokio::test]
async fn an_output_that_is_too_large_fails_the_task() {
    let executor = Executor::new(&definition(&machine(""))).unwrap();
    let outcome = run(&executor, "[1]", |_| async move { Ok(Value::from("x".repeat(300_000))) }).await;
    assert_eq!(outcome.error(), Some("InvalidOutput"));
}

#[tokio::test]
async fn a_worker_that_beats_keeps_its_task() {
    let asl = machine(r#""HeartbeatSeconds": 10, "TimeoutSeconds": 100,"#);
    let executor = Arc::new(Executor::builder().hold_time_for_callbacks().build(&definition(&asl)).unwrap());
    let mut execution = executor.start(json("[1]"));
    execution.run_until_idle();
    let task = executor.next_activity_task(ACTIVITY, Some("me")).await;
    for _ in 0..5 {
        execution.advance(Duration::from_secs(9));
        executor.send_task_heartbeat(&task.token).unwrap();
        execution.run_until_idle();
    }
    executor.send_task_success(&task.token, "done").unwrap();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.output(), Some(&json(r#"["done"]"#)));
    assert_eq!(seconds(&outcome, "ActivitySucceeded"), [45.0]);
}

#[tokio::test]
async fn a_worker_that_comes_first_waits_for_its_task() {
    let executor = Executor::new(&definition(&machine(""))).unwrap();
    let waiting = {
        let executor = executor.clone();
        tokio::spawn(async move { executor.next_activity_task(ACTIVITY, None).await })
    };
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    let mut execution = executor.start(json("[7]"));
    execution.run_until_idle();
    assert_eq!(waiting.await.unwrap().input, json("7"));
}
