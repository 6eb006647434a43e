//! Values that are equal are one: equality is identity, and hash, size and depth are known.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
    ops::Deref,
    rc::Rc,
};

use super::{
    OwnedStep,
    value::{Fields, Sym},
};

type Map<K, V> = HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// A part of a value, of which there is one only.
pub(super) struct Shared<T>(Rc<Node<T>>);

pub(super) struct Node<T> {
    value: T,
    hash: u64,
    /// Of the value as a tree.
    size: u64,
    depth: usize,
}

/// What is kept while one analysis runs.
#[derive(Default)]
pub(super) struct Tables {
    fields: Map<u64, Vec<Shared<Fields>>>,
    values: Map<u64, Vec<Shared<Sym>>>,
    lists: Map<u64, Vec<Shared<Vec<Sym>>>>,
    steps: Map<u64, Vec<Shared<Vec<OwnedStep>>>>,
    joins: Map<(Sym, Sym), Sym>,
    meetings: Map<(Sym, Sym), Sym>,
    clips: Map<(Sym, usize), Sym>,
    widened: Map<(Sym, Sym), Sym>,
}

thread_local! {
    static TABLES: RefCell<Tables> = RefCell::default();
}

/// Forgets what another analysis made.
pub(super) fn clear() {
    TABLES.with(RefCell::take);
}

pub(super) trait Interned: Sized + Ord + Hash + 'static {
    fn table(tables: &mut Tables) -> &mut Map<u64, Vec<Shared<Self>>>;
    /// Size and depth.
    fn measure(&self) -> (u64, usize);
}

impl Interned for Fields {
    fn table(tables: &mut Tables) -> &mut Map<u64, Vec<Shared<Self>>> {
        &mut tables.fields
    }
    fn measure(&self) -> (u64, usize) {
        self.values().fold((0, 0), |(size, depth), entry| {
            (entry.value.size().saturating_add(size), depth.max(entry.value.depth()))
        })
    }
}
impl Interned for Sym {
    fn table(tables: &mut Tables) -> &mut Map<u64, Vec<Shared<Self>>> {
        &mut tables.values
    }
    fn measure(&self) -> (u64, usize) {
        (self.size(), self.depth())
    }
}
impl Interned for Vec<Sym> {
    fn table(tables: &mut Tables) -> &mut Map<u64, Vec<Shared<Self>>> {
        &mut tables.lists
    }
    fn measure(&self) -> (u64, usize) {
        self.iter()
            .fold((0, 0), |(size, depth), item| (item.size().saturating_add(size), depth.max(item.depth())))
    }
}
impl Interned for Vec<OwnedStep> {
    fn table(tables: &mut Tables) -> &mut Map<u64, Vec<Shared<Self>>> {
        &mut tables.steps
    }
    fn measure(&self) -> (u64, usize) {
        (self.len() as u64, 0)
    }
}

impl<T: Interned> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        let hash = hasher.finish();
        let known = TABLES.with_borrow_mut(|tables| {
            T::table(tables).get(&hash).and_then(|all| all.iter().find(|one| one.0.value == value).cloned())
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

macro_rules! memo {
    ($name:ident, $table:ident, $key:ty) => {
        pub(super) fn $name(key: $key, make: impl FnOnce() -> Sym) -> Sym {
            if let Some(known) = TABLES.with_borrow(|tables| tables.$table.get(&key).cloned()) {
                return known;
            }
            let made = make();
            TABLES.with_borrow_mut(|tables| tables.$table.insert(key, made.clone()));
            made
        }
    };
}
memo!(joined, joins, (Sym, Sym));
memo!(met, meetings, (Sym, Sym));
memo!(clipped, clips, (Sym, usize));
memo!(widened, widened, (Sym, Sym));
