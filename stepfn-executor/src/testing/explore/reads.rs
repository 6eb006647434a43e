//! The paths that a state reads of data whose shape is not known, and values that have them.

use stepfn_core::{
    asl::{PathField, State, StateKind},
    path::{Path, SegmentKind},
    value::Value,
};

/// The paths of keys that a state reads, each with a value that it can be read as.
pub(super) fn reads(state: &State) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    if let Some(PathField::Path(path)) = &state.input_path {
        push(path, Value::empty_object(), &mut found);
    }
    let below = found.first().map_or_else(Vec::new, |(keys, _)| keys.clone());
    let first = found.len();
    match &state.kind {
        StateKind::Map(map) => {
            if let Some(path) = &map.items_path {
                push(path, Value::array([Value::from("text")]), &mut found);
            }
        }
        StateKind::Wait(wait) => {
            for (path, value) in
                [(&wait.seconds_path, Value::from(1)), (&wait.timestamp_path, "2030-01-01T00:00:00Z".into())]
            {
                if let Some(path) = path {
                    push(path, value, &mut found);
                }
            }
        }
        _ => {}
    }
    for template in [&state.parameters, &state.assign].into_iter().flatten() {
        templates(template, &mut found);
    }
    // Paths after the InputPath are read of what it selects.
    for (keys, _) in &mut found[first..] {
        keys.splice(0..0, below.iter().cloned());
    }
    found
}

fn templates(template: &Value, found: &mut Vec<(Vec<String>, Value)>) {
    match template {
        Value::Object(map) => {
            for (key, value) in map.iter() {
                match value {
                    Value::String(path) if key.ends_with(".$") => push(path, "text".into(), found),
                    value => templates(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| templates(item, found)),
        _ => {}
    }
}

/// Keeps a path of plain keys into the data; none into the context object, a variable or a list.
fn push(text: &str, value: Value, found: &mut Vec<(Vec<String>, Value)>) {
    let Some(path) = text.starts_with("$.").then(|| Path::parse(text).ok()).flatten() else { return };
    let key = |kind: SegmentKind| match kind {
        SegmentKind::Name(name) => Some(name),
        _ => None,
    };
    if let Some(keys) = path.segments.into_iter().map(|segment| key(segment.kind)).collect() {
        found.push((keys, value));
    }
}
