//! Task tokens that are missing or out of place.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
}

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

#[lambda]
fn ask(question: serde_json::Value);

state_machine! {
    pub Missing(Order) -> serde_json::Value {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token,
            payload: { "order": $ },
            end: true,
        },
    }
}

state_machine! {
    pub OutOfPlace(Order) -> serde_json::Value {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask),
            payload: { "token": $$.Task.Token },
            end: true,
        },
    }
}

fn main() {}
