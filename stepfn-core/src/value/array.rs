use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use super::{Shared, Value, size::Remembered};

/// A JSON array: a vector of values that remembers its size.
#[derive(Clone, Default)]
pub struct Array {
    items: Vec<Value>,
    size: Remembered,
}

impl Array {
    /// An empty array.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn remembered(&self) -> &Remembered {
        &self.size
    }
}

impl Deref for Array {
    type Target = Vec<Value>;

    #[inline]
    fn deref(&self) -> &Vec<Value> {
        &self.items
    }
}

impl DerefMut for Array {
    #[inline]
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        self.size.forget();
        &mut self.items
    }
}

impl From<Vec<Value>> for Array {
    #[inline]
    fn from(items: Vec<Value>) -> Self {
        Self { items, size: Remembered::default() }
    }
}

impl From<Array> for Vec<Value> {
    fn from(array: Array) -> Self {
        array.items
    }
}

impl From<Array> for Value {
    fn from(array: Array) -> Self {
        Self::Array(Shared::new(array))
    }
}

impl FromIterator<Value> for Array {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl IntoIterator for Array {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.items, f)
    }
}
