//! The first states of a machine, in a file of their own.

use stepfn::{fragment, lambda};

use super::Order;

#[lambda]
pub(crate) async fn look(order: Order) -> bool {
    order.total < LARGE
}

const LARGE: u64 = 1_000;

fragment! {
    /// Begins at `Look`, and goes on at `Accepted` or `Refused`.
    pub(crate) Intake {
        Look: Task { resource: lambda(look), result_path: $.known, next: Known },
        Known: Choice { choices: [ $.known == true => Accepted, $.total < 5 * LARGE => Accepted ], default: Refused },
    }
}
