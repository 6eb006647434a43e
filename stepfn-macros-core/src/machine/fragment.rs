//! `fragment!`: parts of machines that are written once and used in many.
//!
//! A macro sees its own tokens only, and a machine's analysis needs the fragment's. So the tokens travel: `fragment! { Notify { … } }` becomes
//! a hidden `macro_rules!` that holds them, and `state_machine!`, where it finds a `..Notify` that it does not know, becomes a call of that:
//! it calls `state_machine!` again with the tokens in front, until all are known. What names the types in a fragment is the fragment's own
//! module: a type of the fragment's name has them as [`FragmentType`](stepfn_core::definition::FragmentType)s, by their place.

mod items;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{
    Attribute, Path, Result, Token, Visibility, braced,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
    token,
};

use self::items::Items;
use super::{
    ast::{Errors, Place},
    parse::{self, Reading},
    salvage,
    spread::{self, Named, Part},
};

/// The replacement of `$` while tokens travel: `$` means something else in a `macro_rules!`.
const DOLLAR: &str = "__stepfn_dollar";

/// A fragment whose tokens are at hand.
#[derive(Clone)]
pub(super) struct Known {
    /// As it is named where it is used.
    key: String,
    pub(super) path: TokenStream,
    pub(super) body: Group,
    /// The names of its parameters.
    pub(super) parameters: Vec<String>,
    /// The fragments inside it.
    pub(super) nested: Vec<Self>,
    /// Whether it has an error, which was reported where it is written.
    pub(super) broken: bool,
}

