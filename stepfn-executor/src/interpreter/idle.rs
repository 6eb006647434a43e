//! What an execution waits for that has nothing to do.

use std::sync::Arc;

use jiff::Timestamp;

use super::Interpreter;

impl Interpreter {
    /// Whether pending work may come to something without time passing.
    pub(super) fn is_working(&self) -> bool {
        self.work.is_pending() || self.runs_working || self.running_nested().any(Self::is_working)
    }

    pub(super) fn awaits_callback(&self) -> bool {
        self.runs_await
            || self.running_nested().any(Self::awaits_callback)
            || self.tokens.values().any(|holder| holder.awaited)
    }

    /// Whether time stands still for a callback: where nothing but the end of the execution's own time is left, one may
    /// still come.
    pub(super) fn holds_for_callback(&self) -> bool {
        self.awaits_callback() && (self.executor.hold_for_callbacks || self.timers.next().is_none())
    }

    /// When something happens by itself, if nothing comes from outside.
    pub(crate) fn next_instant(&self) -> Option<Timestamp> {
        if self.holds_for_callback() {
            return None;
        }
        Some(self.timers.next().map_or(self.deadline, |timer| timer.min(self.deadline)))
    }

    /// Whether nothing can come from anywhere any more.
    pub(crate) fn is_stuck(&self) -> bool {
        let alone =
            self.link.as_ref().is_none_or(|link| Arc::strong_count(link) == 1) && !self.executor.is_shared();
        alone && self.ready.is_empty() && !self.is_working()
    }

    /// The states in which fibers wait.
    pub(crate) fn waiting_states(&self) -> Vec<String> {
        let states = self.fibers.iter().map(|fiber| &*self.executor.program.state(fiber.at).name);
        let own = states.filter(|_| !self.is_over()).map(str::to_owned);
        own.chain(self.running_nested().flat_map(Self::waiting_states)).collect()
    }
}
