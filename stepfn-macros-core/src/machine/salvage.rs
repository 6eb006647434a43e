//! Names from tokens that do not make a machine: editors expand every half-typed one.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use stepfn_core::asl::{TYPES, schema};
use syn::ext::IdentExt;

use super::names::identifier;

/// The greatest depth, that of JSON: the reader of the tokens recurses into them.
const MOST_DEPTH: usize = 128;

/// Refuses tokens that are nested too deep to be read.
pub(super) fn judge_depth(tokens: TokenStream) -> syn::Result<()> {
    let mut open = vec![(tokens.into_iter(), 0)];
    while let Some((tokens, negations)) = open.last_mut() {
        let inner = match tokens.next() {
            None => {
                open.pop();
                continue;
            }
            // A condition's `!`s nest as its parentheses do.
            Some(TokenTree::Punct(punct)) if punct.as_char() == '!' => {
                *negations += 1;
                if *negations > MOST_DEPTH {
                    return Err(too_deep(punct.span()));
                }
                continue;
            }
            Some(TokenTree::Group(group)) => group,
            Some(_) => {
                *negations = 0;
                continue;
            }
        };
        let span = inner.span();
        open.push((inner.stream().into_iter(), 0));
        if open.len() > MOST_DEPTH {
            return Err(too_deep(span));
        }
    }
    Ok(())
}

fn too_deep(span: proc_macro2::Span) -> syn::Error {
    syn::Error::new(span, format!("this is nested deeper than {MOST_DEPTH} levels; split the machine"))
}

/// The states that were read, and all others that the tokens seem to declare. One too many does no harm: what names it
/// resolves, and the machine does not compile anyway.
pub(super) fn states(tokens: TokenStream, read: Vec<Ident>) -> Vec<Ident> {
    let mut states = read;
    let mut groups = VecDeque::from([tokens]);
    while let Some(tokens) = groups.pop_front() {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => groups.push_back(group.stream()),
                TokenTree::Ident(key) if declares(key, tokens.get(index + 1..).unwrap_or_default()) => {
                    if let Some(ident) = identifier(&key.unraw().to_string(), key.span())
                        && !states.contains(&ident)
                    {
                        states.push(ident);
                    }
                }
                _ => {}
            }
        }
    }
    states
}

/// Returns `true` if a name before these tokens is a state's: `: Task { … }`, or that with something missing or in the way.
fn declares(key: &Ident, rest: &[TokenTree]) -> bool {
    let is_type = |token: Option<&TokenTree>| match token {
        Some(TokenTree::Ident(word)) => TYPES.iter().any(|known| word == known),
        _ => false,
    };
    let is_block = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace);
    match rest {
        [TokenTree::Punct(colon), rest @ ..]
            if colon.as_char() == ':' && colon.spacing() == Spacing::Alone =>
        {
            match rest {
                [TokenTree::Ident(_), next @ ..] => {
                    is_type(rest.first()) || is_block(next.first()) || is_type(next.first())
                }
                _ => {
                    is_block(rest.first()) && key != "payload" && schema::written(&key.to_string()).is_none()
                }
            }
        }
        _ => is_type(rest.first()) && is_block(rest.get(1)),
    }
}
