//! The last states of a machine, in a file of their own.

use stepfn::{fragment, lambda};

use super::Order;

#[lambda]
pub(crate) async fn pay(order: Order) -> String {
    format!("paid {}", order.id)
}

fragment! {
    /// Takes an order at `Pay`.
    pub(crate) Payment {
        Pay: Task { resource: lambda(pay), result_path: $.payment, next: Paid },
        Paid: Pass { input_path: $.payment, end: true },
    }
}
