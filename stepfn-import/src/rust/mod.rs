//! The layout of `state_machine!` in Rust files: rustfmt leaves the bodies of macros alone, and this leaves everything else alone.
//!
//! ```
//! use stepfn_import::rust::{Style, format};
//!
//! let formatted = format("state_machine! {\npub Greeting( ) { start_at:Greet, Greet:Pass{end:true} }\n}\n", &Style::default())?;
//! assert_eq!(
//!     formatted.text,
//!     "state_machine! {\n    pub Greeting() { start_at: Greet, Greet: Pass { end: true } }\n}\n"
//! );
//! # Ok::<(), stepfn_import::rust::Unformatted>(())
//! ```
//!
//! A line stays one where it fits; a block or list with a new line behind its bracket stays broken, and empty lines between
//! fields stay, one at a time. Only blanks, line ends and the commas before closing brackets change: what is written is read again and compared,
//! and a machine of which anything would get lost is left as it is.

mod layout;
mod lex;
mod space;
mod tree;

use std::fmt;

use self::{
    layout::Printer,
    lex::{Kind, Token},
};

/// The macros of which the bodies are laid out.
const MACROS: [&str; 2] = ["state_machine", "fragment"];

/// The width and the indentation of lines: rustfmt's settings of the same names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// The longest line, in characters.
    pub max_width: usize,
    /// The columns of a level.
    pub tab_spaces: usize,
    /// Whether levels are tabs.
    pub hard_tabs: bool,
}

impl Default for Style {
    /// rustfmt's own.
    fn default() -> Self {
        Self { max_width: 100, tab_spaces: 4, hard_tabs: false }
    }
}

/// A file with its machines laid out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Formatted {
    /// The whole file.
    pub text: String,
    /// The number of machines in it, without the ones that were left alone.
    pub machines: usize,
    /// The machines that were left as they are.
    pub left: Vec<Unformatted>,
}

/// Something that was left as it is, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unformatted {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The error.
    pub message: String,
}

impl Unformatted {
    fn new(text: &str, at: usize, message: &str) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message: message.to_owned() }
    }
}

impl fmt::Display for Unformatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Unformatted {}

/// Lays out the machines of a Rust file.
///
/// # Errors
/// When the file's text is not made of Rust's tokens.
pub fn format(text: &str, style: &Style) -> Result<Formatted, Unformatted> {
    let tokens = lex::tokens(text)?;
    let closes = matches(text, &tokens)?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let (mut written, mut machines, mut left) = (0, 0, Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let Some((open, close)) = invocation(&tokens, &closes, at) else {
            at += 1;
            continue;
        };
        at = close;
        let (Some(opens), Some(ends), Some(inner)) =
            (tokens.get(open), tokens.get(close), tokens.get(open + 1..close))
        else {
            continue;
        };
        if is_template(inner) || is_skipped(&tokens, open) {
            continue;
        }
        let source = text.get(opens.end()..ends.at).unwrap_or_default();
        match laid_out(text, inner, source, style, newline, (opens, ends)) {
            Ok(body) => {
                out.push_str(text.get(written..opens.end()).unwrap_or_default());
                out.push_str(&body);
                written = ends.at;
                machines += 1;
            }
            Err(why) => left.push(why),
        }
    }
    out.push_str(text.get(written..).unwrap_or_default());
    Ok(Formatted { text: out, machines, left })
}

/// The closing token of each opening one.
fn matches(text: &str, tokens: &[Token<'_>]) -> Result<Vec<usize>, Unformatted> {
    let mut closes = vec![0; tokens.len()];
    let mut open: Vec<(usize, &Token<'_>)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => open.push((index, token)),
            Kind::Close => {
                let pair = open.pop().filter(|(_, opened)| {
                    matches!((opened.text, token.text), ("(", ")") | ("[", "]") | ("{", "}"))
                });
                let Some((opened, _)) = pair else {
                    return Err(Unformatted::new(
                        text,
                        token.at,
                        &format!("nothing opens what `{}` closes", token.text),
                    ));
                };
                if let Some(close) = closes.get_mut(opened) {
                    *close = index;
                }
            }
            _ => {}
        }
    }
    match open.pop() {
        Some((_, token)) => {
            Err(Unformatted::new(text, token.at, &format!("nothing closes this `{}`", token.text)))
        }
        None => Ok(closes),
    }
}

