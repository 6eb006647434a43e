//! Values on their way out: as JSON, and as texts.

use stepfn_core::{
    json::write_text,
    value::{Map, Shared, Value},
};

use super::{ArrayView, Flags, ObjectView, Res, Val, View};
use crate::{
    error::Fault,
    limits::{Charge, Meter},
    number,
};

/// The reason why a value is no JSON.
#[derive(Debug)]
pub(crate) enum NoJson {
    /// It is a function, or has one inside.
    Function,
    Fault(Box<Fault>),
}

impl From<Box<Fault>> for NoJson {
    fn from(fault: Box<Fault>) -> Self {
        Self::Fault(fault)
    }
}

/// The value as JSON; nothing of what is undefined.
pub(crate) fn to_json(value: &Val<'_>, meter: &Meter) -> Result<Option<Value>, NoJson> {
    let mut charge = meter.hold(0)?;
    json(value, meter, &mut charge, 0)
}

fn json(
    value: &Val<'_>,
    meter: &Meter,
    charge: &mut Charge<'_>,
    depth: u32,
) -> Result<Option<Value>, NoJson> {
    if let Some(value) = value.scalar() {
        return Ok(Some(value));
    }
    meter.nest(depth)?;
    meter.spend(1)?;
    Ok(Some(match value.view() {
        View::Undefined => return Ok(None),
        View::Array(items) => {
            charge.grow(64 + items.len() * size_of::<Value>())?;
            let mut array = Vec::with_capacity(items.len());
            let mut push = |item: &Val<'_>| -> Result<(), NoJson> {
                // What is undefined in an array is null in JSON text.
                array.push(json(item, meter, charge, depth + 1)?.unwrap_or_default());
                Ok(())
            };
            match &items {
                ArrayView::Made(made) if made.vals().is_some() => {
                    made.vals().unwrap_or_default().iter().try_for_each(&mut push)?;
                }
                items => items.iter().try_for_each(|item| push(&item))?,
            }
            array.into()
        }
        View::Object(object) => {
            charge.grow(96 + object.len() * (size_of::<Value>() + 48))?;
            let mut entries = Vec::with_capacity(object.len());
            // What came in is JSON already.
            if let ObjectView::Made(made) = &object {
                made.each(|key, value| -> Result<(), NoJson> {
                    if let Some(value) = json(value, meter, charge, depth + 1)? {
                        entries.push((key.clone(), value));
                    }
                    Ok(())
                })?;
            }
            Value::Object(Shared::new(Map::of_distinct(entries)))
        }
        View::Function(_) => return Err(NoJson::Function),
        _ => Value::Null,
    }))
}

/// `$string`: nothing of what is undefined.
pub(crate) fn to_text<'a>(value: &Val<'a>, pretty: bool, meter: &'a Meter) -> Res<'a> {
    match value.view() {
        View::Undefined => Ok(Val::Undefined),
        View::Text(_) => Ok(value.clone()),
        View::Function(_) => Ok(Val::word("")),
        View::Number(number) if !number.is_finite() => {
            Err(Fault::new("D3001").value(Some("null".to_owned())))
        }
        View::Number(number) => Ok(Val::word(&number::text(number::precise(number)))),
        View::Array(items) if value.flags().has(Flags::OUTER) => write(&items.get(0), pretty, meter),
        _ => write(value, pretty, meter),
    }
}

fn write<'a>(value: &Val<'a>, pretty: bool, meter: &'a Meter) -> Res<'a> {
    let mut writer = Writer { out: String::new(), indent: pretty.then_some(2), precise: true, meter };
    if writer.value(value, 0)? { Val::text(writer.out, meter) } else { Ok(Val::Undefined) }
}

/// `JSON.stringify(value)`, as error texts show values; nothing of what is undefined.
pub(crate) fn stringify(value: &Val<'_>, meter: &Meter) -> Option<String> {
    let mut writer = Writer { out: String::new(), indent: None, precise: false, meter };
    // A value that cannot be shown does not hide the error.
    match writer.value(value, 0) {
        Ok(true) => Some(writer.out),
        _ => None,
    }
}

struct Writer<'a> {
    out: String,
    indent: Option<usize>,
    /// Whether it is written as by `$string`: numbers with 15 digits, functions as empty strings.
    precise: bool,
    meter: &'a Meter,
}

impl Writer<'_> {
    /// Writes the value; what is undefined is not written.
    fn value(&mut self, value: &Val<'_>, depth: usize) -> Res<'static, bool> {
        self.meter.spend(1)?;
        match value.view() {
            View::Undefined => return Ok(false),
            View::Function(_) if self.precise => self.out.push_str("\"\""),
            View::Function(_) => return Ok(false),
            View::Null => self.out.push_str("null"),
            View::Bool(value) => self.out.push_str(if value { "true" } else { "false" }),
            View::Number(number) => self.number(number)?,
            View::Text(text) => {
                self.meter.read(text.len())?;
                self.meter.room(self.out.len() + text.len())?;
                write_text(text, &mut self.out);
            }
            View::Array(items) => self.array(items, depth)?,
            View::Object(object) => self.object(object, depth)?,
        }
        Ok(true)
    }

    fn number(&mut self, number: f64) -> Res<'static, ()> {
        if number.is_infinite() && self.precise {
            return Err(Fault::new("D1001").value(Some("null".to_owned())));
        }
        let number = if self.precise { number::precise(number) } else { number };
        if number.is_finite() {
            self.out.push_str(&number::text(number));
        } else {
            self.out.push_str("null");
        }
        Ok(())
    }

    fn deeper(&self, depth: usize) -> Res<'static, ()> {
        self.meter.nest(u32::try_from(depth).unwrap_or(u32::MAX))?;
        self.meter.room(self.out.len())
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    }

    fn array(&mut self, items: ArrayView<'_, '_>, depth: usize) -> Res<'static, ()> {
        self.deeper(depth)?;
        self.out.push('[');
        for index in 0..items.len() {
            if index > 0 {
                self.out.push(',');
            }
            self.line(depth + 1);
            if !self.value(&items.get(index), depth + 1)? {
                self.out.push_str("null");
            }
        }
        if !items.is_empty() {
            self.line(depth);
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, object: ObjectView<'_, '_>, depth: usize) -> Res<'static, ()> {
        self.deeper(depth)?;
        self.out.push('{');
        let mut any = false;
        for (key, value) in object.entries() {
            let before = self.out.len();
            if any {
                self.out.push(',');
            }
            self.line(depth + 1);
            write_text(&key, &mut self.out);
            self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
            if self.value(&value, depth + 1)? {
                any = true;
            } else {
                self.out.truncate(before);
            }
        }
        if any {
            self.line(depth);
        }
        self.out.push('}');
        Ok(())
    }
}
