//! Constant folding, once, when a program is made.

use stepfn_core::value::Value;

use super::{Compiler, Kind, Node, Symbols};
use crate::{
    Nothing,
    eval::{Arena, Evaluator},
    limits::{Limits, Meter},
};

/// The longest text that is kept.
const LONGEST: usize = 1024;

impl Compiler<'_> {
    /// Puts the value of an operator in its place, where both sides are constants. What fails does so when it is evaluated.
    pub(super) fn fold(&self, node: &mut Node) {
        let Kind::Binary { left, right, .. } = &node.kind else { return };
        if is_constant(left)
            && is_constant(right)
            && let Some(value) = self.value(node)
        {
            node.kind = Kind::Constant(value);
        }
    }

    fn value(&self, node: &Node) -> Option<Value> {
        let (symbols, meter, arena) =
            (Symbols::new(self.mode), Meter::new(Limits::default()), Arena::default());
        let evaluator = Evaluator::new(&symbols, self.mode, &Nothing, &meter, &arena);
        let value = evaluator.row(node, &Default::default(), &Default::default()).ok()?;
        match value.as_number() {
            // JSON has neither of these.
            Some(number) if !number.is_finite() || (number == 0.0 && number.is_sign_negative()) => None,
            _ => value.scalar().filter(|value| match value {
                Value::String(text) => text.len() <= LONGEST,
                value => matches!(value, Value::Bool(_) | Value::Number(_)),
            }),
        }
    }
}

fn is_constant(node: &Node) -> bool {
    node.is_bare() && matches!(node.kind, Kind::Literal(_) | Kind::Constant(_))
}
