//! Cases that fresh seeds of the soundness tests found, kind by kind: those that fail are refused, and correct ones beside them are not.

use super::sink_tests::{made, required, said_of};
use crate::shape::{EnumShape, Field, Given, Made, ObjectShape, Shape, StateData};

const fn optional(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

macro_rules! object {
    ($name:literal, $($field:expr),* $(,)?) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const LINE: Shape = object!("Line", required("id", &["id"], &Shape::String));
const LIST: Shape = object!(
    "List",
    required("id", &["id"], &Shape::String),
    optional("next", &["next"], &Shape::Nullable(&Shape::Recursive(0))),
);
const IN: Shape = object!(
    "In",
    required("maybe", &["maybe"], &Shape::Nullable(&LINE)),
    required("map", &["map"], &Shape::Map(&LINE)),
    required("nulls", &["nulls"], &Shape::Map(&Shape::Nullable(&LINE))),
    required("lines", &["lines"], &Shape::Array(&LINE)),
    required("deep", &["deep"], &Shape::Array(&Shape::Array(&Shape::Array(&Shape::String)))),
    required("texts", &["texts"], &Shape::Array(&Shape::String)),
    required("pair", &["pair"], &Shape::Tuple(&[&Shape::Number, &LINE])),
    required("text", &["text"], &Shape::String),
    required("whole", &["whole"], i64::SHAPE),
    required("unsigned", &["unsigned"], u32::SHAPE),
    required("float", &["float"], f64::SHAPE),
    required("any", &["any"], &Shape::Any),
    required("anys", &["anys"], &Shape::Array(&Shape::Any)),
    required("more", &["more"], &Shape::Array(&Shape::Array(&Shape::Any))),
    required("list", &["list"], &LIST),
    required("aliased", &["aliased"], &ALIASED),
);
const ALIASED: Shape =
    Shape::Enum(&EnumShape { name: "Aliased", variants: &["NEW", "DONE"], also_given: &["new"] });
const PLAIN: Shape = Shape::Enum(&EnumShape { name: "Plain", variants: &["NEW", "DONE"], also_given: &[] });

const OTHER: Shape = object!("Other", required("id", &["id"], &Shape::Boolean));

/// Returns the diagnostics of a machine over [`IN`].
fn said(states: &str, output: &'static Shape) -> Vec<String> {
    said_of(&IN, states, output, false)
}

/// Returns the diagnostics of an expression of JSONata.
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

#[test]
fn items_of_a_path_through_what_may_be_missing_are_what_it_leads_to() {
    wrong(&query("[$states.input.maybe.id]", <Vec<u32>>::SHAPE), "found a string");
    wrong(&query("[$states.input.map.k.id]", <Vec<u32>>::SHAPE), "found a string");
    wrong(&query("{'x': $states.input.maybe.id}", &Shape::Map(u32::SHAPE)), "found a string");
    fine(&query("[$states.input.maybe.id]", <Vec<String>>::SHAPE));
    fine(&query("[$states.input.map.k.id]", <Vec<String>>::SHAPE));
}

#[test]
fn what_is_made_of_each_of_several_is_these_one_by_one() {
    wrong(&query("[$states.input.deep.$]", &Shape::Array(&Shape::Array(&Shape::Any))), "does-not-fit");
    wrong(&query("[$states.input.deep.($[])]", &Shape::Array(&Shape::Array(&Shape::Any))), "does-not-fit");
    fine(&query("[$states.input.lines.(id)]", <Vec<String>>::SHAPE));
}

#[test]
fn a_path_with_a_parent_goes_through_arrays_at_its_end_as_well() {
    wrong(&query("$states.input.%.input.texts", &Shape::Any), "as many values as there are items");
    fine(&query("$states.input.%.input.text", <String>::SHAPE));
    fine(&query("[$states.input.%.input.text]", <Vec<String>>::SHAPE));
}

#[test]
fn an_array_that_is_written_and_empty_stays_one() {
    wrong(&query("$formatNumber(0, '#,##0', [].input.c)", &Shape::Any), "expected an object");
}

#[test]
fn the_function_that_sorts_is_given_two() {
    wrong(&query("$sort([1, 2], $string)", &Shape::Any), "expected a boolean");
    wrong(&query("$sort([1, 2], $sum)", &Shape::Any), "at most 1 arguments");
    fine(&query("$sort($states.input.texts, function($a, $b) { $a > $b })[0] ~> $exists()", bool::SHAPE));
}

#[test]
fn a_number_that_a_function_never_takes_is_refused() {
    for call in [
        "$split('a b', ' ', -1)",
        "$match('ab', /a/, -2)",
        "$replace('a', 'b', 'c', -1)",
        "$sqrt(-4)",
        "$formatBase(10, 1)",
        "$formatBase(10, 37)",
    ] {
        wrong(&query(call, &Shape::Any), "wrong-type");
    }
    for call in [
        "$split('a b', ' ', 0)",
        "$sqrt($states.input.whole)",
        "$sqrt(0)",
        "$formatBase(10, 36)",
        "$formatBase(10)",
    ] {
        fine(&query(call, &Shape::Any));
    }
}

#[test]
fn what_is_called_must_be_there_even_where_the_whole_is_asked_for() {
    wrong(&query("$exists($states ~> $f)", bool::SHAPE), "unassigned-variable");
    wrong(&query("$exists($states ~> $states.context.Map.Item.Key)", bool::SHAPE), "wrong-type");
    fine(&query("$exists($states.context.Map)", bool::SHAPE));
    fine(&query("$exists($states.input.text ~> $length)", bool::SHAPE));
}

#[test]
fn what_a_function_makes_of_nothing_is_nothing() {
    let states = r#"
        "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": { "QueueUrl": "q", "MessageBody": "b" },
            "ResultPath": null, "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "B" }], "Next": "B" },
        "B": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.text.$uppercase() %}", "End": true }"#;
    wrong(&said(states, &Shape::Any), "may come to nothing");
}

#[test]
fn an_object_is_its_own_first_item_in_a_condition() {
    let states = r#"
        "A": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $states.input[0] != null %}", "Next": "B" }], "Default": "C" },
        "B": { "Type": "Pass", "InputPath": "$.nowhere", "End": true }, "C": { "Type": "Succeed" }"#;
    wrong(&said(states, &Shape::Any), "no-such-field");
}

