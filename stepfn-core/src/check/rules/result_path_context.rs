//! `result-path-context`

use super::{
    Code, invalid_path,
    page::Page,
    texts::{Text, Want},
    walk::Node,
};
use crate::{
    asl::{WorkflowType, schema::PathKind},
    diagnostic::Diagnostic,
    path::Root,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "`ResultPath` is a path into the context object or into a variable.",
    why: "`ResultPath` is the place of the result in the state's input, so it starts with `$`. The context object `$$` is \
          read-only, and variables are written by `Assign`. AWS refuses the definition.",
    failing: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "ResultPath": "$$.loaded", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Load",
  "States": {
    "Load": { "Type": "Pass", "Result": 1, "ResultPath": "$.loaded", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, texts: &[Text<'_>], diagnostics: &mut Vec<Diagnostic>) {
    for text in texts.iter().filter(|text| text.want == Want::Path(PathKind::Target)) {
        let Some(path) = invalid_path::path(text) else { continue };
        let (what, help) = match &path.root {
            Root::Input => continue,
            Root::Context => (
                "the context object cannot be written to",
                format!("write `{}`", text.text.replacen("$$", "$", 1)),
            ),
            Root::Variable(name) => (
                "a result goes into the state's input, not into a variable",
                format!("write `$.{name}`, or set the variable in `Assign`"),
            ),
        };
        let message = format!("`ResultPath`: `{}`: {what}", text.text);
        diagnostics.push(node.diagnostic(Code::ResultPathContext, &text.below, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn variables_are_no_place_for_a_result() {
        let found = codes(
            r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "ResultPath": "$total.x", "End": true } } }"#,
        );
        assert_eq!(found, ["result-path-context /States/A/ResultPath"]);
    }
}
