//! The second published mistake: `Timeout` is no field of a Task.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Batch {
    records: Vec<String>,
}

#[lambda]
fn transformer(batch: Batch) -> Batch;

state_machine! {
    pub CsvProcessing(Batch) -> Batch {
        start_at: TransformData,
        TransformData: Task {
            resource: lambda(transformer),
            timeout: 300,
            end: true,
        },
    }
}

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

fn main() {}