#[test]
fn an_array_of_which_more_is_known_is_still_no_object() {
    let states = r#"
        "A": { "Type": "Pass", "InputPath": "$.pair", "Next": "B" },
        "B": { "Type": "Choice", "Choices": [{ "Variable": "$[1].id", "StringEquals": "x", "Next": "C" }], "Default": "C" },
        "C": { "Type": "Pass", "ResultPath": "$.r", "End": true }"#;
    wrong(&said(states, &Shape::Any), "expected an object");
}

#[test]
fn what_nothing_leads_to_is_taken_by_no_rule() {
    let states = r#"
        "A": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": [1], "Next": "B" },
        "B": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $states.input[1] = 'A' %}", "Next": "C" }] },
        "C": { "Type": "Succeed" }"#;
    wrong(&said(states, &Shape::Any), "choice-may-not-match");
}

#[test]
fn rules_that_take_all_numbers_leave_what_is_none() {
    let rules = |field: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [
                {{ "Variable": "$.{field}", "NumericLessThan": 5, "Next": "B" }},
                {{ "Variable": "$.{field}", "NumericGreaterThanEquals": 5, "Next": "B" }}] }}, "B": {{ "Type": "Succeed" }}"#
        )
    };
    wrong(&said(&rules("any"), &Shape::Any), "choice-may-not-match");
    fine(&said(&rules("whole"), &Shape::Any));
    fine(&said(&rules("float"), &Shape::Any));
}

#[test]
fn a_number_of_anything_may_lie_between_two_whole_ones() {
    let states = r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.any", "IsNumeric": true, "Next": "B" }], "Default": "C" },
        "B": { "Type": "Choice", "Choices": [
            { "Variable": "$.any", "NumericLessThanEquals": 4, "Next": "C" },
            { "Variable": "$.any", "NumericGreaterThanEquals": 5, "Next": "C" }] }, "C": { "Type": "Succeed" }"#;
    wrong(&said(states, &Shape::Any), "choice-may-not-match");
    wrong(&said(&states.replace("$.any", "$.float"), &Shape::Any), "choice-may-not-match");
    fine(&said(&states.replace("$.any", "$.whole"), &Shape::Any));
}

