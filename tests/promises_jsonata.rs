//! The checks of the compiler in the README, and what it does not promise: each line from both sides, for machines in JSONata.
#![allow(clippy::unwrap_used, dead_code)]

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, asl, diagnostic::Severity, draft::Draft, executor::Executor, shape::Shape, value::Value,
};

#[derive(Serialize, Deserialize, StateData)]
struct Line {
    sku: String,
    price: f64,
    count: u32,
    note: Option<String>,
}
#[derive(Serialize, Deserialize, StateData)]
struct Buyer {
    name: String,
    age: u8,
}
#[derive(Serialize, Deserialize, StateData)]
struct Terms {
    days: u32,
    name: String,
}
#[derive(Serialize, Deserialize, StateData)]
struct Both {
    name: String,
    age: u8,
    days: u32,
}
#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: String,
    lines: Vec<Line>,
    tags: Vec<String>,
    coupon: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<u32>,
    buyer: Buyer,
    terms: Terms,
    large: u64,
    number: i32,
    rate: f64,
    open: bool,
    scores: HashMap<String, u32>,
    any: serde_json::Value,
}

const ORDER: &str = r#"{ "id": "A-1", "lines": [
    { "sku": "x", "price": 1.5, "count": 2, "note": null }, { "sku": "y", "price": 4, "count": 1, "note": "n" } ],
    "tags": ["t"], "coupon": null, "buyer": { "name": "Ada", "age": 36 }, "terms": { "days": 30, "name": "net" },
    "large": 18446744073709551615, "number": 0, "rate": 2.5, "open": true, "scores": { "a": 1 }, "any": { "b": [7] } }"#;

