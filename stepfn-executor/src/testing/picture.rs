//! The picture of a run, for those who must find out why a test failed.

use stepfn_core::value::Value;

use super::differs::shown;
use crate::{
    History,
    history::EventKind,
    program::{Exit, StateId},
};

/// One stay in a state.
#[derive(Clone, Debug)]
pub(super) struct Visit {
    pub(super) state: String,
    pub(super) input: Value,
    /// The data with which it was left, and by which transition; none where it failed or was still there.
    pub(super) left: Option<(Value, Exit)>,
}

/// The stays in states, from a history.
pub(super) struct Trace {
    /// The visits, in the order in which they began.
    pub(super) visits: Vec<Visit>,
    /// The visit that each event belongs to, by its id.
    pub(super) stays: Vec<Option<usize>>,
}

/// The stays in states, in the order in which they began.
pub(super) fn visits(history: &History) -> Vec<Visit> {
    trace(history).visits
}

pub(super) fn trace(history: &History) -> Trace {
    let name = |state: StateId| history.executor().program.state(state).name.to_string();
    let mut visits: Vec<Visit> = Vec::new();
    // An event belongs where that belongs which it comes from.
    let mut stays: Vec<Option<usize>> = vec![None];
    for event in history.as_slice() {
        let before = stays.get(event.previous as usize).copied().flatten();
        let stay = match &event.kind {
            EventKind::StateEntered { state, input } => {
                visits.push(Visit { state: name(*state), input: input.clone(), left: None });
                Some(visits.len() - 1)
            }
            EventKind::StateExited { state, output, via, .. } => {
                let state = name(*state);
                // A Map is left from an event of its iterations.
                let own = before.filter(|stay| visits[*stay].state == state).or_else(|| {
                    visits.iter().rposition(|visit| visit.state == state && visit.left.is_none())
                });
                if let Some(own) = own {
                    visits[own].left = Some((output.clone(), *via));
                }
                own
            }
            _ => before,
        };
        stays.push(stay);
    }
    Trace { visits, stays }
}

/// `ValidateCSV → CheckValidation → …`, what did not end marked.
pub(super) fn path(visits: &[Visit]) -> String {
    let names: Vec<String> = visits
        .iter()
        .map(|visit| if visit.left.is_some() { visit.state.clone() } else { format!("{} ✗", visit.state) })
        .collect();
    names.join(" → ")
}

/// The way and the data of the last states.
pub(super) fn of_history(history: &History) -> String {
    let visits = visits(history);
    let mut out = format!("  path  {}\n", path(&visits));
    for visit in visits.iter().rev().take(3).rev() {
        out.push_str(&format!("\n  {}\n    in   {}\n", visit.state, shown(&visit.input)));
        match &visit.left {
            Some((output, _)) => out.push_str(&format!("    out  {}\n", shown(output))),
            None => out.push_str("    it did not come out of it\n"),
        }
    }
    out
}
