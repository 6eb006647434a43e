//! How an execution ends, and what is left of it.

use std::sync::Arc;

use stepfn_core::value::Value;

use super::{Failure, Interpreter, Phase, work::Work};
use crate::{
    history::{EventKind, History},
    outcome::{Outcome, RunError, Status},
    redrive::MAX_EVENTS,
};

impl Interpreter {
    pub(super) fn succeeded(&mut self, previous: u32, output: Value) {
        self.record_last(previous, || EventKind::ExecutionSucceeded { output: output.clone() });
        self.end = Some(Ok(Status::Succeeded { output }));
    }

    pub(super) fn execution_failed(&mut self, previous: u32, failure: &Failure) {
        self.record_last(previous, || EventKind::ExecutionFailed(failure.event()));
        let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        self.end = Some(Ok(Status::Failed { error: text(&failure.error), cause: text(&failure.cause) }));
    }

    pub(super) fn timed_out(&mut self) -> Status {
        self.record_last(0, || EventKind::ExecutionTimedOut);
        Status::TimedOut
    }

    pub(super) fn overflowed(&mut self) {
        let cause = format!("The execution reached the maximum number of history events ({MAX_EVENTS}).");
        let previous = self.event_count;
        self.execution_failed(previous, &Failure::runtime(cause));
    }

    /// Gives up what the execution holds outside of itself.
    pub(super) fn close(&mut self, end: &Result<Status, RunError>) {
        for (token, _) in self.tokens.drain() {
            self.executor.registry.remove(&token);
        }
        self.work = Work::default();
        for id in std::mem::take(&mut self.runs) {
            if let Some(fiber) = self.fibers.get_mut(id) {
                fiber.phase = Phase::Blocked;
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

    pub(super) fn outcome(&mut self, status: Status) -> Outcome {
        let checkpoint = self.checkpoint(&status).map(Arc::new);
        let events = Arc::new(std::mem::take(&mut self.events));
        Outcome {
            status,
            history: History::new(Arc::clone(&self.executor), events),
            transitions: self.transitions,
            map_runs: std::mem::take(&mut self.map_runs),
            started: self.info.started,
            stopped: self.now,
            name: self.info.name.take(),
            id: self.info.id,
            redrives: self.info.redrives,
            checkpoint,
        }
    }
}
