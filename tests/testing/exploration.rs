//! The ways through the examples, found from their definitions alone, and two planted mistakes.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine, testing::WorkflowTest};

use super::{CsvProcessing, JobPoller, OrderApproval};

#[test]
fn every_way_through_the_examples_is_found() {
    for (name, exploration) in [
        ("csv", CsvProcessing::explore()),
        ("poller", JobPoller::explore()),
        ("approval", OrderApproval::explore()),
    ] {
        let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
        assert_eq!(untaken, [""; 0], "{name}\n{exploration}");
        assert_eq!(exploration.endless().count(), 0, "{name}\n{exploration}");
        assert_eq!(exploration.problem, None, "{name}");
    }
}

#[test]
fn the_same_definition_gives_the_same_runs() {
    assert_eq!(OrderApproval::explore().to_string(), OrderApproval::explore().to_string());
    insta::assert_snapshot!(OrderApproval::explore());
}

#[derive(Serialize, Deserialize, StateData)]
struct Basket {
    items: u32,
    express: bool,
    voucher: Option<String>,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum PackError {
    #[error("no box is large enough")]
    TooLarge,
}

#[lambda]
async fn pack(basket: Basket) -> Result<Basket, PackError> {
    if basket.items > 1000 { Err(PackError::TooLarge) } else { Ok(basket) }
}

#[lambda]
async fn look(basket: Basket) -> Basket {
    basket
}

state_machine! {
    /// An error of `pack` is caught but where it is express, and a basket with a certain voucher is looked at for ever.
    Planted(Basket) -> Basket {
        start_at: Check,
        Check: Choice {
            choices: [
                is_present($.voucher) && !is_null($.voucher) && $.voucher == "FOREVER" => Look,
                $.items > 100 && $.express == true => PackFast,
            ],
            default: Pack,
        },
        Pack: Task {
            resource: lambda(pack),
            catch: [{ error_equals: [States.ALL], next: Refused }],
            end: true,
        },
        PackFast: Task {
            resource: lambda(pack),
            catch: [{ error_equals: [States.Timeout], next: Refused }],
            end: true,
        },
        #[allow(stepfn::endless_loop)]
        Look: Task { resource: lambda(look), result_path: null, next: Again },
        #[allow(stepfn::endless_loop)]
        Again: Wait { seconds: 60, next: Look },
        Refused: Fail { error: "Refused" },
    }
}

#[test]
fn a_planted_unhandled_error_and_a_planted_endless_loop_are_found() {
    let exploration = Planted::explore();
    let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
    assert_eq!(untaken, [""; 0], "{exploration}");
    let unhandled: Vec<&str> = exploration.unhandled().map(|run| run.path.as_str()).collect();
    assert!(
        !unhandled.is_empty()
            && unhandled.iter().all(|path| path.contains("PackFast") || path.contains("Look")),
        "{exploration}"
    );
    let endless: Vec<&str> = exploration.endless().map(|run| run.path.as_str()).collect();
    assert!(
        !endless.is_empty() && endless.iter().all(|path| path.contains("Look → Again → Look")),
        "{exploration}"
    );
}
