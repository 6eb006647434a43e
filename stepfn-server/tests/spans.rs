//! Spans for OpenTelemetry, by an exporter that keeps them.
#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(feature = "otel")]

mod support;

use std::{collections::HashMap, sync::Arc};

use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use serde_json::json;
use stepfn_durable::{
    Host,
    store::{Memory, Store},
};
use stepfn_server::{Monitor, Settings};
use support::Served;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const WORK: &str = r#"{"StartAt": "Each", "States": {
    "Each": {"Type": "Map", "ItemsPath": "$.items", "Next": "Ask", "ItemProcessor": {
        "StartAt": "Note", "States": {"Note": {"Type": "Pass", "End": true}}}},
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "Next": "Done",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Refuse"}]},
    "Refuse": {"Type": "Fail", "Error": "Refused", "Cause": "no"},
    "Done": {"Type": "Succeed"}}}"#;

async fn serve(store: &Arc<dyn Store>, monitor: &Monitor) -> Served {
    let builder = Host::builder().shared_store(Arc::clone(store));
    let builder = builder.executors(|executor| executor.allow_unbound());
    let settings = Settings { monitor: monitor.clone(), ..Settings::default() };
    Served::start(settings, monitor.observe(builder)).await
}

fn named<'a>(spans: &'a [SpanData], name: &str) -> Vec<&'a SpanData> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// Takes the task of a worker, and does it.
async fn work(served: &Served) {
    let activity = "arn:aws:states:us-east-1:123456789012:activity:ask";
    let task = served.call("GetActivityTask", json!({ "activityArn": activity })).await;
    served.call("SendTaskSuccess", json!({ "taskToken": task["taskToken"], "output": "1" })).await;
}

#[tokio::test]
async fn executions_states_and_tasks_have_spans_across_a_restart() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let before = InMemorySpanExporter::default();
    let monitor = Monitor::default().with_spans(before.clone());
    let served = serve(&store, &monitor).await;
    served.call("CreateActivity", json!({ "name": "ask" })).await;
    let machine = served.machine("Traced", "STANDARD", WORK).await;
    let started = served
        .call("StartExecution", json!({ "stateMachineArn": machine, "input": r#"{"items":[1,2,3]}"# }))
        .await;
    served.host.idle().await.unwrap();
    served.stop().await;
    let first = before.get_finished_spans().unwrap();
    assert_eq!(named(&first, "Note").len(), 3);
    assert_eq!(named(&first, "Each").len(), 1);
    assert_eq!(named(&first, "Ask").len(), 0, "it is not over");

    // Another process, which has seen none of it.
    let after = InMemorySpanExporter::default();
    let monitor = Monitor::default().with_spans(after.clone());
    let served = serve(&store, &monitor).await;
    work(&served).await;
    served.host.wait(started["executionArn"].as_str().unwrap()).await.unwrap();
    served.stop().await;
    let second = after.get_finished_spans().unwrap();
    let all: Vec<SpanData> = first.iter().chain(&second).cloned().collect();

    let ids: HashMap<SpanId, &SpanData> =
        all.iter().map(|span| (span.span_context.span_id(), span)).collect();
    assert_eq!(ids.len(), all.len(), "each span once");
    let execution = named(&all, "Traced")[0];
    assert_eq!(execution.parent_span_id, SpanId::INVALID);
    assert!(all.iter().all(|span| span.span_context.trace_id() == execution.span_context.trace_id()));
    let id = |span: &SpanData| span.span_context.span_id();
    let (each, ask) = (named(&all, "Each")[0], named(&all, "Ask")[0]);
    assert_eq!((each.parent_span_id, ask.parent_span_id), (id(execution), id(execution)));
    for note in named(&all, "Note") {
        assert_eq!(note.parent_span_id, id(each));
        assert!(each.start_time <= note.start_time && note.end_time <= each.end_time);
    }
    let tasks: Vec<&SpanData> = all.iter().filter(|span| span.span_kind == SpanKind::Client).collect();
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert!(tasks.iter().all(|task| task.parent_span_id == id(ask)));
    assert_eq!(tasks[0].status, Status::Unset);
    assert_eq!(named(&all, "Done").len(), 1);
    let attributes: Vec<String> = execution
        .attributes
        .iter()
        .map(|attribute| format!("{}={}", attribute.key, attribute.value))
        .collect();
    assert!(attributes.contains(&"stepfn.status=SUCCEEDED".to_owned()), "{attributes:?}");
    assert!(attributes.contains(&format!("stepfn.state_machine.arn={machine}")), "{attributes:?}");
}

#[tokio::test]
async fn failures_nested_executions_and_express_ones_have_spans() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let exporter = InMemorySpanExporter::default();
    let monitor = Monitor::default().with_spans(exporter.clone());
    let served = serve(&store, &monitor).await;
    let fails =
        r#"{"StartAt": "Refuse", "States": {"Refuse": {"Type": "Fail", "Error": "Refused", "Cause": "no"}}}"#;
    let inner = served.machine("Inner", "STANDARD", fails).await;
    let outer = format!(
        r#"{{"StartAt": "Nest", "States": {{"Nest": {{"Type": "Task", "End": true, "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {{"StateMachineArn": "{inner}", "Input": {{}}}}}}}}}}"#
    );
    let outer = served.machine("Outer", "STANDARD", &outer).await;
    let ended = served.run(&outer, &json!({})).await;
    assert_eq!(ended["status"], "FAILED");
    let express = served.machine("Quick", "EXPRESS", fails).await;
    served.call("StartSyncExecution", json!({ "stateMachineArn": express })).await;
    served.stop().await;
    let spans = exporter.get_finished_spans().unwrap();
    let (inner, outer) = (named(&spans, "Inner")[0], named(&spans, "Outer")[0]);
    assert_eq!(inner.parent_span_id, outer.span_context.span_id());
    assert_eq!(inner.span_context.trace_id(), outer.span_context.trace_id());
    assert_eq!(inner.status, Status::error("Refused: no"));
    let refuse = named(&spans, "Refuse");
    assert_eq!(refuse.len(), 2);
    assert!(refuse.iter().all(|span| span.status == Status::error("Refused: no")), "{refuse:#?}");
    let quick = named(&spans, "Quick")[0];
    assert_ne!(quick.span_context.trace_id(), outer.span_context.trace_id());
    assert_eq!(quick.status, Status::error("Refused: no"));
}

/// A collector that takes what comes.
#[tokio::test]
async fn spans_are_sent_to_a_collector() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let collector = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = stream.read(&mut part).await.unwrap();
            request.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.to_ascii_lowercase();
            let length = length.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if request.len() >= head.len() + 4 + length.parse::<usize>().unwrap() {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
                return text;
            }
        }
    });
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let monitor = Monitor::default().with_otlp(&format!("http://{address}")).unwrap();
    let served = serve(&store, &monitor).await;
    let machine =
        served.machine("Sent", "STANDARD", r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#).await;
    served.run(&machine, &json!({})).await;
    served.stop().await;
    let request = collector.await.unwrap();
    assert!(request.starts_with("POST /v1/traces HTTP/1.1"), "{request}");
    assert!(request.contains("application/x-protobuf"), "{request}");
    assert!(request.contains("Sent") && request.contains("stepfn.execution.arn"), "{request}");
    assert!(Monitor::default().with_otlp("ftp://x").unwrap_err().contains("no URL"));
}
