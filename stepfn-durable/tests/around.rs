//! The observers of a host's work, and the variants of its machines.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_durable::{
    Host, StartOf,
    store::{Memory, Status, Store},
};
use stepfn_executor::Mock;

const WORK: &str = r#"{"StartAt": "Do", "States": {
    "Do": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName.$": "$.call", "Payload": {}}, "OutputPath": "$.Payload", "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Again"},
    "Again": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;

fn working() -> Definition {
    let (machine, _) = asl::read_str(WORK).unwrap();
    Definition::from_asl("Working", WorkflowType::Standard, machine)
}

/// A host whose functions answer with their own names, all but `none`.
fn host(store: &Memory) -> stepfn_durable::HostBuilder {
    Host::builder().store(store.clone()).virtual_time().machine(working()).executors(|builder| {
        builder.allow_unbound().functions_by(|name| {
            let answer = Value::from(name);
            (name != "none").then_some(move |_: Value| {
                let answer = answer.clone();
                async move { Ok(answer) }
            })
        })
    })
}

fn call(name: &str) -> Value {
    Value::object([("call", Value::from(name))])
}

#[tokio::test]
async fn functions_are_found_by_their_names_at_build_time_and_at_run_time() {
    let store = Memory::new();
    let host = host(&store).start().await.unwrap();
    let started = host.start_execution("Working", None, call("look")).await.unwrap();
    assert!(host.pass_time().await.unwrap().is_some());
    let ended = host.wait(&started.execution_arn).await.unwrap();
    assert_eq!(ended.end.unwrap().output.as_deref(), Some(r#""work""#));
    let history = host.history(&started.execution_arn).await.unwrap();
    let all: String = history.iter().map(|event| String::from_utf8_lossy(&event.data).into_owned()).collect();
    assert!(all.contains(r#"\"Payload\":\"look\""#), "{all}");

    let unbound = host.start_execution("Working", None, call("none")).await.unwrap();
    let ended = host.wait(&unbound.execution_arn).await.unwrap();
    assert_eq!(ended.summary.status, Status::Failed, "nothing is bound to that one");
}

#[tokio::test]
async fn observers_are_told_what_is_kept_and_nothing_twice() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let store = Memory::new();
    let tell = Arc::clone(&told);
    let host = host(&store).observer(move |commit| {
        assert_eq!(
            commit.loaded,
            usize::from(commit.turns.iter().all(|turn| turn.end.is_none())),
            "who ended is not loaded"
        );
        for turn in &commit.turns {
            let events = turn.events.iter().map(|event| event.id);
            let end = turn.end.map(|end| end.status.name());
            tell.lock().unwrap().push((turn.execution_arn.to_owned(), events.collect::<Vec<_>>(), end));
        }
    });
    let host = host.start().await.unwrap();
    let started = host.start_execution("Working", None, call("look")).await.unwrap();
    host.pass_time().await.unwrap();
    host.wait(&started.execution_arn).await.unwrap();
    let told = told.lock().unwrap().clone();
    assert!(told.iter().all(|(arn, ..)| *arn == started.execution_arn));
    let ids: Vec<i64> = told.iter().flat_map(|(_, ids, _)| ids.clone()).collect();
    let kept = host.history(&started.execution_arn).await.unwrap();
    assert_eq!(ids, kept.iter().map(|event| event.id).collect::<Vec<_>>());
    let ends: Vec<_> = told.iter().filter_map(|(_, _, end)| *end).collect();
    assert_eq!(ends, ["SUCCEEDED"]);
}

#[tokio::test]
async fn a_variant_of_a_machine_outlives_its_host() {
    let store = Memory::new();
    let vary = || {
        host(&store).variants(|variant, _, builder| {
            let mock = Mock::succeed(format!("mocked by {variant}"));
            builder.mock("Again", mock)
        })
    };
    let first = vary().start().await.unwrap();
    let machine = store.machines(stepfn_durable::store::PageAt::first(1)).await.unwrap().items.remove(0);
    let start = StartOf { input: call("look"), ..StartOf::default() };
    let revision = format!("{}#Happy", machine.revision);
    let started = first.start_revision(&machine.arn, &revision, start).await.unwrap();
    first.idle().await.unwrap();
    first.shut_down().await;

    let second = vary().start().await.unwrap();
    assert!(second.pass_time().await.unwrap().is_some());
    let ended = second.wait(&started.execution_arn).await.unwrap();
    assert_eq!(ended.end.unwrap().output.as_deref(), Some(r#""mocked by Happy""#));
}

#[tokio::test]
async fn details_are_kept_with_machines_and_follow_a_change() {
    let store = Memory::new();
    for details in [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":1}"#] {
        let host = host(&store).details(move |_| details.to_owned()).start().await.unwrap();
        let machines = store.machines(stepfn_durable::store::PageAt::first(10)).await.unwrap().items;
        let [machine] = &machines[..] else { panic!("{machines:?}") };
        let revision = store.revision(machine.revision.clone()).await.unwrap().unwrap();
        assert_eq!(revision.details, details);
        host.shut_down().await;
    }
}

#[tokio::test]
async fn virtual_time_stands_still_for_tokens_where_it_is_asked_to() {
    let text = r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "TimeoutSeconds": 60,
        "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 60, "End": true}}}"#;
    let (machine, _) = asl::read_str(text).unwrap();
    let asking = Definition::from_asl("Asking", WorkflowType::Standard, machine);
    let host = Host::builder().store(Memory::new()).virtual_time().machine(asking).start().await.unwrap();
    let started = host.start_execution("Asking", None, json::parse_value("{}").unwrap()).await.unwrap();
    assert_eq!(host.pass_time_without_tokens().await.unwrap(), None);
    let activity = "arn:aws:states:us-east-1:123456789012:activity:ask";
    let task = host.get_activity_task(activity, None).await.unwrap().unwrap();
    host.send_task_success(&task.token, Value::Null).await.unwrap();
    assert!(host.pass_time_without_tokens().await.unwrap().is_some());
    let ended = host.wait(&started.execution_arn).await.unwrap();
    assert_eq!(ended.summary.status, Status::Succeeded);
}

/// Ten executions that wait from an hour to ten, of which the host keeps none loaded while they wait.
async fn sleepers(store: &Memory) -> Host {
    let text =
        r#"{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "SecondsPath": "$", "End": true}}}"#;
    let (machine, _) = asl::read_str(text).unwrap();
    let sleeping = Definition::from_asl("Sleeping", WorkflowType::Standard, machine);
    Host::builder()
        .store(store.clone())
        .virtual_time()
        .most_loaded(0)
        .machine(sleeping)
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn virtual_time_passes_for_what_is_not_loaded_too() {
    let store = Memory::new();
    let first = sleepers(&store).await;
    let mut arns = Vec::new();
    for hours in [3, 1, 2, 9, 10, 4, 8, 5, 7, 6] {
        arns.push(
            first.start_execution("Sleeping", None, Value::from(hours * 3600)).await.unwrap().execution_arn,
        );
    }
    let start = first.now().as_second();
    let passed = |now: Option<stepfn_executor::Timestamp>| now.map(|now| now.as_second() - start);
    for hours in [1, 2, 3] {
        assert_eq!(passed(first.pass_time().await.unwrap()), Some(hours * 3600));
    }
    first.shut_down().await;

    let second = sleepers(&store).await;
    for hours in [4, 5, 6, 7, 8, 9, 10] {
        assert_eq!(passed(second.pass_time().await.unwrap()), Some(hours * 3600));
    }
    assert_eq!(second.pass_time().await.unwrap(), None);
    for arn in arns {
        assert_eq!(second.describe(&arn).await.unwrap().summary.status, Status::Succeeded);
    }
}

#[tokio::test]
async fn virtual_time_goes_on_after_a_host_that_died_with_its_leases() {
    let store = Memory::new();
    let text = r#"{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}"#;
    let (machine, _) = asl::read_str(text).unwrap();
    let sleeping = Definition::from_asl("Sleeping", WorkflowType::Standard, machine);
    let host = || Host::builder().store(store.clone()).virtual_time().machine(sleeping.clone());
    let dead = host().start().await.unwrap();
    let arn = dead.start_execution("Sleeping", None, Value::Null).await.unwrap().execution_arn;
    dead.idle().await.unwrap();
    // It goes on to have its executions, and does nothing any more.
    let next = host().start().await.unwrap();
    while next.pass_time().await.unwrap().is_some() {}
    assert_eq!(next.wait(&arn).await.unwrap().summary.status, Status::Succeeded);
    drop(dead);
}
