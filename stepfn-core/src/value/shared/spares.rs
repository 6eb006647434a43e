//! The counts that a thread keeps.

use std::{mem, sync::Arc};

use super::{Part, home::Counted};
use crate::value::Size;

/// The number of parts of which a thread keeps counts, each in the place that its address gives.
pub(super) const PLACES: usize = 128;

/// The number of times that a part is dropped, and no other one of its place in between, until it gets the place. The items of a long array
/// come by a few times each: to keep their counts would cost more than it saves.
pub(super) const PATIENCE: u8 = 16;

/// The number of counts of one part that a thread keeps: as many as a Map with many items has of an answer that all of them share.
pub(super) const MOST: usize = 1024;

/// The size of the largest part that is kept. A deep one would be dropped by recursion when its thread ends.
pub(super) const LARGEST: Size = Size { bytes: 16 * 1024, depth: 100 };

/// Nobody else has parts.
pub trait Sealed {}

/// The counts that a thread keeps for its next clones.
#[expect(missing_debug_implementations, reason = "nobody gets one")]
pub struct Spares<T: Part> {
    places: [Place<T>; PLACES],
}

struct Place<T: Part> {
    address: usize,
    counts: Vec<Counted<T>>,
    /// The part that was dropped last without having the place, and how often in a row.
    next: usize,
    asked: u8,
}

/// What spares do not keep, to be dropped.
pub(super) enum Refused<T: Part> {
    One { _count: Counted<T> },
    All { _counts: Vec<Counted<T>> },
}

impl<T: Part> Spares<T> {
    pub(super) const fn new() -> Self {
        Self { places: [const { Place { address: 0, counts: Vec::new(), next: 0, asked: 0 } }; PLACES] }
    }

    /// The place of a part, whoever has it.
    #[inline]
    fn place(&mut self, address: usize) -> &mut Place<T> {
        let mixed = (address as u64 >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        &mut self.places[mixed as usize % PLACES]
    }

    /// Takes a count of a part that was kept.
    #[inline]
    pub(super) fn take(&mut self, address: usize) -> Option<Counted<T>> {
        let place = self.place(address);
        if place.address == address { place.counts.pop() } else { None }
    }

    /// Keeps a count of a part that others hold too. What is returned is to be dropped: the count, what gave place to it, or all that
    /// there is of a part that nobody else holds any more.
    #[inline]
    pub(super) fn keep(&mut self, count: Counted<T>) -> Option<Refused<T>> {
        let address = Arc::as_ptr(&count).addr();
        let place = self.place(address);
        if place.address != address {
            return Some(place.challenge(address, count));
        }
        let kept = place.counts.len();
        if kept + 1 < Arc::strong_count(&count) {
            if kept < MOST {
                place.counts.push(count);
                return None;
            }
            return Some(Refused::One { _count: count });
        }
        Some(Refused::All { _counts: place.empty(count) })
    }

    /// Gives up the counts of a part.
    pub(super) fn give_up(&mut self, address: usize) -> Vec<Counted<T>> {
        let place = self.place(address);
        if place.address == address { mem::take(&mut place.counts) } else { Vec::new() }
    }
}

impl<T: Part> Place<T> {
    /// Takes the count of a part that does not have the place: it may get it.
    fn challenge(&mut self, address: usize, count: Counted<T>) -> Refused<T> {
        if self.next != address {
            (self.next, self.asked) = (address, 0);
            count.home.pass();
        }
        self.asked += 1;
        if self.asked < PATIENCE {
            return Refused::One { _count: count };
        }
        self.asked = 0;
        if !count.part.is_small() {
            return Refused::One { _count: count };
        }
        self.address = address;
        Refused::All { _counts: mem::replace(&mut self.counts, vec![count]) }
    }

    /// Takes the counts out, and one more.
    #[cold]
    fn empty(&mut self, count: Counted<T>) -> Vec<Counted<T>> {
        let mut counts = mem::take(&mut self.counts);
        counts.push(count);
        counts
    }
}
