//! `*`, `**`, and looking up names.

use super::Evaluator;
use crate::value::{Flags, Res, Val, View};

impl<'a> Evaluator<'a> {
    /// The value of a key; of an array, those of its items.
    pub(crate) fn lookup(&self, input: &Val<'a>, key: &str) -> Res<'a> {
        match input.view() {
            View::Object(object) => Ok(object.get(key)),
            View::Array(items) => {
                self.meter.visit(items.len())?;
                let mut found = Vec::new();
                for item in items.iter() {
                    let value = self.lookup(&item, key)?;
                    match value.as_array() {
                        Some(inner) => {
                            self.meter.visit(inner.len())?;
                            self.meter.items(found.len() + inner.len())?;
                            found.extend(inner.iter());
                        }
                        None if value.is_undefined() => {}
                        None => found.push(value),
                    }
                }
                Val::sequence(found, self.meter)
            }
            _ => Ok(Val::Undefined),
        }
    }

    pub(super) fn wildcard(&self, input: &Val<'a>) -> Res<'a> {
        let first;
        let input = match input {
            Val::Array(array, flags) if flags.has(Flags::OUTER) && array.len() > 0 => {
                first = array.get(0);
                &first
            }
            other => other,
        };
        let values: Vec<Val<'a>> = match input.view() {
            View::Object(object) => object.entries().into_iter().map(|(_, value)| value).collect(),
            View::Array(items) => items.to_vec(),
            _ => Vec::new(),
        };
        self.meter.visit(values.len())?;
        // Once an array was appended, the reference has a plain array, no sequence.
        let mut flags = Flags::SEQUENCE;
        let mut found = Vec::new();
        for value in values {
            if value.is_array() {
                flags = Flags::PLAIN;
                self.flatten(&value, &mut found)?;
            } else {
                found.push(value);
            }
        }
        Val::array(found, flags, self.meter)
    }

    fn flatten(&self, value: &Val<'a>, found: &mut Vec<Val<'a>>) -> Res<'a, ()> {
        match value.as_array() {
            Some(items) => {
                self.meter.visit(items.len())?;
                for item in items.iter() {
                    self.flatten(&item, found)?;
                }
                self.meter.items(found.len())
            }
            None => {
                found.push(value.clone());
                Ok(())
            }
        }
    }

    pub(super) fn descendants(&self, input: &Val<'a>) -> Res<'a> {
        if input.is_undefined() {
            return Ok(Val::Undefined);
        }
        let mut found = Vec::new();
        self.descend(input, &mut found)?;
        match found.as_slice() {
            [only] => Ok(only.clone()),
            _ => Val::sequence(found, self.meter),
        }
    }

    fn descend(&self, value: &Val<'a>, found: &mut Vec<Val<'a>>) -> Res<'a, ()> {
        self.meter.spend(1)?;
        match value.view() {
            View::Array(items) => {
                for item in items.iter() {
                    self.descend(&item, found)?;
                }
            }
            View::Object(object) => {
                found.push(value.clone());
                for (_, value) in object.entries() {
                    self.descend(&value, found)?;
                }
            }
            _ => found.push(value.clone()),
        }
        self.meter.items(found.len())
    }
}
