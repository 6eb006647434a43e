//! Evaluates expressions, a line each: `cargo run -p stepfn-jsonata --example evaluate < cases.jsonl`.
//!
//! A line is `{"expr": …, "data": …}`; what comes out is `{"value": …}`, `{}` where it is undefined, or `{"code": …, "message": …}`.
//! `tests/interop/jsonata.mjs` compares that with npm's jsonata.

use std::{
    error::Error as StdError,
    io::{BufRead as _, Write as _},
};

use stepfn_core::value::Value;
use stepfn_jsonata::{Expression, Mode, Nothing, Options};

fn main() -> Result<(), Box<dyn StdError>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let case: Value = line?.parse()?;
        writeln!(out, "{}", evaluate(&case))?;
    }
    Ok(())
}

fn evaluate(case: &Value) -> Value {
    let failed = |code: &str, message: &str, range: &std::ops::Range<usize>| {
        Value::object([
            ("code", Value::from(code)),
            ("message", Value::from(message)),
            ("start", Value::from(range.start)),
            ("end", Value::from(range.end)),
        ])
    };
    let expression =
        match Expression::with(case["expr"].as_str().unwrap_or_default(), Options::mode(Mode::Reference)) {
            Ok(expression) => expression,
            Err(error) => return failed(error.code, &error.message, &error.range),
        };
    match expression.evaluate_in(case.get("data"), &Nothing) {
        Ok(Some(value)) => Value::object([("value", value)]),
        Ok(None) => Value::empty_object(),
        Err(error) => failed(error.code, &error.message, &error.range),
    }
}
