use std::{collections::HashMap, ops::Range};

use super::{Below, Document, JsonError, Place, characters_before, push_token};
use crate::value::{Map, Number, Value};

/// Deeper nesting than this is refused rather than risked on the stack; serde_json draws the same line.
const MAX_DEPTH: usize = 128;

/// The number of bytes of pointers of duplicate keys after which no more are reported.
const MAX_REPORTED: usize = 1 << 20;

pub(super) fn document(text: &str) -> Result<Document, JsonError> {
    let mut parser = Parser::new(text, true);
    let value = parser.whole()?;
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    Ok(Document {
        value,
        duplicates: parser.duplicates,
        root: parser.last,
        text: text.to_owned(),
        lines,
        characters: characters_before(text),
    })
}

pub(super) fn value(text: &str) -> Result<Value, JsonError> {
    Parser::new(text, false).whole()
}

/// Returns the range in its text of a byte range of a string's value; the text begins after the opening quote.
///
/// The parser has read the text, so that every escape is whole.
pub(super) fn written(text: &str, part: Range<usize>) -> Range<usize> {
    let mut parser = Parser::new(text, false);
    let mut value = String::new();
    let (mut start, mut end) = (None, None);
    while let Some(c) = text.get(parser.at..).and_then(|rest| rest.chars().next()).filter(|c| *c != '"') {
        let (at, before) = (parser.at, value.len());
        if c != '\\' {
            parser.at += c.len_utf8();
            value.push(c);
        } else if parser.escape(&mut value).is_err() {
            break;
        }
        if value.len() > part.start {
            start.get_or_insert(at);
        }
        if before < part.end {
            end = Some(parser.at);
        }
        if value.len() > part.end.max(part.start) {
            break;
        }
    }
    let start = start.unwrap_or(parser.at);
    start..end.unwrap_or(start).max(start)
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    /// Whether places are recorded; without them no pointer is built.
    track: bool,
    pointer: String,
    /// The place of the value that was read last.
    last: Place,
    /// The places in the object or array that was read last.
    below: Below,
    duplicates: Vec<(String, Range<usize>)>,
    /// The number of bytes of the reported pointers.
    reported: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, track: bool) -> Self {
        Parser {
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            track,
            pointer: String::new(),
            last: Place::default(),
            below: Below::Nothing,
            duplicates: Vec::new(),
            reported: 0,
        }
    }

    fn whole(&mut self) -> Result<Value, JsonError> {
        if self.text.starts_with('\u{feff}') {
            return Err(self.error(
                "the text begins with a byte order mark, which JSON does not allow",
                Some("save the file as UTF-8 without one"),
            ));
        }
        self.blank()?;
        if self.at == self.bytes.len() {
            return Err(self.error("expected a JSON value, found nothing", None));
        }
        let value = self.value(None)?;
        self.blank()?;
        if self.at < self.bytes.len() {
            return Err(self.error("expected the end of the text after the JSON value", None));
        }
        Ok(value)
    }

    fn error(&self, message: impl Into<String>, help: Option<&str>) -> JsonError {
        self.error_at(self.at, message, help)
    }

    fn error_at(&self, offset: usize, message: impl Into<String>, help: Option<&str>) -> JsonError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        JsonError { message: message.into(), help: help.map(str::to_owned), offset, line, column }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) -> Result<(), JsonError> {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => {
                    return Err(self.error(
                        "JSON has no comments",
                        Some("put the text into a `Comment` field, or remove it"),
                    ));
                }
                b'#' => {
                    return Err(self.error(
                        "JSON has no comments",
                        Some("put the text into a `Comment` field, or remove it"),
                    ));
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn value(&mut self, key: Option<Range<usize>>) -> Result<Value, JsonError> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?.into()),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b'\'') => {
                return Err(self.error(
                    "a JSON string is written in double quotes",
                    Some("write `\"…\"` instead of `'…'`"),
                ));
            }
            None => return Err(self.error("expected a JSON value, found the end of the text", None)),
            Some(_) => self.word()?,
        };
        if self.track {
            self.last = Place { key, value: start..self.at, below: std::mem::take(&mut self.below) };
        }
        Ok(value)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("the JSON text is nested deeper than {MAX_DEPTH} levels"), None));
        }
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
        let value = match &rest[..end] {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "" => {
                let found = rest.chars().next().unwrap_or(' ');
                return Err(self.error(format!("expected a JSON value, found `{found}`"), None));
            }
            "NaN" | "Infinity" => return Err(self.error("JSON has no NaN and no infinity", None)),
            "None" => return Err(self.error("expected a JSON value, found `None`", Some("write `null`"))),
            "True" => return Err(self.error("expected a JSON value, found `True`", Some("write `true`"))),
            "False" => return Err(self.error("expected a JSON value, found `False`", Some("write `false`"))),
            other => {
                return Err(self.error(
                    format!("expected a JSON value, found `{other}`"),
                    Some("a string is written in double quotes"),
                ));
            }
        };
        self.at += end;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut map = Map::new();
        let mut places: HashMap<String, Place> = HashMap::new();
        self.blank()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(map.into());
        }
        loop {
            self.blank()?;
            let key_start = self.at;
            if self.peek() != Some(b'"') {
                return Err(match self.peek() {
                    Some(b'}') => {
                        self.error("a comma before `}`", Some("JSON has no trailing comma: remove it"))
                    }
                    Some(b'\'') => self.error(
                        "a JSON key is written in double quotes",
                        Some("write `\"…\"` instead of `'…'`"),
                    ),
                    None => self.error("the object is not closed", Some("add `}`")),
                    Some(_) => self.error("expected a key in double quotes", None),
                });
            }
            let key = self.string()?;
            let key_range = key_start..self.at;
            self.blank()?;
            if self.peek() != Some(b':') {
                return Err(self.error(format!("expected `:` after the key \"{key}\""), None));
            }
            self.at += 1;
            self.blank()?;
            let mark = self.pointer.len();
            if self.track {
                push_token(&mut self.pointer, &key);
            }
            let value = self.value(Some(key_range.clone()))?;
            if self.track {
                let mut place = std::mem::take(&mut self.last);
                // For a key that occurs twice, members that only the first value has keep their place.
                if let Some(first) = places.remove(&key)
                    && matches!(place.below, Below::Nothing)
                {
                    place = Place { below: first.below, ..place };
                }
                places.insert(key.clone(), place);
            }
            if map.insert(key.into(), value).is_some() && self.track && self.reported < MAX_REPORTED {
                self.reported += self.pointer.len();
                self.duplicates.push((self.pointer.clone(), key_range));
            }
            self.pointer.truncate(mark);
            self.blank()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    self.below = Below::Fields(places);
                    return Ok(map.into());
                }
                None => return Err(self.error("the object is not closed", Some("add `}`"))),
                Some(_) => return Err(self.error("expected `,` or `}` after a value", None)),
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        let mut places = Vec::new();
        self.blank()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            self.blank()?;
            if self.peek() == Some(b']') {
                return Err(self.error("a comma before `]`", Some("JSON has no trailing comma: remove it")));
            }
            let mark = self.pointer.len();
            if self.track {
                push_token(&mut self.pointer, &items.len().to_string());
            }
            items.push(self.value(None)?);
            if self.track {
                places.push(std::mem::take(&mut self.last));
            }
            self.pointer.truncate(mark);
            self.blank()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    self.below = Below::Items(places);
                    return Ok(items.into());
                }
                None => return Err(self.error("the array is not closed", Some("add `]`"))),
                Some(_) => return Err(self.error("expected `,` or `]` after a value", None)),
            }
        }
    }

    fn number(&mut self) -> Result<Number, JsonError> {
        let start = self.at;
        let digits = |parser: &mut Self| {
            let from = parser.at;
            while matches!(parser.peek(), Some(b'0'..=b'9')) {
                parser.at += 1;
            }
            parser.at - from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = digits(self);
        if whole == 0 {
            return Err(self.error("expected a digit", None));
        }
        if leading_zero && whole > 1 {
            return Err(self.error_at(start, "a JSON number has no leading zero", None));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if digits(self) == 0 {
                return Err(self.error("expected a digit after the decimal point", None));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if digits(self) == 0 {
                return Err(self.error("expected a digit in the exponent", None));
            }
        }
        Ok(Number::from_text(&self.text[start..self.at]))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            out.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                None => return Err(self.error_at(start, "the string is not closed", Some("add `\"`"))),
                Some(b'\n') => {
                    return Err(self.error_at(
                        start,
                        "the string is not closed on its line",
                        Some("write a line break as `\\n`"),
                    ));
                }
                Some(_) => {
                    return Err(self.error("a control character in a string", Some("write it as `\\u00XX`")));
                }
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), JsonError> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let mut code = self.hex()?;
                if (0xD800..0xDC00).contains(&code)
                    && self.bytes.get(self.at + 1..self.at + 3) == Some(b"\\u")
                {
                    self.at += 2;
                    let low = self.hex()?;
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(self.error_at(start, "half of a surrogate pair in a string", None));
                    }
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                }
                match char::from_u32(code) {
                    Some(c) => c,
                    None => return Err(self.error_at(start, "half of a surrogate pair in a string", None)),
                }
            }
            _ => {
                return Err(self.error_at(
                    start,
                    "an unknown escape in a string",
                    Some("write `\\\\` for a backslash"),
                ));
            }
        };
        self.at += 1;
        out.push(c);
        Ok(())
    }

    /// Four hex digits after `\u`; leaves `at` on the last of them.
    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits =
            self.bytes.get(self.at + 1..self.at + 5).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let code = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.error("expected four hexadecimal digits after `\\u`", None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_in_lines_of_any_length() {
        for sign in ["a", "가", "🦀"] {
            let text = format!("{{\n\"{}\": 7 }}", sign.repeat(3000));
            let document = document(&text).unwrap_or_else(|error| panic!("{error}"));
            let span = document.span(&format!("/{}", sign.repeat(3000))).unwrap();
            assert_eq!((span.line, span.column), (2, 3005), "{sign}");
        }
    }

    #[test]
    fn texts_that_are_not_json_name_the_slip() {
        for (text, message) in [
            ("", "found nothing"),
            ("{", "the object is not closed"),
            ("[1", "the array is not closed"),
            ("{\"a\":1,}", "a comma before `}`"),
            ("[1,]", "a comma before `]`"),
            ("// x\n1", "JSON has no comments"),
            ("{'a':1}", "double quotes"),
            ("{\"a\" 1}", "expected `:`"),
            ("nope", "found `nope`"),
            ("\"a", "not closed"),
            ("\"a\nb\"", "not closed on its line"),
            ("\"\\x\"", "unknown escape"),
            ("\"\\ud800\"", "surrogate"),
            ("\"\\u12\"", "four hexadecimal digits"),
            ("01", "leading zero"),
            ("1.", "decimal point"),
            ("1e", "exponent"),
            ("-", "expected a digit"),
            ("1 2", "expected the end"),
            ("@", "found `@`"),
            ("\u{feff}{}", "byte order mark"),
        ] {
            let error = value(text).unwrap_err();
            assert!(error.message.contains(message), "{text:?}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(value(&deep).unwrap_err().message.contains("nested deeper"));
    }

    #[test]
    fn escapes_and_surrogates_are_read_and_written() {
        let text = r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00한""#;
        let parsed = value(text).unwrap();
        assert_eq!(parsed.as_str(), Some("a\"\\/\u{8}\u{c}\n\r\té😀한"));
        assert_eq!(value(&parsed.to_string()).unwrap(), parsed);
    }

    #[test]
    fn duplicates_under_a_long_key_take_bounded_memory() {
        let key = "k".repeat(50_000);
        let twice = format!("\"{key}\": 1,").repeat(50);
        let twins = super::document(&format!("{{\"{key}\": [{{{twice} \"x\": 1}}]}}")).unwrap();
        assert!(twins.duplicates.len() < 50);
    }

    #[test]
    fn duplicates_and_places_are_kept() {
        let document = document("{\"a\": [1,\n {\"b\": 2}], \"a\": 3}").unwrap();
        assert_eq!(document.duplicates.len(), 1);
        assert_eq!(document.duplicates[0].0, "/a");
        let span = document.span("/a/1/b").unwrap();
        assert_eq!((span.line, span.column), (2, 8));
        assert_eq!(document.nearest_span("/a/1/b/c/d").range, span.range);
    }

    #[test]
    fn parts_of_strings_are_found_through_escapes() {
        let text = r#"a\u00e9\ud83d\ude00한\n\"b"#;
        let value = "aé😀한\n\"b";
        assert_eq!(super::value(&format!("\"{text}\"")).unwrap().as_str(), Some(value));
        for (part, there) in [
            ("a", "a"),
            ("é", r"\u00e9"),
            ("😀", r"\ud83d\ude00"),
            ("한", "한"),
            ("é😀한", r"\u00e9\ud83d\ude00한"),
            ("\n\"", r#"\n\""#),
            ("b", "b"),
        ] {
            let start = value.find(part).unwrap();
            // The closing quote and what follows are not part of it.
            let place = written(&format!("{text}\", \"c\": 1"), start..start + part.len());
            assert_eq!(&text[place], there, "{part:?}");
        }
        assert_eq!(written("abc\"", 1..1), 1..1);
        assert_eq!(written("abc\"", 3..3), 3..3);
        assert_eq!(written("abc\"", 2..99), 2..3);
        assert_eq!(written("abc\"", 50..99), 3..3);
        // A range that ends inside a character takes all of it.
        assert_eq!(written("한b\"", 0..1), 0..3);
    }

    #[test]
    fn every_prefix_and_mutation_parses_or_fails_without_a_panic() {
        let text = r#"{"a": [1, -2.5e3, "x\u00e9\n한"], "b": {"c": null, "d": true}}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(value(&text[..end]).is_err());
            for replacement in ["\\", "\"", "}", "한", ",", "/"] {
                let next = text[end..].chars().next().map_or(0, char::len_utf8);
                let mutated = format!("{}{replacement}{}", &text[..end], &text[end + next..]);
                let _ = document_or_error(&mutated);
            }
        }
    }

    fn document_or_error(text: &str) -> Option<Value> {
        document(text).ok().map(|document| document.value)
    }
}
