use std::{mem, time::Duration};

use jiff::Timestamp;
use stepfn_core::task::HandlerFuture;
use tracing::{Instrument, Span, field::Empty, info, info_span, warn};

use super::super::{Failure, context::Info, fiber::Item};
use crate::{
    executor::Inner as Executor,
    outcome::{RunError, Status},
    program::{Exit, Kind, State},
};

/// The span of an execution.
#[derive(Debug)]
pub(in crate::interpreter) struct ExecutionSpan(Span);

impl ExecutionSpan {
    pub(in crate::interpreter) fn open(executor: &Executor, info: &Info) -> Self {
        Self(info_span!(
            target: "stepfn",
            "execution",
            name = info.name(),
            arn = info.arn(executor),
            status = Empty,
            error = Empty,
            transitions = Empty,
        ))
    }

    pub(in crate::interpreter) fn end(
        &mut self,
        end: &Result<Status, RunError>,
        transitions: u64,
        now: Timestamp,
    ) {
        let span = mem::replace(&mut self.0, Span::none());
        if span.is_disabled() {
            return;
        }
        span.record("transitions", transitions);
        match end {
            Ok(status) => {
                span.record("status", status.name());
                match status {
                    Status::Failed { error, .. } | Status::Aborted { error, .. } => {
                        span.record("error", error.as_deref());
                    }
                    Status::TimedOut => {
                        warn!(target: "stepfn", parent: &span, at = %now, "the execution timed out");
                    }
                    Status::Running | Status::Succeeded { .. } => {}
                }
            }
            // AWS has no word for it: the run was given up.
            Err(error) => drop(span.record("error", tracing::field::display(error))),
        }
    }
}

/// The span of a state, from where it is entered to where it is left.
#[derive(Clone, Debug)]
pub(in crate::interpreter) struct StateSpan(Span);

impl StateSpan {
    /// Returns the span of a fiber that has not entered its state.
    pub(in crate::interpreter) fn none() -> Self {
        Self(Span::none())
    }

    /// A state in the span of the state around it, or of the execution.
    pub(in crate::interpreter) fn open(
        execution: &ExecutionSpan,
        around: Option<&Self>,
        state: &State,
        item: Option<&Item>,
    ) -> Self {
        let parent = around.map_or(&execution.0, |around| &around.0);
        let span = info_span!(
            target: "stepfn",
            parent: parent,
            "state",
            name = &*state.name,
            "type" = state_type(&state.kind),
            item = Empty,
            attempt = Empty,
            status = Empty,
            error = Empty,
        );
        if let Some(item) = item {
            span.record("item", item.index);
        }
        Self(span)
    }

    /// Notes which attempt begins, from 1 on.
    pub(in crate::interpreter) fn attempt(&self, retries: u32) {
        self.0.record("attempt", u64::from(retries) + 1);
    }

    pub(in crate::interpreter) fn retried(
        &self,
        failure: &Failure,
        retries: u32,
        delay: Duration,
        now: Timestamp,
    ) {
        let (error, cause) = (failure.error.as_deref(), failure.cause.as_deref());
        warn!(target: "stepfn", parent: &self.0, error, cause, retry = retries, ?delay, at = %now, "retry");
    }

    pub(in crate::interpreter) fn caught(&self, failure: &Failure, next: &State, now: Timestamp) {
        let (error, cause) = (failure.error.as_deref(), failure.cause.as_deref());
        info!(target: "stepfn", parent: &self.0, error, cause, next = &*next.name, at = %now, "catch");
    }

    pub(in crate::interpreter) fn timed_out(&self, heartbeat: bool, now: Timestamp) {
        let limit = if heartbeat { "HeartbeatSeconds" } else { "TimeoutSeconds" };
        warn!(target: "stepfn", parent: &self.0, limit, at = %now, "timeout");
    }

    pub(in crate::interpreter) fn left(&mut self, via: Exit) {
        self.0.record("status", if matches!(via, Exit::Catch(_)) { "caught" } else { "succeeded" });
        *self = Self::none();
    }

    pub(in crate::interpreter) fn failed(&mut self, failure: &Failure) {
        self.0.record("status", "failed");
        self.0.record("error", failure.error.as_deref());
        *self = Self::none();
    }

    pub(in crate::interpreter) fn aborted(&mut self) {
        self.0.record("status", "aborted");
        *self = Self::none();
    }

    pub(in crate::interpreter) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.0.in_scope(work)
    }

    /// Work that is in the span whenever it is polled.
    pub(in crate::interpreter) fn around(&self, work: HandlerFuture) -> HandlerFuture {
        if self.0.is_disabled() { work } else { Box::pin(work.instrument(self.0.clone())) }
    }
}

fn state_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Pass { .. } => "Pass",
        Kind::Task(_) => "Task",
        Kind::Choice { .. } => "Choice",
        Kind::Wait(_) => "Wait",
        Kind::Succeed => "Succeed",
        Kind::Fail { .. } => "Fail",
        Kind::Parallel { .. } => "Parallel",
        Kind::Map(_) => "Map",
    }
}
