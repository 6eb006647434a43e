//! The reports about executions: metrics, log events, status changes.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::{fs, path::Path};

use serde_json::{Value, json};
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
};
use stepfn_durable::{Host, HostError, store::Memory};
use stepfn_executor::{ExecutorBuilder, Mock};
use stepfn_server::{Monitor, Settings};
use support::{ARN, Served, builder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const WORK: &str = r#"{"StartAt": "Note", "States": {
    "Note": {"Type": "Pass", "Next": "Check"},
    "Check": {"Type": "Choice", "Choices": [{"Variable": "$.good", "BooleanEquals": true, "Next": "Done"}], "Default": "Refuse"},
    "Refuse": {"Type": "Fail", "Error": "Refused", "Cause": "no"},
    "Done": {"Type": "Succeed"}}}"#;

async fn served(monitor: &Monitor) -> Served {
    let settings = Settings { monitor: monitor.clone(), ..Settings::default() };
    Served::start(settings, monitor.observe(builder())).await
}

async fn create(served: &Served, name: &str, kind: &str, level: &str, with_data: bool) -> String {
    let body = json!({
        "name": name, "type": kind, "definition": WORK, "roleArn": "arn:aws:iam::123456789012:role/any",
        "loggingConfiguration": {
            "level": level, "includeExecutionData": with_data,
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:any:*" } }],
        },
    });
    served.call("CreateStateMachine", body).await["stateMachineArn"].as_str().unwrap().to_owned()
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn metrics_count_executions_transitions_commits_and_requests() {
    let served = served(&Monitor::default()).await;
    let standard = served.machine("Counted", "STANDARD", WORK).await;
    let express = served.machine("Quick", "EXPRESS", WORK).await;
    for good in [true, true, false] {
        served.run(&standard, &json!({ "good": good })).await;
    }
    served
        .call("StartSyncExecution", json!({ "stateMachineArn": express, "input": r#"{"good":true}"# }))
        .await;
    assert_eq!(served.action("NoSuchThing", &json!({})).await.status, 400);
    let answer = served.request("GET /metrics", "", "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/openmetrics-text"), "{answer:?}");
    let metrics = answer.body;
    for line in [
        r#"stepfn_executions_started_total{machine="Counted"} 3"#,
        r#"stepfn_executions_ended_total{machine="Counted",status="SUCCEEDED"} 2"#,
        r#"stepfn_executions_ended_total{machine="Counted",status="FAILED"} 1"#,
        r#"stepfn_transitions_total{machine="Counted"} 9"#,
        r#"stepfn_executions_started_total{machine="Quick"} 1"#,
        r#"stepfn_executions_ended_total{machine="Quick",status="SUCCEEDED"} 1"#,
        r#"stepfn_requests_total{action="StartExecution",status="200"} 3"#,
        r#"stepfn_requests_total{action="none",status="400"} 1"#,
        "stepfn_turns_total 3",
        "stepfn_commit_seconds_count 3",
        "stepfn_records_dropped_total 0",
        "stepfn_calls 0",
        "# EOF",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    served.stop().await;
}

#[tokio::test]
async fn log_events_obey_level_and_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.jsonl");
    let monitor = Monitor::with_records(Some(&path), None).unwrap();
    let served = served(&monitor).await;
    let all = create(&served, "All", "STANDARD", "ALL", true).await;
    let errors = create(&served, "Errors", "STANDARD", "ERROR", false).await;
    let fatal = create(&served, "Fatal", "EXPRESS", "FATAL", true).await;
    let off = served.machine("Off", "STANDARD", WORK).await;
    let bad = json!({ "good": false, "secret": "s3cret" });
    for machine in [&all, &errors, &off] {
        served.run(machine, &bad).await;
    }
    served.call("StartSyncExecution", json!({ "stateMachineArn": fatal, "input": bad.to_string() })).await;
    let arn = served.call("ListExecutions", json!({ "stateMachineArn": all })).await;
    let arn = arn["executions"][0]["executionArn"].clone();
    let history = served.call("GetExecutionHistory", json!({ "executionArn": arn })).await;
    served.stop().await;

    let logged = lines(&path);
    let of = |machine: &str| -> Vec<&Value> {
        let part = format!(":{machine}:");
        logged.iter().filter(|line| line["execution_arn"].as_str().unwrap().contains(&part)).collect()
    };
    let types = |machine: &str| -> Vec<&str> {
        of(machine).iter().map(|line| line["type"].as_str().unwrap()).collect()
    };
    let expected: Vec<&str> =
        history["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types("All"), expected);
    assert_eq!(types("Errors"), ["FailStateEntered", "ExecutionFailed"]);
    assert_eq!(types("Fatal"), ["ExecutionFailed"]);
    assert!(of("Off").is_empty());
    let first = of("All")[0];
    assert_eq!(first["details"]["input"], bad.to_string());
    assert_eq!((&first["id"], &first["redrive_count"]), (&json!("1"), &json!("0")));
    let millis = history["events"][0]["timestamp"].as_f64().unwrap() * 1000.0;
    assert_eq!(first["event_timestamp"], format!("{}", millis.round()));
    assert!(!of("Errors").iter().any(|line| line.to_string().contains("s3cret")));
}

#[tokio::test]
async fn status_changes_tell_of_starts_ends_and_redrives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let monitor = Monitor::with_records(None, path.to_str()).unwrap();
    let served = served(&monitor).await;
    let machine = served.machine("Watched", "STANDARD", WORK).await;
    let good = served.run(&machine, &json!({ "good": true })).await;
    let bad = served.run(&machine, &json!({ "good": false })).await;
    served.call("RedriveExecution", json!({ "executionArn": bad["executionArn"] })).await;
    served.host.wait(bad["executionArn"].as_str().unwrap()).await.unwrap();
    served.stop().await;

    let events = lines(&path);
    let told = |execution: &Value| -> Vec<(String, u64)> {
        let of = events.iter().filter(|event| event["detail"]["executionArn"] == execution["executionArn"]);
        let told = of.map(|event| {
            let detail = &event["detail"];
            (detail["status"].as_str().unwrap().to_owned(), detail["redriveCount"].as_u64().unwrap())
        });
        told.collect()
    };
    let status = |name: &str, redrives: u64| (name.to_owned(), redrives);
    assert_eq!(told(&good), [status("RUNNING", 0), status("SUCCEEDED", 0)]);
    assert_eq!(
        told(&bad),
        [status("RUNNING", 0), status("FAILED", 0), status("RUNNING", 1), status("FAILED", 1)]
    );
    let end = &events[1];
    assert_eq!(
        (&end["source"], &end["detail-type"]),
        (&json!("aws.states"), &json!("Step Functions Execution Status Change"))
    );
    assert_eq!(end["resources"], json!([good["executionArn"]]));
    assert_eq!(end["detail"]["stateMachineArn"], format!("{ARN}:stateMachine:Watched"));
    assert_eq!(end["detail"]["output"], r#"{"good":true}"#);
    assert_eq!(end["detail"]["redriveStatusReason"], "Execution is SUCCEEDED and cannot be redriven");
    let stopped = good["stopDate"].as_f64().unwrap() * 1000.0;
    assert_eq!(end["detail"]["stopDate"].as_f64().unwrap(), stopped.round());
}

#[tokio::test]
async fn status_changes_go_to_a_url_and_are_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let receiver = tokio::spawn(async move {
        let mut got = Vec::new();
        // The first is refused, with a status that may be another one next time.
        for status in ["503 Busy", "200 OK", "200 OK"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let body = loop {
                let mut part = [0; 4096];
                let read = stream.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.to_ascii_lowercase();
                let length =
                    length.split_once("content-length: ").unwrap().1.lines().next().unwrap().parse::<usize>();
                if body.len() == length.unwrap() {
                    break body.to_owned();
                }
            };
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            got.push(serde_json::from_str::<Value>(&body).unwrap()["detail"]["status"].clone());
        }
        got
    });
    let monitor = Monitor::with_records(None, Some(&url)).unwrap();
    let served = served(&monitor).await;
    let machine = served.machine("Watched", "STANDARD", WORK).await;
    served.run(&machine, &json!({ "good": true })).await;
    assert_eq!(receiver.await.unwrap(), ["RUNNING", "RUNNING", "SUCCEEDED"]);
    served.stop().await;
}

#[test]
fn what_cannot_be_written_to_is_said() {
    let error = |events| Monitor::with_records(None, Some(events)).unwrap_err();
    assert!(error("/nowhere/at/all.jsonl").contains("cannot open `/nowhere/at/all.jsonl`"));
    assert!(error("https://example.com/").contains("over http alone"));
}

#[tokio::test]
async fn executions_that_cannot_go_on_are_counted() {
    let store = Memory::new();
    let text = r#"{"StartAt": "M", "States": {
        "M": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:mocked", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 100000, "End": true}}}"#;
    let serve = async |answer: &'static str| {
        let (machine, _) = asl::read_str(text).unwrap();
        let machine = Definition::from_asl("Mocked", WorkflowType::Standard, machine);
        let mocked = move |builder: ExecutorBuilder| builder.mock("M", Mock::succeed(answer));
        Served::start(Settings::default(), Host::builder().store(store.clone()).machine_with(machine, mocked))
            .await
    };
    let served = serve("one").await;
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Mocked";
    let arn =
        served.call("StartExecution", json!({ "stateMachineArn": machine })).await["executionArn"].clone();
    served.host.idle().await.unwrap();
    served.stop().await;

    let served = serve("two").await;
    let refused = served.host.wait(arn.as_str().unwrap()).await;
    assert!(matches!(refused, Err(HostError::Recover(_))), "{refused:?}");
    let metrics = served.request("GET /metrics", "", "").await.body;
    assert!(metrics.contains("stepfn_executions_refused 1\n"), "{metrics}");
    served.stop().await;
}
