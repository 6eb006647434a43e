//! Entering and leaving states, and the states that do no more than that.

use stepfn_core::value::{Map, Shared, Value};

use super::{Failure, FiberId, Interpreter, Phase, Step};
use crate::{
    eval::error_name,
    executor::Inner as Executor,
    history::EventKind,
    outcome::{RunError, Status},
    program::{self, Kind, Left, Output, Rule, StateId, Way},
    size::Extent,
};

impl Interpreter {
    /// Enters the state a fiber is at.
    pub(super) fn enter(&mut self, executor: &Executor, id: FiberId) -> Step {
        self.transitions += 1;
        if self.held.bytes() > executor.env.limits.history_bytes {
            let (limit, state) =
                (executor.env.limits.history_bytes, executor.program.state(self.state_of(id)));
            return self.refuse(RunError::HistoryTooLarge { limit, state: state.name.to_string() });
        }
        if executor.settings.max_transitions.is_some_and(|limit| self.transitions > limit) {
            let limit = self.transitions - 1;
            let state = executor.program.state(self.state_of(id)).name.to_string();
            self.end = Some(Err(RunError::TooManyTransitions { limit, state }));
            return Step::Block;
        }
        let now = self.now();
        let fiber = self.fibers.at_mut(id);
        fiber.entered_at = now;
        let (state, input) = (fiber.at, &fiber.input);
        let previous = fiber.previous;
        let kept = executor.keeps_history.then(|| input.clone());
        let event =
            self.record(previous, || EventKind::StateEntered { state, input: kept.unwrap_or_default() });
        let fiber = self.fiber(id);
        fiber.arrived = previous;
        fiber.previous = event;
        fiber.entered = event;
        self.open_span(executor, id);
        self.run_state(executor, id)
    }

