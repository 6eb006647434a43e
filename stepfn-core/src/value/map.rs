//! The entries of objects, in their order.

use std::{collections::HashMap, fmt, ops::Index, slice, vec};

use super::{Key, Value, size::Remembered};

/// Up to how many keys an object is searched from its beginning, which takes less than to hash one.
const SEARCHED: usize = 16;

/// A JSON object: keys in the order in which they were written, each of them once. Its values are JSON by default.
///
/// It remembers its size, and to copy one of few keys takes no more than to copy its entries. Two of them are equal when their entries are,
/// in any order.
#[derive(Clone)]
pub struct Map<V = Value> {
    entries: Vec<(Key, V)>,
    /// The places of the keys, of an object with more than [`SEARCHED`] of them.
    #[allow(clippy::box_collection)] // Few objects have it: by a pointer the others stay small.
    places: Option<Box<HashMap<Key, usize>>>,
    size: Remembered,
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: None, size: Remembered::default() }
    }
}

impl Map {
    pub(super) fn remembered(&self) -> &Remembered {
        &self.size
    }
}

impl<V> Map<V> {
    /// An empty object.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty object with a capacity.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), ..Self::default() }
    }

    /// An object of entries whose keys are known to differ, which is not looked at again.
    ///
    /// ```
    /// use stepfn_core::value::{Map, Value};
    ///
    /// let map = Map::of_distinct(vec![("a".into(), Value::from(1)), ("b".into(), Value::Null)]);
    /// assert_eq!(map.get("a"), Some(&Value::from(1)));
    /// ```
    pub fn of_distinct(entries: Vec<(Key, V)>) -> Self {
        let mut map = Self { entries, ..Self::default() };
        map.find_places();
        debug_assert!(
            map.places.as_ref().map_or_else(
                || (0..map.len()).all(|at| map.get_index_of(&map.entries[at].0) == Some(at)),
                |places| places.len() == map.len()
            ),
            "a key is there twice"
        );
        map
    }

    /// The number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns `true` if there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reserves capacity for more entries.
    pub fn reserve(&mut self, additional: usize) {
        self.entries.reserve(additional);
    }

    /// The place of a key.
    #[inline]
    pub fn get_index_of(&self, key: &str) -> Option<usize> {
        match &self.places {
            None => self.entries.iter().position(|(known, _)| known.as_str() == key),
            Some(places) => places.get(key).copied(),
        }
    }

    /// Returns `true` if there is a key.
    #[inline]
    pub fn contains_key(&self, key: &str) -> bool {
        self.get_index_of(key).is_some()
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&V> {
        match &self.places {
            None => self.entries.iter().find(|(known, _)| known.as_str() == key).map(|(_, value)| value),
            Some(places) => self.entries.get(*places.get(key)?).map(|(_, value)| value),
        }
    }

    /// A key that is there, and its value.
    pub fn get_key_value(&self, key: &str) -> Option<(&Key, &V)> {
        self.get_index(self.get_index_of(key)?)
    }

    /// The value of a key, for a change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let index = self.get_index_of(key)?;
        self.get_index_mut(index).map(|(_, value)| value)
    }

    /// The entry at a place.
    #[inline]
    pub fn get_index(&self, index: usize) -> Option<(&Key, &V)> {
        self.entries.get(index).map(|(key, value)| (key, value))
    }

    /// The entry at a place, for a change of its value.
    #[inline]
    pub fn get_index_mut(&mut self, index: usize) -> Option<(&Key, &mut V)> {
        self.size.forget();
        self.entries.get_mut(index).map(|(key, value)| (&*key, value))
    }

    /// The first entry.
    pub fn first(&self) -> Option<(&Key, &V)> {
        self.get_index(0)
    }

    /// The last entry.
    pub fn last(&self) -> Option<(&Key, &V)> {
        self.entries.last().map(|(key, value)| (key, value))
    }

    /// Sets the value of a key, at its place or at the end, and gives what it was.
    ///
    /// ```
    /// use stepfn_core::value::{Map, Value};
    ///
    /// let mut order = Map::new();
    /// order.insert("id".into(), Value::from("A-7"));
    /// assert_eq!(order.insert("id".into(), "A-8".into()), Some("A-7".into()));
    /// assert_eq!(Value::from(order).to_string(), r#"{"id":"A-8"}"#);
    /// ```
    #[inline]
    pub fn insert(&mut self, key: Key, value: V) -> Option<V> {
        self.insert_full(key, value).1
    }

    /// [`insert`](Self::insert), with the key's place.
    #[inline]
    pub fn insert_full(&mut self, key: Key, value: V) -> (usize, Option<V>) {
        if let Some(index) = self.get_index_of(&key) {
            let before = self.get_index_mut(index).map(|(_, place)| std::mem::replace(place, value));
            return (index, before);
        }
        (self.push(key, value), None)
    }

    /// Adds an entry whose key is not there.
    #[inline]
    fn push(&mut self, key: Key, value: V) -> usize {
        self.size.forget();
        let index = self.entries.len();
        if let Some(places) = &mut self.places {
            places.insert(key.clone(), index);
        }
        self.entries.push((key, value));
        if index == SEARCHED {
            self.find_places();
        }
        index
    }

    /// Notes the places of all keys, if they are too many to be searched.
    fn find_places(&mut self) {
        self.places = (self.entries.len() > SEARCHED).then(|| {
            Box::new(self.entries.iter().enumerate().map(|(index, (key, _))| (key.clone(), index)).collect())
        });
    }

    /// The place of a key, to look at it and to fill it.
    pub fn entry(&mut self, key: Key) -> Entry<'_, V> {
        match self.get_index_of(&key) {
            Some(index) => Entry::Occupied(Occupied { map: self, key, index }),
            None => Entry::Vacant(Vacant { map: self, key }),
        }
    }

    /// Takes a key out; the entries behind it move up.
    pub fn shift_remove(&mut self, key: &str) -> Option<V> {
        self.shift_remove_entry(key).map(|(_, value)| value)
    }

    /// [`shift_remove`](Self::shift_remove), with the key.
    pub fn shift_remove_entry(&mut self, key: &str) -> Option<(Key, V)> {
        let index = self.get_index_of(key)?;
        self.size.forget();
        let entry = self.entries.remove(index);
        if self.places.is_some() {
            self.find_places();
        }
        Some(entry)
    }

    /// Takes a key out; the last entry takes its place.
    pub fn swap_remove(&mut self, key: &str) -> Option<V> {
        let index = self.get_index_of(key)?;
        self.size.forget();
        let (key, value) = self.entries.swap_remove(index);
        if let Some(places) = &mut self.places {
            places.remove(&key);
            if let Some((moved, _)) = self.entries.get(index) {
                places.insert(moved.clone(), index);
            }
        }
        Some(value)
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps the entries for which `keep` returns `true`.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key, &mut V) -> bool) {
        self.size.forget();
        self.entries.retain_mut(|(key, value)| keep(key, value));
        if self.places.is_some() {
            self.find_places();
        }
    }

    /// Puts the entries into the order of their keys.
    pub fn sort_keys(&mut self) {
        self.entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        if self.places.is_some() {
            self.find_places();
        }
    }

    /// Puts the entries into an order.
    pub fn sort_by(&mut self, mut compare: impl FnMut(&Key, &V, &Key, &V) -> std::cmp::Ordering) {
        self.entries.sort_by(|one, other| compare(&one.0, &one.1, &other.0, &other.1));
        if self.places.is_some() {
            self.find_places();
        }
    }

    /// The entries, in their order.
    ///
    /// ```
    /// use stepfn_core::value::{Map, Value};
    ///
    /// let order: Map = [("id", Value::from("A-7")), ("total", 3.into())].into_iter().collect();
    /// assert_eq!(order.iter().map(|(key, _)| &**key).collect::<Vec<_>>(), ["id", "total"]);
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, V> {
        Iter(self.entries.iter())
    }

    /// The entries, for a change of their values.
    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        self.size.forget();
        IterMut(self.entries.iter_mut())
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Key> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values, for a change.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.size.forget();
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// The keys themselves.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = Key> + ExactSizeIterator {
        self.entries.into_iter().map(|(key, _)| key)
    }

    /// The values themselves.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.entries.into_iter().map(|(_, value)| value)
    }
}

