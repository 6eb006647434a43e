//! Parts with their homes.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// The number of times that a part moves from thread to thread. Then it stays where it is: more than one thread uses it.
pub(super) const MOVES: u32 = 16;

/// A part with its home. That lies beside the count, in the same cache line: whoever needs one of them needs the other.
#[repr(C)]
pub(super) struct Homed<T> {
    pub(super) home: Home,
    pub(super) part: T,
}

impl<T: Clone> Clone for Homed<T> {
    fn clone(&self) -> Self {
        Self { home: Home::here(), part: self.part.clone() }
    }
}

/// A count of a part.
pub(super) type Counted<T> = Arc<Homed<T>>;

/// The thread that counts a part as its own.
pub(super) struct Home {
    /// Its number.
    thread: AtomicU32,
    /// The number of the thread that it came by at last and that did not keep it, and below that the number of times that it has moved.
    passed: AtomicU32,
}

thread_local! {
    /// The number of this thread; 0 as long as it has none.
    static THIS: Cell<u32> = const { Cell::new(0) };
}

impl Home {
    #[inline]
    pub(super) fn here() -> Self {
        Self { thread: AtomicU32::new(Self::this()), passed: AtomicU32::new(0) }
    }

    #[inline]
    fn this() -> u32 {
        THIS.with(|this| match this.get() {
            0 => Self::numbered(this),
            number => number,
        })
    }

    #[cold]
    fn numbered(this: &Cell<u32>) -> u32 {
        static THREADS: AtomicU32 = AtomicU32::new(1);
        // Two threads of one number are right, and no more than slower.
        this.set(THREADS.fetch_add(1, Ordering::Relaxed).max(1));
        this.get()
    }

    /// Returns `true` if it is this thread. One that has made nothing yet has no number.
    #[inline]
    pub(super) fn is_here(&self) -> bool {
        THIS.with(Cell::get) == self.thread.load(Ordering::Relaxed)
    }

    /// Notes that the part comes by at this thread, which does not keep it. If it was here the last time too, it moves here: it was here, others
    /// came between, and so it will be again.
    pub(super) fn pass(&self) {
        const MOVED: u32 = 0xFF;
        // What threads write at the same time decides no more than how they count.
        let (passed, this) = (self.passed.load(Ordering::Relaxed), Self::this());
        let (here, moved) = (this << MOVED.count_ones(), passed & MOVED);
        if passed & !MOVED != here {
            self.passed.store(here | moved, Ordering::Relaxed);
        } else if moved < MOVES {
            self.thread.store(this, Ordering::Relaxed);
            self.passed.store(here | (moved + 1), Ordering::Relaxed);
        }
    }
}
