//! Reachability as AWS judges it: beside a transition to a missing state it reports the states that are left unreached, and any end counts,
//! reached or not.

use super::{
    Issue,
    words::{self, NO_END, TARGET},
};
use crate::{
    asl::{StateKind, StateMachine},
    diagnostic::{Code, Diagnostic},
    json::Pointer,
    value::Value,
};

/// The states that are not reached, and machines without an end.
pub(super) fn issues(machine: &StateMachine) -> Vec<(Pointer, Issue)> {
    let mut issues = Vec::new();
    judge(machine, &Pointer::root(), &mut issues);
    issues
}

/// The machine has no end.
pub(super) fn no_end() -> Issue {
    Issue { code: NO_END, message: "Workflow has no terminal state".to_owned(), location: None }
}

/// Returns `true` if a machine ends that could not be read: AWS does not know a state without a type, and knows one of any type.
pub(super) fn ends(machine: &Value) -> bool {
    let Some(states) = machine.get("States").and_then(Value::as_object) else { return true };
    states.values().any(|state| {
        let kind = state.get("Type").and_then(Value::as_str);
        kind.is_some_and(|kind| {
            matches!(kind, "Succeed" | "Fail")
                || state.get("End").is_some_and(|end| end.as_bool() != Some(false))
        })
    })
}

/// That `StartAt` leads nowhere, beside the diagnostic that there are no states.
pub(super) fn start_of_nothing(definition: &Value, diagnostic: &Diagnostic) -> Option<Issue> {
    let machine = diagnostic.at.strip_suffix("/States").filter(|_| diagnostic.code == Code::EmptyList)?;
    let start = definition.pointer(machine)?.get("StartAt")?.as_str()?;
    let location = format!("{}/StartAt", words::location(definition, machine).trim_end_matches('/'));
    Some(Issue { code: TARGET, message: format!("Missing 'Next' target: {start}"), location: Some(location) })
}

fn judge(machine: &StateMachine, base: &Pointer, issues: &mut Vec<(Pointer, Issue)>) {
    let ends = machine.states.values().any(|state| {
        state.end == Some(true) || matches!(state.kind, StateKind::Succeed | StateKind::Fail(_))
    });
    if ends {
        let mut reached = vec![false; machine.states.len()];
        let mut open: Vec<usize> = machine.states.get_index_of(&machine.start_at).into_iter().collect();
        while let Some(index) = open.pop() {
            if !std::mem::replace(&mut reached[index], true)
                && let Some((_, state)) = machine.states.get_index(index)
            {
                open.extend(
                    state.targets().iter().filter_map(|(_, name)| machine.states.get_index_of(*name)),
                );
            }
        }
        for (name, _) in machine.states.keys().zip(&reached).filter(|(_, reached)| !**reached) {
            let message = format!("State \"{name}\" is not reachable.");
            issues.push((base.state(name), Issue { code: TARGET, message, location: None }));
        }
    } else {
        issues.push((Pointer::root(), no_end()));
    }
    for (name, state) in &machine.states {
        for (token, child) in state.children() {
            judge(child, &base.state(name).join(&token), issues);
        }
    }
}
