//! Machines over all kinds of types that must compile, and run.
#![allow(clippy::unwrap_used, clippy::use_self, dead_code)]

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stepfn::{StateData, Workflow, executor::Executor, lambda, state_machine, value::to_value};

/// Runs a machine with its own functions, and answers its output.
#[track_caller]
fn output<M: Workflow>(input: &Value) -> Value {
    let executor = Executor::new(&M::definition()).unwrap();
    let outcome = executor.run_blocking(to_value(input).unwrap()).unwrap();
    assert_eq!(outcome.error(), None, "{input}: {:?}", outcome.cause());
    serde_json::from_str(&outcome.output().unwrap().to_string()).unwrap()
}

#[derive(Serialize, Deserialize, StateData)]
struct List {
    value: i32,
    next: Option<Box<List>>,
}

#[lambda]
async fn sum(list: List) -> i32 {
    list.value + list.next.map_or(0, |next| next.value)
}

state_machine! {
    /// Reads two steps into a list, behind guards, and hands on what is there.
    Third(List) -> Value {
        start_at: Check,
        Check: Choice {
            choices: [
                is_present($.next) && !is_null($.next) && is_present($.next.next) && !is_null($.next.next) => Sum,
            ],
            default: Short,
        },
        Sum: Task { resource: lambda(sum), input_path: $.next.next, result_path: $.sum, next: Read },
        Read: Pass { parameters: { "third": $.next.next.value, "sum": $.sum, "rest": $.next }, next: Rest },
        Rest: Task { resource: lambda(sum), input_path: $.rest, result_path: $.ofRest, end: true },
        Short: Task { resource: lambda(sum), end: true },
    }
}

#[test]
fn a_linked_list_is_walked_and_handed_on() {
    let list = |value, next: Value| json!({"value": value, "next": next});
    let three = list(1, list(2, list(3, Value::Null)));
    assert_eq!(output::<Third>(&three), json!({"third": 3, "sum": 3, "rest": three["next"], "ofRest": 5}));
    assert_eq!(output::<Third>(&list(1, Value::Null)), json!(1));
    assert_eq!(output::<Third>(&json!({"value": 1})), json!(1));
}

/// More branches into itself than a walk of each could end with.
#[derive(Serialize, Deserialize, StateData)]
enum Expression {
    Number(i64),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Named(HashMap<String, Expression>),
    If { test: Box<Expression>, then: Box<Expression>, otherwise: Option<Box<Expression>> },
    Add { left: Box<Expression>, right: Box<Expression> },
}

#[lambda]
async fn simplified(expression: Expression) -> Expression {
    match expression {
        Expression::Not(inner) => *inner,
        other => other,
    }
}

state_machine! {
    Simplify(Expression) -> Expression {
        start_at: Once,
        Once: Task { resource: lambda(simplified), next: Again },
        Again: Task { resource: lambda(simplified), end: true },
    }
}

#[test]
fn an_enum_that_holds_itself_goes_from_task_to_task() {
    assert_eq!(output::<Simplify>(&json!({"Not": {"Not": {"Number": 1}}})), json!({"Number": 1}));
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "kind")]
enum Payment {
    Card { number: String },
    Cash { amount: u32 },
}

#[derive(Serialize, Deserialize, StateData)]
struct Order {
    id: u32,
    #[serde(flatten)]
    payment: Payment,
    #[serde(flatten)]
    refund: Option<Refund>,
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "refund")]
enum Refund {
    Full,
    Part { percent: u8 },
}

#[derive(Serialize, Deserialize, StateData)]
#[serde(tag = "t", content = "c")]
enum Beside {
    Number(u32),
    Text(String),
}

#[lambda]
async fn order(order: Order) -> Order {
    order
}

#[lambda]
async fn beside(beside: Beside) -> Beside {
    beside
}

state_machine! {
    /// A flattened enum fits itself, with another key beside it as well.
    Orders(Order) -> Order {
        start_at: First,
        First: Task { resource: lambda(order), next: Add },
        Add: Pass { result: 1, result_path: $.extra, next: Second },
        Second: Task { resource: lambda(order), end: true },
    }
}

