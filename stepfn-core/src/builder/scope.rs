use std::{
    panic::Location,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{StateDef, expr::Lowering};
use crate::{
    asl::{QueryLanguage, StateKind, StateMachine},
    diagnostic::{Code, Diagnostic},
    draft::{DraftChild, DraftTask},
    json::Pointer,
    shape::Shape,
};

/// Numbers scopes, so that a handle knows where it belongs.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

/// A state by its handle: good before the state is defined, in the scope that gave it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateRef {
    scope: usize,
    index: usize,
}

/// States that lead to each other: a machine's own, a Parallel branch's, a Map processor's.
///
/// ```
/// use stepfn_core::builder::{Machine, Parallel, Pass, Scope, Succeed};
///
/// let mut branch = Scope::new();
/// let work = branch.state("Work");
/// branch.define(work, Pass::new().end());
///
/// let mut machine = Machine::new("Both");
/// let both = machine.state("Both sides");
/// machine.define(both, Parallel::new().branch(branch).end());
/// assert!(machine.build().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Scope {
    id: usize,
    states: Vec<Named>,
    start_at: Option<StateRef>,
    comment: Option<String>,
    query_language: Option<QueryLanguage>,
    errors: Vec<ScopeError>,
}

/// A state that was named, and defined where it has its definition.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    def: Option<StateDef>,
    /// The call that defined it, or named it until then.
    written: &'static Location<'static>,
}

/// A slip of the builder's user, reported when the machine is built.
#[derive(Clone, Debug)]
enum ScopeError {
    DefinedTwice(String),
    Stranger(&'static Location<'static>),
}

/// Everything that building collects.
#[derive(Default)]
pub(super) struct Built {
    pub(super) tasks: Vec<DraftTask>,
    pub(super) children: Vec<DraftChild>,
    pub(super) results: Vec<(String, &'static Shape)>,
    /// Diagnostics that are allowed, by the state.
    pub(super) allowed: Vec<(String, Code)>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) lowering: Lowering,
    /// The calls that wrote the states.
    pub(super) written: Vec<(String, &'static Location<'static>)>,
}

impl Scope {
    /// Creates a scope without states. It starts with the state that is named first, unless [`start_at`](Self::start_at) sets another.
    pub fn new() -> Self {
        Self {
            id: SCOPES.fetch_add(1, Ordering::Relaxed),
            states: Vec::new(),
            start_at: None,
            comment: None,
            query_language: None,
            errors: Vec::new(),
        }
    }

    /// Names a state and returns its handle. The definition lists states in the order in which they are named.
    #[track_caller]
    pub fn state(&mut self, name: impl Into<String>) -> StateRef {
        let name = name.into();
        if let Some(index) = self.states.iter().position(|known| known.name == name) {
            return StateRef { scope: self.id, index };
        }
        self.states.push(Named { name, def: None, written: Location::caller() });
        StateRef { scope: self.id, index: self.states.len() - 1 }
    }

    /// Sets the definition of a named state.
    #[track_caller]
    pub fn define(&mut self, state: StateRef, definition: impl Into<StateDef>) {
        if state.scope != self.id {
            self.errors.push(ScopeError::Stranger(Location::caller()));
            return;
        }
        if let Some(named) = self.states.get_mut(state.index) {
            if named.def.is_some() {
                self.errors.push(ScopeError::DefinedTwice(named.name.clone()));
            }
            named.def = Some(definition.into());
            named.written = Location::caller();
        }
    }

    /// `Comment`
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// `QueryLanguage`: the language of states that do not set their own; that of the outer machine by default.
    #[must_use]
    pub fn query_language(mut self, language: QueryLanguage) -> Self {
        self.query_language = Some(language);
        self
    }

    /// Sets the first state.
    pub fn start_at(&mut self, state: StateRef) {
        self.start_at = Some(state);
    }

    /// The name behind a handle. A handle of another scope has none: a transition cannot cross the border.
    fn name(&self, state: StateRef, at: &Pointer, built: &mut Built) -> String {
        match self.states.get(state.index) {
            Some(named) if state.scope == self.id => named.name.clone(),
            _ => {
                let diagnostic = Diagnostic::new(
                    Code::UnknownState,
                    at,
                    "the handle is of another scope, and no transition crosses the border of a Map or Parallel state or of a machine",
                );
                built.diagnostics.push(
                    diagnostic.help("name the state in this scope, or end the scope and go on after it"),
                );
                String::new()
            }
        }
    }

