//! `function-arguments`

use super::{
    Code,
    jsonata_texts::{Judged, issues},
    page::Page,
    walk::Node,
};
use crate::{asl::WorkflowType, diagnostic::Diagnostic, jsonata::IssueKind};

pub(in crate::check) const PAGE: Page = Page {
    what: "A JSONata expression gives a built-in function too few arguments, or too many.",
    why: "The state fails with `States.QueryEvaluationError` when it gets there. The value before `~>` is the first argument; a parameter that \
          is marked `-` in the signature may be left out where there is a context.",
    failing: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "text": "{% $join($states.input.words, ', ', ' and ') %}" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "text": "{% $join($states.input.words, ', ') %}" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, expressions: &[Judged<'_>], diagnostics: &mut Vec<Diagnostic>) {
    issues(node, expressions, IssueKind::Arguments, Code::FunctionArguments, diagnostics);
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    fn output(expression: &str) -> Vec<String> {
        lines(&format!(
            r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{
                "A": {{ "Type": "Pass", "End": true, "Output": "{{% {expression} %}}" }} }} }}"#
        ))
    }

    #[test]
    fn arguments_are_counted() {
        assert_eq!(
            output("$states.input.a ~> $sum(1)"),
            [
                "function-arguments /States/A/Output: state `A`: `Output`: `$sum` takes 1 argument, found 2 (character 23 of the \
              string) (its signature is `<a<n>:n>`)"
            ]
        );
        assert_eq!(output("$states.input.a.$uppercase() & $now() & $zip([1], [2], [3])"), [""; 0]);
    }
}
