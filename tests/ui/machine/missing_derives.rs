//! A trait or a derive that is missing is named, once.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize)]
struct Plain {
    total: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
}

fn no_task(_: Order) {}

#[derive(Debug)]
struct NoTaskError;

#[lambda]
fn fails(order: Order) -> Result<Order, NoTaskError>;

state_machine! {
    pub NoDerive(Plain) -> serde_json::Value {
        start_at: First,
        First: Pass { input_path: $.total, next: Second },
        Second: Pass { input_path: $.totl, end: true },
    }
}

state_machine! {
    pub NoTask(Order) -> serde_json::Value {
        start_at: First,
        First: Task { resource: lambda(no_task), end: true },
    }
}

fn main() {}
