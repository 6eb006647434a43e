//! Rust's tokens, comments among them, as pieces of the text: nothing is lost.

use super::Unformatted;

/// The kind of a piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, a keyword, a lifetime.
    Word,
    Number,
    /// A string, a byte string, a character.
    Text,
    /// Operators of several characters are one piece where they read as one.
    Punct,
    Open,
    Close,
    /// `///`, `//!`, `/** */`, `/*! */`: tokens to the compiler.
    Doc,
    Comment,
}

/// A token or a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Its first byte.
    pub(super) at: usize,
    /// The number of line ends between it and the piece before.
    pub(super) lines: usize,
    /// Whether there is a blank before it.
    pub(super) is_apart: bool,
}

impl Token<'_> {
    /// Returns `true` if the rest of its line is part of it.
    pub(super) fn takes_its_line(&self) -> bool {
        matches!(self.kind, Kind::Doc | Kind::Comment) && self.text.starts_with("//")
    }

    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

const OPERATORS: [&str; 12] = ["...", "..=", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", ".."];

/// The tokens of a file.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Unformatted> {
    let mut tokens = Vec::new();
    let mut at = start(text);
    let mut end = at;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let (kind, length) = piece(rest, c).map_err(|what| Unformatted::new(text, at, what))?;
        let gap = text.get(end..at).unwrap_or_default();
        let mut piece = rest.get(..length).unwrap_or(rest);
        match kind {
            Kind::Comment => piece = piece.trim_end(),
            // What ends the line is no part of the documentation.
            Kind::Doc => piece = piece.trim_end_matches('\r'),
            _ => {}
        }
        tokens.push(Token {
            kind,
            text: piece,
            at,
            lines: gap.bytes().filter(|byte| *byte == b'\n').count(),
            is_apart: !gap.is_empty(),
        });
        at += length;
        end = at;
    }
    Ok(tokens)
}

/// Behind a byte order mark and the line that names an interpreter.
fn start(text: &str) -> usize {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with("#!") && !rest.starts_with("#![") {
        return at + rest.find('\n').unwrap_or(rest.len());
    }
    at
}

fn piece(rest: &str, first: char) -> Result<(Kind, usize), &'static str> {
    if rest.starts_with("//") {
        let is_doc = rest.starts_with("//!") || rest.starts_with("///") && !rest.starts_with("////");
        let length = rest.find('\n').unwrap_or(rest.len());
        return Ok((if is_doc { Kind::Doc } else { Kind::Comment }, length));
    }
    if rest.starts_with("/*") {
        let length = block_comment(rest).ok_or("this comment does not end")?;
        let is_doc = rest.starts_with("/*!")
            || rest.starts_with("/**") && !rest.starts_with("/***") && !rest.starts_with("/**/");
        return Ok((if is_doc { Kind::Doc } else { Kind::Comment }, length));
    }
    if let Some(length) = string(rest) {
        return length.map(|length| (Kind::Text, length)).ok_or("this string does not end");
    }
    if first == '\'' || rest.starts_with("b'") {
        return Ok(character(rest));
    }
    if first.is_ascii_digit() {
        return Ok((Kind::Number, number(rest)));
    }
    if is_start(first) {
        let raw = if rest.starts_with("r#") { 2 } else { 0 };
        return Ok((Kind::Word, raw + word(rest.get(raw..).unwrap_or_default())));
    }
    if ['(', '[', '{'].contains(&first) {
        return Ok((Kind::Open, 1));
    }
    if [')', ']', '}'].contains(&first) {
        return Ok((Kind::Close, 1));
    }
    let length = OPERATORS
        .iter()
        .find(|operator| rest.starts_with(*operator))
        .map_or(first.len_utf8(), |operator| operator.len());
    Ok((Kind::Punct, length))
}

fn is_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

/// Comments nest.
fn block_comment(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let here = rest.get(at..)?;
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += here.chars().next()?.len_utf8();
        }
    }
}

/// The length of a string of any kind: none where there is none, nothing in it where it does not end.
fn string(rest: &str) -> Option<Option<usize>> {
    let letters = rest.find(|c: char| !['b', 'c', 'r'].contains(&c)).unwrap_or(rest.len());
    let prefix = rest.get(..letters)?;
    if !["", "b", "c", "r", "br", "cr"].contains(&prefix) {
        return None;
    }
    let behind = rest.get(letters..)?;
    if prefix.ends_with('r') {
        let hashes = behind.find(|c| c != '#').unwrap_or(behind.len());
        let body = behind.get(hashes..)?.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&end).map(|at| letters + hashes + 1 + at + end.len()));
    }
    let body = behind.strip_prefix('"')?;
    let mut is_escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(Some(letters + 1 + at + 1)),
            _ => {}
        }
    }
    Some(None)
}

/// `'a'`, `b'a'`, or the lifetime `'a`.
fn character(rest: &str) -> (Kind, usize) {
    let prefix = usize::from(rest.starts_with('b'));
    let body = rest.get(prefix + 1..).unwrap_or_default();
    let mut chars = body.char_indices();
    let first = chars.next().map(|(_, c)| c);
    if first == Some('\\') {
        // The character behind the backslash may be the quote itself.
        let escaped = chars.nth(1).map_or(body.len(), |(at, _)| at);
        let end =
            body.get(escaped..).and_then(|tail| tail.find('\'')).map_or(body.len(), |at| escaped + at + 1);
        return (Kind::Text, prefix + 1 + end);
    }
    match chars.next() {
        Some((at, '\'')) => (Kind::Text, prefix + 1 + at + 1),
        _ => (Kind::Word, prefix + 1 + word(body)),
    }
}

fn number(rest: &str) -> usize {
    let mut end = word(rest);
    if let Some(behind) = rest.get(end..).and_then(|tail| tail.strip_prefix('.')) {
        let next = behind.chars().next();
        if next.is_some_and(|c| c.is_ascii_digit()) {
            end += 1 + word(behind);
        } else if next.is_none_or(|c| c != '.' && !is_start(c)) {
            end += 1;
        }
    }
    let is_hex = rest.starts_with("0x");
    let tail = rest.get(end..).unwrap_or_default();
    if !is_hex
        && rest.get(..end).is_some_and(|number| number.ends_with(['e', 'E']))
        && let Some(digits) = tail.strip_prefix(['+', '-'])
    {
        end += 1 + word(digits);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_token_is_one_piece() {
        let text = r####"a r#type 'a 'x' '\'' '"' b'\n' 1_000 1.5e-3 1..2 0xFFe r#"a "b" "# "\"//" br"\" c"x" /* /* */ */ // c
/// d
$$.a == b"####;
        let found: Vec<&str> = tokens(text).unwrap().into_iter().map(|token| token.text).collect();
        assert_eq!(
            found,
            [
                "a",
                "r#type",
                "'a",
                "'x'",
                r"'\''",
                "'\"'",
                r"b'\n'",
                "1_000",
                "1.5e-3",
                "1",
                "..",
                "2",
                "0xFFe",
                "r#\"a \"b\" \"#",
                r#""\"//""#,
                r#"br"\""#,
                "c\"x\"",
                "/* /* */ */",
                "// c",
                "/// d",
                "$",
                "$",
                ".",
                "a",
                "==",
                "b",
            ]
        );
    }

    #[test]
    fn what_does_not_end_is_reported_with_its_place() {
        let left = tokens("a\n  \"open").unwrap_err();
        assert_eq!((left.line, left.column, left.message.as_str()), (2, 3, "this string does not end"));
        assert!(tokens("/* /* */").is_err());
        assert!(tokens("r#\"open\"").is_err());
    }
}
