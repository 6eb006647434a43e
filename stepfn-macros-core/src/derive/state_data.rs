//! `#[derive(StateData)]`.

use proc_macro2::TokenStream;
use serde_derive_internals::{Ctxt, Derive, ast::Container};
use syn::DeriveInput;

use super::{Errors, attr, bounds, container, expand, field::Context, form::Form};

/// Returns the impl of `StateData` for a type, or the errors of its attributes beside an impl without content.
pub(crate) fn state_data(written: &TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(written.clone()) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = Errors::default();
    let form = form(&input, &mut errors);
    let form = if errors.is_empty() { form } else { Form::Any };
    let bounded = bounds::bounded(&input.generics, &form);
    let mut tokens = expand::state_data(&input.ident, &input.generics, &bounded, &form);
    tokens.extend(quote::quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            ::stepfn::__private::editor_data! { #written }
        };
    });
    tokens.extend(errors.into_compile_error());
    tokens
}

fn form(input: &DeriveInput, errors: &mut Errors) -> Form {
    if let syn::Data::Union(union) = &input.data {
        errors.at(union.union_token, "a union has no JSON form; make it a struct or an enum");
        return Form::Any;
    }
    let declared = attr::declared(&input.attrs, errors);
    // Attributes that only one of serde's derives takes are on a type that has only that side.
    let (ser, de) = match (parsed(input, Derive::Serialize), parsed(input, Derive::Deserialize)) {
        (Ok(ser), Ok(de)) => (Some(ser), Some(de)),
        (ser, Ok(de)) => (ser.ok(), Some(de)),
        (Ok(ser), _) => (Some(ser), None),
        (Err(_), Err(error)) => {
            errors.push(error);
            (None, None)
        }
    };
    let (Some(ser), Some(de)) = (ser.as_ref().or(de.as_ref()), de.as_ref().or(ser.as_ref())) else {
        return Form::Any;
    };
    let mut cx = Context { ident: &input.ident, container: &de.attrs, errors: Errors::default() };
    let form = container::form(&mut cx, declared, ser, de);
    errors.append(cx.errors);
    form
}

/// The type as one of serde's derives reads it.
pub(super) fn parsed(input: &DeriveInput, derive: Derive) -> syn::Result<Container<'_>> {
    let cx = Ctxt::new();
    // Where serde's own expansion would look for its hidden parts; nothing of it is expanded here.
    let private = quote::format_ident!("__private");
    let container = Container::from_ast(&cx, input, derive, &private);
    cx.check()?;
    container.ok_or_else(|| syn::Error::new_spanned(&input.ident, "serde cannot read the attributes"))
}