/// The fragment of a path, among those at hand.
pub(super) fn find<'k>(known: &'k [Known], path: &Path) -> Option<&'k Known> {
    let key = key_of(&quote!(#path));
    known.iter().find(|known| known.key == key)
}

/// A path without the blanks between its tokens. `$crate` is how `crate` comes out of a fragment with parameters.
fn key_of(path: &TokenStream) -> String {
    path.clone().into_iter().map(|token| token.to_string().replace("$crate", "crate")).collect()
}

/// Takes the fragments that were handed over off the front: `@with (path) { … } [nested] (parameters)`.
pub(super) fn take(tokens: TokenStream) -> (Vec<Known>, TokenStream) {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut known = Vec::new();
    while let [
        TokenTree::Punct(at),
        TokenTree::Ident(word),
        TokenTree::Group(path),
        TokenTree::Group(body),
        TokenTree::Group(nested),
        TokenTree::Group(parameters),
        ..,
    ] = tokens.as_slice()
        && at.as_char() == '@'
    {
        let broken = word == "broken";
        let path = path.stream();
        let (nested, _) = take(nested.stream());
        let mut shown = Group::new(body.delimiter(), show(body.stream()));
        shown.set_span(body.span());
        let parameters = parameters.stream().into_iter().map(|token| token.to_string()).collect();
        known.push(Known { key: key_of(&path), path, body: shown, parameters, nested, broken });
        tokens.drain(..6);
    }
    (known, show(tokens.into_iter().collect()))
}

/// Calls the first fragment that is used and not at hand, which calls back; none where all are at hand.
pub(super) fn ask(tokens: &TokenStream, known: &[Known], callback: &str) -> Option<TokenStream> {
    let path = unknown(tokens.clone(), known)?;
    let callback = Ident::new(callback, Span::call_site());
    let known = handed_over(known);
    let rest = hide(tokens.clone());
    Some(quote!(#path ! { (::stepfn::__private::#callback) (#path) #known #rest }))
}

/// The fragments as [`take`] reads them.
fn handed_over(known: &[Known]) -> TokenStream {
    let known = known.iter().map(|Known { path, body, parameters, nested, broken, .. }| {
        let word = if *broken { format_ident!("broken") } else { format_ident!("with") };
        let mut hidden = Group::new(body.delimiter(), hide(body.stream()));
        hidden.set_span(body.span());
        let nested = handed_over(nested);
        let parameters = parameters.iter().map(|name| Ident::new(name, Span::call_site()));
        quote!(@ #word (#path) #hidden [#nested] (#(#parameters)*))
    });
    known.collect()
}

/// The path behind the first `..` that spreads a fragment which is not at hand.
fn unknown(tokens: TokenStream, known: &[Known]) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut is_start = true;
    for (index, token) in tokens.iter().enumerate() {
        if is_start
            && let [TokenTree::Punct(first), TokenTree::Punct(second), rest @ ..] = &tokens[index..]
            && first.as_char() == '.'
            && second.as_char() == '.'
        {
            let path = path_of(rest);
            let key = key_of(&path);
            if !key.is_empty() && known.iter().all(|known| known.key != key) {
                return Some(path);
            }
        }
        is_start = matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        if let TokenTree::Group(group) = token
            && let Some(found) = unknown(group.stream(), known)
        {
            return Some(found);
        }
    }
    None
}

/// `a::b::C` at the front of tokens.
fn path_of(tokens: &[TokenTree]) -> TokenStream {
    let mut path = Vec::new();
    let mut wants_name = true;
    for token in tokens {
        match token {
            TokenTree::Punct(colon) if colon.as_char() == ':' => wants_name = true,
            TokenTree::Ident(_) if wants_name => wants_name = false,
            _ => break,
        }
        path.push(token.clone());
    }
    path.into_iter().collect()
}

/// Tokens of a `macro_rules!` in which `crate::…` is this crate, wherever they end up.
fn of_this_crate(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    for (index, token) in tokens.iter().enumerate() {
        let leads = matches!(tokens.get(index + 1), Some(TokenTree::Punct(colon)) if colon.as_char() == ':' && colon.spacing() == Spacing::Joint);
        match token {
            TokenTree::Ident(name) if name == "crate" && leads => {
                let mut dollar = Punct::new('$', Spacing::Alone);
                dollar.set_span(name.span());
                out.extend([dollar.into(), token.clone()]);
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), of_this_crate(group.stream()));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            token => out.extend([token.clone()]),
        }
    }
    out
}

/// Tokens without `$`.
fn hide(tokens: TokenStream) -> TokenStream {
    map(tokens, &|token| match token {
        TokenTree::Punct(punct) if punct.as_char() == '$' => Some(Ident::new(DOLLAR, punct.span()).into()),
        _ => None,
    })
}

/// Tokens with `$` again.
fn show(tokens: TokenStream) -> TokenStream {
    map(tokens, &|token| match token {
        TokenTree::Ident(ident) if ident == DOLLAR => {
            let mut dollar = Punct::new('$', Spacing::Alone);
            dollar.set_span(ident.span());
            Some(dollar.into())
        }
        _ => None,
    })
}

fn map(tokens: TokenStream, change: &dyn Fn(&TokenTree) -> Option<TokenTree>) -> TokenStream {
    changed(&tokens, change).unwrap_or(tokens)
}

/// Returns the tokens with the changes; none where there are none. A group that is made anew has lost the places of its brackets, where
/// errors about its end belong.
fn changed(tokens: &TokenStream, change: &dyn Fn(&TokenTree) -> Option<TokenTree>) -> Option<TokenStream> {
    let mut is_changed = false;
    let tokens = tokens.clone().into_iter().map(|token| {
        let new = match &token {
            TokenTree::Group(group) => changed(&group.stream(), change).map(|inner| {
                let mut inner = Group::new(group.delimiter(), inner);
                inner.set_span(group.span());
                inner.into()
            }),
            token => change(token),
        };
        is_changed |= new.is_some();
        new.unwrap_or(token)
    });
    let tokens = tokens.collect();
    is_changed.then_some(tokens)
}

/// `/// …  pub Notify { … }`, `Transient [ … ]`
struct Declared {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    parameters: Vec<Ident>,
    body: Group,
}

pub(crate) fn fragment(tokens: TokenStream) -> TokenStream {
    if let Err(error) = salvage::judge_depth(tokens.clone()) {
        return error.to_compile_error();
    }
    let (known, tokens) = take(tokens);
    let declared = match declared.parse2(tokens.clone()) {
        Ok(declared) => declared,
        Err(error) => return error.to_compile_error(),
    };
    if let Some(asked) = ask(&tokens, &known, "fragment") {
        return asked;
    }
    let Declared { attributes, visibility, name, parameters, body } = declared;
    let mut reading = Reading::new(known.clone());
    // What has parameters is read where they are given.
    let named = if parameters.is_empty() { named(&body, &mut reading) } else { Items::default() };
    let errors = reading.errors;
    let is_broken = !errors.is_empty();
    let word = if is_broken { format_ident!("broken") } else { format_ident!("with") };
    let hidden_body = hide(body.stream());
    // What has parameters names its items where it is used, which may be another crate.
    let hidden_body = if parameters.is_empty() { hidden_body } else { of_this_crate(hidden_body) };
    let mut hidden_body = Group::new(body.delimiter(), hidden_body);
    hidden_body.set_span(body.span());
    let nested = handed_over(&known);
    let hidden = format_ident!("__stepfn_fragment_{}_{:x}", name.unraw(), number(&name, &body));
    // What others may use is a macro of the whole crate, whatever module it is in.
    let export = matches!(visibility, Visibility::Public(_)).then(|| quote!(#[macro_export]));
    let docs: Vec<_> = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).collect();
    let words = docs.is_empty().then(|| {
        let words = format!("The fragment `{name}`.");
        quote!(#[doc = #words])
    });
    let conditions: Vec<_> = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
    let items = (!is_broken).then(|| items::declared(&name, &conditions, &named));
    let errors = errors.to_tokens();
    quote! {
        #(#conditions)*
        #[doc(hidden)]
        #[allow(unused_macros, clippy::crate_in_macro_def)]
        #export
        macro_rules! #hidden {
            (($($callback:tt)*) ($($path:tt)*) $($rest:tt)*) => {
                $($callback)* ! { @ #word ($($path)*) #hidden_body [#nested] (#(#parameters)*) $($rest)* }
            };
        }

        #(#conditions)*
        #[doc(hidden)]
        #[allow(unused_imports)]
        #visibility use #hidden as #name;

        #(#conditions)*
        #(#docs)*
        #words
        #[allow(dead_code, non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name;

        #items
        #errors
    }
}

fn declared(input: ParseStream<'_>) -> Result<Declared> {
    let attributes = input.call(Attribute::parse_outer)?;
    if let Some(attribute) = attributes
        .iter()
        .find(|attribute| !["doc", "cfg", "stepfn"].iter().any(|known| attribute.path().is_ident(known)))
    {
        return Err(super::expand::spanned_error(
            Place::of_tokens(attribute.path()),
            "a fragment has doc comments and `#[cfg(…)]`, no other attributes",
        ));
    }
    let visibility = input.parse()?;
    let expected = "expected a fragment: `pub Notify { Publish: Task { … } }`, or a list: `pub Transient [ { error_equals: […] } ]`";
    let name: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
    let parameters = if input.peek(token::Paren) { parameters(input)? } else { Vec::new() };
    let body = match input.parse::<TokenTree>() {
        Ok(TokenTree::Group(group)) if matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket) => {
            group
        }
        Ok(other) => return Err(syn::Error::new(other.span(), expected)),
        Err(error) => return Err(syn::Error::new(error.span(), expected)),
    };
    if !input.is_empty() {
        return Err(input.error("expected the end: one `fragment!` declares one fragment"));
    }
    Ok(Declared { attributes, visibility, name, parameters, body })
}

/// `(load, table)`
fn parameters(input: ParseStream<'_>) -> Result<Vec<Ident>> {
    let content;
    parenthesized!(content in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, |input| {
        let expected = "expected the names of parameters: `Import(load, table) { … }`; what flows into a fragment is what the machine that uses it has there";
        let name: Ident = input.parse().map_err(|error| syn::Error::new(error.span(), expected))?;
        if name == "prefix" {
            return Err(syn::Error::new(
                name.span(),
                "`prefix` is what the names of states are given; name the parameter otherwise",
            ));
        }
        if input.is_empty() || input.peek(Token![,]) { Ok(name) } else { Err(input.error(expected)) }
    })?;
    Ok(names.into_iter().collect())
}

/// The types and the constants that a fragment names, in their order.
fn named(body: &Group, reading: &mut Reading) -> Items {
    let mut items = Items::default();
    match parse::part(body, reading) {
        Ok(mut part) => spread::each_named(&mut part, &mut |named| match named {
            Named::Type(ty) => items.types.push(ty.clone()),
            Named::Number(constant) => items.numbers.push(constant.clone()),
            Named::Constant(constant) => items.constants.push(constant.clone()),
        }),
        Err(error) => reading.push_syn(&error),
    }
    items
}

/// A number that no other fragment of the crate has: two may have one name, in two modules.
fn number(name: &Ident, body: &Group) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name.to_string(), body.to_string()).hash(&mut hasher);
    // rustc's own words for a place differ for each place of a crate.
    format!("{:?}", name.span()).hash(&mut hasher);
    hasher.finish()
}

/// Reads the braces behind a spread: other names for states and for those that the fragment leads to, and arguments.
pub(super) fn given(input: ParseStream<'_>) -> Result<Vec<Given>> {
    let content;
    braced!(content in input);
    let given = Punctuated::<Given, Token![,]>::parse_terminated_with(&content, |input| {
        let name = renamed(input)?;
        if !input.peek(Token![:]) {
            return Err(input.error(
                "expected `:` and a name: `..Notify { prefix: Second, Done: Ship }` names the fragment's states and those that it leads to",
            ));
        }
        input.parse::<Token![:]>()?;
        let mut value = Vec::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.push(input.parse::<TokenTree>()?);
        }
        if value.is_empty() {
            return Err(input.error("expected a name, or the value of a parameter"));
        }
        Ok(Given { name, value: value.into_iter().collect() })
    })?;
    Ok(given.into_iter().collect())
}