/// The delimiters of a macro of ours that is called at a token.
fn invocation(tokens: &[Token<'_>], closes: &[usize], at: usize) -> Option<(usize, usize)> {
    let name = tokens.get(at)?;
    if name.kind != Kind::Word || !MACROS.contains(&name.text) || tokens.get(at + 1)?.text != "!" {
        return None;
    }
    let open = at + 2;
    (tokens.get(open)?.kind == Kind::Open).then_some((open, *closes.get(open)?))
}

/// Returns `true` if a body is that of a `macro_rules!`, with its repetitions and fragments.
fn is_template(inner: &[Token<'_>]) -> bool {
    let inner: Vec<_> = inner.iter().filter(|token| token.kind != Kind::Comment).collect();
    inner.windows(2).any(|pair| matches!(pair, [dollar, open] if dollar.text == "$" && open.text == "("))
        || inner.windows(4).any(|four| {
            matches!(four, [dollar, name, colon, kind]
                if dollar.text == "$" && name.kind == Kind::Word && colon.text == ":" && kind.kind == Kind::Word)
        })
}

/// Returns `true` if there is a `#[rustfmt::skip]` before a macro.
fn is_skipped(tokens: &[Token<'_>], open: usize) -> bool {
    // `stepfn::state_machine! {`: back over the path.
    let mut at = open.saturating_sub(2);
    while at >= 2 && tokens.get(at - 1).is_some_and(|token| token.text == "::") {
        at -= 2;
    }
    let before: Vec<&str> = tokens
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .filter(|token| !matches!(token.kind, Kind::Comment | Kind::Doc))
        .take(6)
        .map(|token| token.text)
        .collect();
    before == ["]", "skip", "::", "rustfmt", "[", "#"]
}

fn laid_out(
    text: &str,
    inner: &[Token<'_>],
    source: &str,
    style: &Style,
    newline: &str,
    (open, close): (&Token<'_>, &Token<'_>),
) -> Result<String, Unformatted> {
    let fail = |found| Unformatted::at(text, found);
    let trees = tree::grow(inner).map_err(fail)?;
    let body = tree::body(&trees, close.at).map_err(fail)?;
    let (indent, column) = columns(text, open.end(), style);
    let mut printer = Printer { style, newline, out: String::with_capacity(source.len()) };
    // The closing delimiter, and the semicolon behind one that is no brace.
    printer.body(&body, indent, style.max_width.saturating_sub(column + 2));
    if is_same(inner, &printer.out) {
        Ok(printer.out)
    } else {
        Err(Unformatted::new(
            text,
            open.at,
            "something of this machine would get lost; please report it, with the machine",
        ))
    }
}

/// The indentation of the line that a place is on, and the place's column.
fn columns(text: &str, at: usize, style: &Style) -> (usize, usize) {
    let line = text.get(..at).unwrap_or(text).rsplit('\n').next().unwrap_or_default();
    let width = |c| if c == '\t' { style.tab_spaces } else { 1 };
    let indent = line.chars().take_while(|c| [' ', '\t'].contains(c)).map(width).sum();
    (indent, line.chars().map(width).sum())
}

/// Returns `true` if what is written has the tokens and the comments of what was read, the commas before closing brackets aside.
fn is_same(inner: &[Token<'_>], written: &str) -> bool {
    let Ok(again) = lex::tokens(written) else { return false };
    let (tokens, comments) = content(inner);
    let (tokens_again, comments_again) = content(&again);
    tokens == tokens_again && comments == comments_again
}

fn content<'t>(tokens: &[Token<'t>]) -> (Vec<&'t str>, Vec<&'t str>) {
    let (comments, tokens): (Vec<&Token<'t>>, Vec<&Token<'t>>) =
        tokens.iter().partition(|token| token.kind == Kind::Comment);
    let mut kept: Vec<&str> = Vec::with_capacity(tokens.len());
    for token in tokens {
        // A comma before `)` may make a tuple.
        if matches!(token.text, "}" | "]") && kept.last() == Some(&",") {
            kept.pop();
        }
        kept.push(token.text);
    }
    (kept, comments.into_iter().map(|token| token.text).collect())
}
