//! Arrays: what came in, and what was made.

use std::rc::Rc;

use stepfn_core::value::Value;

use super::{Object, Res, Tuple, Val};
use crate::limits::{Charge, Meter};

/// The marks that the reference puts on arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags(u8);

impl Flags {
    pub(crate) const PLAIN: Self = Self(0);
    /// Made by a path: one item is the item itself.
    pub(crate) const SEQUENCE: Self = Self(1);
    /// A sequence that stays an array though it has one item.
    pub(crate) const KEPT: Self = Self(2);
    /// Made by `[…]` in a path: it is not flattened.
    pub(crate) const CONSTRUCTED: Self = Self(4);
    /// Around data that is an array, so that it counts as one.
    pub(crate) const OUTER: Self = Self(8);

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn is_sequence(self) -> bool {
        self.has(Self::SEQUENCE)
    }
}

/// An array that was made.
#[derive(Debug)]
pub(crate) struct Array<'a> {
    items: Items<'a>,
    depth: u32,
    _charge: Charge<'a>,
}

/// The items of an array that was made.
#[derive(Debug)]
pub(crate) enum Items<'a> {
    Vals(Vec<Val<'a>>),
    /// Whole numbers that follow each other.
    Range {
        first: f64,
        len: usize,
    },
}

impl<'a> Array<'a> {
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// The items, unless they are numbers that follow each other.
    pub(crate) fn vals(&self) -> Option<&[Val<'a>]> {
        match &self.items {
            Items::Vals(items) => Some(items),
            Items::Range { .. } => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.items {
            Items::Vals(items) => items.len(),
            Items::Range { len, .. } => *len,
        }
    }

    pub(crate) fn get(&self, index: usize) -> Val<'a> {
        match &self.items {
            Items::Vals(items) => items.get(index).cloned().unwrap_or_default(),
            Items::Range { first, len } if index < *len => Val::Number(first + index as f64),
            Items::Range { .. } => Val::Undefined,
        }
    }
}

impl<'a> Val<'a> {
    /// An array of items.
    pub(crate) fn array(items: Vec<Self>, flags: Flags, meter: &'a Meter) -> Res<'a> {
        meter.items(items.len())?;
        let depth = 1 + items.iter().map(Self::depth).max().unwrap_or(0);
        meter.nest(depth)?;
        let charge = meter.hold(64 + items.capacity() * size_of::<Self>())?;
        Ok(Self::Array(Rc::new(Array { items: Items::Vals(items), depth, _charge: charge }), flags))
    }

    /// A sequence of items.
    pub(crate) fn sequence(items: Vec<Self>, meter: &'a Meter) -> Res<'a> {
        Self::array(items, Flags::SEQUENCE, meter)
    }

    /// A sequence of whole numbers that follow each other.
    pub(crate) fn range(first: f64, len: usize, meter: &'a Meter) -> Res<'a> {
        meter.items(len)?;
        let charge = meter.hold(64)?;
        let items = Items::Range { first, len };
        Ok(Self::Array(Rc::new(Array { items, depth: 1, _charge: charge }), Flags::SEQUENCE))
    }
}

/// The items of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ArrayView<'v, 'a> {
    Ref(&'a [Value]),
    Own(&'v [Value]),
    Made(&'v Array<'a>),
    Tuples(&'v [Tuple<'a>]),
}

impl<'a> ArrayView<'_, 'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ref(items) => items.len(),
            Self::Own(items) => items.len(),
            Self::Made(array) => array.len(),
            Self::Tuples(tuples) => tuples.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place; undefined where there is none.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Val<'a> {
        match self {
            Self::Ref(items) => items.get(index).map_or(Val::Undefined, Val::Ref),
            Self::Own(items) => items.get(index).map_or(Val::Undefined, |item| Val::Own(item.clone())),
            Self::Made(array) => array.get(index),
            Self::Tuples(tuples) => {
                tuples.get(index).map_or(Val::Undefined, |tuple| Val::Object(Object::of_tuple(tuple)))
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Val<'a>> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Returns `true` if all items are what `is_it` asks for. None is copied that was made.
    #[inline]
    pub(crate) fn all(&self, mut is_it: impl FnMut(&Val<'a>) -> bool) -> bool {
        match self {
            Self::Ref(items) => items.iter().all(|item| is_it(&Val::Ref(item))),
            Self::Made(Array { items: Items::Vals(items), .. }) => items.iter().all(is_it),
            other => other.iter().all(|item| is_it(&item)),
        }
    }

    pub(crate) fn to_vec(self) -> Vec<Val<'a>> {
        match self {
            Self::Ref(items) => items.iter().map(Val::Ref).collect(),
            Self::Made(Array { items: Items::Vals(items), .. }) => items.clone(),
            other => other.iter().collect(),
        }
    }
}
