//! Types of other crates, behind features of their names.

#![allow(unused_imports)] // each feature needs some

use super::{Shape, StateData, maps, sequences, shapes};
use crate::shape::{EnumShape, ObjectShape, OneOfShape, TIMESTAMP};

/// The serialized form of a type, beside the other forms that it reads.
#[allow(unused_macros)]
macro_rules! also_given {
    ($name:literal: $made:expr, $($other:expr),+) => {
        Shape::Split {
            made: &$made,
            given: &Shape::OneOf(&OneOfShape {
                name: $name,
                alternatives: &[&$made, $(&$other),+],
                buffered: false,
                common: &ObjectShape { name: $name, fields: &[], flattened: &[], deny_unknown_fields: false },
            }),
        }
    };
}

#[allow(unused_macros)]
macro_rules! integer {
    ($min:expr, $max:expr) => {
        Shape::Integer { min: $min, max: $max }
    };
}

#[cfg(feature = "bytes")]
shapes! {
    bytes::Bytes => also_given!("Bytes": Shape::Array(u8::SHAPE), Shape::String),
    bytes::BytesMut => also_given!("BytesMut": Shape::Array(u8::SHAPE), Shape::String),
}

#[cfg(feature = "chrono")]
impl<Zone: chrono::TimeZone> StateData for chrono::DateTime<Zone> {
    const SHAPE: &'static Shape = &Shape::Text(TIMESTAMP);
}

#[cfg(feature = "chrono")]
shapes! {
    chrono::NaiveDate => Shape::Text("date"),
    chrono::NaiveTime => Shape::Text("time"),
    chrono::NaiveDateTime => Shape::Text("date and time"),
    // Seconds, and what nanoseconds come on top: also of a time before. The last second on either side is not read whole.
    chrono::TimeDelta => Shape::Tuple(&[
        &integer!(1 - i64::MAX as i128 / 1000, i64::MAX as i128 / 1000 - 1),
        &integer!(0, 999_999_999),
    ]),
    chrono::Weekday => Shape::Enum(&EnumShape {
        name: "Weekday",
        variants: &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        also_given: &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    }),
    chrono::Month => Shape::Enum(&EnumShape {
        name: "Month",
        variants: &[
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December",
        ],
        also_given: &["Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    }),
}

#[cfg(feature = "indexmap")]
maps!([S] indexmap::IndexMap<K, V, S>);
#[cfg(feature = "indexmap")]
sequences!([S] indexmap::IndexSet<T, S>);

#[cfg(feature = "jiff")]
shapes! {
    jiff::Timestamp => Shape::Text(TIMESTAMP),
    jiff::Zoned => Shape::Text("zoned timestamp"),
    jiff::civil::Date => Shape::Text("date"),
    jiff::civil::Time => Shape::Text("time"),
    jiff::civil::DateTime => Shape::Text("date and time"),
    jiff::Span => Shape::Text("ISO 8601 duration"),
    jiff::SignedDuration => Shape::Text("ISO 8601 duration of hours and less"),
}

#[cfg(feature = "rust_decimal")]
shapes! {
    rust_decimal::Decimal => also_given!(
        "Decimal": Shape::Text("decimal"),
        integer!(i64::MIN as i128, u64::MAX as i128)
    ),
}

#[cfg(feature = "smol_str")]
shapes!(smol_str::SmolStr => Shape::String);

// Without its feature `serde-human-readable`, as it is by default, the crate writes arrays of numbers.
#[cfg(feature = "time")]
mod time_numbers {
    use super::Shape;

    pub(super) const YEAR: &Shape = &integer!(-9999, 9999);
    /// The days of a year; the type does not show that only a leap year has 366.
    pub(super) const ORDINAL: &Shape = &integer!(1, 366);
    pub(super) const HOUR: &Shape = &integer!(0, 23);
    pub(super) const SIXTIETH: &Shape = &integer!(0, 59);
    pub(super) const NANOSECOND: &Shape = &integer!(0, 999_999_999);
    pub(super) const OFFSET_HOUR: &Shape = &integer!(-25, 25);
    pub(super) const OFFSET_SIXTIETH: &Shape = &integer!(-59, 59);
}

#[cfg(feature = "time")]
use time_numbers::{HOUR, NANOSECOND, OFFSET_HOUR, OFFSET_SIXTIETH, ORDINAL, SIXTIETH, YEAR};

#[cfg(feature = "time")]
shapes! {
    time::Date => Shape::Tuple(&[YEAR, ORDINAL]),
    time::Time => Shape::Tuple(&[HOUR, SIXTIETH, SIXTIETH, NANOSECOND]),
    time::PrimitiveDateTime => Shape::Tuple(&[YEAR, ORDINAL, HOUR, SIXTIETH, SIXTIETH, NANOSECOND]),
    time::UtcDateTime => Shape::Tuple(&[YEAR, ORDINAL, HOUR, SIXTIETH, SIXTIETH, NANOSECOND]),
    time::OffsetDateTime => Shape::Tuple(&[
        YEAR, ORDINAL, HOUR, SIXTIETH, SIXTIETH, NANOSECOND, OFFSET_HOUR, OFFSET_SIXTIETH, OFFSET_SIXTIETH,
    ]),
    time::UtcOffset => Shape::Tuple(&[OFFSET_HOUR, OFFSET_SIXTIETH, OFFSET_SIXTIETH]),
    time::Duration => Shape::Tuple(&[i64::SHAPE, &integer!(-999_999_999, 999_999_999)]),
    time::Weekday => integer!(1, 7),
    time::Month => integer!(1, 12),
}

#[cfg(feature = "url")]
shapes!(url::Url => Shape::Text("URL"));

#[cfg(feature = "uuid")]
shapes!(uuid::Uuid => Shape::Text("UUID"));
