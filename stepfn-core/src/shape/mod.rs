//! Shapes: the JSON forms of Rust types, serialized and deserialized.
//!
//! `#[derive(StateData)]` makes a [`Shape`] out of a type's serde attributes. A shape is a constant, so that claims about it
//! ("`Order` has a field `totalAmount`, always present, a number") can be judged while rustc compiles.
//!
//! ```
//! use stepfn_core::shape::{Shape, StateData};
//!
//! assert!(matches!(<Option<String>>::SHAPE, Shape::Nullable(Shape::String)));
//! assert_eq!(<Vec<u8>>::SHAPE.to_string(), "an array");
//! ```
//!
//! A type has two sides, as it has in serde: what it is *made* into by `Serialize` (a task's output), and what may be
//! *given* to its `Deserialize` (a task's input). A field of type `Option` is always there on the way out, possibly `null`,
//! and may be missing on the way in.

mod array;
mod bounds;
mod claim;
mod fits;
mod form;
mod impls;
mod keys;
mod may;
mod mismatch;
mod names;
mod narrow;
mod node;
mod object;
mod overlay;
mod range;
mod strangers;
#[cfg(test)]
mod tests;
mod text;
mod variants;
mod view;
mod ways;

use std::fmt;

pub(crate) use self::array::place_of;
pub(crate) use self::form::is_timestamp;
pub use self::{
    bounds::{Arithmetic, Bounds},
    claim::{
        Claim, Fault, Holds, Judged, Mismatch, Need, expect, expect_unless, holds, judge, leads, verdict,
    },
    form::{TIMESTAMP, example},
    mismatch::{mismatch, reads_back},
    narrow::{Fact, Kind, Property},
    node::Node,
    text::Text,
    view::{Problem, Side, Step, View},
};

/// A type whose JSON form is known.
#[diagnostic::on_unimplemented(
    message = "the JSON form of `{Self}` is not known",
    label = "no known JSON form",
    note = "write `#[derive(stepfn::StateData)]` on `{Self}`, beside serde's derives",
    note = "for a type of another crate, declare its form on the field: `#[state_data(as = \"String\")]`, or take `serde_json::Value`"
)]
pub trait StateData {
    /// The type's JSON form.
    const SHAPE: &'static Shape;
}

/// The shape of a value's type, where only the value can be named. Not for use by hand.
#[doc(hidden)]
pub const fn shape_of<T: StateData + ?Sized>(_: &T) -> &'static Shape {
    T::SHAPE
}

/// The JSON form of a type.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any JSON: nothing is known, everything may be asked.
    Any,
    /// `null`
    Null,
    /// A boolean.
    Boolean,
    /// A whole number between two bounds.
    Integer {
        /// The smallest, inclusive.
        min: i128,
        /// The largest, inclusive.
        max: i128,
    },
    /// Any number.
    Number,
    /// Any string.
    String,
    /// A string of a form of its own, which not every string has: `char`, `Uuid`, a [`TIMESTAMP`].
    Text(&'static str),
    /// One of some strings.
    Enum(&'static EnumShape),
    /// An array of any length.
    Array(&'static Self),
    /// An array of fixed length.
    Tuple(&'static [&'static Self]),
    /// An object with any keys, all values of one shape.
    Map(&'static Self),
    /// An object whose keys are not just any string: numbers, booleans, an enum's names, a form.
    Keyed {
        /// The shape of what the keys are made of.
        key: &'static Self,
        /// The shape of the values.
        value: &'static Self,
    },
    /// An object with known fields.
    Object(&'static ObjectShape),
    /// `null`, or the shape inside.
    Nullable(&'static Self),
    /// One of several shapes: an enum whose variants hold data.
    OneOf(&'static OneOfShape),
    /// Made as one shape and read from another.
    Split {
        /// The form that `Serialize` makes.
        made: &'static Self,
        /// The form that `Deserialize` takes.
        given: &'static Self,
    },
    /// An enclosing [`Object`](Self::Object) or [`OneOf`](Self::OneOf) again: a recursive type. The number is the number
    /// of them lie between, at most [`MAX_BETWEEN`].
    Recursive(usize),
    /// A field whose shape differs from variant to variant: it can be passed on with the whole, but not be read alone.
    Mixed,
    /// No value at all: the value of a key that a type does not have.
    Never,
    /// A string that is a [`TaskToken`](crate::token::TaskToken), with the shape of what it is answered with.
    Token(&'static Self),
}

/// The most enclosing shapes that [`Shape::Recursive`] may look through: an enum's variant, what the variant holds, and what
/// may be `null` but not be missing.
pub const MAX_BETWEEN: usize = 3;

/// An enum whose variants are all units.
#[derive(Clone, Copy, Debug)]
pub struct EnumShape {
    /// The Rust type's name.
    pub name: &'static str,
    /// The strings, as serde writes them.
    pub variants: &'static [&'static str],
    /// Further strings that are read (`#[serde(alias)]`); `*` as one of them means any (`#[serde(other)]`).
    pub also_given: &'static [&'static str],
}

/// An object with known fields.
#[derive(Clone, Copy, Debug)]
pub struct ObjectShape {
    /// The Rust type's name.
    pub name: &'static str,
    /// The fields.
    pub fields: &'static [Field],
    /// `#[serde(flatten)]`: objects and maps whose entries are among the fields.
    pub flattened: &'static [&'static Shape],
    /// `#[serde(deny_unknown_fields)]`: other keys make reading fail.
    pub deny_unknown_fields: bool,
}

/// A field of an [`ObjectShape`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key that `Serialize` writes.
    pub made_as: &'static str,
    /// The keys that `Deserialize` takes: the name first, then the aliases.
    pub given_as: &'static [&'static str],
    /// The shape of the value.
    pub shape: &'static Shape,
    /// Whether the key is there on the way out.
    pub made: Made,
    /// Whether the key must be there on the way in.
    pub given: Given,
}

/// Whether `Serialize` writes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Always.
    Always,
    /// Sometimes: `skip_serializing_if`.
    Maybe,
    /// Never: `skip`, `skip_serializing`.
    Never,
}

