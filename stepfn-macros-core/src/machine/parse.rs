//! Reading the tokens. An error in one value skips to the next comma, so that all errors come at once.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use stepfn_core::{json, value::Value};
use syn::{
    Attribute, Ident, Lit, LitStr, Result, Token, braced, bracketed,
    ext::IdentExt,
    parse::{ParseStream, Parser, discouraged::Speculative},
    token,
};

use super::{
    ast::{Block, Entry, Errors, Expr, Key, Kind, Machine, Place, Rule},
    condition, constant,
    fragment::{self, Known},
    head, path,
    resource::{reference, resource},
    spread::{Part, Spread, Wants, is_state},
};

/// A machine, with what of it could not be read.
pub(super) struct Parsed {
    pub(super) machine: Machine,
    pub(super) errors: Errors,
}

/// The state of reading: the fragments at hand, and the errors.
pub(super) struct Reading {
    pub(super) errors: Errors,
    known: Vec<Known>,
}

impl Reading {
    pub(super) fn new(known: Vec<Known>) -> Self {
        Self { errors: Errors::default(), known }
    }

    fn push(&mut self, place: Place, message: impl AsRef<str>) {
        self.errors.push(place, message);
    }

    pub(super) fn push_syn(&mut self, error: &syn::Error) {
        self.errors.push_syn(error);
    }

    /// Returns the part of a fragment for the place where it is spread.
    fn put(&mut self, spread: &Spread, wants: Wants) -> Option<Part> {
        spread.put(&self.known, &mut self.errors, wants)
    }
}

impl Parsed {
    /// Reads a machine, with the fragments that it is put together of.
    pub(super) fn read(input: ParseStream<'_>, known: Vec<Known>) -> Result<Self> {
        let mut reading = Reading::new(known);
        let Reading { errors, .. } = &mut reading;
        let (attributes, unread) = head::attributes(input)?;
        if let Some(error) = &unread {
            errors.push_syn(error);
        }
        let (visibility, name) = head::name(input, errors).map_err(|error| unread.unwrap_or(error))?;
        // From its name on there is a machine: while the rest of its head is being typed, it stays one.
        let any = || syn::parse_quote_spanned!(name.span()=> ::stepfn::__private::Value);
        let input_type = match head::input_type(input) {
            Ok(ty) => ty.unwrap_or_else(any),
            Err(error) => {
                errors.push_syn(&error);
                skip_to(input, |input| input.peek(Token![->]) || input.peek(token::Brace))?;
                any()
            }
        };
        let output = match head::output_type(input) {
            Ok(ty) => ty.unwrap_or_else(any),
            Err(error) => {
                errors.push_syn(&error);
                skip_to(input, |input| input.peek(token::Brace))?;
                any()
            }
        };
        let block = block(input, &mut reading).or_else(|error| {
            reading.push_syn(&error);
            skip_to(input, |_| false)?;
            Ok::<_, syn::Error>(Block { entries: Vec::new(), place: Place::of(name.span()) })
        })?;
        if !input.is_empty() {
            reading
                .push(Place::of(input.span()), "expected the end: one `state_machine!` declares one machine");
            skip_to(input, |_| false)?;
        }
        Ok(Self {
            machine: Machine { attributes, visibility, name, input: input_type, output, block },
            errors: reading.errors,
        })
    }
}

