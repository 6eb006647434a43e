//! One expression of a definition.

use stepfn_core::{jsonata, value::Value};

use super::{
    Scope,
    engine::{self, Refusal},
};
use crate::{
    eval::{CompileError, EvalError},
    outcome::ExpressionError,
};

/// Returns `true` if a string of a definition is an expression: nothing comes before `{%` or after `%}`.
pub(crate) fn is_expression(text: &str) -> bool {
    inner(text).is_some()
}

fn inner(text: &str) -> Option<&str> {
    jsonata::expression_in(text).map(|(inner, _)| inner.trim())
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Expression {
    /// The expression as messages quote it: without `{%` and `%}`, trimmed.
    text: Box<str>,
    program: engine::Program,
}

impl Expression {
    /// Compiles a string of a definition, `{%` and `%}` included.
    ///
    /// # Errors
    /// When it is no JSONata 2.0.6.
    pub(crate) fn compile(text: &str) -> Result<Self, CompileError> {
        let Some(inner) = inner(text) else {
            return Err(CompileError::new(format!("expected a JSONata expression, found `{text}`"))
                .help("write it between `{%` and `%}`, without blanks before or after"));
        };
        let tree = jsonata::parse(inner).map_err(|error| {
            let place = inner.get(error.range.clone()).unwrap_or_default();
            let message =
                format!("{} (at `{place}`, byte {} of the expression)", error.message, error.range.start);
            CompileError { at: String::new(), message, help: error.help }
        })?;
        Ok(Self { text: inner.into(), program: engine::compile(&tree)? })
    }

    /// The value, for a field that messages call `field`: `Output/total`.
    ///
    /// # Errors
    /// `States.QueryEvaluationError` when it throws, gives nothing, or gives what JSON does not have.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>, field: &str) -> Result<Value, EvalError> {
        // AWS has a sentence of its own for it; the message at the place is shorter.
        let (what, place) = match engine::evaluate(&self.program, scope) {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => {
                ("returned nothing (undefined).".to_owned(), self.place("it gives nothing (undefined)"))
            }
            Err(Refusal::Threw { code, message, range }) => {
                let what = format!("threw an error during evaluation. {code}: {message}");
                (what, ExpressionError { code: Some(code), range, ..self.place(message) })
            }
            Err(Refusal::Exceeded { message, range }) => {
                let what = format!("threw an error during evaluation: {message}");
                (what, ExpressionError { range, ..self.place(message) })
            }
            // AWS adds an id of its own.
            Err(Refusal::Internal) => {
                let what = "threw an internal error during evaluation.".to_owned();
                (what, self.place("AWS ends it with an internal error"))
            }
            Err(Refusal::Unsupported) => {
                let what = "returned an unsupported result type.".to_owned();
                (what, self.place("it gives what JSON does not have: a function, or a regular expression"))
            }
        };
        Err(self.error(field, &what, place))
    }

    /// The whole of it, as the place of an error.
    fn place(&self, message: impl Into<String>) -> ExpressionError {
        ExpressionError {
            state: String::new(),
            field: String::new(),
            expression: (*self.text).to_owned(),
            range: 0..self.text.len(),
            code: None,
            message: message.into(),
        }
    }

    fn error(&self, field: &str, what: &str, place: ExpressionError) -> EvalError {
        let text = &self.text;
        let cause = format!("The JSONata expression '{text}' specified for the field '{field}' {what}");
        let place = ExpressionError { field: field.to_owned(), ..place };
        EvalError { place: Some(Box::new(place)), ..EvalError::query(cause, Some(field)) }
    }

    /// The failure of a value that is not of the type that the field takes.
    pub(crate) fn unexpected(&self, field: &str, expected: &str, value: &Value) -> EvalError {
        let found = value.type_name();
        let what = format!(
            "returned an unexpected result type. Expected '{expected}', but was '{found}' for value: {value}"
        );
        self.error(field, &what, self.place(format!("it gives a {found} where a {expected} is due")))
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_is_an_expression() {
        assert!(is_expression("{% 1 %}") && is_expression("{%1%}") && is_expression("{%%}"));
        for text in ["", "{%", "%}", "{%}", " {% 1 %}", "{% 1 %} ", "a {% 1 %}", "{% 1 %} and {% 2"] {
            assert!(!is_expression(text), "{text}");
        }
    }
}
