//! The bounds of the impl: what the form is made of must have a form.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Generics, Ident, Type, WherePredicate, parse_quote};

use super::form::Form;

/// The type's generics, with a `StateData` bound on each type parameter, and on each of its associated types, that the
/// form is made of: as serde bounds its impls.
pub(super) fn bounded(generics: &Generics, form: &Form) -> Generics {
    let params: Vec<_> = generics.type_params().map(|param| param.ident.clone()).collect();
    // By their text: syn compares types only with its feature `extra-traits`, which costs every build most of a second.
    let mut bounded: Vec<(String, Type)> = Vec::new();
    if !params.is_empty() {
        form.each_type(&mut |ty| collect(ty, &params, &mut bounded));
    }
    let mut generics = generics.clone();
    if !bounded.is_empty() {
        let predicates = bounded
            .iter()
            .map(|(_, ty)| -> WherePredicate { parse_quote!(#ty: ::stepfn::__private::StateData) });
        generics.make_where_clause().predicates.extend(predicates);
    }
    generics
}

fn collect(ty: &Type, params: &[Ident], bounded: &mut Vec<(String, Type)>) {
    let mut add = |tokens: TokenStream| {
        let text = tokens.to_string();
        if let Ok(ty) = syn::parse2(tokens)
            && bounded.iter().all(|(known, _)| *known != text)
        {
            bounded.push((text, ty));
        }
    };
    match ty {
        Type::Path(path) if path.qself.is_some() => add(ty.to_token_stream()),
        _ => search(&ty.to_token_stream().into_iter().collect::<Vec<_>>(), params, &mut add),
    }
}

/// Finds `T` and `T::Item` among a type's tokens.
fn search(tokens: &[TokenTree], params: &[Ident], add: &mut impl FnMut(TokenStream)) {
    let is_colon =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    for (i, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => search(&group.stream().into_iter().collect::<Vec<_>>(), params, add),
            TokenTree::Ident(ident) if params.contains(ident) && !(i > 0 && is_colon(tokens.get(i - 1))) => {
                match (tokens.get(i + 1), tokens.get(i + 2), tokens.get(i + 3)) {
                    (colon, second, Some(TokenTree::Ident(item))) if is_colon(colon) && is_colon(second) => {
                        add(quote!(#ident::#item));
                    }
                    _ => add(quote!(#ident)),
                }
            }
            _ => {}
        }
    }
}
