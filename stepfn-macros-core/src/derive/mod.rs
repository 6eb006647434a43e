//! `#[derive(StateData)]` and `#[derive(TaskError)]`.
//!
//! For `StateData` serde's attributes become a [`form::Form`] (`container`, `enums`, `field`, `attr`, `recursive`), and the
//! form becomes tokens (`expand`), where nothing is decided any more.

mod attr;
mod bounds;
mod container;
mod editor;
mod enums;
mod expand;
mod field;
mod form;
mod recursive;
mod state_data;
mod task_error;

pub(crate) use self::{editor::editor_data, state_data::state_data, task_error::task_error};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// All mistakes of one item, so that they are reported together, each once.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        for error in error {
            // The two sides of a type are read one after the other and find the same mistakes.
            let same = |known: &syn::Error| {
                known.to_string() == error.to_string()
                    && format!("{:?}", known.span()) == format!("{:?}", error.span())
            };
            if !self.0.iter().any(same) {
                self.0.push(error);
            }
        }
    }

    pub(crate) fn append(&mut self, more: Self) {
        more.0.into_iter().for_each(|error| self.push(error));
    }

    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_compile_error(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}
