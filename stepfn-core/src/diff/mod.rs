//! The changes between two definitions, for people: states, transitions, data flow, and the effects on executions that run during the
//! deployment.
//!
//! ```
//! use stepfn_core::{asl, diff::{Area, diff}};
//!
//! let task = |next: &str, payload: &str| format!(r#"{{ "StartAt": "Load", "States": {{
//!     "Load": {{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {{ "FunctionName": "load", "Payload": {payload} }}, {next} }},
//!     "Done": {{ "Type": "Succeed" }} }} }}"#);
//! let (old, _) = asl::read_str(&task(r#""Next": "Done""#, r#"{ "id.$": "$.id" }"#))?;
//! let (new, _) = asl::read_str(&task(r#""End": true"#, r#"{ "orderId.$": "$.id" }"#))?;
//! let changes = diff(&old, &new);
//! assert_eq!(changes[0].area, Area::DataFlow);
//! assert!(changes[0].breaks.as_deref().is_some_and(|why| why.contains("still send")));
//! assert_eq!(changes[1].to_string(), "- state `Load`: `Parameters.Payload.id.$: $.id`");
//! assert_eq!(changes[2].to_string(), "~ state `Load`: `Next: Done` is now `End: true`");
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```
//!
//! # What breaks running executions
//!
//! An execution goes on by the definition that it started with (developer guide, "Starting state machine executions"), so a state that
//! is renamed or removed does it no harm. The targets of its Tasks are deployed beside the definition, though, and exists once: where only
//! the old definition calls something, or sends it other keys, executions that still run are hit.

mod tasks;

use std::fmt;

use crate::{
    asl::{State, StateMachine},
    json::Pointer,
    value::{Map, Value},
};

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// JSON pointer into the new definition; into the old one where something was removed.
    pub at: String,
    /// The part of the definition that changed.
    pub area: Area,
    /// The kind of the change: added, removed or changed.
    pub kind: ChangeKind,
    /// The change in words.
    pub what: String,
    /// The reason why it breaks executions that run while it is deployed, where it does.
    pub breaks: Option<String>,
}

/// The part of a definition that a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Area {
    /// States that were added, removed or given another type.
    States,
    /// The next state: `StartAt`, `Next`, `End`, `Default`, the rules of a Choice, `Catch`.
    Transitions,
    /// Data that is read, sent or kept: paths, `Parameters`, `Arguments`, `Assign`, `Output`, items of Maps.
    DataFlow,
    /// The resources that Tasks call, and their credentials.
    Tasks,
    /// Retries, timeouts, waits, tolerances, concurrency.
    Timing,
    /// Comments and what else there is.
    Other,
}

crate::named!(Area, "part of a definition");

impl Area {
    /// All parts.
    pub const ALL: [Self; 6] =
        [Self::States, Self::Transitions, Self::DataFlow, Self::Tasks, Self::Timing, Self::Other];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Transitions => "transitions",
            Self::DataFlow => "data-flow",
            Self::Tasks => "tasks",
            Self::Timing => "timing",
            Self::Other => "other",
        }
    }
}

/// The kind of a change: added, removed or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is in the new definition only.
    Added,
    /// It was in the old definition only.
    Removed,
    /// It is in both, and differs.
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        };
        write!(f, "{sign} {}", self.what)
    }
}

/// Returns the changes, in the order of the new definition; removed states come at the end of their machine. Returns nothing if both are the
/// same definition, however they are written.
pub fn diff(old: &StateMachine, new: &StateMachine) -> Vec<Change> {
    let mut changes = Vec::new();
    machines(old, new, &Pointer::root(), &mut changes);
    tasks::mark_what_breaks(old, new, &mut changes);
    changes
}

fn machines(old: &StateMachine, new: &StateMachine, at: &Pointer, changes: &mut Vec<Change>) {
    let (before, after) = (old.to_json(), new.to_json());
    if let (Value::Object(before), Value::Object(after)) = (&before, &after) {
        let owner = if at.is_empty() { "the machine".to_owned() } else { format!("the machine at `{at}`") };
        fields(before, after, at, &owner, &["States"], changes);
    }
    let renamed = renamed(old, new);
    for (name, state) in &new.states {
        let here = at.state(name);
        let origin = renamed.iter().find(|(_, now)| *now == name).map(|(was, _)| *was);
        match old.states.get(name) {
            Some(before) => states(before, state, &here, name, changes),
            None if origin.is_some() => changes.push(Change {
                at: here.into_string(),
                area: Area::States,
                kind: ChangeKind::Changed,
                what: format!("state `{}` is now named `{name}`", origin.unwrap_or_default()),
                breaks: None,
            }),
            None => changes.push(Change {
                at: here.into_string(),
                area: Area::States,
                kind: ChangeKind::Added,
                what: format!("state `{name}` ({})", state.kind.name()),
                breaks: None,
            }),
        }
    }
    for (name, state) in &old.states {
        if !new.states.contains_key(name) && renamed.iter().all(|(was, _)| was != name) {
            changes.push(Change {
                at: at.state(name).into_string(),
                area: Area::States,
                kind: ChangeKind::Removed,
                what: format!("state `{name}` ({})", state.kind.name()),
                breaks: None,
            });
        }
    }
}

/// The states that are the same under another name, where no other one is.
fn renamed<'m>(old: &'m StateMachine, new: &'m StateMachine) -> Vec<(&'m str, &'m String)> {
    let gone: Vec<_> = old.states.iter().filter(|(name, _)| !new.states.contains_key(*name)).collect();
    let come: Vec<_> = new.states.iter().filter(|(name, _)| !old.states.contains_key(*name)).collect();
    let only = |among: &[(&'m String, &'m State)], state: &State| {
        let mut same = among.iter().filter(|(_, other)| *other == state);
        same.next().filter(|_| same.next().is_none()).map(|(name, _)| *name)
    };
    let pair = |(name, state): &(&'m String, &'m State)| {
        let now = only(&come, state)?;
        (only(&gone, state)? == *name).then_some((name.as_str(), now))
    };
    gone.iter().filter_map(pair).collect()
}

fn states(old: &State, new: &State, at: &Pointer, name: &str, changes: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let owner = format!("state `{name}`");
    if old.kind.name() != new.kind.name() {
        changes.push(Change {
            at: at.to_string(),
            area: Area::States,
            kind: ChangeKind::Changed,
            what: format!("{owner}: a {} is now a {}", old.kind.name(), new.kind.name()),
            breaks: None,
        });
    }
    let (before, after) = (old.to_json(), new.to_json());
    if let (Value::Object(before), Value::Object(after)) = (&before, &after) {
        fields(before, after, at, &owner, &["Type", "Branches", "ItemProcessor", "Iterator"], changes);
    }
    let (before, after) = (old.children(), new.children());
    for (index, (below, child)) in after.iter().enumerate() {
        match before.get(index) {
            Some((_, was)) => machines(was, child, &at.join(below), changes),
            None => changes.push(Change {
                at: at.join(below).into_string(),
                area: Area::States,
                kind: ChangeKind::Added,
                what: format!("{owner}: a branch that starts at `{}`", child.start_at),
                breaks: None,
            }),
        }
    }
    for (below, child) in before.iter().skip(after.len()) {
        changes.push(Change {
            at: at.join(below).into_string(),
            area: Area::States,
            kind: ChangeKind::Removed,
            what: format!("{owner}: the branch that started at `{}`", child.start_at),
            breaks: None,
        });
    }
}

/// The fields of a state or machine, but those that are looked at elsewhere.
fn fields(
    before: &Map,
    after: &Map,
    at: &Pointer,
    owner: &str,
    elsewhere: &[&str],
    changes: &mut Vec<Change>,
) {
    let mut push = |field: &str, kind: ChangeKind, what: String| {
        changes.push(Change {
            at: at.key(field).into_string(),
            area: area(field),
            kind,
            what: format!("{owner}: {what}"),
            breaks: None,
        });
    };
    // `Next` for `End` is one change.
    let way = |fields: &Map| {
        ["Next", "End"].into_iter().find_map(|field| Some(format!("{field}: {}", plain(fields.get(field)?))))
    };
    let mut said_way = false;
    let names = after.keys().chain(before.keys().filter(|field| !after.contains_key(field)));
    for field in names.map(|field| &**field).filter(|field| !elsewhere.contains(field)) {
        let (was, is) = (before.get(field), after.get(field));
        if was == is {
            continue;
        }
        if matches!(field, "Next" | "End")
            && let (Some(was), Some(is)) = (way(before), way(after))
        {
            if !said_way {
                push(field, ChangeKind::Changed, format!("`{was}` is now `{is}`"));
            }
            said_way = true;
            continue;
        }
        match (was, is) {
            (Some(was), Some(is)) => {
                for (path, was, is) in parts(field, was, is) {
                    let (kind, what) = match (was, is) {
                        (Some(was), Some(is)) => {
                            (ChangeKind::Changed, format!("`{path}: {}` is now `{}`", plain(was), plain(is)))
                        }
                        (None, Some(is)) => (ChangeKind::Added, format!("`{path}: {}`", plain(is))),
                        (Some(was), None) => (ChangeKind::Removed, format!("`{path}: {}`", plain(was))),
                        (None, None) => continue,
                    };
                    push(field, kind, what);
                }
            }
            (None, Some(is)) => push(field, ChangeKind::Added, format!("`{field}: {}`", plain(is))),
            (Some(was), None) => push(field, ChangeKind::Removed, format!("`{field}: {}`", plain(was))),
            (None, None) => {}
        }
    }
}

/// The deepest places at which two values differ, objects and lists of one length gone into.
fn parts<'v>(
    path: &str,
    was: &'v Value,
    is: &'v Value,
) -> Vec<(String, Option<&'v Value>, Option<&'v Value>)> {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let keys = is.keys().chain(was.keys().filter(|key| !is.contains_key(key)));
            let below = |key: &str| format!("{path}.{key}");
            keys.map(|key| &**key)
                .filter(|key| was.get(key) != is.get(key))
                .flat_map(|key| match (was.get(key), is.get(key)) {
                    (Some(was), Some(is)) => parts(&below(key), was, is),
                    (was, is) => vec![(below(key), was, is)],
                })
                .collect()
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let pairs = before.iter().zip(after.iter()).enumerate().filter(|(_, (was, is))| was != is);
            pairs.flat_map(|(index, (was, is))| parts(&format!("{path}[{index}]"), was, is)).collect()
        }
        _ => vec![(path.to_owned(), Some(was), Some(is))],
    }
}

fn area(field: &str) -> Area {
    match field {
        "StartAt" | "Next" | "End" | "Default" | "Choices" | "Catch" => Area::Transitions,
        "InputPath" | "OutputPath" | "ResultPath" | "Parameters" | "ResultSelector" | "Result"
        | "Arguments" | "Assign" | "Output" | "ItemsPath" | "Items" | "ItemSelector" | "ItemReader"
        | "ItemBatcher" | "ResultWriter" | "Error" | "ErrorPath" | "Cause" | "CausePath"
        | "QueryLanguage" => Area::DataFlow,
        "Resource" | "Credentials" => Area::Tasks,
        "Retry"
        | "TimeoutSeconds"
        | "TimeoutSecondsPath"
        | "HeartbeatSeconds"
        | "HeartbeatSecondsPath"
        | "Seconds"
        | "SecondsPath"
        | "Timestamp"
        | "TimestampPath"
        | "MaxConcurrency"
        | "MaxConcurrencyPath"
        | "ProcessorConfig" => Area::Timing,
        _ if field.starts_with("Tolerated") => Area::Timing,
        _ => Area::Other,
    }
}

/// A value in few words: a text as it is, the rest as JSON, cut where it is long.
fn plain(value: &Value) -> String {
    const MOST: usize = 100;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
