use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use jiff::Timestamp;

use super::fiber::FiberId;

/// The timers of an execution: those of one instant go off in the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    set: u64,
    /// The number of timers that were left after void ones were last cleared away.
    kept: usize,
}

/// The number of timers from which void ones are cleared away.
const MANY: usize = 64;

#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    pub(super) at: Timestamp,
    order: u64,
    pub(super) fiber: FiberId,
    /// The wait of the fiber when the timer was set.
    pub(super) wait: u64,
    pub(super) kind: TimerKind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum TimerKind {
    /// A Wait or a backoff ends.
    Wake,
    /// `TimeoutSeconds`
    Timeout,
    /// `HeartbeatSeconds` after the heartbeat of this number.
    Heartbeat(u32),
    /// Something in a child of a Map Run, by its slot.
    Child(usize),
    /// Something in an execution that was started, by its slot; it belongs to no fiber.
    Nested(usize),
    /// A mock's answer arrives.
    Answer,
}

impl Timers {
    pub(super) fn set(&mut self, at: Timestamp, fiber: FiberId, wait: u64, kind: TimerKind) {
        self.set += 1;
        self.heap.push(Reverse(Timer { at, order: self.set, fiber, wait, kind }));
    }

    /// Returns the time at which the next timer goes off.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(timer)| timer.at)
    }

    pub(super) fn first(&self) -> Option<&Timer> {
        self.heap.peek().map(|Reverse(timer)| timer)
    }

    pub(super) fn drop_first(&mut self) {
        self.heap.pop();
    }

    /// Returns `true` if there may be more timers that nobody waits for than others.
    pub(super) fn is_crowded(&self) -> bool {
        self.heap.len() > 2 * self.kept + MANY
    }

    /// Clears away the timers that nobody waits for.
    pub(super) fn retain(&mut self, is_awaited: impl Fn(&Timer) -> bool) {
        self.heap.retain(|Reverse(timer)| is_awaited(timer));
        self.heap.shrink_to_fit();
        self.kept = self.heap.len();
    }

    /// Returns the times at which the fibers wake that wait for nothing else, with the wait of each.
    pub(super) fn wakes(&self) -> impl Iterator<Item = (FiberId, u64, Timestamp)> {
        let wakes = self.heap.iter().filter(|Reverse(timer)| matches!(timer.kind, TimerKind::Wake));
        wakes.map(|Reverse(timer)| (timer.fiber, timer.wait, timer.at))
    }

    /// Takes a timer that goes off by then.
    pub(super) fn pop_until(&mut self, at: Timestamp) -> Option<Timer> {
        if self.next()? > at {
            return None;
        }
        self.heap.pop().map(|Reverse(timer)| timer)
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
