//! Machines with the fragments of another crate.
#![allow(clippy::unwrap_used, clippy::unused_async)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, executor::Mock, lambda, state_machine, testing::WorkflowTest};
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
        Told: Succeed {},
        Failed: Fail { error: "Refused" },
    }
}

fn order(id: &str, total: u64) -> Order {
    Order { id: id.to_owned(), total }
}

#[test]
fn states_and_constants_of_another_crate_run_as_ones_own() {
    let run = Orders::test().run(&order("A", 500));
    run.assert_path([Orders::Charge, Orders::Size, Orders::Write, Orders::Patience, Orders::Told]);
    run.assert_took(std::time::Duration::from_secs(60));
    let run = Orders::test().run(&order("X", 5_000));
    run.assert_path([Orders::Charge, Orders::Size, Orders::AskThem, Orders::Allowed, Orders::Failed]);
}

#[test]
fn retriers_and_catchers_of_another_crate_hold() {
    let flaky = Mock::fail("Lambda.ServiceException", "busy").times(2).then(Mock::real());
    Orders::test().mock(Orders::Charge, flaky).run(&order("A", 1)).assert_path([
        Orders::Charge,
        Orders::Size,
        Orders::Told,
    ]);
    let run = Orders::test().mock(Orders::Charge, Mock::fail("Boom", "")).run(&order("A", 1));
    run.assert_failed("Refused");
    let asl = Orders::definition().machine.to_json();
    assert_eq!(asl["States"]["Write"]["Retry"][0]["MaxAttempts"].to_string(), "3");
    assert_eq!(asl["States"]["Patience"]["Seconds"].to_string(), "60");
}
