//! Mocks, callbacks and paths where the mistake lies deep: in a variant in a list, in a child, in the third answer.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{
    StateData,
    executor::{Mock, Objects},
    lambda, state_machine,
    task::TaskFailure,
    testing::WorkflowTest,
    value::Value,
};

use super::failures::said;

#[derive(Debug, Serialize, Deserialize, StateData)]
pub struct Basket {
    owner: String,
    parts: Vec<Part>,
    by_day: HashMap<String, Vec<u8>>,
    place: Option<(f64, f64)>,
    ways: Vec<Way>,
    #[serde(default)]
    notes: Vec<Note>,
}

#[derive(Debug, Serialize, Deserialize, StateData)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Part {
    Book { isbn: String, pages: u16 },
    Gift { to: Address },
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, StateData)]
pub struct Address {
    street: String,
    zip: u32,
}

#[derive(Debug, Serialize, Deserialize, StateData)]
pub enum Way {
    Post { stamps: u8 },
    Courier(Address),
    Pickup,
}

#[derive(Debug, Serialize, Deserialize, StateData)]
#[serde(tag = "t", content = "c")]
pub enum Note {
    Plain(String),
    Scored { score: u8 },
}

#[lambda]
pub fn fill(owner: String) -> Basket;

#[lambda]
pub fn weigh(part: Part) -> u32;

state_machine! {
    pub Fill(String) {
        start_at: Fill,
        Fill: Task {
            resource: lambda(fill),
            retry: [{ error_equals: [Lambda.ServiceException], max_attempts: 5 }],
            end: true,
        },
    }
}

state_machine! {
    pub Weigh(Vec<Part>) -> Vec<u32> {
        start_at: Each,
        Each: Map {
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: WeighOne,
                WeighOne: Task { resource: lambda(weigh), end: true },
            },
            end: true,
        },
    }
}

state_machine! {
    pub Ship(Vec<Part>) -> String {
        start_at: Both,
        Both: Parallel {
            branches: [
                {
                    start_at: Weights,
                    Weights: Task { resource: states::start_execution(Weigh).sync, input: $, result_selector: { "weights": $.Output }, end: true },
                },
                {
                    start_at: Ask,
                    Ask: Task {
                        resource: sqs::send_message.wait_for_task_token -> Vec<Note>,
                        parameters: { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": { "token": $$.Task.Token } },
                        timeout_seconds: 60,
                        end: true,
                    },
                },
            ],
            next: Done,
        },
        Done: Pass { result: "done", end: true },
    }
}

fn basket(change: impl FnOnce(&mut serde_json::Value)) -> serde_json::Value {
    let mut basket = json!({
        "owner": "kim",
        "parts": [{ "kind": "book", "isbn": "1", "pages": 2 }, { "kind": "gift", "to": { "street": "s", "zip": 1 } }, { "kind": "nothing" }],
        "by_day": { "monday": [1, 2] },
        "place": [1.5, 2.5],
        "ways": [{ "Post": { "stamps": 1 } }, { "Courier": { "street": "s", "zip": 1 } }, "Pickup"],
        "notes": [{ "t": "Plain", "c": "x" }, { "t": "Scored", "c": { "score": 1 } }],
    });
    change(&mut basket);
    basket
}

fn filled(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mock = Mock::succeed(basket(change));
    said(|| drop(Fill::test().mock(Fill::Fill, mock).run(&"kim".to_owned())))
}

fn parts() -> Vec<Part> {
    vec![Part::Nothing, Part::Book { isbn: "1".into(), pages: 7 }]
}

#[test]
fn a_mismatch_is_told_by_its_place_and_by_the_variant_that_was_meant() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 17] = [
        (
            |b| b["parts"][0]["pages"] = json!("two"),
            "`parts`: in its item `[0]`: in its field `pages`: expected an integer from 0 to 65535, found the string \"two\" (a variant of `Part`)",
        ),
        (
            |b| b["parts"][1]["to"]["zip"] = json!(-1),
            "`[1]`: in its field `to`: in its field `zip`: expected an integer from 0 to 4294967295, found the number -1",
        ),
        (
            |b| b["parts"][1]["to"] = json!({ "street": "s" }),
            "`[1]`: in its field `to`: its field `zip` is missing",
        ),
        (
            |b| b["parts"][2]["kind"] = json!("nothin"),
            "`[2]`: in its field `kind`: expected `Part` (`book`, `gift`, `nothing`), found the string \"nothin\"",
        ),
        (
            |b| b["parts"][2] = json!("nothing"),
            "`[2]`: the string \"nothing\" is none of the variants of `Part`",
        ),
        (
            |b| b["parts"][2] = json!({ "isbn": "1", "pages": 2 }),
            "`[2]`: its field `kind` is missing, which says which variant of `Part` it is",
        ),
        (
            |b| b["by_day"]["tuesday"] = json!([1, 300]),
            "in its field `tuesday`: in its item `[1]`: expected an integer from 0 to 255, found the number 300",
        ),
        (|b| b["place"] = json!([1]), "`place`: expected an array of 2 items, found one of 1"),
        (
            |b| b["place"] = json!([1, "2"]),
            "`place`: in its item `[1]`: expected a number, found the string \"2\"",
        ),
        (
            |b| b["ways"][0] = json!({ "Post": { "stamps": 256 } }),
            "`[0]`: in its field `Post`: in its field `stamps`: expected an integer from 0 to 255, found the number 256",
        ),
        (
            |b| b["ways"][1] = json!({ "Courier": { "street": 7, "zip": 1 } }),
            "in its field `Courier`: in its field `street`: expected a string, found the number 7",
        ),
        (
            |b| b["ways"][2] = json!("Pick"),
            "the string \"Pick\" is none of the variants of `Way`: `Post`, `Courier`, `Pickup`",
        ),
        (
            |b| b["ways"][2] = json!({ "Curier": {} }),
            "an object of `Curier` is none of the variants of `Way`: `Post`, `Courier`, `Pickup`",
        ),
        (
            |b| b["notes"][1]["c"]["score"] = json!(true),
            "in its field `c`: in its field `score`: expected an integer from 0 to 255, found `true`",
        ),
        (
            |b| b["notes"][1]["t"] = json!("Score"),
            "in its field `t`: expected `Note` (`Plain`, `Scored`), found the string \"Score\"",
        ),
        (
            |b| b["notes"][1] = json!({ "t": "Scored" }),
            "`[1]`: its field `c` is missing (a variant of `Note`)",
        ),
        (|b| b["owner"] = json!(null), "in its field `owner`: expected a string, found null"),
    ];
    for (change, told) in cases {
        let said = filled(change);
        assert!(said.contains("state `Fill`: no answer for call 1") && said.contains(told), "{told}\n{said}");
    }
    assert_eq!(filled(|_| {}), "the test holds");
}

