//! Numbers that are no literals: arithmetic of literals, which is done here, and constants, which rustc knows.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use stepfn_core::{json, number, value::Value};
use syn::{BinOp, Lit, Result, Token, UnOp, ext::IdentExt, parse::ParseStream, token};

use super::{
    ast::{Constant, Expr, Key, Kind, Place},
    names::{field_name, identifier},
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
    let written: syn::Expr = input.parse()?;
    let place = Place::of_tokens(&written);
    let kind = match value(&written)? {
        Some(value) => {
            let value =
                json::parse_value(&value.to_string()).map_err(|error| spanned(place, &error.message))?;
            Kind::Literal(value)
        }
        None => Kind::Constant(of(&written.to_token_stream(), place)),
    };
    Ok(Expr { kind, place })
}

/// `60 * 60` in a condition, where only literals are possible; none where no arithmetic follows.
pub(super) fn arithmetic(input: ParseStream<'_>) -> Result<Option<(Value, Place)>> {
    let fork = input.fork();
    let is_number = fork.peek(Lit) || fork.peek(Token![-]);
    if !is_number || super::parse::literal(&fork).is_err() || !is_operator(&fork) {
        return Ok(None);
    }
    let mut tokens = Vec::new();
    while input.peek(Lit) || input.peek(token::Paren) || is_operator(input) {
        tokens.push(input.parse::<TokenTree>()?);
    }
    let tokens: TokenStream = tokens.into_iter().collect();
    let place = Place::of_tokens(&tokens);
    match value(&syn::parse2(tokens)?)? {
        Some(number) => {
            let number =
                json::parse_value(&number.to_string()).map_err(|error| spanned(place, &error.message))?;
            Ok(Some((number, place)))
        }
        None => {
            Err(spanned(place, "a condition calculates with whole numbers alone; write the number itself"))
        }
    }
}

/// A name as the value of a field that takes a number is a constant's.
pub(super) fn of_field(key: &Key, value: Expr) -> Expr {
    if key.is_string || number::range(&field_name(&key.text)).is_none() {
        return value;
    }
    match &value.kind {
        Kind::Name(name) => match identifier(name, value.place.first) {
            Some(ident) => {
                Expr { kind: Kind::Constant(of(&ident.to_token_stream(), value.place)), place: value.place }
            }
            None => value,
        },
        _ => value,
    }
}

fn of(written: &TokenStream, place: Place) -> Constant {
    let cast = |ty: TokenStream| quote_spanned!(place.first=> (#written) as #ty);
    Constant {
        integer: cast(quote_spanned!(place.last=> ::core::primitive::i128)),
        float: cast(quote_spanned!(place.last=> ::core::primitive::f64)),
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
