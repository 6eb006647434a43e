//! The executor as executions hold it, without a count that all cores would have to hand to each other.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{executor::Inner, outcome::RunError};

/// The number of counts. Two threads that share one are right, and no more than slower.
const STRIPES: usize = 16;

/// The number of places for executions that the threads of one count take at a time.
const BATCH: usize = 64;

/// A value on cache lines of its own: two, as processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Apart<T>(pub(crate) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// An executor, held by a count that belongs to few threads.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Apart<Stripe>>);

#[derive(Debug)]
struct Stripe {
    executor: Arc<Inner>,
    place: usize,
}

impl Shared {
    fn new(executor: Arc<Inner>, place: usize) -> Self {
        Self(Arc::new(Apart(Stripe { executor, place })))
    }

    /// Counts an execution that is about to run, until it is [closed](Self::close).
    pub(crate) fn open(&self) -> Result<(), RunError> {
        let limit = self.env.limits.open_executions;
        let is_free = self.settings.open.take(self.0.place, limit);
        if is_free { Ok(()) } else { Err(RunError::ExecutionLimitExceeded { limit }) }
    }

    /// Counts an execution no longer.
    pub(crate) fn close(&self) {
        self.settings.open.give_back(self.0.place);
    }
}

impl Deref for Shared {
    type Target = Arc<Inner>;

    #[inline]
    fn deref(&self) -> &Arc<Inner> {
        &self.0.executor
    }
}

impl From<Arc<Inner>> for Shared {
    fn from(executor: Arc<Inner>) -> Self {
        Self::new(executor, place())
    }
}

/// An executor with a count for each few threads.
#[derive(Clone, Debug)]
pub(crate) struct Stripes(Arc<[Shared]>);

impl Stripes {
    pub(crate) fn of(executor: &Arc<Inner>) -> Self {
        Self((0..STRIPES).map(|place| Shared::new(Arc::clone(executor), place)).collect())
    }

    /// Returns the counts of this thread.
    pub(crate) fn here(&self) -> &Shared {
        &self.0[place()]
    }
}

/// The place of this thread.
fn place() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static PLACE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES;
    }
    // At the end of a thread any will do.
    PLACE.try_with(|place| *place).unwrap_or(0)
}

/// The places for open executions. Threads take some in advance, so that cores need not ask each other for each, and never more
/// than there are: what is open, and what is free in all stripes, is together what was handed out.
#[derive(Debug, Default)]
pub(crate) struct OpenCounts {
    handed: Apart<AtomicUsize>,
    free: [Apart<AtomicUsize>; STRIPES],
}

impl OpenCounts {
    /// Takes a place, if there is one.
    fn take(&self, place: usize, limit: usize) -> bool {
        if self.free.get(place).is_some_and(|own| less(own, 1)) {
            return true;
        }
        let batch = |handed: usize| BATCH.min(limit.saturating_sub(handed));
        let more = |handed| (batch(handed) > 0).then(|| handed + batch(handed));
        match self.handed.fetch_update(Ordering::AcqRel, Ordering::Acquire, more) {
            Ok(before) => {
                if let Some(own) = self.free.get(place) {
                    own.fetch_add(batch(before) - 1, Ordering::AcqRel);
                }
                true
            }
            // All are handed out: other threads may not need theirs.
            Err(_) => self.free.iter().any(|other| less(other, 1)),
        }
    }

    fn give_back(&self, place: usize) {
        let Some(own) = self.free.get(place) else { return };
        if own.fetch_add(1, Ordering::AcqRel) + 1 >= 2 * BATCH && less(own, BATCH) {
            self.handed.fetch_sub(BATCH, Ordering::AcqRel);
        }
    }
}

/// The number of executions that are numbered in the order of their starts, on whatever threads these are.
const IN_ORDER: u64 = 1024;

/// The number of numbers that the threads of one count take at a time.
const NUMBERS: u64 = 64;

/// The numbers of executions: each is given once. Where one thread starts all executions, and of the first of them, they are in the order of
/// the starts; later on threads take some in advance, so that cores need not ask each other for each.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    given: Apart<AtomicU64>,
    /// The next number of each stripe; a multiple of [`NUMBERS`] where it has none left.
    next: [Apart<AtomicU64>; STRIPES],
}

impl Numbers {
    pub(crate) fn next(&self) -> u64 {
        self.next_at(place())
    }

    fn next_at(&self, place: usize) -> u64 {
        let early = |given: u64| (given < IN_ORDER).then_some(given + 1);
        if self.given.load(Ordering::Relaxed) < IN_ORDER
            && let Ok(number) = self.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, early)
        {
            return number;
        }
        let Some(next) = self.next.get(place) else {
            return self.given.fetch_add(NUMBERS, Ordering::Relaxed);
        };
        let own = |next: u64| (!next.is_multiple_of(NUMBERS)).then_some(next + 1);
        next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, own).unwrap_or_else(|_| {
            let first = self.given.fetch_add(NUMBERS, Ordering::Relaxed);
            // What another thread of the stripe has taken meanwhile is lost, which nobody misses.
            next.store(first + 1, Ordering::Relaxed);
            first
        })
    }
}

/// Takes so many off, if there are so many.
fn less(count: &AtomicUsize, by: usize) -> bool {
    count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| count.checked_sub(by)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_given_once_and_in_order_to_one_thread() {
        let numbers = Numbers::default();
        assert!((0..3_000).all(|expected| numbers.next_at(3) == expected));
        let numbers = Numbers::default();
        // The first are in the order of the starts, whatever the threads.
        assert!((0..1_000).all(|expected| numbers.next_at(expected as usize % 16) == expected));
        let mut all: Vec<u64> = std::thread::scope(|scope| {
            let take = |place| (0..1_000).map(|_| numbers.next_at(place)).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || take(thread % 2))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn no_place_is_handed_out_twice_and_none_is_lost() {
        for limit in [0, 1, 63, 64, 65, 1_000, 70_001] {
            let counts = OpenCounts::default();
            let all = || {
                std::thread::scope(|scope| {
                    let take = |place| (0..).take_while(|_| counts.take(place, limit)).count();
                    let threads: Vec<_> = (0..4).map(|place| scope.spawn(move || take(place))).collect();
                    threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
                })
            };
            assert_eq!(all(), limit);
            assert!(!counts.take(5, limit));
            // What one thread gives back, any other gets.
            (0..limit).for_each(|_| counts.give_back(3));
            assert_eq!(all(), limit);
            assert!(counts.handed.load(Ordering::Relaxed) <= limit);
        }
    }
}
