use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, coupon: Option<String> }

#[lambda]
async fn apply(coupon: String) -> u32 { coupon.len() as u32 }

state_machine! {
    Discount(Order) -> u32 {
        start_at: Apply,
        Apply: Task { resource: lambda(apply), input_path: $.coupon, end: true },
    }
}

fn main() {}
