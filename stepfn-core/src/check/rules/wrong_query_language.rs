//! `wrong-query-language`

use super::{
    Code,
    page::Page,
    standing::{Standing, standing},
    walk::{Node, Scope, below},
};
use crate::{
    asl::{
        Condition, QueryLanguage, StateKind, WorkflowType,
        schema::{self, Kind},
    },
    diagnostic::Diagnostic,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "The state has something of the query language that it does not use.",
    why: "A state uses JSONPath (`Parameters`, `ResultPath`, `.$`) or JSONata (`Arguments`, `Output`, `{% %}`), never both. \
          AWS refuses fields of the other language, and a JSONPath state in a machine whose language is JSONata.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "QueryLanguage": "JSONata",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "MessageBody": "hello" },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": {
      "Type": "Task",
      "QueryLanguage": "JSONata",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Arguments": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders", "MessageBody": "hello" },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

/// A machine in JSONata cannot hold states in JSONPath; the other way round it can.
pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>, outermost: QueryLanguage) {
    if outermost != QueryLanguage::Jsonata {
        return;
    }
    for node in &scope.nodes {
        if node.state.query_language == Some(QueryLanguage::JsonPath) {
            let message = "its query language cannot be JSONPath where the whole state machine's is JSONata";
            diagnostics.push(
                node.diagnostic(Code::WrongQueryLanguage, "/QueryLanguage", message)
                    .help("remove it here, or set the language of each state and not of the machine"),
            );
        }
    }
}

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let type_name = node.state.kind.name();
    for key in node.keys() {
        if let Standing::OtherLanguage = standing(key, type_name, node.language) {
            foreign_field(node, &below("", key), key, &instead(key, type_name), diagnostics);
        }
    }
    for (index, catcher) in node.state.catch.iter().flatten().enumerate() {
        let at = format!("/Catch/{index}");
        match node.language {
            QueryLanguage::JsonPath if catcher.output.is_some() => {
                foreign_field(node, &format!("{at}/Output"), "Output", "write `ResultPath`", diagnostics);
            }
            QueryLanguage::Jsonata if catcher.result_path.is_some() => {
                let help = "write `Output`, with `{% $states.errorOutput %}` for the error";
                foreign_field(node, &format!("{at}/ResultPath"), "ResultPath", help, diagnostics);
            }
            _ => {}
        }
    }
    conditions(node, diagnostics);
    if node.language == QueryLanguage::JsonPath {
        amounts(node, diagnostics);
    }
}

fn foreign_field(node: &Node<'_>, at: &str, key: &str, help: &str, diagnostics: &mut Vec<Diagnostic>) {
    let (own, other) = match node.language {
        QueryLanguage::JsonPath => ("JSONPath", "JSONata"),
        QueryLanguage::Jsonata => ("JSONata", "JSONPath"),
    };
    let message = format!("`{key}` is a field of {other}, and the state's query language is {own}");
    let switch = match node.language {
        QueryLanguage::JsonPath => ", or give the state `\"QueryLanguage\": \"JSONata\"`",
        QueryLanguage::Jsonata => "",
    };
    diagnostics.push(
        node.diagnostic(Code::WrongQueryLanguage, at, message).on_key().help(format!("{help}{switch}")),
    );
}

/// Returns the replacement, in the language in force, of a field of the other one.
fn instead(key: &str, type_name: &str) -> String {
    // `MaxConcurrencyPath`: the number or text beside it takes an expression.
    if let Some(beside) = key.strip_suffix("Path").and_then(|name| schema::field(type_name, name))
        && matches!(beside.kind, Kind::Amount(_) | Kind::Text)
    {
        return format!("write `{}` with a `{{% %}}` expression", beside.name);
    }
    let help = match (key, type_name) {
        ("Parameters", "Map") => "write `ItemSelector`",
        ("Parameters", "Pass") | ("Result" | "ResultPath" | "ResultSelector" | "OutputPath", _) => {
            "write `Output`, with `$states.input` and `$states.result`"
        }
        ("Parameters", _) => "write `Arguments`",
        ("InputPath", _) => "remove it: expressions read `$states.input`",
        ("ItemsPath", _) => "write `Items`",
        ("Arguments", _) => "write `Parameters`",
        ("Items", _) => "write `ItemsPath`",
        ("Output", "Pass") => "write `Parameters` and `ResultPath`",
        ("Output", "Task" | "Parallel" | "Map") => "write `ResultSelector`, `ResultPath` and `OutputPath`",
        ("Output", _) => "write `OutputPath`",
        _ => "remove it",
    };
    help.to_owned()
}

