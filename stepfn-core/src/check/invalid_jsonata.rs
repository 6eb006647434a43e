//! `invalid-jsonata`

use super::{
    Code,
    page::Page,
    texts::{entries, templates},
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{Condition, QueryLanguage, StateKind},
    definition::WorkflowType,
    diagnostic::{Diagnostic, Severity},
    value::Value,
};

pub(super) const PAGE: Page = Page {
    what: "A JSONata expression is not closed, or stands where an expression is needed without `{% %}`.",
    why: "A string is an expression when it starts with `{%` and ends with `%}`, without a blank outside; any other is text. A \
          `Condition` that is text, not an expression or a boolean, is refused; elsewhere the text goes on as it stands.",
    failing: r#"{
  "StartAt": "Check",
  "QueryLanguage": "JSONata",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Condition": "{% $states.input.total > 100 }", "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    mended: r#"{
  "StartAt": "Check",
  "QueryLanguage": "JSONata",
  "States": {
    "Check": {
      "Type": "Choice",
      "Choices": [{ "Condition": "{% $states.input.total > 100 %}", "Next": "Done" }],
      "Default": "Done"
    },
    "Done": { "Type": "Succeed" }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, findings: &mut Vec<Diagnostic>) {
    if node.language != QueryLanguage::Jsonata {
        return;
    }
    if let StateKind::Choice(choice) = &node.state.kind {
        for (index, rule) in choice.choices.iter().enumerate() {
            if let Condition::Jsonata(condition) = &rule.condition
                && let Some(found) = not_a_condition(condition)
            {
                let message =
                    format!("`Condition` must be a `{{% %}}` expression or a boolean, found {found}");
                let finding =
                    node.finding(Code::InvalidJsonata, &format!("/Choices/{index}/Condition"), message);
                findings.push(finding.help("write `\"{% ... %}\"`, with nothing before or after"));
            }
        }
    }
    for (root, template) in templates(node) {
        let mut text = |below: &str, value: &Value| {
            let Some(text) = value.as_str().filter(|text| half_open(text) && !has_placeholder(text)) else {
                return;
            };
            let message =
                format!("`{text}` is taken as text: an expression starts with `{{%` and ends with `%}}`");
            let mut finding = node.finding(Code::InvalidJsonata, below, message);
            finding.severity = Severity::Warning;
            findings.push(finding.help("write `\"{% ... %}\"`, with nothing before or after"));
        };
        text(&root, template);
        entries(&root, template, &mut |below, _, value| text(below, value));
    }
}

fn not_a_condition(condition: &Value) -> Option<String> {
    match condition {
        Value::Bool(_) => None,
        Value::String(text) if has_placeholder(text) => None,
        Value::String(text) if text.starts_with("{%") && text.ends_with("%}") && text.len() >= 4 => None,
        Value::String(text) => Some(format!("the text `{text}`")),
        Value::Object(_) => Some("an object".to_owned()),
        Value::Array(_) => Some("an array".to_owned()),
        other => Some(format!("`{other}`")),
    }
}

/// Whether a text has one of the marks of an expression, but is none.
fn half_open(text: &str) -> bool {
    let trimmed = text.trim();
    (text.starts_with("{%") || trimmed.ends_with("%}")) && !(text.starts_with("{%") && text.ends_with("%}"))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::findings;

    #[test]
    fn half_an_expression_is_text() {
        let found = findings(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": { "A": { "Type": "Pass", "End": true, "Output": {
                "a": "{% 1 %}", "b": "{% 1 }", "c": ["x"], "d": { "e": " {% 1 %}" }, "f": "${X} %}" } } } }"#,
        );
        let found: Vec<_> =
            found.iter().map(|finding| format!("{} {}", finding.severity, finding.at)).collect();
        assert_eq!(found, ["warning /States/A/Output/b", "warning /States/A/Output/d/e"]);
    }
}
