use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    rc::Rc,
    sync::{Arc, Mutex},
};

use super::{Shape, StateData};

macro_rules! shapes {
    ($($ty:ty => $shape:expr),* $(,)?) => {
        $(impl StateData for $ty {
            const SHAPE: &'static Shape = &$shape;
        })*
    };
}

macro_rules! integers {
    ($($ty:ty),*) => {
        shapes!($($ty => Shape::Integer { min: <$ty>::MIN as i128, max: <$ty>::MAX as i128 }),*);
    };
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

shapes! {
    () => Shape::Null,
    bool => Shape::Boolean,
    f32 => Shape::Number,
    f64 => Shape::Number,
    str => Shape::String,
    String => Shape::String,
    char => Shape::Text("char"),
    serde_json::Value => Shape::Any,
    serde_json::Map<String, serde_json::Value> => Shape::Map(&Shape::Any),
    crate::value::Value => Shape::Any,
}

macro_rules! wrappers {
    ($($ty:ty),*) => {
        $(impl<T: StateData + ?Sized> StateData for $ty {
            const SHAPE: &'static Shape = T::SHAPE;
        })*
    };
}

wrappers!(&T, Box<T>, Rc<T>, Arc<T>, Mutex<T>, RefCell<T>);

impl<T: StateData + Copy> StateData for Cell<T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: StateData + ToOwned + ?Sized> StateData for Cow<'_, T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: StateData> StateData for Option<T> {
    const SHAPE: &'static Shape = &Shape::Nullable(T::SHAPE);
}

macro_rules! sequences {
    ($($ty:ty),*) => {
        $(impl<T: StateData> StateData for $ty {
            const SHAPE: &'static Shape = &Shape::Array(T::SHAPE);
        })*
    };
}

sequences!(Vec<T>, VecDeque<T>, BTreeSet<T>, [T]);

impl<T: StateData, S> StateData for HashSet<T, S> {
    const SHAPE: &'static Shape = &Shape::Array(T::SHAPE);
}

impl<T: StateData, const N: usize> StateData for [T; N] {
    const SHAPE: &'static Shape = &Shape::Tuple(&[T::SHAPE; N]);
}

/// Types that serde_json writes as an object's keys.
trait Key {}
impl Key for String {}
impl Key for str {}
impl Key for &str {}
impl Key for char {}
impl Key for Arc<str> {}

#[allow(private_bounds)] // the keys are a closed list
impl<K: Key, V: StateData> StateData for BTreeMap<K, V> {
    const SHAPE: &'static Shape = &Shape::Map(V::SHAPE);
}

#[allow(private_bounds)]
impl<K: Key, V: StateData, S> StateData for HashMap<K, V, S> {
    const SHAPE: &'static Shape = &Shape::Map(V::SHAPE);
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {
        $(impl<$($name: StateData),+> StateData for ($($name,)+) {
            const SHAPE: &'static Shape = &Shape::Tuple(&[$($name::SHAPE),+]);
        })*
    };
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}
