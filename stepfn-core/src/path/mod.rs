//! The JSONPath of Step Functions: text to tree, with the place of every part in the text.
//!
//! Step Functions speaks the dialect of Jayway, not RFC 9535: `$.detail-type` needs no brackets,
//! `$.a.['b']` has a dot before its brackets, filters are `[?(...)]`. The Amazon States Language
//! adds the roots `$$` (context object) and `$name` (variable), and *Reference Paths*, which name
//! one node and may be written to.
//!
//! Nothing is evaluated here: the checker walks the tree over shapes, the executor over values.
//!
//! ```
//! use stepfn_core::path::{Path, Root, SegmentKind};
//!
//! let path = Path::parse("$.orders[0].detail-type")?;
//! assert_eq!(path.root, Root::Input);
//! assert_eq!(path.segments[1].kind, SegmentKind::Index(0));
//! assert_eq!(path.segments[2].span, 11..23);
//! assert_eq!(path.normalized(), "$['orders'][0]['detail-type']");
//! assert!(path.is_reference());
//!
//! let error = Path::parse("$.first name").unwrap_err();
//! assert_eq!(error.message, "a blank in the name `first name` needs brackets");
//! assert_eq!(error.span, 2..12);
//! assert_eq!(error.help.as_deref(), Some("write `['first name']`"));
//! # Ok::<(), stepfn_core::path::PathError>(())
//! ```

mod ast;
pub(crate) mod cursor;
mod error;
mod filter;
mod parse;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

pub use ast::{Filter, FilterOp, FilterOperand, FilterPath, Root, Segment, SegmentKind};
pub use error::PathError;

/// A path, as it was written and as it was understood.
///
/// Two paths are equal when their texts are: `$.a` and `$['a']` are not. Compare
/// [`Path::normalized`] to know whether they select the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// The root of the path.
    pub root: Root,
    /// The steps from there.
    pub segments: Vec<Segment>,
    text: String,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// When the text is no path. The error has the position and a suggestion.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse::whole(text, None)
    }

    /// Reads a path as published definitions have them: in a filter a word without quotes
    /// (`?(@.status==done)`) is a string.
    ///
    /// The second part of the result are the errors that [`Path::parse`] would have given.
    ///
    /// # Errors
    ///
    /// When the text is no path even so.
    pub fn parse_lenient(text: &str) -> Result<(Self, Vec<PathError>), PathError> {
        let mut forgiven = Vec::new();
        let path = parse::whole(text, Some(&mut forgiven))?;
        Ok((path, forgiven))
    }

    /// Reads the path that the text begins with, up to the blank, `,` or `)` that ends an argument
    /// of an intrinsic function.
    pub(crate) fn parse_argument(
        text: &str,
        forgiven: Option<&mut Vec<PathError>>,
    ) -> Result<Self, PathError> {
        parse::argument(text, forgiven)
    }

    /// The path of a root alone: `$`, `$$`, `$name`.
    pub fn root_path(root: Root) -> Self {
        let text = root.to_string();
        Self { root, segments: Vec::new(), text }
    }

    /// The path to a member of what this path selects: `.name` where that is allowed, else
    /// `['the name']`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        self.with(SegmentKind::Name(name.to_owned()), &member(name))
    }

    /// The path to an element of what this path selects.
    #[must_use]
    pub fn index(&self, index: i64) -> Self {
        self.with(SegmentKind::Index(index), &format!("[{index}]"))
    }

    fn with(&self, kind: SegmentKind, written: &str) -> Self {
        let mut path = self.clone();
        let start = path.text.len();
        path.text.push_str(written);
        let span = start..path.text.len();
        path.segments.push(Segment { kind, span });
        path
    }

    /// The text that was parsed, without blanks at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns `true` if the path selects one value or fails: names and single indexes only. Any other path
    /// gives an array, which may be empty.
    pub fn is_definite(&self) -> bool {
        self.segments.iter().all(|segment| segment.kind.is_single())
    }

    /// The first segment that a Reference Path may not have: the ASL rules out `@`, `..`, `,`,
    /// `:`, `?`, `*` and functions.
    pub fn reference_violation(&self) -> Option<&Segment> {
        self.segments.iter().find(|segment| !segment.kind.is_single())
    }

    /// Returns `true` if the path is a Reference Path: one that names a single node.
    pub fn is_reference(&self) -> bool {
        self.reference_violation().is_none()
    }

    /// The path in the form that Jayway, and so AWS, prints in its messages: `$['a'][0]['b']`.
    ///
    /// As there, a filter is printed as `[?]` and quotes inside a name are not escaped.
    pub fn normalized(&self) -> String {
        self.normalized_prefix(self.segments.len())
    }

    /// [`Path::normalized`] of the first `n` segments (of all, when there are fewer).
    pub fn normalized_prefix(&self, n: usize) -> String {
        let mut text = self.root.to_string();
        for segment in self.segments.iter().take(n) {
            segment.kind.normalize(&mut text);
        }
        text
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input => f.write_str("$"),
            Self::Context => f.write_str("$$"),
            Self::Variable(name) => write!(f, "${name}"),
        }
    }
}

impl SegmentKind {
    /// Returns `true` if the step selects one value at most: a name or an index.
    pub fn is_single(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Index(_))
    }

    fn normalize(&self, text: &mut String) {
        match self {
            Self::Name(name) => list(text, [name], "'"),
            Self::Names(names) => list(text, names, "'"),
            Self::Index(index) => list(text, [index], ""),
            Self::Indices(indices) => list(text, indices, ""),
            Self::Slice { start, end, step } => {
                let number = |n: &Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
                text.push('[');
                text.push_str(&number(start));
                text.push(':');
                text.push_str(&number(end));
                if step.is_some() {
                    text.push(':');
                    text.push_str(&number(step));
                }
                text.push(']');
            }
            Self::Wildcard => text.push_str("[*]"),
            Self::Filter(_) => text.push_str("[?]"),
            Self::Descend(inner) => {
                text.push_str("..");
                inner.normalize(text);
            }
            Self::Function(name) => {
                text.push('.');
                text.push_str(name);
                text.push_str("()");
            }
        }
    }
}

fn list<T: fmt::Display>(text: &mut String, items: impl IntoIterator<Item = T>, quote: &str) {
    text.push('[');
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&format!("{quote}{item}{quote}"));
    }
    text.push(']');
}

/// Returns a member as it is written after a path: `.name` for names of letters, digits, `_` and `-`, else
/// `['the name']` with its escapes.
///
/// ```
/// # use stepfn_core::path::member;
/// assert_eq!(member("detail-type"), ".detail-type");
/// assert_eq!(member("it's"), r"['it\'s']");
/// ```
pub fn member(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        return format!(".{name}");
    }
    let mut text = String::from("['");
    for c in name.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c => text.push(c),
        }
    }
    text.push_str("']");
    text
}
