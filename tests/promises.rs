//! The checks of the compiler in `docs/book/promises.md`, and what it does not promise: each line from both sides, for machines in
//! JSONPath.
#![allow(clippy::unwrap_used, dead_code)]

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, asl,
    diagnostic::{Diagnostic, Severity},
    draft::Draft,
    shape::Shape,
};

#[derive(Serialize, Deserialize, StateData)]
struct Item {
    id: u32,
    note: Option<String>,
}
#[derive(Serialize, Deserialize, StateData)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    New,
    Done,
}
#[derive(Serialize, Deserialize, StateData)]
#[serde(untagged)]
enum Contact {
    Mail { mail: String },
    Phone { phone: u32 },
}
#[derive(Serialize, Deserialize, StateData)]
struct In {
    name: String,
    small: u16,
    large: u64,
    note: Option<String>,
    status: Status,
    item: Item,
    items: Vec<Item>,
    contact: Contact,
    text: String,
}
#[derive(Serialize, Deserialize, StateData)]
#[serde(deny_unknown_fields)]
struct Strict {
    id: u32,
    note: Option<String>,
}

#[derive(Serialize, Deserialize, StateData)]
struct Large {
    x: u8,
}

/// Returns the diagnostics of a machine over [`In`], one code each.
fn codes(states: &str, output: &'static Shape, strict: bool) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut draft = Draft::new("Promised", machine);
    (draft.input, draft.output, draft.strict) = (Some(<In>::SHAPE), Some(output), strict);
    let (_, diagnostics) = draft.build_with_warnings();
    let told = |diagnostic: &Diagnostic| {
        let warning = if diagnostic.severity == Severity::Warning { "warning " } else { "" };
        format!("{warning}{}", diagnostic.code.name())
    };
    read.iter().chain(&diagnostics).map(told).collect()
}

const ANY: &Shape = &Shape::Any;

/// A Pass with a template of one field.
fn pass(value: &str) -> String {
    format!(r#""A": {{ "Type": "Pass", "Parameters": {{ "x.$": "{value}" }}, "End": true }}"#)
}

/// The same behind a rule of a Choice.
fn behind(condition: &str, value: &str) -> String {
    format!(
        r#""A": {{ "Type": "Choice", "Choices": [{{ {condition}, "Next": "B" }}], "Default": "C" }},
           "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "{value}" }}, "End": true }}, "C": {{ "Type": "Succeed" }}"#
    )
}

/// A line of the book, a machine that is accepted, and one that is refused, with its diagnostic.
struct Line {
    says: &'static str,
    accepted: String,
    refused: (String, &'static str),
    output: &'static Shape,
}

fn line(says: &'static str, accepted: String, refused: String, code: &'static str) -> Line {
    Line { says, accepted, refused: (refused, code), output: ANY }
}

fn lines() -> Vec<Line> {
    let present = |path: &str| format!(r#""Variable": "{path}", "IsPresent": true"#);
    let there =
        format!(r#""And": [{{ {} }}, {{ "Variable": "$.note", "IsNull": false }}]"#, present("$.note"));
    let split = "States.StringSplit($.note, ',')";
    vec![
        line(
            "leads to a state of the same machine",
            r#""A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" }"#.into(),
            r#""A": { "Type": "Pass", "Next": "C" }, "B": { "Type": "Pass", "End": true }"#.into(),
            "unknown-state",
        ),
        line("each JSONPath is followed", pass("$.item.id"), pass("$.item.di"), "no-such-field"),
        line(
            "`ResultPath`",
            r#""A": { "Type": "Pass", "Result": 1, "ResultPath": "$.item.x", "End": true }"#.into(),
            r#""A": { "Type": "Pass", "Result": 1, "ResultPath": "$.name.x", "End": true }"#.into(),
            "wrong-type",
        ),
        line("the context object", pass("$$.Execution.Id"), pass("$$.Map.Item.Value"), "token-out-of-place"),
        line(
            "variables",
            r#""A": { "Type": "Pass", "Assign": { "v": 1 }, "Next": "B" }, "B": { "Type": "Pass", "Parameters": { "x.$": "$v" }, "End": true }"#.into(),
            r#""A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Pass", "Parameters": { "x.$": "$v" }, "End": true }"#.into(),
            "unassigned-variable",
        ),
        line(
            "must be tested for",
            behind(&there, split),
            behind(&present("$.name"), split),
            "maybe-missing",
        ),
        line("how many items", counted(1), counted(0), "maybe-missing"),
        Line { output: <Item>::SHAPE, ..line(
            "what the machine answers can be read as its output type",
            r#""A": { "Type": "Pass", "Parameters": { "id.$": "$.small", "note": null }, "End": true }"#.into(),
            r#""A": { "Type": "Pass", "Parameters": { "id.$": "$.name", "note": null }, "End": true }"#.into(),
            "does-not-fit",
        ) },
        line(
            "compares what can be equal",
            behind(r#""Variable": "$.status", "StringEquals": "NEW""#, "$.name"),
            behind(r#""Variable": "$.status", "StringEquals": "NWE""#, "$.name"),
            "unknown-literal",
        ),
        line(
            "a Choice without `default` takes every value",
            r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.status", "StringEquals": "NEW", "Next": "B" }, { "Variable": "$.status", "StringEquals": "DONE", "Next": "B" }] }, "B": { "Type": "Succeed" }"#.into(),
            r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.status", "StringEquals": "NEW", "Next": "B" }] }, "B": { "Type": "Succeed" }"#.into(),
            "choice-may-not-match",
        ),
        Line { output: <Strict>::SHAPE, ..line(
            "into a type that denies unknown fields",
            r#""A": { "Type": "Pass", "Parameters": { "id.$": "$.item.id", "note": null }, "End": true }"#.into(),
            r#""A": { "Type": "Pass", "InputPath": "$.item", "End": true }"#.into(),
            "does-not-fit",
        ) },
        Line { output: <Large>::SHAPE, ..line(
            "a comparison with a number",
            below(256),
            below(257),
            "does-not-fit",
        ) },
        Line { output: <Vec<u32>>::SHAPE, ..line(
            "where `*` or a distributed Map goes through its values into a type",
            r#""A": { "Type": "Pass", "InputPath": "$.items[*].id", "End": true }"#.into(),
            r#""A": { "Type": "Pass", "InputPath": "$.item.*", "End": true }"#.into(),
            "does-not-fit",
        ) },
        line(
            "can be beyond what AWS takes",
            pass("States.MathAdd($.small, 1)"),
            pass("States.MathAdd($.large, 1)"),
            "warning number-out-of-range",
        ),
    ]
}

/// Answers a number that is below a bound.
fn below(bound: u32) -> String {
    format!(
        r#""A": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.large", "NumericLessThan": {bound}, "Next": "B" }}], "Default": "C" }},
           "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.large" }}, "End": true }}, "C": {{ "Type": "Fail" }}"#
    )
}

/// Reads the first item where there are more than so many, less one.
fn counted(least: u32) -> String {
    format!(
        r#""A": {{ "Type": "Pass", "Assign": {{ "n.$": "States.ArrayLength($.items)" }}, "Next": "C" }},
           "C": {{ "Type": "Choice", "Choices": [{{ "Variable": "$n", "NumericGreaterThanEquals": {least}, "Next": "B" }}], "Default": "D" }},
           "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.items[0].id" }}, "End": true }}, "D": {{ "Type": "Succeed" }}"#
    )
}

