//! A field's type has no known form.
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use stepfn::StateData;

#[derive(Serialize, Deserialize)]
struct Address {
    street: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    address: Address,
}

#[derive(Serialize, Deserialize, StateData)]
struct Orders {
    all: Vec<Address>,
    map: HashMap<String, Option<Address>>,
}

#[derive(Serialize, Deserialize, StateData)]
enum Event {
    Moved { to: Address },
}

fn main() {}
