//! Facts that are known behind a condition, and facts that are not: each from both sides.

use super::*;
use crate::{
    asl,
    shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, StateData},
};

const fn field(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

const fn may(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Maybe, given: Given::Optional }
}

const fn object(name: &'static str, fields: &'static [Field]) -> ObjectShape {
    ObjectShape { name, fields, flattened: &[], deny_unknown_fields: false }
}

const fn tag(name: &'static str, variants: &'static [&'static str]) -> EnumShape {
    EnumShape { name, variants, also_given: &[] }
}

const ITEM: Shape = Shape::Object(&object(
    "Item",
    &[
        field("id", &["id"], <String>::SHAPE),
        field("n", &["n"], <u32>::SHAPE),
        field("note", &["note"], <Option<String>>::SHAPE),
    ],
));

const CARD: Shape = Shape::Object(&object(
    "Payment::Card",
    &[
        field("kind", &["kind"], &Shape::Enum(&tag("Payment", &["Card"]))),
        field("number", &["number"], <String>::SHAPE),
        field("amount", &["amount"], <u32>::SHAPE),
    ],
));
const CASH: Shape = Shape::Object(&object(
    "Payment::Cash",
    &[
        field("kind", &["kind"], &Shape::Enum(&tag("Payment", &["Cash"]))),
        field("amount", &["amount"], <u32>::SHAPE),
    ],
));
const FREE: Shape = Shape::Object(&object(
    "Payment::Free",
    &[
        field("kind", &["kind"], &Shape::Enum(&tag("Payment", &["Free"]))),
        field("number", &["number"], <u32>::SHAPE),
    ],
));
/// `#[serde(tag = "kind")]`
const PAYMENT: Shape = Shape::OneOf(&OneOfShape {
    name: "Payment",
    alternatives: &[&CARD, &CASH, &FREE],
    buffered: true,
    common: &object(
        "Payment",
        &[
            field("kind", &["kind"], &Shape::Enum(&tag("Payment", &["Card", "Cash", "Free"]))),
            may("number", &["number"], &Shape::Mixed),
            may("amount", &["amount"], <u32>::SHAPE),
        ],
    ),
});

const ADJ_N: Shape = Shape::Object(&object(
    "Adj::N",
    &[field("t", &["t"], &Shape::Enum(&tag("Adj", &["N"]))), field("c", &["c"], <u32>::SHAPE)],
));
const ADJ_S: Shape = Shape::Object(&object(
    "Adj::S",
    &[field("t", &["t"], &Shape::Enum(&tag("Adj", &["S"]))), field("c", &["c"], <String>::SHAPE)],
));
/// `#[serde(tag = "t", content = "c")]`
const ADJ: Shape = Shape::OneOf(&OneOfShape {
    name: "Adj",
    alternatives: &[&ADJ_N, &ADJ_S],
    buffered: false,
    common: &object(
        "Adj",
        &[field("t", &["t"], &Shape::Enum(&tag("Adj", &["N", "S"]))), field("c", &["c"], &Shape::Mixed)],
    ),
});

const NEW: Shape = Shape::Object(&ObjectShape {
    name: "Ext::New",
    fields: &[field("New", &["New"], <u32>::SHAPE)],
    flattened: &[],
    deny_unknown_fields: true,
});
const OLD: Shape = Shape::Object(&ObjectShape {
    name: "Ext::Old",
    fields: &[field("Old", &["Old", "Ancient"], &ITEM)],
    flattened: &[],
    deny_unknown_fields: true,
});
/// Tagged outside, with a unit variant.
const EXT: Shape = Shape::OneOf(&OneOfShape {
    name: "Ext",
    alternatives: &[&Shape::Enum(&tag("Ext", &["Unit"])), &NEW, &OLD],
    buffered: false,
    common: &object("Ext", &[]),
});

const POINT: Shape = Shape::Object(&object("Unt::Point", &[field("x", &["x"], <u32>::SHAPE)]));
/// `#[serde(untagged)]`
const UNT: Shape = Shape::OneOf(&OneOfShape {
    name: "Unt",
    alternatives: &[<u32>::SHAPE, <String>::SHAPE, &POINT],
    buffered: true,
    common: &object("Unt", &[]),
});

const STATUS: EnumShape = tag("Status", &["NEW", "IN_WORK", "DONE"]);

pub(super) const IN: Shape = Shape::Object(&object(
    "In",
    &[
        field("s", &["s"], <String>::SHAPE),
        field("n", &["n"], <u32>::SHAPE),
        field("b", &["b"], <bool>::SHAPE),
        field("time", &["time"], <String>::SHAPE),
        field("status", &["status"], &Shape::Enum(&STATUS)),
        field("opt", &["opt"], <Option<String>>::SHAPE),
        may("skip", &["skip"], <u32>::SHAPE),
        field("item", &["item"], &ITEM),
        field("oi", &["oi"], &Shape::Nullable(&ITEM)),
        field("items", &["items"], &Shape::Array(&ITEM)),
        field("ov", &["ov"], &Shape::Nullable(&Shape::Array(&ITEM))),
        field("pay", &["pay"], &PAYMENT),
        field("maybe_pay", &["maybe_pay"], &Shape::Nullable(&PAYMENT)),
        field("adj", &["adj"], &ADJ),
        field("ext", &["ext"], &EXT),
        field("unt", &["unt"], &UNT),
    ],
));

/// A struct with a tagged enum flattened into it.
const FLAT: Shape = Shape::Object(&ObjectShape {
    name: "Flat",
    fields: &[field("id", &["id"], <u32>::SHAPE)],
    flattened: &[&PAYMENT],
    deny_unknown_fields: false,
});

pub(super) fn judged(input: &'static Shape, language: &str, states: &str) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "QueryLanguage": "{language}", "States": {{ {states} }} }}"#);
    let (machine, _) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let typing = Typing { input: Some(TypeRef(0)), proven: true, ..Typing::default() };
    let known = Known { types: vec![input], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let mut diagnostics = analysis.diagnostics;
    diagnostics.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
    diagnostics
        .iter()
        // The sizes of numbers have tests of their own.
        .filter(|diagnostic| diagnostic.code != crate::diagnostic::Code::NumberOutOfRange)
        .map(|diagnostic| format!("{} {}: {}", diagnostic.code.name(), diagnostic.at, diagnostic.message))
        .collect()
}

/// Returns the diagnostics of paths read where a rule of a Choice holds, and where not.
fn behind(input: &'static Shape, rule: &str, yes: &[&str], no: &[&str]) -> Vec<String> {
    let reads = |paths: &[&str]| {
        let fields: Vec<String> =
            paths.iter().enumerate().map(|(i, path)| format!(r#""x{i}.$": "{path}""#)).collect();
        format!(r#"{{ {} }}"#, fields.join(", "))
    };
    let states = format!(
        r#""A": {{ "Type": "Choice", "Choices": [ {{ {rule}, "Next": "Yes" }} ], "Default": "No" }},
           "Yes": {{ "Type": "Pass", "Parameters": {}, "End": true }},
           "No": {{ "Type": "Pass", "Parameters": {}, "End": true }}"#,
        reads(yes),
        reads(no),
    );
    judged(input, "JSONPath", &states)
}

#[track_caller]
fn holds(input: &'static Shape, rule: &str, yes: &[&str], no: &[&str]) {
    assert_eq!(behind(input, rule, yes, no), [""; 0], "{rule}");
}

#[track_caller]
fn fails(input: &'static Shape, rule: &str, yes: &[&str], no: &[&str], messages: &[&str]) {
    let found = behind(input, rule, yes, no);
    let fits = found.len() == messages.len()
        && found.iter().zip(messages).all(|(found, message)| found.contains(message));
    assert!(fits, "{rule}: expected {messages:#?}\nfound {found:#?}");
}

fn var(path: &str, test: &str) -> String {
    format!(r#""Variable": "{path}", {test}"#)
}

#[test]
fn the_tag_of_an_enum_opens_the_fields_of_its_variant() {
    let card = var("$.pay.kind", r#""StringEquals": "Card""#);
    holds(
        &IN,
        &card,
        &["States.Format('{}', $.pay.number)", "States.MathAdd($.pay.amount, 1)"],
        &["$.pay.kind"],
    );
    // In `Free` the number is no string, and `Cash` has none.
    fails(&IN, &card, &[], &["$.pay.number"], &["maybe-missing /States/No/Parameters/x0.$"]);
    // Two of three: what both have.
    let either =
        format!(r#""Or": [ {{ {card} }}, {{ {} }} ]"#, var("$.pay.kind", r#""StringEquals": "Cash""#));
    holds(&IN, &either, &["States.MathAdd($.pay.amount, 1)"], &["States.MathAdd($.pay.number, 1)"]);
    fails(&IN, &either, &["$.pay.number"], &["$.pay.amount"], &["x0.$", "x0.$"]);
    // The same at the root, by a negation, and of a part that may be null.
    let not = format!(r#""Not": {{ {} }}"#, var("$.kind", r#""StringEquals": "Card""#));
    holds(&PAYMENT, &not, &["$.kind"], &["States.Format('{}', $.number)"]);
    let adj = var("$.adj.t", r#""StringEquals": "N""#);
    holds(&IN, &adj, &["States.MathAdd($.adj.c, 1)"], &["States.StringSplit($.adj.c, ',')"]);
    fails(&IN, &adj, &["States.StringSplit($.adj.c, ',')"], &[], &["wrong-type"]);
    let flat = var("$.kind", r#""StringEquals": "Card""#);
    holds(&FLAT, &flat, &["States.StringSplit($.number, ',')", "$.id"], &["$.id"]);
    fails(&FLAT, &flat, &[], &["$.number"], &["maybe-missing"]);
}

#[test]
fn a_key_tells_the_variant_that_has_it() {
    let new = var("$.ext.New", r#""IsPresent": true"#);
    holds(&IN, &new, &["States.MathAdd($.ext.New, 1)"], &["$.ext"]);
    fails(&IN, &new, &["$.ext.Old"], &[], &["no-such-field"]);
    holds(&EXT, &var("$.New", r#""IsPresent": true"#), &["States.MathAdd($.New, 1)"], &["$"]);
    let deep = format!(
        r#""And": [ {{ {} }}, {{ {} }} ]"#,
        var("$.ext.Old", r#""IsPresent": true"#),
        var("$.ext.Old.n", r#""NumericGreaterThan": 1"#),
    );
    holds(&IN, &deep, &["$.ext.Old.id"], &[]);
    let point = var("$.unt.x", r#""IsPresent": true"#);
    holds(&IN, &point, &["States.MathAdd($.unt.x, 1)"], &["$.unt"]);
}

#[test]
fn a_test_of_a_kind_tells_what_is_left() {
    let text = var("$.unt", r#""IsString": true"#);
    holds(&IN, &text, &["States.StringSplit($.unt, ',')"], &["$.unt"]);
    fails(&IN, &text, &[], &["States.MathAdd($.unt, 1)"], &["wrong-type"]);
    let number = format!(
        r#""And": [ {{ {} }}, {{ {} }} ]"#,
        var("$.unt", r#""IsString": false"#),
        var("$.unt.x", r#""IsPresent": false"#),
    );
    holds(&IN, &number, &["States.MathAdd($.unt, 1)"], &[]);
    let time = var("$.time", r#""IsTimestamp": true"#);
    let wait = |next: &str| {
        format!(
            r#""A": {{ "Type": "Choice", "Choices": [ {{ {time}, "Next": "{next}" }} ], "Default": "D" }},
               "W": {{ "Type": "Wait", "TimestampPath": "$.time", "Next": "D" }}, "D": {{ "Type": "Pass", "Next": "E" }},
               "E": {{ "Type": "Succeed" }}"#
        )
    };
    assert_eq!(judged(&IN, "JSONPath", &wait("W")), [""; 0]);
    let null = var("$.opt", r#""IsNull": true"#);
    let some = format!(
        r#""And": [ {{ {} }}, {{ {} }} ]"#,
        var("$.opt", r#""IsPresent": true"#),
        var("$.opt", r#""IsNull": false"#),
    );
    holds(&IN, &some, &["States.StringSplit($.opt, ',')"], &[]);
    fails(&IN, &null, &[], &["States.StringSplit($.opt, ',')"], &["maybe-missing /States/A"]);
}

#[test]
fn what_was_compared_is_there_on_both_sides() {
    let equal = var("$.skip", r#""NumericEquals": 1"#);
    let found = behind(&IN, &equal, &["$.skip"], &["$.skip"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("maybe-missing /States/A/Choices/0/Variable"));
    // The second part of an `Or` is not asked where the first one holds.
    let or = format!(
        r#""Or": [ {{ {} }}, {{ {} }} ]"#,
        var("$.skip", r#""IsPresent": false"#),
        var("$.skip", r#""NumericEquals": 1"#),
    );
    holds(&IN, &or, &[], &["$.skip"]);
    fails(&IN, &or, &["$.skip"], &[], &["maybe-missing /States/Yes"]);
    let path = var("$.s", r#""StringEqualsPath": "$.opt""#);
    let found = behind(&IN, &path, &["States.StringSplit($.opt, ',')"], &["$.opt"]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn every_root_is_narrowed() {
    let assigned = |rule: &str, read: &str| {
        judged(
            &IN,
            "JSONPath",
            &format!(
                r#""A": {{ "Type": "Pass", "Assign": {{ "v.$": "$", "w.$": "$.items" }}, "Next": "C" }},
                   "C": {{ "Type": "Choice", "Choices": [ {{ {rule}, "Next": "P" }} ], "Default": "D" }},
                   "P": {{ "Type": "Pass", "Parameters": {{ "x.$": "{read}" }}, "End": true }},
                   "D": {{ "Type": "Succeed" }}"#
            ),
        )
    };
    let both = |path: &str| {
        format!(
            r#""And": [ {{ {} }}, {{ {} }} ]"#,
            var(path, r#""IsPresent": true"#),
            var(path, r#""IsString": true"#)
        )
    };
    for path in ["$v.opt", "$$.Execution.Input.opt", "$.opt"] {
        let read = format!("States.StringSplit({path}, ',')");
        assert_eq!(assigned(&both(path), &read), [""; 0], "{path}");
        assert_eq!(assigned(&var(path, r#""IsPresent": true"#), &read).len(), 1, "{path}");
    }
    assert_eq!(assigned(&var("$w[0]", r#""IsPresent": true"#), "$w[0].id"), [""; 0]);
    assert_eq!(assigned(&var("$w[1]", r#""IsPresent": true"#), "$w[0].id"), [""; 0]);
    assert_eq!(assigned(&var("$w[0]", r#""IsPresent": true"#), "$w[1].id").len(), 1);
    assert_eq!(assigned(&var("$.items[-1]", r#""IsPresent": true"#), "$.items[0].id"), [""; 0]);
    // A fact about the item of a Map is about that item.
    let map = |read: &str| {
        judged(
            &IN,
            "JSONPath",
            &format!(
                r#""A": {{ "Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {{ "StartAt": "C", "States": {{
                     "C": {{ "Type": "Choice", "Choices": [ {{ {}, "Next": "P" }} ], "Default": "D" }},
                     "P": {{ "Type": "Pass", "Parameters": {{ "x.$": "{read}" }}, "End": true }},
                     "D": {{ "Type": "Succeed" }} }} }}, "End": true }}"#,
                both("$$.Map.Item.Value.note"),
            ),
        )
    };
    assert_eq!(map("States.StringSplit($$.Map.Item.Value.note, ',')"), [""; 0]);
    assert_eq!(map("States.StringSplit($.note, ',')").len(), 1);
}

#[test]
fn a_value_that_may_be_null_is_there_where_a_key_of_it_is() {
    const NULLABLE: Shape = Shape::Nullable(&ITEM);
    holds(&NULLABLE, &var("$.id", r#""IsPresent": true"#), &["$.n"], &[]);
    fails(&NULLABLE, &var("$.id", r#""IsPresent": true"#), &[], &["$.n"], &["maybe-missing"]);
    holds(&IN, &var("$.oi.id", r#""IsPresent": true"#), &["$.oi.n"], &[]);
    holds(&IN, &var("$.maybe_pay.number", r#""IsPresent": true"#), &["$.maybe_pay.kind"], &["$.s"]);
}

fn covers(input: &'static Shape, rules: &[String]) -> Vec<String> {
    let rules: Vec<String> = rules.iter().map(|rule| format!(r#"{{ {rule}, "Next": "D" }}"#)).collect();
    let states = format!(
        r#""A": {{ "Type": "Choice", "Choices": [ {} ] }}, "D": {{ "Type": "Succeed" }}"#,
        rules.join(", ")
    );
    judged(input, "JSONPath", &states)
}

#[test]
fn rules_that_leave_nothing_need_no_default() {
    let is = |path: &str, text: &str| var(path, &format!(r#""StringEquals": "{text}""#));
    let there = |path: &str| var(path, r#""IsPresent": true"#);
    let kinds = ["Card", "Cash", "Free"].map(|kind| is("$.pay.kind", kind));
    assert_eq!(covers(&IN, &kinds), [""; 0]);
    assert_eq!(covers(&IN, &kinds[..2]).len(), 1);
    let status = ["NEW", "IN_WORK", "DONE"].map(|status| is("$.status", status));
    assert_eq!(covers(&IN, &status), [""; 0]);
    assert!(covers(&IN, &status[1..])[0].contains(r#"no rule matches where `$.status` is "NEW""#));
    let or = format!(r#""Or": [ {{ {} }}, {{ {} }} ]"#, status[0], status[1]);
    assert_eq!(covers(&IN, &[or, status[2].clone()]), [""; 0]);
    // In JSON a unit variant is a string.
    let all = [there("$.ext.New"), there("$.ext.Old"), var("$.ext", r#""IsString": true"#)];
    assert_eq!(covers(&IN, &all).len(), 1, "an alias of `Old` is none of them");
    let kinds = [var("$.unt", r#""IsString": true"#), var("$.unt", r#""IsNumeric": true"#), there("$.unt.x")];
    assert_eq!(covers(&IN, &kinds), [""; 0]);
    assert_eq!(covers(&IN, &kinds[..2]).len(), 1);
    let flags = [var("$.b", r#""BooleanEquals": true"#), var("$.b", r#""BooleanEquals": false"#)];
    assert_eq!(covers(&IN, &flags), [""; 0]);
    assert_eq!(covers(&IN, &flags[..1]).len(), 1);
}

#[test]
fn an_item_of_a_known_array_is_no_reason_to_take_the_rest() {
    for path in ["$.kind[1]", "$.kind[-1]"] {
        let states = format!(
            r#""A": {{ "Type": "Pass", "Result": {{ "kind": [{{}}, 1] }}, "Next": "C" }},
            "C": {{ "Type": "Choice", "Choices": [{{ "Variable": "{path}", "NumericLessThanEquals": -2.5, "Next": "E" }}] }},
            "E": {{ "Type": "Succeed" }}"#
        );
        let messages = judged(&IN, "JSONPath", &states);
        assert_eq!(messages.len(), 1, "{path}: {messages:?}");
    }
}

/// Returns the diagnostics of an expression that is a whole value, over an `In`.
fn output(expression: &str) -> Vec<String> {
    judged(
        &IN,
        "JSONata",
        &format!(r#""A": {{ "Type": "Pass", "Output": "{{% {expression} %}}", "End": true }}"#),
    )
}

#[test]
fn expressions_know_what_their_conditions_say() {
    for expression in [
        // What is not there is not unequal to anything.
        "$states.input.opt != null ? $states.input.opt & 'x' : 'none'",
        "$states.input.opt != null ? $uppercase($states.input.opt) : 'none'",
        "$states.input.skip != 1 ? $states.input.skip + 1 : 0",
        "$not($states.input.opt = null) and $exists($states.input.opt) ? $uppercase($states.input.opt) : ''",
        "$exists($string($states.input.skip)) ? $string($states.input.skip) : ''",
        "($x := $states.input.skip; $exists($string($x)) ? (function($y) { $string($x) })(1) : '')",
        "$states.input.($exists($string(skip)) ? $string(skip) : '')",
        "$exists($states.input.ov) and $states.input.ov != null ? $count($states.input.ov) : 0",
        "$type($states.input.opt) = 'string' ? $uppercase($states.input.opt) : ''",
        "$type($states.input.unt) = 'string' ? $uppercase($states.input.unt) : ''",
        "$type($states.input.unt) = 'number' ? $states.input.unt + 1 : 0",
        "$type($states.input.unt) != 'number' and $type($states.input.unt) != 'object' ? $uppercase($states.input.unt) : ''",
        "$states.input.opt ? $uppercase($states.input.opt) : ''",
        "$not($states.input.opt) ? '' : 'x'",
        // Positions and counts.
        "$exists($states.input.items[0]) ? $states.input.items[0].id : 'none'",
        "$exists($states.input.items[1]) ? $states.input.items[0].id : 'none'",
        "$exists($states.input.items[0].note) ? $states.input.items[0].id : 'none'",
        "$count($states.input.items) > 0 ? $states.input.items[0].id : 'none'",
        "$count($states.input.items) = 0 ? 'none' : $states.input.items[0].id",
        "$count($states.input.items) >= 2 ? $states.input.items[1].id : 'none'",
        "0 < $count($states.input.items) ? $states.input.items[-1].id : 'none'",
        "$count($states.input.items) < 1 ? 'none' : $states.input.items[0].id",
        "$states.input.items ? $states.input.items[0].id : 'none'",
        "$count($states.input.items) > 0 and $exists($states.input.items.id) ? $states.input.items[0].id : 'none'",
        "($x := $states.input.items; $count($x) > 0 ? $x[0].id : 'none')",
        // Tags.
        "$states.input.pay.kind = 'Card' ? $uppercase($states.input.pay.number) : ''",
        "$states.input.pay.kind in ['Card', 'Cash'] ? $states.input.pay.amount + 1 : $states.input.pay.number + 1",
        "$states.input.adj.t = 'N' ? $states.input.adj.c + 1 : $length($states.input.adj.c)",
        "$exists($states.input.ext.New) ? $states.input.ext.New + 1 : 0",
        "$states.input.pay.kind != 'Card' and $states.input.pay.kind != 'Cash' ? $states.input.pay.number + 1 : 0",
        // Either side decides alone.
        "$states.input.opt = null or $not($exists($states.input.opt)) ? '' : $uppercase($states.input.opt)",
        "[$states.input.items[$exists(note) and note != null].{ 'n': $uppercase(note) }]",
        "[$map($states.input.items, function($i) { $i.note != null ? $uppercase($i.note) : '' })]",
        "($v := $states.input; $v.opt != null ? $uppercase($v.opt) : '')",
        "$states.context.Execution.Input.opt != null ? $uppercase($states.context.Execution.Input.opt) : ''",
    ] {
        assert_eq!(output(expression), [""; 0], "{expression}");
    }
}

#[test]
fn expressions_do_not_know_more_than_their_conditions_say() {
    for expression in [
        // Where it is missing it is not unequal either.
        "$states.input.skip != null ? 1 : $states.input.skip",
        "$states.input.skip != 1 ? 1 : $states.input.skip + 1",
        "$states.input.opt != null ? '' : $uppercase($states.input.opt)",
        "$states.input.skip = 1 ? 1 : $states.input.skip",
        "$not($states.input.opt = null) ? $uppercase($states.input.opt) : ''",
        "$not($states.input.skip) ? 1 : $states.input.skip",
        "$type($states.input.unt) = 'string' ? '' : $uppercase($states.input.unt)",
        "$exists($states.input.items[0]) ? $states.input.items[1].id : 'none'",
        "$count($states.input.items) >= 0 ? $states.input.items[0].id : 'none'",
        "$count($states.input.items) > 0 ? $states.input.items[1].id : 'none'",
        "$count($states.input.items) = 0 ? $states.input.items[0].id : 'none'",
        "$count($states.input.items) != 1 ? $states.input.items[0].id : 'none'",
        "$states.input.pay.kind = 'Card' ? '' : $uppercase($states.input.pay.number)",
        "$states.input.pay.kind in ['Card', 'Free'] ? $states.input.pay.amount + 1 : 0",
        "$states.input.opt = null or $states.input.b ? '' : $uppercase($states.input.opt)",
        "$exists($states.input.items.note) ? [$map($states.input.items, function($i) { $uppercase($i.note) })] : []",
        "$states.input.oi.id = 'x' ? 1 : $states.input.oi.id",
        // The same text of another `$`, of another variable, or of chance is another value.
        "$states.input.pay.($exists($string(kind)) ? $states.input.items[0].($string(kind)) : '')",
        "($x := $states.input.s; $exists($trim($x)) ? ($x := $states.input.skip; $string($x)) & $trim($x) : $string($states.input.skip))",
        "($x := $states.input.s; $exists($string($x)) ? ($x := $states.input.skip; $string($x)) : '')",
        "($x := $states.input.s; $exists($string($x)) ? (function($x) { $string($x) })($states.input.skip) : '')",
        "$exists($shuffle($states.input.items)[0]) ? $shuffle($states.input.items)[0] : ''",
    ] {
        assert!(!output(expression).is_empty(), "{expression}");
    }
}

#[test]
fn rules_in_jsonata_that_leave_nothing_need_no_default() {
    let covers = |rules: &[&str]| {
        let rules: Vec<String> =
            rules.iter().map(|rule| format!(r#"{{ "Condition": "{{% {rule} %}}", "Next": "D" }}"#)).collect();
        judged(
            &IN,
            "JSONata",
            &format!(
                r#""A": {{ "Type": "Choice", "Choices": [ {} ] }}, "D": {{ "Type": "Succeed" }}"#,
                rules.join(", ")
            ),
        )
    };
    let status = "$states.input.status";
    let (new, others) = (format!("{status} = 'NEW'"), format!("{status} in ['IN_WORK', 'DONE']"));
    assert_eq!(covers(&[&new, &others]), [""; 0]);
    assert_eq!(covers(&[&new]).len(), 1);
    assert_eq!(covers(&[&new, "$states.input.status = 'DONE'"]).len(), 1);
    let kinds = ["Card", "Cash", "Free"].map(|kind| format!("$states.input.pay.kind = '{kind}'"));
    assert_eq!(covers(&[&kinds[0], &kinds[1], &kinds[2]]), [""; 0]);
    // What is missing is none of them.
    let maybe = ["Card", "Cash", "Free"].map(|kind| format!("$states.input.maybe_pay.kind = '{kind}'"));
    assert_eq!(covers(&[&maybe[0], &maybe[1], &maybe[2]]).len(), 1);
    assert_eq!(covers(&["$states.input.b", "$not($states.input.b)"]), [""; 0]);
    assert_eq!(covers(&["$states.input.b = true", "$states.input.b = false"]), [""; 0]);
}

#[test]
fn a_choice_in_jsonata_tells_its_edges() {
    let edges = |condition: &str, yes: &str, no: &str| {
        judged(
            &IN,
            "JSONata",
            &format!(
                r#""A": {{ "Type": "Pass", "Assign": {{ "v": "{{% $states.input %}}" }}, "Next": "C" }},
                   "C": {{ "Type": "Choice", "Choices": [ {{ "Condition": "{{% {condition} %}}", "Next": "Y" }} ], "Default": "N" }},
                   "Y": {{ "Type": "Pass", "Output": "{{% {yes} %}}", "End": true }},
                   "N": {{ "Type": "Pass", "Output": "{{% {no} %}}", "End": true }}"#
            ),
        )
    };
    let id = "$states.input.items[0].id";
    assert_eq!(edges("$count($states.input.items) > 0", id, "1"), [""; 0]);
    assert_eq!(edges("$count($states.input.items) = 0", "1", id), [""; 0]);
    assert_eq!(edges("$count($states.input.items) = 0", id, "1").len(), 1);
    assert_eq!(edges("$v.opt != null", "$uppercase($v.opt)", "1"), [""; 0]);
    assert_eq!(edges("$v.opt != null", "1", "$uppercase($v.opt)").len(), 1);
    let input = "$states.context.Execution.Input.opt";
    let upper = format!("$uppercase({input})");
    assert_eq!(edges(&format!("{input} != null"), &upper, "1"), [""; 0]);
    assert_eq!(edges(&format!("{input} != null"), "1", &upper).len(), 1);
    let opt = "$exists($states.input.opt) and $states.input.opt != null";
    assert_eq!(edges(opt, "$uppercase($states.input.opt)", "1"), [""; 0]);
}
