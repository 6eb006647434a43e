//! The errors of intrinsic functions.

use std::{error, fmt, ops::Range};

use crate::path::PathError;

/// The error of a text that is no intrinsic function, or of one that is wrong, with its place in the text.
///
/// [`Display`](fmt::Display) gives the message alone; `help` has the suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntrinsicError {
    /// The error: lower case, no full stop, code in backticks.
    pub message: String,
    /// The offending bytes of the whole text; empty at its end when something is missing.
    pub span: Range<usize>,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

impl IntrinsicError {
    pub(super) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The error of a path that begins at `start` of the whole text.
    pub(super) fn in_path(error: PathError, start: usize) -> Self {
        Self {
            message: error.message,
            span: error.span.start + start..error.span.end + start,
            help: error.help,
        }
    }
}

impl fmt::Display for IntrinsicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for IntrinsicError {}
