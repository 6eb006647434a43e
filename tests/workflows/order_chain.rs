//! An order runs through three functions; a declined payment is tried again, then given up.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, TaskError, Workflow, executor::Mock, lambda, state_machine};

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

#[test]
fn an_order_is_charged_and_shipped() {
    let outcome =
        crate::run(&OrderChain::definition(), json!({ "id": "7", "amount": 20 }), |builder| builder);
    crate::succeeded(
        &outcome,
        &["ValidateOrder", "ProcessPayment", "ShipOrder"],
        json!({ "tracking": "track-7" }),
    );
}

#[test]
fn a_declined_payment_is_tried_three_times() {
    let outcome =
        crate::run(&OrderChain::definition(), json!({ "id": "7", "amount": 900 }), |builder| builder);
    let cause = r#"{"errorType":"PaymentError","errorMessage":"the card was declined"}"#;
    crate::failed(&outcome, &["ValidateOrder", "ProcessPayment", "PaymentFailed"], "PaymentFailed", cause);
    let attempts =
        outcome.history.events().filter(|event| event.event_type == "LambdaFunctionFailed").count();
    assert_eq!(attempts, 3);
    // 3 s, then 3 s times 1.5.
    assert_eq!(outcome.duration(), Duration::from_millis(7_500));
}

#[test]
fn a_payment_that_recovers_goes_on() {
    let outcome = crate::run(&OrderChain::definition(), json!({ "id": "7", "amount": 900 }), |builder| {
        let paid = crate::value(json!({ "id": "7", "paid": 900 }));
        builder.mock("ProcessPayment", Mock::fail("PaymentError", "").times(1).then(Mock::succeed(paid)))
    });
    crate::succeeded(
        &outcome,
        &["ValidateOrder", "ProcessPayment", "ShipOrder"],
        json!({ "tracking": "track-7" }),
    );
    assert_eq!(outcome.duration(), Duration::from_secs(3));
}
