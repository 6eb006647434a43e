//! `unknown-field`

use super::{
    Code,
    page::Page,
    standing::{Standing, standing},
    walk::{Node, Scope, below},
};
use crate::{
    asl::{
        Condition, Operator, QueryLanguage, StateKind, WorkflowType,
        schema::{field, fields, fields_of},
    },
    diagnostic::{Diagnostic, Subject, list},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The object has a field that the language does not have.",
    why: "AWS refuses it. Names of fields are compared letter by letter, capitals included; mostly one is misspelt or cut \
          short.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "Timeout": 300,
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": {
      "Type": "Task",
      "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work",
      "TimeoutSeconds": 300,
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let known = machine_fields(scope);
    // A known field that the reader could not read has a diagnostic of its own.
    for key in scope.machine.unknown.keys().filter(|key| !known.contains(&&***key)) {
        let message = format!(" has no field `{key}`");
        diagnostics.push(
            scope.diagnostic(Code::UnknownField, &below("", key), &message).on_key().suggest(key, known),
        );
    }
}

/// Returns the fields that a machine may have at its place.
pub(super) fn machine_fields(scope: &Scope<'_>) -> &'static [&'static str] {
    let owner = if scope.at.is_empty() {
        "StateMachine"
    } else if scope.at.ends_with("/ItemProcessor") || scope.at.ends_with("/Iterator") {
        "ItemProcessor"
    } else {
        "Branch"
    };
    fields(owner, QueryLanguage::default())
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let type_name = node.state.kind.name();
    for key in node.state.unknown.keys() {
        if let Standing::Unknown = standing(key, type_name, node.language) {
            let message = format!("{} has no field `{key}`", with_article(type_name));
            diagnostics.push(
                node.diagnostic(Code::UnknownField, &below("", key), message)
                    .on_key()
                    .suggest(key, fields(type_name, node.language)),
            );
        }
    }
    let lists = [
        (
            "Retry",
            "a retrier",
            fields("Retrier", node.language),
            node.state.retry.iter().flatten().map(|retrier| &retrier.unknown).collect(),
        ),
        (
            "Catch",
            "a catcher",
            fields("Catcher", node.language),
            node.state.catch.iter().flatten().map(|catcher| &catcher.unknown).collect::<Vec<_>>(),
        ),
    ];
    for (field, what, known, unknown) in lists {
        for (index, unknown) in unknown.iter().enumerate() {
            for key in unknown.keys().filter(|key| !known.contains(&&***key)) {
                diagnostics.push(
                    node.diagnostic(
                        Code::UnknownField,
                        &below(&format!("/{field}/{index}"), key),
                        format!("{what} has no field `{key}`"),
                    )
                    .on_key()
                    .suggest(key, known),
                );
            }
        }
    }
    if let StateKind::Choice(choice) = &node.state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            let at = format!("/Choices/{index}");
            for key in rule.unknown.keys() {
                unknown_in_rule(node, &at, key, diagnostics);
            }
            nested(node, &at, &rule.condition, diagnostics);
        }
    }
}

/// Reports unknown fields of the comparisons inside a condition; the reader has reported those of other rules.
fn nested(node: &Node<'_>, at: &str, condition: &Condition, diagnostics: &mut Vec<Diagnostic>) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            for (index, rule) in rules.iter().enumerate() {
                nested(node, &format!("{at}/{join}/{index}"), rule, diagnostics);
            }
        }
        Condition::Not(rule) => nested(node, &format!("{at}/Not"), rule, diagnostics),
        Condition::Compare(comparison) => {
            for key in comparison.unknown.keys() {
                unknown_in_rule(node, at, key, diagnostics);
            }
        }
        Condition::Annotated(rule, fields) => {
            for key in fields.keys() {
                unknown_in_rule(node, at, key, diagnostics);
            }
            nested(node, at, rule, diagnostics);
        }
        Condition::Jsonata(_) => {}
    }
}

fn unknown_in_rule(node: &Node<'_>, at: &str, key: &str, diagnostics: &mut Vec<Diagnostic>) {
    // Too many operators, or a field that is known but not here, are diagnostics of their own.
    if field("ChoiceRule", key).is_some() || Operator::from_name(key).is_some() {
        return;
    }
    let own = fields_of("ChoiceRule").iter().map(|field| field.name);
    let names: Vec<_> = Operator::ALL.iter().map(|operator| operator.name()).chain(own).collect();
    diagnostics.push(
        node.diagnostic(Code::UnknownField, &below(at, key), format!("a Choice rule has no field `{key}`"))
            .on_key()
            .subject(Subject::Field(key.to_owned()))
            .did_you_mean(key, names.iter().copied()),
    );
}

/// Words of other languages, and what they are called in ASL.
const MEANT: [(&str, &str); 15] = [
    ("Otherwise", "Default"),
    ("Else", "Default"),
    ("Errors", "ErrorEquals"),
    ("Then", "Next"),
    ("Goto", "Next"),
    ("Retries", "Retry"),
    ("Catchers", "Catch"),
    ("Rules", "Choices"),
    ("Description", "Comment"),
    ("Duration", "Seconds"),
    ("Delay", "Seconds"),
    ("Sleep", "Seconds"),
    ("Function", "Resource"),
    ("Attempts", "MaxAttempts"),
    ("Message", "Cause"),
];

impl Diagnostic {
    /// Suggests the nearest of the fields, else all of them.
    pub(super) fn suggest(self, key: &str, known: &[&'static str]) -> Self {
        let others = MEANT.iter().filter(|(written, _)| *written == key);
        let meant = others.map(|(_, meant)| *meant).find(|meant| known.contains(meant));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("it has {}", list(known)),
        };
        self.subject(Subject::Field(key.to_owned())).help(help).did_you_mean(key, known.iter().copied())
    }
}

/// `a Task state`
pub(super) fn with_article(type_name: &str) -> String {
    format!("a {type_name} state")
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn every_object_is_looked_at() {
        let found = lines(
            r#"{ "StartAt": "Do", "Timeout": 5, "States": {
                "Do": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:work", "ResultsPath": "$.a", "Next": "Pick",
                    "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempt": 1 }],
                    "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Pick", "ResultsPath": "$.b" }] },
                "Pick": { "Type": "Choice", "Default": "End",
                    "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "End", "Coment": "" },
                        { "And": [{ "Variable": "$.y", "IsPresent": true, "Varriable": 1 }], "Next": "End" }] },
                "End": { "Type": "Succeed" } } }"#,
        );
        assert_eq!(
            found,
            [
                "unknown-field /States/Do/Retry/0/MaxAttempt: state `Do`: a retrier has no field `MaxAttempt` (did you mean \
                 `MaxAttempts`?)",
                "unknown-field /States/Do/Catch/0/ResultsPath: state `Do`: a catcher has no field `ResultsPath` (did you \
                 mean `ResultPath`?)",
                "unknown-field /States/Do/ResultsPath: state `Do`: a Task state has no field `ResultsPath` (did you mean \
                 `ResultPath`?)",
                "unknown-field /States/Pick/Choices/0/Coment: state `Pick`: a Choice rule has no field `Coment` (did you \
                 mean `Comment`?)",
                "unknown-field /States/Pick/Choices/1/And/0/Varriable: state `Pick`: a Choice rule has no field `Varriable` \
                 (did you mean `Variable`?)",
                "unknown-field /Timeout: the state machine has no field `Timeout` (did you mean `TimeoutSeconds`?)",
            ]
        );
    }
}
