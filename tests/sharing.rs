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
    pub(crate) struct Message {
        id: String,
    }
    #[lambda]
    pub(crate) async fn write(message: Message) -> String {
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

#[path = "sharing/intake.rs"]
mod intake;
#[path = "sharing/payment.rs"]
mod payment;

use intake::Intake;
use payment::Payment;
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

state_machine! {
    OfThreeFiles(Order) -> String {
        start_at: Look,
        ..Intake { Accepted: Pay },
        ..Payment,
        Refused: Fail { error: "Refused" },
    }
}

#[test]
fn a_machine_is_written_over_several_files() {
    for total in [7, 4_000] {
        let run = OfThreeFiles::test().run(&Order { id: "A".into(), total });
        run.assert_path([OfThreeFiles::Look, OfThreeFiles::Known, OfThreeFiles::Pay, OfThreeFiles::Paid]);
        assert_eq!(run.output(), "paid A");
    }
    OfThreeFiles::test().run(&Order { id: "A".into(), total: 5_000 }).assert_failed("Refused");
}

mod limits {
    pub(crate) const MINUTE: u32 = 60;
    pub(crate) const RATE: f64 = 1.5;

    stepfn::fragment! {
        pub(crate) Slow { timeout_seconds: 2 * MINUTE }
    }
}
use limits::Slow;

const ATTEMPTS: u8 = 4;

state_machine! {
    Numbers(Order) -> Order {
        start_at: Charge,
        timeout_seconds: 24 * 60 * 60,
        Charge: Task {
            resource: lambda(charge),
            ..Slow,
            heartbeat_seconds: limits::MINUTE / 2,
            retry: [{
                error_equals: [States.Timeout],
                interval_seconds: (1 + 2) * 2,
                max_attempts: ATTEMPTS,
                backoff_rate: limits::RATE,
                max_delay_seconds: limits::MINUTE,
            }],
            next: Pause,
        },
        Pause: Wait { seconds: ATTEMPTS, end: true },
    }
}

#[test]
fn numbers_are_constants_and_arithmetic() {
    let asl = Numbers::definition().machine.to_json();
    assert_eq!(asl["TimeoutSeconds"].to_string(), "86400");
    let charge = &asl["States"]["Charge"];
    assert_eq!(charge["TimeoutSeconds"].to_string(), "120");
    assert_eq!(charge["HeartbeatSeconds"].to_string(), "30");
    let retrier = &charge["Retry"][0];
    assert_eq!(retrier["IntervalSeconds"].to_string(), "6");
    assert_eq!(retrier["MaxAttempts"].to_string(), "4");
    assert_eq!(retrier["BackoffRate"].to_string(), "1.5");
    assert_eq!(retrier["MaxDelaySeconds"].to_string(), "60");
    let run = Numbers::test().run(&Order { id: "A".into(), total: 7 });
    run.assert_took(std::time::Duration::from_secs(4));
}

stepfn::fragment! {
    /// A machine with parameters: what is loaded, where to, and how long it may take.
    Import(load, table, minutes) {
        start_at: Load,
        timeout_seconds: minutes * 60,
        Load: Task { resource: lambda(load), result_path: $.loaded, next: Kept },
        Kept: Task {
            resource: dynamodb::put_item,
            parameters: { "TableName": table, "Item": { "id": { "S": $.id } } },
            result_path: null,
            end: true,
        },
    }
}

#[lambda]
async fn films(order: Order) -> u32 {
    order.total as u32
}
mod books {
    use super::Order;

    #[stepfn::lambda]
    pub(crate) async fn load(order: Order) -> String {
        order.id
    }
}

const TABLE: &str = "films";

state_machine! {
    Films(Order) -> serde_json::Value { ..Import { load: films, table: "films", minutes: 1 + 1, Kept: KeepFilm } }
}

state_machine! {
    Books(Order) -> serde_json::Value {
        ..Import { load: books::load, table: ref_("Books"), minutes: 5, Kept: KeepBook, Load: LoadBook },
    }
}

#[test]
fn a_machine_with_parameters_is_a_machine_for_each_argument() {
    let order = Order { id: "A".into(), total: 7 };
    let run = Films::test().mock(Films::KeepFilm, Mock::succeed(1)).run(&order);
    run.assert_path([Films::Load, Films::KeepFilm]);
    assert_eq!(run.output()["loaded"].to_string(), "7");
    let run = Books::test().mock(Books::KeepBook, Mock::succeed(1)).run(&order);
    run.assert_path([Books::LoadBook, Books::KeepBook]);
    let asl = Films::definition().machine.to_json();
    assert_eq!(asl["TimeoutSeconds"].to_string(), "120");
    assert_eq!(asl["States"]["KeepFilm"]["Parameters"]["TableName"].as_str(), Some(TABLE));
    let asl = Books::definition().machine.to_json();
    assert_eq!(asl["States"]["KeepBook"]["Parameters"]["TableName"].as_str(), Some("${Books}"));
}

/// The builder's twins: lists are values, and parts of machines are functions over a scope.
mod built {
    use stepfn::builder::{Catcher, Fail, Machine, Retrier, Scope, StateRef, Succeed, Task, path, ref_};

    use super::{Order, charge as charge_task, shared};

    fn transient() -> [Retrier; 2] {
        [
            Retrier::on(["Lambda.ServiceException", "Lambda.TooManyRequestsException"])
                .interval_seconds(2)
                .max_attempts(3),
            Retrier::on(["States.Timeout"]).max_attempts(1),
        ]
    }

    fn notify(scope: &mut Scope, told: StateRef) -> StateRef {
        let [write, publish] = ["Write", "Publish"].map(|name| scope.state(name));
        let task = Task::lambda::<shared::write>().parameters([("id", path("$.id"))]).result_path("$.text");
        scope.define(write, task.retries(transient()).next(publish));
        let task = Task::resource("arn:aws:states:::sns:publish")
            .comment("Leaves the text at the topic.")
            .parameters([("TopicArn", ref_("Topic")), ("Message", path("$.text"))])
            .result_path(None);
        scope.define(publish, task.next(told));
        write
    }

    pub(super) fn orders() -> Machine {
        let mut machine = Machine::new("Orders").input::<Order>();
        let [charge, write] = ["Charge", "Write"].map(|name| machine.state(name));
        machine.state("Publish");
        let [told, failed] = ["Told", "Failed"].map(|name| machine.state(name));
        let to_failed = [Catcher::on(["States.ALL"], failed).result_path("$.error")];
        let task = Task::lambda::<charge_task>().retries(transient()).catches(to_failed);
        machine.define(charge, task.next(write));
        notify(machine.scope(), told);
        machine.define(told, Succeed::new());
        machine.define(failed, Fail::new().error("NotCharged"));
        machine
    }
}

#[test]
fn the_builder_shares_the_same() {
    let built = built::orders().build().unwrap();
    assert_eq!(built.machine.to_canonical_string(), Orders::definition().machine.to_canonical_string());
}

/// What newcomers write: loops, Maps with names of their own, catchers that lead out, fragments in fragments in fragments.
mod odd {
    use super::Order;
    use stepfn::{fragment, lambda, state_machine};

    #[lambda]
    pub(super) async fn work(order: Order) -> Order {
        order
    }

    fragment! { Errors [ Lambda.ServiceException, "Lambda.SdkClientException" ] }

    fragment! { Again [ { error_equals: [..Errors, States.Timeout], ..Slowly } ] }

    fragment! { Slowly { interval_seconds: 2, backoff_rate: 2.0 } }

    fragment! {
        Try {
            Work: Task {
                resource: lambda(work),
                retry: [..Again],
                catch: [{ error_equals: [States.ALL], result_path: $.error, next: GaveUp }],
                next: Worked,
            },
        }
    }

    fragment! {
        Each {
            EachOrder: Map {
                items_path: $.orders,
                item_processor: {
                    start_at: Work,
                    ..Try { GaveUp: "Gave up", Worked: Done },
                    "Gave up": Pass { end: true },
                    Done: Succeed {},
                },
                result_path: $.done,
                next: Over,
            },
        }
    }

    fragment! {
        /// Tries twice, each time with its own way out.
        TwoTries {
            ..Try { prefix: First, Worked: SecondWork, GaveUp: SecondWork },
            ..Try { prefix: Second, GaveUp: Worked },
        }
    }

    state_machine! {
        pub(super) Odd(Order) {
            start_at: AFirstWork,
            ..TwoTries { prefix: A, Worked: Loop },
            Loop: Choice { choices: [ $.total > 60 * 60 && $.total < 2 * (5_000 - 1) => "B FirstWork" ], default: End },
            ..TwoTries { prefix: "B ", Worked: End },
            End: Succeed {},
        }
    }

    #[derive(serde::Serialize, serde::Deserialize, stepfn::StateData)]
    pub(super) struct Orders {
        pub(super) orders: Vec<Order>,
    }

    state_machine! {
        pub(super) ForEach(Orders) {
            start_at: First,
            ..Each { EachOrder: First, Over: "Second EachOrder" },
            ..Each { prefix: "Second " },
            Over: Succeed {},
        }
    }

    // A fragment that nobody uses is no warning, and one in a function is one as any other.
    fragment! { Nobody { Waits: Wait { seconds: 1, next: ForIt } } }

    pub(super) fn local() -> stepfn::Definition {
        fragment! { Local { Here: Pass { next: There } } }
        state_machine! {
            Inside() {
                start_at: Here,
                ..Local,
                There: Succeed {},
            }
        }
        <Inside as stepfn::Workflow>::definition()
    }
}

#[test]
fn fragments_hold_loops_maps_and_fragments() {
    let order = |total| Order { id: "A".into(), total };
    let run = odd::Odd::test().run(&order(7));
    run.assert_path(["AFirstWork", "ASecondWork", "Loop", "End"]);
    let run = odd::Odd::test().run(&order(4_000));
    run.assert_path(["AFirstWork", "ASecondWork", "Loop", "B FirstWork", "B SecondWork", "End"]);
    let asl = odd::Odd::definition().machine.to_json();
    let retrier = &asl["States"]["AFirstWork"]["Retry"][0];
    assert_eq!(retrier["ErrorEquals"].as_array().unwrap().len(), 3);
    assert_eq!(retrier["IntervalSeconds"].to_string(), "2");
    let run = odd::ForEach::test().run(&odd::Orders { orders: vec![order(1), order(2)] });
    run.assert_path(["First", "Second EachOrder", "Over"]);
    let asl = odd::ForEach::definition().machine.to_json();
    assert!(asl["States"]["Second EachOrder"]["ItemProcessor"]["States"].get("Second Work").is_some());
    assert_eq!(odd::local().machine.states.len(), 2);
}