#[test]
fn what_is_declared_to_be_anything_is_what_a_test_says() {
    let tested = |test: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.any", "{test}": true, "Next": "B" }}], "Default": "C" }},
            "B": {{ "Type": "Pass", "InputPath": "$.any", "End": true }}, "C": {{ "Type": "Fail" }}"#
        )
    };
    wrong(&said(&tested("IsNumeric"), String::SHAPE), "expected a string, found a number");
    fine(&said(&tested("IsNumeric"), f64::SHAPE));
    // No condition distinguishes a whole number.
    fine(&said(&tested("IsNumeric"), i64::SHAPE));
    fine(&said(&tested("IsNumeric"), u8::SHAPE));
    fine(&said(&tested("IsString"), String::SHAPE));
}

#[test]
fn a_comparison_with_a_number_says_how_large_an_integer_is() {
    let behind = |test: &str, next: &str| {
        let other = if next == "B" { "C" } else { "B" };
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.whole", {test}, "Next": "{next}" }}], "Default": "{other}" }},
            "B": {{ "Type": "Pass", "InputPath": "$.whole", "End": true }}, "C": {{ "Type": "Fail" }}"#
        )
    };
    fine(&said(&behind(r#""NumericGreaterThanEquals": 0"#, "B"), u64::SHAPE));
    fine(&said(&behind(r#""NumericGreaterThan": -0.5"#, "B"), u64::SHAPE));
    fine(&said(&behind(r#""NumericLessThan": 0"#, "C"), u64::SHAPE));
    wrong(&said(&behind(r#""NumericGreaterThan": -2"#, "B"), u64::SHAPE), "found an integer from -1");
    wrong(&said(&behind(r#""NumericLessThanEquals": 0"#, "B"), u64::SHAPE), "to 0");
    fine(&query("$states.input.whole >= 0 ? $states.input.whole : 0", u64::SHAPE));
    fine(&query("$states.input.whole < 0 ? 0 : $states.input.whole", u64::SHAPE));
    wrong(&query("$states.input.whole > 0 ? 0 : $states.input.whole", u64::SHAPE), "to 0");
}

#[test]
fn numbers_that_are_negated_or_drawn_are_as_large_as_their_parts() {
    wrong(&query("-$states.input.unsigned", i32::SHAPE), "found an integer from -4294967295 to 0");
    fine(&query("-$states.input.unsigned", i64::SHAPE));
    fine(&query("-$states.input.whole", i64::SHAPE));
    wrong(&made(&IN, "States.MathRandom(1, $.unsigned)", i32::SHAPE), "found an integer");
    fine(&made(&IN, "States.MathRandom(1, $.unsigned)", u32::SHAPE));
    wrong(
        &said(
            r#""A": { "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $power(2, $states.input.whole) %}", "End": true }"#,
            &Shape::Any,
        ),
        "never below 0",
    );
}

#[test]
fn what_is_computed_of_a_fraction_is_no_whole_number() {
    let wait = |seconds: &str| {
        let states = format!(
            r#""A": {{ "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{{% {seconds} %}}", "End": true }}"#
        );
        said(&states, &Shape::Any)
    };
    wrong(&wait("-($states.input.float + $states.input.whole)"), "expected an integer");
    fine(&wait("-($states.input.whole + 1) + $round($states.input.float)"));
}

#[test]
fn an_alias_is_passed_on_as_it_came_in() {
    wrong(&made(&IN, "$.aliased", &PLAIN), "expected `Plain`");
    fine(&made(&IN, "$.aliased", &ALIASED));
}

#[test]
fn arrays_written_inside_of_another_are_no_objects_to_merge() {
    wrong(&query("$merge([[], {'a': 1}])", &Shape::Any), "expected an object, found an array");
    fine(&query("$merge([$states.input.lines, {'a': 1}])", &Shape::Any));
}

#[test]
fn a_strict_machine_reads_nothing_that_no_table_and_no_type_tells() {
    let asked = |resource: &str| {
        format!(
            r#""A": {{ "Type": "Task", "QueryLanguage": "JSONata", "Resource": "{resource}", "Arguments": {{}}, "Next": "B" }},
            "B": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% $states.input.Other %}}", "End": true }}"#
        )
    };
    let service = asked("arn:aws:states:::aws-sdk:sts:getCallerIdentity");
    wrong(&said_of(&IN, &service, &Shape::Any, true), "no-such-field");
    let activity = asked("arn:aws:states:us-east-1:123456789012:activity:x");
    wrong(&said_of(&IN, &activity, &Shape::Any, true), "cannot-tell");
    fine(&said_of(&IN, &activity, &Shape::Any, false));
}

#[test]
fn a_time_that_a_service_answers_is_a_text_or_a_number() {
    let read = |path: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": {{ "StateMachineArn": "a" }},
            "OutputPath": "{path}", "End": true }}"#
        )
    };
    wrong(&said(&read("$.StartDate"), u64::SHAPE), "found a");
    wrong(&said(&read("$.StartDate"), String::SHAPE), "found a");
    fine(&said(&read("$.StartDate"), &Shape::Any));
    fine(&said(&read("$.ExecutionArn"), String::SHAPE));
}

#[test]
fn a_structure_that_holds_itself_is_walked_down_by_a_loop() {
    let walk = r#"
        "A": { "Type": "Pass", "InputPath": "$.list", "Next": "C" },
        "C": { "Type": "Choice", "Choices": [{ "And": [
            { "Variable": "$.next", "IsPresent": true }, { "Not": { "Variable": "$.next", "IsNull": true } }], "Next": "D" }], "Default": "E" },
        "D": { "Type": "Pass", "InputPath": "$.next", "Next": "C" }, "E": { "Type": "Succeed" }"#;
    fine(&said(walk, &LIST));
    let wrong_end = said(walk, &OTHER);
    wrong(&wrong_end, "expected a boolean");
    assert_eq!(wrong_end.len(), 1, "{wrong_end:#?}");
    let held = r#"
        "A": { "Type": "Pass", "Parameters": { "at.$": "$.list", "sum": 0 }, "Next": "C" },
        "C": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $states.input.at.next != null %}", "Next": "D" }], "Default": "E" },
        "D": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": { "at": "{% $states.input.at.next %}", "sum": "{% $states.input.sum + 1 %}" }, "Next": "C" },
        "E": { "Type": "Pass", "InputPath": "$.at", "End": true }"#;
    fine(&said(held, &LIST));
    // Where each link is of another type, nothing is known of all of them.
    let chain = walk.replace("$.list", "$.chain");
    let chained = said_of(&CHAINED, &chain, &Shape::Any, false);
    wrong(&chained, "it changes with every round of a loop");
}

/// A chain that ends somewhere: each of its links is of a type of its own.
const CHAINED: Shape = object!("Chained", required("chain", &["chain"], &C7));
macro_rules! link {
    ($name:ident, $next:expr) => {
        const $name: Shape = object!("Link", optional("next", &["next"], &Shape::Nullable(&$next)));
    };
}
link!(C1, Shape::String);
link!(C2, C1);
link!(C3, C2);
link!(C4, C3);
link!(C5, C4);
link!(C6, C5);
link!(C7, C6);

#[test]
fn a_result_is_written_through_what_may_be_missing_but_not_through_null() {
    let write = |path: &str| format!(r#""A": {{ "Type": "Pass", "ResultPath": "{path}", "End": true }}"#);
    wrong(&said(&write("$.nulls.k.r"), &Shape::Any), "found `Line` or null");
    fine(&said(&write("$.map.k.r"), &Shape::Any));
}

#[test]
fn one_value_stays_an_array_of_a_path_and_of_what_gives_several() {
    wrong(&query("($v := $states.input.text; $v[])", <Vec<String>>::SHAPE), "found a string");
    wrong(&query("($states.input.text)[]", <Vec<String>>::SHAPE), "found a string");
    fine(&query("$states.input.text[]", <Vec<String>>::SHAPE));
    fine(&query("{'x': $filter($states.input.texts, $boolean)[]}", &Shape::Map(<Vec<String>>::SHAPE)));
}

#[test]
fn a_function_takes_the_place_of_a_variable_of_its_name() {
    let states = r#"
        "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": { "QueueUrl": "q", "MessageBody": "b" },
            "ResultPath": null, "Catch": [{ "ErrorEquals": ["States.ALL"], "Assign": { "count": 1 }, "Next": "B" }], "Next": "B" },
        "B": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $exists($count) ? $count : 0 %}", "End": true }"#;
    wrong(&said(states, &Shape::Any), "unassigned-variable");
}

#[test]
fn what_one_edge_need_not_have_makes_nothing_of_a_sum() {
    let states = r#"
        "A": { "Type": "Choice", "Choices": [{ "Variable": "$.text", "StringEquals": "x", "Next": "B" }], "Default": "C" },
        "B": { "Type": "Pass", "Parameters": { "n": 1 }, "Next": "D" }, "C": { "Type": "Pass", "InputPath": "$.text", "Next": "D" },
        "D": { "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% ($states.input.n * 2).$floor() %}", "End": true }"#;
    assert!(!said(states, &Shape::Any).is_empty());
}

#[test]
fn a_strict_machine_asks_nothing_of_what_a_type_declares_to_be_anything() {
    let strict = |states: &str, output: &'static Shape| said_of(&IN, states, output, true);
    let pass = |path: &str| format!(r#""A": {{ "Type": "Pass", "InputPath": "{path}", "End": true }}"#);
    wrong(&strict(&pass("$.any.b"), &Shape::Any), "declared to be anything");
    wrong(&strict(&pass("$.any"), String::SHAPE), "declared to be anything");
    fine(&strict(&pass("$.any"), &Shape::Any));
    let tested = |test: &str, path: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [{{ {test}, "Next": "B" }}], "Default": "C" }},
            "B": {{ "Type": "Pass", "InputPath": "{path}", "End": true }}, "C": {{ "Type": "Fail" }}"#
        )
    };
    fine(&strict(&tested(r#""Variable": "$.any", "IsString": true"#, "$.any"), String::SHAPE));
    let present = r#""Variable": "$.any.b", "IsPresent": true"#;
    fine(&strict(&tested(present, "$.any.b"), &Shape::Any));
    wrong(&strict(&tested(present, "$.any.b.c"), &Shape::Any), "declared to be anything");
}

#[test]
fn what_is_bound_to_nothing_is_no_function() {
    wrong(&query("($count := 'x'.**.kind; $count(1))", &Shape::Any), "found nothing");
    wrong(&query("($f := $states.input.texts[0 = 1].x; $f(1))", &Shape::Any), "expected a function");
    fine(&query("($f := function($x) { $x }; $f(1))", f64::SHAPE));
}

#[test]
fn an_array_written_as_a_step_stays_one_among_several() {
    let all = |expression: &str| query(expression, <Vec<String>>::SHAPE);
    wrong(&all("[$states.input.lines.[id]]"), "does-not-fit");
    wrong(&all("($v := [1, 2]; ['x', $v.['a']])"), "does-not-fit");
    wrong(&all("['x', $states.input.maybe.['a'], [1, 2].['b']]"), "does-not-fit");
    wrong(&query("$sum([0, [1, 2].[3]])", f64::SHAPE), "expected a number");
    wrong(&all("[[1, 2].($states.input.lines.[id])]"), "does-not-fit");
    fine(&all("$states.input.pair[1].[id]"));
    fine(&query("[$states.input.lines.[id]]", &Shape::Array(&Shape::Any)));
    fine(&all("$states.input.list.[id, id]"));
}

#[test]
fn presence_asked_of_what_cannot_be_there_takes_nothing() {
    let choice = |condition: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{{ "Condition": "{{% {condition} %}}", "Next": "B" }}] }},
            "B": {{ "Type": "Succeed" }}"#
        )
    };
    wrong(&said(&choice("$exists($states.input.nowhere.a)"), &Shape::Any), "choice-may-not-match");
    wrong(&said(&choice("$exists($states.input.text.a.b)"), &Shape::Any), "choice-may-not-match");
}

#[test]
fn a_strict_machine_leans_on_no_part_of_what_is_anything() {
    let after = |expression: &str| {
        let states = format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:x", "Next": "B" }},
            "B": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said_of(&IN, &states, &Shape::Any, true)
    };
    for part in [
        "$states.input[0]",
        "$states.input[$ = 1]",
        "$states.input.*",
        "$states.input.$uppercase('X')",
        "$states.input.('X')",
        "$states.input^($)",
        "$reduce($states.input, function($i, $k) { 1 })",
        "$states.input.x.$uppercase('X')",
        "$states.input@$x.(1)",
    ] {
        assert!(!after(part).is_empty(), "{part}");
    }
    fine(&after("$states.input"));
    fine(&after("[$states.input[0]]"));
    fine(&after("$count($states.input)"));
    let of_type = |expression: &str| {
        let states = format!(
            r#""B": {{ "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{{% {expression} %}}", "End": true }}"#
        );
        said_of(&IN, &states.replace("\"B\"", "\"A\""), &Shape::Any, true)
    };
    for part in ["$states.input.any[0]", "$states.input.any.*", "$states.input.any.$uppercase('X')"] {
        assert!(!of_type(part).is_empty(), "{part}");
    }
    fine(&of_type("[$states.input.any[0]]"));
}

#[test]
fn a_strict_machine_tells_what_is_anything_from_a_caught_error() {
    let states = r#"
        "A": { "Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:x", "ResultPath": "$.a", "OutputPath": "$.any",
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "B" }], "Next": "B" },
        "B": { "Type": "Pass", "InputPath": "$.Cause", "End": true }"#;
    wrong(&said_of(&IN, states, &Shape::Any, true), "declared to be anything");
    fine(&said_of(&IN, states, &Shape::Any, false));
}

