//! `no-such-states-field`

use super::{
    Code,
    jsonata_texts::{Judged, issues},
    page::Page,
    walk::Node,
};
use crate::{
    asl::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    jsonata::IssueKind,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A JSONata expression reads a member that `$states`, or the context object in it, does not have there.",
    why: "Step Functions refuses it. `$states.input` and `$states.context` are there always, `$states.result` in `Output` and `Assign` of \
          Task, Parallel and Map states, `$states.errorOutput` in those of a catcher.",
    failing: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "id": "{% $states.result.id %}" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "id": "{% $states.input.id %}" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, expressions: &[Judged<'_>], diagnostics: &mut Vec<Diagnostic>) {
    issues(node, expressions, IssueKind::NoSuchMember, Code::NoSuchStatesField, diagnostics);
    // AWS takes it, and there is nothing.
    let before = diagnostics.len();
    issues(node, expressions, IssueKind::NoSuchContext, Code::NoSuchStatesField, diagnostics);
    diagnostics.iter_mut().skip(before).for_each(|diagnostic| diagnostic.severity = Severity::Warning);
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
    fn members_are_those_of_the_place() {
        assert_eq!(
            output("$states.result.id"),
            [
                "no-such-states-field /States/A/Output: state `A`: `Output`: `$states.result` does not exist here (character 12 of \
              the string) (it exists in `Output` and `Assign` of Task, Parallel and Map states; `$states.input` is the \
              state's input)"
            ]
        );
        assert!(
            output("$states.context.Executon.Id")[0].contains("did you mean `$states.context.Execution`?")
        );
        assert_eq!(output("$states.context.Execution.Id & $states.input.result"), [""; 0]);
    }
}
