//! The cost of executions grows as their work: counted in allocations and bytes, which are the same on every machine.
#![allow(clippy::unwrap_used)]

mod churn;

use std::{
    fmt::Write,
    task::{Context, Waker},
};

use allocation_counter::{AllocationInfo, measure};
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    json,
    value::Value,
};
use stepfn_executor::{Execution, Executor, Mock};

const BOTH: [WorkflowType; 2] = [WorkflowType::Standard, WorkflowType::Express];

fn executor(machine: &str, workflow_type: WorkflowType) -> Executor {
    let (machine, diagnostics) = asl::read_str(machine).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let definition = Definition::from_asl("Counted", workflow_type, machine);
    Executor::builder()
        .resource(
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            Mock::respond_with(|call| Ok(call.input.clone())),
        )
        .resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Mock::succeed(Value::empty_object()))
        .build(&definition)
        .unwrap()
}

fn cost(executor: &Executor, input: &Value) -> AllocationInfo {
    // What is made once is made before.
    executor.run_blocking(input.clone()).unwrap();
    let mut succeeded = false;
    let info = measure(|| {
        let outcome = executor.run_blocking(input.clone()).unwrap();
        succeeded = outcome.output().is_some();
    });
    assert!(succeeded);
    info
}

/// Ten times the work may cost eleven times as much.
#[track_caller]
fn grows_linearly(what: &str, once: &AllocationInfo, ten_times: &AllocationInfo) {
    for (kind, one, ten) in [
        ("allocations", once.count_total, ten_times.count_total),
        ("bytes", once.bytes_total, ten_times.bytes_total),
    ] {
        println!("{what}: {one} {kind}, {ten} for ten times the work");
        assert!(ten <= 11 * one.max(1), "{what}: {one} {kind}, and {ten} for ten times the work");
    }
}

/// A chain of states: every second one a Task.
fn chain(states: usize) -> String {
    let mut text = r#"{ "StartAt": "S0", "States": { "#.to_owned();
    for index in 0..states {
        let next = if index + 1 < states {
            format!(r#""Next": "S{}""#, index + 1)
        } else {
            r#""End": true"#.to_owned()
        };
        let comma = if index == 0 { "" } else { ", " };
        let work = if index % 2 == 0 {
            r#""Type": "Pass", "Parameters": { "n.$": "$.n", "at.$": "$$.State.Name" }"#
        } else {
            r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.last""#
        };
        write!(text, r#"{comma}"S{index}": {{ {work}, {next} }}"#).unwrap();
    }
    text + "} }"
}

#[test]
fn ten_times_the_states_cost_ten_times_as_much() {
    let input = json::parse_value(r#"{ "n": 1 }"#).unwrap();
    for workflow_type in BOTH {
        let [few, many] = [20, 200].map(|states| cost(&executor(&chain(states), workflow_type), &input));
        grows_linearly(&format!("states, {workflow_type:?}"), &few, &many);
    }
}

#[test]
fn ten_times_the_items_cost_ten_times_as_much() {
    let map = r#"{ "StartAt": "Each", "States": { "Each": { "Type": "Map", "MaxConcurrency": 10, "End": true, "ItemProcessor": {
        "StartAt": "One", "States": { "One": { "Type": "Task", "End": true,
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f" } } } } } }"#;
    let items = |count: u32| Value::array((0..count).map(|index| Value::object([("n", Value::from(index))])));
    for workflow_type in BOTH {
        let executor = executor(map, workflow_type);
        let [few, many] = [100, 1000].map(|count| cost(&executor, &items(count)));
        grows_linearly(&format!("items, {workflow_type:?}"), &few, &many);
    }
}

#[test]
fn ten_times_the_payload_cost_ten_times_as_much() {
    let passes = r#"{ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Result": 1, "ResultPath": "$.a", "Next": "B" },
        "B": { "Type": "Pass", "Parameters": { "kept.$": "$.rows", "n.$": "States.ArrayLength($.rows)" }, "Next": "C" },
        "C": { "Type": "Pass", "InputPath": "$.kept", "ResultPath": null, "End": true } } }"#;
    let rows = |count: u32| {
        let rows = (0..count).map(|index| {
            Value::object([("id", Value::from(index)), ("text", "a text of some length".into())])
        });
        Value::object([("rows", Value::array(rows))])
    };
    for workflow_type in BOTH {
        let executor = executor(passes, workflow_type);
        let [few, many] = [100, 1000].map(|count| cost(&executor, &rows(count)));
        grows_linearly(&format!("payload, {workflow_type:?}"), &few, &many);
    }
}

/// Counts from 0 to `most`.
fn counting() -> &'static str {
    r#"{ "StartAt": "Check", "States": {
        "Check": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "NumericLessThanPath": "$.most", "Next": "Add" }], "Default": "Done" },
        "Add": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)", "most.$": "$.most" }, "Next": "Check" },
        "Done": { "Type": "Succeed" } } }"#
}