#[test]
fn what_is_anywhere_in_a_value_is_changed_and_told_by_a_field() {
    fine(&query("$states.input ~> |**|{}, 'id'|", &Shape::Any));
    fine(&query("$states.input ~> |*|{'seen': true}|", &Shape::Any));
    wrong(&query("$states.input ~> |text|{'seen': true}|", &Shape::Any), "expected an object");
    wrong(&query("$states.input ~> |**|{}, 'id'|", &IN), "cannot be determined");
    fine(&query("[$states.input.**[id = 'x'].id]", &Shape::Array(&Shape::Any)));
    fine(&query("$count($states.input.lines.**[id = 'x'])", u32::SHAPE));
    fine(&query("[$states.input.list.**[id > 'a'].id]", <Vec<String>>::SHAPE));
    // The map may hold such a key.
    wrong(&query("[$states.input.**[whole > 1].text]", <Vec<String>>::SHAPE), "found `Line`");
}

#[test]
fn the_only_item_of_an_array_that_is_written_is_itself() {
    fine(&query("[$states.input.unsigned][0]", u32::SHAPE));
    fine(&query("[$states.input.unsigned][-1]", u32::SHAPE));
    wrong(&query("[$states.input.unsigned][1]", u32::SHAPE), "may");
    wrong(&query("[$states.input.maybe.id][0]", String::SHAPE), "may");
    fine(&query("[[1, 2]][0]", &Shape::Tuple(&[&Shape::Number, &Shape::Number])));
    fine(&query("[$states.input.whole > 0 ? 'x' : 'y'][0]", String::SHAPE));
}

