//! `map-fields`

use super::{
    Code, numbers,
    page::Page,
    walk::{Node, has_placeholder},
};
use crate::{
    asl::{Map, StateKind, WorkflowType},
    diagnostic::{Diagnostic, Severity, Subject},
    value::Value,
};

pub(in crate::check) const PAGE: Page = Page {
    what: "A Map's fields contradict each other, or one is out of bounds.",
    why: "AWS refuses it. `ItemProcessor` and the older `Iterator` exclude each other, as do `ItemSelector` and the older `Parameters`, and a number and its `...Path`. `ItemReader`, `ItemBatcher` and `ResultWriter` need `\"Mode\": \"DISTRIBUTED\"`, which needs an \
          `ExecutionType`; `Label` and the tolerated failures do nothing without it.",
    failing: r#"{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "ToleratedFailurePercentage": 5,
      "ItemProcessor": {
        "ProcessorConfig": { "Mode": "INLINE" },
        "StartAt": "One",
        "States": { "One": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    fixed: r#"{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "ToleratedFailurePercentage": 5,
      "ItemProcessor": {
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
        "StartAt": "One",
        "States": { "One": { "Type": "Pass", "End": true } }
      },
      "End": true
    }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check(node: &Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let StateKind::Map(map) = &node.state.kind else { return };
    twins(node, map, diagnostics);
    numbers::check(node, "Map", Code::MapFields, diagnostics);
    let mode = config(node, map, diagnostics);
    if mode == Mode::Inline {
        for (field, given, refused) in [
            ("ItemReader", map.item_reader.is_some(), true),
            ("ItemBatcher", map.item_batcher.is_some(), true),
            ("ResultWriter", map.result_writer.is_some(), true),
            ("ToleratedFailureCount", map.tolerated_failure_count.is_some(), false),
            ("ToleratedFailureCountPath", map.tolerated_failure_count_path.is_some(), false),
            ("ToleratedFailurePercentage", map.tolerated_failure_percentage.is_some(), false),
            ("ToleratedFailurePercentagePath", map.tolerated_failure_percentage_path.is_some(), false),
            ("Label", map.label.is_some(), false),
        ] {
            if given {
                let message = format!("`{field}` needs a distributed Map, and this one is inline");
                let mut diagnostic = node.diagnostic(Code::MapFields, &format!("/{field}"), message).on_key();
                if !refused {
                    // AWS takes it, and it does nothing.
                    diagnostic.severity = Severity::Warning;
                }
                diagnostics.push(
                    diagnostic.help(
                        "write `\"Mode\": \"DISTRIBUTED\"` in the `ProcessorConfig`, or remove the field",
                    ),
                );
            }
        }
    }
}

/// Fields of which one may be there.
fn twins(node: &Node<'_>, map: &Map, diagnostics: &mut Vec<Diagnostic>) {
    for (kept, other, both) in [
        ("ItemProcessor", "Iterator", map.item_processor.is_some() && map.iterator.is_some()),
        ("ItemSelector", "Parameters", map.item_selector.is_some() && node.state.parameters.is_some()),
        (
            "MaxConcurrency",
            "MaxConcurrencyPath",
            map.max_concurrency.is_some() && map.max_concurrency_path.is_some(),
        ),
        (
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            map.tolerated_failure_count.is_some() && map.tolerated_failure_count_path.is_some(),
        ),
        (
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
            map.tolerated_failure_percentage.is_some() && map.tolerated_failure_percentage_path.is_some(),
        ),
    ] {
        if both {
            let message = format!("it has both `{kept}` and `{other}`");
            diagnostics.push(
                node.diagnostic(Code::MapFields, &format!("/{other}"), message)
                    .on_key()
                    .help(format!("keep one of the two, best `{kept}`")),
            );
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Inline,
    Distributed,
    /// A placeholder, or a mistake that has a diagnostic of its own.
    Unknown,
}

/// Judges `ProcessorConfig` and gives the mode.
fn config(node: &Node<'_>, map: &Map, diagnostics: &mut Vec<Diagnostic>) -> Mode {
    let config = map.item_processor.as_ref().and_then(|processor| processor.processor_config.as_ref());
    let Some(config) = config else { return Mode::Inline };
    let at = "/ItemProcessor/ProcessorConfig";
    let Some(fields) = config.as_object() else {
        diagnostics.push(node.diagnostic(Code::MapFields, at, "`ProcessorConfig` must be an object"));
        return Mode::Unknown;
    };
    for key in fields.keys().filter(|key| !["Mode", "ExecutionType"].contains(&&***key)) {
        let message = format!("`ProcessorConfig` has no field `{key}`");
        diagnostics.push(
            node.diagnostic(Code::MapFields, &super::walk::below(at, key), message)
                .on_key()
                .subject(Subject::Field(key.to_string()))
                .did_you_mean(key, ["Mode", "ExecutionType"]),
        );
    }
    let mut word = |field: &str, words: [&'static str; 2]| {
        let value = fields.get(field)?;
        let text = value.as_str().unwrap_or_default();
        let word = words.into_iter().find(|word| *word == text);
        if word.is_none() && !has_placeholder(text) {
            let found = match value {
                Value::String(text) => format!("`{text}`"),
                other => format!("`{other}`"),
            };
            diagnostics.push(
                node.diagnostic(
                    Code::MapFields,
                    &format!("{at}/{field}"),
                    format!("`{field}` must be `{}` or `{}`, found {found}", words[0], words[1]),
                )
                .subject(Subject::Word(text.to_owned()))
                .did_you_mean(text, words),
            );
        }
        Some(word)
    };
    let mode = match word("Mode", ["INLINE", "DISTRIBUTED"]) {
        None | Some(Some("INLINE")) => Mode::Inline,
        Some(Some(_)) => Mode::Distributed,
        Some(None) => Mode::Unknown,
    };
    let execution_type = word("ExecutionType", ["STANDARD", "EXPRESS"]);
    if mode == Mode::Distributed && execution_type.is_none() {
        diagnostics.push(
            node.diagnostic(
                Code::MapFields,
                at,
                "a distributed Map needs an `ExecutionType` for its child executions",
            )
            .help("write `\"ExecutionType\": \"STANDARD\"` or `\"EXPRESS\"`"),
        );
    }
    mode
}

#[cfg(test)]
mod tests {
    use crate::check::testing::lines;

    fn found(fields: &str, config: &str) -> Vec<String> {
        lines(&format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Map", {fields} "End": true, "ItemProcessor": {{ {config}
                "StartAt": "B", "States": {{ "B": {{ "Type": "Pass", "End": true }} }} }} }} }} }}"#
        ))
    }

    #[test]
    fn modes_and_what_they_allow() {
        let distributed = r#""ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" },"#;
        let all = r#""Label": "a", "ToleratedFailureCount": 1, "ToleratedFailurePercentage": 0.5, "MaxConcurrency": 0,"#;
        assert_eq!(found(all, distributed), [""; 0]);
        assert_eq!(found(all, r#""ProcessorConfig": { "Mode": "${Mode}" },"#), [""; 0]);
        assert_eq!(found(all, "").len(), 3);
        for (fields, config, message) in [
            (
                "",
                r#""ProcessorConfig": { "Mode": "DISTRIBUTE", "ExecutionType": "EXPRESS" },"#,
                "`Mode` must be `INLINE` or `DISTRIBUTED`, found `DISTRIBUTE` (did you mean `DISTRIBUTED`?)",
            ),
            (
                "",
                r#""ProcessorConfig": { "Mode": "DISTRIBUTED" },"#,
                "a distributed Map needs an `ExecutionType` for its child executions (write `\"ExecutionType\": \
                 \"STANDARD\"` or `\"EXPRESS\"`)",
            ),
            (
                r#""MaxConcurrency": -1,"#,
                "",
                "`MaxConcurrency` must be a whole number of 0 or more, found `-1`",
            ),
            (
                r#""ToleratedFailurePercentage": 150,"#,
                distributed,
                "`ToleratedFailurePercentage` must be a number from 0 to 100, found `150`",
            ),
            (
                r#""Parameters": {}, "ItemSelector": {},"#,
                "",
                "it has both `ItemSelector` and `Parameters` (keep one of the two, best `ItemSelector`)",
            ),
        ] {
            let found = found(fields, config);
            assert!(found.len() == 1 && found[0].ends_with(&format!("state `A`: {message}")), "{found:?}");
        }
    }
}
