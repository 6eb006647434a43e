//! The errors of JSONata expressions.

use std::{error, fmt, ops::Range};

/// The error of a text that is no JSONata expression, with its place in the text.
///
/// [`Display`](fmt::Display) gives the message alone; `help` has the suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonataError {
    /// The code that the reference implementation gives the error: `S0201`.
    pub code: &'static str,
    /// The error: lower case, no full stop, code in backticks.
    pub message: String,
    /// The offending bytes; empty at the end of the text when something is missing.
    pub range: Range<usize>,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

impl JsonataError {
    pub(super) fn new(code: &'static str, message: impl Into<String>, range: Range<usize>) -> Self {
        Self { code, message: message.into(), range, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for JsonataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for JsonataError {}
