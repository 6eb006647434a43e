//! Mistakes in `#[state_data(...)]`.
use stepfn::StateData;

#[derive(StateData)]
struct Unknown {
    #[state_data(timestmp)]
    at: String,
    #[state_data(is = "String")]
    is: String,
}

#[derive(StateData)]
struct Twice {
    #[state_data(any, timestamp)]
    at: String,
}

#[derive(StateData)]
struct Sides {
    #[state_data(as(ser = "String"))]
    at: u8,
}

#[derive(StateData)]
struct NoType {
    #[state_data(as = "Vec<")]
    a: u8,
    #[state_data(as = 7)]
    b: u8,
}

#[derive(StateData)]
#[state_data(strict)]
struct Container {
    a: u8,
}

#[derive(StateData)]
enum Event {
    #[state_data(any)]
    Closed,
    #[state_data(anything)]
    Moved(u8),
}

fn main() {}
