//! Expressions that need no evaluator: constants, data that came in, and operators on scalars of these.
//!
//! Nothing is made, nothing is counted, and nothing can fail here: what might is left to the evaluator, which begins anew.

use std::cmp::Ordering;

use stepfn_core::{jsonata::Operator, value::Value};

use crate::{
    Environment,
    compile::{Kind, Node, Symbols, Variable},
    limits::Limits,
    number,
    text::compare,
};

/// The depth to which nested operators are looked at.
const DEEPEST: u32 = 4;

/// Texts that are longer are compared where that is counted.
const LONGEST: usize = 64;

/// A value. One of two words, so that functions return it in registers.
#[derive(Clone, Copy)]
pub(crate) enum Direct<'v> {
    Undefined,
    False,
    True,
    Ref(&'v Value),
    /// The bits of a number.
    Number(u64),
}

/// A scalar.
#[derive(Clone, Copy, PartialEq)]
enum Scalar<'v> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'v str),
}

impl<'v> Direct<'v> {
    fn bool(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// The value of a program; `None` where there is more to do.
    #[inline]
    pub(crate) fn of(
        node: &'v Node,
        symbols: &Symbols,
        environment: &'v dyn Environment,
        limits: Limits,
    ) -> Option<Self> {
        // Each leaf is a path, whose steps are counted where it is followed.
        if limits.depth < 8 || limits.steps < 1 << (DEEPEST + 2) {
            return None;
        }
        Finder { symbols, environment, most: limits.steps / (1 << DEEPEST) }.value(node, 0)
    }

    #[inline]
    pub(crate) fn to_json(self) -> Option<Value> {
        match self {
            Self::Undefined => None,
            Self::Ref(value) => Some(value.clone()),
            Self::Number(value) => Some(number::value(f64::from_bits(value))),
            Self::False => Some(Value::Bool(false)),
            Self::True => Some(Value::Bool(true)),
        }
    }

    /// The scalar; `None` where it is none, or a number that evaluation refuses.
    #[inline]
    fn scalar(self) -> Option<Scalar<'v>> {
        Some(match self {
            Self::Number(value) => Scalar::Number(f64::from_bits(value)),
            Self::False => Scalar::Bool(false),
            Self::True => Scalar::Bool(true),
            Self::Ref(Value::Null) => Scalar::Null,
            Self::Ref(Value::Bool(value)) => Scalar::Bool(*value),
            Self::Ref(Value::Number(value)) => {
                Scalar::Number(Some(value.as_f64()).filter(|value| value.is_finite())?)
            }
            Self::Ref(Value::String(text)) if text.len() <= LONGEST => Scalar::Text(text),
            _ => return None,
        })
    }
}

struct Finder<'v, 's> {
    symbols: &'s Symbols,
    environment: &'v dyn Environment,
    /// The most steps of one path.
    most: u64,
}

impl<'v> Finder<'v, '_> {
    fn value(&self, node: &'v Node, depth: u32) -> Option<Direct<'v>> {
        if !node.simple {
            return None;
        }
        match &node.kind {
            Kind::Literal(value) | Kind::Constant(value) => Some(Direct::Ref(value)),
            Kind::Path { steps, keep: false, plain: true } => self.path(steps),
            Kind::Binary { operator, left, right } if depth < DEEPEST => {
                self.binary(*operator, left, right, depth + 1)
            }
            _ => None,
        }
    }

    /// `$states.input.a.b`
    #[inline]
    fn path(&self, steps: &'v [Node]) -> Option<Direct<'v>> {
        let [variable, member, steps @ ..] = steps else { return None };
        let Kind::Variable(Variable::Free(symbol)) = &variable.kind else { return None };
        if !variable.simple || !member.simple || self.most < steps.len() as u64 {
            return None;
        }
        let Some(mut value) = self.environment.member(self.symbols.name(*symbol), member.name()?)? else {
            return Some(Direct::Undefined);
        };
        for step in steps {
            let (Value::Object(map), true) = (value, step.simple) else { return None };
            match map.get(step.name()?) {
                Some(found) => value = found,
                None => return Some(Direct::Undefined),
            }
        }
        Some(Direct::Ref(value))
    }

    fn binary(&self, operator: Operator, left: &'v Node, right: &'v Node, depth: u32) -> Option<Direct<'v>> {
        let first = self.value(left, depth)?.scalar()?;
        if let (Operator::And | Operator::Or, Scalar::Bool(value)) = (operator, first)
            && value == (operator == Operator::Or)
        {
            return Some(Direct::bool(value));
        }
        let second = self.value(right, depth)?.scalar()?;
        match (operator, first, second) {
            (Operator::And | Operator::Or, Scalar::Bool(_), Scalar::Bool(value)) => Some(Direct::bool(value)),
            (Operator::Equal, ..) => Some(Direct::bool(first == second)),
            (Operator::NotEqual, ..) => Some(Direct::bool(first != second)),
            (_, Scalar::Number(first), Scalar::Number(second)) => {
                let made = match operator {
                    Operator::Add => first + second,
                    Operator::Subtract => first - second,
                    Operator::Multiply => first * second,
                    Operator::Divide => first / second,
                    Operator::Modulo => first % second,
                    _ => return ordered(operator, first.partial_cmp(&second)?),
                };
                made.is_finite().then_some(Direct::Number(made.to_bits()))
            }
            (_, Scalar::Text(first), Scalar::Text(second)) => ordered(operator, compare(first, second)),
            _ => None,
        }
    }
}

fn ordered<'v>(operator: Operator, order: Ordering) -> Option<Direct<'v>> {
    Some(Direct::bool(match operator {
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{Expression, Nothing};

    struct States(Value);

    impl Environment for States {
        fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
            (name == "states").then(|| Cow::Owned(Value::object([("input", self.0.clone())])))
        }

        fn member(&self, variable: &str, member: &str) -> Option<Option<&Value>> {
            (variable == "states").then(|| (member == "input").then_some(&self.0))
        }
    }

    /// The same without what is looked at here.
    struct Whole(States);

    impl Environment for Whole {
        fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
            self.0.variable(name)
        }
    }

    #[test]
    fn it_gives_what_the_evaluator_gives() {
        let data: Value =
            r#"{"n": 3, "z": 0, "m": -0.0, "h": 1e400, "s": "b", "t": true, "o": {}, "a": [1], "x": null, "l": 12345678901234567890}"#
                .parse()
                .unwrap();
        let operands: Vec<String> =
            ["n", "z", "m", "h", "s", "t", "o", "a", "a.b", "x", "l", "none", "none.a"]
                .map(|name| format!("$states.input.{name}"))
                .into_iter()
                .chain(
                    ["2", "'b'", "'a'", "null", "false", "1 + 1", "(1)", "$states.other"].map(str::to_owned),
                )
                .collect();
        let mut direct = 0;
        for left in &operands {
            for right in &operands {
                for operator in
                    ["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "and", "or", "&", "in"]
                {
                    let text = format!("{left} {operator} {right}");
                    let expression = Expression::compile(&text).unwrap();
                    let states = States(data.clone());
                    direct += u32::from(expression.is_direct(&states));
                    let one = expression.evaluate_in(None, &states);
                    let other = expression.evaluate_in(None, &Whole(states));
                    assert_eq!(format!("{one:?}"), format!("{other:?}"), "{text}");
                }
            }
        }
        assert!(direct > 500, "{direct}");
        assert!(Expression::compile("1 < 2").unwrap().is_direct(&Nothing));
    }
}
