//! Executions that others start, children of distributed Maps, and Map Runs.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    task::TaskFailure,
    value::Value,
};
use stepfn_durable::{
    Host, HostError,
    store::{Execution, Executions, ExecutionsOf, MapRun, MapRunsOf, Memory, PageAt, Status},
};
use stepfn_executor::turns::MapRunUpdate;

const INNER: &str = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "Next": "A"},
    "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}"#;
const INNER_ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:Inner";

fn definition(name: &str, text: &str) -> Definition {
    let text =
        text.replace("INNER_ARN", INNER_ARN).replace("START", "arn:aws:states:::states:startExecution");
    let (machine, diagnostics) = asl::read_str(&text).unwrap();
    assert!(diagnostics.is_empty(), "{name}: {diagnostics:?}");
    Definition::from_asl(name, WorkflowType::Standard, machine)
}

/// A host of `Outer` and `Inner`, whose function fails with "broken" until it is repaired.
async fn host(outer: &str) -> (Host, Arc<AtomicBool>) {
    let repaired = Arc::new(AtomicBool::new(false));
    let is_repaired = Arc::clone(&repaired);
    let host = Host::builder()
        .store(Memory::new())
        .virtual_time()
        .machine(definition("Inner", INNER))
        .machine(definition("Outer", outer))
        .executors(move |builder| {
            let is_repaired = Arc::clone(&is_repaired);
            let work = move |input: Value| {
                let fails = input.get("broken").is_some() && !is_repaired.load(Ordering::SeqCst);
                async move { if fails { Err(TaskFailure::with_cause("Broken", "still")) } else { Ok(input) } }
            };
            builder.function("work", work).allow_unbound()
        })
        .start()
        .await
        .unwrap();
    (host, repaired)
}

async fn start(host: &Host, input: &str) -> String {
    let input = json::parse_value(input).unwrap();
    let started = host.start_execution("Outer", Some("one"), input).await.unwrap();
    host.idle().await.unwrap();
    started.execution_arn
}

async fn list(host: &Host, of: ExecutionsOf) -> Vec<Execution> {
    let list = Executions { of, status: None, redriven: None, page: PageAt::first(100) };
    let mut all = Vec::new();
    for summary in host.store().executions(list).await.unwrap().items {
        all.push(host.describe(&summary.arn).await.unwrap());
    }
    all.sort_by_key(|execution| execution.summary.id);
    all
}

async fn map_run(host: &Host, of: &str) -> MapRun {
    let list = MapRunsOf { execution: of.to_owned(), page: PageAt::first(100) };
    let mut runs = host.store().map_runs(list).await.unwrap().items;
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

fn counts(run: &MapRun, of: &str) -> (u64, u64, u64, u64) {
    let details: serde_json::Value = serde_json::from_str(&run.details).unwrap();
    let count = |name: &str| details[of][name].as_u64().unwrap();
    (count("running"), count("succeeded"), count("failed"), count("total"))
}

async fn status(host: &Host, arn: &str) -> Status {
    host.describe(arn).await.unwrap().summary.status
}

#[tokio::test]
async fn a_child_of_an_express_workflow_is_the_one_that_its_parent_is_told_of() {
    let outer = r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        "ResultSelector": {"told.$": "$.ExecutionArn", "own.$": "States.StringToJson($.Output)"},
        "Parameters": {"StateMachineArn": "INNER_ARN", "Name": "child", "Input": "{}"}, "End": true}}}"#;
    let mut inner = definition(
        "Inner",
        r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"arn.$": "$$.Execution.Id"}, "OutputPath": "$.arn", "End": true}}}"#,
    );
    inner.workflow_type = WorkflowType::Express;
    let host = Host::builder().store(Memory::new()).virtual_time().machine(inner);
    let host = host.machine(definition("Outer", outer)).start().await.unwrap();
    let outer = host.describe(&start(&host, "{}").await).await.unwrap();
    assert_eq!(outer.summary.status, Status::Succeeded, "{:?}", outer.end);
    let output = json::parse_value(&outer.end.and_then(|end| end.output).unwrap()).unwrap();
    assert!(output["told"].as_str().unwrap().contains(":express:Inner:child:"), "{output}");
    assert_eq!(output["told"], output["own"]);
}

