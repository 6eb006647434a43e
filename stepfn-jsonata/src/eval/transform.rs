//! `|pattern|update, delete|`: a copy with changes.

use stepfn_core::value::{Map, Text};

use super::{Evaluator, Scope, fault_of};
use crate::{
    compile::{Node, TransformCode},
    error::Fault,
    number,
    value::{Fields, Flags, Function, Res, Val, View},
};

impl<'a> Evaluator<'a> {
    pub(super) fn transform(&self, code: &'a TransformCode, value: Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        if value.is_undefined() {
            return Ok(value);
        }
        let copy = self.named("clone", frame);
        let result = match copy.as_function().map(|function| &**function) {
            None => return Err(Fault::new("T2013")),
            Some(Function::Builtin(_)) => self.copied(&value)?,
            Some(_) => {
                let made = self.apply(&copy, vec![value], &Val::null(), frame, None)?;
                self.copied(&made)?
            }
        };
        let matches = self.evaluate(&code.pattern, &result, frame)?;
        match matches.as_array() {
            Some(items) => {
                for item in items.iter() {
                    self.change(code, &item, frame)?;
                }
            }
            None if matches.is_undefined() => {}
            None => self.change(code, &matches, frame)?,
        }
        Ok(result)
    }

    fn change(&self, code: &'a TransformCode, found: &Val<'a>, frame: &Scope<'a>) -> Res<'a, ()> {
        self.update(&code.update, found, frame)?;
        let Some(delete) = &code.delete else { return Ok(()) };
        let names = self.evaluate(delete, found, frame)?;
        let keys: Option<Vec<Text>> = match names.view() {
            View::Undefined => return Ok(()),
            View::Array(items) => items.iter().map(|item| item.shared_text()).collect(),
            _ => names.shared_text().map(|name| vec![name]),
        };
        let Some(keys) = keys else {
            return Err(fault_of("T2012", &names, self.meter).range(&delete.range));
        };
        if let Val::Object(object) = found {
            keys.iter().for_each(|key| object.remove(key));
        }
        Ok(())
    }

    fn update(&self, update: &'a Node, found: &Val<'a>, frame: &Scope<'a>) -> Res<'a, ()> {
        let value = self.evaluate(update, found, frame)?;
        let fields = match value.view() {
            View::Undefined => return Ok(()),
            View::Object(fields) => fields.entries(),
            _ => return Err(fault_of("T2011", &value, self.meter).range(&update.range)),
        };
        let Val::Object(object) = found else { return Ok(()) };
        self.note_changed(object);
        for (key, value) in fields {
            object.insert(key, value, self.meter)?;
        }
        Ok(())
    }

    /// A copy that can be changed: what JSON text would keep of the value.
    pub(crate) fn copied(&self, value: &Val<'a>) -> Res<'a> {
        self.copy(value, 0)
    }

    fn copy(&self, value: &Val<'a>, depth: u32) -> Res<'a> {
        self.meter.spend(1)?;
        self.meter.nest(depth)?;
        Ok(match value.view() {
            View::Array(items) if depth == 0 && value.flags().has(Flags::OUTER) => {
                return self.copy(&items.get(0), depth + 1);
            }
            View::Array(items) => {
                let mut copies = Vec::with_capacity(items.len());
                for item in items.iter() {
                    let copy = self.copy(&item, depth + 1)?;
                    copies.push(if copy.is_undefined() { Val::null() } else { copy });
                }
                Val::array(copies, Flags::PLAIN, self.meter)?
            }
            View::Object(object) => {
                let mut fields = Map::with_capacity(object.len());
                for (key, value) in object.entries() {
                    let copy = self.copy(&value, depth + 1)?;
                    if !copy.is_undefined() {
                        fields.insert(key, copy);
                    }
                }
                Val::object(Fields::Map(fields), self.meter)?
            }
            View::Function(_) => Val::word(""),
            View::Number(found) if found.is_finite() && number::precise(found) != found => {
                Val::Number(number::precise(found))
            }
            _ => value.clone(),
        })
    }
}
