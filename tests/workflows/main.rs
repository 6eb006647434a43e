//! The workflows of the published articles: declared with the macro, their ASL pinned, run natively through every edge.

#![allow(unreachable_pub)] // the examples' items
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // tests, beside their test functions

mod choices;
mod context;
mod csv_pipeline;
mod data_flow;
mod items;
mod job_poller;
mod kinds;
mod media;
mod order_approval;
mod order_chain;
mod retries;
mod waits;

use stepfn::{
    Definition,
    executor::{Executor, ExecutorBuilder, Outcome},
    value::{Value, to_value},
};

/// Runs a definition on virtual time, with the definition's own handlers where nothing else is bound.
#[track_caller]
fn run(
    definition: &Definition,
    input: serde_json::Value,
    bind: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder,
) -> Outcome {
    let executor = bind(Executor::builder()).build(definition).unwrap();
    executor.run_blocking(value(input)).unwrap()
}

fn value(json: serde_json::Value) -> Value {
    to_value(&json).unwrap()
}

#[track_caller]
fn succeeded(outcome: &Outcome, path: &[&str], output: serde_json::Value) {
    assert_eq!(outcome.status.name(), "SUCCEEDED", "{}\n{}", outcome.status, outcome.history);
    assert_eq!(outcome.history.path(), path);
    assert_eq!(outcome.output(), Some(&value(output)));
}

#[track_caller]
fn failed(outcome: &Outcome, path: &[&str], error: &str, cause: &str) {
    assert_eq!(outcome.status.name(), "FAILED", "{}\n{}", outcome.status, outcome.history);
    assert_eq!(outcome.history.path(), path);
    assert_eq!((outcome.error(), outcome.cause()), (Some(error), Some(cause)));
}

#[test]
fn histories() {
    let outcome = run(&media::definition(), serde_json::json!({ "key": "cat.png" }), |builder| builder);
    insta::assert_snapshot!(outcome.history.to_string());
}
