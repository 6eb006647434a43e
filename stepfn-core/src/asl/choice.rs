use super::Unknown;
use crate::value::Value;

/// One entry of `Choices`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceRule {
    /// The condition under which the rule is taken.
    pub condition: Condition,
    /// `Next`
    pub next: String,
    /// `Assign`
    pub assign: Option<Value>,
    /// `Output` (JSONata)
    pub output: Option<Value>,
    /// `Comment`
    pub comment: Option<String>,
    /// Fields that the language does not have here.
    pub unknown: Unknown,
}

/// The condition of a Choice rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `And`
    And(Vec<Self>),
    /// `Or`
    Or(Vec<Self>),
    /// `Not`
    Not(Box<Self>),
    /// `Variable` with one of the comparison operators.
    Compare(Comparison),
    /// `Condition` (JSONata): a `{% %}` string or a boolean.
    Jsonata(Value),
    /// An `And`, `Or` or `Not` inside another one, with the fields beside it: a `Comment`, and what the language does not have.
    Annotated(Box<Self>, Unknown),
}

/// `Variable` with one of the comparison operators.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// `Variable`: a path.
    pub variable: String,
    /// The operator.
    pub operator: Operator,
    /// The value of the operator's field: a literal, or the path of a `…Path` operator.
    pub operand: Value,
    /// `Comment`
    pub comment: Option<String>,
    /// Fields that the language does not have here.
    pub unknown: Unknown,
}

/// The kind of literal that an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// A string.
    String,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// An RFC 3339 timestamp in a string.
    Timestamp,
    /// A path in a string.
    Path,
}

macro_rules! operators {
    ($($name:ident $kind:ident $compares:ident),* $(,)?) => {
        /// A comparison operator of the Choice state: all 39 of the specification.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // each is named as ASL names it
        pub enum Operator {
            $($name),*
        }

        impl Operator {
            /// All operators.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns ASL's name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name)),*
                }
            }

            /// Returns the kind of operand that the operator takes.
            pub fn operand(self) -> OperandKind {
                match self {
                    $(Self::$name => OperandKind::$kind),*
                }
            }

            /// Returns the kind that both sides must have for the comparison to be true; for the `Is…` tests, which take anything,
            /// the kind of their operand.
            pub fn compares(self) -> OperandKind {
                match self {
                    $(Self::$name => OperandKind::$compares),*
                }
            }
        }
    };
}

operators! {
    StringEquals String String, StringEqualsPath Path String,
    StringLessThan String String, StringLessThanPath Path String,
    StringGreaterThan String String, StringGreaterThanPath Path String,
    StringLessThanEquals String String, StringLessThanEqualsPath Path String,
    StringGreaterThanEquals String String, StringGreaterThanEqualsPath Path String,
    StringMatches String String,
    NumericEquals Number Number, NumericEqualsPath Path Number,
    NumericLessThan Number Number, NumericLessThanPath Path Number,
    NumericGreaterThan Number Number, NumericGreaterThanPath Path Number,
    NumericLessThanEquals Number Number, NumericLessThanEqualsPath Path Number,
    NumericGreaterThanEquals Number Number, NumericGreaterThanEqualsPath Path Number,
    BooleanEquals Boolean Boolean, BooleanEqualsPath Path Boolean,
    TimestampEquals Timestamp Timestamp, TimestampEqualsPath Path Timestamp,
    TimestampLessThan Timestamp Timestamp, TimestampLessThanPath Path Timestamp,
    TimestampGreaterThan Timestamp Timestamp, TimestampGreaterThanPath Path Timestamp,
    TimestampLessThanEquals Timestamp Timestamp, TimestampLessThanEqualsPath Path Timestamp,
    TimestampGreaterThanEquals Timestamp Timestamp, TimestampGreaterThanEqualsPath Path Timestamp,
    IsNull Boolean Boolean, IsPresent Boolean Boolean, IsNumeric Boolean Boolean, IsString Boolean Boolean,
    IsBoolean Boolean Boolean, IsTimestamp Boolean Boolean,
}

crate::named!(Operator, "comparison operator");

impl Operator {
    /// The operator of a name; `parse` makes an error where there is none.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operator| operator.name() == name)
    }

    /// Returns `true` if this is one of the six tests of what is there: `IsNull`, `IsPresent`, …
    pub fn is_test(self) -> bool {
        self.name().starts_with("Is")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_39_operators_and_path_twins_compare_the_same() {
        assert_eq!(Operator::ALL.len(), 39);
        for operator in Operator::ALL {
            assert_eq!(Operator::from_name(operator.name()), Some(*operator));
            if let Some(twin) = operator.name().strip_suffix("Path").and_then(Operator::from_name) {
                assert_eq!(operator.operand(), OperandKind::Path);
                assert_eq!(operator.compares(), twin.compares());
            }
        }
    }
}