fn up_to(most: u32) -> Value {
    Value::object([("n", Value::from(0)), ("most", Value::from(most))])
}

#[test]
fn ten_times_the_rounds_cost_ten_times_as_much() {
    for workflow_type in BOTH {
        let executor = executor(counting(), workflow_type);
        let [few, many] = [200, 2000].map(|rounds| cost(&executor, &up_to(rounds)));
        grows_linearly(&format!("rounds, {workflow_type:?}"), &few, &many);
    }
}

#[test]
fn an_express_loop_takes_no_more_memory_the_longer_it_runs() {
    let executor = executor(counting(), WorkflowType::Express);
    let [short, long] = [1_000, 50_000].map(|rounds| cost(&executor, &up_to(rounds)).bytes_max);
    println!("an Express loop: {short} bytes at most in 1,000 rounds, {long} in 50,000");
    assert!(long <= short + short / 10, "{short} bytes at most in 1,000 rounds, {long} in 50,000");
}

#[test]
fn ten_thousand_executions_that_wait_take_under_100_megabytes() {
    let waits = r#"{ "StartAt": "Ask", "States": {
        "Ask": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 600,
            "Parameters": { "QueueUrl": "q", "MessageBody": { "token.$": "$$.Task.Token", "order.$": "$" } }, "Next": "Rest" },
        "Rest": { "Type": "Wait", "Seconds": 60, "End": true } } }"#;
    let executor = executor(waits, WorkflowType::Standard);
    let mut executions: Vec<Execution> = Vec::with_capacity(10_000);
    let info = measure(|| {
        for order in 0..10_000_u32 {
            let mut execution = executor.start(Value::object([("order", Value::from(order))]));
            execution.run_until_idle();
            executions.push(execution);
        }
    });
    let mut waiting = 0;
    for execution in &mut executions {
        waiting += execution.pending_tokens().len();
    }
    assert_eq!(waiting, 10_000);
    println!("10,000 waiting executions: {} bytes", info.bytes_current);
    assert!(info.bytes_current < 100_000_000, "{} bytes for 10,000 executions", info.bytes_current);
}

/// The big one is in `soak.rs`.
#[test]
fn executions_that_are_cancelled_at_random_give_back_what_they_took() {
    let executors = churn::executors();
    let mut left = [1_000, 10_000].map(|number| {
        let info = measure(|| {
            let mut churn = churn::Churn::new(&executors, 1);
            churn.run(number);
            let ended = churn.finish();
            assert!(
                [ended.succeeded, ended.failed, ended.stopped, ended.dropped]
                    .iter()
                    .all(|number| *number > 10),
                "{ended:?}"
            );
        });
        println!("{number} executions: {} bytes are left of {}", info.bytes_current, info.bytes_total);
        info.bytes_current
    });
    left.sort_unstable();
    // The bound that those of activities are cleared away at leaves some.
    assert!(left[1] < 100_000, "{left:?} bytes are left");
}

/// The big one is in `soak.rs`.
#[test]
fn executions_that_wait_on_real_time_outside_of_tokio_take_little_and_give_it_back() {
    let asl = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;
    let executor = Executor::builder().real_time().build(&churn::definition(asl)).unwrap();
    let cost = |number: usize| {
        let mut most = 0;
        let all = measure(|| {
            let mut waiting = Vec::with_capacity(number);
            let info = measure(|| {
                for _ in 0..number {
                    let mut execution = Box::pin(executor.start(Value::Null));
                    assert!(execution.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
                    waiting.push(execution);
                }
            });
            most = info.bytes_current;
        });
        println!("{number} that wait: {most} bytes; {} when they are gone", all.bytes_current);
        (most, all.bytes_current)
    };
    // The first one makes the thread that wakes all.
    cost(1);
    let (few, _) = cost(100);
    let (many, left) = cost(2_000);
    assert!(many < 2_000 * 4_000, "{many} bytes for 2,000 executions");
    assert!(many <= 25 * few, "{few} bytes for 100 executions, {many} for 2,000");
    assert!(left < 50_000, "{left} bytes are left of {many}");
}

/// Each heartbeat sets a timer, and the one before is waited for no longer.
#[test]
fn heartbeats_without_end_take_no_memory() {
    let beats = r#"{ "StartAt": "Ask", "States": { "Ask": { "Type": "Task", "HeartbeatSeconds": 3600, "End": true,
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": { "QueueUrl": "q", "MessageBody": { "token.$": "$$.Task.Token" } } } } }"#;
    let executor = executor(beats, WorkflowType::Standard);
    let mut execution = executor.start(Value::Null);
    execution.run_until_idle();
    let token = execution.pending_tokens()[0].token.clone();
    let info = measure(|| {
        for _ in 0..20_000 {
            executor.send_task_heartbeat(&token).unwrap();
            execution.run_until_idle();
        }
    });
    println!("20,000 heartbeats: {} bytes", info.bytes_current);
    assert!(info.bytes_current < 20_000, "{} bytes for 20,000 heartbeats", info.bytes_current);
}

/// A counter to a number, in JSONata.
fn jsonata_loop(turns: usize) -> String {
    format!(
        r#"{{ "QueryLanguage": "JSONata", "StartAt": "Inc", "States": {{
            "Inc": {{ "Type": "Pass", "Output": {{ "n": "{{% $states.input.n + 1 %}}" }}, "Next": "Check" }},
            "Check": {{ "Type": "Choice", "Default": "Done",
                "Choices": [{{ "Condition": "{{% $states.input.n < {turns} %}}", "Next": "Inc" }}] }},
            "Done": {{ "Type": "Succeed" }} }} }}"#
    )
}

