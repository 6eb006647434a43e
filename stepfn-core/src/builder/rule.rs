//! The conditions of Choice rules: comparisons of paths, and what joins them.

use super::expr::{Expr, Kind};
use crate::{
    asl::{Comparison, Condition, Operator, Unknown},
    value::{Number, Value},
};

/// A condition of a Choice rule.
///
/// ```
/// use stepfn_core::builder::path;
///
/// let rule = path("$.total").gt(100) & !path("$.paid").eq(true) | path("$.vip").is_present();
/// # let _ = rule;
/// ```
#[derive(Clone, Debug)]
pub struct Rule(pub(super) Condition);

/// A condition in JSONata, for [`Choice`](super::Choice) states of that language: `condition("$states.input.total > 100")`.
pub fn condition(expression: impl AsRef<str>) -> Rule {
    Rule(Condition::Jsonata(format!("{{% {} %}}", expression.as_ref()).into()))
}

/// The right side of a comparison: the literal's type selects the operator.
#[derive(Clone, Debug)]
pub struct Operand {
    family: &'static str,
    value: Value,
    is_path: bool,
}

/// The right side of a comparison by order: any [`Operand`] but a boolean.
#[derive(Clone, Debug)]
pub struct Ordered(Operand);

impl From<Operand> for Ordered {
    fn from(operand: Operand) -> Self {
        Self(operand)
    }
}

impl From<bool> for Operand {
    fn from(value: bool) -> Self {
        Self { family: "Boolean", value: value.into(), is_path: false }
    }
}

macro_rules! operands {
    ($($ty:ty => $family:literal),*) => {
        $(impl From<$ty> for Operand {
            fn from(value: $ty) -> Self {
                Self { family: $family, value: value.into(), is_path: false }
            }
        }

        impl From<$ty> for Ordered {
            fn from(value: $ty) -> Self {
                Self(value.into())
            }
        })*
    };
}
operands!(&str => "String", String => "String", i32 => "Numeric", i64 => "Numeric", u32 => "Numeric", u64 => "Numeric", f64 => "Numeric");

impl From<Number> for Operand {
    fn from(value: Number) -> Self {
        Self { family: "Numeric", value: Value::Number(value), is_path: false }
    }
}

/// An RFC 3339 timestamp to compare with.
pub fn timestamp(text: &str) -> Operand {
    Operand { family: "Timestamp", value: text.into(), is_path: false }
}

/// Another path to compare with, as strings.
pub fn string_at(path: &str) -> Operand {
    Operand { family: "String", value: path.into(), is_path: true }
}

/// Another path to compare with, as numbers.
pub fn number_at(path: &str) -> Operand {
    Operand { family: "Numeric", value: path.into(), is_path: true }
}

/// Another path to compare with, as booleans.
pub fn boolean_at(path: &str) -> Operand {
    Operand { family: "Boolean", value: path.into(), is_path: true }
}

/// Another path to compare with, as timestamps.
pub fn timestamp_at(path: &str) -> Operand {
    Operand { family: "Timestamp", value: path.into(), is_path: true }
}

macro_rules! comparisons {
    ($($name:ident $relation:literal $doc:literal),*) => {
        impl Expr {
            $(#[doc = $doc]
            #[must_use]
            pub fn $name(&self, operand: impl Into<Ordered>) -> Rule {
                self.compare($relation, operand.into().0)
            })*
        }
    };
}
comparisons!(
    lt "LessThan" "`…LessThan`",
    le "LessThanEquals" "`…LessThanEquals`",
    gt "GreaterThan" "`…GreaterThan`",
    ge "GreaterThanEquals" "`…GreaterThanEquals`"
);

macro_rules! tests {
    ($($name:ident $operator:ident),*) => {
        impl Expr {
            $(#[doc = concat!("`", stringify!($operator), "`")]
            #[must_use]
            pub fn $name(&self) -> Rule {
                self.rule(Operator::$operator, Value::Bool(true))
            })*
        }
    };
}
tests!(
    is_present IsPresent, is_null IsNull, is_string IsString, is_numeric IsNumeric, is_boolean IsBoolean,
    is_timestamp IsTimestamp
);

impl Expr {
    /// `…Equals`
    #[must_use]
    pub fn eq(&self, operand: impl Into<Operand>) -> Rule {
        self.compare("Equals", operand.into())
    }

    /// Compares with `…Equals`, negated.
    #[must_use]
    pub fn ne(&self, operand: impl Into<Operand>) -> Rule {
        !self.eq(operand)
    }

    /// `StringMatches`: `*` matches any characters, `\\*` a star.
    #[must_use]
    pub fn matches(&self, pattern: &str) -> Rule {
        self.rule(Operator::StringMatches, pattern.into())
    }

    fn compare(&self, relation: &str, operand: Operand) -> Rule {
        let path = if operand.is_path { "Path" } else { "" };
        let name = format!("{}{relation}{path}", operand.family);
        // Booleans are equal or not; an order of theirs becomes a test of kinds that the checks refuse.
        let operator = Operator::from_name(&name).unwrap_or(Operator::NumericEquals);
        self.rule(operator, operand.value)
    }

    fn rule(&self, operator: Operator, operand: Value) -> Rule {
        let variable = match &self.0 {
            Kind::Dynamic(text, _) => text.clone(),
            // Only a path can be compared: the checks say so at this text.
            Kind::Literal(value) => value.to_string(),
            _ => String::from("{}"),
        };
        Rule(Condition::Compare(Comparison {
            variable,
            operator,
            operand,
            comment: None,
            unknown: Unknown::new(),
        }))
    }
}

impl std::ops::Not for Rule {
    type Output = Self;

    fn not(self) -> Self {
        Self(Condition::Not(Box::new(self.0)))
    }
}

impl std::ops::BitAnd for Rule {
    type Output = Self;

    /// `And`: several in a row are one.
    fn bitand(self, other: Self) -> Self {
        Self(match self.0 {
            Condition::And(mut parts) => {
                parts.push(other.0);
                Condition::And(parts)
            }
            first => Condition::And(vec![first, other.0]),
        })
    }
}

impl std::ops::BitOr for Rule {
    type Output = Self;

    /// `Or`: several in a row are one.
    fn bitor(self, other: Self) -> Self {
        Self(match self.0 {
            Condition::Or(mut parts) => {
                parts.push(other.0);
                Condition::Or(parts)
            }
            first => Condition::Or(vec![first, other.0]),
        })
    }
}
