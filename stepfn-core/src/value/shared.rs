//! Arrays and objects that many values hold together, counted so that the cores of a machine need not hand the count to each other.
//!
//! Each array and object has a home: the thread that made it, which counts it as [`Arc`] does. To another thread such a count is a cache
//! line that its core has to fetch from the other one, whenever a value is cloned or dropped. So a thread keeps what it has counted
//! once: what it drops of a foreign part goes to its spares, and what it clones is taken from there. The count itself is left alone.
//!
//! What a thread keeps is bounded: a few parts, each of them small, that it dropped before. One that nobody holds but the spares of one
//! thread is let go at once; another stays until the thread needs the place, or ends.

use std::{
    cell::{Cell, RefCell},
    fmt, mem,
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{Array, Map, Size, Value};

/// The number of parts of which a thread keeps counts, each in the place that its address gives.
const PLACES: usize = 128;

/// The number of times that a part is dropped, and no other one of its place in between, until it gets the place. The items of a long array
/// come by a few times each: to keep their counts would cost more than it saves.
const PATIENCE: u8 = 16;

/// The number of counts of one part that a thread keeps.
const MOST: usize = 32;

/// The size of the largest part that is kept. A deep one would be dropped by recursion when its thread ends.
const LARGEST: Size = Size { bytes: 16 * 1024, depth: 100 };

/// An array or object that many values may hold: a clone shares it, and [`make_mut`](Self::make_mut) copies it if it is shared.
///
/// ```
/// use stepfn_core::value::{Map, Shared, Value};
///
/// let one = Shared::new(Map::of_distinct(vec![("a".into(), Value::Null)]));
/// let mut other = one.clone();
/// assert!(Shared::ptr_eq(&one, &other));
/// Shared::make_mut(&mut other).insert("b".into(), Value::Null);
/// assert_eq!((one.len(), other.len()), (1, 2));
/// ```
pub struct Shared<T: Part>(
    /// None while it is being dropped.
    Option<Arc<Homed<T>>>,
);

/// A part with the thread that made it.
struct Homed<T> {
    home: Thread,
    part: T,
}

impl<T: Clone> Clone for Homed<T> {
    fn clone(&self) -> Self {
        Self { home: Thread::this(), part: self.part.clone() }
    }
}

/// The number of a thread.
#[derive(Clone, Copy)]
struct Thread(u32);

thread_local! {
    static THIS: Cell<u32> = const { Cell::new(0) };
}

impl Thread {
    #[inline]
    fn this() -> Self {
        THIS.with(|this| match this.get() {
            0 => Self::numbered(this),
            number => Self(number),
        })
    }

    #[cold]
    fn numbered(this: &Cell<u32>) -> Self {
        static THREADS: AtomicU32 = AtomicU32::new(1);
        // Two threads of one number are right, and no more than slower.
        this.set(THREADS.fetch_add(1, Ordering::Relaxed).max(1));
        Self(this.get())
    }

    /// Returns `true` if it is this one. One that has made nothing yet has no number.
    #[inline]
    fn is_this(self) -> bool {
        THIS.with(|this| this.get() == self.0)
    }
}

/// What values share: [`Array`] and [`Map`].
pub trait Part: Sized + private::Sealed {
    #[doc(hidden)]
    fn spares<R>(use_them: impl FnOnce(&mut private::Spares<Self>) -> R) -> Option<R>;

    /// Returns `true` if a thread may keep it.
    #[doc(hidden)]
    fn is_small(&self) -> bool;
}

macro_rules! parts {
    ($($part:ty),*) => {
        $(impl private::Sealed for $part {}

        impl Part for $part {
            #[inline]
            fn spares<R>(use_them: impl FnOnce(&mut private::Spares<Self>) -> R) -> Option<R> {
                thread_local! {
                    static SPARES: RefCell<private::Spares<$part>> = const { RefCell::new(private::Spares::new()) };
                }
                // Not at the end of the thread, nor for what is dropped with spares.
                SPARES.try_with(|spares| Some(use_them(&mut *spares.try_borrow_mut().ok()?))).ok().flatten()
            }

            #[inline]
            fn is_small(&self) -> bool {
                self.remembered().is_within(LARGEST)
            }
        })*
    };
}
parts!(Array, Map);

mod private {
    use super::{Arc, Homed, MOST, PATIENCE, PLACES, Part, mem};

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

    /// A count that is kept.
    pub(super) type Counted<T> = Arc<Homed<T>>;

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
            if kept < MOST && kept + 1 < Arc::strong_count(&count) {
                place.counts.push(count);
                return None;
            }
            Some(Refused::All { _counts: place.refuse(count) })
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

        /// Returns what cannot be kept.
        #[cold]
        fn refuse(&mut self, count: Counted<T>) -> Vec<Counted<T>> {
            let is_held = self.counts.len() + 1 < Arc::strong_count(&count);
            let mut refused = if is_held { Vec::new() } else { mem::take(&mut self.counts) };
            refused.push(count);
            refused
        }
    }
}

