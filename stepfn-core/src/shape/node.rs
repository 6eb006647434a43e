use super::{
    Arithmetic, Bounds, Shape,
    view::{Side, Step},
};

/// The known parts of a value that flows somewhere: a tree, laid out flat so that it can be a constant. Node 0 is the value.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// Anything.
    Any,
    /// A value that the analysis cannot determine, with the reason: it fits only a type that takes anything.
    Unknown(&'a str),
    /// `null`
    Null,
    /// This boolean.
    True,
    /// This boolean.
    False,
    /// This string.
    Text(&'a str),
    /// This whole number.
    Integer(i128),
    /// Some string.
    String,
    /// Some RFC 3339 timestamp.
    Timestamp,
    /// Some number.
    Number,
    /// Some whole number.
    Whole(Bounds),
    /// A number that is computed of other nodes.
    Computed {
        /// The arithmetic.
        how: Arithmetic,
        /// The first of the [`Item`](Self::Item)s.
        first: usize,
        /// Their number.
        len: usize,
    },
    /// Some boolean.
    Boolean,
    /// One node, with another in the place of each of its items: in its own place where it is no array.
    Changed {
        /// The one.
        like: usize,
        /// The other.
        item: usize,
    },
    /// Objects that are put over each other, the last over all before it: [`Item`](Self::Item)s. One that is an array is each of
    /// its items in turn, and one that is not there is nothing.
    Merged {
        /// The first of them.
        first: usize,
        /// Their number.
        len: usize,
    },
    /// A value of a type, after some steps into it.
    Leaf {
        /// The type's shape.
        shape: &'static Shape,
        /// Its side.
        side: Side,
        /// The steps.
        steps: &'a [Step<'a>],
    },
    /// An object with fields, over what another node has.
    Object {
        /// The node of the first field; the others follow it.
        first: usize,
        /// The number of fields.
        len: usize,
        /// The node below, if there is one.
        base: Option<usize>,
    },
    /// A field of an object.
    Field {
        /// Its key.
        key: &'a str,
        /// The node of its value.
        value: usize,
        /// Whether it may be missing.
        absent: bool,
    },
    /// An array whose items are all like one node.
    Array(usize),
    /// An object of unknown keys, whose values are all like one node.
    Map(usize),
    /// An array of known items.
    Tuple {
        /// The first of the [`Item`](Self::Item)s.
        first: usize,
        /// Their number.
        len: usize,
    },
    /// One of several nodes.
    Union {
        /// The first of the [`Item`](Self::Item)s.
        first: usize,
        /// Their number.
        len: usize,
    },
    /// A value that two nodes describe, each rightly: it fits where one of them does.
    Either(usize, usize),
    /// A value that is there where another node is.
    If {
        /// The value.
        value: usize,
        /// The other.
        there: usize,
    },
    /// The `Payload` that a Lambda function is sent: another node, whose null comes to it as `{}`.
    Sent(usize),
    /// A member of a tuple or a union: another node.
    Item(usize),
}
