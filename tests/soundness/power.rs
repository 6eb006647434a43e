//! The power of the proof: each rule of the data flow is switched off, alone, and the generator must then make a machine that the
//! rest accepts and that fails. A rule for which it makes none is not needed, or lies outside of what is generated.
//!
//! `cargo xtask soundness --power --seconds N` runs it in release for so long, or until no rule is left.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use stepfn::diagnostic::Diagnostic;
use stepfn_core::flow::switch::watch;

use crate::{
    anything::{declared, has_anything},
    machine::{self, Mode},
    mutate::mutate,
    number, prune,
    random::Random,
    recipes,
    rules::{self, Class},
    trial::Trial,
};

/// The observations about a rule.
#[derive(Default)]
struct Seen {
    /// The number of times that a machine was accepted without it alone.
    needed: u64,
    /// The first machine that failed then.
    fails: Option<Found>,
    /// Another rule that refuses at the same place, and the machine that fails without both.
    doubled: Option<(String, Found)>,
}

struct Found {
    seed: u64,
    mode: Mode,
    trial: Trial,
    said: String,
}

/// Rules that found nothing in so many machines are let be.
const ENOUGH: u64 = 3000;

/// Things made wrong of each machine that is accepted.
const MISTAKES: usize = 24;

/// Machines by recipe for each that is random.
const RECIPES: usize = 30;

/// All that was seen, by the rule's name.
type Rules = Mutex<BTreeMap<String, Seen>>;

#[test]
fn each_rule_that_prevents_failures_is_needed() {
    let (seconds, first) = (number("STEPFN_POWER", 20), number("STEPFN_SOUNDNESS_SEED", 1));
    let until = Instant::now() + Duration::from_secs(seconds);
    let rules = Rules::default();
    std::thread::scope(|threads| {
        for mode in [Mode::Paths, Mode::Jsonata, Mode::Mixed] {
            let rules = &rules;
            let work = move || Search { mode, until, rules }.search(first);
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(threads, work).unwrap();
        }
    });
    report(&rules.into_inner().unwrap_or_else(PoisonError::into_inner));
}

/// Reports the observations about each rule, by its place in the source.
fn report(seen: &BTreeMap<String, Seen>) {
    let sites = rules::sites();
    let (mut found, mut doubled, mut lints, mut left) = (0, 0, 0, Vec::new());
    let mut asked = Vec::new();
    for (rule, seen) in seen {
        let name = rules::name(rule, &sites);
        asked.push(name.clone());
        let class = rules::class(&name);
        match (class, &seen.fails, &seen.doubled) {
            (_, Some(one), _) => {
                if class != Some(Class::Fails) {
                    println!("class?     {name}: {class:?}, but a machine fails without it");
                }
                found += 1;
                show("needed    ", &name, one);
            }
            (Some(Class::Lint(reason)), ..) => {
                lints += 1;
                println!("lint       {name}\n           {reason}");
            }
            (Some(Class::Doubled(_)), None, Some((by, one))) => {
                doubled += 1;
                show("doubled   ", &format!("{name} BY {}", rules::name(by, &sites)), one);
            }
            (_, None, both) => {
                println!("UNNOTICED  {name}\n           accepted without it alone: {} machines", seen.needed);
                if let Some((by, one)) = both {
                    show("          ", &format!("but with {}", rules::name(by, &sites)), one);
                }
                left.push(name);
            }
        }
    }
    for site in &sites {
        let place = site.to_string();
        if !asked.iter().any(|name| name.starts_with(&place))
            && rules::class(&place).is_none_or(Class::prevents)
        {
            println!("UNREACHED  {place} (line {})", site.line);
            left.push(place);
        }
    }
    println!("power: {found} of {} (and {doubled} doubled, {lints} lints)", found + left.len());
    assert!(left.is_empty(), "rules without which no machine failed:\n{}", left.join("\n"));
}

fn show(what: &str, name: &str, found: &Found) {
    let Found { seed, mode, trial, said } = found;
    let said: String = said.lines().next().unwrap_or_default().chars().take(160).collect();
    println!("{what} {name}\n           {mode:?}, seed {seed}: {said}");
    if std::env::var_os("STEPFN_POWER_MACHINES").is_some() {
        println!("           {}\n           input {:?}", trial.machine, trial.input);
    }
}

