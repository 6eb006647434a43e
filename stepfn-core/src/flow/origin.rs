//! The declaration of a value that may be anything, and the reason why another is not known.

use std::rc::Rc;

/// The declaration that makes a value anything. There is no other way to such a value: what the analysis merely does not know is
/// a [`Reason`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin(Rc<str>);

impl Origin {
    /// The input of a machine without a declared type.
    pub(super) fn input() -> Self {
        Self("the machine's input, which has no declared type".into())
    }

    /// The result of a Task whose resource does not determine it.
    pub(super) fn result(state: &str) -> Self {
        Self(format!("the result of `{state}`, which has no declared type").into())
    }

    /// The items of a reader without a declared type.
    pub(super) fn items() -> Self {
        Self("an item of the reader, which has no declared type".into())
    }

    /// A member of a service's answer whose model allows anything.
    pub(super) fn service() -> Self {
        Self("a part of a service's answer that its model leaves open".into())
    }

    /// The content of a JSON string: `States.StringToJson` and `$parse`.
    pub(super) fn text() -> Self {
        Self("what a string holds".into())
    }

    /// A string that a deployment tool fills in.
    pub(super) fn deployment() -> Self {
        Self("a value that is filled in when the machine is deployed".into())
    }
}

/// The reason why the analysis does not know a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reason {
    /// Too many types to follow each.
    Types,
    /// It grows with each round of a loop.
    Loop,
    /// It is nested too deep, or too large.
    Size,
    /// The number of values depends on the data.
    Count,
    /// The arguments or the result of a function of the user's own.
    Lambda,
    /// The result of a built-in function.
    Function,
    /// The key or the position that is read is computed.
    Computed,
    /// The matches of `*`, `**`, `%` and `..`.
    Wildcard,
    /// Part of a path that is not followed.
    Step,
    /// The items of something that is no array for certain.
    Items,
    /// It was declared to be anything, and the machine is strict.
    Undeclared,
}

impl Reason {
    /// Returns the reason, as the end of "its type cannot be determined: …".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Types => "it is of too many types to follow each of them",
            Self::Loop => "it changes with every round of a loop",
            Self::Size => "it is nested too deep, or too large",
            Self::Count => "it is nothing, one value or an array, as the data are",
            Self::Lambda => "it goes through a function that is not followed",
            Self::Function => "what the function gives depends on what it is given",
            Self::Computed => "the key or position that is read is computed",
            Self::Wildcard => "the path can match values of several types",
            Self::Step => "this step of the path is not followed",
            Self::Items => "what it is an item of is no array for certain",
            Self::Undeclared => "no type is declared of it, and the machine is `#[strict]`",
        }
    }

    /// Returns the suggestion.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Types | Self::Size => "pass on only what is needed, with a path of its own for each part",
            Self::Loop => "keep what changes in the loop under one key of a fixed type",
            Self::Count => {
                "write `[…]` around it, which is always an array, or take the one that is meant: `…[0]`"
            }
            Self::Lambda | Self::Function => {
                "write a simpler expression, or let a Task with a declared result do it"
            }
            Self::Computed => "name the key or position, or let a Task with a declared result do it",
            Self::Undeclared => {
                "declare what it is: write `-> T` after the resource or the reader, or give the machine a typed input"
            }
            Self::Wildcard | Self::Step | Self::Items => "name the fields that are meant, one path for each",
        }
    }
}
