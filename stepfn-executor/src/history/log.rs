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
    let mut details = event.details().unwrap_or_else(Value::empty_object);
    let entries = details.make_object();
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
        ("id", Value::from(event.id.to_string())),
        ("type", event.event_type.into()),
        ("details", details),
        ("previous_event_id", event.previous_event_id.to_string().into()),
        ("event_timestamp", event.timestamp.as_millisecond().to_string().into()),
        ("execution_arn", arn.into()),
        ("redrive_count", redrives.to_string().into()),
    ])
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