#[test]
fn objects_of_types_are_merged_field_by_field() {
    let map = |above: &str, output| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Parameters": {{ "x.$": "States.JsonMerge({above}, false)" }}, "OutputPath": "$.x", "End": true }}"#
        );
        said_of(&MERGED, &states, output, false)
    };
    fine(&map("$.map, $.pair", &PAIR));
    wrong(&map("$.pair, $.map", &PAIR), "does-not-fit");
    fine(&map("$.pair, $.pair", &PAIR));
    let read = r#""A": { "Type": "Pass", "Parameters": { "x.$": "States.JsonMerge($.pair, $.map, false)" }, "Next": "B" },
        "B": { "Type": "Pass", "Parameters": { "a.$": "$.x.a", "b.$": "$.x.b" }, "End": true }"#;
    fine(&said_of(&MERGED, read, &Shape::Any, false));
    wrong(&said_of(&MERGED, &read.replace("$.x.b", "$.x.c"), &Shape::Any, false), "may be missing");
    let tested = r#""A": { "Type": "Pass", "Parameters": { "x.$": "States.JsonMerge($.pair, $.map, false)" }, "Next": "C" },
        "C": { "Type": "Choice", "Choices": [{ "Variable": "$.x.c", "IsPresent": true, "Next": "B" }], "Default": "D" },
        "B": { "Type": "Pass", "InputPath": "$.x.c", "End": true }, "D": { "Type": "Fail" }"#;
    fine(&said_of(&MERGED, tested, u32::SHAPE, false));
    wrong(&said_of(&MERGED, tested, &Shape::String, false), "expected a string");
}

