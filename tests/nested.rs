//! Workflows that start each other by their types: checked, run, mocked and generated without a name written by hand.
#![allow(clippy::unwrap_used, clippy::unused_async, clippy::needless_pass_by_value)]
#![allow(clippy::panic)]

use serde::{Deserialize, Serialize};
use stepfn::{
    StateData, Workflow,
    builder::{Machine, Pass, Task, call, object, path},
    executor::{Executor, Mock},
    lambda, state_machine,
    testing::WorkflowTest,
    value::{Value, to_value},
};
use stepfn_codegen::{cloudformation, iam, sam, serverless, terraform};
use stepfn_core::deployment::in_order;

#[derive(Serialize, Deserialize, StateData, Clone, Debug)]
struct Order {
    id: String,
    total: u64,
}
#[derive(Serialize, Deserialize, StateData, Clone, Debug, PartialEq)]
struct Parcel {
    order: String,
    weight: u32,
}

#[lambda]
async fn pack(order: Order) -> Parcel {
    Parcel { order: order.id, weight: 3 }
}

state_machine! {
    Fulfilment(Order) -> Parcel {
        start_at: Pack,
        Pack: Task { resource: lambda(pack), next: Tell },
        Tell: Task {
            resource: sns::publish,
            parameters: { "TopicArn": ref_("Topic"), "Message": $.order },
            result_path: null,
            end: true,
        },
    }
}

state_machine! {
    Orders(Order) -> u32 {
        start_at: Fulfil,
        Fulfil: Task {
            resource: states::start_execution(Fulfilment).sync,
            parameters: {
                "Input": {
                    "id": $.id,
                    "total": $.total,
                    "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": $$.Execution.Id,
                },
            },
            result_path: $.fulfilled,
            next: Weigh,
        },
        Weigh: Pass { input_path: $.fulfilled.Output.weight, end: true },
    }
}

state_machine! {
    #[name = "orders-jsonata"]
    InJsonata(Order) -> u32 {
        query_language: JSONata,
        start_at: Fulfil,
        Fulfil: Task {
            resource: states::start_execution(Fulfilment).sync,
            input: "{% $states.input %}",
            output: "{% $states.result.Output.weight %}",
            end: true,
        },
    }
}

