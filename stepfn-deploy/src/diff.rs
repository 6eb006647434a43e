//! What of a definition changed, by state and field.
//!
//! Definitions are compared as the language reads them: the order of states and of fields, whitespace and how a number or a string
//! is escaped are no change.
//!
//! ```
//! use stepfn_core::asl;
//! use stepfn_deploy::diff::diff;
//!
//! let (deployed, _) = asl::read_str(
//!     r#"{ "StartAt": "Hold", "States": { "Hold": { "Type": "Wait", "Seconds": 5, "Next": "Done" }, "Done": { "Type": "Succeed" } } }"#,
//! )?;
//! let (wanted, _) = asl::read_str(
//!     r#"{ "States": { "Done": { "Type": "Succeed" }, "Hold": { "Next": "Done", "Seconds": 60, "Type": "Wait" } }, "StartAt": "Hold" }"#,
//! )?;
//! let changes: Vec<_> = diff(&deployed, &wanted).iter().map(ToString::to_string).collect();
//! assert_eq!(changes, ["~ `Hold` `Seconds`: 5 -> 60"]);
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

use std::fmt;

use stepfn_core::{
    asl::StateMachine,
    json::push_token,
    value::{Map, Value},
};

/// How much of a value a line shows, in characters.
const MOST: usize = 80;

/// One difference between two definitions.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionChange {
    /// The state, by name; none for the fields of the machine itself. A state inside of a Map or Parallel has the names of those around it
    /// before its own.
    pub state: Option<Vec<String>>,
    /// The field as one writes it, such as `Retry[0].MaxAttempts`; empty where the whole state is new or gone.
    pub field: String,
    /// JSON pointer of the value: into the definition that is wanted, or where the value is gone, into the one that is deployed.
    pub pointer: String,
    /// What is deployed.
    pub before: Option<Value>,
    /// What is wanted.
    pub after: Option<Value>,
}

impl fmt::Display for DefinitionChange {
    /// One line: `+` for what is new, `-` for what is gone, `~` for what is another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (&self.before, &self.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        write!(f, "{sign}")?;
        if let Some(state) = &self.state {
            write!(f, " `{}`", state.join("` / `"))?;
        }
        if self.field.is_empty() {
            return match self.after.as_ref().or(self.before.as_ref()).and_then(|state| state["Type"].as_str())
            {
                Some(kind) => write!(f, " ({kind})"),
                None => Ok(()),
            };
        }
        write!(f, " `{}`: ", self.field)?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                let (before, after) = (before.to_string(), after.to_string());
                // Two long values mostly begin alike: what is shown begins where they part.
                let common = if before.chars().count().max(after.chars().count()) > MOST {
                    common_prefix(&before, &after).saturating_sub(MOST / 4)
                } else {
                    0
                };
                write!(f, "{} -> {}", Excerpt(&before, common), Excerpt(&after, common))
            }
            (Some(value), None) | (None, Some(value)) => write!(f, "{}", Excerpt(&value.to_string(), 0)),
            (None, None) => Ok(()),
        }
    }
}

fn common_prefix(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(left, right)| left == right).count()
}

/// A text from a character on, cut to one line's length.
struct Excerpt<'a>(&'a str, usize);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text, skip) = *self;
        if skip > 0 {
            f.write_str("…")?;
        }
        let mut rest = text.chars().skip(skip);
        for c in rest.by_ref().take(MOST) {
            write!(f, "{c}")?;
        }
        if rest.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// What changes from one definition to the other, in the order of the wanted one; what is gone comes at its end.
pub fn diff(deployed: &StateMachine, wanted: &StateMachine) -> Vec<DefinitionChange> {
    if deployed == wanted {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let root = Place { states: Vec::new(), field: String::new(), pointer: String::new() };
    machine(&deployed.to_json(), &wanted.to_json(), &root, &mut changes);
    changes
}

/// Where the comparison is.
#[derive(Clone)]
struct Place {
    states: Vec<String>,
    field: String,
    pointer: String,
}

impl Place {
    fn key(&self, key: &str) -> Self {
        let mut place = self.clone();
        push_token(&mut place.pointer, key);
        if !place.field.is_empty() {
            place.field.push('.');
        }
        place.field.push_str(key);
        place
    }

    fn index(&self, index: usize) -> Self {
        let mut place = self.clone();
        push_token(&mut place.pointer, &index.to_string());
        place.field.push_str(&format!("[{index}]"));
        place
    }

    fn state(&self, name: &str) -> Self {
        let mut place = self.clone();
        push_token(&mut place.pointer, "States");
        push_token(&mut place.pointer, name);
        place.field.clear();
        place.states.push(name.to_owned());
        place
    }

    fn changed(self, before: Option<&Value>, after: Option<&Value>) -> DefinitionChange {
        DefinitionChange {
            state: (!self.states.is_empty()).then_some(self.states),
            field: self.field,
            pointer: self.pointer,
            before: before.cloned(),
            after: after.cloned(),
        }
    }
}

/// The members of both, in the order of the second.
fn pairs<'v>(
    before: &'v Map,
    after: &'v Map,
) -> impl Iterator<Item = (&'v str, Option<&'v Value>, Option<&'v Value>)> {
    let kept = after.iter().map(|(key, value)| (&**key, before.get(key), Some(value)));
    let gone = before.iter().filter(|(key, _)| !after.contains_key(*key));
    kept.chain(gone.map(|(key, value)| (&**key, Some(value), None)))
}

