//! Two servers over one store: each knows what clients did at the other. In memory, and in the Postgres of `STEPFN_POSTGRES_URL`
//! where there is one.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use stepfn_durable::{
    Host,
    store::{Memory, Store},
};
use stepfn_server::Settings;
use support::{ARN, Served};

/// The same store, as two processes have it.
async fn stores() -> Vec<(&'static str, [Arc<dyn Store>; 2])> {
    let memory: Arc<dyn Store> = Arc::new(Memory::new());
    #[allow(unused_mut, reason = "there is a second one with Postgres")]
    let mut all = vec![("memory", [Arc::clone(&memory), memory])];
    #[cfg(feature = "postgres")]
    if let Ok(url) = std::env::var("STEPFN_POSTGRES_URL") {
        use stepfn_durable::store::Postgres;
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("drop schema if exists two_servers cascade").await.unwrap();
        let open = async || {
            let store = Postgres::connect_to_schema(&url, "two_servers").await.unwrap();
            Arc::new(store) as Arc<dyn Store>
        };
        all.push(("Postgres", [open().await, open().await]));
    }
    all
}

async fn serve(store: Arc<dyn Store>) -> Served {
    let builder = Host::builder().shared_store(store).executors(|executor| executor.allow_unbound());
    Served::start(Settings::default(), builder).await
}

const ASKS: &str = r#"{"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "ACTIVITY", "Next": "Wait"},
    "Wait": {"Type": "Task", "Resource": "ACTIVITY", "End": true}}}"#;
const OTHER: &str =
    r#"{"StartAt": "Only", "States": {"Only": {"Type": "Pass", "Result": "newer", "End": true}}}"#;

async fn status(served: &Served, execution: &Value) -> Value {
    served.host.wait(execution.as_str().unwrap()).await.unwrap();
    served.call("DescribeExecution", json!({ "executionArn": execution })).await
}

#[tokio::test]
async fn what_is_done_at_one_server_is_there_at_the_other() {
    for (place, [first, second]) in stores().await {
        let (one, other) = (serve(first).await, serve(second).await);
        let activity = one.call("CreateActivity", json!({ "name": "ask" })).await["activityArn"].clone();
        let machine =
            one.machine("M", "STANDARD", &ASKS.replace("ACTIVITY", activity.as_str().unwrap())).await;
        let version = one.call("PublishStateMachineVersion", json!({ "stateMachineArn": machine })).await
            ["stateMachineVersionArn"]
            .clone();
        // A start at one, a worker at the other, who says so at the first.
        let started = one
            .call("StartExecution", json!({ "stateMachineArn": version, "name": "one", "input": "7" }))
            .await["executionArn"]
            .clone();
        let task = other.call("GetActivityTask", json!({ "activityArn": activity, "workerName": "w" })).await;
        assert_eq!(task["input"], "7", "{place}");
        one.call("SendTaskSuccess", json!({ "taskToken": task["taskToken"], "output": "8" })).await;
        // The same again where it has not ended is the same execution.
        let again = other
            .call("StartExecution", json!({ "stateMachineArn": version, "name": "one", "input": "7" }))
            .await;
        assert_eq!(again["executionArn"], started, "{place}");
        let taken = other
            .action("StartExecution", &json!({ "stateMachineArn": version, "name": "one", "input": "9" }))
            .await;
        assert_eq!(taken.json()["__type"], "ExecutionAlreadyExists", "{place}");
        // A new definition and an alias for it, made at the other.
        other.call("UpdateStateMachine", json!({ "stateMachineArn": machine, "definition": OTHER })).await;
        let newer = other.call("PublishStateMachineVersion", json!({ "stateMachineArn": machine })).await
            ["stateMachineVersionArn"]
            .clone();
        let alias = other
            .call(
                "CreateStateMachineAlias",
                json!({ "name": "live", "routingConfiguration": [{ "stateMachineVersionArn": newer, "weight": 100 }] }),
            )
            .await["stateMachineAliasArn"]
            .clone();
        let listed = one.call("ListStateMachineVersions", json!({ "stateMachineArn": machine })).await;
        assert_eq!(listed["stateMachineVersions"].as_array().unwrap().len(), 2, "{place}");
        let described = one.call("DescribeStateMachine", json!({ "stateMachineArn": machine })).await;
        assert_eq!(described["definition"], OTHER, "{place}");
        let by_alias =
            one.call("StartExecution", json!({ "stateMachineArn": alias })).await["executionArn"].clone();
        let ended = status(&other, &by_alias).await;
        assert_eq!(
            (&ended["status"], &ended["output"]),
            (&json!("SUCCEEDED"), &json!("\"newer\"")),
            "{place}"
        );
        assert_eq!(ended["stateMachineAliasArn"], alias, "{place}");
        // The first goes on with what it began with; its token is answered at the other.
        let task = one.call("GetActivityTask", json!({ "activityArn": activity })).await;
        assert_eq!(task["input"], "8", "{place}");
        let token = &task["taskToken"];
        other.call("SendTaskSuccess", json!({ "taskToken": token, "output": "\"answered\"" })).await;
        let ended = status(&one, &started).await;
        assert_eq!(ended["output"], "\"answered\"", "{place}");
        let twice = one.action("SendTaskSuccess", &json!({ "taskToken": token, "output": "1" })).await;
        assert_eq!(twice.json()["__type"], "TaskTimedOut", "{place}");
        // Stopped and redriven at the server that does not run it.
        let stopped = one.call("StartExecution", json!({ "stateMachineArn": version, "name": "two" })).await
            ["executionArn"]
            .clone();
        other.call("StopExecution", json!({ "executionArn": stopped, "error": "Enough" })).await;
        assert_eq!(status(&other, &stopped).await["status"], "ABORTED", "{place}");
        other.call("RedriveExecution", json!({ "executionArn": stopped })).await;
        one.call("StopExecution", json!({ "executionArn": stopped })).await;
        let ended = status(&one, &stopped).await;
        assert_eq!((&ended["status"], &ended["redriveCount"]), (&json!("ABORTED"), &json!(1)), "{place}");
        // What is gone at one is gone at the other.
        one.call("TagResource", json!({ "resourceArn": machine, "tags": [{ "key": "a", "value": "b" }] }))
            .await;
        let tags = other.call("ListTagsForResource", json!({ "resourceArn": machine })).await;
        assert_eq!(tags["tags"], json!([{ "key": "a", "value": "b" }]), "{place}");
        other.call("DeleteStateMachine", json!({ "stateMachineArn": machine })).await;
        let gone = one.action("DescribeStateMachine", &json!({ "stateMachineArn": machine })).await;
        assert_eq!(gone.json()["__type"], "StateMachineDoesNotExist", "{place}");
        assert!(machine.starts_with(ARN));
        one.stop().await;
        other.stop().await;
    }
}
