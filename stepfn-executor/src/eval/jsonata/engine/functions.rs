//! The functions that Step Functions adds to JSONata, and those whose answers are not the expression's own.
//!
//! Developer guide, "JSONata functions provided by Step Functions". Fractions are cut off, as reported for AWS.

use std::fmt::Write as _;

use jiff::Timestamp;
use jsonata_core::{
    evaluator::{Context, Evaluator, EvaluatorError, HostFnResult},
    parser,
    value::JValue,
};
use sha1::Digest as _;
use stepfn_core::value::Value;

use super::{Scope, Uses, convert, message};
use crate::eval::Random;

/// The longest array that `$range` makes: measured on AWS.
const MAX_RANGE: i128 = 360_145;

/// Gives the evaluator the functions that the expression names.
pub(super) fn register(
    evaluator: &mut Evaluator,
    uses: &Uses,
    scope: &Scope<'_>,
) -> Result<(), EvaluatorError> {
    type Pure = fn(&[JValue]) -> HostFnResult;
    let pure: [(&str, Pure); 4] =
        [("partition", partition), ("range", range), ("hash", hash), ("parse", parse)];
    for (name, function) in pure {
        if uses.names(name) {
            evaluator.register_fn(name, function)?;
        }
    }
    let now = scope.now;
    if uses.names("now") {
        evaluator.register_fn_override("now", move |args: &[JValue]| now_text(now, args))?;
    }
    if uses.names("millis") {
        evaluator.register_fn_override("millis", move |args: &[JValue]| {
            takes("millis", args, 0)?;
            Ok(JValue::Number(now.as_millisecond() as f64))
        })?;
    }
    // The engine wants functions that borrow nothing, so they draw from a stream of their own.
    let draws = |name: &str| uses.names(name).then(|| scope.random.inner());
    if let Some(stream) = draws("random") {
        evaluator.register_fn_override("random", move |args: &[JValue]| random(&stream, args))?;
    }
    if let Some(stream) = draws("uuid") {
        evaluator.register_fn("uuid", move |args: &[JValue]| {
            takes("uuid", args, 0)?;
            Ok(JValue::string(stream.uuid()))
        })?;
    }
    if let Some(stream) = draws("shuffle") {
        evaluator.register_fn_override("shuffle", move |args: &[JValue]| shuffle(&stream, args))?;
    }
    Ok(())
}

fn fail(text: String) -> EvaluatorError {
    EvaluatorError::EvaluationError(text)
}

fn mismatch(function: &str, argument: usize) -> EvaluatorError {
    fail(message::signature(function, argument))
}

/// Refuses more arguments than there are.
fn takes(function: &str, args: &[JValue], most: usize) -> Result<(), EvaluatorError> {
    if args.len() > most { Err(mismatch(function, most + 1)) } else { Ok(()) }
}

/// A number argument without its fraction; nothing where it is undefined.
fn whole(function: &str, args: &[JValue], index: usize) -> Result<Option<i64>, EvaluatorError> {
    match args.get(index) {
        None | Some(JValue::Undefined) => Ok(None),
        Some(JValue::Number(number)) => Ok(Some(number.trunc() as i64)),
        Some(_) => Err(mismatch(function, index + 1)),
    }
}

/// A string argument; nothing where it is undefined.
fn text<'a>(function: &str, args: &'a [JValue], index: usize) -> Result<Option<&'a str>, EvaluatorError> {
    match args.get(index) {
        None | Some(JValue::Undefined) => Ok(None),
        Some(JValue::String(text)) => Ok(Some(text)),
        Some(_) => Err(mismatch(function, index + 1)),
    }
}

/// `$partition(array, size)`
fn partition(args: &[JValue]) -> HostFnResult {
    takes("partition", args, 2)?;
    let items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items.to_vec(),
        Some(JValue::Null) => return Err(mismatch("partition", 1)),
        Some(other) => vec![other.clone()],
    };
    let size = match whole("partition", args, 1)? {
        None => items.len(),
        Some(size) => usize::try_from(size)
            .map_err(|_| fail("D3137: Second argument must be zero or greater".to_owned()))?,
    };
    if size == 0 || items.is_empty() {
        return Ok(JValue::Undefined);
    }
    Ok(JValue::array(items.chunks(size).map(|chunk| JValue::array(chunk.to_vec())).collect()))
}

