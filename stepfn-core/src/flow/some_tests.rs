//! What is known of how many there are: behind a count or a test, one at least comes of a path, a sequence, an array.

use super::sink_tests::{required, said_of};
use crate::shape::{Field, Given, Made, ObjectShape, Shape, StateData};

const fn optional(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

macro_rules! object {
    ($name:literal, $($field:expr),* $(,)?) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const LINE: Shape = object!(
    "Line",
    required("sku", &["sku"], &Shape::String),
    required("price", &["price"], &Shape::Number),
    optional("note", &["note"], &Shape::Nullable(&Shape::String)),
    required("tags", &["tags"], &Shape::Array(&Shape::String)),
);
const LEFT: Shape = object!(
    "Left",
    required("a", &["a"], u32::SHAPE),
    optional("b", &["b"], &Shape::Nullable(&Shape::String)),
);
const RIGHT: Shape = object!(
    "Right",
    optional("b", &["b"], &Shape::Nullable(&Shape::String)),
    required("c", &["c"], u32::SHAPE),
);
const IN: Shape = object!(
    "In",
    required("lines", &["lines"], &Shape::Array(&LINE)),
    required("rows", &["rows"], &Shape::Array(&Shape::Array(&Shape::Number))),
    required("left", &["left"], &LEFT),
    required("right", &["right"], &RIGHT),
    required("count", &["count"], u32::SHAPE),
    required("signed", &["signed"], i32::SHAPE),
    required("any", &["any"], &Shape::Any),
);

fn said(states: &str, output: &'static Shape) -> Vec<String> {
    said_of(&IN, states, output, false)
}

fn query(expression: &str, output: &'static Shape) -> Vec<String> {
    let states = format!(
        r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
    );
    said(&states, output)
}

#[track_caller]
fn fine(said: &[String]) {
    assert_eq!(said, [""; 0]);
}

#[track_caller]
fn wrong(said: &[String], why: &str) {
    assert!(said.iter().any(|said| said.contains(why)), "expected {why}, said {said:#?}");
}

const ANY: &Shape = &Shape::Any;

#[test]
fn behind_a_count_something_comes_of_what_is_made_of_the_items() {
    for made in [
        "$average([LINES.price])",
        "$max(LINES.price)",
        "$sum(LINES.price)",
        "$max([LINES.(price * 2)])",
        "$sum(LINES.(price * 2))",
        "$max($map(LINES, function($l) { $l.price }))",
        "$sort(LINES.price)[0]",
        "$reverse(LINES)[-1].price",
        "$map(LINES, function($l) { $l.price })[0]",
        "LINES^(price)[0].price",
        "$reduce(LINES.price, function($a, $b) { $a + $b })",
    ] {
        let made = made.replace("LINES", "$states.input.lines");
        fine(&query(&format!("$count($states.input.lines) > 0 ? {made} : 0"), f64::SHAPE));
        wrong(&query(&made, f64::SHAPE), "");
        // That there is an array does not mean that there is something in it.
        wrong(&query(&format!("$exists($states.input.lines) ? {made} : 0"), f64::SHAPE), "");
    }
}

#[test]
fn of_what_need_not_be_in_an_item_nothing_may_come_however_many_there_are() {
    for made in
        ["$max(LINES.note)", "$join(LINES.note, ',')", "LINES.note", "$max([LINES.tags])", "LINES.tags"]
    {
        let made = made.replace("LINES", "$states.input.lines");
        wrong(&query(&format!("$count($states.input.lines) > 0 ? {made} : ''"), ANY), "");
    }
    // An array alone in a sequence is itself, which may have no items.
    let first = |items: &str| query(&format!("($xs := {items}; $exists($xs) ? $xs[0] : 0)"), ANY);
    wrong(&first("$states.input.lines.tags"), "maybe-missing");
    wrong(&first("$map($states.input.rows, function($r) { $r })"), "maybe-missing");
    wrong(&first("$map($states.input.rows, function($r) { [$r] })"), "maybe-missing");
    fine(&first("$states.input.rows[$count($) > 2]"));
}

#[test]
fn a_variable_that_was_counted_has_a_first() {
    for (items, first) in [
        ("$states.input.lines[price > 1]", "$xs[0].sku"),
        ("$filter($states.input.lines, function($l) { $l.price > 1 })", "$xs[0].sku"),
        ("[$states.input.lines.sku]", "$xs[0]"),
        ("$states.input.lines.sku", "$xs[0]"),
        ("$map($states.input.lines, function($l) { $l.sku })", "$xs[0]"),
    ] {
        fine(&query(&format!("($xs := {items}; $count($xs) > 0 ? {first} : '')"), <String>::SHAPE));
        fine(&query(&format!("($xs := {items}; $count($xs) = 0 ? '' : {first})"), <String>::SHAPE));
        wrong(&query(&format!("($xs := {items}; {first})"), <String>::SHAPE), "may");
    }
    fine(&query(
        "($xs := [$states.input.lines[price > 1]]; $count($xs) > 0 ? $max($xs.price) : 0)",
        f64::SHAPE,
    ));
    fine(&query("($xs := $states.input.lines[price > 1]; $exists($xs) ? $max($xs.price) : 0)", f64::SHAPE));
    fine(&query(
        "$exists($states.input.lines[price > 1]) ? $max($states.input.lines[price > 1].price) : 0",
        f64::SHAPE,
    ));
}

#[test]
fn what_comes_to_one_value_or_to_several_is_neither_for_certain() {
    let some = "$count($states.input.lines) > 0 ? $states.input.lines.sku : ''";
    fine(&query(some, ANY));
    wrong(&query(some, <String>::SHAPE), "does-not-fit");
    wrong(&query(some, <Vec<String>>::SHAPE), "does-not-fit");
    let mapped = "$count($states.input.lines) > 0 ? $map($states.input.lines, function($l) { $l.sku }) : ''";
    fine(&query(mapped, ANY));
    wrong(&query(mapped, <String>::SHAPE), "found an array");
}

#[test]
fn a_function_that_is_a_condition_leaves_what_it_holds_of() {
    let left = |condition: &str| {
        query(
            &format!("[$filter($states.input.lines, function($l) {{ {condition} }}).note]"),
            <Vec<String>>::SHAPE,
        )
    };
    fine(&left("$l.note != null"));
    fine(&left("$exists($l.note) and $l.note != null and $l.price > 1"));
    wrong(&left("$l.price > 1"), "may be null");
    wrong(&left("$l.note = null or $l.price > 1"), "null");
    // Another variable of the name is meant.
    wrong(&left("($l := {'note': 'x'}; $l.note != null)"), "may be null");
}

#[test]
fn one_of_several_merged_objects_has_the_key() {
    const MERGED: &str = "$merge([$states.input.left, $states.input.right])";
    fine(&query(&format!("{MERGED}.a + {MERGED}.c"), f64::SHAPE));
    fine(&query(&format!("$exists({MERGED}.b) ? 1 : 0"), f64::SHAPE));
    wrong(
        &query(&format!("{MERGED}.b"), ANY),
        "`b` may be missing: none of the objects that are put over each other is certain to have it",
    );
    wrong(&query(&format!("{MERGED}.d"), ANY), "none of the objects that are put over each other has `d`");
    let merged = |read: &str| {
        said(
            &format!(
                r#""A": {{ "Type": "Pass", "Parameters": {{ "m.$": "States.JsonMerge($.left, $.right, false)" }}, "Next": "B" }},
                "B": {{ "Type": "Pass", "Parameters": {{ "x.$": "{read}" }}, "End": true }}"#
            ),
            ANY,
        )
    };
    fine(&merged("$.m.a"));
    fine(&merged("$.m.c"));
    wrong(&merged("$.m.b"), "maybe-missing");
    wrong(&merged("$.m.d"), "no-such-field");
}

#[test]
fn of_an_array_beside_an_object_a_field_may_be_nothing() {
    let states = r#""A": { "Type": "Choice", "QueryLanguage": "JSONata", "Default": "B", "Output": { "x": [1] }, "Choices": [
            { "Condition": "{% $states.input.count > 1 %}", "Output": ["a"], "Next": "B" }] },
        "B": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $reverse($states.input.x) %}", "End": true }"#;
    wrong(&said(states, ANY), "maybe-missing");
    wrong(&said(&states.replace("$reverse", "$sum"), ANY), "maybe-missing");
}

