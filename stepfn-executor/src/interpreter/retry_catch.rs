use super::{Failure, FiberId, Interpreter, Phase, Step, fiber::Sleeping, timers::TimerKind};
use crate::{
    executor::Inner as Executor,
    history::EventKind,
    program::{Kind, Output, State, StateResult, Way},
    time,
};

impl Interpreter {
    /// A state failed: it is tried again, caught, or fails whatever it is in.
    pub(super) fn failed(&mut self, executor: &Executor, id: FiberId, failure: Failure) -> Step {
        let state = executor.program.state(self.state_of(id));
        let failure = failure.cut(&executor.env.limits);
        self.note_evaluation(executor, id, &failure);
        if !failure.is_fatal() && self.retry(state, id, &failure) {
            return Step::Block;
        }
        let has_children = matches!(state.kind, Kind::Map(_) | Kind::Parallel { .. });
        if failure.from_children || (has_children && failure.evaluated().is_some()) {
            let at = self.state_of(id);
            self.record_for(id, || EventKind::ChildrenFailed { state: at });
        }
        if !failure.is_fatal() {
            match self.catch(executor, state, id, &failure) {
                Ok(Some(step)) => return step,
                Ok(None) => {}
                Err(failure) => {
                    self.note_evaluation(executor, id, &failure);
                    return self.fail_fiber(executor, id, failure);
                }
            }
        }
        self.fail_fiber(executor, id, failure)
    }

    fn retry(&mut self, state: &State, id: FiberId, failure: &Failure) -> bool {
        let found = state.retry.iter().position(|retrier| failure.matches(&retrier.errors));
        let Some(index) = found else { return false };
        let retrier = &state.retry[index];
        let fiber = self.fibers.at_mut(id);
        fiber.retries.resize(state.retry.len(), 0);
        let done = fiber.retries[index];
        if done >= retrier.max_attempts {
            return false;
        }
        fiber.retries[index] += 1;
        fiber.retry_count += 1;
        fiber.phase = Phase::Sleeping(Sleeping::Backoff);
        // 53 bits make a number from 0 to before 1.
        let delay = retrier.delay(done, || (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64);
        self.transitions += 1;
        let (fiber, now) = (self.fibers.at(id), self.now());
        fiber.span.retried(failure, fiber.retry_count, delay, now);
        let wait = self.fibers.new_wait(id);
        self.timers.set(time::after(self.now(), delay), id, wait, TimerKind::Wake);
        true
    }

    fn catch(
        &mut self,
        executor: &Executor,
        state: &State,
        id: FiberId,
        failure: &Failure,
    ) -> Result<Option<Step>, Failure> {
        let Some(index) = state.catch.iter().position(|catcher| failure.matches(&catcher.errors)) else {
            return Ok(None);
        };
        let catcher = &state.catch[index];
        let error = failure.output();
        let left = self.frame(executor, id, None, |frame, fiber| {
            state.flow.catch((index, catcher), frame, &fiber.input, &error)
        })?;
        let StateResult { output, assigned } = left;
        let (output, extent) = match output {
            Output::Made(output, extent) => (output, Some(extent)),
            Output::Input => (self.fibers.at(id).input.clone(), self.fibers.at(id).extent),
        };
        if extent.is_some_and(|extent| !extent.fits(executor.env.limits.payload())) {
            return Err(Failure::data_limit(&state.name));
        }
        // What a catcher cannot store, no catcher of the same state handles.
        if let Some(failure) = assigned.as_ref().and_then(|assigned| self.store(id, assigned)) {
            return Err(failure);
        }
        let next = executor.program.state(catcher.next);
        self.fibers.at(id).span.caught(failure, next, self.now());
        Ok(Some(self.exit(executor, id, (output, extent), assigned, Way::catch(index, catcher.next))))
    }

    /// Fails the fiber: nothing handled the failure in its state.
    fn fail_fiber(&mut self, executor: &Executor, id: FiberId, failure: Failure) -> Step {
        let fiber = self.fiber(id);
        fiber.span.failed(&failure);
        let (previous, at, parent) = (fiber.previous, fiber.at, fiber.parent);
        let Some((parent, place)) = parent else {
            self.stopped = self.checkpoint_of_failed(id, &failure).map(Box::new);
            self.execution_failed(previous, &failure);
            return Step::Block;
        };
        let stopped = self.checkpoint_of_failed(id, &failure);
        self.fibers.remove(id);
        let aborted = matches!(executor.program.state(at).kind, Kind::Task(_)).then_some(at);
        self.child_failed(executor, parent, (place, stopped), previous, aborted, failure);
        Step::Block
    }

    /// Notes a failed evaluation as an event of its own.
    pub(super) fn note_evaluation(&mut self, executor: &Executor, id: FiberId, failure: &Failure) {
        let Some(location) = failure.evaluated() else { return };
        let fiber = self.fibers.at(id);
        let (state, event) = (fiber.at, failure.event());
        // Recorded on AWS: before any other event of the state it comes from what led to the state; not so in a Wait.
        let waits = matches!(executor.program.state(state).kind, Kind::Wait(_));
        let previous = if fiber.previous == fiber.entered && !waits { fiber.arrived } else { fiber.previous };
        let location = location.map(Box::from);
        let event = self.record(previous, || EventKind::EvaluationFailed { state, error: event, location });
        self.fiber(id).previous = event;
    }
}
