//! The coverage of a workflow by a test suite.

use std::fmt;

use indexmap::IndexMap;
use stepfn_core::{
    asl::{State, StateKind, StateMachine},
    definition::{Definition, Source, without_detours},
    graph::{EdgeKind, Graph, Mark},
    json, sort,
};

use super::{
    Run, fail,
    picture::{Trace, trace},
};
use crate::{History, Outcome, program::Exit};

/// A way out of a state, or a retrier of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Way {
    /// `Next`, or the end where there is none.
    Next {
        /// The state's name.
        state: String,
        /// The next state's name.
        next: Option<String>,
    },
    /// A rule of a Choice.
    Rule {
        /// The state's name.
        state: String,
        /// Its place in `Choices`, from 0.
        index: usize,
        /// The next state's name.
        next: String,
    },
    /// The `Default` of a Choice.
    Default {
        /// The state's name.
        state: String,
        /// The next state's name.
        next: String,
    },
    /// A catcher.
    Catch {
        /// The state's name.
        state: String,
        /// Its place in `Catch`, from 0.
        index: usize,
        /// Its `ErrorEquals`.
        errors: Vec<String>,
        /// The next state's name.
        next: String,
    },
    /// A retrier that was used at least once.
    Retry {
        /// The state's name.
        state: String,
        /// Its place in `Retry`, from 0.
        index: usize,
        /// Its `ErrorEquals`.
        errors: Vec<String>,
    },
}

impl Way {
    /// The name of the state that it leads out of.
    pub fn state(&self) -> &str {
        match self {
            Self::Next { state, .. }
            | Self::Rule { state, .. }
            | Self::Default { state, .. }
            | Self::Catch { state, .. }
            | Self::Retry { state, .. } => state,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Next { state, next: Some(next) } => write!(f, "{state} → {next}"),
            Self::Next { state, next: None } => write!(f, "{state} → the end"),
            Self::Rule { state, index, next } => write!(f, "{state} → {next} (rule {})", index + 1),
            Self::Default { state, next } => write!(f, "{state} → {next} (default)"),
            Self::Catch { state, errors, next, .. } => {
                write!(f, "{state} → {next} (catches {})", errors.join(", "))
            }
            Self::Retry { state, errors, .. } => write!(f, "{state} again (retries {})", errors.join(", ")),
        }
    }
}

/// The number of times that each part of a workflow was taken, over any number of runs: states, transitions, Choice rules, catchers,
/// retriers.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}, graph::Mark, json};
/// use stepfn_executor::testing::{Coverage, Test};
///
/// let (machine, _) = asl::read_str(r#"{ "StartAt": "Check", "States": {
///     "Check": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "NumericGreaterThan": 5, "Next": "Large" }], "Default": "Small" },
///     "Large": { "Type": "Succeed" }, "Small": { "Type": "Succeed" } } }"#)?;
/// let definition = Definition::from_asl("Sizes", WorkflowType::Standard, machine);
///
/// let mut coverage = Coverage::of(&definition);
/// coverage.add(&Test::of(&definition).run_value(json::parse_value(r#"{ "n": 7 }"#)?));
/// assert_eq!(coverage.untaken().map(ToString::to_string).collect::<Vec<_>>(), ["Check → Small (default)", "Small → the end"]);
/// assert_eq!(coverage.graph().nodes.iter().map(|node| node.mark).collect::<Vec<_>>(), [Mark::Taken, Mark::Taken, Mark::Never]);
/// coverage.add(&Test::of(&definition).run_value(json::parse_value(r#"{ "n": 2 }"#)?));
/// coverage.assert_at_least(100.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Coverage {
    name: String,
    source: Option<Source>,
    graph: Graph,
    ways: IndexMap<Way, u64>,
}

impl Coverage {
    /// Creates the coverage of a workflow that nothing ran yet.
    pub fn of(definition: &Definition) -> Self {
        let mut ways = IndexMap::new();
        ways_of(&definition.machine, &mut ways);
        Self {
            name: definition.name.clone(),
            source: definition.source,
            graph: Graph::of(&definition.machine),
            ways,
        }
    }

    /// Counts in a run.
    pub fn add<W>(&mut self, run: &Run<W>) {
        self.add_outcome(&run.outcome);
    }

    /// Counts in the outcome of an executor of your own; of an Express workflow it has a history only with
    /// [`keep_history`](crate::ExecutorBuilder::keep_history).
    pub fn add_outcome(&mut self, outcome: &Outcome) {
        self.add_history(&outcome.history);
        for map_run in &outcome.map_runs {
            for child in &map_run.children {
                self.add_history(&child.history);
            }
        }
    }

