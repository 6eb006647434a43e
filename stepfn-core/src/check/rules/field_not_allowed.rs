//! `field-not-allowed`

use super::{
    Code,
    page::Page,
    standing::{Standing, standing},
    unknown_field::{machine_fields, with_article},
    walk::{Node, Scope, below},
};
use crate::{
    asl::{Condition, StateKind, Unknown, WorkflowType},
    diagnostic::{Diagnostic, list},
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The field exists, but not for a state of this type or not at this place.",
    why: "AWS refuses it: each type of state has its own fields. `Retry` and `Catch` belong to Task, Parallel and Map, a \
          Choice leaves only by its rules and `Default`, a Succeed or Fail state not at all.",
    failing: r#"{
  "StartAt": "Pause",
  "States": {
    "Pause": { "Type": "Wait", "Seconds": 5, "ResultPath": "$.pause", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Pause",
  "States": {
    "Pause": { "Type": "Wait", "Seconds": 5, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let machine = scope.machine;
    let given = [
        (
            "QueryLanguage",
            machine.query_language.is_some(),
            "the outermost machine, of its branches and its states",
        ),
        ("Version", machine.version.is_some(), "the outermost machine"),
        ("TimeoutSeconds", machine.timeout_seconds.is_some(), "the outermost machine and of Task states"),
        ("ProcessorConfig", machine.processor_config.is_some(), "a Map's `ItemProcessor`"),
    ];
    let known = machine_fields(scope);
    for (field, given, owner) in given {
        if given && !known.contains(&field) {
            let message = format!(" has no `{field}`: it is a field of {owner}");
            diagnostics.push(
                scope
                    .diagnostic(Code::FieldNotAllowed, &format!("/{field}"), &message)
                    .on_key()
                    .help("remove it, or move it there"),
            );
        }
    }
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let type_name = node.state.kind.name();
    for key in node.keys() {
        let Standing::OtherTypes(types) = standing(key, type_name, node.language) else { continue };
        let message =
            format!("{} has no `{key}`: it is a field of {}", with_article(type_name), list(&types));
        diagnostics.push(
            node.diagnostic(Code::FieldNotAllowed, &below("", key), message)
                .on_key()
                .help(instead(key, type_name)),
        );
    }
    if let StateKind::Choice(choice) = &node.state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            nested(node, &format!("/Choices/{index}"), &rule.condition, false, diagnostics);
        }
    }
}

/// Returns the replacement of a field that the type does not have.
fn instead(key: &str, type_name: &str) -> &'static str {
    match (key, type_name) {
        ("Next" | "End", "Choice") => "lead on by the rules' `Next` and by `Default`",
        ("Next" | "End", _) => "remove it: the execution ends here",
        ("Resource", _) => "make it a Task state, or remove it",
        ("Retry" | "Catch", _) => "remove it: nothing can fail here that it would see",
        ("Parameters" | "ResultSelector" | "Result" | "ResultPath", _) => {
            "put a Pass state before or after it"
        }
        _ => "remove it",
    }
}

/// Reports transitions of nested rules: only those in `Choices` have one.
fn nested(node: &Node<'_>, at: &str, condition: &Condition, inside: bool, diagnostics: &mut Vec<Diagnostic>) {
    match condition {
        Condition::And(rules) | Condition::Or(rules) => {
            let join = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
            for (index, rule) in rules.iter().enumerate() {
                nested(node, &format!("{at}/{join}/{index}"), rule, true, diagnostics);
            }
        }
        Condition::Not(rule) => nested(node, &format!("{at}/Not"), rule, true, diagnostics),
        Condition::Annotated(rule, fields) => {
            inner_fields(node, at, fields, diagnostics);
            nested(node, at, rule, inside, diagnostics);
        }
        Condition::Compare(comparison) if inside => inner_fields(node, at, &comparison.unknown, diagnostics),
        Condition::Compare(_) | Condition::Jsonata(_) => {}
    }
}

fn inner_fields(node: &Node<'_>, at: &str, unknown: &Unknown, diagnostics: &mut Vec<Diagnostic>) {
    for key in ["Next", "Assign", "Output"] {
        if unknown.contains_key(key) {
            let message = format!("`{key}` inside a condition: only the rules in `Choices` have it");
            diagnostics.push(
                node.diagnostic(Code::FieldNotAllowed, &format!("{at}/{key}"), message)
                    .on_key()
                    .help("write it beside the `And`, `Or` or `Not`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn the_owner_is_named() {
        let found = lines(
            r#"{ "StartAt": "Pick", "States": {
                "Pick": { "Type": "Choice", "Default": "End", "Next": "End",
                    "Choices": [{ "Not": { "Variable": "$.x", "IsPresent": true, "Next": "End" }, "Next": "End" }] },
                "End": { "Type": "Succeed", "Seconds": 5 } } }"#,
        );
        assert_eq!(
            found,
            [
                "field-not-allowed /States/Pick/Choices/0/Not/Next: state `Pick`: `Next` inside a condition: only the rules \
                 in `Choices` have it (write it beside the `And`, `Or` or `Not`)",
                "field-not-allowed /States/Pick/Next: state `Pick`: a Choice state has no `Next`: it is a field of `Task`, \
                 `Wait`, `Pass`, `Parallel`, `Map` (lead on by the rules' `Next` and by `Default`)",
                "field-not-allowed /States/End/Seconds: state `End`: a Succeed state has no `Seconds`: it is a field of \
                 `Wait` (remove it)",
            ]
        );
    }
}
