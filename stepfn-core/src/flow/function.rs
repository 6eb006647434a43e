//! Functions as values: lambdas with what they see, built-in functions by name, partial applications, compositions.

use std::rc::Rc;

use super::val::Val;
use crate::jsonata::{self, Expression, Signature};

/// A value that can be called.
#[derive(Debug)]
pub(super) enum Function {
    Lambda(Box<Lambda>),
    BuiltIn(&'static jsonata::Function),
    /// Some of its arguments are given already.
    Partial(Rc<Self>, Vec<Option<Val>>),
    /// The second takes what the first gives.
    Composed(Rc<Self>, Rc<Self>),
    /// One of the two.
    Either(Rc<Self>, Rc<Self>),
    /// This one, or what is no function at all.
    Partly(Rc<Self>),
    /// `/pattern/`, and whether each of its groups takes part in each match.
    Pattern(bool),
    /// `|pattern|update|`
    Transform(Box<Transform>),
}

/// A transformation, with the variables that it sees.
#[derive(Debug)]
pub(super) struct Transform {
    pub(super) pattern: Expression,
    pub(super) update: Expression,
    pub(super) delete: Option<Expression>,
    pub(super) locals: Vec<(String, Val)>,
    pub(super) later: Vec<String>,
}

/// A function of the expression's own.
#[derive(Debug)]
pub(super) struct Lambda {
    pub(super) parameters: Vec<String>,
    pub(super) signature: Option<String>,
    pub(super) body: Expression,
    /// The variables that it sees.
    pub(super) locals: Vec<(String, Val)>,
    pub(super) context: Option<Val>,
    pub(super) present: Vec<String>,
    /// The variables of the blocks around it that may be bound behind it: it sees them when it is called.
    pub(super) later: Vec<String>,
}

impl Function {
    /// Returns `true` if it is a regular expression, whichever.
    pub(super) fn is_pattern(&self) -> bool {
        match self {
            Self::Pattern(_) => true,
            Self::Either(one, other) => one.is_pattern() && other.is_pattern(),
            _ => false,
        }
    }

    /// Returns `true` if it is a regular expression, each of whose groups takes part in each match: the others are null.
    pub(super) fn has_sure_groups(&self) -> bool {
        match self {
            Self::Pattern(sure) => *sure,
            Self::Either(one, other) => one.has_sure_groups() && other.has_sure_groups(),
            _ => false,
        }
    }

    /// Returns `true` if it may be no function at all.
    pub(super) fn is_partial(&self) -> bool {
        match self {
            Self::Partly(_) => true,
            Self::Either(one, other) => one.is_partial() || other.is_partial(),
            _ => false,
        }
    }

    /// Returns the number of arguments that a function which goes through items gives it.
    pub(super) fn arity(&self) -> usize {
        match self {
            Self::Lambda(lambda) => lambda.parameters.len(),
            // As many as the reference's own function names, which are fewer where one has a default.
            Self::BuiltIn(known) => match known.name {
                "string" | "error" => 1,
                "zip" | "random" => 0,
                _ => Signature::read(known.signature).parameters().len(),
            },
            Self::Partial(of, given) => {
                given.iter().filter(|argument| argument.is_none()).count().min(of.arity())
            }
            Self::Composed(first, _) => first.arity(),
            Self::Either(one, other) => one.arity().max(other.arity()),
            Self::Partly(of) => of.arity(),
            Self::Pattern(_) | Self::Transform(_) => 1,
        }
    }
}

/// Returns `true` if each group of a regular expression takes part in each match: none is an alternative, may be left out, or must not
/// match.
pub(super) fn has_sure_groups(pattern: &str) -> bool {
    let mut bare = String::new();
    let (mut escaped, mut class) = (false, false);
    for sign in pattern.chars() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            sign => bare.push(sign),
        }
    }
    !bare.contains('(') || !["|", ")?", ")*", "){0", "(?!", "(?<!"].iter().any(|part| bare.contains(part))
}
