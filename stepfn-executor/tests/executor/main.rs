//! The executor from outside: definitions in ASL, mocks or handlers, virtual time.

// Clippy knows the functions marked as tests, but not the helpers beside them.
#![allow(clippy::unwrap_used)]

mod activities;
mod bad_input;
mod data_flow;
mod distributed_map;
mod error_names;
mod errors;
mod garbage;
mod history;
mod hostile;
mod jsonata;
mod limits;
mod map_parallel;
mod mock_file;
mod nested;
mod observe;
mod readers;
mod real_time;
mod redrive;
mod redrive_random;
mod time;
mod tokens;

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_executor::{Executor, ExecutorBuilder, Outcome};

#[track_caller]
fn json(text: &str) -> Value {
    text.parse().unwrap()
}

/// A Standard definition out of ASL text.
#[track_caller]
fn definition(asl: &str) -> Definition {
    typed(asl, WorkflowType::Standard)
}

#[track_caller]
fn typed(asl: &str, workflow_type: WorkflowType) -> Definition {
    let (machine, diagnostics) = asl::read_str(asl).unwrap();
    assert_eq!(diagnostics, []);
    Definition::from_asl("Machine", workflow_type, machine)
}

/// Runs a machine that needs no handlers.
#[track_caller]
fn run(asl: &str, input: &str) -> Outcome {
    run_with(asl, input, |builder| builder)
}

#[track_caller]
fn run_with(asl: &str, input: &str, bind: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder) -> Outcome {
    let executor = bind(Executor::builder()).build(&definition(asl)).unwrap();
    executor.run_blocking(json(input)).unwrap()
}

/// The output of a machine that needs no handlers, as JSON text.
#[track_caller]
fn output(asl: &str, input: &str) -> String {
    let outcome = run(asl, input);
    match outcome.output() {
        Some(output) => output.to_string(),
        None => panic!("{}\n{}", outcome.status, outcome.history),
    }
}

/// A machine of one Pass state with these fields.
fn pass(fields: &str) -> String {
    format!(r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Pass", {fields} "End": true}}}}}}"#)
}

/// A machine of one Task state with these fields, and a state `Caught` to go to.
fn task(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "T", "States": {{
            "T": {{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", {fields} "End": true}},
            "Caught": {{"Type": "Pass", "End": true}}
        }}}}"#
    )
}

/// The lines of the history, without ids and times: `PassStateEntered P`.
fn steps(outcome: &Outcome) -> Vec<String> {
    let step = |event: stepfn_executor::HistoryEvent<'_>| match event.state {
        Some(state) => format!("{} {state}", event.event_type),
        None => event.event_type.to_owned(),
    };
    outcome.history.events().map(step).collect()
}

/// The ids of the predecessors, in the order of the events.
fn predecessors(outcome: &Outcome) -> Vec<u64> {
    outcome.history.events().map(|event| event.previous_event_id).collect()
}

/// When the events of a type happened, in seconds since the start.
fn seconds(outcome: &Outcome, event_type: &str) -> Vec<f64> {
    let start = outcome.started;
    let of_type = outcome.history.events().filter(|event| event.event_type == event_type);
    of_type.map(|event| event.timestamp.duration_since(start).as_secs_f64()).collect()
}
