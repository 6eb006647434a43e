//! Fragments: states, retriers, catchers, rules and fields that are written once and used in many machines.
#![allow(clippy::unwrap_used, clippy::unused_async, clippy::needless_pass_by_value)]

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, executor::Mock, lambda, state_machine, testing::WorkflowTest};

#[derive(Serialize, Deserialize, StateData, Clone, Debug, PartialEq)]
struct Order {
    id: String,
    total: u64,
}

#[lambda]
async fn charge(order: Order) -> Order {
    order
}

/// What all machines of the shop share.
mod shared {
    use serde::{Deserialize, Serialize};
    use stepfn::{StateData, fragment, lambda};

    // Known in this module alone: machines elsewhere name neither.
    #[derive(Serialize, Deserialize, StateData)]
    pub struct Message {
        id: String,
    }
    #[lambda]
    pub async fn write(message: Message) -> String {
        format!("order {}", message.id)
    }

    fragment! {
        /// Waits out what passes.
        pub(crate) Transient [
            { error_equals: [Lambda.ServiceException, Lambda.TooManyRequestsException], interval_seconds: 2, max_attempts: 3 },
            { error_equals: [States.Timeout], max_attempts: 1 },
        ]
    }

    fragment! {
        pub(crate) ToFailed [ { error_equals: [States.ALL], result_path: $.error, next: Failed } ]
    }

    fragment! {
        /// Tells the customer, and goes on at `Told`.
        pub(crate) Notify {
            Write: Task {
                resource: lambda(write),
                parameters: { "id": $.id },
                result_path: $.text,
                retry: [..Transient],
                next: Publish,
            },
            /// Leaves the text at the topic.
            Publish: Task {
                resource: sns::publish,
                parameters: { "TopicArn": ref_("Topic"), "Message": $.text },
                result_path: null,
                next: Told,
            },
        }
    }

    fragment! {
        pub(crate) Patient { timeout_seconds: 60, heartbeat_seconds: 10, retry: [..Transient] }
    }

    fragment! {
        pub(crate) Sizes [ $.total > 1000 => Large, $.total > 100 => Medium ]
    }

    fragment! {
        pub(crate) Poll {
            Ask: Task { resource: lambda(write), parameters: { "id": $.id }, result_path: $.answer, next: Answered },
            Answered: Choice { choices: [ $.answer == "done" => Polled ], default: Pause },
            Pause: Wait { seconds: 5, next: Ask },
        }
    }

    fragment! {
        pub(crate) Standard { "source": "shop", "id": $.id }
    }
}

use shared::{Notify, Patient, Poll, Sizes, Standard, ToFailed, Transient};

state_machine! {
    Orders(Order) -> serde_json::Value {
        start_at: Charge,
        Charge: Task { resource: lambda(charge), retry: [..Transient], catch: [..ToFailed], next: Write },
        ..Notify,
        Told: Succeed {},
        Failed: Fail { error: "NotCharged" },
    }
}

state_machine! {
    Twice(Order) {
        start_at: FirstWrite,
        ..Notify { prefix: First, Told: SecondWrite },
        ..shared::Notify { prefix: Second, Publish: Tell, Told: Done },
        Done: Succeed {},
    }
}

state_machine! {
    Fields(Order) -> Order {
        start_at: Charge,
        Charge: Task { ..Patient, resource: lambda(charge), heartbeat_seconds: 20, end: true },
    }
}

state_machine! {
    Choosing(Order) -> String {
        start_at: Size,
        Size: Choice {
            choices: [ $.total == 0 => Nothing, ..Sizes { Large: Big, Medium: Big } ],
            default: Small,
        },
        Nothing: Pass { result: "nothing", end: true },
        Big: Pass { result: "big", end: true },
        Small: Pass { result: "small", end: true },
    }
}

state_machine! {
    Inside(Order) {
        start_at: Both,
        Both: Parallel {
            branches: [
                { start_at: Write, ..Notify, Told: Succeed {} },
                { start_at: Ask, ..Poll { Polled: Done }, Done: Succeed {} },
            ],
            next: Made,
        },
        Made: Pass { parameters: { ..Standard { }, "id": "other" }, end: true },
    }
}

#[test]
fn states_retriers_and_catchers_come_from_fragments() {
    let asl = Orders::definition().machine.to_json();
    let states: Vec<_> = asl["States"].as_object().unwrap().keys().map(ToString::to_string).collect();
    assert_eq!(states, ["Charge", "Write", "Publish", "Told", "Failed"]);
    let retry = &asl["States"]["Charge"]["Retry"];
    assert_eq!(retry.as_array().unwrap().len(), 2);
    assert_eq!(*retry, asl["States"]["Write"]["Retry"]);
    assert_eq!(asl["States"]["Charge"]["Catch"][0]["Next"].as_str(), Some("Failed"));
    assert_eq!(asl["States"]["Publish"]["Comment"].as_str(), Some("Leaves the text at the topic."));
    let order = Order { id: "A".into(), total: 7 };
    let run = Orders::test().mock(Orders::Publish, Mock::succeed(1)).run(&order);
    run.assert_path([Orders::Charge, Orders::Write, Orders::Publish, Orders::Told]);
    assert_eq!(run.output()["text"].as_str(), Some("order A"));
    let run = Orders::test().mock(Orders::Charge, Mock::fail("Boom", "")).run(&order);
    run.assert_failed("NotCharged");
}

#[test]
fn a_fragment_is_used_twice_under_other_names() {
    let order = Order { id: "A".into(), total: 7 };
    let run = Twice::test()
        .mock(Twice::FirstPublish, Mock::succeed(1))
        .mock(Twice::Tell, Mock::succeed(1))
        .run(&order);
    run.assert_path(["FirstWrite", "FirstPublish", "SecondWrite", "Tell", "Done"]);
    assert_eq!(Twice::SecondWrite, "SecondWrite");
}

#[test]
fn what_is_written_wins_over_what_is_spread() {
    let asl = Fields::definition().machine.to_json();
    let task = &asl["States"]["Charge"];
    assert_eq!(task["TimeoutSeconds"].to_string(), "60");
    assert_eq!(task["HeartbeatSeconds"].to_string(), "20");
    assert_eq!(task["Retry"].as_array().unwrap().len(), 2);
    let made = &Inside::definition().machine.to_json()["States"]["Made"]["Parameters"];
    assert_eq!(made.to_string(), r#"{"source":"shop","id":"other"}"#);
}

#[test]
fn rules_come_from_fragments() {
    for (total, size) in [(0, "nothing"), (5, "small"), (500, "big"), (5000, "big")] {
        assert_eq!(Choosing::test().run(&Order { id: "A".into(), total }).output(), size);
    }
}

#[test]
fn fragments_stand_inside_of_branches() {
    let order = Order { id: "A".into(), total: 7 };
    let run = Inside::test()
        .mock(Inside::Publish, Mock::succeed(1))
        .mock(Inside::Ask, Mock::succeed("no").times(2).then(Mock::succeed("done")))
        .run(&order);
    run.assert_took(std::time::Duration::from_secs(10));
}
