//! Runs JSONata's own test suite: `cargo run --release -p stepfn-jsonata --example suite -- DIR`.
//!
//! `DIR` holds `cases.jsonl`, a case a line, and `datasets.json`. What fails is printed; the last line is `N passed, M failed`.

use std::{borrow::Cow, error::Error as StdError, fs, path::Path, process::ExitCode};

use stepfn_core::value::Value;
use stepfn_jsonata::{Environment, Expression, Limits, Mode, Options};

fn main() -> Result<ExitCode, Box<dyn StdError>> {
    let dir =
        std::env::args().nth(1).ok_or("usage: suite DIR [WORD]: DIR holds cases.jsonl and datasets.json")?;
    let word = std::env::args().nth(2).unwrap_or_default();
    let dir = Path::new(&dir);
    let cases = fs::read_to_string(dir.join("cases.jsonl"))?;
    let datasets: Value = fs::read_to_string(dir.join("datasets.json"))?.parse()?;
    let (mut passed, mut failed) = (0_usize, 0_usize);
    // Evaluations nest as deep as cases allow them to: on a stack that is large enough.
    let check = |case: &Value| {
        let (case, datasets) = (case.clone(), datasets.clone());
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || check(&case, &datasets));
        thread.map_err(|error| error.to_string())?.join().unwrap_or_else(|_| Err("it panicked".to_owned()))
    };
    for line in cases.lines().filter(|line| line.contains(&word)) {
        let case: Value = match line.parse() {
            Ok(case) => case,
            Err(error) => {
                failed += 1;
                println!("{line}\n    the case cannot be read: {error}");
                continue;
            }
        };
        match check(&case) {
            Ok(()) => passed += 1,
            Err(reason) => {
                failed += 1;
                let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
                println!("{}/{}: {}\n    {reason}", text("group"), text("file"), text("expr"));
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The variables of a case. Time is that of the suite's release; random numbers run through a cycle.
struct Case<'c> {
    bindings: &'c Value,
    turns: std::cell::Cell<u32>,
}

impl Environment for Case<'_> {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.bindings.get(name).map(Cow::Borrowed)
    }

    fn now(&self) -> f64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0.0, |since| since.as_millis() as f64)
    }

    fn random(&self) -> f64 {
        let turn = self.turns.get();
        self.turns.set(turn.wrapping_add(1));
        f64::from(turn.wrapping_mul(2_654_435_761) >> 8) / f64::from(1_u32 << 24)
    }
}

fn check(case: &Value, datasets: &Value) -> Result<(), String> {
    let text = case["expr"].as_str().unwrap_or_default();
    let code = case.get("code").or_else(|| case["error"].get("code")).and_then(Value::as_str);
    let message = case["error"].get("message").and_then(Value::as_str);
    let depth = case["depth"].as_i64().and_then(|depth| u32::try_from(depth).ok());
    let defaults = Limits::default();
    let limits = Limits {
        // The suite makes ten million items, and counts no steps.
        items: 10_000_000,
        bytes: 2 << 30,
        steps: 200_000_000,
        depth: depth.filter(|depth| *depth > 0).unwrap_or(defaults.depth * 4),
    };
    let options = Options::mode(Mode::Reference).limits(limits);
    let input = match case.get("dataset").and_then(Value::as_str) {
        Some(name) => datasets.get(name),
        None => case.get("data"),
    };
    let environment = Case { bindings: &case["bindings"], turns: std::cell::Cell::default() };
    let result = match Expression::with(text, options) {
        Ok(expression) => expression
            .evaluate_in(input, &environment)
            .map_err(|error| (error.code, error.message.clone(), error.to_string())),
        Err(error) => Err((error.code, error.message.clone(), format!("{}: {error}", error.code))),
    };
    match (result, code) {
        (Err((found, message_found, _)), Some(code)) if found == code => match message {
            Some(message) if message != message_found => {
                Err(format!("says `{message_found}`, expected `{message}`"))
            }
            _ => Ok(()),
        },
        (Err((.., error)), Some(code)) => Err(format!("failed with {error}, expected {code}")),
        (Err((.., error)), None) => Err(format!("failed with {error}")),
        (Ok(value), Some(code)) => Err(format!("gave {value:?}, expected {code}")),
        (Ok(value), None) => compare(case, value.as_ref()),
    }
}

fn compare(case: &Value, value: Option<&Value>) -> Result<(), String> {
    let expected = case.get("result");
    let unordered = case["unordered"].as_bool() == Some(true);
    let same = match (value, expected) {
        (None, None) => true,
        (Some(value), Some(expected)) if unordered => same_items(value, expected),
        (Some(value), Some(expected)) => equal(value, expected),
        // What JSON has no text for is null there.
        (None, Some(expected)) => *expected == Value::Null && case.get("undefinedResult").is_some(),
        (Some(_), None) => false,
    };
    if same { Ok(()) } else { Err(format!("gave {value:?}, expected {expected:?}")) }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

fn same_items(left: &Value, right: &Value) -> bool {
    let (Some(left), Some(right)) = (left.as_array(), right.as_array()) else { return equal(left, right) };
    left.len() == right.len() && left.iter().all(|item| right.iter().any(|other| equal(item, other)))
}
