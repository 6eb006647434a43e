//! `unwritten-field`

use crate::asl::WorkflowType;
use crate::check::page::Page;

pub(in crate::check) const PAGE: Page = Page {
    what: "A path reads a field that nothing on the way writes, and a result beside it is written to no name that anything reads.",
    why: "AWS accepts the definition, and the execution fails with `States.Runtime` where the field is missing. Mostly a `ResultPath` was \
          renamed in one place, is `null` where the result is read later, or is in the Task and not in its catcher. Where the \
          execution's input has the field, or a function puts it there, the warning can be allowed.",
    failing: r#"{
  "StartAt": "Find",
  "States": {
    "Find": {
      "Type": "Task",
      "Resource": "arn:aws:states:::dynamodb:getItem",
      "Parameters": { "TableName": "orders", "Key": { "id": { "S.$": "$.id" } } },
      "ResultPath": null,
      "Next": "Use"
    },
    "Use": { "Type": "Pass", "InputPath": "$.found.Item", "End": true }
  }
}"#,
    fixed: r#"{
  "StartAt": "Find",
  "States": {
    "Find": {
      "Type": "Task",
      "Resource": "arn:aws:states:::dynamodb:getItem",
      "Parameters": { "TableName": "orders", "Key": { "id": { "S.$": "$.id" } } },
      "ResultPath": "$.found",
      "Next": "Use"
    },
    "Use": { "Type": "Pass", "InputPath": "$.found.Item", "End": true }
  }
}"#,
    workflow_type: WorkflowType::Standard,
};

#[cfg(test)]
mod tests {
    use crate::check::testing::messages;

