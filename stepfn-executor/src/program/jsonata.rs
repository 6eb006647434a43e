//! The data flow of a JSONata state (developer guide, "Transforming data with JSONata in Step Functions").

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use stepfn_core::value::{Map, Shared, Value};

use super::{
    Frame, StateId, Way,
    result::{Output, StateResult, Texts, within_limit},
};
use crate::{
    eval::{
        EvalError, Instant,
        jsonata::{Scope, Template},
    },
    limits::Limits,
    time,
};

/// The most seconds that a field takes.
const MAX_SECONDS: u64 = 99_999_999;

/// The fields of a JSONata state.
#[derive(Debug)]
pub(crate) struct Jsonata {
    pub(crate) kind: JsonataKind,
    pub(crate) arguments: Option<Template>,
    pub(crate) results: Results,
    /// The results of the state's catchers, in their order.
    pub(crate) catch: Box<[Results]>,
}

/// `Output` and `Assign`: of a state, a rule, or a catcher.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) output: Option<Template>,
    pub(crate) assign: Option<Template>,
}

/// The fields that only one type of state has.
#[derive(Debug)]
pub(crate) enum JsonataKind {
    Plain,
    Task { timeout: Option<Template>, heartbeat: Option<Template>, credentials: Option<Template> },
    Seconds(Template),
    Timestamp(Template),
    Fail { error: Option<Template>, cause: Option<Template> },
    Choice(Box<[Choosing]>),
}

/// A rule of a Choice.
#[derive(Debug)]
pub(crate) struct Choosing {
    pub(crate) condition: Template,
    /// `Choices[0]/Condition`
    pub(crate) field: Box<str>,
    pub(crate) results: Results,
    pub(crate) next: StateId,
}

impl Results {
    /// Evaluates both; neither sees what the other makes. Without `Output` the state is left with the default.
    pub(crate) fn evaluate(
        &self,
        scope: &Scope<'_>,
        limits: &Limits,
        default: impl FnOnce() -> Output,
    ) -> Result<StateResult, EvalError> {
        let assigned = self.assign(scope, limits)?;
        let output = match &self.output {
            Some(template) => Output::made(template.render(scope)?, limits),
            None => default(),
        };
        Ok(StateResult { output, assigned })
    }

    fn assign(&self, scope: &Scope<'_>, limits: &Limits) -> Result<Option<Shared<Map>>, EvalError> {
        let Some(template) = &self.assign else { return Ok(None) };
        match template.render(scope)? {
            Value::Object(variables) => within_limit(variables, limits).map(Some),
            other => Err(unexpected(template, "Assign", "object", &other)),
        }
    }
}

impl Jsonata {
    /// Leaves the state with the result of its work.
    pub(crate) fn complete(
        &self,
        frame: &Frame<'_>,
        input: &Value,
        result: &Value,
    ) -> Result<StateResult, EvalError> {
        let scope = frame.jsonata(input).with_result(result);
        self.results.evaluate(&scope, frame.limits, || Output::made(result.clone(), frame.limits))
    }

    /// Leaves the state through a catcher.
    pub(crate) fn catch(
        &self,
        catcher: usize,
        frame: &Frame<'_>,
        input: &Value,
        error: &Value,
    ) -> Result<StateResult, EvalError> {
        let none = Results::default();
        let results = self.catch.get(catcher).unwrap_or(&none);
        let scope = frame.jsonata(input).with_error_output(error);
        results.evaluate(&scope, frame.limits, || Output::made(error.clone(), frame.limits))
    }

