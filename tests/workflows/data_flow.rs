//! InputPath, Parameters, ResultSelector, ResultPath and OutputPath, with the values between them.

use serde::{Deserialize, Serialize};
use serde_json::json;
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

#[test]
fn each_field_makes_the_next_value() {
    let input = json!({ "title": "Numbers to add", "data": { "val1": 3, "val2": 4 } });
    let outcome = crate::run(&DataFlow::definition(), input.clone(), |builder| builder);
    crate::succeeded(&outcome, &["Add"], json!({ "total": 7 }));
    // InputPath and Parameters made what the function got, the function what ResultSelector took.
    let text = |event_type: &str, field: &str| {
        let event = outcome.history.events().find(|event| event.event_type == event_type).unwrap();
        event.details().unwrap()[field].as_str().unwrap().to_owned()
    };
    assert_eq!(text("TaskStateEntered", "input"), crate::value(input).to_string());
    assert_eq!(text("LambdaFunctionScheduled", "input"), r#"{"left":3,"right":4}"#);
    assert_eq!(text("LambdaFunctionSucceeded", "output"), r#"{"sum":7,"carry":false}"#);
    assert_eq!(text("TaskStateExited", "output"), r#"{"total":7}"#);
}
