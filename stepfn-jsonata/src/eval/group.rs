//! `{key: value}`: objects, and groups of values.

use stepfn_core::value::{Key, Map};

use super::{Evaluator, Scope, fault_of};
use crate::{
    compile::{Group, Node},
    value::{Fields, Flags, Res, Tuple, Val},
};

/// The values that were found for a key.
struct Entry<'a, T> {
    pair: usize,
    data: T,
    value: &'a Node,
}

/// Items as `$append` puts them together: one stays what it is.
enum Gathered<'a> {
    One(Val<'a>),
    Many(Vec<Val<'a>>),
}

impl<'a> Gathered<'a> {
    fn append(self, item: Val<'a>) -> Self {
        let mut items = match self {
            Self::One(Val::Undefined) => return Self::One(item),
            one @ Self::One(_) if item.is_undefined() => return one,
            Self::One(value) => match value.as_array() {
                Some(items) => items.to_vec(),
                None => vec![value],
            },
            Self::Many(items) => items,
        };
        match item.as_array() {
            Some(inner) => items.extend(inner.iter()),
            None if item.is_undefined() => {}
            None => items.push(item),
        }
        Self::Many(items)
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn group(&self, group: &'a Group, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        match input {
            Val::Tuples(tuples, true) if !tuples.is_empty() => {
                return self.group_tuples(group, tuples, frame);
            }
            _ => {}
        }
        let Some(items) = input.as_array() else {
            return match &group.keys {
                Some(keys) => self.record(group, keys, input, frame),
                None => self.group_items(group, std::iter::once(input.clone()), frame),
            };
        };
        if items.is_empty() {
            // Without a value the object is made all the same.
            return self.group_items(group, std::iter::once(Val::Undefined), frame);
        }
        self.group_items(group, items.iter(), frame)
    }

    /// Evaluates an object whose keys are in the program.
    fn record(&self, group: &'a Group, keys: &'a [Key], input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let mut values = Vec::with_capacity(keys.len());
        let mut gaps = false;
        for (_, value) in &group.pairs {
            let value = self.evaluate(value, input, frame)?;
            gaps |= value.is_undefined();
            values.push(value);
        }
        if !gaps {
            return Val::object(Fields::Record(keys, values), self.meter);
        }
        let entries = keys.iter().cloned().zip(values).filter(|(_, value)| !value.is_undefined());
        Val::object(Fields::Map(entries.collect()), self.meter)
    }

    fn group_items(
        &self,
        group: &'a Group,
        items: impl Iterator<Item = Val<'a>>,
        frame: &Scope<'a>,
    ) -> Res<'a> {
        let mut groups: Map<Entry<'a, Gathered<'a>>> = Map::new();
        let mut charge = self.meter.hold(0)?;
        for item in items {
            for (pair, (key, value)) in group.pairs.iter().enumerate() {
                let Some(key) = self.key(group, key, &item, frame)? else { continue };
                match groups.get_mut(&key) {
                    Some(entry) => {
                        self.same_pair(group, &key, entry.pair, pair)?;
                        let data = std::mem::replace(&mut entry.data, Gathered::Many(Vec::new()));
                        entry.data = data.append(item.clone());
                    }
                    None => {
                        charge.grow(size_of::<Entry<'_, Gathered<'_>>>() + 64)?;
                        groups.insert(key, Entry { pair, data: Gathered::One(item.clone()), value });
                    }
                }
            }
        }
        let mut fields = Map::with_capacity(groups.len());
        for (key, entry) in groups {
            let context = match entry.data {
                Gathered::One(value) => value,
                Gathered::Many(items) => Val::array(items, Flags::PLAIN, self.meter)?,
            };
            let value = self.evaluate(entry.value, &context, frame)?;
            if !value.is_undefined() {
                fields.insert(key, value);
            }
        }
        Val::object(Fields::Map(fields), self.meter)
    }

    fn group_tuples(&self, group: &'a Group, tuples: &[Tuple<'a>], frame: &Scope<'a>) -> Res<'a> {
        let mut groups: Map<Entry<'a, Vec<&Tuple<'a>>>> = Map::new();
        for tuple in tuples {
            let inner = frame.of_tuple(tuple);
            for (pair, (key, value)) in group.pairs.iter().enumerate() {
                let Some(key) = self.key(group, key, &tuple.at, &inner)? else { continue };
                match groups.get_mut(&key) {
                    Some(entry) => {
                        self.same_pair(group, &key, entry.pair, pair)?;
                        entry.data.push(tuple);
                    }
                    None => {
                        groups.insert(key, Entry { pair, data: vec![tuple], value });
                    }
                }
            }
        }
        let mut fields = Map::with_capacity(groups.len());
        for (key, entry) in groups {
            let tuple = self.reduced(&entry.data)?;
            let inner = frame.of_tuple(&tuple);
            let value = self.evaluate(entry.value, &tuple.at, &inner)?;
            if !value.is_undefined() {
                fields.insert(key, value);
            }
        }
        Val::object(Fields::Map(fields), self.meter)
    }

    /// Joins tuples into one: each variable has the values of all.
    fn reduced(&self, tuples: &[&Tuple<'a>]) -> Res<'a, Tuple<'a>> {
        if let [only] = tuples {
            return Ok((*only).clone());
        }
        let mut at = Gathered::One(Val::Undefined);
        let mut bound: Vec<(_, Gathered<'a>)> = Vec::new();
        for tuple in tuples {
            at = at.append(tuple.at.clone());
            for (symbol, value) in &tuple.bound {
                match bound.iter_mut().find(|(known, _)| known == symbol) {
                    Some((_, data)) => {
                        let before = std::mem::replace(data, Gathered::Many(Vec::new()));
                        *data = before.append(value.clone());
                    }
                    None => bound.push((*symbol, Gathered::One(value.clone()))),
                }
            }
        }
        let whole = |data: Gathered<'a>| match data {
            Gathered::One(value) => Ok(value),
            Gathered::Many(items) => Val::array(items, Flags::PLAIN, self.meter),
        };
        let mut values = Vec::with_capacity(bound.len());
        for (symbol, data) in bound {
            values.push((symbol, whole(data)?));
        }
        Ok(Tuple { at: whole(at)?, bound: values })
    }

    fn key(
        &self,
        group: &'a Group,
        key: &'a Node,
        item: &Val<'a>,
        frame: &Scope<'a>,
    ) -> Res<'a, Option<Key>> {
        let value = self.evaluate(key, item, frame)?;
        if value.is_undefined() {
            return Ok(None);
        }
        match value.shared_text() {
            Some(key) => Ok(Some(key)),
            None => Err(fault_of("T1003", &value, self.meter).range(&group.range)),
        }
    }

    fn same_pair(&self, group: &Group, key: &str, known: usize, pair: usize) -> Res<'a, ()> {
        if known == pair {
            return Ok(());
        }
        Err(fault_of("D1009", &Val::word(key), self.meter).range(&group.range))
    }
}
