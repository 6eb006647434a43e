//! The tests of evaluation, all through what the interpreter sees of it.

mod choices;
mod garbage;
mod intrinsics;
mod paths;
mod templates;
mod writes;

use stepfn_core::value::Value;

use super::{EvalError, Expression, Random, Scope};

/// A world to evaluate in.
struct World {
    input: Value,
    context: Value,
    variables: Value,
    random: Random,
}

impl World {
    fn new(input: &str) -> Self {
        Self {
            input: json(input),
            context: json(r#"{"State":{"Name":"Here"},"Execution":{"Input":{"list":[1,2,3]}}}"#),
            variables: json(r#"{"count":3,"order":{"id":"o-1","tags":["a","b"]}}"#),
            random: Random::new(42),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope { input: &self.input, context: &self.context, variables: &self.variables, random: &self.random }
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvalError> {
        Expression::compile(expression).unwrap().evaluate(&self.scope(), "field.$")
    }
}

#[track_caller]
fn json(text: &str) -> Value {
    text.parse().unwrap()
}

/// A small generator of its own, so that a failure comes again.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// A value of a few levels.
    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => (self.below(2) == 0).into(),
            2 => (self.below(10) as i64 - 5).into(),
            3 => (self.below(100) as f64 / 8.0).into(),
            4 => ["", "a", "b,c", "ü"][self.below(4)].into(),
            5 => Value::array((0..self.below(4)).map(|_| self.value(depth - 1)).collect::<Vec<_>>()),
            _ => {
                let members: Vec<_> = (0..self.below(4))
                    .map(|_| (["a", "b", "c", "d"][self.below(4)], self.value(depth - 1)))
                    .collect();
                Value::object(members)
            }
        }
    }
}
