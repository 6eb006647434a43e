use stepfn_core::{
    asl,
    definition::{Call, Definition, TaskBinding, WorkflowType},
    task::{self, HandlerFuture, TaskFailure, TaskInfo},
    value::Value,
};
use stepfn_executor::{BuildError, Executor, FaultKind, Mock, Program, RunError};

use crate::{definition, json, task as task_machine, typed};

/// The faults of a definition, as `state.field: kind`.
#[track_caller]
fn faults(asl: &str, workflow_type: WorkflowType) -> Vec<(String, String, FaultKind)> {
    // Definitions that `read` finds fault with are run all the same, as far as they can be read.
    let (machine, _) = asl::read_str(asl).unwrap();
    let error = Program::compile(&Definition::from_asl("M", workflow_type, machine)).unwrap_err();
    error.faults.into_iter().map(|fault| (fault.state, fault.field, fault.kind)).collect()
}

fn fault(state: &str, field: &str, kind: FaultKind) -> (String, String, FaultKind) {
    (state.to_owned(), field.to_owned(), kind)
}

#[test]
fn a_definition_that_cannot_be_run_says_all_that_is_wrong() {
    let asl = r#"{"StartAt": "Nowhere", "States": {
        "A": {"Type": "Pass", "InputPath": "$.a b", "Next": "Gone"},
        "B": {"Type": "Pass", "Parameters": {"x.$": "no path"}, "ResultPath": "$.a[*]", "End": true},
        "C": {"Type": "Wait", "Timestamp": "yesterday", "End": true},
        "D": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
              "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "HALF"}], "End": true}
    }}"#;
    assert_eq!(
        faults(asl, WorkflowType::Standard),
        [
            fault("", "StartAt", FaultKind::UnknownState),
            fault("A", "Next", FaultKind::UnknownState),
            fault("B", "Parameters", FaultKind::Field),
            fault("B", "ResultPath", FaultKind::Field),
            fault("C", "Timestamp", FaultKind::Field),
            fault("D", "Retry/0/JitterStrategy", FaultKind::Field),
        ]
    );
}

#[test]
fn a_fault_in_a_template_points_into_it() {
    let asl = crate::pass(r#""Parameters": {"deep": {"x.$": "no path"}},"#);
    let error = Program::compile(&definition(&asl)).unwrap_err();
    assert_eq!(error.faults[0].at, "/States/P/Parameters/deep/x.$");
    assert!(error.to_string().starts_with("state `P`, `Parameters`: "), "{error}");
}

#[test]
fn what_is_no_jsonata_is_refused() {
    let jsonata = r#"{"StartAt": "P", "QueryLanguage": "JSONata", "States": {"P": {"Type": "Pass",
        "Output": {"a": "{% $states.input.a ?? 1 %}"}, "End": true}}}"#;
    assert_eq!(faults(jsonata, WorkflowType::Standard), [fault("P", "Output", FaultKind::Jsonata)]);
}

#[test]
fn express_refuses_callbacks_jobs_and_activities() {
    for resource in [
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:us-east-1:123456789012:activity:work",
    ] {
        let asl = format!(
            r#"{{"StartAt": "T", "States": {{"T": {{"Type": "Task", "Resource": "{resource}", "End": true}}}}}}"#
        );
        assert_eq!(faults(&asl, WorkflowType::Express), [fault("T", "Resource", FaultKind::Express)]);
        assert!(Program::compile(&definition(&asl)).is_ok());
    }
}

#[test]
fn a_task_without_handler_is_an_error_that_says_what_to_write() {
    let error = Executor::new(&definition(&task_machine(""))).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"state `T`: nothing is bound to `arn:aws:lambda:us-east-1:123456789012:function:work`
help: add `.task("T", |input: Value| async move { … })` or `.mock("T", Mock::succeed(…))` to the executor"#
    );
    let executor = Executor::builder().allow_unbound().build(&definition(&task_machine(""))).unwrap();
    let Err(RunError::Unbound(unbound)) = executor.run_blocking(json("{}")) else { panic!("bound") };
    assert_eq!((unbound.state.as_str(), unbound.pointer.as_str()), ("T", "/States/T"));
}

#[test]
fn a_handler_for_a_state_that_is_not_there_is_an_error() {
    let error =
        Executor::builder().mock("Tt", Mock::succeed(1)).build(&definition(&task_machine(""))).unwrap_err();
    assert_eq!(error, BuildError::UnknownState { state: "Tt".to_owned(), near: Some("T".to_owned()) });
}

