//! The promise, tested: what the checker accepts never fails with a path or type error, over random machines, shapes and inputs.
//!
//! `STEPFN_SOUNDNESS=10000000 cargo test --release --test soundness` runs as many executions of each query language,
//! `STEPFN_SOUNDNESS_SEED` begins elsewhere. What fails is made as small as it fails, and shown. With `--nocapture` the test says how
//! many of random breakages are refused.
#![allow(clippy::unwrap_used)]

mod jsonata;
mod paths;
mod random;
mod shrink;

use std::sync::{Arc, Mutex};

use random::{Random, object, shape, value};
use stepfn::{
    Definition, asl,
    draft::Draft,
    executor::{Executor, Mock, TaskCall},
    json,
    shape::Shape,
    task::TaskFailure,
    value::Value,
};

/// A machine over types: its definition, the input's type, and what each Task answers.
#[derive(Clone)]
struct Trial {
    machine: Value,
    input: &'static Shape,
    tasks: Vec<(String, &'static Shape)>,
}

impl Trial {
    /// The machine, where the checker accepts it.
    fn accepted(&self) -> Option<Definition> {
        let (machine, findings) = asl::read_str(&self.machine.to_string()).ok()?;
        if !findings.is_empty() {
            return None;
        }
        let mut draft = Draft::new("Random", machine);
        draft.input = Some(self.input);
        draft.results = self.tasks.clone();
        draft.build().ok()
    }

    /// Runs the machine, and tells of the first execution that breaks the promise.
    fn run(&self, definition: &Definition, seed: u64, times: u64) -> Option<String> {
        let random = Arc::new(Mutex::new(Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), self.input)));
        let mut builder = Executor::builder();
        for (state, shape) in &self.tasks {
            let (random, shape) = (Arc::clone(&random), *shape);
            let answer = move |_: &TaskCall<'_>| {
                let mut random = random.lock().unwrap();
                if random.one_in(4) {
                    return Err(TaskFailure::with_cause("Boom", "it broke"));
                }
                Ok(value(&mut random, shape))
            };
            builder =
                builder.task(state.trim_start_matches("/States/").to_owned(), Mock::respond_with(answer));
        }
        let executor = match builder.build(definition) {
            Ok(executor) => executor,
            Err(error) => return Some(error.to_string()),
        };
        for _ in 0..times {
            let input = value(&mut random.lock().unwrap(), self.input);
            let outcome = match executor.run_blocking(input.clone()) {
                Ok(outcome) => outcome,
                Err(error) => return Some(format!("{error}\ninput {input}")),
            };
            // No type tells how large a number or a text is.
            let cause = outcome.cause().unwrap_or_default();
            let of_size = cause.contains("must be between")
                || cause.contains("DataLimitExceeded")
                || cause.contains("ArrayRange");
            let innocent = outcome
                .error()
                .is_none_or(|error| error.starts_with("Boom") || error == "States.NoChoiceMatched");
            if !innocent && !of_size {
                return Some(format!("{}\ninput {input}\n{}", outcome.status, outcome.history));
            }
        }
        None
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Runs random machines until there were enough executions of accepted ones.
fn holds(language: &str, machine: impl Fn(&mut Random) -> (String, Vec<String>)) {
    const TIMES: u64 = 200;
    let (wanted, first) = (number("STEPFN_SOUNDNESS", 100_000), number("STEPFN_SOUNDNESS_SEED", 1));
    let (mut tried, mut accepted, mut runs) = (0, 0, 0);
    let (mut broken, mut refused, mut harmless) = (0, 0, 0);
    for seed in first.. {
        if runs >= wanted {
            break;
        }
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), &Shape::Any);
        let input = object(&mut random, 2);
        random.1 = input;
        let (text, tasks) = machine(&mut random);
        let tasks = tasks.into_iter().map(|task| (task, shape(&mut random, 2))).collect();
        // A key may stand twice.
        let Ok(document) = json::parse(&text) else { continue };
        let trial = Trial { machine: document.value, input, tasks };
        tried += 1;
        assert!(
            tried < 2000 || accepted * 40 > tried,
            "hardly any machine is accepted: {accepted} of {tried}"
        );
        let Some(definition) = trial.accepted() else { continue };
        accepted += 1;
        runs += TIMES;
        report(language, seed, &trial, trial.run(&definition, seed, TIMES));
        // The same machine with one thing broken: refused, or it still never fails.
        let mut mutant = trial.clone();
        if !shrink::break_one(&mut mutant.machine, &mut random) {
            continue;
        }
        broken += 1;
        match mutant.accepted() {
            None => refused += 1,
            Some(definition) => {
                harmless += 1;
                report(language, seed, &mutant, mutant.run(&definition, seed, TIMES));
            }
        }
    }
    println!(
        "{language}: {accepted} of {tried} random machines accepted, {runs} executions; {refused} of {broken} broken ones refused, the \
         other {harmless} never fail either"
    );
}

#[track_caller]
fn report(language: &str, seed: u64, trial: &Trial, failure: Option<String>) {
    let Some(failure) = failure else { return };
    let fails =
        |trial: &Trial| trial.accepted().is_some_and(|definition| trial.run(&definition, seed, 50).is_some());
    let small = shrink::shrink(trial, fails);
    let said = small.accepted().and_then(|definition| small.run(&definition, seed, 50)).unwrap_or(failure);
    panic!(
        "{language}, seed {seed}: accepted, and fails\n{}\ninput: {:?}\ntasks: {:?}\n{said}",
        small.machine.to_pretty_string(),
        small.input,
        small.tasks
    );
}

#[test]
fn what_is_accepted_in_jsonpath_never_fails_on_a_path_or_a_type() {
    holds("JSONPath", paths::machine);
}

#[test]
fn what_is_accepted_in_jsonata_never_fails_on_a_path_or_a_type() {
    holds("JSONata", |random| (jsonata::machine(random), Vec::new()));
}
