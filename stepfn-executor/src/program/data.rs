//! The data flow of a JSONPath state. That of a JSONata state is [`Jsonata`](super::Jsonata); [`DataFlow`](super::DataFlow) is either.

use std::sync::Arc;

use jiff::Timestamp;
use stepfn_core::value::{Map, Shared, Value};

use super::{Rule, StateId, Way, result::within_limit};
use crate::{
    eval::{
        CompiledPath, ContextObject, EvalError, Expression, Random, ResultPath, Scope, Template, Variables,
        jsonata,
    },
    limits::Limits,
    size::Extent,
};

/// The data that expressions can read, the input apart.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) context: &'a dyn ContextObject,
    pub(crate) variables: &'a dyn Variables,
    pub(crate) random: &'a Random,
    pub(crate) now: Timestamp,
    pub(crate) limits: &'a Limits,
}

impl<'a> Frame<'a> {
    pub(crate) fn scope(&self, input: &'a Value) -> Scope<'a> {
        Scope { input, context: self.context, variables: self.variables, random: self.random }
    }

    /// Returns the data that a JSONata expression can read, a result or an error apart.
    pub(crate) fn jsonata(&self, input: &'a Value) -> jsonata::Scope<'a> {
        jsonata::Scope::new(input, self.context, self.variables, self.random, self.now, self.limits)
    }
}

/// The data flow of a JSONPath state.
#[derive(Debug, Default)]
pub(crate) struct Data {
    pub(crate) input_path: Select,
    pub(crate) parameters: Option<Template>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: Write,
    pub(crate) output_path: Select,
    pub(crate) assign: Option<Template>,
}

/// `InputPath`, `OutputPath`
#[derive(Debug, Default)]
pub(crate) enum Select {
    /// Absent, or `$`.
    #[default]
    All,
    /// `null`: an empty object.
    Nothing,
    Path(CompiledPath),
}

impl Select {
    fn apply(&self, frame: &Frame<'_>, value: Value) -> Result<Value, EvalError> {
        match self {
            Self::All => Ok(value),
            Self::Nothing => Ok(Value::empty_object()),
            Self::Path(path) => path.get(&frame.scope(&value)).map_err(|miss| miss.invalid_path()),
        }
    }
}

/// `ResultPath`
#[derive(Debug, Default)]
pub(crate) enum Write {
    /// Absent, or `$`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the input goes on, the result is lost.
    Discard,
    Path(ResultPath),
}

impl Write {
    pub(crate) fn apply(&self, raw: Value, result: Value) -> Result<Value, EvalError> {
        match self {
            Self::Replace => Ok(result),
            Self::Discard => Ok(raw),
            Self::Path(path) => path.write(raw, result),
        }
    }
}

impl Data {
    /// The input after `InputPath`.
    pub(crate) fn effective_input(&self, frame: &Frame<'_>, raw: &Value) -> Result<Value, EvalError> {
        self.input_path.apply(frame, raw.clone())
    }

    /// Returns the result of `Parameters` over the effective input.
    pub(crate) fn parameters(&self, frame: &Frame<'_>, effective: Value) -> Result<Value, EvalError> {
        match &self.parameters {
            Some(template) => template.render(&frame.scope(&effective)),
            None => Ok(effective),
        }
    }

    /// Returns the result of `ResultSelector` over a result.
    pub(crate) fn select_result(&self, frame: &Frame<'_>, result: Value) -> Result<Value, EvalError> {
        match &self.result_selector {
            Some(template) => template.render(&frame.scope(&result)),
            None => Ok(result),
        }
    }

    /// Takes a result through `ResultSelector`, `ResultPath` and `OutputPath`. The extents, where they are known, spare
    /// walking over the data again.
    pub(crate) fn finish(
        &self,
        frame: &Frame<'_>,
        (raw, raw_extent): (Value, Option<Extent>),
        (result, result_extent): (Value, Option<Extent>),
    ) -> Result<(Value, Extent), EvalError> {
        let size = frame.limits.payload();
        let selected_extent = result_extent.filter(|_| self.result_selector.is_none());
        let selected = self.select_result(frame, result)?;
        let (written, bound) = match &self.result_path {
            Write::Replace => (selected, selected_extent),
            Write::Discard => (raw, raw_extent),
            Write::Path(path) => {
                let inner = selected_extent.unwrap_or_else(|| Extent::of(&selected, size));
                let outer = raw_extent.unwrap_or_else(|| Extent::of(&raw, size));
                (path.write(raw, selected)?, Some(outer.with(path.as_str(), inner)))
            }
        };
        let output = self.output(frame, written)?;
        let bound = bound.filter(|bound| bound.fits(size) && matches!(self.output_path, Select::All));
        let extent = bound.unwrap_or_else(|| Extent::of(&output, size));
        Ok((output, extent))
    }

    /// Returns `true` if the input after `InputPath` and `Parameters` is the raw input itself.
    pub(crate) fn passes_input(&self) -> bool {
        self.parameters.is_none() && matches!(self.input_path, Select::All)
    }

    /// Returns `true` if the state is left with its result itself, and sets no variables.
    pub(crate) fn passes_result(&self) -> bool {
        matches!((&self.result_path, &self.output_path), (Write::Replace, Select::All))
            && self.result_selector.is_none()
            && self.assign.is_none()
    }

    /// Returns `true` if a state without result answers with its raw input itself.
    pub(crate) fn passes_through(&self) -> bool {
        matches!((&self.input_path, &self.output_path), (Select::All, Select::All))
    }

    /// The output after `OutputPath`.
    pub(crate) fn output(&self, frame: &Frame<'_>, value: Value) -> Result<Value, EvalError> {
        self.output_path.apply(frame, value)
    }
}

/// Returns the variables that `Assign` sets, `$` being `input`. All of it is evaluated before any variable is set.
pub(crate) fn assign(
    template: &Template,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<Shared<Map>, EvalError> {
    match template.render(&frame.scope(input))? {
        Value::Object(variables) => within_limit(variables, frame.limits),
        other => Err(EvalError::runtime(format!("`Assign` must be an object, found {other}"))),
    }
}

/// The rule of a Choice that holds first, else its default: what it assigns, and the way it goes.
pub(crate) fn choose<'p>(
    rules: &'p [Rule],
    default: Option<StateId>,
    assign: Option<&'p Template>,
    frame: &Frame<'_>,
    input: &Value,
) -> Result<Option<(Option<&'p Template>, Way)>, EvalError> {
    for (index, rule) in rules.iter().enumerate() {
        if rule.test.holds(&frame.scope(input))? {
            return Ok(Some((rule.assign.as_ref(), Way::rule(index, rule.next))));
        }
    }
    Ok(default.map(|next| (assign, Way::default(next))))
}

/// `Error` or `Cause` of a Fail state, or the `...Path` beside it.
#[derive(Debug)]
pub(crate) enum Text {
    Literal(Arc<str>),
    Path { expression: Expression, field: &'static str },
}

impl Text {
    pub(crate) fn evaluate(&self, frame: &Frame<'_>, input: &Value) -> Result<Arc<str>, EvalError> {
        let (expression, field) = match self {
            Self::Literal(text) => return Ok(Arc::clone(text)),
            Self::Path { expression, field } => (expression, field),
        };
        match expression.evaluate(&frame.scope(input), field)? {
            Value::String(text) => Ok(text.into()),
            other => Err(EvalError::runtime(format!(
                "The {field} field refers to value {other} which is not a valid string: {}",
                expression.as_str()
            ))),
        }
    }
}

/// `TimeoutSeconds`, `HeartbeatSeconds`, `MaxConcurrency`, or the `...Path` beside them.
#[derive(Debug)]
pub(crate) enum Amount {
    Fixed(u64),
    Path { path: CompiledPath, field: &'static str },
    Jsonata { template: jsonata::Template, field: Box<str> },
}

impl Amount {
    /// Returns the number. AWS takes a number in a string as well.
    pub(crate) fn evaluate(&self, frame: &Frame<'_>, input: &Value) -> Result<u64, EvalError> {
        let (path, field) = match self {
            Self::Fixed(amount) => return Ok(*amount),
            Self::Path { path, field } => (path, field),
            Self::Jsonata { template, field } => {
                return super::jsonata_number(template, field, &frame.jsonata(input));
            }
        };
        u64::try_from(integer(path, field, frame, input)?).map_err(|_| {
            let name = field.strip_suffix("Path").unwrap_or(field);
            EvalError::runtime(format!("{name} cannot be negative."))
        })
    }

    /// The number, where one below zero is judged elsewhere.
    pub(crate) fn integer(&self, frame: &Frame<'_>, input: &Value) -> Result<i64, EvalError> {
        match self {
            Self::Fixed(amount) => Ok(i64::try_from(*amount).unwrap_or(i64::MAX)),
            Self::Path { path, field } => integer(path, field, frame, input),
            Self::Jsonata { template, field } => {
                super::jsonata::integer(template, field, &frame.jsonata(input))
            }
        }
    }
}

fn integer(path: &CompiledPath, field: &str, frame: &Frame<'_>, input: &Value) -> Result<i64, EvalError> {
    let value = path.get(&frame.scope(input)).map_err(|miss| miss.invalid_path())?;
    let number = match &value {
        Value::Number(number) if number.is_integer() => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        EvalError::runtime(format!(
            "The {field} field refers to value \"{shown}\" which is not a valid integer: {path}"
        ))
    })
}