/// `Done: Ship`, `prefix: Second`, `load: films::load`
pub(super) struct Given {
    pub(super) name: Renamed,
    pub(super) value: TokenStream,
}

impl Given {
    /// The value as another name.
    pub(super) fn other_name(&self) -> Result<Renamed> {
        renamed.parse2(self.value.clone()).map_err(|_| {
            super::expand::spanned_error(
                Place::of_tokens(&self.value),
                "expected a state's name; what takes other values is a parameter of the fragment: `Import(load, table) { … }`",
            )
        })
    }
}

/// A name in the braces behind a spread.
pub(super) struct Renamed {
    pub(super) text: String,
    pub(super) is_string: bool,
    pub(super) place: Place,
}

fn renamed(input: ParseStream<'_>) -> Result<Renamed> {
    if input.peek(syn::LitStr) {
        let text: syn::LitStr = input.parse()?;
        return Ok(Renamed { text: text.value(), is_string: true, place: Place::of(text.span()) });
    }
    let name = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), "expected a state's name, `prefix`, or the name of a parameter")
    })?;
    Ok(Renamed { text: name.unraw().to_string(), is_string: false, place: Place::of(name.span()) })
}

/// Puts arguments in the places of the parameters: not for keys, nor for parts of a path.
fn filled(tokens: TokenStream, arguments: &HashMap<&str, TokenStream>) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: Option<&TokenTree>, c: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c);
    let mut out = TokenStream::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let is_key = is(tokens.get(index + 1), ':') && !is(tokens.get(index + 2), ':');
        // `..parameter` is a fragment's name, `$.parameter` a field's.
        let is_part = is(before, '$')
            || is(before, '.') && !is(index.checked_sub(2).and_then(|two| tokens.get(two)), '.');
        match token {
            TokenTree::Ident(name) if !is_key && !is_part => match arguments.get(name.to_string().as_str()) {
                Some(value) => out.extend(value.clone()),
                None => out.extend([token.clone()]),
            },
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), filled(group.stream(), arguments));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            token => out.extend([token.clone()]),
        }
    }
    out
}

