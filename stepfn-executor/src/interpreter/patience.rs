//! Virtual time while work is pending.
//!
//! Virtual time stops while a handler works, so that it sees none of it. But a Task's own `TimeoutSeconds` and
//! `HeartbeatSeconds` bound its work: where that takes longer by the clock on the wall, virtual time goes on to the bound.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    task::{Context, Poll},
};

use jiff::Timestamp;

use super::{FiberId, Interpreter};
use crate::time::{self, Sleep, WallClock};

/// The limits of pending work, and how far virtual time may go although work is pending.
#[derive(Default)]
pub(super) struct Patience(Option<Box<Limits>>);

#[derive(Default)]
struct Limits {
    limits: BinaryHeap<Reverse<Limit>>,
    sleep: Option<(Limit, Sleep)>,
    over: Option<Timestamp>,
}

/// The time limit of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Limit {
    at: Timestamp,
    /// The same on the wall.
    wall: WallClock,
    fiber: FiberId,
    /// The wait of the fiber.
    wait: u64,
}

impl Patience {
    /// Returns `true` if time may go on to a point, whatever work is pending.
    pub(super) fn is_over(&self, at: Timestamp) -> bool {
        self.over().is_some_and(|over| at <= over)
    }

    /// Notes that the work of a fiber is pending, and for how long it may be.
    pub(super) fn limit(&mut self, at: Timestamp, left: std::time::Duration, fiber: FiberId, wait: u64) {
        self.0.get_or_insert_default().limits.push(Reverse(Limit {
            at,
            wall: WallClock::in_future(left),
            fiber,
            wait,
        }));
    }

    fn over(&self) -> Option<Timestamp> {
        self.0.as_ref()?.over
    }
}

impl Interpreter {
    /// Waits for the first limit of pending work by the clock on the wall. When it is reached, time may go on to it.
    pub(super) fn lose_patience(&mut self, cx: &mut Context<'_>) {
        let Some(patience) = &mut self.patience.0 else { return };
        while let Some(Reverse(first)) = patience.limits.peek().copied() {
            if self.fibers.get(first.fiber).is_none_or(|fiber| fiber.wait != first.wait) {
                patience.limits.pop();
                continue;
            }
            let left = first.wall.left();
            if left.is_zero() {
                patience.limits.pop();
                patience.sleep = None;
                patience.over = patience.over.max(Some(first.at));
                return;
            }
            if patience.sleep.as_ref().is_none_or(|(limit, _)| *limit != first) {
                patience.sleep = Some((first, time::sleep_outside(left)));
            }
            match patience.sleep.as_mut().map(|(_, sleep)| sleep.as_mut().poll(cx)) {
                Some(Poll::Ready(())) => patience.sleep = None,
                _ => return,
            }
        }
        patience.sleep = None;
    }

    /// Lets time go on as far as it may inside of an execution that runs within this one.
    pub(super) fn share_patience(&mut self, inner: Option<Timestamp>) {
        if inner.is_some() {
            let patience = self.patience.0.get_or_insert_default();
            patience.over = patience.over.max(inner);
        }
    }

    /// Returns the point to which time may go although work is pending.
    pub(super) fn patience_over(&self) -> Option<Timestamp> {
        self.patience.over()
    }
}
