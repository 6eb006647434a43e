//! What the context object tells, beside constants.

use stepfn::{Workflow, state_machine};

state_machine! {
    /// Who runs, since when.
    WhoAmI(serde_json::Value) -> serde_json::Value {
        start_at: Describe,
        Describe: Pass {
            parameters: {
                "started": $$.Execution.StartTime,
                "execution": $$.Execution.Id,
                "state": $$.State.Name,
                "machine": $$.StateMachine.Id,
                "constant": "a constant",
                "nested": { "number": 1.0, "list": [1, "two", null], "mixed": [$$.State.Name, "it's", 3] },
            },
            end: true,
        },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(WhoAmI::definition().machine.to_canonical_string());
}
