//! Diagnostics that only follow from one of the reader.

use std::collections::BTreeSet;

use super::Code;
use crate::{
    asl::StateMachine,
    diagnostic::{Diagnostic, Severity},
    json::Pointer,
};

/// Removes the diagnostics that only follow from what the reader could not read.
pub(super) fn remove(machine: &StateMachine, read: &[Diagnostic], diagnostics: &mut Vec<Diagnostic>) {
    let json = machine.to_json();
    let errors = read.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let broken = Broken::of(errors);
    diagnostics.retain(|diagnostic| {
        let target = || json.pointer(&diagnostic.at)?.as_str();
        !broken.causes(diagnostic, target)
    });
}

/// The places that the reader could not read.
struct Broken<'r> {
    places: BTreeSet<&'r str>,
    /// Those of values of the wrong kind.
    of_wrong_kind: BTreeSet<&'r str>,
}

impl<'r> Broken<'r> {
    fn of(errors: impl Iterator<Item = &'r Diagnostic> + Clone) -> Self {
        let wrong = errors.clone().filter(|error| error.code == Code::WrongKind);
        Self {
            places: errors.map(|error| &*error.at).collect(),
            of_wrong_kind: wrong.map(|error| &*error.at).collect(),
        }
    }

    /// Returns `true` if a diagnostic only follows from what could not be read.
    fn causes<'t>(&self, diagnostic: &Diagnostic, target: impl FnOnce() -> Option<&'t str>) -> bool {
        let at = &diagnostic.at;
        let around = || at.innermost_state().map(|(machine, _)| machine).unwrap_or_default();
        match diagnostic.code {
            // What is gone may have led on.
            Code::UnreachableState | Code::EndlessLoop => self.begins(&around().key("States")),
            // This one is at the states of its machine.
            Code::NoTerminalState => self.begins(at),
            Code::UnknownState => {
                let Some(target) = target() else { return false };
                let machine = match at.strip_suffix("/StartAt") {
                    Some(machine) => machine.into(),
                    None => around(),
                };
                let state = machine.state(target);
                self.places.contains(&*state) || self.places.contains(&*state.key("Type"))
            }
            // The field is there, but of the wrong kind.
            Code::MissingTransition => self.has_field(at, &["Next", "End"]),
            Code::WaitFields => self.has_field(at, &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]),
            // A list that is missing, or one of whose entries cannot be read.
            Code::EmptyList => {
                let parent = at.parent().unwrap_or_default();
                self.places.contains(&*parent) || is_within(&self.places, at) || self.begins(at)
            }
            _ => is_within(&self.of_wrong_kind, at),
        }
    }

    /// Returns `true` if a place is below one.
    fn begins(&self, with: &Pointer) -> bool {
        let below = format!("{with}/");
        self.places.range(below.as_str()..).next().is_some_and(|place| place.starts_with(&below))
    }

    /// Returns `true` if the reader could not read one of these fields of a state.
    fn has_field(&self, state: &Pointer, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.places.contains(&*state.key(field)))
    }
}

/// Returns `true` if a place is one of these, or inside of one.
fn is_within(places: &BTreeSet<&str>, at: &str) -> bool {
    let ends = at.match_indices('/').map(|(end, _)| end).chain([at.len()]);
    ends.into_iter().any(|end| places.contains(&at[..end]))
}

#[cfg(test)]
mod tests {
    use crate::{
        asl::read_str,
        check::{Options, check_read},
    };

    fn found(text: &str) -> Vec<String> {
        let (machine, read) = read_str(text).unwrap();
        let diagnostics = check_read(&machine, read, &Options::default());
        diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code.name(), diagnostic.at)).collect()
    }

    #[test]
    fn one_mistake_is_one_diagnostic() {
        for (text, diagnostic) in [
            (
                r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succed" } } }"#,
                "unknown-state-type /States/B/Type",
            ),
            (
                r#"{ "StartAt": "A", "States": { "A": { "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "End": true } } }"#,
                "missing-field /States/A",
            ),
            (
                r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": "true" } } }"#,
                "wrong-kind /States/A/End",
            ),
            (
                r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": "5", "End": true } } }"#,
                "wrong-kind /States/A/Seconds",
            ),
            (
                r#"{ "StartAt": "A", "States": { "A": { "Type": "Parallel", "End": true } } }"#,
                "missing-field /States/A",
            ),
            (
                r#"{ "StartAt": "A", "States": { "B": { "Type": "Fail" }, "A": { "Type": "Choice", "Default": "B", "Choices": [
                    { "Variable": "$.a", "StringEqual": "b", "Next": "C" }] }, "C": { "Type": "Succeed" } } }"#,
                "unknown-operator /States/A/Choices/0/StringEqual",
            ),
            (
                r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
                    "Retry": [{ "MaxAttempts": 1 }], "End": true } } }"#,
                "missing-field /States/A/Retry/0",
            ),
            ("[]", "wrong-kind "),
        ] {
            assert_eq!(found(text), [diagnostic], "{text}");
        }
    }

    #[test]
    fn other_mistakes_beside_it_stay() {
        let found = found(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Task", "resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "Next": "C" },
                "B": { "Type": "Succed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "missing-field /States/A",
                "unknown-field /States/A/resource",
                "unknown-state /States/A/Next",
                "unknown-state-type /States/B/Type",
            ]
        );
    }
}