const PAIR: Shape = object!("Pair", required("a", &["a"], u32::SHAPE), required("b", &["b"], &Shape::String));
const MERGED: Shape = object!(
    "Merged",
    required("pair", &["pair"], &PAIR),
    required("map", &["map"], &Shape::Map(u32::SHAPE)),
);

#[test]
fn a_number_may_equal_what_is_none_at_another_path() {
    let states = r#""A": { "Type": "Choice", "Choices": [{ "And": [
            { "Variable": "$.o", "IsPresent": true }, { "Variable": "$.n", "NumericEqualsPath": "$.o" }], "Next": "B" }], "Default": "C" },
        "B": { "Type": "Pass", "InputPath": "$.o", "End": true }, "C": { "Type": "Fail" }"#;
    wrong(&said_of(&NUMBERS, states, u32::SHAPE, false), "it may be null");
    fine(&said_of(&NUMBERS, &states.replace("\"$.o\", \"End", "\"$.n\", \"End"), u32::SHAPE, false));
}

const NUMBERS: Shape = object!(
    "Numbers",
    required("n", &["n"], u32::SHAPE),
    Field {
        made_as: "o",
        given_as: &["o"],
        shape: &Shape::Nullable(u32::SHAPE),
        made: Made::Always,
        given: Given::Required
    },
);

