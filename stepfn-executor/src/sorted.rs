//! Entries in the order of their keys, in one list: for maps that stay small, or whose entries come in their order. Each type of
//! `BTreeMap` costs the build of everybody ten times as much.

use std::borrow::Borrow;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sorted<K, V>(Vec<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    /// Where a key is, or where it would be.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// Adds an entry; what was there before.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self.0.get_mut(place).map(|(_, known)| std::mem::replace(known, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (K, V)> {
        self.0.iter()
    }
}

impl<K, V> IntoIterator for Sorted<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'s, K, V> IntoIterator for &'s Sorted<K, V> {
    type Item = &'s (K, V);
    type IntoIter = std::slice::Iter<'s, (K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_in_order_and_each_key_is_there_once() {
        let mut sorted = Sorted::default();
        assert_eq!(
            [(3, "c"), (1, "a"), (2, "b"), (1, "z")].map(|(key, value)| sorted.insert(key, value)),
            [None, None, None, Some("a")]
        );
        assert_eq!(sorted.iter().copied().collect::<Vec<_>>(), [(1, "z"), (2, "b"), (3, "c")]);
        assert_eq!((sorted.get(&2), sorted.get(&4), sorted.len()), (Some(&"b"), None, 3));
        assert_eq!((sorted.remove(&3), sorted.remove(&3), sorted.len()), (Some("c"), None, 2));
    }
}
