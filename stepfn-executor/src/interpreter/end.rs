//! The end of an execution, and its outcome.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use jiff::Timestamp;
use stepfn_core::value::Value;

use super::{Failure, Interpreter, Phase, timers::Timers, work::Work};
use crate::{
    history::{EventKind, History},
    outcome::{Outcome, RunError, Status},
    shared::Shared,
};

impl Interpreter {
    pub(super) fn succeeded(&mut self, previous: u32, output: Value) {
        if self.overflow {
            // The event before did not fit any more.
            return self.overflowed();
        }
        self.record_last(previous, || EventKind::ExecutionSucceeded { output: output.clone() });
        self.end = Some(Ok(Status::Succeeded { output }));
    }

    pub(super) fn execution_failed(&mut self, previous: u32, failure: &Failure) {
        let failure = failure.clone().cut(&self.executor.env.limits);
        self.record_last(previous, || EventKind::ExecutionFailed(failure.event()));
        let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        self.expression_error = failure.place.clone();
        self.end = Some(Ok(Status::Failed { error: text(&failure.error), cause: text(&failure.cause) }));
    }

    /// Notes the end of an execution that cannot go on for a reason that AWS does not have.
    pub(crate) fn refused(&mut self, error: &RunError) {
        let failure = Failure::runtime(error.to_string()).cut(&self.executor.env.limits);
        self.record_last(self.event_count, || EventKind::ExecutionFailed(failure.event()));
    }

    pub(super) fn timed_out(&mut self) -> Status {
        self.record_last(0, || EventKind::ExecutionTimedOut);
        Status::TimedOut
    }

    pub(super) fn overflowed(&mut self) {
        let most = self.executor.env.limits.history_events;
        let cause = format!("The execution reached the maximum number of history events ({most}).");
        let previous = self.event_count;
        self.execution_failed(previous, &Failure::runtime(cause));
    }

    /// Gives up what the execution holds outside of itself.
    #[inline]
    pub(super) fn close(&mut self, end: &Result<Status, RunError>) {
        for fiber in self.fibers.iter_mut() {
            fiber.span.aborted();
        }
        self.span.end(end, self.transitions, self.now);
        if let Some(tokens) = self.tokens.take_all() {
            self.close_tokens(tokens);
        }
        self.stop_awaited();
        self.work = Work::default();
        for id in std::mem::take(&mut self.runs) {
            let Some(fiber) = self.fibers.get_mut(id) else { continue };
            if let Phase::MapRun(run) = std::mem::replace(&mut fiber.phase, Phase::Blocked)
                && let Some(inside) = run.into_stopped()
            {
                fiber.phase = Phase::Redrive(inside);
            }
        }
        if let Some(link) = &self.link {
            link.publish(&self.events[self.published..]);
            self.published = self.events.len();
            let status = match end {
                Ok(status) => status.clone(),
                Err(error) => Status::Aborted { error: None, cause: Some(error.to_string()) },
            };
            link.close(status, self.now);
        }
    }

    #[cold]
    fn close_tokens(&self, tokens: impl Iterator<Item = Arc<str>>) {
        let shown = self.shown();
        for token in tokens {
            self.executor.env.registry.remove(&token);
            if let Some(deferred) = &self.deferred {
                deferred.close_token(&token);
            }
            if let Some(shown) = &shown {
                shown.lock().tokens.remove(&token);
            }
        }
    }

    /// The execution has ended, but some that it started have not: they go on to their ends.
    pub(super) fn outlast(
        &mut self,
        cx: &mut Context<'_>,
        horizon: Option<Timestamp>,
    ) -> Poll<Result<Outcome, RunError>> {
        if self.deadline != Timestamp::MAX {
            // Only the others have timers from here on.
            self.deadline = Timestamp::MAX;
            self.timers = Timers::default();
            self.ready.clear();
            self.wake_nested();
        }
        let executor = self.executor.clone();
        self.tick();
        loop {
            let moved = self.poll_nested(&executor, cx);
            if let Some(Err(error)) = self.take_end() {
                return Poll::Ready(Err(error));
            }
            if !self.has_nested() {
                return self.leave().map_or(Poll::Pending, |outcome| Poll::Ready(Ok(outcome)));
            }
            if moved && self.is_virtual() {
                continue;
            }
            if self.pass_time(cx, horizon) {
                continue;
            }
            // They wait for callbacks that may never come.
            let waits = self.is_virtual() && horizon.is_none() && !self.is_working();
            let end = if waits && !self.executor.env.hold_for_callbacks { self.leave() } else { None };
            return end.map_or(Poll::Pending, |outcome| Poll::Ready(Ok(outcome)));
        }
    }

    /// Returns the outcome of the execution if only the executions that it started go on. They do so no longer.
    pub(crate) fn leave(&mut self) -> Option<Outcome> {
        let nested = self.nested.as_mut()?;
        let mut outcome = nested.over.take()?;
        outcome.started_executions.append(&mut nested.ended);
        self.nested = None;
        Some(outcome)
    }

    /// The outcome, made where it is returned: it is long, and each move of it would cost as much as a state.
    #[inline(always)]
    pub(super) fn outcome(&mut self, executor: Shared, status: Status) -> Outcome {
        let checkpoint = self.checkpoint(&status).map(Arc::new);
        let events = std::mem::take(&mut self.events);
        Outcome {
            status,
            history: History::new(executor, events),
            transitions: self.transitions,
            map_runs: std::mem::take(&mut self.map_runs),
            started_executions: self.take_ended(),
            input: std::mem::take(&mut self.info.input),
            started: self.info.started,
            stopped: self.now,
            name: self.info.name.take(),
            id: self.info.id,
            redrives: self.info.redrives,
            checkpoint,
            expression_error: self.expression_error.take(),
        }
    }
}
