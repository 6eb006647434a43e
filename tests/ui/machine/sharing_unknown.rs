//! A fragment that nobody declared.
use stepfn::{fragment, state_machine};

fragment! {
    Notify { Publish: Pass { next: Told } }
}

state_machine! {
    Orders() {
        start_at: Publish,
        ..Notfiy,
        Told: Succeed {},
    }
}

fn main() {}
