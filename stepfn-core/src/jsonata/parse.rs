//! Tokens to the tree: the reference's top-down operator precedence parser.

use std::ops::Range;

use super::{
    ast::{Expression, ExpressionKind as Kind, Operator, OrderTerm},
    error::JsonataError,
    lex::{Lexer, Token},
    signature,
};

/// The greatest depth to which expressions may be nested.
const MOST_DEPTH: usize = 100;
/// The greatest height of the tree: a long row of operators is nested to the left.
const MOST_HEIGHT: usize = 500;

type Parsed<T = Expression> = Result<T, JsonataError>;

pub(super) fn whole(text: &str) -> Parsed {
    let mut parser =
        Parser { text, lexer: Lexer::new(text), token: Token::End, range: 0..0, last: 0..0, depth: 0 };
    parser.advance(false)?;
    let expression = parser.expression(0)?;
    if parser.token != Token::End {
        return Err(parser.unexpected("S0201"));
    }
    Ok(expression)
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The next token, and its range.
    token: Token,
    range: Range<usize>,
    /// The range of the last token.
    last: Range<usize>,
    depth: usize,
}

/// Returns the binding power of the token as an infix operator.
fn power(token: &Token) -> u8 {
    let Token::Operator(operator) = token else { return 0 };
    match *operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "<" | ">" | "!=" | "<=" | ">=" | "^" | "~>" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

impl Parser<'_> {
    /// Takes the token to come. After the `infix` kind a slash divides, after the other it begins a regular expression.
    fn advance(&mut self, infix: bool) -> Parsed<()> {
        let (token, range) = self.lexer.next(infix)?;
        if let Token::Operator(sign @ ("!" | "~")) = token {
            let error = JsonataError::new("S0204", format!("`{sign}` is no operator"), range);
            return Err(match sign {
                "!" => error.help("write `$not(...)`, or `!=` for unequal"),
                _ => error.help("write `~>` to hand a value to a function"),
            });
        }
        self.token = token;
        self.last = std::mem::replace(&mut self.range, range);
        Ok(())
    }

    fn at(&self, operator: &str) -> bool {
        matches!(self.token, Token::Operator(found) if found == operator)
    }

    fn expect(&mut self, operator: &str, infix: bool) -> Parsed<()> {
        if self.at(operator) {
            return self.advance(infix);
        }
        if self.token == Token::End {
            let message = format!("expected `{operator}`, found the end");
            return Err(JsonataError::new("S0203", message, self.range.clone()));
        }
        let found = self.found();
        let error =
            JsonataError::new("S0202", format!("expected `{operator}`, found `{found}`"), self.range.clone());
        Err(self.foreign(error))
    }

    fn found(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// An expression in brackets, which cannot end before these do.
    fn inside(&mut self, closing: &str) -> Parsed {
        self.expression(0).map_err(|error| match error.code {
            "S0207" => {
                let message = format!("expected an expression, found the end: `{closing}` is missing");
                JsonataError::new("S0203", message, error.range)
            }
            _ => error,
        })
    }

    /// The error of a token that nothing begins with, or that follows a whole expression.
    fn unexpected(&self, code: &'static str) -> JsonataError {
        if self.token == Token::End {
            return JsonataError::new("S0207", "expected an expression, found the end", self.range.clone());
        }
        let found = self.found();
        let message = if code == "S0201" {
            format!("expected an operator or the end, found `{found}`")
        } else {
            format!("expected an expression, found `{found}`")
        };
        self.foreign(JsonataError::new(code, message, self.range.clone()))
    }

    /// Adds a suggestion for syntax of other languages.
    fn foreign(&self, error: JsonataError) -> JsonataError {
        if self.last.end != self.range.start {
            return error;
        }
        let both = self.last.start..self.range.end;
        let newer = |help: &str| {
            let found = self.text.get(both.clone()).unwrap_or_default();
            let message = format!("`{found}` came with JSONata 2.1: Step Functions has 2.0.6");
            JsonataError::new(error.code, message, both.clone()).help(help)
        };
        match self.text.get(both.clone()) {
            Some("??") => newer("write `$exists(a) ? a : b` for `a ?? b`"),
            Some("?:") => newer("write `a ? a : b` for `a ?: b`"),
            Some("==") => JsonataError { range: both, ..error }.help("write `=` to compare"),
            Some("&&") => JsonataError { range: both, ..error }.help("write `and`"),
            Some("||") => JsonataError { range: both, ..error }.help("write `or`"),
            _ => error,
        }
    }

    fn expression(&mut self, minimum: u8) -> Parsed {
        if self.depth >= MOST_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let mut left = self.first()?;
        while minimum < power(&self.token) {
            left = self.next(left)?;
            if left.height > MOST_HEIGHT {
                return Err(self.too_deep());
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn too_deep(&self) -> JsonataError {
        JsonataError::new("S0206", "the expression is nested too deep", self.range.clone())
            .help("bind parts of it to variables: `($a := ...; ...)`")
    }

    /// The token to come where an expression begins.
    fn first(&mut self) -> Parsed {
        let start = self.range.start;
        if let Token::End = self.token {
            return Err(self.unexpected("S0207"));
        }
        if let Token::Operator(sign) = self.token
            && !matches!(sign, "and" | "or" | "in" | "-" | "*" | "**" | "%" | "(" | "[" | "{" | "|")
        {
            return Err(self.unexpected("S0211"));
        }
        let token = self.token.clone();
        self.advance(true)?;
        let kind = match token {
            Token::Name(name) => Kind::Name(name),
            Token::Variable(name) => Kind::Variable(name),
            Token::String(text) => Kind::String(text),
            Token::Number(value) => Kind::Number(value),
            Token::Boolean(value) => Kind::Boolean(value),
            Token::Null => Kind::Null,
            Token::Regex { pattern, flags } => Kind::Regex { pattern, flags },
            Token::Operator(operator) => self.prefix(operator)?,
            Token::End => return Err(self.unexpected("S0207")),
        };
        Ok(Expression::new(kind, start..self.last.end))
    }

    fn prefix(&mut self, operator: &'static str) -> Parsed<Kind> {
        Ok(match operator {
            "-" => Kind::Negate(Box::new(self.expression(70)?)),
            "*" => Kind::Wildcard,
            "**" => Kind::Descendant,
            "%" => Kind::Parent,
            "(" => self.block()?,
            "[" => self.array()?,
            "{" => Kind::Object(self.pairs()?),
            "|" => self.transform()?,
            // `and`, `or` and `in` are names where no operator is possible.
            word => Kind::Name(word.to_owned()),
        })
    }

    fn block(&mut self) -> Parsed<Kind> {
        let mut expressions = Vec::new();
        while !self.at(")") {
            expressions.push(self.inside(")")?);
            if !self.at(";") {
                break;
            }
            self.advance(false)?;
        }
        self.expect(")", true)?;
        Ok(Kind::Block(expressions))
    }

    fn array(&mut self) -> Parsed<Kind> {
        let mut items = Vec::new();
        while !self.at("]") || !items.is_empty() {
            let mut item = self.inside("]")?;
            if self.at("..") {
                self.advance(false)?;
                let right = self.inside("]")?;
                let range = item.range.start..self.last.end;
                let (left, right) = (Box::new(item), Box::new(right));
                item = Expression::new(Kind::Binary { operator: Operator::Range, left, right }, range);
            }
            items.push(item);
            if !self.at(",") {
                break;
            }
            self.advance(false)?;
        }
        self.expect("]", true)?;
        Ok(Kind::Array(items))
    }

    fn pairs(&mut self) -> Parsed<Vec<(Expression, Expression)>> {
        let mut pairs = Vec::new();
        while !self.at("}") || !pairs.is_empty() {
            let key = self.inside(":")?;
            self.expect(":", false)?;
            pairs.push((key, self.inside("}")?));
            if !self.at(",") {
                break;
            }
            self.advance(false)?;
        }
        self.expect("}", true)?;
        Ok(pairs)
    }

    fn transform(&mut self) -> Parsed<Kind> {
        let pattern = Box::new(self.inside("|")?);
        self.expect("|", false)?;
        let update = Box::new(self.inside("|")?);
        let delete = if self.at(",") {
            self.advance(false)?;
            Some(Box::new(self.inside("|")?))
        } else {
            None
        };
        self.expect("|", false)?;
        Ok(Kind::Transform { pattern, update, delete })
    }

    /// The operator to come, after an expression.
    fn next(&mut self, left: Expression) -> Parsed {
        let Token::Operator(operator) = self.token else { return Ok(left) };
        let start = left.range.start;
        let binding = power(&self.token);
        self.advance(false)?;
        let kind = match operator {
            "." => {
                let step = self.expression(binding)?;
                return Ok(left.step(step));
            }
            "(" => self.call(left)?,
            "[" if self.at("]") => {
                self.advance(false)?;
                Kind::KeepArray(Box::new(left))
            }
            "[" => {
                let predicate = Box::new(self.inside("]")?);
                self.expect("]", true)?;
                Kind::Filter { of: Box::new(left), predicate }
            }
            "{" => Kind::Group { of: Box::new(left), pairs: self.pairs()? },
            "^" => self.order(left)?,
            "@" | "#" => self.position(operator, binding, left)?,
            "?" => self.conditional(left)?,
            ":=" => self.bind(left, binding)?,
            _ => {
                let right = Box::new(self.expression(binding)?);
                let Some(operator) = Operator::of(operator) else { return Err(self.unexpected("S0201")) };
                Kind::Binary { operator, left: Box::new(left), right }
            }
        };
        Ok(Expression::new(kind, start..self.last.end))
    }

    fn call(&mut self, function: Expression) -> Parsed<Kind> {
        let mut arguments = Vec::new();
        while !self.at(")") || !arguments.is_empty() {
            if self.at("?") {
                arguments.push(Expression::new(Kind::Placeholder, self.range.clone()));
                self.advance(false)?;
            } else {
                arguments.push(self.inside(")")?);
            }
            if !self.at(",") {
                break;
            }
            self.advance(false)?;
        }
        self.expect(")", true)?;
        match &function.kind {
            Kind::Name(name) if name == "function" || name == "λ" => self.lambda(arguments),
            _ => Ok(Kind::Call { function: Box::new(function), arguments }),
        }
    }

    fn lambda(&mut self, arguments: Vec<Expression>) -> Parsed<Kind> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let argument = without_keep(argument);
            let Kind::Variable(name) = argument.kind else {
                let found = self.text.get(argument.range.clone()).unwrap_or_default();
                let message = format!("a parameter must be a variable, found `{found}`");
                return Err(JsonataError::new("S0208", message, argument.range)
                    .help("write `function($a, $b) { ... }`"));
            };
            parameters.push(name);
        }
        let signature = if self.at("<") { Some(self.signature()?) } else { None };
        self.expect("{", false)?;
        let body = Box::new(self.inside("}")?);
        self.expect("}", false)?;
        Ok(Kind::Lambda { parameters, signature, body })
    }

    fn signature(&mut self) -> Parsed<String> {
        let start = self.range.start;
        let mut depth = 1_usize;
        let mut text = "<".to_owned();
        while depth > 0 && !self.at("{") && self.token != Token::End {
            self.advance(false)?;
            if self.at(">") {
                depth -= 1;
            } else if self.at("<") {
                depth += 1;
            }
            text.push_str(self.found());
        }
        self.expect(">", false)?;
        match signature::fault(&text) {
            None => Ok(text),
            Some((code, message)) => Err(JsonataError::new(
                code,
                format!("the signature `{text}`: {message}"),
                start..self.last.end,
            )),
        }
    }

    fn order(&mut self, of: Expression) -> Parsed<Kind> {
        self.expect("(", false)?;
        let mut terms = Vec::new();
        loop {
            let descending = self.at(">");
            if descending || self.at("<") {
                self.advance(false)?;
            }
            terms.push(OrderTerm { descending, expression: self.inside(")")? });
            if !self.at(",") {
                break;
            }
            self.advance(false)?;
        }
        self.expect(")", false)?;
        Ok(Kind::OrderBy { of: Box::new(of), terms })
    }

    fn position(&mut self, operator: &str, binding: u8, of: Expression) -> Parsed<Kind> {
        let no_variable = |range| {
            let message = format!("expected a variable after `{operator}`");
            JsonataError::new("S0214", message, range).help(format!("write `{operator}$name`"))
        };
        let variable = self.expression(binding).map_err(|error| match error.code {
            "S0207" => no_variable(error.range),
            _ => error,
        })?;
        let Kind::Variable(name) = variable.kind else { return Err(no_variable(variable.range)) };
        let of = Box::new(of);
        Ok(if operator == "@" { Kind::Focus { of, name } } else { Kind::Index { of, name } })
    }

    fn conditional(&mut self, condition: Expression) -> Parsed<Kind> {
        let then = Box::new(self.expression(0)?);
        let otherwise = if self.at(":") {
            self.advance(false)?;
            Some(Box::new(self.expression(0)?))
        } else {
            None
        };
        Ok(Kind::Conditional { condition: Box::new(condition), then, otherwise })
    }

    fn bind(&mut self, left: Expression, binding: u8) -> Parsed<Kind> {
        let left = without_keep(left);
        let Kind::Variable(name) = left.kind else {
            let found = self.text.get(left.range.clone()).unwrap_or_default();
            let message = format!("only a variable can be bound, found `{found}`");
            return Err(JsonataError::new("S0212", message, left.range).help("write `$name := ...`"));
        };
        let value = Box::new(self.expression(binding - 1)?);
        Ok(Kind::Bind { name, name_range: left.range, value })
    }
}

/// Removes the marks of `[]`: in the reference they do no harm where a variable is required.
fn without_keep(mut expression: Expression) -> Expression {
    while let Kind::KeepArray(of) = expression.kind {
        expression = *of;
    }
    expression
}
