//! Constants and arithmetic wherever a machine has a number, a text or data.
#![allow(clippy::unwrap_used, clippy::unused_async, clippy::needless_pass_by_value)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, executor::Mock, lambda, state_machine, testing::WorkflowTest};

#[derive(Serialize, Deserialize, StateData, Clone, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Gift,
    Sale,
}

#[derive(Serialize, Deserialize, StateData, Clone, Debug, PartialEq)]
struct Order {
    id: String,
    total: u64,
    kind: Kind,
    is_new: bool,
    due: String,
}

fn order(id: &str, total: u64) -> Order {
    Order { id: id.into(), total, kind: Kind::Sale, is_new: false, due: "2026-01-01T00:00:00Z".into() }
}

#[derive(Serialize, Deserialize, StateData, Clone, Debug, PartialEq)]
struct Charge {
    id: String,
    limit: u32,
    rate: f64,
    kind: Kind,
    tags: Vec<String>,
}

#[lambda]
async fn charge(charge: Charge) -> u32 {
    charge.limit + charge.tags.len() as u32
}

const LIMIT: u32 = 100;
const BELOW: i32 = 1;
const GIFT: &str = "gift";
const CODE: &str = "NotPaid";
const WHY: &str = "the order is too large";

mod shop {
    use super::Kind;

    pub(crate) const LEAST: u32 = 10;
    pub(crate) const RATE: f64 = 1.5;
    pub(crate) const KIND: Kind = Kind::Gift;
    pub(crate) const TAGS: [&str; 2] = ["new", "large"];
    pub(crate) const TABLE: &str = "orders";
    pub(crate) const OPEN: bool = true;
    pub(crate) const EPOCH: &str = "2020-01-01T00:00:00Z";
    pub(crate) const NAMES: &str = "vip-*";
    pub(crate) const NOT_PAID: &str = "NotPaid";

    stepfn::fragment! {
        pub(crate) Large {
            Check: Choice { choices: [ $.total > 10 * LEAST => Refused ], default: Kept },
            Kept: Pass { result: { "table": TABLE, "kind": KIND }, result_path: $.kept, next: Checked },
        }
    }
}

state_machine! {
    Conditions(Order) -> String {
        start_at: Size,
        Size: Choice {
            choices: [
                $.id matches shop::NAMES => Vip,
                $.total < shop::LEAST => Small,
                $.kind == string(GIFT) => Gift,
                $.is_new == boolean(shop::OPEN) && $.total <= LIMIT => Fresh,
                timestamp(shop::EPOCH) > $.due => Old,
                10 * LIMIT + 1 <= $.total => Large,
                !($.total == number(shop::LEAST)) => Medium,
            ],
            default: Least,
        },
        Vip: Pass { result: "vip", end: true },
        Small: Pass { result: "small", end: true },
        Gift: Pass { result: "gift", end: true },
        Fresh: Pass { result: "fresh", end: true },
        Old: Pass { result: "old", end: true },
        Large: Pass { result: "large", end: true },
        Medium: Pass { result: "medium", end: true },
        Least: Pass { result: "least", end: true },
    }
}

