//! Checker and executor judge each other: where a value is known, the one must not call an error what the other does, nor let pass
//! what fails.
//!
//! Each case is one state and the data that it gets. The checker gets them as a definition in which a first state makes the data, so
//! that it knows the value; the executor runs the state with the data as its input.
#![allow(clippy::unwrap_used, clippy::panic)]

mod cases;
mod exceptions;

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Map, Value as Json, json};
use stepfn_core::{
    asl,
    check::{Options, check_text},
    definition::{Definition, WorkflowType},
    diagnostic::Severity,
    value::Value,
};
use stepfn_executor::{Executor, Mock};

/// One state and the data that it gets.
pub(crate) struct Case {
    /// The case.
    pub(crate) what: String,
    /// Of which value.
    pub(crate) value: &'static str,
    pub(crate) input: Json,
    pub(crate) state: Json,
    pub(crate) jsonata: bool,
}

#[derive(PartialEq)]
enum Ran {
    Well,
    Failed(String),
    /// The executor does not take the definition at all.
    Refused(String),
}

fn machine(case: &Case, known: bool) -> String {
    let mut states = Map::new();
    if known {
        let field = if case.jsonata { "Output" } else { "Result" };
        states.insert("L".into(), json!({ "Type": "Pass", field: case.input, "Next": "Q" }));
    }
    states.insert("Q".into(), case.state.clone());
    states.insert("E".into(), json!({ "Type": "Succeed" }));
    if case.state.get("End").is_some() {
        states.remove("E");
    }
    // Fails on what a catcher must not take for the error that is tried.
    if case.state.to_string().contains("\"Broken\"") {
        states.insert("Broken".into(), json!({ "Type": "Fail", "Error": "Broken" }));
    }
    let start = if known { "L" } else { "Q" };
    let language = if case.jsonata { "JSONata" } else { "JSONPath" };
    json!({ "QueryLanguage": language, "StartAt": start, "States": states }).to_string()
}

fn run(case: &Case) -> Ran {
    let (machine, found) = match asl::read_str(&machine(case, false)) {
        Ok(read) => read,
        Err(error) => return Ran::Refused(error.to_string()),
    };
    if let Some(found) = found.iter().find(|found| found.severity == Severity::Error) {
        return Ran::Refused(found.message.clone());
    }
    let definition = Definition::from_asl("M", WorkflowType::Standard, machine);
    let executor = Executor::builder()
        .resource(
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            Mock::respond_with(|call| Ok(call.input.clone())),
        )
        .build(&definition);
    let executor = match executor {
        Ok(executor) => executor,
        Err(error) => return Ran::Refused(error.to_string()),
    };
    match executor.run_blocking(serde_json::from_value::<Value>(case.input.clone()).unwrap()) {
        Ok(outcome) if outcome.output().is_some() => Ran::Well,
        Ok(outcome) => Ran::Failed(format!(
            "{}: {}",
            outcome.error().unwrap_or_default(),
            outcome.cause().unwrap_or_default()
        )),
        Err(error) => Ran::Failed(error.to_string()),
    }
}

/// The contradiction of checker and executor about a case.
pub(crate) enum Contradiction {
    /// An error, and it runs.
    Alarm(String),
    /// No diagnostic at all, and it fails.
    Silent(String),
}

fn contradiction(case: &Case) -> Option<Contradiction> {
    let diagnostics = check_text(&machine(case, true), &Options::default()).diagnostics;
    let error = diagnostics.iter().find(|found| found.diagnostic.severity == Severity::Error);
    match (error, run(case)) {
        (Some(error), Ran::Well) => {
            let diagnostic = &error.diagnostic;
            Some(Contradiction::Alarm(format!("{}: {}", diagnostic.code.name(), diagnostic.message)))
        }
        (None, Ran::Failed(why) | Ran::Refused(why)) if diagnostics.is_empty() => {
            Some(Contradiction::Silent(why))
        }
        _ => None,
    }
}

#[derive(Default)]
struct Group {
    values: Vec<&'static str>,
    example: String,
}

#[derive(Default)]
struct Groups {
    count: usize,
    groups: BTreeMap<String, Group>,
}

impl Groups {
    fn add(&mut self, case: &Case, example: String) {
        self.count += 1;
        let group = self.groups.entry(case.what.clone()).or_default();
        group.values.push(case.value);
        group.example = example;
    }

    fn listed(&self) -> String {
        let mut text = format!("{} in {} groups\n", self.count, self.groups.len());
        for (what, group) in &self.groups {
            writeln!(text, "  {what}  [{}]\n      {}", group.values.join(" "), group.example).unwrap();
        }
        text
    }
}

#[test]
fn checker_and_executor_never_contradict_each_other_on_a_known_value() {
    let cases = cases::all();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found: Vec<Option<Contradiction>> = std::thread::scope(|scope| {
        let parts = cases.chunks(cases.len().div_ceil(threads));
        let parts: Vec<_> = parts
            .map(|part| scope.spawn(move || part.iter().map(contradiction).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let (mut alarms, mut silent, mut excepted) = (Groups::default(), Groups::default(), 0);
    for (case, found) in cases.iter().zip(found) {
        match found {
            Some(found) if exceptions::is_excepted(case, &found) => excepted += 1,
            Some(Contradiction::Alarm(why)) => alarms.add(case, why),
            Some(Contradiction::Silent(why)) => silent.add(case, why),
            None => {}
        }
    }
    println!("{} cases, {excepted} of them excepted", cases.len());
    assert!(
        alarms.count + silent.count == 0,
        "false alarms: {}silent failures: {}",
        alarms.listed(),
        silent.listed()
    );
}