#[test]
fn a_path_with_an_array_kept_in_it_comes_to_an_array() {
    wrong(&query("$states[].input.count", u32::SHAPE), "found an array");
    wrong(&query("$states.input[].left", &LEFT), "found an array");
    fine(&query("[$states.input[].count]", <Vec<u32>>::SHAPE));
}

#[test]
fn a_power_is_whole_where_its_exponent_is_not_below_zero() {
    let beats = |expression: &str| {
        said(
            &format!(
                r#""A": {{ "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{{% {expression} %}}", "Next": "B" }},
                "B": {{ "Type": "Succeed" }}"#
            ),
            ANY,
        )
    };
    wrong(&beats("4 ~> $power($states.input.count - 1)"), "fraction");
    wrong(&beats("$power(4, -1)"), "fraction");
    wrong(&beats("$power(4, $states.input.signed)"), "never below 0");
    wrong(&beats("$power(4, -$states.input.count)"), "fraction");
    fine(&beats("$power(2, $states.input.count)"));
    fine(&beats("$power(2, $states.input.count + 1)"));
}

#[test]
fn what_is_declared_to_be_anything_is_asked_beside_an_object_without_the_key() {
    let states = r#""A": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $states.input.count > 1 %}",
            "Output": "{% $states.input.any %}", "Next": "B" }], "Default": "B", "Output": "{% {'x': 1} %}" },
        "B": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $substringBefore('DONE', $states.input.kind) %}", "End": true }"#;
    wrong(&said_of(&IN, states, ANY, true), "declared to be anything");
}

