//! The executor as executions hold it, without a count that all cores would have to hand to each other.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{executor::Inner, outcome::RunError};

/// How many counts there are. Two threads that share one are right, and no more than slower.
const STRIPES: usize = 16;

/// Up to which limit each execution is counted against all others. Of a larger one every 64th is: so many more may run.
const EXACT: usize = 1 << 16;

/// What stands on cache lines of its own: two, as processors fetch them in pairs.
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

    /// Counts an execution that is about to run, or says why it cannot.
    pub(crate) fn open(&self, refused: Option<RunError>) -> (Option<Open>, Option<RunError>) {
        if refused.is_some() {
            return (None, refused);
        }
        let (counts, limit) = (&self.open, self.limits.open_executions);
        let own = counts.0[self.0.place].fetch_add(1, Ordering::Relaxed);
        let open = Open(self.clone());
        if (limit <= EXACT || own % 64 == 0) && counts.sum() > limit {
            return (None, Some(RunError::ExecutionLimitExceeded { limit }));
        }
        (Some(open), None)
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

    /// That of this thread.
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

/// How many executions are open, in as many counts.
#[derive(Debug, Default)]
pub(crate) struct OpenCounts([Apart<AtomicUsize>; STRIPES]);

impl OpenCounts {
    fn sum(&self) -> usize {
        // What began on one thread may end on another: a count alone may be below zero.
        self.0.iter().fold(0, |sum: usize, count| sum.wrapping_add(count.load(Ordering::Relaxed)))
    }
}

/// An open execution: it counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Open(Shared);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.0[self.0.0.place].fetch_sub(1, Ordering::Relaxed);
    }
}
