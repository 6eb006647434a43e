//! Machines with the fragments of another crate.
#![allow(clippy::unwrap_used, clippy::unused_async)]
// A list that many states share has names that one of them never fails with: no warning.
#![deny(deprecated)]

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, Workflow,
    executor::Mock,
    lambda, state_machine,
    testing::{Test, WorkflowTest},
    value::Value,
};
use stepfn_fragments::{
    retries::{ToFailed, Transient},
    telling::Notify,
};

#[derive(Serialize, Deserialize, StateData, Clone)]
struct Order {
    id: String,
    total: u64,
}

#[lambda]
async fn charge(order: Order) -> Order {
    order
}

#[derive(Serialize, Deserialize, StateData)]
struct Question {
    id: String,
}

#[lambda]
async fn ask_the_manager(question: Question) -> bool {
    question.id != "X"
}

state_machine! {
    Orders(Order) {
        start_at: Charge,
        Charge: Task { resource: lambda(charge), retry: [..Transient], catch: [..ToFailed], next: Size },
        Size: Choice { choices: [..stepfn_fragments::sizes::Sizes { Large: AskThem, Medium: Write }], default: Told },
        ..stepfn_fragments::telling::Ask { who: ask_the_manager, Answered: Allowed },
        Allowed: Choice { choices: [ $.answer == true => Write ], default: Failed },
        ..Notify,
        Told: Task {
            resource: dynamodb::delete_item,
            parameters: { "TableName": "waiting", "Key": { "id": { "S": $.id } } },
            retry: [..Transient],
            next: End,
        },
        End: Succeed {},
        Failed: Fail { error: "Refused" },
    }
}

fn order(id: &str, total: u64) -> Order {
    Order { id: id.to_owned(), total }
}

/// Where nobody waits any longer.
fn test() -> Test<Orders> {
    Orders::test().mock(Orders::Told, Mock::succeed(Value::empty_object()))
}

#[test]
fn states_and_constants_of_another_crate_run_as_ones_own() {
    let run = test().run(&order("A", 500));
    run.assert_path("Charge -> Size -> Write -> Patience -> Told -> End");
    run.assert_took(std::time::Duration::from_secs(60));
    let run = test().run(&order("X", 5_000));
    run.assert_path([Orders::Charge, Orders::Size, Orders::AskThem, Orders::Allowed, Orders::Failed]);
}

#[test]
fn retriers_and_catchers_of_another_crate_hold() {
    let flaky = Mock::fail("Lambda.ServiceException", "busy").times(2).then(Mock::real());
    test().mock(Orders::Charge, flaky).run(&order("A", 1)).assert_path("Charge -> Size -> Told -> End");
    let busy = Mock::fail("Lambda.ServiceException", "busy").times(1).then(Mock::real());
    test().mock(Orders::AskThem, busy).run(&order("A", 5_000)).assert_visited(Orders::Allowed);
    let run = Orders::test().mock(Orders::Charge, Mock::fail("Boom", "")).run(&order("A", 1));
    run.assert_failed("Refused");
    let asl = Orders::definition().machine.to_json();
    assert_eq!(asl["States"]["Write"]["Retry"][0]["MaxAttempts"].to_string(), "3");
    assert_eq!(asl["States"]["Patience"]["Seconds"].to_string(), "60");
    // What has parameters names items of its own crate by `crate::`.
    assert_eq!(asl["States"]["AskThem"]["TimeoutSeconds"].to_string(), "30");
    assert_eq!(asl["States"]["AskThem"]["Retry"], asl["States"]["Write"]["Retry"]);
}
