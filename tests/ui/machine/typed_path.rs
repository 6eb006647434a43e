//! `path!` checks a path against a type.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, path};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
    items: Vec<Item>,
    gift: Option<Item>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Item {
    sku: String,
}

fn main() {
    let _ = [path!(Order, $.total), path!(Order, $.items[*].sku), path!(Order, $.items[0].sku), path!(Order, $.gift.sku)];
    let _ = path!(Order, $.totl);
    let _ = path!(Order, $.items[*].sk);
    let _ = path!(Order, $$.Execution.Id);
    let _ = path!(Order, $.items[first]);
    let _ = path!(Order);
}
