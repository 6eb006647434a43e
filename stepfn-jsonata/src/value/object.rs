//! Objects: what came in, and what was made.

use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    rc::Rc,
};

use stepfn_core::value::{Key, Map, Value};

use super::{Res, Tuple, Val};
use crate::{
    limits::{Charge, Meter},
    text::as_index,
};

/// An object that was made. Only what `|…|…|` copies is ever changed.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: RefCell<Fields<'a>>,
    depth: Cell<u32>,
    charge: RefCell<Option<Charge<'a>>>,
}

/// Keys and values.
#[derive(Clone, Debug)]
pub(crate) enum Fields<'a> {
    /// With keys that are in the program.
    Record(&'a [Key], Vec<Val<'a>>),
    Map(Map<Val<'a>>),
}

impl<'a> Fields<'a> {
    fn len(&self) -> usize {
        match self {
            Self::Record(_, values) => values.len(),
            Self::Map(map) => map.len(),
        }
    }

    fn get(&self, key: &str) -> Option<&Val<'a>> {
        match self {
            Self::Record(keys, values) => values.get(keys.iter().position(|known| **known == *key)?),
            Self::Map(map) => map.get(key),
        }
    }

    fn depth(&self) -> u32 {
        let deepest = match self {
            Self::Record(_, values) => values.iter().map(Val::depth).max(),
            Self::Map(map) => map.values().map(Val::depth).max(),
        };
        1 + deepest.unwrap_or(0)
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Record(_, values) => values.len() * size_of::<Val<'_>>(),
            // An entry, and its place among many.
            Self::Map(map) => map.len() * (size_of::<Val<'_>>() + 48),
        }
    }

    fn map(&mut self) -> &mut Map<Val<'a>> {
        if let Self::Record(keys, values) = self {
            let values = std::mem::take(values);
            *self = Self::Map(keys.iter().cloned().zip(values).collect());
        }
        match self {
            Self::Map(map) => map,
            Self::Record(..) => unreachable!("made a map above"),
        }
    }
}

impl<'a> Object<'a> {
    pub(crate) fn depth(&self) -> u32 {
        self.depth.get()
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.borrow().len()
    }

    pub(crate) fn get(&self, key: &str) -> Val<'a> {
        self.fields.borrow().get(key).cloned().unwrap_or_default()
    }

    /// Puts a field in, or in the place of the one that is there.
    pub(crate) fn insert(&self, key: Key, value: Val<'a>, meter: &'a Meter) -> Res<'a, ()> {
        let depth = self.depth.get().max(1 + value.depth());
        meter.nest(depth)?;
        let mut charge = self.charge.borrow_mut();
        match &mut *charge {
            Some(charge) => charge.grow(size_of::<Val<'_>>() + 48)?,
            none => *none = Some(meter.hold(size_of::<Val<'_>>() + 48)?),
        }
        self.depth.set(depth);
        self.fields.borrow_mut().map().insert(key, value);
        Ok(())
    }

    pub(crate) fn remove(&self, key: &str) {
        self.fields.borrow_mut().map().shift_remove(key);
    }

    /// Lets go of all fields, so that an object that holds itself is freed.
    pub(crate) fn clear(&self) {
        let fields = std::mem::replace(&mut *self.fields.borrow_mut(), Fields::Map(Map::new()));
        drop(fields);
    }

    /// Goes through keys and values, in the order of JavaScript.
    pub(crate) fn each<E>(&self, mut visit: impl FnMut(&Key, &Val<'a>) -> Result<(), E>) -> Result<(), E> {
        match &*self.fields.borrow() {
            Fields::Record(keys, values) => {
                keys.iter().zip(values).try_for_each(|(key, value)| visit(key, value))
            }
            Fields::Map(map) if map.keys().all(|key| as_index(key).is_none()) => {
                map.iter().try_for_each(|(key, value)| visit(key, value))
            }
            Fields::Map(map) => {
                let entries = ordered(map.iter().map(|(key, value)| (key.clone(), value)).collect());
                entries.iter().try_for_each(|(key, value)| visit(key, value))
            }
        }
    }

    pub(crate) fn entries(&self) -> Vec<(Key, Val<'a>)> {
        match &*self.fields.borrow() {
            Fields::Record(keys, values) => keys.iter().cloned().zip(values.iter().cloned()).collect(),
            Fields::Map(map) => {
                ordered(map.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
            }
        }
    }

    /// Returns the object of a value with variables beside it, where nobody knows any more that it is one.
    pub(crate) fn of_tuple(tuple: &Tuple<'a>) -> Rc<Self> {
        let map = Map::from([(Key::from("@"), tuple.at.clone())]);
        let depth = Cell::new(1 + tuple.at.depth());
        Rc::new(Self { fields: RefCell::new(Fields::Map(map)), depth, charge: RefCell::new(None) })
    }
}

impl<'a> Val<'a> {
    /// An object of fields.
    pub(crate) fn object(fields: Fields<'a>, meter: &'a Meter) -> Res<'a> {
        let depth = fields.depth();
        meter.nest(depth)?;
        let charge = RefCell::new(Some(meter.hold(96 + fields.bytes())?));
        Ok(Self::Object(Rc::new(Object { fields: RefCell::new(fields), depth: Cell::new(depth), charge })))
    }
}

/// The entries as JavaScript has them: those whose keys are indices first.
fn ordered<T>(mut entries: Vec<(Key, T)>) -> Vec<(Key, T)> {
    if entries.iter().any(|(key, _)| as_index(key).is_some()) {
        entries.sort_by_key(|(key, _)| as_index(key).map_or(u64::MAX, u64::from));
    }
    entries
}

/// The fields of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ObjectView<'v, 'a> {
    Ref(&'a Map),
    Own(&'v Map),
    Made(&'v Rc<Object<'a>>),
}

impl<'a> ObjectView<'_, 'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ref(map) => map.len(),
            Self::Own(map) => map.len(),
            Self::Made(object) => object.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key; undefined where there is none.
    #[inline]
    pub(crate) fn get(&self, key: &str) -> Val<'a> {
        match self {
            Self::Ref(map) => map.get(key).map_or(Val::Undefined, Val::Ref),
            Self::Own(map) => map.get(key).map_or(Val::Undefined, |value| Val::Own(value.clone())),
            Self::Made(object) => object.get(key),
        }
    }

    /// Goes through keys and values, in the order of JavaScript.
    pub(crate) fn each(&self, mut visit: impl FnMut(&Key, Val<'a>)) {
        match self {
            Self::Ref(map) if map.keys().all(|key| as_index(key).is_none()) => {
                map.iter().for_each(|(key, value)| visit(key, Val::Ref(value)));
            }
            Self::Made(object) => {
                let Ok(()) = object.each(|key, value| -> Result<(), Infallible> {
                    visit(key, value.clone());
                    Ok(())
                });
            }
            other => other.entries().into_iter().for_each(|(key, value)| visit(&key, value)),
        }
    }

    /// Keys and values, in the order of JavaScript.
    pub(crate) fn entries(&self) -> Vec<(Key, Val<'a>)> {
        let own = |value: &Value| Val::Own(value.clone());
        match self {
            Self::Ref(map) => {
                ordered(map.iter().map(|(key, value)| (key.clone(), Val::Ref(value))).collect())
            }
            Self::Own(map) => ordered(map.iter().map(|(key, value)| (key.clone(), own(value))).collect()),
            Self::Made(object) => object.entries(),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        match self {
            Self::Ref(map) => map.contains_key(key),
            Self::Own(map) => map.contains_key(key),
            Self::Made(object) => object.fields.borrow().get(key).is_some(),
        }
    }
}
