use serde::{Deserialize, Serialize};
use stepfn::{StateData, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order { id: String, total: u64 }

state_machine! {
    Shop(Order) {
        query_language: JSONata,
        start_at: Sum,
        Sum: Pass {
            output: { "next": "{% $states.input.id + 1 %}", "sum": "{% $summ($states.input.total) %}" },
            end: true,
        },
    }
}

fn main() {}
