use stepfn::state_machine;

state_machine! {
    Orders(serde_json::Value) {
        start_at: Check,
        Check: Choice { choices: [ $.total > 0 => Chrage ], default: Free },
        Charge: Pass { next: Free },
        Free: Succeed {},
    }
}

fn main() {}
