//! The macros of [stepfn](https://docs.rs/stepfn) as functions over tokens: an ordinary library, so that tests, fuzzers and tools call them
//! without rustc. `stepfn-macros` makes macros of them. None of this is meant for users: any release may change it.

mod crate_path;
mod derive;
mod lambda;
mod machine;
#[cfg(feature = "graph")]
mod picture;
mod signature;

use proc_macro2::TokenStream;

use self::crate_path::Attribute;

/// A type as it may come before `as`: `i64 +` is one as well, to the parser of types.
fn enclosed(ty: &syn::Type) -> TokenStream {
    use quote::ToTokens as _;

    let tokens = ty.to_token_stream();
    match ty {
        syn::Type::TraitObject(_) | syn::Type::ImplTrait(_) => {
            let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, tokens);
            group.set_span(syn::spanned::Spanned::span(ty));
            proc_macro2::TokenTree::Group(group).into()
        }
        _ => tokens,
    }
}

/// `#[derive(StateData)]`.
pub fn state_data(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Kept, input, |input| derive::state_data(&input))
}

/// `#[derive(TaskError)]`.
pub fn task_error(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Taken, input, |input| match syn::parse2(input) {
        Ok(input) => derive::task_error(input),
        Err(error) => error.into_compile_error(),
    })
}

/// `#[lambda]`, of its arguments and the function below it.
pub fn lambda(arguments: TokenStream, item: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Taken, item, |item| lambda::expand(arguments, item))
}

/// `state_machine!`.
pub fn state_machine(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Kept, input, machine::state_machine)
}

/// `fragment!`.
pub fn fragment(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Kept, input, machine::fragment)
}

/// `editor_machine!`, which `state_machine!` writes where only rust-analyzer looks.
pub fn editor_machine(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Kept, input, machine::editor_machine)
}

/// `editor_data!`, which `#[derive(StateData)]` writes where only rust-analyzer looks.
pub fn editor_data(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Kept, input, derive::editor_data)
}

/// `path!`.
pub fn path(input: TokenStream) -> TokenStream {
    crate_path::apply(Attribute::Taken, input, machine::typed_path)
}

/// `svg!`, which `state_machine!` writes where only rustdoc looks.
#[cfg(feature = "graph")]
pub fn svg(input: TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => picture::svg(&input),
        Err(error) => error.into_compile_error(),
    }
}
