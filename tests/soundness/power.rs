//! The power of the proof: each rule of the data flow is switched off, alone, and the generator must then make a machine that the
//! rest accepts and that fails. A rule for which it makes none is not needed, or lies outside of what is generated.

use std::collections::BTreeMap;

use stepfn::diagnostic::Diagnostic;
use stepfn_core::flow::switch::watch;

use crate::{
    anything::has_anything,
    machine::{self, Mode},
    number, prune,
    random::Random,
    shapes, shrink,
    trial::{Trial, WorkKind},
};

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Without it machines fail.
    Fails,
    /// It refuses what makes no sense but does not fail, for this reason.
    Lint(&'static str),
}

/// Rules that are not there to prevent failures, by words of their names.
const LINTS: [(&str, &str); 9] = [
    ("the comparison is never true", "a comparison of other types is false"),
    ("unknown-literal", "a comparison with a text that an enum does not have is false"),
    ("unraised-error", "an error that nobody raises is never caught"),
    ("unwritten-field", "a finding about raw JSON, which no typed machine has"),
    ("claim path of JSONPath to Maybe", "a comparison of other types is false"),
    ("claim path of JSONPath to Nothing", "a test of what cannot be there is false"),
    ("claim path of JSONata to Nothing", "what cannot be there comes to nothing, which is allowed there"),
    ("claim path to a literal", "a comparison with a text that an enum does not have is false"),
    ("claim raises", "an error that nobody raises is never caught"),
];

fn class(rule: &str) -> Class {
    LINTS
        .iter()
        .find(|(words, _)| rule.contains(words))
        .map_or(Class::Fails, |(_, reason)| Class::Lint(reason))
}

/// What was seen of a rule.
#[derive(Default)]
struct Seen {
    /// How often a machine was accepted without it alone.
    needed: u64,
    /// The first machine that failed then.
    fails: Option<(u64, Trial, String)>,
}

/// Rules that found nothing in so many machines are let be.
const ENOUGH: u64 = 400;

#[test]
fn each_rule_that_prevents_failures_is_needed() {
    let (machines, first) = (number("STEPFN_POWER", 300), number("STEPFN_SOUNDNESS_SEED", 1));
    let modes = [Mode::Paths, Mode::Jsonata, Mode::Mixed];
    let mut rules: BTreeMap<String, Seen> = BTreeMap::new();
    let each: Vec<_> = std::thread::scope(|threads| {
        let spawned = modes.map(|mode| {
            let work = move || search(mode, first, machines);
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(threads, work).unwrap()
        });
        spawned.map(|thread| thread.join().unwrap()).into()
    });
    for found in each {
        for (rule, seen) in found {
            let known = rules.entry(rule).or_default();
            known.needed += seen.needed;
            known.fails = known.fails.take().or(seen.fails);
        }
    }
    let fails: Vec<_> = rules.iter().filter(|(rule, _)| class(rule) == Class::Fails).collect();
    for (rule, seen) in &fails {
        match &seen.fails {
            Some((seed, trial, said)) => {
                let said: String = said.lines().next().unwrap_or_default().chars().take(160).collect();
                println!("needed     {rule}\n           seed {seed}: {said}");
                if std::env::var_os("STEPFN_POWER_MACHINES").is_some() {
                    println!("           {}", trial.machine);
                }
            }
            None => {
                println!("UNNOTICED  {rule}\n           accepted without it alone: {} machines", seen.needed)
            }
        }
    }
    for (rule, seen) in &rules {
        if let Class::Lint(reason) = class(rule) {
            println!(
                "lint       {rule}\n           {reason}; machines that fail without it: {}",
                u8::from(seen.fails.is_some())
            );
        }
    }
    let found = fails.iter().filter(|(_, seen)| seen.fails.is_some()).count();
    println!("power: {found} of {} (and {} lints)", fails.len(), rules.len() - fails.len());
    assert_eq!(found, fails.len(), "rules without which no machine failed: see UNNOTICED above");
}

/// Things broken of each machine that is accepted.
const BREAKS: usize = 16;

/// Makes machines, and whenever one is refused, tries whether a rule alone stands between it and a failure: while what is refused is
/// taken away, and where one thing of what was accepted is broken.
fn search(mode: Mode, first: u64, machines: u64) -> BTreeMap<String, Seen> {
    let mut rules: BTreeMap<String, Seen> = BTreeMap::new();
    for seed in first..first + machines {
        let mut random = Random::new(seed);
        let mut trial = machine::trial(&mut random, mode);
        let mut accepted = false;
        for _ in 0..40 {
            match judge(seed, &trial, &mut rules) {
                None => {
                    accepted = true;
                    break;
                }
                Some(finding) if prune::remove(&mut trial, &finding) => {}
                Some(_) => break,
            }
        }
        for _ in 0..if accepted { BREAKS } else { 0 } {
            let mut broken = trial.clone();
            if break_one(&mut random, &mut broken) {
                judge(seed, &broken, &mut rules);
            }
        }
    }
    rules
}

/// A part of the machine, or what a sink takes.
fn break_one(random: &mut Random, trial: &mut Trial) -> bool {
    let other = shapes::shape(random, 2);
    if random.one_in(5) {
        trial.output = Some(other);
        return true;
    }
    if random.one_in(3) && !trial.work.is_empty() {
        let at = random.below(trial.work.len());
        if let WorkKind::Function { input, output, .. } = &mut trial.work[at].kind {
            if random.one_in(2) {
                *input = other;
            } else {
                *output = other;
            }
            return true;
        }
    }
    shrink::break_one(&mut trial.machine, random)
}

/// Tries each rule that had something to say of a refused machine; gives the first finding.
fn judge(seed: u64, trial: &Trial, rules: &mut BTreeMap<String, Seen>) -> Option<Diagnostic> {
    let (built, asked) = watch(None, || trial.build());
    for rule in &asked {
        rules.entry(rule.clone()).or_default();
    }
    let findings = built.err()?;
    if findings.len() <= 4 && !has_anything(trial) {
        for rule in asked {
            without(&rule, seed, trial, rules);
        }
    }
    findings.into_iter().next()
}

fn without(rule: &str, seed: u64, trial: &Trial, rules: &mut BTreeMap<String, Seen>) {
    let seen = rules.entry(rule.to_owned()).or_default();
    if seen.fails.is_some() || seen.needed > ENOUGH {
        return;
    }
    if let (Ok(definition), _) = watch(Some(rule), || trial.build()) {
        seen.needed += 1;
        if let Some(failure) = trial.run(&definition, seed, 40) {
            seen.fails = Some((seed, trial.clone(), failure.said));
        }
    }
}
