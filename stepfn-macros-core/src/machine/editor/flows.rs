//! What flows in at a place, as a Rust value: parts of types as they are, and what states made as structs of its own.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use stepfn_core::{
    flow::{OwnedNode, OwnedStep},
    shape::Node,
};

use super::super::names::identifier;

/// Where a path has come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// A part of the value that the analysis knows.
    Node(usize),
    /// Inside of a type.
    Typed,
    /// There is no such key: a name that is being typed.
    Missing,
    /// Nobody knows.
    Nothing,
}

impl Known {
    pub(super) fn key(self, nodes: &[OwnedNode], key: &str) -> Self {
        let Self::Node(index) = self else { return self };
        let object = Object::of(nodes, index);
        if let Some((_, value)) = object.keys.iter().find(|(known, _)| known == key) {
            return Self::Node(*value);
        }
        match object {
            Object { opaque: true, .. } => Self::Nothing,
            Object { base: Some(_), .. } => Self::Typed,
            Object { ref keys, .. } if !keys.is_empty() => Self::Missing,
            _ => Self::Nothing,
        }
    }

    pub(super) fn item(self, nodes: &[OwnedNode]) -> Self {
        let Self::Node(index) = self else { return self };
        match nodes.get(index) {
            Some(OwnedNode::Leaf(..)) => Self::Typed,
            _ => item(nodes, index).map_or(Self::Nothing, Self::Node),
        }
    }
}

/// The items of an array.
fn item(nodes: &[OwnedNode], index: usize) -> Option<usize> {
    match nodes.get(index)? {
        OwnedNode::Other(Node::Array(item)) => Some(*item),
        OwnedNode::Other(Node::Tuple { first, len }) if *len > 0 => member(nodes, *first),
        _ => None,
    }
}

fn member(nodes: &[OwnedNode], index: usize) -> Option<usize> {
    match nodes.get(index)? {
        OwnedNode::Other(Node::Item(item)) => Some(*item),
        _ => None,
    }
}

/// The keys of a value, over those of a type.
#[derive(Default)]
struct Object {
    keys: Vec<(String, usize)>,
    /// A leaf.
    base: Option<usize>,
    /// Whether there may be keys that nobody knows.
    opaque: bool,
}

impl Object {
    fn of(nodes: &[OwnedNode], index: usize) -> Self {
        let mut object = Self::default();
        match nodes.get(index) {
            Some(OwnedNode::Leaf(..)) => object.base = Some(index),
            Some(OwnedNode::Other(Node::Object { first, len, base })) => {
                for place in *first..first.saturating_add(*len) {
                    if let Some(OwnedNode::Field { key, value, .. }) = nodes.get(place) {
                        object.keys.push((key.clone(), *value));
                    }
                }
                if let Some(base) = base {
                    object.put_over(nodes, Self::of(nodes, *base));
                }
            }
            Some(OwnedNode::Other(Node::Union { first, len })) => {
                for place in *first..first.saturating_add(*len) {
                    if let Some(member) = member(nodes, place) {
                        object.put_over(nodes, Self::of(nodes, member));
                    }
                }
            }
            Some(OwnedNode::Other(Node::Merged { first, len })) => {
                for place in (*first..first.saturating_add(*len)).rev() {
                    if let Some(member) = member(nodes, place) {
                        object.put_over(nodes, Self::of(nodes, member));
                    }
                }
            }
            Some(OwnedNode::Other(Node::Either(narrowed, plain))) => {
                object = Self::of(nodes, *narrowed);
                object.put_over(nodes, Self::of(nodes, *plain));
            }
            Some(OwnedNode::Other(Node::Item(inner) | Node::Sent(inner) | Node::If { value: inner, .. })) => {
                object = Self::of(nodes, *inner);
            }
            Some(OwnedNode::Other(
                Node::Any | Node::Unknown(_) | Node::Map(_) | Node::Changed { .. } | Node::Computed { .. },
            )) => object.opaque = true,
            _ => {}
        }
        object
    }

    fn put_over(&mut self, nodes: &[OwnedNode], other: Self) {
        for (key, value) in other.keys {
            if !self.keys.iter().any(|(known, _)| *known == key) {
                self.keys.push((key, value));
            }
        }
        self.opaque |= other.opaque;
        match (self.base, other.base) {
            (Some(mine), Some(theirs)) => {
                let leaf = |index: usize| nodes.get(index).map(|node| format!("{node:?}"));
                self.opaque |= leaf(mine) != leaf(theirs);
            }
            (None, theirs) => self.base = theirs,
            (Some(_), None) => {}
        }
    }
}

/// The structs that a machine's values need.
pub(super) struct Flows<'m> {
    /// The types by their numbers, as they are written.
    types: &'m [TokenStream],
    /// Where keys that states make are written.
    origins: HashMap<String, Span>,
    structs: TokenStream,
    count: usize,
}

impl<'m> Flows<'m> {
    pub(super) fn new(types: &'m [TokenStream], origins: HashMap<String, Span>) -> Self {
        Self { types, origins, structs: TokenStream::new(), count: 0 }
    }

    /// The module that holds the structs: what is private in there is no field to an editor.
    pub(super) fn module(&self) -> TokenStream {
        let structs = &self.structs;
        quote! {
            mod __stepfn_flow {
                #structs
            }
        }
    }

