//! A condition is known to hold after it: machines that must compile, and run on values at the corners.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, clippy::use_self, dead_code)]

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stepfn::{StateData, TaskError, Workflow, executor::Executor, lambda, state_machine, value::to_value};

#[derive(Serialize, Deserialize, StateData, Debug, Clone)]
struct Item {
    id: String,
    n: u32,
    note: Option<String>,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    New,
    InWork,
    Done,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(tag = "kind")]
enum Tagged {
    Card { number: String, amount: u32 },
    Cash { amount: u32 },
    Free { number: u32 },
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    tagged: Tagged,
}
#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    N(u32),
    S(String),
}
#[derive(Serialize, Deserialize, StateData, Debug)]
enum External {
    Unit,
    New(u32),
    Old(Item),
}
#[derive(Serialize, Deserialize, StateData, Debug)]
#[serde(untagged)]
enum Untagged {
    Point { x: u32 },
    N(u32),
    S(String),
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct In {
    s: String,
    n: u32,
    opt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<u32>,
    items: Vec<Item>,
    optitems: Option<Vec<Item>>,
    time: String,
    status: Status,
    u: Untagged,
}
#[derive(Debug, thiserror::Error, TaskError)]
enum Refused {
    #[error("odd")]
    Odd,
}

#[lambda]
async fn work(x: In) -> Result<Item, Refused> {
    if x.n % 2 == 1 {
        return Err(Refused::Odd);
    }
    Ok(Item { id: x.s, n: x.n, note: x.opt })
}
#[lambda]
async fn number(x: u32) -> u32 {
    x
}
#[lambda]
async fn text(x: String) -> String {
    x
}
#[lambda]
async fn one(x: Item) -> Item {
    x
}
#[lambda]
async fn whole(x: In) -> u32 {
    x.n
}
#[lambda]
async fn perhaps(x: u32) -> Option<Item> {
    (x > 0).then(|| Item { id: x.to_string(), n: x, note: None })
}

state_machine! { Caught(In) -> Value {
    start_at: T,
    T: Task { resource: lambda(work), result_path: $.r, catch: [ { error_equals: [States.ALL], result_path: $.error, next: C } ], next: C },
    C: Choice { choices: [ is_present($.error) => F ], default: D },
    D: Task { resource: lambda(one), input_path: $.r, end: true },
    F: Pass { parameters: { "error": $.error.Error, "cause": $.error.Cause }, end: true },
} }
state_machine! { Undone(In) -> Value {
    start_at: T,
    T: Task { resource: lambda(work), result_path: null, catch: [ { error_equals: [Odd], result_path: $.state.error, next: C } ], next: C },
    C: Choice { choices: [ !is_present($.state.error) => D ], default: F },
    D: Task { resource: lambda(whole), end: true },
    F: Pass { parameters: { "error": $.state.error.Error }, end: true },
} }
state_machine! { UnderOneKey(In) -> Value {
    start_at: T,
    T: Task { resource: lambda::invoke(work), payload: $, result_path: $.any, catch: [ { error_equals: [States.ALL], result_path: $.any, next: C } ], next: C },
    C: Choice { choices: [ is_present($.any.Payload) => D ], default: F },
    D: Pass { parameters: { "x": $.any.Payload.id }, end: true },
    F: Pass { parameters: { "x": $.any.Error }, end: true },
} }
state_machine! { AllData(In) -> Value {
    start_at: T,
    T: Task { resource: lambda(work), catch: [ { error_equals: [States.ALL], next: C } ], next: C },
    C: Choice { choices: [ is_present($.Error) => F ], default: D },
    D: Task { resource: lambda(one), end: true },
    F: Pass { parameters: { "x": $.Cause }, end: true },
} }
state_machine! { Again(In) -> Value {
    start_at: T,
    T: Task { resource: lambda(work), result_path: $.r, catch: [ { error_equals: [States.ALL], result_path: $.error, next: C } ], next: C },
    C: Choice { choices: [ is_present($.r) => D ], default: W },
    W: Pass { result: 2, result_path: $.n, next: T },
    D: Pass { parameters: { "x": $.r.id }, end: true },
} }

state_machine! { Internal(Tagged) -> Value {
    start_at: C,
    C: Choice { choices: [ $.kind == "Card" => Card, $.kind == "Cash" => Cash ], default: Free },
    Card: Task { resource: lambda(text), input_path: $.number, end: true },
    Cash: Task { resource: lambda(number), input_path: $.amount, end: true },
    Free: Task { resource: lambda(number), input_path: $.number, end: true },
} }
state_machine! { Flattened(Flat) -> Value {
    start_at: C,
    C: Choice { choices: [ $.kind == "Card" => Card, $.kind == "Cash" || $.kind == "Free" => Other ] },
    Card: Task { resource: lambda(text), input_path: $.number, end: true },
    Other: Pass { parameters: { "id": $.id }, end: true },
} }
state_machine! { AdjacentTag(Adjacent) -> Value {
    start_at: C,
    C: Choice { choices: [ $.t == "N" => N, $.t == "S" => S ], default: Unit },
    N: Task { resource: lambda(number), input_path: $.c, end: true },
    S: Task { resource: lambda(text), input_path: $.c, end: true },
    Unit: Pass { parameters: { "t": $.t }, end: true },
} }
state_machine! { ExternalTag(External) -> Value {
    start_at: C,
    C: Choice { choices: [ is_present($.New) => New, is_present($.Old) => Old, is_string($) => Unit ] },
    New: Task { resource: lambda(number), input_path: $.New, end: true },
    Old: Task { resource: lambda(one), input_path: $.Old, end: true },
    Unit: Task { resource: lambda(text), end: true },
} }
state_machine! { NoTag(In) -> Value {
    start_at: C,
    C: Choice { choices: [ is_string($.u) => S, is_present($.u.x) => P ], default: N },
    S: Task { resource: lambda(text), input_path: $.u, end: true },
    P: Task { resource: lambda(number), input_path: $.u.x, end: true },
    N: Task { resource: lambda(number), input_path: $.u, end: true },
} }

state_machine! { Roots(In) -> Value {
    start_at: A,
    A: Pass { assign: { "v": $, "w": $.items }, next: C },
    C: Choice {
        choices: [
            is_present($v.opt) && is_string($v.opt) && is_present($w[0]) => P,
            is_present($$.Execution.Input.skip) && !is_null($$.Execution.Input.skip) => Q,
        ],
        default: D,
    },
    P: Task { resource: lambda(text), input_path: $v.opt, end: true },
    Q: Task { resource: lambda(number), input_path: $$.Execution.Input.skip, end: true },
    D: Pass { parameters: { "x": 0 }, end: true },
} }
state_machine! { Waits(In) -> Value {
    start_at: C,
    C: Choice { choices: [ is_timestamp($.time) => W ], default: D },
    W: Wait { timestamp_path: $.time, next: D },
    D: Pass { parameters: { "n": $.n }, end: true },
} }
state_machine! { Perhaps(u32) -> Value {
    start_at: T,
    T: Task { resource: lambda(perhaps), next: C },
    C: Choice { choices: [ is_present($.id) => P ], default: D },
    P: Pass { parameters: { "x": $.n }, end: true },
    D: Pass { parameters: { "x": -1 }, end: true },
} }

state_machine! { Expressions(In) -> Value {
    query_language: JSONata,
    start_at: P,
    P: Pass {
        output: {
            "first": "{% $count($states.input.items) = 0 ? 'none' : $states.input.items[0].id %}",
            "there": "{% $exists($states.input.items[0]) ? $states.input.items[0].id : 'none' %}",
            "some": "{% $states.input.opt != null ? $uppercase($states.input.opt) : 'none' %}",
            "skip": "{% $states.input.skip != null ? $states.input.skip + 1 : 0 %}",
            "kind": "{% $type($states.input.u) = 'string' ? $uppercase($states.input.u) : 'other' %}",
            "list": "{% $exists($states.input.optitems) and $states.input.optitems != null ? $states.input.optitems : [] %}",
        },
        end: true,
    },
} }
state_machine! { Edges(In) -> Value {
    query_language: JSONata,
    start_at: C,
    C: Choice { choices: [ "{% $count($states.input.items) > 0 %}" => P ], default: S },
    P: Pass { output: "{% $states.input.items[0].id %}", end: true },
    S: Choice { choices: [ "{% $states.input.status = 'NEW' %}" => N, "{% $states.input.status in ['IN_WORK', 'DONE'] %}" => O ] },
    N: Pass { output: "new", end: true },
    O: Pass { output: "old", end: true },
} }
state_machine! { CaughtInJsonata(In) -> Value {
    query_language: JSONata,
    start_at: T,
    T: Task {
        resource: lambda(work),
        output: "{% $merge([$states.input, { 'r': $states.result }]) %}",
        catch: [ { error_equals: [States.ALL], output: "{% $merge([$states.input, { 'error': $states.errorOutput }]) %}", next: C } ],
        next: C,
    },
    C: Choice { choices: [ "{% $exists($states.input.error) %}" => F ], default: D },
    D: Pass { output: "{% $states.input.r.id %}", end: true },
    F: Pass { output: "{% $states.input.error.Error %}", end: true },
} }

fn run(definition: &stepfn::Definition, input: Value) -> Value {
    let executor = Executor::builder().build(definition).unwrap();
    let outcome = executor.run_blocking(to_value(&input).unwrap()).unwrap();
    assert_eq!(outcome.status.name(), "SUCCEEDED", "{}: {}", definition.name, outcome.status);
    outcome.into_output().unwrap()
}

fn input() -> Value {
    json!({
        "s": "a", "n": 2, "opt": "o", "skip": 7, "items": [{ "id": "i", "n": 1, "note": null }],
        "optitems": null, "time": "2026-01-01T00:00:00Z", "status": "NEW", "u": "text"
    })
}

/// An input with some of its fields changed; those that become nothing are left out.
fn with(changes: Value) -> Value {
    let mut input = input();
    for (key, value) in changes.as_object().unwrap() {
        if value == "absent" {
            input.as_object_mut().unwrap().remove(key);
        } else {
            input[key] = value.clone();
        }
    }
    input
}

#[test]
fn success_and_caught_error_are_told_apart() {
    let (even, odd) = (input(), with(json!({ "n": 3 })));
    let item = json!({ "id": "a", "n": 2, "note": "o" });
    assert_eq!(run(&Caught::definition(), even.clone()), item);
    assert_eq!(run(&Caught::definition(), odd.clone())["error"], "Odd");
    assert_eq!(run(&Undone::definition(), even.clone()), json!(2));
    assert_eq!(run(&Undone::definition(), odd.clone()), json!({ "error": "Odd" }));
    assert_eq!(run(&UnderOneKey::definition(), even.clone()), json!({ "x": "a" }));
    assert_eq!(run(&UnderOneKey::definition(), odd.clone()), json!({ "x": "Odd" }));
    assert_eq!(run(&AllData::definition(), even.clone()), item);
    assert!(run(&AllData::definition(), odd.clone())["x"].is_string());
    assert_eq!(run(&Again::definition(), even.clone()), json!({ "x": "a" }));
    assert_eq!(run(&Again::definition(), odd.clone()), json!({ "x": "a" }));
    assert_eq!(run(&CaughtInJsonata::definition(), even), json!("a"));
    assert_eq!(run(&CaughtInJsonata::definition(), odd), json!("Odd"));
}

#[test]
fn variants_are_told_apart() {
    assert_eq!(
        run(&Internal::definition(), json!({ "kind": "Card", "number": "1", "amount": 0 })),
        json!("1")
    );
    assert_eq!(run(&Internal::definition(), json!({ "kind": "Cash", "amount": 0 })), json!(0));
    assert_eq!(run(&Internal::definition(), json!({ "kind": "Free", "number": 9 })), json!(9));
    let card = json!({ "id": 1, "kind": "Card", "number": "", "amount": 0 });
    assert_eq!(run(&Flattened::definition(), card), json!(""));
    assert_eq!(
        run(&Flattened::definition(), json!({ "id": 1, "kind": "Free", "number": 0 })),
        json!({ "id": 1 })
    );
    assert_eq!(run(&AdjacentTag::definition(), json!({ "t": "N", "c": 0 })), json!(0));
    assert_eq!(run(&AdjacentTag::definition(), json!({ "t": "S", "c": "" })), json!(""));
    assert_eq!(run(&AdjacentTag::definition(), json!({ "t": "Unit" })), json!({ "t": "Unit" }));
    assert_eq!(run(&ExternalTag::definition(), json!({ "New": 0 })), json!(0));
    assert_eq!(run(&ExternalTag::definition(), json!("Unit")), json!("Unit"));
    let old = json!({ "id": "", "n": 0, "note": null });
    assert_eq!(run(&ExternalTag::definition(), json!({ "Old": old })), old);
    assert_eq!(run(&NoTag::definition(), input()), json!("text"));
    assert_eq!(run(&NoTag::definition(), with(json!({ "u": 0 }))), json!(0));
    assert_eq!(run(&NoTag::definition(), with(json!({ "u": { "x": 4 } }))), json!(4));
}

#[test]
fn every_root_is_told_of() {
    assert_eq!(run(&Roots::definition(), input()), json!("o"));
    let bare = with(json!({ "items": [], "opt": null }));
    assert_eq!(run(&Roots::definition(), bare), json!(7));
    let bare = with(json!({ "opt": "absent", "skip": "absent" }));
    assert_eq!(run(&Roots::definition(), bare), json!({ "x": 0 }));
    let bare = with(json!({ "opt": "absent", "skip": null }));
    assert_eq!(run(&Roots::definition(), bare), json!({ "x": 0 }));
    assert_eq!(run(&Waits::definition(), with(json!({ "time": "2020-01-01T00:00:00Z" }))), json!({ "n": 2 }));
    assert_eq!(run(&Waits::definition(), with(json!({ "time": "tomorrow" }))), json!({ "n": 2 }));
    assert_eq!(run(&Perhaps::definition(), json!(0)), json!({ "x": -1 }));
    assert_eq!(run(&Perhaps::definition(), json!(3)), json!({ "x": 3 }));
}

#[test]
fn expressions_run_at_the_corners() {
    let full = run(&Expressions::definition(), input());
    let expected = json!({ "first": "i", "there": "i", "some": "O", "skip": 8, "kind": "TEXT", "list": [] });
    assert_eq!(full, expected);
    let bare = with(json!({ "items": [], "opt": "absent", "skip": "absent", "u": 4, "optitems": "absent" }));
    let expected =
        json!({ "first": "none", "there": "none", "some": "none", "skip": 0, "kind": "other", "list": [] });
    assert_eq!(run(&Expressions::definition(), bare), expected);
    let null = with(json!({ "opt": null, "skip": null, "u": { "x": 0 } }));
    assert_eq!(run(&Expressions::definition(), null)["some"], "none");
    assert_eq!(run(&Edges::definition(), input()), json!("i"));
    assert_eq!(run(&Edges::definition(), with(json!({ "items": [] }))), json!("new"));
    assert_eq!(run(&Edges::definition(), with(json!({ "items": [], "status": "DONE" }))), json!("old"));
}

state_machine! {
    /// A counted item is there.
    Counted(In) -> Value {
        start_at: Count,
        Count: Pass { parameters: { "len": States.ArrayLength($.items) }, result_path: $.l, next: Many },
        Many: Choice { choices: [ $.l.len > 1 => Second, !($.l.len == 0) => First ], default: None },
        Second: Pass { parameters: { "x": $.items[1].id }, end: true },
        First: Task { resource: lambda(one), input_path: $.items[0], end: true },
        None: Succeed {},
    }
}
state_machine! {
    /// The same by a variable.
    CountedByName(In) -> Value {
        start_at: Count,
        Count: Pass { assign: { "len": States.ArrayLength($.items) }, next: Many },
        Many: Choice { choices: [ $len > 0 => First ], default: None },
        First: Pass { parameters: { "x": $.items[0].id }, end: true },
        None: Succeed {},
    }
}

#[test]
fn a_count_tells_of_the_array() {
    let item = |id: &str| json!({"id": id, "n": 1, "note": null});
    for (items, first, second) in [
        (json!([]), None, None),
        (json!([item("a")]), Some("a"), None),
        (json!([item("a"), item("b")]), Some("a"), Some("b")),
    ] {
        let input = json!({"s": "", "n": 2, "items": items, "time": "", "status": "NEW", "u": 1});
        let counted = run(&Counted::definition(), input.clone());
        let expected = match (first, second) {
            (_, Some(second)) => json!({"x": second}),
            (Some(first), _) => item(first),
            _ => json!({"s": "", "n": 2, "items": [], "time": "", "status": "NEW", "u": 1, "l": {"len": 0}}),
        };
        assert_eq!(counted, expected);
        let by_name = run(&CountedByName::definition(), input);
        assert_eq!(by_name["x"], json!(first));
    }
}

state_machine! {
    /// A distributed Map takes an object.
    Entries(HashMap<String, u32>) -> Vec<Entry> {
        start_at: All,
        All: Map {
            item_selector: { "key": $$.Map.Item.Key, "value": $$.Map.Item.Value },
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Each,
                Each: Pass { end: true },
            },
            end: true,
        },
    }
}
#[derive(Serialize, Deserialize, StateData, Debug)]
struct Entry {
    key: String,
    value: u32,
}

#[test]
fn a_distributed_map_goes_through_an_object() {
    assert_eq!(
        run(&Entries::definition(), json!({"a": 1, "b": 2})),
        json!([{"key": "a", "value": 1}, {"key": "b", "value": 2}])
    );
}
