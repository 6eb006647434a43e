//! The book's commands, typed in projects made of its own blocks. Those of `stepfn` are run by `tests/cli/book.rs`, in files of their own.

use std::{collections::BTreeSet, fs, path::Path};

use tempfile::TempDir;

use crate::{answered, cargo, checkout, files, local, locked, succeeds, write};

/// The commands that are not typed here, with the reason.
const NOT_TYPED: [(&str, &str); 7] = [
    ("stepfn ", "tests/cli/book.rs runs it"),
    ("cargo install ", "is `cargo build` of a crate that this workspace builds"),
    ("cargo xtask deploy ", "needs an account: stepfn-xtask/tests/deploy.rs has a server in its place"),
    ("cargo xtask serve ", "stays until it is stopped: xtask/tests/serve.rs"),
    ("cargo lambda build ", "another tool, which needs cross-compilers"),
    ("sam deploy ", "needs an account; tests/interop has cfn-lint judge the template"),
    ("aws stepfunctions ", "another tool: tests/interop/serve.py runs it against the server"),
];

fn chapter(name: &str) -> String {
    fs::read_to_string(checkout().join("docs/book").join(name).with_extension("md")).unwrap()
}

fn blocks(chapter: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    chapter.split(&fence).skip(1).map(|block| block.split("\n```").next().unwrap().to_owned()).collect()
}

/// The commands in the blocks for a shell, in their order, each with its chapter.
fn commands() -> Vec<(String, String)> {
    let names = fs::read_dir(checkout().join("docs/book")).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    let mut commands = Vec::new();
    for name in names {
        let text = chapter(&name);
        let shown = blocks(&text, "console").concat();
        let shown = shown.lines().filter_map(|line| line.strip_prefix("$ "));
        let typed = blocks(&text, "sh").join("\n");
        let lines = shown.chain(typed.lines()).flat_map(|line| line.split(" && "));
        commands.extend(lines.map(|line| (name.clone(), line.to_owned())));
    }
    commands
}

/// A block with the lines that rustdoc hides.
fn whole(block: &str) -> String {
    let line = |line: &str| {
        let shown = if line == "#" { "" } else { line.strip_prefix("# ").unwrap_or(line) };
        format!("{shown}\n")
    };
    block.lines().map(line).collect()
}

/// The xtask of the machine that a chapter begins with: the chapter's own program, and then the command.
fn xtask(name: &str, machine: &str) -> String {
    let text = chapter(name);
    let block =
        blocks(&text, "rust").into_iter().find(|block| block.contains(&format!("{machine}("))).unwrap();
    let block = whole(&block);
    let block = block.strip_suffix("Ok::<(), Box<dyn std::error::Error>>(())\n").unwrap_or(&block);
    let uses = if block.contains("Workflow,") { "" } else { "use stepfn::Workflow;\n" };
    format!(
        "type Ends = Result<std::process::ExitCode, Box<dyn std::error::Error>>;\nfn main() -> Ends {{\n{uses}{block}\n\
         Ok(stepfn_xtask::main(&[{machine}::definition]))\n}}\n"
    )
}

