//! The workloads: definitions, inputs, and the answers of their functions.

use serde_json::{Value, json};

use super::in_jsonata;

pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) definition: String,
    pub(crate) input: Value,
    /// What each function answers, by its name.
    pub(crate) answers: Vec<(&'static str, Value)>,
}

pub(crate) const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:";

pub(crate) fn all() -> Vec<Workload> {
    let jsonpath =
        [single(), chain10(), choice_loop(), map1000(), parallel8(), csv_pipeline(), payload256k()];
    jsonpath.into_iter().chain(in_jsonata::all()).collect()
}

pub(crate) fn task(name: &str, more: &Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": format!("{ARN}{name}") });
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    state
}

pub(crate) fn machine(start: &str, states: &Value) -> String {
    json!({ "StartAt": start, "States": states }).to_string()
}

/// One Task.
fn single() -> Workload {
    Workload {
        name: "single",
        definition: machine("Process", &json!({ "Process": task("process", &json!({ "End": true })) })),
        input: json!({ "id": "e-1", "kind": "created" }),
        answers: vec![("process", json!({ "ok": true, "code": 200 }))],
    }
}

/// Ten Tasks with Parameters and ResultPath.
fn chain10() -> Workload {
    let mut states = serde_json::Map::new();
    for step in 0..10 {
        let mut more = json!({
            "Parameters": {
                "index": step,
                "customer.$": "$.order.customer",
                "amount.$": "$.order.amount",
                "items.$": "$.order.items",
                "execution.$": "$.id",
            },
            "ResultPath": format!("$.r{step}"),
        });
        if step < 9 {
            more["Next"] = format!("Step{}", step + 1).into();
        } else {
            more["End"] = true.into();
        }
        states.insert(format!("Step{step}"), task("step", &more));
    }
    Workload {
        name: "chain10",
        definition: machine("Step0", &states.into()),
        input: json!({ "id": "e-1", "order": { "customer": "c-17", "amount": 120, "items": [1, 2, 3] } }),
        answers: vec![("step", json!({ "ok": true, "code": 200 }))],
    }
}

/// A counter to 1,000: 2,000 transitions.
fn choice_loop() -> Workload {
    let states = json!({
        "Inc": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)" }, "Next": "Check" },
        "Check": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.n", "NumericLessThan": 1000, "Next": "Inc" }],
            "Default": "Done",
        },
        "Done": { "Type": "Succeed" },
    });
    Workload {
        name: "choice_loop",
        definition: machine("Inc", &states),
        input: json!({ "n": 0 }),
        answers: Vec::new(),
    }
}

/// A Map over 1,000 items, one Task each.
fn map1000() -> Workload {
    let processor = json!({
        "ProcessorConfig": { "Mode": "INLINE" },
        "StartAt": "One",
        "States": { "One": task("process", &json!({ "End": true })) },
    });
    let states = json!({
        "Each": {
            "Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "ResultPath": "$.results", "End": true,
        },
    });
    Workload {
        name: "map1000",
        definition: machine("Each", &states),
        input: json!({ "items": (0..1000).map(|i| json!({ "id": i, "v": i * 3 })).collect::<Vec<_>>() }),
        answers: vec![("process", json!({ "ok": true, "code": 200 }))],
    }
}

/// 8 branches of 3 Tasks.
fn parallel8() -> Workload {
    let branch = |b: usize| {
        let mut states = serde_json::Map::new();
        for t in 0..3 {
            let more =
                if t < 2 { json!({ "Next": format!("B{b}T{}", t + 1) }) } else { json!({ "End": true }) };
            states.insert(format!("B{b}T{t}"), task("step", &more));
        }
        json!({ "StartAt": format!("B{b}T0"), "States": states })
    };
    let branches: Vec<_> = (0..8).map(branch).collect();
    let states = json!({ "Fan": { "Type": "Parallel", "Branches": branches, "End": true } });
    Workload {
        name: "parallel8",
        definition: machine("Fan", &states),
        input: json!({ "id": "e-1" }),
        answers: vec![("step", json!({ "ok": true, "code": 200 }))],
    }
}

/// Four functions over 1,000 records, behind `lambda:invoke`, with retriers and catchers.
fn csv_pipeline() -> Workload {
    let records: Vec<_> = (0..1000)
        .map(|row| json!({ "row": row, "name": format!("name-{row}"), "amount": format!("{}.46", row % 700), "country": "KR" }))
        .collect();
    let invoke = |name: &str, payload: &Value, more: &Value| {
        let mut state = json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": { "FunctionName": format!("{ARN}{name}") },
            "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 2 }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed" }],
        });
        state["Parameters"].as_object_mut().unwrap().extend(payload.as_object().unwrap().clone());
        state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        state
    };
    let states = json!({
        "Validate": invoke("validator", &json!({ "Payload.$": "$" }), &json!({ "ResultPath": "$.validated", "Next": "Check" })),
        "Check": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.validated.Payload.status", "StringEquals": "PASSED", "Next": "Transform" }],
            "Default": "Failed",
        },
        "Transform": invoke(
            "transformer",
            &json!({ "Payload": { "records.$": "$.validated.Payload.records", "fileId.$": "$.validated.Payload.fileId" } }),
            &json!({ "ResultPath": "$.transformed", "TimeoutSeconds": 300, "Next": "Load" }),
        ),
        "Load": invoke(
            "loader",
            &json!({ "Payload": { "records.$": "$.transformed.Payload.records", "fileId.$": "$.fileId" } }),
            &json!({ "ResultPath": "$.loaded", "TimeoutSeconds": 600, "Next": "Notify" }),
        ),
        "Notify": invoke(
            "notifier",
            &json!({ "Payload": { "Message.$": "States.Format('File {} has been processed', $.fileId)" } }),
            &json!({ "ResultSelector": { "messageId.$": "$.Payload.MessageId" }, "End": true }),
        ),
        "Failed": { "Type": "Fail" },
    });
    Workload {
        name: "csv_pipeline",
        definition: machine("Validate", &states),
        input: json!({ "key": "files/f-1.csv", "fileId": "f-1", "records": records }),
        answers: vec![
            ("validator", json!({ "status": "PASSED", "records": records, "fileId": "f-1" })),
            ("transformer", json!({ "records": records, "statistics": { "rows": 1000 } })),
            ("loader", json!({ "loaded": 1000 })),
            ("notifier", json!({ "MessageId": "m-1" })),
        ],
    }
}

/// Ten Pass states over 250 KB.
fn payload256k() -> Workload {
    let mut states = serde_json::Map::new();
    for step in 0..10 {
        let (from, to) = if step % 2 == 0 { ("$.doc", "$.doc") } else { ("$.head", "$.copy") };
        let mut state = json!({ "Type": "Pass", "InputPath": from, "ResultPath": to, "OutputPath": "$" });
        if step < 9 {
            state["Next"] = format!("P{}", step + 1).into();
        } else {
            state["End"] = true.into();
        }
        states.insert(format!("P{step}"), state);
    }
    let rows: Vec<_> = (0..2500)
        .map(|row| json!({ "id": row, "name": format!("name-{row}"), "tags": ["a", "b"], "text": "x".repeat(40) }))
        .collect();
    Workload {
        name: "payload256k",
        definition: machine("P0", &states.into()),
        input: json!({ "head": { "id": 1 }, "doc": { "rows": rows } }),
        answers: Vec::new(),
    }
}
