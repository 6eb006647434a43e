//! The walk of all rules: every machine and every state with its JSON pointer and query language.

use crate::{
    asl::{QueryLanguage, State, StateKind, StateMachine, WorkflowType},
    check::Code,
    diagnostic::{Comparisons, Diagnostic},
    json::Pointer,
};
pub(in crate::check) use crate::{json::below, placeholder::has_placeholder};

/// A machine with all that are nested in it, in the order of the text.
pub(in crate::check) struct Walk<'m> {
    pub(in crate::check) scopes: Vec<Scope<'m>>,
    /// The comparisons of names that suggestions may still cost.
    pub(in crate::check) comparisons: Comparisons,
}

/// One machine: transitions stay inside.
pub(in crate::check) struct Scope<'m> {
    /// The place; the root for the outermost machine.
    pub(in crate::check) at: Pointer,
    pub(in crate::check) machine: &'m StateMachine,
    /// The name of the Map or Parallel state that the machine is in.
    pub(in crate::check) owner: Option<&'m str>,
    /// The index of the scope of that state, and the state.
    pub(in crate::check) outer: Option<(usize, &'m State)>,
    /// Standard or Express, where a distributed Map may choose for its children.
    pub(in crate::check) workflow_type: WorkflowType,
    pub(in crate::check) nodes: Vec<Node<'m>>,
}

/// One state.
pub(in crate::check) struct Node<'m> {
    /// The place.
    pub(in crate::check) at: Pointer,
    pub(in crate::check) name: &'m str,
    pub(in crate::check) state: &'m State,
    /// The query language in force.
    pub(in crate::check) language: QueryLanguage,
}

impl<'m> Walk<'m> {
    pub(in crate::check) fn new(machine: &'m StateMachine, workflow_type: WorkflowType) -> Self {
        let mut walk = Self { scopes: Vec::new(), comparisons: Comparisons::default() };
        walk.enter(Pointer::root(), machine, None, workflow_type, QueryLanguage::default());
        walk
    }

    fn enter(
        &mut self,
        at: Pointer,
        machine: &'m StateMachine,
        outer: Option<(usize, &'m State, &'m str)>,
        workflow_type: WorkflowType,
        language: QueryLanguage,
    ) {
        let language = machine.query_language.unwrap_or(language);
        let nodes = machine.states.iter().map(|(name, state)| {
            let at = at.key("States").key(name);
            Node { at, name, state, language: state.query_language.unwrap_or(language) }
        });
        let nodes: Vec<_> = nodes.collect();
        let inside: Vec<_> = nodes
            .iter()
            .flat_map(|node| {
                let workflow_type = child_type(node.state, workflow_type);
                let machines = node.state.children().into_iter();
                machines.map(move |(below, machine)| {
                    (node.at.join(below), machine, node.state, node.name, workflow_type)
                })
            })
            .collect();
        let owner = outer.map(|(.., name)| name);
        let outer = outer.map(|(scope, state, _)| (scope, state));
        let own = self.scopes.len();
        self.scopes.push(Scope { at, machine, owner, outer, workflow_type, nodes });
        for (at, machine, state, name, workflow_type) in inside {
            // A state's own query language is not handed down: only the outermost machine's is.
            self.enter(at, machine, Some((own, state, name)), workflow_type, language);
        }
    }

    /// Returns all states of all machines.
    pub(in crate::check) fn nodes(&self) -> impl Iterator<Item = &Node<'m>> {
        self.scopes.iter().flat_map(|scope| &scope.nodes)
    }
}

/// Returns the type of a distributed Map's child executions; states inside anything else share the execution.
fn child_type(state: &State, parent: WorkflowType) -> WorkflowType {
    let StateKind::Map(map) = &state.kind else { return parent };
    if !map.is_distributed() {
        return parent;
    }
    let config = map.processor().and_then(|processor| processor.processor_config.as_ref());
    match config.and_then(|config| config.get("ExecutionType")?.as_str()) {
        Some("EXPRESS") => WorkflowType::Express,
        _ => WorkflowType::Standard,
    }
}

impl Scope<'_> {
    /// Returns the name of the machine for messages, the state that it is in first.
    pub(in crate::check) fn title(&self) -> String {
        match (self.owner, self.at.ends_with("/ItemProcessor"), self.at.ends_with("/Iterator")) {
            (None, ..) => "the state machine".to_owned(),
            (Some(owner), true, _) => format!("state `{owner}`: the item processor"),
            (Some(owner), _, true) => format!("state `{owner}`: the iterator"),
            (Some(owner), ..) => {
                let index = self.at.rsplit('/').next().unwrap_or_default();
                format!("state `{owner}`: branch {index}")
            }
        }
    }

    /// A diagnostic at a place below the machine.
    pub(in crate::check) fn diagnostic(&self, code: Code, below: &str, message: &str) -> Diagnostic {
        Diagnostic::new(code, self.at.join(below), format!("{}{message}", self.title()))
    }
}

impl Node<'_> {
    /// The names of the fields that the state has, the unknown ones included.
    pub(in crate::check) fn keys(&self) -> Vec<&str> {
        let known = self.state.fields().into_iter().map(|(field, _)| field.name);
        known.chain(self.state.unknown.keys().map(|key| &**key)).collect()
    }

    /// A diagnostic at a place below the state.
    pub(in crate::check) fn diagnostic(
        &self,
        code: Code,
        below: &str,
        message: impl AsRef<str>,
    ) -> Diagnostic {
        Diagnostic::new(code, self.at.join(below), format!("state `{}`: {}", self.name, message.as_ref()))
    }
}
