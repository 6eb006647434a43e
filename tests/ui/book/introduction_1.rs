use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, total: u64 }

#[lambda]
async fn charge(order: Order) -> u64 { order.total }

state_machine! {
    /// Charges what costs something.
    Orders(Order) -> u64 {
        start_at: Check,
        Check: Choice { choices: [ $.totl > 0 => Charge ], default: Free },
        Charge: Task { resource: lambda(charge), end: true },
        Free: Pass { result: 0, end: true },
    }
}

fn main() {}
