//! Numbers by value, exact where JSON's numbers are.

use std::borrow::Cow;

use stepfn_core::value::{Number, Value};

/// `Math.round`: the nearest integer, halves up towards positive infinity.
pub(super) fn round(number: &Number) -> i64 {
    number.as_i64().unwrap_or_else(|| {
        let value = number.as_f64();
        let floor = value.floor();
        // Not `(value + 0.5).floor()`: that sum rounds up what lies just below a half. `as` saturates, as Java does.
        (if value - floor >= 0.5 { floor + 1.0 } else { floor }) as i64
    })
}

/// `Number.intValue`: the integer before the decimal point.
pub(super) fn truncate(number: &Number) -> i64 {
    number.as_i64().unwrap_or_else(|| number.as_f64().trunc() as i64)
}

/// `JsonNode.asDouble`: the number with which AWS compares one that comes from a path. A string counts as the number in it, `true` as 1,
/// anything else that is no number as 0.
pub(super) fn as_double(value: &Value) -> Number {
    match value {
        Value::Number(number) => number.clone(),
        Value::Bool(true) => Number::from(1_i64),
        Value::String(text) => parse(text.trim()).unwrap_or_else(|| Number::from(0_i64)),
        _ => Number::from(0_i64),
    }
}

/// A number out of text that may be one: for literals, and for the filters, which compare `'1'` and `1`. Zeros before a number
/// say nothing.
pub(super) fn parse(text: &str) -> Option<Number> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let plain = digits.trim_start_matches('0');
    let zeros = digits.len() - plain.len();
    let text = match (zeros, plain.starts_with(|c: char| c.is_ascii_digit())) {
        (0, _) => Cow::Borrowed(text),
        (_, true) => Cow::Owned(format!("{sign}{plain}")),
        (_, false) => Cow::Owned(format!("{sign}0{plain}")),
    };
    match text.parse::<stepfn_core::value::Value>() {
        Ok(stepfn_core::value::Value::Number(number)) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        parse(text).unwrap()
    }

    #[test]
    fn rounding() {
        for (text, rounded, truncated) in [
            ("1.49", 1, 1),
            ("1.5", 2, 1),
            ("-1.5", -1, -1),
            ("-1.51", -2, -1),
            ("-0.5", 0, 0),
            ("2.5", 3, 2),
            ("0.49999999999999994", 0, 0),
            ("7", 7, 7),
            ("1e300", i64::MAX, i64::MAX),
            ("-1e300", i64::MIN, i64::MIN),
        ] {
            assert_eq!((round(&number(text)), truncate(&number(text))), (rounded, truncated), "{text}");
        }
    }
}
