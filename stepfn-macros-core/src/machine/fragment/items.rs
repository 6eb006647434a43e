//! The items of its module that a fragment names, which others name through a type of the fragment's name.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Type};

use super::super::{
    ast::{Constant, Place},
    expand,
    spread::{self, Named, Part},
};

/// In the order of [`spread::each_named`], each kind by itself.
#[derive(Default)]
pub(super) struct Items {
    pub(super) types: Vec<Type>,
    pub(super) numbers: Vec<Constant>,
    pub(super) constants: Vec<Constant>,
}

/// The items as others name them, by their place: `impl FragmentType<0> for Notify { … }`.
pub(super) fn declared(name: &Ident, conditions: &[&Attribute], items: &Items) -> TokenStream {
    let quiet = expand::quiet();
    let types = items.types.iter().enumerate().map(|(index, ty)| {
        let ty = crate::enclosed(ty);
        quote! {
            #(#conditions)*
            impl ::stepfn::__private::FragmentType<#index> for #name {
                type Type = #ty;
            }
        }
    });
    let numbers = items.numbers.iter().enumerate().map(|(index, Constant { integer, float, .. })| {
        quote! {
            #(#conditions)*
            #quiet
            impl ::stepfn::__private::FragmentNumber<#index> for #name {
                const INTEGER: ::core::primitive::i128 = #integer;
                const FLOAT: ::core::primitive::f64 = #float;
            }
        }
    });
    let constants = items.constants.iter().enumerate().map(|(index, Constant { shape, value, .. })| {
        quote! {
            #(#conditions)*
            #quiet
            impl ::stepfn::__private::FragmentConstant<#index> for #name {
                const SHAPE: &'static ::stepfn::__private::Shape = #shape;
                fn value() -> ::stepfn::__private::Value { #value }
            }
        }
    });
    quote!(#(#types)* #(#numbers)* #(#constants)*)
}

/// Gives the items in a part of a machine the names that they have outside of the fragment's module.
pub(super) fn named_from_outside(part: &mut Part, path: &TokenStream) {
    let (mut types, mut numbers, mut constants) = (0, 0, 0);
    spread::each_named(part, &mut |named| match named {
        Named::Type(ty) => {
            *ty = of_fragment(path, types, Place::of_tokens(ty));
            types += 1;
        }
        Named::Number(constant) => {
            *constant = number_of_fragment(path, numbers, constant);
            numbers += 1;
        }
        Named::Constant(constant) => {
            *constant = constant_of_fragment(path, constants, constant);
            constants += 1;
        }
    });
}

/// The path of a fragment, found where it is used and shown where something in it is written.
fn located(path: &TokenStream, place: Place) -> TokenStream {
    let located = path.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place.first));
        token
    });
    located.collect()
}

/// A type of a fragment, as it is named from outside of the fragment's module.
fn of_fragment(path: &TokenStream, index: usize, place: Place) -> Type {
    let path = located(path, place);
    let last = Ident::new("Type", place.last);
    let tokens =
        quote::quote_spanned!(place.first=> <#path as ::stepfn::__private::FragmentType<#index>>::#last);
    syn::parse2(tokens.clone()).unwrap_or(Type::Verbatim(tokens))
}

/// A number of a fragment, as it is named from outside of the fragment's module.
fn number_of_fragment(path: &TokenStream, index: usize, written: &Constant) -> Constant {
    let place = Place::of_tokens(&written.integer);
    let of = |name| item_of_fragment(path, "FragmentNumber", index, name, place);
    let (integer, float) = (of("INTEGER"), of("FLOAT"));
    Constant {
        name: written.name.clone(),
        shape: quote::quote_spanned!(place.first=> ::stepfn::__private::shape_of(&#integer)),
        value: quote::quote_spanned!(place.first=> ::stepfn::__private::number(#integer, #float)),
        integer,
        float,
        itself: None,
    }
}

/// A constant of a fragment, as it is named from outside of the fragment's module.
fn constant_of_fragment(path: &TokenStream, index: usize, written: &Constant) -> Constant {
    let place = Place::of_tokens(&written.integer);
    let of = |name| item_of_fragment(path, "FragmentConstant", index, name, place);
    let value = of("value");
    Constant {
        name: written.name.clone(),
        shape: of("SHAPE"),
        value: quote::quote_spanned!(place.first=> #value()),
        itself: None,
        ..written.clone()
    }
}

fn item_of_fragment(path: &TokenStream, of: &str, index: usize, name: &str, place: Place) -> TokenStream {
    let path = located(path, place);
    let (of, last) = (Ident::new(of, place.first), Ident::new(name, place.last));
    quote::quote_spanned!(place.first=> <#path as ::stepfn::__private::#of<#index>>::#last)
}