fn block(input: ParseStream<'_>, reading: &mut Reading) -> Result<Block> {
    let content;
    let braces = braced!(content in input);
    let mut entries = Vec::new();
    while !content.is_empty() {
        if content.peek(Token![..]) {
            if let Some(Part::Entries(spread)) = spread(&content, reading, Wants::Entries)? {
                entries.extend(spread.into_iter().map(|entry| Entry { spread: true, ..entry }));
            }
        } else {
            match entry(&content, reading) {
                Ok(entry) => entries.push(entry),
                Err(error) => {
                    reading.push_syn(&error);
                    skip_to_comma(&content)?;
                }
            }
        }
        if content.is_empty() {
            break;
        }
        if let Err(error) = content.parse::<Token![,]>() {
            let message = if ['+', '-', '*', '/'].iter().any(|sign| is_sign(&content, *sign)) {
                NOT_COMPUTED
            } else {
                "expected `,` before the next field"
            };
            reading.push(Place::of(error.span()), message);
            skip_to_comma(&content)?;
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
    }
    // As in Rust, a field that is written wins over one that is spread. Two states of one name are a slip.
    let written: HashSet<String> =
        entries.iter().filter(|entry| !entry.spread).map(|entry| entry.key.text.clone()).collect();
    entries.retain(|entry| !entry.spread || is_state(entry) || !written.contains(&entry.key.text));
    Ok(Block { entries, place: Place { first: braces.span.open(), last: braces.span.close() } })
}

/// Reads `..Notify { Done: Ship }`, and expands it.
fn spread(input: ParseStream<'_>, reading: &mut Reading, wants: Wants) -> Result<Option<Part>> {
    match spread_here(input) {
        Ok(spread) => Ok(reading.put(&spread, wants)),
        Err(error) => {
            reading.push_syn(&error);
            skip_to_comma(input)?;
            Ok(None)
        }
    }
}

fn spread_here(input: ParseStream<'_>) -> Result<Spread> {
    input.parse::<Token![..]>()?;
    if input.peek(Token![.]) || input.peek(Token![=]) {
        return Err(input.error("a fragment is put in with two dots: `..Notify`"));
    }
    let path = input.call(syn::Path::parse_mod_style).map_err(|error| {
        syn::Error::new(error.span(), "expected the name of a `fragment!` behind `..`: `..Notify`")
    })?;
    let given = if input.peek(token::Brace) { fragment::given(input)? } else { Vec::new() };
    Ok(Spread { path, given })
}

/// Reads the content of a fragment, by what it seems to be.
pub(super) fn part(body: &Group, reading: &mut Reading) -> Result<Part> {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let is_arrow = |pair: &[TokenTree]| matches!(pair, [TokenTree::Punct(first), TokenTree::Punct(second)] if first.as_char() == '=' && second.as_char() == '>');
    let wants = match body.delimiter() {
        Delimiter::Brace => Wants::Entries,
        _ if tokens.windows(2).any(is_arrow) => Wants::Rules,
        _ => Wants::Items,
    };
    part_as(body, reading, wants)
}

/// Reads the content of a fragment as the wanted part.
pub(super) fn part_as(body: &Group, reading: &mut Reading, wants: Wants) -> Result<Part> {
    let mut read = None;
    // syn ends with an error of its own where an error inside has left tokens unread, so the result is kept beside it.
    let parser = |input: ParseStream<'_>| {
        read = Some(match wants {
            Wants::Entries => Part::Entries(block(input, reading)?.entries),
            Wants::Items => Part::Items(match expr(input, reading)?.kind {
                Kind::Array(items) => items,
                _ => Vec::new(),
            }),
            Wants::Rules => Part::Rules(match rules(input, reading)?.kind {
                Kind::Rules(rules) => rules,
                _ => Vec::new(),
            }),
        });
        Ok(())
    };
    let result = parser.parse2(TokenTree::Group(body.clone()).into());
    match (read, result) {
        (Some(part), Err(error)) => {
            if reading.errors.is_empty() {
                reading.push_syn(&error);
            }
            Ok(part)
        }
        (Some(part), Ok(())) => Ok(part),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Ok(Part::Entries(Vec::new())),
    }
}

/// The message where data are computed with signs.
pub(super) const NOT_COMPUTED: &str = "values from the data are not computed with signs: write `States.MathAdd($.total, 1)` for numbers, `States.Format(\"order {}\", $.id)` for texts, or JSONata";

