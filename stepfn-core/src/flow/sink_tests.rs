//! Values that flow out of a machine into the type of its output: what does not fit is refused, what does is not.

use super::*;
use crate::{
    asl,
    shape::{EnumShape, Field, Given, Made, ObjectShape, OneOfShape, Shape, StateData},
    task::Call,
};

pub(super) const fn required(
    name: &'static str,
    given_as: &'static [&'static str],
    shape: &'static Shape,
) -> Field {
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

/// Returns the diagnostics of a machine between two types, one line each: `code at: message`.
fn said(input: &'static Shape, states: &str, output: &'static Shape) -> Vec<String> {
    said_of(input, states, output, false)
}

pub(super) fn said_of(
    input: &'static Shape,
    states: &str,
    output: &'static Shape,
    strict: bool,
) -> Vec<String> {
    let text = format!(r#"{{ "StartAt": "A", "States": {{ {states} }} }}"#);
    let (machine, read) = asl::read_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(read.is_empty(), "{read:?}");
    let typing = Typing {
        input: Some(TypeRef(0)),
        output: Some(TypeRef(1)),
        proven: true,
        strict,
        ..Typing::default()
    };
    let known = Known { types: vec![input, output], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let judged = analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known));
    let diagnostics = analysis.diagnostics.iter().cloned().chain(judged);
    // The sizes of numbers have tests of their own.
    let diagnostics = diagnostics.filter(|found| found.code != crate::diagnostic::Code::NumberOutOfRange);
    diagnostics.map(|found| format!("{} {}: {}", found.code.name(), found.at, found.message)).collect()
}

/// The same of one state that makes its output of a template with `x` in it.
pub(super) fn made(input: &'static Shape, value: &str, output: &'static Shape) -> Vec<String> {
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
    refused(&NUMBERS, "States.ArrayRange(9, -1, -2)", <Vec<u8>>::SHAPE, "found the number -1");
    refused(&NUMBERS, "States.ArrayRange(999, -1, -2)", <Vec<u16>>::SHAPE, "from -1 to 999");
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
const CLOSED_PAIR: Shape = Shape::Object(&ObjectShape {
    name: "ClosedPair",
    fields: &[required("id", &["id"], &Shape::String), required("name", &["name"], &Shape::String)],
    flattened: &[],
    deny_unknown_fields: true,
});
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
        required("closed", &["closed"], &CLOSED_PAIR),
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
    // The input may have more fields than the type has, unless it denies them.
    refused(&LISTS, "$.pair.*", <Vec<String>>::SHAPE, "expected a string, found different");
    fits(&LISTS, "$.closed.*", <Vec<String>>::SHAPE);
    refused(&LISTS, "$.mixed.*", <Vec<String>>::SHAPE, "expected a string, found an integer");
    // So does a distributed Map, which goes through the values of an object.
    let children = |path: &str| {
        format!(
            r#""A": {{ "Type": "Map", "ItemsPath": "{path}", "ItemProcessor": {{
            "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
            "StartAt": "I", "States": {{ "I": {{ "Type": "Pass", "End": true }} }} }}, "End": true }}"#
        )
    };
    assert!(said(&LISTS, &children("$.pair"), <Vec<String>>::SHAPE)[0].contains("found different"));
    assert_eq!(said(&LISTS, &children("$.closed"), <Vec<String>>::SHAPE), [""; 0]);
    assert_eq!(said(&LISTS, &children("$.map"), <Vec<u32>>::SHAPE), [""; 0]);
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

