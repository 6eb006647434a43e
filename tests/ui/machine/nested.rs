//! Machines that start others: what flows in, what comes out, and what cannot be started.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    total: u64,
}
#[derive(Serialize, Deserialize, StateData)]
struct Parcel {
    weight: u32,
}

state_machine! {
    Fulfilment(Order) -> Parcel {
        start_at: Pack,
        Pack: Pass { result: { "weight": 3 }, end: true },
    }
}

state_machine! {
    Names(String) {
        start_at: Keep,
        Keep: Pass { end: true },
    }
}

#[lambda]
async fn pack(order: Order) -> Parcel {
    Parcel { weight: order.total as u32 }
}

state_machine! {
    WrongInput(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment).sync, input: { "id": $.id, "total": $.id }, end: true },
    }
}

state_machine! {
    NoInput(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment), end: true },
    }
}

state_machine! {
    WrongOutput(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment).sync, input: $, next: Use },
        Use: Pass { input_path: $.Output.wight, end: true },
    }
}

state_machine! {
    NotYetThere(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment), input: $, next: Use },
        Use: Pass { input_path: $.Output.weight, end: true },
    }
}

state_machine! {
    TextForData(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Names), input: $.id, end: true },
    }
}

state_machine! {
    NoMachine(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(pack).sync, input: $, end: true },
    }
}

state_machine! {
    NotExpress(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: aws_sdk::sfn::start_sync_execution(Fulfilment), input: $, end: true },
    }
}

state_machine! {
    KnownResult(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment).sync -> Parcel, input: $, end: true },
    }
}

state_machine! {
    Twice(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: states::start_execution(Fulfilment), parameters: { "Input": $ }, input: $, end: true },
    }
}

state_machine! {
    AFunction(Order) {
        start_at: Fulfil,
        Fulfil: Task { resource: sqs::send_message(pack), end: true },
    }
}

fn main() {}
