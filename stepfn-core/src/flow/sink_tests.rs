//! Values that flow out of a machine into the type of its output: what does not fit is refused, what does is not.

use super::*;
use crate::{
    asl,
    shape::{Field, Given, Made, ObjectShape, Shape, StateData},
};

const fn required(name: &'static str, given_as: &'static [&'static str], shape: &'static Shape) -> Field {
    Field { made_as: name, given_as, shape, made: Made::Always, given: Given::Required }
}

/// A struct with fields of these types.
macro_rules! object {
    ($name:literal { $($field:ident: $ty:ty),* $(,)? }) => {
        object!($name [$(required(stringify!($field), &[stringify!($field)], <$ty>::SHAPE)),*])
    };
    ($name:literal [$($field:expr),* $(,)?]) => {
        Shape::Object(&ObjectShape { name: $name, fields: &[$($field),*], flattened: &[], deny_unknown_fields: false })
    };
}

const NUMBERS: Shape =
    object!("Numbers" { a: u16, b: u16, c: u32, i: i32, big: u64, f: f64, list: Vec<u32> });

/// What is said of a machine between two types, one line a finding: `code at: message`.
fn said(input: &'static Shape, states: &str, output: &'static Shape) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let typing =
        Typing { input: Some(TypeRef(0)), output: Some(TypeRef(1)), proven: true, ..Typing::default() };
    let known = Known { types: vec![input, output], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let judged = analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known));
    let findings = analysis.findings.iter().cloned().chain(judged);
    findings.map(|found| format!("{} {}: {}", found.code.name(), found.at, found.message)).collect()
}

/// The same of one state that makes its output of a template with `x` in it.
fn made(input: &'static Shape, value: &str, output: &'static Shape) -> Vec<String> {
    let states = format!(
        r#""A": {{ "Type": "Pass", "Parameters": {{ "x.$": "{value}" }}, "OutputPath": "$.x", "End": true }}"#
    );
    said(input, &states, output)
}

#[track_caller]
fn fits(input: &'static Shape, value: &str, output: &'static Shape) {
    assert_eq!(made(input, value, output), [""; 0], "{value}");
}

#[track_caller]
fn refused(input: &'static Shape, value: &str, output: &'static Shape, why: &str) {
    let said = made(input, value, output);
    assert!(said.len() == 1 && said[0].contains(why), "{value}: expected {why}\nsaid {said:#?}");
}

#[test]
fn sums_have_the_bounds_of_their_parts() {
    fits(&NUMBERS, "States.MathAdd($.a, 1)", u32::SHAPE);
    fits(&NUMBERS, "States.MathAdd($.a, $.b)", u32::SHAPE);
    refused(&NUMBERS, "States.MathAdd($.a, 1)", u16::SHAPE, "found an integer from 1 to 65536");
    refused(&NUMBERS, "States.MathAdd($.a, -1)", u32::SHAPE, "found an integer from -1 to 65534");
    fits(&NUMBERS, "States.MathAdd(States.MathAdd($.a, -1), 1)", u16::SHAPE);
    // The numbers of `States.MathAdd` have 32 bits.
    fits(&NUMBERS, "States.MathAdd($.c, 1)", u32::SHAPE);
    fits(&NUMBERS, "States.MathAdd($.big, 1)", i32::SHAPE);
    fits(&NUMBERS, "States.MathAdd($.i, -1)", i32::SHAPE);
    refused(&NUMBERS, "States.MathAdd($.i, 1)", u32::SHAPE, "found an integer from -2147483647");
    // It rounds.
    fits(&NUMBERS, "States.MathAdd($.f, 0.5)", i32::SHAPE);
    fits(&NUMBERS, "States.MathAdd(1, 2)", u8::SHAPE);
}

#[test]
fn counts_and_ranges_have_bounds() {
    fits(&NUMBERS, "States.ArrayLength($.list)", u32::SHAPE);
    refused(&NUMBERS, "States.ArrayLength($.list)", u8::SHAPE, "found an integer from 0 to");
    refused(&NUMBERS, "States.MathAdd(States.ArrayLength($.list), -1)", u32::SHAPE, "from -1 to");
    fits(&NUMBERS, "States.MathRandom(1, 7)", u8::SHAPE);
    refused(&NUMBERS, "States.MathRandom(-1, 7)", u8::SHAPE, "from -1 to 6");
    fits(&NUMBERS, "States.ArrayRange(1, 9, 2)", <Vec<u8>>::SHAPE);
    fits(&NUMBERS, "States.ArrayRange(0, $.a, 1)", <Vec<u16>>::SHAPE);
    refused(&NUMBERS, "States.ArrayRange(9, -1, -2)", <Vec<u8>>::SHAPE, "from -1 to 9");
    fits(&NUMBERS, "$$.State.EnteredTime", String::SHAPE);
}

