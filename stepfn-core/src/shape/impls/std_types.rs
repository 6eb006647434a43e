use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::{CStr, CString},
    fmt::Arguments,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::{NonZero, Saturating, Wrapping},
    ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo},
    path::{Path, PathBuf},
    rc::{self, Rc},
    sync::{self, Arc, Mutex, RwLock, atomic},
    time::{Duration, SystemTime},
};

use super::{Shape, StateData, maps, sequences, shapes};
use crate::shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape};

// Literals all the way down: what a const fn is given does not live long enough for a constant.

/// An enum of which nothing can be read without knowing the variant.
macro_rules! one_of {
    ($name:expr, $($alternative:expr),+) => {
        Shape::OneOf(&OneOfShape {
            name: $name,
            alternatives: &[$(&$alternative),+],
            buffered: false,
            common: &ObjectShape { name: "", fields: &[], flattened: &[], deny_unknown_fields: false },
        })
    };
}

/// A struct whose fields must all be there, and no others.
macro_rules! object {
    ($name:expr, $($key:literal: $shape:expr),+) => {
        Shape::Object(&ObjectShape {
            name: $name,
            fields: &[$(field!($key, $shape, Always, Required)),+],
            flattened: &[],
            deny_unknown_fields: true,
        })
    };
}

macro_rules! field {
    ($key:literal, $shape:expr, $made:ident, $given:ident) => {
        Field { made_as: $key, given_as: &[$key], shape: $shape, made: Made::$made, given: Given::$given }
    };
}

/// The shape of a type where it may be `null`, but not be missing: only a derived field of type `Option` may be.
struct There<T>(PhantomData<T>);

impl<T: StateData> There<T> {
    const SHAPE: &'static Shape = match T::SHAPE {
        made @ Shape::Nullable(inner) => {
            &Shape::Split { made, given: &one_of!("Option", Shape::Null, **inner) }
        }
        Shape::Split { made, given: Shape::Nullable(inner) } => {
            &Shape::Split { made, given: &one_of!("Option", Shape::Null, **inner) }
        }
        shape => shape,
    };
}

macro_rules! integers {
    ($($ty:ident),*) => {
        shapes!($($ty => Shape::Integer { min: $ty::MIN as i128, max: $ty::MAX as i128 }),*);
        // Numbers beyond the type's own are read as the nearest.
        shapes!($(Saturating<$ty> => Shape::Split {
            made: $ty::SHAPE,
            given: &Shape::Integer { min: i64::MIN as i128, max: u64::MAX as i128 },
        }),*);
    };
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

shapes! {
    // A bound for a `u128` is one more than any `i128` may be, for not every one fits the other.
    i128 => Shape::Integer { min: i128::MIN, max: i128::MAX - 1 },
    u128 => Shape::Integer { min: 0, max: i128::MAX },
    Saturating<i128> => *<i128>::SHAPE,
    Saturating<u128> => Shape::Split {
        made: u128::SHAPE,
        given: &Shape::Integer { min: i64::MIN as i128, max: i128::MAX },
    },
}

macro_rules! non_zero {
    ($($unsigned:ident $most:expr, $signed:ident $least:expr, $greatest:expr;)*) => {
        shapes! {
            $(NonZero<$unsigned> => Shape::Integer { min: 1, max: $most },
            NonZero<$signed> => one_of!(
                concat!("NonZero<", stringify!($signed), ">"),
                Shape::Integer { min: $least, max: -1 },
                Shape::Integer { min: 1, max: $greatest }
            ),)*
        }
    };
}

macro_rules! narrow_non_zero {
    ($($unsigned:ident $signed:ident),*) => {
        non_zero!($($unsigned $unsigned::MAX as i128, $signed $signed::MIN as i128, $signed::MAX as i128;)*);
    };
}

narrow_non_zero!(u8 i8, u16 i16, u32 i32, u64 i64, usize isize);
non_zero!(u128 i128::MAX, i128 i128::MIN, i128::MAX - 1;);

macro_rules! atomics {
    ($($atomic:ident $size:literal $ty:ty),*) => {
        $(#[cfg(target_has_atomic = $size)]
        impl StateData for atomic::$atomic {
            const SHAPE: &'static Shape = <$ty>::SHAPE;
        })*
    };
}

atomics! {
    AtomicBool "8" bool, AtomicI8 "8" i8, AtomicI16 "16" i16, AtomicI32 "32" i32, AtomicI64 "64" i64,
    AtomicIsize "ptr" isize, AtomicU8 "8" u8, AtomicU16 "16" u16, AtomicU32 "32" u32, AtomicU64 "64" u64,
    AtomicUsize "ptr" usize
}

/// The bytes of a C string, which end before the NUL; a text is read as well.
const C_STRING: Shape = Shape::Split {
    made: &Shape::Array(&Shape::Integer { min: 1, max: 255 }),
    given: &one_of!(
        "CString",
        Shape::Array(&Shape::Integer { min: 1, max: 255 }),
        Shape::Text("text without NUL")
    ),
};

shapes! {
    () => Shape::Null,
    bool => Shape::Boolean,
    f32 => Shape::Number,
    f64 => Shape::Number,
    serde_json::Number => Shape::Number,
    str => Shape::String,
    String => Shape::String,
    Arguments<'_> => Shape::String,
    char => Shape::Text("char"),
    CStr => C_STRING,
    CString => C_STRING,
    Path => Shape::String,
    PathBuf => Shape::String,
    Ipv4Addr => Shape::Text("IPv4 address"),
    Ipv6Addr => Shape::Text("IPv6 address"),
    IpAddr => one_of!("IpAddr", *Ipv4Addr::SHAPE, *Ipv6Addr::SHAPE),
    SocketAddrV4 => Shape::Text("IPv4 socket address"),
    SocketAddrV6 => Shape::Text("IPv6 socket address"),
    SocketAddr => one_of!("SocketAddr", *SocketAddrV4::SHAPE, *SocketAddrV6::SHAPE),
    Duration => object!("Duration", "secs": u64::SHAPE, "nanos": NANOSECONDS),
    // Before 1970 a time cannot be written, and the clock of the system does not reach as far as 64 bits.
    SystemTime => object!(
        "SystemTime",
        "secs_since_epoch": &Shape::Integer { min: 0, max: i64::MAX as i128 },
        "nanos_since_epoch": NANOSECONDS
    ),
    serde::de::IgnoredAny => Shape::Any,
    serde_json::Value => Shape::Any,
    serde_json::Map<String, serde_json::Value> => Shape::Map(&Shape::Any),
    crate::value::Value => Shape::Any,
}

/// More than a second's are read as well, as long as the seconds do not overflow.
const NANOSECONDS: &Shape = &Shape::Integer { min: 0, max: 999_999_999 };

macro_rules! wrappers {
    ($($ty:ty),*) => {
        $(impl<T: StateData + ?Sized> StateData for $ty {
            const SHAPE: &'static Shape = T::SHAPE;
        })*
    };
}

wrappers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>, Mutex<T>, RwLock<T>, RefCell<T>);

