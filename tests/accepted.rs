//! Nothing correct is refused: machines over odd data that must compile, and run.
#![allow(clippy::unwrap_used, clippy::use_self, clippy::needless_pass_by_value, dead_code)]

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, TaskError, TaskToken, Workflow, lambda, state_machine, value::to_value};

#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Payment {
    Card { number: String, amount: u32 },
    Cash { amount: u32 },
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Common {
    trace: String,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(rename_all = "kebab-case")]
struct Big {
    #[serde(flatten)]
    common: Common,
    payment: Payment,
    tags: HashMap<String, String>,
    pair: (u8, String),
    nested_list: Vec<Vec<u32>>,
    maybe: Option<Option<u8>>,
    detail_type: String,
    #[serde(rename = "type")]
    ty: String,
    tree: Tree,
    #[serde(default)]
    count: u32,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Tree {
    value: i32,
    children: Vec<Tree>,
}
#[derive(Debug, thiserror::Error, TaskError)]
enum E {
    #[error("x")]
    Bad(#[from] std::num::ParseIntError),
}
#[lambda]
async fn f(big: Big) -> Result<Big, E> {
    Ok(big)
}
#[lambda]
async fn nothing() {}
#[lambda]
async fn tree(tree: Tree) -> Tree {
    tree
}
#[lambda]
async fn pay(p: Payment) -> u32 {
    match p {
        Payment::Card { amount, .. } | Payment::Cash { amount } => amount,
    }
}
#[lambda]
async fn sum(xs: Vec<u32>) -> u32 {
    xs.iter().sum()
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Counter {
    count: u32,
    max: u32,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Item {
    id: String,
}
#[lambda]
async fn one(i: Item) -> Item {
    i
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Query {
    #[serde(rename = "Items")]
    items: Vec<BTreeMap<String, Item>>,
    #[serde(rename = "Count")]
    count: u32,
}

state_machine! { A(Big) -> serde_json::Value {
    start_at: F,
    F: Task { resource: lambda(f), next: G },
    G: Pass { parameters: { "a": $.trace, "k": $.payment.kind, "amount": $.payment.amount, "t": $["detail-type"], "t2": $.detail-type, "ty": $.type, "p": $.pair[1], "all": $.nested-list[*][*], "deep": $..value, "kids": $.tree.children[*].value, "slice": $.nested-list[0:2], "f": $.tree.children[?(@.value > 3)].value }, next: N },
    N: Task { resource: lambda(nothing), result_path: null, next: H },
    H: Succeed {},
} }
state_machine! { B(Big) -> u32 {
    start_at: K,
    K: Choice { choices: [ $.payment.kind == "card" && is_present($.tags.vip) && $.tags.vip == "yes" => T ], default: P },
    T: Task { resource: lambda(tree), input_path: $.tree, result_path: $.tree, next: P },
    P: Task { resource: lambda(pay), input_path: $.payment, end: true },
} }
state_machine! { Loop(Counter) -> Counter {
    start_at: Check,
    Check: Choice { choices: [ number($.count) < $.max => Inc ], default: Done },
    #[allow(stepfn::number_out_of_range)]
    Inc: Pass { parameters: { "count": States.MathAdd($.count, 1), "max": $.max }, next: Check },
    Done: Succeed {},
} }
state_machine! { Sdk(serde_json::Value) -> Vec<Item> {
    start_at: Q,
    Q: Task { resource: aws_sdk::dynamodb::query -> Query, parameters: { "TableName": ref_("Table"), "KeyConditionExpression": "pk = :pk" }, next: M },
    M: Map {
        items_path: $.Items,
        item_processor: { start_at: W, W: Choice { choices: [ is_present($.first) => X ], default: Y }, X: Task { resource: lambda(one), input_path: $.first, end: true }, Y: Pass { result: { "id": "none" }, end: true } },
        retry: [ { error_equals: [States.TaskFailed, E, "Other"], jitter_strategy: FULL, max_delay_seconds: 5 } ],
        end: true,
    },
} }
state_machine! { Vars(Counter) -> serde_json::Value {
    start_at: A,
    A: Pass { assign: { "n": $.count, "text": States.Format("{}", $.max) }, next: L },
    L: Pass { result_path: $.list, result: [1, 2], assign: { "first": $[0] }, next: B },
    B: Map { items_path: $.list, item_processor: { start_at: C, C: Pass { parameters: { "x": $n, "i": $ }, end: true } }, end: true },
} }
state_machine! { Jsonata(Counter) -> serde_json::Value {
    start_at: A,
    query_language: JSONata,
    A: Pass { output: { "x": "{% $states.input.count + 1 %}" }, next: B },
    B: Choice { choices: [ "{% $states.input.x > 3 %}" => C ], default: C },
    #[allow(stepfn::number_out_of_range)]
    C: Wait { seconds: "{% $states.input.x %}", end: true },
} }
state_machine! { Sum(Big) -> u32 {
    start_at: S,
    S: Task { resource: lambda::invoke(sum), payload: $.nested-list[*][*], output_path: $.Payload, end: true },
} }
state_machine! { First(Big) -> serde_json::Value {
    start_at: Ask,
    Ask: Choice {
        choices: [ is_present($.tree.children[0]) && $.tree.children[0].value > 1 => Take ],
        default: None,
    },
    Take: Pass {
        parameters: { "first": $.tree.children[0].value, "same": States.ArrayGetItem($.tree.children, 0), "all": $.tree.children[*].value },
        next: Done,
    },
    None: Pass { result: { "first": 0 }, next: Done },
    Done: Succeed {},
} }
fn run(definition: &stepfn::Definition, input: serde_json::Value) -> serde_json::Value {
    let executor = stepfn::executor::Executor::builder().allow_unbound().build(definition).unwrap();
    let outcome = executor.run_blocking(to_value(&input).unwrap()).unwrap();
    assert_eq!(outcome.status.name(), "SUCCEEDED", "{}: {}", definition.name, outcome.status);
    outcome.into_output().unwrap()
}

fn big() -> serde_json::Value {
    let leaf = |value: i32| json!({ "value": value, "children": [] });
    json!({
        "trace": "t", "payment": { "kind": "card", "number": "1", "amount": 7 }, "tags": { "vip": "yes" },
        "pair": [1, "one"], "nested-list": [[1, 2], [3]], "maybe": null, "detail-type": "d", "type": "big",
        "tree": { "value": 1, "children": [leaf(2), leaf(5)] }
    })
}

#[test]
fn paths_of_every_kind_read_what_they_say() {
    let output = run(&A::definition(), big());
    let expected = json!({
        "a": "t", "k": "card", "amount": 7, "t": "d", "t2": "d", "ty": "big", "p": "one", "all": [1, 2, 3],
        "deep": [1, 2, 5], "kids": [2, 5], "slice": [[1, 2], [3]], "f": [5]
    });
    assert_eq!(output, expected);
}

#[test]
fn what_a_choice_knows_of_a_part_does_not_unmake_the_whole() {
    assert_eq!(run(&B::definition(), big()), json!(7));
    let mut plain = big();
    plain["tags"] = json!({});
    assert_eq!(run(&B::definition(), plain), json!(7));
}

#[test]
fn loops_count_in_the_type_they_started_with() {
    assert_eq!(run(&Loop::definition(), json!({ "count": 0, "max": 3 })), json!({ "count": 3, "max": 3 }));
}

#[test]
fn variables_are_seen_inside_a_map() {
    let output = run(&Vars::definition(), json!({ "count": 4, "max": 3 }));
    assert_eq!(output, json!([{ "x": 4, "i": 1 }, { "x": 4, "i": 2 }]));
}

#[test]
fn an_indefinite_path_is_a_list_for_a_function() {
    assert_eq!(run(&Sum::definition(), big()), json!(6));
}

#[test]
fn other_services_and_jsonata_are_declared() {
    assert_eq!(Sdk::definition().machine.states.len(), 2);
    assert_eq!(Jsonata::definition().machine.states.len(), 3);
}

#[test]
fn an_item_that_was_asked_for_is_there() {
    let child = json!({ "value": 2, "children": [] });
    let all = json!([2, 5]);
    assert_eq!(run(&First::definition(), big()), json!({ "first": 2, "same": child, "all": all }));
    let mut bare = big();
    bare["tree"]["children"] = json!([]);
    assert_eq!(run(&First::definition(), bare), json!({ "first": 0 }));
}

#[cfg(any())]
struct OnlyElsewhere;

state_machine! {
    #[cfg(any())]
    pub NotHere(OnlyElsewhere) -> OnlyElsewhere {
        start_at: A,
        A: Task { resource: lambda(only_elsewhere), end: true },
    }
}

state_machine! {
    #[cfg(all())]
    /// Counts.
    #[deprecated = "there is a newer one"]
    pub NotHere(u8) -> u8 {
        start_at: A,
        A: Pass { end: true },
    }
}

#[test]
#[allow(deprecated)]
fn a_machine_that_is_not_compiled_leaves_nothing_behind() {
    assert_eq!(NotHere::definition().machine.states.len(), 1);
    assert_eq!(NotHere::A, "A");
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Answered {
    by: String,
    note: Option<String>,
}
/// Reads what is answered, and less of it.
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Signature {
    by: String,
}
#[derive(Serialize, Deserialize, StateData)]
struct Asked {
    inner: Tokens,
}
#[derive(Serialize, Deserialize, StateData)]
struct Tokens {
    own: Option<TaskToken<Answered>>,
    // One of another state, which is handed on.
    other: TaskToken<u8>,
}
#[lambda]
async fn ask(_asked: Asked) {}

state_machine! {
    Asking(String) -> Signature {
        start_at: Ask,
        Ask: Task {
            resource: lambda::invoke(ask).wait_for_task_token -> Signature,
            payload: { "inner": { "own": $$.Task.Token, "other": $ } },
            timeout_seconds: 60,
            end: true,
        },
    }
}

#[test]
fn a_token_says_what_its_own_state_gets_back() {
    assert_eq!(Asking::definition().machine.states.len(), 1);
}
