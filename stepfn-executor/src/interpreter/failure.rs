use std::sync::Arc;

use stepfn_core::value::Value;

use super::redrive::Inside;
use crate::{
    eval::{EvalError, error_name},
    history::EventError,
    limits::{self, Limits},
    outcome::ExpressionError,
    program::Failures,
};

const RUNTIME: &str = "States.Runtime";
const TIMEOUT: &str = "States.Timeout";

/// A state that failed: what `Retry` and `Catch` match on.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: Option<Arc<str>>,
    pub(crate) cause: Option<Arc<str>>,
    kind: FailureKind,
    /// Whether it came out of the branches or iterations of the state at hand.
    pub(crate) from_children: bool,
    /// The place where these stopped, for a redrive.
    pub(super) stopped: Option<Arc<Inside>>,
    /// The place in the expression that failed.
    pub(super) place: Option<Arc<ExpressionError>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum FailureKind {
    Plain,
    Timeout,
    Heartbeat,
    /// An evaluation that has no event yet, and its field.
    Evaluation(Option<Box<str>>),
}

impl Failure {
    /// A failure.
    pub(crate) fn new(error: Option<Arc<str>>, cause: Option<Arc<str>>) -> Self {
        Self { error, cause, kind: FailureKind::Plain, from_children: false, stopped: None, place: None }
    }

    /// The same failure, with an error and a cause no longer than AWS's API lets them be.
    pub(crate) fn cut(mut self, limits: &Limits) -> Self {
        self.error = self.error.map(|error| limits::cut(error, limits.error_chars));
        self.cause = self.cause.map(|cause| limits::cut(cause, limits.cause_chars));
        self
    }

    fn of(error: &str, cause: impl Into<Arc<str>>) -> Self {
        Self::new(Some(error.into()), Some(cause.into()))
    }

    pub(crate) fn runtime(cause: impl Into<Arc<str>>) -> Self {
        Self::of(RUNTIME, cause)
    }

    /// `TimeoutSeconds` or, as AWS reports it by the same name, `HeartbeatSeconds` ran out.
    pub(crate) fn timeout(heartbeat: bool) -> Self {
        let kind = if heartbeat { FailureKind::Heartbeat } else { FailureKind::Timeout };
        Self { kind, ..Self::new(Some(TIMEOUT.into()), None) }
    }

    /// A failure that the interpreter itself finds in a state.
    pub(crate) fn interpreter(error: &str, state: &str, entered: u32, detail: &str) -> Self {
        Self::of(
            error,
            format!(
                "An error occurred while executing the state '{state}' (entered at the event id #{entered}). {detail}"
            ),
        )
    }

    pub(crate) fn evaluation(state: &str, entered: u32, error: &EvalError) -> Self {
        let failure = Self::interpreter(error.error, state, entered, &error.cause);
        if error.error != error_name::QUERY_EVALUATION {
            return failure;
        }
        let place = error.place.as_deref().map(|place| {
            let state = state.to_owned();
            Arc::new(ExpressionError { state, ..place.clone() })
        });
        Self { kind: FailureKind::Evaluation(error.location.clone()), place, ..failure }
    }

    /// Returns whether an evaluation of the state itself failed, and its field.
    pub(crate) fn evaluated(&self) -> Option<Option<&str>> {
        match &self.kind {
            FailureKind::Evaluation(location) => Some(location.as_deref()),
            _ => None,
        }
    }

    /// A result that is too large; `what` is the state's name, the integration's, or the function's ARN.
    pub(crate) fn data_limit(what: &str) -> Self {
        Self::of(
            "States.DataLimitExceeded",
            format!(
                "The state/task '{what}' returned a result with a size exceeding the maximum number of bytes service limit."
            ),
        )
    }

    /// The variables of an execution are too large together. No recording has the message.
    pub(crate) fn variables_limit() -> Self {
        Self::of(
            "States.DataLimitExceeded",
            "The variables of the execution have a size exceeding the maximum number of bytes service limit.",
        )
    }

    /// The same failure, for the state whose branch or iteration it ended.
    pub(super) fn of_child(self, stopped: Option<Arc<Inside>>) -> Self {
        let kind = match self.kind {
            FailureKind::Evaluation(_) => FailureKind::Plain,
            kind => kind,
        };
        Self { from_children: true, kind, stopped, ..self }
    }

    pub(crate) fn event(&self) -> EventError {
        EventError { error: self.error.clone(), cause: self.cause.clone() }
    }

    /// Returns `true` if nothing can handle it: recorded on AWS for `Catch` on States.ALL as on States.Runtime itself.
    pub(crate) fn is_fatal(&self) -> bool {
        self.error.as_deref() == Some(RUNTIME)
    }

    /// Returns `true` if a retrier or catcher for these names handles it.
    pub(crate) fn matches(&self, names: &Failures) -> bool {
        names.0.iter().any(|name| match &**name {
            "States.ALL" => true,
            "States.TaskFailed" => self.error.as_deref() != Some(TIMEOUT),
            // Reported as States.Timeout, but the guide lets Retry and Catch name it.
            "States.HeartbeatTimeout" => self.kind == FailureKind::Heartbeat,
            name => self.error.as_deref() == Some(name),
        })
    }

    /// `{"Error": …, "Cause": …}`, what a catcher puts into the data.
    pub(crate) fn output(&self) -> Value {
        let text = |text: &Option<Arc<str>>| text.clone().map_or(Value::Null, Value::from);
        let cause = match self.kind {
            // As recorded: an empty text for timeouts, null where a callback gave none.
            FailureKind::Timeout | FailureKind::Heartbeat if self.cause.is_none() => "".into(),
            _ => text(&self.cause),
        };
        Value::object([("Error", text(&self.error)), ("Cause", cause)])
    }
}
