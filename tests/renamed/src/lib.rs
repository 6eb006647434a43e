//! Each macro where the crate `stepfn` has another name: nothing here is called `stepfn`, so that an expansion which names it does not compile.
#![cfg(test)]
#![allow(clippy::unwrap_used)]

use std::fmt;

use flows::{StateData, TaskError, Workflow, lambda, path, state_machine};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, StateData)]
#[stepfn(crate = flows)]
struct Order {
    total: u64,
    kind: Kind,
    lines: Vec<Line>,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
#[stepfn(crate = "::flows")]
enum Kind {
    Gift { note: Option<String> },
    Sale,
}

#[derive(Serialize, Deserialize, StateData)]
#[stepfn(crate = ::flows)]
struct Line {
    sku: String,
}

#[derive(Debug, TaskError)]
#[stepfn(crate = flows)]
enum ShipError {
    Closed,
}

impl fmt::Display for ShipError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the shop is closed")
    }
}

#[lambda]
#[stepfn(crate = ::flows)]
async fn ship(order: Order) -> Result<Order, ShipError> {
    if order.total == 13 { Err(ShipError::Closed) } else { Ok(order) }
}

state_machine! {
    /// Ships what costs something.
    #[stepfn(crate = ::flows)]
    Orders(Order) -> Order {
        start_at: Check,
        Check: Choice { choices: [ $.total > 0 && $.kind.type == "Sale" => Ship ], default: Refuse },
        Ship: Task {
            resource: lambda(ship),
            catch: [{ error_equals: [Closed], next: Refuse }],
            next: Each,
        },
        Each: Map {
            items_path: $.lines,
            item_processor: { start_at: Sku, Sku: Pass { parameters: { "sku": $.sku }, end: true } },
            result_path: $.lines,
            end: true,
        },
        Refuse: Fail { error: "NothingToShip" },
    }
}

#[test]
fn the_macros_work_under_another_name() {
    assert_eq!(path!(#[stepfn(crate = ::flows)] Order, $.lines[*].sku), "$.lines[*].sku");
    let order =
        |total| format!(r#"{{"total": {total}, "kind": {{"type": "Sale"}}, "lines": [{{"sku": "a"}}]}}"#);
    let executor = flows::executor::Executor::new(&Orders::definition()).unwrap();
    let shipped = executor.run_blocking(order(7).parse().unwrap()).unwrap();
    assert_eq!(shipped.output().unwrap()["lines"][0]["sku"].as_str(), Some("a"));
    let refused = executor.run_blocking(order(13).parse().unwrap()).unwrap();
    assert_eq!(refused.error(), Some("NothingToShip"));
}
