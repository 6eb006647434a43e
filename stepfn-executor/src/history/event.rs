use std::sync::Arc;

use jiff::Timestamp;
use stepfn_core::value::{Map, Shared, Value};

use crate::{
    program::{Exit, StateId},
    size::Weight,
};

/// An event as it is kept. Its id is its place in the history.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) previous: u32,
    pub(crate) at: Timestamp,
    pub(crate) kind: EventKind,
}

/// `error` and `cause`, each of which may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventError {
    pub(crate) error: Option<Arc<str>>,
    pub(crate) cause: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Iteration {
    Started,
    Succeeded,
    Failed,
    Aborted,
}

#[derive(Clone, Debug)]
pub(crate) enum EventKind {
    ExecutionStarted {
        input: Value,
    },
    /// The execution goes on after it had ended.
    ExecutionRedriven {
        /// The number of redrives so far.
        count: u32,
    },
    ExecutionSucceeded {
        output: Value,
    },
    ExecutionFailed(EventError),
    /// A JSONata expression that failed, and its field.
    EvaluationFailed {
        state: StateId,
        error: EventError,
        location: Option<Box<str>>,
    },
    ExecutionTimedOut,
    ExecutionAborted(EventError),
    StateEntered {
        state: StateId,
        input: Value,
    },
    StateExited {
        state: StateId,
        output: Value,
        assigned: Option<Shared<Map>>,
        via: Exit,
    },
    StateAborted {
        state: StateId,
    },
    TaskScheduled(Box<Scheduled>),
    TaskStarted {
        state: StateId,
        /// The name an activity's worker gave itself.
        worker: Option<Arc<str>>,
    },
    TaskSubmitted {
        state: StateId,
        output: Value,
    },
    TaskSucceeded {
        state: StateId,
        output: Value,
    },
    TaskFailed {
        state: StateId,
        error: EventError,
    },
    TaskTimedOut {
        state: StateId,
        error: EventError,
    },
    /// `MapStateStarted`, `ParallelStateStarted`
    ChildrenStarted {
        state: StateId,
        length: usize,
    },
    ChildrenSucceeded {
        state: StateId,
    },
    ChildrenFailed {
        state: StateId,
    },
    MapRunStarted {
        state: StateId,
        arn: Arc<str>,
    },
    MapRunRedriven {
        state: StateId,
        arn: Arc<str>,
        /// The number of redrives of the run so far.
        count: u32,
    },
    MapRunSucceeded {
        state: StateId,
    },
    MapRunFailed {
        state: StateId,
        error: EventError,
    },
    MapRunAborted {
        state: StateId,
    },
    Iteration {
        state: StateId,
        index: usize,
        what: Iteration,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    pub(crate) state: StateId,
    pub(crate) parameters: Value,
    pub(crate) timeout: Option<u64>,
    pub(crate) heartbeat: Option<u64>,
    pub(crate) credentials: Option<Value>,
}

impl EventKind {
    /// Adds the memory that the event's data take, as far as nobody else holds them.
    pub(crate) fn weigh(&self, held: &mut Weight) {
        match self {
            Self::ExecutionStarted { input } | Self::StateEntered { input, .. } => held.add(input),
            Self::StateExited { output, assigned, .. } => {
                held.add(output);
                assigned.iter().flat_map(|assigned| assigned.values()).for_each(|value| held.add(value));
            }
            Self::ExecutionSucceeded { output }
            | Self::TaskSubmitted { output, .. }
            | Self::TaskSucceeded { output, .. } => held.add(output),
            Self::TaskScheduled(scheduled) => held.add(&scheduled.parameters),
            Self::TaskFailed { error, .. } | Self::TaskTimedOut { error, .. } => {
                let texts = [&error.error, &error.cause].into_iter().flatten();
                held.add_bytes(
                    texts.filter(|text| Arc::strong_count(text) <= 2).map(|text| text.len()).sum(),
                );
            }
            _ => {}
        }
    }

    pub(crate) fn state(&self) -> Option<StateId> {
        match self {
            Self::ExecutionStarted { .. }
            | Self::ExecutionRedriven { .. }
            | Self::ExecutionSucceeded { .. }
            | Self::ExecutionFailed(_)
            | Self::ExecutionTimedOut
            | Self::ExecutionAborted(_) => None,
            Self::TaskScheduled(scheduled) => Some(scheduled.state),
            Self::StateEntered { state, .. }
            | Self::EvaluationFailed { state, .. }
            | Self::StateExited { state, .. }
            | Self::StateAborted { state }
            | Self::TaskStarted { state, .. }
            | Self::TaskSubmitted { state, .. }
            | Self::TaskSucceeded { state, .. }
            | Self::TaskFailed { state, .. }
            | Self::TaskTimedOut { state, .. }
            | Self::ChildrenStarted { state, .. }
            | Self::ChildrenSucceeded { state }
            | Self::ChildrenFailed { state }
            | Self::MapRunStarted { state, .. }
            | Self::MapRunRedriven { state, .. }
            | Self::MapRunSucceeded { state }
            | Self::MapRunFailed { state, .. }
            | Self::MapRunAborted { state }
            | Self::Iteration { state, .. } => Some(*state),
        }
    }
}
