//! The fields of an object: a map that shares all that two of it have in common.
//!
//! A state that adds a field to an object of thousands must not cost thousands. So the map is a treap whose parts are interned: a
//! field's place in the tree depends on its key alone, maps of the same fields are the same tree, and one is compared, hashed
//! and measured in no time.

use std::{cmp::Ordering, rc::Rc};

use super::{
    intern::{self, Interned, Shared},
    value::{Entry, Sym},
};

/// The fields of an object, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Fields(Option<Shared<Node>>);

/// The field at the root of a part of the map.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    key: Rc<str>,
    entry: Entry,
    /// The fields before it and behind it.
    before: Fields,
    behind: Fields,
    len: usize,
    /// Decides what is above: the higher one.
    priority: u64,
}

impl Node {
    fn is_above(&self, other: &Self) -> bool {
        (self.priority, &self.key) > (other.priority, &other.key)
    }
}

impl Interned for Node {
    fn table(tables: &mut intern::Tables) -> &mut intern::Table<Self> {
        &mut tables.nodes
    }

    fn measure(&self) -> (u64, usize) {
        [&self.before, &self.behind].into_iter().fold(
            (self.entry.value.size(), self.entry.value.depth()),
            |(size, depth), part| {
                let (more, deep) = part.measured();
                (size.saturating_add(more), depth.max(deep))
            },
        )
    }
}

impl Interned for Fields {
    fn table(tables: &mut intern::Tables) -> &mut intern::Table<Self> {
        &mut tables.fields
    }

    fn measure(&self) -> (u64, usize) {
        self.measured()
    }
}

/// The joining of two maps: see [`Fields::merge`].
pub(super) trait Merge {
    /// Returns the name of this way to join.
    fn name(&self) -> (&'static str, Option<Sym>);
    /// Merges a field that both have.
    fn both(&self, mine: &Entry, theirs: &Entry) -> Entry;
    /// Merges a field that only one has, the first or the second; nothing if it is left out.
    fn one(&self, key: &str, entry: &Entry, first: bool) -> Option<Entry>;
}

impl Fields {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The sum of the values' sizes, and the depth of the deepest.
    fn measured(&self) -> (u64, usize) {
        self.0.as_ref().map_or((0, 0), |node| (node.size(), node.depth()))
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |node| node.len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        let mut at = self;
        while let Some(node) = &at.0 {
            at = match key.cmp(&node.key) {
                Ordering::Less => &node.before,
                Ordering::Greater => &node.behind,
                Ordering::Equal => return Some(&node.entry),
            };
        }
        None
    }

    pub(super) fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn insert(&mut self, key: Rc<str>, entry: Entry) {
        let priority = intern::priority(&key);
        *self = self.with(Node { key, entry, before: Self::new(), behind: Self::new(), len: 1, priority });
    }

    /// Leaves a field out, if it is there.
    pub(super) fn remove(&mut self, key: &str) {
        if self.contains_key(key) {
            let (before, _, behind) = self.split(key);
            *self = before.then(&behind);
        }
    }

    /// Leaves out all fields but some.
    pub(super) fn retain(&mut self, keep: impl Fn(&Rc<str>, &Entry) -> bool) {
        let kept = self.iter().filter(|(key, entry)| keep(key, entry));
        *self = kept.map(|(key, entry)| (key.clone(), entry.clone())).collect();
    }

    /// Changes a field, if it is there.
    pub(super) fn update(&mut self, key: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(mut entry) = self.get(key).cloned() {
            change(&mut entry);
            self.insert(key.into(), entry);
        }
    }

    /// Returns the fields with values that are cut where they are too deep, or too large.
    pub(super) fn clip(&self, depth: Option<usize>) -> Self {
        let Some(node) = self.0.as_ref().filter(|node| depth.is_none_or(|depth| node.depth() >= depth))
        else {
            return self.clone();
        };
        intern::clipped_fields((self.clone(), depth), || {
            let value = match depth {
                Some(depth) => node.entry.value.clip_at(depth.saturating_sub(1)),
                None => node.entry.value.clip(),
            };
            let entry = Entry { value, ..node.entry.clone() };
            node.around(entry, node.before.clip(depth), node.behind.clip(depth))
        })
    }

    /// Joins two maps field by field. Fields that are the same in both stay as they are, and maps that were joined before are not joined
    /// again.
    pub(super) fn merge(&self, other: &Self, how: &dyn Merge) -> Self {
        if self == other {
            return self.clone();
        }
        intern::merged((self.clone(), other.clone(), how.name()), || self.merge_anew(other, how))
    }

    fn merge_anew(&self, other: &Self, how: &dyn Merge) -> Self {
        let nothing = Self::new();
        let (node, (before, entry, behind)) = match (&self.0, &other.0) {
            (None, None) => return nothing,
            (Some(mine), None) => {
                let around = (mine.before.merge(&nothing, how), mine.behind.merge(&nothing, how));
                (mine, (around.0, how.one(&mine.key, &mine.entry, true), around.1))
            }
            (None, Some(theirs)) => {
                let around = (nothing.merge(&theirs.before, how), nothing.merge(&theirs.behind, how));
                (theirs, (around.0, how.one(&theirs.key, &theirs.entry, false), around.1))
            }
            (Some(mine), Some(theirs)) if theirs.is_above(mine) => {
                let (before, same, behind) = self.split(&theirs.key);
                let entry = match same {
                    Some(same) => Some(how.both(&same, &theirs.entry)),
                    None => how.one(&theirs.key, &theirs.entry, false),
                };
                let around = (before.merge(&theirs.before, how), entry, behind.merge(&theirs.behind, how));
                (theirs, around)
            }
            (Some(mine), Some(_)) => {
                let (before, same, behind) = other.split(&mine.key);
                let entry = match same {
                    Some(same) => Some(how.both(&mine.entry, &same)),
                    None => how.one(&mine.key, &mine.entry, true),
                };
                (mine, (mine.before.merge(&before, how), entry, mine.behind.merge(&behind, how)))
            }
        };
        match entry {
            Some(entry) => node.around(entry, before, behind),
            None => before.then(&behind),
        }
    }

