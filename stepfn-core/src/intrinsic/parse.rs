//! Text to [`Call`].

use std::ops::Range;

use super::{Arg, ArgKind, Call, Function, IntrinsicError};
use crate::path::{
    Path, PathError,
    cursor::{Cursor, is_number},
};

type Result<T> = std::result::Result<T, IntrinsicError>;

/// The depth to which calls may be nested: AWS's limit.
const MAX_DEPTH: usize = 10;

pub(super) struct Parser<'a, 'b> {
    cursor: Cursor<'a>,
    forgiven: Option<&'b mut Vec<IntrinsicError>>,
}

pub(super) fn whole(text: &str, forgiven: Option<&mut Vec<IntrinsicError>>) -> Result<Call> {
    // Blanks at the end are invisible and harmless.
    let text = text.trim_end();
    let mut parser = Parser { cursor: Cursor::new(text), forgiven };
    let blanks = text.len() - text.trim_start().len();
    if blanks > 0 {
        return Err(IntrinsicError::new("blanks before the function", 0..blanks).help("leave the blanks out"));
    }
    let call = parser.call(1)?;
    let rest = parser.cursor.pos()..text.len();
    if rest.is_empty() {
        return Ok(call);
    }
    let more = parser.cursor.rest().trim_start();
    let error = IntrinsicError::new("text after the closing `)`", rest);
    Err(if more.starts_with(['.', '[']) {
        error.help("the result of a function has no path: use `States.ArrayGetItem`, or a state more")
    } else {
        error.help("take it out; use `States.Format` to join texts")
    })
}

impl Parser<'_, '_> {
    fn call(&mut self, depth: usize) -> Result<Call> {
        let start = self.cursor.pos();
        let name = self.cursor.take_while(|c| c.is_alphanumeric() || c == '.' || c == '_');
        let name_span = start..self.cursor.pos();
        if name.is_empty() {
            let rest = self.cursor.rest();
            return Err(if rest.is_empty() {
                IntrinsicError::new("the function is empty", start..start)
                    .help("write `States.Format('...', $.name)`")
            } else {
                IntrinsicError::new("an intrinsic function starts with `States.`", self.to_end())
            });
        }
        let function = Function::from_name(name);
        self.cursor.skip_blanks();
        let open = self.cursor.pos();
        if self.cursor.peek() != Some('(') {
            return Err(match function {
                Some(_) => {
                    IntrinsicError::new(format!("expected `(` after `{name}`"), self.cursor.next_range())
                        .help(format!("write `{name}()` with the arguments inside"))
                }
                None => unknown(name, name_span),
            });
        }
        let function = function.ok_or_else(|| unknown(name, name_span.clone()))?;
        if depth > MAX_DEPTH {
            return Err(IntrinsicError::new(
                format!("functions nested more than {MAX_DEPTH} deep"),
                name_span,
            )
            .help("compute a part of it in a state before"));
        }
        self.cursor.bump();
        let (args, template) = self.args(open, depth)?;
        Ok(Call {
            function,
            args,
            span: start..self.cursor.pos(),
            name_span,
            template: template.filter(|_| function == Function::Format),
        })
    }

    /// The arguments and the closing parenthesis, with the body of the first literal.
    fn args(&mut self, open: usize, depth: usize) -> Result<(Vec<Arg>, Option<String>)> {
        let mut args = Vec::new();
        let mut template = None;
        self.cursor.skip_blanks();
        if self.cursor.eat(")") {
            return Ok((args, template));
        }
        loop {
            self.cursor.skip_blanks();
            let start = self.cursor.pos();
            let kind = self.arg(open, depth)?;
            let span = start..self.cursor.pos();
            if args.is_empty() && matches!(kind, ArgKind::String(_)) {
                let body = self.cursor.slice(start + 1..span.end.saturating_sub(1));
                template = Some(body.to_owned());
            }
            args.push(Arg { kind, span });
            self.cursor.skip_blanks();
            if self.cursor.eat(")") {
                return Ok((args, template));
            }
            if !self.cursor.eat(",") {
                return Err(match self.cursor.peek() {
                    None => unclosed(open),
                    Some(c) => self.no_separator(c, args.last()),
                });
            }
        }
    }

    fn no_separator(&self, found: char, before: Option<&Arg>) -> IntrinsicError {
        let error =
            IntrinsicError::new(format!("expected `,` or `)`, found `{found}`"), self.cursor.next_range());
        match before.map(|arg| &arg.kind) {
            Some(ArgKind::String(_)) => error.help("a `'` inside a text is written `\\'`"),
            Some(ArgKind::Path(_)) => error.help("a name with a blank needs brackets: `['the name']`"),
            _ => error,
        }
    }

    fn arg(&mut self, open: usize, depth: usize) -> Result<ArgKind> {
        let start = self.cursor.pos();
        match self.cursor.peek() {
            None => Err(unclosed(open)),
            Some('\'') => self.string().map(ArgKind::String),
            Some('$') => self.path().map(ArgKind::Path),
            Some(',' | ')') => Err(IntrinsicError::new("an argument is missing", self.cursor.next_range())
                .help("write `null`, or take the `,` out")),
            Some('"') => {
                let text = self.cursor.quoted().map(|text| super::escape(&text));
                let error =
                    IntrinsicError::new("a text in double quotes", start..self.cursor.pos().max(start + 1));
                Err(match text {
                    Some(text) => error.help(format!("write `'{text}'`")),
                    None => error.help("use single quotes"),
                })
            }
            Some('[' | '{') => {
                Err(IntrinsicError::new("arrays and objects are no arguments", self.cursor.next_range())
                    .help("use `States.Array(...)` or `States.StringToJson('...')`"))
            }
            Some(_) => self.word(depth),
        }
    }