fn is_sign(input: ParseStream<'_>, sign: char) -> bool {
    matches!(input.fork().parse::<TokenTree>(), Ok(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn to_comma(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.push(input.parse::<TokenTree>()?);
    }
    Ok(tokens.into_iter().collect())
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    skip_to(input, |input| input.peek(Token![,]))
}

pub(super) fn skip_to(input: ParseStream<'_>, is_there: fn(ParseStream<'_>) -> bool) -> Result<()> {
    while !input.is_empty() && !is_there(input) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

fn entry(input: ParseStream<'_>, reading: &mut Reading) -> Result<Entry> {
    let attributes = input.call(Attribute::parse_outer)?;
    let key = if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        Key { text: literal.value(), place: Place::of(literal.span()), is_string: true }
    } else {
        let ident = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), "expected a field or a state: `name: value`"))?;
        Key { text: ident.unraw().to_string(), place: Place::of(ident.span()), is_string: false }
    };
    if !input.peek(Token![:]) {
        let rules = ["if", "when", "match", "case"].contains(&key.text.as_str());
        let help = if rules {
            "; the rules of a Choice are a list: `choices: [ $.total > 100 => Approve ]`"
        } else {
            ""
        };
        return Err(syn::Error::new(input.span(), format!("expected `:` after `{}`{help}", key.text)));
    }
    input.parse::<Token![:]>()?;
    let start = input.span();
    let written = input.fork();
    reading.errors.enter(&key.text);
    let value = match key.text.as_str() {
        "resource" if !key.is_string => resource(input),
        "choices" if !key.is_string => rules(input, reading),
        _ => expr(input, reading),
    };
    let value = value.or_else(|error| {
        reading.push_syn(&error);
        reading.errors.lose(super::editor::loose_paths(to_comma(&written)?));
        skip_to_comma(input)?;
        Ok::<_, syn::Error>(Expr { kind: Kind::Broken, place: Place::of(start) })
    });
    reading.errors.leave();
    let value = value?;
    Ok(Entry { attributes, value: constant::of_field(&key, value), key, spread: false })
}

/// A value: a literal, a path, a call, an object, an array, a state, a name.
pub(super) fn expr(input: ParseStream<'_>, reading: &mut Reading) -> Result<Expr> {
    if path::is_path(input) {
        let (text, place) = path::path(input)?;
        return Ok(Expr { kind: Kind::Path(text), place });
    }
    if input.peek(token::Brace) {
        let block = block(input, reading)?;
        let place = block.place;
        return Ok(Expr { kind: Kind::Object(block), place });
    }
    if input.peek(token::Bracket) {
        let content;
        let brackets = bracketed!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            if content.peek(Token![..]) {
                if let Some(Part::Items(spread)) = spread(&content, reading, Wants::Items)? {
                    items.extend(spread.into_iter().map(Expr::out_of_a_fragment));
                }
            } else {
                items.push(expr(&content, reading)?);
            }
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        let place = Place { first: brackets.span.open(), last: brackets.span.close() };
        return Ok(Expr { kind: Kind::Array(items), place });
    }
    if constant::is_next(input) {
        return constant::constant(input);
    }
    if input.peek(Lit) || input.peek(Token![-]) {
        let (value, place) = literal(input)?;
        if input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
            return Ok(Expr { kind: Kind::Declared(value, input.parse()?), place });
        }
        return Ok(Expr { kind: Kind::Literal(value), place });
    }
    if !input.peek(Ident::peek_any) {
        return Err(input.error(
            "expected a value: a literal, a path (`$.a.b`), a function (`States.Format(…)`), `{ … }`, `[ … ]` or a name",
        ));
    }
    let fork = input.fork();
    let ident = fork.call(Ident::parse_any)?;
    if ident == "null" {
        input.advance_to(&fork);
        return Ok(Expr { kind: Kind::Literal(Value::Null), place: Place::of(ident.span()) });
    }
    if ident == "States" && is_call(&fork) {
        let (text, place) = path::call(input)?;
        if input.peek(Token![->]) {
            input.parse::<Token![->]>()?;
            return Ok(Expr { kind: Kind::Parsed(text, input.parse()?), place });
        }
        return Ok(Expr { kind: Kind::Call(text), place });
    }
    if (ident == "ref_" || ident == "get_att") && fork.peek(token::Paren) {
        let name: Ident = input.call(Ident::parse_any)?;
        let (id, attribute, last) = reference(input, &name)?;
        let place = Place { first: name.span(), last };
        return Ok(Expr { kind: Kind::Reference(id, attribute), place });
    }
    if fork.peek(token::Brace) {
        input.advance_to(&fork);
        let block = block(input, reading)?;
        let place = Place::of(ident.span()).to(block.place);
        return Ok(Expr { kind: Kind::State(ident, block), place });
    }
    let (name, place) = dotted_name(input)?;
    Ok(Expr { kind: Kind::Name(name), place })
}

/// Returns `true` if `.Name(` follows, as after `States`.
fn is_call(fork: ParseStream<'_>) -> bool {
    fork.parse::<Token![.]>().is_ok() && fork.call(Ident::parse_any).is_ok() && fork.peek(token::Paren)
}

