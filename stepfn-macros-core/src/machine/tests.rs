use std::time::{Duration, Instant};

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

use super::state_machine;

fn everything() -> TokenStream {
    quote! {
        /// A comment.
        #[name = "Everything"]
        #[logging(level = ALL, destination = get_att("Group", "Arn"))]
        pub Everything(Order) -> Vec<Receipt> {
            start_at: Check,
            Check: Choice {
                choices: [
                    $.total > 1_000 && (is_present($.note) || !($.kind == "gift")) => "Wait a bit",
                    string($["odd key"]) == $.items[0].sku => Each,
                    $.name matches "a*" => Each,
                ],
                default: States.NoChoiceMatched,
            },
            "Wait a bit": Wait { seconds_path: $.delay, next: Both },
            Both: Parallel {
                branches: [
                    { start_at: A, A: Pass { result: { "a": [1, -2.5, null, true] }, end: true } },
                    { start_at: B, B: Succeed {} },
                ],
                result_selector: { "a": $[0].a, "text": States.Format("{} {} \\{\\}", States.UUID(), $$.Execution.Id) },
                result_path: $.both,
                next: Each,
            },
            #[allow(stepfn::unreachable_state)]
            Each: Map {
                items_path: $.items,
                item_selector: { "item": $$.Map.Item.Value, "list": [$.a, "b"], "some": $.items[?(@.count > 1)][*].sku },
                item_processor: {
                    processor_config: { mode: INLINE },
                    start_at: Ship,
                    Ship: Task {
                        resource: lambda::invoke(crate::ship).wait_for_task_token -> Shipped,
                        payload: { "item": $, "token": $$.Task.Token, "topic": ref_("Topic") },
                        retry: [{ error_equals: [States.Timeout, Busy], interval_seconds: 1, backoff_rate: 2.0 }],
                        catch: [{ error_equals: [States.ALL], result_path: $.error, next: Failed }],
                        end: true,
                    },
                    Failed: Fail { error: "E", cause_path: States.Format("{}", $.error.Cause) },
                },
                end: true,
            },
        }
    }
}

/// A token, or one side of a group: what somebody who types adds and removes one by one.
#[derive(Clone)]
enum Typed {
    Token(TokenTree),
    Open(Delimiter),
    Close(Delimiter),
}

fn typed(tokens: TokenStream) -> Vec<Typed> {
    let mut out = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                out.push(Typed::Open(group.delimiter()));
                out.extend(typed(group.stream()));
                out.push(Typed::Close(group.delimiter()));
            }
            other => out.push(Typed::Token(other)),
        }
    }
    out
}

