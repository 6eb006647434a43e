//! `top-level-context`

use super::{
    Code,
    jsonata_texts::{Judged, issues},
    page::Page,
    walk::Node,
};
use crate::{asl::WorkflowType, diagnostic::Diagnostic, jsonata::IssueKind};

pub(in crate::check) const PAGE: Page = Page {
    what: "A JSONata expression reads `$`, `$$` or a field by its bare name where nothing is the context.",
    why: "Step Functions gives an expression no input document and refuses these: the data is in `$states`, variables have a `$`. \
          In predicates, in later steps of a path and in functions there is a context, and they are fine: `$states.input.items[price > 10]`.",
    failing: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "id": "{% order.id %}" }, "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Make",
  "QueryLanguage": "JSONata",
  "States": {
    "Make": { "Type": "Pass", "Output": { "id": "{% $states.input.order.id %}" }, "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, expressions: &[Judged<'_>], diagnostics: &mut Vec<Diagnostic>) {
    issues(node, expressions, IssueKind::NoContext, Code::TopLevelContext, diagnostics);
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
    fn a_context_is_needed() {
        assert_eq!(
            output("$.id"),
            [
                "top-level-context /States/A/Output: state `A`: `Output`: `$` refers to nothing here: an expression has no context of its own (character 4 of the string) (write `$states.input` for the state's input)"
            ]
        );
        assert_eq!(output("total > 10").len(), 1);
        assert_eq!(output("$states.input.items[$.price > 10 and id != null].name"), [""; 0]);
    }
}