fn machine(before: &Value, after: &Value, place: &Place, changes: &mut Vec<DefinitionChange>) {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return value(before, after, place, changes);
    };
    for (key, old, new) in pairs(before, after) {
        match (key, old.and_then(Value::as_object), new.and_then(Value::as_object)) {
            ("States", Some(old), Some(new)) => {
                for (name, old, new) in pairs(old, new) {
                    state(old, new, &place.state(name), changes);
                }
            }
            _ => optional(old, new, &place.key(key), changes),
        }
    }
}

fn state(before: Option<&Value>, after: Option<&Value>, place: &Place, changes: &mut Vec<DefinitionChange>) {
    let members = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    let (Some(old_state), Some(new_state)) = (members(before), members(after)) else {
        return optional(before, after, place, changes);
    };
    for (key, old, new) in pairs(&old_state, &new_state) {
        let place = place.key(key);
        match (key, old, new) {
            ("ItemProcessor" | "Iterator", Some(old), Some(new)) => machine(old, new, &place, changes),
            ("Branches", Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
                for (index, (old, new)) in old.iter().zip(new.iter()).enumerate() {
                    machine(old, new, &place.index(index), changes);
                }
            }
            _ => optional(old, new, &place, changes),
        }
    }
}

fn optional(
    before: Option<&Value>,
    after: Option<&Value>,
    place: &Place,
    changes: &mut Vec<DefinitionChange>,
) {
    match (before, after) {
        (Some(before), Some(after)) => value(before, after, place, changes),
        _ => changes.push(place.clone().changed(before, after)),
    }
}

fn value(before: &Value, after: &Value, place: &Place, changes: &mut Vec<DefinitionChange>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            for (key, old, new) in pairs(old, new) {
                optional(old, new, &place.key(key), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new.iter()).enumerate() {
                value(old, new, &place.index(index), changes);
            }
        }
        _ => changes.push(place.clone().changed(Some(before), Some(after))),
    }
}

#[cfg(test)]
mod tests {
    use stepfn_core::asl;

    use super::*;

    fn lines(before: &str, after: &str) -> Vec<String> {
        let read = |text| asl::read_str(text).unwrap().0;
        diff(&read(before), &read(after)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_order_of_states_and_fields_is_no_change() {
        let before = r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Succeed"}}}"#;
        let after = r#"{ "States": { "B": { "Type": "Succeed" }, "A": { "Next": "B", "Type": "Pass" } },
                         "StartAt": "\u0041" }"#;
        assert_eq!(lines(before, after), Vec::<String>::new());
    }

    #[test]
    fn states_come_go_and_change_field_by_field() {
        let before = r#"{"Comment":"old","StartAt":"A","States":{
            "A":{"Type":"Task","Resource":"r","Retry":[{"ErrorEquals":["X"],"MaxAttempts":1}],"Next":"B"},
            "B":{"Type":"Pass","End":true}}}"#;
        let after = r#"{"StartAt":"A","States":{
            "A":{"Type":"Task","Resource":"r","Retry":[{"ErrorEquals":["X"],"MaxAttempts":3}],"Next":"C"},
            "C":{"Type":"Succeed"}}}"#;
        assert_eq!(
            lines(before, after),
            [
                "~ `A` `Retry[0].MaxAttempts`: 1 -> 3",
                "~ `A` `Next`: \"B\" -> \"C\"",
                "+ `C` (Succeed)",
                "- `B` (Pass)",
                "- `Comment`: \"old\"",
            ]
        );
    }

    #[test]
    fn states_inside_of_maps_and_branches_are_named_with_those_around_them() {
        let machine = |seconds: &str, start: &str| {
            format!(
                r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","End":true,"ItemProcessor":{{"StartAt":"Both","States":{{
                "Both":{{"Type":"Parallel","End":true,"Branches":[{{"StartAt":"{start}","States":{{
                "Hold":{{"Type":"Wait","Seconds":{seconds},"End":true}}}}}}]}}}}}}}}}}}}"#
            )
        };
        let read = |text: String| asl::read_str(&text).unwrap().0;
        let changes = diff(&read(machine("5", "Hold")), &read(machine("6", "Hodl")));
        let lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "~ `Each` / `Both` `Branches[0].StartAt`: \"Hold\" -> \"Hodl\"",
                "~ `Each` / `Both` / `Hold` `Seconds`: 5 -> 6"
            ]
        );
        assert_eq!(
            changes[1].pointer,
            "/States/Each/ItemProcessor/States/Both/Branches/0/States/Hold/Seconds"
        );
    }

    #[test]
    fn long_values_are_shown_from_where_they_part() {
        let machine = |end: &str| {
            format!(
                r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass","Comment":"{}{end}","End":true}}}}}}"#,
                "파".repeat(500)
            )
        };
        let lines = lines(&machine("one"), &machine("two"));
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].contains("…파") && lines[0].contains("one\" -> …") && lines[0].ends_with("two\""),
            "{lines:?}"
        );
    }
}
