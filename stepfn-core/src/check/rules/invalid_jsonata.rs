//! `invalid-jsonata`

use super::{
    Code,
    jsonata_texts::Judged,
    page::Page,
    texts::{entries, templates},
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{Condition, QueryLanguage, StateKind, WorkflowType},
    diagnostic::{Diagnostic, Severity},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A JSONata expression cannot be read, is not closed, or lacks the `{% %}` where an expression is needed.",
    why: "A string is an expression when it starts with `{%` and ends with `%}`, without a blank outside; any other is text. A \
          `Condition` that is text, not an expression or a boolean, is refused; elsewhere the string is passed on unchanged. Step Functions \
          has JSONata 2.0.6: `??` and `?:` came later.",
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
    fixed: r#"{
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

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
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
                let diagnostic =
                    node.diagnostic(Code::InvalidJsonata, &format!("/Choices/{index}/Condition"), message);
                diagnostics.push(diagnostic.help("write `\"{% ... %}\"`, with nothing before or after"));
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
            let mut diagnostic = node.diagnostic(Code::InvalidJsonata, below, message);
            diagnostic.severity = Severity::Warning;
            diagnostics.push(diagnostic.help("write `\"{% ... %}\"`, with nothing before or after"));
        };
        text(&root, template);
        entries(&root, template, &mut |below, _, value| text(below, value));
    }
}

pub(super) fn check_expressions(
    node: &Node<'_>,
    expressions: &[Judged<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for expression in expressions {
        if let Err(error) = &expression.written.parsed {
            let diagnostic =
                expression.written.diagnostic(node, Code::InvalidJsonata, &error.range, &error.message);
            diagnostics.push(diagnostic.maybe_help(error.help.clone()));
        }
    }
}

fn not_a_condition(condition: &Value) -> Option<String> {
    match condition {
        Value::Bool(_) => None,
        Value::String(text) if has_placeholder(text) => None,
        Value::String(text) if text.starts_with("{%") && text.ends_with("%}") && text.len() >= 4 => None,
        Value::String(text) => Some(format!("the string `{text}`")),
        Value::Object(_) => Some("an object".to_owned()),
        Value::Array(_) => Some("an array".to_owned()),
        other => Some(format!("`{other}`")),
    }
}

/// Returns `true` if a text has one of the marks of an expression, but is none.
fn half_open(text: &str) -> bool {
    let trimmed = text.trim();
    (text.starts_with("{%") || trimmed.ends_with("%}")) && !(text.starts_with("{%") && text.ends_with("%}"))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{codes, diagnostics, lines};

    fn output(expression: &str) -> Vec<String> {
        lines(&format!(
            r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{ "A": {{ "Type": "Pass", "End": true, "Output": {{
                "a": ["{{% {expression} %}}"] }} }} }} }}"#
        ))
    }

    #[test]
    fn what_cannot_be_read_is_reported_with_its_place() {
        assert_eq!(
            output("$states.input.name ?? 'x'"),
            [
                "invalid-jsonata /States/A/Output/a/0: state `A`: `Output/a/0`: `??` came with JSONata 2.1: Step Functions has \
              2.0.6 (character 23 of the string) (write `$exists(a) ? a : b` for `a ?? b`)"
            ]
        );
        assert_eq!(
            output("$sum(1"),
            [
                "invalid-jsonata /States/A/Output/a/0: state `A`: `Output/a/0`: expected `)`, found the end (character 11 of the \
              string)"
            ]
        );
        assert_eq!(output("${X} ?? 1"), [""; 0], "a placeholder may become anything");
    }

    #[test]
    fn every_field_that_takes_an_expression_is_read() {
        let found = codes(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {
                "A": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Credentials": { "RoleArn": "{% 1 + %}" },
                  "TimeoutSeconds": "{% ( %}", "HeartbeatSeconds": "{% [ %}", "Arguments": "{% - %}", "Output": "{% + %}",
                  "Assign": { "a": "{% ) %}" }, "Next": "B",
                  "Catch": [{ "ErrorEquals": ["States.ALL"], "Assign": { "a": "{% . %}" }, "Output": "{% $$$. %}", "Next": "B" }] },
                "B": { "Type": "Choice", "Choices": [{ "Condition": "{% a = %}", "Assign": { "a": "{% * * %}" },
                  "Output": "{% { %}", "Next": "C" }], "Default": "C" },
                "C": { "Type": "Wait", "Seconds": "{% a b %}", "Next": "D" },
                "D": { "Type": "Wait", "Timestamp": "{% 'a %}", "Next": "E" },
                "E": { "Type": "Map", "Items": "{% [1 %}", "ItemSelector": { "a": "{% ] %}" }, "MaxConcurrency": "{% , %}",
                  "ToleratedFailureCount": "{% ; %}", "ToleratedFailurePercentage": "{% : %}", "ItemProcessor": {
                    "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "X",
                    "States": { "X": { "Type": "Succeed", "Output": "{% ? %}" } } },
                  "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "Arguments": { "Bucket": "{% @ %}", "Key": "a" } },
                  "ItemBatcher": { "MaxItemsPerBatch": 1, "BatchInput": { "a": "{% # %}" } },
                  "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Arguments": { "Bucket": "{% ^ %}" } }, "Next": "F" },
                "F": { "Type": "Fail", "Error": "{% & %}", "Cause": "{% ~> %}" } } }"#,
        );
        let syntax: Vec<_> =
            found.iter().filter_map(|found| found.strip_prefix("invalid-jsonata /States/")).collect();
        let expected = [
            "A/Credentials/RoleArn",
            "A/Arguments",
            "A/TimeoutSeconds",
            "A/HeartbeatSeconds",
            "A/Assign/a",
            "A/Output",
            "A/Catch/0/Assign/a",
            "A/Catch/0/Output",
            "B/Choices/0/Condition",
            "B/Choices/0/Assign/a",
            "B/Choices/0/Output",
            "C/Seconds",
            "D/Timestamp",
            "E/Items",
            "E/ItemReader/Arguments/Bucket",
            "E/ItemSelector/a",
            "E/ItemBatcher/BatchInput/a",
            "E/MaxConcurrency",
            "E/ToleratedFailureCount",
            "E/ToleratedFailurePercentage",
            "E/ItemProcessor/States/X/Output",
            "E/ResultWriter/Arguments/Bucket",
            "F/Error",
            "F/Cause",
        ];
        assert_eq!(syntax, expected);
    }

    #[test]
    fn half_an_expression_is_text() {
        let found = diagnostics(
            r#"{ "StartAt": "A", "QueryLanguage": "JSONata", "States": { "A": { "Type": "Pass", "End": true, "Output": {
                "a": "{% 1 %}", "b": "{% 1 }", "c": ["x"], "d": { "e": " {% 1 %}" }, "f": "${X} %}" } } } }"#,
        );
        let found: Vec<_> =
            found.iter().map(|diagnostic| format!("{} {}", diagnostic.severity, diagnostic.at)).collect();
        assert_eq!(found, ["warning /States/A/Output/b", "warning /States/A/Output/d/e"]);
    }
}
