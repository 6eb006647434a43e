//! What the README and the pages in `docs` show is what happens. That the README is true as it is typed, in a folder of its own, `stepfn-cli/tests/newcomer` shows.
// The items are public, for there they are a crate's.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, missing_debug_implementations)]

use stepfn::{Workflow, executor::Executor, value::to_value};

// The README's program, which is the one that `stepfn new` writes.
#[path = "../stepfn-cli/templates/lib.rs"]
mod program;

use program::{Order, OrderApproval, Receipt};

const README: &str = include_str!("../README.md");

/// The first code block of a language.
fn block(language: &str) -> &'static str {
    let start = README.find(&format!("```{language}\n")).unwrap() + language.len() + 4;
    let end = README[start..].find("\n```").unwrap();
    &README[start..start + end]
}

#[test]
fn the_program_is_this_one() {
    let here = include_str!("../stepfn-cli/templates/lib.rs");
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
    assert!(README.chars().count() < 6_200, "{}", README.chars().count());
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

/// Those with a file's name are typed by `stepfn-cli/tests/newcomer`, the others are read here.
#[test]
fn every_block_is_read_by_a_test() {
    let blocks = README.split("\n```").skip(1).step_by(2);
    let languages: Vec<&str> = blocks.map(|block| block.split_once('\n').unwrap().0).collect();
    let typed = ["toml", "rust,ignore", "rust,ignore", "toml", "rust,ignore", "toml"];
    assert_eq!(languages, [&["rust", "text"], &typed[..]].concat());
    let ci = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/workflows/ci.yml");
    assert!(std::fs::read_to_string(ci).unwrap().contains("run: cargo run --example csv_pipeline\n"));
}