#[test]
fn what_has_no_such_field_is_left_by_a_choice_without_a_default() {
    let states = r#""A": { "Type": "Choice", "QueryLanguage": "JSONata", "Default": "B", "Choices": [
            { "Condition": "{% $states.input.count > 1 %}", "Output": [1], "Next": "B" }] },
        "B": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $states.input.right.b = 'x' %}", "Next": "C" }] },
        "C": { "Type": "Succeed" }"#;
    wrong(&said(states, ANY), "choice-may-not-match");
    let whole = states
        .replace("$states.input.right.b = 'x'", "$exists($states.input.b)")
        .replace("Output\": [1]", "Output\": { \"b\": 1 }");
    wrong(&said(&whole, ANY), "choice-may-not-match");
}

#[test]
fn a_function_that_calls_itself_walks_what_holds_itself() {
    const TREE: Shape = object!(
        "Tree",
        required("value", &["value"], i32::SHAPE),
        required("children", &["children"], &Shape::Array(&Shape::Recursive(0))),
    );
    let walk = |expression: &str, output| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said_of(&TREE, &states, output, false)
    };
    fine(&walk(
        "($sum_of := function($t) { $t.value + $sum([$t.children.($sum_of($))]) }; $sum_of($states.input))",
        f64::SHAPE,
    ));
    fine(&walk(
        "($names := function($t) { [$string($t.value), $t.children.($names($))] }; [$names($states.input)])",
        ANY,
    ));
    wrong(
        &walk("($f := function($t) { $t.valeu + $sum([$t.children.($f($))]) }; $f($states.input))", ANY),
        "did you mean `value`",
    );
    // The type changes on the way.
    wrong(&walk("($f := function($t) { $t.value + $f($t.children) }; $f($states.input))", ANY), "");
}

#[test]
fn what_something_is_found_in_has_items() {
    fine(&query("5 in $states.input.lines.price ? $max($states.input.lines.price) : 0", f64::SHAPE));
    wrong(
        &query("$not(5 in $states.input.lines.price) ? $max($states.input.lines.price) : 0", f64::SHAPE),
        "",
    );
}

