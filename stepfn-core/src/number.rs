//! Values of a definition that only rustc knows: `timeout_seconds: LIMIT`, `"table": TABLE`. The macro puts a number of no consequence, or
//! a placeholder, in their place; rustc judges the constant, and [`Draft::finish`](crate::draft::Draft::finish) writes it. Not for use by hand.

use serde::Serialize;

use crate::{
    asl::schema::{self, Kind, Range},
    json::unescaped,
    shape::is_timestamp,
    value::{Number, Value, to_value},
};

/// The range of a field of ASL that takes a number; none for other fields.
pub fn range(field: &str) -> Option<Range> {
    match schema::named(field)?.kind {
        Kind::Amount(range) => Some(range),
        _ => None,
    }
}

/// A number for a field that no rule takes offence at, beside whatever numbers there are.
pub fn stand_in(field: &str) -> u32 {
    match field {
        "TimeoutSeconds" => 99_999_999,
        "MaxDelaySeconds" => 31_622_400,
        "MaxAttempts" => 3,
        "BackoffRate" => 2,
        _ => 1,
    }
}

/// Stops rustc where a constant is not of the range.
///
/// # Panics
/// Then.
#[track_caller]
pub const fn expect_number(
    message: &str,
    least: f64,
    most: f64,
    is_whole: bool,
    (integer, float): (i128, f64),
) {
    let fits = float >= least && float <= most && (!is_whole || integer as f64 == float);
    assert!(fits, "{}", message);
}

/// Stops rustc where one number is not less than another.
///
/// # Panics
/// Then.
#[track_caller]
pub const fn expect_less(message: &str, less: f64, more: f64) {
    assert!(less < more, "{}", message);
}

/// Stops rustc where a text is no RFC 3339 timestamp.
///
/// # Panics
/// Then.
#[track_caller]
pub const fn expect_timestamp(message: &str, text: &str) {
    assert!(is_timestamp(text), "{}", message);
}

/// Stops rustc where the name of an error is not one of the program's own: how AWS's own names may be combined is judged where they are
/// written.
///
/// # Panics
/// Then.
#[track_caller]
pub const fn expect_own_error(message: &str, name: &str) {
    let own = name.as_bytes();
    let is_states = matches!(own, [b'S', b't', b'a', b't', b'e', b's', b'.', ..]);
    assert!(!own.is_empty() && !is_states, "{}", message);
}

/// A constant of any type as JSON; null where its `Serialize` fails.
pub fn constant<T: Serialize + ?Sized>(constant: &T) -> Value {
    to_value(constant).unwrap_or(Value::Null)
}

/// A constant number as it is written in ASL.
pub fn number(integer: i128, float: f64) -> Value {
    #[allow(clippy::cast_precision_loss)] // compared by what both are
    let is_whole = integer as f64 == float;
    match i64::try_from(integer) {
        Ok(integer) if is_whole => integer.into(),
        _ => Number::from_f64(float).map_or(Value::Null, Value::Number),
    }
}

/// Puts a value where there is one already.
pub(crate) fn put(root: &mut Value, pointer: &str, value: Value) {
    let Some(tokens) = pointer.strip_prefix('/') else { return };
    let mut here = root;
    for token in tokens.split('/') {
        let token = unescaped(token);
        let below = match here {
            Value::Object(map) => crate::value::Shared::make_mut(map).get_mut(&token),
            Value::Array(items) => token
                .parse::<usize>()
                .ok()
                .and_then(|index| crate::value::Shared::make_mut(items).get_mut(index)),
            _ => None,
        };
        let Some(below) = below else { return };
        here = below;
    }
    *here = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{asl, check};

    /// The diagnostics about a number in a machine that has all fields.
    fn diagnostics(field: &str, number: &str) -> usize {
        let seconds = if field == "Seconds" { number } else { "1" };
        let of = |owner: &[&str]| {
            if owner.contains(&field) { format!(r#", "{field}": {number}"#) } else { String::new() }
        };
        let text = format!(
            r#"{{ "StartAt": "W", "States": {{
                "W": {{ "Type": "Wait", "Seconds": {seconds}, "Next": "T" }},
                "T": {{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {{ "FunctionName": "f" }}, "Next": "M"{},
                    "Retry": [{{ "ErrorEquals": ["E"]{} }}] }},
                "M": {{ "Type": "Map", "End": true{}, "ItemProcessor": {{ "ProcessorConfig": {{ "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }},
                    "StartAt": "P", "States": {{ "P": {{ "Type": "Pass", "End": true }} }} }} }} }} }}"#,
            of(&["TimeoutSeconds", "HeartbeatSeconds"]),
            of(&["IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds"]),
            of(&["MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage"]),
        );
        let (machine, read) = asl::read_str(&text).unwrap();
        read.len() + check::check(&machine, &check::Options::default()).len()
    }

    #[test]
    fn the_ranges_are_those_of_the_rules() {
        for field in [
            "Seconds",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "IntervalSeconds",
            "MaxAttempts",
            "BackoffRate",
            "MaxDelaySeconds",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
        ] {
            let range = range(field).unwrap();
            assert_eq!(diagnostics(field, &stand_in(field).to_string()), 0, "{field}");
            assert!(diagnostics(field, &(range.least - 1.0).to_string()) > 0, "{field}");
            if range.most.is_finite() {
                let most = if field == "MaxDelaySeconds" { range.most } else { range.most.min(99_999_998.0) };
                assert_eq!(diagnostics(field, &most.to_string()), 0, "{field} {most}");
                assert!(diagnostics(field, &(range.most + 1.0).to_string()) > 0, "{field}");
            }
        }
    }

    #[test]
    fn a_number_is_put_where_one_was() {
        let mut value: Value = r#"{"a/b":[{"n":1}]}"#.parse().unwrap();
        put(&mut value, "/a~1b/0/n", number(60, 60.0));
        assert_eq!(value.to_string(), r#"{"a/b":[{"n":60}]}"#);
        assert_eq!(number(1, 1.5).to_string(), "1.5");
    }
}
