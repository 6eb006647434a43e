use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, lines: Vec<Line> }
#[derive(Serialize, Deserialize, StateData)]
struct Line { sku: String, quantity: u32 }

#[lambda]
async fn pack(sku: String) -> String { sku }

state_machine! {
    Packing(Order) -> Vec<String> {
        start_at: Each,
        Each: Map {
            items_path: $.lines,
            item_processor: {
                start_at: Pack,
                Pack: Task { resource: lambda(pack), end: true },
            },
            end: true,
        },
    }
}

fn main() {}
