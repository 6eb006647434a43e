use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::Timestamp;

use crate::time::{Sleep, Time, after};

/// A clock that somebody else moves, and that knows who waits for what.
#[derive(Clone)]
pub(super) struct TurnClock(Arc<Mutex<State>>);

struct State {
    now: Timestamp,
    /// The wakers by their times, and those of one time in the order in which they began to wait.
    sleeping: BTreeMap<(Timestamp, u64), Waker>,
    count: u64,
}

impl TurnClock {
    pub(super) fn starting_at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(State { now, sleeping: BTreeMap::new(), count: 0 })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock on, never back, and wakes whoever waited for that.
    pub(super) fn set(&self, now: Timestamp) {
        let mut state = self.lock();
        state.now = state.now.max(now);
        let now = state.now;
        let later = state.sleeping.split_off(&(now, u64::MAX));
        let woken = std::mem::replace(&mut state.sleeping, later);
        drop(state);
        woken.into_values().for_each(Waker::wake);
    }

    pub(super) fn pass_a_second(&self) {
        let next = after(self.now(), Duration::from_secs(1));
        self.set(next);
    }

    /// The next time that somebody waits for.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.lock().sleeping.first_key_value().map(|((at, _), _)| *at)
    }
}

impl Time for TurnClock {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn reach(&self, at: Timestamp) -> Option<Sleep> {
        (self.now() < at).then(|| Box::pin(Sleeping { clock: self.clone(), at, place: None }) as Sleep)
    }
}

impl fmt::Debug for TurnClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TurnClock").field(&self.now()).finish()
    }
}

struct Sleeping {
    clock: TurnClock,
    at: Timestamp,
    place: Option<u64>,
}

impl Future for Sleeping {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.lock();
        if state.now >= self.at {
            return Poll::Ready(());
        }
        let place = self.place.unwrap_or_else(|| {
            state.count += 1;
            state.count
        });
        state.sleeping.insert((self.at, place), cx.waker().clone());
        drop(state);
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Sleeping {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.clock.lock().sleeping.remove(&(self.at, place));
        }
    }
}
