//! The behaviour of a host, over a store in memory.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    task::TaskFailure,
    value::Value,
};
use stepfn_durable::{
    Host, HostBuilder, HostError, OnInterrupted, RecoverError,
    store::{Memory, Status, Store},
};
use stepfn_executor::{RunError, TokenError};

fn definition(name: &str, text: &str) -> Definition {
    let (machine, diagnostics) = asl::read_str(text).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Definition::from_asl(name, WorkflowType::Standard, machine)
}

const WAITS: &str = r#"{"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 86400,
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}, "Next": "Do"},
    "Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;

fn text(text: &str) -> Value {
    json::parse_value(text).unwrap()
}

/// A host whose functions count how often they are called.
fn host(store: &Arc<dyn Store>, calls: &Arc<AtomicUsize>) -> HostBuilder {
    let calls = Arc::clone(calls);
    Host::builder().shared_store(Arc::clone(store)).virtual_time().executors(move |builder| {
        let (asked, worked) = (Arc::clone(&calls), Arc::clone(&calls));
        builder
            .function("ask", move |_: Value| {
                asked.fetch_add(1, Ordering::Relaxed);
                async { Ok(Value::Null) }
            })
            .function("work", move |input: Value| {
                worked.fetch_add(100, Ordering::Relaxed);
                async move { Ok(input) }
            })
    })
}

async fn token(store: &Arc<dyn Store>, host: &Host, arn: &str) -> String {
    host.idle().await.unwrap();
    let events = host.history(arn).await.unwrap();
    let scheduled = events.iter().find_map(|event| {
        let event = text(str::from_utf8(&event.data).unwrap());
        let details = event.get("taskScheduledEventDetails")?;
        let parameters = text(details.get("parameters")?.as_str()?);
        Some(parameters.get("Payload")?.get("token")?.as_str()?.to_owned())
    });
    let token = scheduled.unwrap();
    assert!(store.token(token.clone()).await.unwrap().unwrap().open);
    token
}

#[tokio::test]
async fn an_execution_that_waits_goes_on_in_another_host() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let first = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    let started = first.start_execution("Asking", Some("one"), text("{}")).await.unwrap();
    assert!(started.is_new);
    let token = token(&store, &first, &started.execution_arn).await;
    first.shut_down().await;
    assert!(matches!(first.idle().await, Err(HostError::Stopped { reason: None })));

    let second = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    let again = second.start_execution("Asking", Some("one"), text("{}")).await.unwrap();
    assert_eq!((again.is_new, again.started), (false, started.started));
    let other = second.start_execution("Asking", Some("one"), text("1")).await;
    assert!(matches!(other, Err(HostError::Run(RunError::ExecutionAlreadyExists { .. }))), "{other:?}");
    second.send_task_success(&token, text(r#"{"approved": true}"#)).await.unwrap();
    let ended = second.wait(&started.execution_arn).await.unwrap();
    assert_eq!(ended.summary.status, Status::Succeeded);
    assert_eq!(ended.end.unwrap().output.as_deref(), Some(r#"{"approved":true}"#));
    assert_eq!(calls.load(Ordering::Relaxed), 101, "each function was called once");
    let twice = second.send_task_success(&token, Value::Null).await;
    assert!(matches!(twice, Err(HostError::Token(TokenError::TaskTimedOut))), "{twice:?}");
    let none = second.send_task_heartbeat("none").await;
    assert!(matches!(none, Err(HostError::Token(TokenError::InvalidToken))), "{none:?}");
}

#[tokio::test]
async fn time_passes_across_hosts() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let first = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    let started = first.start_execution("Asking", None, text("{}")).await.unwrap();
    first.idle().await.unwrap();
    let now = first.now();
    first.shut_down().await;
    let second = host(&store, &calls).virtual_time_from(now).machine(definition("Asking", WAITS));
    let second = second.start().await.unwrap();
    let due = second.pass_time().await.unwrap().unwrap();
    assert_eq!(due.as_second() - now.as_second(), 86_400);
    let ended = second.wait(&started.execution_arn).await.unwrap().end.unwrap();
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Failed, Some("States.Timeout")));
}

