//! The order of findings: that of the canonical text.

use std::collections::HashMap;

use crate::{asl::StateMachine, diagnostic::Diagnostic, json::push_token, value::Value};

/// Puts findings into the order of the canonical text, each once.
pub(super) fn sort(machine: &StateMachine, findings: &mut Vec<Diagnostic>) {
    if findings.len() < 2 {
        return;
    }
    let mut places = HashMap::new();
    number("", &machine.to_json(), &mut places);
    findings.sort_by_key(|finding| {
        // A field that is missing stands where its object does.
        let mut at = finding.at.as_str();
        while !places.contains_key(at) && !at.is_empty() {
            at = at.rfind('/').map_or("", |slash| &at[..slash]);
        }
        places.get(at).copied().unwrap_or_default()
    });
    findings.dedup();
}

fn number(at: &str, value: &Value, places: &mut HashMap<String, usize>) {
    places.insert(at.to_owned(), places.len());
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter() {
                let mut at = at.to_owned();
                push_token(&mut at, key);
                number(&at, value, places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                number(&format!("{at}/{index}"), item, places);
            }
        }
        _ => {}
    }
}
