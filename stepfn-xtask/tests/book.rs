//! The commands that the book shows are commands.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::{fs, path::Path};

use clap::Subcommand;
use stepfn_cli::Command;

/// The commands of other tools in the book.
const OTHERS: [&str; 6] =
    ["cargo new ", "cargo install ", "cargo fmt", "cargo lambda build ", "sam deploy ", "aws stepfunctions "];

/// The lines behind `$ ` in the console blocks of all chapters, and all lines of those for a shell, with the chapter's name.
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
        for block in chapter.split("```sh\n").skip(1) {
            let lines = block.split("\n```").next().unwrap_or_default().lines();
            let shown = lines.flat_map(|line| line.split(" && "));
            commands.extend(shown.map(|line| (path.display().to_string(), line.to_owned())));
        }
    }
    assert!(commands.len() > 15, "the book shows commands");
    commands
}

/// The words of a command of ours: none of the book's holds quotes.
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

/// The blocks of a language in a chapter.
fn blocks(chapter: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/book").join(chapter).with_extension("md");
    let text = fs::read_to_string(path).unwrap();
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|block| block.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn texts_of_toml_are_read() {
    for chapter in ["deployment", "distributed-map", "first-workflow"] {
        for block in blocks(chapter, "toml") {
            let table: toml::Table =
                block.parse().unwrap_or_else(|error| panic!("{chapter}.md: {error}\n{block}"));
            // What it says of our crates is what they are.
            for (name, wanted) in table
                .iter()
                .filter(|(key, _)| key.ends_with("dependencies"))
                .flat_map(|(_, all)| all.as_table().unwrap())
            {
                let version = wanted.as_str().or_else(|| wanted.get("version")?.as_str());
                if name.starts_with("stepfn") {
                    assert!(env!("CARGO_PKG_VERSION").starts_with(version.unwrap()), "{chapter}.md: {name}");
                }
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("stepfn.toml");
    fs::write(&file, blocks("deployment", "toml").last().unwrap()).unwrap();
    for stage in ["dev", "prod"] {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let arguments = ["xtask", "list", "--stage", stage, "--environment", file.to_str().unwrap()];
        let code = stepfn_xtask::run(arguments, &[], &mut out, &mut err);
        assert_eq!(code, 0, "{stage}: {}", String::from_utf8_lossy(&err));
    }
}

/// What a machine calls its topic is a variable of the module, and a substitution of the CDK.
#[test]
fn what_other_tools_are_given_is_named_as_generated() {
    let orders = || {
        let asl = r#"{ "StartAt": "Tell", "States": { "Tell": { "Type": "Task", "End": true, "Resource": "arn:aws:states:::sns:publish",
            "Parameters": { "TopicArn": "${OrdersTopic}", "Message": "${self:service} ${sls:stage}" } } } }"#;
        let (machine, _) = stepfn_core::asl::read_str(asl).unwrap();
        let mut definition = stepfn_core::definition::Definition::from_asl(
            "Orders",
            stepfn_core::definition::WorkflowType::Standard,
            machine,
        );
        let topic = stepfn_core::definition::Reference::Ref("OrdersTopic".to_owned());
        definition.substitutions.insert("OrdersTopic".to_owned(), topic);
        definition
    };
    let dir = tempfile::tempdir().unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let folder = dir.path().to_str().unwrap();
    let arguments = ["xtask", "generate", "--format", "terraform", "--format", "asl", "--out", folder];
    let code = stepfn_xtask::run(arguments, &[orders], &mut out, &mut err);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));
    let mut module = String::new();
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains(".tf") {
            module += &fs::read_to_string(path).unwrap();
        }
    }
    let shown = blocks("deployment", "hcl").concat();
    let variables = shown
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once('='))
        .map(|(name, _)| name.trim());
    for variable in variables.filter(|name| *name != "source") {
        assert!(module.contains(&format!("\"{variable}\"")), "{variable}\n{module}");
    }
    let cdk = blocks("deployment", "ts").concat();
    assert!(
        cdk.contains("fromFile('generated/Orders.asl.json')") && dir.path().join("Orders.asl.json").is_file()
    );
}
