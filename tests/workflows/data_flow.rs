//! InputPath, Parameters, ResultSelector, ResultPath and OutputPath, with the values between them.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Envelope {
    title: String,
    data: Numbers,
}

#[derive(Serialize, Deserialize, StateData)]
struct Numbers {
    val1: i64,
    val2: i64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Terms {
    left: i64,
    right: i64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Sum {
    sum: i64,
    carry: bool,
}

#[lambda]
async fn add(terms: Terms) -> Sum {
    Sum { sum: terms.left + terms.right, carry: false }
}

state_machine! {
    /// Only the sum goes on.
    DataFlow(Envelope) -> serde_json::Value {
        start_at: Add,
        Add: Task {
            resource: lambda(add),
            input_path: $.data,
            parameters: { "left": $.val1, "right": $.val2 },
            result_selector: { "total": $.sum },
            result_path: $.result,
            output_path: $.result,
            end: true,
        },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(DataFlow::definition().machine.to_canonical_string());
}
