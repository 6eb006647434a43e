//! The events that CloudWatch Logs and EventBridge get of executions.

use stepfn_core::{
    asl,
    definition::{Definition, LogLevel, WorkflowType},
    value::Value,
};
use stepfn_executor::{Executor, Mock, Outcome};

const MACHINE: &str = r#"{
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": { "QueueUrl": "q", "MessageBody.$": "$.text" },
            "Assign": { "seen": true },
            "End": true
        }
    }
}"#;

fn run(workflow_type: WorkflowType, mock: Mock, input: Value) -> Outcome {
    let (machine, _) = asl::read_str(MACHINE).unwrap();
    let definition = Definition::from_asl("Mail", workflow_type, machine);
    let executor = Executor::builder().keep_history().mock("Work", mock).build(&definition).unwrap();
    executor.start_with_name("one", input).run_blocking().unwrap()
}

fn text(text: &str) -> Value {
    Value::object([("text", Value::from(text))])
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

/// Recorded on AWS: `logs.partial_log_levels`; the guide's "Log levels for Step Functions execution events".
#[test]
fn each_level_logs_its_events() {
    let failed = run(WorkflowType::Standard, Mock::fail("Busy", "later"), text("x"));
    assert_eq!(types(&failed.log_events(LogLevel::Error, false)), ["TaskFailed", "ExecutionFailed"]);
    assert_eq!(types(&failed.log_events(LogLevel::Fatal, false)), ["ExecutionFailed"]);
    assert!(failed.log_events(LogLevel::Off, true).is_empty());
    assert_eq!(failed.log_events(LogLevel::All, true).len(), failed.history.len());
    let last = &failed.log_events(LogLevel::Fatal, false)[0];
    let id = failed.history.len().to_string();
    assert_eq!((last["id"].as_str(), last["redrive_count"].as_str()), (Some(&*id), Some("0")));
    assert_eq!(
        last["execution_arn"].as_str(),
        Some("arn:aws:states:us-east-1:123456789012:execution:Mail:one")
    );
    assert_eq!(last["details"].to_string(), r#"{"error":"Busy","cause":"later"}"#);
}

#[test]
fn without_execution_data_no_data_is_logged() {
    let done = run(WorkflowType::Express, Mock::succeed("secret out"), text("secret in"));
    let with = Value::array(done.log_events(LogLevel::All, true)).to_string();
    assert!(with.contains("secret in") && with.contains("secret out") && with.contains("assignedVariables"));
    let without = Value::array(done.log_events(LogLevel::All, false)).to_string();
    assert!(!without.contains("secret") && !without.contains("Details") && !without.contains("assigned"));
    assert!(without.contains(r#""resourceType":"sqs""#) && without.contains(":express:Mail:one:"));
}

/// The guide's "CloudWatch Logs payloads".
#[test]
fn a_log_event_cuts_data_that_is_too_long() {
    let done = run(WorkflowType::Express, Mock::succeed(Value::Null), text(&"ä".repeat(127_000)));
    let logged = done.log_events(LogLevel::All, true);
    assert_eq!(logged[0]["details"]["inputDetails"].to_string(), r#"{"truncated":true}"#);
    assert!(logged[0]["details"]["input"].as_str().unwrap().len() <= 248 * 1024);
    let last = logged.last().unwrap();
    assert_eq!(last["details"]["outputDetails"].to_string(), r#"{"truncated":false}"#);
}

/// The guide's "Automating Step Functions event delivery with EventBridge".
#[test]
fn a_failed_execution_tells_its_status_twice() {
    let failed = run(WorkflowType::Standard, Mock::fail("Busy", "later"), text("x"));
    let events = failed.status_change_events();
    let details: Vec<_> = events.iter().map(|event| &event["detail"]).collect();
    assert_eq!((details.len(), details[0]["status"].as_str()), (2, Some("RUNNING")));
    assert_eq!(
        details[0]["redriveStatusReason"].as_str(),
        Some("Execution is RUNNING and cannot be redriven")
    );
    assert_eq!((&details[0]["stopDate"], &details[0]["outputDetails"]), (&Value::Null, &Value::Null));
    assert_eq!(details[0]["input"].as_str(), Some(r#"{"text":"x"}"#));
    assert_eq!(details[1]["status"].as_str(), Some("FAILED"));
    assert_eq!((details[1]["error"].as_str(), details[1]["cause"].as_str()), (Some("Busy"), Some("later")));
    assert_eq!(details[1]["redriveStatus"].as_str(), Some("REDRIVABLE"));
    assert_eq!(details[1]["stopDate"].as_i64(), Some(failed.stopped.as_millisecond()));
    assert_eq!(events[0]["resources"][0], details[0]["executionArn"]);
    assert_ne!(events[0]["id"], events[1]["id"]);
}

#[test]
fn an_express_execution_tells_no_status() {
    let done = run(WorkflowType::Express, Mock::succeed(Value::Null), text("x"));
    assert!(done.status_change_events().is_empty());
}

#[test]
fn a_status_event_leaves_out_what_is_too_long() {
    let long = |length: usize| Value::from("o".repeat(length));
    let detail = |input: usize, output: usize| {
        let done = run(WorkflowType::Standard, Mock::succeed(long(output)), text(&"i".repeat(input)));
        let detail = done.status_change_events()[1]["detail"].clone();
        (
            detail["inputDetails"].to_string(),
            detail["outputDetails"].to_string(),
            detail["output"] == Value::Null,
        )
    };
    let (yes, no) = (r#"{"included":true}"#.to_owned(), r#"{"included":false}"#.to_owned());
    assert_eq!(detail(1000, 1000), (yes.clone(), yes.clone(), false));
    assert_eq!(detail(130_000, 130_000), (no.clone(), yes, false));
    assert_eq!(detail(10, 255_000), (no.clone(), no, true));
}
