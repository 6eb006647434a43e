//! The transitions inside one machine.

use std::collections::{HashMap, VecDeque};

use super::walk::Scope;
use crate::asl::{State, StateKind};

/// The transitions of one machine, by the places of the states in it.
pub(in crate::check) struct Graph {
    /// The place of the start state.
    pub(in crate::check) start: usize,
    /// The successors of each state.
    pub(in crate::check) next: Vec<Vec<usize>>,
    /// Whether each state is an end.
    pub(in crate::check) terminal: Vec<bool>,
}

impl Graph {
    /// The graph of a machine; none where a transition is missing or leads nowhere: what can be reached then cannot be
    /// determined, and that mistake has a diagnostic of its own.
    pub(in crate::check) fn new(scope: &Scope<'_>) -> Option<Self> {
        let places: HashMap<&str, usize> =
            scope.nodes.iter().enumerate().map(|(place, node)| (node.name, place)).collect();
        let start = *places.get(scope.machine.start_at.as_str())?;
        let mut next = Vec::new();
        let mut terminal = Vec::new();
        for node in &scope.nodes {
            let targets = node.state.targets();
            let ends = is_terminal(node.state);
            let empty_choice =
                matches!(&node.state.kind, StateKind::Choice(choice) if choice.choices.is_empty());
            if empty_choice || (targets.is_empty() && !ends) {
                return None;
            }
            let targets: Option<Vec<usize>> =
                targets.iter().map(|(_, name)| places.get(name).copied()).collect();
            next.push(targets?);
            terminal.push(ends);
        }
        Some(Self { start, next, terminal })
    }

    /// Returns the states that can be reached.
    pub(in crate::check) fn reachable(&self) -> Vec<bool> {
        spread(&self.next, [self.start])
    }

    /// Returns the states from which an end can be reached.
    pub(in crate::check) fn ending(&self) -> Vec<bool> {
        spread(&self.back(), (0..self.next.len()).filter(|place| self.terminal[*place]))
    }

    /// Returns the predecessors of each state.
    pub(in crate::check) fn back(&self) -> Vec<Vec<usize>> {
        let mut back = vec![Vec::new(); self.next.len()];
        for (from, targets) in self.next.iter().enumerate() {
            for to in targets {
                back[*to].push(from);
            }
        }
        back
    }
}

/// Returns `true` if the machine ends after the state.
fn is_terminal(state: &State) -> bool {
    matches!(state.kind, StateKind::Succeed | StateKind::Fail(_)) || state.end == Some(true)
}

fn spread(edges: &[Vec<usize>], from: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    let mut queue: VecDeque<usize> = from.into_iter().collect();
    for place in &queue {
        seen[*place] = true;
    }
    while let Some(place) = queue.pop_front() {
        for to in &edges[place] {
            if !seen[*to] {
                seen[*to] = true;
                queue.push_back(*to);
            }
        }
    }
    seen
}
