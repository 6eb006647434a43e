//! The command line.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

#[path = "../../stepfn-codegen/tests/support/mod.rs"]
mod support;

use std::{fs, path::Path};

use stepfn_core::definition::Definition;
use stepfn_xtask::run;
use support::{everything, express, greeting};

const MACHINES: &[fn() -> Definition] = &[everything, express];

struct Ran {
    code: u8,
    stdout: String,
    stderr: String,
}

fn xtask(arguments: &[&str], machines: &[fn() -> Definition]) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = run(["xtask"].iter().chain(arguments), machines, &mut stdout, &mut stderr);
    Ran { code, stdout: String::from_utf8(stdout).unwrap(), stderr: String::from_utf8(stderr).unwrap() }
}

/// A text with the directory taken out, and with slashes.
fn without(out: &Path, text: &str) -> String {
    text.replace(&out.display().to_string(), "OUT").replace('\\', "/")
}

#[test]
fn generate_says_what_it_did_and_check_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();

    let first = xtask(&["generate", "--out", out], MACHINES);
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert_eq!(
        without(dir.path(), &first.stdout),
        "wrote     OUT/CsvProcessing.asl.json\nwrote     OUT/Quick.Check.asl.json\nwrote     OUT/stepfn.serverless.yml\n"
    );
    let checked = xtask(&["generate", "--check", "--out", out], MACHINES);
    assert_eq!(
        (checked.code, checked.stdout.as_str(), checked.stderr.as_str()),
        (0, "4 files fit the machines\n", "")
    );

    let gone = xtask(&["generate", "--check", "--out", out], &MACHINES[..1]);
    assert_eq!((gone.code, gone.stdout.as_str()), (1, ""));
    let expected =
        "error: generated files do not fit the machines; run `cargo xtask generate --out OUT`\n  stale: ";
    assert!(without(dir.path(), &gone.stderr).starts_with(expected), "{}", gone.stderr);
    assert!(
        without(dir.path(), &gone.stderr)
            .ends_with("leftover: OUT/Quick.Check.asl.json: its machine or format is gone\n")
    );

    let second = xtask(&["generate", "--out", out], &MACHINES[..1]);
    assert_eq!(
        without(dir.path(), &second.stdout),
        "unchanged OUT/CsvProcessing.asl.json\nwrote     OUT/stepfn.serverless.yml\nremoved   OUT/Quick.Check.asl.json\n"
    );
}

#[test]
fn names_choose_machines() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().to_str().unwrap();
    let ran = xtask(&["generate", "--out", out, "Quick.Check"], MACHINES);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!dir.path().join("CsvProcessing.asl.json").exists());
    let yaml = fs::read_to_string(dir.path().join("stepfn.serverless.yml")).unwrap();
    assert!(yaml.contains("CsvProcessing:"), "the YAML is whole");
    assert_eq!(xtask(&["generate", "--check", "--out", out, "Quick.Check"], MACHINES).code, 0);
    assert_eq!(xtask(&["generate", "--check", "--out", out], MACHINES).code, 1);

    let unknown = xtask(&["generate", "--out", out, "quick"], MACHINES);
    assert_eq!(unknown.code, 2);
    assert_eq!(
        unknown.stderr,
        "error: no machine is named `quick`; the machines are: CsvProcessing, Quick.Check\n"
    );
}

#[test]
fn without_a_directory_files_go_to_the_workspace_root() {
    // A check writes nothing, and its diagnostics say where it looked.
    let ran = xtask(&["generate", "--check"], &[|| greeting("OfNoRealProgram")]);
    assert_eq!(ran.code, 1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let missing = format!("missing: {}\n", root.join("generated").join("OfNoRealProgram.asl.json").display());
    assert!(ran.stderr.contains(&missing), "{}", ran.stderr);
    assert!(ran.stderr.contains("run `cargo xtask generate`\n"), "{}", ran.stderr);
}

#[test]
fn list_is_a_table() {
    insta::assert_snapshot!(xtask(&["list"], MACHINES).stdout);
}

#[test]
fn a_machine_is_printed_as_a_graph() {
    let mermaid = xtask(&["graph", "CsvProcessing"], MACHINES);
    assert_eq!(mermaid.code, 0, "{}", mermaid.stderr);
    assert!(mermaid.stdout.starts_with("flowchart TB\n"), "{}", mermaid.stdout);
    let dot = xtask(&["graph", "CsvProcessing", "--format", "dot"], MACHINES);
    assert!(dot.stdout.starts_with("digraph {\n"), "{}", dot.stdout);
    let svg = xtask(&["graph", "CsvProcessing", "--format", "svg"], MACHINES);
    assert!(svg.stdout.starts_with("<svg ") && svg.stdout.ends_with("</svg>\n"), "{}", svg.stdout);
    assert!(svg.stdout.contains("<title>The states of CsvProcessing</title>"), "{}", svg.stdout);
    let unknown = xtask(&["graph", "Csv"], MACHINES);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("no machine is named `Csv`"), "{}", unknown.stderr);
}

