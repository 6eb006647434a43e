//! One state on its own.

#![allow(clippy::unwrap_used)] // tests

use stepfn_core::{task::TaskFailure, value::Value};
use stepfn_executor::test_state::{
    InspectionLevel, StateConfiguration, StateMock, TestState, TestStateReply, TestStatus,
};

fn run(test: &TestState) -> TestStateReply {
    test.run().unwrap()
}

fn refusal(test: &TestState) -> (&'static str, String) {
    let error = test.run().unwrap_err();
    (error.code, error.message)
}

fn inspected(reply: &TestStateReply) -> Value {
    reply.inspection_data.clone().unwrap()
}

const TASK: &str = r#"{
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": { "FunctionName": "f", "Payload.$": "$" },
    "Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 2 }],
    "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Mend" }],
    "Next": "Store"
}"#;

#[test]
fn a_used_up_retrier_leaves_the_error_to_the_catcher() {
    let test = TestState::new(TASK)
        .input(r#"{"id": 7}"#)
        .mock(StateMock::error("Busy", "try again"))
        .inspection_level(InspectionLevel::Trace);
    let again = |retries| {
        let configuration = StateConfiguration { retrier_retry_count: Some(retries), ..Default::default() };
        run(&test.clone().state_configuration(configuration))
    };
    let reply = again(1);
    assert_eq!(reply.status, TestStatus::Retriable);
    assert_eq!(
        inspected(&reply)["errorDetails"].to_string(),
        r#"{"retryIndex":0,"retryBackoffIntervalSeconds":4}"#
    );
    let reply = again(2);
    assert_eq!((reply.status, reply.next_state.as_deref()), (TestStatus::CaughtError, Some("Mend")));
    assert_eq!(reply.output.as_deref(), Some(r#"{"id":7,"error":{"Error":"Busy","Cause":"try again"}}"#));
    assert_eq!(reply.error.as_deref(), Some("Busy"));
}

#[test]
fn a_handler_does_the_work_where_there_is_no_mock() {
    let test = TestState::new(TASK).input(r#"{"id": 7}"#).role_arn("arn:aws:iam::123456789012:role/r");
    let doubled = test.clone().handler(|payload: Value| async move {
        Ok::<_, TaskFailure>(Value::from(payload["id"].as_i64().unwrap_or(0) * 2))
    });
    let output: Value = run(&doubled).output.unwrap().parse().unwrap();
    assert_eq!(output["Payload"].as_i64(), Some(14));
    let failing =
        test.clone().handler(|_: Value| async move { Err(TaskFailure::with_cause("Broken", "no")) });
    assert_eq!(run(&failing).status, TestStatus::CaughtError);
    assert!(refusal(&test).1.contains("`handler`"));
}

#[test]
fn variables_are_read_and_assigned() {
    let state =
        r#"{ "Type": "Pass", "Parameters": { "n.$": "$old" }, "Assign": { "new.$": "$.n" }, "End": true }"#;
    let test = TestState::new(state).variables(r#"{"old": 1}"#).inspection_level(InspectionLevel::Debug);
    let reply = run(&test);
    assert_eq!(reply.output.as_deref(), Some(r#"{"n":1}"#));
    assert_eq!(inspected(&reply)["variables"].as_str(), Some(r#"{"old":1,"new":1}"#));
    assert_eq!(reply.next_state, None);
}

#[test]
fn failures_of_the_interpreter_have_no_place() {
    let reply = run(&TestState::new(r#"{ "Type": "Pass", "InputPath": "$.a", "End": true }"#));
    assert_eq!((reply.status, reply.error.as_deref()), (TestStatus::Failed, Some("States.Runtime")));
    assert_eq!(reply.cause.as_deref(), Some("Invalid path '$.a' : No results for path: $['a']"));
    let reply = run(&TestState::new(
        r#"{ "Type": "Choice", "Choices": [{ "Variable": "$", "IsNull": true, "Next": "A" }] }"#,
    ));
    assert_eq!(reply.error.as_deref(), Some("States.Runtime"));
}

#[test]
fn a_state_inside_of_another_is_found_and_a_map_bears_what_it_tolerates() {
    let machine = r#"{ "StartAt": "Each", "States": { "Each": { "Type": "Map", "ItemsPath": "$.list",
        "ToleratedFailurePercentagePath": "$.percent",
        "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "Go",
            "States": { "Go": { "Type": "Wait", "Seconds": 9, "Next": "Stop" }, "Stop": { "Type": "Succeed" } } },
        "End": true } } }"#;
    let reply = run(&TestState::new(machine).state_name("Go").input("[ 1 ]"));
    assert_eq!((reply.output.as_deref(), reply.next_state.as_deref()), (Some("[ 1 ]"), Some("Stop")));

    let failing = |failed| {
        let configuration =
            StateConfiguration { map_iteration_failure_count: Some(failed), ..Default::default() };
        TestState::new(machine)
            .state_name("Each")
            .input(r#"{"list": [1, 2, 3, 4], "percent": "25"}"#)
            .mock(StateMock::result("[1, 2, 3, 4]"))
            .inspection_level(InspectionLevel::Debug)
            .state_configuration(configuration)
    };
    let reply = run(&failing(1));
    assert_eq!(reply.output.as_deref(), Some("[1, 2, 3, 4]"));
    assert_eq!(inspected(&reply)["afterItemsPath"].as_str(), Some("[1, 2, 3, 4]"));
    assert_eq!(run(&failing(2)).error.as_deref(), Some("States.ExceedToleratedFailureThreshold"));
    assert!(refusal(&failing(5)).1.contains("less than or equal"));
}

#[test]
fn a_map_does_not_hand_its_query_language_down() {
    let machine = r#"{ "StartAt": "Each", "States": { "Each": { "Type": "Map", "QueryLanguage": "JSONata",
        "ItemProcessor": { "StartAt": "Go", "States": { "Go": { "Type": "Pass", "InputPath": "$.a", "End": true } } },
        "End": true } } }"#;
    let reply = run(&TestState::new(machine).state_name("Go").input(r#"{"a": 1}"#));
    assert_eq!(reply.output.as_deref(), Some("1"));
}

#[test]
fn the_inputs_of_iterations_are_shown() {
    let state = r#"{ "Type": "Map", "ItemsPath": "$.list",
        "ItemSelector": { "at.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "rate.$": "$.rate" },
        "ItemProcessor": { "StartAt": "Go", "States": { "Go": { "Type": "Succeed" } } }, "End": true }"#;
    let test = TestState::new(state)
        .input(r#"{"list": ["a"], "rate": 2}"#)
        .mock(StateMock::result("[0]"))
        .inspection_level(InspectionLevel::Debug);
    let seen = inspected(&run(&test));
    assert_eq!(seen["afterItemSelector"].as_str(), Some(r#"[{"item":"a","at":0,"rate":2}]"#));
    assert_eq!(run(&test.input(r#"{"list": ["a"]}"#)).status, TestStatus::Failed);
}

#[test]
fn calls_that_aws_refuses_are_refused() {
    for (test, code, message) in [
        (TestState::new("{"), "InvalidDefinition", "INVALID_JSON_DESCRIPTION"),
        (TestState::new("[]"), "InvalidDefinition", "SCHEMA_VALIDATION_FAILED"),
        (TestState::new(r#"{ "Type": "Nap" }"#), "InvalidDefinition", "at /States/StateName/Type"),
        (
            TestState::new(r#"{ "Type": "Parallel", "Branches": [], "End": true }"#)
                .mock(StateMock::result("[]")),
            "InvalidDefinition",
            "Value cannot be empty at /States/StateName/Branches",
        ),
        (TestState::new(TASK).mock(StateMock::result("{")), "ValidationException", "must be valid JSON"),
        (
            TestState::new(TASK).input("x").mock(StateMock::result("1")),
            "InvalidExecutionInput",
            "Unrecognized token 'x'",
        ),
        (
            TestState::new(TASK).mock(StateMock::result("{}")).context(r#"{"State": {"RetryCount": "1"}}"#),
            "ValidationException",
            "State.RetryCount must be a number",
        ),
        (
            TestState::new(TASK).mock(StateMock::result("{}")).variables("[]"),
            "ValidationException",
            "JSON object",
        ),
        (
            TestState::new(TASK).mock(StateMock::result("{}")).reveal_secrets(true),
            "ValidationException",
            "does not support RevealSecrets",
        ),
    ] {
        let (found, said) = refusal(&test);
        assert!(found == code && said.contains(message), "{found}: {said}");
    }
    for request in [
        "[]",
        r#"{"definition": 1}"#,
        r#"{"mock": {"result": {}}}"#,
        r#"{"stateConfiguration": {"retrierRetryCount": -1}}"#,
    ] {
        let made = TestState::from_request(&request.parse().unwrap()).and_then(|test| test.run());
        assert!(made.is_err(), "{request}");
    }
}

/// The guide's "Testing state machines with TestState API": what `inspectionData` has of a state in JSONata.
#[test]
fn a_jsonata_task_goes_from_its_arguments_to_its_output() {
    let state = r#"{
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": { "FunctionName": "f", "Payload": "{% $states.input.id + $more %}" },
        "TimeoutSeconds": "{% $states.input.limit %}",
        "Output": { "answer": "{% $states.result.Payload %}" },
        "Assign": { "last": "{% $states.input.id %}" },
        "Catch": [{ "ErrorEquals": ["Busy"], "Output": "{% $states.errorOutput.Cause %}", "Next": "Mend" }],
        "Next": "Store"
    }"#;
    let test = TestState::new(state)
        .input(r#"{"id": 7, "limit": 5}"#)
        .variables(r#"{"more": 1}"#)
        .inspection_level(InspectionLevel::Debug);

    let reply = run(&test.clone().mock(StateMock::result(r#"{"StatusCode": 200, "Payload": "x"}"#)));
    assert_eq!(
        (reply.output.as_deref(), reply.next_state.as_deref()),
        (Some(r#"{"answer":"x"}"#), Some("Store"))
    );
    let seen = inspected(&reply);
    assert_eq!(seen["afterArguments"].as_str(), Some(r#"{"FunctionName":"f","Payload":8}"#));
    assert_eq!(seen["variables"].as_str(), Some(r#"{"more":1,"last":7}"#));

    let reply = run(&test.clone().mock(StateMock::error("Busy", "later")));
    assert_eq!((reply.status, reply.output.as_deref()), (TestStatus::CaughtError, Some(r#""later""#)));

    let limited = test.input(r#"{"id": 7, "limit": "soon"}"#).mock(StateMock::result("{}"));
    let reply = run(&limited);
    assert_eq!(
        (reply.status, reply.error.as_deref()),
        (TestStatus::Failed, Some("States.QueryEvaluationError"))
    );
    assert!(reply.cause.unwrap().contains("'TimeoutSeconds' returned an unexpected result type"));
}

#[test]
fn a_jsonata_map_shows_what_it_iterates_over() {
    let state = r#"{
        "Type": "Map",
        "QueryLanguage": "JSONata",
        "Items": "{% $states.input.ids %}",
        "ItemSelector": { "at": "{% $states.context.Map.Item.Index %}", "id": "{% $states.context.Map.Item.Value %}" },
        "MaxConcurrency": "{% 1 + 1 %}",
        "ToleratedFailurePercentage": "{% $states.input.tolerated %}",
        "ItemProcessor": { "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } } },
        "End": true
    }"#;
    let failed = StateConfiguration { map_iteration_failure_count: Some(1), ..Default::default() };
    let test = TestState::new(state)
        .input(r#"{"ids": [5, 6], "tolerated": 50}"#)
        .mock(StateMock::result("[1, 2]"))
        .state_configuration(failed)
        .inspection_level(InspectionLevel::Debug);
    let reply = run(&test);
    let seen = inspected(&reply);
    assert_eq!(seen["afterItemSelector"].as_str(), Some(r#"[{"at":0,"id":5},{"at":1,"id":6}]"#));
    assert_eq!(seen["maxConcurrency"].as_i64(), Some(2));
    assert_eq!(reply.output.as_deref(), Some("[1, 2]"));

    let reply = run(&test.clone().input(r#"{"ids": [5, 6], "tolerated": 49.5}"#));
    assert_eq!(reply.error.as_deref(), Some("States.ExceedToleratedFailureThreshold"));
    let reply = run(&test.input(r#"{"ids": [5, 6], "tolerated": 101}"#));
    assert!(reply.cause.unwrap().contains("must be between 0 and 100"));
}

#[test]
fn jsonata_states_without_work() {
    let reply = |state: &str| run(&TestState::new(state).input(r#"{"n": 3}"#));
    let choice = r#"{ "Type": "Choice", "QueryLanguage": "JSONata", "Choices": [
        { "Condition": "{% $states.input.n > 9 %}", "Next": "Many" },
        { "Condition": "{% $states.input.n > 2 %}", "Output": "{% $states.input.n * 2 %}", "Next": "Some" } ] }"#;
    let some = reply(choice);
    assert_eq!((some.output.as_deref(), some.next_state.as_deref()), (Some("6"), Some("Some")));
    assert_eq!(reply(&choice.replace("> 2", "> 8")).error.as_deref(), Some("States.Runtime"));
    let unclear = reply(&choice.replace("$states.input.n > 9", "$states.input.n"));
    assert!(unclear.cause.unwrap().contains("Expected 'boolean', but was 'number' for value: 3"));

    let fail =
        reply(r#"{ "Type": "Fail", "QueryLanguage": "JSONata", "Error": "{% 'E' & $states.input.n %}" }"#);
    assert_eq!((fail.error.as_deref(), fail.cause), (Some("E3"), None));
    let wait = reply(
        r#"{ "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% $states.input.n %}", "Output": 1, "End": true }"#,
    );
    assert_eq!((wait.status, wait.output.as_deref()), (TestStatus::Succeeded, Some("1")));
    let wait = reply(r#"{ "Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% -1 %}", "End": true }"#);
    assert_eq!(wait.error.as_deref(), Some("States.QueryEvaluationError"));
}

#[test]
fn a_time_limit_read_from_the_input_holds_for_the_handler() {
    let state = r#"{ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "InputPath": "$.call",
        "TimeoutSecondsPath": "$.limit", "Parameters": { "FunctionName": "f" }, "End": true }"#;
    let test = TestState::new(state)
        .input(r#"{"call": {"limit": 5}}"#)
        .role_arn("arn:aws:iam::123456789012:role/r")
        .handler(|_: Value| async move { Ok::<_, TaskFailure>(Value::Null) });
    assert_eq!(run(&test).status, TestStatus::Succeeded);
    let reply = run(&test.input(r#"{"call": {}}"#));
    assert_eq!(reply.cause.as_deref(), Some("Invalid path '$.limit' : No results for path: $['limit']"));
}
