//! Definitions that people published, and those that AWS was asked to run, read and written again without loss.
//!
//! They are looked for in `STEPFN_REALWORLD_DIR` and `STEPFN_CONFORMANCE_DIR` (by default beside the checkout). Where there are none,
//! the test reports it and passes.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use stepfn_core::{
    asl,
    check::{self, Options},
    diagnostic::Severity,
    flow, json,
    value::Value,
};

fn directory(variable: &str, default: &str) -> Option<PathBuf> {
    let directory = std::env::var_os(variable)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(default), PathBuf::from);
    if directory.is_dir() {
        return Some(directory);
    }
    println!("{variable}: no directory {}, nothing to test", directory.display());
    None
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found.sort();
}

/// Returns what is lost or changed by reading and writing.
fn loss(definition: &Value) -> Option<String> {
    let (machine, _) = asl::read(definition);
    let written = machine.to_json();
    if *definition != written {
        return Some(difference(definition, &written, ""));
    }
    let text = machine.to_canonical_string();
    let again = asl::read_str(&text).unwrap().0;
    (again.to_canonical_string() != text).then(|| "the canonical form is no fixpoint".to_owned())
}

/// The first place where two values differ, for the eyes of whoever reads the failure.
fn difference(a: &Value, b: &Value, at: &str) -> String {
    if let (Some(left), Some(right)) = (a.as_object(), b.as_object()) {
        for (key, value) in left.iter() {
            match right.get(key) {
                None => return format!("{at}/{key} is lost"),
                Some(other) if other != value => return difference(value, other, &format!("{at}/{key}")),
                Some(_) => {}
            }
        }
    }
    if let (Some(left), Some(right)) = (a.as_array(), b.as_array())
        && left.len() == right.len()
        && let Some(index) = left.iter().zip(right).position(|(a, b)| a != b)
    {
        return difference(&left[index], &right[index], &format!("{at}/{index}"));
    }
    format!("{at}: {a} became {b}")
}

#[test]
fn published_definitions_are_accepted_and_lose_nothing() {
    let Some(directory) = directory("STEPFN_REALWORLD_DIR", "../shared/realworld") else { return };
    let mut paths = Vec::new();
    files(&directory, &mut paths);
    let mut failures = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let (machine, read) = asl::read_str(&text).unwrap();
        let mut diagnostics = check::check_read(&machine, read, &Options::default());
        diagnostics.extend(flow::analyse(&machine, &flow::Typing::default()).diagnostics);
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        failures.extend(errors.map(|error| format!("{}: {error}", path.display())));
        let loss = loss(&json::parse_value(&text).unwrap());
        failures.extend(loss.map(|loss| format!("{}: {loss}", path.display())));
    }
    println!("{} published definitions read", paths.len());
    assert_eq!(failures, [""; 0]);
}

#[test]
fn definitions_that_aws_was_asked_to_run_lose_nothing() {
    let Some(directory) = directory("STEPFN_CONFORMANCE_DIR", "../shared/conformance") else { return };
    let mut paths = Vec::new();
    files(&directory, &mut paths);
    let (mut failures, mut count) = (Vec::new(), 0);
    for path in &paths {
        let case = json::parse_value(&std::fs::read_to_string(path).unwrap()).unwrap();
        // The single states of TestState are none.
        if case["definition"].get("States").is_none() {
            continue;
        }
        count += 1;
        failures.extend(loss(&case["definition"]).map(|loss| format!("{}: {loss}", path.display())));
    }
    println!("{count} recorded definitions read");
    assert_eq!(failures, [""; 0]);
}

#[test]
fn what_cannot_be_read_and_what_is_not_known_is_kept() {
    for text in [
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":true},"true":{"Type":"Succeed"}}}"#,
        r#"{"StartAt":"A","TimeoutSeconds":"soon","States":{"A":{"Type":"Pass","End":"yes"}},"Owner":["me"]}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Task","Resource":7,"Retry":{},"End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Not":{"Comment":"inner","And":[{"Variable":"$.a","IsPresent":true,"x":1}],"y":2},"Next":"B"}]},"B":{"Type":"Succeed"}}}"#,
        r#"{"StartAt":"","States":{"A":{"Type":"Choice","Choices":[]},"B":{"Type":"Parallel"},"C":{"Type":"Task","Catch":[{"ErrorEquals":[]},{"Next":""}]}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Pas","Note":[1]},"B":7,"C":{"Type":"Map","ItemProcessor":[],"End":true}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","StringEqual":"b","Next":"A"}]}}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[1],"Retry":["x"],"Catch":[null],"End":true}},"Comment":{}}"#,
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"z":1.0,"a":1,"big":123456789012345678901234567890,"e":1e2},"End":true}}}"#,
    ] {
        let (machine, _) = asl::read_str(text).unwrap();
        let (written, given) = (machine.to_json(), json::parse_value(text).unwrap());
        assert_eq!(written, given, "{}", difference(&given, &written, ""));
    }
}