/// `$range(first, last, step)`: a sequence, so one of a single number is that number.
fn range(args: &[JValue]) -> HostFnResult {
    takes("range", args, 3)?;
    if args.len() < 2 {
        return Err(mismatch("range", args.len() + 1));
    }
    let (first, last) = (whole("range", args, 0)?, whole("range", args, 1)?);
    let (Some(first), Some(last), Some(step)) = (first, last, whole("range", args, 2)?) else {
        return Ok(JValue::Undefined);
    };
    if step == 0 || (step > 0 && first > last) || (step < 0 && first < last) {
        return Ok(JValue::Undefined);
    }
    let (first, step) = (i128::from(first), i128::from(step));
    let count = (i128::from(last) - first) / step + 1;
    if count > MAX_RANGE {
        return Err(fail(format!("D2015: {}", message::MEMORY)));
    }
    let number = |index: i128| JValue::Number((first + index * step) as f64);
    Ok(if count == 1 { number(0) } else { JValue::sequence((0..count).map(number).collect()) })
}

/// `$hash(text, algorithm)`
fn hash(args: &[JValue]) -> HostFnResult {
    takes("hash", args, 2)?;
    let (data, algorithm) = (text("hash", args, 0)?, text("hash", args, 1)?);
    let (Some(data), Some(algorithm)) = (data.map(str::as_bytes), algorithm) else {
        return Ok(JValue::Undefined);
    };
    Ok(JValue::string(match algorithm {
        "MD5" => hex(&md5::Md5::digest(data)),
        "SHA-1" => hex(&sha1::Sha1::digest(data)),
        "SHA-256" => hex(&sha2::Sha256::digest(data)),
        "SHA-384" => hex(&sha2::Sha384::digest(data)),
        "SHA-512" => hex(&sha2::Sha512::digest(data)),
        other => return Err(fail(format!("D3137: Unsupported hash algorithm: {other}"))),
    }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `$parse(text)`
fn parse(args: &[JValue]) -> HostFnResult {
    takes("parse", args, 1)?;
    let Some(text) = text("parse", args, 0)? else { return Ok(JValue::Undefined) };
    let value: Value = text.parse().map_err(|_| fail("D3137: Invalid JSON".to_owned()))?;
    Ok(convert::from_value(&value))
}

/// `$random()`, `$random(seed)`: those of Java.
fn random(stream: &Random, args: &[JValue]) -> HostFnResult {
    takes("random", args, 1)?;
    Ok(JValue::Number(match whole("random", args, 0)? {
        Some(seed) => Random::new(seed).next_f64(),
        None => stream.next_f64(),
    }))
}

/// `$shuffle(array)`, as jsonata-js does it.
fn shuffle(stream: &Random, args: &[JValue]) -> HostFnResult {
    takes("shuffle", args, 1)?;
    let items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items,
        Some(other) => return Ok(JValue::array(vec![other.clone()])),
    };
    let mut shuffled: Vec<JValue> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let place = (stream.next_f64() * (index + 1) as f64) as usize;
        shuffled.push(item.clone());
        shuffled.swap(place, index);
    }
    Ok(JValue::array(shuffled))
}

/// `$now()`, `$now(picture, timezone)`: what `$fromMillis` makes of the time.
fn now_text(now: Timestamp, args: &[JValue]) -> HostFnResult {
    takes("now", args, 2)?;
    let mut context = Context::new();
    context.bind("millis".to_owned(), JValue::Number(now.as_millisecond() as f64));
    for (name, index) in [("picture", 0), ("zone", 1)] {
        let value = text("now", args, index)?.map_or(JValue::Undefined, JValue::string);
        context.bind(name.to_owned(), value);
    }
    let call = parser::parse("$fromMillis($millis, $picture, $zone)");
    let call = call.map_err(|error| fail(error.to_string()))?;
    Evaluator::with_context(context).evaluate(&call, &JValue::Undefined)
}