#[test]
fn constants_stand_in_conditions() {
    let asl = Conditions::definition().machine.to_json();
    let rules = &asl["States"]["Size"]["Choices"];
    assert_eq!(rules[1].to_string(), r#"{"Variable":"$.total","NumericLessThan":10,"Next":"Small"}"#);
    assert_eq!(rules[2]["StringEquals"].as_str(), Some("gift"));
    assert_eq!(
        rules[5].to_string(),
        r#"{"Variable":"$.total","NumericGreaterThanEquals":1001,"Next":"Large"}"#
    );
    let cases = [
        (order("vip-1", 1), "vip"),
        (order("a", 9), "small"),
        (Order { kind: Kind::Gift, ..order("a", 10) }, "gift"),
        (Order { is_new: true, ..order("a", 10) }, "fresh"),
        (Order { due: "2019-01-01T00:00:00Z".into(), ..order("a", 10) }, "old"),
        (order("a", 1001), "large"),
        (order("a", 11), "medium"),
        (order("a", 10), "least"),
    ];
    for (order, expected) in cases {
        assert_eq!(Conditions::test().run(&order).output(), expected, "{order:?}");
    }
}

state_machine! {
    /// No rule tells more of a constant than what it is: neither two of them exclude each other, nor does one without `default` go by their values.
    Bounds(Order) -> String {
        start_at: Between,
        Between: Choice {
            choices: [ $.total > LIMIT && $.total < shop::LEAST => Never, $.total <= -BELOW => Never ],
            default: Half,
        },
        Never: Pass { result: "never", end: true },
        Half: Choice { choices: [ $.total < LIMIT => Below, $.total >= LIMIT => Above ] },
        Below: Pass { result: "below", end: true },
        Above: Pass { result: "above", end: true },
    }
}

#[test]
fn both_sides_of_a_constant_are_all_numbers() {
    assert_eq!(Bounds::test().run(&order("a", 99)).output(), "below");
    assert_eq!(Bounds::test().run(&order("a", 100)).output(), "above");
}

state_machine! {
    Data(Order) -> String {
        start_at: Charge,
        Charge: Task {
            resource: lambda(charge),
            parameters: {
                "id": $.id, "limit": LIMIT + shop::LEAST, "rate": shop::RATE, "kind": shop::KIND, "tags": shop::TAGS,
            },
            result_path: $.charged,
            retry: [{ error_equals: [shop::NOT_PAID] }],
            next: Keep,
        },
        Keep: Task {
            resource: dynamodb::put_item,
            parameters: { "TableName": shop::TABLE, "Item": { "id": { "S": $.id } } },
            result_path: null,
            next: Made,
        },
        Made: Pass { result: { "limits": [LIMIT, 2 * LIMIT, 3], "why": WHY }, result_path: $.made, next: Size },
        Size: Choice { choices: [ $.total > number($.made.limits[1]) => TooLarge ], default: Done },
        TooLarge: Fail { error: CODE, cause: WHY },
        Done: Pass { input_path: $.made.why, end: true },
    }
}

#[test]
fn constants_stand_in_data_and_texts() {
    let asl = Data::definition().machine.to_json();
    let states = &asl["States"];
    assert_eq!(
        states["Charge"]["Parameters"].to_string(),
        r#"{"id.$":"$.id","limit":110,"rate":1.5,"kind":"gift","tags":["new","large"]}"#
    );
    assert_eq!(states["Charge"]["Retry"][0]["ErrorEquals"].to_string(), r#"["NotPaid"]"#);
    assert_eq!(states["Keep"]["Parameters"]["TableName"].as_str(), Some("orders"));
    let run = Data::test().mock(Data::Keep, Mock::succeed(1)).run(&order("a", 200));
    assert_eq!(run.output(), WHY);
    Data::test().mock(Data::Keep, Mock::succeed(1)).run(&order("a", 201)).assert_failed(CODE);
}

state_machine! {
    Expressions(Order) -> u32 {
        query_language: JSONata,
        start_at: Charge,
        Charge: Task {
            resource: lambda::invoke(charge),
            assign: { "limit": LIMIT, "total": "{% $states.input.total %}" },
            payload: { "id": "{% $states.input.id %}", "limit": LIMIT, "rate": shop::RATE, "kind": shop::KIND, "tags": [GIFT, shop::TABLE] },
            output: "{% $states.result.Payload %}",
            next: Size,
        },
        Size: Choice { choices: [ "{% $total > $limit %}" => TooLarge ], default: Done },
        TooLarge: Fail { error: CODE, cause: WHY },
        Done: Succeed {},
    }
}

#[test]
fn constants_stand_in_arguments_and_variables_of_jsonata() {
    assert_eq!(Expressions::test().run(&order("a", 100)).output().to_string(), "102");
    Expressions::test().run(&order("a", 101)).assert_failed("NotPaid");
}

use shop::Large;

state_machine! {
    Shared(Order) -> serde_json::Value {
        start_at: Check,
        ..Large,
        Checked: Pass { input_path: $.kept, end: true },
        Refused: Fail { error: "Large" },
    }
}

#[test]
fn a_fragment_takes_the_constants_of_its_own_module() {
    let output = Shared::test().run(&order("a", 100)).output();
    assert_eq!((output["table"].as_str(), output["kind"].as_str()), (Some("orders"), Some("gift")));
    Shared::test().run(&order("a", 101)).assert_failed("Large");
}

#[derive(Serialize, Deserialize, StateData)]
struct Ids {
    ids: Vec<String>,
}

state_machine! {
    Waits(Ids) {
        start_at: Pause,
        Pause: Wait { timestamp: shop::EPOCH, next: Each },
        Each: Map {
            items_path: $.ids,
            item_selector: { "tag": $$.Map.Item.Value, "table": shop::TABLE },
            item_processor: { start_at: One, One: Pass { end: true } },
            end: true,
        },
    }
}

state_machine! {
    Stops(Ids) -> serde_json::Value {
        start_at: Stop,
        Stop: Task { resource: aws_sdk::ec2::stop_instances, parameters: { "InstanceIds": shop::TAGS, "Force": shop::OPEN }, end: true },
    }
}

#[test]
fn a_service_takes_constants_of_the_kinds_of_its_parameters() {
    let asl = Stops::definition().machine.to_json();
    let given = &asl["States"]["Stop"]["Parameters"];
    assert_eq!(given.to_string(), r#"{"InstanceIds":["new","large"],"Force":true}"#);
}

#[test]
fn a_timestamp_is_a_constant() {
    let asl = Waits::definition().machine.to_json();
    assert_eq!(asl["States"]["Pause"]["Timestamp"].as_str(), Some(shop::EPOCH));
    assert_eq!(asl["States"]["Each"]["ItemSelector"]["table"].as_str(), Some("orders"));
}