#[tokio::test]
async fn stop_and_redrive_are_kept() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let first = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    let arn = first.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    first.idle().await.unwrap();
    first.stop(&arn, Some("Enough".to_owned()), None).await.unwrap();
    let ended = first.wait(&arn).await.unwrap().end.unwrap();
    assert_eq!((ended.status, ended.error.as_deref()), (Status::Aborted, Some("Enough")));
    let since = first.redrive(&arn).await.unwrap();
    assert_eq!(since, first.now());
    first.idle().await.unwrap();
    first.shut_down().await;

    let second = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    second.idle().await.unwrap();
    assert_eq!(second.refused(), std::collections::BTreeMap::new());
    let known = second.describe(&arn).await.unwrap();
    assert_eq!((known.summary.status, known.summary.redrives), (Status::Running, 1));
    second.stop(&arn, None, None).await.unwrap();
    let history = second.wait(&arn).await.map(|_| ()).and(second.history(&arn).await).unwrap();
    let all: Vec<&str> = history.iter().map(|event| str::from_utf8(&event.data).unwrap()).collect();
    assert!(all.iter().any(|event| event.contains("ExecutionRedriven")), "{all:#?}");
    assert_eq!(
        history.iter().map(|event| event.id).collect::<Vec<_>>(),
        (1..=history.len() as i64).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn executions_are_forgotten_when_their_time_is_over() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let with = || {
        let machine = definition("Quick", r#"{"StartAt": "D", "States": {"D": {"Type": "Succeed"}}}"#);
        host(&store, &Arc::default()).machine(machine).retention(Duration::from_secs(3600))
    };
    let first = with().start().await.unwrap();
    let arn = first.start_execution("Quick", Some("one"), Value::Null).await.unwrap().execution_arn;
    first.wait(&arn).await.unwrap();
    let now = first.now();
    first.shut_down().await;
    let later = with().virtual_time_from(now + Duration::from_secs(3599)).start().await.unwrap();
    later.idle().await.unwrap();
    assert!(later.describe(&arn).await.is_ok());
    later.shut_down().await;
    let much_later = with().virtual_time_from(now + Duration::from_secs(3601)).start().await.unwrap();
    much_later.idle().await.unwrap();
    assert!(matches!(much_later.describe(&arn).await, Err(HostError::NoExecution { .. })));
    assert!(much_later.start_execution("Quick", Some("one"), Value::from(1)).await.unwrap().is_new);
}

#[tokio::test]
async fn workers_take_tasks_and_their_names_are_in_the_history() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let activity = "arn:aws:states:us-east-1:123456789012:activity:pack";
    let machine = definition(
        "Packing",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Task", "HeartbeatSeconds": 30, "End": true,
            "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack"}}}"#,
    );
    let host = host(&store, &Arc::default()).machine(machine).start().await.unwrap();
    assert_eq!(host.get_activity_task(activity, None).await.unwrap(), None);
    let arn = host.start_execution("Packing", None, Value::from("cup")).await.unwrap().execution_arn;
    let task =
        host.next_activity_task(activity, Some("ann"), Duration::from_secs(60)).await.unwrap().unwrap();
    assert_eq!(task.input, "\"cup\"");
    host.send_task_heartbeat(&task.token).await.unwrap();
    host.send_task_success(&task.token, Value::from("box")).await.unwrap();
    assert_eq!(host.wait(&arn).await.unwrap().end.unwrap().output.as_deref(), Some("\"box\""));
    let history = host.history(&arn).await.unwrap();
    let worker =
        history.iter().any(|event| str::from_utf8(&event.data).unwrap().contains(r#""workerName":"ann""#));
    assert!(worker, "{history:?}");
}

/// A host that is dropped while a call is under way.
async fn interrupted(on: OnInterrupted) -> (usize, stepfn_durable::store::End) {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let machine = || {
        definition(
            "Working",
            r#"{"StartAt": "W", "States": {"W": {"Type": "Task", "End": true,
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work"}}}"#,
        )
    };
    let calls = Arc::new(AtomicUsize::new(0));
    let with = |answers: bool| {
        let calls = Arc::clone(&calls);
        let builder =
            Host::builder().shared_store(Arc::clone(&store)).lease(Duration::ZERO).on_interrupted(on);
        builder.machine(machine()).executors(move |builder| {
            let calls = Arc::clone(&calls);
            builder.function("work", move |_: Value| {
                calls.fetch_add(1, Ordering::Relaxed);
                async move {
                    if !answers {
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, TaskFailure>(Value::from("done"))
                }
            })
        })
    };
    let first = with(false).start().await.unwrap();
    let arn = first.start_execution("Working", None, Value::Null).await.unwrap().execution_arn;
    first.idle().await.unwrap();
    first.shut_down().await;
    let second = with(true).start().await.unwrap();
    let end = second.wait(&arn).await.unwrap().end.unwrap();
    (calls.load(Ordering::Relaxed), end)
}

#[tokio::test]
async fn calls_that_were_interrupted_fail_or_are_made_again() {
    let (calls, end) = interrupted(OnInterrupted::Fail).await;
    assert_eq!((calls, end.status), (1, Status::Failed));
    assert_eq!(end.error.as_deref(), Some("Lambda.SdkClientException"));
    let (calls, end) = interrupted(OnInterrupted::Rerun).await;
    assert_eq!((calls, end.output.as_deref()), (2, Some("\"done\"")));
}

#[tokio::test]
async fn an_execution_keeps_the_definition_that_it_began_with() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let calls = Arc::new(AtomicUsize::new(0));
    let first = host(&store, &calls).machine(definition("Asking", WAITS)).start().await.unwrap();
    let arn = first.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    let token = token(&store, &first, &arn).await;
    first.shut_down().await;
    let other =
        r#"{"StartAt": "Other", "States": {"Other": {"Type": "Pass", "Result": "other", "End": true}}}"#;
    let second = host(&store, &calls).machine(definition("Asking", other)).start().await.unwrap();
    second.send_task_success(&token, Value::from("yes")).await.unwrap();
    assert_eq!(second.wait(&arn).await.unwrap().end.unwrap().output.as_deref(), Some("\"yes\""));
    let new = second.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    assert_eq!(second.wait(&new).await.unwrap().end.unwrap().output.as_deref(), Some("\"other\""));
}

#[tokio::test]
async fn a_definition_may_come_back() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let other =
        r#"{"StartAt": "Other", "States": {"Other": {"Type": "Pass", "Result": "other", "End": true}}}"#;
    let own = r#"{"StartAt": "Own", "States": {"Own": {"Type": "Pass", "Result": "own", "End": true}}}"#;
    for (text, output) in [(own, "\"own\""), (other, "\"other\""), (own, "\"own\""), (own, "\"own\"")] {
        let host = host(&store, &Arc::default()).machine(definition("Changing", text)).start().await.unwrap();
        let arn = host.start_execution("Changing", None, Value::Null).await.unwrap().execution_arn;
        assert_eq!(host.wait(&arn).await.unwrap().end.unwrap().output.as_deref(), Some(output));
        host.shut_down().await;
    }
}

