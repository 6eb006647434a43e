use stepfn::state_machine;

state_machine! {
    Orders(serde_json::Value) {
        start_at: Sleep,
        Sleep: Wait { second: 5, next: Done },
        Done: Succeed {},
    }
}

fn main() {}
