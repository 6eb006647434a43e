use std::fmt;

use crate::{
    history::placed,
    program::{Action, Resource},
};

/// A run that AWS has no word for: it never started, or stopped for want of a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The input is no JSON, too large, or not what the machine was declared to take.
    InvalidInput {
        /// The error of the input.
        reason: String,
    },
    /// AWS takes no such name for an execution.
    InvalidName {
        /// The name.
        name: String,
    },
    /// An execution of the machine has the name already.
    ExecutionAlreadyExists {
        /// The execution's ARN.
        arn: String,
    },
    /// A Task was reached that has neither handler nor mock.
    Unbound(Unbound),
    /// A distributed Map reads from or writes to a bucket that is not bound.
    UnboundBucket {
        /// The state.
        state: String,
        /// The bucket's name.
        bucket: String,
    },
    /// A state does what AWS does and the executor cannot do.
    Unsupported {
        /// The state.
        state: String,
        /// The error.
        reason: String,
    },
    /// A file of items has a line or a row, or is itself, larger than what a reader may hold.
    ItemsTooLarge {
        /// The Map state.
        state: String,
        /// The bytes that a reader may hold.
        limit: usize,
        /// The field of [`Limits`](crate::Limits) that sets them.
        setting: &'static str,
    },
    /// A handler has no answer for a call, such as a mock whose answers are used up.
    NoAnswer {
        /// The state.
        state: String,
        /// The place: `Each[2]` in the third iteration of the Map `Each`, and empty in the machine itself.
        place: String,
        /// The number of the state's call, from 1.
        call: usize,
        /// The reason why there is no answer.
        reason: String,
    },
    /// The execution made more transitions than it was allowed.
    TooManyTransitions {
        /// The bound.
        limit: u64,
        /// The state it was in.
        state: String,
    },
    /// The data in the history of the execution takes too much memory.
    HistoryTooLarge {
        /// The bytes that they may take: [`Limits::history_bytes`](crate::Limits::history_bytes).
        limit: usize,
        /// The state it was in.
        state: String,
    },
    /// Too many executions are open.
    ExecutionLimitExceeded {
        /// The number of executions that may be open: [`Limits::open_executions`](crate::Limits::open_executions).
        limit: usize,
    },
    /// Too many tasks of activities wait for a worker.
    TooManyActivityTasks {
        /// The number of tasks that may wait: [`Limits::activity_tasks`](crate::Limits::activity_tasks).
        limit: usize,
        /// The state that would have offered the next.
        state: String,
    },
    /// Executions started each other too deep.
    NestedTooDeep {
        /// The depth to which they may.
        limit: u32,
        /// The state that would have started the next.
        state: String,
    },
    /// An execution started too many others.
    TooManyStarted {
        /// The number of executions that it may start, those that they start included.
        limit: u64,
        /// The state that would have started the next.
        state: String,
    },
    /// The execution cannot be run to its end on this thread.
    NoRuntime {
        /// The reason.
        reason: String,
    },
    /// Nothing can happen any more: the execution waits for callbacks, or for work, that cannot come while nobody awaits it.
    Stuck {
        /// The states that wait.
        states: Vec<String>,
    },
}

/// A Task without handler or mock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbound {
    /// The machine, where it is one that another one started.
    pub machine: Option<String>,
    /// The state's name.
    pub state: String,
    /// Its JSON pointer.
    pub pointer: String,
    /// Its `Resource`.
    pub resource: String,
}

