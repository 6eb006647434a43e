//! The program of an expression.

use std::ops::Range;

use stepfn_core::{
    jsonata::Operator,
    value::{Key, Value},
};

use crate::{function::Signature, regex::Regex, value::Symbol};

/// A part of a program, as the reference has it after its second pass over the tree.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// `[]`: one item stays an array.
    pub(crate) keep: bool,
    /// Whether it gives values with variables beside them.
    pub(crate) tuple: bool,
    /// An array constructor at an end of a path, or a block with such a path: its array is not flattened.
    pub(crate) constructed: bool,
    /// Filters on what it gives.
    pub(crate) predicates: Vec<Self>,
    /// Filters and positions of a step.
    pub(crate) stages: Vec<Stage>,
    pub(crate) group: Option<Box<Group>>,
    /// The variables that a step binds with `@` and `#`.
    pub(crate) focus: Option<Symbol>,
    pub(crate) index: Option<Symbol>,
    /// The variable for the value that contains the step's value.
    pub(crate) ancestor: Option<usize>,
    /// The `%` inside that are not resolved yet; empty once the program is made.
    pub(crate) seeking: Vec<usize>,
    /// Whether it is [bare](Self::is_bare), once that is settled.
    pub(crate) simple: bool,
}

#[derive(Debug)]
pub(crate) enum Stage {
    Filter(Node),
    Index(Symbol),
}

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) pairs: Vec<(Node, Node)>,
    /// The keys, where all are different and are in the program in the order that JavaScript gives them.
    pub(crate) keys: Option<Box<[Key]>>,
    pub(crate) range: Range<usize>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Path {
        steps: Vec<Node>,
        /// Whether one value stays an array.
        keep: bool,
        /// Whether all steps are names, the first perhaps a variable, with nothing beside them.
        plain: bool,
    },
    Binary {
        operator: Operator,
        left: Box<Node>,
        right: Box<Node>,
    },
    Negate(Box<Node>),
    Array(Vec<Node>),
    Object(Box<Group>),
    Name(Key),
    Literal(Value),
    /// The value of a constant expression. It is no literal: `[1 + 1]` is no index as `[2]` is.
    Constant(Value),
    Wildcard,
    Descendant,
    Parent(usize),
    Condition {
        condition: Box<Node>,
        then: Box<Node>,
        otherwise: Option<Box<Node>>,
    },
    Block {
        parts: Vec<Node>,
        /// Whether it binds variables.
        binds: bool,
    },
    Bind {
        symbol: Symbol,
        value: Box<Node>,
    },
    Regex(Box<Regex>),
    Call(Box<Call>),
    Variable(Variable),
    Lambda(Box<LambdaCode>),
    Apply {
        left: Box<Node>,
        right: Box<Node>,
    },
    Transform(Box<TransformCode>),
    Sort(Vec<Term>),
    Placeholder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    /// `$`
    Context,
    /// `$$`
    Root,
    /// A name that something in the program binds.
    Bound(Symbol),
    /// A name that nothing in the program binds.
    Free(Symbol),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) procedure: Node,
    pub(crate) arguments: Vec<Node>,
    /// The name of the function in error messages.
    pub(crate) token: Option<Box<str>>,
    /// Whether some arguments are left open.
    pub(crate) partial: bool,
    /// Whether it is the value of a function's body.
    pub(crate) tail: bool,
}

#[derive(Debug)]
pub(crate) struct LambdaCode {
    pub(crate) parameters: Vec<Symbol>,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: Node,
}

#[derive(Debug)]
pub(crate) struct TransformCode {
    pub(crate) pattern: Node,
    pub(crate) update: Node,
    pub(crate) delete: Option<Node>,
}

#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) descending: bool,
    pub(crate) expression: Node,
}

impl Node {
    pub(crate) fn new(kind: Kind, range: &Range<usize>) -> Self {
        Self {
            kind,
            range: range.clone(),
            keep: false,
            tuple: false,
            constructed: false,
            predicates: Vec::new(),
            stages: Vec::new(),
            group: None,
            focus: None,
            index: None,
            ancestor: None,
            seeking: Vec::new(),
            simple: false,
        }
    }

    /// The name that is all of it.
    pub(crate) fn only_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Path { steps, keep: false, plain: true } if self.is_bare() => match steps.as_slice() {
                [step] if step.is_bare() => step.name(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The name, if it is one.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Returns `true` if it is a step that gives just its value.
    pub(crate) fn is_bare(&self) -> bool {
        !self.keep
            && !self.tuple
            && self.predicates.is_empty()
            && self.stages.is_empty()
            && self.group.is_none()
            && self.focus.is_none()
            && self.index.is_none()
    }
}
