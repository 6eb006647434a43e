use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub order_id: String,
    pub total_amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Receipt {
    pub charged: u64,
}

/// Sends a mail with the token in its links.
#[lambda]
pub async fn ask_manager(_request: serde_json::Value) {}

#[lambda]
pub async fn process_order(order: Order) -> Receipt {
    Receipt { charged: order.total_amount }
}

state_machine! {
    /// Orders above 1,000,000 wait for a manager.
    pub OrderApproval(Order) -> Receipt {
        start_at: CheckAmount,

        CheckAmount: Choice {
            choices: [$.totalAmount > 1_000_000 => RequestApproval],
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
