use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskToken, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Approval {
    approved_by: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Refusal {
    reason: String,
}

#[derive(Deserialize, StateData)]
struct Request {
    order: Order,
    token: TaskToken<Refusal>,
}

#[lambda]
async fn ask(_request: Request) {}

state_machine! {
    Approvals(Order) -> Approval {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token -> Approval,
            payload: { "order": $, "token": $$.Task.Token },
            timeout_seconds: 60,
            end: true,
        },
    }
}

fn main() {}
