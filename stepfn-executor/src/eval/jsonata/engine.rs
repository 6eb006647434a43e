//! The seam between JSONata states and the library that evaluates their expressions.

#[cfg(feature = "jsonata")]
mod convert;
#[cfg(feature = "jsonata")]
mod core;
#[cfg(feature = "jsonata")]
mod functions;
#[cfg(feature = "jsonata")]
mod message;
#[cfg(not(feature = "jsonata"))]
mod missing;

use stepfn_core::value::Value;

use super::{Scope, expression::Uses};
use crate::eval::CompileError;

#[cfg(feature = "jsonata")]
type Engine = core::Core;
#[cfg(not(feature = "jsonata"))]
type Engine = missing::Missing;

/// A parsed expression.
pub(super) type Program = <Engine as JsonataEngine>::Program;

/// What an engine made of the data of a [`Scope`].
pub(super) type Cache = <Engine as JsonataEngine>::Cache;

/// Evaluates expressions: parsed once, evaluated often.
pub(super) trait JsonataEngine {
    /// A parsed expression. It is part of a compiled state machine, which threads share.
    type Program: std::fmt::Debug + Send + Sync;
    /// What was made of the data of one step, for its next expression.
    type Cache: Default;

    /// Parses an expression.
    fn compile(text: &str) -> Result<Self::Program, CompileError>;

    /// The value of an expression; nothing where it is undefined.
    fn evaluate(
        program: &Self::Program,
        uses: &Uses,
        scope: &Scope<'_>,
        cache: &Self::Cache,
    ) -> Result<Option<Value>, Refusal>;
}

/// Why an expression has no value.
#[cfg_attr(not(feature = "jsonata"), allow(dead_code))] // what only an engine reads
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It threw: `T1006: Attempted to invoke a non-function`.
    Threw(String),
    /// It went beyond what an evaluation may take.
    Exceeded(&'static str),
    /// Its value is nothing that JSON has: a function, a regular expression.
    Unsupported,
}

pub(super) fn compile(text: &str) -> Result<Program, CompileError> {
    Engine::compile(text)
}

pub(super) fn evaluate(program: &Program, uses: &Uses, scope: &Scope<'_>) -> Result<Option<Value>, Refusal> {
    Engine::evaluate(program, uses, scope, &scope.cache)
}
