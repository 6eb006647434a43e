//! The promise, tested: what the checker accepts never fails with a path or type error, over random machines, types and inputs.
//!
//! Machines are made by the tables of the language (fields, operators, functions, forms) over types of every kind, with typed sinks:
//! functions' inputs, machines' outputs, declared results. What is refused of a machine is taken away until the rest is accepted, and
//! that is run with values at the corners of its types. Failures are grouped by their kind; one of each is made small and shown.
//!
//! `cargo xtask soundness` runs fresh seeds in release. `STEPFN_SOUNDNESS` is the number of executions of each query language,
//! `STEPFN_SOUNDNESS_SEED` the seed to begin with, `STEPFN_SOUNDNESS_SECONDS` the time after which to end, `STEPFN_SOUNDNESS_SAMPLES` the number of failures of each kind to make small,
//! `STEPFN_SOUNDNESS_MODE` the only mode that runs (`paths`, `jsonata`, `mixed`). A seed that takes long or much memory is named while it runs;
//! with `STEPFN_SOUNDNESS_SHOW` each machine is shown before it does.
#![allow(clippy::unwrap_used)]

mod anything;
mod blind;
mod calls;
mod child;
mod constants;
mod coverage;
mod exempt;
mod expressions;
mod files;
mod findings;
mod guess;
#[path = "../derive/interpret.rs"]
#[allow(dead_code)]
mod interpret;
mod judge;
mod known;
mod machine;
mod map;
mod mutate;
mod nan;
mod paths;
#[cfg(feature = "rule-switches")]
mod power;
mod prune;
mod query;
mod random;
mod recipes;
mod rules;
mod scope;
mod shapes;
mod shrink;
mod sink;
mod started;
mod states;
mod tables;
mod task;
mod trial;
mod values;
mod watch;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    time::{Duration, Instant},
};

use findings::Findings;
use judge::Failure;
use known::KNOWN;
use machine::Mode;
use random::Random;
use watch::Watch;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Executions of each accepted machine: as many as take about half the time that making the machine takes. More would cost
/// little and show little: a machine that fails mostly does so among the first. So the number of machines is what counts, a
/// quarter of a million in ten million executions.
const TIMES: u64 = 40;

/// Makes machines until there were enough executions of accepted ones, or the time is up.
fn run(watch: &Watch, mode: Mode, first: u64, wanted: u64, samples: u64) -> Findings {
    let mut findings = Findings::default();
    let until = Instant::now() + Duration::from_secs(number("STEPFN_SOUNDNESS_SECONDS", 1 << 30));
    let mut told = Instant::now();
    for seed in first.. {
        if findings.runs >= wanted || Instant::now() > until {
            break;
        }
        // Who stops a long run keeps its figures.
        if told.elapsed() > Duration::from_secs(300) {
            told = Instant::now();
            println!("{mode:?} from seed {first} to {seed}: {}", findings.figures());
        }
        watch.begin(mode, seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| one(mode, seed, samples, &mut findings)));
        if let Err(panic) = outcome {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let failure = Failure::new("panic", &said.unwrap_or_default(), None);
            let trial = machine::trial(&mut Random::new(seed), mode);
            findings.panicked(seed, failure, trial);
        }
        let took = watch.end(mode);
        if took > Duration::from_secs(10) {
            println!("{mode:?}, seed {seed}: {took:?}");
        }
    }
    findings
}

/// One machine, and the same with one thing broken.
fn one(mode: Mode, seed: u64, samples: u64, findings: &mut Findings) {
    let mut random = Random::new(seed);
    findings.tried += 1;
    let trial = machine::trial(&mut random, mode);
    coverage::note(&trial, &mut findings.made);
    let mut first = Vec::new();
    let pruned = prune::prune(trial, |_, refused| {
        first = refused.iter().map(|finding| finding.code.name().to_owned()).collect();
    });
    findings.at_once += u64::from(first.is_empty());
    first.sort();
    first.dedup();
    for code in first {
        *findings.refusals.entry(code).or_default() += 1;
    }
    let Some((trial, definition)) = pruned else { return };
    findings.accepted += 1;
    coverage::note(&trial, &mut findings.answered);
    findings.runs += TIMES;
    if std::env::var_os("STEPFN_SOUNDNESS_SHOW").is_some() {
        println!("{mode:?}, seed {seed}:\n{}", findings::shown(&trial));
    }
    if let Some(failure) = trial.run(&definition, seed, TIMES) {
        findings.report(seed, &trial, failure, samples);
    }
    by_recipe(&mut random, seed, samples, findings);
    let mut broken = trial;
    if !mutate::mutate(&mut random, &mut broken) {
        return;
    }
    findings.broken += 1;
    match broken.build() {
        Err(_) => findings.broken_refused += 1,
        Ok(definition) => {
            findings.runs += TIMES;
            if let Some(failure) = broken.run(&definition, seed, TIMES) {
                findings.report(seed, &broken, failure, samples);
            }
        }
    }
}

