//! No engine: what there is without the feature `jsonata`.

use stepfn_core::value::Value;

use super::{JsonataEngine, Refusal, Scope, Uses};
use crate::eval::CompileError;

pub(in crate::eval::jsonata) enum Missing {}

/// No expression is ever parsed.
#[derive(Debug)]
pub(in crate::eval::jsonata) enum Never {}

impl JsonataEngine for Missing {
    type Program = Never;
    type Cache = ();

    fn compile(_: &str) -> Result<Never, CompileError> {
        Err(CompileError::new("this build of the executor runs no JSONata")
            .help("turn on the feature `jsonata` of `stepfn-executor`"))
    }

    fn evaluate(program: &Never, _: &Uses, _: &Scope<'_>, (): &()) -> Result<Option<Value>, Refusal> {
        match *program {}
    }
}
