//! Diagnostics that only follow from one of the reader.

use super::Code;
use crate::{
    asl::StateMachine,
    diagnostic::{Diagnostic, Severity},
};

/// Removes the diagnostics that only follow from what the reader could not read.
pub(super) fn remove(machine: &StateMachine, read: &[Diagnostic], findings: &mut Vec<Diagnostic>) {
    let json = machine.to_json();
    let broken: Vec<&Diagnostic> =
        read.iter().filter(|finding| finding.severity == Severity::Error).collect();
    findings.retain(|finding| {
        let target = || json.pointer(&finding.at)?.as_str();
        !broken.iter().any(|cause| follows(finding, cause, target()))
    });
}

fn follows(finding: &Diagnostic, cause: &Diagnostic, target: Option<&str>) -> bool {
    match finding.code {
        // What is gone may have led on.
        Code::UnreachableState | Code::NoTerminalState | Code::EndlessLoop => {
            let scope = finding.at.rfind("/States").map_or("", |states| &finding.at[..states]);
            cause.at.starts_with(&format!("{scope}/States/"))
        }
        Code::UnknownState => {
            let scope = finding.at.rfind("/States/").map_or("", |states| &finding.at[..states]);
            let scope = finding.at.strip_suffix("/StartAt").unwrap_or(scope);
            let Some(target) = target else { return false };
            let state = crate::flow::pointer(scope, target);
            cause.at == state || cause.at == format!("{state}/Type")
        }
        // The field is there, but of the wrong kind.
        Code::MissingTransition => is_field(cause, &finding.at, &["Next", "End"]),
        Code::WaitFields => {
            is_field(cause, &finding.at, &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"])
        }
        // A list that is missing, or one of whose entries cannot be read.
        Code::EmptyList => {
            let parent = finding.at.rsplit_once('/').map_or("", |(parent, _)| parent);
            cause.at == parent || within(&cause.at, &finding.at) || within(&finding.at, &cause.at)
        }
        _ => cause.code == Code::WrongKind && within(&finding.at, &cause.at),
    }
}

/// Returns `true` if the reader could not read one of these fields of a state.
fn is_field(cause: &Diagnostic, state: &str, fields: &[&str]) -> bool {
    cause.at.rsplit_once('/').is_some_and(|(parent, field)| parent == state && fields.contains(&field))
}

/// Returns `true` if a place is another one, or inside it.
fn within(at: &str, outer: &str) -> bool {
    at.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use crate::{
        asl::read_str,
        check::{Options, check_read},
    };

    fn found(text: &str) -> Vec<String> {
        let (machine, read) = read_str(text).unwrap();
        let findings = check_read(&machine, read, &Options::default());
        findings.iter().map(|finding| format!("{} {}", finding.code.name(), finding.at)).collect()
    }

    #[test]
    fn one_mistake_is_one_finding() {
        for (text, finding) in [
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
            assert_eq!(found(text), [finding], "{text}");
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
