//! JSON text: read with byte positions, written compact or pretty.
//!
//! The reader records where each value is (so that a diagnostic about `/States/Load/Next` can be shown at its line), finds
//! duplicate keys, and names comments and trailing commas for what they are.
//!
//! ```
//! let document = stepfn_core::json::parse("{\n  \"StartAt\": \"Hello\"\n}")?;
//! let span = document.span("/StartAt").ok_or("no such value")?;
//! assert_eq!((span.line, span.column), (2, 14));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod parse;
mod pointer;
mod write;

use std::{borrow::Cow, collections::HashMap, fmt, ops::Range};

pub use self::{
    pointer::Pointer,
    write::{to_pretty_string, to_string, write, write_text},
};
use crate::value::Value;

/// A parsed JSON text with the place of each value.
#[derive(Clone, Debug)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// JSON pointers of keys that an object holds twice, with the byte range of the second.
    pub duplicates: Vec<(String, Range<usize>)>,
    root: Place,
    text: String,
    lines: Vec<usize>,
    /// The number of characters before each block of [`BLOCK`] bytes: a definition may be one line.
    characters: Vec<usize>,
}

const BLOCK: usize = 1024;

/// Returns the number of characters that begin in some bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

/// Returns the number of characters before each block.
fn characters_before(text: &str) -> Vec<usize> {
    let mut total = 0;
    let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
        let before = total;
        total += characters(block);
        before
    });
    blocks.collect()
}

/// The place of a value, and of everything in it. A tree, because pointers as strings would hold each key once for every value below it.
#[derive(Clone, Debug, Default)]
struct Place {
    key: Option<Range<usize>>,
    value: Range<usize>,
    below: Below,
}

#[derive(Clone, Debug, Default)]
enum Below {
    #[default]
    Nothing,
    Items(Vec<Place>),
    Fields(HashMap<String, Place>),
}

impl Place {
    fn step(&self, token: &str) -> Option<&Self> {
        match &self.below {
            Below::Nothing => None,
            Below::Items(items) => items.get(index(token)?),
            Below::Fields(fields) => fields.get(token),
        }
    }
}

/// The position that a token of a JSON pointer names: one number has one token.
fn index(token: &str) -> Option<usize> {
    let is_plain = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_plain)
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Span {
    /// The place of a byte range of a text; an end of the text where the range is beyond it.
    pub fn of(text: &str, range: Range<usize>) -> Self {
        let before = text.get(..range.start).unwrap_or(text);
        let last = before.rsplit('\n').next().unwrap_or_default();
        Self { line: before.matches('\n').count() + 1, column: last.chars().count() + 1, range }
    }

    /// The line and the column right behind the place, from 1, in the text that the place is of.
    pub fn end(&self, text: &str) -> (usize, usize) {
        let inside = text.get(self.range.clone()).unwrap_or_default();
        match inside.rsplit_once('\n') {
            Some((before, last)) => (self.line + before.matches('\n').count() + 1, last.chars().count() + 1),
            None => (self.line, self.column + inside.chars().count()),
        }
    }
}

/// A value of a [`Document`] and its place, to go down from: each step costs its own, however long the keys above are.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'d> {
    document: &'d Document,
    value: &'d Value,
    place: &'d Place,
}

impl<'d> Cursor<'d> {
    /// The value.
    pub fn value(&self) -> &'d Value {
        self.value
    }

    /// Its place in the text.
    pub fn span(&self) -> Span {
        self.document.locate(self.place.value.clone())
    }

    /// The items of an array.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let places = match &self.place.below {
            Below::Items(places) => &places[..],
            _ => &[],
        };
        let items = self.value.as_array().into_iter().flatten();
        items.zip(places).map(move |(value, place)| Self { value, place, ..self })
    }

    /// The members of an object with their keys, in their order.
    pub fn members(self) -> impl Iterator<Item = (&'d str, Self)> {
        let members = self.value.as_object().into_iter().flat_map(|members| members.iter());
        members.filter_map(move |(key, value)| {
            let Below::Fields(places) = &self.place.below else { return None };
            Some((&**key, Self { value, place: places.get(&**key)?, ..self }))
        })
    }
}