    pub(super) fn add_history(&mut self, history: &History) {
        let Trace { visits, stays } = trace(history);
        let mut taken: Vec<Way> = Vec::new();
        for visit in &visits {
            let Some((_, via)) = &visit.left else { continue };
            let found = self.ways.keys().find(|way| is_taken(way, &visit.state, *via));
            taken.extend(found.cloned());
        }
        // A Fail state has no way out: that it was entered is all.
        let mut failed: Vec<Option<String>> = vec![None; visits.len()];
        for (event, stay) in history.events().zip(stays.into_iter().skip(1)) {
            let Some(stay) = stay else { continue };
            let details = event.details();
            let error = details.as_ref().and_then(|details| details["error"].as_str());
            match event.event_type {
                "TaskFailed"
                | "LambdaFunctionFailed"
                | "ActivityFailed"
                | "TaskSubmitFailed"
                | "TaskStartFailed"
                | "ParallelStateFailed"
                | "MapStateFailed"
                | "MapRunFailed" => {
                    failed[stay] = Some(error.unwrap_or("States.TaskFailed").to_owned());
                }
                "TaskTimedOut" | "LambdaFunctionTimedOut" | "ActivityTimedOut" => {
                    failed[stay] = Some("States.Timeout".to_owned());
                }
                "TaskScheduled"
                | "LambdaFunctionScheduled"
                | "ActivityScheduled"
                | "ParallelStateStarted"
                | "MapStateStarted" => {
                    if let Some(error) = failed[stay].take() {
                        let state = &visits[stay].state;
                        let retrier = self.ways.keys().find(|way| {
                            matches!(way, Way::Retry { state: of, errors, .. } if of == state && handles(errors, &error))
                        });
                        taken.extend(retrier.cloned());
                    }
                }
                "FailStateEntered" => {
                    let state = &visits[stay].state;
                    let way = self.ways.keys().find(|way| is_taken(way, state, Exit::Next));
                    taken.extend(way.cloned());
                }
                _ => {}
            }
        }
        for way in taken {
            *self.ways.entry(way).or_default() += 1;
        }
    }

    /// Counts in what another one counted of the same workflow.
    pub fn merge(&mut self, other: &Self) {
        for (way, times) in &other.ways {
            *self.ways.entry(way.clone()).or_default() += times;
        }
    }

    /// Returns all parts, with the number of times that each was taken.
    pub fn ways(&self) -> impl Iterator<Item = (&Way, u64)> {
        self.ways.iter().map(|(way, times)| (way, *times))
    }

    /// The ways that were never taken.
    pub fn untaken(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|(_, times)| **times == 0).map(|(way, _)| way)
    }

    /// The share of ways that were taken, in percent.
    pub fn percentage(&self) -> f64 {
        let untaken = self.untaken().count();
        let all = self.ways.len();
        if all == 0 { 100.0 } else { (all - untaken) as f64 * 100.0 / all as f64 }
    }

    /// The coverage as an LCOV tracefile over the lines of the macro, for whatever shows coverage in an editor or a pull request: a
    /// line for each state, a branch for each way out of it. None of a workflow that `state_machine!` did not declare.
    pub fn to_lcov(&self) -> Option<String> {
        let source = self.source?;
        let mut lines: Vec<(u32, String)> =
            source.lines.iter().map(|(at, line)| (*line, name_at(at))).collect();
        sort::sort_by(&mut lines, Ord::cmp);
        let mut out = format!("TN:\nSF:{}\n", without_detours(source.file));
        let (mut hit, mut branches, mut taken) = (0, 0, 0);
        for (line, state) in &lines {
            let ways: Vec<(&Way, u64)> = self.ways().filter(|(way, _)| way.state() == state).collect();
            let left = ways.iter().filter(|(way, _)| !matches!(way, Way::Retry { .. }));
            let times: u64 = left.map(|(_, times)| times).sum();
            hit += usize::from(times > 0);
            out.push_str(&format!("DA:{line},{times}\n"));
            if ways.len() < 2 {
                continue;
            }
            for (branch, (_, times)) in ways.iter().enumerate() {
                branches += 1;
                taken += usize::from(*times > 0);
                out.push_str(&format!("BRDA:{line},0,{branch},{times}\n"));
            }
        }
        let all = lines.len();
        out.push_str(&format!("BRF:{branches}\nBRH:{taken}\nLF:{all}\nLH:{hit}\nend_of_record\n"));
        Some(out)
    }

    /// The workflow as a Mermaid flowchart, what was never taken in red.
    pub fn to_mermaid(&self) -> String {
        self.graph().to_mermaid()
    }

    /// The workflow as a graph with what was taken and what was never taken marked, for `stepfn_graph::svg` and others that draw.
    pub fn graph(&self) -> Graph {
        let mut graph = self.graph.clone();
        graph.mark_states(|state| {
            let mut ways = self.ways.iter().filter(|(way, _)| way.state() == state);
            // A Choice is taken by whatever it goes on with.
            if ways.any(|(_, times)| *times > 0) { Mark::Taken } else { Mark::Never }
        });
        graph.mark_edges(|from, kind| {
            let via = match kind {
                EdgeKind::Next => Exit::Next,
                EdgeKind::Rule(index) => Exit::Rule(u32::try_from(index).unwrap_or(u32::MAX)),
                EdgeKind::Default => Exit::Default,
                EdgeKind::Catch(index) => Exit::Catch(u32::try_from(index).unwrap_or(u32::MAX)),
            };
            match self.ways.iter().find(|(way, _)| is_taken(way, from, via)) {
                Some((_, 0)) => Mark::Never,
                _ => Mark::Taken,
            }
        });
        graph.mark_ends(|from| {
            let end = |way: &Way| matches!(way, Way::Next { state, next: None } if state == from);
            match self.ways.iter().find(|(way, _)| end(way)) {
                Some((_, 0)) => Mark::Never,
                Some(_) => Mark::Taken,
                None => Mark::None,
            }
        });
        graph
    }

    /// Asserts that at least a share of the ways was taken.
    ///
    /// # Panics
    /// When less was; the ways that were never taken are listed.
    #[track_caller]
    pub fn assert_at_least(&self, percentage: f64) {
        if self.percentage() < percentage {
            fail(&format!(
                "{:.1} % of the ways of `{}` were taken, and {percentage} % are wanted\n\n{self}",
                self.percentage(),
                self.name
            ));
        }
    }
}

