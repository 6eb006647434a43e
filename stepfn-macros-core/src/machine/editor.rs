//! What editors see of a machine: code that is never run, made of the user's own tokens. See `stepfn_core::editor`.
//!
//! Half-typed machines have it too: an editor completes by expanding what is there with a name put in at the cursor.

mod flows;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, ops::Range};

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use stepfn_core::{
    asl,
    flow::{OwnedNode, Seen, follow},
};

use self::flows::{Flows, Known};
use super::{
    ast::{Errors, Machine, Place, Text},
    expand::Names,
    lower::Lowered,
    names::identifier,
};
use crate::enclosed;

/// The expansion of `editor_machine!`.
pub(crate) fn machine(tokens: TokenStream) -> TokenStream {
    if super::salvage::judge_depth(tokens.clone()).is_err() {
        return TokenStream::new();
    }
    let (known, tokens) = super::fragment::take(tokens);
    let Ok((machine, mut errors)) = super::read(ended(tokens), known) else { return TokenStream::new() };
    let lowered = super::lower::lower(&machine, &mut errors);
    let mut names = Names::default();
    let typing = super::typing(&machine, &lowered, &mut names);
    let (definition, _) = asl::read(&lowered.json);
    let seen = follow(&definition, &typing);
    expand(&machine, &lowered, &names, &seen, &errors)
}

fn expand(
    machine: &Machine,
    lowered: &Lowered,
    names: &Names,
    seen: &[Seen],
    errors: &Errors,
) -> TokenStream {
    let Machine { name, input, output, .. } = machine;
    let conditions = lowered.settings.conditions();
    let mut flows = Flows::new(&names.written, origins(lowered));
    let paths = paths(lowered, seen, errors, &mut flows);
    let targets = lowered.targets.iter().filter_map(|(target, place)| identifier(target, place.first));
    let tasks = lowered.tasks.iter().map(|task| &task.task.ty);
    let results = lowered.results.iter().map(|(_, ty)| ty);
    let answers = lowered.tasks.iter().filter_map(|task| task.result.as_ref());
    let of_children = lowered.children.iter().filter_map(|child| child.result.as_ref());
    let results = results.chain(answers).chain(of_children).map(enclosed);
    let children = lowered.children.iter().map(|child| &child.child.ty);
    let numbers = lowered.numbers.iter().map(|(_, constant)| constant);
    let constants = numbers.chain(lowered.constants.iter().map(|(_, constant, _)| constant));
    let constants = constants.filter_map(|constant| constant.itself.as_ref());
    let (input, output) = (enclosed(input), enclosed(output));
    let text = lowered.settings.name.clone().unwrap_or_else(|| name.to_string());
    let module = flows.module();
    // At no place of the user's, for there is another machine at that.
    let of = Ident::new(&name.to_string(), Span::call_site());
    quote! {
        #conditions
        impl ::stepfn::__private::Workflow for #name {
            type Input = #input;
            type Output = #output;

            const NAME: &'static str = #text;

            fn definition() -> ::stepfn::__private::Definition {
                ::core::unreachable!()
            }
        }

        #conditions
        #[allow(dead_code, non_snake_case, unused_imports, clippy::all)]
        fn __stepfn_editor() {
            #(let _ = #of::#targets;)*
            #(let _ = #tasks;)*
            #(let _ = &(#constants);)*
            #(let _ = ::core::marker::PhantomData::<#results>;)*
            #(let _ = ::core::marker::PhantomData::<#children>;)*
            #paths
            #module
        }
    }
}

/// The tokens with a name behind each path that ends in a dot, so that they are read as they will be when the name is typed.
fn ended(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut in_path = false;
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let mut open_end = None;
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '$' => in_path = true,
            TokenTree::Punct(punct) if punct.as_char() == '.' && in_path => {
                let goes_on = match rest.peek() {
                    Some(TokenTree::Ident(_)) => true,
                    Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Bracket,
                    Some(TokenTree::Punct(next)) => ['.', '*'].contains(&next.as_char()),
                    _ => false,
                };
                open_end = (!goes_on).then(|| punct.span());
            }
            TokenTree::Ident(_) => {}
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket && in_path => {}
            _ => in_path = false,
        }
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), ended(group.stream()));
                inner.set_span(group.span());
                out.push(inner.into());
            }
            token => out.push(token),
        }
        if let Some(span) = open_end {
            out.push(Ident::new("__stepfn_name", span).into());
            in_path = false;
        }
    }
    out.into_iter().collect()
}

