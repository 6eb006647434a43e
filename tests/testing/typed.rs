//! Mocks and callbacks are held to the types that the machine declares, and paths are those of the machine.

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{
    StateData, Workflow,
    executor::Mock,
    lambda, state_machine,
    task::TaskFailure,
    testing::{Coverage, WorkflowTest},
};

use super::failures::said;

#[derive(Clone, Serialize, Deserialize, StateData)]
pub struct Order {
    id: String,
    items: Vec<u32>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    total_amount: u64,
}

/// Its serialized form cannot be deserialized.
#[derive(Serialize, Deserialize, StateData)]
pub struct OneWay {
    #[serde(rename(serialize = "out", deserialize = "in"))]
    number: u32,
}

#[lambda]
pub async fn one_way(order: Order) -> OneWay {
    OneWay { number: order.items.first().copied().unwrap_or_default() }
}

state_machine! {
    pub There(Order) {
        start_at: Go,
        Go: Task { resource: lambda(one_way), end: true },
    }
}

#[derive(Serialize, Deserialize, StateData)]
pub struct Decision {
    approved: bool,
}

#[lambda]
pub async fn price(order: Order) -> Price {
    Price { total_amount: order.items.iter().map(|item| u64::from(*item)).sum() }
}

#[lambda]
pub async fn double(item: u32) -> u32 {
    item * 2
}

state_machine! {
    pub Orders(Order) -> Vec<u32> {
        start_at: Price,
        Price: Task {
            resource: lambda::invoke(price),
            payload: $,
            result_selector: { "total": $.Payload.totalAmount },
            result_path: $.price,
            retry: [{ error_equals: [Lambda.ServiceException] }],
            next: Ask,
        },
        Ask: Task {
            resource: sqs::send_message.wait_for_task_token -> Decision,
            parameters: { "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": { "token": $$.Task.Token } },
            timeout_seconds: 3600,
            result_path: $.decision,
            next: Each,
        },
        Each: Map {
            items_path: $.items,
            item_processor: {
                start_at: Double,
                Double: Task { resource: lambda(double), end: true },
            },
            end: true,
        },
    }
}

state_machine! {
    pub Large(Order) -> Vec<u32> {
        start_at: Each,
        Each: Map {
            items_path: $.items,
            item_processor: {
                processor_config: { mode: DISTRIBUTED, execution_type: STANDARD },
                start_at: Double,
                Double: Task { resource: lambda(double), end: true },
            },
            end: true,
        },
    }
}

fn order() -> Order {
    Order { id: "o-1".into(), items: vec![1, 2, 3] }
}

fn approved() -> Mock {
    Mock::callback(Decision { approved: true })
}

#[test]
fn a_mock_answers_with_the_type_itself() {
    let mock = Mock::payload(Price { total_amount: 9 });
    let run = Orders::test().mock(Orders::Price, mock).mock(Orders::Ask, approved()).run(&order());
    assert_eq!(run.output(), [2, 4, 6]);
    assert_eq!(run.outputs(Orders::Price)[0]["price"]["total"].to_string(), "9");
}

#[test]
fn a_mock_that_does_not_fit_is_refused_with_the_field() {
    let run = |mock: Mock| {
        said(|| drop(Orders::test().mock(Orders::Price, mock).mock(Orders::Ask, approved()).run(&order())))
    };
    let wrong = run(Mock::payload(json!({ "totalAmount": "nine" })));
    assert!(wrong.contains("state `Price`: no answer for call 1"), "{wrong}");
    assert!(wrong.contains("its `Payload`: in its field `totalAmount`"), "{wrong}");
    assert!(wrong.contains(".unchecked()"), "{wrong}");
    let bare = run(Mock::succeed(Price { total_amount: 9 }));
    assert!(bare.contains("write `Mock::payload`"), "{bare}");
    let computed = run(Mock::respond_with(|_| Ok::<_, TaskFailure>(stepfn::value::Value::from(1))));
    assert!(computed.contains("write `Mock::payload`"), "{computed}");
}

#[test]
fn a_mock_of_a_type_that_is_not_read_as_it_is_written_is_no_mismatch() {
    There::test()
        .mock(There::Go, Mock::succeed(OneWay { number: 1 }))
        .run(&order())
        .assert_output(json!({ "out": 1 }));
}

#[test]
fn an_unchecked_mock_may_break_the_word_of_its_function() {
    let mock = Mock::payload(json!({ "total": 9 })).unchecked();
    let run = Orders::test().mock(Orders::Price, mock).mock(Orders::Ask, approved()).run(&order());
    run.assert_failed("States.Runtime");
}

#[test]
fn after_two_failures_the_real_function_answers() {
    let flaky = Mock::fail("Lambda.ServiceException", "busy").times(2).then(Mock::real());
    let run = Orders::test().mock(Orders::Price, flaky).mock(Orders::Ask, approved()).run(&order());
    assert_eq!(run.calls(Orders::Price).len(), 3);
    assert_eq!(run.outputs(Orders::Price)[0]["price"]["total"].to_string(), "6");

    let none = said(|| drop(Orders::test().mock(Orders::Ask, Mock::real()).run(&order())));
    assert!(none.contains("`Mock::real()` needs a function of this program"), "{none}");
}

#[test]
fn a_mocked_callback_is_held_to_its_type() {
    let wrong = said(|| drop(Orders::test().mock(Orders::Ask, Mock::callback("yes")).run(&order())));
    assert!(
        wrong.contains("state `Ask`") && wrong.contains("expected `Decision`, found the string \"yes\""),
        "{wrong}"
    );
}

#[test]
fn an_answer_to_a_callback_is_held_to_its_type() {
    let start = || Orders::test().mock(Orders::Ask, Mock::succeed(json!({}))).start(&order());
    let wrong = said(|| start().succeed(Orders::Ask, &json!({ "aproved": true })));
    assert!(wrong.contains("the callback of `Ask`") && wrong.contains("`approved` is missing"), "{wrong}");

    let mut run = start();
    assert!(run.pending_tokens()[0].mismatch(&"yes".into()).is_some());
    run.succeed_unchecked(Orders::Ask, "yes");
    run.finish().assert_succeeded();
    let mut run = start();
    run.succeed(Orders::Ask, &Decision { approved: true });
    run.finish().assert_succeeded();
}

#[test]
fn a_path_is_the_machines_own_with_what_happens_inside_where_it_is_asked() {
    let run = Orders::test().mock(Orders::Ask, approved()).run(&order());
    run.assert_path([Orders::Price, Orders::Ask, Orders::Each]);
    run.assert_path([Orders::Price, Orders::Ask, "Each [0-2: Double]"]);
    run.assert_visited(Orders::Double);
    let short = said(|| _ = run.assert_path([Orders::Price, Orders::Each]));
    assert!(short.contains("step 2: expected `Each`, found `Ask`"), "{short}");
    let inside = said(|| _ = run.assert_path([Orders::Price, Orders::Ask, "Each [0-1: Double]"]));
    assert!(inside.contains("step 3, in `Each[2]`: expected nothing, found `Double`"), "{inside}");
    let more = said(|| _ = run.assert_path([Orders::Price]));
    assert!(more.contains("step 2: the way was to be over, and went on to `Ask`"), "{more}");
}

#[test]
fn children_of_distributed_maps_count_in_coverage() {
    let run = Large::test().run(&order());
    run.assert_path([Large::Each]).assert_visited(Large::Double);
    let mut coverage = Coverage::of(&Large::definition());
    coverage.add(&run);
    coverage.assert_at_least(100.0);
}
