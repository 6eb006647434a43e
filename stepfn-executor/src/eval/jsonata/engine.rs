//! The seam between JSONata states and what evaluates their expressions.

#[cfg(feature = "jsonata")]
mod evaluator;
#[cfg(not(feature = "jsonata"))]
mod missing;

use std::ops::Range;

use stepfn_core::{jsonata, value::Value};

use super::Scope;
use crate::eval::CompileError;

#[cfg(feature = "jsonata")]
pub(super) use self::evaluator::Program;
#[cfg(not(feature = "jsonata"))]
pub(super) use self::missing::Program;

/// The reason why an expression has no value.
#[cfg_attr(not(feature = "jsonata"), allow(dead_code))] // what only an evaluator says
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It threw: `T1006`, `Attempted to invoke a non-function`.
    Threw { code: &'static str, message: String, range: Range<usize> },
    /// It went beyond what an evaluation may take.
    Exceeded { message: String, range: Range<usize> },
    /// It failed in a way that AWS does not describe further.
    Internal,
    /// Its value is nothing that JSON has: a function, a regular expression.
    Unsupported,
}

/// Compiles what was read.
pub(super) fn compile(tree: &jsonata::Expression) -> Result<Program, CompileError> {
    Program::compile(tree)
}

/// The value; nothing where it is undefined.
pub(super) fn evaluate(program: &Program, scope: &Scope<'_>) -> Result<Option<Value>, Refusal> {
    program.evaluate(scope)
}