    /// Leaves a Choice: by the first rule that holds, else by its default. A rule without `Output` has that of the state.
    pub(crate) fn choose(
        &self,
        default: Option<StateId>,
        frame: &Frame<'_>,
        input: &Value,
    ) -> Result<Option<(StateResult, Way)>, EvalError> {
        let JsonataKind::Choice(rules) = &self.kind else { return Ok(None) };
        let scope = frame.jsonata(input);
        for (index, rule) in rules.iter().enumerate() {
            match rule.condition.render(&scope)? {
                Value::Bool(false) => {}
                Value::Bool(true) => {
                    let mut left = rule.results.evaluate(&scope, frame.limits, || Output::Input)?;
                    if let (None, Some(template)) = (&rule.results.output, &self.results.output) {
                        left.output = Output::made(template.render(&scope)?, frame.limits);
                    }
                    return Ok(Some((left, Way::rule(index, rule.next))));
                }
                other => return Err(unexpected(&rule.condition, &rule.field, "boolean", &other)),
            }
        }
        let Some(default) = default else { return Ok(None) };
        let left = self.results.evaluate(&scope, frame.limits, || Output::Input)?;
        Ok(Some((left, Way::default(default))))
    }

    /// Returns `Error` and `Cause` of a Fail state.
    pub(crate) fn failure(&self, frame: &Frame<'_>, input: &Value) -> Result<Texts, EvalError> {
        let JsonataKind::Fail { error, cause } = &self.kind else { return Ok((None, None)) };
        let scope = frame.jsonata(input);
        let of = |template: &Option<Template>, field| {
            template.as_ref().map(|template| text(template, field, &scope)).transpose()
        };
        Ok((of(error, "Error")?, of(cause, "Cause")?))
    }

    /// Returns the duration of a Wait.
    pub(crate) fn span(
        &self,
        now: Timestamp,
        frame: &Frame<'_>,
        input: &Value,
    ) -> Result<Duration, EvalError> {
        let scope = frame.jsonata(input);
        match &self.kind {
            JsonataKind::Seconds(template) => number(template, "Seconds", &scope).map(Duration::from_secs),
            JsonataKind::Timestamp(template) => {
                let text = text(template, "Timestamp", &scope)?;
                let instant = text.parse::<Instant>().map_err(|_| {
                    EvalError::query(
                        format!("The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}"),
                        Some("Timestamp"),
                    )
                })?;
                let span = time::until(now, time::of(&instant));
                if span.as_secs() > i32::MAX as u64 {
                    return Err(EvalError::runtime("Wait state delay is too long."));
                }
                Ok(span)
            }
            _ => Ok(Duration::ZERO),
        }
    }
}

/// A number of seconds, or of iterations.
pub(crate) fn number(template: &Template, field: &str, scope: &Scope<'_>) -> Result<u64, EvalError> {
    let whole = integer(template, field, scope)?;
    u64::try_from(whole).ok().filter(|whole| *whole <= MAX_SECONDS).ok_or_else(|| {
        EvalError::query(format!("{field} must be between 0 and {MAX_SECONDS} but was: {whole}"), Some(field))
    })
}

/// A whole number, of any size and sign.
pub(super) fn integer(template: &Template, field: &str, scope: &Scope<'_>) -> Result<i64, EvalError> {
    let value = template.render(scope)?;
    let Value::Number(number) = &value else { return Err(unexpected(template, field, "number", &value)) };
    number.as_i64().ok_or_else(|| {
        EvalError::query(format!("The {field} field cannot be parsed as an integer: {number}"), Some(field))
    })
}

/// A text.
pub(crate) fn text(template: &Template, field: &str, scope: &Scope<'_>) -> Result<Arc<str>, EvalError> {
    match template.render(scope)? {
        Value::String(text) => Ok(text.into()),
        other => Err(unexpected(template, field, "string", &other)),
    }
}

pub(super) fn unexpected(template: &Template, field: &str, expected: &str, value: &Value) -> EvalError {
    match template.expression() {
        Some(expression) => expression.unexpected(field, expected, value),
        None => {
            let found = value.type_name();
            let cause = format!(
                "The field '{field}' has an unexpected type. Expected '{expected}', but was '{found}' for value: {value}"
            );
            EvalError::query(cause, Some(field))
        }
    }
}
