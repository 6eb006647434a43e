//! State machines that start each other (developer guide, "Start a new state machine from a running execution"). What `.sync` and
//! `.sync:2` answer, and the cause of a failure, are as recorded on AWS: `callback.start_execution_sync`,
//! `callback.start_execution_sync2`, `callback.start_execution_sync_delegate_timeout`.

use std::time::Duration;

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    task::TaskFailure,
    value::Value,
};
use stepfn_executor::{BuildError, Executor, ExecutorBuilder, Mock, Outcome, RunError, Status};

use super::{json, steps};

fn definition(name: &str, workflow_type: WorkflowType, asl: &str) -> Definition {
    let (machine, diagnostics) = asl::read_str(asl).unwrap();
    assert_eq!(diagnostics, []);
    Definition::from_asl(name, workflow_type, machine)
}

fn machine(name: &str, asl: &str) -> Executor {
    Executor::new(&definition(name, WorkflowType::Standard, asl)).unwrap()
}

/// A Task that starts `Child` with its input.
fn start(resource: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt": "Start", "States": {{
            "Start": {{"Type": "Task", "Resource": "arn:aws:states:::{resource}",
                "Parameters": {{"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Child", "Name": "one", "Input.$": "$"}},
                {fields} "End": true}},
            "Caught": {{"Type": "Pass", "End": true}}
        }}}}"#
    )
}

fn parent(child: &Executor) -> ExecutorBuilder {
    Executor::builder().state_machine("Child", child).keep_children(10)
}

fn run(asl: &str, child: &Executor, input: &str) -> Outcome {
    let parent = parent(child).build(&definition("Parent", WorkflowType::Standard, asl)).unwrap();
    parent.run_blocking(json(input)).unwrap()
}

const SLOW: &str = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}"#;
const ECHO: &str = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;