/// Makes machines, and whenever one is refused, tries whether a single rule prevents a failure: while what is refused is
/// taken away, and where one thing of what was accepted is made wrong.
struct Search<'r> {
    mode: Mode,
    until: Instant,
    rules: &'r Rules,
}

impl Search<'_> {
    fn search(&self, first: u64) {
        for seed in first.. {
            if Instant::now() > self.until {
                return;
            }
            let mut random = Random::new(seed);
            for _ in 0..RECIPES {
                let number = random.below(recipes::count());
                let trial = recipes::trial(&mut random, number);
                self.judge(seed, &mut random, &trial);
            }
            let mut trial = machine::trial(&mut random, self.mode);
            let mut accepted = false;
            for _ in 0..40 {
                match self.judge(seed, &mut random, &trial) {
                    None => {
                        accepted = true;
                        break;
                    }
                    Some(finding) if prune::remove(&mut trial, &finding) => {}
                    Some(_) => break,
                }
            }
            for _ in 0..if accepted { MISTAKES } else { 0 } {
                let mut wrong = trial.clone();
                if mutate(&mut random, &mut wrong) {
                    self.judge(seed, &mut random, &wrong);
                }
            }
        }
    }

    fn with<T>(&self, rule: &str, work: impl FnOnce(&mut Seen) -> T) -> T {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if !rules.contains_key(rule) {
            rules.insert(rule.to_owned(), Seen::default());
        }
        work(rules.get_mut(rule).unwrap())
    }

    /// Tries each rule that had something to say of a refused machine; gives the first finding.
    fn judge(&self, seed: u64, random: &mut Random, trial: &Trial) -> Option<Diagnostic> {
        let (built, asked) = watch(&[], || trial.build());
        let mut open: Vec<String> = asked
            .into_iter()
            .filter(|rule| self.with(rule, |seen| seen.fails.is_none() && seen.needed < ENOUGH))
            .collect();
        let findings = built.err()?;
        // Those that ask have mostly nothing to say: a few of them each time.
        let asks = |rule: &String| rule.ends_with(" asks") || rule.ends_with(" obliges");
        let (mut asking, saying): (Vec<String>, Vec<String>) = open.drain(..).partition(asks);
        while asking.len() > 6 {
            asking.swap_remove(random.below(asking.len()));
        }
        if findings.len() <= 4 {
            for rule in saying.iter().chain(&asking) {
                self.without(rule, seed, trial, &findings);
            }
        }
        findings.into_iter().next()
    }

    fn without(&self, rule: &str, seed: u64, trial: &Trial, before: &[Diagnostic]) {
        let (built, asked) = watch(&[rule], || trial.build());
        let left = match built {
            Ok(definition) => {
                self.with(rule, |seen| seen.needed += 1);
                if let Some(found) = self.failing(&[rule], seed, trial, &definition) {
                    self.with(rule, |seen| seen.fails.get_or_insert(found).seed);
                }
                return;
            }
            Err(left) => left,
        };
        // Another rule may refuse the same: with it alone switched off the machine is refused as well.
        if left.len() != 1
            || before.len() > 2
            || self.with(rule, |seen| seen.doubled.is_some() || seen.needed > 0)
        {
            return;
        }
        for other in asked.iter().filter(|other| *other != rule) {
            if let (Ok(definition), _) = watch(&[rule, other], || trial.build()) {
                let alone = watch(&[other.as_str()], || trial.build()).0.is_ok();
                if !alone && let Some(found) = self.failing(&[rule, other], seed, trial, &definition) {
                    self.with(rule, |seen| seen.doubled = Some((other.clone(), found)));
                    return;
                }
            }
        }
    }

    /// The failure of a machine that the checker would not have accepted: none of what is declared to be anything.
    fn failing(
        &self,
        off: &[&str],
        seed: u64,
        trial: &Trial,
        definition: &stepfn::Definition,
    ) -> Option<Found> {
        let failure = trial.run(definition, seed, 40)?;
        let trial = match has_anything(trial) {
            true => watch(off, || declared(trial, seed, &failure)).0.ok()?,
            false => trial.clone(),
        };
        Some(Found { seed, mode: self.mode, trial, said: failure.said })
    }
}
