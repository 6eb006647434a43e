//! Error names.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum PaymentFailure {
    #[error("declined")]
    PaymentError,
}

#[lambda]
fn pay(order: Order) -> Result<Order, PaymentFailure>;

state_machine! {
    pub Names(Order) -> serde_json::Value {
        start_at: Pay,
        Pay: Task {
            resource: lambda(pay),
            retry: [ { error_equals: [PaymentEror] }, { error_equals: [States.Timeot] } ],
            catch: [
                { error_equals: [States.ALL], next: Failed },
                { error_equals: [PaymentError], next: Failed },
            ],
            end: true,
        },
        Failed: Fail { error: "Failed" },
    }
}

fn main() {}
