//! JSONata states, where they differ from those in JSONPath.

use stepfn_core::value::Value;

use super::{Failure, FiberId, Interpreter, Step};
use crate::{
    eval::EvalError,
    executor::Inner as Executor,
    history::EventKind,
    program::{Frame, Jsonata, JsonataKind, Kind, Left, StateId, Way, jsonata_text},
};

impl Interpreter {
    /// Leaves a JSONata state that has no result of its own: Pass, Wait, Succeed.
    pub(super) fn leave_jsonata(&mut self, executor: &Executor, id: FiberId, jsonata: &Jsonata) -> Step {
        self.leave_with(executor, id, |frame, input| {
            jsonata.results.evaluate(&frame.jsonata(input), input, frame.limits)
        })
    }

    pub(super) fn complete_jsonata(
        &mut self,
        executor: &Executor,
        id: FiberId,
        jsonata: &Jsonata,
        result: &Value,
    ) -> Step {
        self.leave_with(executor, id, |frame, input| jsonata.complete(frame, input, result))
    }

    fn leave_with(
        &mut self,
        executor: &Executor,
        id: FiberId,
        leave: impl FnOnce(&Frame<'_>, &Value) -> Result<Left, EvalError>,
    ) -> Step {
        let state = executor.program.state(self.state_of(id));
        let left = self.frame(executor, id, None, |frame, fiber| leave(frame, &fiber.input));
        match left {
            Ok(left) => self.exit_jsonata(executor, id, left, Way::next(state.next)),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    pub(super) fn exit_jsonata(&mut self, executor: &Executor, id: FiberId, left: Left, way: Way) -> Step {
        if !left.extent.fits(executor.limits.payload()) {
            let state = executor.program.state(self.state_of(id));
            return self.failed(executor, id, Failure::data_limit(&state.name));
        }
        self.exit(executor, id, (left.output, Some(left.extent)), left.assigned, way)
    }

    pub(super) fn choice_jsonata(
        &mut self,
        executor: &Executor,
        id: FiberId,
        jsonata: &Jsonata,
        default: Option<StateId>,
    ) -> Step {
        let JsonataKind::Choice(rules) = &jsonata.kind else { return Step::Block };
        let chosen = self
            .frame(executor, id, None, |frame, fiber| jsonata.choose(rules, default, frame, &fiber.input));
        match chosen {
            Ok(Some((left, way))) => self.exit_jsonata(executor, id, left, way),
            Ok(None) => self.no_choice(executor, id),
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    /// Ends the execution with the error and cause of a Fail state.
    pub(super) fn fail_jsonata(&mut self, executor: &Executor, id: FiberId, jsonata: &Jsonata) -> Step {
        let JsonataKind::Fail { error, cause } = &jsonata.kind else { return Step::Block };
        let failure = self.frame(executor, id, None, |frame, fiber| {
            let scope = frame.jsonata(&fiber.input);
            let error = error.as_ref().map(|text| jsonata_text(text, "Error", &scope)).transpose()?;
            let cause = cause.as_ref().map(|text| jsonata_text(text, "Cause", &scope)).transpose()?;
            Ok(Failure::new(error, cause))
        });
        self.failed(executor, id, failure.unwrap_or_else(|failure| failure))
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
