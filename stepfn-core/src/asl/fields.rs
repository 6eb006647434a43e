//! The fields of an object that is being read, taken out one by one.

use super::Unknown;
use crate::{
    diagnostic::{Code, Diagnostic, Edit, Severity},
    json::{Pointer, to_string},
    value::{Map as JsonMap, Value},
};

/// The name of a number in messages.
pub(super) const NUMBER: &str = "a number";
/// The name of a boolean in messages.
pub(super) const BOOLEAN: &str = "`true` or `false`";

/// The reader, with what it found wrong.
pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The fields of one object that are still to be read.
pub(super) struct Fields<'r> {
    pub(super) reader: &'r mut Reader,
    pub(super) rest: JsonMap,
    /// Fields with values that the model cannot hold. They are kept among the unknown ones, so that nothing is lost.
    kept: JsonMap,
    pub(super) at: Pointer,
    /// The object's name in messages.
    pub(super) owner: String,
    /// Whether it is an object at all: what is none lacks no fields.
    readable: bool,
}

impl Reader {
    /// The fields of an object: `what` is its name where it is none, `owner` where it lacks some.
    pub(super) fn fields(&mut self, value: &Value, at: &Pointer, what: &str, owner: &str) -> Fields<'_> {
        let rest = match value.as_object() {
            Some(map) => map.clone(),
            None => {
                self.wrong_kind(at, what, "an object", value);
                JsonMap::new()
            }
        };
        let readable = value.as_object().is_some();
        Fields {
            reader: self,
            rest,
            kept: JsonMap::new(),
            at: at.to_owned(),
            owner: owner.to_owned(),
            readable,
        }
    }

    pub(super) fn wrong_kind(&mut self, at: &Pointer, what: &str, expected: &str, found: &Value) {
        let shown = match found {
            Value::Null => "null".to_owned(),
            Value::String(text) => format!("the string \"{text}\""),
            Value::Number(_) | Value::Bool(_) => format!("`{found}`"),
            Value::Array(_) => "an array".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        };
        let diagnostic =
            Diagnostic::new(Code::WrongKind, at, format!("{what} must be {expected}, found {shown}"));
        // A number or a boolean in quotes is meant without them.
        let bare = found.as_str().filter(|text| match expected {
            NUMBER => text.parse::<u32>().is_ok_and(|number| number.to_string() == **text),
            BOOLEAN => ["true", "false"].contains(text),
            _ => false,
        });
        self.diagnostics.push(match bare {
            Some(text) => diagnostic
                .help(format!("write it without quotes: `{text}`"))
                .fix(Edit::Value { at: at.into(), to: text.to_owned() }, true),
            None => diagnostic,
        });
    }
}

impl Fields<'_> {
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.rest.shift_remove(name)
    }

    /// Returns the fields that are left, with those that could not be converted.
    pub(super) fn unknown(mut self) -> Unknown {
        self.rest.extend(std::mem::take(&mut self.kept));
        self.rest
    }

    /// Reports a field that must be there and is not.
    pub(super) fn require(&mut self, name: &str) {
        if self.readable && !self.rest.contains_key(name) {
            let message = format!("{} needs the field `{name}`", self.owner);
            self.reader.diagnostics.push(Diagnostic::new(Code::MissingField, self.at.clone(), message));
        }
    }

    /// Takes a field out and converts it; what cannot be converted is a diagnostic.
    pub(super) fn convert<T>(
        &mut self,
        name: &str,
        expected: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(name)?;
        let converted = convert(&value);
        if converted.is_none() {
            let at = self.at.key(name);
            self.reader.wrong_kind(&at, &format!("`{name}`"), expected, &value);
            self.kept.insert(name.into(), value);
        }
        converted
    }

    pub(super) fn string(&mut self, name: &str) -> Option<String> {
        self.convert(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// The name of a state. AWS takes a boolean or a number for the text it is written as, as YAML makes them of bare words.
    pub(super) fn state_name(&mut self, name: &str) -> Option<String> {
        let value = self.rest.get(name)?;
        if !matches!(value, Value::Bool(_) | Value::Number(_)) {
            return self.string(name);
        }
        let value = self.take(name)?;
        let text = value.to_string();
        self.reader.diagnostics.push(
            Diagnostic {
                severity: Severity::Warning,
                ..Diagnostic::new(
                    Code::WrongKind,
                    self.at.key(name),
                    format!("`{name}` should be a string, found `{value}`"),
                )
            }
            .help(format!("write `\"{text}\"`"))
            .fix(Edit::Value { at: self.at.key(name), to: to_string(&text.as_str().into()) }, true),
        );
        self.kept.insert(name.into(), value);
        Some(text)
    }

    /// The model has no difference between a required field that is empty and one that is missing: the text has.
    pub(super) fn keep_if_empty(&mut self, name: &str) {
        let Some(value) = self.rest.get(name) else { return };
        if value.as_str() == Some("") || value.as_array().is_some_and(<[Value]>::is_empty) {
            self.kept.insert(name.into(), value.clone());
        }
    }

    pub(super) fn array(&mut self, name: &str) -> Option<Vec<Value>> {
        self.convert(name, "an array", |value| value.as_array().map(<[Value]>::to_vec))
    }

    /// Takes a field out whose value has fields of its own; the second part of the answer is whether the text is kept.
    pub(super) fn below<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Reader, &Value, &Pointer) -> (Option<T>, bool),
    ) -> Option<T> {
        let value = self.take(name)?;
        let at = self.at.key(name);
        let (out, is_kept) = read(self.reader, &value, &at);
        if is_kept {
            self.kept.insert(name.into(), value);
        }
        out
    }

    pub(super) fn each<T>(
        &mut self,
        name: &str,
        items: &[Value],
        mut read: impl FnMut(&mut Reader, &Value, &Pointer) -> Option<T>,
    ) -> Vec<T> {
        let at = self.at.key(name);
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            out.extend(read(self.reader, item, &at.index(index)));
        }
        if out.len() != items.len() || items.iter().any(|item| item.as_object().is_none()) {
            self.kept.insert(name.into(), Value::array(items.iter().cloned()));
        }
        out
    }
}
