//! `expression-as-text`

use super::{
    Code,
    page::Page,
    texts::{entries, templates},
    walk::Node,
};
use crate::{
    asl::{QueryLanguage, StateKind, WorkflowType},
    diagnostic::{Diagnostic, Edit},
    intrinsic::Call,
    json::to_string,
    path::Path,
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A path, an intrinsic function or a JSONata expression is used where it is taken as a plain string.",
    why: "AWS accepts it and passes the string on unchanged: the service gets `$.id`, not the id. In JSONPath states only the \
          values of keys that end in `.$` are evaluated, and nothing in a Pass state's `Result`; in JSONata states only \
          strings in `{% %}`.",
    failing: r#"{
  "StartAt": "Send",
  "States": {
    "Send": { "Type": "Pass", "Parameters": { "id": "$.order.id" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Send",
  "States": {
    "Send": { "Type": "Pass", "Parameters": { "id.$": "$.order.id" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (root, template) in templates(node) {
        entries(&root, template, &mut |below, key, value| {
            let found = match (value, node.language) {
                (Value::String(text), QueryLanguage::JsonPath) if !key.ends_with(".$") => {
                    in_jsonpath(key, text)
                }
                (Value::String(text), QueryLanguage::Jsonata) => in_jsonata(key, text),
                _ => None,
            };
            let meant =
                below.strip_prefix(root.as_str()).is_some_and(|inside| inside.split('/').any(takes_paths));
            if let Some(found) = found
                && !meant
            {
                let diagnostic =
                    node.diagnostic(Code::ExpressionAsText, below, found.message).help(found.help);
                let at = diagnostic.at.clone();
                diagnostics.push(match found.fix {
                    Some(Meant::Key(to)) => diagnostic.fix(Edit::Key { at, to }, true),
                    Some(Meant::Text(text)) => {
                        diagnostic.fix(Edit::Value { at, to: to_string(&text.into()) }, false)
                    }
                    None => diagnostic,
                });
            }
        });
    }
    if let StateKind::Pass(pass) = &node.state.kind
        && let (Some(result), QueryLanguage::JsonPath) = (&pass.result, node.language)
    {
        entries("/Result", result, &mut |below, key, value| {
            if key.ends_with(".$")
                && value.as_str().is_some_and(|text| text.starts_with('$') || is_call(text))
            {
                diagnostics.push(
                    node.diagnostic(
                        Code::ExpressionAsText,
                        below,
                        format!("`{key}`: nothing in `Result` is evaluated, the key keeps its `.$`"),
                    )
                    .on_key()
                    .help("write `Parameters` in place of `Result`"),
                );
            }
        });
    }
}

/// Returns `true` if a parameter takes paths as text: that of a rule's input transformer, or of another workflow's definition.
fn takes_paths(key: &str) -> bool {
    ["InputPathsMap", "InputPath", "OutputPath", "ResultPath", "ItemsPath", "Definition"].contains(&key)
        || key.eq_ignore_ascii_case("JsonPath")
}

/// A text that is meant to be evaluated.
struct Found {
    message: String,
    help: String,
    fix: Option<Meant>,
}

/// The expression to write instead.
enum Meant {
    /// Another key.
    Key(String),
    /// Another text.
    Text(String),
}

fn in_jsonpath(key: &str, text: &str) -> Option<Found> {
    let what = if is_path(text) {
        "a path"
    } else if is_call(text) {
        "an intrinsic function"
    } else if text.starts_with("{%") && text.ends_with("%}") {
        let help = "write a path under a `.$` key, or give the state `\"QueryLanguage\": \"JSONata\"`";
        let message =
            format!("`{key}` is sent the string `{text}`: JSONata is not evaluated in a JSONPath state");
        return Some(Found { message, help: help.to_owned(), fix: None });
    } else {
        return None;
    };
    let message = format!("`{key}` is sent the string `{text}`: {what} is evaluated under a `.$` key only");
    let help = format!("write `\"{key}.$\": \"{text}\"`");
    Some(Found { message, help, fix: Some(Meant::Key(format!("{key}.$"))) })
}

fn in_jsonata(key: &str, text: &str) -> Option<Found> {
    if key.ends_with(".$") && !text.starts_with("{%") {
        let message = format!("`{key}`: `.$` means nothing in a JSONata state, and `{text}` is sent as text");
        let help = format!("write `\"{}\"` with a `{{% %}}` expression", key.trim_end_matches(".$"));
        return Some(Found { message, help, fix: None });
    }
    if is_path(text) || text.starts_with("$states.") {
        let message = format!("`{key}` is sent the string `{text}`: only `{{% %}}` is evaluated");
        let meant = if text.starts_with("$states.") {
            format!("{{% {text} %}}")
        } else {
            format!("{{% $states.input{} %}}", text.trim_start_matches('$'))
        };
        return Some(Found { message, help: format!("write `\"{meant}\"`"), fix: Some(Meant::Text(meant)) });
    }
    None
}

/// Returns `true` if a text is a path beyond doubt: `$.a`, `$['a']`, `$$.a`, but not `$LATEST` or `$5`.
fn is_path(text: &str) -> bool {
    let rest = text.trim_start_matches('$');
    let dollars = text.len() - rest.len();
    (1..=2).contains(&dollars) && rest.starts_with(['.', '[']) && rest.len() > 1 && Path::parse(text).is_ok()
}

fn is_call(text: &str) -> bool {
    text.starts_with("States.") && Call::parse_lenient(text).is_ok()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn jsonpath_states_evaluate_dollar_keys_only() {
        let found = lines(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "x.$": "$.x" }, "End": true, "Parameters": {
                "id": "States.UUID()", "version": "$LATEST", "price": "$5.00", "InputPathsMap": { "a": "$.detail" },
                "filePath": "$.file",
                "text": "States.Format is a function", "expression": "{% $x %}" } } } }"#,
        );
        assert_eq!(
            found,
            [
                "expression-as-text /States/A/Parameters/id: state `A`: `id` is sent the string `States.UUID()`: an intrinsic \
                 function is evaluated under a `.$` key only (write `\"id.$\": \"States.UUID()\"`)",
                "expression-as-text /States/A/Parameters/filePath: state `A`: `filePath` is sent the string `$.file`: a path is \
                 evaluated under a `.$` key only (write `\"filePath.$\": \"$.file\"`)",
                "expression-as-text /States/A/Parameters/expression: state `A`: `expression` is sent the string `{% $x %}`: \
                 JSONata is not evaluated in a JSONPath state (write a path under a `.$` key, or give the state \
                 `\"QueryLanguage\": \"JSONata\"`)",
                "expression-as-text /States/A/Result/x.$: state `A`: `x.$`: nothing in `Result` is evaluated, the key keeps \
                 its `.$` (write `Parameters` in place of `Result`)",
            ]
        );
    }

    #[test]
    fn jsonata_states_evaluate_expressions_only() {
        let found = lines(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": { "A": { "Type": "Pass", "End": true, "Output": {
                "a.$": "$.a", "b": "$.b", "c": "$states.input.c", "d": "{% $states.input.d %}", "e": "$x" } } } }"#,
        );
        assert_eq!(
            found,
            [
                "expression-as-text /States/A/Output/a.$: state `A`: `a.$`: `.$` means nothing in a JSONata state, and `$.a` \
                 is sent as text (write `\"a\"` with a `{% %}` expression)",
                "expression-as-text /States/A/Output/b: state `A`: `b` is sent the string `$.b`: only `{% %}` is evaluated \
                 (write `\"{% $states.input.b %}\"`)",
                "expression-as-text /States/A/Output/c: state `A`: `c` is sent the string `$states.input.c`: only `{% %}` is \
                 evaluated (write `\"{% $states.input.c %}\"`)",
            ]
        );
    }
}
