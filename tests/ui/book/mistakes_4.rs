use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, total: i64, status: String }

#[derive(Serialize, Deserialize, StateData)]
struct Charge { order: String, amount: u64 }
#[derive(Serialize, Deserialize, StateData)]
struct Receipt { charged: u64 }

#[lambda]
async fn charge(charge: Charge) -> Receipt { Receipt { charged: charge.amount } }

state_machine! {
    Orders(Order) -> Order {
        start_at: Check,
        Check: Choice { choices: [ $.status > 7 => Charge ], default: Charge },
        Charge: Task {
            resource: lambda(charge),
            parameters: { "order": $.id, "amount": $.total },
            end: true,
        },
    }
}

fn main() {}
