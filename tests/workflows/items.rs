//! A Map over `$.items`, five at a time.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, Workflow, lambda, state_machine};

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
