//! A definition compiled to what the interpreter runs: names are indices, paths and templates are parsed.

mod compile;
mod data;
mod error;
mod flow;
mod jsonata;
mod layout;
mod map;
mod resource;
mod result;
mod retry;
mod substitute;
mod wait;

use std::sync::Arc;

use stepfn_core::{
    definition::{Definition, WorkflowType},
    shape::Shape,
    value::Value,
};

pub(crate) use stepfn_core::arn::{function_name, machine_name};

pub use self::error::{CompileError, Fault, FaultKind};
pub(crate) use self::{
    data::{Amount, Data, Frame, Select, Text, Write, assign},
    flow::{DataFlow, Terms},
    jsonata::{Jsonata, JsonataKind, number as jsonata_number},
    map::{Dataset, Distributed, Format, ItemsFrom, Payload, Percentage, Reader, Transformation, Writer},
    resource::{Action, Family, Pattern, Resource, Waits},
    result::{Output, StateResult},
    retry::{Catcher, Failures, Jitter, Retrier},
};
use crate::{
    declared::Declared,
    eval::{Instant, Template, Test},
};

/// The exit by which a state was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// `Next` or `End`
    Next,
    /// A rule of `Choices`
    Rule(u32),
    /// `Default`
    Default,
    /// An entry of `Catch`
    Catch(u32),
}

/// A way out of a state: where it leads, if not to the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) next: Option<StateId>,
    pub(crate) via: Exit,
}

impl Way {
    pub(crate) fn next(next: Option<StateId>) -> Self {
        Self { next, via: Exit::Next }
    }

    pub(crate) fn rule(index: usize, next: StateId) -> Self {
        Self { next: Some(next), via: Exit::Rule(u32::try_from(index).unwrap_or(u32::MAX)) }
    }

    pub(crate) fn default(next: StateId) -> Self {
        Self { next: Some(next), via: Exit::Default }
    }

    pub(crate) fn catch(index: usize, next: StateId) -> Self {
        Self { next: Some(next), via: Exit::Catch(u32::try_from(index).unwrap_or(u32::MAX)) }
    }
}

/// A compiled state machine: immutable, shared by all its executions, cheap to clone.
///
/// ```
/// use stepfn_core::{asl, definition::{Definition, WorkflowType}};
/// use stepfn_executor::Program;
///
/// let (machine, _) = asl::read_str(
///     r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "InputPath": "$.na me", "End": true}}}"#,
/// )?;
/// let definition = Definition::from_asl("Hello", WorkflowType::Standard, machine);
/// let error = Program::compile(&definition).unwrap_err();
/// let fault = &error.faults[0];
/// assert_eq!((fault.state.as_str(), fault.field.as_str()), ("Hello", "InputPath"));
/// # Ok::<(), stepfn_core::json::JsonError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) inner: Arc<Inner>,
}

impl Program {
    /// Compiles a definition.
    ///
    /// # Errors
    /// All that cannot be run: a transition to a state that does not exist, a text that is no path, an integration that
    /// the workflow type does not have, and what this executor cannot run yet.
    pub fn compile(definition: &Definition) -> Result<Self, CompileError> {
        compile::compile(definition, &[]).map(|inner| Self { inner: Arc::new(inner) })
    }

    /// Compiles a definition with texts for some of its `${Name}`s.
    pub(crate) fn compile_with(
        definition: &Definition,
        substitutions: &[(String, String)],
    ) -> Result<Self, CompileError> {
        compile::compile(definition, substitutions).map(|inner| Self { inner: Arc::new(inner) })
    }

    /// The state machine's name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Standard or Express.
    pub fn workflow_type(&self) -> WorkflowType {
        self.inner.workflow_type
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) workflow_type: WorkflowType,
    /// The states of the machine and of all machines inside, Parallel branches and Map processors.
    pub(crate) states: Arc<[State]>,
    pub(crate) start: StateId,
    /// `TimeoutSeconds`, or the longest that AWS lets an execution run.
    pub(crate) timeout_seconds: Option<u64>,
    /// The number of Task states: the bound on [`Task::site`].
    pub(crate) sites: usize,
}

impl Inner {
    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// Returns the declared result of a Task's callback.
    pub(crate) fn answer(&self, state: StateId) -> Option<&'static Shape> {
        match &self.state(state).kind {
            Kind::Task(task) => task.declared.result,
            _ => None,
        }
    }

    pub(crate) fn tasks(&self) -> impl Iterator<Item = (&State, &Task)> {
        self.states.iter().filter_map(|state| match &state.kind {
            Kind::Task(task) => Some((state, &**task)),
            _ => None,
        })
    }
}

impl State {
    /// Returns `true` if the raw input of a Task is all that its work gets, and nothing of the state needs it any more then.
    pub(crate) fn hands_input_over(&self) -> bool {
        matches!(&self.kind, Kind::Task(task) if !self.flow.has_terms(task))
            && self.flow.passes_input()
            && !self.flow.needs_input()
            && self.is_tried_once()
    }

    /// Returns `true` if the state neither makes another attempt nor catches anything.
    pub(crate) fn is_tried_once(&self) -> bool {
        self.retry.is_empty() && self.catch.is_empty()
    }
}

/// A state, by its place in [`Inner::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateId(pub(crate) u32);

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    /// JSON pointer: `/States/Load`.
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
    pub(crate) flow: DataFlow,
    pub(crate) retry: Box<[Retrier]>,
    pub(crate) catch: Box<[Catcher]>,
    /// The next state; `None` ends the machine.
    pub(crate) next: Option<StateId>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Pass { result: Option<Value> },
    Task(Box<Task>),
    Choice { rules: Box<[Rule]>, default: Option<StateId> },
    Wait(Wait),
    Succeed,
    Fail { error: Option<Text>, cause: Option<Text> },
    Parallel { branches: Box<[StateId]> },
    Map(Box<Map>),
}

#[derive(Debug)]
pub(crate) struct Task {
    /// The number of this Task state in the machine, from 0.
    pub(crate) site: usize,
    pub(crate) resource: Resource,
    /// `FunctionName` of `lambda:invoke`, where the definition fixes it.
    pub(crate) function: Option<String>,
    /// The action that Step Functions itself performs for the Task, and the name of the machine that it starts, where the definition fixes
    /// that.
    pub(crate) action: Option<(Action, Option<String>)>,
    pub(crate) credentials: Option<Template>,
    pub(crate) timeout: Option<Amount>,
    pub(crate) heartbeat: Option<Amount>,
    pub(crate) declared: Declared,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) test: Test,
    pub(crate) assign: Option<Template>,
    pub(crate) next: StateId,
}

#[derive(Debug)]
pub(crate) enum Wait {
    Seconds(u64),
    SecondsPath(crate::eval::CompiledPath),
    Timestamp(Instant),
    TimestampPath(crate::eval::CompiledPath),
}

#[derive(Debug)]
pub(crate) struct Map {
    pub(crate) items: ItemsFrom,
    pub(crate) item_selector: Option<Payload>,
    pub(crate) max_concurrency: Option<Amount>,
    pub(crate) processor: StateId,
    /// The fields of the distributed mode.
    pub(crate) distributed: Option<Box<Distributed>>,
}
