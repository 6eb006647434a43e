//! What editors see of JSON: for each type a type whose fields are the keys of its JSON.
//!
//! rust-analyzer sets `cfg(rust_analyzer)`. Where that is set, and nowhere else, the expansions of `#[derive(StateData)]` and `state_machine!`
//! hold code that is never run: the paths of a machine as field accesses on the values that flow in there. So an editor completes them,
//! leads from a path's part to the Rust field, and shows its type and its documentation. rustc drops that code before it resolves a name.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque},
    ops::Index,
    rc::Rc,
    sync::{Arc, Mutex, RwLock},
};

use crate::token::TaskToken;

/// A type that has JSON.
pub trait Json {
    /// The target of paths: a struct whose fields are the JSON's keys; the type itself where its JSON has none.
    type Fields;
}

/// A value of a type, for code that is only looked at.
pub fn of<T>() -> &'static T {
    unreachable!("code for editors is not run")
}

/// Data of which nothing is known.
#[derive(Debug)]
pub struct Unknown;

/// An array: it has items and no fields.
#[derive(Debug)]
pub struct Items<T>(T);

/// An array of such items.
pub fn items<T>(item: T) -> Items<T> {
    Items(item)
}

impl<T> Index<usize> for Items<T> {
    type Output = T;

    fn index(&self, _index: usize) -> &T {
        &self.0
    }
}

/// Returns the same tokens to rustc, and none to an editor, which resolves names even where they are not compiled: each token of the
/// user's is to have one definition.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! same {
    ($($tokens:tt)*) => { $($tokens)* };
}

#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! same {
    ($($tokens:tt)*) => {};
}

macro_rules! plain {
    ($($ty:ty),+ $(,)?) => {
        $(impl Json for $ty {
            type Fields = Self;
        })+
    };
}

plain!(bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, String, ());

impl Json for str {
    type Fields = String;
}

impl<T> Json for TaskToken<T> {
    type Fields = Self;
}

macro_rules! of_inner {
    ($($ty:ty),+ $(,)?) => {
        $(impl<T: Json> Json for $ty {
            type Fields = T::Fields;
        })+
    };
}

of_inner!(Option<T>, Box<T>, Rc<T>, Arc<T>, Cell<T>, RefCell<T>, Mutex<T>, RwLock<T>, &T);

impl<T: Json + ToOwned + ?Sized> Json for Cow<'_, T> {
    type Fields = T::Fields;
}

macro_rules! arrays {
    ($($ty:ty $(, $parameter:ident)?);+ $(;)?) => {
        $(impl<T: Json $(, $parameter)?> Json for $ty {
            type Fields = Items<T::Fields>;
        })+
    };
}

arrays!(Vec<T>; [T]; VecDeque<T>; LinkedList<T>; BinaryHeap<T>; HashSet<T, S>, S; BTreeSet<T>);

impl<T: Json, const N: usize> Json for [T; N] {
    type Fields = Items<T::Fields>;
}
