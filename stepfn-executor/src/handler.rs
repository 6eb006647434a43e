use std::{fmt, time::Duration};

use stepfn_core::{
    task::{HandlerFuture, TaskFailure},
    value::Value,
};

/// The work of a Task: a function, or a [`Mock`](crate::Mock).
///
/// Every `Fn(Value) -> impl Future<Output = Result<Value, TaskFailure>>` is one.
pub trait TaskHandler: Send + Sync + 'static {
    /// Does the work of one attempt.
    fn call(&self, call: &TaskCall<'_>) -> Attempt;

    /// Returns `true` if the answer is the task's result, without the wrapping of the integration.
    ///
    /// A handler that is not raw takes the place of the Lambda function: it gets its payload, and its answer is wrapped as the integration
    /// wraps it. A raw one takes the place of the whole integration.
    fn is_raw(&self) -> bool {
        false
    }

    /// Returns `true` if the same call always gets the same answer, and nothing happens outside: so it may be made again where an execution
    /// is repeated, in place of being called once and remembered. See [`turns`](crate::turns).
    fn is_scripted(&self) -> bool {
        false
    }

    /// Returns `true` if it replaces the task as a [`Mock`](crate::Mock) does: a result that does not fit the type that the state was
    /// declared to bring stops the run, and [`Attempt::Real`] calls the function that the workflow was declared with.
    fn is_mock(&self) -> bool {
        false
    }

    /// Returns `true` if results of a [mock](Self::is_mock) may be anything, whatever was declared.
    fn is_unchecked(&self) -> bool {
        false
    }
}

impl<F, Work> TaskHandler for F
where
    F: Fn(Value) -> Work + Send + Sync + 'static,
    Work: Future<Output = Result<Value, TaskFailure>> + Send + 'static,
{
    fn call(&self, call: &TaskCall<'_>) -> Attempt {
        Attempt::Work(Box::pin(self(call.input.clone())))
    }
}

/// One attempt at a Task, as its handler sees it.
#[derive(Debug)]
#[non_exhaustive]
pub struct TaskCall<'a> {
    /// The input of the handler. For a Lambda function its payload, else the task's `Parameters`; for a
    /// [`raw`](TaskHandler::is_raw) handler always the `Parameters`.
    pub input: &'a Value,
    /// The state's name.
    pub state: &'a str,
    /// The `Resource`.
    pub resource: &'a str,
    /// The task token, where the resource has one (`.waitForTaskToken`, `.sync`, activities).
    pub token: Option<&'a str>,
    /// The number of earlier attempts at this state in this execution: over retries, loops and Map items.
    pub calls_before: usize,
    /// The number of retries of this state before this one: `$$.State.RetryCount`.
    pub retry_count: u32,
    /// The index of the Map item at hand, of the innermost Map. In a child of a distributed Map that runs in the same executor it is the number
    /// of its item, or of its batch.
    pub map_index: Option<usize>,
    /// A key that is the same in each call for one attempt at one state of one execution: a call that is made again, as the process ended
    /// before it was answered, has the same. Only where an execution is run in [`turns`](crate::turns).
    pub idempotency_key: Option<&'a str>,
    /// Whether the call was made before, and the process ended before it was answered.
    pub interrupted: bool,
}

/// The outcome of an attempt, as a [`TaskHandler`] decides it.
#[non_exhaustive]
pub enum Attempt {
    /// Done.
    Done(Result<Value, TaskFailure>),
    /// The answer is to be awaited.
    Work(HandlerFuture),
    /// Done after some time on the execution's clock.
    After(Duration, Result<Value, TaskFailure>),
    /// Never done: `TimeoutSeconds` or `HeartbeatSeconds` end it.
    Never,
    /// Timed out: after `TimeoutSeconds` or `HeartbeatSeconds`, at once where there is neither.
    TimedOut,
    /// Submitted with this reply, and ended with this result after some time: for `.waitForTaskToken` and `.sync`.
    Submitted {
        /// The service's reply to the request.
        reply: Value,
        /// The duration of the work from there.
        takes: Duration,
        /// The result of the callback or of the job.
        result: Result<Value, TaskFailure>,
    },
    /// The function that the workflow was declared with does the work: of a handler that [is a mock](TaskHandler::is_mock).
    Real,
    /// The handler has no answer for this call: the run stops, with this reason.
    Refused(String),
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Done",
            Self::Work(_) => "Work",
            Self::After(..) => "After",
            Self::Never => "Never",
            Self::TimedOut => "TimedOut",
            Self::Submitted { .. } => "Submitted",
            Self::Real => "Real",
            Self::Refused(_) => "Refused",
        })
    }
}
