use proc_macro2::{Group, TokenStream, TokenTree};
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

/// The first `left` tokens, with every group that was opened closed again.
fn cut(tokens: TokenStream, left: &mut usize) -> TokenStream {
    let mut out = Vec::new();
    for token in tokens {
        if *left == 0 {
            break;
        }
        *left -= 1;
        out.push(match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), cut(group.stream(), left));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        });
    }
    out.into_iter().collect()
}

fn count(tokens: TokenStream) -> usize {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 1 + count(group.stream()),
            _ => 1,
        })
        .sum()
}

#[test]
fn the_whole_machine_has_no_error() {
    let out = state_machine(everything()).to_string();
    assert!(!out.contains("compile_error"), "{out}");
}

#[test]
fn half_typed_machines_give_errors_and_keep_their_type() {
    for length in 0..count(everything()) {
        let cut = cut(everything(), &mut length.clone());
        let out = state_machine(cut).to_string();
        // From its block on a machine stays a type, so that what names it still resolves.
        if length > 60 {
            assert!(out.contains("pub struct Everything"), "{length}: {out}");
        }
    }
}

#[test]
fn a_machine_without_one_of_its_tokens_never_panics() {
    fn without(tokens: TokenStream, skip: &mut isize) -> TokenStream {
        let mut out = Vec::new();
        for token in tokens {
            let here = *skip == 0;
            *skip -= 1;
            match token {
                TokenTree::Group(group) => {
                    let inner = without(group.stream(), skip);
                    if !here {
                        out.push(TokenTree::Group(Group::new(group.delimiter(), inner)));
                    }
                }
                _ if here => {}
                other => out.push(other),
            }
        }
        out.into_iter().collect()
    }
    for skip in 0..count(everything()) {
        let _ = state_machine(without(everything(), &mut (skip as isize)));
    }
}
