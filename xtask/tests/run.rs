//! `cargo xtask run` as a process: what functions print is kept apart from the output, and what may be typed is shown.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};

#[test]
fn standard_output_is_the_output_alone_though_functions_print() {
    let order = r#"{ "orderId": "A-1", "totalAmount": 2000000 }"#;
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["run", "OrderApproval", "--input", order])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shown = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    // The hint has an answer of the declared type: it is typed as it is.
    let answer = loop {
        let before = shown.len();
        assert!(lines.read_line(&mut shown).unwrap() > 0, "it ended: {shown}");
        if let Some(hint) = shown[before..].trim().strip_prefix("type: ") {
            break hint.split("  |  ").next().unwrap().to_owned();
        }
    };
    assert!(answer.starts_with("success {\"approvedBy\":"), "{answer}");
    writeln!(child.stdin.as_mut().unwrap(), "{answer}").unwrap();
    lines.read_to_string(&mut shown).unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert!(child.wait().unwrap().success(), "{shown}");
    assert_eq!(out, "{\n  \"orderId\": \"A-1\",\n  \"charged\": 2000000\n}\n");
    let printed = shown.lines().find(|line| line.contains("approve: https://example.com/approve?token="));
    assert!(printed.is_some_and(|line| line.trim_start().starts_with('│')), "{shown}");
    assert!(shown.contains("? RequestApproval waits for an answer, number 1: "), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colours outside of a terminal: {shown:?}");
}
