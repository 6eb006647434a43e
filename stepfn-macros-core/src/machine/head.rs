//! The part before a machine's block, read so that a half-typed one keeps its name.

use proc_macro2::TokenTree;
use syn::{
    Attribute, Ident, Result, Token, Type, Visibility, parenthesized,
    parse::{ParseStream, discouraged::Speculative},
    token,
};

use super::{
    ast::{Errors, Place},
    parse::skip_to,
};

/// The attributes before a machine, and what is wrong where they cannot be read.
pub(super) fn attributes(input: ParseStream<'_>) -> Result<(Vec<Attribute>, Option<syn::Error>)> {
    let fork = input.fork();
    match fork.call(Attribute::parse_outer) {
        Ok(attributes) => {
            input.advance_to(&fork);
            Ok((attributes, None))
        }
        Err(error) => {
            skip_to(input, |input| !input.peek(Token![#]) && !input.peek(token::Bracket))?;
            Ok((Vec::new(), Some(error)))
        }
    }
}

/// `pub Orders`, also behind what does not belong there.
pub(super) fn name(input: ParseStream<'_>, errors: &mut Errors) -> Result<(Visibility, Ident)> {
    let expected = "expected the machine's name: `pub Orders(Order) -> Receipt { start_at: … }`";
    // The surest first: what is written as it should be, then what is next to that.
    let surest: [IsName; 3] = [before_input, before_parentheses, in_capitals];
    for (doubt, is_name) in surest.into_iter().enumerate() {
        let fork = input.fork();
        let mut before = None;
        while !fork.is_empty() && !fork.peek(token::Brace) {
            if let Some(found) = name_here(&fork, before.as_ref(), is_name) {
                if before.is_some() || doubt > 0 {
                    errors.push(Place::of(input.span()), expected);
                }
                input.advance_to(&fork);
                return Ok(found);
            }
            before = Some(fork.parse::<TokenTree>()?);
        }
    }
    let visibility = input.parse()?;
    let name = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
    Ok((visibility, name))
}

/// The test whether a name is the machine's: by what is before it, itself, and what is behind it.
type IsName = fn(Option<&TokenTree>, &Ident, ParseStream<'_>) -> bool;

fn name_here(
    input: ParseStream<'_>,
    before: Option<&TokenTree>,
    is_name: IsName,
) -> Option<(Visibility, Ident)> {
    let fork = input.fork();
    let visibility = fork.parse().ok()?;
    let name = fork.parse().ok()?;
    if !is_name(before, &name, &fork) {
        return None;
    }
    input.advance_to(&fork);
    Some((visibility, name))
}

/// Returns `true` if only the type of an input can be behind the name. Behind another name that is not `()`: there the two were exchanged.
fn before_input(before: Option<&TokenTree>, _name: &Ident, rest: ParseStream<'_>) -> bool {
    let rest = rest.fork();
    let Ok(TokenTree::Group(group)) = rest.parse::<TokenTree>() else { return false };
    group.delimiter() == proc_macro2::Delimiter::Parenthesis
        && !(group.stream().is_empty() && matches!(before, Some(TokenTree::Ident(_))))
        && (rest.is_empty() || rest.peek(Token![->]) || rest.peek(token::Brace))
}

fn before_parentheses(before: Option<&TokenTree>, _name: &Ident, rest: ParseStream<'_>) -> bool {
    rest.peek(token::Paren) && !matches!(before, Some(TokenTree::Ident(_)))
}

/// Returns `true` if the name is written as types are.
fn in_capitals(_before: Option<&TokenTree>, name: &Ident, _rest: ParseStream<'_>) -> bool {
    name.to_string().starts_with(char::is_uppercase)
}

/// `(Order)`, or `()` for anything.
pub(super) fn input_type(input: ParseStream<'_>) -> Result<Option<Type>> {
    if !input.peek(token::Paren) {
        let expected =
            "expected the type of the input in parentheses: `Orders(Order) { … }`, or `()` for anything";
        return Err(input.error(expected));
    }
    let content;
    parenthesized!(content in input);
    if content.is_empty() {
        return Ok(None);
    }
    let ty = content.parse()?;
    if content.peek(Token![:]) {
        return Err(content.error("write the type of the input alone: `Orders(Order)`"));
    }
    if !content.is_empty() {
        return Err(content.error("expected `)`: a machine has one input"));
    }
    Ok(Some(ty))
}

/// `-> Receipt`, or nothing for anything.
pub(super) fn output_type(input: ParseStream<'_>) -> Result<Option<Type>> {
    if !input.peek(Token![->]) {
        return Ok(None);
    }
    let fork = input.fork();
    fork.parse::<Token![->]>()?;
    let ty = fork.parse()?;
    input.advance_to(&fork);
    Ok(Some(ty))
}
