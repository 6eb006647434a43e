//! The tokens that a machine becomes. No rule lives here.

mod constants;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use stepfn_core::{
    definition::{Call, LogLevel, Reference, WorkflowType},
    flow::{
        OwnedClaim, OwnedFact, OwnedNeed, OwnedNode, OwnedProperty, OwnedStep, StateTyping, TypeRef, Typing,
    },
    shape::{Arithmetic, Need, Node, Side},
};

pub(super) use self::constants::{constants_are_of_kind, numbers};
use super::{
    ast::{Constant, Machine, Place},
    lower::Lowered,
};
use crate::enclosed;

/// `compile_error!` over a place.
pub(super) fn compile_error(place: Place, message: &str) -> TokenStream {
    let mut body = Group::new(proc_macro2::Delimiter::Brace, quote_spanned!(place.last=> #message));
    body.set_span(place.last);
    let name = quote_spanned!(place.first=> ::core::compile_error!);
    quote!(#name #body)
}

pub(super) fn spanned_error(place: Place, message: &str) -> syn::Error {
    let tokens = TokenStream::from_iter([
        TokenTree::Ident(proc_macro2::Ident::new("_a", place.first)),
        TokenTree::Ident(proc_macro2::Ident::new("_b", place.last)),
    ]);
    syn::Error::new_spanned(tokens, message)
}

/// Returns a warning at a place: stable Rust has none for macros, so it is the use of something deprecated.
pub(super) fn warning(conditions: &TokenStream, place: Place, message: &str) -> TokenStream {
    let name = quote_spanned!(place.first=> diagnostic);
    let quiet = quiet();
    quote_spanned! {place.last=>
        #conditions
        #quiet
        const _: () = {
            #[deprecated(note = #message)]
            #[allow(non_upper_case_globals)]
            const diagnostic: () = ();
            #name
        };
    }
}

/// The types and tasks that claims speak of, as constants.
#[derive(Default)]
pub(super) struct Names {
    pub(super) types: Vec<TokenStream>,
    pub(super) tasks: Vec<TokenStream>,
    /// The other machines that this one starts.
    pub(super) children: Vec<TokenStream>,
    /// The types as they are written, for editors.
    pub(super) written: Vec<TokenStream>,
    pub(super) constants: TokenStream,
}

impl Names {
    pub(super) fn ty(&mut self, ty: &syn::Type) -> TypeRef {
        let index = self.types.len();
        let name = quote::format_ident!("__STEPFN_TYPE{index}");
        let place = Place::of_tokens(ty);
        let ty = enclosed(ty);
        // Editors explain keywords, wherever they stand.
        let as_ = quote!(as);
        let shape = quote_spanned!(place.first=> <#ty #as_ ::stepfn::__private::StateData>::SHAPE);
        self.constants.extend(quote!(const #name: &'static ::stepfn::__private::Shape = #shape;));
        self.types.push(quote!(#name));
        self.written.push(ty);
        TypeRef(index)
    }

    /// The type of a constant.
    pub(super) fn constant(&mut self, constant: &Constant) -> TypeRef {
        let index = self.types.len();
        let name = quote::format_ident!("__STEPFN_TYPE{index}");
        let shape = &constant.shape;
        self.constants.extend(quote!(const #name: &'static ::stepfn::__private::Shape = #shape;));
        self.types.push(quote!(#name));
        self.written.push(quote!(::stepfn::__private::Value));
        TypeRef(index)
    }

    /// A task, with its input and output types.
    pub(super) fn task(&mut self, task: &syn::Type) -> (usize, TypeRef, TypeRef) {
        let index = self.tasks.len();
        let name = quote::format_ident!("__STEPFN_TASK{index}");
        let place = Place::of_tokens(task);
        // An alias ensures that a plain function is no type, in fewer words than the turbofish does.
        let alias = quote::format_ident!("__StepfnTask{index}");
        let info = quote_spanned!(place.first=> ::stepfn::__private::TaskInfo::of::<#alias>());
        self.constants
            .extend(quote!(type #alias = #task; const #name: ::stepfn::__private::TaskInfo = #info;));
        self.tasks.push(quote!(#name));
        let first = self.types.len();
        self.types.push(quote!(#name.input));
        self.types.push(quote!(#name.output));
        self.written.push(quote!(<#task as ::stepfn::__private::Task>::Input));
        self.written.push(quote!(<#task as ::stepfn::__private::Task>::Output));
        (index, TypeRef(first), TypeRef(first + 1))
    }

    /// Another machine, with its input and output types; one that `StartSyncExecution` starts has to be Express.
    pub(super) fn child(&mut self, child: &syn::Type, is_sync: bool) -> (TypeRef, TypeRef) {
        let index = self.children.len();
        let name = quote::format_ident!("__STEPFN_CHILD{index}");
        let place = Place::of_tokens(child);
        let alias = quote::format_ident!("__StepfnChild{index}");
        let info = quote_spanned!(place.first=> ::stepfn::__private::WorkflowInfo::of::<#alias>());
        self.constants
            .extend(quote!(type #alias = #child; const #name: ::stepfn::__private::WorkflowInfo = #info;));
        if is_sync {
            let callee = quote_spanned!(place.first=> ::stepfn::__private::expect_express);
            let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, quote!(&#name));
            arguments.set_span(place.last);
            self.constants.extend(quote!(const _: () = #callee #arguments;));
        }
        self.children.push(quote!(#name));
        let first = self.types.len();
        self.types.push(quote!(#name.input));
        self.types.push(quote!(#name.output));
        self.written.push(quote!(<#child as ::stepfn::__private::Workflow>::Input));
        self.written.push(quote!(<#child as ::stepfn::__private::Workflow>::Output));
        (TypeRef(first), TypeRef(first + 1))
    }

    fn shape(&self, ty: TypeRef) -> TokenStream {
        self.types.get(ty.0).cloned().unwrap_or_else(|| quote!(&::stepfn::__private::Shape::Any))
    }

    /// A claim as a constant that stops rustc at a place where it is wrong, but for codes that are allowed there.
    pub(super) fn expect(&self, place: Place, at: &str, claim: &OwnedClaim, allowed: &[&str]) -> TokenStream {
        let claim = self.claim(claim);
        let (name, arguments) = match allowed {
            [] => (quote_spanned!(place.first=> expect), quote!(#at, &#claim)),
            _ => (quote_spanned!(place.first=> expect_unless), quote!(#at, &#claim, &[#(#allowed),*])),
        };
        // rustc underlines from the callee to the end of the arguments.
        let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, arguments);
        arguments.set_span(place.last);
        let callee = name;
        quote!(const _: () = #callee #arguments;)
    }

    /// A claim whose failing is no error: rustc warns of a value that is to be used, which it is only where the claim is wrong.
    pub(super) fn warn(&self, place: Place, claim: &OwnedClaim, message: &str) -> TokenStream {
        let claim = self.claim(claim);
        let callee = quote_spanned!(place.first=> verdict);
        let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, TokenStream::new());
        arguments.set_span(place.last);
        quote! {
            const _: () = {
                #[must_use = #message]
                #[allow(non_camel_case_types, dead_code)]
                struct diagnostic;
                #[allow(dead_code)]
                fn warn() {
                    #callee::<<Holds<{ holds(&#claim) }> as Judged<diagnostic>>::Verdict> #arguments;
                }
            };
        }
    }

    fn claim(&self, claim: &OwnedClaim) -> TokenStream {
        match claim {
            OwnedClaim::Path { shown, origin, ty, side, steps, need } => {
                let (shape, side, steps, need) =
                    (self.shape(*ty), side_tokens(*side), steps_tokens(steps), need_tokens(need));
                quote!(leads(#shown, #origin, #shape, #side, #steps, #need))
            }
            OwnedClaim::Fits { what, nodes, target } => {
                let (nodes, target) = (self.nodes(nodes), self.shape(*target));
                quote!(Claim::Fits { what: #what, nodes: #nodes, target: #target })
            }
            OwnedClaim::FieldFits { what, keys, nodes, target } => {
                let (nodes, target) = (self.nodes(nodes), self.shape(*target));
                quote!(Claim::FieldFits { what: #what, keys: &[#(#keys),*], nodes: #nodes, target: #target })
            }
            OwnedClaim::Complete { what, nodes, target } => {
                let (nodes, target) = (self.nodes(nodes), self.shape(*target));
                quote!(Claim::Complete { what: #what, nodes: #nodes, target: #target })
            }
            OwnedClaim::Columns { target } => {
                let target = self.shape(*target);
                quote!(Claim::Columns { target: #target })
            }
            OwnedClaim::Answers { keys, input, result } => {
                let (input, result) = (self.shape(*input), self.shape(*result));
                quote!(Claim::Answers { keys: &[#(#keys),*], input: #input, result: #result })
            }
            OwnedClaim::Raises { task, name, error } => {
                let task = self.tasks.get(task.0);
                quote!(Claim::Raises { task: #name, error: #error, names: #task.errors, open: #task.errors_open })
            }
            OwnedClaim::Within { shown, nodes, bounds, advice } => {
                let (nodes, min, max) = (self.nodes(nodes), bounds.min, bounds.max);
                quote!(Claim::Within { shown: #shown, nodes: #nodes, bounds: Bounds { min: #min, max: #max }, advice: #advice })
            }
            OwnedClaim::Alike { shown, nodes } => {
                let nodes = self.nodes(nodes);
                quote!(Claim::Alike { shown: #shown, nodes: #nodes })
            }
            OwnedClaim::Appends { shown, nodes } => {
                let nodes = self.nodes(nodes);
                quote!(Claim::Appends { shown: #shown, nodes: #nodes })
            }
            OwnedClaim::Found { shown, key, nodes, certain } => {
                let nodes = self.nodes(nodes);
                quote!(Claim::Found { shown: #shown, key: #key, nodes: #nodes, certain: #certain })
            }
            OwnedClaim::Again { nodes } => {
                let nodes = self.nodes(nodes);
                quote!(Claim::Again { nodes: #nodes })
            }
            OwnedClaim::Covers { shown, ty, side, steps, whole } => {
                let (shape, side) = (self.shape(*ty), side_tokens(*side));
                let (steps, whole) = (steps_tokens(steps), steps_tokens(whole));
                quote!(Claim::Covers { shown: #shown, shape: #shape, side: #side, steps: #steps, whole: #whole })
            }
        }
    }

    fn nodes(&self, nodes: &[OwnedNode]) -> TokenStream {
        let nodes = nodes.iter().map(|node| match node {
            OwnedNode::Leaf(ty, side, steps) => {
                let (shape, side, steps) = (self.shape(*ty), side_tokens(*side), steps_tokens(steps));
                quote!(Node::Leaf { shape: #shape, side: #side, steps: #steps })
            }
            OwnedNode::Text(text) => quote!(Node::Text(#text)),
            OwnedNode::Field { key, value, absent } => {
                quote!(Node::Field { key: #key, value: #value, absent: #absent })
            }
            OwnedNode::Other(node) => match node {
                Node::Any | Node::Leaf { .. } | Node::Text(_) | Node::Field { .. } => quote!(Node::Any),
                Node::Unknown(reason) => quote!(Node::Unknown(#reason)),
                Node::Null => quote!(Node::Null),
                Node::True => quote!(Node::True),
                Node::False => quote!(Node::False),
                Node::Integer(value) => quote!(Node::Integer(#value)),
                Node::String => quote!(Node::String),
                Node::Timestamp => quote!(Node::Timestamp),
                Node::Number => quote!(Node::Number),
                Node::Whole(bounds) => {
                    let (min, max) = (bounds.min, bounds.max);
                    quote!(Node::Whole(Bounds { min: #min, max: #max }))
                }
                Node::Computed { how, first, len } => {
                    let how = match how {
                        Arithmetic::Sum => quote!(Sum),
                        Arithmetic::Product => quote!(Product),
                        Arithmetic::Negation => quote!(Negation),
                        Arithmetic::Narrow => quote!(Narrow),
                        Arithmetic::Remainder => quote!(Remainder),
                        Arithmetic::Quotient => quote!(Quotient),
                        Arithmetic::Rounded => quote!(Rounded),
                        Arithmetic::Power => quote!(Power),
                        Arithmetic::Total => quote!(Total),
                        Arithmetic::Magnitude => quote!(Magnitude),
                        Arithmetic::Other => quote!(Other),
                    };
                    quote!(Node::Computed { how: Arithmetic::#how, first: #first, len: #len })
                }
                Node::Boolean => quote!(Node::Boolean),
                Node::Object { first, len, base } => {
                    let base = match base {
                        Some(base) => quote!(Some(#base)),
                        None => quote!(None),
                    };
                    quote!(Node::Object { first: #first, len: #len, base: #base })
                }
                Node::Array(item) => quote!(Node::Array(#item)),
                Node::Map(value) => quote!(Node::Map(#value)),
                Node::Tuple { first, len } => quote!(Node::Tuple { first: #first, len: #len }),
                Node::Changed { like, item } => quote!(Node::Changed { like: #like, item: #item }),
                Node::Merged { first, len } => quote!(Node::Merged { first: #first, len: #len }),
                Node::Union { first, len } => quote!(Node::Union { first: #first, len: #len }),
                Node::Item(item) => quote!(Node::Item(#item)),
                Node::If { value, there } => quote!(Node::If { value: #value, there: #there }),
                Node::Sent(inner) => quote!(Node::Sent(#inner)),
                Node::Either(first, second) => quote!(Node::Either(#first, #second)),
            },
        });
        quote!(&[#(#nodes),*])
    }
}

fn side_tokens(side: Side) -> TokenStream {
    match side {
        Side::Made => quote!(Made),
        Side::Given => quote!(Given),
    }
}

fn steps_tokens(steps: &[OwnedStep]) -> TokenStream {
    let steps = steps.iter().map(|step| match step {
        OwnedStep::Key(key) => quote!(Key(#key)),
        OwnedStep::May(key) => quote!(May(#key)),
        OwnedStep::MayQuery(key) => quote!(MayQuery(#key)),
        OwnedStep::Query(key) => quote!(Query(#key)),
        OwnedStep::Index(index) => quote!(Index(#index)),
        OwnedStep::Each => quote!(Each),
        OwnedStep::Strict => quote!(Strict),
        OwnedStep::Item => quote!(Item),
        OwnedStep::Every => quote!(Every),
        OwnedStep::At(index) => quote!(At(#index)),
        OwnedStep::Within => quote!(Within),
        OwnedStep::Descend => quote!(Descend),
        OwnedStep::NonNull => quote!(NonNull),
        OwnedStep::Present => quote!(Present),
        OwnedStep::Items => quote!(Items),
        OwnedStep::Many => quote!(Many),
        OwnedStep::Maybe => quote!(Maybe),
        OwnedStep::Values => quote!(Values),
        OwnedStep::EntryKey => quote!(EntryKey),
        OwnedStep::Distinct => quote!(Distinct),
        OwnedStep::Pick(index) => quote!(Pick(#index)),
        OwnedStep::PickEach(index) => quote!(PickEach(#index)),
        OwnedStep::Where(fact) => {
            let fact = fact_tokens(fact);
            quote!(Where(#fact))
        }
        OwnedStep::OrWhere(fact) => {
            let fact = fact_tokens(fact);
            quote!(OrWhere(#fact))
        }
    });
    quote!(&[#(#steps),*])
}

fn fact_tokens(OwnedFact { key, query, is, holds }: &OwnedFact) -> TokenStream {
    let key = match key {
        Some(key) => quote!(Some(#key)),
        None => quote!(None),
    };
    let is = match is {
        OwnedProperty::There => quote!(There),
        OwnedProperty::Text(text) => quote!(Text(#text)),
        OwnedProperty::Flag(flag) => quote!(Flag(#flag)),
        OwnedProperty::Kind(kind) => {
            let kind = format_ident!("{kind:?}");
            quote!(Kind(Kind::#kind))
        }
        OwnedProperty::AtLeast(least) => quote!(AtLeast(#least)),
        OwnedProperty::From(bound) => quote!(From(#bound)),
        OwnedProperty::Below(bound) => quote!(Below(#bound)),
    };
    quote!(Fact { key: #key, query: #query, is: Property::#is, holds: #holds })
}

fn need_tokens(need: &OwnedNeed) -> TokenStream {
    match need {
        OwnedNeed::Literal(text) => quote!(Need::Literal(#text)),
        OwnedNeed::Other(need) => match need {
            Need::Nothing => quote!(Need::Nothing),
            Need::Value | Need::Literal(_) => quote!(Need::Value),
            Need::NotNull => quote!(Need::NotNull),
            Need::Data => quote!(Need::Data),
            Need::Writable => quote!(Need::Writable),
            Need::MaybeString => quote!(Need::MaybeString),
            Need::MaybeNumber => quote!(Need::MaybeNumber),
            Need::MaybeBoolean => quote!(Need::MaybeBoolean),
            Need::MaybeTimestamp => quote!(Need::MaybeTimestamp),
            Need::MaybeNull => quote!(Need::MaybeNull),
            Need::String => quote!(Need::String),
            Need::Number => quote!(Need::Number),
            Need::Integer => quote!(Need::Integer),
            Need::Count => quote!(Need::Count),
            Need::Single => quote!(Need::Single),
            Need::Some => quote!(Need::Some),
            Need::Boolean => quote!(Need::Boolean),
            Need::Ordered => quote!(Need::Ordered),
            Need::Items => quote!(Need::Items),
            Need::Scalar => quote!(Need::Scalar),
            Need::Timestamp => quote!(Need::Timestamp),
            Need::Array => quote!(Need::Array),
            Need::Object => quote!(Need::Object),
        },
    }
}

/// Returns the expansion of a machine: a type with its states' names, and, for the block of the claims, its definition.
pub(super) fn machine(
    machine: &Machine,
    lowered: &Lowered,
    json: &str,
    typing: &Typing,
    names: &Names,
) -> (TokenStream, TokenStream) {
    let Machine { visibility, name, input, output, .. } = machine;
    let settings = &lowered.settings;
    let others = &settings.others;
    let conditions = settings.conditions();
    let text = settings.name.clone().unwrap_or_else(|| name.to_string());
    let constants = constants(&lowered.states, &lowered.docs);
    let workflow_type = match settings.workflow_type {
        WorkflowType::Standard => quote!(Standard),
        WorkflowType::Express => quote!(Express),
    };
    let shape = |ty: Option<TypeRef>| match ty {
        Some(ty) => {
            let shape = names.shape(ty);
            quote!(::core::option::Option::Some(#shape))
        }
        None => quote!(::core::option::Option::None),
    };
    let (input_shape, output_shape) = (shape(typing.input), shape(typing.output));
    let tasks = lowered.tasks.iter().zip(&names.tasks).map(|(task, info)| {
        let state = task.state.as_str();
        let call = match task.call {
            Call::Direct => quote!(Direct),
            Call::Invoke => quote!(Invoke),
            Call::WaitForTaskToken => quote!(WaitForTaskToken),
        };
        let result = match typing.states.get(state) {
            Some(StateTyping::Task { result, .. }) => shape(*result),
            _ => shape(None),
        };
        quote! {
            __stepfn_draft.task(#state, #info, ::stepfn::__private::Call::#call, #result);
        }
    });
    let children = lowered.children.iter().zip(&names.children).map(|(child, info)| {
        let state = child.state.as_str();
        let result = match typing.states.get(state) {
            Some(StateTyping::Child { result, .. }) => shape(*result),
            _ => shape(None),
        };
        quote! {
            __stepfn_draft.child(#state, #info, #result);
        }
    });
    let numbers = lowered.numbers.iter().map(|(at, Constant { integer, float, .. })| {
        let at = at.as_str();
        quote! {
            __stepfn_draft.numbers.push((
                ::std::string::String::from(#at),
                ::stepfn::__private::number(#integer, #float),
            ));
        }
    });
    let values = lowered.constants.iter().map(|(at, Constant { value, .. }, _)| {
        let at = at.as_str();
        quote!(__stepfn_draft.numbers.push((::std::string::String::from(#at), #value));)
    });
    let results = lowered.results.iter().filter_map(|(state, _)| match typing.states.get(state) {
        Some(StateTyping::Result(ty)) => {
            let (state, shape) = (state.as_str(), names.shape(*ty));
            Some(quote!(__stepfn_draft.results.push((::std::string::String::from(#state), #shape));))
        }
        _ => None,
    });
    let mut places: Vec<(&str, Span)> = lowered
        .places
        .iter()
        .filter(|(at, _)| at.parent().is_some_and(|machine| machine.last() == "States"))
        .filter_map(|(at, places)| Some((at.as_str(), places.key?.first)))
        .collect();
    places.sort_by_key(|(at, _)| *at);
    // Each line has the span of the state's name.
    let lines = places.into_iter().map(|(at, span)| quote_spanned!(span=> (#at, ::core::line!()),));
    let lines = (!lowered.states.is_empty()).then(|| quote!(::stepfn::__private::same![&[#(#lines)*]]));
    let lines = lines.unwrap_or_else(|| quote!(&[]));
    let substitutions = lowered.substitutions.iter().map(|(name, reference)| {
        let reference = match reference {
            Reference::Ref(id) => quote!(Ref(::std::string::String::from(#id))),
            Reference::GetAtt(id, attribute) => {
                quote!(GetAtt(::std::string::String::from(#id), ::std::string::String::from(#attribute)))
            }
        };
        quote! {
            __stepfn_draft.substitutions.insert(
                ::std::string::String::from(#name),
                ::stepfn::__private::Reference::#reference,
            );
        }
    });
    let logging = settings.logging.as_ref().map(|logging| {
        let level = match logging.level {
            LogLevel::All => quote!(All),
            LogLevel::Error => quote!(Error),
            LogLevel::Fatal => quote!(Fatal),
            LogLevel::Off => quote!(Off),
        };
        let include = logging.include_execution_data;
        let destinations = &logging.destinations;
        quote! {
            __stepfn_draft.logging = ::core::option::Option::Some(::stepfn::__private::LoggingConfiguration {
                level: ::stepfn::__private::LogLevel::#level,
                include_execution_data: #include,
                destinations: ::std::vec![#(::std::string::String::from(#destinations)),*],
            });
        }
    });
    let tracing = settings.tracing;
    // Drawn where rustdoc looks, and only there. Without words of its own a type would show its picture in lists of types as well.
    let picture = cfg!(feature = "graph").then(|| {
        let has_words = others.iter().any(|attribute| attribute.path().is_ident("doc"));
        let words = format!("The state machine `{text}`.");
        let words = (!has_words).then(|| quote!(#[cfg_attr(doc, doc = #words)]));
        quote!(#words #[cfg_attr(doc, doc = ::stepfn::__private::svg!(#text, #json))])
    });
    let item = quote! {
        #(#others)*
        #picture
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name;

        #conditions
        #[allow(non_upper_case_globals, dead_code)]
        impl #name {
            #constants
        }
    };
    // rustc reports at the type that a public machine of a private type is none.
    let associated = associated_types(input, output);
    let definition = quote! {
        impl ::stepfn::__private::Workflow for #name {
            #associated

            const NAME: &'static str = #text;
            const TYPE: ::stepfn::__private::WorkflowType = ::stepfn::__private::WorkflowType::#workflow_type;

            fn definition() -> ::stepfn::__private::Definition {
                let mut __stepfn_draft = ::stepfn::__private::Draft::from_macro(#text, #json);
                __stepfn_draft.workflow_type = ::stepfn::__private::WorkflowType::#workflow_type;
                __stepfn_draft.input = #input_shape;
                __stepfn_draft.output = #output_shape;
                #(#tasks)*
                #(#children)*
                #(#numbers)*
                #(#values)*
                #(#results)*
                #(#substitutions)*
                #logging
                __stepfn_draft.tracing = #tracing;
                __stepfn_draft.source = ::core::option::Option::Some(::stepfn::__private::Source {
                    file: ::core::file!(),
                    lines: #lines,
                });
                __stepfn_draft.finish()
            }
        }
    };
    (item, definition)
}

/// A constant for each state's name, with the doc comment of the state.
fn constants(states: &[proc_macro2::Ident], docs: &[Vec<syn::Attribute>]) -> TokenStream {
    let mut constants = TokenStream::new();
    for (index, state) in states.iter().enumerate() {
        let text = syn::ext::IdentExt::unraw(state).to_string();
        let docs = docs.get(index).map(Vec::as_slice).unwrap_or_default();
        let plain = docs.is_empty().then(|| {
            let doc = format!("The state `{text}`.");
            quote!(#[doc = #doc])
        });
        constants.extend(quote! {
            #plain
            #(#docs)*
            pub const #state: &'static str = #text;
        });
    }
    constants
}

fn associated_types(input: &syn::Type, output: &syn::Type) -> TokenStream {
    let (first, second) = (Place::of_tokens(input).first, Place::of_tokens(output).first);
    let (input, output) = (enclosed(input), enclosed(output));
    let input = quote_spanned!(first=> type Input = #input;);
    let output = quote_spanned!(second=> type Output = #output;);
    quote!(#input #output)
}

/// Returns the replacement of a machine that has errors, so that code which uses it still compiles.
pub(super) fn stand_in(
    machine: &Machine,
    states: &[proc_macro2::Ident],
    docs: &[Vec<syn::Attribute>],
    conditions: &TokenStream,
) -> (TokenStream, TokenStream) {
    let Machine { visibility, name, input, output, .. } = machine;
    let text = name.to_string();
    let associated = associated_types(input, output);
    let constants = constants(states, docs);
    let item = quote! {
        #conditions
        #[allow(missing_docs)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name;

        #conditions
        #[allow(non_upper_case_globals, dead_code, missing_docs)]
        impl #name {
            #constants
        }
    };
    let definition = quote! {
        impl ::stepfn::__private::Workflow for #name {
            #associated

            const NAME: &'static str = #text;

            fn definition() -> ::stepfn::__private::Definition {
                ::core::unreachable!("this machine does not compile")
            }
        }
    };
    (item, definition)
}

/// Clippy's lints of what we write with the places of the user's tokens, who could do nothing about them.
pub(super) fn quiet() -> TokenStream {
    quote! {
        #[allow(
            clippy::as_conversions,
            clippy::cast_lossless,
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            clippy::semicolon_if_nothing_returned,
            clippy::unnecessary_cast
        )]
    }
}

/// The block in which claims are judged, and which holds what else names the types and tasks.
///
/// `conditions` are those of what is judged: where that is not compiled, its types may be missing as well.
///
/// `written` is what the machine was made of, where editors are to see it. They are to find one definition for each of the user's tokens, and
/// they look up names where nothing is compiled, too: the code for rustc is under a `cfg`, and the part of it that has the user's places in
/// `same!` as well. The code for editors comes first, for they look for what is being typed at the same distance from the start as without it.
/// A lint asks who sets `rust_analyzer`; only an attribute outside of the `cfg` silences it.
pub(super) fn judged(
    conditions: &TokenStream,
    names: &Names,
    claims: &TokenStream,
    definition: &TokenStream,
    written: Option<&TokenStream>,
) -> TokenStream {
    let constants = &names.constants;
    // Nothing of ours is in scope around a token of the user's, for a type of the user's may have any name.
    let claims = (!claims.is_empty()).then(|| {
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use ::stepfn::__private::claims::*;
                #claims
            };
        }
    });
    let quiet = quiet();
    let Some(written) = written else {
        return quote! {
            #conditions
            #quiet
            const _: () = {
                #constants
                #definition
                #claims
            };
        };
    };
    let for_rustc =
        |tokens: &TokenStream| (!tokens.is_empty()).then(|| quote!(#[cfg(not(rust_analyzer))] #tokens));
    let constants = for_rustc(&quote!(::stepfn::__private::same! { #constants }));
    let (definition, claims) = (for_rustc(definition), claims.and_then(|claims| for_rustc(&claims)));
    quote! {
        #conditions
        #[allow(unexpected_cfgs)]
        #quiet
        const _: () = {
            #[cfg(rust_analyzer)]
            ::stepfn::__private::editor_machine! { #written }
            #constants
            #definition
            #claims
        };
    }
}

/// A call that stops rustc at a place.
fn call(function: &str, place: Place, arguments: &TokenStream) -> TokenStream {
    let function = Ident::new(function, place.first);
    let callee = quote_spanned!(place.first=> ::stepfn::__private::#function);
    let mut group = Group::new(proc_macro2::Delimiter::Parenthesis, arguments.clone());
    group.set_span(place.last);
    quote!(const _: () = #callee #group;)
}

/// The place of nothing in particular.
pub(super) fn call_site() -> Place {
    Place::of(Span::call_site())
}
