//! A handler may move between threads while it waits.
use std::rc::Rc;

use stepfn::lambda;

#[lambda]
async fn holds_rc(n: u8) -> u8 {
    let n = Rc::new(n);
    std::future::ready(()).await;
    *n
}

fn main() {}
