//! What cannot be determined, what may have more fields than its type, and what a warning says.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Part {
    count: u32,
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    left: Part,
    right: std::collections::BTreeMap<String, u32>,
    delay: u32,
    text: String,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(deny_unknown_fields)]
struct Exact {
    count: u32,
}

#[lambda]
fn count(count: u32) -> u32;

#[lambda]
fn exact(exact: Exact) -> u32;

state_machine! {
    Merged(Order) -> serde_json::Value {
        start_at: Merge,
        Merge: Pass { query_language: JSONata, output: "{% $states.input ~> |**|{}, 'text'| %}", next: Count },
        Count: Task { resource: lambda(count), input_path: $.left.count, end: true },
    }
}

state_machine! {
    More(Order) -> u32 {
        start_at: Count,
        Count: Task { resource: lambda(exact), input_path: $.left, end: true },
    }
}

state_machine! {
    Parsed(Order) -> serde_json::Value {
        start_at: Parse,
        Parse: Pass {
            parameters: {
                "part": States.StringToJson($.text) -> Part,
                "length": States.ArrayLength(States.StringSplit($.text, ",")) -> u32,
                "list": [States.StringToJson($.text) -> Part],
            },
            end: true,
        },
    }
}

state_machine! {
    Read(Order) -> serde_json::Value {
        start_at: Parse,
        Parse: Pass { parameters: { "part": States.StringToJson($.text) -> Part }, next: Use },
        Use: Pass { parameters: { "count": $.part.cuont }, end: true },
    }
}

state_machine! {
    Query(Order) -> serde_json::Value {
        query_language: JSONata,
        start_at: Parse,
        Parse: Pass { output: { "part": "{% $parse($states.input.text) %}" -> Part }, next: Use },
        Use: Pass { output: "{% $states.input.part.cuont %}", next: Other },
        Other: Pass {
            output: { "length": "{% $length('x') %}" -> u32, "plain": "x" -> u32, "list": ["{% '1' ~> $parse %}" -> u32] },
            end: true,
        },
    }
}

state_machine! {
    Large(Order) -> serde_json::Value {
        start_at: Pause,
        Pause: Wait { seconds_path: $.delay, next: Add },
        Add: Pass { parameters: { "sum": States.MathAdd($.delay, 1) }, result_path: $.sum, next: Allowed },
        #[allow(stepfn::number_out_of_range)]
        Allowed: Pass { parameters: { "sum": States.MathAdd($.delay, 1) }, end: true },
    }
}

state_machine! {
    Known(Order) -> serde_json::Value {
        start_at: Read,
        #[allow(stepfn::no_such_field)]
        Read: Pass { parameters: { "sum": $.sum }, next: Again },
        Again: Pass { parameters: { "sum": $.sum }, end: true },
    }
}

state_machine! {
    Shadowed(Order) -> serde_json::Value {
        start_at: Shadow,
        Shadow: Pass { assign: { "total": 1 }, next: Branch },
        Branch: Parallel {
            branches: [{ start_at: Inner, Inner: Pass { assign: { "total": 2 }, end: true } }],
            end: true,
        },
    }
}

fn main() {}
