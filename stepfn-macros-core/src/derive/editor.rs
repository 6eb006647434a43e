//! What editors see of a type: a struct whose fields are the keys of its JSON, each at the Rust field's place. See `stepfn_core::editor`.
//!
//! Only a type that is known as a whole has them: of one without these fields an editor says nothing, where a field that is left out would be
//! called a mistake.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_derive_internals::{
    Derive,
    ast::{Container, Data, Field, Style, Variant},
    attr::TagType,
};
use syn::{DeriveInput, Ident, Member, ext::IdentExt};

use super::{
    Errors,
    attr::{self, Declared},
    state_data::parsed,
};

/// The expansion of `editor_data!`.
pub(crate) fn editor_data(tokens: TokenStream) -> TokenStream {
    let Ok(input) = syn::parse2::<DeriveInput>(tokens) else { return TokenStream::new() };
    let container = parsed(&input, Derive::Serialize).or_else(|_| parsed(&input, Derive::Deserialize));
    let Ok(container) = container else { return TokenStream::new() };
    let mut structs = TokenStream::new();
    let Some(fields) = of_container(&input, &container, &mut structs) else { return TokenStream::new() };
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(::stepfn::__private::editor::Json));
    }
    let ident = &input.ident;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, ty_generics, _) = input.generics.split_for_impl();
    quote! {
        #structs

        #[automatically_derived]
        impl #impl_generics ::stepfn::__private::editor::Json for #ident #ty_generics #where_clause {
            type Fields = #fields;
        }
    }
}

