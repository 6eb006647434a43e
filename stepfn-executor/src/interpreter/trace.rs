//! Traces of an execution for the crate `tracing`: a span for it and for each of its states, events for errors in between.
//!
//! Without the feature `tracing` the same calls are there and do nothing: the loop does not know the difference.

#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod on;

#[cfg(not(feature = "tracing"))]
pub(super) use self::off::{ExecutionSpan, StateSpan};
#[cfg(feature = "tracing")]
pub(super) use self::on::{ExecutionSpan, StateSpan};
use super::{FiberId, Interpreter};
use crate::executor::Inner as Executor;

impl Interpreter {
    /// Opens the span of the state that a fiber is in.
    #[inline]
    pub(super) fn open_span(&mut self, executor: &Executor, id: FiberId) {
        let fiber = self.fibers.at(id);
        let around = fiber.parent.and_then(|(parent, _)| self.fibers.get(parent)).map(|parent| &parent.span);
        let state = executor.program.state(fiber.at);
        let span = StateSpan::open(&self.span, around, state, fiber.item.as_deref());
        self.fiber(id).span = span;
    }
}
