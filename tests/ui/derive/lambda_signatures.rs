//! Functions that cannot be called with one JSON value.
use stepfn::lambda;

#[lambda]
fn two(a: u8, b: u8) -> u8 {
    a + b
}

#[lambda]
fn generic<T>(value: T) -> u8 {
    drop(value);
    1
}

#[lambda]
fn reference(text: &str) -> usize {
    text.len()
}

#[lambda]
fn input(text: impl Into<String>) -> String {
    text.into()
}

#[lambda]
fn output() -> impl Iterator<Item = u8> {
    [1].into_iter()
}

#[lambda]
fn output_in_result() -> Result<impl Into<String>, std::convert::Infallible> {
    Ok("x")
}

#[lambda]
fn alias() -> std::io::Result<u8> {
    Ok(1)
}

#[lambda]
unsafe fn careless() {}

#[lambda]
const fn constant() {}

#[lambda]
extern "C" fn foreign() {}

struct Service;

impl Service {
    #[lambda]
    fn method(&self, n: u8) -> u8 {
        n
    }
}

fn main() {
    two(1, 2);
    generic("x");
    reference("x");
    input("x");
    output();
    let _ = output_in_result();
    let _ = alias();
    constant();
    foreign();
    Service.method(1);
}