    fn with(&self, new: Node) -> Self {
        let Some(node) = &self.0 else { return Self::of(new) };
        match new.key.cmp(&node.key) {
            Ordering::Equal => node.around(new.entry, node.before.clone(), node.behind.clone()),
            _ if new.is_above(node) => {
                let (before, _, behind) = self.split(&new.key);
                new.around(new.entry.clone(), before, behind)
            }
            Ordering::Less => node.around(node.entry.clone(), node.before.with(new), node.behind.clone()),
            Ordering::Greater => node.around(node.entry.clone(), node.before.clone(), node.behind.with(new)),
        }
    }

    /// Returns the fields before a key, the field itself, and the fields after it.
    fn split(&self, key: &str) -> (Self, Option<Entry>, Self) {
        let Some(node) = &self.0 else { return (Self::new(), None, Self::new()) };
        match key.cmp(&node.key) {
            Ordering::Equal => (node.before.clone(), Some(node.entry.clone()), node.behind.clone()),
            Ordering::Less => {
                let (before, same, behind) = node.before.split(key);
                (before, same, node.around(node.entry.clone(), behind, node.behind.clone()))
            }
            Ordering::Greater => {
                let (before, same, behind) = node.behind.split(key);
                (node.around(node.entry.clone(), node.before.clone(), before), same, behind)
            }
        }
    }

    /// This, and another one all of whose keys come behind.
    fn then(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(mine), Some(theirs)) if mine.is_above(theirs) => {
                mine.around(mine.entry.clone(), mine.before.clone(), mine.behind.then(other))
            }
            (_, Some(theirs)) => {
                theirs.around(theirs.entry.clone(), self.then(&theirs.before), theirs.behind.clone())
            }
        }
    }

    fn of(node: Node) -> Self {
        Self(Some(Shared::new(node)))
    }

    pub(super) fn iter(&self) -> Iter<'_> {
        let mut iter = Iter { above: Vec::new() };
        iter.down(self);
        iter
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Rc<str>> {
        self.iter().map(|(key, _)| key)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Entry> {
        self.iter().map(|(_, entry)| entry)
    }
}

impl Node {
    /// The field with another entry, and with others around it.
    fn around(&self, entry: Entry, before: Fields, behind: Fields) -> Fields {
        let len = before.len() + 1 + behind.len();
        Fields::of(Self { key: Rc::clone(&self.key), entry, before, behind, len, priority: self.priority })
    }
}

/// The fields in the order of their keys.
pub(super) struct Iter<'f> {
    above: Vec<&'f Node>,
}

impl<'f> Iter<'f> {
    fn down(&mut self, mut fields: &'f Fields) {
        while let Some(node) = &fields.0 {
            self.above.push(node);
            fields = &node.before;
        }
    }
}

impl<'f> Iterator for Iter<'f> {
    type Item = (&'f Rc<str>, &'f Entry);

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.above.pop()?;
        self.down(&node.behind);
        Some((&node.key, &node.entry))
    }
}

impl Extend<(Rc<str>, Entry)> for Fields {
    fn extend<I: IntoIterator<Item = (Rc<str>, Entry)>>(&mut self, entries: I) {
        for (key, entry) in entries {
            self.insert(key, entry);
        }
    }
}

impl FromIterator<(Rc<str>, Entry)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Rc<str>, Entry)>>(entries: I) -> Self {
        Self::of_entries(entries.into_iter().collect())
    }
}

impl Fields {
    /// Each part of the tree is made once, from below: of fields of the same name the last one stays. Not generic: rustc would
    /// compile the sort once more for each iterator.
    fn of_entries(mut entries: Vec<(Rc<str>, Entry)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        // The fields that may get more behind them, the highest first.
        let mut open: Vec<Node> = Vec::new();
        for (key, entry) in entries {
            if let Some(last) = open.last_mut().filter(|last| last.key == key) {
                last.entry = entry;
                continue;
            }
            let priority = intern::priority(&key);
            let mut new = Node { key, entry, before: Self::new(), behind: Self::new(), len: 1, priority };
            new.before = close(&mut open, Some(&new));
            open.push(new);
        }
        close(&mut open, None)
    }
}

/// Closes the lowest fields for as long as they are to be below the next one, all where none comes, and returns the highest of them.
fn close(open: &mut Vec<Node>, next: Option<&Node>) -> Fields {
    let mut behind = Fields::new();
    while let Some(node) = open.pop_if(|node| next.is_none_or(|next| next.is_above(node))) {
        let len = node.before.len() + 1 + behind.len();
        behind = Fields::of(Node { behind, len, ..node });
    }
    behind
}

impl<const N: usize> From<[(Rc<str>, Entry); N]> for Fields {
    fn from(entries: [(Rc<str>, Entry); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl PartialOrd for Fields {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fields {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other { Ordering::Equal } else { self.iter().cmp(other.iter()) }
    }
}