impl<T: Part> Shared<T> {
    /// Makes a part of values. This thread is its home.
    #[inline]
    pub fn new(part: T) -> Self {
        Self(Some(Arc::new(Homed { home: Thread::this(), part })))
    }

    /// Returns `true` if both are the same one.
    #[inline]
    pub fn ptr_eq(one: &Self, other: &Self) -> bool {
        Arc::ptr_eq(one.held(), other.held())
    }

    /// The number of those that hold the part, what threads keep for their next clones included.
    #[inline]
    pub fn holders(this: &Self) -> usize {
        Arc::strong_count(this.held())
    }

    /// Returns the part for a change, a copy of it if others hold it too.
    #[inline]
    pub fn make_mut(this: &mut Self) -> &mut T
    where
        T: Clone,
    {
        this.forget_spares();
        match &mut this.0 {
            Some(held) => {
                let homed = Arc::make_mut(held);
                homed.home = Thread::this();
                &mut homed.part
            }
            None => unreachable!("{DROPPED}"),
        }
    }

    /// Returns the part itself, a copy of it if others hold it too.
    pub fn unwrap_or_clone(mut this: Self) -> T
    where
        T: Clone,
    {
        this.forget_spares();
        match this.0.take() {
            Some(held) => Arc::unwrap_or_clone(held).part,
            None => unreachable!("{DROPPED}"),
        }
    }

    /// Returns the part itself, if nobody else holds it.
    pub fn into_inner(mut this: Self) -> Option<T> {
        this.forget_spares();
        this.0.take().and_then(Arc::into_inner).map(|homed| homed.part)
    }

    #[inline]
    fn held(&self) -> &Arc<Homed<T>> {
        match &self.0 {
            Some(held) => held,
            None => unreachable!("{DROPPED}"),
        }
    }

    /// The spares of this thread are nobody's: they keep nobody from changing the part in its place.
    #[inline]
    fn forget_spares(&self) {
        let held = self.held();
        if !held.home.is_this() && Arc::strong_count(held) > 1 {
            drop(T::spares(|spares| spares.give_up(Arc::as_ptr(held).addr())));
        }
    }
}

const DROPPED: &str = "a part is there until it is dropped";

/// The clone of a part that another thread made.
#[inline(never)]
fn foreign_clone<T: Part>(held: &Arc<Homed<T>>) -> Arc<Homed<T>> {
    let spare = T::spares(|spares| spares.take(Arc::as_ptr(held).addr())).flatten();
    spare.unwrap_or_else(|| Arc::clone(held))
}

/// The drop of a part that another thread made.
#[inline(never)]
fn foreign_drop<T: Part>(held: Arc<Homed<T>>) {
    // What nobody else holds goes now.
    if Arc::strong_count(&held) > 1
        && let Some(Some(refused)) = T::spares(|spares| spares.keep(held))
    {
        // Now that the spares are free again, for it may hold other parts.
        drop(refused);
    }
}

impl<T: Part> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        let held = self.held();
        Self(Some(if held.home.is_this() { Arc::clone(held) } else { foreign_clone(held) }))
    }
}

impl<T: Part> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(held) = self.0.take()
            && !held.home.is_this()
        {
            foreign_drop(held);
        }
    }
}

impl<T: Part> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.held().part
    }
}

