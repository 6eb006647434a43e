//! Log events, as CloudWatch Logs gets them (developer guide, "Using CloudWatch Logs to log execution history").

use stepfn_core::{definition::LogLevel, value::Value};

use super::HistoryEvent;

/// The size of escaped input or output in a log event, in bytes (developer guide, "CloudWatch Logs payloads").
pub(super) const MAX_ESCAPED: usize = 248 * 1024;

/// The details that are left out where `includeExecutionData` is false.
const EXECUTION_DATA: [&str; 7] = [
    "input",
    "inputDetails",
    "output",
    "outputDetails",
    "parameters",
    "assignedVariables",
    "assignedVariablesDetails",
];

/// Returns `true` if events of a type are logged (developer guide, "Log levels for Step Functions execution events").
pub(super) fn is_logged(level: LogLevel, event_type: &str) -> bool {
    let ended = matches!(event_type, "ExecutionFailed" | "ExecutionAborted" | "ExecutionTimedOut");
    match level {
        LogLevel::All => true,
        LogLevel::Error => {
            ended
                || event_type == "FailStateEntered"
                || ["Failed", "Aborted", "TimedOut"].iter().any(|suffix| event_type.ends_with(suffix))
        }
        LogLevel::Fatal => ended,
        LogLevel::Off => false,
    }
}

/// The log event of a history event.
pub(super) fn event(
    event: &HistoryEvent<'_>,
    include_execution_data: bool,
    arn: &str,
    redrives: u32,
) -> Value {
    let logged = Logged {
        id: event.id,
        event_type: event.event_type,
        details: event.details().unwrap_or_else(Value::empty_object),
        previous: event.previous_event_id,
        millis: event.timestamp.as_millisecond(),
    };
    logged.into_value(include_execution_data, arn, redrives)
}

/// Returns the log event of a history event that is kept as the JSON of `GetExecutionHistory`, if that level logs it: what
/// [`Outcome::log_events`](crate::Outcome::log_events) gives of an execution that is at hand. `redrives` is the number of redrives so far.
///
/// ```
/// use stepfn_core::{definition::LogLevel, json};
/// use stepfn_executor::delivery::log_event;
///
/// let event = json::parse_value(r#"{"timestamp": 1.5, "type": "ExecutionFailed", "id": 4, "previousEventId": 3,
///     "executionFailedEventDetails": {"error": "Refused"}}"#)?;
/// let arn = "arn:aws:states:us-east-1:123456789012:execution:Order:one";
/// let logged = log_event(&event, LogLevel::Fatal, false, arn, 0).ok_or("it is logged")?;
/// assert_eq!(logged["details"]["error"].as_str(), Some("Refused"));
/// assert_eq!(logged["event_timestamp"].as_str(), Some("1500"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn log_event(
    event: &Value,
    level: LogLevel,
    include_execution_data: bool,
    execution_arn: &str,
    redrives: u32,
) -> Option<Value> {
    let event_type = event["type"].as_str()?;
    if !is_logged(level, event_type) {
        return None;
    }
    let Value::Object(members) = event else { return None };
    let details = members.iter().find(|(key, _)| key.ends_with("EventDetails"));
    let number = |key: &str| event[key].as_f64().unwrap_or_default();
    let logged = Logged {
        id: number("id") as u64,
        event_type,
        details: details.map_or_else(Value::empty_object, |(_, details)| details.clone()),
        previous: number("previousEventId") as u64,
        millis: (number("timestamp") * 1000.0).round() as i64,
    };
    Some(logged.into_value(include_execution_data, execution_arn, redrives))
}

/// A history event that is logged.
struct Logged<'a> {
    id: u64,
    event_type: &'a str,
    details: Value,
    previous: u64,
    millis: i64,
}

impl Logged<'_> {
    fn into_value(mut self, include_execution_data: bool, arn: &str, redrives: u32) -> Value {
        let entries = self.details.make_object();
        if include_execution_data {
            for (data, data_details) in [("input", "inputDetails"), ("output", "outputDetails")] {
                let Some(Value::String(text)) = entries.get(data) else { continue };
                if let Some(cut) = fitting(text) {
                    let cut = Value::from(&text[..cut]);
                    entries.insert(data.into(), cut);
                    entries.insert(data_details.into(), Value::object([("truncated", Value::from(true))]));
                }
            }
        } else {
            entries.retain(|key, _| !EXECUTION_DATA.contains(&&**key));
        }
        Value::object([
            ("id", Value::from(self.id.to_string())),
            ("type", self.event_type.into()),
            ("details", self.details),
            ("previous_event_id", self.previous.to_string().into()),
            ("event_timestamp", self.millis.to_string().into()),
            ("execution_arn", arn.into()),
            ("redrive_count", redrives.to_string().into()),
        ])
    }
}

/// Returns the length of a string inside of a JSON string.
pub(super) fn escaped_length(text: &str) -> usize {
    text.chars().map(escaped).sum()
}

fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c => c.len_utf8(),
    }
}

/// Returns the position at which a text is cut, if it is too long.
fn fitting(text: &str) -> Option<usize> {
    let mut length = 0;
    text.char_indices().find_map(|(at, c)| {
        length += escaped(c);
        (length > MAX_ESCAPED).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_take_the_events_of_the_guide() {
        let levels = |event_type| {
            [LogLevel::All, LogLevel::Error, LogLevel::Fatal, LogLevel::Off]
                .map(|level| is_logged(level, event_type))
        };
        assert_eq!(levels("PassStateEntered"), [true, false, false, false]);
        assert_eq!(levels("ExecutionSucceeded"), [true, false, false, false]);
        for name in ["FailStateEntered", "LambdaFunctionTimedOut", "MapIterationAborted", "TaskFailed"] {
            assert_eq!(levels(name), [true, true, false, false], "{name}");
        }
        for name in ["ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"] {
            assert_eq!(levels(name), [true, true, true, false], "{name}");
        }
    }

    #[test]
    fn a_text_is_cut_where_its_escaped_form_is_full() {
        assert_eq!(fitting(&"a".repeat(MAX_ESCAPED)), None);
        assert_eq!(fitting(&"a".repeat(MAX_ESCAPED + 1)), Some(MAX_ESCAPED));
        assert_eq!(fitting(&"\"".repeat(MAX_ESCAPED)), Some(MAX_ESCAPED / 2));
        assert_eq!(fitting(&"ä".repeat(MAX_ESCAPED)), Some(MAX_ESCAPED));
        assert_eq!(escaped_length("a\"\u{1}ä"), 1 + 2 + 6 + 2);
    }
}
