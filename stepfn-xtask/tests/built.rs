//! Machines of the builder, as the `Result`s that they are.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::fs;

use stepfn_codegen::generate::Format;
use stepfn_core::deployment::{Alias, Deployment, Schedule};
use stepfn_core::{
    builder::{Machine, Pass, Scope, Succeed},
    definition::Definition,
    diagnostic::Diagnostics,
};
use stepfn_xtask::Xtask;

fn good() -> Result<Definition, Diagnostics> {
    let mut machine = Machine::new("Good");
    let only = machine.state("Only");
    machine.define(only, Succeed::new());
    machine.build()
}

/// The line of what goes wrong in `broken`.
const LINE: u32 = line!() + 6;

fn broken() -> Result<Definition, Diagnostics> {
    let mut machine = Machine::new("Broken");
    let [first, second] = ["First", "Second"].map(|name| machine.state(name));
    machine.define(first, Pass::new().result("text").next(second));
    machine.define(second, Pass::new().input_path("$.field").end());
    let mut branch = Scope::new();
    let stray = branch.state("Stray");
    machine.define(stray, Succeed::new());
    machine.build()
}

struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn run(xtask: &Xtask, arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = xtask.run(["xtask"].iter().chain(arguments), &mut out, &mut err);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn both() -> Xtask {
    Xtask::new().machine(good).machine(broken)
}

#[test]
fn check_reports_what_the_builder_found_at_the_lines_of_the_states() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let ran = run(&both(), &["check", "--out", out]);
    assert_eq!(ran.code, 1);
    let file = "stepfn-xtask/tests/built.rs";
    assert!(
        ran.out.contains(&format!(
            "a state is defined in a scope that its handle is not of [unknown-state]\n --> {file}:{}",
            LINE + 3
        )),
        "{}",
        ran.out
    );
    let found = run(&both(), &["check", "--out", out, "--format", "json"]).out;
    assert!(found.contains(&format!(r#""file":"{file}","line":{LINE}"#)), "{found}");
    assert!(found.contains(r#""machines":2"#), "{found}");
    let github = run(&both(), &["check", "--out", out, "--format", "github"]).out;
    assert!(github.contains(&format!("::error file={file},line={LINE},endLine={LINE}")), "{github}");
}

#[test]
fn one_broken_machine_stops_what_needs_all_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let generated = run(&both(), &["generate", "--out", out]);
    assert_eq!((generated.code, generated.out.as_str()), (1, ""));
    assert!(generated.err.contains(" --> stepfn-xtask/tests/built.rs:"), "{}", generated.err);
    assert!(!dir.path().join("Good.asl.json").exists());

    let listed = run(&both(), &["list"]);
    assert_eq!(listed.code, 0);
    assert!(
        listed.out.contains("Good  STANDARD") && listed.err.contains("error: "),
        "{}{}",
        listed.out,
        listed.err
    );
    let ran = run(&both(), &["run", "Good", "--input", "{}"]);
    assert_eq!(ran.code, 0, "{}", ran.err);

    let fine = run(&Xtask::new().machine(good), &["generate", "--out", out]);
    assert_eq!(fine.code, 0, "{}", fine.err);
    assert!(fs::read_to_string(dir.path().join("Good.asl.json")).unwrap().contains("Succeed"));
}

#[test]
fn all_errors_of_all_machines_and_formats_come_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let machine = |name: &str| {
        let mut machine = Machine::new(name);
        let only = machine.state("Only");
        machine.define(only, Succeed::new());
        Deployment::from(machine.build().unwrap())
    };
    let wrong = Xtask::new()
        .machine(move || machine("A").trigger(Schedule::new("rate(0 days)")).tag("aws:x", "y"))
        .machine(move || machine("B").trigger(Schedule::new("often")));
    let ran = run(&wrong, &["generate", "--out", out]);
    assert_eq!(ran.err.matches("error: machine `").count(), 3, "{}", ran.err);

    // What Terraform cannot say is an error of Terraform's for each machine, and the others are written.
    let limited = Xtask::new()
        .machine(move || machine("A").alias(Alias::new("live").canary(10, 5)))
        .machine(move || machine("B").alias(Alias::new("live").linear(10, 5)))
        .formats([Format::Asl, Format::Terraform, Format::CloudFormationYaml]);
    let ran = run(&limited, &["generate", "--out", out]);
    assert_eq!((ran.code, ran.err.matches("error: terraform: machine `").count()), (1, 2), "{}", ran.err);
    assert!(dir.path().join("stepfn.cloudformation.yaml").exists() && dir.path().join("B.asl.json").exists());
    let checked = run(&limited, &["check", "--out", out]);
    assert_eq!(checked.out.matches("[cannot-be-written]").count(), 2, "{}", checked.out);
}
