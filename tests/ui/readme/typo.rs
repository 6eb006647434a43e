//! The README's mistake: `totlAmount`.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    total_amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Receipt {
    charged: u64,
}

#[lambda]
fn ask_manager(request: serde_json::Value);

#[lambda]
async fn process_order(order: Order) -> Receipt {
    Receipt { charged: order.total_amount }
}

state_machine! {
    pub OrderApproval(Order) -> Receipt {
        start_at: CheckAmount,
        CheckAmount: Choice {
            choices: [ $.totlAmount > 1_000_000 => RequestApproval ],
            default: ProcessOrder,
        },
        RequestApproval: Task {
            resource: lambda::invoke(ask_manager).wait_for_task_token,
            payload: { "order": $, "taskToken": $$.Task.Token },
            result_path: $.approval,
            timeout_seconds: 86_400,
            next: ProcessOrder,
        },
        ProcessOrder: Task { resource: lambda(process_order), end: true },
    }
}

fn main() {}
