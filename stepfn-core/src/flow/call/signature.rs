//! The requirements of functions' signatures on arguments.

use crate::{
    jsonata::{self, Kinds},
    shape::Need,
};

/// A parameter of a function, as what is checked of arguments.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Parameter {
    kinds: Kinds,
    /// The kind of its items, where it takes an array.
    item: Option<char>,
    /// Whether the context takes its place where it is left out.
    pub(super) context: bool,
    /// Whether it may be left out, the context aside.
    pub(super) optional: bool,
}

impl Parameter {
    /// Returns the requirement on an argument as a whole; nothing where anything will do. One that is no array is made one where an array is
    /// asked for.
    pub(in super::super) fn need(&self) -> Option<Need<'static>> {
        let either = |one: Kinds, other: Kinds| one.with(other);
        Some(match self.kinds.without(Kinds::FUNCTION) {
            Kinds::STRING => Need::String,
            Kinds::NUMBER => Need::Number,
            Kinds::BOOLEAN => Need::Boolean,
            Kinds::OBJECT => Need::Object,
            kinds if kinds == either(Kinds::OBJECT, Kinds::ARRAY) => Need::Items,
            kinds if kinds == either(Kinds::STRING, Kinds::NUMBER) => Need::Ordered,
            kinds if kinds == either(Kinds::STRING, Kinds::NUMBER).with(Kinds::BOOLEAN) => Need::Scalar,
            _ => return None,
        })
    }

    /// Returns the requirement on each item of an array.
    pub(super) fn item_need(&self) -> Option<Need<'static>> {
        match self.item? {
            's' => Some(Need::String),
            'n' => Some(Need::Number),
            'b' => Some(Need::Boolean),
            'o' => Some(Need::Object),
            _ => None,
        }
    }

    pub(super) fn takes_array(&self) -> bool {
        self.kinds.has(Kinds::ARRAY)
    }

    /// Returns `true` if it takes a function, and not everything.
    pub(super) fn takes_function(&self) -> bool {
        self.kinds.has(Kinds::FUNCTION) && !self.takes_everything()
    }

    pub(super) fn takes_everything(&self) -> bool {
        self.kinds.has(Kinds::DATA)
    }
}

/// The parameters of a signature, in order.
pub(in super::super) fn parameters(signature: &str) -> Vec<Parameter> {
    let parameter = |of: &jsonata::Parameter| Parameter {
        kinds: of.kinds,
        item: of.of.as_deref().and_then(|of| of.chars().next()),
        context: of.context.is_some(),
        optional: of.optional && of.context.is_none(),
    };
    jsonata::Signature::read(signature).parameters().iter().map(parameter).collect()
}
