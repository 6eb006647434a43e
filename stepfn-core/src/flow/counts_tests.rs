//! The facts that a count has about the array, and where it has none any more.

use super::narrow_tests::{IN, judged};

/// Returns the diagnostics of a Pass that reads the first item behind `len > 0`, or behind another condition.
fn messages(states: &str, condition: &str, item: &str) -> Vec<String> {
    let states = format!(
        r#"{states}, "C": {{ "Type": "Choice", "Choices": [{{ {condition}, "Next": "Y" }}], "Default": "N" }},
           "Y": {{ "Type": "Pass", "Parameters": {{ "x.$": "{item}" }}, "End": true }}, "N": {{ "Type": "Succeed" }}"#
    );
    judged(&IN, "JSONPath", &states)
}

const BESIDE: &str = r#""A": { "Type": "Pass", "Parameters": { "len.$": "States.ArrayLength($.items)" }, "ResultPath": "$.l", "Next": "C" }"#;
const ASSIGNED: &str =
    r#""A": { "Type": "Pass", "Assign": { "len.$": "States.ArrayLength($.items)" }, "Next": "C" }"#;

fn more_than(number: &str, least: u32) -> String {
    format!(r#""Variable": "{number}", "NumericGreaterThan": {least}"#)
}

#[test]
fn a_count_behind_a_choice_tells_that_items_are_there() {
    for (states, condition, item) in [
        (BESIDE, more_than("$.l.len", 0), "$.items[0].id"),
        (BESIDE, more_than("$.l.len", 1), "$.items[1].id"),
        (BESIDE, r#""Variable": "$.l.len", "NumericEquals": 2"#.into(), "$.items[1].id"),
        (BESIDE, r#""Variable": "$.l.len", "NumericGreaterThanEquals": 2"#.into(), "$.items[1].id"),
        (BESIDE, r#""Not": { "Variable": "$.l.len", "NumericEquals": 0 }"#.into(), "$.items[0].id"),
        (BESIDE, r#""Not": { "Variable": "$.l.len", "NumericLessThan": 2 }"#.into(), "$.items[1].id"),
        (ASSIGNED, more_than("$len", 0), "$.items[0].id"),
        // Copies of the array are counted as well.
        (
            r#""A": { "Type": "Pass", "Parameters": { "n.$": "States.ArrayLength($.items)", "all.$": "$.items" }, "Next": "C" }"#,
            more_than("$.n", 0),
            "$.all[0].id",
        ),
        (
            r#""A": { "Type": "Pass", "Assign": { "n.$": "States.ArrayLength($.items)", "all.$": "$.items" }, "Next": "C" }"#,
            more_than("$n", 0),
            "$all[0].id",
        ),
        // States on the way that write elsewhere.
        (
            r#""A": { "Type": "Pass", "Assign": { "len.$": "States.ArrayLength($.items)" }, "Next": "B" },
               "B": { "Type": "Pass", "Result": 1, "ResultPath": "$.other", "Assign": { "other": 1 }, "Next": "W" },
               "W": { "Type": "Wait", "Seconds": 1, "Next": "C" }"#,
            more_than("$len", 0),
            "$.items[0].id",
        ),
    ] {
        assert_eq!(messages(states, &condition, item), [""; 0], "{states}\n{condition}");
    }
}

#[test]
fn a_count_of_something_else_tells_nothing() {
    let after = |state: &str| {
        format!(
            r#""A": {{ "Type": "Pass", "Assign": {{ "len.$": "States.ArrayLength($.items)" }}, "Next": "B" }}, "B": {{ {state}, "Next": "C" }}"#
        )
    };
    let condition = more_than("$len", 0);
    for state in [
        r#""Type": "Pass", "Result": [], "ResultPath": "$.items""#,
        r#""Type": "Pass", "Assign": { "len": 3 }"#,
        r#""Type": "Pass", "InputPath": "$.item", "ResultPath": "$.items""#,
        r#""Type": "Pass", "Parameters": { "items.$": "$.ext" }"#,
        r#""Type": "Wait", "Seconds": 1, "InputPath": "$.holder""#,
    ] {
        assert!(!messages(&after(state), &condition, "$.items[0].id").is_empty(), "{state}");
    }
    for (states, condition, item) in [
        (BESIDE, more_than("$.l.len", 0), "$.items[1].id"),
        (BESIDE, more_than("$.n", 0), "$.items[0].id"),
        (BESIDE, r#""Variable": "$.l.len", "NumericGreaterThanEquals": 0"#.into(), "$.items[0].id"),
        (BESIDE, r#""Variable": "$.l.len", "NumericLessThan": 2"#.into(), "$.items[0].id"),
        // It counts what was there before.
        (
            r#""A": { "Type": "Pass", "Parameters": { "len.$": "States.ArrayLength($.items)" }, "ResultPath": "$.items", "Next": "C" }"#,
            more_than("$.items.len", 0),
            "$.items[0].id",
        ),
        // On one way it counts something else.
        (
            r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.b", "BooleanEquals": true, "Next": "One" }], "Default": "Two" },
               "One": { "Type": "Pass", "Assign": { "len.$": "States.ArrayLength($.items)" }, "Next": "C" },
               "Two": { "Type": "Pass", "Assign": { "len": 1 }, "Next": "C" }"#,
            more_than("$len", 0),
            "$.items[0].id",
        ),
    ] {
        assert!(!messages(states, &condition, item).is_empty(), "{states}\n{condition}");
    }
}

/// A distributed Map over a part of the input.
fn over(items: &str, child: &str, selector: &str) -> Vec<String> {
    judged(
        &IN,
        "JSONPath",
        &format!(
            r#""A": {{ "Type": "Map", "ItemsPath": "{items}", {selector} "ItemProcessor": {{
                 "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                 "StartAt": "P", "States": {{ "P": {{ "Type": "Pass", "Parameters": {{ "x.$": "{child}" }}, "End": true }} }} }}, "End": true }}"#
        ),
    )
}

#[test]
fn a_distributed_map_takes_an_object() {
    let keyed = r#""ItemSelector": { "k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value" },"#;
    assert_eq!(over("$.items", "$.id", ""), [""; 0]);
    assert_eq!(over("$.item", "$$.Execution.Id", ""), [""; 0]);
    assert_eq!(over("$.item", "States.Format('{}', $.k)", keyed), [""; 0]);
    // The items of an array have no keys, and the fields of an item are not all strings.
    assert!(over("$.items", "$.v", keyed).concat().contains("may be missing"));
    assert!(!over("$.item", "States.StringSplit($, ',')", "").is_empty());
    assert!(over("$.n", "$", "").concat().contains("expected an array or an object"));
}
