//! serde's own errors are said once, in serde's words.
use serde::{Deserialize, Serialize};
use stepfn::StateData;

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    #[serde(renam = "x")]
    id: String,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "type")]
enum Event {
    Pair(u8, u8),
}

fn main() {}
