//! The procedural macros of [stepfn](https://docs.rs/stepfn). Use them through the facade crate, where they are documented
//! with examples.

mod derive;
mod lambda;
mod machine;

use proc_macro::TokenStream;

/// The JSON form of a type, read from its serde attributes.
#[proc_macro_derive(StateData, attributes(state_data, serde))]
pub fn state_data(input: TokenStream) -> TokenStream {
    derive::state_data(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// The names that `Retry` and `Catch` match an error type by.
#[proc_macro_derive(TaskError, attributes(task_error))]
pub fn task_error(input: TokenStream) -> TokenStream {
    derive::task_error(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// Makes a function a task that a workflow can call.
#[proc_macro_attribute]
pub fn lambda(attr: TokenStream, item: TokenStream) -> TokenStream {
    lambda::expand(attr.into(), item.into()).into()
}

/// Declares a state machine.
#[proc_macro]
pub fn state_machine(input: TokenStream) -> TokenStream {
    machine::state_machine(input.into()).into()
}
