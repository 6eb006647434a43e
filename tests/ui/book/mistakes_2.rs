use stepfn::state_machine;

state_machine! {
    Endless(serde_json::Value) {
        start_at: Ping,
        Ping: Pass { next: Pong },
        Pong: Pass { next: Ping },
        Done: Succeed {},
    }
}

fn main() {}
