//! The output of the commands about machines, as a user reads it.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

use std::fs;

use stepfn_codegen::generate::Format;
use stepfn_core::deployment::Deployment;
use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
};
use stepfn_xtask::Xtask;

struct Ran {
    code: u8,
    out: String,
    err: String,
}

fn xtask(arguments: &[&str], machine: fn() -> Definition) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = stepfn_xtask::run(["xtask"].iter().chain(arguments), &[machine], &mut out, &mut err);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn machine(text: &str) -> Definition {
    Definition::from_asl("Orders", WorkflowType::Standard, asl::read_str(text).unwrap().0)
}

const ORDERS: &str = r#"{ "StartAt": "Large?", "States": {
    "Large?": { "Type": "Choice", "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 100, "Next": "Rest" }], "Default": "Pay" },
    "Rest": { "Type": "Wait", "Seconds": 3600, "Next": "Pay" },
    "Pay": { "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": { "TopicArn": "pay", "Message.$": "$.id" },
        "Retry": [{ "ErrorEquals": ["SNS.Throttled"], "IntervalSeconds": 2, "MaxAttempts": 1 }],
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Failed" }], "ResultPath": null, "End": true },
    "Failed": { "Type": "Fail", "Error": "NotPaid" } } }"#;

fn orders() -> Definition {
    machine(ORDERS)
}

#[test]
fn a_run_tells_its_story() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        fs::write(dir.path().join(name), text).unwrap();
        dir.path().join(name).display().to_string()
    };
    let input = file("in.json", r#"{ "id": "a", "total": 500 }"#);
    let mocks = file(
        "mocks.json",
        r#"{ "StateMachines": { "Orders": { "TestCases": { "Busy": { "Pay": "Busy" }, "Broken": { "Pay": "Broken" } } } },
            "MockedResponses": {
                "Busy": { "0": { "Throw": { "Error": "SNS.Throttled", "Cause": "busy" } }, "1": { "Return": {} } },
                "Broken": { "0": { "Throw": { "Error": "SNS.Gone", "Cause": "no topic" } } } } }"#,
    );
    let run = |case: &str, more: &[&str]| {
        let arguments =
            ["run", "Orders", "--virtual-time", "--input", &input, "--mocks", &mocks, "--test-case", case];
        xtask(&[&arguments[..], more].concat(), orders)
    };
    let busy = run("Busy", &[]);
    assert_eq!((busy.code, busy.out.as_str()), (0, "{\n  \"id\": \"a\",\n  \"total\": 500\n}\n"));
    assert_eq!(
        busy.err,
        "    0.000 s  → Large?\n    0.000 s  → Rest\n 3600.000 s  ✓ Rest, 3600.000 s\n 3600.000 s  → Pay\n\
         \x20 3600.000 s  ✗ Pay: SNS.Throttled: busy\n 3602.000 s  ↻ Pay: again\n 3602.000 s  ✓ Pay, 2.000 s\n\
         path: Large? -> Rest -> Pay\nSUCCEEDED after 3602.000 s, billed: 4 transitions\n"
            .replace("\n  3600.000 s  ✗", "\n 3600.000 s  ✗")
    );
    let broken = run("Broken", &["--format", "json"]);
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("✗ Pay: SNS.Gone: no topic\n 3600.000 s  ↷ Pay: caught\n"), "{}", broken.err);
    assert_eq!(
        broken.out,
        r#"{"status":"FAILED","output":null,"error":"NotPaid","cause":null,"seconds":3600.000,"transitions":4,"path":["Large?","Rest","Pay","Failed"]}"#
            .to_owned()
            + "\n"
    );
}