/// The project of the chapter on deployment, `shop`, with what the other chapters' machines need beside it.
fn shop(project: &Path) {
    let text = chapter("deployment");
    let toml = blocks(&text, "toml");
    let package = "[package]\nname = \"xtask\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n";
    let more = "\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\ntokio = { version = \"1\", features = [\"rt\", \"time\"] }\n";
    let of_readme = |wanted: &str| files().into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    let root = of_readme("Cargo.toml").replace("name = \"orders\"", "name = \"shop\"");
    write(
        project,
        [
            (".cargo/config.toml", toml[0].clone() + "\n"),
            ("Cargo.toml", local(&root) + "\n"),
            ("src/lib.rs", of_readme("src/lib.rs").to_owned() + "\n"),
            ("xtask/Cargo.toml", package.to_owned() + &local(&toml[1]) + more),
            ("order.json", r#"{ "id": "A-1", "total": 2000000 }"#.to_owned()),
            ("job.json", r#"{ "id": "j", "wait": 0 }"#.to_owned()),
        ],
    );
    locked(project);
}

/// The program of a chapter's commands; that of the chapter on deployment is an xtask as it is.
fn program(name: &str) -> String {
    match name {
        "callbacks" => xtask(name, "Approve"),
        "express" => xtask(name, "Readings"),
        "running" => xtask(name, "Poll"),
        _ => {
            let text = chapter("deployment");
            let block = blocks(&text, "rust,no_run").into_iter().find(|block| block.contains("Xtask::new()"));
            whole(&block.unwrap())
        }
    }
}

#[test]
fn commands_of_the_book_do_what_they_are_shown_for() {
    let place = TempDir::new().unwrap();
    let project = place.path().join("shop");
    let mut last = String::new();
    let mut typed = BTreeSet::new();
    for (name, line) in commands() {
        if NOT_TYPED.iter().any(|(other, _)| line.starts_with(other)) {
            continue;
        }
        typed.insert(line.clone());
        if line == "cargo new shop" {
            let made = cargo(place.path(), &["new", "shop"]);
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            first_workflow(&project);
            fs::remove_dir_all(&project).unwrap();
            continue;
        }
        if !project.exists() {
            shop(&project);
        }
        if last != name {
            write(&project, [("xtask/src/main.rs", program(&name))]);
            last.clone_from(&name);
        }
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        match line.as_str() {
            "cargo fmt" => drop(succeeds(&project, &["fmt", "--package", "shop", "--package", "xtask"])),
            // What the chapter generates before.
            "cargo xtask check" => {
                succeeds(&project, &["xtask", "generate"]);
                succeeds(&project, &words);
            }
            "cargo xtask fmt" | "cargo xtask fmt --check" => drop(succeeds(&project, &words)),
            "cargo xtask diff generated" => {
                let said = succeeds(&project, &words);
                assert!(said.contains("Orders") || said.contains("no change"), "{said}");
            }
            "cargo xtask graph Orders --format svg" => {
                assert!(succeeds(&project, &words).starts_with("<svg"), "{line}");
            }
            "cargo xtask cost Readings --runs 1000000 --task-ms 50" => {
                let said = succeeds(&project, &words);
                assert!(said.contains("Standard") && said.contains("Express"), "{said}");
            }
            "cargo xtask run Approve --input order.json" => {
                let (out, err) = answered(&project, &words, "success {\"by\": \"Kim\"}\n", "NO_COLOR");
                assert!(
                    out.contains("Kim") && err.contains("type: success {\"by\":\"text\"}"),
                    "{out}\n{err}"
                );
            }
            _ => {
                assert!(line.starts_with("cargo xtask run Poll "), "`{line}` of {name}.md is tested nowhere");
                let said = succeeds(&project, &words);
                assert!(said.contains("j is done"), "{said}");
            }
        }
    }
    assert_eq!(typed.len(), 12, "{typed:?}");
}

/// The chapter's program is typed, without the lines that it does not show.
fn first_workflow(project: &Path) {
    let text = chapter("first-workflow");
    let toml = fs::read_to_string(project.join("Cargo.toml")).unwrap();
    let toml = toml.replace("[dependencies]\n", &format!("{}\n", local(&blocks(&text, "toml")[0])));
    let block = blocks(&text, "rust").swap_remove(0);
    let shown = block.lines().filter(|line| !line.starts_with("# ") && *line != "#");
    let main = shown.fold(String::new(), |text, line| text + line + "\n");
    write(project, [("Cargo.toml", toml), ("src/main.rs", main)]);
    locked(project);
    assert_eq!(succeeds(project, &["run", "--quiet"]), "charged 5000\n");
}