/// Each path as field accesses on what flows in there.
fn paths(lowered: &Lowered, seen: &[Seen], errors: &Errors, flows: &mut Flows<'_>) -> TokenStream {
    let mut groups: Vec<(TokenStream, Vec<TokenStream>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut add = |nodes: &[OwnedNode], text: &str, parts: &[&(Range<usize>, Place)]| {
        let path = accesses(nodes, text, parts);
        if path.is_empty() {
            return;
        }
        let group = *known.entry(format!("{nodes:?}")).or_insert_with(|| {
            groups.push((flows.value(nodes), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, paths)) = groups.get_mut(group) {
            paths.push(path);
        }
    };
    for Seen { at, range, nodes } in seen {
        // What flows into the state itself is for the paths in what could not be read of it.
        for Text { text, parts } in errors.lost_in(at) {
            add(nodes, text, &parts.iter().collect::<Vec<_>>());
        }
        let within = |part: &Range<usize>| {
            range.as_ref().is_none_or(|range| range.start <= part.start && part.end <= range.end)
        };
        if let (Some(places), Some(text)) =
            (lowered.places.get(at.as_str()), lowered.json.pointer(at).and_then(|text| text.as_str()))
        {
            add(nodes, text, &places.parts.iter().filter(|(part, _)| within(part)).collect::<Vec<_>>());
        }
    }
    let blocks = groups.into_iter().map(|(value, paths)| {
        let data = Ident::new("__stepfn_data", Span::mixed_site());
        quote!({ let #data = #value; #(let _ = &#data #paths;)* })
    });
    quote!(#(#blocks)*)
}

/// The parts of a path behind `$`, as far as somebody can know where they lead: `.order.items[0usize].sku`.
fn accesses(nodes: &[OwnedNode], text: &str, parts: &[&(Range<usize>, Place)]) -> TokenStream {
    let mut parts = parts.iter().map(|(range, place)| (text.get(range.clone()).unwrap_or_default(), place));
    let mut out = TokenStream::new();
    if !parts.by_ref().any(|(part, _)| part.starts_with('$') && !part.contains(['.', '['])) {
        return out;
    }
    let mut known = Known::Node(0);
    for (part, place) in parts {
        if part == ".*" || (part.starts_with('[') && !part.starts_with("['")) {
            known = known.item(nodes);
            if known == Known::Nothing {
                break;
            }
            out.extend(quote!([0usize]));
            continue;
        }
        let Some(key) = part.strip_prefix('.') else { break };
        // The name's own token, for what is put in at the cursor is looked for by its place.
        let Some(field) = identifier(key, place.last) else { break };
        known = known.key(nodes, key);
        if known == Known::Nothing {
            break;
        }
        out.extend(quote!(.#field));
        if known == Known::Missing {
            break;
        }
    }
    out
}

/// Where the keys that states make are written: what a `ResultPath` writes, and what a template names.
fn origins(lowered: &Lowered) -> HashMap<String, Span> {
    let mut origins = HashMap::new();
    let mut places: Vec<_> = lowered.places.iter().collect();
    places.sort_by_key(|(at, _)| *at);
    for (at, places) in places {
        if at.ends_with("/ResultPath") {
            let text = lowered.json.pointer(at).and_then(|text| text.as_str()).unwrap_or_default();
            for (range, place) in &places.parts {
                if let Some(key) = text.get(range.clone()).and_then(|part| part.strip_prefix('.')) {
                    origins.insert(key.to_owned(), place.last);
                }
            }
        } else if let (Some(key), Some((_, name))) = (places.key, at.rsplit_once('/'))
            && ["/Parameters/", "/ResultSelector/", "/ItemSelector/", "/Arguments/", "/Assign/"]
                .iter()
                .any(|field| at.contains(field))
        {
            origins.entry(name.trim_end_matches(".$").to_owned()).or_insert(key.first);
        }
    }
    origins
}

/// Paths in tokens that could not be read: `$.order.total`, wherever they stand.
pub(super) fn loose_paths(tokens: TokenStream) -> Vec<Text> {
    let mut found = Vec::new();
    let mut open: Vec<Vec<TokenTree>> = vec![tokens.into_iter().collect()];
    while let Some(tokens) = open.pop() {
        let mut rest = tokens.iter().peekable();
        while let Some(token) = rest.next() {
            match token {
                TokenTree::Group(group) => open.push(group.stream().into_iter().collect()),
                TokenTree::Punct(punct) if punct.as_char() == '$' => {
                    let mut text = Text::default();
                    text.push("$", Place::of(punct.span()));
                    while matches!(rest.peek(), Some(TokenTree::Punct(dot)) if dot.as_char() == '.') {
                        rest.next();
                        let Some(TokenTree::Ident(name)) = rest.peek() else { break };
                        text.push(&format!(".{}", syn::ext::IdentExt::unraw(name)), Place::of(name.span()));
                        rest.next();
                        while let Some(TokenTree::Group(index)) = rest.peek() {
                            if index.delimiter() != Delimiter::Bracket {
                                break;
                            }
                            text.push("[0]", Place::of(index.span()));
                            rest.next();
                        }
                    }
                    if text.parts.len() > 1 {
                        found.push(text);
                    }
                }
                _ => {}
            }
        }
    }
    found
}
