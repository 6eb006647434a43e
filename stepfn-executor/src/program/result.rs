//! The result of a state, whatever its language.

use std::sync::Arc;

use stepfn_core::value::{Map, Shared, Value};

use crate::{
    eval::{EvalError, error_name},
    limits::Limits,
    size::Extent,
};

/// The result of a state: its output, and the variables that it assigns.
#[derive(Debug)]
pub(crate) struct StateResult {
    pub(crate) output: Output,
    pub(crate) assigned: Option<Shared<Map>>,
}

/// The output of a state.
#[derive(Debug)]
pub(crate) enum Output {
    /// Its raw input itself, which nobody needs there any more then.
    Input,
    Made(Value, Extent),
}

impl Output {
    pub(crate) fn made(value: Value, limits: &Limits) -> Self {
        let extent = Extent::of(&value, limits.payload());
        Self::Made(value, extent)
    }
}

/// `Error` and `Cause` of a Fail state.
pub(crate) type Texts = (Option<Arc<str>>, Option<Arc<str>>);

/// Returns the variables, if they are of an allowed size. No recording has the message.
pub(crate) fn within_limit(variables: Shared<Map>, limits: &Limits) -> Result<Shared<Map>, EvalError> {
    let size = limits.assign();
    if Extent::of(&Value::Object(variables.clone()), size).fits(size) {
        return Ok(variables);
    }
    let cause = "The variables in 'Assign' have a size exceeding the maximum number of bytes service limit.";
    Err(EvalError::new(error_name::DATA_LIMIT_EXCEEDED, cause))
}
