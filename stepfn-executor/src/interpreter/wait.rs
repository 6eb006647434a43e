use std::time::Duration;

use stepfn_core::value::Value;

use super::{FiberId, Interpreter, Phase, Step, fiber::Sleeping, timers::TimerKind};
use crate::{
    eval::{CompiledPath, EvalError, Instant},
    executor::Inner as Executor,
    program::{self, Frame},
    time,
};

/// The longest wait, in seconds: recorded on AWS for timestamps.
const MAX_SECONDS: u64 = i32::MAX as u64;

impl Interpreter {
    pub(super) fn wait(&mut self, executor: &Executor, id: FiberId, wait: &program::Wait) -> Step {
        let state = executor.program.state(self.state_of(id));
        let now = self.now();
        let span = self.frame(executor, id, None, |frame, fiber| {
            let input = state.data.effective_input(frame, &fiber.input)?;
            let span = match wait {
                program::Wait::Seconds(seconds) => Duration::from_secs(*seconds),
                program::Wait::SecondsPath(path) => Duration::from_secs(seconds(path, frame, &input)?),
                program::Wait::Timestamp(instant) => time::until(now, instant.timestamp()),
                program::Wait::TimestampPath(path) => {
                    time::until(now, timestamp(path, frame, &input)?.timestamp())
                }
            };
            if span.as_secs() > MAX_SECONDS {
                return Err(EvalError::runtime("Wait state delay is too long."));
            }
            Ok(span)
        });
        match span {
            Ok(span) if span.is_zero() => self.waited(executor, id),
            Ok(span) => {
                let wait = self.fibers.new_wait(id);
                self.timers.set(time::after(now, span), id, wait, TimerKind::Wake);
                self.fiber(id).phase = Phase::Sleeping(Sleeping::Wait);
                Step::Block
            }
            Err(failure) => self.failed(executor, id, failure),
        }
    }

    pub(super) fn waited(&mut self, executor: &Executor, id: FiberId) -> Step {
        self.leave_unchanged(executor, id)
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
    value.as_str().and_then(Instant::parse).ok_or_else(|| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        EvalError::runtime(format!(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} == {shown}"
        ))
    })
}
