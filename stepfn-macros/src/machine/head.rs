//! What stands before a machine's block, read so that a half-typed one keeps its name.

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
    let fork = input.fork();
    let mut is_behind = false;
    while !fork.is_empty() {
        if let Some(found) = name_here(&fork) {
            if is_behind {
                errors.push(Place::of(input.span()), expected);
            }
            input.advance_to(&fork);
            return Ok(found);
        }
        fork.parse::<TokenTree>()?;
        is_behind = true;
    }
    let visibility = input.parse()?;
    let name = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
    Ok((visibility, name))
}

/// A name with what can only be the type of an input behind it.
fn name_here(input: ParseStream<'_>) -> Option<(Visibility, Ident)> {
    let fork = input.fork();
    let visibility = fork.parse().ok()?;
    let name = fork.parse().ok()?;
    if !fork.peek(token::Paren) {
        return None;
    }
    let rest = fork.fork();
    rest.parse::<TokenTree>().ok()?;
    if !rest.is_empty() && !rest.peek(Token![->]) && !rest.peek(token::Brace) {
        return None;
    }
    input.advance_to(&fork);
    Some((visibility, name))
}

/// `(Order)`, or `()` for anything.
pub(super) fn input_type(input: ParseStream<'_>) -> Result<Option<Type>> {
    let content;
    parenthesized!(content in input);
    if content.is_empty() {
        return Ok(None);
    }
    let ty = content.parse()?;
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
