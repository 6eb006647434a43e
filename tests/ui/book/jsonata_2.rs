use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { lines: Vec<Line> }
#[derive(Serialize, Deserialize, StateData)]
struct Line { sku: String }

#[lambda]
async fn pack(skus: Vec<String>) -> u64 { skus.len() as u64 }

state_machine! {
    Packing(Order) -> u64 {
        query_language: JSONata,
        start_at: Pack,
        Pack: Task {
            resource: lambda(pack),
            arguments: "{% $states.input.lines.sku %}",
            end: true,
        },
    }
}

fn main() {}