    /// A Task, what reads after it, and what reads where it failed.
    fn machine(task: &str, then: &str, failed: &str) -> Vec<String> {
        messages(&format!(
            r#"{{ "StartAt": "Work", "States": {{
            "Work": {{ "Type": "Task", {task}, "Next": "Then" }},
            "Then": {{ "Type": "Pass", "Parameters": {{ "x.$": "{then}" }}, "End": true }},
            "Failed": {{ "Type": "Pass", "Parameters": {{ "x.$": "{failed}" }}, "End": true }} }} }}"#
        ))
        .into_iter()
        .filter(|found| found.starts_with("unwritten-field"))
        .collect()
    }

    const FUNCTION: &str = r#""Resource": "arn:aws:lambda:us-east-1:123456789012:function:f""#;
    const INVOKE: &str = r#""Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "f", "Payload.$": "$" }"#;

    fn with(resource: &str, fields: &str) -> String {
        format!(
            r#"{resource}, {fields}, "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed" }}]"#
        )
    }

    #[test]
    fn a_name_that_is_near_and_never_read_gives_it_away() {
        let task = with(FUNCTION, r#""ResultPath": "$.checkedOrder""#);
        let found = machine(&task, "$.checked.ok", "$.error");
        assert_eq!(
            found,
            [
                "unwritten-field /States/Then/Parameters/x.$: state `Then`: `$.checked.ok`: nothing before writes `checked`; `Work` \
              writes `checkedOrder`, which nothing reads (write `checked` in `Work`, or read `checkedOrder` here)"
            ]
        );
        assert!(machine(&task, "$.customer", "$.error").is_empty(), "the input's, for all that is known");
        assert!(machine(&task, "$.checkedOrder.ok", "$.checked").is_empty(), "it is read");
    }

    #[test]
    fn a_field_of_a_result_that_is_thrown_away_gives_it_away() {
        let thrown = with(INVOKE, r#""ResultPath": null"#);
        let found = machine(&thrown, "$.report.Payload.id", "$.error");
        assert!(found[0].contains("`Payload` is what `Work` answers, and that is thrown away"), "{found:?}");
        let elsewhere = with(INVOKE, r#""ResultPath": "$.done""#);
        let found = machine(&elsewhere, "$.report.Payload.id", "$.error");
        assert!(found[0].contains("that goes to `done`, which nothing reads"), "{found:?}");
        assert!(machine(&thrown, "$.report.id", "$.error").is_empty());
        assert!(machine(&elsewhere, "$.done.Payload.id", "$.report.Payload.id").is_empty(), "it is read");
    }

    #[test]
    fn what_a_task_answers_is_not_there_where_it_failed() {
        let task = with(FUNCTION, r#""ResultPath": "$.answer""#);
        let found = machine(&task, "$.answer", "$.answer.Cause");
        assert!(
            found[0]
                .contains("`answer` is what `Work` answers, and here it failed; its catcher writes `error`"),
            "{found:?}"
        );
        assert!(machine(&task, "$.answer", "$.error.Cause").is_empty());
        let updates = with(FUNCTION, r#""InputPath": "$.answer", "ResultPath": "$.answer""#);
        assert!(machine(&updates, "$.answer", "$.answer.Cause").is_empty(), "it was there before");
    }

    fn found_in(states: &str) -> Vec<String> {
        let text = format!(r#"{{ "StartAt": "Which", "States": {{ {states} }} }}"#);
        messages(&text).into_iter().filter(|found| found.starts_with("unwritten-field")).collect()
    }

    const WHICH: &str = r#""Which": { "Type": "Choice", "Default": "B", "Choices": [{ "Variable": "$.q", "StringEquals": "a", "Next": "A" }] }"#;

    #[test]
    fn each_way_is_seen_on_its_own() {
        let ways = |a: &str, b: &str| {
            found_in(&format!(
                r#"{WHICH},
                "A": {{ "Type": "Task", {INVOKE}, "ResultPath": {a}, "Next": "ReadA" }},
                "ReadA": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.report.Payload.id" }}, "End": true }},
                "B": {{ "Type": "Task", {INVOKE}, "ResultPath": {b}, "Next": "ReadB" }},
                "ReadB": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.report.Payload.id" }}, "End": true }}"#
            ))
        };
        for (a, goes) in
            [("null", "is thrown away"), (r#""$.other""#, "goes to `other`, which nothing reads")]
        {
            let found = ways(a, r#""$.report""#);
            let told = format!("`Payload` is what `A` answers, and that {goes}");
            assert!(
                matches!(&found[..], [one] if one.contains("state `ReadA`") && one.contains(&told)),
                "{found:?}"
            );
        }
        assert!(ways(r#""$.report""#, r#""$.report""#).is_empty());
    }

    #[test]
    fn ways_that_meet_are_seen_on_their_own() {
        let ways = |a: &str, read: &str| {
            found_in(&format!(
                r#"{WHICH},
                "A": {{ "Type": "Task", {INVOKE}, "ResultPath": {a}, "Next": "Read" }},
                "B": {{ "Type": "Task", {INVOKE}, "ResultPath": "$.report", "Next": "Read" }},
                "Read": {{ "Type": "Pass", "Parameters": {{ "x.$": "{read}" }}, "End": true }}"#
            ))
        };
        let found = ways("null", "$.report.Payload.id");
        assert!(found.len() == 1 && found[0].contains("`Payload` is what `A` answers"), "{found:?}");
        assert!(ways("null", "$.report.id").is_empty(), "the input may have it");
        assert!(ways(r#""$.report""#, "$.report.Payload.id").is_empty());
    }

    #[test]
    fn what_a_catcher_gets_is_read_where_it_puts_it() {
        let caught = |first: &str| {
            found_in(&format!(
                r#""Which": {{ "Type": "Task", {FUNCTION}, "End": true, "Catch": [
                    {{ "ErrorEquals": ["First"], "ResultPath": {first}, "Next": "Handle" }},
                    {{ "ErrorEquals": ["Second"], "ResultPath": "$.error", "Next": "Handle" }}] }},
                "Handle": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.error.Cause" }}, "End": true }}"#
            ))
        };
        let found = caught(r#""$.renamed""#);
        assert!(
            found.len() == 1 && found[0].contains("`Cause` is what a catcher of `Which` gets"),
            "{found:?}"
        );
        assert!(found[0].contains("it writes it to `renamed`, which nothing reads"), "{found:?}");
        assert!(caught("null")[0].contains("it throws it away"));
        assert!(caught(r#""$.error""#).is_empty());
    }
}
