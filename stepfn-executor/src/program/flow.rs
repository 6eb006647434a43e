//! The data flow of a state, whatever its language: executions and `TestState` go through the same steps.

use std::time::Duration;

use jiff::Timestamp;
use stepfn_core::value::{Map, Shared, Value};

use super::{
    Amount, Catcher, Data, Frame, Jsonata, JsonataKind, Rule, StateId, Task, Text, Wait, Way, Write,
    data::{assign, choose},
    jsonata_number,
    result::{Output, StateResult, Texts},
};
use crate::{
    eval::{EvalError, Template, jsonata},
    size::Extent,
};

/// The fields that say what becomes of a state's data, in the language of the state.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each state, and a box would be one way more to most data"
)]
pub(crate) enum DataFlow {
    /// JSONPath
    Path(Data),
    Jsonata(Box<Jsonata>),
}

/// The bounds of a Task's work, and the role that does it.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub(crate) timeout: Option<u64>,
    pub(crate) heartbeat: Option<u64>,
    pub(crate) credentials: Option<Value>,
}

/// A value with its size, if that is known: it spares walking over the data again.
pub(crate) type Sized = (Value, Option<Extent>);

impl DataFlow {
    pub(crate) fn is_jsonata(&self) -> bool {
        matches!(self, Self::Jsonata(_))
    }

    /// The input after `InputPath`.
    pub(crate) fn effective_input(&self, frame: &Frame<'_>, raw: &Value) -> Result<Value, EvalError> {
        match self {
            Self::Path(data) => data.effective_input(frame, raw),
            Self::Jsonata(_) => Ok(raw.clone()),
        }
    }

    /// Returns the result of `Parameters` or `Arguments` over the effective input.
    pub(crate) fn parameters(&self, frame: &Frame<'_>, effective: Value) -> Result<Value, EvalError> {
        match self {
            Self::Path(data) => data.parameters(frame, effective),
            Self::Jsonata(jsonata) => match &jsonata.arguments {
                Some(template) => template.render(&frame.jsonata(&effective)),
                None => Ok(effective),
            },
        }
    }

    /// Both of them.
    pub(crate) fn input(&self, frame: &Frame<'_>, raw: &Value) -> Result<Value, EvalError> {
        self.parameters(frame, self.effective_input(frame, raw)?)
    }

    pub(crate) fn has_terms(&self, task: &Task) -> bool {
        match self {
            Self::Path(_) => task.timeout.is_some() || task.heartbeat.is_some() || task.credentials.is_some(),
            Self::Jsonata(jsonata) => match &jsonata.kind {
                JsonataKind::Task { timeout, heartbeat, credentials } => {
                    timeout.is_some() || heartbeat.is_some() || credentials.is_some()
                }
                _ => false,
            },
        }
    }

    /// Returns `TimeoutSeconds`, `HeartbeatSeconds` and `Credentials` of a Task.
    pub(crate) fn terms(
        &self,
        task: &Task,
        frame: &Frame<'_>,
        effective: &Value,
    ) -> Result<Terms, EvalError> {
        if let Self::Jsonata(jsonata) = self
            && let JsonataKind::Task { timeout, heartbeat, credentials } = &jsonata.kind
        {
            let scope = frame.jsonata(effective);
            let number = |template: &Option<jsonata::Template>, field| {
                template.as_ref().map(|template| jsonata_number(template, field, &scope)).transpose()
            };
            return Ok(Terms {
                timeout: number(timeout, "TimeoutSeconds")?,
                heartbeat: number(heartbeat, "HeartbeatSeconds")?,
                credentials: credentials.as_ref().map(|template| template.render(&scope)).transpose()?,
            });
        }
        let amount = |amount: &Option<Amount>| {
            amount.as_ref().map(|amount| amount.evaluate(frame, effective)).transpose()
        };
        let role = |template: &Template| template.render(&frame.scope(effective));
        Ok(Terms {
            timeout: amount(&task.timeout)?,
            heartbeat: amount(&task.heartbeat)?,
            credentials: task.credentials.as_ref().map(role).transpose()?,
        })
    }

    /// Returns the duration of a Wait.
    pub(crate) fn span(
        &self,
        wait: &Wait,
        now: Timestamp,
        frame: &Frame<'_>,
        raw: &Value,
    ) -> Result<Duration, EvalError> {
        match self {
            Self::Path(data) => wait.span(now, frame, &data.effective_input(frame, raw)?),
            Self::Jsonata(jsonata) => jsonata.span(now, frame, raw),
        }
    }

