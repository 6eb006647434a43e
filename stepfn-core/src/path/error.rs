//! The errors of paths.

use std::{error, fmt, ops::Range};

/// The error of a text that is no path, with its place in the text.
///
/// [`Display`](fmt::Display) gives the message alone; `help` has the suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// The error: lower case, no full stop, code in backticks.
    pub message: String,
    /// The offending bytes of the text; empty at the end of the text when something is missing.
    pub span: Range<usize>,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

impl PathError {
    pub(super) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for PathError {}
