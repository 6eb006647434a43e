//! Express workflows have no callbacks and no `.sync`.
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
    #[express]
    pub Quick(Order) -> serde_json::Value {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token,
            payload: { "token": $$.Task.Token },
            next: Child,
        },
        Child: Task {
            resource: states::start_execution.sync,
            parameters: { "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Child" },
            end: true,
        },
    }
}

fn main() {}