#[test]
fn help_goes_to_standard_output() {
    let ran = xtask(&["generate", "--help"], MACHINES);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_wrong_command_line_is_code_2() {
    for arguments in [&["genrate"][..], &["generate", "--chek"], &[], &["list", "x"]] {
        let ran = xtask(arguments, MACHINES);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains("cargo xtask"), "{}", ran.stderr);
    }
}

#[test]
fn machines_that_cannot_be_written_are_code_1_and_files_code_2() {
    let dir = tempfile::tempdir().unwrap();
    let twice = xtask(&["generate", "--out", dir.path().to_str().unwrap()], &[everything, everything]);
    assert_eq!(twice.code, 1);
    assert!(twice.stderr.starts_with("error: two machines are named "), "{}", twice.stderr);

    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let blocked = xtask(&["generate", "--out", file.to_str().unwrap()], MACHINES);
    assert_eq!(blocked.code, 2);
    assert!(blocked.stderr.starts_with("error: cannot make the directory "), "{}", blocked.stderr);
}

#[test]
fn what_a_format_cannot_carry_does_not_hide_the_list() {
    let canary = || {
        let alias = stepfn_core::deployment::Alias::new("live").canary(10, 5);
        stepfn_core::deployment::Deployment::from(greeting("Slow")).alias(alias)
    };
    let xtask =
        stepfn_xtask::Xtask::new().machine(canary).formats([stepfn_codegen::generate::Format::Terraform]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(xtask.run(["xtask", "list"], &mut out, &mut err), 0, "{}", String::from_utf8_lossy(&err));
    let listed = String::from_utf8(out).unwrap();
    assert!(listed.contains("Slow") && listed.contains("stepfn.tf.json"), "{listed}");
    assert_eq!(xtask.run(["xtask", "generate", "--check"], &mut Vec::new(), &mut err), 1);
    assert!(String::from_utf8_lossy(&err).contains("does not shift traffic"));
}

fn staged() -> Definition {
    let asl = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Topic}", "End": true}}}"#;
    let (machine, _) = stepfn_core::asl::read_str(asl).unwrap();
    Definition::from_asl("orders-${Stage}", stepfn_core::definition::WorkflowType::Standard, machine)
}

#[test]
fn a_stage_fills_in_what_its_file_says() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("stepfn.toml");
    fs::write(
        &file,
        "[substitutions]\nTopic = \"arn:${Region}:${Stage}\"\n[stages.dev]\nregion = \"eu-west-1\"\naccount = \"111111111111\"\n",
    )
    .unwrap();
    let (file, out) = (file.to_str().unwrap(), dir.path().join("out"));
    let written = xtask(
        &[
            "generate",
            "--stage",
            "dev",
            "--environment",
            file,
            "--format",
            "asl",
            "--format",
            "cloudformation-yaml",
            "--out",
            out.to_str().unwrap(),
        ],
        &[staged],
    );
    assert_eq!((written.code, written.stderr.as_str()), (0, ""));
    let asl = fs::read_to_string(out.join("orders-dev.asl.json")).unwrap();
    assert!(asl.contains("\"arn:eu-west-1:dev\""), "{asl}");
    let template = fs::read_to_string(out.join("stepfn.cloudformation.yaml")).unwrap();
    assert!(
        template.contains("StateMachineName: orders-dev\n") && !template.contains("Parameters"),
        "{template}"
    );

    // A machine is called by its name with or without the stage.
    for name in ["orders", "orders-${Stage}"] {
        let ran = xtask(&["run", name, "--virtual-time"], &[staged]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "\"${Topic}\"\n"), "{}", ran.stderr);
    }
    for name in ["orders", "orders-dev"] {
        let ran = xtask(&["run", name, "--virtual-time", "--stage", "dev", "--environment", file], &[staged]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "\"arn:eu-west-1:dev\"\n"), "{}", ran.stderr);
    }

    let unknown = xtask(&["list", "--stage", "dve", "--environment", file], &[staged]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.ends_with("there is no stage `dve`\n  = help: did you mean `dev`?\n"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn files_of_machines_are_laid_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.rs");
    fs::write(&file, "state_machine! { A() { start_at:B } }\n").unwrap();
    let folder = dir.path().to_str().unwrap();
    let checked = xtask(&["fmt", "--check", folder], &[]);
    assert_eq!((checked.code, checked.stderr.as_str()), (1, "no files in the canonical form, 1 not\n"));
    assert!(checked.stdout.contains("\n+state_machine! { A() { start_at: B } }\n"), "{}", checked.stdout);
    assert_eq!(xtask(&["fmt", folder], &[]).code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), "state_machine! { A() { start_at: B } }\n");
}
