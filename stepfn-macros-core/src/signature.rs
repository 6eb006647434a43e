//! The signature of a function. syn's own reader of it comes with those of patterns, expressions and items, which cost every build more
//! than a second; what a parameter's pattern is, rustc judges.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Abi, Attribute, Generics, Result, ReturnType, Token, Type, parenthesized,
    parse::{Parse, ParseStream},
};

/// A function up to its body.
pub(crate) struct Signature {
    pub(crate) constness: Option<Token![const]>,
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) abi: Option<Abi>,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// `self`, as it is written.
    pub(crate) receiver: Option<TokenStream>,
    pub(crate) inputs: Vec<Parameter>,
    pub(crate) output: ReturnType,
}

/// A parameter with a type.
pub(crate) struct Parameter {
    /// All of it, with its attributes.
    tokens: TokenStream,
    pub(crate) ty: Type,
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

impl Parse for Signature {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let (constness, asyncness, unsafety, abi) =
            (input.parse()?, input.parse()?, input.parse()?, input.parse()?);
        input.parse::<Token![fn]>()?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let content;
        parenthesized!(content in input);
        let (receiver, inputs) = parameters(&content)?;
        let output = input.parse()?;
        generics.where_clause = input.parse()?;
        Ok(Self { constness, asyncness, unsafety, abi, ident, generics, receiver, inputs, output })
    }
}

/// `self`, and the other parameters.
fn parameters(input: ParseStream<'_>) -> Result<(Option<TokenStream>, Vec<Parameter>)> {
    let (mut receiver, mut inputs) = (None, Vec::new());
    while !input.is_empty() {
        let mut tokens = TokenStream::new();
        for attr in input.call(Attribute::parse_outer)? {
            attr.to_tokens(&mut tokens);
        }
        if input.parse::<Option<Token![...]>>()?.is_some() {
            // Nothing follows it but a comma.
            input.parse::<Option<Token![,]>>()?;
            continue;
        }
        let is_receiver = is_receiver(input);
        while !input.is_empty()
            && !input.peek(Token![,])
            && (input.peek(Token![::]) || !input.peek(Token![:]))
        {
            if let Some(colons) = input.parse::<Option<Token![::]>>()? {
                colons.to_tokens(&mut tokens);
            } else {
                input.parse::<TokenTree>()?.to_tokens(&mut tokens);
            }
        }
        if is_receiver && !input.peek(Token![:]) {
            receiver = Some(tokens);
        } else {
            input.parse::<Token![:]>()?.to_tokens(&mut tokens);
            let ty: Type = input.parse()?;
            ty.to_tokens(&mut tokens);
            if is_receiver {
                receiver = Some(tokens);
            } else {
                inputs.push(Parameter { tokens, ty });
            }
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok((receiver, inputs))
}

/// Returns whether `self`, `mut self`, `&self`, `&'a mut self` and the like come next.
fn is_receiver(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let read = |ahead: ParseStream<'_>| -> Result<bool> {
        if ahead.parse::<Option<Token![&]>>()?.is_some() {
            ahead.parse::<Option<syn::Lifetime>>()?;
        }
        ahead.parse::<Option<Token![mut]>>()?;
        Ok(ahead.peek(Token![self]) && !ahead.peek2(Token![::]))
    };
    read(&ahead).unwrap_or(false)
}
