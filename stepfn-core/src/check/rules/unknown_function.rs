//! `unknown-function`

use super::{
    Code,
    jsonata_texts::{Judged, issues},
    page::Page,
    walk::Node,
};
use crate::{asl::WorkflowType, diagnostic::Diagnostic, jsonata::IssueKind};

pub(in crate::check) const PAGE: Page = Page {
    what: "A JSONata expression calls a function that does not exist.",
    why: "The state fails with `States.QueryEvaluationError` when it gets there. There are the functions of JSONata 2.0.6, `$eval` left out, \
          and `$partition`, `$range`, `$hash`, `$random`, `$uuid` and `$parse` of Step Functions; a variable of the workflow \
          cannot hold a function.",
    failing: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "total": "{% $summ($states.input.prices) %}" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "total": "{% $sum($states.input.prices) %}" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, expressions: &[Judged<'_>], diagnostics: &mut Vec<Diagnostic>) {
    issues(node, expressions, IssueKind::UnknownFunction, Code::UnknownFunction, diagnostics);
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
    fn functions_are_those_of_jsonata_and_step_functions() {
        assert_eq!(
            output("$states.input.a & $uppercas('x')"),
            [
                "unknown-function /States/A/Output: state `A`: `Output`: there is no function `$uppercas` (character 22 of the \
              string) (did you mean `$uppercase`?)"
            ]
        );
        assert!(output("$eval('1')")[0].contains("write `$parse(...)` to read JSON text"));
        assert_eq!(output("($f := function($x) { $x }; $f($hash('a', 'MD5')))"), [""; 0]);
    }
}