#[test]
fn each_answer_of_a_sequence_is_held_to_the_type_when_its_turn_comes() {
    let busy = || Mock::fail("Lambda.ServiceException", "").times(2);
    let run = |mock: Mock| said(|| drop(Fill::test().mock(Fill::Fill, mock).run(&"kim".to_owned())));
    let third = run(busy().then(Mock::succeed(json!({ "owner": 1 }))));
    assert!(
        third.contains("no answer for call 3") && third.contains("`owner`: expected a string"),
        "{third}"
    );
    let over = run(busy());
    assert!(over.contains("no answer for call 3: the mock has answers for 2 calls only"), "{over}");
    assert_eq!(run(busy().then(Mock::succeed(basket(|_| {})))), "the test holds");
    assert!(run(Mock::callback(1)).contains("expected `Basket`, found the number 1"));
}

#[test]
fn children_of_a_distributed_map_are_answered_by_their_numbers() {
    let heavy = said(|| drop(Weigh::test().mock(Weigh::WeighOne, Mock::succeed("heavy")).run(&parts())));
    assert!(
        heavy.contains("state `WeighOne`: no answer for call 1")
            && heavy.contains("found the string \"heavy\""),
        "{heavy}"
    );
    let by_number = |at: usize, _: &Value| Ok::<_, TaskFailure>(Value::from(at as i64 * 10));
    let run = Weigh::test().mock_items(Weigh::WeighOne, by_number).run(&parts());
    assert_eq!(run.output(), [0, 10]);
}

