//! Fragments: findings stand at the fragment's own token, with the machine that uses it beside.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, fragment, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    total: u64,
}

mod shared {
    use super::Order;
    use stepfn::{fragment, lambda};

    #[lambda]
    pub async fn send(order: Order) -> String {
        order.id
    }

    fragment! {
        pub(crate) Notify {
            Send: Task { resource: lambda(send), result_path: $.sent, next: Publish },
            Publish: Pass { parameters: { "id": $.order.id }, next: Told },
        }
    }

    fragment! {
        pub(crate) Transient [ { error_equals: [States.Timeout], max_attempts: 2 } ]
    }

    pub(crate) const LONG: u32 = 100_000_000;
    fragment! {
        pub(crate) Patient { timeout_seconds: LONG }
    }
}

use shared::{Notify, Patient, Transient};

#[lambda]
async fn charge(order: Order) -> Order {
    order
}

state_machine! {
    WrongPath(Order) {
        start_at: Send,
        ..Notify,
        Told: Succeed {},
    }
}

state_machine! {
    WrongInput(u32) {
        start_at: Send,
        ..Notify { Told: Done },
        Done: Succeed {},
    }
}

state_machine! {
    OpenEnd(Order) {
        start_at: Send,
        ..Notify,
    }
}

state_machine! {
    NoSuchName(Order) {
        start_at: Send,
        ..Notify { Tolt: Done, prefix: First },
        Done: Succeed {},
    }
}

state_machine! {
    Clash(Order) {
        start_at: Send,
        ..Notify { Told: Done },
        ..Notify { Told: Done },
        Done: Succeed {},
    }
}

state_machine! {
    AListForStates(Order) {
        start_at: Done,
        ..Transient,
        Done: Succeed {},
    }
}

state_machine! {
    StatesForAList(Order) {
        start_at: Charge,
        Charge: Task { resource: lambda(charge), retry: [..Notify], end: true },
    }
}

state_machine! {
    ThreeDots(Order) {
        start_at: Done,
        ...Notify,
        Done: Succeed {},
    }
}

state_machine! {
    TooLong(Order) {
        start_at: Charge,
        Charge: Task { ..Patient, resource: lambda(charge), end: true },
    }
}

const BEAT: u32 = 60;
const NEVER: u32 = 0;

state_machine! {
    Numbers(Order) {
        start_at: Charge,
        Charge: Task { resource: lambda(charge), timeout_seconds: 5 * 10, heartbeat_seconds: BEAT, next: Pause },
        Pause: Wait { seconds: 7 / 2, next: Again },
        Again: Task { resource: lambda(charge), timeout_seconds: NEVER, next: Named },
        Named: Pass { result: BEAT * 2, end: true },
    }
}

state_machine! {
    Never(Order) {
        start_at: Again,
        Again: Task { resource: lambda(charge), timeout_seconds: NEVER, next: Beat },
        Beat: Task { resource: lambda(charge), timeout_seconds: 5 * 10, heartbeat_seconds: BEAT, end: true },
    }
}

fragment! {
    Input(order: Order) { Done: Succeed {} }
}

fragment! {
    Import(load, table) {
        start_at: Load,
        Load: Task { resource: lambda(load), result_path: $.loaded, next: Save },
        Save: Task { resource: dynamodb::delete_item, parameters: { "TableName": table, "Key": { "id": { "S": $.idd } } }, end: true },
    }
}

state_machine! {
    NoTable(Order) { ..Import { load: charge } }
}

state_machine! {
    WrongInside(Order) { ..Import { load: charge, table: "films" } }
}

state_machine! {
    WrongArgument(Order) { ..Import { load: Order, table: "films" } }
}

state_machine! {
    NoParameter(Order) {
        start_at: Send,
        ..Notify { Told: crate::Done },
    }
}

fragment! {
    #[express]
    Fast { Done: Succeed {} }
}

fragment! {
    Slip { Done: Pass { end true } }
}

state_machine! {
    ToldOnce(Order) {
        start_at: Done,
        ..Slip,
    }
}

fn main() {}
