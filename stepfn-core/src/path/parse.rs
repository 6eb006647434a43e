//! Roots and segments.

use super::{Path, PathError, Root, Segment, SegmentKind, cursor::Cursor, member};

type Result<T> = std::result::Result<T, PathError>;

/// The context of the path, which determines the characters that end a name without brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The path is the whole text.
    Whole,
    /// An argument of an intrinsic function: `,`, `)` and blanks end it.
    Argument,
    /// Inside a filter: operators, brackets, `,` and blanks end it.
    Filter,
}

impl Place {
    fn ends_name(self, c: char) -> bool {
        match self {
            Self::Whole => false,
            Self::Argument => c == ',' || c == ')' || c.is_whitespace(),
            Self::Filter => c.is_whitespace() || ",)]<>=!~&|".contains(c),
        }
    }
}

pub(super) struct Parser<'a, 'b> {
    pub(super) cursor: Cursor<'a>,
    /// The number of open filters, parentheses, negations and lists.
    pub(super) depth: usize,
    /// The forgiven errors; without it they are not forgiven.
    pub(super) forgiven: Option<&'b mut Vec<PathError>>,
}

pub(super) fn whole(text: &str, forgiven: Option<&mut Vec<PathError>>) -> Result<Path> {
    // Jayway trims; a blank at the end is invisible and harmless. At the beginning AWS looks for
    // the `$` before Jayway gets to trim anything.
    prefix(text.trim_end(), Place::Whole, forgiven)
}

pub(super) fn argument(text: &str, forgiven: Option<&mut Vec<PathError>>) -> Result<Path> {
    prefix(text, Place::Argument, forgiven)
}

fn prefix(text: &str, place: Place, forgiven: Option<&mut Vec<PathError>>) -> Result<Path> {
    let mut parser = Parser { cursor: Cursor::new(text), depth: 0, forgiven };
    let root = parser.root(place)?;
    let segments = parser.segments(place)?;
    let end = parser.cursor.pos();
    let text = parser.cursor.slice(0..end).to_owned();
    Ok(Path { root, segments, text })
}