    /// Returns `Error` and `Cause` of a Fail state.
    pub(crate) fn failure(
        &self,
        (error, cause): (&Option<Text>, &Option<Text>),
        frame: &Frame<'_>,
        raw: &Value,
    ) -> Result<Texts, EvalError> {
        match self {
            Self::Path(data) => {
                let input = data.effective_input(frame, raw)?;
                let text =
                    |text: &Option<Text>| text.as_ref().map(|text| text.evaluate(frame, &input)).transpose();
                Ok((text(error)?, text(cause)?))
            }
            Self::Jsonata(jsonata) => jsonata.failure(frame, raw),
        }
    }

    /// Leaves a Choice: by the first rule that holds, else by its default.
    pub(crate) fn choose(
        &self,
        rules: &[Rule],
        default: Option<StateId>,
        frame: &Frame<'_>,
        raw: &Value,
    ) -> Result<Option<(StateResult, Way)>, EvalError> {
        let data = match self {
            Self::Path(data) => data,
            Self::Jsonata(jsonata) => return jsonata.choose(default, frame, raw),
        };
        let go = |input: &Value| {
            let chosen = choose(rules, default, data.assign.as_ref(), frame, input)?;
            let Some((template, way)) = chosen else { return Ok(None) };
            Ok(Some((assigned(template, frame, input)?, way)))
        };
        if data.passes_through() {
            return Ok(go(raw)?.map(|(assigned, way)| (StateResult { output: Output::Input, assigned }, way)));
        }
        let input = data.effective_input(frame, raw)?;
        let Some((assigned, way)) = go(&input)? else { return Ok(None) };
        let output = Output::made(data.output(frame, input)?, frame.limits);
        Ok(Some((StateResult { output, assigned }, way)))
    }

    /// Leaves a state that has no result of its own: Wait, Succeed, a Pass in JSONata.
    pub(crate) fn leave(&self, frame: &Frame<'_>, raw: &Value) -> Result<StateResult, EvalError> {
        match self {
            Self::Path(data) if data.passes_through() => {
                let assigned = assigned(data.assign.as_ref(), frame, raw)?;
                Ok(StateResult { output: Output::Input, assigned })
            }
            Self::Path(data) => {
                let input = data.effective_input(frame, raw)?;
                let assigned = assigned(data.assign.as_ref(), frame, &input)?;
                Ok(StateResult { output: Output::made(data.output(frame, input)?, frame.limits), assigned })
            }
            Self::Jsonata(jsonata) => {
                jsonata.results.evaluate(&frame.jsonata(raw), frame.limits, || Output::Input)
            }
        }
    }

    /// Leaves a state with the result of its work. The raw input may be anything where [it is not needed](Self::needs_input).
    pub(crate) fn complete(
        &self,
        frame: &Frame<'_>,
        (raw, raw_extent): Sized,
        (result, extent): Sized,
    ) -> Result<StateResult, EvalError> {
        match self {
            Self::Path(data) => {
                let assigned = assigned(data.assign.as_ref(), frame, &result)?;
                let (output, extent) = data.finish(frame, (raw, raw_extent), (result, extent))?;
                Ok(StateResult { output: Output::Made(output, extent), assigned })
            }
            Self::Jsonata(jsonata) => jsonata.complete(frame, &raw, &result),
        }
    }

    /// Returns `true` if [`complete`](Self::complete) takes the raw input.
    pub(crate) fn needs_input(&self) -> bool {
        match self {
            Self::Path(data) => !matches!(data.result_path, Write::Replace),
            Self::Jsonata(_) => !self.passes_result(),
        }
    }

    /// Leaves the state through a catcher.
    pub(crate) fn catch(
        &self,
        (index, catcher): (usize, &Catcher),
        frame: &Frame<'_>,
        raw: &Value,
        error: &Value,
    ) -> Result<StateResult, EvalError> {
        match self {
            Self::Path(_) => {
                let assigned = assigned(catcher.assign.as_ref(), frame, error)?;
                let output = catcher.result_path.apply(raw.clone(), error.clone())?;
                Ok(StateResult { output: Output::made(output, frame.limits), assigned })
            }
            Self::Jsonata(jsonata) => jsonata.catch(index, frame, raw, error),
        }
    }

    /// Returns `true` if the work of the state gets its raw input itself.
    pub(crate) fn passes_input(&self) -> bool {
        match self {
            Self::Path(data) => data.passes_input(),
            Self::Jsonata(jsonata) => jsonata.arguments.is_none(),
        }
    }

    /// Returns `true` if the state is left with its result itself, and sets no variables.
    pub(crate) fn passes_result(&self) -> bool {
        match self {
            Self::Path(data) => data.passes_result(),
            Self::Jsonata(jsonata) => jsonata.results.output.is_none() && jsonata.results.assign.is_none(),
        }
    }
}

fn assigned(
    template: Option<&Template>,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<Option<Shared<Map>>, EvalError> {
    template.map(|template| assign(template, frame, input)).transpose()
}
