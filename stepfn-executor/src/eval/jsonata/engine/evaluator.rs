//! The evaluator of `stepfn-jsonata`, and what it sees of a step.

use std::borrow::Cow;

use stepfn_core::{jsonata, value::Value};
use stepfn_jsonata::{Environment, Error, Expression, Options};

use super::{Refusal, Scope};
use crate::eval::{CompileError, jsonata::Member};

/// A compiled expression. It is part of a compiled state machine, which threads share.
#[derive(Debug)]
pub(in crate::eval::jsonata) struct Program(Expression);

impl Program {
    pub(super) fn compile(tree: &jsonata::Expression) -> Result<Self, CompileError> {
        match Expression::of(tree, Options::default()) {
            Ok(expression) => Ok(Self(expression)),
            Err(error) => Err(CompileError { at: String::new(), message: error.message, help: error.help }),
        }
    }

    pub(super) fn evaluate(&self, scope: &Scope<'_>) -> Result<Option<Value>, Refusal> {
        // Bare names, `$` and `$$` see nothing.
        match self.0.evaluate_within(None, scope, scope.limits.jsonata()) {
            Ok(value) => Ok(value),
            Err(error) => Err(refusal(error)),
        }
    }
}

#[cold]
fn refusal(error: Error) -> Refusal {
    match error {
        Error { limit: Some(_), message, range, .. } => Refusal::Exceeded { message, range },
        Error { code: Error::NO_JSON, .. } => Refusal::Unsupported,
        Error { code: Error::INTERNAL, .. } => Refusal::Internal,
        Error { code, message, range, .. } => Refusal::Threw { code, message, range },
    }
}

impl Environment for Scope<'_> {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        if name != "states" {
            return self.variables.get(name).map(Cow::Borrowed);
        }
        let members =
            Member::ALL.into_iter().filter_map(|member| Some((member.name(), self.member(member)?.clone())));
        Some(Cow::Owned(Value::object(members)))
    }

    fn member(&self, variable: &str, member: &str) -> Option<Option<&Value>> {
        (variable == "states").then(|| self.member(Member::of(member)?))
    }

    fn now(&self) -> f64 {
        self.now.as_millisecond() as f64
    }

    fn random(&self) -> f64 {
        self.random.next_f64()
    }

    fn random_bits(&self) -> u128 {
        let [high, low] = self.random.id();
        u128::from(high) << 64 | u128::from(low)
    }
}
