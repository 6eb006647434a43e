//! Rules of the language, one machine each.
use stepfn::state_machine;

state_machine! {
    MissingField(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Task { timeout_seconds: 3, end: true },
    }
}

state_machine! {
    WrongKind(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Wait { seconds: "soon", end: true },
    }
}

state_machine! {
    UnknownField(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { made_up: 3, end: true },
    }
}

state_machine! {
    FieldNotAllowed(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { seconds: 3, end: true },
    }
}

state_machine! {
    WrongQueryLanguage(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { input_path: $.x, end: true },
    }
}

state_machine! {
    ConflictingTransition(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { next: Done, end: true },
        Done: Succeed {},
    }
}

state_machine! {
    InvalidPath(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { input_path: $.items[first], end: true },
    }
}

state_machine! {
    NotAReferencePath(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { result_path: $.items[*], end: true },
    }
}

state_machine! {
    ResultPathContext(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass { result_path: $$.Execution.Input, end: true },
    }
}

state_machine! {
    InvalidIntrinsic(serde_json::Value) -> serde_json::Value {
        start_at: Work,
        Work: Pass {
            parameters: {
                "unknown": States.Fromat("{}", $.x),
                "count": States.Format("{} {}", $.x),
                "kind": States.ArrayRange("1", 2, 3),
            },
            end: true,
        },
    }
}

state_machine! {
    EndlessLoop(serde_json::Value) -> serde_json::Value {
        start_at: Decide,
        Decide: Choice { choices: [ is_present($.x) => Round ], default: Done },
        Round: Pass { next: Again },
        Again: Pass { next: Round },
        Done: Succeed {},
    }
}

fn main() {}
