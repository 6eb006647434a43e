//! Text to tokens, as the tokenizer of the reference does it.

use std::ops::Range;

use super::error::JsonataError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// Signs, and the words `and`, `or` and `in`.
    Operator(&'static str),
    Name(String),
    Variable(String),
    String(String),
    Number(f64),
    Boolean(bool),
    Null,
    Regex {
        pattern: String,
        flags: String,
    },
    End,
}

/// The longer ones first.
const OPERATORS: &[&str] = &[
    "..", ":=", "!=", ">=", "<=", "**", "~>", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":",
    "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&", "!", "~",
];

const WORDS: &[&str] = &["and", "or", "in"];

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The next token; a slash begins a regular expression unless an operator is expected.
    pub(super) fn next(&mut self, infix: bool) -> Result<(Token, Range<usize>), JsonataError> {
        self.skip()?;
        let start = self.at;
        let token = self.token(infix)?;
        Ok((token, start..self.at))
    }

    /// Blanks and comments.
    fn skip(&mut self) -> Result<(), JsonataError> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(blank);
            self.at += rest.len() - trimmed.len();
            let Some(comment) = trimmed.strip_prefix("/*") else { return Ok(()) };
            match comment.find("*/") {
                Some(length) => self.at += length + 4,
                None => {
                    let range = self.at..self.text.len();
                    return Err(JsonataError::new("S0106", "the comment has no end", range)
                        .help("close it with `*/`"));
                }
            }
        }
    }

    fn token(&mut self, infix: bool) -> Result<Token, JsonataError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        if first == '/' && !infix {
            return self.regex();
        }
        if !is_of_word(first)
            && let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(**operator))
        {
            self.at += operator.len();
            return Ok(Token::Operator(operator));
        }
        match first {
            '"' | '\'' => self.string(first),
            '0'..='9' => self.number(),
            '`' => self.quoted_name(),
            _ => Ok(self.word()),
        }
    }

    fn regex(&mut self) -> Result<Token, JsonataError> {
        let open = self.at;
        let start = open + 1;
        let mut at = start;
        let mut depth = 0_i64;
        // Only the slash itself and the sign before it say that it is escaped.
        let mut backslashes = 0_usize;
        while let Some(byte) = self.byte(at) {
            let escaped = backslashes > 0;
            match byte {
                b'/' if depth == 0 && backslashes.is_multiple_of(2) => {
                    if at == start {
                        return Err(JsonataError::new(
                            "S0301",
                            "the regular expression is empty",
                            open..at + 1,
                        ));
                    }
                    let pattern = self.text[start..at].to_owned();
                    let flags: String =
                        self.text[at + 1..].chars().take_while(|flag| matches!(flag, 'i' | 'm')).collect();
                    self.at = at + 1 + flags.len();
                    if flags.matches('i').count() > 1 || flags.matches('m').count() > 1 {
                        let range = at + 1..self.at;
                        return Err(JsonataError::new("S0302", format!("`{flags}` has a flag twice"), range));
                    }
                    return Ok(Token::Regex { pattern, flags });
                }
                b'(' | b'[' | b'{' if !escaped => depth += 1,
                b')' | b']' | b'}' if !escaped => depth -= 1,
                _ => {}
            }
            backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
            at += 1;
        }
        Err(JsonataError::new("S0302", "the regular expression has no end", open..self.text.len())
            .help("close it with `/`; a `/` inside is written `\\/`, and brackets must be closed"))
    }

    fn string(&mut self, quote: char) -> Result<Token, JsonataError> {
        let open = self.at;
        let mut value = String::new();
        let mut chars = self.text[open + 1..].char_indices();
        while let Some((offset, c)) = chars.next() {
            let at = open + 1 + offset;
            if c == quote {
                self.at = at + 1;
                return Ok(Token::String(value));
            }
            if c != '\\' {
                value.push(c);
                continue;
            }
            let Some((_, escape)) = chars.next() else { break };
            let plain = match escape {
                '"' | '\\' | '/' => escape,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let Some(high) = self.unit(at) else {
                        let end = self.text.len().min(at + 2);
                        return Err(JsonataError::new(
                            "S0104",
                            "`\\u` needs four hexadecimal digits",
                            at..end,
                        )
                        .help("write `\\u00e9`, or the character itself"));
                    };
                    let mut digits = 4;
                    let low = self.unit(at + 6);
                    let pair = match low {
                        Some(low) if (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low) => {
                            digits = 10;
                            0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                        }
                        _ => high,
                    };
                    value.push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
                    for _ in 0..digits {
                        chars.next();
                    }
                    continue;
                }
                other => {
                    let range = at..at + 1 + other.len_utf8();
                    let error = JsonataError::new("S0103", format!("`\\{other}` is no escape"), range);
                    return Err(if other == '\'' {
                        error.help("put the text in double quotes: a `'` needs no escape there")
                    } else {
                        error.help("the escapes are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u`; write `\\\\` for a backslash")
                    });
                }
            };
            value.push(plain);
        }
        Err(JsonataError::new("S0101", "the text has no end", open..self.text.len())
            .help(format!("close it with `{quote}`")))
    }

    /// The code unit of `\uXXXX` at a place.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if hexadecimal { u32::from_str_radix(digits, 16).ok() } else { None }
    }

    fn number(&mut self) -> Result<Token, JsonataError> {
        let start = self.at;
        let digits = |mut at: usize| {
            while self.byte(at).is_some_and(|byte| byte.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        // A number has no leading zeros.
        let mut end = if self.byte(start) == Some(b'0') { start + 1 } else { digits(start) };
        if self.byte(end) == Some(b'.') {
            let fraction = digits(end + 1);
            if fraction > end + 1 {
                end = fraction;
            }
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        let text = &self.text[start..end];
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.at = end;
                Ok(Token::Number(value))
            }
            _ => Err(JsonataError::new("S0102", format!("the number `{text}` is out of range"), start..end)),
        }
    }

    fn quoted_name(&mut self) -> Result<Token, JsonataError> {
        let open = self.at;
        let inside = &self.text[open + 1..];
        let Some(length) = inside.find('`') else {
            return Err(JsonataError::new("S0105", "the quoted name has no end", open..self.text.len())
                .help("close it with a backtick"));
        };
        self.at = open + length + 2;
        Ok(Token::Name(inside[..length].to_owned()))
    }

    fn word(&mut self) -> Token {
        let rest = self.rest();
        // Most words are of these, and no operator begins so.
        let stops = |c: char| {
            !is_of_word(c)
                && (blank(c)
                    || OPERATORS.iter().any(|operator| operator.len() == 1 && operator.starts_with(c)))
        };
        let word = &rest[..rest.find(stops).unwrap_or(rest.len())];
        self.at += word.len();
        if let Some(name) = word.strip_prefix('$') {
            return Token::Variable(name.to_owned());
        }
        if let Some(operator) = WORDS.iter().find(|known| **known == word) {
            return Token::Operator(operator);
        }
        match word {
            "true" => Token::Boolean(true),
            "false" => Token::Boolean(false),
            "null" => Token::Null,
            _ => Token::Name(word.to_owned()),
        }
    }
}

const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

fn blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}')
}
