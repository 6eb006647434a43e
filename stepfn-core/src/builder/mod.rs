//! The fluent front: the vocabulary of ASL as methods, for machines made by code.
//!
//! States are named first and defined then, by handle, so that a transition cannot dangle; loops and joins are free, and the order of
//! the calls does not matter. [`Machine::build`] judges the same rules and the same data flow as `state_machine!`.
//!
//! ```
//! # use stepfn_core::{shape::{Shape, StateData}, task::Task as IsTask};
//! # struct Order; impl StateData for Order { const SHAPE: &'static Shape = &Shape::Map(&Shape::Any); }
//! # struct Approval; impl StateData for Approval { const SHAPE: &'static Shape = &Shape::Any; }
//! # #[allow(non_camel_case_types)] struct ask_manager {}
//! # impl IsTask for ask_manager { type Input = Approval; type Output = (); type Error = std::convert::Infallible;
//! #     const NAME: &'static str = "ask_manager"; const FUNCTION_NAME: &'static str = "ask-manager"; }
//! # #[allow(non_camel_case_types)] struct process_order {}
//! # impl IsTask for process_order { type Input = Order; type Output = Order; type Error = std::convert::Infallible;
//! #     const NAME: &'static str = "process_order"; const FUNCTION_NAME: &'static str = "process-order"; }
//! use stepfn_core::builder::{Catcher, Choice, Fail, Machine, Task, object, path};
//!
//! let mut machine = Machine::new("OrderApproval").comment("Large orders wait for a manager.").input::<Order>();
//! let check = machine.state("CheckAmount");
//! let request = machine.state("RequestApproval");
//! let process = machine.state("ProcessOrder");
//! let timeout = machine.state("ApprovalTimeout");
//!
//! let large = path("$.totalAmount").is_present() & path("$.totalAmount").gt(1_000_000);
//! machine.define(check, Choice::new().when(large, request).default(process));
//! machine.define(
//!     request,
//!     Task::wait_for_task_token::<ask_manager>()
//!         .result::<Approval>()
//!         .payload(object([("order", path("$")), ("taskToken", path("$$.Task.Token"))]))
//!         .result_path("$.approval")
//!         .timeout_seconds(86_400)
//!         .catch(Catcher::on(["States.Timeout"], timeout))
//!         .next(process),
//! );
//! machine.define(process, Task::lambda::<process_order>().end());
//! machine.define(timeout, Fail::new().error("ApprovalTimeout"));
//!
//! let definition = machine.build()?;
//! assert_eq!(definition.machine.start_at, "CheckAmount");
//! # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
//! ```
//!
//! Errors are reported all at once:
//!
//! ```
//! use stepfn_core::builder::{Machine, Pass};
//!
//! let mut machine = Machine::new("Wrong");
//! let first = machine.state("First");
//! let second = machine.state("Second");
//! machine.define(first, Pass::new().result("text").next(second));
//! machine.define(second, Pass::new().input_path("$.field"));
//! let diagnostics = machine.build().unwrap_err();
//! let codes: Vec<_> = diagnostics.0.iter().map(|diagnostic| diagnostic.code.name()).collect();
//! assert_eq!(codes, ["missing-transition", "wrong-type"]);
//! ```

mod choice;
mod errors;
mod expr;
mod lower;
mod map;
mod rule;
mod scope;
mod state;
mod task;

use std::panic::Location;

use self::scope::Built;
pub use self::{
    choice::ChoiceRule,
    errors::{Catcher, Retrier},
    expr::{Expr, array, call, format, get_att, jsonata, object, path, ref_},
    map::{ItemBatcher, ItemReader, ResultWriter},
    rule::{Operand, Ordered, Rule, boolean_at, condition, number_at, string_at, timestamp, timestamp_at},
    scope::{Scope, StateRef},
    state::{Choice, Fail, Map, Parallel, Pass, StateDef, Succeed, Task, Wait},
};
use crate::{
    asl::{QueryLanguage, StateMachine},
    definition::{Definition, LoggingConfiguration, Reference, WorkflowType},
    diagnostic::{Code, Diagnostic, Diagnostics},
    draft::Draft,
    json::Pointer,
    shape::StateData,
};

/// A workflow under construction.
#[derive(Clone, Debug)]
pub struct Machine {
    scope: Scope,
    draft: Draft,
    written: &'static Location<'static>,
}

