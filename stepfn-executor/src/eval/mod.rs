//! Evaluation of the parts of a definition that work on data: JSONPath, intrinsic functions, payload templates, Choice
//! conditions and `ResultPath`.
//!
//! Everything is compiled once, from the texts of the definition, and then evaluated against a [`Scope`] without any
//! parsing. A value that is only read is borrowed; a value that goes into a result is shared, not copied. Constant parts
//! of a template are one shared value.
//!
//! AWS's behaviour decides. Where no recording shows it, the comment names what the behaviour rests on instead: the developer guide, the
//! specification, or Jayway JsonPath, the library whose messages AWS passes on.
//!
//! JSONata is a module of its own, [`jsonata`]: its states share no field that holds an expression with those of JSONPath.

mod choice;
mod expression;
mod filter;
mod intrinsic;
mod java;
pub(crate) mod jsonata;
mod number;
mod path;
mod pattern;
mod random;
mod select;
mod template;
#[cfg(test)]
mod tests;
mod write;

use std::fmt;

pub(crate) use stepfn_core::check::Timestamp as Instant;
use stepfn_core::value::Value;

pub(crate) use self::{
    choice::Test,
    expression::Expression,
    path::CompiledPath,
    random::{Random, system_bytes},
    template::Template,
    write::ResultPath,
};
use crate::outcome::ExpressionError;

/// Error names of the specification that evaluation gives.
pub(crate) mod error_name {
    /// A failure of the interpreter itself; no `Catch` or `Retry` matches it.
    pub(crate) const RUNTIME: &str = "States.Runtime";
    /// A `ResultPath` that does not fit the input.
    pub(crate) const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
    /// A JSONata expression that throws, gives nothing, or gives what the field does not take.
    pub(crate) const QUERY_EVALUATION: &str = "States.QueryEvaluationError";
    /// The result is too large.
    pub(crate) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
}

/// The data that an expression can read.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// `$`
    pub(crate) input: &'a Value,
    /// `$$`
    pub(crate) context: &'a dyn ContextObject,
    /// `$name`
    pub(crate) variables: &'a dyn Variables,
    /// The random numbers of `States.UUID` and `States.MathRandom`.
    pub(crate) random: &'a Random,
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("input", self.input).finish_non_exhaustive()
    }
}

/// The context object, built when the first expression asks for it.
pub(crate) trait ContextObject {
    /// The whole object.
    fn value(&self) -> &Value;
}

impl ContextObject for Value {
    fn value(&self) -> &Value {
        self
    }
}

/// The variables in reach, those of outer scopes included.
pub(crate) trait Variables {
    /// The value of a variable, by its name without `$`.
    fn get(&self, name: &str) -> Option<&Value>;
}

/// The members of an object as variables.
impl Variables for Value {
    fn get(&self, name: &str) -> Option<&Value> {
        Self::get(self, name)
    }
}

/// The error of an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EvalError {
    /// The error name, one of [`error_name`].
    pub(crate) error: &'static str,
    /// The cause without `An error occurred while executing the state '...' (entered at the event id #...). `: only the
    /// interpreter knows the state and the event.
    pub(crate) cause: String,
    /// The field of a JSONata state: `Output/total`.
    pub(crate) location: Option<Box<str>>,
    /// The place in an expression, without its state.
    pub(crate) place: Option<Box<ExpressionError>>,
}

impl EvalError {
    pub(crate) fn new(error: &'static str, cause: impl Into<String>) -> Self {
        Self { error, cause: cause.into(), location: None, place: None }
    }

    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new(error_name::RUNTIME, cause)
    }

    /// `States.QueryEvaluationError`
    pub(crate) fn query(cause: impl Into<String>, location: Option<&str>) -> Self {
        Self { location: location.map(Box::from), ..Self::new(error_name::QUERY_EVALUATION, cause) }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.cause)
    }
}

impl std::error::Error for EvalError {}

/// The error of a string of a definition that cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompileError {
    /// The place in the compiled thing, as a JSON pointer; empty for the whole of it.
    pub(crate) at: String,
    /// The error: lower case, no full stop, code in backticks.
    pub(crate) message: String,
    /// A suggestion of what to write instead.
    pub(crate) help: Option<String>,
}

impl CompileError {
    fn new(message: impl Into<String>) -> Self {
        Self { at: String::new(), message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same error, one level further out.
    fn inside(mut self, token: &str) -> Self {
        let mut at = String::new();
        stepfn_core::json::push_token(&mut at, token);
        self.at.insert_str(0, &at);
        self
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.at.is_empty() {
            write!(f, " at `{}`", self.at)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CompileError {}

impl From<stepfn_core::path::PathError> for CompileError {
    fn from(error: stepfn_core::path::PathError) -> Self {
        Self { at: String::new(), message: error.message, help: error.help }
    }
}

impl From<stepfn_core::intrinsic::IntrinsicError> for CompileError {
    fn from(error: stepfn_core::intrinsic::IntrinsicError) -> Self {
        Self { at: String::new(), message: error.message, help: error.help }
    }
}
