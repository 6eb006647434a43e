//! Mistakes in `#[lambda(...)]`.
use stepfn::{Task, lambda};

#[lambda(nam = "x")]
fn unknown() {}

#[lambda(name = "validate csv")]
fn spaces() {}

#[lambda(name = "")]
fn empty() {}

#[lambda(name = "a", name = "b")]
fn twice() {}

#[lambda("x")]
fn text() {}

#[lambda]
struct Order {
    id: String,
}

fn main() {
    // The functions and their tasks are there all the same.
    unknown();
    let _ = spaces::NAME;
    let _ = <empty as Task>::NAME;
    let _ = Order { id: String::new() };
}
