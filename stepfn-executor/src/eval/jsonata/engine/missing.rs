//! No evaluator: what there is without the feature `jsonata`.

use stepfn_core::{jsonata, value::Value};

use super::{Refusal, Scope};
use crate::eval::CompileError;

/// No expression is ever compiled.
#[derive(Debug)]
pub(in crate::eval::jsonata) enum Program {}

impl Program {
    pub(super) fn compile(_: &jsonata::Expression) -> Result<Self, CompileError> {
        Err(CompileError::new("this build of the executor runs no JSONata")
            .help("turn on the feature `jsonata` of `stepfn-executor`"))
    }

    pub(super) fn evaluate(&self, _: &Scope<'_>) -> Result<Option<Value>, Refusal> {
        match *self {}
    }
}
