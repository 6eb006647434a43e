//! Forms as tokens: constants over the shapes of the types they are made of.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use stepfn_core::shape::{Given, Made};
use syn::spanned::Spanned;

use super::form::{Field, Form, Object, OneOf, Strings};
use crate::enclosed;

/// An expression of type `&'static Shape`.
pub(super) fn shape(form: &Form) -> TokenStream {
    let this = quote!(::stepfn::__private::Shape);
    match form {
        Form::Any => quote!(&#this::Any),
        Form::Null => quote!(&#this::Null),
        Form::Timestamp => quote!(&#this::Text(::stepfn::__private::TIMESTAMP)),
        Form::Recursive(between) => quote!(&#this::Recursive(#between)),
        Form::Mixed => quote!(&#this::Mixed),
        Form::Of(ty) => {
            // At the type, so that rustc reports a missing form there.
            let span = ty.0.span();
            let ty = enclosed(&ty.0);
            quote_spanned!(span=> <#ty as ::stepfn::__private::StateData>::SHAPE)
        }
        Form::Strict(inner) => strict(inner),
        Form::Enum(strings) => {
            let strings = enum_shape(strings);
            quote!(&#this::Enum(&#strings))
        }
        Form::Array(item) => {
            let item = shape(item);
            quote!(&#this::Array(#item))
        }
        Form::Repeat(item, len) => {
            let (item, len) = (shape(item), &len.0);
            quote!(&#this::Tuple(&[#item; #len]))
        }
        Form::Tuple(items) => {
            let items = items.iter().map(shape);
            quote!(&#this::Tuple(&[#(#items),*]))
        }
        Form::Map(key, value) => {
            let (key, value) = (shape(key), shape(value));
            quote!(&#this::Keyed { key: #key, value: #value })
        }
        Form::Nullable(inner) => {
            let inner = shape(inner);
            quote!(&#this::Nullable(#inner))
        }
        Form::Object(object) => {
            let object = object_shape(object);
            quote!(&#this::Object(&#object))
        }
        Form::OneOf(OneOf { name, alternatives, buffered, common }) => {
            let alternatives = alternatives.iter().map(shape);
            let common = object_shape(common);
            quote! {
                &#this::OneOf(&::stepfn::__private::OneOfShape {
                    name: #name,
                    alternatives: &[#(#alternatives),*],
                    buffered: #buffered,
                    common: &#common,
                })
            }
        }
        Form::Split { made, given } => {
            let (made, given) = (shape(made), shape(given));
            quote!(&#this::Split { made: #made, given: #given })
        }
    }
}

/// A form that may be `null` but not missing: a `Nullable` would let the field be missing on the way in, a choice between
/// `null` and the rest does not.
fn strict(inner: &Form) -> TokenStream {
    let this = quote!(::stepfn::__private::Shape);
    let local = |name: &str| Ident::new(&format!("__stepfn_{name}"), Span::mixed_site());
    let (inside, made, any) = (local("inner"), local("made"), local("shape"));
    let null_or = quote! {
        &#this::OneOf(&::stepfn::__private::OneOfShape {
            name: "Option",
            alternatives: &[&#this::Null, #inside],
            buffered: false,
            common: &::stepfn::__private::ObjectShape {
                name: "Option",
                fields: &[],
                flattened: &[],
                deny_unknown_fields: false,
            },
        })
    };
    let nullable = |shape: TokenStream| {
        quote! {
            match #shape {
                #any @ #this::Nullable(#inside) => &#this::Split { made: #any, given: #null_or },
                #this::Split { made: #made, given: #this::Nullable(#inside) } => {
                    &#this::Split { made: #made, given: #null_or }
                }
                #any => #any,
            }
        }
    };
    match inner {
        // What recursion leads back to is one further up.
        Form::Nullable(value) => {
            let (made, value) = (shape(inner), shape(&value.clone().shifted(1)));
            quote! {{
                let #inside = #value;
                &#this::Split { made: #made, given: #null_or }
            }}
        }
        Form::Of(_) | Form::Split { .. } => nullable(shape(inner)),
        _ => shape(inner),
    }
}

fn enum_shape(Strings { name, variants, also_given }: &Strings) -> TokenStream {
    quote! {
        ::stepfn::__private::EnumShape {
            name: #name,
            variants: &[#(#variants),*],
            also_given: &[#(#also_given),*],
        }
    }
}

fn object_shape(Object { name, fields, flattened, deny_unknown_fields }: &Object) -> TokenStream {
    let fields = fields.iter().map(field);
    let flattened = flattened.iter().map(shape);
    quote! {
        ::stepfn::__private::ObjectShape {
            name: #name,
            fields: &[#(#fields),*],
            flattened: &[#(#flattened),*],
            deny_unknown_fields: #deny_unknown_fields,
        }
    }
}

fn field(Field { made_as, given_as, form, made, given }: &Field) -> TokenStream {
    let shape = shape(form);
    let made = match made {
        Made::Always => quote!(Always),
        Made::Maybe => quote!(Maybe),
        Made::Never => quote!(Never),
    };
    let given = match given {
        Given::Required => quote!(Required),
        Given::Optional => quote!(Optional),
        Given::Never => quote!(Never),
    };
    quote! {
        ::stepfn::__private::Field {
            made_as: #made_as,
            given_as: &[#(#given_as),*],
            shape: #shape,
            made: ::stepfn::__private::Made::#made,
            given: ::stepfn::__private::Given::#given,
        }
    }
}

/// The impl of `StateData`.
pub(super) fn state_data(
    ident: &syn::Ident,
    original: &syn::Generics,
    bounded: &syn::Generics,
    form: &Form,
) -> TokenStream {
    let (_, ty_generics, _) = original.split_for_impl();
    let (impl_generics, _, where_clause) = bounded.split_for_impl();
    let shape = shape(form).into_token_stream();
    quote! {
        #[automatically_derived]
        impl #impl_generics ::stepfn::__private::StateData for #ident #ty_generics #where_clause {
            const SHAPE: &'static ::stepfn::__private::Shape = #shape;
        }
    }
}