impl Machine {
    /// A machine of a name, without states.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        let draft = Draft::new(name, StateMachine::default());
        Self { scope: Scope::new(), draft, written: Location::caller() }
    }

    /// `Comment`
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.draft.machine.comment = Some(text.into());
        self
    }

    /// Declares the type of the execution's input; anything by default.
    #[must_use]
    pub fn input<T: StateData>(mut self) -> Self {
        self.draft.input = Some(T::SHAPE);
        self
    }

    /// Declares the type of the execution's output: it must be possible to deserialize the machine's last output as it.
    #[must_use]
    pub fn output<T: StateData>(mut self) -> Self {
        self.draft.output = Some(T::SHAPE);
        self
    }

    /// Makes the workflow Express.
    #[must_use]
    pub fn express(mut self) -> Self {
        self.draft.workflow_type = WorkflowType::Express;
        self
    }

    /// Makes the checks strict: nothing may be asked of what was declared to be anything, and a part of a service's answer that the
    /// service need not give has to be tested with `is_present`.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.draft.strict = true;
        self
    }

    /// `TimeoutSeconds` of the whole execution.
    #[must_use]
    pub fn timeout_seconds(mut self, seconds: u64) -> Self {
        self.draft.machine.timeout_seconds = Some(seconds.into());
        self
    }

    /// `QueryLanguage`: the language of states that do not set their own; JSONPath by default.
    #[must_use]
    pub fn query_language(mut self, language: QueryLanguage) -> Self {
        self.draft.machine.query_language = Some(language);
        self
    }

    /// `Version` of the language.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.draft.machine.version = Some(version.into());
        self
    }

    /// `loggingConfiguration`. A destination may be `${Name}` of a [`substitute`](Self::substitute).
    #[must_use]
    pub fn logging(mut self, logging: LoggingConfiguration) -> Self {
        self.draft.logging = Some(logging);
        self
    }

    /// `tracingConfiguration`: X-Ray.
    #[must_use]
    pub fn tracing(mut self) -> Self {
        self.draft.tracing = true;
        self
    }

    /// Sets the reference that `${Name}` is replaced with. [`ref_`] and [`get_att`] in templates do so by themselves.
    #[must_use]
    pub fn substitute(mut self, name: impl Into<String>, reference: Reference) -> Self {
        self.draft.substitutions.insert(name.into(), reference);
        self
    }

    /// The scope of the machine's own states: for functions that add states to a machine, a branch or a processor alike.
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Pass, Scope, StateRef, Succeed};
    ///
    /// /// States that many machines share: they go on at `told`.
    /// fn notify(scope: &mut Scope, prefix: &str, told: StateRef) -> StateRef {
    ///     let publish = scope.state(format!("{prefix}Publish"));
    ///     scope.define(publish, Pass::new().next(told));
    ///     publish
    /// }
    ///
    /// let mut machine = Machine::new("Orders");
    /// let done = machine.state("Done");
    /// machine.define(done, Succeed::new());
    /// let second = notify(machine.scope(), "Second", done);
    /// let first = notify(machine.scope(), "First", second);
    /// machine.start_at(first);
    /// assert!(machine.build().is_ok());
    /// ```
    pub fn scope(&mut self) -> &mut Scope {
        &mut self.scope
    }

    /// Names a state and gives its handle: see [`Scope::state`].
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Pass, Succeed};
    ///
    /// let mut machine = Machine::new("Greeting");
    /// // A handle first: states lead to others that are defined later.
    /// let (greet, done) = (machine.state("Greet"), machine.state("Done"));
    /// machine.define(greet, Pass::new().result("hello").next(done));
    /// machine.define(done, Succeed::new());
    /// assert_eq!(machine.build()?.machine.states.len(), 2);
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    #[track_caller]
    pub fn state(&mut self, name: impl Into<String>) -> StateRef {
        self.scope.state(name)
    }

    /// Sets the definition of a state that [`state`](Self::state) named.
    #[track_caller]
    pub fn define(&mut self, state: StateRef, definition: impl Into<StateDef>) {
        self.scope.define(state, definition);
    }

    /// Sets the first state; by default it is the one that was named first.
    pub fn start_at(&mut self, state: StateRef) {
        self.scope.start_at(state);
    }

    /// Checks the machine and gives its definition.
    ///
    /// # Errors
    /// All diagnostics, when one of them is an error.
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Pass};
    ///
    /// let mut machine = Machine::new("Greeting");
    /// let greet = machine.state("Greet");
    /// machine.define(greet, Pass::new().result("hello").end());
    /// let definition = machine.build()?;
    /// assert_eq!(definition.machine.start_at, "Greet");
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    pub fn build(self) -> Result<Definition, Diagnostics> {
        let (definition, diagnostics) = self.build_with_warnings();
        let diagnostics = Diagnostics(diagnostics);
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(definition) }
    }

    /// Checks the machine and gives its definition with all diagnostics, errors and warnings.
    pub fn build_with_warnings(self) -> (Definition, Vec<Diagnostic>) {
        let Self { scope, mut draft, written } = self;
        let mut built = Built::default();
        let StateMachine { start_at, states, .. } =
            scope.build(&Pointer::root(), draft.machine.query_language.unwrap_or_default(), &mut built);
        draft.machine.start_at = start_at;
        draft.machine.states = states;
        draft.tasks = built.tasks;
        draft.children = built.children;
        draft.results = built.results;
        draft.results.extend(built.lowering.results);
        for (name, reference) in built.lowering.substitutions {
            draft.substitutions.insert(name, reference);
        }
        let mut diagnostics = built.diagnostics;
        // What a slip with a handle leads to is no diagnostic of its own.
        let slips = !diagnostics.is_empty();
        diagnostics.extend(built.lowering.diagnostics);
        let (mut definition, judged) = draft.build_with_warnings();
        definition.written = built.written;
        definition.written.push((String::new(), written));
        diagnostics.extend(judged.into_iter().filter(|diagnostic| {
            let allowed = built.allowed.iter().any(|(state, code)| {
                let within = diagnostic.at.strip_prefix(state.as_str());
                *code == diagnostic.code
                    && within.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            let follows = slips
                && matches!(
                    diagnostic.code,
                    Code::UnknownState | Code::UnreachableState | Code::NoTerminalState | Code::EndlessLoop
                );
            !allowed && !follows
        }));
        for diagnostic in &mut diagnostics {
            diagnostic.written = diagnostic.written.or_else(|| definition.written_at(&diagnostic.at));
        }
        (definition, diagnostics)
    }
}
