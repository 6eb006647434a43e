//! Intrinsic functions (`States.Format(...)` and its like): text to tree, with the place of every
//! part in the text, and the signatures.
//!
//! Nothing is evaluated here: the checker looks at the kinds, the executor at the values.
//!
//! ```
//! use stepfn_core::intrinsic::{ArgKind, Call, Function};
//!
//! let text = "States.ArrayGetItem(States.StringSplit($.arn, ':'), 5)";
//! let call = Call::parse(text)?;
//! assert_eq!(call.function, Function::ArrayGetItem);
//! assert_eq!(call.args[1].kind, ArgKind::Number("5".to_owned()));
//! let (path, span) = call.paths().next().unwrap();
//! assert_eq!((path.as_str(), &text[span]), ("$.arn", "$.arn"));
//! assert_eq!(call.to_string(), text);
//!
//! let error = Call::parse("States.format('{}', $.name)").unwrap_err();
//! assert_eq!(error.message, "`States.format` is no intrinsic function");
//! assert_eq!(error.span, 0..13);
//! assert!(error.help.unwrap().starts_with("write `States.Format`"));
//! # Ok::<(), stepfn_core::intrinsic::IntrinsicError>(())
//! ```
//!
//! A literal is written in single quotes. Its escapes are `\'`, `\{`, `\}` and `\\`; AWS refuses a
//! definition with any other, `\"` included. Other characters, newlines too, are themselves.

mod argument;
mod check;
mod error;
mod function;
#[cfg(test)]
mod fuzz;
mod literal;
mod parse;
#[cfg(test)]
mod tests;
mod values;

use std::{fmt, ops::Range, str::FromStr};

pub use argument::argument;
pub use error::IntrinsicError;
pub use function::{Function, Kind, Param, Signature};
pub use literal::{FormatPart, escape, format_parts};
pub(crate) use values::{ALGORITHMS, whole_number};

use crate::path::Path;

/// A call of an intrinsic function.
///
/// All spans are byte ranges of the whole text, those of nested calls too. Only the segments
/// inside a [`Path`] count from the beginning of the path: add `arg.span.start`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// The arguments.
    pub args: Vec<Arg>,
    /// The range from the first letter of the name to the closing parenthesis.
    pub span: Range<usize>,
    /// The name: `States.Format`.
    pub name_span: Range<usize>,
    /// The body of the first literal of `States.Format`, escapes in place: without them `\{` and
    /// `{` are the same.
    template: Option<String>,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arg {
    /// The kind of the argument, with its content.
    pub kind: ArgKind,
    /// Its byte range in the whole text, quotes included.
    pub span: Range<usize>,
}

/// The kind of an argument, with its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArgKind {
    /// `'text'`, without escapes. For the template of `States.Format` see
    /// [`Call::format_template`].
    String(String),
    /// `1.5`, as it is written, so that no digit is lost.
    Number(String),
    /// `true`, `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `$.name`.
    Path(Path),
    /// A nested call.
    Call(Call),
}

impl Call {
    /// Reads a call.
    ///
    /// The number and the kinds of the arguments are not looked at: see [`Call::arity_error`] and
    /// [`Call::literal_kind_errors`].
    ///
    /// # Errors
    ///
    /// When the text is no call of an intrinsic function, or has more than 10 nested in each
    /// other. The error has the position and a suggestion.
    pub fn parse(text: &str) -> Result<Self, IntrinsicError> {
        parse::whole(text, None)
    }

    /// Reads a call and forgives what [`Path::parse_lenient`] does in its paths. The second part
    /// of the result are the errors that [`Call::parse`] would have given.
    ///
    /// # Errors
    ///
    /// When the text is no call even so.
    pub fn parse_lenient(text: &str) -> Result<(Self, Vec<IntrinsicError>), IntrinsicError> {
        let mut forgiven = Vec::new();
        let call = parse::whole(text, Some(&mut forgiven))?;
        Ok((call, forgiven))
    }

    /// This call and all that are nested in it, in the order of the text.
    pub fn calls(&self) -> impl Iterator<Item = &Self> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let call = stack.pop()?;
            let nested = call.args.iter().rev().filter_map(|arg| match &arg.kind {
                ArgKind::Call(call) => Some(call),
                _ => None,
            });
            stack.extend(nested);
            Some(call)
        })
    }

    /// Returns all paths, those of nested calls too, in the order of the text, with their place in the
    /// whole text.
    pub fn paths(&self) -> impl Iterator<Item = (&Path, Range<usize>)> {
        let mut stack: Vec<&Arg> = self.args.iter().rev().collect();
        std::iter::from_fn(move || {
            loop {
                let arg = stack.pop()?;
                match &arg.kind {
                    ArgKind::Path(path) => return Some((path, arg.span.clone())),
                    ArgKind::Call(call) => stack.extend(call.args.iter().rev()),
                    _ => {}
                }
            }
        })
    }

    /// The parts of the literal template of `States.Format`. `None` for other functions, a
    /// template that is no literal, and one with a stray brace ([`Call::template_error`]).
    pub fn format_template(&self) -> Option<Vec<FormatPart>> {
        format_parts(&self.template_source()?).ok()
    }

    /// Returns the number of `{}` in the literal template of `States.Format`; `None` as for
    /// [`Call::format_template`].
    pub fn format_placeholders(&self) -> Option<usize> {
        let parts = self.format_template()?;
        let placeholders = parts.iter().filter(|part| **part == FormatPart::Placeholder);
        Some(placeholders.count())
    }

    /// The body of the literal template of `States.Format` with its escapes.
    fn template_source(&self) -> Option<String> {
        let ArgKind::String(text) = &self.args.first()?.kind else {
            return None;
        };
        if self.function != Function::Format {
            return None;
        }
        // A caller may have put another function or text into the call since it was parsed.
        match &self.template {
            Some(template) if unescaped(template) == *text => Some(template.clone()),
            _ => Some(text.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    }
}

fn unescaped(body: &str) -> String {
    let mut chars = body.chars();
    let mut text = String::with_capacity(body.len());
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    text
}

impl fmt::Display for Call {
    /// The call as text again: a blank after each comma, and none elsewhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function.name())?;
        for (n, arg) in self.args.iter().enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            match (n, self.template_source()) {
                (0, Some(template)) => write!(f, "'{template}'")?,
                _ => write!(f, "{}", arg.kind)?,
            }
        }
        f.write_str(")")
    }
}

impl fmt::Display for ArgKind {
    /// The argument as text again, with its escapes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write!(f, "'{}'", escape(text)),
            Self::Number(text) => f.write_str(text),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
            Self::Path(path) => write!(f, "{path}"),
            Self::Call(call) => write!(f, "{call}"),
        }
    }
}

impl FromStr for Call {
    type Err = IntrinsicError;

    fn from_str(text: &str) -> Result<Self, IntrinsicError> {
        Self::parse(text)
    }
}