/// A loop that adds to `x` until `again` is false.
fn counting(start: &str, next: &str, output: &'static Shape) -> Vec<String> {
    let states = format!(
        r#""A": {{ "Type": "Pass", {start}, "ResultPath": "$.x", "Next": "Go" }},
           "Go": {{ "Type": "Pass", "Parameters": {{ "x.$": "{next}" }}, "ResultPath": "$.y", "Next": "Keep" }},
           "Keep": {{ "Type": "Pass", "InputPath": "$.y.x", "ResultPath": "$.x", "Next": "Again" }},
           "Again": {{ "Type": "Choice", "Choices": [{{ "Variable": "$.i", "NumericGreaterThan": 9, "Next": "Go" }}], "Default": "End" }},
           "End": {{ "Type": "Succeed", "OutputPath": "$.x" }}"#
    );
    said(&NUMBERS, &states, output)
}

#[test]
fn a_counter_keeps_its_sign_in_a_loop() {
    for start in [r#""Result": 0"#, r#""InputPath": "$.a""#] {
        assert_eq!(counting(start, "States.MathAdd($.x, 1)", u32::SHAPE), [""; 0]);
        assert_eq!(counting(start, "States.MathAdd($.x, $.b)", i64::SHAPE), [""; 0]);
        let down = counting(start, "States.MathAdd($.x, -1)", u32::SHAPE);
        assert!(down.iter().any(|said| said.contains("found an integer from -2147483648")), "{down:#?}");
        let small = counting(start, "States.MathAdd($.x, 1)", u8::SHAPE);
        assert!(small.iter().any(|said| said.contains("to 2147483647")), "{small:#?}");
    }
}

#[test]
fn a_loop_may_rebuild_its_data() {
    const COUNTER: Shape = object!("Counter" { count: u32, max: u32 });
    let states = r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.count", "NumericLessThanPath": "$.max", "Next": "Inc" }], "Default": "End" },
        "Inc": { "Type": "Pass", "Parameters": { "count.$": "States.MathAdd($.count, 1)", "max.$": "$.max" }, "Next": "A" },
        "End": { "Type": "Succeed" }"#;
    assert_eq!(said(&COUNTER, states, &COUNTER), [""; 0]);
    let down = said(&COUNTER, &states.replace(", 1)", ", -1)"), &COUNTER);
    let told = "expected an integer from 0 to 4294967295, found an integer from -2147483648 to";
    assert!(down.iter().any(|said| said.contains(told)), "{down:#?}");
}

