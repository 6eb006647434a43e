//! A Map over `$.items`, five at a time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, TaskError, Workflow, executor::Mock, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Cart {
    customer: String,
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Item {
    sku: String,
    count: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Line {
    customer: String,
    sku: String,
    count: u32,
    position: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Shipped {
    label: String,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum ShipError {
    #[error("`{0}` is unknown")]
    UnknownSku(String),
}

#[lambda]
async fn ship_item(line: Line) -> Result<Shipped, ShipError> {
    if line.sku.is_empty() {
        return Err(ShipError::UnknownSku(line.sku));
    }
    Ok(Shipped { label: format!("{}. {} x {} for {}", line.position, line.count, line.sku, line.customer) })
}

state_machine! {
    /// Ships every item of a cart.
    ShipItems(Cart) -> Vec<Shipped> {
        start_at: ShipAll,
        ShipAll: Map {
            items_path: $.items,
            max_concurrency: 5,
            item_selector: {
                "customer": $.customer,
                "sku": $$.Map.Item.Value.sku,
                "count": $$.Map.Item.Value.count,
                "position": $$.Map.Item.Index,
            },
            item_processor: {
                processor_config: { mode: INLINE },
                start_at: ShipItem,
                ShipItem: Task { resource: lambda(ship_item), end: true },
            },
            end: true,
        },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(ShipItems::definition().machine.to_canonical_string());
}

#[test]
fn every_item_is_shipped_in_its_place() {
    let cart =
        json!({ "customer": "민준", "items": [{ "sku": "a", "count": 2 }, { "sku": "b", "count": 1 }] });
    let outcome = crate::run(&ShipItems::definition(), cart, |builder| builder);
    let shipped = json!([{ "label": "0. 2 x a for 민준" }, { "label": "1. 1 x b for 민준" }]);
    crate::succeeded(&outcome, &["ShipAll", "ShipItem", "ShipItem"], shipped);
}

#[test]
fn five_items_go_at_a_time() {
    let items: Vec<_> = (0..12).map(|index| json!({ "sku": format!("s{index}"), "count": 1 })).collect();
    let cart = json!({ "customer": "a", "items": items });
    let outcome = crate::run(&ShipItems::definition(), cart, |builder| {
        let shipped = crate::value(json!({ "label": "x" }));
        builder.mock("ShipItem", Mock::succeed(shipped).take(Duration::from_secs(10)))
    });
    // Twelve items by five, ten seconds each.
    assert_eq!(outcome.duration(), Duration::from_secs(30));
}

#[test]
fn no_items_are_no_work_and_a_bad_one_ends_all() {
    let outcome =
        crate::run(&ShipItems::definition(), json!({ "customer": "a", "items": [] }), |builder| builder);
    crate::succeeded(&outcome, &["ShipAll"], json!([]));
    let cart = json!({ "customer": "a", "items": [{ "sku": "", "count": 1 }] });
    let outcome = crate::run(&ShipItems::definition(), cart, |builder| builder);
    assert_eq!(outcome.error(), Some("UnknownSku"));
}