/// `A`, `A.B`, `A.B.C`
fn dotted_name(input: ParseStream<'_>) -> Result<(String, Place)> {
    let first = input.call(Ident::parse_any)?;
    let mut name = first.unraw().to_string();
    let mut place = Place::of(first.span());
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        let part = input.call(Ident::parse_any)?;
        name.push('.');
        name.push_str(&part.unraw().to_string());
        place.last = part.span();
    }
    Ok((name, place))
}

/// A string, number, boolean; null is an identifier.
pub(super) fn literal(input: ParseStream<'_>) -> Result<(Value, Place)> {
    let minus = if input.peek(Token![-]) { Some(input.parse::<Token![-]>()?) } else { None };
    let literal: Lit = input.parse()?;
    let place = Place { first: minus.map_or(literal.span(), |minus| minus.span), last: literal.span() };
    let number = |digits: &str, suffix: &str| {
        if !suffix.is_empty() {
            return Err(syn::Error::new(
                literal.span(),
                format!("a number has no suffix here: remove `{suffix}`"),
            ));
        }
        let sign = if minus.is_some() { "-" } else { "" };
        json::parse_value(&format!("{sign}{digits}")).map_err(|_| {
            syn::Error::new(literal.span(), "this is no JSON number; write it in decimal digits")
        })
    };
    let value = match &literal {
        Lit::Int(int) => number(int.base10_digits(), int.suffix())?,
        Lit::Float(float) => number(float.base10_digits(), float.suffix())?,
        Lit::Str(text) if minus.is_none() => Value::from(text.value()),
        Lit::Bool(value) if minus.is_none() => Value::Bool(value.value),
        _ => return Err(syn::Error::new(literal.span(), "expected a string, a number, a boolean or null")),
    };
    Ok((value, place))
}

/// `[ condition => Target, … ]`
fn rules(input: ParseStream<'_>, reading: &mut Reading) -> Result<Expr> {
    if !input.peek(token::Bracket) {
        return Err(input.error("expected the rules: `[ $.total > 100 => Approve, … ]`"));
    }
    let content;
    let brackets = bracketed!(content in input);
    let mut rules = Vec::new();
    while !content.is_empty() {
        if content.peek(Token![..]) {
            if let Some(Part::Rules(spread)) = spread(&content, reading, Wants::Rules)? {
                rules.extend(spread);
            }
        } else {
            let written = content.fork();
            match rule(&content, reading) {
                Ok(rule) => rules.push(rule),
                Err(error) => {
                    reading.push_syn(&error);
                    reading.errors.lose(super::editor::loose_paths(to_comma(&written)?));
                    skip_to_comma(&content)?;
                }
            }
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    let place = Place { first: brackets.span.open(), last: brackets.span.close() };
    Ok(Expr { kind: Kind::Rules(rules), place })
}

fn rule(input: ParseStream<'_>, reading: &mut Reading) -> Result<Rule> {
    let attributes = input.call(Attribute::parse_outer)?;
    if input.peek(token::Brace) {
        return Err(
            input.error("a rule is a condition and the state that it leads to: `$.total > 5 => Approve`")
        );
    }
    let condition = condition::condition(input)?;
    if !input.peek(Token![=>]) {
        let message = match input.fork().call(Ident::parse_any) {
            Ok(word) if word == "and" => "conditions are joined by `&&`, not by `and`",
            Ok(word) if word == "or" => "conditions are joined by `||`, not by `or`",
            _ => "expected `=> State` after the condition; several conditions are joined by `&&` and `||`",
        };
        return Err(syn::Error::new(input.span(), message));
    }
    input.parse::<Token![=>]>()?;
    let mut next = expr(input, reading)?;
    let mut fields = None;
    if let Kind::State(name, block) = next.kind {
        next = Expr { place: Place::of(name.span()), kind: Kind::Name(name.unraw().to_string()) };
        fields = Some(block);
    } else if input.peek(token::Brace) {
        fields = Some(block(input, reading)?);
    }
    let place = condition.place().to(fields.as_ref().map_or(next.place, |fields| fields.place));
    Ok(Rule { attributes, condition, next, fields, place })
}