#[test]
fn loops_in_jsonata_make_little_at_each_turn() {
    let input: Value = r#"{"n": 0}"#.parse().unwrap();
    let of = |turns| cost(&executor(&jsonata_loop(turns), WorkflowType::Express), &input);
    let (few, many) = (of(100), of(1000));
    grows_linearly("turns in JSONata", &few, &many);
    let each = (many.count_total - few.count_total) / 900;
    assert!(each <= 12, "{each} allocations a turn");
}

#[test]
fn the_text_of_a_history_is_written_without_values() {
    let input: Value = r#"{"n": 1}"#.parse().unwrap();
    let history = executor(&chain(100), WorkflowType::Standard).run_blocking(input).unwrap().history;
    assert!(history.len() > 300, "{history}");
    let mut text = String::new();
    let written = measure(|| text = history.to_json_string());
    let made = measure(|| assert_eq!(history.to_json().to_string(), text));
    let events = history.len() as u64;
    println!(
        "{} allocations for {events} events, {} by way of a value",
        written.count_total, made.count_total
    );
    assert!(written.count_total < events / 4 && made.count_total > 5 * events);
}

#[test]
fn an_execution_of_one_task_makes_next_to_nothing() {
    let one = r#"{ "StartAt": "One", "States": { "One": { "Type": "Task", "End": true,
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f" } } }"#;
    let input: Value = r#"{"n": 1}"#.parse().unwrap();
    let info = cost(&executor(one, WorkflowType::Express), &input);
    println!("one Task: {} allocations, {} bytes", info.count_total, info.bytes_total);
    assert!(info.count_total <= 4, "{} allocations", info.count_total);
    assert!(info.bytes_total <= 2_000, "{} bytes", info.bytes_total);
}

/// As many states in JSONata, of which every second one is a Task.
fn jsonata_chain(states: usize) -> String {
    let mut text = r#"{ "QueryLanguage": "JSONata", "StartAt": "S0", "States": { "#.to_owned();
    for index in 0..states {
        let next = if index + 1 < states {
            format!(r#""Next": "S{}""#, index + 1)
        } else {
            r#""End": true"#.to_owned()
        };
        let comma = if index == 0 { "" } else { ", " };
        let work = if index % 2 == 0 {
            r#""Type": "Pass", "Assign": { "last": "{% $states.input.n %}" }, "Output": { "n": "{% $states.input.n + 1 %}" }"#
        } else {
            r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "Arguments": { "n": "{% $states.input.n %}" }, "Output": "{% $merge([$states.result, {'last': $last}]) %}""#
        };
        write!(text, r#"{comma}"S{index}": {{ {work}, {next} }}"#).unwrap();
    }
    text + "} }"
}

#[test]
fn ten_times_the_states_in_jsonata_cost_ten_times_as_much() {
    let input = json::parse_value(r#"{ "n": 1 }"#).unwrap();
    for workflow_type in BOTH {
        let [few, many] =
            [20, 200].map(|states| cost(&executor(&jsonata_chain(states), workflow_type), &input));
        grows_linearly(&format!("states in JSONata, {workflow_type:?}"), &few, &many);
    }
}

#[test]
fn ten_times_the_data_in_jsonata_cost_ten_times_as_much() {
    let machine = r#"{ "QueryLanguage": "JSONata", "StartAt": "Each", "States": {
        "Each": { "Type": "Map", "Items": "{% $states.input.rows %}", "MaxConcurrency": 10, "Next": "Sum", "ItemProcessor": {
            "StartAt": "One", "States": { "One": { "Type": "Pass", "End": true,
                "Output": { "id": "{% $states.input.id %}", "twice": "{% $states.input.id * 2 %}" } } } } },
        "Sum": { "Type": "Pass", "End": true, "Output": {
            "sum": "{% $sum($states.input[id > 3].twice) %}",
            "names": "{% $states.input.{'of': id} %}" } } } }"#;
    let rows = |count: u32| {
        let rows = (0..count).map(|index| Value::object([("id", Value::from(index))]));
        Value::object([("rows", Value::array(rows))])
    };
    for workflow_type in BOTH {
        let executor = executor(machine, workflow_type);
        let [few, many] = [100, 1000].map(|count| cost(&executor, &rows(count)));
        grows_linearly(&format!("data in JSONata, {workflow_type:?}"), &few, &many);
    }
}