    /// Builds the scope; `outer` is the query language of the machine around it.
    pub(super) fn build(mut self, at: &Pointer, outer: QueryLanguage, built: &mut Built) -> StateMachine {
        let language = self.query_language.unwrap_or(outer);
        for error in std::mem::take(&mut self.errors) {
            let diagnostic = match error {
                ScopeError::DefinedTwice(name) => Diagnostic::new(
                    Code::DuplicateStateName,
                    at.state(&name),
                    format!("state `{name}`: it is defined twice"),
                ),
                ScopeError::Stranger(written) => {
                    let message = "a state is defined in a scope that its handle is not of";
                    Diagnostic { written: Some(written), ..Diagnostic::new(Code::UnknownState, at, message) }
                        .help("define it in the scope whose `state` gave the handle")
                }
            };
            built.diagnostics.push(diagnostic);
        }
        let mut machine = StateMachine {
            comment: self.comment.take(),
            query_language: self.query_language,
            ..StateMachine::default()
        };
        let start = self.start_at.unwrap_or(StateRef { scope: self.id, index: 0 });
        if !self.states.is_empty() {
            machine.start_at = self.name(start, &at.key("StartAt"), built);
        }
        let states = std::mem::take(&mut self.states);
        self.states = states.iter().map(|named| Named { def: None, ..named.clone() }).collect();
        for Named { name, def, written } in states {
            let state_at = at.state(&name);
            built.written.push((state_at.to_string(), written));
            let Some(def) = def else {
                let message = format!("state `{name}`: it is named and never defined");
                built.diagnostics.push(
                    Diagnostic::new(Code::UnknownState, state_at, message)
                        .help("call `define` with its handle"),
                );
                continue;
            };
            let state = self.finish(def, &state_at, language, built);
            machine.states.insert(name, state);
        }
        machine
    }

    /// A state with its handles resolved, its templates lowered, its children built.
    fn finish(
        &self,
        mut def: StateDef,
        at: &Pointer,
        language: QueryLanguage,
        built: &mut Built,
    ) -> crate::asl::State {
        def.lower(at, language, &mut built.lowering);
        built.results.extend(def.item.map(|item| (at.key("ItemReader").into_string(), item)));
        def.state.next = def.next.map(|next| self.name(next, &at.key("Next"), built));
        for (index, next) in def.catch.iter().enumerate() {
            if let Some(catcher) = def.state.catch.as_mut().and_then(|catch| catch.get_mut(index)) {
                catcher.next = self.name(*next, &at.key("Catch").index(index).key("Next"), built);
            }
        }
        if let Some((task, call)) = def.task {
            built.tasks.push(DraftTask { state: at.clone(), task, call, result: def.result });
        } else if let Some(child) = def.child {
            built.children.push(DraftChild { state: at.clone(), child, result: def.result });
        } else if let Some(shape) = def.result {
            built.results.push((at.to_string(), shape));
        }
        built.allowed.extend(def.allowed.iter().map(|code| (at.to_string(), *code)));
        let mut children = def.children.into_iter().enumerate();
        match &mut def.state.kind {
            StateKind::Choice(choice) => {
                for (index, (rule, next)) in choice.choices.iter_mut().zip(&def.rules).enumerate() {
                    rule.next = self.name(*next, &at.key("Choices").index(index).key("Next"), built);
                }
                choice.default = def.default.map(|state| self.name(state, &at.key("Default"), built));
            }
            StateKind::Parallel(parallel) => {
                parallel.branches = children
                    .map(|(index, branch)| branch.build(&at.key("Branches").index(index), language, built))
                    .collect();
            }
            StateKind::Map(map) => {
                let field = if def.iterator { "Iterator" } else { "ItemProcessor" };
                let processor = children.next().map(|(_, processor)| {
                    let machine = processor.build(&at.key(field), language, built);
                    StateMachine { processor_config: def.processor_config.take(), ..machine }
                });
                *(if def.iterator { &mut map.iterator } else { &mut map.item_processor }) = processor;
            }
            _ => {}
        }
        def.state
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}
