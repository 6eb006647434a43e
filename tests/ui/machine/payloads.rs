//! What flows into a task or out of the machine must be readable as its type.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Upload {
    file: String,
    size: Option<u64>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Batch {
    file: String,
    records: Vec<u32>,
    limit: u8,
}

#[derive(Serialize, Deserialize, StateData)]
struct Loaded {
    count: u32,
}

#[lambda]
fn load(batch: Batch) -> Loaded;

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

state_machine! {
    pub Missing(Upload) -> Loaded {
        start_at: Load,
        Load: Task {
            resource: lambda::invoke(load),
            payload: { "file": $.file, "limit": 10 },
            output_path: $.Payload,
            end: true,
        },
    }
}

state_machine! {
    pub Wrong(Upload) -> Loaded {
        start_at: Load,
        Load: Task {
            resource: lambda::invoke(load),
            payload: { "file": 7, "records": [1, 2, "three"], "limit": 300 },
            output_path: $.Payload,
            end: true,
        },
    }
}

state_machine! {
    pub Whole(Upload) -> Loaded {
        start_at: Load,
        Load: Task { resource: lambda(load), end: true },
    }
}

state_machine! {
    pub Output(Batch) -> Loaded {
        start_at: Load,
        Load: Task { resource: lambda::invoke(load), payload: $, end: true },
    }
}

fn main() {}
