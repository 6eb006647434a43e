use super::*;
use crate::asl;

fn machine(text: &str) -> StateMachine {
    asl::read_str(text).unwrap().0
}

fn messages(old: &str, new: &str) -> Vec<String> {
    diff(&machine(old), &machine(new)).iter().map(ToString::to_string).collect()
}

#[test]
fn the_same_definition_written_otherwise_is_no_change() {
    let old = r#"{ "States": { "A": { "End": true, "Type": "Pass" } }, "StartAt": "A" }"#;
    let new = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }"#;
    assert_eq!(messages(old, new), [""; 0]);
}

#[test]
fn states_come_go_and_are_renamed() {
    let old = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" },
        "C": { "Type": "Wait", "Seconds": 3, "Next": "B" } } }"#;
    let new = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "Done" }, "Done": { "Type": "Succeed" },
        "D": { "Type": "Fail", "Error": "E" } } }"#;
    assert_eq!(
        messages(old, new),
        [
            "~ state `A`: `Next: B` is now `Next: Done`",
            "~ state `B` is now named `Done`",
            "+ state `D` (Fail)",
            "- state `C` (Wait)",
        ]
    );
}

#[test]
fn states_inside_of_maps_and_parallels_are_looked_at() {
    let old = r#"{ "StartAt": "M", "States": { "M": { "Type": "Map", "ItemsPath": "$.a", "End": true,
        "ItemProcessor": { "StartAt": "I", "States": { "I": { "Type": "Pass", "Result": { "a": [1, 2] }, "End": true } } } } } }"#;
    let new = &old.replace("[1, 2]", "[1, 3]").replace("$.a", "$.b");
    let changes = diff(&machine(old), &machine(new));
    assert_eq!(changes[0].to_string(), "~ state `M`: `ItemsPath: $.a` is now `$.b`");
    assert_eq!(changes[1].to_string(), "~ state `I`: `Result.a[1]: 2` is now `3`");
    assert_eq!(changes[1].at, "/States/M/ItemProcessor/States/I/Result");
    assert!(changes.iter().all(|change| change.area == Area::DataFlow && change.breaks.is_none()));
}

#[test]
fn what_only_old_executions_call_breaks_them() {
    let task = |function: &str| {
        format!(
            r#"{{ "StartAt": "T", "States": {{ "T": {{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {{ "FunctionName": "{function}", "Payload": {{ "a.$": "$.a" }} }}, "End": true }} }} }}"#
        )
    };
    let changes = diff(&machine(&task("one")), &machine(&task("two")));
    assert_eq!(changes[0].breaks, None);
    assert_eq!(changes[1].to_string(), "- no state calls `one` any more");
    assert!(changes[1].breaks.is_some());
}