const META: Shape = object!("Meta" { owner: String, tag: String });
const TAG: Shape = object!("Tag" { tag: String });
const MAYBE_META: Shape = Shape::Object(&ObjectShape {
    name: "MaybeMeta",
    fields: &[
        Field { given: Given::Optional, made: Made::Maybe, ..required("meta", &["meta"], &META) },
        required("there", &["there"], &META),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

#[test]
fn below_a_part_that_may_be_missing_is_what_was_put_there() {
    let put = |part: &str| {
        format!(
            r#""A": {{ "Type": "Pass", "Result": "x", "ResultPath": "$.{part}.tag", "Next": "B" }},
               "B": {{ "Type": "Pass", "InputPath": "$.{part}", "End": true }}"#
        )
    };
    assert!(said(&MAYBE_META, &put("meta"), &META)[0].contains("its field `owner` may be missing"));
    assert_eq!(said(&MAYBE_META, &put("meta"), &TAG), [""; 0]);
    assert_eq!(said(&MAYBE_META, &put("there"), &META), [""; 0]);
    // The same where another way makes it.
    let joined = r#""A": { "Type": "Choice", "Choices": [{ "Variable": "$.there.owner", "StringEquals": "x", "Next": "P" }], "Default": "Q" },
        "P": { "Type": "Pass", "Result": { "meta": { "owner": "me" } }, "Next": "T" },
        "Q": { "Type": "Pass", "Result": {}, "Next": "T" },
        "T": { "Type": "Pass", "Result": "x", "ResultPath": "$.meta.tag", "Next": "B" },
        "B": { "Type": "Pass", "InputPath": "$.meta", "End": true }"#;
    assert!(
        said(&MAYBE_META, joined, &META)[0].contains("`owner` may be missing"),
        "{:#?}",
        said(&MAYBE_META, joined, &META)
    );
    assert_eq!(said(&MAYBE_META, joined, &TAG), [""; 0]);
}

const JOB: Shape = Shape::Object(&ObjectShape {
    name: "Job",
    fields: &[
        required("items", &["items"], <Vec<String>>::SHAPE),
        required("n", &["n"], u32::SHAPE),
        required("neg", &["neg"], i64::SHAPE),
        required("f", &["f"], f64::SHAPE),
        required("s", &["s"], String::SHAPE),
        required("b", &["b"], bool::SHAPE),
        required("obj", &["obj"], &TAG),
    ],
    flattened: &[],
    deny_unknown_fields: false,
});

/// A distributed Map with fields of its own, and a state in its children.
fn distributed(fields: &str, child: &str) -> String {
    format!(
        r#""A": {{ "Type": "Map", {fields}, "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
            "StartAt": "I", "States": {{ "I": {{ {child}, "End": true }} }} }} }}"#
    )
}
const PASS: &str = r#""Type": "Pass""#;