#[test]
fn what_a_part_is_not_leaves_the_whole_what_it_was() {
    let states = r#""A": { "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{ "Condition": "{% $type($states.input.text) = 'number' %}", "Next": "B" }], "Default": "B" },
        "B": { "Type": "Pass", "End": true }"#;
    wrong(&said_of(&Shape::Nullable(&IN), states, &Shape::Map(&Shape::Any), false), "it may be null");
    fine(&said_of(&IN, states, &Shape::Map(&Shape::Any), false));
    fine(&said_of(&Shape::Nullable(&IN), states, &Shape::Nullable(&Shape::Map(&Shape::Any)), false));
}

#[test]
fn a_field_of_two_names_is_passed_on_to_its_own_type() {
    let states = r#""A": { "Type": "Pass", "End": true }"#;
    fine(&said_of(&NAMED, states, &NAMED, false));
    wrong(&said_of(&NAMED, states, &RENAMED, false), "may be missing");
}

const NAMED: Shape = object!("Named", required("name", &["name", "old"], &Shape::String));
const RENAMED: Shape = object!("Renamed", required("name", &["name"], &Shape::String));

#[test]
fn a_strict_machine_leans_on_no_item_of_what_is_anything() {
    const NUMBERS: &Shape = <Vec<u64>>::SHAPE;
    let selected = |path: &str| {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Parameters": {{ "a.$": "{path}" }}, "OutputPath": "$.a", "End": true }}"#
        );
        said_of(&IN, &states, NUMBERS, true)
    };
    for path in [
        "$.anys[0,1][*]",
        "$.anys[*][*]",
        "$.anys[*]",
        "$.more[0,1][*]",
        "$.more[*][*]",
        "$.any[*]",
        "$.any[*].b",
    ] {
        wrong(&selected(path), "declared to be anything");
    }
    let mapped = |path: &str| {
        let states = format!(
            r#""A": {{ "Type": "Map", "ItemsPath": "$.anys", "ResultSelector": {{ "a.$": "{path}" }}, "OutputPath": "$.a", "End": true,
            "ItemProcessor": {{ "StartAt": "P", "States": {{ "P": {{ "Type": "Pass", "End": true }} }} }} }}"#
        );
        said_of(&IN, &states, NUMBERS, true)
    };
    for path in ["$[*]", "$[0,1][*]", "$[*][*]", "$[0][*]"] {
        wrong(&mapped(path), "declared to be anything");
    }
}

#[test]
fn a_choice_that_asks_of_the_whole_input_loses_no_way() {
    const EMPTY: Shape = object!("Empty",);
    for test in [
        r#""Variable": "$", "IsBoolean": true"#,
        r#""And": [{ "Variable": "$", "IsBoolean": true }]"#,
        r#""Not": { "Variable": "$", "IsBoolean": false }"#,
    ] {
        for made in [
            r#""Type": "Pass", "Result": null"#,
            r#""Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:x""#,
        ] {
            let states = format!(
                r#""A": {{ "Type": "Choice", "Choices": [{{ {test}, "Next": "E" }}], "Default": "T" }},
                "T": {{ {made}, "ResultPath": "$.a", "Next": "E" }},
                "E": {{ "Type": "Pass", "InputPath": "$", "End": true }}"#
            );
            wrong(&said_of(&Shape::Boolean, &states, &EMPTY, false), "expected `Empty`, found a boolean");
            wrong(&said_of(&Shape::Any, &states, &EMPTY, false), "found a boolean");
            fine(&said_of(&LINE, &states, &EMPTY, false));
        }
    }
}