const ENTRY: Shape = Shape::Object(&ObjectShape {
    name: "Entry",
    fields: &[
        required("id", &["id"], String::SHAPE),
        required("note", &["note"], <Option<String>>::SHAPE),
        required("tags", &["tags"], <Vec<String>>::SHAPE),
        Field { made: Made::Maybe, given: Given::Optional, ..required("sk", &["sk"], <String>::SHAPE) },
    ],
    flattened: &[],
    deny_unknown_fields: false,
});
const STRING_PAIR: Shape = object!("Pair" { id: String, name: String });
const MIXED_PAIR: Shape = object!("MixedPair" { id: String, n: u32 });
const LISTS: Shape = Shape::Object(&ObjectShape {
    name: "Lists",
    fields: &[
        required("entries", &["entries"], &Shape::Array(&ENTRY)),
        required("maybe", &["maybe"], &Shape::Nullable(&Shape::Array(&ENTRY))),
        required("one", &["one"], &Shape::Nullable(&ENTRY)),
        required("nulls", &["nulls"], <Vec<Option<u32>>>::SHAPE),
        required("two", &["two"], <(u8, u16)>::SHAPE),
        required("odd", &["odd"], <(u8, String)>::SHAPE),
        required("twins", &["twins"], &Shape::Tuple(&[&ENTRY, &Shape::Nullable(&ENTRY)])),
        required("map", &["map"], <std::collections::HashMap<String, u32>>::SHAPE),
        required("pair", &["pair"], &STRING_PAIR),
        required("mixed", &["mixed"], &MIXED_PAIR),
        required("pairs", &["pairs"], <Vec<(u32, String)>>::SHAPE),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

#[test]
fn null_items_stay_and_missing_ones_drop_out() {
    for path in [
        "$.entries[*].note",
        "$.entries[0:2].note",
        "$.entries[?(@.note)].note",
        "$.entries[0,1].note",
        "$.maybe..note",
    ] {
        refused(&LISTS, path, <Vec<String>>::SHAPE, "it may be null, expected a string");
        fits(&LISTS, path, <Vec<Option<String>>>::SHAPE);
    }
    for path in [
        "$.entries[*].sk",
        "$.maybe[*].id",
        "$.one.tags[*]",
        "$.maybe[*].tags[*]",
        "$.entries[0,1].id",
        "$.entries..id",
    ] {
        fits(&LISTS, path, <Vec<String>>::SHAPE);
    }
    // The map may have such a key.
    refused(&LISTS, "$..id", <Vec<String>>::SHAPE, "found an integer");
    // Nothing is in a null, and a condition that only a text fulfils leaves no null.
    refused(&LISTS, "$.one.note[*]", <Vec<String>>::SHAPE, "it is a string, not an array");
    fits(&LISTS, "$.entries[?(@.note == 'x')].note", <Vec<String>>::SHAPE);
    fits(&LISTS, "$.entries[?(@.note != null)].note", <Vec<String>>::SHAPE);
    refused(&LISTS, "$.nulls[*]", <Vec<u32>>::SHAPE, "it may be null");
    fits(&LISTS, "$.nulls[*]", <Vec<Option<u32>>>::SHAPE);
}

#[test]
fn a_position_in_a_path_of_several_values_may_be_null() {
    refused(&LISTS, "$.entries[*].tags[0]", <Vec<String>>::SHAPE, "expected a string, found null");
    fits(&LISTS, "$.entries[*].tags[0]", <Vec<Option<String>>>::SHAPE);
    fits(&LISTS, "$.pairs[*][1]", <Vec<String>>::SHAPE);
    refused(&LISTS, "$.pairs[*][0]", <Vec<String>>::SHAPE, "expected a string, found an integer");
    refused(&LISTS, "$.pairs[*][2]", <Vec<String>>::SHAPE, "expected a string, found null");
}

#[test]
fn every_item_of_a_tuple_and_every_value_of_an_object_counts() {
    fits(&LISTS, "$.two[*]", <Vec<u16>>::SHAPE);
    refused(&LISTS, "$.two[*]", <Vec<u8>>::SHAPE, "found an integer from 0 to 65535");
    refused(&LISTS, "$.odd[*]", <Vec<u8>>::SHAPE, "expected an integer from 0 to 255, found a string");
    fits(&LISTS, "$.twins[*].id", <Vec<String>>::SHAPE);
    refused(&LISTS, "$.twins[*]", &Shape::Array(&ENTRY), "it may be null, expected `Entry`");
    fits(&LISTS, "$.map.*", <Vec<u32>>::SHAPE);
    fits(&LISTS, "$.pair.*", <Vec<String>>::SHAPE);
    refused(&LISTS, "$.mixed.*", <Vec<String>>::SHAPE, "expected a string, found an integer");
    let map = r#""A": { "Type": "Map", "ItemsPath": "$.twins", "ItemProcessor": { "StartAt": "I", "States": {
        "I": { "Type": "Pass", "InputPath": "$.id", "End": true } } }, "End": true }"#;
    assert!(said(&LISTS, map, <Vec<String>>::SHAPE)[0].contains("it may be null before `id` is read"));
}

#[test]
fn several_names_make_one_object() {
    fits(&LISTS, "$.mixed['id','n']", &MIXED_PAIR);
    refused(&LISTS, "$.mixed['id']", &MIXED_PAIR, "found a string");
    refused(&LISTS, "$.entries[*]['id','sk']", &Shape::Array(&STRING_PAIR), "its field `name` is missing");
    refused(
        &LISTS,
        "States.ArrayLength($.mixed['id','n'])",
        u32::SHAPE,
        "expected an array, found an object",
    );
    refused(&LISTS, "$.one['id','note']", &Shape::Any, "it may be missing");
    refused(
        &LISTS,
        "$.mixed['id','m']",
        <std::collections::HashMap<String, String>>::SHAPE,
        "has no JSON field `m`",
    );
    fits(&LISTS, "$.pairs[0,1]", <Vec<Option<(u32, String)>>>::SHAPE);
    refused(&LISTS, "$.pairs[0,1]", <Vec<(u32, String)>>::SHAPE, "found null");
}
