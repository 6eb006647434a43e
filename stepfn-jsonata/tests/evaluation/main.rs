//! The results of expressions, and their errors.
#![allow(clippy::unwrap_used)]

mod aws;
mod errors;
mod functions;
mod language;
mod limits;
mod paths;

use stepfn_core::value::Value;
use stepfn_jsonata::{Environment, Error, Expression, Mode, Nothing, Options};

/// Data that most tests look at.
const DATA: &str = r##"{
    "id": 12345678901234567, "rate": 1.0, "name": "Ada",
    "items": [
        {"sku": "a1", "price": 10, "qty": 2, "tags": ["x"]},
        {"sku": "b2", "price": 2.5, "qty": 4, "tags": ["x", "y"]},
        {"sku": "c3", "price": 7, "qty": 0}
    ],
    "one": [{"sku": "z9", "price": 1}],
    "nested": [[1, 2], [3, [4, 5]]],
    "none": null, "empty": [],
    "owner": {"name": "Bob", "address": {"city": "Paris"}, "items": [{"sku": "q", "price": 3}]}
}"##;

fn evaluate(text: &str) -> Result<Option<Value>, Error> {
    in_environment(text, DATA, &Nothing)
}

fn in_environment(text: &str, data: &str, environment: &dyn Environment) -> Result<Option<Value>, Error> {
    let data: Value = data.parse().unwrap();
    let expression = Expression::compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    expression.evaluate_in(Some(&data), environment)
}

fn in_reference(text: &str) -> Result<Option<Value>, Error> {
    let data: Value = DATA.parse().unwrap();
    Expression::with(text, Options::mode(Mode::Reference)).unwrap().evaluate(&data)
}

/// The value as JSON text, `undefined`, or the error.
fn shown(result: Result<Option<Value>, Error>) -> String {
    match result {
        Ok(Some(value)) => value.to_string(),
        Ok(None) => "undefined".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Holds each expression against what it should give.
#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(evaluate(text)), *expected, "{text}");
    }
}
