//! Paths that do not fit the data.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order {
    total_amount: u64,
    items: Vec<Item>,
    note: Option<String>,
    gift: Option<Gift>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Item {
    sku: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Gift {
    card: String,
}

#[lambda]
fn read(order: Order) -> Order;

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

state_machine! {
    pub Typo(Order) -> serde_json::Value {
        start_at: Read,
        Read: Pass { input_path: $.totlAmount, end: true },
    }
}

state_machine! {
    pub Several(Order) -> serde_json::Value {
        start_at: Make,
        Make: Pass {
            parameters: {
                "missing": $.note,
                "first": $.items[0],
                "deep": $.totalAmount.value,
                "fine": $.items[*].sku,
                "wrong": $.items[*].sk,
                "joined": States.Format("{} of {}", $.totalAmount, $.itms),
            },
            end: true,
        },
    }
}

state_machine! {
    pub Null(Order) -> serde_json::Value {
        start_at: Read,
        Read: Task { resource: lambda(read), next: Use },
        Use: Pass { parameters: { "card": $.gift.card }, end: true },
    }
}

state_machine! {
    pub Guarded(Order) -> serde_json::Value {
        start_at: Guard,
        Guard: Choice {
            choices: [ is_present($.gift) && !is_null($.gift) => Use ],
            default: Done,
        },
        Use: Pass { parameters: { "card": $.gift.card }, end: true },
        Done: Succeed {},
    }
}

state_machine! {
    pub Caught(Order) -> serde_json::Value {
        start_at: Read,
        Read: Task { resource: lambda(read), catch: [ { error_equals: [States.ALL], next: Say } ], end: true },
        Say: Pass { input_path: $.Reason, end: true },
    }
}

state_machine! {
    pub Context(Order) -> serde_json::Value {
        start_at: Make,
        Make: Pass {
            parameters: { "id": $$.Execution.Id, "started": $$.Execution.StartTme, "variable": $count },
            end: true,
        },
    }
}

fn main() {}