/// A machine of JSONata states over an [`Order`].
fn draft(states: &str, output: &'static Shape) -> Draft {
    let text = format!(r#"{{ "StartAt": "A", "QueryLanguage": "JSONata", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let mut draft = Draft::new("Promised", machine);
    (draft.input, draft.output) = (Some(<Order>::SHAPE), Some(output));
    draft
}

/// A state whose output is what an expression comes to.
fn state(expression: &str) -> String {
    format!(r#""A": {{ "Type": "Pass", "Output": "{{% {expression} %}}", "End": true }}"#)
}

/// The codes of the errors of a machine, each once.
fn codes(states: &str, output: &'static Shape) -> Vec<&'static str> {
    let (_, diagnostics) = draft(states, output).build_with_warnings();
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let mut codes: Vec<_> = errors.map(|diagnostic| diagnostic.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Each is refused, with a code among others.
#[track_caller]
fn refused(cases: &[(&str, &'static Shape, &str)]) {
    for (expression, output, code) in cases {
        let codes = codes(&state(expression), output);
        assert!(codes.contains(code), "{expression}: {codes:?}");
    }
}

/// Each is accepted, and comes to this when it runs, or fails with an error of this text.
#[track_caller]
fn accepted(cases: &[(&str, &'static Shape, Result<&str, &str>)]) {
    for (expression, output, expected) in cases {
        assert_eq!(codes(&state(expression), output), [""; 0], "{expression}");
        let (definition, _) = draft(&state(expression), output).build_with_warnings();
        let executor = Executor::new(&definition).unwrap();
        let outcome = executor.run_blocking(ORDER.parse::<Value>().unwrap()).unwrap();
        match expected {
            Ok(json) => {
                let found = outcome.output().unwrap_or_else(|| panic!("{expression}: {:?}", outcome.cause()));
                assert_eq!(found.to_string(), *json, "{expression}");
            }
            Err(text) => {
                let cause = outcome.cause().unwrap_or_default();
                assert!(cause.contains(text), "{expression}: {cause:?}, {:?}", outcome.output());
            }
        }
    }
}

#[test]
fn syntax_names_and_members_are_checked() {
    refused(&[
        ("$states.input.(", <String>::SHAPE, "invalid-jsonata"),
        ("$cuont($states.input.tags)", <u32>::SHAPE, "unknown-function"),
        ("$substring($states.input.id)", <String>::SHAPE, "wrong-type"),
        ("$states.inptu.id", <String>::SHAPE, "no-such-states-field"),
        ("$states.result.id", <String>::SHAPE, "no-such-states-field"),
        ("$nowhere", <String>::SHAPE, "unassigned-variable"),
        ("$states.input.idd", <String>::SHAPE, "no-such-field"),
        ("$states.context.Execution.Nmae", <String>::SHAPE, "no-such-field"),
    ]);
}

#[test]
fn what_an_expression_comes_to_is_typed() {
    accepted(&[
        ("$states.input.buyer.age + 1", <u32>::SHAPE, Ok("37")),
        ("$sum([$states.input.lines.(price * count)])", <f64>::SHAPE, Ok("7")),
        (
            "[$map($states.input.lines, function($l, $i) { $l.sku & $i })]",
            <Vec<String>>::SHAPE,
            Ok(r#"["x0","y1"]"#),
        ),
        ("$states.input.lines{ sku: $sum(count) }", <HashMap<String, u32>>::SHAPE, Ok(r#"{"x":2,"y":1}"#)),
        ("($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(5))", <i64>::SHAPE, Ok("120")),
        (
            "$reduce($states.input.tags, function($a, $t) { $append($a, $t) }, [])",
            <Vec<String>>::SHAPE,
            Ok(r#"["t"]"#),
        ),
        ("[$states.input.lines^(>price).sku]", <Vec<String>>::SHAPE, Ok(r#"["y","x"]"#)),
        ("[$states.input.lines[price > 2].sku]", <Vec<String>>::SHAPE, Ok(r#"["y"]"#)),
        ("[$states.input.lines.price.%.sku]", <Vec<String>>::SHAPE, Ok(r#"["x","y"]"#)),
        ("[$states.input.lines^(%.rate - price).sku]", <Vec<String>>::SHAPE, Ok(r#"["y","x"]"#)),
        ("[$states.input.lines.**.price]", <Vec<f64>>::SHAPE, Ok("[1.5,4]")),
        (
            "$append($states.input.tags, $states.input.lines[price > 9].sku)",
            <Vec<String>>::SHAPE,
            Ok(r#"["t"]"#),
        ),
    ]);
    refused(&[
        ("$states.input.rate + 1", <u32>::SHAPE, "does-not-fit"),
        ("[$states.input.lines.price]", <Vec<String>>::SHAPE, "does-not-fit"),
        ("$states.input.lines{ sku: price }", <HashMap<String, f64>>::SHAPE, "does-not-fit"),
        ("[$states.input.lines.price.%.price]", <Vec<String>>::SHAPE, "does-not-fit"),
        ("[$states.input.lines.**.price]", <Vec<String>>::SHAPE, "does-not-fit"),
        ("[$states.input.lines.note]", <Vec<String>>::SHAPE, "does-not-fit"),
    ]);
}

#[test]
fn objects_of_types_are_merged_field_by_field() {
    accepted(&[
        (
            "$merge([$states.input.buyer, $states.input.terms])",
            <Both>::SHAPE,
            Ok(r#"{"name":"net","age":36,"days":30}"#),
        ),
        ("$merge([$states.input.terms, { 'name': 'x' }])", <Terms>::SHAPE, Ok(r#"{"days":30,"name":"x"}"#)),
        ("$merge([$states.input.buyer, $states.input.terms]).name", <String>::SHAPE, Ok(r#""net""#)),
    ]);
    refused(&[
        ("$merge([$states.input.buyer, $states.input.buyer])", <Both>::SHAPE, "does-not-fit"),
        ("$merge([$states.input.terms, { 'name': 1 }])", <Terms>::SHAPE, "does-not-fit"),
        ("$merge($states.input.lines)", <Line>::SHAPE, "does-not-fit"),
    ]);
}

#[test]
fn what_may_come_to_nothing_is_refused() {
    refused(&[
        ("$states.input.rank", <u32>::SHAPE, "maybe-missing"),
        ("$states.input.coupon", <String>::SHAPE, "maybe-missing"),
        ("$states.input.lines[0]", <Line>::SHAPE, "maybe-missing"),
        ("$states.input.lines.sku", <Vec<String>>::SHAPE, "maybe-missing"),
        ("$max([$states.input.lines.price])", <f64>::SHAPE, "maybe-missing"),
        ("$states.input.open ? 1", <f64>::SHAPE, "maybe-missing"),
        ("$states.input.scores.a", <u32>::SHAPE, "maybe-missing"),
        ("$append($states.input.id, $states.input.rank)", <Vec<String>>::SHAPE, "maybe-missing"),
    ]);
    accepted(&[
        ("$states.input.rank != null ? $states.input.rank : 0", <u32>::SHAPE, Ok("0")),
        (
            "$type($states.input.coupon) = 'string' ? $states.input.coupon : 'none'",
            <String>::SHAPE,
            Ok(r#""none""#),
        ),
        ("$count($states.input.lines) > 0 ? $states.input.lines[0].sku : ''", <String>::SHAPE, Ok(r#""x""#)),
        ("$exists($states.input.scores.a) ? $states.input.scores.a : 0", <u32>::SHAPE, Ok("1")),
    ]);
}

#[test]
fn operands_arguments_and_functions_as_values_are_checked() {
    refused(&[
        ("$states.input.id * 2", <f64>::SHAPE, "wrong-type"),
        ("$uppercase($states.input.rate)", <String>::SHAPE, "wrong-type"),
        ("$states.input.id < $states.input.rate", <bool>::SHAPE, "wrong-type"),
        ("$states.input.rate / 0", <f64>::SHAPE, "wrong-type"),
        ("$uppercase", <Shape as Everything>::ANY, "wrong-type"),
        ("$states.input.open ? $count : 1", <Shape as Everything>::ANY, "wrong-type"),
        ("$states.input.tags.$sift($)", <Shape as Everything>::ANY, "wrong-type"),
        ("$exists($hash()) ? 1 : 2", <f64>::SHAPE, "function-arguments"),
    ]);
    accepted(&[(
        "($f := $states.input.open ? $uppercase : $lowercase; $f($states.input.id))",
        <String>::SHAPE,
        Ok(r#""A-1""#),
    )]);
}

/// The shape of what is declared to be anything.
trait Everything {
    const ANY: &'static Shape;
}

impl Everything for Shape {
    const ANY: &'static Self = &Self::Any;
}

/// The content of a string, the size of a number, a division by a computed zero: accepted, and it may fail.
#[test]
fn what_no_type_tells_is_not_promised() {
    accepted(&[
        ("$parse($states.input.id).x", <String>::SHAPE, Err("parse")),
        ("$number($states.input.id)", <f64>::SHAPE, Err("D3030")),
        ("$toMillis($states.input.id)", <i64>::SHAPE, Err("D3110")),
        ("$base64decode('2.512')", <String>::SHAPE, Err("internal error")),
        ("$string(1 / $states.input.number)", <String>::SHAPE, Err("D3001")),
        ("$formatNumber(1, $states.input.id & '0.0.0')", <String>::SHAPE, Err("D308")),
        ("{ $states.input.id: 1, 'A-' & '1': 2 }", <HashMap<String, u32>>::SHAPE, Err("D1009")),
    ]);
    refused(&[("1 / 0", <f64>::SHAPE, "wrong-type")]);
}

/// JSONata computes with floats: what is beyond 2^53 loses digits where something is computed of it, and none where it is passed on.
#[test]
fn a_path_passes_large_numbers_on_as_they_are() {
    let large = Ok("18446744073709551615");
    accepted(&[
        ("$states.input.large", <u64>::SHAPE, large),
        ("($n := $states.input.large; $n)", <u64>::SHAPE, large),
        ("$states.input.open ? $states.input.large : 0", <u64>::SHAPE, large),
        ("$lookup($states.input, 'large')", <u64>::SHAPE, large),
        ("$states.input.large + 1", <u64>::SHAPE, Ok("18446744073709552000")),
    ]);
}

/// A value that is declared to be anything can be used as anything, and nothing is checked.
#[test]
fn what_is_declared_to_be_anything_is_leaned_on() {
    accepted(&[
        ("$states.input.any.b[0] + 1", <f64>::SHAPE, Ok("8")),
        ("$states.input.any.c", <String>::SHAPE, Err("returned nothing")),
    ]);
}
