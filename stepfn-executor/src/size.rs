//! How long a value is as JSON text.

use stepfn_core::value::Value;

/// What AWS lets a state's output, a task's result, or an execution's input have.
pub(crate) const MAX_BYTES: usize = 262_144;

/// The length of the compact JSON text, where it is over [`MAX_BYTES`].
pub(crate) fn over_limit(value: &Value) -> Option<usize> {
    let mut bytes = 0;
    // The exact length is of interest only when it is too much, and then it is told.
    if within(value, &mut bytes) { None } else { Some(value.to_string().len()) }
}

fn within(value: &Value, bytes: &mut usize) -> bool {
    *bytes += match value {
        Value::Null => 4,
        Value::Bool(value) => 5 - usize::from(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number)
                if number.unsigned_abs() < 1 << 32 && value.as_number().is_some_and(|n| n.is_integer()) =>
            {
                let digits = number.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
                digits + usize::from(number < 0)
            }
            _ => number.to_string().len(),
        },
        Value::String(text) => text_length(text),
        Value::Array(items) => {
            *bytes += 2 + items.len().saturating_sub(1);
            return items.iter().all(|item| within(item, bytes)) && *bytes <= MAX_BYTES;
        }
        Value::Object(members) => {
            *bytes += 2 + members.len().saturating_sub(1);
            return members.iter().all(|(key, value)| {
                *bytes += text_length(key) + 1;
                within(value, bytes)
            }) && *bytes <= MAX_BYTES;
        }
    };
    *bytes <= MAX_BYTES
}

fn text_length(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0x00..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + 2 + escapes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_that_of_the_text() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-10",
            "99999999999",
            "1.50",
            "\"a\\\"\\\\\\n\\u0001ä\"",
            "[]",
            "[1,2,[3]]",
            "{}",
            "{\"a\":1,\"b\":{\"c\\t\":null}}",
        ] {
            let value: Value = text.parse().unwrap();
            let mut bytes = 0;
            assert!(within(&value, &mut bytes));
            assert_eq!(bytes, value.to_string().len(), "{text}");
        }
    }

    #[test]
    fn the_limit_is_exact() {
        let text = |bytes: usize| Value::from("x".repeat(bytes - 2));
        assert_eq!(over_limit(&text(MAX_BYTES)), None);
        assert_eq!(over_limit(&text(MAX_BYTES + 1)), Some(MAX_BYTES + 1));
        assert_eq!(over_limit(&Value::array([text(MAX_BYTES)])), Some(MAX_BYTES + 2));
    }
}
