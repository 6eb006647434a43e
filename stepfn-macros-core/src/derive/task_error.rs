//! `#[derive(TaskError)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use serde_derive_internals::attr::RenameRule;
use syn::{Data, DeriveInput, Fields, LitStr, Member, Type, ext::IdentExt, spanned::Spanned};

use super::Errors;

/// The names of an error type as its impl of `TaskError`, or what is wrong beside an impl without names.
#[allow(clippy::needless_pass_by_value)] // an expansion owns its input
pub(crate) fn task_error(input: DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    if let Data::Union(union) = &input.data {
        errors.at(union.union_token, "a union is no error type; make it a struct or an enum");
        return errors.into_compile_error();
    }
    let cases = cases(&input, &mut errors);
    let mut tokens = expand(&input, &cases);
    tokens.extend(errors.into_compile_error());
    tokens
}

/// A struct, or a variant of an enum.
struct Case<'a> {
    pattern: TokenStream,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Named(String),
    /// The names are those of the error inside.
    Transparent {
        member: Member,
        ty: &'a Type,
    },
}

fn cases<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Vec<Case<'a>> {
    let mut container = Attrs::read(&input.attrs, errors);
    match &input.data {
        Data::Struct(data) => {
            if let Some((_, rule)) = container.rename_all.take() {
                errors.at(rule, "`rename_all` is for the variants of an enum; write `name = \"...\"`");
            }
            let kind = kind(&container, &input.ident, None, &data.fields, errors);
            vec![Case { pattern: quote!(Self), kind }]
        }
        Data::Enum(data) => {
            if let Some(name) = &container.name {
                errors
                    .at(name, "an enum has a name for each variant; write `name = \"...\"` on the variants");
            }
            if let Some(span) = container.transparent {
                errors.push(syn::Error::new(
                    span,
                    "`transparent` belongs on a variant that holds another error",
                ));
            }
            let rule = container.rename_all.take().map(|(rule, _)| rule);
            let mut seen: Vec<(String, &syn::Ident)> = Vec::new();
            let cases = data.variants.iter().map(|variant| {
                let attrs = Attrs::read(&variant.attrs, errors);
                if let Some((_, rule)) = &attrs.rename_all {
                    errors.at(rule, "`rename_all` belongs on the enum; write `name = \"...\"` here");
                }
                let kind = kind(&attrs, &variant.ident, rule, &variant.fields, errors);
                if let Kind::Named(name) = &kind {
                    match seen.iter().find(|(known, _)| known == name) {
                        Some((_, first)) => {
                            let message = format!(
                                "`{first}` and `{}` are both named `{name}`, so that `Retry` and `Catch` cannot distinguish them; write `#[task_error(name = \"...\")]` on one of them",
                                variant.ident
                            );
                            match &attrs.name {
                                Some(name) => errors.at(name, message),
                                None => errors.at(&variant.ident, message),
                            }
                        }
                        None => seen.push((name.clone(), &variant.ident)),
                    }
                }
                let ident = &variant.ident;
                Case { pattern: quote!(Self::#ident), kind }
            });
            cases.collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

fn kind<'a>(
    attrs: &Attrs,
    ident: &syn::Ident,
    rule: Option<RenameRule>,
    fields: &'a Fields,
    errors: &mut Errors,
) -> Kind<'a> {
    if let Some(span) = attrs.transparent {
        if let Some(name) = &attrs.name {
            errors.at(name, "the name is that of the error inside; write either `transparent` or `name`");
        }
        let mut members = fields.iter().zip(fields.members());
        match (members.next(), members.next()) {
            (Some((field, member)), None) => return Kind::Transparent { member, ty: &field.ty },
            _ => errors.push(syn::Error::new(
                span,
                "`transparent` needs exactly one field, the error whose names these are",
            )),
        }
    }
    match &attrs.name {
        Some(name) => {
            check(&name.value(), name, errors);
            Kind::Named(name.value())
        }
        None => {
            let written = ident.unraw().to_string();
            Kind::Named(match rule {
                Some(rule) => rule.apply_to_variant(&written),
                None => written,
            })
        }
    }
}

/// Refuses names that no task can fail with.
fn check(name: &str, at: &LitStr, errors: &mut Errors) {
    // https://states-language.net/spec.html#errors: the prefix is reserved for the interpreter's own errors.
    if name.starts_with("States.") {
        errors.at(at, format!("`{name}` is reserved: names that start with `States.` are Step Functions' own; choose another"));
    } else if name.trim().is_empty() {
        errors.at(at, "an error needs a name for `Retry` and `Catch` to match on");
    }
}

/// `#[task_error(...)]`
#[derive(Default)]
struct Attrs {
    name: Option<LitStr>,
    rename_all: Option<(RenameRule, LitStr)>,
    transparent: Option<Span>,
}

impl Attrs {
    fn read(attrs: &[syn::Attribute], errors: &mut Errors) -> Self {
        let mut read = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("task_error")) {
            let parsed = attr.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    read.name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("rename_all") {
                    let text: LitStr = meta.value()?.parse()?;
                    let rule = RenameRule::from_str(&text.value())
                        .map_err(|error| syn::Error::new(text.span(), error))?;
                    read.rename_all = Some((rule, text));
                } else if meta.path.is_ident("transparent") {
                    read.transparent = Some(meta.path.span());
                } else {
                    let path = meta.path.to_token_stream().to_string().replace(' ', "");
                    return Err(meta.error(format!(
                        "unknown `task_error` attribute `{path}`, \
                         expected one of `name = \"...\"`, `rename_all = \"...\"`, `transparent`"
                    )));
                }
                Ok(())
            });
            if let Err(error) = parsed {
                errors.push(error);
            }
        }
        read
    }
}

