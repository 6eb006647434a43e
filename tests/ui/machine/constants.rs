//! Constants that are not what their place takes.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    total: u64,
}

#[lambda]
async fn charge(order: Order) -> Order {
    order
}

const GIFT: &str = "gift";
const LIMIT: u32 = 7;
const SOON: &str = "tomorrow";
const ANY: &str = "States.ALL";

state_machine! {
    Text(Order) {
        start_at: Size,
        Size: Choice { choices: [ $.total == GIFT => Done, $.id == string(LIMIT) => Done ], default: Done },
        Done: Succeed {},
    }
}

state_machine! {
    Kinds(Order) {
        start_at: Size,
        Size: Choice { choices: [ $.id == LIMIT => Done ], default: Pause },
        Pause: Wait { timestamp: SOON, next: Charge },
        Charge: Task {
            resource: lambda(charge),
            parameters: { "id": LIMIT, "total": GIFT },
            catch: [{ error_equals: [ANY], next: Failed }],
            next: Done,
        },
        Failed: Fail { error: LIMIT, cause: "no" },
        Done: Succeed {},
    }
}

state_machine! {
    Places(Order) {
        start_at: Size,
        Size: Choice { choices: [ $.total > limits::NONE => Done, LIMIT < GIFT => Done ], default: GIFT },
        Made: Pass { parameters: { "all": [$.id, GIFT], "text": States.Format("{}", GIFT), "name": gift }, end: true },
        Done: Succeed {},
    }
}

fn main() {}
