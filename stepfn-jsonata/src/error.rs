//! The errors of an evaluation.

use std::{error, fmt, ops::Range};

use crate::{text::quote, texts};

/// The error of an evaluation.
///
/// [`Display`](fmt::Display) gives code and message, as Step Functions shows them: `T1006: Attempted to invoke a non-function`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The code that the reference implementation gives the error: `T2001`.
    pub code: &'static str,
    /// The exact text of JSONata 2.0.6.
    pub message: String,
    /// The bytes of the expression that failed.
    pub range: Range<usize>,
    /// The bound that the evaluation went beyond, if that is why it ended.
    pub limit: Option<Limit>,
}

impl Error {
    /// The code of a value that is no JSON: a function, a regular expression. It is not one of the reference, which gives such values.
    pub const NO_JSON: &'static str = "U1002";

    /// The code of an error that is an internal error on AWS, without more, and one of JavaScript in the reference: `$base64decode` of what is no
    /// Base64, a picture with more than 100 digits behind the point.
    pub const INTERNAL: &'static str = "U1003";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl error::Error for Error {}

/// A bound of [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The evaluation took too many steps.
    Steps,
    /// The evaluation was nested too deep.
    Depth,
    /// The evaluation took too much memory.
    Memory,
}

impl Limit {
    /// The words of Step Functions.
    fn text(self) -> &'static str {
        match self {
            Self::Steps => "Expression evaluation timeout: Check for infinite loop",
            Self::Depth => {
                "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive"
            }
            Self::Memory => "Expression evaluation memory limit exceeded: Check for excessive memory usage",
        }
    }
}

/// An error on its way out: its text is made when it is known which function it comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) range: Option<Range<usize>>,
    pub(crate) limit: Option<Limit>,
    /// The operator or function.
    pub(crate) token: Option<Box<str>>,
    /// The value as `JSON.stringify` writes it.
    pub(crate) value: Option<String>,
    pub(crate) value2: Option<String>,
    /// The number of the argument.
    pub(crate) index: Option<usize>,
    /// The type of the array's items.
    pub(crate) of: Option<&'static str>,
    /// The message of `$error` and `$assert`.
    pub(crate) message: Option<String>,
}

impl Fault {
    pub(crate) fn new(code: &'static str) -> Box<Self> {
        Box::new(Self { code, ..Self::default() })
    }

    pub(crate) fn limit(limit: Limit) -> Box<Self> {
        Box::new(Self { code: "U1001", limit: Some(limit), ..Self::default() })
    }

    /// An error with a message of its own.
    pub(crate) fn custom(message: impl Into<String>) -> Box<Self> {
        let mut fault = Self::new("D3137");
        fault.message = Some(message.into());
        fault
    }

    pub(crate) fn token(mut self: Box<Self>, token: &str) -> Box<Self> {
        self.token = Some(token.into());
        self
    }

    pub(crate) fn value(mut self: Box<Self>, value: Option<String>) -> Box<Self> {
        self.value = value;
        self
    }

    pub(crate) fn value2(mut self: Box<Self>, value: Option<String>) -> Box<Self> {
        self.value2 = value;
        self
    }

    pub(crate) fn index(mut self: Box<Self>, index: usize) -> Box<Self> {
        self.index = Some(index);
        self
    }

    pub(crate) fn range(mut self: Box<Self>, range: &Range<usize>) -> Box<Self> {
        self.range.get_or_insert_with(|| range.clone());
        self
    }

    fn field(&self, name: &str, quoted: bool) -> String {
        let text = |text: Option<&str>| match text {
            Some(text) if quoted => quote(text),
            Some(text) => text.to_owned(),
            None => "undefined".to_owned(),
        };
        let written = |value: &Option<String>| value.clone().unwrap_or_else(|| "undefined".to_owned());
        match name {
            "token" => text(self.token.as_deref()),
            "message" => text(self.message.as_deref()),
            "functionName" => text(self.token.as_deref()),
            "type" => text(self.of),
            "index" => self.index.map_or_else(|| "undefined".to_owned(), |index| index.to_string()),
            "value" => written(&self.value),
            _ => written(&self.value2),
        }
    }

    /// The error with its text. As in the reference, values go in with three braces first, and quoted ones with two after.
    pub(crate) fn finish(self) -> Error {
        let message = match (self.limit, texts::template(self.code)) {
            (Some(limit), _) => limit.text().to_owned(),
            (None, Some(template)) => {
                let plain = fill(template, "{{{", "}}}", |name| self.field(name, false));
                fill(&plain, "{{", "}}", |name| self.field(name, true))
            }
            (None, None) => self.message.clone().unwrap_or_default(),
        };
        Error { code: self.code, message, range: self.range.unwrap_or(0..0), limit: self.limit }
    }
}

fn fill(template: &str, open: &str, close: &str, field: impl Fn(&str) -> String) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(open) {
        let Some((name, behind)) = after.split_once(close) else { break };
        text.push_str(before);
        text.push_str(&field(name));
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_and_quoted() {
        let fault = Fault::new("T2001").token("+");
        assert_eq!(fault.finish().message, "The left side of the \"+\" operator must evaluate to a number");
        let fault = Fault::new("T1005").token("sum");
        assert_eq!(
            fault.finish().to_string(),
            "T1005: Attempted to invoke a non-function. Did you mean $sum?"
        );
        assert_eq!(Fault::custom("no {{ this").finish().to_string(), "D3137: no {{ this");
    }

    #[test]
    fn what_is_missing_is_undefined() {
        let fault = Fault::new("T0412").index(1).token("partition");
        assert_eq!(
            fault.finish().message,
            "Argument 1 of function \"partition\" must be an array of undefined"
        );
    }
}
