//! The third published mistake: without `result_path` the approval takes the order's place.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    total_amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Approval {
    approved: bool,
}

#[derive(Serialize, Deserialize, StateData)]
struct Receipt {
    number: u64,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum OrderError {
    #[error("nothing left")]
    OutOfStock,
}

#[lambda]
fn send_approval_email(request: serde_json::Value) -> Result<(), OrderError>;

#[lambda]
fn process_order(order: Order) -> Result<Receipt, OrderError>;

state_machine! {
    pub OrderApproval(Order) -> Receipt {
        start_at: CheckAmount,
        CheckAmount: Choice {
            choices: [ $.totalAmount > 1_000_000 => RequestApproval ],
            default: ProcessOrder,
        },
        RequestApproval: Task {
            resource: lambda::invoke(send_approval_email).wait_for_task_token -> Approval,
            payload: { "order": $, "taskToken": $$.Task.Token },
            timeout_seconds: 86_400,
            next: ProcessOrder,
        },
        ProcessOrder: Task { resource: lambda(process_order), end: true },
    }
}

fn main() {}