impl<T: Part> AsRef<T> for Shared<T> {
    #[inline]
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: Part + Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: Part> From<T> for Shared<T> {
    #[inline]
    fn from(part: T) -> Self {
        Self::new(part)
    }
}

impl<T: Part + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Part + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl From<Shared<Array>> for Value {
    fn from(items: Shared<Array>) -> Self {
        Self::Array(items)
    }
}

impl From<Shared<Map>> for Value {
    fn from(members: Shared<Map>) -> Self {
        Self::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const ANY: Size = Size { bytes: usize::MAX, depth: usize::MAX };

    fn list(text: &str) -> Shared<Array> {
        let value: Value = text.parse().unwrap();
        value.size(ANY);
        let Value::Array(items) = value else { panic!("an array") };
        items
    }

    fn count<T: Part>(part: &Shared<T>) -> usize {
        Arc::strong_count(part.held())
    }

    /// Waits for what a thread keeps, too.
    fn in_a_thread(run: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(run).join()).unwrap();
    }

    #[test]
    fn the_thread_that_made_a_part_counts_it_and_another_one_keeps_what_it_counted() {
        let part = list("[1,2]");
        drop(part.clone());
        assert_eq!(count(&part), 1);
        in_a_thread(|| {
            for _ in 1..PATIENCE {
                drop(part.clone());
                assert_eq!(count(&part), 1, "the first times are none");
            }
            let two = (part.clone(), part.clone());
            assert_eq!(count(&part), 3);
            drop(two);
            assert_eq!(count(&part), 3);
            // From here on nothing is counted.
            for _ in 0..10 {
                let two = (part.clone(), part.clone());
                assert_eq!(count(&part), 3);
                drop(two);
            }
            let three = (part.clone(), part.clone(), part.clone());
            assert_eq!(count(&part), 4);
            drop(three);
        });
        // The thread has ended, and with it what it kept.
        assert_eq!(count(&part), 1);
    }

    #[test]
    fn what_only_the_spares_of_one_thread_hold_goes() {
        let text: Arc<str> = "too long a text to be kept in its place".into();
        let list = Shared::new(Array::from(vec![Arc::clone(&text).into()]));
        Value::Array(list.clone()).size(ANY);
        assert_eq!(Arc::strong_count(&text), 2);
        in_a_thread(|| {
            (0..PATIENCE).for_each(|_| drop(list.clone()));
            assert_eq!(count(&list), 2);
            drop(list);
            assert_eq!(Arc::strong_count(&text), 1, "the list is gone, and what it held");
        });
    }

    #[test]
    fn spares_keep_nobody_from_changing_a_part_in_place() {
        let mut part = list("[1]");
        let address = Arc::as_ptr(part.held()).addr();
        in_a_thread(|| {
            drop(vec![part.clone(); PATIENCE.into()]);
            drop((part.clone(), part.clone()));
            assert_eq!(count(&part), 3);
            Shared::make_mut(&mut part).push(2.into());
            assert_eq!(Arc::as_ptr(part.held()).addr(), address);
            // Its home is where it was changed last.
            assert!(part.held().home.is_this());
            let other = part.clone();
            Shared::make_mut(&mut part).push(3.into());
            assert_eq!((part.len(), other.len()), (3, 2));
            assert_eq!(Shared::unwrap_or_clone(other).len(), 2);
        });
    }

    #[test]
    fn a_thread_keeps_a_bounded_number_of_small_parts() {
        let parts: Vec<_> = (0..1_000).map(|_| list("[1]")).collect();
        let large = list(&format!("[\"{}\"]", "x".repeat(LARGEST.bytes)));
        let unmeasured = Shared::new(Array::from(vec![1.into()]));
        let deep = list(&format!("{}{}", "[".repeat(110), "]".repeat(110)));
        in_a_thread(|| {
            for part in parts.iter().chain([&large, &unmeasured, &deep]) {
                drop(vec![part.clone(); MOST + 10]);
            }
            assert!(parts.iter().all(|part| count(part) <= MOST + 1));
            assert!(parts.iter().filter(|part| count(part) > 1).count() <= PLACES);
            assert_eq!((count(&large), count(&unmeasured), count(&deep)), (1, 1, 1));
        });
        assert!(parts.iter().all(|part| count(part) == 1));
    }
}
