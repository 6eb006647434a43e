//! The order of diagnostics: that of the canonical text.

use std::collections::HashMap;

use crate::{asl::StateMachine, diagnostic::Diagnostic, json, value::Value};

/// Puts diagnostics into the order of the canonical text, each once.
pub(super) fn sort(machine: &StateMachine, diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.len() < 2 {
        return;
    }
    let text = machine.to_json();
    let root = Place::of(&text, &mut 0);
    diagnostics.sort_by_cached_key(|diagnostic| {
        // A field that is missing has the place of its object.
        let mut place = &root;
        for token in json::tokens(&diagnostic.at).into_iter().flatten() {
            match place.step(&token) {
                Some(below) => place = below,
                None => break,
            }
        }
        place.number
    });
    diagnostics.dedup();
}

/// The number of a value in the text, and the numbers of what is in it.
struct Place<'v> {
    number: usize,
    fields: HashMap<&'v str, Self>,
    items: Vec<Self>,
}

impl<'v> Place<'v> {
    fn of(value: &'v Value, count: &mut usize) -> Self {
        let number = *count;
        *count += 1;
        let mut place = Self { number, fields: HashMap::new(), items: Vec::new() };
        match value {
            Value::Object(map) => {
                place.fields = map.iter().map(|(key, value)| (&**key, Self::of(value, count))).collect();
            }
            Value::Array(items) => place.items = items.iter().map(|item| Self::of(item, count)).collect(),
            _ => {}
        }
        place
    }

    fn step(&self, token: &str) -> Option<&Self> {
        self.fields.get(token).or_else(|| self.items.get(token.parse::<usize>().ok()?))
    }
}