/// The place of a key in a [`Map`].
#[derive(Debug)]
pub enum Entry<'a, V = Value> {
    /// The key is there.
    Occupied(Occupied<'a, V>),
    /// The key is not there.
    Vacant(Vacant<'a, V>),
}

/// The place of a key that is there.
#[derive(Debug)]
pub struct Occupied<'a, V = Value> {
    map: &'a mut Map<V>,
    key: Key,
    index: usize,
}

/// The place of a key that is not there.
#[derive(Debug)]
pub struct Vacant<'a, V = Value> {
    map: &'a mut Map<V>,
    key: Key,
}

impl<'a, V> Entry<'a, V> {
    /// The value, which is made first where there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        match self {
            Self::Occupied(place) => place.into_mut(),
            Self::Vacant(place) => place.insert(make()),
        }
    }

    /// The value, which is the given one where there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }
}

impl<'a, V> Occupied<'a, V> {
    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The value, for a change.
    pub fn into_mut(self) -> &'a mut V {
        self.map.size.forget();
        &mut self.map.entries[self.index].1
    }
}

impl<'a, V> Vacant<'a, V> {
    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Puts a value there.
    pub fn insert(self, value: V) -> &'a mut V {
        let index = self.map.push(self.key, value);
        &mut self.map.entries[index].1
    }
}

/// The entries of a [`Map`].
#[derive(Clone, Debug)]
pub struct Iter<'a, V = Value>(slice::Iter<'a, (Key, V)>);

