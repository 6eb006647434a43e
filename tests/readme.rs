//! What the README shows is what happens.
#![allow(clippy::unwrap_used)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, executor::Executor, lambda, state_machine, value::to_value};

// The README's program, without its layout.
#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    total_amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
struct Receipt {
    charged: u64,
}

#[lambda]
async fn ask_manager(_request: serde_json::Value) { /* sends a mail with the token in its links */
}

#[lambda]
async fn process_order(order: Order) -> Receipt {
    Receipt { charged: order.total_amount }
}

state_machine! {
    /// Orders above 1,000,000 wait for a manager.
    OrderApproval(Order) -> Receipt {
        start_at: CheckAmount,

        CheckAmount: Choice {
            choices: [ $.totalAmount > 1_000_000 => RequestApproval ],
            default: ProcessOrder,
        },
        RequestApproval: Task {
            resource: lambda::invoke(ask_manager).wait_for_task_token,
            payload: { "order": $, "taskToken": $$.Task.Token },
            result_path: $.approval,
            timeout_seconds: 86_400,
            next: ProcessOrder,
        },
        ProcessOrder: Task { resource: lambda(process_order), end: true },
    }
}

const README: &str = include_str!("../README.md");

/// The first code block of a language.
fn block(language: &str) -> &'static str {
    let start = README.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
    let end = README[start..].find("\n```").unwrap();
    &README[start..start + end]
}

/// A text without its blanks and trailing commas, which rustfmt sets otherwise.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<String>().replace(",}", "}")
}

#[test]
fn the_program_is_this_one() {
    let here = squeezed(include_str!("readme.rs"));
    let program = squeezed(block("rust"));
    let (types, main) = program.split_once("fnmain").unwrap();
    let (_, types) = types.split_once("#[derive").unwrap();
    assert!(here.contains(types), "{types}");
    assert!(main.contains("Executor::new(&OrderApproval::definition())?"));
}

#[test]
fn it_runs_as_it_says() {
    let executor = Executor::new(&OrderApproval::definition()).unwrap();
    let order = Order { order_id: "A-1".into(), total_amount: 5_000 };
    let receipt: Receipt = executor.run_blocking(to_value(&order).unwrap()).unwrap().into_output().unwrap();
    assert_eq!(receipt.charged, 5_000);
}

#[test]
fn the_compiler_says_what_it_shows() {
    assert_eq!(block("text"), include_str!("ui/readme/typo.stderr").trim_end());
}

#[test]
fn the_asl_is_what_is_generated() {
    assert_eq!(block("json"), OrderApproval::definition().machine.to_canonical_string().trim_end());
}