fn conditions(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Choice(choice) = &node.state.kind else { return };
    for (index, rule) in choice.choices.iter().enumerate() {
        let at = format!("/Choices/{index}");
        match (&rule.condition, node.language) {
            (Condition::Jsonata(_), QueryLanguage::JsonPath) => {
                let help = "write `Variable` and a comparison operator";
                foreign_field(node, &format!("{at}/Condition"), "Condition", help, diagnostics);
            }
            (Condition::Jsonata(_), QueryLanguage::Jsonata) => {}
            (condition, QueryLanguage::Jsonata) => {
                let key = match condition {
                    Condition::And(_) => "And",
                    Condition::Or(_) => "Or",
                    Condition::Not(_) => "Not",
                    _ => "Variable",
                };
                let help = "write an expression as the condition: `{% $states.input.total > 5 %}`";
                foreign_field(node, &format!("{at}/{key}"), key, help, diagnostics);
            }
            (_, QueryLanguage::JsonPath) => {}
        }
        if node.language == QueryLanguage::JsonPath && rule.output.is_some() {
            let help = "write `OutputPath` on the state";
            foreign_field(node, &format!("{at}/Output"), "Output", help, diagnostics);
        }
    }
}

/// `{% %}` where JSONPath wants a number.
fn amounts(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (field, given) in node.state.fields() {
        let (Kind::Amount(_), Some(text)) = (field.kind, given.as_str()) else { continue };
        if !text.starts_with("{%") {
            continue;
        }
        let field = field.name;
        let message =
            format!("`{field}` is a JSONata expression, and the state's query language is JSONPath");
        let help =
            format!("write `{field}Path` with a path, or give the state `\"QueryLanguage\": \"JSONata\"`");
        diagnostics.push(node.diagnostic(Code::WrongQueryLanguage, &format!("/{field}"), message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{codes, lines};

    #[test]
    fn jsonpath_states_do_not_stand_in_a_jsonata_machine() {
        let found = lines(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {
                "A": { "Type": "Pass", "QueryLanguage": "JSONPath", "End": true } } }"#,
        );
        assert_eq!(
            found,
            [
                "wrong-query-language /States/A/QueryLanguage: state `A`: its query language cannot be JSONPath where the whole \
              state machine's is JSONata (remove it here, or set the language of each state and not of the machine)"
            ]
        );
    }

    #[test]
    fn rules_are_judged_by_the_states_language() {
        let found = codes(
            r#"{ "StartAt": "A", "States": {
                "A": { "Type": "Choice", "Default": "B",
                    "Choices": [{ "Condition": "{% $states.input.ok %}", "Next": "B" }] },
                "B": { "Type": "Choice", "QueryLanguage": "JSONata", "Default": "C",
                    "Choices": [{ "Variable": "$.ok", "BooleanEquals": true, "Next": "C" }] },
                "C": { "Type": "Wait", "Seconds": "{% 5 %}", "End": true } } }"#,
        );
        assert_eq!(
            found,
            [
                "wrong-query-language /States/A/Choices/0/Condition",
                "wrong-query-language /States/B/Choices/0/Variable",
                "wrong-query-language /States/C/Seconds",
            ]
        );
    }

    #[test]
    fn a_nested_state_has_the_outermost_language_not_that_of_its_map() {
        let found = codes(
            r#"{ "StartAt": "Each", "States": {
                "Each": { "Type": "Map", "QueryLanguage": "JSONata", "Items": [1], "End": true, "ItemProcessor": {
                    "StartAt": "In", "States": { "In": { "Type": "Pass", "InputPath": "$.a", "End": true } } } } } }"#,
        );
        assert!(found.is_empty(), "{found:?}");
    }
}