state_machine! {
    Adjacent(Beside) -> Beside {
        start_at: Add,
        Add: Pass { result: 1, result_path: $.extra, next: Work },
        Work: Task { resource: lambda(beside), end: true },
    }
}

#[test]
fn enums_among_other_fields_fit_themselves() {
    for order in [
        json!({"id": 1, "kind": "Card", "number": "4"}),
        json!({"id": 1, "kind": "Cash", "amount": 4, "refund": "Part", "percent": 50}),
    ] {
        assert_eq!(output::<Orders>(&order), order);
    }
    assert_eq!(output::<Adjacent>(&json!({"t": "Text", "c": "x"})), json!({"t": "Text", "c": "x"}));
}

#[derive(Serialize, Deserialize, StateData)]
struct Odd {
    by_number: HashMap<u32, String>,
    by_flag: BTreeMap<bool, u8>,
    twice: Option<Option<u32>>,
    wait: Duration,
    from: IpAddr,
    count: NonZeroU32,
    outcome: Result<u32, String>,
    wide: i128,
    pair: (u8, i64),
}

#[lambda]
async fn odd(odd: Odd) -> Odd {
    odd
}

#[lambda]
async fn double(n: u32) -> u32 {
    n * 2
}

state_machine! {
    Odds(Odd) -> Value {
        start_at: Work,
        Work: Task { resource: lambda(odd), next: Check },
        Check: Choice {
            choices: [ is_present($.twice) && !is_null($.twice) => Double ],
            default: Count,
        },
        Double: Task { resource: lambda(double), input_path: $.twice, end: true },
        Count: Task { resource: lambda(double), input_path: $.count, result_path: $.doubled, next: Each },
        Each: Map {
            items_path: $.pair,
            item_processor: {
                start_at: P,
                #[allow(stepfn::number_out_of_range)]
                P: Pass { parameters: { "sum": States.MathAdd($, 1) }, end: true },
            },
            result_path: $.sums,
            next: Read,
        },
        Read: Pass {
            parameters: { "seconds": $.wait.secs, "from": States.Format("{}", $.from), "doubled": $.doubled, "sums": $.sums },
            end: true,
        },
    }
}

#[test]
fn types_of_the_standard_library_are_read() {
    let mut input = json!({
        "by_number": {"7": "x"}, "by_flag": {"true": 1}, "twice": 4, "wait": {"secs": 3, "nanos": 0}, "from": "10.0.0.1",
        "count": 2, "outcome": {"Err": "no"}, "wide": 1, "pair": [1, -2],
    });
    assert_eq!(output::<Odds>(&input), json!(8));
    input["twice"] = Value::Null;
    let expected = json!({"seconds": 3, "from": "10.0.0.1", "doubled": 4, "sums": [{"sum": 2}, {"sum": -1}]});
    assert_eq!(output::<Odds>(&input), expected);
}

#[derive(Serialize, Deserialize, StateData)]
struct Loose {
    id: u16,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

#[lambda]
async fn twice() -> Loose {
    Loose { id: 1, rest: [("id".to_owned(), "text".to_owned())].into() }
}

state_machine! {
    Twice() -> Value {
        start_at: Make,
        Make: Task { resource: lambda::invoke(twice), payload: {}, output_path: $.Payload, next: Add },
        Add: Pass { parameters: { "next": States.MathAdd($.id, 1) }, end: true },
    }
}

/// JSON could hold only one of the two, and `$.id` would be a text: the function fails, and not what reads its answer.
#[test]
fn a_function_that_writes_a_key_twice_fails_itself() {
    let outcome =
        Executor::new(&Twice::definition()).unwrap().run_blocking(to_value(&json!({})).unwrap()).unwrap();
    assert_eq!(outcome.error(), Some("Runtime.MarshalError"));
    assert!(outcome.cause().unwrap().contains("the key `id` is written twice"), "{:?}", outcome.cause());
}