/// The entries of a [`Map`], for a change of their values.
#[derive(Debug)]
pub struct IterMut<'a, V = Value>(slice::IterMut<'a, (Key, V)>);

/// The entries of a [`Map`] themselves.
#[derive(Debug)]
pub struct IntoIter<V = Value>(vec::IntoIter<(Key, V)>);

macro_rules! iterator {
    ($name:ident<$($life:lifetime,)? V>: $item:ty, |$entry:pat_param| $make:expr) => {
        impl<$($life,)? V> Iterator for $name<$($life,)? V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map(|$entry| $make)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($life,)? V> DoubleEndedIterator for $name<$($life,)? V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map(|$entry| $make)
            }
        }

        impl<$($life,)? V> ExactSizeIterator for $name<$($life,)? V> {}
    };
}
iterator!(Iter<'a, V>: (&'a Key, &'a V), |(key, value)| (key, value));
iterator!(IterMut<'a, V>: (&'a Key, &'a mut V), |(key, value)| (&*key, value));
iterator!(IntoIter<V>: (Key, V), |entry| entry);

impl<'a, V> IntoIterator for &'a Map<V> {
    type Item = (&'a Key, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        self.iter()
    }
}

impl<'a, V> IntoIterator for &'a mut Map<V> {
    type Item = (&'a Key, &'a mut V);
    type IntoIter = IterMut<'a, V>;

    fn into_iter(self) -> IterMut<'a, V> {
        self.iter_mut()
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (Key, V);
    type IntoIter = IntoIter<V>;

    fn into_iter(self) -> IntoIter<V> {
        IntoIter(self.entries.into_iter())
    }
}

impl<K: Into<Key>, V> Extend<(K, V)> for Map<V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key.into(), value);
        }
    }
}

impl<K: Into<Key>, V> FromIterator<(K, V)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Self::with_capacity(entries.size_hint().0.min(1024));
        map.extend(entries);
        map
    }
}

impl<K: Into<Key>, V, const N: usize> From<[(K, V); N]> for Map<V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<V: PartialEq> PartialEq for Map<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().enumerate().all(|(index, (key, value))| match other.entries.get(index) {
                // Most are in the same order.
                Some((theirs, their_value)) if theirs == key => their_value == value,
                _ => other.get(key).is_some_and(|theirs| theirs == value),
            })
    }
}

impl Index<&str> for Map {
    type Output = Value;

    /// The value of a key, `null` where there is none.
    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&super::NULL)
    }
}

impl<V: fmt::Debug> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic numbers.
    fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        }
    }

    #[test]
    fn it_does_what_a_map_in_order_does_at_any_number_of_keys() {
        for seed in 0..40 {
            let mut draw = numbers(seed);
            let keys = [4, 20, 60][(seed % 3) as usize];
            let (mut map, mut model) = (Map::new(), indexmap::IndexMap::<String, Value>::new());
            for step in 0..400 {
                let name = format!("key {}", draw(keys));
                let value = Value::from(step);
                match draw(8) {
                    0..4 => {
                        assert_eq!(map.insert_full(name.as_str().into(), value.clone()), {
                            model.insert_full(name.clone(), value.clone())
                        });
                    }
                    4 => assert_eq!(map.shift_remove(&name), model.shift_remove(&name)),
                    5 => assert_eq!(map.swap_remove(&name), model.swap_remove(&name)),
                    6 => {
                        let ours = map.entry(name.as_str().into()).or_insert(value.clone());
                        assert_eq!(ours, model.entry(name.clone()).or_insert(value));
                    }
                    _ => {
                        let odd = draw(5);
                        map.retain(|key, _| key.len() as u64 % 5 != odd || key.ends_with('1'));
                        model.retain(|key, _| key.len() as u64 % 5 != odd || key.ends_with('1'));
                    }
                }
                assert!(
                    map.iter()
                        .map(|(key, value)| (key.as_str(), value))
                        .eq(model.iter().map(|(key, value)| (key.as_str(), value)))
                );
                assert_eq!(map.get(&name), model.get(&name));
                assert_eq!(map.get_index_of(&name), model.get_index_of(&name));
                assert_eq!(
                    map.places.is_some(),
                    map.places.as_ref().is_some_and(|places| places.len() == map.len())
                );
            }
        }
    }

    #[test]
    fn objects_are_equal_in_any_order() {
        let pairs =
            |order: &[i64]| -> Map { order.iter().map(|n| (format!("k{n}"), Value::from(*n))).collect() };
        assert_eq!(pairs(&[1, 2, 3]), pairs(&[3, 1, 2]));
        assert_ne!(pairs(&[1, 2, 3]), pairs(&[1, 2]));
        assert_ne!(pairs(&[1, 2, 3]), pairs(&[1, 2, 4]));
        let many: Vec<i64> = (0..40).collect();
        let mut turned = many.clone();
        turned.reverse();
        assert_eq!(pairs(&many), pairs(&turned));
    }
}
