//! The functions that Step Functions adds to JSONata, and those whose answers are not the expression's own.
//!
//! Developer guide, "JSONata functions provided by Step Functions". Fractions are cut off, as recorded.

use std::fmt::Write as _;

use sha1::Digest as _;
use stepfn_core::value::{Shared, Value};

use super::argument;
use crate::{
    error::{Fault, Limit},
    eval::{Evaluator, Scope},
    value::{Flags, Res, Val, stringify},
};

/// The longest array that `$range` makes: measured on AWS.
const MAX_RANGE: f64 = 360_145.0;

pub(super) fn random<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(Val::Number(match argument(arguments, 0).as_number() {
        Some(seed) => seeded(seed.trunc() as i64),
        None => e.environment.random(),
    }))
}

/// The first number of `java.util.Random` for a seed: that is what AWS gives.
fn seeded(seed: i64) -> f64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let step = |state: u64| state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
    let first = step((seed.cast_unsigned() ^ MULTIPLIER) & MASK);
    let second = step(first);
    (((first >> 22) << 27) + (second >> 21)) as f64 / (1_u64 << 53) as f64
}

pub(super) fn uuid<'a>(e: &Evaluator<'a>, _: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let bits = e.environment.random_bits();
    // Version 4 of RFC 9562.
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{bits:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    e.text(format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)))
}

pub(super) fn partition<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(items) = value.as_array() else {
        if value.is_undefined() {
            return Ok(value);
        }
        // AWS takes no value for an array of one, and does not say what the array should be of.
        return Err(Fault::new("T0412").index(1).value(stringify(&value, e.meter)));
    };
    let size = argument(arguments, 1).as_number().map_or(items.len() as f64, f64::trunc);
    if size < 0.0 {
        return Err(Fault::custom("Second argument must be zero or greater"));
    }
    if size == 0.0 || items.is_empty() {
        return Ok(Val::Undefined);
    }
    let size = size as usize;
    e.meter.visit(items.len())?;
    let mut parts = Vec::new();
    let mut rest = items.to_vec();
    while rest.len() > size {
        let after = rest.split_off(size);
        parts.push(Val::array(rest, Flags::PLAIN, e.meter)?);
        rest = after;
    }
    parts.push(Val::array(rest, Flags::PLAIN, e.meter)?);
    Val::array(parts, Flags::PLAIN, e.meter)
}

/// A sequence, so one of a single number is that number.
pub(super) fn range<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let whole = |index: usize| argument(arguments, index).as_number().map(f64::trunc);
    let (Some(first), Some(last), Some(step)) = (whole(0), whole(1), whole(2)) else {
        return Ok(Val::Undefined);
    };
    if step == 0.0 || (step > 0.0 && first > last) || (step < 0.0 && first < last) {
        return Ok(Val::Undefined);
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count.is_nan() || count > MAX_RANGE {
        return Err(Fault::limit(Limit::Memory));
    }
    if step == 1.0 {
        return Val::range(first, count as usize, e.meter);
    }
    e.meter.visit(count as usize)?;
    let numbers = (0..count as usize).map(|index| Val::Number(first + index as f64 * step));
    Val::sequence(numbers.collect(), e.meter)
}

pub(super) fn hash<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let (data, algorithm) = (argument(arguments, 0), argument(arguments, 1));
    let (Some(data), Some(algorithm)) = (data.as_text(), algorithm.as_text()) else {
        return Ok(Val::Undefined);
    };
    e.meter.read(data.len() * 8)?;
    let data = data.as_bytes();
    e.text(match algorithm {
        "MD5" => hexadecimal(&md5::Md5::digest(data)),
        "SHA-1" => hexadecimal(&sha1::Sha1::digest(data)),
        "SHA-256" => hexadecimal(&sha2::Sha256::digest(data)),
        "SHA-384" => hexadecimal(&sha2::Sha384::digest(data)),
        "SHA-512" => hexadecimal(&sha2::Sha512::digest(data)),
        other => {
            let known = "SHA-1, SHA-384, SHA-256, SHA-512, MD5";
            return Err(Fault::custom(format!("Hash algorithm '{other}' must be one of {known}")));
        }
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Integers to 2^63-1 keep their digits.
pub(super) fn parse<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    e.meter.spend(text.len() as u64 / 8)?;
    // A value takes more space than its text.
    e.meter.room(text.len() * 16)?;
    match text.parse::<Value>() {
        Ok(value) => Ok(Val::Own(as_numbers(value))),
        Err(_) => Err(Fault::custom("Invalid JSON").value(stringify(&argument(arguments, 0), e.meter))),
    }
}

/// The value with numbers as JavaScript has them, but for whole ones of 64 bits.
fn as_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let float = number.as_f64();
            if float.abs() >= 9_007_199_254_740_992.0 && number.is_integer() && number.as_i64().is_some() {
                Value::Number(number)
            } else {
                crate::number::value(float)
            }
        }
        Value::Array(items) => Value::array(Shared::unwrap_or_clone(items).into_iter().map(as_numbers)),
        Value::Object(members) => Value::object(
            Shared::unwrap_or_clone(members).into_iter().map(|(key, value)| (key, as_numbers(value))),
        ),
        other => other,
    }
}
