//! Nothing correct is refused, in JSONata: machines as people write them, over types, that must compile, and run.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, dead_code)]

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, Workflow, executor::Executor, lambda, state_machine, value::to_value};

#[derive(Serialize, Deserialize, StateData, Debug, Clone)]
struct Line {
    sku: String,
    price: f64,
    quantity: u32,
    gift_note: Option<String>,
}

#[derive(Serialize, Deserialize, StateData, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Priority {
    Normal,
    High,
}

#[derive(Serialize, Deserialize, StateData, Debug, Clone)]
struct Order {
    id: String,
    lines: Vec<Line>,
    priority: Priority,
    coupon: Option<String>,
    #[state_data(timestamp)]
    placed_at: String,
    retries: u32,
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Priced {
    id: String,
    total: f64,
    count: u32,
    note: Option<String>,
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Packed {
    sku: String,
    boxes: u32,
}

#[lambda]
async fn pack(line: Line) -> Packed {
    Packed { sku: line.sku, boxes: line.quantity.div_ceil(2) }
}

#[lambda]
async fn price(order: Order) -> Priced {
    let total = order.lines.iter().map(|line| line.price * f64::from(line.quantity)).sum();
    Priced { id: order.id, total, count: u32::try_from(order.lines.len()).unwrap(), note: None }
}

#[lambda]
async fn ship(packed: Vec<Packed>) -> u32 {
    packed.iter().map(|packed| packed.boxes).sum()
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Ticket {
    id: String,
    attempt: u32,
    reason: String,
    skus: Vec<String>,
}

#[lambda]
async fn complain(ticket: Ticket) -> String {
    format!("{}#{}: {} {}", ticket.id, ticket.attempt, ticket.reason, ticket.skus.join(","))
}

state_machine! {
    /// Prices, packs in a Map, ships; whatever fails becomes a ticket.
    Shop(Order) -> serde_json::Value {
        query_language: JSONata,
        start_at: Start,
        Start: Pass {
            assign: { "order": "{% $states.input %}", "attempt": 0, "seen": [] },
            next: HasLines,
        },
        HasLines: Choice {
            choices: [
                "{% $count($order.lines) = 0 %}" => Ticket { assign: { "reason": "no lines" } },
                "{% $states.input.priority = 'HIGH' and $states.input.coupon %}" => Price {
                    output: "{% $merge([$states.input, { 'coupon': $uppercase($states.input.coupon) }]) %}",
                },
            ],
            default: Price,
        },
        Price: Task {
            resource: lambda::invoke(price),
            payload: "{% $states.input %}",
            output: "{% $states.result.Payload %}",
            assign: {
                "total": "{% $round($states.result.Payload.total, 2) %}",
                "attempt": "{% $attempt + 1 %}",
                "seen": "{% $append($seen, $states.result.Payload.id) %}",
            },
            catch: [{ error_equals: [States.ALL], assign: { "reason": "{% $states.errorOutput.Error %}" }, next: Ticket }],
            next: Pack,
        },
        Pack: Map {
            items: "{% $order.lines %}",
            item_processor: {
                start_at: One,
                One: Task {
                    resource: lambda::invoke(pack),
                    payload: {
                        "sku": "{% $states.input.sku %}",
                        "price": "{% $states.input.price * 1.19 %}",
                        "quantity": "{% $states.input.quantity + 1 %}",
                        "gift_note": "{% $exists($states.input.gift_note) ? $states.input.gift_note : null %}",
                    },
                    output: "{% $states.result.Payload %}",
                    end: true,
                },
            },
            next: Ship,
        },
        Ship: Task {
            resource: lambda::invoke(ship),
            payload: "{% $states.input %}",
            output: {
                "boxes": "{% $states.result.Payload %}",
                "total": "{% $total %}",
                "seen": "{% $seen %}",
                "skus": "{% [$order.lines.sku] %}",
                "dear": "{% [$order.lines[price > 5].sku] %}",
                "text": "{% $order.id & ': ' & $join([$order.lines.sku], ', ') & ($exists($order.coupon) ? ' with coupon' : '') %}",
                "gift": "{% $count($order.lines[gift_note != null]) > 0 ? 'yes' : 'no' %}",
                "weekday": "{% $fromMillis($toMillis($order.placed_at), '[F]') %}",
            },
            end: true,
        },
        Ticket: Task {
            resource: lambda::invoke(complain),
            payload: {
                "id": "{% $order.id %}",
                "attempt": "{% $attempt %}",
                "reason": "{% $exists($reason) ? $reason : 'unknown' %}",
                "skus": "{% [$order.lines.sku] %}",
            },
            output: "{% $states.result.Payload %}",
            end: true,
        },
    }
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Poll {
    job: String,
    limit: u32,
}

state_machine! {
    /// Polls a job until it is done, as often as it may.
    Polling(Poll) -> serde_json::Value {
        query_language: JSONata,
        start_at: Begin,
        Begin: Pass { assign: { "round": 0, "limit": "{% $states.input.limit %}" }, next: Sleep },
        Sleep: Wait { seconds: "{% $round = 0 ? 1 : $round * 2 %}", next: Look },
        Look: Pass {
            output: { "job": "{% $states.input.job %}", "status": "{% $round >= 3 ? 'DONE' : 'RUNNING' %}" },
            assign: { "round": "{% $round + 1 %}" },
            next: Decide,
        },
        Decide: Choice {
            choices: [
                "{% $states.input.status = 'DONE' %}" => Done,
                "{% $round > $limit %}" => TooLong,
            ],
            default: Sleep,
        },
        TooLong: Fail { error: "TooLong", cause: "{% 'gave up on ' & $states.input.job & ' after ' & $string($round) %}" },
        Done: Succeed { output: "{% { 'job': $states.input.job, 'rounds': $round } %}" },
    }
}

state_machine! {
    /// Numbers about lines, each of which takes one line at least.
    Statistics(Order) -> serde_json::Value {
        query_language: JSONata,
        start_at: HasLines,
        HasLines: Choice { choices: [ "{% $count($states.input.lines) = 0 %}" => Empty ], default: Count },
        Count: Pass {
            output: {
                "mean": "{% $average([$states.input.lines.price]) %}",
                "most": "{% $max($states.input.lines.quantity) %}",
                "total": "{% $sum($states.input.lines.(price * quantity)) %}",
                "doubled": "{% $max($map($states.input.lines, function($line) { $line.quantity * 2 })) %}",
                "cheapest": "{% $states.input.lines^(price)[0].sku %}",
                "skus": "{% $join($states.input.lines.sku, ' ') %}",
                "dear": "{% ($dear := $states.input.lines[price > 5]; $count($dear) > 0 ? $dear[0].sku : 'none') %}",
                "notes": "{% [$filter($states.input.lines, function($line) { $line.gift_note != null }).gift_note] %}",
            },
            next: Label,
        },
        Label: Pass { output: "{% $uppercase($states.input.cheapest) & $join($states.input.notes, '') %}", end: true },
        Empty: Succeed { output: "{% 'none' %}" },
    }
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Both {
    defaults: Defaults,
    given: Given,
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Defaults {
    region: String,
    size: Option<u32>,
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Given {
    name: String,
    size: Option<u32>,
}

state_machine! {
    /// Each of two merged objects has a key that the other lacks, in both languages.
    Merged(Both) -> String {
        start_at: Paths,
        Paths: Pass { parameters: { "all": States.JsonMerge($.defaults, $.given, false) }, result_path: $.merged, next: Names },
        Names: Pass { parameters: { "name": $.merged.all.name, "region": $.merged.all.region }, result_path: $.names, next: Query },
        Query: Pass {
            query_language: JSONata,
            output: "{% $states.input.names.region & $merge([$states.input.defaults, $states.input.given]).name %}",
            end: true,
        },
    }
}

fn run(definition: &stepfn::Definition, input: serde_json::Value) -> Result<serde_json::Value, String> {
    let executor = Executor::builder().build(definition).unwrap();
    let outcome = executor.run_blocking(to_value(&input).unwrap()).unwrap();
    match outcome.output() {
        Some(_) => Ok(outcome.into_output().unwrap()),
        None => {
            Err(format!("{}: {}", outcome.error().unwrap_or_default(), outcome.cause().unwrap_or_default()))
        }
    }
}

fn order(lines: serde_json::Value, coupon: serde_json::Value) -> serde_json::Value {
    json!({ "id": "o1", "lines": lines, "priority": "HIGH", "coupon": coupon, "placed_at": "2026-11-21T10:00:00Z", "retries": 0 })
}

#[test]
fn an_order_goes_through() {
    let lines = json!([{ "sku": "a", "price": 2.5, "quantity": 2, "gift_note": "hi" }, { "sku": "b", "price": 7, "quantity": 1 }]);
    assert_eq!(
        run(&Shop::definition(), order(lines, json!("save"))).unwrap(),
        json!({
            "boxes": 3, "total": 12, "seen": ["o1"], "skus": ["a", "b"], "dear": ["b"], "text": "o1: a, b with coupon",
            "gift": "yes", "weekday": "saturday",
        })
    );
}

#[test]
fn an_order_without_lines_becomes_a_ticket() {
    assert_eq!(run(&Shop::definition(), order(json!([]), json!(null))).unwrap(), json!("o1#0: no lines "));
}

#[test]
fn a_loop_counts_and_ends() {
    let poll = |limit: u32| run(&Polling::definition(), json!({ "job": "j", "limit": limit }));
    assert_eq!(poll(10).unwrap(), json!({ "job": "j", "rounds": 4 }));
    assert_eq!(poll(1).unwrap_err(), "TooLong: gave up on j after 2");
}

#[derive(Serialize, Deserialize, StateData, Debug)]
struct Message {
    body: String,
}

state_machine! {
    /// Reads a text of which it is declared what it holds.
    Reading(Message) -> u32 {
        query_language: JSONata,
        start_at: Read,
        Read: Pass { output: { "line": "{% $parse($states.input.body) %}" -> Line }, next: Quantity },
        Quantity: Pass { output: "{% $states.input.line.quantity %}", end: true },
    }
}

#[test]
fn what_a_text_holds_is_what_was_declared_of_it() {
    let body = r#"{ "sku": "a", "price": 1, "quantity": 3, "gift_note": null }"#;
    assert_eq!(run(&Reading::definition(), json!({ "body": body })).unwrap(), json!(3));
}

#[test]
fn what_takes_one_item_at_least_is_made_behind_a_count() {
    let lines = json!([
        { "sku": "b", "price": 9.0, "quantity": 1, "gift_note": "for you" },
        { "sku": "a", "price": 3.0, "quantity": 4, "gift_note": null },
    ]);
    assert_eq!(run(&Statistics::definition(), order(lines, json!(null))), Ok(json!("Afor you")));
    assert_eq!(run(&Statistics::definition(), order(json!([]), json!(null))), Ok(json!("none")));
}

#[test]
fn a_key_of_either_of_two_merged_objects_is_read() {
    let input = json!({ "defaults": { "region": "eu", "size": 1 }, "given": { "name": "x", "size": null } });
    assert_eq!(run(&Merged::definition(), input), Ok(json!("eux")));
}
