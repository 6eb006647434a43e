use super::Unknown;
use crate::value::{Map as JsonMap, Value};

/// Writes fields in the order of the calls: the canonical order of the language.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) map: JsonMap,
}

impl Writer {
    pub(super) fn value(&mut self, name: &str, value: impl Into<Value>) {
        self.map.insert(name.into(), value.into());
    }

    /// A text that the field cannot do without: empty where it was missing.
    pub(super) fn required(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.value(name, text);
        }
    }

    pub(super) fn list(&mut self, name: &str, items: impl Iterator<Item = Value>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.value(name, Value::array(items));
        }
    }

    pub(super) fn finish(mut self, unknown: &Unknown) -> Value {
        self.map.extend(unknown.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.map.into()
    }
}
