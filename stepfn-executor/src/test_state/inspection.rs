//! The data on its way through the state.

use stepfn_core::{
    json::{self, Document},
    value::{Map, Shared, Value},
};

use super::check::Checked;

/// Gathers `inspectionData`.
pub(super) struct Inspection<'a> {
    checked: &'a Checked,
    data: Map,
}

impl<'a> Inspection<'a> {
    pub(super) fn new(checked: &'a Checked) -> Self {
        let mut inspection = Self { checked, data: Map::new() };
        inspection.see("input", &checked.input.value);
        inspection
    }

    /// Notes data, as JSON text.
    pub(super) fn see(&mut self, name: &str, value: &Value) {
        let text = self.text(value);
        self.data.insert(name.into(), text.into());
    }

    /// Notes what is no data: numbers, `errorDetails`.
    pub(super) fn note(&mut self, name: &str, value: Value) {
        self.data.insert(name.into(), value);
    }

    pub(super) fn into_value(self) -> Value {
        self.data.into()
    }

    /// The JSON text of a value: that of the caller where the value is a part of what the caller gave, as AWS has it.
    pub(super) fn text(&self, value: &Value) -> String {
        let Checked { input, result, context, variables, read_items, .. } = self.checked;
        let others = [result, context, variables, read_items];
        let documents = [Some(input)].into_iter().chain(others.map(Option::as_ref)).flatten();
        documents.into_iter().find_map(|document| given(document, value)).unwrap_or_else(|| value.to_string())
    }
}

/// The text of a value that a document holds.
fn given(document: &Document, value: &Value) -> Option<String> {
    let pointer = pointer_of(&document.value, value)?;
    document.text_at(&pointer).map(str::to_owned)
}

/// Returns the pointer to the very same array or object.
fn pointer_of(inside: &Value, value: &Value) -> Option<String> {
    let is_same = match (inside, value) {
        (Value::Array(one), Value::Array(other)) => Shared::ptr_eq(one, other),
        (Value::Object(one), Value::Object(other)) => Shared::ptr_eq(one, other),
        _ => false,
    };
    if is_same {
        return Some(String::new());
    }
    let below = |token: &str, child: &Value| {
        let rest = pointer_of(child, value)?;
        let mut pointer = String::new();
        json::push_token(&mut pointer, token);
        Some(pointer + &rest)
    };
    match inside {
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, child)| below(&index.to_string(), child))
        }
        Value::Object(entries) => entries.iter().find_map(|(key, child)| below(key, child)),
        _ => None,
    }
}