#[test]
fn sync_answers_with_texts_and_sync_2_with_data() {
    let child = machine("Child", SLOW);
    let outcome = run(&start("states:startExecution.sync", ""), &child, r#"{"a": 1}"#);
    let output = outcome.output().unwrap();
    assert_eq!(
        (output["Input"].as_str(), output["Output"].as_str()),
        (Some(r#"{"a":1}"#), Some(r#"{"a":1}"#))
    );
    assert_eq!(output["Status"].as_str(), Some("SUCCEEDED"));
    assert_eq!(
        output["ExecutionArn"].as_str(),
        Some("arn:aws:states:us-east-1:123456789012:execution:Child:one")
    );
    assert_eq!(outcome.duration(), Duration::from_secs(60));
    assert!(steps(&outcome).contains(&"TaskSubmitted Start".to_owned()));

    let outcome = run(&start("states:startExecution.sync:2", ""), &child, r#"{"a": 1}"#);
    assert_eq!(outcome.output().unwrap()["Output"], json(r#"{"a": 1}"#));
}

#[test]
fn an_execution_that_is_not_waited_for_goes_on_after_the_end_of_its_parent() {
    let outcome = run(&start("states:startExecution", ""), &machine("Child", SLOW), "7");
    assert_eq!(outcome.duration(), Duration::ZERO);
    let output = outcome.output().unwrap();
    assert_eq!(output["SdkHttpMetadata"]["HttpStatusCode"].as_i64(), Some(200));
    let child = &outcome.started_executions[0];
    assert_eq!((child.output(), child.duration()), (Some(&json("7")), Duration::from_secs(60)));
    assert_eq!(Some(&*child.execution_arn()), output["ExecutionArn"].as_str());
    assert_eq!(child.history.path(), ["W"]);
}

#[test]
fn a_failed_execution_fails_the_task_with_its_description() {
    let child = machine(
        "Child",
        r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}}"#,
    );
    let caught = r#""Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}],"#;
    let outcome = run(&start("states:startExecution.sync:2", caught), &child, "{}");
    let output = outcome.output().unwrap();
    assert_eq!(output["Error"].as_str(), Some("States.TaskFailed"));
    let cause = json(output["Cause"].as_str().unwrap());
    assert_eq!((cause["Error"].as_str(), cause["Cause"].as_str()), (Some("E"), Some("c")));
    assert_eq!(
        (cause["Status"].as_str(), cause["RedriveStatus"].as_str()),
        (Some("FAILED"), Some("REDRIVABLE"))
    );
    assert_eq!(cause.get("Output"), None);
}

#[test]
fn a_machine_that_timed_out_has_neither_error_nor_cause() {
    let child = machine(
        "Child",
        r#"{"TimeoutSeconds": 5, "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}"#,
    );
    let outcome = run(&start("states:startExecution.sync", ""), &child, "{}");
    let cause = json(outcome.cause().unwrap());
    assert_eq!((cause["Status"].as_str(), cause.get("Error")), (Some("TIMED_OUT"), None));
}

#[test]
fn a_sync_task_that_is_given_up_stops_its_execution() {
    let child = machine("Child", SLOW);
    let outcome = run(&start("states:startExecution.sync", r#""TimeoutSeconds": 9,"#), &child, "{}");
    assert_eq!((outcome.error(), outcome.duration()), (Some("States.Timeout"), Duration::from_secs(9)));
    let stopped = &outcome.started_executions[0];
    assert_eq!(stopped.status, Status::Aborted { error: None, cause: None });
    assert_eq!(stopped.duration(), Duration::from_secs(9));

    let beside = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}},
        {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": "${Child}"}, "End": true}}}
    ]}}}"#;
    let outcome = run(beside, &child, "{}");
    assert_eq!(outcome.error(), Some("E"));
    assert_eq!(outcome.started_executions[0].duration(), Duration::from_secs(3));
}

#[test]
fn a_started_execution_answers_the_token_of_its_parent() {
    let child = machine(
        "Child",
        r#"{"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
            "Parameters": {"TaskToken.$": "$.token", "Output.$": "$.text"}, "End": true}}}"#,
    );
    let asl = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.waitForTaskToken",
        "Parameters": {"StateMachineArn": "Child", "Input": {"token.$": "$$.Task.Token", "text": "{\"n\":1}"}}, "End": true}}}"#;
    let outcome = run(asl, &child, "{}");
    assert_eq!(outcome.output(), Some(&json(r#"{"n": 1}"#)));
    assert_eq!(outcome.started_executions[0].output(), Some(&Value::empty_object()));
    // Once used it is over.
    let twice = asl.replace(".waitForTaskToken", "").replace("$$.Task.Token", "$.token");
    let outcome = run(&twice, &child, r#"{"token": "none"}"#);
    assert_eq!(outcome.started_executions[0].error(), Some("Sfn.InvalidTokenException"));
}

#[test]
fn tokens_that_a_started_execution_waits_for_are_seen_from_outside() {
    let asl = start("states:startExecution.sync:2", "");
    let waits = definition(
        "Child",
        WorkflowType::Standard,
        r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"Token.$": "$$.Task.Token"}, "End": true}}}"#,
    );
    let child = Executor::builder().mock("Ask", Mock::succeed(Value::Null)).build(&waits).unwrap();
    let executor = parent(&child).build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    let mut execution = executor.start(json("{}"));
    assert!(execution.run_until_idle().is_none());
    let tokens = execution.pending_tokens();
    assert_eq!((tokens.len(), &*tokens[0].state), (1, "Ask"));
    executor.send_task_success(&tokens[0].token, 5).unwrap();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.output().unwrap()["Output"], json("5"));
}

#[test]
fn a_callback_that_nobody_can_send_is_told_with_the_state_that_waits_for_it() {
    let asl = start("states:startExecution.sync", "");
    let waits = definition(
        "Child",
        WorkflowType::Standard,
        r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "End": true}}}"#,
    );
    let child = Executor::builder().hold_time_for_callbacks().build(&waits).unwrap();
    let builder = parent(&child).hold_time_for_callbacks();
    let executor = builder.build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    let RunError::Stuck { states } = executor.run_blocking(json("{}")).unwrap_err() else {
        panic!("not stuck")
    };
    assert_eq!(states, ["Start", "Ask"]);
}