/// A machine with a mistake by recipe: what the checker does not refuse of it must run.
fn by_recipe(random: &mut Random, seed: u64, samples: u64, findings: &mut Findings) {
    let number = random.below(recipes::count());
    let trial = recipes::trial(random, number);
    coverage::note(&trial, &mut findings.made);
    findings.broken += 1;
    match trial.build() {
        Err(_) => findings.broken_refused += 1,
        Ok(definition) => {
            findings.runs += TIMES;
            if let Some(failure) = trial.run(&definition, seed, TIMES) {
                findings.report(seed, &trial, failure, samples);
            }
        }
    }
}

/// The modes that run: all, or the one that `STEPFN_SOUNDNESS_MODE` names.
fn modes() -> Vec<Mode> {
    let all = [Mode::Paths, Mode::Jsonata, Mode::Mixed];
    let Ok(wanted) = std::env::var("STEPFN_SOUNDNESS_MODE") else { return all.into() };
    let named: Vec<_> =
        all.into_iter().filter(|mode| format!("{mode:?}").eq_ignore_ascii_case(&wanted)).collect();
    assert!(!named.is_empty(), "`STEPFN_SOUNDNESS_MODE` is one of {all:?}, not `{wanted}`");
    named
}

/// All languages side by side.
fn run_all(first: u64, wanted: u64, samples: u64) -> Findings {
    let (modes, watch) = (modes(), Watch::default());
    let each: Vec<_> = std::thread::scope(|threads| {
        let (watch, (running, ended)) = (&watch, mpsc::channel());
        threads.spawn(move || watch.look(&ended));
        let start = |mode| {
            let wanted = if mode == Mode::Mixed { wanted / 2 } else { wanted };
            let work = move || run(watch, mode, first, wanted, samples);
            // Shapes and expressions nest.
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(threads, work).unwrap()
        };
        let spawned: Vec<_> = modes.iter().copied().map(start).collect();
        let each = spawned.into_iter().map(|thread| thread.join().unwrap()).collect();
        drop(running);
        each
    });
    let mut all = Findings::default();
    for (mode, findings) in modes.iter().zip(each) {
        println!("{mode:?} from seed {first}: {}", findings.figures());
        all.absorb(findings);
    }
    all
}

#[test]
fn what_is_accepted_never_fails_on_a_path_or_a_type() {
    let (wanted, first) = (number("STEPFN_SOUNDNESS", 40_000), number("STEPFN_SOUNDNESS_SEED", 1));
    let fixed = ["STEPFN_SOUNDNESS", "STEPFN_SOUNDNESS_SEED", "STEPFN_SOUNDNESS_MODE"]
        .iter()
        .all(|name| std::env::var_os(name).is_none());
    let samples = number("STEPFN_SOUNDNESS_SAMPLES", 1);
    let mut findings = run_all(first, wanted, samples);
    let missing = tables::missing(&findings.made);
    println!(
        "made, but not in a machine that was accepted: {}",
        tables::missing(&findings.answered).join(", ")
    );
    let closed: Vec<_> = KNOWN.iter().filter(|kind| !findings.groups.contains_key(**kind)).collect();
    findings.groups.retain(|kind, _| !KNOWN.contains(&kind.as_str()));
    assert!(
        findings.groups.is_empty(),
        "{} kinds of failures of accepted machines:\n{findings}",
        findings.groups.len()
    );
    assert!(!fixed || missing.is_empty(), "never made:\n{}", missing.join("\n"));
    assert!(!fixed || closed.is_empty(), "no longer seen, so no longer to be listed as known:\n{closed:#?}");
    let few = findings.tried < 100;
    assert!(few || findings.at_once * 20 > findings.tried, "hardly any machine is accepted as it is made");
}