#[test]
fn what_a_started_machine_answers_is_held_to_its_output() {
    let ship = || Ship::test().mock(Ship::Ask, Mock::callback(Vec::<Note>::new()));
    let wrong = said(|| drop(ship().mock(Ship::Weights, Mock::execution(["heavy"])).run(&parts())));
    assert!(
        wrong.contains("state `Both[0] / Weights`")
            && wrong.contains("its `Output`: in its item `[0]`: expected an integer"),
        "{wrong}"
    );
    let raw = said(|| drop(ship().mock(Ship::Weights, Mock::succeed([1])).run(&parts())));
    assert!(raw.contains("write `Mock::execution`"), "{raw}");
    let unmocked = said(|| drop(ship().run(&parts())));
    assert!(
        unmocked.contains("state `WeighOne` of `Weigh`, which was started: nothing is bound"),
        "{unmocked}"
    );
    assert!(unmocked.contains(".child(Weigh::test().mock(Weigh::WeighOne, Mock::succeed(…)))"), "{unmocked}");
    let inner = ship().child(Weigh::test().mock(Weigh::WeighOne, Mock::succeed("x")));
    assert!(said(|| drop(inner.run(&parts()))).contains("state `WeighOne`: no answer for call 1"));
}

#[test]
fn a_path_as_a_text_is_compared_branch_by_branch() {
    let child = Weigh::test().mock(Weigh::WeighOne, Mock::succeed(5));
    let run = Ship::test().mock(Ship::Ask, Mock::callback(Vec::<Note>::new())).child(child).run(&parts());
    run.assert_path("Both [0: Weights; 1: Ask] -> Done")
        .assert_path("Both → Done")
        .assert_path([Ship::Both, Ship::Done]);
    let differs = |expected: &str| said(|| _ = run.assert_path(expected));
    for (expected, told) in [
        ("Both [0: Weights; 1: Asks] -> Done", "step 1, in `Both[1]`: step 1: expected `Asks`, found `Ask`"),
        (
            "Both [0: Weights -> More; 1: Ask] -> Done",
            "step 1, in `Both[0]`: step 2: expected `More`, and the way was over",
        ),
        ("Both [0: Weights] -> Done", "step 1, in `Both[1]`: expected nothing, found `Ask`"),
        ("Both [0: Weights; 1-2: Ask] -> Done", "step 1, in `Both[2]`: expected `Ask`, found nothing"),
        ("Both -> Don", "step 2: expected `Don`, found `Done`"),
        ("Both", "step 2: the way was to be over, and went on to `Done`"),
    ] {
        let said = differs(expected);
        assert!(said.contains(told), "{told}\n{said}");
    }
}

#[test]
fn an_answer_that_nobody_waits_for_is_told_with_who_waits() {
    let start = || {
        let test = Ship::test().mock(Ship::Weights, Mock::execution([1]));
        test.mock(Ship::Ask, Mock::succeed(json!({}))).start(&parts())
    };
    let deep = said(|| start().succeed(Ship::Ask, &json!([{ "t": "Scored", "c": {} }])));
    assert!(
        deep.contains("the callback of `Ask`")
            && deep.contains("`[0]`: in its field `c`: its field `score` is missing"),
        "{deep}"
    );
    let other = said(|| start().succeed(Ship::Weights, &1));
    assert!(other.contains("`Weights` waits for no callback now; `Ask` does"), "{other}");
}

state_machine! {
    pub Ledger(String) {
        start_at: Rows,
        Rows: Map {
            item_reader: {
                resource: s3::get_object,
                reader_config: { input_type: JSON },
                parameters: { "Bucket": "books", "Key": $ },
            },
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Row,
                Row: Pass { end: true },
            },
            result_writer: { resource: s3::put_object, parameters: { "Bucket": "out", "Prefix": "p" } },
            end: true,
        },
    }
}

#[test]
fn buckets_are_in_memory_and_a_key_that_is_not_there_fails_as_on_aws() {
    let books = Objects::new().with("a.json", "[1, 2]");
    let out = Objects::new();
    let test = || Ledger::test().objects("books", &books).objects("out", &out);
    test().run(&"a.json".to_owned()).assert_succeeded();
    let keys = out.keys();
    assert!(
        keys.iter().all(|key| key.starts_with("p/"))
            && keys.iter().any(|key| key.ends_with("/manifest.json")),
        "{keys:?}"
    );
    let written = keys.iter().find(|key| key.ends_with("SUCCEEDED_0.json")).unwrap();
    assert!(out.text(written).unwrap().contains("\"Output\":\"2\""));
    test().run(&"b.json".to_owned()).assert_failed("States.ItemReaderFailed");
    let unbound = said(|| drop(Ledger::test().objects("out", &out).run(&"a.json".to_owned())));
    assert!(unbound.contains(".objects(\"books\", &Objects::new()"), "{unbound}");
}