macro_rules! sized_wrappers {
    ($($ty:ty),*) => {
        $(impl<T: StateData> StateData for $ty {
            const SHAPE: &'static Shape = T::SHAPE;
        })*
    };
}

sized_wrappers!(Wrapping<T>, Reverse<T>);

impl<T: StateData + Copy> StateData for Cell<T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

impl<T: StateData + ToOwned + ?Sized> StateData for Cow<'_, T> {
    const SHAPE: &'static Shape = T::SHAPE;
}

macro_rules! nullable {
    ($($ty:ty),*) => {
        $(impl<T: StateData> StateData for $ty {
            const SHAPE: &'static Shape = match T::SHAPE {
                // `null` is the outer one's `None`.
                shape @ Shape::Nullable(_) => shape,
                shape => &Shape::Nullable(shape),
            };
        })*
    };
}

nullable!(Option<T>, rc::Weak<T>, sync::Weak<T>);

impl<T: ?Sized> StateData for PhantomData<T> {
    const SHAPE: &'static Shape = &Shape::Null;
}

sequences! {
    [] Vec<T>, [] VecDeque<T>, [] LinkedList<T>, [] BinaryHeap<T>, [] BTreeSet<T>, [S] HashSet<T, S>, [] [T],
}

maps!([] BTreeMap<K, V>, [S] HashMap<K, V, S>);

impl<T: StateData, const N: usize> StateData for [T; N] {
    const SHAPE: &'static Shape = &Shape::Tuple(&[T::SHAPE; N]);
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {
        $(impl<$($name: StateData),+> StateData for ($($name,)+) {
            const SHAPE: &'static Shape = &Shape::Tuple(&[$($name::SHAPE),+]);
        })*
    };
}

tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L) (A B C D E F G H I J K L M)
    (A B C D E F G H I J K L M N) (A B C D E F G H I J K L M N O) (A B C D E F G H I J K L M N O P)
}

macro_rules! ranges {
    ($($name:ident: $($key:literal)*),*) => {
        $(impl<T: StateData> StateData for $name<T> {
            const SHAPE: &'static Shape = &object!(stringify!($name), $($key: There::<T>::SHAPE),*);
        })*
    };
}

ranges!(Range: "start" "end", RangeInclusive: "start" "end", RangeFrom: "start", RangeTo: "end");

impl<T: StateData> StateData for Bound<T> {
    const SHAPE: &'static Shape = &one_of!(
        "Bound",
        Shape::Enum(&EnumShape { name: "Bound", variants: &["Unbounded"], also_given: &[] }),
        object!("Bound::Included", "Included": There::<T>::SHAPE),
        object!("Bound::Excluded", "Excluded": There::<T>::SHAPE)
    );
}

impl<T: StateData, E: StateData> StateData for Result<T, E> {
    const SHAPE: &'static Shape = &Shape::OneOf(&OneOfShape {
        name: "Result",
        alternatives: &[&object!("Ok", "Ok": There::<T>::SHAPE), &object!("Err", "Err": There::<E>::SHAPE)],
        buffered: false,
        common: &ObjectShape {
            name: "Result",
            fields: &[field!("Ok", T::SHAPE, Maybe, Optional), field!("Err", E::SHAPE, Maybe, Optional)],
            flattened: &[],
            deny_unknown_fields: false,
        },
    });
}
