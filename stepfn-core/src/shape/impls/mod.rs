//! The shapes of the types that serde itself knows how to serialize and deserialize.
//!
//! Left out are `OsStr` and `OsString`, whose JSON is another on each platform, and `RawValue`, which only serde_json's own
//! serializer can write.

mod foreign;
mod std_types;

use super::{Shape, StateData, keys};

macro_rules! shapes {
    ($($ty:ty => $shape:expr),* $(,)?) => {
        $(impl StateData for $ty {
            const SHAPE: &'static Shape = &$shape;
        })*
    };
}

macro_rules! sequences {
    ($($(#[$attribute:meta])* [$($parameter:ident),*] $ty:ty),* $(,)?) => {
        $($(#[$attribute])* impl<T: StateData $(, $parameter)*> StateData for $ty {
            const SHAPE: &'static Shape = &Shape::Array(T::SHAPE);
        })*
    };
}

macro_rules! maps {
    ($($(#[$attribute:meta])* [$($parameter:ident),*] $ty:ty),* $(,)?) => {
        $($(#[$attribute])* impl<K: StateData, V: StateData $(, $parameter)*> StateData for $ty {
            const SHAPE: &'static Shape = {
                $crate::shape::impls::assert_key(K::SHAPE);
                if $crate::shape::keys::is_any_string(K::SHAPE) {
                    &Shape::Map(V::SHAPE)
                } else {
                    &Shape::Keyed { key: K::SHAPE, value: V::SHAPE }
                }
            };
        })*
    };
}

use {maps, sequences, shapes};

const fn assert_key(key: &Shape) {
    assert!(
        keys::is_key(key),
        "serde_json writes no such keys: take strings, numbers, booleans or variants without data as the keys of a map"
    );
}
