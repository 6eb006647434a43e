//! Functions as values.

use std::rc::Rc;

use super::{Symbol, Val};
use crate::{
    compile::{LambdaCode, Node, TransformCode},
    eval::Scope,
    function::Builtin,
    regex::Regex,
};

/// A value that can be called.
#[derive(Debug)]
pub(crate) enum Function<'a> {
    Builtin(Builtin),
    Lambda(Lambda<'a>),
    /// A call in the place of a function's value: whoever called the function makes it.
    Tail {
        call: &'a Node,
        input: Val<'a>,
        frame: Scope<'a>,
    },
    /// A function that was handed over as an argument: it knows no context.
    Wrapped(Rc<Self>),
    Native(Native<'a>),
    Composed(Composed<'a>),
    Transform {
        code: &'a TransformCode,
        frame: Scope<'a>,
    },
    Regex(&'a Regex),
    /// The next match of a regular expression in a text.
    Next {
        regex: &'a Regex,
        text: Rc<[u16]>,
        from: usize,
        /// Where there is no next one. What is no text but a number, say, has no length.
        length: Option<usize>,
    },
}

/// A function that an expression defines.
#[derive(Debug)]
pub(crate) struct Lambda<'a> {
    pub(crate) code: &'a LambdaCode,
    /// The parameters that a partial application left open; else those of the code.
    pub(crate) open: Option<Vec<Symbol>>,
    pub(crate) input: Val<'a>,
    pub(crate) frame: Scope<'a>,
}

/// A function of which some arguments are given.
#[derive(Debug)]
pub(crate) struct Native<'a> {
    pub(crate) function: Rc<Function<'a>>,
    /// The arguments; nothing for those that are open.
    pub(crate) given: Vec<Option<Val<'a>>>,
    pub(crate) depth: u32,
}

/// `first ~> second`.
#[derive(Debug)]
pub(crate) struct Composed<'a> {
    pub(crate) first: Rc<Function<'a>>,
    pub(crate) second: Rc<Function<'a>>,
    pub(crate) depth: u32,
}

impl<'a> Function<'a> {
    /// Returns the number of parameters that a partial application fills, from the left. The reference reads them in the text of a
    /// function, where it finds one without a name if there are none.
    pub(crate) fn parameters(&self) -> usize {
        match self {
            Self::Builtin(_) | Self::Next { .. } => self.arity().max(1),
            Self::Wrapped(function) => function.parameters(),
            _ => self.arity(),
        }
    }

    /// Returns the number of arguments it takes, as those functions see it that call it with more or fewer.
    pub(crate) fn arity(&self) -> usize {
        match self {
            Self::Builtin(builtin) => builtin.arity(),
            Self::Lambda(lambda) => lambda.open.as_ref().map_or(lambda.code.parameters.len(), Vec::len),
            Self::Tail { .. } | Self::Next { .. } => 0,
            Self::Wrapped(function) => function.arity(),
            Self::Native(native) => native.given.iter().filter(|argument| argument.is_none()).count(),
            Self::Composed(_) | Self::Transform { .. } => 1,
            Self::Regex(_) => 2,
        }
    }

    /// Returns `true` if it is one of the program that takes no arguments.
    pub(crate) fn ignores_arguments(&self) -> bool {
        match self {
            Self::Builtin(builtin) => builtin.arity() == 0 && builtin.name() != "zip",
            Self::Wrapped(function) => function.ignores_arguments(),
            _ => false,
        }
    }

    /// Returns `true` if the reference holds it as a function of JavaScript, which is false where a condition is expected.
    pub(crate) fn is_truthy(&self) -> bool {
        !matches!(self, Self::Wrapped(_) | Self::Regex(_) | Self::Next { .. })
    }

    pub(crate) fn depth(&self) -> u32 {
        match self {
            Self::Native(native) => native.depth,
            Self::Composed(composed) => composed.depth,
            Self::Wrapped(function) => function.depth(),
            _ => 0,
        }
    }

    /// The signature that arguments are held against.
    pub(crate) fn signature(&self) -> Option<&crate::function::Signature> {
        match self {
            Self::Builtin(builtin) => Some(builtin.signature()),
            Self::Lambda(Lambda { code, open: None, .. }) => code.signature.as_ref(),
            Self::Transform { .. } => Some(crate::function::transform_signature()),
            _ => None,
        }
    }
}

impl<'a> From<Function<'a>> for Val<'a> {
    fn from(function: Function<'a>) -> Self {
        Val::Function(Rc::new(function))
    }
}
