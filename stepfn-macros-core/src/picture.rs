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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_one_block_of_html_for_markdown() {
        let asl = r#"{ "StartAt": "A *b*", "States": { "A *b*": { "Type": "Pass", "End": true } } }"#;
        let input = syn::parse2(quote!("Orders", #asl)).unwrap();
        let html = syn::parse2::<LitStr>(svg(&input)).unwrap().value();
        let block = html.strip_prefix("\n\n<div").and_then(|rest| rest.strip_suffix("</div>\n")).unwrap();
        assert!(!block.contains('\n') && block.contains("<title>The states of Orders</title>"), "{html}");
        assert!(block.contains(">A *b*</text>"), "{html}");
    }

    #[test]
    fn what_is_no_machine_is_an_error() {
        let input = syn::parse2(quote!("Orders", "{")).unwrap();
        assert!(svg(&input).to_string().contains("expected a state machine in ASL"));
    }
}
