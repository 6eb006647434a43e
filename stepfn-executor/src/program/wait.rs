//! The duration of a Wait.

use std::time::Duration;

use jiff::Timestamp;
use stepfn_core::value::Value;

use super::{Frame, Wait};
use crate::{
    eval::{CompiledPath, EvalError, Instant},
    time,
};

/// The longest wait, in seconds: recorded on AWS for timestamps.
const MAX_SECONDS: u64 = i32::MAX as u64;

impl Wait {
    /// The time from `now` on that it waits for, with this effective input.
    pub(crate) fn span(
        &self,
        now: Timestamp,
        frame: &Frame<'_>,
        input: &Value,
    ) -> Result<Duration, EvalError> {
        let span = match self {
            Self::Seconds(seconds) => Duration::from_secs(*seconds),
            Self::SecondsPath(path) => Duration::from_secs(seconds(path, frame, input)?),
            Self::Timestamp(instant) => time::until(now, time::of(instant)),
            Self::TimestampPath(path) => time::until(now, time::of(&timestamp(path, frame, input)?)),
        };
        if span.as_secs() > MAX_SECONDS {
            return Err(EvalError::runtime("Wait state delay is too long."));
        }
        Ok(span)
    }
}

fn seconds(path: &CompiledPath, frame: &Frame<'_>, input: &Value) -> Result<u64, EvalError> {
    let value = path.get(&frame.scope(input)).map_err(|_| {
        EvalError::runtime(format!("The SecondsPath parameter does not reference an input value: {path}"))
    })?;
    let number = match &value {
        Value::Number(number) if number.is_integer() => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let shown = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let number = number.ok_or_else(|| {
        EvalError::runtime(format!(
            "The SecondsPath parameter cannot be parsed as a long value: {path} == {}",
            shown()
        ))
    })?;
    u64::try_from(number).map_err(|_| {
        EvalError::runtime(format!(
            "The SecondsPath parameter references a negative value: {path} == {}",
            shown()
        ))
    })
}

fn timestamp(path: &CompiledPath, frame: &Frame<'_>, input: &Value) -> Result<Instant, EvalError> {
    let value = path.get(&frame.scope(input)).map_err(|_| {
        EvalError::runtime(format!("The TimestampPath parameter does not reference an input value: {path}"))
    })?;
    value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        EvalError::runtime(format!(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} == {shown}"
        ))
    })
}
