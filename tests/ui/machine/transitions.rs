//! Transitions that lead nowhere.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
}

#[lambda]
fn unused(order: Order) -> Order;

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

state_machine! {
    pub Dangling(Order) -> serde_json::Value {
        start_at: Frist,
        First: Pass { next: Secnd },
        Second: Choice {
            choices: [ $.total > 1 => Thrid ],
            default: Fourth,
        },
        Third: Succeed {},
    }
}

state_machine! {
    pub Unreachable(Order) -> serde_json::Value {
        start_at: First,
        First: Pass { end: true },
        Second: Succeed {},
    }
}

state_machine! {
    pub Endless(Order) -> serde_json::Value {
        start_at: First,
        First: Pass { next: Second },
        Second: Pass { next: First },
    }
}

state_machine! {
    pub NoNext(Order) -> serde_json::Value {
        start_at: First,
        First: Pass {},
    }
}

state_machine! {
    pub Twice(Order) -> serde_json::Value {
        start_at: First,
        First: Pass { next: Second, end: true },
        Second: Succeed {},
        Second: Succeed {},
    }
}

state_machine! {
    pub Border(Order) -> serde_json::Value {
        start_at: Both,
        Both: Parallel {
            branches: [ { start_at: Inner, Inner: Pass { next: Outer } } ],
            next: Outer,
        },
        Outer: Succeed {},
    }
}

fn main() {}
