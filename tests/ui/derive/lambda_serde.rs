//! Data that serde cannot read or write.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda};

#[derive(Serialize, StateData)]
struct OnlyMade {
    n: u8,
}

#[derive(Deserialize, StateData)]
struct OnlyGiven {
    n: u8,
}

#[lambda]
async fn input(made: OnlyMade) -> u8 {
    made.n
}

#[lambda]
async fn output(n: u8) -> OnlyGiven {
    OnlyGiven { n }
}

fn main() {}
