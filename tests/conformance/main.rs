//! Executions recorded from AWS itself, run again natively: status, output, error, cause and, where recorded, the whole event history.
//!
//! The recordings are no part of this repository. `STEPFN_CONFORMANCE_DIR` is where they are; without them the test reports it and
//! passes. `STEPFN_CASE` takes a part of a case's file name and shows what differs:
//!
//! ```sh
//! STEPFN_CASE=wait_timestamp cargo test --test conformance
//! ```
//!
//! What the API answered is asked over HTTP, by `stepfn-server`: `cargo test -p stepfn-server --test api`.

#![allow(clippy::unwrap_used, unreachable_pub)] // a test

mod case;
mod compare;
mod definitions;
mod executions;
mod states;
mod tasks;

use std::{
    collections::BTreeMap,
    env,
    io::{self, Write},
    path::{Path, PathBuf},
};

use case::Case;

/// The number of AWS's recordings that are known to differ. It may only fall.
///
/// - Timers of one instant went off in another order (1), and one execution never went on (1): AWS's own chance.
/// - What the service answered is not in the recording (1).
const KNOWN: usize = 3;

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<(String, String)>,
}

#[test]
fn recorded_executions() -> io::Result<()> {
    let folder = env::var_os("STEPFN_CONFORMANCE_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"), PathBuf::from);
    let only = env::var("STEPFN_CASE").ok();
    // What a test prints with a macro is not seen when it passes.
    let mut out = io::stdout().lock();
    if !folder.is_dir() {
        return writeln!(
            out,
            "conformance: no recordings at {}: set STEPFN_CONFORMANCE_DIR",
            folder.display()
        );
    }

    let (mut areas, mut imitated) = (BTreeMap::<String, Tally>::new(), Tally::default());
    for case in Case::all(&folder)? {
        if only.as_ref().is_some_and(|only| !case.file.contains(only.as_str())) {
            continue;
        }
        let (differences, shown) = match &*case.kind {
            "execution" | "express_sync" | "mocked" => executions::differences(&case),
            "test_state" => states::differences(&case),
            "create_error" => (definitions::created(&case), String::new()),
            "validate_definition" => (definitions::validated(&case), String::new()),
            _ => continue,
        };
        if only.is_some() {
            show(&mut out, &case, &differences, &shown)?;
        }
        let tally = if case.by_aws { areas.entry(case.area.clone()).or_default() } else { &mut imitated };
        match differences.into_iter().next() {
            None => tally.passed += 1,
            Some(first) => tally.failed.push((case.file, first)),
        }
    }

    let failures = || areas.values().flat_map(|tally| &tally.failed);
    if only.is_none() {
        for (file, first) in failures().chain(&imitated.failed) {
            writeln!(out, "{file}\n    {}", first.lines().next().unwrap_or_default())?;
        }
    }
    for (area, tally) in &areas {
        writeln!(out, "{area:<20} {:>4} passed, {:>3} failed", tally.passed, tally.failed.len())?;
    }
    if imitated.passed + imitated.failed.len() > 0 {
        writeln!(
            out,
            "not from AWS         {:>4} passed, {:>3} failed",
            imitated.passed,
            imitated.failed.len()
        )?;
    }
    let (passed, failed) = (areas.values().map(|tally| tally.passed).sum::<usize>(), failures().count());
    writeln!(out, "{passed} passed, {failed} failed")?;
    assert!(only.is_some() || failed <= KNOWN, "{failed} recordings differ, {KNOWN} are known to");
    Ok(())
}

/// Shows what is needed to fix a case.
fn show(out: &mut impl Write, case: &Case, differences: &[String], shown: &str) -> io::Result<()> {
    writeln!(out, "== {} ({})", case.file, case.kind)?;
    if differences.is_empty() {
        return writeln!(out, "   the same");
    }
    writeln!(out, "definition {}", case.value["definition"].to_pretty_string())?;
    writeln!(out, "input {}", case.value["input"])?;
    if let Some(request) = case.value.get("request") {
        writeln!(out, "request {request}")?;
    }
    if let Some(response) = case.expected().get("response") {
        writeln!(out, "wanted {}", response.to_pretty_string())?;
    }
    for event in case.expected()["events"].as_array().unwrap_or_default() {
        let mut details = event.clone();
        details
            .make_object()
            .retain(|key, _| !matches!(&**key, "id" | "previousEventId" | "timestamp" | "type"));
        let (id, previous, name) =
            (&event["id"], &event["previousEventId"], event["type"].as_str().unwrap_or_default());
        writeln!(out, "wanted {id} <- {previous} {name} {details}")?;
    }
    writeln!(out, "{shown}")?;
    differences.iter().try_for_each(|difference| writeln!(out, "differs: {difference}"))
}
