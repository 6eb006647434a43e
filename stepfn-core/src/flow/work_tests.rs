//! The cost of an analysis grows as the definition does: counted in steps (values made, joined and cut; states visited), which are the
//! same on every machine.

use std::fmt::Write;

use super::{TypeRef, Typing, analyse, intern};
use crate::asl;

fn work(states: &str, start: &str) -> u64 {
    let text = format!(r#"{{ "StartAt": "{start}", "States": {{ {states} }} }}"#);
    let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    analyse(&machine, &Typing::default());
    intern::work()
}

fn listed(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(", ")
}

/// A state that ends, and what a chain leads to.
fn chain(count: usize, one: impl Fn(usize) -> String) -> String {
    let states =
        listed(count, |index| format!(r#""S{index}": {{ {}, "Next": "S{}" }}"#, one(index), index + 1));
    format!(r#"{states}, "S{count}": {{ "Type": "Pass", "End": true }}"#)
}

/// Eight times as much may cost so many times as much.
#[track_caller]
fn grows(what: &str, most: u64, sizes: [usize; 2], work: impl Fn(usize) -> u64) {
    let [once, more] = sizes.map(work);
    println!("{what}: {once} steps for {}, {more} for {}", sizes[0], sizes[1]);
    assert!(more <= most * once, "{what}: {once} steps for {}, and {more} for {}", sizes[0], sizes[1]);
}

#[test]
fn a_chain_costs_as_many_steps_as_it_has_states() {
    let pass = |count: usize| {
        chain(count, |index| {
            format!(r#""Type": "Pass", "Result": {index}, "ResultPath": "$.k{}""#, index % 7)
        })
    };
    grows("states", 9, [100, 800], |count| work(&pass(count), "S0"));
}

#[test]
fn states_that_each_add_a_field_cost_little_more_than_they_are() {
    // n log n: eight times as many cost less than fourteen times as much, where n² would be sixty-four.
    let sizes = [250, 2000];
    let fields = |count| {
        chain(count, |index| format!(r#""Type": "Pass", "Result": {index}, "ResultPath": "$.f{index}""#))
    };
    grows("fields", 14, sizes, |count| work(&fields(count), "S0"));
    let whole = |count| chain(count, |index| format!(r#""Type": "Pass", "ResultPath": "$.f{index}""#));
    grows("fields of all before", 14, sizes, |count| work(&whole(count), "S0"));
    let variables =
        |count| chain(count, |index| format!(r#""Type": "Pass", "Assign": {{ "v{index}": {index} }}"#));
    grows("variables", 14, sizes, |count| work(&variables(count), "S0"));
    let caught = |count| {
        let task = |index: usize| {
            format!(
                r#""Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "ResultPath": "$.f{index}",
                   "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "H" }}]"#
            )
        };
        format!(r#"{}, "H": {{ "Type": "Fail" }}"#, chain(count, task))
    };
    grows("catchers into one", 14, sizes, |count| work(&caught(count), "S0"));
    let diamonds = |count| {
        listed(count, |index| {
            let next = index + 1;
            format!(
                r#""S{index}": {{ "Type": "Choice", "Default": "S{next}",
                     "Choices": [{{ "Variable": "$.c", "BooleanEquals": true, "Next": "T{index}" }}] }},
                   "T{index}": {{ "Type": "Pass", "Result": {index}, "ResultPath": "$.f{index}", "Next": "S{next}" }}"#
            )
        }) + &format!(r#", "S{count}": {{ "Type": "Pass", "End": true }}"#)
    };
    grows("diamonds", 14, sizes, |count| work(&diamonds(count), "S0"));
    let rounds = |count| {
        let body = listed(count, |index| {
            format!(
                r#""S{index}": {{ "Type": "Pass", "Result": {index}, "ResultPath": "$.f{index}", "Next": "S{}" }}"#,
                index + 1
            )
        });
        format!(
            r#"{body}, "S{count}": {{ "Type": "Choice", "Default": "S0", "Choices": [{{ "Variable": "$.x", "IsPresent": true, "Next": "E" }}] }},
               "E": {{ "Type": "Succeed" }}"#
        )
    };
    // Each state is visited in several rounds, with more fields each time.
    grows("a loop", 17, sizes, |count| work(&rounds(count), "S0"));
}

#[test]
fn wide_data_cost_little_more_than_they_are() {
    let wide = |count| {
        let result = listed(count, |index| format!(r#""k{index}": {{ "a": {index} }}"#));
        let template = listed(count, |index| format!(r#""k{index}.$": "$.k{index}.a""#));
        format!(
            r#""A": {{ "Type": "Pass", "Result": {{ {result} }}, "Next": "B" }},
               "B": {{ "Type": "Pass", "Parameters": {{ {template} }}, "End": true }}"#
        )
    };
    grows("wide templates", 14, [250, 2000], |count| work(&wide(count), "A"));
    let rows = |count| {
        let rows = listed(count, |index| format!(r#"{{ "a": "t{index}", "k{index}": {index} }}"#));
        format!(
            r#""A": {{ "Type": "Pass", "Result": {{ "rows": [{rows}] }}, "Next": "B" }},
               "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "$.rows[*].a" }}, "End": true }}"#
        )
    };
    grows("rows of their own fields", 14, [250, 2000], |count| work(&rows(count), "A"));
}

#[test]
fn nested_machines_are_solved_once_for_each_input() {
    let nested = |depth: usize, kind: &str| {
        let mut inner =
            r#"{ "StartAt": "X", "States": { "X": { "Type": "Pass", "ResultPath": "$.r", "End": true } } }"#
                .to_owned();
        for index in 0..depth {
            let work = match kind {
                "Map" => format!(r#""Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {inner}"#),
                _ => format!(r#""Type": "Parallel", "ResultPath": "$.p{index}", "Branches": [{inner}]"#),
            };
            // A loop around each, so that each is solved more than once.
            inner = format!(
                r#"{{ "StartAt": "P", "States": {{ "P": {{ {work}, "Next": "Q" }}, "E": {{ "Type": "Succeed" }},
                     "Q": {{ "Type": "Choice", "Default": "E", "Choices": [{{ "Variable": "$.x", "IsPresent": true, "Next": "P" }}] }} }} }}"#
            );
        }
        let (machine, _) = asl::read_str(&inner).unwrap_or_else(|error| panic!("{error}\n{inner}"));
        analyse(&machine, &Typing::default());
        intern::work()
    };
    for kind in ["Parallel", "Map"] {
        // What flows in grows with the depth a little, too; solved anew for each level it would be two to the 21st.
        grows(kind, 14, [3, 24], |depth| nested(depth, kind));
    }
}

#[test]
fn long_paths_cost_as_many_steps_as_they_have() {
    for step in [".a", ".a[0]", "[*].a"] {
        let path = |count: usize| {
            let path = format!("${}", step.repeat(count));
            format!(r#""A": {{ "Type": "Pass", "InputPath": "{path}", "End": true }}"#)
        };
        grows(step, 9, [100, 800], |count| work(&path(count), "A"));
    }
    let put = |count: usize| {
        let mut path = "$".to_owned();
        (0..count).for_each(|index| {
            let _ = write!(path, ".k{index}");
        });
        format!(
            r#""A": {{ "Type": "Pass", "ResultPath": "{path}", "Next": "B" }},
               "B": {{ "Type": "Pass", "InputPath": "{path}", "End": true }}"#
        )
    };
    grows("ResultPath", 9, [100, 800], |count| work(&put(count), "A"));
    // In a value of a type each step is a claim of its own, up to a depth.
    let typed = |count: usize| {
        let states =
            format!(r#""A": {{ "Type": "Pass", "ResultPath": "${}", "End": true }}"#, ".a".repeat(count));
        let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
        let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
        analyse(&machine, &typing).obligations.len()
    };
    assert_eq!((typed(10), typed(100), typed(1_000)), (10, 64, 64));
}

#[test]
fn loops_in_which_values_grow_end_soon() {
    for (what, states) in [
        (
            "two fields of all before",
            r#""A": { "Type": "Pass", "ResultPath": "$.r", "Next": "B" }, "B": { "Type": "Pass", "ResultPath": "$.s", "Next": "C" }"#,
        ),
        (
            "snapshots",
            r#""A": { "Type": "Pass", "Parameters": { "before.$": "$" }, "ResultPath": "$.snap", "Next": "B" },
               "B": { "Type": "Pass", "Parameters": { "cfg.$": "$" }, "ResultPath": "$.cfg", "Next": "C" }"#,
        ),
        (
            "a history in JSONata",
            r#""A": { "Type": "Pass", "QueryLanguage": "JSONata", "Next": "C",
                 "Assign": { "h": "{% $append($h, [{'s': $states.input, 'h': $h}]) %}" }, "Output": "{% {'h': $h, 'i': $states.input} %}" }"#,
        ),
        (
            "branches",
            r#""A": { "Type": "Parallel", "ResultPath": "$.r", "Next": "B", "Branches": [{ "StartAt": "X", "States": { "X": { "Type": "Succeed" } } }] },
               "B": { "Type": "Parallel", "ResultPath": "$.s", "Next": "C", "Branches": [{ "StartAt": "X", "States": { "X": { "Type": "Succeed" } } }] }"#,
        ),
    ] {
        let rest = r#""C": { "Type": "Choice", "Choices": [{ "Variable": "$.x", "IsPresent": true, "Next": "D" }], "Default": "A" }, "D": { "Type": "Succeed" }"#;
        let work = work(&format!("{states}, {rest}"), "A");
        println!("{what}: {work} steps");
        assert!(work < 20_000, "{what}: {work} steps");
    }
}

/// A path of a typed value holds all steps before the last, so that one of very many is not followed; nor is it gone down on the stack.
#[test]
fn paths_of_very_many_steps_cost_no_more_than_to_read_them() {
    let typed = |state: &str| {
        let text = format!(
            r#"{{ "StartAt": "A", "States": {{ "A": {{ {state}, "Default": "B" }}, "B": {{ "Type": "Pass", "End": true }} }} }}"#
        );
        let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}"));
        let typing = Typing { input: Some(TypeRef(0)), ..Typing::default() };
        analyse(&machine, &typing);
        intern::work()
    };
    let count = 20_000;
    for (path, rest) in [
        (".a".repeat(count), ""),
        ("[0]".repeat(count), ""),
        (".*".repeat(count), ""),
        ("..a".repeat(count), ""),
        ("[?(@.a)]".repeat(count), ""),
        ("['a','b']".repeat(count), ""),
        (".x[?(@".to_owned() + &".a".repeat(count), " == 1)]"),
    ] {
        let read = format!(r#""Type": "Choice", "InputPath": "${path}{rest}", "Choices": []"#);
        let test = format!(
            r#""Type": "Choice", "Choices": [{{ "Variable": "${path}{rest}", "IsPresent": true, "Next": "B" }}]"#
        );
        for state in [read, test] {
            let work = typed(&state);
            assert!(work < 1_000, "{work} steps: {state:.100}");
        }
    }
    let query = format!(
        r#""Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{{ "Condition": "{{% $states.input{} = 1 %}}", "Next": "B" }}]"#,
        ".a@$x".repeat(count)
    );
    assert!(typed(&query) < 1_000);
}

#[test]
fn a_loop_whose_values_change_by_turns_ends() {
    let states = r#"
        "S1": { "Type": "Pass", "Assign": { "n": 0 }, "Next": "S2" },
        "S2": { "Type": "Parallel", "Branches": [
            { "StartAt": "M", "States": { "M": { "Type": "Map", "Items": "{% $exists($states.input) ? $states.input : {'a': 1} %}", "End": true,
                "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                    "StartAt": "I", "States": { "I": { "Type": "Pass", "End": true } } } } } },
            { "StartAt": "R", "States": { "R": { "Type": "Pass", "Output": "{% [1..($states.input)] %}", "End": true } } }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Assign": { "v": "{% $states.input %}" }, "Next": "S3" }],
            "Output": { "b": "{% $not($exists($states.result)) ? $n : $states.result %}", "c": [1, 2], "e": "{% $states.result[0][a = 1]^(b) %}" },
            "Next": "S3" },
        "S3": { "Type": "Choice", "Choices": [
            { "Condition": "{% $n < 3 %}", "Assign": { "n": "{% $n + 1 %}" }, "Next": "S2" },
            { "Condition": "{% $states.input.Error = null %}", "Output": ["{% $states.input.Error %}", 1], "Next": "S4" }], "Default": "S4" },
        "S4": { "Type": "Pass", "End": true }"#;
    let text = format!(r#"{{ "QueryLanguage": "JSONata", "StartAt": "S1", "States": {{ {states} }} }}"#);
    let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    for proven in [false, true] {
        let typing = Typing { input: proven.then_some(TypeRef(0)), proven, ..Typing::default() };
        analyse(&machine, &typing);
        let work = intern::work();
        println!("by turns: {work} steps");
        assert!(work < 400_000, "{work} steps");
    }
}