#[tokio::test]
async fn a_host_ends_with_its_last_clone() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let first = host(&store, &Arc::default()).machine(definition("Asking", WAITS)).start().await.unwrap();
    let arn = first.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    let second = first.clone();
    drop(first);
    second.idle().await.unwrap();
    assert_eq!(second.describe(&arn).await.unwrap().summary.status, Status::Running);
    drop(second);
    for _ in 0..1000 {
        if Arc::strong_count(&store) == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("somebody still has the store");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_file_can_be_opened_as_soon_as_its_host_is_shut_down() {
    let folder = std::env::temp_dir().join(format!("stepfn-host-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("again.db");
    for _ in 0..5 {
        let sqlite = stepfn_durable::store::Sqlite::open(&path).unwrap();
        let host = Host::builder()
            .store(sqlite)
            .machine(definition("Asking", WAITS))
            .executors(|builder| builder.allow_unbound());
        let host = host.start().await.unwrap();
        host.start_execution("Asking", None, text("{}")).await.unwrap();
        host.idle().await.unwrap();
        host.shut_down().await;
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn an_answer_that_the_execution_would_not_take_leaves_its_token_as_it_is() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let mut limits = stepfn_executor::Limits::default();
    limits.payload_bytes = 3_000;
    let host = host(&store, &Arc::default()).executors(move |builder| builder.limits(limits.clone()));
    let host = host.machine(definition("Asking", WAITS)).start().await.unwrap();
    let arn = host.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    let token = token(&store, &host, &arn).await;
    let large = host.send_task_success(&token, Value::from("x".repeat(4_000))).await;
    assert!(matches!(large, Err(HostError::Token(TokenError::InvalidOutput { .. }))), "{large:?}");
    host.send_task_success(&token, Value::from("x")).await.unwrap();
    assert_eq!(host.wait(&arn).await.unwrap().summary.status, Status::Succeeded);
}

/// Appends to what was kept of the history of an execution, by changing what the machine's mock answers.
#[tokio::test]
async fn an_execution_that_goes_another_way_stops_alone_and_with_words() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let machine = || {
        definition(
            "Mocked",
            r#"{"StartAt": "M", "States": {
                "M": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:mocked", "Next": "W"},
                "W": {"Type": "Wait", "Seconds": 60, "End": true}}}"#,
        )
    };
    let with = |answer: &'static str| {
        let builder = Host::builder()
            .shared_store(Arc::clone(&store))
            .virtual_time()
            .machine(definition("Asking", WAITS));
        let builder = builder.executors(|builder| {
            builder
                .function("ask", |_: Value| async { Ok(Value::Null) })
                .function("work", |input: Value| async move { Ok(input) })
        });
        builder
            .machine_with(machine(), move |builder| builder.mock("M", stepfn_executor::Mock::succeed(answer)))
    };
    let first = with("one").start().await.unwrap();
    let arn = first.start_execution("Mocked", None, Value::Null).await.unwrap().execution_arn;
    let well = first.start_execution("Asking", None, text("{}")).await.unwrap().execution_arn;
    let token = token(&store, &first, &well).await;
    first.shut_down().await;
    let second = with("two").start().await.unwrap();
    let refused = second.wait(&arn).await;
    let Err(HostError::Recover(RecoverError::Diverged { event, found })) = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(*event, 5);
    assert!(found.as_deref().is_some_and(|found| found.contains("two")), "{found:?}");
    assert_eq!(second.refused().len(), 1);
    second.send_task_success(&token, Value::Null).await.unwrap();
    assert_eq!(second.wait(&well).await.unwrap().summary.status, Status::Succeeded);
    second.shut_down().await;
    let third = with("one").start().await.unwrap();
    third.pass_time().await.unwrap();
    assert_eq!(third.wait(&arn).await.unwrap().summary.status, Status::Succeeded, "nothing was lost");
}

#[tokio::test]
async fn machines_may_start_each_other_whatever_their_order() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let outer = definition(
        "Outer",
        r#"{"StartAt": "N", "States": {"N": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Inner", "Input": 7}, "OutputPath": "$.Output"}}}"#,
    );
    let inner = definition("Inner", r#"{"StartAt": "D", "States": {"D": {"Type": "Succeed"}}}"#);
    let host = host(&store, &Arc::default()).machine(outer).machine(inner).start().await.unwrap();
    let arn = host.start_execution("Outer", None, Value::Null).await.unwrap().execution_arn;
    assert_eq!(host.wait(&arn).await.unwrap().end.unwrap().output.as_deref(), Some("7"));
}
