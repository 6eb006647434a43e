//! A path or an intrinsic function: what a `.$` field, `ErrorPath`, `CausePath` and their like take.

use std::borrow::Cow;

use stepfn_core::value::Value;

use super::{
    CompileError, EvalError, Scope,
    intrinsic::CompiledCall,
    path::{CompiledPath, null_input},
};

/// A compiled path or intrinsic function.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    /// `$.a`, `$$.State.Name`, `$name`
    Path(CompiledPath),
    /// `States.Format(...)`
    Intrinsic(CompiledCall),
}

impl Expression {
    /// Compiles the text of a path or a call.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        if text.starts_with("States.") {
            return CompiledCall::compile(text).map(Self::Intrinsic);
        }
        CompiledPath::compile(text).map(Self::Path)
    }

    /// The expression as it was written.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Path(path) => path.as_str(),
            Self::Intrinsic(call) => call.as_str(),
        }
    }

    /// The value, for a field that messages call `field`: `value.$`, `ErrorPath`.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>, field: &str) -> Result<Value, EvalError> {
        match self {
            Self::Path(path) => evaluate_path(path, scope, field),
            Self::Intrinsic(call) => call.evaluate(scope),
        }
    }
}

fn evaluate_path(path: &CompiledPath, scope: &Scope<'_>, field: &str) -> Result<Value, EvalError> {
    if path.reads_null_input(scope) {
        return Err(null_input());
    }
    path.get(scope).map_err(|_| {
        // The document that was searched: for `$$` the context object.
        let searched = path.root(scope).map_or_else(|| Cow::Owned(Value::Null), Cow::Borrowed);
        EvalError::runtime(format!(
            "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{searched}'"
        ))
    })
}