fn book() -> String {
    let text = include_str!("../docs/book/promises.md");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_the_book_promises_is_checked() {
    let book = book();
    for Line { says, accepted, refused: (refused, code), output } in lines() {
        assert!(book.contains(says), "the book does not say: {says}");
        assert_eq!(codes(&accepted, output, false), [""; 0], "{says}: {accepted}");
        let said = codes(&refused, output, false);
        assert!(said.iter().any(|found| found == code), "{says}: {said:?} of {refused}");
    }
}

#[test]
fn what_the_book_exempts_is_accepted() {
    let book = book();
    let found = r#""Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": { "TableName": "t", "Key": {} }"#;
    for (says, states) in [
        ("what a text or a file holds", pass("States.StringToJson($.text)")),
        ("what a text or a file holds", pass("States.Base64Decode($.text)")),
        ("a computed index of `States.ArrayGetItem`", pass("States.ArrayGetItem($.items, $.small)")),
        ("a range of too many items", pass("States.ArrayRange(0, $.small, 1)")),
        (
            "models let it leave out most fields of an answer",
            format!(
                r#""A": {{ {found}, "Next": "B" }}, "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.Item" }}, "End": true }}"#
            ),
        ),
        (
            "distinguishes variants",
            behind(r#""Variable": "$.contact.phone", "IsPresent": true"#, "$.contact.phone"),
        ),
        ("what `..` and `**` find of them", pass("$.item..id")),
    ] {
        assert!(book.contains(says), "the book does not say: {says}");
        assert_eq!(codes(&states, ANY, false), [""; 0], "{says}: {states}");
    }
}

#[test]
fn a_strict_machine_leans_on_nothing_undeclared() {
    let asks = |read: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": {{ "TableName": "t", "Key": {{}} }}, "Next": "B" }}, {read}"#
        )
    };
    let read = asks(r#""B": { "Type": "Pass", "Parameters": { "x.$": "$.Item" }, "End": true }"#);
    assert_eq!(codes(&read, ANY, false), [""; 0]);
    assert_eq!(codes(&read, ANY, true), ["maybe-missing"]);
    let tested = asks(
        r#""B": { "Type": "Choice", "Choices": [{ "Variable": "$.Item", "IsPresent": true, "Next": "C" }], "Default": "D" },
           "C": { "Type": "Pass", "Parameters": { "x.$": "$.Item" }, "End": true }, "D": { "Type": "Succeed" }"#,
    );
    assert_eq!(codes(&tested, ANY, true), [""; 0]);
}