/// The JSON of a type, as a type.
fn of_container(
    input: &DeriveInput,
    container: &Container<'_>,
    structs: &mut TokenStream,
) -> Option<TokenStream> {
    match attr::declared(&input.attrs, &mut Errors::default()) {
        Some(Declared::As { made: Some(ty), .. } | Declared::As { given: Some(ty), .. }) => {
            return Some(json(&ty));
        }
        Some(Declared::Timestamp) => return Some(text()),
        Some(Declared::As { .. } | Declared::Any) => return None,
        None => {}
    }
    if let Some(ty) = container.attrs.type_into() {
        return Some(json(ty));
    }
    let mut made = Made { input, structs, fields: Vec::new(), base: None, whole: true };
    match &container.data {
        Data::Struct(Style::Unit, _) => return Some(quote!(())),
        Data::Struct(Style::Newtype, fields) => return fields.first().map(value),
        Data::Struct(Style::Struct, fields) if container.attrs.transparent() => {
            return fields.iter().find(|field| field.attrs.transparent()).map(value);
        }
        Data::Struct(Style::Tuple, fields) => {
            let item = fields.first().map(value)?;
            return Some(quote!(::stepfn::__private::editor::Items<#item>));
        }
        Data::Struct(Style::Struct, fields) => {
            if let TagType::Internal { tag } = container.attrs.tag() {
                made.text(tag);
            }
            made.all(fields);
        }
        Data::Enum(variants) => {
            let units = variants.iter().all(|variant| matches!(variant.style, Style::Unit));
            if units && matches!(container.attrs.tag(), TagType::External) {
                return Some(text());
            }
            made.variants(container, variants);
        }
    }
    made.finish("Json")
}

/// A struct that is being made.
struct Made<'m> {
    input: &'m DeriveInput,
    structs: &'m mut TokenStream,
    fields: Vec<(Ident, TokenStream)>,
    /// The types that are flattened.
    base: Option<TokenStream>,
    whole: bool,
}

impl Made<'_> {
    fn text(&mut self, key: &str) {
        let text = text();
        self.field(key, self.input.ident.span(), &quote!(), &text);
    }

    fn field(&mut self, key: &str, span: proc_macro2::Span, docs: &TokenStream, ty: &TokenStream) {
        let Some(name) = crate::machine::identifier(key, span) else { return };
        if !self.fields.iter().any(|(known, _)| *known == name) {
            self.fields.push((name.clone(), quote!(#docs pub #name: #ty)));
        }
    }

    fn flattened(&mut self, ty: TokenStream) {
        self.whole &= self.base.is_none();
        self.base = Some(ty);
    }

    fn all(&mut self, fields: &[Field<'_>]) {
        for field in fields {
            if field.attrs.skip_serializing() && field.attrs.skip_deserializing() {
                continue;
            }
            if field.attrs.flatten() {
                self.flattened(value(field));
                continue;
            }
            let Member::Named(ident) = &field.member else { continue };
            let docs = field.original.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
            let ty = field.ty.to_token_stream().to_string().replace(" < ", "<").replace(" >", ">");
            let of = format!("`{}: {ty}` of `{}`", ident.unraw(), self.input.ident.unraw());
            self.field(
                &field.attrs.name().serialize_name().value,
                ident.span(),
                &quote!(#[doc = #of] #[doc = ""] #(#docs)*),
                &value(field),
            );
        }
    }

    fn variants(&mut self, container: &Container<'_>, variants: &[Variant<'_>]) {
        for variant in variants {
            let name = variant.attrs.name().serialize_name().value.clone();
            match (container.attrs.tag(), &variant.style) {
                (TagType::Adjacent { tag, .. }, _) => {
                    self.text(tag);
                    // What it holds is of many types.
                    self.whole = false;
                }
                (TagType::Internal { tag }, style) if !variant.attrs.untagged() => {
                    self.text(tag);
                    self.content(style, &variant.fields);
                }
                (TagType::External, style) if !variant.attrs.untagged() => match style {
                    Style::Unit => {}
                    Style::Newtype => {
                        let ty = variant.fields.first().map(value).unwrap_or_else(unknown);
                        self.field(&name, variant.ident.span(), &quote!(), &ty);
                    }
                    Style::Struct => {
                        let mut inner = Made {
                            input: self.input,
                            structs: &mut *self.structs,
                            fields: Vec::new(),
                            base: None,
                            whole: true,
                        };
                        inner.all(&variant.fields);
                        let ty = inner.finish(&variant.ident.to_string()).unwrap_or_else(unknown);
                        self.field(&name, variant.ident.span(), &quote!(), &ty);
                    }
                    Style::Tuple => self.field(&name, variant.ident.span(), &quote!(), &unknown()),
                },
                (_, style) => self.content(style, &variant.fields),
            }
        }
    }

    /// The content of a variant, among the enum's own keys.
    fn content(&mut self, style: &Style, fields: &[Field<'_>]) {
        match style {
            Style::Struct => self.all(fields),
            Style::Newtype => {
                if let Some(field) = fields.first() {
                    self.flattened(value(field));
                }
            }
            Style::Tuple => self.whole = false,
            Style::Unit => {}
        }
    }

    /// The struct's name, once it is written.
    fn finish(self, suffix: &str) -> Option<TokenStream> {
        if !self.whole {
            return None;
        }
        let name = quote::format_ident!("__{}{suffix}", self.input.ident.unraw());
        let mut generics = self.input.generics.clone();
        for parameter in generics.type_params_mut() {
            parameter.bounds.push(syn::parse_quote!(::stepfn::__private::editor::Json));
        }
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let (_, ty_generics, _) = self.input.generics.split_for_impl();
        let fields = self.fields.iter().map(|(_, field)| field);
        // In a module of its own the base would be private, as it should be; but names of the user's mean something else there.
        let base = self.base.as_ref().map(|base| {
            quote! {
                #[automatically_derived]
                impl #impl_generics ::core::ops::Deref for #name #ty_generics #where_clause {
                    type Target = #base;
                    fn deref(&self) -> &#base { ::stepfn::__private::editor::of() }
                }
            }
        });
        self.structs.extend(quote! {
            #[allow(non_snake_case, non_camel_case_types, dead_code, private_interfaces)]
            pub struct #name #generics #where_clause { #(#fields,)* }
            #base
        });
        Some(quote!(#name #ty_generics))
    }
}

fn text() -> TokenStream {
    quote!(::std::string::String)
}

fn unknown() -> TokenStream {
    json(&quote!(::stepfn::__private::editor::Unknown))
}

fn json(ty: &impl quote::ToTokens) -> TokenStream {
    quote!(<#ty as ::stepfn::__private::editor::Json>::Fields)
}

/// The type of what a field has.
fn value(field: &Field<'_>) -> TokenStream {
    match attr::declared(&field.original.attrs, &mut Errors::default()) {
        Some(Declared::As { made: Some(ty), .. } | Declared::As { given: Some(ty), .. }) => json(&ty),
        Some(Declared::Timestamp) => text(),
        Some(Declared::As { .. } | Declared::Any) => unknown(),
        None if field.attrs.serialize_with().is_some() || field.attrs.deserialize_with().is_some() => {
            unknown()
        }
        None => json(field.ty),
    }
}