#[tokio::test]
async fn whoever_starts_another_and_does_not_wait_ends_while_that_goes_on() {
    let (host, _) = host(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "START", "ResultSelector": {"arn.$": "$.ExecutionArn"},
            "Parameters": {"StateMachineArn": "INNER_ARN", "Name": "child", "Input": {"x": 1}}, "End": true}}}"#,
    )
    .await;
    let outer = host.describe(&start(&host, "{}").await).await.unwrap();
    assert_eq!(outer.summary.status, Status::Succeeded);
    let child = INNER_ARN.replace("stateMachine", "execution") + ":child";
    let output = outer.end.and_then(|end| end.output).unwrap();
    assert_eq!(output, format!(r#"{{"arn":"{child}"}}"#));

    let known = host.describe(&child).await.unwrap();
    assert_eq!((known.summary.status, &*known.input), (Status::Running, r#"{"x":1}"#));
    assert_eq!(list(&host, ExecutionsOf::Machine(INNER_ARN.to_owned())).await, [known]);
    host.pass_time().await.unwrap();
    assert_eq!(status(&host, &child).await, Status::Succeeded);
    let history = host.history(&child).await.unwrap();
    assert!(String::from_utf8_lossy(&history.last().unwrap().data).contains("ExecutionSucceeded"));
    host.shut_down().await;
}

#[tokio::test]
async fn whoever_waits_is_told_the_end_and_stops_what_it_waited_for() {
    let outer = r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "START.sync:2", "End": true,
        "Parameters": {"StateMachineArn": "INNER_ARN", "Name.$": "$.name", "Input.$": "$"}}}}"#;
    let (host, _) = host(outer).await;
    let arn = start(&host, r#"{"name": "child", "broken": 1}"#).await;
    assert_eq!(status(&host, &arn).await, Status::Running);
    host.pass_time().await.unwrap();
    let failed = host.describe(&arn).await.unwrap();
    assert_eq!(failed.summary.status, Status::Failed);
    let end = failed.end.unwrap();
    assert_eq!(end.error.as_deref(), Some("States.TaskFailed"));
    assert!(end.cause.unwrap().contains(
        r#""Error":"Broken","ExecutionArn":"arn:aws:states:us-east-1:123456789012:execution:Inner:child""#
    ));

    let input = json::parse_value(r#"{"name": "stopped"}"#).unwrap();
    let arn = host.start_execution("Outer", Some("two"), input).await.unwrap().execution_arn;
    host.idle().await.unwrap();
    host.stop(&arn, None, None).await.unwrap();
    host.idle().await.unwrap();
    assert_eq!(status(&host, &arn).await, Status::Aborted);
    let child = INNER_ARN.replace("stateMachine", "execution") + ":stopped";
    assert_eq!(status(&host, &child).await, Status::Aborted);
    host.shut_down().await;
}

const MAP: &str = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "Label": "Each", "End": true,
    "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 60, "Next": "A"},
        "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "End": true}}}}}}"#;

#[tokio::test]
async fn map_runs_and_their_children_are_seen_and_changed_while_they_run() {
    let (host, _) = host(MAP).await;
    let arn = start(&host, "[1, 2, 3, 4, 5]").await;
    let run = map_run(&host, &arn).await;
    assert_eq!((run.status, counts(&run, "executionCounts")), (Status::Running, (2, 0, 0, 2)));
    assert_eq!(counts(&run, "itemCounts"), (2, 0, 0, 5));
    assert!(run.arn.contains(":mapRun:Outer/Each:"), "{}", run.arn);
    let children = list(&host, ExecutionsOf::MapRun(run.arn.clone())).await;
    assert_eq!(children.iter().map(|child| &*child.input).collect::<Vec<_>>(), ["1", "2"]);
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Outer/Each";
    assert!(children.iter().all(|child| child.summary.machine == machine));
    assert_eq!(list(&host, ExecutionsOf::All).await.len(), 1, "children are listed by their Map Run alone");

    let update = MapRunUpdate { max_concurrency: Some(4), ..MapRunUpdate::default() };
    host.update_map_run(&run.arn, update.clone()).await.unwrap();
    host.idle().await.unwrap();
    assert_eq!(counts(&map_run(&host, &arn).await, "executionCounts"), (4, 0, 0, 4));
    while status(&host, &arn).await == Status::Running {
        host.pass_time().await.unwrap();
    }
    let run = map_run(&host, &arn).await;
    assert_eq!((run.status, counts(&run, "executionCounts")), (Status::Succeeded, (0, 5, 0, 5)));
    let output = host.describe(&arn).await.unwrap().end.and_then(|end| end.output);
    assert_eq!(output.as_deref(), Some("[1,2,3,4,5]"));
    let over = host.update_map_run(&run.arn, update.clone()).await.unwrap_err();
    assert!(matches!(over, HostError::MapRunOver { .. }), "{over}");
    let none = host.update_map_run("arn:none", update).await.unwrap_err();
    assert_eq!(none.to_string(), "there is no Map Run `arn:none`");
    host.shut_down().await;
}

#[tokio::test]
async fn a_redrive_lets_the_children_go_on_that_did_not_succeed() {
    let (host, repaired) = host(MAP).await;
    let arn = start(&host, r#"[{"x": 1}, {"broken": 1}, {"x": 3}]"#).await;
    while status(&host, &arn).await == Status::Running {
        host.pass_time().await.unwrap();
    }
    assert_eq!(status(&host, &arn).await, Status::Failed);
    let run = map_run(&host, &arn).await;
    assert_eq!(run.status, Status::Failed);
    let before = list(&host, ExecutionsOf::MapRun(run.arn.clone())).await;
    let failed = before.iter().find(|child| child.input.contains("broken")).unwrap();
    let alone = host.redrive(&failed.summary.arn).await.unwrap_err();
    assert!(alone.to_string().contains("child of a Map Run"), "{alone}");

    repaired.store(true, Ordering::SeqCst);
    host.redrive(&arn).await.unwrap();
    for _ in 0..9 {
        host.pass_time().await.unwrap();
    }
    let outer = host.describe(&arn).await.unwrap();
    assert_eq!(outer.summary.status, Status::Succeeded);
    assert_eq!(outer.end.and_then(|end| end.output).as_deref(), Some(r#"[{"x":1},{"broken":1},{"x":3}]"#));
    let after = list(&host, ExecutionsOf::MapRun(run.arn)).await;
    assert_eq!(after.len(), 3);
    for child in &after {
        let redrives = i64::from(child.input.contains("broken"));
        assert_eq!(
            (child.summary.status, child.summary.redrives),
            (Status::Succeeded, redrives),
            "{child:?}"
        );
    }
    assert!(map_run(&host, &arn).await.details.contains(r#""redriveCount":1"#));
    host.shut_down().await;
}

#[tokio::test]
async fn an_execution_answers_the_token_of_another() {
    let outer = r#"{"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", "End": true,
            "Parameters": {"TaskToken.$": "$.token", "Output": {"by": "another"}},
            "Catch": [{"ErrorEquals": ["Sfn.TaskTimedOutException"], "Next": "Late"}]}, "Late": {"Type": "Succeed"}}}"#;
    let (host, _) = host(outer).await;
    let activity = "arn:aws:states:us-east-1:123456789012:activity:pack";
    let waits = format!(
        r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "{activity}", "End": true}}}}}}"#
    );
    host.add(definition("Waits", &waits)).await.unwrap();
    let waiting = host.start_execution("Waits", None, Value::empty_object()).await.unwrap().execution_arn;
    host.idle().await.unwrap();
    let token = host.get_activity_task(activity, None).await.unwrap().unwrap().token;
    let arn = start(&host, &format!(r#"{{"token": "{token}"}}"#)).await;
    host.idle().await.unwrap();
    assert_eq!(status(&host, &arn).await, Status::Succeeded);
    let output = host.describe(&waiting).await.unwrap().end.and_then(|end| end.output);
    assert_eq!(output.as_deref(), Some(r#"{"by":"another"}"#));
    let again = Value::object([("token", Value::from(token))]);
    let again = host.start_execution("Outer", Some("again"), again).await.unwrap().execution_arn;
    host.idle().await.unwrap();
    let history = host.history(&again).await.unwrap();
    assert!(
        history
            .iter()
            .any(|event| String::from_utf8_lossy(&event.data).contains("Sfn.TaskTimedOutException"))
    );
    host.shut_down().await;
}

#[tokio::test]
async fn what_no_function_does_fails_for_good_and_says_so() {
    let (host, _) = host(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}"#,
    )
    .await;
    let arn = start(&host, "{}").await;
    let failed = host.describe(&arn).await.unwrap();
    let end = failed.end.unwrap();
    assert_eq!((end.status, end.error.as_deref()), (Status::Failed, Some("States.Runtime")));
    assert!(end.not_redrivable.is_some());
    let last = host.history(&arn).await.unwrap().pop().unwrap();
    assert!(String::from_utf8_lossy(&last.data).contains("ExecutionFailed"));
    let refused = host.redrive(&arn).await.unwrap_err();
    assert!(matches!(refused, HostError::Redrive(_)), "{refused}");
    assert!(host.refused().is_empty());
    host.shut_down().await;
}

#[tokio::test]
async fn executions_that_start_themselves_without_end_are_stopped() {
    let (host, _) = host(
        r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "START", "End": true,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Outer"}}}}"#,
    )
    .await;
    start(&host, "{}").await;
    let list = Executions {
        of: ExecutionsOf::All,
        status: Some(Status::Failed),
        redriven: None,
        page: PageAt::first(10),
    };
    let failed = host.store().executions(list).await.unwrap().items;
    assert_eq!(failed.len(), 1);
    let end = host.describe(&failed[0].arn).await.unwrap().end.unwrap();
    assert_eq!(end.error.as_deref(), Some("StepFunctions.ExecutionLimitExceededException"));
    host.shut_down().await;
}
