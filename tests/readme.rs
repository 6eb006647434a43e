//! What the README and the pages in `docs` show is what happens. That the README is true as it is typed, in a folder of its own, `stepfn-cli/tests/newcomer` shows.
// The items are public, for there they are a crate's.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, missing_debug_implementations)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, executor::Executor, lambda, state_machine, value::to_value};

// The README's program.
#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub order_id: String,
    pub total_amount: u64,
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Receipt {
    pub charged: u64,
}

/// Sends a mail with the token in its links.
#[lambda]
pub async fn ask_manager(_request: serde_json::Value) {}

#[lambda]
pub async fn process_order(order: Order) -> Receipt {
    Receipt { charged: order.total_amount }
}

state_machine! {
    /// Orders above 1,000,000 wait for a manager.
    pub OrderApproval(Order) -> Receipt {
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

#[test]
fn the_program_is_this_one() {
    let here = include_str!("readme.rs");
    let (_, program) = block("rust").split_once("#[derive").unwrap();
    assert!(here.contains(program), "{program}");
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
fn the_readme_is_read_in_a_few_minutes_and_its_links_lead_somewhere() {
    assert!(README.chars().count() < 7_000, "{}", README.chars().count());
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["docs", "docs/book"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    let pages = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    for page in pages.chain([root.join("README.md")]) {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.starts_with("http") || target.is_empty() || target.contains(char::is_whitespace) {
                continue;
            }
            assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
        }
    }
}