/// Whether `Deserialize` needs a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Reading fails without it. (A field of type `Option` is [`Optional`](Self::Optional) by itself.)
    Required,
    /// A default takes its place.
    Optional,
    /// The key is not read: `skip`, `skip_deserializing`.
    Never,
}

/// An enum whose variants hold data.
#[derive(Clone, Copy, Debug)]
pub struct OneOfShape {
    /// The Rust type's name.
    pub name: &'static str,
    /// The variants.
    pub alternatives: &'static [&'static Shape],
    /// Whether serde reads it through a buffer: tagged inside, or not at all. Numbers of 128 bits and keys that are numbers
    /// do not come through.
    pub buffered: bool,
    /// The fields that can be read without knowing the variant: a field that not every variant has is [`Made::Maybe`] and
    /// [`Given::Optional`], one whose type differs is [`Shape::Mixed`]. Empty where a variant is no object.
    pub common: &'static ObjectShape,
}

impl Shape {
    /// The Rust type's name, where the shape has one.
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Object(object) => Some(object.name),
            Self::Enum(shape) => Some(shape.name),
            Self::OneOf(shape) => Some(shape.name),
            Self::Nullable(inner) => inner.name(),
            Self::Split { made, .. } => made.name(),
            _ => None,
        }
    }

    /// The bounds of a whole number, inclusive; none where the shape is none, or may be something else.
    ///
    /// ```
    /// use stepfn_core::shape::StateData;
    ///
    /// assert_eq!(<u8>::SHAPE.range(), Some((0, 255)));
    /// assert_eq!(<std::num::NonZeroI8>::SHAPE.range(), Some((-128, 127)));
    /// assert_eq!(<f64>::SHAPE.range(), None);
    /// ```
    pub const fn range(&self) -> Option<(i128, i128)> {
        match self {
            Self::Integer { min, max } => Some((*min, *max)),
            Self::OneOf(one_of) => {
                let mut range: Option<(i128, i128)> = None;
                let mut i = 0;
                while i < one_of.alternatives.len() {
                    let Some((min, max)) = one_of.alternatives[i].range() else { return None };
                    range = match range {
                        None => Some((min, max)),
                        Some((least, most)) => {
                            Some((if min < least { min } else { least }, if max > most { max } else { most }))
                        }
                    };
                    i += 1;
                }
                range
            }
            _ => None,
        }
    }

    /// Returns the description of the shape: `a string`, `an array`, a type's name.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer { .. } => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Text(name) => name,
            Self::Enum(shape) => shape.name,
            Self::Array(_) => "an array",
            Self::Tuple(_) => "an array of fixed length",
            Self::Map(_) | Self::Keyed { .. } => "a map",
            Self::Object(shape) => shape.name,
            Self::Nullable(inner) => inner.words(),
            Self::OneOf(shape) => shape.name,
            Self::Split { made, .. } => made.words(),
            Self::Recursive(_) => "the enclosing type again",
            Self::Mixed => "different from variant to variant",
            Self::Never => "nothing",
            Self::Token(_) => "a task token",
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nullable(inner) => write!(f, "{inner} or null"),
            _ => f.write_str(self.words()),
        }
    }
}