fn expand(input: &DeriveInput, cases: &[Case<'_>]) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let names = cases.iter().map(|case| match &case.kind {
        Kind::Named(name) => quote!(&[#name]),
        Kind::Transparent { ty, .. } => {
            quote_spanned!(ty.span()=> <#ty as ::stepfn::__private::TaskError>::NAMES)
        }
    });
    let open = cases.iter().filter_map(|case| match &case.kind {
        Kind::Named(_) => None,
        Kind::Transparent { ty, .. } => {
            Some(quote_spanned!(ty.span()=> <#ty as ::stepfn::__private::TaskError>::OPEN))
        }
    });
    let failures = cases.iter().map(|Case { pattern, kind }| match kind {
        Kind::Named(name) => {
            // At the type, so that rustc reports a missing `Display` there.
            // The name may come out of a macro, where `self` would be another.
            let span = Span::call_site().located_at(ident.span());
            let message = quote_spanned!(span=> ::stepfn::__private::ErrorText::text(self));
            quote!(#pattern { .. } => ::stepfn::__private::TaskFailure::new(#name, #message))
        }
        Kind::Transparent { member, ty } => {
            let inner = Ident::new("__stepfn_inner", Span::mixed_site());
            let failure = quote_spanned!(ty.span()=> <#ty as ::stepfn::__private::TaskError>::failure);
            quote!(#pattern { #member: #inner } => #failure(#inner))
        }
    });
    let failure = match cases {
        [] => quote!(match *self {}),
        _ => quote!(match self { #(#failures,)* }),
    };
    let names = if cases.iter().all(|case| matches!(case.kind, Kind::Named(_))) {
        let names = cases.iter().filter_map(|case| match &case.kind {
            Kind::Named(name) => Some(name),
            Kind::Transparent { .. } => None,
        });
        quote!(&[#(#names),*])
    } else {
        quote! {{
            const PARTS: &[&[&str]] = &[#(#names),*];
            const LEN: usize = {
                let (mut len, mut part) = (0, 0);
                while part < PARTS.len() {
                    len += PARTS[part].len();
                    part += 1;
                }
                len
            };
            const ALL: [&str; LEN] = {
                let mut all = [""; LEN];
                let (mut at, mut part) = (0, 0);
                while part < PARTS.len() {
                    let mut name = 0;
                    while name < PARTS[part].len() {
                        all[at] = PARTS[part][name];
                        at += 1;
                        name += 1;
                    }
                    part += 1;
                }
                all
            };
            &ALL
        }}
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics ::stepfn::__private::TaskError for #ident #ty_generics #where_clause {
            const NAMES: &'static [&'static str] = #names;
            const OPEN: bool = false #(|| #open)*;

            fn failure(&self) -> ::stepfn::__private::TaskFailure {
                #failure
            }
        }
    }
}
