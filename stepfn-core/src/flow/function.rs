//! Functions as values: lambdas with what they see, built-in functions by name, partial applications, compositions.

use std::rc::Rc;

use super::{present::Present, val::Val};
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
    pub(super) present: Vec<Present>,
    /// The variables of the blocks around it that may be bound behind it: it sees them when it is called.
    pub(super) later: Vec<String>,
}

impl Lambda {
    /// Returns what is known in its body to come to something: nothing of what its parameters name.
    pub(super) fn present(&self) -> Vec<Present> {
        let is_same = |known: &&Present| !self.parameters.iter().any(|name| known.names(name));
        self.present.iter().filter(is_same).cloned().collect()
    }
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

/// Returns `true` if each group of a regular expression takes part in each match: none is in an alternative, in what may be left out, or in
/// what must not match.
pub(super) fn has_sure_groups(pattern: &str) -> bool {
    /// What is open around a place of the pattern.
    #[derive(Default)]
    struct Part {
        captures: bool,
        /// Whether groups inside of it are kept.
        has_groups: bool,
        has_alternatives: bool,
        is_negative: bool,
    }
    let (mut open, mut here) = (Vec::new(), Part::default());
    let (mut rest, mut is_class) = (pattern, false);
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        match sign {
            '\\' => rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
            ']' => is_class = false,
            _ if is_class => {}
            '[' => is_class = true,
            '|' => here.has_alternatives = true,
            '(' => {
                let is_negative = rest.starts_with("?!") || rest.starts_with("?<!");
                let is_named = rest.starts_with("?<") && !rest.starts_with("?<=") && !is_negative;
                let captures = !rest.starts_with('?') || is_named;
                open.push(std::mem::replace(&mut here, Part { captures, is_negative, ..Part::default() }));
            }
            ')' => {
                let Some(around) = open.pop() else { return false };
                let inner = std::mem::replace(&mut here, around);
                let may_lack = inner.has_alternatives || inner.is_negative;
                let is_optional = ["?", "*", "{0"].iter().any(|sign| rest.starts_with(sign));
                let groups = inner.has_groups || inner.captures;
                if inner.has_groups && may_lack || groups && is_optional {
                    return false;
                }
                here.has_groups |= groups;
            }
            _ => {}
        }
    }
    open.is_empty() && !(here.has_groups && here.has_alternatives)
}
