//! JSON text: read with byte positions, written compact or pretty.
//!
//! The reader tells where each value stands (so that a finding about `/States/Load/Next` can be shown at its line), finds
//! duplicate keys, and names comments and trailing commas for what they are.
//!
//! ```
//! let document = stepfn_core::json::parse("{\n  \"StartAt\": \"Hello\"\n}")?;
//! let span = document.span("/StartAt").ok_or("no such value")?;
//! assert_eq!((span.line, span.column), (2, 14));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod parse;
mod write;

use std::{borrow::Cow, fmt, ops::Range};

pub use self::write::{to_pretty_string, to_string};
use crate::value::Value;

/// A parsed JSON text with the place of each value.
#[derive(Clone, Debug)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// JSON pointers of keys that an object holds twice, with the byte range of the second.
    pub duplicates: Vec<(String, Range<usize>)>,
    places: Place,
    text: String,
    lines: Vec<usize>,
    /// How many characters come before each block of [`BLOCK`] bytes: a definition may be one line.
    characters: Vec<usize>,
}

const BLOCK: usize = 1024;

/// How many characters begin in some bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

/// How many characters come before each block.
fn characters_before(text: &str) -> Vec<usize> {
    let mut total = 0;
    let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
        let before = total;
        total += characters(block);
        before
    });
    blocks.collect()
}

/// Where a value stands, and where what it contains does: in the order of its members or items. A tree, not pointers: these would
/// take as much as all keys on the way to each value.
#[derive(Clone, Debug, Default)]
struct Place {
    key: Option<Range<usize>>,
    value: Range<usize>,
    inside: Vec<Self>,
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

impl Document {
    fn place(&self, pointer: &str) -> Option<&Place> {
        let (mut place, mut value) = (&self.places, &self.value);
        let Some(tokens) = pointer.strip_prefix('/') else { return pointer.is_empty().then_some(place) };
        for token in tokens.split('/') {
            let index = match value {
                Value::Object(members) => {
                    let name = unescape(token);
                    let index = members.get_index_of(&*name)?;
                    value = members.get_index(index)?.1;
                    index
                }
                Value::Array(items) => {
                    // As pointers are written: without zeros before.
                    let index: usize =
                        token.parse().ok().filter(|index: &usize| index.to_string() == token)?;
                    value = items.get(index)?;
                    index
                }
                _ => return None,
            };
            place = place.inside.get(index)?;
        }
        Some(place)
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
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.span(pointer) {
                return span;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return Span { range: 0..0, line: 1, column: 1 },
            }
        }
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

/// A token of a JSON pointer without its escapes.
fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
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

/// Parses a JSON text and keeps the place of each value.
///
/// # Errors
/// The first thing that is not JSON, with its place and, where the slip is a known one, its mend.
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
    /// What is wrong.
    pub message: String,
    /// What to write instead.
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
