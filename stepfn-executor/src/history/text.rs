//! A history as JSON text, written as it goes.

use std::{ops::Range, ptr};

use jiff::Timestamp;
use stepfn_core::{
    json,
    value::{Shared, Value},
};

use super::{
    HistoryEvent,
    render::{Members, details_key, has_details, members, timestamp},
};

/// JSON text that is being written.
#[derive(Default)]
pub(super) struct Text {
    out: String,
    /// Whether the object at hand has no members yet.
    is_first: bool,
    /// The JSON text of a value that becomes a text in turn.
    inner: String,
    /// The text of the last timestamp: many events happen at one time.
    timestamp: Option<(Timestamp, String)>,
    /// The last value that became a text, and where that is: what one state gives, the next one takes.
    last: Option<(Value, Range<usize>)>,
}

impl Text {
    fn key(&mut self, key: &str) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// Appends the JSON text of a value as a text.
    fn nested(&mut self, value: &Value) {
        if let Some((last, place)) = &self.last
            && is_same(last, value)
        {
            self.out.extend_from_within(place.clone());
            return;
        }
        self.inner.clear();
        json::write(value, &mut self.inner);
        let start = self.out.len();
        json::write_text(&self.inner, &mut self.out);
        self.last = Some((value.clone(), start..self.out.len()));
    }

    fn members(&mut self, members: impl FnOnce(&mut Self)) {
        self.out.push('{');
        self.is_first = true;
        members(self);
        self.out.push('}');
        self.is_first = false;
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }

    pub(super) fn event(&mut self, event: &HistoryEvent<'_>) {
        self.out.push('{');
        self.is_first = true;
        self.key("timestamp");
        let text = match &self.timestamp {
            Some((at, text)) if *at == event.timestamp => text,
            _ => &self.timestamp.insert((event.timestamp, timestamp(event).to_string())).1,
        };
        self.out.push_str(text);
        self.out.push_str(",\"type\":\"");
        self.out.push_str(event.event_type);
        self.out.push('"');
        self.number("id", event.id);
        self.number("previousEventId", event.previous_event_id);
        if has_details(event) {
            let (first, rest) = details_key(event);
            self.out.push_str(",\"");
            self.out.push(first);
            self.out.push_str(rest);
            self.out.push_str("EventDetails\":");
            self.members(|details| members(event, details));
        }
        self.out.push('}');
    }
}

impl Members for Text {
    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        json::write_text(text, &mut self.out);
    }

    fn number(&mut self, key: &str, number: u64) {
        self.value(key, &number.into());
    }

    fn flag(&mut self, key: &str, flag: bool) {
        self.value(key, &flag.into());
    }

    fn value(&mut self, key: &str, value: &Value) {
        self.key(key);
        json::write(value, &mut self.out);
    }

    fn json(&mut self, key: &str, value: &Value) {
        self.key(key);
        self.nested(value);
    }

    fn variable(&mut self, name: &str, value: &Value) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(',');
        }
        json::write_text(name, &mut self.out);
        self.out.push(':');
        self.nested(value);
    }

    fn data(&mut self, (key, details): (&str, &str), value: &Value) {
        self.json(key, value);
        self.key(details);
        self.out.push_str("{\"truncated\":false}");
    }

    fn object(&mut self, key: &str, members: impl FnOnce(&mut Self)) {
        self.key(key);
        self.members(members);
    }
}

/// Returns `true` if two values share their data.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => Shared::ptr_eq(one, other),
        (Value::Array(one), Value::Array(other)) => Shared::ptr_eq(one, other),
        (Value::String(one), Value::String(other)) => ptr::eq(one.as_str(), other.as_str()),
        _ => false,
    }
}
