//! JSONata expressions are read, and their paths are checked against the types.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Line {
    sku: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    lines: Vec<Line>,
}

state_machine! {
    Fine(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { output: { "id": "{% $states.input.id %}", "skus": "{% [$states.input.lines.sku] %}" }, end: true },
    }
}

state_machine! {
    NoSuchField(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { output: { "id": "{% $states.input.idd %}" }, end: true },
    }
}

state_machine! {
    Syntax(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { output: { "id": "{% $states.input.id ?? 'none' %}", "n": "{% $cuont($states.input.lines) %}" }, end: true },
    }
}

state_machine! {
    MayComeToNothing(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { output: { "skus": "{% $states.input.lines.sku %}" }, end: true },
    }
}

state_machine! {
    Operand(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Pass { output: { "next": "{% $states.input.id + 1 %}" }, end: true },
    }
}

state_machine! {
    ConditionIsNoBoolean(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Choice { choices: [ "{% $count($states.input.lines) %}" => Done ], default: Done },
        Done: Succeed {},
    }
}

#[lambda]
async fn work(order: Order) -> Order {
    order
}

// The function's name could not be put into it.
state_machine! {
    AllArguments(Order) -> serde_json::Value {
        start_at: Work,
        query_language: JSONata,
        Work: Task { resource: lambda::invoke(work), arguments: "{% $states.input %}", end: true },
    }
}

fn main() {}