#[test]
fn machines_that_start_themselves_come_to_an_end() {
    let asl = r#"{"StartAt": "More", "States": {
        "More": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 0, "Next": "Done"}], "Default": "Next"},
        "Next": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn.$": "$$.StateMachine.Id", "Input": {"n.$": "States.MathAdd($.n, -1)"}},
            "OutputPath": "$.Output", "End": true},
        "Done": {"Type": "Succeed"}}}"#;
    let definition = definition("Loop", WorkflowType::Standard, asl);
    let own = Executor::builder().allow_unbound().build(&definition).unwrap();
    let executor = Executor::builder().state_machine("Loop", &own).build(&definition).unwrap();
    assert_eq!(executor.run_blocking(json(r#"{"n": 20}"#)).unwrap().output(), Some(&json(r#"{"n": 0}"#)));
    let error = executor.run_blocking(json(r#"{"n": 100}"#)).unwrap_err();
    assert_eq!(error, RunError::NestedTooDeep { limit: 32, state: "Next".to_owned() });
}

#[test]
fn what_is_registered_outside_is_known_inside() {
    let starts = |name: &str| {
        format!(
            r#"{{"StartAt": "S", "States": {{"S": {{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {{"StateMachineArn": "${{{name}}}", "Input.$": "$"}}, "OutputPath": "$.Output", "End": true}}}}}}"#
        )
    };
    let standard = |name: &str, asl: &str| definition(name, WorkflowType::Standard, asl);
    let middle = Executor::builder().allow_unbound().build(&standard("Middle", &starts("Inner"))).unwrap();
    let builder = Executor::builder().state_machine("Middle", &middle);
    let builder =
        builder.state_machine("arn:aws:states:us-east-1:1:stateMachine:Inner", &machine("Inner", ECHO));
    let outer = builder.build(&standard("Outer", &starts("Middle"))).unwrap();
    assert_eq!(outer.run_blocking(json("[4]")).unwrap().output(), Some(&json("[4]")));
}

#[test]
fn machines_that_are_not_there_are_refused_or_fail_the_task() {
    let standard = |asl: &str| definition("Parent", WorkflowType::Standard, asl);
    let asl = start("states:startExecution", "");
    let error = Executor::new(&standard(&asl)).unwrap_err();
    assert!(matches!(&error, BuildError::Unbound(unbound) if unbound.len() == 1));
    assert!(error.to_string().contains(".state_machine("), "{error}");

    let dynamic = asl.replace(
        r#""StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:Child""#,
        r#""StateMachineArn.$": "$.arn""#,
    );
    let executor = parent(&machine("Child", ECHO)).build(&standard(&dynamic)).unwrap();
    let outcome =
        executor.run_blocking(json(r#"{"arn": "arn:aws:states:us-east-1:1:stateMachine:Other"}"#)).unwrap();
    assert_eq!(outcome.error(), Some("StepFunctions.StateMachineDoesNotExistException"));
    let cause = outcome.cause().unwrap();
    assert!(
        cause.starts_with("State Machine Does Not Exist: 'arn:aws:states:us-east-1:1:stateMachine:Other' (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Request ID: "),
        "{cause}"
    );
}

/// Recorded on AWS with `credentials_base.cross_account_states_start_sync_execution`: a text is JSON text.
#[test]
fn an_input_that_is_a_text_is_json_text() {
    let child = machine("Child", ECHO);
    let asl = start("states:startExecution.sync", "").replace(r#""Input.$": "$""#, r#""Input.$": "$.text""#);
    let output = |text: &str| {
        let outcome = run(&asl, &child, &Value::object([("text", Value::from(text))]).to_string());
        outcome.output().map(|output| output["Output"].to_string()).ok_or(outcome.error().map(str::to_owned))
    };
    assert_eq!(output(r#""quoted""#), Ok(r#""\"quoted\"""#.to_owned()));
    assert_eq!(output("[1]"), Ok(r#""[1]""#.to_owned()));
    assert_eq!(output("bare"), Err(Some("StepFunctions.InvalidExecutionInputException".to_owned())));
}

#[test]
fn an_express_execution_is_awaited_and_may_fail() {
    let asl = start("aws-sdk:sfn:startSyncExecution", "");
    let fails = r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}"#;
    let express = |asl: &str| Executor::new(&definition("Child", WorkflowType::Express, asl)).unwrap();
    let outcome = run(&asl, &express(ECHO), "1");
    let output = outcome.output().unwrap();
    assert_eq!((output["Output"].as_str(), output["Status"].as_str()), (Some("1"), Some("SUCCEEDED")));
    assert!(output["ExecutionArn"].as_str().unwrap().contains(":express:Child:one:"));
    assert!(!steps(&outcome).contains(&"TaskSubmitted Start".to_owned()));
    let outcome = run(&asl, &express(fails), "1");
    let output = outcome.output().unwrap();
    assert_eq!((output["Error"].as_str(), output["Status"].as_str()), (Some("E"), Some("FAILED")));
    let outcome = run(&asl, &machine("Child", ECHO), "1");
    assert_eq!(outcome.error(), Some("Sfn.StateMachineTypeNotSupportedException"));
}

#[test]
fn a_map_starts_many() {
    let asl = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": "Child", "Input.$": "$"}, "OutputPath": "$.Output", "End": true}}}}}}"#;
    let input: Vec<_> = (0..500).map(Value::from).collect();
    let input = Value::array(input).to_string();
    let outcome = run(asl, &machine("Child", SLOW), &input);
    assert_eq!(outcome.output(), Some(&json(&input)));
    // Forty at once.
    assert_eq!(outcome.duration(), Duration::from_secs(60 * 13));
    assert_eq!(outcome.started_executions.len(), 10);
}

#[test]
fn a_mock_comes_before_the_machine() {
    let asl = start("states:startExecution.sync", "");
    let builder = parent(&machine("Child", ECHO)).mock("Start", Mock::succeed("mocked"));
    let executor = builder.build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    assert_eq!(executor.run_blocking(json("1")).unwrap().output(), Some(&"mocked".into()));
}

#[tokio::test]
async fn on_real_time_a_started_execution_waits_for_its_work() {
    let asl = start("states:startExecution.sync:2", "");
    let works = definition(
        "Child",
        WorkflowType::Standard,
        r#"{"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}"#,
    );
    let work = |input: Value| async move {
        tokio::task::yield_now().await;
        Ok::<_, TaskFailure>(input)
    };
    let child = Executor::builder().real_time().task("Work", work).build(&works).unwrap();
    let executor =
        parent(&child).real_time().build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    let outcome = executor.run(json("8")).await.unwrap();
    assert_eq!(outcome.output().unwrap()["Output"], json("8"));
}

/// A `.sync` Task waits for what it started, and not for what that started without waiting.
#[test]
fn a_grandchild_that_nobody_waits_for_holds_nobody_up() {
    let standard = |name: &str, asl: &str| definition(name, WorkflowType::Standard, asl);
    let starts = |resource: &str, name: &str| {
        format!(
            r#"{{"StartAt": "S", "States": {{"S": {{"Type": "Task", "Resource": "arn:aws:states:::states:{resource}",
                "Parameters": {{"StateMachineArn": "{name}"}}, "Next": "W"}}, "W": {{"Type": "Wait", "Seconds": 5, "End": true}}}}}}"#
        )
    };
    let middle =
        Executor::builder().allow_unbound().build(&standard("Middle", &starts("startExecution", "Slow")));
    let registered = || {
        let builder = Executor::builder().keep_children(9).state_machine("Slow", &machine("Slow", SLOW));
        builder.state_machine("Middle", middle.as_ref().unwrap())
    };
    let outer = registered().build(&standard("Outer", &starts("startExecution.sync", "Middle"))).unwrap();
    let outcome = outer.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.duration(), Duration::from_secs(10));
    let ended: Vec<_> = outcome.started_executions.iter().map(|ended| ended.duration().as_secs()).collect();
    assert_eq!(ended, [5, 60]);

    let each = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "S", "States": {
        "S": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": {"StateMachineArn": "Slow"}, "End": true}}}}}}"#;
    let outcome = registered().build(&standard("Each", each)).unwrap().run_blocking(json("[1, 2]")).unwrap();
    assert_eq!((outcome.duration(), outcome.started_executions.len()), (Duration::ZERO, 2));
}

/// The API reference, `StartExecution`: the same name with the same input is the same execution as long as it runs, and refused else.
#[test]
fn a_name_is_there_once() {
    let child = machine("Child", SLOW);
    let map = |resource: &str, concurrency: u32| {
        format!(
            r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "MaxConcurrency": {concurrency}, "End": true, "ItemProcessor": {{
                "StartAt": "S", "States": {{"S": {{"Type": "Task", "Resource": "arn:aws:states:::states:{resource}",
                    "Parameters": {{"StateMachineArn": "Child", "Name": "one", "Input.$": "$"}}, "End": true}}}}}}}}}}}}"#
        )
    };
    let outcome = run(&map("startExecution.sync", 0), &child, "[7, 7]");
    let output = outcome.output().unwrap();
    assert_eq!((&output[0], outcome.started_executions.len()), (&output[1], 1));
    let outcome = run(&map("startExecution", 1), &child, "[7, 7]");
    assert_eq!((outcome.output().is_some(), outcome.started_executions.len()), (true, 1));

    for (machine, input) in [(map("startExecution", 1), "[7, 8]"), (map("startExecution.sync", 1), "[7, 7]")]
    {
        let outcome = run(&machine, &child, input);
        assert_eq!(outcome.error(), Some("StepFunctions.ExecutionAlreadyExistsException"), "{machine}");
        let cause = outcome.cause().unwrap();
        assert!(cause.starts_with("Execution Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:Child:one' (Service"), "{cause}");
    }
    // Express executions are never the same.
    let express = Executor::new(&definition("Child", WorkflowType::Express, ECHO)).unwrap();
    assert_eq!(run(&map("startExecution", 0), &express, "[7, 7]").started_executions.len(), 2);
}