#[test]
fn an_answer_without_the_key_of_another_way_is_told() {
    let states = |read: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {{ "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:x" }},
            "Catch": [{{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.r", "Next": "B" }}], "Next": "B" }},
        "B": {{ {read} }}"#
        )
    };
    wrong(&said(&states(r#""Type": "Pass", "InputPath": "$.r", "End": true"#), ANY), "no-such-field");
    wrong(
        &said(&states(r#""Type": "Pass", "Parameters": { "x.$": "$.r" }, "End": true"#), ANY),
        "no-such-field",
    );
    wrong(
        &said(
            &states(
                r#""Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.r %}", "End": true"#,
            ),
            ANY,
        ),
        "no-such-field",
    );
}

#[test]
fn a_group_that_may_take_no_part_in_a_match_is_no_text_for_certain() {
    const TEXTS: &Shape = &Shape::Array(&Shape::String);
    let found = |pattern: &str| format!("[$match('ab', {pattern}).groups]");
    for pattern in [
        "/(a)|(b)/",
        "/(a)?b/",
        "/a(b)*/",
        "/(?:x(a))?b/",
        "/(a){0,1}/",
        "/(?!(x))a/",
        "/((a)|b)+/",
        "/(?:(a)b)*/",
        "/(?<!(x))a/",
        "/(?<n>a)?b/",
    ] {
        let said = query(&found(pattern), TEXTS);
        assert!(said.iter().any(|said| said.contains("null")), "{pattern}: {said:#?}");
        wrong(&query(&format!("$join({})", found(pattern)), &Shape::String), "expected a string");
    }
    for pattern in [
        "/(a)/",
        "/a/",
        r"/(a)\\|(b)/",
        "/[|](a)/",
        "/(a)+b/",
        "/(a){2}/",
        "/(?:a(b))/",
        "/(foo|bar)/",
        r"/(\\w+)\\s?(\\d+)/",
        r"/(\\d+)(?:px)?/",
        "/([a-z])[-_]?x/",
        "/(?:a|b)(c)/",
        "/(?<=x)(a)/",
        "/(?!x)(a)/",
        "/(a)+?b/",
    ] {
        fine(&query(&found(pattern), TEXTS));
    }
    // A function that makes the replacement gets the same.
    let replaced = |pattern: &str, made: &str| {
        query(&format!("$replace('x', {pattern}, function($m) {{ {made} }})"), &Shape::String)
    };
    wrong(&replaced("/(a)|b/", "$join($m.groups)"), "expected a string");
    fine(&replaced("/(a)b/", "$join($m.groups)"));
}

#[test]
fn what_a_service_answers_has_positions_where_it_is_an_array() {
    let of = |expression: &str, strict: bool| {
        let states = format!(
            r#""A": {{ "Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::ecs:runTask.sync",
                "Arguments": {{ "TaskDefinition": "x" }}, "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said_of(&IN, &states, ANY, strict)
    };
    for expression in ["$states.result[1]", "$states.result[-2]", "$states.result[9].TaskArn"] {
        assert!(!of(expression, false).is_empty(), "{expression}");
    }
    for expression in ["$states.result[0]", "$states.result[-1].TaskArn", "$states.result.Containers[1]"] {
        fine(&of(expression, false));
    }
    assert!(!of("$states.result.Containers[1]", true).is_empty());
}

#[test]
fn keys_are_an_array_where_two_of_them_are_there_for_certain() {
    let texts = <Vec<String>>::SHAPE;
    for object in [
        "{'a': 1, 'b': 2}",
        "{'a': $states.input.count, 'b': $states.input.signed}",
        "{'a': 1, 'b': $states.input.left.b, 'c': $states}",
    ] {
        fine(&query(&format!("$keys({object})"), texts));
    }
    for object in
        ["{'a': 1, 'b': $states.input.left.b}", "{'a': $states.input.left.b, 'b': $states.input.right.b}"]
    {
        wrong(&query(&format!("$keys({object})"), texts), "it may be missing");
    }
    wrong(&query("$keys({'a': $states.input.left.b})", ANY), "may be missing");
    fine(&query("$exists($states.input.left.b) ? $keys({'a': $states.input.left.b}) : ''", ANY));
    fine(&query("[$keys({'a': $states.input.left.b, 'c': 1})]", texts));
}

#[test]
fn of_items_that_are_declared_to_be_anything_there_may_be_none() {
    const ANYTHING: Shape = object!("Anything", required("all", &["all"], &Shape::Array(&Shape::Any)));
    let of = |expression: &str, strict: bool| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said_of(&ANYTHING, &states, ANY, strict)
    };
    wrong(&of("$states.input.all.b", false), "nothing, one value, or an array");
    fine(&of("$states.input.all[0] != null ? $states.input.all[0].b : ''", false));
    fine(&of("[$states.input.all.b]", false));
    assert!(!of("$states.input.all.b", true).is_empty());
}

#[test]
fn a_condition_on_the_items_of_a_list_is_not_always_true() {
    const SWITCH: Shape = object!("Switch", required("on", &["on"], &Shape::Boolean));
    const SWITCHES: Shape = object!("Switches", required("all", &["all"], &Shape::Array(&SWITCH)));
    let of = |rest: &str| {
        let states = format!(
            r#""A": {{ "Type": "Map", "QueryLanguage": "JSONata", "Items": "{{% [$states.input.all.on] %}}", "End": true,
                "ItemProcessor": {{ "StartAt": "C", "States": {{
                    "C": {{ "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{{ "Condition": "{{% $states.input %}}", "Next": "D" }}{rest}] }},
                    "D": {{ "Type": "Pass", "End": true }} }} }} }}"#
        );
        said_of(&SWITCHES, &states, ANY, false)
    };
    wrong(&of(""), "choice-may-not-match");
    fine(&of(r#", { "Condition": "{% $not($states.input) %}", "Next": "D" }"#));
}

#[test]
fn what_is_taken_of_an_array_that_stays_one_may_stay_one() {
    for of in [
        "$states.input.rows[][0][0]",
        "$states.input.lines[][0].price",
        "($x := $states.input.rows; $x[][0][0])",
    ] {
        assert!(!query(&format!("$abs($exists({of}) ? {of} : 1)"), ANY).is_empty(), "{of}");
    }
}

#[test]
fn a_range_to_what_may_be_missing_may_be_empty() {
    wrong(&query("$min([1..($random() < 0.5 ? 1)])", ANY), "nothing");
    fine(&query("$min([1..1])", ANY));
}

#[test]
fn what_comes_to_nothing_is_not_called() {
    wrong(
        &query("$exists(($f := $states.context.State.Nope; $f($states)))", ANY),
        "expected a function, found nothing",
    );
}

#[test]
fn of_arrays_that_are_merged_there_may_be_none() {
    const MADE: &Shape = &object!("Made", required("sku", &["sku"], &Shape::String));
    for merged in ["$states.input.lines", "$random() < 0.5 ? $states.input.lines : $states.input.lines[1]"] {
        assert!(!query(&format!("$merge([{{'x': 1}}, {merged}])"), MADE).is_empty(), "{merged}");
    }
}

#[test]
fn an_array_among_items_is_a_group_where_objects_are_made_of_them() {
    const MADE: &Shape = &Shape::Array(&object!("Made", required("s", &["s"], &Shape::String)));
    wrong(&query("[$states.input.rows.{'c': $}]", ANY), "array");
    fine(&query("[$map($states.input.rows, function($row) { {'c': $row} })]", ANY));
    wrong(&query("[[[1, 2], []].{'c': $}].c", ANY), "nothing, one value, or an array");
    for of in [
        "[$states.input.rows.{'c': 1}]",
        "[$states.input.lines.{'c': $}]",
        "[$states.input.lines.{'c': $.sku}]",
    ] {
        fine(&query(of, ANY));
    }
    fine(&query("[$states.input.lines.{'c': $, 's': sku}]", MADE));
}

#[test]
fn a_key_that_one_way_puts_there_is_read_of_each_item_on_another() {
    let both = |own: &str, expression: &str, output| {
        let states = format!(
            r#""A": {{ "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [
                    {{ "Condition": "{{% $states.input.count > 1 %}}", "Output": "{{% $states.input.lines %}}", "Next": "Z" }},
                    {{ "Condition": "{{% $states.input.count > 0 %}}", "Output": "{{% $states.input.left %}}", "Next": "Z" }}],
                "Default": "B", "Output": "{{% {{'sku': {own}}} %}}" }},
            "B": {{ "Type": "Pass", "Next": "Z" }},
            "Z": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said(&states, output)
    };
    wrong(&both("'x'", "$states.input.sku", ANY), "may be missing");
    // Of some lines it is their texts, so it is no number and no single text.
    wrong(&both("'x'", "$exists($states.input.sku) ? $states.input.sku : ''", &Shape::String), "");
    fine(&both("'x'", "[$states.input.sku]", <Vec<String>>::SHAPE));
    wrong(&both("1", "[$states.input.sku]", <Vec<u32>>::SHAPE), "found a string");
}

#[test]
fn what_a_reduction_begins_with_is_there() {
    let of =
        |initial: &str| query(&format!("'' & $reduce([1, 2], function($a, $b) {{ $a }}, {initial})"), ANY);
    wrong(&of("$states.input.left.b"), "it may be missing");
    for initial in [
        "$states.input.count",
        "'x'",
        "$exists($states.input.left.b) ? $states.input.left.b : ''",
        "$states.input.any",
    ] {
        fine(&of(initial));
    }
}

#[test]
fn what_is_computed_of_a_fraction_is_no_amount() {
    const SHARE: Shape = object!(
        "Share",
        required("share", &["share"], &Shape::Number),
        required("n", &["n"], u32::SHAPE),
        required("a", &["a"], i32::SHAPE)
    );
    let of = |expression: &str| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": {{ "s": "{{% {expression} %}}" }}, "Next": "B" }},
            "B": {{ "Type": "Wait", "SecondsPath": "$.s", "End": true }}"#
        );
        said_of(&SHARE, &states, ANY, false)
    };
    for expression in
        ["$abs($states.input.share)", "$states.input.share * 2", "$states.input.n + $states.input.share"]
    {
        wrong(&of(expression), "an integer");
    }
    // The exponent is the second, whatever the fields are called.
    for expression in ["$power($states.input.n, $states.input.a)", "$power(2, $states.input.a)"] {
        assert!(!of(expression).is_empty(), "{expression}");
    }
    for expression in [
        "$floor($states.input.share)",
        "$abs($states.input.n)",
        "$round($states.input.share * 2)",
        "$power($states.input.a, 2)",
        "$power($states.input.a, $states.input.n)",
    ] {
        assert!(!of(expression).iter().any(|said| said.contains("an integer")), "{:#?}", of(expression));
    }
}

#[test]
fn what_is_computed_of_what_is_there_is_there() {
    const OUT: Shape = object!("Out", required("total", &["total"], &Shape::Any));
    const MAY: Shape = object!("May", optional("total", &["total"], &Shape::Any));
    let read = |expression: &str, then: &str| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "Next": "B" }}, "B": {{ {then}, "End": true }}"#
        );
        said(&states, ANY)
    };
    let jsonata = r#""Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.total %}""#;
    let path = r#""Type": "Pass", "InputPath": "$.total""#;
    for there in [
        "$states.input.count * 2",
        "-$states.input.count",
        "$round($states.input.count / 3)",
        "$length($string($states.input.count))",
        "$uppercase($states.input.left.a & 'x')",
        "$states.input.count > 1 ? $states.input.count * 2 : $states.input.left.a + 1",
    ] {
        let made = format!("{{'total': {there}, 'x': 1}}");
        fine(&query(&made, &OUT));
        fine(&read(&made, jsonata));
        fine(&read(&made, path));
        fine(&query(&format!("$merge([{made}, {{'y': 1}}]).total"), ANY));
    }
    for gone in
        ["$length($states.input.left.b)", "$uppercase($states.input.left.b)", "$states.input.left.b ~> $trim"]
    {
        let made = format!("{{'total': {gone}, 'x': 1}}");
        for said in [query(&made, &OUT), read(&made, jsonata), read(&made, path)] {
            wrong(&said, "missing");
        }
        let fits = query(&made, &MAY);
        assert!(!fits.iter().any(|said| said.contains("missing")), "{fits:#?}");
    }
    // Where another way has it not, nothing that is there makes it so.
    let other = r#""B": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $random() < 0.5 ? {'total': $states.input.count * 2} : {} %}", "Next": "C" }"#;
    let states =
        format!(r#""A": {{ "Type": "Pass", "Next": "B" }}, {other}, "C": {{ {jsonata}, "End": true }}"#);
    wrong(&said(&states, ANY), "missing");
}
