//! Order approval: its data, its functions, its state machine.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, TaskToken, lambda, state_machine};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its number.
    pub order_id: String,
    /// Won.
    pub total_amount: u64,
}

/// The request that a manager gets.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequest {
    /// The order to approve.
    pub order: Order,
    /// The token that the answer must carry.
    pub task_token: TaskToken<Approval>,
}

/// The answer of a manager.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Who approved.
    pub approved_by: String,
}

/// The receipt that the customer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The order's number.
    pub order_id: String,
    /// The amount that was charged.
    pub charged: u64,
}

/// Why an order is not processed.
#[derive(Debug, thiserror::Error, TaskError)]
pub enum OrderError {
    /// Nothing is left.
    #[error("`{0}` is sold out")]
    OutOfStock(String),
}

/// Sends a manager the links to approve or reject an order.
#[lambda]
pub async fn send_approval_email(request: ApprovalRequest) {
    println!(
        "  e-mail: order {} over {} won waits for you",
        request.order.order_id, request.order.total_amount
    );
    println!("          approve: https://example.com/approve?token={}", request.task_token);
    println!("          reject:  https://example.com/reject?token={}", request.task_token);
}

/// Charges and ships.
#[lambda]
pub async fn process_order(order: Order) -> Result<Receipt, OrderError> {
    if order.total_amount == 0 {
        return Err(OrderError::OutOfStock(order.order_id));
    }
    Ok(Receipt { order_id: order.order_id, charged: order.total_amount })
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
            resource: lambda::invoke(send_approval_email).wait_for_task_token -> Approval,
            payload: { "order": $, "taskToken": $$.Task.Token },
            result_path: $.approval,
            timeout_seconds: 86_400,
            catch: [
                { error_equals: [States.Timeout], next: ApprovalTimeout },
                { error_equals: [Rejected], next: OrderRejected },
            ],
            next: ProcessOrder,
        },

        ProcessOrder: Task { resource: lambda(process_order), end: true },

        ApprovalTimeout: Fail { error: "ApprovalTimeout", cause: "승인 대기 시간 초과" },

        OrderRejected: Fail { error: "OrderRejected", cause_path: States.Format("{}", $.Cause) },
    }
}