impl fmt::Display for Coverage {
    /// A line for each way: how often it was taken, `-` for never.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.ways.len();
        let taken = all - self.untaken().count();
        writeln!(f, "{}: {taken} of {all} ways taken ({:.1} %)", self.name, self.percentage())?;
        for (way, times) in &self.ways {
            match times {
                0 => writeln!(f, "       -  {way}")?,
                times => writeln!(f, "{times:>8}  {way}")?,
            }
        }
        Ok(())
    }
}

/// The name of the state at a JSON pointer.
fn name_at(pointer: &str) -> String {
    json::last(pointer).into_owned()
}

fn ways_of(machine: &StateMachine, ways: &mut IndexMap<Way, u64>) {
    for (name, state) in &machine.states {
        for way in ways_of_state(name, state) {
            ways.insert(way, 0);
        }
        for (_, child) in state.children() {
            ways_of(child, ways);
        }
    }
}

fn ways_of_state(name: &str, state: &State) -> Vec<Way> {
    let mut ways = Vec::new();
    if let StateKind::Choice(choice) = &state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            ways.push(Way::Rule { state: name.to_owned(), index, next: rule.next.clone() });
        }
        if let Some(next) = &choice.default {
            ways.push(Way::Default { state: name.to_owned(), next: next.clone() });
        }
    } else {
        ways.push(Way::Next { state: name.to_owned(), next: state.next.clone() });
    }
    for (index, retrier) in state.retry.iter().flatten().enumerate() {
        ways.push(Way::Retry { state: name.to_owned(), index, errors: retrier.error_equals.clone() });
    }
    for (index, catcher) in state.catch.iter().flatten().enumerate() {
        ways.push(Way::Catch {
            state: name.to_owned(),
            index,
            errors: catcher.error_equals.clone(),
            next: catcher.next.clone(),
        });
    }
    ways
}

fn is_taken(way: &Way, left: &str, via: Exit) -> bool {
    let is = |index: usize, taken: u32| u32::try_from(index).is_ok_and(|index| index == taken);
    match (way, via) {
        (Way::Next { state, .. }, Exit::Next) | (Way::Default { state, .. }, Exit::Default) => state == left,
        (Way::Rule { state, index, .. }, Exit::Rule(taken))
        | (Way::Catch { state, index, .. }, Exit::Catch(taken)) => state == left && is(*index, taken),
        _ => false,
    }
}

/// Returns `true` if a retrier of these names takes an error.
fn handles(errors: &[String], error: &str) -> bool {
    errors.iter().any(|name| match name.as_str() {
        "States.ALL" => true,
        "States.TaskFailed" => error != "States.Timeout",
        "States.HeartbeatTimeout" => error == "States.Timeout",
        name => name == error,
    })
}
