//! What intrinsic functions make of arguments that are known.

use super::sink_tests::{made, required};
use crate::shape::{Field, ObjectShape, Shape, StateData};

const FIELDS: &[Field] = &[
    required("texts", &["texts"], <Vec<String>>::SHAPE),
    required("pair", &["pair"], &Shape::Tuple(&[&Shape::String, &Shape::Boolean])),
    required("n", &["n"], u32::SHAPE),
];
const IN: Shape =
    Shape::Object(&ObjectShape { name: "In", fields: FIELDS, flattened: &[], deny_unknown_fields: false });

#[track_caller]
fn fits(value: &str, output: &'static Shape) {
    assert_eq!(made(&IN, value, output), [""; 0], "{value}");
}

#[track_caller]
fn refused(value: &str, output: &'static Shape, why: &str) {
    let said = made(&IN, value, output);
    assert!(said.len() == 1 && said[0].contains(why), "{value}: expected {why}\nsaid {said:#?}");
}

#[test]
fn the_fraction_of_a_literal_position_is_cut_off() {
    fits("States.ArrayGetItem($.pair, 1.9)", bool::SHAPE);
    fits("States.ArrayGetItem(States.Array(1, 'x'), 0.5)", u8::SHAPE);
    refused("States.ArrayGetItem($.texts, 1.5)", &Shape::Any, "maybe-missing");
    refused("States.ArrayGetItem(States.Array(1), 1.5)", &Shape::Any, "the array has 1 items");
    fits("States.ArrayRange(1.9, 3.9, 1.9)", <[u8; 3]>::SHAPE);
    fits("States.MathAdd(1.5, 1)", &Shape::Integer { min: 3, max: 3 });
    refused("States.ArrayGetItem($.texts, States.MathAdd(0, -1))", &Shape::Any, "positions count from 0");
}

#[test]
fn an_array_without_items_has_null_at_each_position() {
    refused("States.ArrayGetItem(States.Array(), $.n)", String::SHAPE, "does-not-fit");
    refused("States.ArrayGetItem(States.Array(), $$.Execution.RedriveCount)", u8::SHAPE, "does-not-fit");
    fits("States.ArrayGetItem(States.Array(), $.n)", <Option<String>>::SHAPE);
    fits("States.ArrayGetItem($.texts, $.n)", String::SHAPE);
    refused("States.ArrayGetItem(States.Array(), 0)", &Shape::Any, "the array has 0 items");
}

#[test]
fn what_a_literal_text_holds_is_known() {
    const PAIR: &str = r#"States.StringToJson('\\{\"a\":[1,true]\\}')"#;
    fits(PAIR, &Shape::Map(&Shape::Tuple(&[&Shape::Number, &Shape::Boolean])));
    refused(PAIR, String::SHAPE, "does-not-fit");
    fits("States.StringToJson(' ')", <Option<u8>>::SHAPE);
    refused("States.StringToJson(' ')", u8::SHAPE, "does-not-fit");
    fits("States.StringToJson('-0')", u8::SHAPE);
    fits("States.StringToJson(States.Format('{}', $.n))", u8::SHAPE);
}
