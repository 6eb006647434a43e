//! Arrays and objects that many values hold together, counted so that the cores of a machine need not hand the count to each other.
//!
//! Each array and object has a home: the thread that made it, which counts it as [`Arc`] does. To another thread such a count is a cache
//! line that its core has to fetch from the other one, whenever a value is cloned or dropped. So a thread keeps what it has counted
//! once: what it drops of a foreign part goes to its spares, and what it clones is taken from there. The count itself is left alone.
//!
//! What a thread keeps is bounded: a few parts, each of them small, that it dropped before. One that nobody holds but the spares of one
//! thread is let go at once; another stays until the thread needs the place, or ends.
//!
//! The items of a long array are too many to be kept. They move to the thread that they come by at, so that it counts them as its own; those
//! that have moved often are used by many threads, and stay where they are.

mod home;
mod spares;

use std::{cell::RefCell, fmt, ops::Deref, sync::Arc};

use self::home::{Counted, Home, Homed};
use super::{Array, Map, Value};

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
    Option<Counted<T>>,
);

/// What values share: [`Array`] and [`Map`].
pub trait Part: Sized + spares::Sealed {
    #[doc(hidden)]
    fn spares<R>(use_them: impl FnOnce(&mut spares::Spares<Self>) -> R) -> Option<R>;

    /// Returns `true` if a thread may keep it.
    #[doc(hidden)]
    fn is_small(&self) -> bool;
}

macro_rules! parts {
    ($($part:ty),*) => {
        $(impl spares::Sealed for $part {}

        impl Part for $part {
            #[inline]
            fn spares<R>(use_them: impl FnOnce(&mut spares::Spares<Self>) -> R) -> Option<R> {
                thread_local! {
                    static SPARES: RefCell<spares::Spares<$part>> = const { RefCell::new(spares::Spares::new()) };
                }
                // Not at the end of the thread, nor for what is dropped with spares.
                SPARES.try_with(|spares| Some(use_them(&mut *spares.try_borrow_mut().ok()?))).ok().flatten()
            }

            #[inline]
            fn is_small(&self) -> bool {
                self.remembered().is_within(spares::LARGEST)
            }
        })*
    };
}
parts!(Array, Map);

impl<T: Part> Shared<T> {
    /// Makes a part of values. This thread is its home.
    #[inline]
    pub fn new(part: T) -> Self {
        Self(Some(Arc::new(Homed { home: Home::here(), part })))
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
                homed.home = Home::here();
                &mut homed.part
            }
            None => gone(),
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
            None => gone(),
        }
    }

    /// Returns the part itself, if nobody else holds it.
    pub fn into_inner(mut this: Self) -> Option<T> {
        this.forget_spares();
        this.0.take().and_then(Arc::into_inner).map(|homed| homed.part)
    }

    #[inline]
    fn held(&self) -> &Counted<T> {
        match &self.0 {
            Some(held) => held,
            None => gone(),
        }
    }

    /// The spares of this thread are nobody's: they keep nobody from changing the part in its place.
    #[inline]
    fn forget_spares(&self) {
        let held = self.held();
        if !held.home.is_here() && Arc::strong_count(held) > 1 {
            drop(T::spares(|spares| spares.give_up(Arc::as_ptr(held).addr())));
        }
    }
}

/// A part is there until it is dropped.
#[cold]
#[inline(never)]
fn gone() -> ! {
    unreachable!("a part is there until it is dropped")
}

/// The clone of a part whose home is another thread.
#[inline(never)]
fn foreign_clone<T: Part>(held: &Counted<T>) -> Counted<T> {
    let spare = T::spares(|spares| spares.take(Arc::as_ptr(held).addr())).flatten();
    spare.unwrap_or_else(|| Arc::clone(held))
}

/// The drop of a part whose home is another thread. What is left there is to be dropped as it is.
#[inline(never)]
fn foreign_drop<T: Part>(held: &mut Option<Counted<T>>) {
    // What nobody else holds goes now.
    let Some(held) = held.take_if(|held| Arc::strong_count(held) > 1) else { return };
    if let Some(Some(refused)) = T::spares(|spares| spares.keep(held)) {
        // Now that the spares are free again, for it may hold other parts.
        drop(refused);
    }
}

impl<T: Part> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Self {
        let Some(held) = &self.0 else { gone() };
        Self(Some(if held.home.is_here() { Arc::clone(held) } else { foreign_clone(held) }))
    }
}

impl<T: Part> Drop for Shared<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(held) = &self.0
            && !held.home.is_here()
        {
            foreign_drop(&mut self.0);
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
mod tests;
