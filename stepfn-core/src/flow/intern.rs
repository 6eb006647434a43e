//! Values that are equal are one: equality is identity, and hash, size and depth are known.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher},
    ops::Deref,
    rc::Rc,
};

use foldhash::fast::RandomState;

use super::{
    OwnedStep,
    fields::{Fields, Node as Field},
    leaf::Leaf,
    value::Sym,
};

/// Values are hashed at every step, and in a macro without optimisation: the standard library's hasher took a tenth of its time. Nobody
/// can choose values whose hashes meet.
type Map<K, V> = HashMap<K, V, RandomState>;
/// The parts of one type, by their hashes.
pub(super) type Table<T> = Map<u64, Vec<Shared<T>>>;

/// A part of a value, of which there is one only.
pub(super) struct Shared<T>(Rc<Node<T>>);

pub(super) struct Node<T> {
    value: T,
    hash: u64,
    /// Of the value as a tree.
    size: u64,
    depth: usize,
}

/// Two maps, and how they are joined.
type Merged = (Fields, Fields, (&'static str, Option<Sym>));

/// The tables of one analysis.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) fields: Table<Fields>,
    pub(super) nodes: Table<Field>,
    values: Table<Sym>,
    lists: Table<Vec<Sym>>,
    steps: Table<Vec<OwnedStep>>,
    joins: Map<(Sym, Sym), Sym>,
    meetings: Map<(Sym, Sym), Sym>,
    clips: Map<(Sym, usize), Sym>,
    widened: Map<(Sym, Sym), Sym>,
    merged: Map<Merged, Fields>,
    clipped_fields: Map<(Fields, Option<usize>), Fields>,
    again: Vec<Vec<Leaf>>,
    /// Also the places of keys in the trees of fields: nobody can choose keys that make a tree high.
    hashes: RandomState,
    /// The size beyond which a value is cut.
    most: u64,
}

thread_local! {
    static TABLES: RefCell<Tables> = RefCell::default();
    static WORK: Cell<u64> = const { Cell::new(0) };
}

/// Begins an analysis in which values may be so large.
pub(super) fn begin(most: u64) {
    TABLES.with_borrow_mut(|tables| *tables = Tables { most, ..Tables::default() });
    WORK.set(0);
}

/// Forgets what an analysis made.
pub(super) fn clear() {
    TABLES.with(RefCell::take);
}

/// The size that values may have.
pub(super) fn most_size() -> u64 {
    TABLES.with_borrow(|tables| tables.most)
}

pub(super) fn priority(key: &str) -> u64 {
    // Counted work is the same in each run of the tests.
    if cfg!(test) {
        return BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
    }
    TABLES.with_borrow(|tables| tables.hashes.hash_one(key))
}

/// Counts a step of work, so that a test can see how it grows.
pub(super) fn count() {
    WORK.set(WORK.get() + 1);
}

/// The steps that the last analysis of this thread took.
#[cfg(test)]
pub(super) fn work() -> u64 {
    WORK.get()
}

pub(super) trait Interned: Sized + Eq + Hash + 'static {
    fn table(tables: &mut Tables) -> &mut Table<Self>;
    /// Size and depth.
    fn measure(&self) -> (u64, usize);
}

impl Interned for Sym {
    fn table(tables: &mut Tables) -> &mut Table<Self> {
        &mut tables.values
    }
    fn measure(&self) -> (u64, usize) {
        (self.size(), self.depth())
    }
}
impl Interned for Vec<Sym> {
    fn table(tables: &mut Tables) -> &mut Table<Self> {
        &mut tables.lists
    }
    fn measure(&self) -> (u64, usize) {
        self.iter()
            .fold((0, 0), |(size, depth), item| (item.size().saturating_add(size), depth.max(item.depth())))
    }
}
impl Interned for Vec<OwnedStep> {
    fn table(tables: &mut Tables) -> &mut Table<Self> {
        &mut tables.steps
    }
    fn measure(&self) -> (u64, usize) {
        (self.len() as u64, 0)
    }
}

impl<T: Interned> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        count();
        let (hash, known) = TABLES.with_borrow_mut(|tables| {
            let hash = tables.hashes.hash_one(&value);
            let same = T::table(tables).get(&hash);
            (hash, same.and_then(|all| all.iter().find(|one| one.0.value == value).cloned()))
        });
        if let Some(known) = known {
            return known;
        }
        let (size, depth) = value.measure();
        let made = Self(Rc::new(Node { value, hash, size, depth }));
        TABLES.with_borrow_mut(|tables| {
            T::table(tables).entry(hash).or_default().push(made.clone());
        });
        made
    }

    pub(super) fn size(&self) -> u64 {
        self.0.size
    }

    pub(super) fn depth(&self) -> usize {
        self.0.depth
    }
}

impl<T: Interned + Clone> Shared<T> {
    /// The same with something changed.
    pub(super) fn edit<R>(&mut self, edit: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.0.value.clone();
        let given = edit(&mut value);
        *self = Self::new(value);
        given
    }
}

impl<T: Interned + Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}
impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.value
    }
}
impl<T: std::fmt::Debug> std::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.value.fmt(f)
    }
}
impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
impl<T> Eq for Shared<T> {}
impl<T: Ord> PartialOrd for Shared<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T: Ord> Ord for Shared<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self == other { std::cmp::Ordering::Equal } else { self.0.value.cmp(&other.0.value) }
    }
}
impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash.hash(state);
    }
}

/// Notes what a loop came to, and what it was before.
pub(super) fn found_again(leaves: Vec<Leaf>) {
    TABLES.with_borrow_mut(|tables| tables.again.push(leaves));
}

/// Returns the values of loops since the last call.
pub(super) fn take_again() -> Vec<Vec<Leaf>> {
    TABLES.with_borrow_mut(|tables| std::mem::take(&mut tables.again))
}

macro_rules! memo {
    ($name:ident, $table:ident, $key:ty, $made:ty) => {
        pub(super) fn $name(key: $key, make: impl FnOnce() -> $made) -> $made {
            count();
            if let Some(known) = TABLES.with_borrow(|tables| tables.$table.get(&key).cloned()) {
                return known;
            }
            let made = make();
            TABLES.with_borrow_mut(|tables| tables.$table.insert(key, made.clone()));
            made
        }
    };
}
memo!(joined, joins, (Sym, Sym), Sym);
memo!(met, meetings, (Sym, Sym), Sym);
memo!(clipped, clips, (Sym, usize), Sym);
memo!(widened, widened, (Sym, Sym), Sym);
memo!(merged, merged, Merged, Fields);
memo!(clipped_fields, clipped_fields, (Fields, Option<usize>), Fields);