    /// An expression whose type has the keys of the value as fields.
    pub(super) fn value(&mut self, nodes: &[OwnedNode]) -> TokenStream {
        self.at(nodes, 0)
    }

    fn at(&mut self, nodes: &[OwnedNode], index: usize) -> TokenStream {
        let of = |ty: TokenStream| quote!(::stepfn::__private::editor::of::<#ty>());
        match nodes.get(index) {
            Some(OwnedNode::Leaf(ty, _, steps)) => return self.leaf(ty.0, steps),
            Some(OwnedNode::Text(_) | OwnedNode::Other(Node::String | Node::Timestamp)) => {
                return of(quote!(::std::string::String));
            }
            Some(OwnedNode::Other(Node::Integer(_) | Node::Whole(_))) => return of(quote!(i64)),
            Some(OwnedNode::Other(Node::Number | Node::Computed { .. })) => return of(quote!(f64)),
            Some(OwnedNode::Other(Node::True | Node::False | Node::Boolean)) => return of(quote!(bool)),
            Some(OwnedNode::Other(Node::Null)) => return of(quote!(())),
            _ => {}
        }
        if let Some(item) = item(nodes, index) {
            let item = self.at(nodes, item);
            return quote!(::stepfn::__private::editor::items(#item));
        }
        let Object { keys, base, .. } = Object::of(nodes, index);
        let mut fields = Vec::new();
        for (key, value) in keys {
            let span = self.origins.get(&key).copied().unwrap_or_else(Span::call_site);
            if let Some(field) = identifier(&key, span) {
                fields.push((field, self.at(nodes, value)));
            }
        }
        let base = base.map(|base| self.at(nodes, base));
        match (fields.is_empty(), base) {
            (true, Some(base)) => base,
            (true, None) => of(quote!(::stepfn::__private::editor::Unknown)),
            (false, base) => self.made(&fields, base),
        }
    }

    /// A value of a struct with these fields, and behind them those of a base.
    fn made(&mut self, fields: &[(syn::Ident, TokenStream)], base: Option<TokenStream>) -> TokenStream {
        self.count += 1;
        let (name, new) = (format_ident!("Flow{}", self.count), format_ident!("flow{}", self.count));
        let parameters: Vec<_> = (0..fields.len()).map(|place| format_ident!("T{place}")).collect();
        let names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
        let arguments: Vec<_> = (0..fields.len()).map(|place| format_ident!("value{place}")).collect();
        let values = fields.iter().map(|(_, value)| value);
        let base = base.unwrap_or_else(|| quote!(()));
        self.structs.extend(quote! {
            pub struct #name<#(#parameters,)* Base> { #(pub #names: #parameters,)* base: Base }
            impl<#(#parameters,)* Base> ::core::ops::Deref for #name<#(#parameters,)* Base> {
                type Target = Base;
                fn deref(&self) -> &Base { &self.base }
            }
            pub fn #new<#(#parameters,)* Base>(#(#arguments: #parameters,)* base: Base) -> #name<#(#parameters,)* Base> {
                #name { #(#names: #arguments,)* base }
            }
        });
        quote!(__stepfn_flow::#new(#(#values,)* #base))
    }

    fn leaf(&self, ty: usize, steps: &[OwnedStep]) -> TokenStream {
        let unknown = quote!(::stepfn::__private::editor::of::<::stepfn::__private::editor::Unknown>());
        let Some(ty) = self.types.get(ty).cloned().map(nowhere) else { return unknown };
        let mut out = TokenStream::new();
        for step in steps {
            match step {
                OwnedStep::Key(key)
                | OwnedStep::May(key)
                | OwnedStep::MayQuery(key)
                | OwnedStep::Query(key) => {
                    let Some(field) = identifier(key, Span::call_site()) else { return unknown };
                    out.extend(quote!(.#field));
                }
                OwnedStep::Index(_)
                | OwnedStep::Each
                | OwnedStep::Item
                | OwnedStep::Every
                | OwnedStep::At(_)
                | OwnedStep::Pick(_)
                | OwnedStep::PickEach(_) => out.extend(quote!([0usize])),
                OwnedStep::Strict
                | OwnedStep::NonNull
                | OwnedStep::Present
                | OwnedStep::Maybe
                | OwnedStep::Many
                | OwnedStep::Items
                | OwnedStep::Where(_)
                | OwnedStep::OrWhere(_) => {}
                OwnedStep::Within
                | OwnedStep::Descend
                | OwnedStep::Values
                | OwnedStep::EntryKey
                | OwnedStep::Distinct => return unknown,
            }
        }
        let root =
            quote!(::stepfn::__private::editor::of::<<#ty as ::stepfn::__private::editor::Json>::Fields>());
        if out.is_empty() { root } else { quote!(&#root #out) }
    }
}

/// Tokens that stand at no place of the user's: an editor knows of one place for each of his tokens.
fn nowhere(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = TokenTree::Group(proc_macro2::Group::new(group.delimiter(), nowhere(group.stream())));
            }
            token.set_span(token.span().resolved_at(Span::call_site()).located_at(Span::call_site()));
            token
        })
        .collect()
}
