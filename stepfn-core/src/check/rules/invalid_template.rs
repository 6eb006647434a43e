//! `invalid-template`

use super::{
    Code,
    page::Page,
    texts::{entries, looks_like_call, templates},
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{QueryLanguage, WorkflowType},
    diagnostic::{Diagnostic, Edit},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A `.$` key in a payload template has a value that is neither a path nor a call of an intrinsic function, or is beside the same key without `.$`.",
    why: "AWS refuses the definition: the value of a `.$` key is evaluated, so it must be a string with something to evaluate. \
          The evaluated key loses its `.$`, so `name` and `name.$` would be one key.",
    failing: r#"{
  "StartAt": "Greet",
  "States": {
    "Greet": { "Type": "Pass", "Parameters": { "text.$": "hello" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Greet",
  "States": {
    "Greet": { "Type": "Pass", "Parameters": { "text": "hello" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if node.language != QueryLanguage::JsonPath {
        return;
    }
    for (below, template) in templates(node) {
        twins(node, &below, template, diagnostics);
        entries(&below, template, &mut |below, key, value| {
            let Some(plain) = key.strip_suffix(".$") else { return };
            let (message, help) = match value {
                Value::String(text) => {
                    if text.starts_with('$') || looks_like_call(text) || has_placeholder(text) {
                        return;
                    }
                    let help = if text.starts_with("{%") {
                        "`{% %}` is JSONata: write a path".to_owned()
                    } else {
                        format!("write `\"{plain}\"` for the string itself, or a path such as `$.name`")
                    };
                    (format!("`{key}`: `{text}` is neither a path nor an intrinsic function"), help)
                }
                other => (
                    format!(
                        "`{key}` takes a path or an intrinsic function in a string, found {}",
                        kind(other)
                    ),
                    format!("write `\"{plain}\"` for the value itself"),
                ),
            };
            let diagnostic = node.diagnostic(Code::InvalidTemplate, below, message).help(help);
            // A value that nothing can evaluate is meant as it is; a string may be a path with a slip.
            let edit = Edit::Key { at: diagnostic.at.clone(), to: plain.to_owned() };
            diagnostics.push(diagnostic.fix(edit, value.as_str().is_none()));
        });
    }
}

/// Keys that come twice, with and without `.$`.
fn twins(node: &Node<'_>, below: &str, template: &Value, diagnostics: &mut Vec<Diagnostic>) {
    match template {
        Value::Object(map) => {
            for (key, value) in map.iter() {
                let at = super::walk::below(below, key);
                if let Some(plain) = key.strip_suffix(".$")
                    && map.contains_key(plain)
                {
                    diagnostics.push(
                        node.diagnostic(
                            Code::InvalidTemplate,
                            &at,
                            format!("`{key}` and `{plain}` would become one key"),
                        )
                        .on_key()
                        .label_on_key(format!("{}{}", node.at, super::walk::below(below, plain)), "the other")
                        .help("keep one of the two"),
                    );
                }
                twins(node, &at, value, diagnostics);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                twins(node, &format!("{below}/{index}"), item, diagnostics);
            }
        }
        _ => {}
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        value => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    #[test]
    fn values_and_twins() {
        let found = lines(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true, "Parameters": {
                "a.$": 5, "b": [{ "c.$": "$.c", "c": 1 }], "d.$": { "e": 1 }, "f.$": "${Path}", "g.$": "$.g" } } } }"#,
        );
        assert_eq!(
            found,
            [
                "invalid-template /States/A/Parameters/a.$: state `A`: `a.$` takes a path or an intrinsic function in a \
                 string, found `5` (write `\"a\"` for the value itself)",
                "invalid-template /States/A/Parameters/b/0/c.$: state `A`: `c.$` and `c` would become one key (keep one of \
                 the two)",
                "invalid-template /States/A/Parameters/d.$: state `A`: `d.$` takes a path or an intrinsic function in a \
                 string, found an object (write `\"d\"` for the value itself)",
            ]
        );
    }

    #[test]
    fn a_result_is_no_template() {
        let found = lines(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Result": { "a.": "plain" }, "End": true } } }"#,
        );
        assert_eq!(found, [""; 0]);
    }
}
