//! Workloads in JSONata.

use serde_json::{Map, Value, json};

use super::machines::{Workload, task};

pub(crate) fn all() -> [Workload; 4] {
    [chain10(), chain(), choice_loop(), map()]
}

fn machine(start: &str, states: &Value) -> String {
    json!({ "QueryLanguage": "JSONata", "StartAt": start, "States": states }).to_string()
}

fn order() -> Value {
    json!({ "id": "e-1", "order": { "customer": "c-17", "amount": 120, "items": [1, 2, 3] } })
}

/// Ten Tasks, each with the fields of `more`.
fn ten(name: &'static str, more: impl Fn(usize) -> Value) -> Workload {
    let mut states = Map::new();
    for step in 0..10 {
        let mut more = more(step);
        if step < 9 {
            more["Next"] = format!("Step{}", step + 1).into();
        } else {
            more["End"] = true.into();
        }
        states.insert(format!("Step{step}"), task("step", &more));
    }
    Workload {
        name,
        definition: machine("Step0", &states.into()),
        input: order(),
        answers: vec![("step", json!({ "ok": true, "code": 200 }))],
    }
}

/// Ten Tasks with Arguments out of the input, and outputs that add to it.
fn chain10() -> Workload {
    ten("chain10_jsonata", |step| {
        json!({
            "Arguments": {
                "index": step,
                "customer": "{% $states.input.order.customer %}",
                "amount": "{% $states.input.order.amount %}",
                "items": "{% $states.input.order.items %}",
                "execution": "{% $states.input.id %}",
            },
            "Output": format!("{{% $merge([$states.input, {{'r{step}': $states.result}}]) %}}"),
        })
    })
}

/// Ten Tasks with six expressions each: functions, operators, a variable.
fn chain() -> Workload {
    ten("jsonata_chain", |step| {
        let assigned = if step == 0 { "$states.result.code" } else { "$n + $states.result.code" };
        json!({
            "Arguments": {
                "index": step,
                "customer": "{% $states.input.order.customer %}",
                "amount": "{% $states.input.order.amount * 2 %}",
                "total": "{% $sum($states.input.order.items) %}",
                "label": format!("{{% $uppercase($states.input.id) & '-{step}' %}}"),
            },
            "Assign": { "n": format!("{{% {assigned} %}}") },
            "Output": format!("{{% $merge([$states.input, {{'r{step}': $states.result.code}}]) %}}"),
        })
    })
}

/// A counter to 1,000: 2,000 transitions.
fn choice_loop() -> Workload {
    let states = json!({
        "Inc": { "Type": "Pass", "Output": { "n": "{% $states.input.n + 1 %}" }, "Next": "Check" },
        "Check": {
            "Type": "Choice",
            "Choices": [{ "Condition": "{% $states.input.n < 1000 %}", "Next": "Inc" }],
            "Default": "Done",
        },
        "Done": { "Type": "Succeed" },
    });
    Workload {
        name: "choice_loop_jsonata",
        definition: machine("Inc", &states),
        input: json!({ "n": 0 }),
        answers: Vec::new(),
    }
}

/// A Map over 1,000 records, then sums and filters over them.
fn map() -> Workload {
    let calc = json!({
        "Type": "Pass",
        "Output": { "id": "{% $states.input.id %}", "v": "{% $states.input.amount * 2 %}" },
        "End": true,
    });
    let states = json!({
        "Each": {
            "Type": "Map",
            "Items": "{% $states.input.records %}",
            "ItemProcessor": { "StartAt": "Calc", "States": { "Calc": calc } },
            "Output": { "records": "{% $states.input.records %}", "out": "{% $states.result %}" },
            "Next": "Sum",
        },
        "Sum": {
            "Type": "Pass",
            "Output": {
                "total": "{% $sum($states.input.out.v) %}",
                "big": "{% $count($states.input.out[v > 500]) %}",
                "sum": "{% $sum($states.input.records[active and amount > 250].amount) %}",
                "n": "{% $count($states.input.records[active and amount > 250]) %}",
                "max": "{% $max($states.input.records.amount) %}",
                "ids": "{% $states.input.records[active and amount > 250 and region = 'eu'].id %}",
            },
            "End": true,
        },
    });
    let record = |at: usize| {
        let region = ["eu", "us", "ap"][at % 3];
        json!({
            "id": format!("r{at}"),
            "region": region,
            "amount": at * 37 % 1000,
            "active": !at.is_multiple_of(4),
            "tags": ["a", "b"],
        })
    };
    Workload {
        name: "jsonata_map",
        definition: machine("Each", &states),
        input: json!({ "records": (0..1000).map(record).collect::<Vec<_>>() }),
        answers: Vec::new(),
    }
}
