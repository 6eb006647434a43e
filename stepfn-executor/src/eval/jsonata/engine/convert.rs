//! Values of the executor and of the engine.

use std::sync::Arc;

use jsonata_core::value::JValue;
use stepfn_core::value::{Map, Number, Value};

use super::{Refusal, message};

/// The objects of the engine.
pub(super) type Object = indexmap::IndexMap<String, JValue>;

/// How deep a result may nest: as deep as the executor's values.
const MAX_DEPTH: usize = 1000;

/// A value for the engine. The executor's nest no deeper than [`MAX_DEPTH`].
pub(super) fn from_value(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(value) => JValue::Bool(*value),
        Value::Number(number) => JValue::Number(number.as_f64()),
        Value::String(text) => JValue::string(&**text),
        Value::Array(items) => JValue::array(items.iter().map(from_value).collect()),
        Value::Object(members) => {
            let mut object = Object::with_capacity(members.len());
            for (key, value) in members.iter() {
                object.insert(key.to_string(), from_value(value));
            }
            JValue::object(object)
        }
    }
}

/// A value out of the engine; nothing for undefined.
pub(super) fn to_value(value: &JValue) -> Result<Option<Value>, Refusal> {
    convert(value, 0)
}

fn convert(value: &JValue, depth: usize) -> Result<Option<Value>, Refusal> {
    if depth > MAX_DEPTH {
        return Err(Refusal::Exceeded(message::MEMORY));
    }
    Ok(Some(match value {
        JValue::Undefined => return Ok(None),
        JValue::Null => Value::Null,
        JValue::Bool(value) => (*value).into(),
        JValue::Number(number) => number_value(*number),
        JValue::String(text) => Value::from(&**text),
        JValue::Array(items) => {
            let mut array = Vec::with_capacity(items.len());
            for item in items.iter() {
                // What is undefined in an array is null in JSON text.
                array.push(convert(item, depth + 1)?.unwrap_or_default());
            }
            array.into()
        }
        JValue::Object(members) => {
            let mut object = Map::with_capacity(members.len());
            for (key, value) in members.iter() {
                if let Some(value) = convert(value, depth + 1)? {
                    object.insert(Arc::from(key.as_str()), value);
                }
            }
            object.into()
        }
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => {
            return Err(Refusal::Unsupported);
        }
    }))
}

/// A number as JSON in JavaScript shows it: whole ones without a fraction, and in digits up to 10^21.
fn number_value(number: f64) -> Value {
    // Jackson, which writes the JSON on AWS, puts what JSON has no number for into quotes: reported for `1/0`.
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        return (number as i64).into();
    }
    // Above that a float knows no more than 17 digits; JavaScript writes zeros for the others.
    let text = format!("{number:e}");
    if number.fract() == 0.0
        && number.abs() < 1e21
        && let Some((digits, exponent)) = text.split_once('e')
    {
        let width = exponent.parse::<usize>().unwrap_or_default() + 1;
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", digits),
        };
        let whole = format!("{sign}{:0<width$}", digits.replace('.', ""));
        if let Ok(number) = whole.parse::<Value>() {
            return number;
        }
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_javascript() {
        for (number, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9_007_199_254_740_994.0, "9007199254740994"),
            (-9_223_372_036_854_775_808.0, "-9223372036854776000"),
            (1e20, "100000000000000000000"),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
            (f64::NAN, "\"NaN\""),
        ] {
            assert_eq!(number_value(number).to_string(), text);
        }
        for number in [1e21, -1.5e300, 1e-7] {
            assert_eq!(number_value(number).as_f64(), Some(number));
        }
    }

    #[test]
    fn a_result_nested_without_end_is_refused() {
        let mut deep = JValue::Null;
        for _ in 0..2000 {
            deep = JValue::array(vec![deep]);
        }
        assert_eq!(to_value(&deep), Err(Refusal::Exceeded(message::MEMORY)));
    }
}
