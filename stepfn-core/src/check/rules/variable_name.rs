//! `variable-name`

use super::{
    Code,
    jsonata_texts::{Judged, issues},
    page::Page,
    texts::templates,
    walk::Node,
};
use crate::{
    asl::{QueryLanguage, WorkflowType},
    diagnostic::Diagnostic,
    jsonata::IssueKind,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "`Assign`, or an expression, sets a variable whose name cannot be one.",
    why: "AWS refuses it: a name starts with a letter or `_`, goes on with letters, digits and `_`, has at most 80 characters, and \
          is not `states`, which is the service's own. `$my-var` would read as `$my` minus `var`.",
    failing: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "order-id.$": "$.id" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Set",
  "States": {
    "Set": { "Type": "Pass", "Assign": { "orderId.$": "$.id" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

const LONGEST: usize = 80;

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (below, template) in templates(node) {
        let Some(variables) = template.as_object().filter(|_| below.ends_with("/Assign")) else { continue };
        for key in variables.keys() {
            let name = match node.language {
                QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
                QueryLanguage::Jsonata => key,
            };
            if let Some((message, help)) = breach(name) {
                diagnostics.push(
                    node.diagnostic(Code::VariableName, &super::walk::below(&below, key), message)
                        .on_key()
                        .help(help),
                );
            }
        }
    }
}

pub(super) fn check_expressions(
    node: &Node<'_>,
    expressions: &[Judged<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    issues(node, expressions, IssueKind::Reserved, Code::VariableName, diagnostics);
}

fn breach(name: &str) -> Option<(String, String)> {
    let length = name.chars().count();
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|first| first.is_alphabetic() || first == '_');
    if name == "states" {
        let message = "no variable can be named `states`: `$states` is the service's own".to_owned();
        return Some((message, "write another name".to_owned()));
    }
    if !starts || !chars.all(|c| c.is_alphanumeric() || c == '_') {
        let plain: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let plain = if starts { plain } else { format!("_{}", plain.trim_start_matches('_')) };
        let message = format!("`{name}` cannot be the name of a variable");
        return Some((message, format!("write letters, digits and `_`, such as `{plain}`")));
    }
    (length > LONGEST).then(|| {
        let message = format!("the variable's name has {length} characters, and {LONGEST} is the most");
        (message, "write a shorter one".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn names_are_identifiers() {
        let found = codes(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": { "A": { "Type": "Pass", "End": true, "Assign": {
                "a": 1, "_b2": { "not-a-name": 2 }, "변수": 3, "states": 4, "my-var": 5, "1st": 6, "x.$": 7, "": 8 } } } }"#,
        );
        assert_eq!(
            found,
            ["states", "my-var", "1st", "x.$", ""]
                .map(|name| format!("variable-name /States/A/Assign/{name}"))
        );
    }
}