state_machine! {
    Fire(Order) {
        start_at: Fulfil,
        Fulfil: Task {
            resource: states::start_execution(Fulfilment),
            input: $,
            result_path: $.started,
            next: Check,
        },
        Check: Pass { parameters: { "arn": $.started.ExecutionArn }, end: true },
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Asked {
    order: Order,
    token: String,
}

state_machine! {
    AskLater(Asked) {
        start_at: Noted,
        Noted: Pass { end: true },
    }
}

state_machine! {
    Asking(Order) -> bool {
        start_at: Ask,
        Ask: Task {
            resource: states::start_execution(AskLater).wait_for_task_token -> bool,
            input: { "order": $, "token": $$.Task.Token },
            timeout_seconds: 60,
            end: true,
        },
    }
}

state_machine! {
    #[express]
    Quick(Order) -> Parcel {
        start_at: Pack,
        Pack: Task { resource: lambda(pack), end: true },
    }
}

state_machine! {
    Quickly(Order) -> Parcel {
        start_at: Fulfil,
        Fulfil: Task {
            resource: aws_sdk::sfn::start_sync_execution(Quick),
            input: $,
            result_selector: { "parcel": States.StringToJson($.Output) -> Parcel },
            output_path: $.parcel,
            end: true,
        },
    }
}

#[derive(Serialize, Deserialize, StateData)]
struct Count {
    left: u16,
}

state_machine! {
    Countdown(Count) -> serde_json::Value {
        start_at: Check,
        Check: Choice { choices: [ $.left > 0 => Again ], default: Done },
        Again: Task {
            resource: states::start_execution(Countdown).sync,
            input: { "left": States.MathAdd($.left, -1) },
            end: true,
        },
        Done: Pass { result: "done", end: true },
    }
}

fn order() -> Order {
    Order { id: "A".into(), total: 7 }
}

const TOPIC: &str = "arn:aws:states:::sns:publish";

#[test]
fn it_runs_without_a_registration() {
    let run = Orders::test().resource(TOPIC, Mock::succeed(1)).run(&order());
    assert_eq!(run.output(), 3);
    let run = InJsonata::test().resource(TOPIC, Mock::succeed(1)).run(&order());
    assert_eq!(run.output(), 3);
    let run = Fire::test().resource(TOPIC, Mock::succeed(1)).run(&order());
    assert!(run.output()["arn"].as_str().unwrap().contains(":execution:Fulfilment:"));
    assert_eq!(Quickly::test().run(&order()).output(), Parcel { order: "A".into(), weight: 3 });
}

#[test]
fn a_machine_starts_itself_until_it_ends() {
    let executor = Executor::new(&Countdown::definition()).unwrap();
    let outcome = executor.run_blocking(to_value(&Count { left: 3 }).unwrap()).unwrap();
    let mut output = outcome.output().unwrap();
    for _ in 0..3 {
        output = &output["Output"];
    }
    assert_eq!(output.as_str(), Some("done"));
    let asl = Countdown::definition().machine.to_json();
    assert_eq!(
        asl["States"]["Again"]["Parameters"]["StateMachineArn.$"].as_str(),
        Some("$$.StateMachine.Id")
    );
}

#[test]
fn what_the_other_machine_lacks_is_told_with_its_name() {
    let error = Executor::new(&Orders::definition()).unwrap_err().to_string();
    assert!(error.starts_with("`Fulfilment`, which is started: state `Tell`: nothing is bound"), "{error}");
    // A state with a mock starts nothing.
    let orders = Executor::builder().mock("Fulfil", Mock::execution(Parcel { order: "A".into(), weight: 5 }));
    let outcome =
        orders.build(&Orders::definition()).unwrap().run_blocking(to_value(&order()).unwrap()).unwrap();
    assert_eq!(outcome.into_output::<u32>().unwrap(), 5);
}

#[test]
fn the_other_machine_has_mocks_of_its_own() {
    let fulfilment = Fulfilment::test()
        .mock(Fulfilment::Pack, Mock::succeed(Parcel { order: "B".into(), weight: 9 }))
        .mock(Fulfilment::Tell, Mock::succeed(1));
    assert_eq!(Orders::test().child(fulfilment).run(&order()).output(), 9);
    let failing = Fulfilment::test().mock(Fulfilment::Pack, Mock::fail("Full", "no boxes"));
    let run = Orders::test().child(failing).run(&order());
    run.assert_failed("States.TaskFailed");
}

#[test]
fn a_mock_is_held_to_what_the_other_machine_answers() {
    let wrong = |mock: Mock| {
        let run = || Orders::test().mock(Orders::Fulfil, mock).run(&order());
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let text = wrong(Mock::execution(7));
    assert!(text.contains("its `Output`: "), "{text}");
    let text = wrong(Mock::succeed(Parcel { order: "A".into(), weight: 1 }));
    assert!(text.contains("write `Mock::execution`"), "{text}");
    let text = Mock::execution("x").unchecked();
    let run = Fire::test().mock(Fire::Fulfil, text).run(&order());
    assert!(run.output()["arn"].as_str().is_some());
}

#[test]
fn a_callback_of_another_machine_brings_what_was_declared() {
    let mut running = Asking::test().start(&order());
    running.succeed(Asking::Ask, &true);
    assert!(running.finish().output());
}

#[test]
fn the_builder_says_the_same() {
    let mut machine = Machine::new("Orders").input::<Order>().output::<u32>();
    let [fulfil, weigh] = ["Fulfil", "Weigh"].map(|name| machine.state(name));
    let input = object([
        ("id", path("$.id")),
        ("total", path("$.total")),
        ("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID", path("$$.Execution.Id")),
    ]);
    let task = Task::start_execution_sync::<Fulfilment>().input(input).result_path("$.fulfilled");
    machine.define(fulfil, task.next(weigh));
    machine.define(weigh, Pass::new().input_path("$.fulfilled.Output.weight").end());
    let built = machine.build().unwrap();
    let declared = Orders::definition();
    assert_eq!(built.machine.to_canonical_string(), declared.machine.to_canonical_string());
    assert_eq!(built.substitutions, declared.substitutions);
    assert_eq!(built.children[0].name, declared.children[0].name);
}

#[test]
fn the_builder_refuses_the_same() {
    let said = |task: Task| {
        let mut machine = Machine::new("Wrong").input::<Order>();
        let fulfil = machine.state("Fulfil");
        machine.define(fulfil, task.end());
        machine.build().unwrap_err().to_string()
    };
    let text = said(Task::start_execution_sync::<Fulfilment>().input(object([("id", path("$.id"))])));
    assert!(text.contains("`total`"), "{text}");
    let text = said(Task::start_execution_sync::<Fulfilment>());
    assert!(text.contains("`id`"), "{text}");
    let text =
        said(Task::start_execution_sync::<Fulfilment>().input(call("States.JsonToString", [path("$")])));
    assert!(text.contains("which is read as JSON text here"), "{text}");
    let text = said(Task::start_sync_execution::<Fulfilment>().input(path("$")));
    assert!(text.contains("takes Express workflows alone"), "{text}");
}

#[test]
fn every_format_names_the_other_machine() {
    let both = [Fulfilment::definition().into(), Orders::definition().into()];
    let yaml = serverless::to_yaml(&both).unwrap();
    assert!(yaml.contains("StateMachineArn: !Ref Fulfilment\n"), "{yaml}");
    assert!(sam::to_yaml(&both).unwrap().contains("Fulfilment: !Ref Fulfilment\n"));
    assert!(cloudformation::to_yaml(&both).unwrap().contains("Fulfilment: !Ref Fulfilment\n"));
    let module = terraform::to_json_text(&both).unwrap();
    assert!(module.contains("aws_sfn_state_machine.fulfilment.arn"), "{module}");
    // Alone it is a parameter.
    let alone = cloudformation::to_yaml(&[Orders::definition().into()]).unwrap();
    assert!(alone.contains("\n  Fulfilment:\n    Type: String\n"), "{alone}");
    let asl = Orders::definition().machine.to_json();
    assert_eq!(asl["States"]["Fulfil"]["Parameters"]["StateMachineArn"].as_str(), Some("${Fulfilment}"));
    assert_eq!(
        asl["States"]["Fulfil"]["Resource"].as_str(),
        Some("arn:aws:states:::states:startExecution.sync:2")
    );
}

#[test]
fn the_role_may_start_watch_and_stop_it() {
    let policy = iam::policy_of(&Orders::definition().into()).to_json_text();
    for right in [
        "states:StartExecution",
        "states:DescribeExecution",
        "states:StopExecution",
        "events:PutRule",
        "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    ] {
        assert!(policy.contains(right), "{right}\n{policy}");
    }
    let fire = iam::policy_of(&Fire::definition().into()).to_json_text();
    assert!(fire.contains("states:StartExecution") && !fire.contains("events:PutRule"), "{fire}");
}

state_machine! {
    First() {
        start_at: Start,
        Start: Task { resource: states::start_execution(Second), end: true },
    }
}

state_machine! {
    Second() {
        start_at: Start,
        Start: Task { resource: states::start_execution(First), end: true },
    }
}

#[test]
fn machines_that_start_each_other_run_and_are_not_deployed_together() {
    // Nobody waits for the others, and how many there may be is bounded.
    let executor = Executor::new(&First::definition()).unwrap();
    assert!(executor.run_blocking(Value::empty_object()).unwrap().output().is_some());
    let both = [First::definition().into(), Second::definition().into()];
    let error = in_order(&both).unwrap_err().to_string();
    assert!(error.contains("`First` → `Second` → `First`"), "{error}");
    for error in [cloudformation::to_yaml(&both), serverless::to_yaml(&both), terraform::to_json_text(&both)]
    {
        assert!(error.unwrap_err().to_string().contains("in a circle"));
    }
}

#[test]
fn what_is_started_comes_first() {
    let all = [Orders::definition().into(), Countdown::definition().into(), Fulfilment::definition().into()];
    let names: Vec<_> =
        in_order(&all).unwrap().iter().map(|deployment| deployment.definition.name.clone()).collect();
    assert_eq!(names, ["Fulfilment", "Orders", "Countdown"]);
}