    /// The text in single quotes, without escapes.
    fn string(&mut self) -> Result<String> {
        let start = self.cursor.pos();
        self.cursor.bump();
        let mut value = String::new();
        loop {
            let at = self.cursor.pos();
            match self.cursor.bump() {
                Some('\'') => return Ok(value),
                Some('\\') => match self.cursor.bump() {
                    Some(c @ ('\'' | '{' | '}' | '\\')) => value.push(c),
                    Some(c) => return Err(bad_escape(c, at..self.cursor.pos())),
                    None => break,
                },
                Some(c) => value.push(c),
                None => break,
            }
        }
        Err(IntrinsicError::new("this quote is never closed", start..start + 1)
            .help("write the missing `'`; a `'` inside the text is `\\'`"))
    }

    fn path(&mut self) -> Result<Path> {
        let start = self.cursor.pos();
        let in_path = |error: PathError| IntrinsicError::in_path(error, start);
        let rest = self.cursor.rest();
        let path = match &mut self.forgiven {
            Some(forgiven) => {
                let mut errors = Vec::new();
                let path = Path::parse_argument(rest, Some(&mut errors)).map_err(in_path)?;
                forgiven.extend(errors.into_iter().map(in_path));
                path
            }
            None => Path::parse_argument(rest, None).map_err(in_path)?,
        };
        self.cursor.reset(start + path.as_str().len());
        Ok(path)
    }

    /// A number, `true`, `false`, `null`, a nested call, or a mistake.
    fn word(&mut self, depth: usize) -> Result<ArgKind> {
        let start = self.cursor.pos();
        let word = self.cursor.take_while(|c| !c.is_whitespace() && !",()".contains(c));
        let span = start..self.cursor.pos();
        let call = {
            let end = self.cursor.pos();
            self.cursor.skip_blanks();
            let call = self.cursor.peek() == Some('(');
            self.cursor.reset(end);
            call
        };
        if call || Function::from_name(word).is_some() {
            self.cursor.reset(start);
            return self.call(depth + 1).map(ArgKind::Call);
        }
        match word {
            "true" => return Ok(ArgKind::Boolean(true)),
            "false" => return Ok(ArgKind::Boolean(false)),
            "null" => return Ok(ArgKind::Null),
            _ if is_number(word) => return Ok(ArgKind::Number(word.to_owned())),
            _ => {}
        }
        if word.starts_with("States.") {
            return Err(unknown(word, span));
        }
        let lower = word.to_ascii_lowercase();
        if matches!(lower.as_str(), "true" | "false" | "null") {
            return Err(IntrinsicError::new(format!("`{word}` is not `{lower}`"), span)
                .help(format!("write `{lower}`, or `'{word}'` for the string")));
        }
        let number = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        Err(if number {
            IntrinsicError::new(format!("`{word}` is no number"), span)
                .help("write numbers as in JSON: `-1.5`")
        } else if word.starts_with('@') {
            IntrinsicError::new("a path starts with `$`", span)
                .help(format!("write `{}`", word.replacen('@', "$", 1)))
        } else {
            IntrinsicError::new(format!("the string `{word}` needs quotes"), span)
                .help(format!("write `'{}'` for the string, `$.{word}` for the member", super::escape(word)))
        })
    }

    fn to_end(&self) -> Range<usize> {
        self.cursor.pos()..self.cursor.end()
    }
}

fn unclosed(open: usize) -> IntrinsicError {
    IntrinsicError::new("this `(` is never closed", open..open + 1).help("write the missing `)`")
}

fn bad_escape(c: char, span: Range<usize>) -> IntrinsicError {
    let shown = if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    let error = IntrinsicError::new(format!("`\\{shown}` is no escape"), span);
    match c {
        '"' => error.help("a `\"` needs no backslash in a text in single quotes"),
        'n' | 't' | 'r' => error
            .help(format!("put the character itself into the text: `\\{c}` in the JSON of the definition")),
        _ => error.help("write `\\\\` for a backslash; the escapes are `\\'`, `\\{`, `\\}` and `\\\\`"),
    }
}

fn unknown(name: &str, span: Range<usize>) -> IntrinsicError {
    if !name.starts_with("States.") && Function::nearest(name).is_none() {
        return IntrinsicError::new(format!("`{name}` is no intrinsic function"), span)
            .help("the names of intrinsic functions start with `States.`");
    }
    let mut list = String::new();
    for function in Function::ALL {
        let comma = if list.is_empty() { "" } else { ", " };
        list.push_str(&format!("{comma}`{}`", function.name()));
    }
    let error = IntrinsicError::new(format!("`{name}` is no intrinsic function"), span);
    error.help(match Function::nearest(name) {
        Some(near) => format!("write `{}`; the functions are {list}", near.name()),
        None => format!("the functions are {list}"),
    })
}