impl fmt::Display for Unbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, state, resource, .. } = self;
        if let Some(machine) = machine {
            return write!(
                f,
                "state `{state}` of `{machine}`, which was started: nothing is bound to `{resource}`\nhelp: add \
                 `.child({machine}::test().mock({machine}::{state}, Mock::succeed(…)))` to the test, or answer for the state that starts it by \
                 `Mock::execution(…)`"
            );
        }
        write!(f, "state `{state}`: nothing is bound to `{resource}`\nhelp: add ")?;
        if Resource::parse(resource).action().is_some_and(Action::starts) {
            f.write_str("`.state_machine(\"…\", &…)` with the machine that it starts, ")?;
        }
        write!(
            f,
            "`.task(\"{state}\", |input: Value| async move {{ … }})` or `.mock(\"{state}\", Mock::succeed(…))` to the executor"
        )
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidInput { reason } => write!(f, "invalid execution input: {reason}"),
            Self::InvalidName { name } => {
                write!(f, "Invalid Name: '{name}'\nhelp: write 1 to 80 letters, digits, `-` and `_`")
            }
            Self::ExecutionAlreadyExists { arn } => write!(
                f,
                "Execution Already Exists: '{arn}'\nhelp: give each execution another name, or none"
            ),
            Self::Unbound(unbound) => unbound.fmt(f),
            Self::UnboundBucket { state, bucket } => write!(
                f,
                "state `{state}`: no bucket `{bucket}` is bound\nhelp: add `.objects(\"{bucket}\", &Objects::new().with(\"KEY\", \"TEXT\"))` to the test or the executor, or \
                 `.bucket_dir(\"{bucket}\", \"FOLDER\")`{}",
                if cfg!(feature = "object-store") { "" } else { " with the feature `object-store`" }
            ),
            Self::Unsupported { state, reason } => {
                write!(
                    f,
                    "state `{state}`: the executor cannot run it: {reason}\nhelp: mock what comes before, or test the state on AWS"
                )
            }
            Self::ItemsTooLarge { state, limit, setting } => {
                let held = if *setting == "file_bytes" { "a file" } else { "a line or a row" };
                write!(
                    f,
                    "state `{state}`: {held} of items has more than {limit} bytes\nhelp: raise `Limits::{setting}` by `.limits(…)`, if that is meant"
                )
            }
            Self::NoAnswer { state, place, call, reason } => {
                write!(f, "state `{}`: no answer for call {call}: {reason}", placed(place, state))
            }
            Self::TooManyTransitions { limit, state } => write!(
                f,
                "more than {limit} transitions, now in state `{state}`\nhelp: if that is no endless loop, raise the bound by `.max_transitions(…)`"
            ),
            Self::HistoryTooLarge { limit, state } => write!(
                f,
                "the data in the history take more than {limit} bytes, now in state `{state}`\nhelp: if that is no endless loop, raise `Limits::history_bytes` by `.limits(…)`"
            ),
            Self::ExecutionLimitExceeded { limit } => write!(
                f,
                "Max Concurrent Executions Exceeded: {limit} executions are open\nhelp: drop those that nobody awaits, or raise `Limits::open_executions` by `.limits(…)`"
            ),
            Self::TooManyActivityTasks { limit, state } => write!(
                f,
                "state `{state}`: {limit} tasks of activities wait for a worker\nhelp: let workers take them by `Executor::work`, or raise `Limits::activity_tasks` by `.limits(…)`"
            ),
            Self::NestedTooDeep { limit, state } => write!(
                f,
                "state `{state}`: executions start each other more than {limit} deep\nhelp: end the recursion by a Choice, or raise `Limits::started_depth` by `.limits(…)`"
            ),
            Self::TooManyStarted { limit, state } => write!(
                f,
                "state `{state}`: more than {limit} executions were started\nhelp: if that is no endless recursion, raise `Limits::started_executions` by `.limits(…)`"
            ),
            Self::NoRuntime { reason } => {
                write!(f, "the execution cannot run here: {reason}\nhelp: await it")
            }
            Self::Stuck { states } => write!(
                f,
                "nothing can happen any more: waiting in `{}`\nhelp: answer the task token before, give the state a `TimeoutSeconds`, or say by `.wait_for_callbacks()` that other threads send callbacks",
                states.join("`, `")
            ),
        }
    }
}

impl std::error::Error for RunError {}
