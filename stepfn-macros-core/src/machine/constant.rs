//! Values that are no literals: arithmetic of literals, which is done here, and constants, which rustc knows.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use stepfn_core::{
    asl::schema::{self, Kind as FieldKind},
    json, number,
    value::Value,
};
use syn::{BinOp, Lit, Result, Token, UnOp, ext::IdentExt, parse::ParseStream, token};

use super::{
    ast::{Constant, Expr, Key, Kind, Place},
    names::{field_name, identifier},
    parse::NOT_COMPUTED,
    path,
};

/// Returns `true` if a number follows that is no literal: `5 * 60`, `limits::MINUTE`, `(LIMIT + 1)`.
pub(super) fn is_next(input: ParseStream<'_>) -> bool {
    if input.peek(token::Paren) {
        return true;
    }
    let fork = input.fork();
    if fork.peek(Lit) || fork.peek(Token![-]) {
        return super::parse::literal(&fork).is_ok() && is_operator(&fork);
    }
    let Ok(first) = fork.call(Ident::parse_any) else { return false };
    // What has names of its own: `ref_(…)`, `States.Format(…)`.
    first != "null" && (fork.peek(Token![::]) || is_operator(&fork))
}

fn is_operator(input: ParseStream<'_>) -> bool {
    let is_arithmetic = input.peek(Token![+])
        || input.peek(Token![-])
        || input.peek(Token![*])
        || input.peek(Token![/])
        || input.peek(Token![%]);
    is_arithmetic && !input.peek(Token![->])
}

/// `5 * 60` as the literal that it comes to, `LIMIT * 2` as a constant.
pub(super) fn constant(input: ParseStream<'_>) -> Result<Expr> {
    let written: syn::Expr = input.parse().map_err(|error: syn::Error| {
        if path::is_path(input) { syn::Error::new(error.span(), NOT_COMPUTED) } else { error }
    })?;
    let place = Place::of_tokens(&written);
    let kind = match literal(&written, place)? {
        Some(value) => Kind::Literal(value),
        None => Kind::Constant(of(&written.to_token_stream(), place)),
    };
    Ok(Expr { kind, place })
}

fn literal(written: &syn::Expr, place: Place) -> Result<Option<Value>> {
    let number = value(written)?.map(|value| json::parse_value(&value.to_string()));
    number.transpose().map_err(|error| spanned(place, &error.message))
}

/// A side of a comparison that is no literal and no path.
pub(super) enum Calculated {
    /// `60 * 60`
    Literal(Value, Place),
    /// `LIMIT`, `limits::MINUTE * 60`, and whether it is calculated with
    Constant(Constant, Place, bool),
}

/// `60 * 60`, `LIMIT`, `limits::MINUTE` in a condition; none where something else follows.
pub(super) fn calculated(input: ParseStream<'_>) -> Result<Option<Calculated>> {
    let fork = input.fork();
    let is_number = fork.peek(Lit) || fork.peek(Token![-]);
    let is_negated = fork.peek(Token![-]) && (fork.peek2(Ident::peek_any) || fork.peek2(token::Paren));
    let is_name = is_negated || fork.peek(Ident::peek_any) && !fork.peek(syn::LitBool);
    if !is_name && (!is_number || super::parse::literal(&fork).is_err() || !is_operator(&fork)) {
        return Ok(None);
    }
    let mut tokens = Vec::new();
    let (mut wants_operand, mut is_arithmetic) = (true, false);
    loop {
        if is_operator(input) {
            is_arithmetic = true;
            wants_operand = true;
        } else if input.peek(Token![::]) {
            tokens.push(input.parse::<TokenTree>()?);
            wants_operand = true;
        } else if wants_operand
            && (input.peek(Lit) || input.peek(token::Paren) || input.peek(Ident::peek_any))
        {
            wants_operand = false;
        } else {
            break;
        }
        tokens.push(input.parse::<TokenTree>()?);
    }
    let tokens: TokenStream = tokens.into_iter().collect();
    let place = Place::of_tokens(&tokens);
    let written: syn::Expr = syn::parse2(tokens)?;
    Ok(Some(match literal(&written, place)? {
        Some(value) => Calculated::Literal(value, place),
        None if is_literals(&written) => {
            return Err(spanned(
                place,
                "a condition calculates with whole numbers alone; write the number itself",
            ));
        }
        None => Calculated::Constant(of(&written.to_token_stream(), place), place, is_arithmetic),
    }))
}

