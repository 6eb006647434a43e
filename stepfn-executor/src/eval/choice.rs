//! The conditions of a Choice state.

use std::{borrow::Cow, cmp::Ordering};

use stepfn_core::{
    asl::{Comparison, Condition, OperandKind, Operator},
    value::{Number, Value},
};

use super::{CompileError, CompiledPath, EvalError, Instant, Scope, number, pattern::Pattern};

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) struct Test(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// `And`
    And(Box<[Test]>),
    /// `Or`
    Or(Box<[Test]>),
    /// `Not`
    Not(Box<Test>),
    /// `Variable` and `IsPresent`
    IsPresent(CompiledPath, bool),
    /// `Variable` and another operator.
    Compare(CompiledPath, Check),
}

/// The test of the value of `Variable`.
#[derive(Clone, Debug)]
enum Check {
    /// `IsNull`, `IsNumeric`, … and the answer that is wanted.
    Is(fn(&Value) -> bool, bool),
    /// `StringMatches`
    Matches(Pattern),
    /// `StringEquals` and its like. A constant that is not of the kind compared matches nothing.
    Constant(Accept, Option<Constant>),
    /// `StringEqualsPath` and its like.
    Path(Accept, OperandKind, CompiledPath),
}

/// The results of a comparison that an operator accepts.
type Accept = fn(Ordering) -> bool;

/// A value in the form in which it is compared.
#[derive(Clone, Debug)]
enum Constant {
    Text(stepfn_core::value::Text),
    Number(Number),
    Boolean(bool),
    Instant(Instant),
}

impl Test {
    /// Compiles a condition.
    ///
    /// # Errors
    /// When a path is none, and for JSONata.
    pub(crate) fn compile(condition: &Condition) -> Result<Self, CompileError> {
        let all = |name: &str, conditions: &[Condition]| {
            let compile = |(index, condition): (usize, &Condition)| {
                Self::compile(condition).map_err(|error| error.inside(&index.to_string()).inside(name))
            };
            conditions.iter().enumerate().map(compile).collect::<Result<_, _>>()
        };
        Ok(Self(match condition {
            Condition::And(conditions) => Kind::And(all("And", conditions)?),
            Condition::Or(conditions) => Kind::Or(all("Or", conditions)?),
            Condition::Not(condition) => {
                Kind::Not(Box::new(Self::compile(condition).map_err(|error| error.inside("Not"))?))
            }
            Condition::Annotated(condition, _) => return Self::compile(condition),
            Condition::Compare(comparison) => Kind::compile(comparison)?,
            Condition::Jsonata(_) => return Err(CompileError::new("JSONata conditions can not be run yet")),
        }))
    }

