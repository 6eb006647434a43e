//! JSONata 2.0.6 as AWS runs it (developer guide, "Transforming data with JSONata in Step Functions").
//!
//! A string that begins with `{%` and ends with `%}`, without a blank before or after, is an [`Expression`]; a field that
//! takes data is a [`Template`] of them. The data that an expression can read is a [`Scope`]: `$states`, the variables in reach, the time
//! and the source of random numbers. Bare names, `$` and `$$` see nothing.

mod engine;
mod expression;
mod template;

use jiff::Timestamp;
use stepfn_core::value::Value;

pub(crate) use self::{
    expression::{Expression, is_expression},
    template::Template,
};
use super::{ContextObject, Random, Variables};
use crate::limits::Limits;

/// The data that the expressions of one step can read.
#[cfg_attr(not(feature = "jsonata"), allow(dead_code))] // what only an evaluator reads
pub(crate) struct Scope<'a> {
    /// `$states.input`
    input: &'a Value,
    /// `$states.result`
    pub(crate) result: Option<&'a Value>,
    /// `$states.errorOutput`
    pub(crate) error_output: Option<&'a Value>,
    /// `$states.context`
    context: &'a dyn ContextObject,
    /// `$name`
    variables: &'a dyn Variables,
    /// The random numbers of `$random` and `$uuid`.
    random: &'a Random,
    /// The time of `$now` and `$millis`.
    now: Timestamp,
    limits: &'a Limits,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        input: &'a Value,
        context: &'a dyn ContextObject,
        variables: &'a dyn Variables,
        random: &'a Random,
        now: Timestamp,
        limits: &'a Limits,
    ) -> Self {
        Self { input, result: None, error_output: None, context, variables, random, now, limits }
    }

    pub(crate) fn with_result(self, result: &'a Value) -> Self {
        Self { result: Some(result), ..self }
    }

    pub(crate) fn with_error_output(self, error: &'a Value) -> Self {
        Self { error_output: Some(error), ..self }
    }

    #[cfg(feature = "jsonata")]
    fn member(&self, member: Member) -> Option<&'a Value> {
        match member {
            Member::Input => Some(self.input),
            Member::Result => self.result,
            Member::ErrorOutput => self.error_output,
            Member::Context => Some(self.context.value()),
        }
    }
}

/// The members of `$states`.
#[cfg(feature = "jsonata")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Member {
    Input,
    Result,
    ErrorOutput,
    Context,
}

#[cfg(feature = "jsonata")]
impl Member {
    const ALL: [Self; 4] = [Self::Input, Self::Result, Self::ErrorOutput, Self::Context];

    fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Result => "result",
            Self::ErrorOutput => "errorOutput",
            Self::Context => "context",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|member| member.name() == name)
    }
}
