//! The README and the book's commands are true when they are typed, in a folder outside of this workspace, and `stepfn new` writes a project whose
//! tests pass.
//!
//! The projects depend on this checkout in place of crates.io, share one target directory, and need no network: their `Cargo.lock` begins as this one's.
#![allow(clippy::unwrap_used)]

mod book;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const README: &str = include_str!("../../../README.md");

fn checkout() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

/// Cargo in a project. Cargo's variables of the test's own workspace are not the project's.
fn command(project: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG")
            || name.starts_with("CARGO_BIN")
            || name.starts_with("CARGO_MANIFEST")
            || name == "CARGO_ENCODED_RUSTFLAGS"
        {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .current_dir(project)
        .env("CARGO_TARGET_DIR", checkout().join("target/newcomer"))
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    command
}

fn cargo(project: &Path, arguments: &[&str]) -> Output {
    command(project, arguments).output().unwrap()
}

/// `cargo xtask run`, and what somebody types meanwhile; returns both streams.
fn answered(project: &Path, arguments: &[&str], typed: &str, colours: &str) -> (String, String) {
    let mut run = command(project, arguments)
        .env_remove("NO_COLOR")
        .env(colours, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    run.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = run.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[track_caller]
fn succeeds(project: &Path, arguments: &[&str]) -> String {
    let output = cargo(project, arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo {arguments:?}\n{out}\n{err}");
    out.into_owned()
}

#[track_caller]
fn stepfn(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stepfn")).args(arguments).current_dir(folder).output().unwrap()
}

/// `cargo xtask run` of an order that a manager has to approve, with what the manager types.
fn approved(project: &Path, typed: &str, colours: &str) -> (String, String) {
    answered(project, &["xtask", "run", "OrderApproval", "--input", "large.json"], typed, colours)
}

/// The blocks of the README that say which file they are.
fn files() -> Vec<(&'static str, &'static str)> {
    let blocks = README.split("\n```").skip(1).step_by(2);
    let files = blocks.filter_map(|block| {
        let (_, text) = block.split_once('\n')?;
        let (first, text) = text.split_once('\n')?;
        let name = first.strip_prefix("// ").or_else(|| first.strip_prefix("# "))?;
        (name.contains('.') && !name.contains(' ')).then_some((name, text))
    });
    files.collect()
}

/// A text as it is in a project that depends on this checkout.
fn local(text: &str) -> String {
    let root = checkout();
    ["stepfn", "stepfn-xtask", "stepfn-codegen"].into_iter().fold(text.to_owned(), |text, name| {
        let path = if name == "stepfn" { root.clone() } else { root.join(name) };
        text.replace(
            &format!("\n{name} = \"0.1\""),
            &format!("\n{name} = {{ path = \"{}\" }}", path.display()),
        )
    })
}

/// Writes the files into a project.
fn write<'f>(project: &Path, files: impl IntoIterator<Item = (&'f str, String)>) {
    for (name, text) in files {
        let path = project.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The commands of the README's prose, `cargo …` between backticks.
fn spans() -> Vec<&'static str> {
    README.split('`').skip(1).step_by(2).filter(|span| span.starts_with("cargo ")).collect()
}

/// Those of the README that no project here runs, with the reason.
const NOT_TYPED: [(&str, &str); 4] = [
    ("cargo install stepfn-cli", "from crates.io, once it is there; the tests have the binary"),
    ("cargo run --example csv_pipeline", "in a checkout, and CI does"),
    ("cargo xtask serve", "stays until it is stopped: xtask/tests/serve.rs"),
    ("cargo doc", "the picture in rustdoc: stepfn-graph/tests"),
];

fn locked(project: &Path) {
    fs::copy(checkout().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
}

/// One test, for all of it is one after the other in one target directory.
#[test]
fn what_the_readme_says_and_what_new_writes_is_so() {
    let files = files();
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let expected = [
        "src/lib.rs",
        "Cargo.toml",
        "src/main.rs",
        "tests/workflow.rs",
        "xtask/Cargo.toml",
        "xtask/src/main.rs",
        ".cargo/config.toml",
    ];
    assert_eq!(names, expected);
    let place = TempDir::new().unwrap();

    // By hand, as the README has it.
    let by_hand = place.path().join("by-hand");
    write(&by_hand, files.iter().map(|(name, text)| (*name, local(text) + "\n")));
    locked(&by_hand);
    assert_eq!(succeeds(&by_hand, &["run", "--quiet"]), "charged 5000\n");
    let tested = succeeds(&by_hand, &["test", "--workspace"]);
    assert!(tested.contains("test large_orders_wait_for_a_manager ... ok"), "{tested}");
    let generated = succeeds(&by_hand, &["xtask", "generate"]);
    assert!(generated.contains("OrderApproval.asl.json"), "{generated}");
    succeeds(&by_hand, &["xtask", "generate", "--check"]);
    let asl = fs::read_to_string(by_hand.join("generated/OrderApproval.asl.json")).unwrap();
    assert!(asl.contains("\"StartAt\": \"CheckAmount\""), "{asl}");
    fs::write(by_hand.join("order.json"), r#"{ "orderId": "A-1", "totalAmount": 5000 }"#).unwrap();
    let ran = succeeds(&by_hand, &["xtask", "run", "OrderApproval", "--input", "order.json"]);
    assert!(ran.contains("\"charged\": 5000"), "{ran}");
    for span in spans().into_iter().filter(|span| NOT_TYPED.iter().all(|(other, _)| other != span)) {
        let words: Vec<&str> = span.split(' ').skip(1).collect();
        succeeds(&by_hand, &words);
    }
    assert!(succeeds(&by_hand, &["xtask", "graph", "OrderApproval"]).contains("RequestApproval"));

    // An approval is answered by a line, and the run shows which lines there are.
    fs::write(by_hand.join("large.json"), r#"{ "orderId": "A-2", "totalAmount": 2000000 }"#).unwrap();
    let (out, err) = approved(&by_hand, "perhaps\nsuccess \"yes\"\n", "NO_COLOR");
    assert!(out.contains("\"charged\": 2000000"), "{out}\n{err}");
    assert!(err.contains(" s  ? RequestApproval waits for an answer, number 1: "), "{err}");
    assert!(
        err.contains("\n               type: success JSON  |  failure ERROR [CAUSE]  |  heartbeat\n"),
        "{err}"
    );
    assert!(err.contains("             ! write `success [N] JSON`"), "{err}");
    assert!(err.contains(" s  → ProcessOrder\n") && !err.contains('\u{1b}'), "{err}");
    let (out, err) = approved(&by_hand, "failure Refused too late\n", "CLICOLOR_FORCE");
    assert_eq!(out, "");
    assert!(err.contains(" s  \u{1b}[1m\u{1b}[35m?\u{1b}[0m RequestApproval waits for an answer"), "{err:?}");
    assert!(err.contains("Refused") && err.contains("too late"), "{err:?}");

    // `stepfn new` writes the very same, and a workflow for GitHub.
    let checkout = checkout().display().to_string();
    let made = stepfn(place.path(), &["new", "orders", "--checkout", &checkout]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let project = place.path().join("orders");
    for (name, text) in &files {
        assert_eq!(fs::read_to_string(project.join(name)).unwrap(), local(text) + "\n", "{name}");
    }
    assert!(project.join(".github/workflows/ci.yml").exists() && project.join(".gitignore").exists());
    locked(&project);
    succeeds(&project, &["fmt", "--package", "orders", "--package", "xtask", "--check"]);
    succeeds(&project, &["test", "--workspace"]);
    // As its workflow for GitHub does it, before anybody generated anything.
    succeeds(&project, &["xtask", "generate", "--check"]);
    succeeds(&project, &["xtask", "fmt", "--check"]);

    // Of what there is already: two machines of a template.
    let template = "Resources:\n  Ship:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition:\n        StartAt: A\n        States:\n          A: { Type: Task, Resource: !GetAtt Fn.Arn, Next: B }\n          B: { Type: Succeed }\n  Bill:\n    Type: AWS::StepFunctions::StateMachine\n    Properties: { Definition: { StartAt: W, States: { W: { Type: Wait, SecondsPath: $.delay, End: true } } } }\n";
    fs::write(place.path().join("template.yaml"), template).unwrap();
    let made =
        stepfn(place.path(), &["new", "old-flows", "--from", "template.yaml", "--checkout", &checkout]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let project = place.path().join("old-flows");
    locked(&project);
    let tested = succeeds(&project, &["test", "--workspace"]);
    assert!(
        tested.contains("test ship_is_what_it_was ... ok")
            && tested.contains("test bill_is_what_it_was ... ok"),
        "{tested}"
    );
    let listed = succeeds(&project, &["xtask", "list"]);
    assert!(listed.contains("Ship") && listed.contains("Bill"), "{listed}");
    succeeds(&project, &["xtask", "generate", "--check"]);
    succeeds(&project, &["xtask", "fmt", "--check"]);
    succeeds(&project, &["fmt", "--package", "old-flows", "--package", "xtask", "--check"]);
}

#[test]
fn a_name_that_cargo_does_not_take_is_refused_and_nothing_is_written_over() {
    let place = TempDir::new().unwrap();
    for name in ["1st", "a b", "../up", "", "stepfn", "match", "xtask", "/tmp/x", "é"] {
        let made = stepfn(place.path(), &["new", name]);
        assert_eq!(made.status.code(), Some(2), "{name:?}");
        assert!(String::from_utf8_lossy(&made.stderr).contains("is no name for a crate"), "{name:?}");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    assert!(stepfn(place.path(), &["new", "flow"]).status.success());
    let toml = fs::read_to_string(place.path().join("flow/Cargo.toml")).unwrap();
    assert!(toml.contains("name = \"flow\"") && toml.contains("stepfn = \"0.1\""), "{toml}");
    let again = stepfn(place.path(), &["new", "flow"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    // Names that a crate, or Rust, has already.
    let asl = r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#;
    for (file, module) in [("lib.asl.json", "lib_machine"), ("match.asl.json", "match_machine")] {
        fs::write(place.path().join(file), asl).unwrap();
        let project = file.replace(".asl.json", "-flow");
        assert!(stepfn(place.path(), &["new", &project, "--from", file]).status.success());
        let library = fs::read_to_string(place.path().join(&project).join("src/lib.rs")).unwrap();
        assert_eq!(library, format!("pub mod {module};\n"));
        assert!(place.path().join(&project).join(format!("src/{module}.rs")).exists());
    }
    // What cannot be imported leaves nothing behind.
    fs::write(place.path().join("bad.yml"), "a: 1\n").unwrap();
    assert_eq!(stepfn(place.path(), &["new", "other", "--from", "bad.yml"]).status.code(), Some(2));
    assert!(!place.path().join("other").exists());
}