#[test]
fn what_another_task_waits_for_is_not_stopped() {
    let start = |state: &str, fields: &str| {
        format!(
            r#"{{"StartAt": "{state}", "States": {{"{state}": {{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
                "Parameters": {{"StateMachineArn": "Child", "Name": "one"}}, {fields} "End": true}},
                "C{state}": {{"Type": "Pass", "End": true}}}}}}"#
        )
    };
    let catch = r#""TimeoutSeconds": 9, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "CA"}],"#;
    let asl = format!(
        r#"{{"StartAt": "P", "States": {{"P": {{"Type": "Parallel", "End": true, "Branches": [{}, {}]}}}}}}"#,
        start("A", catch),
        start("B", "")
    );
    let outcome = run(&asl, &machine("Child", SLOW), "{}");
    let output = outcome.output().unwrap();
    assert_eq!(output[0]["Error"].as_str(), Some("States.Timeout"));
    assert_eq!(output[1]["Status"].as_str(), Some("SUCCEEDED"));
}

/// A parent that asked for an approval and went on does not hang on it.
#[tokio::test]
async fn a_started_execution_that_waits_for_a_callback_is_left_behind() {
    let waits = definition(
        "Child",
        WorkflowType::Standard,
        r#"{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "End": true}}}"#,
    );
    let child = Executor::new(&waits).unwrap();
    let asl = start("states:startExecution", "");
    let executor = parent(&child).build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    assert!(executor.run(json("{}")).await.unwrap().output().is_some());
    // Who moves time by hand can answer it still.
    let mut execution = executor.start(json("{}"));
    assert!(execution.run_until_idle().is_none());
    let task =
        executor.get_activity_task("arn:aws:states:us-east-1:123456789012:activity:ask", None).unwrap();
    executor.send_task_success(&task.token, "yes").unwrap();
    execution.run_until_idle();
    let outcome = execution.run_blocking().unwrap();
    assert_eq!(outcome.started_executions[0].output(), Some(&"yes".into()));
    let holding = parent(&child).hold_time_for_callbacks();
    let holding = holding.build(&definition("Parent", WorkflowType::Standard, &asl)).unwrap();
    assert!(holding.run_blocking(json("{}")).unwrap().output().is_some());
}
