//! `path!`: a path that is checked against a type where it is written.

use proc_macro2::TokenStream;
use quote::quote;
use stepfn_core::{
    flow::{OwnedClaim, OwnedNeed, OwnedStep},
    path::{Path, Root, SegmentKind},
    shape::{Need, Side},
};
use syn::{
    Result, Token, Type,
    parse::{ParseStream, Parser},
};

use super::{
    ast::{Place, Text},
    expand::{self, Names},
    path,
};

pub(crate) fn typed_path(tokens: TokenStream) -> TokenStream {
    let parser = |input: ParseStream<'_>| -> Result<(Type, Text, Place)> {
        let ty = input.parse()?;
        if !input.peek(Token![,]) {
            return Err(input.error("expected a type and a path: `path!(Order, $.order.total)`"));
        }
        input.parse::<Token![,]>()?;
        let (text, place) = path::path(input)?;
        if !input.is_empty() {
            return Err(input.error("expected the end of the path"));
        }
        Ok((ty, text, place))
    };
    match parser.parse2(tokens) {
        Ok((ty, text, place)) => checked(&ty, &text, place),
        Err(error) => error.to_compile_error(),
    }
}

fn checked(ty: &Type, text: &Text, place: Place) -> TokenStream {
    let steps = match Path::parse(&text.text) {
        Ok(path) if path.root != Root::Input => {
            return expand::compile_error(place, "a typed path leads into the data: it starts with `$.`");
        }
        Ok(path) => steps(&path),
        Err(error) => {
            let help = error.help.map(|help| format!("; {help}")).unwrap_or_default();
            return expand::compile_error(place, &format!("`{}`: {}{help}", text.text, error.message));
        }
    };
    let mut names = Names::default();
    let claim = OwnedClaim::Path {
        shown: text.text.clone(),
        origin: String::new(),
        ty: names.ty(ty),
        side: Side::Made,
        steps,
        // Whether it is there at some state is checked by `build()`; that there is such a field is checked here.
        need: OwnedNeed::Other(Need::Nothing),
    };
    let claim = names.expect(place, "", &claim, &[]);
    let judged = expand::judged(&TokenStream::new(), &names, &claim, &TokenStream::new(), None);
    let text = &text.text;
    quote!({
        #judged
        #text
    })
}

/// The steps of a path, as far as they can be followed by type.
fn steps(path: &Path) -> Vec<OwnedStep> {
    let mut steps = Vec::new();
    for segment in &path.segments {
        match &segment.kind {
            SegmentKind::Name(key) => steps.push(OwnedStep::Key(key.clone())),
            SegmentKind::Index(index) => steps.push(OwnedStep::Index(*index)),
            SegmentKind::Wildcard
            | SegmentKind::Slice { .. }
            | SegmentKind::Indices(_)
            | SegmentKind::Filter(_) => {
                steps.push(OwnedStep::Each);
            }
            SegmentKind::Descend(_) | SegmentKind::Names(_) | SegmentKind::Function(_) => break,
        }
        // That something is missing or null on the way is for `build()`, too.
        steps.extend([OwnedStep::Present, OwnedStep::NonNull]);
    }
    steps
}
