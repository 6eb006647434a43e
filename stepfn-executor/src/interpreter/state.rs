//! Entering and leaving states, and the states that do no more than that.

use std::sync::Arc;

use stepfn_core::value::{Map, Value};

use super::{Failure, FiberId, Interpreter, Phase, Step};
use crate::{
    eval::{EvalError, Template, error_name},
    executor::Inner as Executor,
    history::EventKind,
    outcome::{RunError, Status},
    program::{self, Frame, Kind, Rule, StateId, Way},
    size::Extent,
};

impl Interpreter {
    /// Enters the state a fiber is at.
    pub(super) fn enter(&mut self, executor: &Executor, id: FiberId) -> Step {
        self.transitions += 1;
        if executor.max_transitions.is_some_and(|limit| self.transitions > limit) {
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
        let state = self.state_of(id);
        let jsonata = executor.program.state(state).jsonata.as_deref();
        match (&executor.program.state(state).kind, jsonata) {
            (Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_), _) => self.attempt(executor, id),
            (Kind::Pass { .. }, Some(jsonata)) => self.leave_jsonata(executor, id, jsonata),
            (Kind::Choice { default, .. }, Some(jsonata)) => {
                self.choice_jsonata(executor, id, jsonata, *default)
            }
            (Kind::Fail { .. }, Some(jsonata)) => self.fail_jsonata(executor, id, jsonata),
            (Kind::Pass { result }, None) => self.pass(executor, id, result.as_ref()),
            (Kind::Succeed, _) => self.leave_unchanged(executor, id),
            (Kind::Wait(wait), _) => self.wait(executor, id, wait),
            (Kind::Choice { rules, default }, None) => self.choice(executor, id, rules, *default),
            (Kind::Fail { error, cause }, None) => {
                let failure = self.frame(executor, id, None, |frame, fiber| {
                    let input = executor.program.state(state).data.effective_input(frame, &fiber.input)?;
                    let text = |text: &Option<program::Text>| {
                        text.as_ref().map(|text| text.evaluate(frame, &input)).transpose()
                    };
                    Ok(Failure::new(text(error)?, text(cause)?))
                });
                self.failed(executor, id, failure.unwrap_or_else(|failure| failure))
            }
        }
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
        let data = &executor.program.state(self.state_of(id)).data;
        let made = match result {
            Some(result) => Ok(result.clone()),
            None => self.frame(executor, id, None, |frame, fiber| data.input(frame, &fiber.input)),
        };
        let extent = self.fibers.at(id).extent.filter(|_| result.is_none() && data.passes_input());
        match made {
            Ok(result) => self.complete(executor, id, result, extent),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// Leaves a state that has no result of its own: Wait, Succeed.
    pub(super) fn leave_unchanged(&mut self, executor: &Executor, id: FiberId) -> Step {
        let state = executor.program.state(self.state_of(id));
        if let Some(jsonata) = &state.jsonata {
            return self.leave_jsonata(executor, id, jsonata);
        }
        let left = self.frame(executor, id, None, |frame, fiber| {
            let input = state.data.effective_input(frame, &fiber.input)?;
            let assigned = assign(state.data.assign.as_ref(), frame, &input)?;
            Ok((state.data.output(frame, input)?, assigned))
        });
        let extent = self.fibers.at(id).extent.filter(|_| state.data.passes_through());
        match left {
            Ok((output, assigned)) => {
                self.exit(executor, id, (output, extent), assigned, Way::next(state.next))
            }
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    fn choice(&mut self, executor: &Executor, id: FiberId, rules: &[Rule], default: Option<StateId>) -> Step {
        let state = executor.program.state(self.state_of(id));
        let chosen = self.frame(executor, id, None, |frame, fiber| {
            let input = state.data.effective_input(frame, &fiber.input)?;
            let chosen = program::choose(rules, default, state.data.assign.as_ref(), frame, &input)?;
            let Some((template, way)) = chosen else { return Ok(None) };
            let assigned = assign(template, frame, &input)?;
            Ok(Some((state.data.output(frame, input)?, assigned, way)))
        });
        let extent = self.fibers.at(id).extent.filter(|_| state.data.passes_through());
        match chosen {
            Ok(Some((output, assigned, way))) => self.exit(executor, id, (output, extent), assigned, way),
            Ok(None) => self.no_choice(executor, id),
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

    /// Takes the result of a state's work through `ResultSelector`, `ResultPath`, `Assign` and `OutputPath`, and leaves.
    pub(super) fn complete(
        &mut self,
        executor: &Executor,
        id: FiberId,
        result: Value,
        extent: Option<Extent>,
    ) -> Step {
        let state = executor.program.state(self.state_of(id));
        if let Some(jsonata) = &state.jsonata {
            return self.complete_jsonata(executor, id, jsonata, &result);
        }
        let raw = match state.data.result_path {
            // The result replaces it.
            program::Write::Replace => Value::Null,
            // Without catchers nobody needs the input again, and what nobody else holds is changed in place.
            _ if state.catch.is_empty() => std::mem::take(&mut self.fiber(id).input),
            _ => self.fibers.at(id).input.clone(),
        };
        let made = self.frame(executor, id, None, |frame, fiber| {
            let assigned = assign(state.data.assign.as_ref(), frame, &result)?;
            let finished = state.data.finish(frame, (raw, fiber.extent), (result, extent))?;
            Ok((finished, assigned))
        });
        match made {
            Ok(((_, extent), _)) if !extent.fits(executor.limits.payload()) => {
                self.failed(executor, id, Failure::data_limit(&state.name))
            }
            Ok(((output, extent), assigned)) => {
                self.exit(executor, id, (output, Some(extent)), assigned, Way::next(state.next))
            }
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// Leaves a state with its output, for the next one or for good.
    pub(super) fn exit(
        &mut self,
        executor: &Executor,
        id: FiberId,
        (output, extent): (Value, Option<Extent>),
        assigned: Option<Arc<Map>>,
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
            fiber.phase = Phase::Enter;
            return Step::Again;
        }
        let previous = fiber.previous;
        match fiber.parent {
            Some((parent, place)) => {
                self.fibers.remove(id);
                let extent = extent.unwrap_or_else(|| Extent::of(&output, executor.limits.payload()));
                self.child_done(executor, parent, place, (output, extent), previous);
            }
            None => self.succeeded(previous, output),
        }
        Step::Block
    }

    /// Counts the variables that a state is about to set, and fails where all of the execution would be too large.
    ///
    /// The count covers everything that was ever set; the variables that still exist are measured when it comes to the limit.
    pub(super) fn store(&mut self, id: FiberId, assigned: &Arc<Map>) -> Option<Failure> {
        let (size, most) = (self.executor.limits.assign(), self.executor.limits.variable_bytes);
        let bytes = Extent::of(&Value::Object(Arc::clone(assigned)), size).bytes;
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

pub(super) fn assign(
    template: Option<&Template>,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<Option<Arc<Map>>, EvalError> {
    template.map(|template| program::assign(template, frame, input)).transpose()
}