    /// Does what the state does that a fiber is in.
    pub(super) fn run_state(&mut self, executor: &Executor, id: FiberId) -> Step {
        match &executor.program.state(self.state_of(id)).kind {
            Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_) => self.attempt(executor, id),
            Kind::Pass { result } => self.pass(executor, id, result.as_ref()),
            Kind::Succeed => self.leave_unchanged(executor, id),
            Kind::Wait(wait) => self.wait(executor, id, wait),
            Kind::Choice { rules, default } => self.choice(executor, id, rules, *default),
            Kind::Fail { error, cause } => self.fail(executor, id, (error, cause)),
        }
    }

    /// Ends the execution with the error and cause of a Fail state.
    fn fail(
        &mut self,
        executor: &Executor,
        id: FiberId,
        texts: (&Option<program::Text>, &Option<program::Text>),
    ) -> Step {
        let flow = &executor.program.state(self.state_of(id)).flow;
        let failure = self.frame(executor, id, None, |frame, fiber| {
            let (error, cause) = flow.failure(texts, frame, &fiber.input)?;
            Ok(Failure::new(error, cause))
        });
        self.failed(executor, id, failure.unwrap_or_else(|failure| failure))
    }

    /// Makes an attempt at the work of a state that can be retried.
    pub(super) fn attempt(&mut self, executor: &Executor, id: FiberId) -> Step {
        let fiber = self.fibers.at(id);
        fiber.span.attempt(fiber.retry_count);
        let attempt = match &executor.program.state(self.state_of(id)).kind {
            Kind::Task(task) => self.schedule(executor, id, task),
            Kind::Parallel { branches } => self.start_branches(executor, id, branches),
            Kind::Map(map) => self.start_map(executor, id, map),
            _ => return Step::Block,
        };
        attempt.unwrap_or_else(|failure| self.failed(executor, id, failure))
    }

    fn pass(&mut self, executor: &Executor, id: FiberId, result: Option<&Value>) -> Step {
        let flow = &executor.program.state(self.state_of(id)).flow;
        if flow.is_jsonata() {
            return self.leave_unchanged(executor, id);
        }
        let passes = result.is_none() && flow.passes_input();
        let extent = self.fibers.at(id).extent.filter(|_| passes);
        let made = match result {
            Some(result) => Ok(result.clone()),
            None if passes && flow.passes_result() => Ok(std::mem::take(&mut self.fiber(id).input)),
            None => self.frame(executor, id, None, |frame, fiber| flow.input(frame, &fiber.input)),
        };
        match made {
            Ok(result) => self.complete(executor, id, result, extent),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// Leaves a state that has no result of its own: Wait, Succeed, a Pass in JSONata.
    pub(super) fn leave_unchanged(&mut self, executor: &Executor, id: FiberId) -> Step {
        let state = executor.program.state(self.state_of(id));
        let left = self.frame(executor, id, None, |frame, fiber| state.flow.leave(frame, &fiber.input));
        self.leave_with(executor, id, left, Way::next(state.next))
    }

    fn choice(&mut self, executor: &Executor, id: FiberId, rules: &[Rule], default: Option<StateId>) -> Step {
        let flow = &executor.program.state(self.state_of(id)).flow;
        let chosen =
            self.frame(executor, id, None, |frame, fiber| flow.choose(rules, default, frame, &fiber.input));
        match chosen {
            Ok(Some((left, way))) => self.leave_with(executor, id, Ok(left), way),
            Ok(None) => self.no_choice(executor, id),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// Leaves a state with what its data flow made, or fails it.
    #[inline]
    fn leave_with(
        &mut self,
        executor: &Executor,
        id: FiberId,
        left: Result<Left, Failure>,
        way: Way,
    ) -> Step {
        match left {
            Ok(Left { output: Output::Input, assigned }) => {
                // A redrive finds it in the history.
                let fiber = self.fiber(id);
                let output = (std::mem::take(&mut fiber.input), fiber.extent);
                self.exit(executor, id, output, assigned, way)
            }
            Ok(Left { output: Output::Made(output, extent), assigned }) => {
                if extent.fits(executor.env.limits.payload()) {
                    return self.exit(executor, id, (output, Some(extent)), assigned, way);
                }
                let state = executor.program.state(self.state_of(id));
                self.failed(executor, id, Failure::data_limit(&state.name))
            }
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// No rule of a Choice holds, and it has no default: `States.Runtime`, as recorded, which nothing catches.
    pub(super) fn no_choice(&mut self, executor: &Executor, id: FiberId) -> Step {
        let state = executor.program.state(self.state_of(id));
        let detail = "Failed to transition out of the state. The state does not point to a next state.";
        let entered = self.fibers.at(id).entered;
        let failure = Failure::interpreter(error_name::RUNTIME, &state.name, entered, detail);
        self.failed(executor, id, failure)
    }

    /// Takes the result of a state's work through the rest of its data flow, and leaves.
    pub(super) fn complete(
        &mut self,
        executor: &Executor,
        id: FiberId,
        result: Value,
        extent: Option<Extent>,
    ) -> Step {
        let state = executor.program.state(self.state_of(id));
        let (flow, way) = (&state.flow, Way::next(state.next));
        if flow.passes_result() {
            let extent = extent.unwrap_or_else(|| Extent::of(&result, executor.env.limits.payload()));
            let left = Left { output: Output::Made(result, extent), assigned: None };
            return self.leave_with(executor, id, Ok(left), way);
        }
        let raw = if !flow.needs_input() {
            Value::Null
        } else if state.is_tried_once() {
            // Nobody needs the input again, and what nobody else holds is changed in place.
            std::mem::take(&mut self.fiber(id).input)
        } else {
            self.fibers.at(id).input.clone()
        };
        let left = self.frame(executor, id, None, |frame, fiber| {
            flow.complete(frame, (raw, fiber.extent), (result, extent))
        });
        self.leave_with(executor, id, left, way)
    }

    /// Leaves a state with its output, for the next one or for good.
    pub(super) fn exit(
        &mut self,
        executor: &Executor,
        id: FiberId,
        (output, extent): (Value, Option<Extent>),
        assigned: Option<Shared<Map>>,
        way: Way,
    ) -> Step {
        if let Some(failure) = assigned.as_ref().and_then(|assigned| self.store(id, assigned)) {
            return self.failed(executor, id, failure);
        }
        let state = self.state_of(id);
        self.record_for(id, || EventKind::StateExited {
            state,
            output: output.clone(),
            assigned: assigned.clone(),
            via: way.via,
        });
        let fiber = self.fiber(id);
        fiber.span.left(way.via);
        if let Some(assigned) = assigned {
            fiber.variables.set(&assigned);
        }
        if let Some(next) = way.next {
            fiber.at = next;
            fiber.input = output;
            fiber.extent = extent;
            fiber.retries.clear();
            fiber.retry_count = 0;
            if !matches!(fiber.phase, Phase::Blocked) {
                fiber.phase = Phase::Blocked;
            }
            return Step::Enter;
        }
        let previous = fiber.previous;
        match fiber.parent {
            Some((parent, place)) => {
                self.fibers.remove(id);
                let extent = extent.unwrap_or_else(|| Extent::of(&output, executor.env.limits.payload()));
                self.child_done(executor, parent, place, (output, extent), previous);
            }
            None => self.succeeded(previous, output),
        }
        Step::Block
    }

    /// Counts the variables that a state is about to set, and fails where all of the execution would be too large.
    ///
    /// The count covers everything that was ever set; the variables that still exist are measured when it comes to the limit.
    pub(super) fn store(&mut self, id: FiberId, assigned: &Shared<Map>) -> Option<Failure> {
        let (size, most) = (self.executor.env.limits.assign(), self.executor.env.limits.variable_bytes);
        let bytes = Extent::of(&Value::Object(assigned.clone()), size).bytes;
        if self.stored + bytes > most {
            self.stored = self.fibers.variable_bytes(id, assigned, size);
        }
        self.stored += bytes;
        (self.stored > most).then(Failure::variables_limit)
    }

    /// Ends the run for a reason that AWS has no word for.
    pub(super) fn refuse(&mut self, error: RunError) -> Step {
        self.end = Some(Err::<Status, _>(error));
        Step::Block
    }
}