/// Returns `true` if nothing is named.
fn is_literals(written: &syn::Expr) -> bool {
    fn all(tokens: TokenStream) -> bool {
        tokens.into_iter().all(|token| match token {
            TokenTree::Ident(_) => false,
            TokenTree::Group(group) => all(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => true,
        })
    }
    all(written.to_token_stream())
}

/// A name as the value of a field that takes a number, a text or data is a constant's: where a name may mean something else as well, one in
/// capitals.
pub(super) fn of_field(key: &Key, value: Expr) -> Expr {
    let field = (!key.is_string).then(|| field_name(&key.text));
    let row = field.as_deref().and_then(schema::named);
    if field.as_deref().is_some_and(|field| number::range(field).is_some()) {
        return match named(value, |_| true) {
            Expr { kind: Kind::Constant(constant), place } => Expr { kind: Kind::Number(constant), place },
            value => value,
        };
    }
    let takes_data = match row.map(|row| row.kind) {
        Some(FieldKind::Template | FieldKind::Literal) | None => true,
        Some(kind) => {
            matches!(kind, FieldKind::Plain | FieldKind::Text | FieldKind::Texts | FieldKind::Entry)
        }
    };
    if takes_data { named(value, is_in_capitals) } else { value }
}

/// The name of a constant as one, in arrays as well.
pub(super) fn named(value: Expr, is_meant: fn(&str) -> bool) -> Expr {
    let place = value.place;
    let kind = match value.kind {
        Kind::Name(name) if is_meant(&name) => match identifier(&name, place.first) {
            Some(ident) => Kind::Constant(of(&ident.to_token_stream(), place)),
            None => Kind::Name(name),
        },
        Kind::Array(items) => Kind::Array(items.into_iter().map(|item| named(item, is_meant)).collect()),
        kind => kind,
    };
    Expr { kind, place }
}

/// Returns `true` if a name is one as constants have.
fn is_in_capitals(name: &str) -> bool {
    name.chars().any(|c| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn of(written: &TokenStream, place: Place) -> Constant {
    // One cast of what is written: what is no number is reported once. Numbers of fields are far below what a float holds of whole numbers.
    let float = quote_spanned!(place.last=> ::core::primitive::f64);
    let float = quote_spanned!(place.first=> (#written) as #float);
    Constant {
        name: written.to_string().replace(" :: ", "::"),
        integer: quote!((#float) as ::core::primitive::i128),
        float,
        shape: quote_spanned!(place.first=> ::stepfn::__private::shape_of(&(#written))),
        value: quote_spanned!(place.first=> ::stepfn::__private::constant(&(#written))),
        itself: Some(written.clone()),
    }
}

fn spanned(place: Place, message: &str) -> syn::Error {
    super::expand::spanned_error(place, message)
}

/// Returns the value of literals; none where something else is among them.
fn value(written: &syn::Expr) -> Result<Option<i128>> {
    let too_large = || spanned(Place::of_tokens(written), "the number does not fit");
    Ok(match written {
        syn::Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().is_empty() => Some(number.base10_parse()?),
            Lit::Int(number) => {
                let message = format!("a number has no suffix here: remove `{}`", number.suffix());
                return Err(syn::Error::new(number.span(), message));
            }
            _ => None,
        },
        syn::Expr::Paren(inner) => value(&inner.expr)?,
        syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match value(&unary.expr)? {
            Some(value) => Some(value.checked_neg().ok_or_else(too_large)?),
            None => None,
        },
        syn::Expr::Binary(binary) => {
            let (Some(left), Some(right)) = (value(&binary.left)?, value(&binary.right)?) else {
                return Ok(None);
            };
            let result = match binary.op {
                BinOp::Add(_) => left.checked_add(right),
                BinOp::Sub(_) => left.checked_sub(right),
                BinOp::Mul(_) => left.checked_mul(right),
                BinOp::Div(_) | BinOp::Rem(_) if right == 0 => {
                    return Err(spanned(Place::of_tokens(written), "this divides by zero"));
                }
                BinOp::Div(_) if left % right != 0 => {
                    return Err(spanned(
                        Place::of_tokens(written),
                        &format!("{left} / {right} is no whole number; write what is meant"),
                    ));
                }
                BinOp::Div(_) => left.checked_div(right),
                BinOp::Rem(_) => left.checked_rem(right),
                _ => return Ok(None),
            };
            Some(result.ok_or_else(too_large)?)
        }
        _ => None,
    })
}