    /// Returns whether the condition holds. A value of another type than the operator's makes a comparison false, recorded on
    /// AWS for all of them.
    ///
    /// # Errors
    /// `States.Runtime` when a path finds nothing, unless `IsPresent` asks. What `And` and `Or` need not look at is not
    /// evaluated.
    pub(crate) fn holds(&self, scope: &Scope<'_>) -> Result<bool, EvalError> {
        match &self.0 {
            Kind::And(tests) => {
                for test in tests {
                    if !test.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Kind::Or(tests) => {
                for test in tests {
                    if test.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Kind::Not(test) => Ok(!test.holds(scope)?),
            Kind::IsPresent(variable, wanted) => {
                Ok((variable.lead(scope).is_some() || variable.find(scope).is_ok()) == *wanted)
            }
            Kind::Compare(variable, check) => match variable.lead(scope) {
                Some(value) => check.holds(value, scope),
                None => check.holds(&*find(variable, scope)?, scope),
            },
        }
    }
}

impl Kind {
    fn compile(comparison: &Comparison) -> Result<Self, CompileError> {
        let operator = comparison.operator;
        let variable =
            CompiledPath::compile(&comparison.variable).map_err(|error| error.inside("Variable"))?;
        let operand = &comparison.operand;
        let wrong = || {
            CompileError::new(format!("expected {}, found {operand}", expected(operator.operand())))
                .inside(operator.name())
        };
        if operator == Operator::IsPresent {
            return Ok(Self::IsPresent(variable, operand.as_bool().ok_or_else(wrong)?));
        }
        let check = if operator.is_test() {
            Check::Is(predicate(operator), operand.as_bool().ok_or_else(wrong)?)
        } else if operator == Operator::StringMatches {
            Check::Matches(Pattern::new(operand.as_str().ok_or_else(wrong)?))
        } else if operator.operand() == OperandKind::Path {
            let path = CompiledPath::compile(operand.as_str().ok_or_else(wrong)?)
                .map_err(|error| error.inside(operator.name()))?;
            Check::Path(accept(operator), operator.compares(), path)
        } else {
            Check::Constant(accept(operator), Constant::of(operator.compares(), operand))
        };
        Ok(Self::Compare(variable, check))
    }
}

/// The value of a path in a condition. The words of AWS are known from its users' reports; the recordings have none.
fn find<'v>(path: &CompiledPath, scope: &Scope<'v>) -> Result<Cow<'v, Value>, EvalError> {
    path.find(scope).map_err(|_| {
        EvalError::runtime(format!(
            "Invalid path '{path}': The choice state's condition path references an invalid value."
        ))
    })
}

impl Check {
    fn holds(&self, value: &Value, scope: &Scope<'_>) -> Result<bool, EvalError> {
        Ok(match self {
            Self::Is(predicate, wanted) => predicate(value) == *wanted,
            Self::Matches(pattern) => value.as_str().is_some_and(|text| pattern.matches(text)),
            Self::Constant(accept, operand) => {
                operand.as_ref().and_then(|operand| operand.order(value)).is_some_and(accept)
            }
            Self::Path(accept, kind, path) => {
                let operand = find(path, scope)?;
                let operand = match kind {
                    OperandKind::Number => Some(Constant::Number(number::as_double(&operand))),
                    kind => Constant::of(*kind, &operand),
                };
                operand.and_then(|operand| operand.order(value)).is_some_and(accept)
            }
        })
    }
}

impl Constant {
    /// The value as one of a kind, if it is of that kind.
    fn of(kind: OperandKind, value: &Value) -> Option<Self> {
        match (kind, value) {
            (OperandKind::String, Value::String(text)) => Some(Self::Text(text.clone())),
            (OperandKind::Number, Value::Number(number)) => Some(Self::Number(number.clone())),
            (OperandKind::Boolean, Value::Bool(value)) => Some(Self::Boolean(*value)),
            (OperandKind::Timestamp, Value::String(text)) => text.parse().ok().map(Self::Instant),
            _ => None,
        }
    }

    /// Compares a value with this one: `None` when it is of another kind.
    fn order(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(operand), Value::String(text)) => Some(compare_text(text, operand)),
            (Self::Number(operand), Value::Number(number)) => Some(number.numeric_cmp(operand)),
            (Self::Boolean(operand), Value::Bool(value)) => Some(value.cmp(operand)),
            (Self::Instant(operand), Value::String(text)) => Some(text.parse::<Instant>().ok()?.cmp(operand)),
            _ => None,
        }
    }
}

/// Compares as `String.compareTo` does, by UTF-16 code units: what is beyond the basic plane comes before U+E000.
pub(super) fn compare_text(a: &str, b: &str) -> Ordering {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    match (a.as_bytes().get(common), b.as_bytes().get(common)) {
        // Bytes are in the order of the code units as long as no surrogates take part.
        (Some(a), Some(b)) if *a < 0xEE && *b < 0xEE => a.cmp(b),
        (Some(_), Some(_)) => a.encode_utf16().cmp(b.encode_utf16()),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn accept(operator: Operator) -> Accept {
    let name = operator.name();
    let name = name.strip_suffix("Path").unwrap_or(name);
    if name.ends_with("GreaterThanEquals") {
        Ordering::is_ge
    } else if name.ends_with("LessThanEquals") {
        Ordering::is_le
    } else if name.ends_with("GreaterThan") {
        Ordering::is_gt
    } else if name.ends_with("LessThan") {
        Ordering::is_lt
    } else {
        Ordering::is_eq
    }
}

fn predicate(operator: Operator) -> fn(&Value) -> bool {
    match operator {
        Operator::IsNull => |value| matches!(value, Value::Null),
        Operator::IsNumeric => |value| matches!(value, Value::Number(_)),
        Operator::IsString => |value| matches!(value, Value::String(_)),
        Operator::IsBoolean => |value| matches!(value, Value::Bool(_)),
        Operator::IsTimestamp => |value| value.as_str().is_some_and(|text| text.parse::<Instant>().is_ok()),
        // `IsPresent`: whoever has a value to ask about has it present.
        _ => |_| true,
    }
}

fn expected(kind: OperandKind) -> &'static str {
    match kind {
        OperandKind::String => "a string",
        OperandKind::Number => "a number",
        OperandKind::Boolean => "`true` or `false`",
        OperandKind::Timestamp => "a timestamp",
        OperandKind::Path => "a path",
    }
}
