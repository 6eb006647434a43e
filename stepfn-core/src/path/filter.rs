//! The condition inside `[?(...)]`.

use super::{
    Filter, FilterOp, FilterOperand, FilterPath, PathError,
    cursor::is_number,
    member,
    parse::{Parser, Place, unquoted},
};

type Result<T> = std::result::Result<T, PathError>;

/// The depth to which parentheses, negations, lists and filters in filters may go. Deeper ones are an error,
/// so that no text can overflow the stack.
const MAX_DEPTH: usize = 16;

/// The side of a comparison on which an operand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right(FilterOp),
    Item,
}

impl Parser<'_, '_> {
    /// Parses the text after the `?`. The `]` is left to the caller.
    pub(super) fn filter(&mut self, open: usize) -> Result<Filter> {
        self.cursor.skip_blanks();
        match self.cursor.peek() {
            None => {
                return Err(PathError::new("this filter is never closed", open..self.cursor.pos())
                    .help("write `[?(@.name == 'value')]`"));
            }
            Some(']') => {
                return Err(PathError::new("an empty filter", open..self.cursor.pos() + 1)
                    .help("write `[?(@.name == 'value')]`"));
            }
            Some(_) => {}
        }
        self.nested(Self::or)
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(PathError::new(
                format!("a filter nested more than {MAX_DEPTH} deep"),
                self.cursor.next_range(),
            )
            .help("split the filter over two states"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Filter> {
        let first = self.and()?;
        let mut rest = Vec::new();
        while self.operator("||")? {
            rest.push(self.and()?);
        }
        Ok(if rest.is_empty() {
            first
        } else {
            rest.insert(0, first);
            Filter::Or(rest)
        })
    }

    fn and(&mut self) -> Result<Filter> {
        let first = self.term()?;
        let mut rest = Vec::new();
        while self.operator("&&")? {
            rest.push(self.term()?);
        }
        Ok(if rest.is_empty() {
            first
        } else {
            rest.insert(0, first);
            Filter::And(rest)
        })
    }

    /// `&&` or `||`; half of one is an error.
    fn operator(&mut self, wanted: &str) -> Result<bool> {
        self.cursor.skip_blanks();
        if self.cursor.eat(wanted) {
            return Ok(true);
        }
        for (single, double) in [("&", "&&"), ("|", "||")] {
            let rest = self.cursor.rest();
            if rest.starts_with(single) && !rest.starts_with(double) {
                return Err(PathError::new(format!("`{single}` is no operator"), self.cursor.next_range())
                    .help(format!("write `{double}`")));
            }
        }
        Ok(false)
    }

    fn term(&mut self) -> Result<Filter> {
        self.cursor.skip_blanks();
        let open = self.cursor.pos();
        match self.cursor.peek() {
            Some('!') => {
                self.cursor.bump();
                let inner = self.nested(Self::term)?;
                Ok(Filter::Not(Box::new(inner)))
            }
            Some('(') => {
                self.cursor.bump();
                self.cursor.skip_blanks();
                if self.cursor.peek() == Some(')') {
                    return Err(PathError::new("empty parentheses", open..self.cursor.pos() + 1)
                        .help("write a condition: `(@.name == 'value')`"));
                }
                let inner = self.nested(Self::or)?;
                self.cursor.skip_blanks();
                if self.cursor.eat(")") {
                    return Ok(inner);
                }
                Err(match self.cursor.peek() {
                    None | Some(']') => PathError::new("this `(` is never closed", open..open + 1)
                        .help("write the missing `)`"),
                    Some(_) => self.unexpected("expected `&&`, `||` or `)`"),
                })
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Result<Filter> {
        let start = self.cursor.pos();
        let left = self.operand(Side::Left)?;
        let end = self.cursor.pos();
        self.cursor.skip_blanks();
        let finished = match self.cursor.peek() {
            None => true,
            Some(c) => ")]&|".contains(c),
        };
        if finished {
            return match left {
                FilterOperand::Path(path) => Ok(Filter::Exists(path)),
                _ => Err(PathError::new("a value alone is no condition", start..end)
                    .help("compare it with something: `@.name == 'value'`")),
            };
        }
        let op = self.relational()?;
        self.cursor.skip_blanks();
        let right = self.operand(Side::Right(op))?;
        Ok(Filter::Compare { left, op, right })
    }

    fn relational(&mut self) -> Result<FilterOp> {
        let start = self.cursor.pos();
        let mut written = self.cursor.take_while(|c| "<>=!~".contains(c));
        if written.len() > 1 && written.ends_with('!') {
            // `@.a ==!@.b` is nonsense, yet the message should talk about `!`, not `==!`.
            written = written.trim_end_matches('!');
            self.cursor.reset(start + written.len());
        }
        if written.is_empty() {
            written = self.cursor.take_while(|c| c.is_ascii_alphabetic());
        }
        let span = start..self.cursor.pos();
        if written.is_empty() {
            return Err(self.unexpected("expected an operator"));
        }
        // Jayway reads the words in any case.
        let lower = written.to_ascii_lowercase();
        let found = FilterOp::ALL.iter().find(|op| op.symbol() == lower);
        found.copied().ok_or_else(|| {
            let error = PathError::new(format!("`{written}` is no operator"), span);
            error.help(match written {
                "=" | "===" => "write `==`",
                "!" | "<>" | "!==" => "write `!=`",
                "=<" => "write `<=`",
                "=>" => "write `>=`",
                "and" | "AND" => "write `&&`",
                "or" | "OR" => "write `||`",
                _ => "the operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `&&`, `||` and `!`",
            })
        })
    }

    fn operand(&mut self, side: Side) -> Result<FilterOperand> {
        let start = self.cursor.pos();
        match self.cursor.peek() {
            None => Err(PathError::new("the filter ends where a value should be", start..start)),
            Some('@') => {
                self.cursor.bump();
                self.filter_path(false)
            }
            Some('$') => {
                self.cursor.bump();
                self.filter_path(true)
            }
            Some('\'' | '"') => {
                let text = self.cursor.quoted().ok_or_else(|| unquoted(start))?;
                Ok(FilterOperand::String(text))
            }
            Some('[') => {
                self.cursor.bump();
                self.nested(|parser| parser.list(start))
            }
            // Elsewhere a slash begins a word without quotes, such as the name of a parameter.
            Some('/') if side == Side::Right(FilterOp::Regex) => self.regex(),
            Some('{') => {
                Err(PathError::new("an object is no value to compare with", self.cursor.next_range())
                    .help("compare its members one by one"))
            }
            Some(c) if ")]<>=!~&|,".contains(c) => Err(self.unexpected("expected a path or a value")),
            Some(_) => self.word(side),
        }
    }

    fn filter_path(&mut self, from_root: bool) -> Result<FilterOperand> {
        let start = self.cursor.pos() - 1;
        match self.cursor.peek() {
            Some(c) if c.is_alphanumeric() || c == '$' || c == '_' => {
                let end = start + 1 + self.cursor.rest().find(|c: char| ".[)]= ".contains(c)).unwrap_or(0);
                let (what, help) = if from_root {
                    (
                        "a filter reads only `@` and `$`, no variable and no context object",
                        "read the value in a state before, into the input",
                    )
                } else {
                    ("expected `.` or `[` after `@`", "write `@.name`")
                };
                let span = start..end.max(start + 1);
                return Err(PathError::new(what, span).help(help));
            }
            _ => {}
        }
        let segments = self.segments(Place::Filter)?;
        Ok(FilterOperand::Path(FilterPath { from_root, segments }))
    }

    fn list(&mut self, open: usize) -> Result<FilterOperand> {
        let mut items = Vec::new();
        self.cursor.skip_blanks();
        if self.cursor.eat("]") {
            return Ok(FilterOperand::List(items));
        }
        loop {
            self.cursor.skip_blanks();
            items.push(self.operand(Side::Item)?);
            self.cursor.skip_blanks();
            if self.cursor.eat("]") {
                return Ok(FilterOperand::List(items));
            }
            if !self.cursor.eat(",") {
                return Err(match self.cursor.peek() {
                    None => super::parse::unclosed(open),
                    Some(_) => self.unexpected("expected `,` or `]`"),
                });
            }
        }
    }

    fn regex(&mut self) -> Result<FilterOperand> {
        let start = self.cursor.pos();
        self.cursor.bump();
        loop {
            match self.cursor.bump() {
                None => {
                    return Err(PathError::new("this `/` is never closed", start..start + 1)
                        .help("write the missing `/`"));
                }
                Some('\\') => {
                    self.cursor.bump();
                }
                Some('/') => break,
                Some(_) => {}
            }
        }
        self.cursor.take_while(|c| c.is_ascii_alphabetic());
        let text = self.cursor.slice(start..self.cursor.pos());
        Ok(FilterOperand::Regex(text.to_owned()))
    }

    /// A number, `true`, `false`, `null`, or a word that lacks its quotes.
    fn word(&mut self, side: Side) -> Result<FilterOperand> {
        let start = self.cursor.pos();
        let word = self.cursor.take_while(|c| !c.is_whitespace() && !")],<>=!~&|".contains(c));
        match word {
            "true" => return Ok(FilterOperand::Boolean(true)),
            "false" => return Ok(FilterOperand::Boolean(false)),
            "null" => return Ok(FilterOperand::Null),
            _ if is_number(word) => return Ok(FilterOperand::Number(word.to_owned())),
            _ => {}
        }
        // `in progress`: all the words up to what can only be the filter again.
        self.cursor.take_while(|c| !")],<>=!~&|".contains(c));
        let word = self.cursor.slice(start..self.cursor.pos()).trim_end();
        let end = start + word.len();
        self.cursor.reset(end);
        let error = PathError::new(format!("the string `{word}` needs quotes"), start..end);
        if side == Side::Left {
            // Here the word is the member to look at, and no reading forgives that.
            return Err(error.help(format!("write `@{}` for the member", member(word))));
        }
        if side == Side::Right(FilterOp::Regex) {
            return Err(PathError::new(format!("`{word}` is no regular expression"), start..end)
                .help(format!("write `/{word}/`")));
        }
        let lower = word.to_ascii_lowercase();
        let error = error.help(match lower.as_str() {
            "true" | "false" | "null" => format!("write `{lower}`, or `'{word}'` for the string"),
            _ => format!("write `'{word}'`"),
        });
        match &mut self.forgiven {
            Some(forgiven) => {
                forgiven.push(error);
                Ok(FilterOperand::String(word.to_owned()))
            }
            None => Err(error),
        }
    }

    fn unexpected(&self, expected: &str) -> PathError {
        let found = match self.cursor.peek() {
            Some(c) => format!("found `{c}`"),
            None => "the text ends".to_owned(),
        };
        PathError::new(format!("{expected}, {found}"), self.cursor.next_range())
    }
}