#[test]
fn numbers_of_a_map_are_numbers() {
    for (field, path, wrong) in [
        ("MaxConcurrencyPath", "$.n", ""),
        ("MaxConcurrencyPath", "$.obj", "found `Tag`"),
        ("MaxConcurrencyPath", "$.f", "found a number"),
        ("MaxConcurrencyPath", "$.b", "found a boolean"),
        ("MaxConcurrencyPath", "$.s", "found a string"),
        ("MaxConcurrencyPath", "$.neg", "expected an integer that is never below 0, found an integer"),
        ("ToleratedFailureCountPath", "$.obj", "found `Tag`"),
        ("ToleratedFailurePercentagePath", "$.f", ""),
        ("ToleratedFailurePercentagePath", "$.items", "expected a number, found an array"),
    ] {
        let map = distributed(&format!(r#""ItemsPath": "$.items", "{field}": "{path}""#), PASS);
        let said = said(&JOB, &map, &Shape::Any);
        let fine =
            if wrong.is_empty() { said.is_empty() } else { said.len() == 1 && said[0].contains(wrong) };
        assert!(fine, "{field} {path}: {said:#?}");
    }
}

#[test]
fn objects_of_a_distributed_map_are_followed() {
    let batch = |batcher: &str, child: &str| {
        said(
            &JOB,
            &distributed(&format!(r#""ItemsPath": "$.items", "ItemBatcher": {{ {batcher} }}"#), child),
            &Shape::Any,
        )
    };
    let input = r#""MaxItemsPerBatch": 2, "BatchInput": { "x.$": "$.s" }"#;
    assert_eq!(batch(input, r#""Type": "Pass", "InputPath": "$.BatchInput.x""#), [""; 0]);
    assert!(
        batch(input, r#""Type": "Pass", "InputPath": "$.BatchInput.typo""#)[0]
            .contains("there is no field `typo`")
    );
    let without = batch(r#""MaxItemsPerBatch": 2"#, r#""Type": "Pass", "InputPath": "$.BatchInput""#);
    assert!(without[0].contains("there is no field `BatchInput`"), "{without:#?}");
    let nope = batch(r#""MaxItemsPerBatch": 2, "BatchInput": { "x.$": "$.nope" }"#, PASS);
    assert!(nope[0].contains("has no JSON field `nope`"), "{nope:#?}");
    assert!(batch(r#""MaxItemsPerBatchPath": "$.obj""#, PASS)[0].contains("expected an integer"));
    let reader = r#""ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON", "MaxItemsPath": "$.nope" },
        "Parameters": { "Bucket": "b", "Key.$": "$.nokey" } }"#;
    assert_eq!(said(&JOB, &distributed(reader, PASS), &Shape::Any).len(), 2);
    let writer = r#""ItemsPath": "$.items", "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": { "Bucket.$": "$.nobucket", "Prefix.$": "$.obj" } }"#;
    let said = said(&JOB, &distributed(writer, PASS), &Shape::Any);
    assert!(
        said.len() == 2 && said.iter().any(|said| said.contains("expected a string, found `Tag`")),
        "{said:#?}"
    );
}

#[test]
fn items_of_readers_are_what_is_read() {
    let read = |config: &str, child: &str| {
        let reader = format!(
            r#""ItemReader": {{ "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {{ {config} }}, "Parameters": {{ "Bucket": "b", "Key": "k" }} }}"#
        );
        said(&JOB, &distributed(&reader, child), &Shape::Any)
    };
    let given = r#""InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]"#;
    assert_eq!(read(given, r#""Type": "Pass", "InputPath": "$.a""#), [""; 0]);
    assert!(read(given, r#""Type": "Pass", "InputPath": "$.c""#)[0].contains("there is no field `c`"));
    assert!(
        read(given, r#""Type": "Pass", "Parameters": { "x.$": "States.MathAdd($.a, 1)" }"#)[0]
            .contains("found a string")
    );
    assert_eq!(read(r#""InputType": "JSON""#, r#""Type": "Pass", "InputPath": "$.c""#), [""; 0]);
    let listing = r#""ItemReader": { "Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": { "Bucket": "b" } }"#;
    let typo = said(&JOB, &distributed(listing, r#""Type": "Pass", "InputPath": "$.Kye""#), &Shape::Any);
    assert!(typo[0].contains("there is no field `Kye`"), "{typo:#?}");
}

#[test]
fn failures_that_are_tolerated_stand_among_the_results() {
    let map = |fields: &str| distributed(&format!(r#""ItemsPath": "$.items"{fields}"#), PASS);
    assert_eq!(said(&JOB, &map(""), <Vec<String>>::SHAPE), [""; 0]);
    assert_eq!(said(&JOB, &map(r#", "ToleratedFailureCount": 0"#), <Vec<String>>::SHAPE), [""; 0]);
    for fields in [
        r#", "ToleratedFailureCount": 1"#,
        r#", "ToleratedFailurePercentage": 5"#,
        r#", "ToleratedFailureCountPath": "$.n""#,
    ] {
        assert!(said(&JOB, &map(fields), <Vec<String>>::SHAPE)[0].contains("found an object"), "{fields}");
        assert_eq!(said(&JOB, &map(fields), &Shape::Any), [""; 0]);
    }
}

#[test]
fn the_children_of_a_distributed_map_have_no_item_in_their_context() {
    let child = r#""Type": "Pass", "Parameters": { "i.$": "$$.Map.Item.Index" }"#;
    let told = said(&JOB, &distributed(r#""ItemsPath": "$.items""#, child), &Shape::Any);
    assert!(told[0].starts_with("token-out-of-place"), "{told:#?}");
    let inline = format!(
        r#""A": {{ "Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {{ "StartAt": "I", "States": {{ "I": {{ {child}, "End": true }} }} }} }}"#
    );
    assert_eq!(said(&JOB, &inline, &Shape::Any), [""; 0]);
    let selector = r#""ItemsPath": "$.items", "ItemSelector": { "i.$": "$$.Map.Item.Index", "s.$": "$$.Map.Item.Source" }"#;
    let selected = distributed(selector, PASS);
    assert_eq!(said(&JOB, &selected, &Shape::Any), [""; 0]);
}

#[test]
fn a_tasks_token_is_gone_in_its_output_path() {
    let ask = |fields: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:a", {fields} "End": true }}"#
        )
    };
    assert_eq!(said(&JOB, &ask(r#""Parameters": { "t.$": "$$.Task.Token" },"#), &Shape::Any), [""; 0]);
    let told = said(&JOB, &ask(r#""OutputPath": "$$.Task.Token","#), &Shape::Any);
    assert!(told[0].contains("$$.Task.Token"), "{told:?}");
}

#[test]
fn an_error_without_name_or_cause_is_caught_with_nulls() {
    let caught = |fail: &str, names: &str, output: &'static Shape, path: &str| {
        let states = format!(
            r#""A": {{ "Type": "Parallel", "Branches": [{{ "StartAt": "F", "States": {{ "F": {{ "Type": "Fail"{fail} }} }} }}],
                "Catch": [{{ "ErrorEquals": ["{names}"], "Next": "U" }}], "Next": "Z" }},
               "U": {{ "Type": "Succeed", "OutputPath": "$.{path}" }}, "Z": {{ "Type": "Fail" }}"#
        );
        said(&JOB, &states, output).len()
    };
    let both = r#", "Error": "X", "Cause": "c""#;
    for (fail, names, path, wrong) in [
        (both, "States.ALL", "Cause", 0),
        (both, "States.ALL", "Error", 0),
        ("", "States.ALL", "Error", 1),
        ("", "States.ALL", "Cause", 1),
        (r#", "Error": "X""#, "States.ALL", "Cause", 1),
        (r#", "Error": "X""#, "X", "Cause", 1),
        (r#", "Error": "X""#, "Y", "Cause", 0),
        // What it is called is filled in later.
        (r#", "Error": "${Code}""#, "Y", "Cause", 1),
        (r#", "Error": "${Code}""#, "Y", "Error", 0),
        (r#", "Error": "X""#, "States.ALL", "Error", 0),
        (r#", "Cause": "X""#, "States.TaskFailed", "Error", 1),
        (r#", "Cause": "X""#, "Y", "Error", 0),
    ] {
        assert_eq!(caught(fail, names, String::SHAPE, path), wrong, "{fail} {names} {path}");
        assert_eq!(caught(fail, names, <Option<String>>::SHAPE, path), 0, "{fail} {names} {path}");
    }
}

#[test]
fn a_position_in_an_array_that_a_function_makes_must_be_there() {
    let string = String::SHAPE;
    for call in ["StringSplit($.pair.id, ',')", "ArrayPartition($.nulls, 2)", "ArrayUnique($.two)"] {
        refused(
            &LISTS,
            &format!("States.ArrayGetItem(States.{call}, 0)"),
            &Shape::Any,
            "may have fewer items",
        );
    }
    fits(&LISTS, "States.ArrayGetItem(States.Array($.pair.id, 1), 0)", string);
    fits(&LISTS, "States.ArrayGetItem(States.ArrayRange(1, 9, 2), 4)", u8::SHAPE);
    refused(&LISTS, "States.ArrayGetItem(States.ArrayRange(1, 9, 2), 5)", u8::SHAPE, "the array has 5 items");
    fits(&LISTS, "States.ArrayGetItem($.two, 1)", u16::SHAPE);
    let beyond = made(&LISTS, "States.ArrayGetItem($.two, 2)", u16::SHAPE);
    assert!(beyond[0].contains("the array has 2 items"), "{beyond:#?}");
    // Timestamps and ARNs have a form of their own.
    let date = "States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, 'T'), 0)";
    fits(&LISTS, date, string);
    fits(&LISTS, &format!("States.ArrayGetItem(States.StringSplit({date}, '-'), 2)"), string);
    refused(
        &LISTS,
        &format!("States.ArrayGetItem(States.StringSplit({date}, '-'), 3)"),
        string,
        "may have fewer",
    );
    fits(&LISTS, "States.ArrayGetItem(States.StringSplit($$.Execution.Id, ':'), 7)", string);
    refused(
        &LISTS,
        "States.ArrayGetItem(States.StringSplit($$.Execution.Id, '-'), 1)",
        string,
        "may have fewer",
    );
    fits(&LISTS, "States.ArrayLength(States.Array(1, 2))", u8::SHAPE);
}

#[test]
fn what_jayway_alone_has_is_refused() {
    refused(&LISTS, "$.entries.length()", &Shape::Any, "`length()` is a function of Jayway");
    refused(&LISTS, "$.entries[?(@.id =~ /x/)]", &Shape::Any, "is an operator of Jayway");
}

#[test]
fn a_strict_machine_leans_on_nothing_that_is_not_declared() {
    let strict = |states: &str, output| said_of(&JOB, states, output, true);
    let ask = |resource: &str, next: &str| {
        format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", "Parameters": {{ "FunctionName": "f", "TableName": "t", "Key": {{}} }}, "Next": "B" }}, {next}"#
        )
    };
    // What a function answers has no declared type.
    let read = ask("lambda:invoke", r#""B": { "Type": "Pass", "InputPath": "$.Payload.id", "End": true }"#);
    assert_eq!(said(&JOB, &read, &Shape::Any), [""; 0]);
    let told = strict(&read, &Shape::Any);
    assert!(told.iter().any(|said| said.contains("no type is declared of it")), "{told:#?}");
    let pass = ask(
        "lambda:invoke",
        r#""B": { "Type": "Choice", "Choices": [{ "Variable": "$.Payload", "IsPresent": true, "Next": "P" }], "Default": "Z" },
        "P": { "Type": "Succeed", "OutputPath": "$.Payload" }, "Z": { "Type": "Fail" }"#,
    );
    assert_eq!(strict(&pass, &Shape::Any), [""; 0]);
    assert_eq!(said(&JOB, &pass, String::SHAPE), [""; 0]);
    assert!(strict(&pass, String::SHAPE)[0].contains("no type is declared of it"));
    // What a service need not answer.
    let read = ask("dynamodb:getItem", r#""B": { "Type": "Pass", "InputPath": "$.Item.id.S", "End": true }"#);
    assert_eq!(said(&JOB, &read, String::SHAPE), [""; 0]);
    let told = strict(&read, String::SHAPE);
    assert!(told.iter().any(|said| said.contains("the service need not answer `Item`")), "{told:#?}");
    let guarded = ask(
        "dynamodb:getItem",
        r#""B": { "Type": "Choice", "Choices": [{ "Variable": "$.Item.id.S", "IsPresent": true, "Next": "P" }], "Default": "Z" },
        "P": { "Type": "Succeed", "OutputPath": "$.Item.id.S" }, "Z": { "Type": "Fail" }"#,
    );
    assert_eq!(strict(&guarded, String::SHAPE), [""; 0]);
}

#[test]
fn a_strict_machine_takes_nothing_of_a_list_whose_items_need_not_have_it() {
    let list = |output: &str, strict| {
        let states = format!(
            r#""A": {{ "Type": "Task", "QueryLanguage": "JSONata", "End": true, "Output": "{{% {output} %}}",
                "Resource": "arn:aws:states:::aws-sdk:connectcontactlens:listRealtimeContactAnalysisSegments",
                "Arguments": {{ "InstanceId": "i", "ContactId": "c" }} }}"#
        );
        said_of(&JOB, &states, &Shape::Any, strict)
    };
    let told = list("$states.result.Segments.Categories", true);
    assert!(told.iter().any(|said| said.starts_with("maybe-missing")), "{told:#?}");
    assert_eq!(list("[$states.result.Segments.Categories]", true), [""; 0]);
    // How many come of it is not known either, whatever each has.
    let told = list("$states.result.Segments.Categories", false);
    assert!(told.len() == 1 && told[0].contains("as many values as there are items"), "{told:#?}");
}

#[test]
fn a_service_s_answer_fits_what_has_its_parts() {
    const SENT: Shape = object!("Sent" { MessageId: String });
    const OTHER: Shape = object!("Other" { MessageId: u32 });
    const MORE: Shape = object!("More" { MessageId: String, Total: u32 });
    let send = r#""A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody": "x" }, "End": true }"#;
    assert_eq!(said(&JOB, send, &SENT), [""; 0]);
    assert!(said(&JOB, send, &OTHER)[0].contains("in its field `MessageId`: expected an integer"));
    assert!(said(&JOB, send, &MORE)[0].contains("its field `Total` is missing"));
    assert!(said(&JOB, send, String::SHAPE)[0].contains("expected a string, found an object"));
    let map = <std::collections::HashMap<String, u32>>::SHAPE;
    assert!(said(&JOB, send, map)[0].contains("expected an integer"));
}

/// Returns the diagnostics of a function's input where a path makes its payload.
fn invoked(input: &'static Shape, payload: &str, call: Call, function: &'static Shape) -> Vec<String> {
    let parameters = match call {
        Call::Direct => format!(r#""InputPath": {payload}"#),
        _ => format!(
            r#""Parameters": {{ "Payload{}": {payload} }}"#,
            if payload == "null" { "" } else { ".$" }
        ),
    };
    let resource = match call {
        Call::Direct => "arn:aws:lambda:us-east-1:123456789012:function:f",
        _ => "arn:aws:states:::lambda:invoke",
    };
    let text = format!(
        r#"{{ "StartAt": "A", "States": {{ "A": {{ "Type": "Task", "Resource": "{resource}", {parameters}, "End": true }} }} }}"#
    );
    let (machine, read) = asl::read_str(&text).unwrap();
    assert!(read.is_empty(), "{read:?}");
    let task = StateTyping::Task {
        task: TaskRef(0),
        name: "f".to_owned(),
        input: TypeRef(1),
        output: TypeRef(0),
        call,
        result: None,
    };
    let states = [("/States/A".into(), task)].into_iter().collect();
    let typing = Typing { input: Some(TypeRef(0)), states, proven: true, ..Typing::default() };
    let known = Known { types: vec![input, function], tasks: Vec::new() };
    let analysis = analyse(&machine, &typing);
    let judged = analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known));
    analysis.diagnostics.iter().cloned().chain(judged).map(|found| found.message).collect()
}

#[test]
fn a_null_payload_comes_to_an_invoked_function_as_an_empty_object() {
    const MAYBE: Shape = Shape::Nullable(&Shape::String);
    const ALL_OPTIONAL: Shape = object!("AllOptional" { id: Option<String> });
    const MAYBE_OPTIONAL: Shape = Shape::Nullable(&ALL_OPTIONAL);
    // A field that can be null can be missing in an input: the items of a tuple cannot.
    const MAYBE_IN: Shape = Shape::Tuple(&[&MAYBE]);
    const NULL_IN: Shape = Shape::Tuple(&[&Shape::Null]);
    const TEXT_IN: Shape = Shape::Tuple(&[&Shape::String]);
    const MAYBE_OPTIONAL_IN: Shape = Shape::Tuple(&[&MAYBE_OPTIONAL]);
    const FIRST: &str = r#""$[0]""#;
    for (input, payload, function) in [
        (&MAYBE_IN, FIRST, &MAYBE),
        (&NULL_IN, FIRST, &Shape::Null),
        (&MAYBE_IN, "null", &Shape::Null),
        (&MAYBE_IN, "null", &MAYBE),
    ] {
        let said = invoked(input, payload, Call::Invoke, function);
        assert!(said.len() == 1 && said[0].contains("comes to the function as `{}`"), "{payload}: {said:?}");
    }
    for (input, payload, function) in [
        (&TEXT_IN, FIRST, &MAYBE),
        (&MAYBE_OPTIONAL_IN, FIRST, &MAYBE_OPTIONAL),
        (&MAYBE_OPTIONAL_IN, FIRST, &ALL_OPTIONAL),
        (&MAYBE_IN, "null", &ALL_OPTIONAL),
        (&MAYBE_IN, "null", &Shape::Any),
        // What is further inside is as it is.
        (&MAYBE_IN, r#""$""#, &MAYBE_IN),
    ] {
        assert_eq!(invoked(input, payload, Call::Invoke, function), [""; 0], "{payload}");
    }
    // So is the input of a function that is called itself.
    assert_eq!(invoked(&MAYBE_IN, FIRST, Call::Direct, &MAYBE), [""; 0]);
}

#[test]
fn what_stands_beside_a_tag_may_be_missing_where_one_variant_may_lack_it() {
    const A: Shape = object!("A" [
        required("kind", &["kind"], &Shape::Enum(&EnumShape { name: "Tag", variants: &["A"], also_given: &[] })),
        required("c", &["c"], &Shape::Nullable(&Shape::String)),
    ]);
    const B: Shape = object!("B" [
        required("kind", &["kind"], &Shape::Enum(&EnumShape { name: "Tag", variants: &["B"], also_given: &[] })),
        required("c", &["c"], &Shape::Number),
    ]);
    const COMMON: ObjectShape = ObjectShape {
        name: "Adjacent",
        fields: &[
            required(
                "kind",
                &["kind"],
                &Shape::Enum(&EnumShape { name: "Tag", variants: &["A", "B"], also_given: &[] }),
            ),
            required("c", &["c"], &Shape::Mixed),
        ],
        flattened: &[],
        deny_unknown_fields: false,
    };
    const EITHER: Shape = Shape::OneOf(&OneOfShape {
        name: "Adjacent",
        alternatives: &[&A, &B],
        common: &COMMON,
        buffered: false,
    });
    const ONLY_B: Shape =
        Shape::OneOf(&OneOfShape { name: "Adjacent", alternatives: &[&B], common: &COMMON, buffered: false });
    let read = r#""A": { "Type": "Pass", "InputPath": "$.c", "End": true }"#;
    let said = said(&EITHER, read, &Shape::Any);
    assert!(said.len() == 1 && said[0].starts_with("maybe-missing"), "{said:?}");
    assert_eq!(self::said(&ONLY_B, read, &Shape::Any), [""; 0]);
}

#[test]
fn what_an_optimised_integration_tells_of_its_call_is_known() {
    const STATUS: Shape = object!("Http" { HttpStatusCode: u16 });
    const REQUEST: Shape = object!("Response" { RequestId: String });
    let ask = |resource: &str, more: &str, path: &str, output| {
        let task = format!(
            r#""A": {{ "Type": "Task", "Resource": "arn:aws:states:::{resource}", "Parameters": {more}, "OutputPath": "{path}", "End": true }}"#
        );
        said(&Shape::Any, &task, output)
    };
    let sqs =
        |path, output| ask("sqs:sendMessage", r#"{ "QueueUrl": "u", "MessageBody": "m" }"#, path, output);
    assert_eq!(sqs("$.SdkHttpMetadata", &STATUS), [""; 0]);
    assert_eq!(sqs("$.SdkResponseMetadata", &REQUEST), [""; 0]);
    assert_eq!(sqs("$.SdkHttpMetadata.HttpStatusCode", u16::SHAPE), [""; 0]);
    assert_eq!(sqs("$.SdkHttpMetadata.AllHttpHeaders.Date[0]", String::SHAPE), [""; 0]);
    assert!(sqs("$.SdkResponseMetadata", &STATUS)[0].contains("its field `HttpStatusCode` is missing"));
    assert!(sqs("$.SdkHttpMetadata", String::SHAPE)[0].starts_with("does-not-fit"));
    assert!(sqs("$.SdkResponseMetadata.RequestID", &Shape::Any)[0].starts_with("no-such-field"));
}
