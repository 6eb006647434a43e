//! `#[stepfn(crate = …)]`: the path of the facade, where a program has it under another name.
//!
//! Expansions name everything by `::stepfn::__private`. Where the attribute gives another path, it takes the place of `::stepfn` in what
//! was expanded: one place for all macros, and no cost where the attribute is not.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{
    LitStr, Path, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

/// Whether what expands sees the attribute: a machine may be expanded in several steps, and each needs it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Attribute {
    Taken,
    Kept,
}

/// Reads the attribute, expands the input, and puts the path into the expansion.
pub(crate) fn apply(
    attribute: Attribute,
    input: TokenStream,
    expand: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    let (path, rest) = take(input.clone());
    let input = if attribute == Attribute::Kept { input } else { rest };
    match path {
        None => expand(input),
        Some(Ok(path)) => replace(expand(input), &path),
        Some(Err(error)) => {
            let mut tokens = expand(input);
            tokens.extend(error.into_compile_error());
            tokens
        }
    }
}

/// Takes the first `#[stepfn(…)]` off the attributes before an item. What is within the item's braces has none of its own.
fn take(input: TokenStream) -> (Option<syn::Result<TokenStream>>, TokenStream) {
    let mut tokens: Vec<TokenTree> = input.into_iter().collect();
    let found = tokens.windows(2).position(|pair| match pair {
        [TokenTree::Punct(hash), TokenTree::Group(group)] => hash.as_char() == '#' && is_ours(group),
        _ => false,
    });
    let Some(at) = found else { return (None, tokens.into_iter().collect()) };
    let attribute: TokenStream = tokens.drain(at..at + 2).skip(1).collect();
    (Some(path.parse2(attribute)), tokens.into_iter().collect())
}

fn is_ours(group: &Group) -> bool {
    let mut inner = group.stream().into_iter();
    group.delimiter() == Delimiter::Bracket
        && matches!(inner.next(), Some(TokenTree::Ident(name)) if name == "stepfn")
        && matches!(inner.next(), Some(TokenTree::Group(_)))
}

/// `[stepfn(crate = path)]`, where the path may be in quotes, as serde has it.
fn path(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let (attribute, arguments);
    syn::bracketed!(attribute in input);
    attribute.call(Ident::parse_any)?;
    syn::parenthesized!(arguments in attribute);
    let expected = "the attribute is `#[stepfn(crate = …)]`, with the path of the crate `stepfn`";
    let word = arguments.call(Ident::parse_any).map_err(|error| syn::Error::new(error.span(), expected))?;
    if word != "crate" {
        return Err(syn::Error::new(word.span(), expected));
    }
    arguments.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), expected))?;
    let path = match arguments.parse::<Option<LitStr>>()? {
        Some(text) => text.parse_with(Path::parse_mod_style)?,
        None => arguments.call(Path::parse_mod_style)?,
    };
    match arguments.parse::<Option<TokenTree>>()? {
        Some(more) => Err(syn::Error::new(more.span(), expected)),
        None => Ok(quote::quote!(#path)),
    }
}

/// Puts a path in the place of each `::stepfn` that `::__private` follows.
fn replace(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        if let [a, b, TokenTree::Ident(name), c, d, TokenTree::Ident(private), ..] = rest
            && [a, b, c, d].into_iter().all(is_colon)
            && name == "stepfn"
            && private == "__private"
        {
            // At the place that the expansion gave to `stepfn`: errors point at what it is about, not at the attribute.
            out.extend(path.clone().into_iter().map(|mut token| {
                token.set_span(name.span().resolved_at(token.span()));
                token
            }));
            rest = &rest[3..];
            continue;
        }
        out.extend([match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), path));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token.clone(),
        }]);
        rest = after;
    }
    out
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn applied(input: &str) -> String {
        let expansion = "{ ::stepfn::__private::Value; (::stepfn::shape) }".parse::<TokenStream>().unwrap();
        apply(Attribute::Taken, input.parse().unwrap(), |input| quote!(#input #expansion)).to_string()
    }

    fn tokens(text: &str) -> String {
        text.parse::<TokenStream>().unwrap().to_string()
    }

    #[test]
    fn the_path_takes_the_place_of_ours_alone() {
        for written in ["::my::flows", "\"::my::flows\""] {
            assert_eq!(
                applied(&format!("#[doc = \"a\"] #[stepfn(crate = {written})] struct A;")),
                tokens("#[doc = \"a\"] struct A; { ::my::flows::__private::Value; (::stepfn::shape) }"),
            );
        }
        assert_eq!(
            applied("struct A;"),
            tokens("struct A; { ::stepfn::__private::Value; (::stepfn::shape) }")
        );
    }

    #[test]
    fn another_form_is_an_error_beside_the_expansion() {
        for wrong in ["", "krate = a", "crate", "crate = a b", "crate = \"\""] {
            let tokens = applied(&format!("#[stepfn({wrong})] struct A;"));
            assert!(tokens.contains("compile_error"), "{tokens}");
            assert!(
                tokens.contains(":: stepfn :: __private") || tokens.contains("::stepfn::__private"),
                "{tokens}"
            );
        }
    }
}