#[test]
fn an_input_that_is_no_json_or_too_large_is_an_error() {
    let executor = Executor::new(&definition(&crate::pass(""))).unwrap();
    let error = executor.start_json("{'not': 'json'}").unwrap_err();
    assert!(
        error.to_string().starts_with("invalid execution input: invalid JSON at line 1, column 2"),
        "{error}"
    );
    let error = executor.run_blocking(Value::from("x".repeat(262_143))).unwrap_err();
    assert_eq!(error.to_string(), "invalid execution input: it has 262145 bytes, the limit is 262144 bytes");
    assert_eq!(executor.start_json("[1]").unwrap().run_blocking().unwrap().output(), Some(&json("[1]")));
}

#[test]
fn a_mock_whose_answers_are_used_up_stops_the_run() {
    let asl = task_machine(r#""Retry": [{"ErrorEquals": ["States.ALL"]}],"#);
    let executor =
        Executor::builder().mock("T", Mock::fail("E", "").times(2)).build(&definition(&asl)).unwrap();
    let error = executor.run_blocking(json("{}")).unwrap_err();
    assert_eq!(error.to_string(), "state `T`: no answer for call 3: the mock has answers for 2 calls only");
}

fn double(input: Value) -> HandlerFuture {
    Box::pin(async move {
        let number = input.as_i64().ok_or_else(|| TaskFailure::new("NotANumber", input.to_string()))?;
        Ok(Value::from(number * 2))
    })
}

struct Double;

impl task::Task for Double {
    type Input = u32;
    type Output = u32;
    type Error = std::convert::Infallible;
    const NAME: &'static str = "double";
    const FUNCTION_NAME: &'static str = "service-double";
    const HANDLER: Option<task::Handler> = Some(double);
}

#[test]
fn handlers_of_the_definition_are_called_and_can_be_replaced() {
    let asl = r#"{"StartAt": "Direct", "States": {
        "Direct": {"Type": "Task", "Resource": "${DoubleArn}", "Next": "Invoke"},
        "Invoke": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                   "Parameters": {"FunctionName": "service-double", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true}
    }}"#;
    let mut definition = typed(asl, WorkflowType::Standard);
    for (state, call) in [("/States/Direct", Call::Direct), ("/States/Invoke", Call::Invoke)] {
        definition.tasks.push(TaskBinding { state: state.to_owned(), task: TaskInfo::of::<Double>(), call });
    }
    let output = |executor: &Executor, input: Value| executor.run_blocking(input).unwrap().output().cloned();
    let executor = Executor::new(&definition).unwrap();
    assert_eq!(output(&executor, 3.into()), Some(Value::from(12)));
    assert_eq!(executor.run_blocking("x".into()).unwrap().error(), Some("NotANumber"));
    let replaced = Executor::builder().mock("Direct", Mock::succeed(100)).build(&definition).unwrap();
    assert_eq!(output(&replaced, 3.into()), Some(Value::from(200)));
}

#[test]
fn no_input_of_any_kind_panics() {
    let asl = r#"{"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.a[0].b", "IsPresent": true, "Next": "M"}], "Default": "W"},
        "W": {"Type": "Wait", "SecondsPath": "$.s", "Next": "P"},
        "P": {"Type": "Pass", "ResultPath": "$.x.y", "Next": "M"},
        "M": {"Type": "Map", "ItemsPath": "$.a", "MaxConcurrencyPath": "$.n", "ItemProcessor": {"StartAt": "I", "States": {
            "I": {"Type": "Pass", "Parameters": {"v.$": "States.ArrayLength($.b)"}, "End": true}}}, "End": true}
    }}"#;
    let executor = Executor::new(&definition(asl)).unwrap();
    for input in [
        "null",
        "1",
        r#""text""#,
        "[]",
        "{}",
        r#"{"a":[{"b":[]}]}"#,
        r#"{"a":[{"b":1}],"n":1}"#,
        r#"{"s":1e300}"#,
        r#"{"s":5,"a":{}}"#,
        r#"{"s":"5","x":1}"#,
        r#"{"a":[{"b":[1]}],"n":-1}"#,
        r#"{"a":[{"b":[1]},null],"n":1}"#,
    ] {
        let outcome = executor.run_blocking(json(input)).unwrap();
        assert_ne!(outcome.status.name(), "RUNNING", "{input}");
    }
}

#[test]
fn data_that_nests_ever_deeper_is_stopped() {
    let asl = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Parameters": {"a.$": "$"}, "Next": "B"},
        "B": {"Type": "Pass", "InputPath": "$", "ResultPath": "$.b", "Next": "A"}
    }}"#;
    for workflow_type in [WorkflowType::Standard, WorkflowType::Express] {
        let executor = Executor::new(&typed(asl, workflow_type)).unwrap();
        assert_eq!(executor.run_blocking(json("{}")).unwrap().error(), Some("States.DataLimitExceeded"));
    }
}