impl Document {
    /// The whole of it.
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor { document: self, value: &self.value, place: &self.root }
    }

    fn place(&self, pointer: &str) -> Option<&Place> {
        tokens(pointer)?.try_fold(&self.root, |place, token| place.step(&token))
    }

    /// The place of the value at a JSON pointer.
    pub fn span(&self, pointer: &str) -> Option<Span> {
        self.place(pointer).map(|place| self.locate(place.value.clone()))
    }

    /// The text of the value at a JSON pointer, as it was written.
    pub fn text_at(&self, pointer: &str) -> Option<&str> {
        self.text.get(self.place(pointer)?.value.clone())
    }

    /// The place of the key that leads to a JSON pointer (none for array items and the root).
    pub fn key_span(&self, pointer: &str) -> Option<Span> {
        self.place(pointer).and_then(|place| place.key.clone()).map(|range| self.locate(range))
    }

    /// The place of a part of the string at a JSON pointer; none where there is no string.
    ///
    /// `part` is a byte range of the string as it is read. In the text a character may be written as an escape, and
    /// the place takes all of each.
    ///
    /// ```
    /// let document = stepfn_core::json::parse(r#"{ "Path": "$.\u00e9t\u00e9.total" }"#)?;
    /// let part = document.part_span("/Path", 8..13).ok_or("no such string")?;
    /// assert_eq!(part.column, 28);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn part_span(&self, pointer: &str, part: Range<usize>) -> Option<Span> {
        self.part_of(self.place(pointer)?.value.clone(), part)
    }

    /// The place of a part of the key that leads to a JSON pointer, as [`part_span`](Self::part_span) has it of a value.
    pub fn key_part_span(&self, pointer: &str, part: Range<usize>) -> Option<Span> {
        self.part_of(self.place(pointer)?.key.clone()?, part)
    }

    fn part_of(&self, string: Range<usize>, part: Range<usize>) -> Option<Span> {
        let written = self.text.get(string.clone())?.strip_prefix('"')?;
        let first = string.start + 1;
        let part = parse::written(written, part);
        Some(self.locate(first + part.start..first + part.end))
    }

    /// The place of the nearest value that exists at or above a JSON pointer.
    pub fn nearest_span(&self, pointer: &str) -> Span {
        let mut place = &self.root;
        for token in tokens(pointer).into_iter().flatten() {
            match place.step(&token) {
                Some(below) => place = below,
                None => break,
            }
        }
        self.locate(place.value.clone())
    }

    fn locate(&self, range: Range<usize>) -> Span {
        let line = self.lines.partition_point(|start| *start <= range.start).max(1);
        let line_start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self.characters_to(range.start) - self.characters_to(line_start) + 1;
        Span { range, line, column }
    }

    fn characters_to(&self, offset: usize) -> usize {
        let block = (offset / BLOCK).min(self.characters.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        self.characters.get(block).copied().unwrap_or(0) + characters(rest)
    }
}

/// Appends a token to a JSON pointer, escaped as RFC 6901 asks.
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The pointer to a member or an item of what lies at a pointer.
pub fn below(at: &str, token: &str) -> String {
    let mut at = at.to_owned();
    push_token(&mut at, token);
    at
}

/// The tokens of a JSON pointer, as they were before they were escaped; none where it is no pointer.
///
/// ```
/// let tokens: Vec<_> = stepfn_core::json::tokens("/States/a~1b").into_iter().flatten().collect();
/// assert_eq!(tokens, ["States", "a/b"]);
/// ```
pub fn tokens(pointer: &str) -> Option<impl Iterator<Item = Cow<'_, str>>> {
    let tokens = match pointer.strip_prefix('/') {
        Some(rest) => Some(rest.split('/')),
        None if pointer.is_empty() => None,
        None => return None,
    };
    Some(tokens.into_iter().flatten().map(unescaped))
}

/// A token of a JSON pointer as it was before it was escaped.
pub fn unescaped(token: &str) -> Cow<'_, str> {
    match token.contains('~') {
        true => Cow::Owned(token.replace("~1", "/").replace("~0", "~")),
        false => Cow::Borrowed(token),
    }
}

/// The last token of a JSON pointer: the name of the state at `/States/Load`.
///
/// ```
/// assert_eq!(stepfn_core::json::last("/States/a~1b"), "a/b");
/// ```
pub fn last(pointer: &str) -> Cow<'_, str> {
    unescaped(pointer.rsplit('/').next().unwrap_or_default())
}

/// Parses a JSON text and keeps the place of each value.
///
/// # Errors
/// The first thing that is not JSON, with its place and, if the slip is a known one, its fix.
///
/// ```
/// let document = stepfn_core::json::parse("{\n  \"a\": [1, 2]\n}")?;
/// assert_eq!(document.span("/a/1").map(|span| (span.line, span.column)), Some((2, 12)));
/// # Ok::<(), stepfn_core::json::JsonError>(())
/// ```
pub fn parse(text: &str) -> Result<Document, JsonError> {
    parse::document(text)
}

/// Parses a JSON text.
///
/// # Errors
/// As for [`parse`].
pub fn parse_value(text: &str) -> Result<Value, JsonError> {
    parse::value(text)
}

/// A text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The error.
    pub message: String,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
    /// Byte offset.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid JSON at line {}, column {}: {}", self.line, self.column, self.message)?;
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for JsonError {}
