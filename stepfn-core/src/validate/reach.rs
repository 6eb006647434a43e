//! What leads where, as AWS looks at it: beside a transition that leads nowhere it says what is left unreached as well, and any end
//! counts, reached or not.

use super::{
    Issue,
    words::{NO_END, TARGET},
};
use crate::{
    asl::{StateKind, StateMachine},
    json::push_token,
};

/// The states that are not reached, and machines without an end.
pub(super) fn issues(machine: &StateMachine) -> Vec<(String, Issue)> {
    let mut issues = Vec::new();
    judge(machine, "", &mut issues);
    issues
}

fn judge(machine: &StateMachine, base: &str, issues: &mut Vec<(String, Issue)>) {
    let ends = machine.states.values().any(|state| {
        state.end == Some(true) || matches!(state.kind, StateKind::Succeed | StateKind::Fail(_))
    });
    let pointer = |name: &str| {
        let mut pointer = format!("{base}/States");
        push_token(&mut pointer, name);
        pointer
    };
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
            issues.push((pointer(name), Issue { code: TARGET, message, location: None }));
        }
    } else {
        let message = "Workflow has no terminal state".to_owned();
        issues.push((String::new(), Issue { code: NO_END, message, location: None }));
    }
    for (name, state) in &machine.states {
        for (token, child) in state.children() {
            judge(child, &format!("{}{token}", pointer(name)), issues);
        }
    }
}
