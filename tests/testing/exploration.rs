//! The ways through the examples, found from their definitions alone, and two planted mistakes.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, lambda, state_machine, testing::WorkflowTest};

use super::{CsvProcessing, JobPoller, OrderApproval};

#[test]
fn every_way_through_the_examples_is_found() {
    for (name, exploration) in [
        ("csv", CsvProcessing::explore()),
        ("poller", JobPoller::explore()),
        ("approval", OrderApproval::explore()),
    ] {
        let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
        assert_eq!(untaken, [""; 0], "{name}\n{exploration}");
        assert_eq!(exploration.endless().count(), 0, "{name}\n{exploration}");
        assert_eq!(exploration.problem, None, "{name}");
    }
}

#[test]
fn the_same_definition_gives_the_same_runs() {
    assert_eq!(OrderApproval::explore().to_string(), OrderApproval::explore().to_string());
    insta::assert_snapshot!(OrderApproval::explore());
}

#[derive(Serialize, Deserialize, StateData)]
struct Basket {
    items: u32,
    express: bool,
    voucher: Option<String>,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum PackError {
    #[error("no box is large enough")]
    TooLarge,
}

#[lambda]
async fn pack(basket: Basket) -> Result<Basket, PackError> {
    if basket.items > 1000 { Err(PackError::TooLarge) } else { Ok(basket) }
}

#[lambda]
async fn look(basket: Basket) -> Basket {
    basket
}

state_machine! {
    /// An error of `pack` is caught but where it is express, and a basket with a certain voucher is looked at for ever.
    Planted(Basket) -> Basket {
        start_at: Check,
        Check: Choice {
            choices: [
                is_present($.voucher) && !is_null($.voucher) && $.voucher == "FOREVER" => Look,
                $.items > 100 && $.express == true => PackFast,
            ],
            default: Pack,
        },
        Pack: Task {
            resource: lambda(pack),
            catch: [{ error_equals: [States.ALL], next: Refused }],
            end: true,
        },
        PackFast: Task {
            resource: lambda(pack),
            catch: [{ error_equals: [States.Timeout], next: Refused }],
            end: true,
        },
        #[allow(stepfn::endless_loop)]
        Look: Task { resource: lambda(look), result_path: null, next: Again },
        #[allow(stepfn::endless_loop)]
        Again: Wait { seconds: 60, next: Look },
        Refused: Fail { error: "Refused" },
    }
}

#[test]
fn a_planted_unhandled_error_and_a_planted_endless_loop_are_found() {
    let exploration = Planted::explore();
    let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
    assert_eq!(untaken, [""; 0], "{exploration}");
    let unhandled: Vec<&str> = exploration.unhandled().map(|run| run.path.as_str()).collect();
    assert!(
        !unhandled.is_empty()
            && unhandled.iter().all(|path| path.contains("PackFast") || path.contains("Look")),
        "{exploration}"
    );
    let endless: Vec<&str> = exploration.endless().map(|run| run.path.as_str()).collect();
    assert!(
        !endless.is_empty() && endless.iter().all(|path| path.contains("Look → Again → Look")),
        "{exploration}"
    );
}

#[derive(Serialize, Deserialize, StateData)]
struct Quote {
    total: u32,
    code: String,
}

#[derive(Serialize, Deserialize, StateData)]
struct Request {
    lines: Vec<String>,
    name: String,
    limit: u32,
}

#[lambda]
async fn price(request: Request) -> Quote {
    Quote { total: request.limit, code: request.name }
}

state_machine! {
    /// What a rule reads was selected of a result.
    Selected(Request) -> stepfn::value::Value {
        start_at: T,
        T: Task { resource: lambda::invoke(price), payload: $, result_selector: { "t": $.Payload.total }, next: C },
        C: Choice { choices: [$.t >= 50 => A], default: B },
        A: Succeed {},
        B: Succeed {},
    }
}

state_machine! {
    /// The same behind a Parallel, and the whole result of a branch.
    InParallel(Request) -> stepfn::value::Value {
        start_at: P,
        P: Parallel {
            branches: [
                { start_at: T, T: Task { resource: lambda::invoke(price), payload: $, result_selector: { "t": $.Payload.total }, end: true } },
                { start_at: U, U: Task { resource: lambda::invoke(price), payload: $, end: true } },
            ],
            result_selector: { "first": $[0].t, "second": $[1] },
            next: C,
        },
        C: Choice { choices: [$.first >= 50 => A, $.second.Payload.code matches "x-*" => D], default: B },
        A: Succeed {},
        B: Succeed {},
        D: Succeed {},
    }
}

state_machine! {
    /// Lengths, variables, and one path against another.
    Measured(Request) -> stepfn::value::Value {
        start_at: Count,
        Count: Pass {
            parameters: { "count": States.ArrayLength($.lines), "limit": $.limit, "name": $.name },
            assign: { "name": $.name },
            next: Compare,
        },
        Compare: Choice {
            choices: [$.count == 7 => A, number($.limit) > $.count => B, $name == "Kim" => D],
            default: E,
        },
        A: Succeed {},
        B: Succeed {},
        D: Succeed {},
        E: Succeed {},
    }
}

state_machine! {
    /// Conditions of JSONata over known paths.
    Expressions(Request) -> stepfn::value::Value {
        query_language: JSONata,
        start_at: Keep,
        Keep: Pass { assign: { "who": "{% $states.input.name %}" }, next: C },
        C: Choice {
            choices: [
                "{% $length($states.input.name) > 12 %}" => A,
                "{% $count($states.input.lines) = 3 %}" => B,
                "{% $who = 'Kim' %}" => D,
            ],
            default: E,
        },
        A: Succeed {},
        B: Succeed {},
        D: Succeed {},
        E: Succeed {},
    }
}

state_machine! {
    /// What a service answers.
    Events() -> stepfn::value::Value {
        start_at: E,
        E: Task {
            resource: events::put_events,
            parameters: { "Entries": [{ "Source": "s", "DetailType": "d", "Detail": {} }] },
            result_selector: { "id": $.Entries[0].EventId, "failed": $.FailedEntryCount },
            next: C,
        },
        C: Choice { choices: [$.failed > 0 => Again], default: Done },
        Again: Fail { error: "Again" },
        Done: Succeed {},
    }
}

#[test]
fn what_a_rule_reads_is_followed_back_to_where_it_came_from() {
    for (name, exploration) in [
        ("selected", Selected::explore()),
        ("in parallel", InParallel::explore()),
        ("measured", Measured::explore()),
        ("expressions", Expressions::explore()),
        ("events", Events::explore()),
    ] {
        let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
        assert_eq!(untaken, [""; 0], "{name}\n{exploration}");
        assert_eq!(exploration.problem, None, "{name}");
    }
}

#[test]
fn an_answer_of_a_service_has_what_its_states_read() {
    let exploration = Events::explore();
    let first = exploration.runs.first().expect("a run");
    assert_eq!(first.path, "E → C → Again ✗", "{exploration}");
    assert!(!exploration.to_string().contains("States.ParameterPathFailure"), "{exploration}");
}

#[derive(Serialize, Deserialize, StateData)]
struct Parcel {
    weight: u32,
    fragile: bool,
}

state_machine! {
    /// Weighs, and fails where it is too heavy.
    Weighing(Parcel) -> u32 {
        start_at: Heavy,
        Heavy: Choice { choices: [$.weight > 900 => TooHeavy, $.fragile == true => Twice], default: Once },
        TooHeavy: Fail { error: "TooHeavy" },
        Twice: Pass { parameters: { "weight": $.weight, "turns": 2 }, output_path: $.turns, end: true },
        Once: Pass { parameters: { "turns": 1 }, output_path: $.turns, end: true },
    }
}

state_machine! {
    /// Goes on by what the other machine came to.
    Sending(Parcel) -> String {
        start_at: Weigh,
        Weigh: Task {
            resource: states::start_execution(Weighing).sync,
            input: $,
            catch: [{ error_equals: [States.TaskFailed], next: Refused }],
            next: Turns,
        },
        Turns: Choice { choices: [$.Output == 2 => Careful], default: Plain },
        Careful: Pass { result: "careful", end: true },
        Plain: Pass { result: "plain", end: true },
        Refused: Pass { result: "refused", end: true },
    }
}

#[test]
fn a_nested_machine_is_explored_and_its_starter_gets_what_it_ended_with() {
    let exploration = Sending::explore();
    let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
    assert_eq!(untaken, [""; 0], "{exploration}");
    let (name, child) = exploration.children.first().expect("the machine that it starts");
    assert_eq!((name.as_str(), child.untaken().count()), ("Weighing", 0), "{exploration}");
    assert!(child.runs.iter().any(|run| run.path == "Heavy → TooHeavy ✗"), "{child}");
    assert!(exploration.runs.iter().any(|run| run.path.ends_with("Careful")), "{exploration}");
}

state_machine! {
    /// Conditions that only data made for them fulfil.
    Solved(Request) -> stepfn::value::Value {
        query_language: JSONata,
        start_at: C,
        C: Choice {
            choices: [
                "{% $length($states.input.name) > 3 and $states.input.limit > 41 and $states.input.limit < 43 %}" => A,
                "{% $not($states.input.limit in [1, 2, 3]) and ($states.input.limit = 77 or $states.input.name = 'Kim') %}" => B,
                "{% $exists($states.input.lines[2]) and $states.input.lines[0] = $states.input.name %}" => D,
            ],
            default: E,
        },
        A: Succeed {},
        B: Succeed {},
        D: Succeed {},
        E: Succeed {},
    }
}

state_machine! {
    /// Several stars, and one number against another.
    Patterns(Request) -> stepfn::value::Value {
        start_at: C,
        C: Choice {
            choices: [
                $.name matches "log-*-*.txt" && !($.name matches "*-x*") => A,
                $.name matches "a*b*" && $.name matches "*c" => B,
                $.limit >= 500 && $.limit < 501 && $.name == "Kim" => D,
            ],
            default: E,
        },
        A: Succeed {},
        B: Succeed {},
        D: Succeed {},
        E: Succeed {},
    }
}

#[test]
fn data_are_solved_for_where_a_condition_asks_several_things_at_once() {
    for (name, exploration) in [("jsonata", Solved::explore()), ("patterns", Patterns::explore())] {
        let untaken: Vec<String> = exploration.untaken().map(ToString::to_string).collect();
        assert_eq!(untaken, [""; 0], "{name}\n{exploration}");
    }
}
