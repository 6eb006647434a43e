//! Edges that meet: a test for a field that one of them put there distinguishes them.

use super::*;
use crate::{
    asl,
    json::Pointer,
    shape::{Field, Given, Made, ObjectShape, Shape, StateData},
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const IN: Shape = Shape::Object(&ObjectShape {
    name: "In",
    fields: &[
        field("s", &["s"], <String>::SHAPE),
        field("n", &["n"], <u32>::SHAPE),
        field("items", &["items"], <Vec<String>>::SHAPE),
    ],
    flattened: &[],
    deny_unknown_fields: true,
});

const OUT: Shape = Shape::Object(&ObjectShape {
    name: "Out",
    fields: &[field("total", &["total"], <u32>::SHAPE), field("note", &["note"], <Option<String>>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: false,
});

/// Returns the diagnostics of a machine over an `In` in which each state `T…` makes an `Out`, and `Typed` takes an `In`.
fn judged(language: &str, states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "T", "QueryLanguage": "{language}", "States": {{ {states} }} }}"#);
    let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let task = |input, output| StateTyping::Task {
        task: TaskRef(0),
        name: "work".into(),
        input: TypeRef(input),
        output: TypeRef(output),
        call: Call::Direct,
        result: None,
    };
    let states = machine.states.keys().filter_map(|name| {
        let typing = match name.as_str() {
            "Typed" => task(0, 1),
            name if name.starts_with('T') => task(2, 1),
            // What it makes is null.
            name if name.starts_with('N') => task(2, 3),
            _ => return None,
        };
        Some((Pointer::root().state(name), typing))
    });
    let typing =
        Typing { input: Some(TypeRef(0)), proven: true, states: states.collect(), ..Typing::default() };
    let known = Known { types: vec![&IN, &OUT, &Shape::Any, &Shape::Null], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let mut diagnostics = analysis.diagnostics;
    diagnostics.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
    diagnostics
        .iter()
        .map(|diagnostic| format!("{} {}: {}", diagnostic.code.name(), diagnostic.at, diagnostic.message))
        .collect()
}

fn task(name: &str, more: &str, next: &str) -> String {
    format!(
        r#""{name}": {{ "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", {more} "Next": "{next}" }}"#
    )
}

fn caught(path: &str, next: &str) -> String {
    format!(r#""Catch": [ {{ "ErrorEquals": ["States.ALL"], {path} "Next": "{next}" }} ],"#)
}

/// A task whose success and whose error meet in a Choice that asks for a path.
fn meeting(more: &str, asks: &str, yes: &str, no: &str) -> Vec<String> {
    judged(
        "JSONPath",
        &format!(
            r#"{}, "C": {{ "Type": "Choice", "Choices": [ {{ "Variable": "{asks}", "IsPresent": true, "Next": "Y" }} ], "Default": "N" }},
               "Y": {{ {yes} }}, "N": {{ {no} }}, "D": {{ "Type": "Succeed" }}"#,
            task("T", more, "C")
        ),
    )
}

const TYPED: &str =
    r#""Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "Next": "D""#;

fn reads(path: &str) -> String {
    format!(r#""Type": "Pass", "Parameters": {{ "x.$": "{path}" }}, "End": true"#)
}

#[test]
fn a_caught_error_and_the_success_are_told_apart() {
    let more = |result: &str, error: &str| format!("{result} {}", caught(error, "C"));
    let at = r#""ResultPath": "$.error","#;
    // With a result of its own beside the error's place.
    let both = more(r#""ResultPath": "$.r","#, at);
    let cause = reads("$.error.Cause");
    assert_eq!(meeting(&both, "$.error", &cause, &reads("$.r.total")), [""; 0]);
    assert_eq!(meeting(&both, "$.r", &reads("$.r.total"), &cause), [""; 0]);
    assert_eq!(meeting(&both, "$.r.total", &reads("$.r.total"), &reads("$.s")), [""; 0]);
    assert_eq!(meeting(&both, "$.error.Error", &cause, &reads("$.s")), [""; 0]);
    let refused = meeting(&both, "$.error", &reads("$.r.total"), &cause);
    assert_eq!(refused.len(), 2, "{refused:?}");
    // In the place of all data, and of the result.
    let whole = more("", "");
    assert_eq!(meeting(&whole, "$.Error", &reads("$.Cause"), &reads("$.total")), [""; 0]);
    let same = more(r#""ResultPath": "$.r","#, r#""ResultPath": "$.r","#);
    assert_eq!(meeting(&same, "$.r.Error", &reads("$.r.Cause"), &reads("$.r.total")), [""; 0]);
    assert_eq!(meeting(&same, "$.r.total", &reads("$.r.total"), &reads("$.r.Cause")), [""; 0]);
    // Deeper.
    let deep = more(r#""ResultPath": "$.state.r","#, r#""ResultPath": "$.state.error","#);
    assert_eq!(
        meeting(&deep, "$.state.error", &reads("$.state.error.Cause"), &reads("$.state.r.total")),
        [""; 0]
    );
    let deep = more(r#""ResultPath": null,"#, r#""ResultPath": "$.state.error","#);
    assert_eq!(meeting(&deep, "$.state.error", &reads("$.state.error.Cause"), &reads("$.s")), [""; 0]);
    assert_eq!(meeting(&deep, "$.state", &reads("$.state.error.Cause"), &reads("$.s")), [""; 0]);
}

#[test]
fn what_is_left_without_the_error_is_the_input_again() {
    let more = format!(r#""ResultPath": null, {}"#, caught(r#""ResultPath": "$.error","#, "C"));
    let typed = TYPED.to_owned();
    let run = |yes: &str, no: &str| {
        judged(
            "JSONPath",
            &format!(
                r#"{}, "C": {{ "Type": "Choice", "Choices": [ {{ "Variable": "$.error", "IsPresent": {yes}, "Next": "Typed" }} ], "Default": "{no}" }},
                   "Typed": {{ {typed} }}, "F": {{ "Type": "Fail" }}, "D": {{ "Type": "Succeed" }}"#,
                task("T", &more, "C")
            ),
        )
    };
    assert_eq!(run("false", "F"), [""; 0]);
    let refused = run("true", "D");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("denies unknown fields"), "{refused:?}");
}

#[test]
fn untested_it_may_be_missing() {
    let more = format!(r#""ResultPath": "$.r", {}"#, caught(r#""ResultPath": "$.error","#, "N"));
    for (path, left) in [("$.error.Cause", 1), ("$.r.total", 1), ("$.error", 1), ("$.s", 0)] {
        let messages =
            judged("JSONPath", &format!(r#"{}, "N": {{ {} }}"#, task("T", &more, "N"), reads(path)));
        assert_eq!(messages.len(), left, "{path}: {messages:?}");
        assert!(messages.iter().all(|messages| messages.starts_with("maybe-missing")), "{messages:?}");
        assert!(
            messages.iter().all(|messages| messages.contains("not every way here puts it there")),
            "{messages:?}"
        );
    }
}

#[test]
fn many_tasks_that_fail_into_one_handler_are_told_apart() {
    for count in [2, 3, 5, 12] {
        let mut states: Vec<String> = (0..count)
            .map(|index| {
                let name = if index == 0 { "T".to_owned() } else { format!("T{index}") };
                let next = if index + 1 == count { "C".to_owned() } else { format!("T{}", index + 1) };
                let more =
                    format!(r#""ResultPath": "$.r{index}", {}"#, caught(r#""ResultPath": "$.error","#, "C"));
                task(&name, &more, &next)
            })
            .collect();
        states.push(format!(
            r#""C": {{ "Type": "Choice", "Choices": [ {{ "Variable": "$.error", "IsPresent": true, "Next": "Y" }} ], "Default": "N" }},
               "Y": {{ {} }}, "N": {{ {} }}"#,
            reads("$.error.Cause"),
            reads(&format!("States.Array($.r0.total, $.r{}.total)", count - 1)),
        ));
        assert_eq!(judged("JSONPath", &states.join(", ")), [""; 0], "{count}");
    }
}

#[test]
fn a_loop_that_tries_again_knows_what_each_round_left() {
    let more = format!(r#""ResultPath": "$.r", {}"#, caught(r#""ResultPath": "$.error","#, "C"));
    let states = |yes: &str| {
        format!(
            r#"{}, "C": {{ "Type": "Choice", "Choices": [ {{ "Variable": "$.r", "IsPresent": true, "Next": "Y" }} ], "Default": "W" }},
               "W": {{ "Type": "Wait", "Seconds": 1, "Next": "T" }}, "Y": {{ {} }}"#,
            task("T", &more, "C"),
            reads(yes)
        )
    };
    assert_eq!(judged("JSONPath", &states("$.r.total")), [""; 0]);
    let refused = judged("JSONPath", &states("$.error.Cause"));
    assert_eq!(refused.len(), 1, "{refused:?}");
}

#[test]
fn diamonds_on_one_side_only_do_not_multiply() {
    let mut states = vec![task("T", r#""ResultPath": "$.r","#, "C0")];
    for index in 0..12 {
        states.push(format!(
            r#""C{index}": {{ "Type": "Choice", "Choices": [ {{ "Variable": "$.n", "NumericEquals": {index}, "Next": "P{index}" }} ], "Default": "C{}" }},
               "P{index}": {{ "Type": "Pass", "Result": 1, "ResultPath": "$.k{index}", "Next": "C{}" }}"#,
            index + 1,
            index + 1
        ));
    }
    states.push(format!(r#""C12": {{ {} }}"#, reads("$.r.total")));
    assert_eq!(judged("JSONPath", &states.join(", ")), [""; 0]);
}

#[test]
fn the_ways_are_told_apart_in_jsonata() {
    let states = |asks: &str, yes: &str, no: &str| {
        judged(
            "JSONata",
            &format!(
                r#""T": {{ "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f",
                     "Output": "{{% $merge([$states.input, {{ 'r': $states.result }}]) %}}",
                     "Catch": [ {{ "ErrorEquals": ["States.ALL"], "Next": "C",
                        "Output": "{{% $merge([$states.input, {{ 'error': $states.errorOutput }}]) %}}" }} ], "Next": "C" }},
                   "C": {{ "Type": "Choice", "Choices": [ {{ "Condition": "{{% {asks} %}}", "Next": "Y" }} ], "Default": "N" }},
                   "Y": {{ "Type": "Pass", "Output": "{{% {yes} %}}", "End": true }},
                   "N": {{ "Type": "Pass", "Output": "{{% {no} %}}", "End": true }}"#
            ),
        )
    };
    let (error, total) = ("$states.input.error.Cause", "$states.input.r.total");
    assert_eq!(states("$exists($states.input.error)", error, total), [""; 0]);
    assert_eq!(states("$not($exists($states.input.error))", total, error), [""; 0]);
    assert_eq!(states("$exists($states.input.r)", total, error), [""; 0]);
    assert_eq!(states("$exists($states.input.error)", total, error).len(), 2);
}

/// The answer of a service and an object that meet in a state that reads a path.
fn served(read: &str, asked: bool) -> Vec<String> {
    let choice = match asked {
        true => {
            r#""Type": "Choice", "Choices": [{ "Variable": "$.r", "IsPresent": true, "Next": "Y" }], "Default": "D""#
        }
        false => r#""Type": "Pass", "Next": "Y""#,
    };
    let caught = caught(r#""ResultPath": "$.r","#, "C");
    let states = format!(
        r#""T": {{ "Type": "Pass", "Next": "Serve" }},
           "Serve": {{ "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {{ "StateMachineArn": "x" }}, {caught} "Next": "C" }},
           "C": {{ {choice} }}, "Y": {{ {read} }}, "D": {{ "Type": "Succeed" }}"#
    );
    judged("JSONPath", &states)
}

#[test]
fn a_field_that_no_answer_has_is_not_there_where_another_way_puts_it() {
    let said = served(&reads("$.r.Cause"), false);
    assert!(said[0].contains("there is no field `r` here; the service answers"), "{said:#?}");
    assert_eq!(served(&reads("$.r.Cause"), true), [""; 0]);
    // With something known of the answer, too: a nested machine's output is laid over it.
    let over = |read: &str| {
        let made = r#""T": { "Type": "Pass", "Next": "Serve" },
            "Serve": { "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": { "StateMachineArn": "x" },
                "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.r", "Next": "Y" }], "Next": "Put" },
            "Put": { "Type": "Pass", "Result": 1, "ResultPath": "$.Output", "Next": "Y" }"#;
        judged("JSONPath", &format!(r#"{made}, "Y": {{ {read} }}, "D": {{ "Type": "Succeed" }}"#))
    };
    let said = over(&reads("$.r.Cause"));
    assert!(said[0].contains("there is no field `r` here; the service answers"), "{said:#?}");
    let said = over(&reads("$.Output"));
    assert!(said.iter().any(|said| said.contains("Output")), "{said:#?}");
    assert_eq!(over(r#""Type": "Pass", "End": true"#), [""; 0]);
}

#[test]
fn a_computed_key_may_be_missing_where_another_way_puts_one() {
    let made = r#""T": { "Type": "Pass", "Output": "{% {$string($states.input.n): 'x'} %}", "Next": "P" },
        "P": { "Type": "Choice", "Choices": [{ "Condition": "{% $random() < 0.5 %}", "Next": "Q" }], "Default": "Y" },
        "Q": { "Type": "Pass", "QueryLanguage": "JSONPath", "Result": "y", "ResultPath": "$.k", "Next": "Y" }"#;
    let read = |expression: &str| {
        let made = made.replace("\"T\"", "\"T0\"");
        judged(
            "JSONata",
            &format!(
                r#""T": {{ "Type": "Pass", "Next": "T0" }}, {made},
                   "Y": {{ "Type": "Pass", "Output": "{{% {expression} %}}", "End": true }}"#
            ),
        )
    };
    let said = read("$states.input.k");
    assert!(said[0].contains("`k` may be missing"), "{said:#?}");
    assert_eq!(read("$exists($states.input.k) ? $states.input.k : ''"), [""; 0]);
}

#[test]
fn a_loop_that_counts_ends() {
    let looped = |path: &str, last: &str| {
        judged(
            "JSONPath",
            &format!(
                r#""T": {{ "Type": "Pass", "Assign": {{ "n0": 0 }}, "Next": "N" }},
                "N": {{ "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:N", "Next": "C",
                    "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "C" }}] }},
                "C": {{ "Type": "Choice", {path} "Choices": [
                    {{ "Variable": "$n0", "NumericLessThan": 3, "Assign": {{ "n0.$": "States.MathAdd($n0, 1)" }}, "Next": "N" }},
                    {{ "And": [{{ "Variable": "$n0", "IsNumeric": true }}], "Next": "Z" }}] }},
                "Z": {{ {last}, "ResultPath": "$.r", "End": true }}"#
            ),
        )
    };
    for path in [r#""InputPath": "$","#, ""] {
        for last in [
            r#""Type": "Pass", "Result": 1"#,
            r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke""#,
        ] {
            let said = looped(path, last);
            assert!(said.iter().any(|said| said.contains("object")), "{path} {last}: {said:#?}");
        }
    }
}

#[test]
fn what_merged_objects_need_not_have_is_not_there() {
    let read = |merged: &str, read: &str| {
        judged(
            "JSONata",
            &format!(
                r#""T": {{ "Type": "Pass", "Output": "{{% $merge([{merged}]) %}}", "Next": "Z" }},
                "Z": {{ "Type": "Pass", "QueryLanguage": "JSONPath", "Parameters": {{ "k.$": "{read}" }}, "End": true }}"#
            ),
        )
    };
    let maybe = "{'a': $states.input.items[0] & '', 'z': $states.input.items[0]}";
    assert_eq!(read(&format!("{maybe}, $states.input"), "$.a"), [""; 0]);
    assert_eq!(read(&format!("{maybe}, $states.input"), "$.s"), [""; 0]);
    for merged in ["$states.input", "$states.input, {'b': 1}"] {
        let said = read(&format!("{maybe}, {merged}"), "$.z");
        assert!(said.iter().any(|said| said.contains("may be missing")), "{merged}: {said:#?}");
    }
    assert_eq!(read(&format!("{maybe}, $states.input, {{'z': 1}}"), "$.z"), [""; 0]);
    assert_eq!(read("{'s': $states.input.items[0]}, $states.input", "$.s"), [""; 0]);
}
