use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { total: u64 }
#[derive(Serialize, Deserialize, StateData)]
struct Receipt { charged: u64 }

#[lambda]
async fn charge(order: Order) -> Receipt { Receipt { charged: order.total } }

state_machine! {
    Orders(Order) -> u64 {
        start_at: Charge,
        Charge: Task { resource: lambda::invoke(charge), payload: $, next: Show },
        Show: Pass { input_path: $.charged, end: true },
    }
}

fn main() {}