/// Returns `true` for a character that a variable name may have after its first.
fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Parser<'a, '_> {
    fn root(&mut self, place: Place) -> Result<Root> {
        let whole = 0..self.cursor.end();
        if !self.cursor.eat("$") {
            let text = self.cursor.rest();
            let error = PathError::new("a path starts with `$`", whole.clone());
            return Err(if text.trim().is_empty() {
                PathError::new("the path is empty", whole)
                    .help("write `$` for the whole input, `$$` for the context object")
            } else if text.trim_start().starts_with('$') {
                let blanks = text.len() - text.trim_start().len();
                PathError::new("blanks before the `$`", 0..blanks).help("leave the blanks out")
            } else if text.starts_with("States.") {
                error.help("intrinsic functions are no paths: use them in fields that take both")
            } else if text.starts_with('@') {
                error.help("`@` is the element inside a filter: write `$` here")
            } else if text.starts_with(['.', '[']) {
                error.help(format!("write `${text}`"))
            } else if text.starts_with("{%") {
                error.help("`{% %}` is JSONata: it needs the query language `JSONata`")
            } else {
                let plain = text.split('.').all(|name| member(name).starts_with('.'));
                let path = if plain { format!("$.{text}") } else { format!("${}", member(text)) };
                error.help(format!("write `{path}` for the member of that name"))
            });
        }
        let start = self.cursor.pos();
        let root = if self.cursor.eat("$") {
            let name = self.cursor.take_while(is_identifier);
            if !name.is_empty() {
                return Err(PathError::new(
                    format!("`$$` is the context object, and `{name}` has no `.` before it"),
                    0..self.cursor.pos(),
                )
                .help(format!("write `$$.{name}`, or `${name}` for the variable of that name")));
            }
            Root::Context
        } else {
            let name = self.cursor.take_while(is_identifier);
            if name.starts_with(char::is_numeric) {
                return Err(PathError::new(
                    format!("`${name}` is no variable: names do not start with a digit"),
                    0..self.cursor.pos(),
                )
                .help(format!("write `$.{name}` for a member, `$[{name}]` for an element")));
            }
            if name.is_empty() { Root::Input } else { Root::Variable(name.to_owned()) }
        };
        match self.cursor.peek() {
            None | Some('.' | '[') => Ok(root),
            Some(c) if place.ends_name(c) => Ok(root),
            Some(_) => {
                let name = self.cursor.slice(start..self.cursor.pos());
                let error =
                    PathError::new(format!("expected `.` or `[` after `${name}`"), self.cursor.next_range());
                Err(if name.is_empty() || name == "$" {
                    error
                } else {
                    error.help("the name of a variable has only letters, digits and `_`")
                })
            }
        }
    }

    /// Parses all segments up to the end of the text, or to the end of the path at this place.
    pub(super) fn segments(&mut self, place: Place) -> Result<Vec<Segment>> {
        let mut segments = Vec::new();
        loop {
            let start = self.cursor.pos();
            let kind = match self.cursor.peek() {
                Some('.') => self.after_dot(place)?,
                Some('[') => self.bracket()?,
                Some(c) if !place.ends_name(c) => {
                    let word = self.cursor.take_while(|c| !".[".contains(c));
                    let span = start..self.cursor.pos();
                    let message = if word.trim_start().len() < word.len() {
                        "a blank between two segments".to_owned()
                    } else {
                        format!("expected `.` or `[` before `{word}`")
                    };
                    let word = word.trim();
                    return Err(match word {
                        "" => PathError::new(message, span).help("leave the blank out"),
                        "]" | ")" => {
                            PathError::new(format!("`{word}` closes nothing"), span).help("take it out")
                        }
                        _ => PathError::new(message, span).help(format!("write `{}`", member(word))),
                    });
                }
                _ => return Ok(segments),
            };
            segments.push(Segment { kind, span: start..self.cursor.pos() });
        }
    }

    fn after_dot(&mut self, place: Place) -> Result<SegmentKind> {
        let start = self.cursor.pos();
        let dots = self.cursor.take_while(|c| c == '.').len();
        let span = start..self.cursor.pos();
        if dots > 2 {
            return Err(PathError::new("more than two dots in a row", span)
                .help("write `.` for a member, `..` for every depth"));
        }
        let ends = |c: char| place.ends_name(c);
        if self.cursor.peek().is_none_or(ends) {
            // In the middle of a path the blank is the better thing to talk about.
            if let Some(blank) = self.cursor.peek()
                && blank.is_whitespace()
                && place == Place::Filter
            {
                return Err(self.blank_after_dot(span));
            }
            let written = self.cursor.slice(span.clone());
            return Err(PathError::new(format!("the path ends with `{written}`"), span).help(if dots == 2 {
                "write a name, `*` or brackets after it"
            } else {
                "write a name after the dot, or take the dot out"
            }));
        }
        let kind = match self.cursor.peek() {
            Some('[') => self.bracket()?,
            Some('*') => {
                self.cursor.bump();
                SegmentKind::Wildcard
            }
            Some(c) if c.is_whitespace() => return Err(self.blank_after_dot(span)),
            _ => self.name(place)?,
        };
        Ok(if dots == 2 { SegmentKind::Descend(Box::new(kind)) } else { kind })
    }

    fn blank_after_dot(&self, dots: std::ops::Range<usize>) -> PathError {
        PathError::new("a blank after the dot", dots.start..self.cursor.next_range().end)
            .help("leave the blank out, or write the name in brackets: `['name']`")
    }

    /// A name without brackets, or a function.
    fn name(&mut self, place: Place) -> Result<SegmentKind> {
        let start = self.cursor.pos();
        // Blanks are read along, so that the message can show the whole name.
        let stop = |c: char| ".[(".contains(c) || place.ends_name(c);
        let name = self.cursor.take_while(|c| !stop(c));
        let span = start..self.cursor.pos();
        if self.cursor.peek() == Some('(') && !name.contains(char::is_whitespace) {
            return self.function(name, span);
        }
        // With a blank before it a parenthesis is part of a name: `$.price (net)`.
        self.cursor.take_while(|c| !".[".contains(c) && !place.ends_name(c));
        let span = start..self.cursor.pos();
        let name = self.cursor.slice(span.clone());
        let in_brackets = || format!("write `{}`", bracketed(name));
        if name.contains(char::is_whitespace) {
            return Err(PathError::new(format!("a blank in the name `{name}` needs brackets"), span)
                .help(in_brackets()));
        }
        if let Some((at, c)) = name.char_indices().find(|(_, c)| "]),'\"*?\\".contains(*c)) {
            let at = start + at;
            let span = at..at + c.len_utf8();
            let closing = matches!(c, ']' | ')') && at + 1 == start + name.len();
            return Err(if closing {
                PathError::new(format!("`{c}` closes nothing"), span).help("take it out")
            } else if c == '*' {
                PathError::new("`*` inside a name", span)
                    .help("write `.*` for every member; no pattern is possible")
            } else {
                PathError::new(format!("`{c}` in a name needs brackets"), span).help(in_brackets())
            });
        }
        Ok(SegmentKind::Name(name.to_owned()))
    }

    /// The parentheses of a function. Its arguments are skipped: no function is supported anyway.
    fn function(&mut self, name: &str, span: std::ops::Range<usize>) -> Result<SegmentKind> {
        if name.is_empty() {
            return Err(PathError::new("`(` where a name should be", self.cursor.next_range()));
        }
        let open = self.cursor.pos();
        let mut depth = 0usize;
        while let Some(c) = self.cursor.peek() {
            match c {
                '\'' | '"' => {
                    if self.cursor.quoted().is_none() {
                        break;
                    }
                    continue;
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            self.cursor.bump();
            if depth == 0 {
                return Ok(SegmentKind::Function(name.to_owned()));
            }
        }
        Err(PathError::new(format!("the `(` after `{name}` is never closed"), open..open + 1).help(format!(
            "write `{}` if the `(` is part of the name",
            bracketed(self.cursor.slice(span.start..self.cursor.end()))
        )))
    }

    fn bracket(&mut self) -> Result<SegmentKind> {
        let open = self.cursor.pos();
        self.cursor.bump();
        self.cursor.skip_blanks();
        let kind = match self.cursor.peek() {
            None => return Err(unclosed(open)),
            Some(']') => {
                return Err(PathError::new("empty brackets", open..self.cursor.pos() + 1)
                    .help("write `['name']`, `[0]` or `[*]`"));
            }
            Some('*') => {
                self.cursor.bump();
                SegmentKind::Wildcard
            }
            Some('?') => {
                self.cursor.bump();
                SegmentKind::Filter(self.filter(open)?)
            }
            Some('\'' | '"') => self.names(open)?,
            Some(c) if c.is_ascii_digit() || c == '-' || c == ':' => self.numbers(open)?,
            Some('(') => {
                return Err(PathError::new(
                    "scripts in brackets are not supported",
                    self.cursor.next_range(),
                )
                .help("write `[-1]` for the last element"));
            }
            Some(_) => {
                let start = self.cursor.pos();
                let word = self.cursor.take_while(|c| c != ']').trim_end();
                let span = start..start + word.len();
                if self.cursor.peek().is_none() {
                    return Err(unclosed(open));
                }
                return Err(PathError::new(format!("the name `{word}` in brackets needs quotes"), span)
                    .help(format!("write `{}`", bracketed(word))));
            }
        };
        self.cursor.skip_blanks();
        if self.cursor.eat("]") {
            return Ok(kind);
        }
        Err(match self.cursor.peek() {
            None => unclosed(open),
            Some(c) => PathError::new(format!("expected `]`, found `{c}`"), self.cursor.next_range()),
        })
    }

    fn names(&mut self, open: usize) -> Result<SegmentKind> {
        let mut names = Vec::new();
        loop {
            let start = self.cursor.pos();
            match self.cursor.peek() {
                Some('\'' | '"') => {
                    let name = self.cursor.quoted().ok_or_else(|| unquoted(start))?;
                    names.push(name);
                }
                None => return Err(unclosed(open)),
                Some(_) => {
                    return Err(PathError::new(
                        "expected a name in quotes after the `,`",
                        self.cursor.next_range(),
                    ));
                }
            }
            self.cursor.skip_blanks();
            if !self.cursor.eat(",") {
                break;
            }
            self.cursor.skip_blanks();
        }
        Ok(match (names.pop(), names.is_empty()) {
            (Some(name), true) => SegmentKind::Name(name),
            (last, _) => {
                names.extend(last);
                SegmentKind::Names(names)
            }
        })
    }

    /// `0`, `-1`, `0,2`, `1:`, `:2`, `1:5:2`.
    fn numbers(&mut self, open: usize) -> Result<SegmentKind> {
        let first = self.number()?;
        self.cursor.skip_blanks();
        if self.cursor.peek() == Some(':') {
            let mut parts = [first, None, None];
            for part in parts.iter_mut().skip(1) {
                if !self.cursor.eat(":") {
                    break;
                }
                self.cursor.skip_blanks();
                *part = self.number()?;
                self.cursor.skip_blanks();
            }
            let [start, end, step] = parts;
            if step == Some(0) {
                return Err(PathError::new("a slice with the step 0", open..self.cursor.pos())
                    .help("leave the step out, or write 1 or more"));
            }
            return Ok(SegmentKind::Slice { start, end, step });
        }
        let mut indices = Vec::from_iter(first);
        while self.cursor.eat(",") {
            self.cursor.skip_blanks();
            match self.number()? {
                Some(index) => indices.push(index),
                None if self.cursor.peek().is_none() => return Err(unclosed(open)),
                None => {
                    return Err(PathError::new("expected an index after the `,`", self.cursor.next_range()));
                }
            }
            self.cursor.skip_blanks();
        }
        Ok(match indices.as_slice() {
            [index] => SegmentKind::Index(*index),
            _ => SegmentKind::Indices(indices),
        })
    }

    fn number(&mut self) -> Result<Option<i64>> {
        let start = self.cursor.pos();
        let minus = self.cursor.eat("-");
        let digits = self.cursor.take_while(|c| c.is_ascii_digit());
        let span = start..self.cursor.pos();
        if digits.is_empty() {
            return if minus {
                Err(PathError::new("a `-` without a number", span).help("write `[-1]`"))
            } else {
                Ok(None)
            };
        }
        let text = self.cursor.slice(span.clone());
        text.parse().map(Some).map_err(|_| {
            PathError::new(format!("the index `{text}` is too large"), span).help("an index fits in 64 bits")
        })
    }
}

pub(super) fn unclosed(open: usize) -> PathError {
    PathError::new("this `[` is never closed", open..open + 1).help("write the missing `]`")
}

pub(super) fn unquoted(open: usize) -> PathError {
    PathError::new("this quote is never closed", open..open + 1)
        .help("write the missing quote; a quote inside the text is `\\'`")
}

/// A name in brackets, whatever its characters.
fn bracketed(name: &str) -> String {
    let escaped = name.replace('\\', "\\\\").replace('\'', "\\'");
    format!("['{escaped}']")
}
