//! A byte position in a text that only ever rests on character boundaries.

use std::ops::Range;

/// A reader over the text, shared by both parsers (paths and intrinsic functions).
///
/// Every read is checked: outside the text there is `None` or an empty slice, never a panic.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    pos: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, pos: 0 }
    }

    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// Goes back to (or on to) a position that [`Cursor::pos`] gave before.
    pub(crate) fn reset(&mut self, pos: usize) {
        self.pos = pos;
    }

    pub(crate) fn end(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.pos += next.len_utf8();
        Some(next)
    }

    pub(crate) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.pos += wanted.len();
        }
        found
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    pub(crate) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let start = self.pos;
        while self.peek().is_some_and(&accept) {
            self.bump();
        }
        self.slice(start..self.pos)
    }

    /// The range of the next character, or the empty range at the end of the text.
    pub(crate) fn next_range(&self) -> Range<usize> {
        self.pos..self.pos + self.peek().map_or(0, char::len_utf8)
    }

    /// Reads a text in `'` or `"` as Jayway does: a backslash takes away the meaning of the next
    /// character, with the escapes of Java (`\n`, `\t`, `\u0041`, ...) on top.
    ///
    /// The cursor is on the opening quote. `None` when the closing one is missing.
    pub(crate) fn quoted(&mut self) -> Option<String> {
        let quote = self.bump()?;
        let mut value = String::new();
        loop {
            match self.bump()? {
                '\\' => match self.bump()? {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    'r' => value.push('\r'),
                    'b' => value.push('\u{8}'),
                    'f' => value.push('\u{c}'),
                    'u' => match self.unicode() {
                        Some(unescaped) => value.push(unescaped),
                        None => value.push('u'),
                    },
                    // Recorded on AWS: what is no quote of this name keeps its backslash before the other quote.
                    other @ ('\'' | '"') if other != quote => value.extend(['\\', other]),
                    other => value.push(other),
                },
                next if next == quote => return Some(value),
                next => value.push(next),
            }
        }
    }

    /// The four hexadecimal digits after `\u`, or eight for a pair of surrogates.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            // A lone low surrogate is no character: shown as the replacement character.
            return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let back = self.pos;
        if self.eat("\\u")
            && let Some(second) = self.hex()
            && (0xDC00..0xE000).contains(&second)
        {
            let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Some(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.pos = back;
        Some(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.pos += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Returns `true` if a text is a number as JSON writes it, leading zeros let through.
pub(crate) fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let exponent = exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    let mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    mantissa && exponent
}
