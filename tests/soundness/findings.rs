//! Failures, grouped by their kind; of each kind some are made as small as they fail.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{
    anything::{declared, has_anything},
    constants::Constant,
    coverage::features,
    exempt::Exempt,
    judge::Failure,
    shrink::shrink,
    trial::{Trial, WorkKind},
};

/// All that runs of random machines have shown.
#[derive(Default)]
pub(crate) struct Findings {
    /// By kind.
    pub(crate) groups: BTreeMap<String, Group>,
    /// The features of the machines that were made.
    pub(crate) made: BTreeSet<String>,
    /// The features of those that were accepted.
    pub(crate) answered: BTreeSet<String>,
    /// The number of times that a code was among the first refusals of a machine.
    pub(crate) refusals: BTreeMap<String, u64>,
    pub(crate) tried: u64,
    /// Accepted as they were made.
    pub(crate) at_once: u64,
    /// Accepted in the end.
    pub(crate) accepted: u64,
    pub(crate) runs: u64,
    /// Failures that lean on what no type declares, by what that is.
    pub(crate) lean: BTreeMap<Exempt, u64>,
    pub(crate) broken: u64,
    pub(crate) broken_refused: u64,
}

/// Failures of one kind.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) count: u64,
    pub(crate) first_seed: u64,
    /// The smallest machines, by what they have.
    pub(crate) samples: BTreeMap<String, Sample>,
}

pub(crate) struct Sample {
    pub(crate) seed: u64,
    pub(crate) trial: Trial,
    pub(crate) said: String,
}

/// Executions that must show a failure again while a machine is made smaller.
const AGAIN: u64 = 30;

impl Findings {
    /// Notes a failure; up to so many of its kind are made small.
    pub(crate) fn report(&mut self, seed: u64, trial: &Trial, failure: Failure, samples: u64) {
        let trial = &match declared(trial, seed, &failure) {
            Ok(trial) => trial,
            Err(exempt) => {
                *self.lean.entry(exempt).or_default() += 1;
                return;
            }
        };
        let group = self.groups.entry(failure.kind.clone()).or_default();
        if group.count == 0 {
            group.first_seed = seed;
        }
        group.count += 1;
        if group.count > samples {
            return;
        }
        let run =
            |trial: &Trial| trial.build().ok().and_then(|definition| trial.run(&definition, seed, AGAIN));
        // Nor does a smaller one lean on what is anything.
        let leans = has_anything(trial);
        let small = shrink(trial, |trial| {
            (leans || !has_anything(trial)) && run(trial).is_some_and(|found| found.kind == failure.kind)
        });
        let said = run(&small).map_or(failure.said, |found| found.said);
        if group.samples.len() >= 12 {
            return;
        }
        let features = features(&small);
        if let std::collections::btree_map::Entry::Vacant(vacant) = group.samples.entry(features) {
            let sample = Sample { seed, trial: small, said };
            // At once: who stops a long run keeps what it found.
            println!("\n=== {}\n{}", failure.kind, sample.show(vacant.key()));
            vacant.insert(sample);
        }
    }

    /// Notes that a part of the program panicked, which cannot be tried again.
    pub(crate) fn panicked(&mut self, seed: u64, failure: Failure, trial: Trial) {
        let group =
            self.groups.entry(failure.kind).or_insert_with(|| Group { first_seed: seed, ..Group::default() });
        group.count += 1;
        group.samples.entry(String::new()).or_insert(Sample { seed, trial, said: failure.said });
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        for (kind, group) in other.groups {
            let known = self
                .groups
                .entry(kind)
                .or_insert_with(|| Group { first_seed: group.first_seed, ..Group::default() });
            known.count += group.count;
            for (features, sample) in group.samples {
                known.samples.entry(features).or_insert(sample);
            }
        }
        self.made.extend(other.made);
        self.answered.extend(other.answered);
        for (code, count) in other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
        self.tried += other.tried;
        self.at_once += other.at_once;
        self.accepted += other.accepted;
        self.runs += other.runs;
        for (exempt, count) in other.lean {
            *self.lean.entry(exempt).or_default() += count;
        }
        self.broken += other.broken;
        self.broken_refused += other.broken_refused;
    }

    /// The figures in one line, and the codes of refusals in a second.
    pub(crate) fn figures(&self) -> String {
        let Self { tried, at_once, accepted, runs, lean, broken, broken_refused, .. } = self;
        let mut codes: Vec<_> = self.refusals.iter().collect();
        codes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let codes: Vec<_> = codes.into_iter().map(|(code, count)| format!("{code} {count}")).collect();
        format!(
            "{tried} machines made, {at_once} accepted as they were, {accepted} after what was refused was taken away; {runs} \
             executions, of which fail for what is exempt: {lean:?}; {broken_refused} of {broken} broken machines refused\nrefused at first: {}",
            codes.join(", ")
        )
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, group) in &self.groups {
            writeln!(f, "\n=== {} times, first with seed {}: {kind}", group.count, group.first_seed)?;
            for (features, sample) in &group.samples {
                writeln!(f, "{}", sample.show(features))?;
            }
        }
        Ok(())
    }
}

impl Sample {
    fn show(&self, features: &str) -> String {
        let Self { seed, trial, said } = self;
        let mut out = format!("--- seed {seed}: {features}\n");
        show(trial, &mut out);
        out.extend(said.chars().take(700));
        out
    }
}

/// The machine, its types and its work.
pub(crate) fn shown(trial: &Trial) -> String {
    let mut out = String::new();
    show(trial, &mut out);
    out
}

fn show(trial: &Trial, out: &mut String) {
    out.push_str(&format!("{}\n", trial.machine));
    if trial.strict {
        out.push_str("strict\n");
    }
    out.push_str(&format!("input type {}\n", short(&format!("{:?}", trial.input))));
    if let Some(output) = trial.output {
        out.push_str(&format!("output type {}\n", short(&format!("{output:?}"))));
    }
    let text = trial.machine.to_string();
    for Constant { text: place, shape, value } in &trial.constants {
        if text.contains(place) {
            out.push_str(&format!("constant {place}: {}, which is {value}\n", short(&format!("{shape:?}"))));
        }
    }
    for work in &trial.work {
        if trial.machine.to_string().contains(&format!("\"{}\"", work.state)) {
            out.push_str(&format!("work {}: {}\n", work.state, short(&work.kind.to_string())));
            if let WorkKind::Child { number, .. } = work.kind {
                out.push_str("which starts ");
                show(&trial.children[number].trial, out);
            }
        }
    }
}

/// Returns a type without the words that are in every one.
fn short(shape: &str) -> String {
    let mut out = shape.to_owned();
    for (long, short) in [
        ("ObjectShape { name: \"Random\", ", "{ "),
        ("flattened: [], ", ""),
        ("deny_unknown_fields: false", ""),
        ("made: Always, given: Required", "always"),
    ] {
        out = out.replace(long, short);
    }
    out.chars().take(1500).collect()
}
