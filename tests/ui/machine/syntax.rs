//! What is not written right: all of it at once.
use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    total: u64,
}

#[derive(Debug, thiserror::Error, TaskError)]
#[error("unused")]
struct Unused;

#[lambda]
fn pay(order: Order) -> Order;

state_machine! {
    #[named = "x"]
    pub Syntax(Order) -> serde_json::Value {
        strat_at: Pay,
        Pay: Taks { resource: lambda(pay), end: true },
        Second: Task { resource: lambda, end: true },
        Third: Pass { result_path: "$.x", parameters: { "a": "$.b", "c.$": $.d }, end: true },
        Fourth: Wait { seconds: $.total, end: true },
        Fifth: Choice { choices: [ 1 == 2 => Pay, $.total ~ 3 => Pay, $.total == 3 ], default: Pay },
        Sixth: Task { resource: sns::publish.waitForToken, end: true },
        Seventh: Pass { parameters: $.total, result: { "a": $.total }, end: true },
        Clash: Pass { parameters: { "a": ref_("TableArn"), "b": get_att("Table", "Arn") }, end: true },
        #[allow(stepfn::no_such_rule)]
        Eighth: Succeed {},
    }
}

fn main() {
    let _ = Syntax;
}
