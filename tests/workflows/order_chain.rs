//! An order runs through three functions; a declined payment is tried again, then given up.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Payment {
    id: String,
    paid: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Shipment {
    tracking: String,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum PaymentFailure {
    #[error("the card was declined")]
    PaymentError,
}

#[lambda]
async fn validate_order(order: Order) -> Order {
    order
}

#[lambda]
async fn process_payment(order: Order) -> Result<Payment, PaymentFailure> {
    if order.amount > 500 {
        return Err(PaymentFailure::PaymentError);
    }
    Ok(Payment { id: order.id, paid: order.amount })
}

#[lambda]
async fn ship_order(payment: Payment) -> Shipment {
    Shipment { tracking: format!("track-{}", payment.id) }
}

state_machine! {
    /// Validates, charges and ships.
    OrderChain(Order) -> Shipment {
        start_at: ValidateOrder,
        ValidateOrder: Task { resource: lambda(validate_order), next: ProcessPayment },
        ProcessPayment: Task {
            resource: lambda(process_payment),
            retry: [ { error_equals: [PaymentError], interval_seconds: 3, max_attempts: 2, backoff_rate: 1.5 } ],
            catch: [ { error_equals: [PaymentError], next: PaymentFailed } ],
            next: ShipOrder,
        },
        ShipOrder: Task { resource: lambda(ship_order), end: true },
        PaymentFailed: Fail { error: "PaymentFailed", cause_path: $.Cause },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(OrderChain::definition().machine.to_canonical_string());
}
