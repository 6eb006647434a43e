//! Executions that were recorded from AWS, against mock files in place of the same services.
//!
//! The recordings are no part of this repository: `STEPFN_CONFORMANCE_DIR` is where they are. Mocks leave out what services answer
//! beside the point, so that of data only what is there is compared.
#![allow(clippy::unwrap_used)]

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_executor::{BuildError, Executor, Fault, FaultKind, Outcome, mock_file::MockFile};

#[test]
fn mocked_executions_end_as_recorded() {
    let fallback = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance");
    let directory = env::var_os("STEPFN_CONFORMANCE_DIR").map_or(fallback, PathBuf::from).join("mocking");
    let Ok(entries) = fs::read_dir(&directory) else {
        say(&format!("no recordings in {}: nothing is compared", directory.display()));
        return;
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut passed, mut unsupported, mut failed) = (0, 0, Vec::new());
    for path in &paths {
        let case: Value = fs::read_to_string(path).unwrap().parse().unwrap();
        match agrees(&case) {
            Ok(true) => passed += 1,
            Ok(false) => unsupported += 1,
            Err(reason) => failed.push(format!("{}: {reason}", path.file_name().unwrap().display())),
        }
    }
    let failures = failed.len();
    say(&format!(
        "mocked: {passed} passed, {failures} failed, {unsupported} that this executor cannot run yet"
    ));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What a test prints with a macro is not seen when it passes.
fn say(text: &str) {
    writeln!(io::stdout().lock(), "{text}").unwrap();
}

/// Whether a case could be run; the error is where it ends otherwise than recorded.
fn agrees(case: &Value) -> Result<bool, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let file = MockFile::parse(&case["mock_config"].to_string()).map_err(|error| error.to_string())?;
    let machine = file.state_machines().next().ok_or("no state machine")?.to_owned();
    let mocks =
        file.test_case(&machine, &text(&case["mock_test_case"])).map_err(|error| error.to_string())?;

    let (asl, _) = asl::read(&case["definition"]);
    mocks.check(&asl).map_err(|error| error.to_string())?;
    let workflow_type =
        if text(&case["type"]) == "EXPRESS" { WorkflowType::Express } else { WorkflowType::Standard };
    let definition = Definition::from_asl(machine, workflow_type, asl);
    let executor = match Executor::builder().mocks(&mocks).build(&definition) {
        Ok(executor) => executor,
        Err(BuildError::Definition(error)) if error.faults.iter().all(is_to_come) => return Ok(false),
        Err(error) => return Err(error.to_string()),
    };
    let outcome = executor.run_blocking(case["input"].clone()).map_err(|error| error.to_string())?;

    let expected = &case["expected"];
    let placeholders: Vec<String> =
        case["placeholders"].as_array().unwrap_or_default().iter().map(text).collect();
    if outcome.status.name() != text(&expected["status"]) {
        return Err(format!("{}, not {}", outcome.status, expected["status"]));
    }
    if let (Some(actual), Some(recorded)) = (outcome.output(), expected.get("output")) {
        within(actual, recorded, &placeholders).map_err(|at| format!("output at `{at}`: {actual}"))?;
    }
    events(&outcome, expected)?;
    Ok(true)
}

fn is_to_come(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Jsonata | FaultKind::DistributedMap)
}

/// Whether the events are of the recorded types, in the recorded order, led to by the recorded ones.
fn events(outcome: &Outcome, expected: &Value) -> Result<(), String> {
    let history = outcome.history.to_json();
    let actual = history["events"].as_array().unwrap_or_default();
    if let Some(recorded) = expected.get("events").and_then(Value::as_array).filter(|_| !actual.is_empty()) {
        let brief = |event: &Value| {
            format!(
                "{} {} {}",
                event["id"],
                event["previousEventId"],
                event["type"].as_str().unwrap_or_default()
            )
        };
        for index in 0..recorded.len().max(actual.len()) {
            let (recorded, actual) = (recorded.get(index).map(brief), actual.get(index).map(brief));
            if recorded != actual {
                return Err(format!("event {index}: {actual:?}, not {recorded:?}"));
            }
        }
    }
    Ok(())
}

/// Whether all of a value is in a recorded one; else where it is not.
fn within(actual: &Value, recorded: &Value, placeholders: &[String]) -> Result<(), String> {
    match (actual, recorded) {
        (_, Value::String(text)) if placeholders.iter().any(|token| text.contains(token.as_str())) => Ok(()),
        (Value::Object(actual), Value::Object(recorded)) => {
            for (key, value) in actual.iter() {
                let at = |rest| format!("/{key}{rest}");
                within(value, recorded.get(key).ok_or_else(|| at(String::new()))?, placeholders)
                    .map_err(at)?;
            }
            Ok(())
        }
        (Value::Array(actual), Value::Array(recorded)) if actual.len() == recorded.len() => {
            for (index, (actual, recorded)) in actual.iter().zip(recorded.iter()).enumerate() {
                within(actual, recorded, placeholders).map_err(|rest| format!("/{index}{rest}"))?;
            }
            Ok(())
        }
        _ if actual == recorded => Ok(()),
        _ => Err(String::new()),
    }
}
