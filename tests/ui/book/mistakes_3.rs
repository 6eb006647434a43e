use serde::{Deserialize, Serialize};
use stepfn::{StateData, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order { order_id: String, lines: Vec<Line>, note: Option<String> }
#[derive(Serialize, Deserialize, StateData)]
struct Line { sku: String }

state_machine! {
    Orders(Order) {
        start_at: Show,
        Show: Pass {
            parameters: {
                "id": $.order_id,
                "first": $.lines[0].sku,
                "skus": $.lines[*].sk,
                "text": States.Format("{}: {}", $.orderId),
                "run": $$.Execution.Nam,
                "count": $count,
            },
            end: true,
        },
    }
}

fn main() {}
