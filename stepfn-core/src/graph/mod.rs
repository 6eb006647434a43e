//! A workflow as a graph: its states, what leads from one to another, and what is inside of Maps and Parallels.
//!
//! ```
//! use stepfn_core::{asl, graph::{Graph, Mark}};
//!
//! let (machine, _) = asl::read_str(r#"{ "StartAt": "Check", "States": {
//!     "Check": { "Type": "Choice", "Choices": [{ "Variable": "$.total", "NumericGreaterThan": 5, "Next": "Large" }], "Default": "Small" },
//!     "Large": { "Type": "Succeed" }, "Small": { "Type": "Succeed" } } }"#)?;
//! let mut graph = Graph::of(&machine);
//! graph.mark_states(|state| if state == "Small" { Mark::Never } else { Mark::Taken });
//! let text = graph.to_mermaid();
//! assert!(text.starts_with("flowchart TB\n"));
//! assert!(text.contains("s0 -->|\"$.total &gt; 5\"| s1"));
//! assert!(graph.to_dot().contains("\"Check\" -> \"Large\""));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

mod condition;
mod dot;
mod mermaid;
mod notes;

use std::collections::HashMap;

use crate::asl::{StateKind, StateMachine};

/// A workflow as a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The states, each before those inside of it.
    pub nodes: Vec<Node>,
    /// The transitions between the states.
    pub edges: Vec<Edge>,
}

/// A state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its `Type`.
    pub state_type: &'static str,
    /// The Map or Parallel that it is inside of, and the branch.
    pub parent: Option<(usize, usize)>,
    /// Whether it is the first state of its machine.
    pub is_start: bool,
    /// Notes, a line each: the resource it calls, its number of retries, the concurrency of a Map.
    pub notes: Vec<String>,
    /// The emphasis with which the state is drawn.
    pub mark: Mark,
    /// The emphasis of its transition to the machine's end, if it has one.
    pub end: Mark,
}

/// A way from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The state it starts from.
    pub from: usize,
    /// The state it leads to.
    pub to: usize,
    /// The kind of the transition.
    pub kind: EdgeKind,
    /// A rule's condition, a catcher's errors; empty for others.
    pub label: String,
    /// The emphasis with which the transition is drawn.
    pub mark: Mark,
}

/// The kind of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// `Next`
    Next,
    /// A rule of a Choice, by its place in `Choices`.
    Rule(usize),
    /// `Default`
    Default,
    /// A catcher, by its place in `Catch`.
    Catch(usize),
}

/// The emphasis of a part of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// No emphasis.
    #[default]
    None,
    /// The part was taken.
    Taken,
    /// The part was never taken.
    Never,
}

impl Graph {
    /// The graph of a machine. Transitions to states that do not exist are left out: they are diagnostics of `check`.
    pub fn of(machine: &StateMachine) -> Self {
        let mut graph = Self { nodes: Vec::new(), edges: Vec::new() };
        graph.add(machine, None);
        graph
    }

    fn add(&mut self, machine: &StateMachine, parent: Option<(usize, usize)>) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (name, state) in &machine.states {
            let place = self.nodes.len();
            places.insert(name, place);
            self.nodes.push(Node {
                name: name.clone(),
                state_type: state.kind.name(),
                parent,
                is_start: *name == machine.start_at,
                notes: notes::of(state),
                mark: Mark::None,
                end: Mark::None,
            });
            for (branch, (_, child)) in state.children().into_iter().enumerate() {
                self.add(child, Some((place, branch)));
            }
        }
        for (name, state) in &machine.states {
            let Some(&from) = places.get(name.as_str()) else { continue };
            let mut edge = |to: &str, kind: EdgeKind, label: String| {
                if let Some(&to) = places.get(to) {
                    self.edges.push(Edge { from, to, kind, label, mark: Mark::None });
                }
            };
            if let Some(next) = &state.next {
                edge(next, EdgeKind::Next, String::new());
            }
            if let StateKind::Choice(choice) = &state.kind {
                for (index, rule) in choice.choices.iter().enumerate() {
                    edge(&rule.next, EdgeKind::Rule(index), condition::text(&rule.condition));
                }
                if let Some(default) = &choice.default {
                    edge(default, EdgeKind::Default, "else".to_owned());
                }
            }
            for (index, catcher) in state.catch.iter().flatten().enumerate() {
                edge(&catcher.next, EdgeKind::Catch(index), catcher.error_equals.join(", "));
            }
        }
    }

    /// Marks the states, by name.
    pub fn mark_states(&mut self, mark: impl Fn(&str) -> Mark) {
        for node in &mut self.nodes {
            node.mark = mark(&node.name);
        }
    }

    /// Marks the ways to the end of a machine, by the name of the state where they begin.
    pub fn mark_ends(&mut self, mark: impl Fn(&str) -> Mark) {
        for node in &mut self.nodes {
            node.end = mark(&node.name);
        }
    }

    /// Returns the caption of a transition: its label, preceded by the number of the rule if the Choice has several, as they are tried in
    /// that order.
    ///
    /// ```
    /// use stepfn_core::{asl, graph::Graph};
    ///
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "C", "States": { "S": { "Type": "Succeed" }, "C": { "Type": "Choice", "Default": "S", "Choices": [
    ///     { "Variable": "$.a", "IsNull": true, "Next": "S" }, { "Variable": "$.b", "IsNull": true, "Next": "S" }] } } }"#)?;
    /// let graph = Graph::of(&machine);
    /// let captions: Vec<String> = graph.edges.iter().map(|edge| graph.caption(edge)).collect();
    /// assert_eq!(captions, ["1. IsNull($.a)", "2. IsNull($.b)", "else"]);
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    pub fn caption(&self, edge: &Edge) -> String {
        let is_rule = |other: &&Edge| other.from == edge.from && matches!(other.kind, EdgeKind::Rule(_));
        match edge.kind {
            EdgeKind::Rule(index) if self.edges.iter().filter(is_rule).nth(1).is_some() => {
                format!("{}. {}", index + 1, edge.label)
            }
            _ => edge.label.clone(),
        }
    }

    /// Marks the ways, by the name of the state where they begin.
    pub fn mark_edges(&mut self, mark: impl Fn(&str, EdgeKind) -> Mark) {
        for edge in &mut self.edges {
            edge.mark = mark(&self.nodes[edge.from].name, edge.kind);
        }
    }

    /// The states inside of a state's branch, or of the outermost machine.
    fn inside(&self, parent: Option<(usize, usize)>) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.parent == parent)
    }

    /// Returns the number of branches of a state: 1 for a Map, 0 for a state that contains none.
    fn branches(&self, place: usize) -> usize {
        let branches =
            self.nodes.iter().filter_map(|node| node.parent.filter(|(parent, _)| *parent == place));
        branches.map(|(_, branch)| branch + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