#[test]
fn a_run_on_the_clock_of_the_wall_writes_the_same_lines() {
    let hello = || {
        machine(
            r#"{ "StartAt": "Hello", "States": { "Hello": { "Type": "Pass", "Result": 1, "End": true } } }"#,
        )
    };
    let Ran { code, out, err } = xtask(&["run", "Orders"], hello);
    assert_eq!((code, out.as_str()), (0, "1\n"));
    // How long it takes to begin, the machine's load decides.
    let first = err.lines().next().unwrap_or_default();
    assert!(first.ends_with(" s  → Hello") && err.contains("billed: 1 transition\n"), "{err}");
}

#[test]
fn what_is_inside_of_maps_and_parallels_is_indented() {
    let nested = || {
        machine(
            r#"{ "StartAt": "Both", "States": { "Both": { "Type": "Parallel", "End": true, "Branches": [
                { "StartAt": "Each", "States": { "Each": { "Type": "Map", "End": true, "ItemsPath": "$.ids", "MaxConcurrency": 1,
                    "ItemProcessor": { "StartAt": "One", "States": { "One": { "Type": "Wait", "Seconds": 1, "End": true } } } } } },
                { "StartAt": "Other", "States": { "Other": { "Type": "Pass", "End": true } } }] } } }"#,
        )
    };
    let Ran { code, err, .. } =
        xtask(&["run", "Orders", "--virtual-time", "--input", r#"{ "ids": [1, 2] }"#], nested);
    assert_eq!(code, 0, "{err}");
    for line in [
        "  → Both",
        "    → Both[0] / Each",
        "      → Both[0] / Each[0] / One",
        "      → Both[0] / Each[1] / One",
        "    → Both[1] / Other",
    ] {
        assert!(err.lines().any(|written| written.ends_with(&format!(" s{line}"))), "{line}\n{err}");
    }
}

#[test]
fn a_task_without_a_function_says_what_to_add() {
    let pay = || machine(&ORDERS.replace("\"StartAt\": \"Large?\"", "\"StartAt\": \"Pay\""));
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("in.json"), r#"{ "id": "a" }"#).unwrap();
    let input = dir.path().join("in.json").display().to_string();
    let Ran { code, err, .. } = xtask(&["run", "Orders", "--input", &input], pay);
    assert_eq!(code, 1);
    assert!(err.contains("state `Pay`: nothing is mocked for `arn:aws:states:::sns:publish`"), "{err}");
    assert!(err.contains("give a mock file by `--mocks`"), "{err}");
}

#[test]
fn cost_is_told_path_by_path() {
    let Ran { code, out, .. } = xtask(&["cost", "Orders", "--runs", "1000000"], orders);
    assert_eq!(code, 0);
    let path = "Large? → Pay (SUCCEEDED)";
    let row = out.lines().find(|line| line.ends_with(path)).unwrap_or_else(|| panic!("{out}"));
    // 2 transitions; 100 ms of one call.
    let cells: Vec<&str> = row.split_whitespace().take(4).collect();
    assert_eq!(cells, ["2", "0.1", "49.90", "1.10"], "{out}");
    let row = out.lines().find(|line| line.contains("Rest")).unwrap();
    assert_eq!(row.split_whitespace().nth(3), Some("-"), "an hour is no Express workflow: {out}");
    assert!(out.contains("cannot be an Express workflow: state `Rest`: it waits 3600 seconds"), "{out}");

    let json = xtask(&["cost", "Orders", "--format", "json", "--region", "ap-northeast-2"], orders).out;
    assert!(json.contains(r#""region":"ap-northeast-2""#) && json.contains(r#""transitions":2"#), "{json}");
    // Without a name all machines, one after the other.
    let all = xtask(&["cost", "--runs", "1000000"], orders);
    assert!(all.code == 0 && all.out.starts_with(&out), "{}", all.err);
    assert_eq!(xtask(&["cost", "--input", "in.json"], orders).code, 2, "an input is one machine's");
    let unknown = xtask(&["cost", "Orders", "--region", "mars-1"], orders);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("its prices are not known"), "{}", unknown.err);
}

#[test]
fn diff_compares_with_generated_files() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display().to_string();
    assert_eq!(xtask(&["generate", "--out", &at], orders).code, 0);
    let same = xtask(&["diff", &at], orders);
    assert_eq!((same.code, same.out.as_str()), (0, "Orders:\nno changes\n"));

    let changed = || {
        let text = ORDERS.replace("3600", "60").replace(r#""TopicArn": "pay""#, r#""TopicArn": "charge""#);
        machine(&text)
    };
    let Ran { code, out, .. } = xtask(&["diff", &at], changed);
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "Orders:\n~ state `Rest`: `Seconds: 3600` is now `60`\n~ state `Pay`: `Parameters.TopicArn: pay` is now `charge`\n\
         - no state calls `pay` any more\n    breaking: executions that run still call `pay`; remove it when the last of them has ended\n\
         3 changes, 1 breaks executions that run\n"
    );
    let json = xtask(&["diff", &format!("{at}/Orders.asl.json"), "--format", "json"], changed).out;
    assert!(json.contains(r#""area":"timing","kind":"changed","pointer":"/States/Rest/Seconds""#), "{json}");
    assert!(json.ends_with("\"breaking\":true}\n"), "{json}");
    assert_eq!(xtask(&["diff", "nowhere.json"], orders).code, 2);
}

#[test]
fn check_says_what_a_deployment_would_trip_over() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display().to_string();
    let stale = xtask(&["check", "--out", &at], orders);
    assert_eq!(stale.code, 1);
    assert!(stale.out.contains("missing: ") && stale.out.contains("[out-of-date]"), "{}", stale.out);
    assert_eq!(xtask(&["generate", "--out", &at], orders).code, 0);
    let fine = xtask(&["check", "--out", &at], orders);
    assert_eq!(
        (fine.code, fine.out.as_str(), fine.err.as_str()),
        (0, "", "checked 1 machine: no diagnostics\n")
    );

    let large = || machine(&ORDERS.replace("NotPaid", &"x".repeat(1 << 20)));
    assert_eq!(xtask(&["generate", "--out", &at], large).code, 0);
    let large = xtask(&["check", "--out", &at, "--format", "json"], large);
    assert_eq!(large.code, 1);
    assert!(large.out.contains(r#""code":"too-large""#), "{}", large.out);
}

#[test]
fn a_code_is_explained() {
    let Ran { code, out, .. } = xtask(&["explain", "unknown-state"], orders);
    assert_eq!(code, 0);
    assert!(out.starts_with("# unknown-state (error)"), "{out}");
}

#[test]
fn formats_are_those_of_the_program_or_of_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().display().to_string();
    let xtask = Xtask::new()
        .machine(|| Deployment::from(orders()).tag("team", "orders"))
        .formats([Format::Asl, Format::CloudFormationYaml]);
    let run = |arguments: &[&str]| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = xtask.run(["xtask"].iter().chain(arguments), &mut out, &mut err);
        Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    };
    assert_eq!(run(&["generate", "--out", &at]).code, 0);
    let template = fs::read_to_string(dir.path().join("stepfn.cloudformation.yaml")).unwrap();
    assert!(template.contains("team: orders") || template.contains("Value: orders"), "{template}");
    assert!(!dir.path().join("stepfn.serverless.yml").exists());
    assert!(run(&["list"]).out.ends_with("  Orders.asl.json, stepfn.cloudformation.yaml\n"));

    let checked = run(&["generate", "--check", "--out", &at, "--format", "serverless"]);
    assert_eq!(checked.code, 1);
    assert!(checked.err.contains("generate --format serverless --out"), "{}", checked.err);
    let unknown = run(&["generate", "--format", "sls"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("serverless"), "{}", unknown.err);
}

#[cfg(not(feature = "deploy"))]
#[test]
fn without_the_sdk_deploy_says_what_is_missing() {
    let Ran { code, err, .. } = xtask(&["deploy", "Orders", "--role-arn", "x"], orders);
    assert_eq!(code, 2);
    assert!(err.contains("the feature `deploy`"), "{err}");
}