/// Returns an argument as it is written among other tokens: a sum in parentheses.
fn argument(value: &TokenStream) -> TokenStream {
    let is_sum =
        |token: TokenTree| matches!(token, TokenTree::Punct(punct) if "+-*/%".contains(punct.as_char()));
    if value.clone().into_iter().any(is_sum) && value.clone().into_iter().count() > 2 {
        let mut group = Group::new(Delimiter::Parenthesis, value.clone());
        group.set_span(Place::of_tokens(value).first);
        return TokenTree::Group(group).into();
    }
    value.clone()
}

/// The parts of a fragment, read where it is spread.
pub(super) fn read(
    known: &Known,
    given: &HashMap<&str, TokenStream>,
    errors: &mut Errors,
    wants: spread::Wants,
) -> Option<Part> {
    if known.broken {
        errors.is_broken = true;
        return None;
    }
    let mut inner = Reading::new(known.nested.clone());
    let arguments = given.iter().map(|(name, value)| (*name, argument(value))).collect();
    let mut body = Group::new(known.body.delimiter(), filled(known.body.stream(), &arguments));
    body.set_span(known.body.span());
    let part = parse::part_as(&body, &mut inner, wants);
    errors.is_broken |= inner.errors.is_broken;
    match part {
        Ok(mut part) if inner.errors.is_empty() => {
            // What has parameters is looked up where they are given.
            if !known.parameters.is_empty() {
                return Some(part);
            }
            items::named_from_outside(&mut part, &known.path);
            Some(part)
        }
        Ok(_) => {
            errors.append(inner.errors);
            None
        }
        Err(error) => {
            errors.push_syn(&error);
            None
        }
    }
}
