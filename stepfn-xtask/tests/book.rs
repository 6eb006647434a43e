//! The commands that the book shows are commands.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::{fs, path::Path};

use clap::Subcommand;
use stepfn_cli::Command;

/// The commands of other tools in the book.
const OTHERS: [&str; 2] = ["cargo new ", "cargo install "];

/// The lines behind `$ ` in the console blocks of all chapters, with the chapter's name.
fn commands() -> Vec<(String, String)> {
    let mut commands = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/book")).unwrap() {
        let path = entry.unwrap().path();
        let chapter = fs::read_to_string(&path).unwrap();
        for block in chapter.split("```console\n").skip(1) {
            let lines = block.split("\n```").next().unwrap_or_default().lines();
            let shown = lines.filter_map(|line| line.strip_prefix("$ "));
            commands.extend(shown.map(|line| (path.display().to_string(), line.to_owned())));
        }
    }
    assert!(commands.len() > 15, "the book shows commands");
    commands
}

/// The words of a command: none of the book's holds quotes.
fn words(command: &str) -> Vec<&str> {
    assert!(!command.contains(['"', '\'', '|', '>']), "`{command}` needs a shell to be read");
    command.split_whitespace().collect()
}

#[test]
fn commands_of_stepfn_are_taken() {
    for (chapter, line) in commands() {
        if line.starts_with("stepfn ") {
            let command = Command::augment_subcommands(clap::Command::new("stepfn"));
            if let Err(error) = command.try_get_matches_from(words(&line)) {
                panic!("{chapter}: `{line}`: {error}");
            }
        }
    }
}

/// With `--help` at the end, everything before it is read, and nothing is carried out.
#[test]
fn commands_of_xtask_are_taken() {
    for (chapter, line) in commands() {
        if let Some(rest) = line.strip_prefix("cargo xtask ") {
            let without = [("deploy ", cfg!(feature = "deploy")), ("serve ", cfg!(feature = "serve"))];
            if without.iter().any(|(command, is_there)| rest.starts_with(command) && !is_there) {
                continue;
            }
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let arguments = ["xtask"].into_iter().chain(words(rest)).chain(["--help"]);
            let code = stepfn_xtask::run(arguments, &[], &mut out, &mut err);
            assert_eq!(code, 0, "{chapter}: `{line}`: {}", String::from_utf8_lossy(&err));
        }
    }
}

#[test]
fn nothing_else_is_shown_as_a_command() {
    for (chapter, line) in commands() {
        let is_ours = line.starts_with("stepfn ") || line.starts_with("cargo xtask ");
        assert!(is_ours || OTHERS.iter().any(|other| line.starts_with(other)), "{chapter}: `{line}`");
    }
}