/// The tokens that an editor hands to a macro: an open group ends with the one around it, and a lone closing bracket is left out.
fn balanced(typed: &[Typed]) -> TokenStream {
    let mut open: Vec<(Delimiter, Vec<TokenTree>)> = vec![(Delimiter::None, Vec::new())];
    let close = |open: &mut Vec<(Delimiter, Vec<TokenTree>)>| {
        let (delimiter, tokens) = open.pop().unwrap();
        let group = Group::new(delimiter, tokens.into_iter().collect());
        open.last_mut().unwrap().1.push(group.into());
    };
    for token in typed {
        match token {
            Typed::Token(token) => open.last_mut().unwrap().1.push(token.clone()),
            Typed::Open(delimiter) => open.push((*delimiter, Vec::new())),
            Typed::Close(delimiter) => {
                if let Some(opened) = open.iter().rposition(|(known, _)| known == delimiter) {
                    while open.len() > opened {
                        close(&mut open);
                    }
                }
            }
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap().1.into_iter().collect()
}

const STATES: [(&str, &str); 7] = [
    ("Check", "Choice"),
    ("Both", "Parallel"),
    ("A", "Pass"),
    ("B", "Succeed"),
    ("Each", "Map"),
    ("Ship", "Task"),
    ("Failed", "Fail"),
];

/// Expands what is no machine any more, and looks at what is left of it: Rust, with the names that the rest of the file uses.
/// Answers how long it took, and whether the machine's name was kept, which must be where nobody may lose it.
fn check_broken(tokens: TokenStream, may_lose_it: bool) -> (Duration, bool) {
    let written = format!(" {tokens} ");
    let has_name = tokens
        .clone()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Ident(name) if name == "Everything"));
    let started = Instant::now();
    let out = state_machine(tokens);
    let taken = started.elapsed();
    let file: syn::File =
        syn::parse2(out.clone()).unwrap_or_else(|error| panic!("{error}:\n{written}\n{out}"));
    // What is inside of an attribute that nobody closed is no machine.
    let has_name = has_name && !written.contains(" Everything intellijRulezz");
    let is_kept =
        file.items.iter().any(|item| matches!(item, syn::Item::Struct(item) if item.ident == "Everything"));
    if !is_kept && has_name && may_lose_it {
        return (taken, false);
    }
    assert!(is_kept || !has_name, "{written}\n{out}");
    let constants: Vec<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            syn::ImplItem::Const(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    for (state, kind) in STATES {
        let count = constants.iter().filter(|constant| **constant == state).count();
        assert!(count <= 1, "{state}: {written}\n{out}");
        let is_written = written.contains(&format!(" {state} : {kind} "));
        assert!(count == 1 || !has_name || !is_written, "{state}: {written}\n{out}");
    }
    (taken, true)
}

/// Expands the machine, broken at every place of it, and sees that an editor does not wait for it.
fn at_every_token(broken: impl Fn(&[Typed], usize) -> Vec<Typed>) {
    let whole = typed(everything());
    let mut taken = Duration::ZERO;
    for place in 0..whole.len() {
        taken += check_broken(balanced(&broken(&whole, place)), false).0;
    }
    let each = taken / u32::try_from(whole.len()).unwrap();
    println!("{each:?} for each");
    assert!(each < Duration::from_millis(50), "{each:?} for each");
}

#[test]
fn the_whole_machine_has_no_error() {
    let out = state_machine(balanced(&typed(everything()))).to_string();
    assert!(!out.contains("compile_error"), "{out}");
}

#[test]
fn a_machine_that_ends_at_any_token_keeps_its_names() {
    at_every_token(|whole, place| whole[..place].to_vec());
}

#[test]
fn a_machine_without_any_one_of_its_tokens_keeps_its_names() {
    at_every_token(|whole, place| [&whole[..place], &whole[place + 1..]].concat());
}

#[test]
fn a_machine_without_any_two_neighbours_keeps_its_names() {
    at_every_token(|whole, place| [&whole[..place], whole.get(place + 2..).unwrap_or_default()].concat());
}

/// Completion asks with a made-up word at the cursor.
#[test]
fn a_machine_with_a_word_too_many_at_any_token_keeps_its_names() {
    let word = || Typed::Token(Ident::new("intellijRulezz", Span::call_site()).into());
    at_every_token(|whole, place| [&whole[..place], &[word()], &whole[place..]].concat());
}

#[test]
fn a_machine_with_a_mark_too_many_at_any_token_keeps_its_names() {
    for mark in ['$', '.'] {
        let mark = || Typed::Token(Punct::new(mark, Spacing::Alone).into());
        at_every_token(|whole, place| [&whole[..place], &[mark()], &whole[place..]].concat());
    }
}

#[test]
fn a_machine_with_any_token_twice_keeps_its_names() {
    at_every_token(|whole, place| [&whole[..=place], &whole[place..]].concat());
}

#[test]
fn a_machine_with_any_two_neighbours_exchanged_keeps_its_names() {
    at_every_token(|whole, place| {
        let mut whole = whole.to_vec();
        if place + 1 < whole.len() {
            whole.swap(place, place + 1);
        }
        whole
    });
}

/// The same pairs every time.
#[test]
fn a_machine_with_tokens_of_other_places_keeps_its_names() {
    let mut random = 7u64;
    let mut below = |bound: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % bound.max(1)
    };
    let whole = typed(everything());
    let mut lost = 0;
    for _ in 0..600 {
        let mut broken = whole.clone();
        for _ in 0..=below(3) {
            if broken.is_empty() {
                break;
            }
            let (place, other) = (below(broken.len()), below(whole.len()));
            match below(4) {
                0 => drop(broken.remove(place)),
                1 => broken.insert(place, whole[other].clone()),
                2 => broken[place] = whole[other].clone(),
                _ => broken.truncate(place.max(1)),
            }
        }
        let (_, is_kept) = check_broken(balanced(&broken), true);
        lost += usize::from(!is_kept);
    }
    // Another name where the machine's is expected is taken for it.
    assert!(lost <= 6, "{lost} of 600 lost their name");
}

#[test]
fn types_that_are_none_expand_to_tokens_that_parse() {
    let types = [
        quote!(i64+),
        quote!(dyn A + B),
        quote!(impl A + B),
        quote!(dyn A+),
        quote!(_),
        quote!(!),
        quote!(m! {}),
    ];
    for ty in types {
        let machine = state_machine(quote! {
            M(#ty) -> #ty {
                start_at: A,
                A: Task { resource: sqs::send_message.wait_for_task_token -> #ty, timeout_seconds: 5, end: true },
            }
        });
        let derived = |tokens: TokenStream| crate::derive::state_data(&tokens);
        let lambda = crate::lambda::expand(TokenStream::new(), quote!(fn f(x: #ty) -> Result<#ty, #ty>;));
        for out in [
            machine,
            derived(quote!(struct S { a: #ty })),
            derived(quote!(struct S(#ty);)),
            derived(quote!(enum S { A(#ty), B { b: #ty } })),
            lambda,
        ] {
            assert!(syn::parse2::<syn::File>(out.clone()).is_ok(), "{ty}: {out}");
        }
    }
}

#[test]
fn a_name_that_no_constant_can_have_is_an_error() {
    for name in ["Self", "crate", "_"] {
        let name = Ident::new(name, Span::call_site());
        let out = state_machine(quote!(M() { start_at: A, A: Succeed {}, #name: Succeed {} })).to_string();
        assert!(out.contains("is no name for a constant") && out.contains("pub const A"), "{out}");
    }
    let out = state_machine(quote!(M() { start_at: "if", if: Succeed {} })).to_string();
    assert!(!out.contains("compile_error") && out.contains("pub const r#if"), "{out}");
}

#[test]
fn what_is_nested_too_deep_is_an_error() {
    let mut brackets = TokenStream::new();
    for _ in 0..10_000 {
        brackets = TokenTree::Group(Group::new(Delimiter::Bracket, brackets)).into();
    }
    let nots: TokenStream = std::iter::repeat_n(quote!(!), 10_000).collect();
    for tokens in [
        quote!(M() { start_at: A, A: Pass { result: #brackets, end: true } }),
        quote!(M() { start_at: A, A: Choice { choices: [#nots is_present($.a) => B] }, B: Succeed {} }),
    ] {
        let out = state_machine(tokens).to_string();
        assert!(out.contains("nested deeper than 128 levels"), "{out}");
    }
}
