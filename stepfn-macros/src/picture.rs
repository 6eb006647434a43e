//! The picture of a machine in its documentation.

use proc_macro2::TokenStream;
use quote::quote;
use stepfn_core::{asl, graph::Graph};
use stepfn_graph::Options;
use syn::{
    LitStr, Token,
    parse::{Parse, ParseStream},
};

/// The machine's name, and its ASL.
pub(crate) struct Input {
    name: LitStr,
    asl: LitStr,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok(Self { name, asl: input.parse()? })
    }
}

pub(crate) fn svg(input: &Input) -> TokenStream {
    let Ok((machine, _)) = asl::read_str(&input.asl.value()) else {
        return syn::Error::new(input.asl.span(), "expected a state machine in ASL").to_compile_error();
    };
    let picture = stepfn_graph::svg(&Graph::of(&machine), &Options::of(&input.name.value()));
    // Inside of a `div` Markdown takes everything as it is, up to an empty line. A picture that is wider than the page scrolls.
    let html = format!("\n\n<div style=\"overflow-x:auto\">{picture}</div>\n");
    quote!(#html)
}
