use stepfn_core::{definition::WorkflowType, value::Value};
use stepfn_executor::{Executor, Mock, RunError};

use crate::{definition, json, run, run_with, task, typed};

const MACHINE: &str = r#"{"StartAt": "Load", "States": {
    "Load": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "TimeoutSeconds": 9,
             "Parameters": {"id.$": "States.UUID()"}, "Retry": [{"ErrorEquals": ["Busy"], "JitterStrategy": "FULL"}],
             "Assign": {"b": 1, "a": "x"}, "Next": "Each"},
    "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Work", "States": {
        "Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:work", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 3, "End": true}}}, "End": true}
}}"#;

fn bind(builder: stepfn_executor::ExecutorBuilder) -> stepfn_executor::ExecutorBuilder {
    builder
        .mock("Load", Mock::fail("Busy", "later").times(1).then(Mock::succeed(json("[1,2]"))))
        .mock("Work", Mock::respond_with(|call| Ok(call.input.clone())))
}

#[test]
fn two_runs_of_one_seed_give_the_same_bytes() {
    let bytes = |seed| {
        let outcome = run_with(MACHINE, "{}", |builder| bind(builder.seed(seed)));
        assert_eq!(outcome.output(), Some(&json("[1,2]")));
        (outcome.history.to_json().to_string(), outcome.history.to_string())
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn the_text_of_a_history_is_that_of_its_value() {
    let strange = r#"{"StartAt": "Set", "States": {
        "Set": {"Type": "Pass", "Assign": {"b": "ä\"\n", "a.long.name.that.is.not.kept.inline": {"x": [1.50, null]}}, "Next": "Fan"},
        "Fan": {"Type": "Parallel", "Next": "Ask", "Branches": [{"StartAt": "P", "States": {"P": {"Type": "Wait", "Seconds": 0, "End": true}}}]},
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "TimeoutSeconds": 2, "HeartbeatSeconds": 1,
                "Credentials": {"RoleArn": "arn:aws:iam::123456789012:role/r"}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Query"}],
                "Next": "Query"},
        "Query": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $error('\u0001\"') %}", "End": true}
    }}"#;
    for (machine, input) in [(MACHINE, r#"{"in": 1}"#), (strange, r#"{"text\n": "\u007f\\ü\u0000"}"#)] {
        let history =
            run_with(machine, input, |builder| if machine == MACHINE { bind(builder) } else { builder })
                .history;
        assert!(history.len() > 12, "{history}");
        assert_eq!(history.to_json_string(), history.to_json().to_string());
    }
}

#[test]
fn executions_of_one_executor_draw_different_numbers() {
    let executor = bind(Executor::builder()).build(&definition(MACHINE)).unwrap();
    let arns = [(); 3].map(|()| executor.run_blocking(json("{}")).unwrap().execution_arn());
    assert_ne!(arns[0], arns[1]);
    assert_ne!(arns[1], arns[2]);
}

#[test]
fn events_have_the_form_of_get_execution_history() {
    let outcome = run_with(MACHINE, r#"{"in": 1}"#, bind);
    let json_history = outcome.history.to_json();
    let events = json_history["events"].as_array().unwrap();
    let expected = [
        r#"{"timestamp":1704067200.0,"type":"ExecutionStarted","id":1,"previousEventId":0,"executionStartedEventDetails":{"input":"{\"in\":1}","inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::123456789012:role/StepFunctionsRole"}}"#,
        r#"{"timestamp":1704067200.0,"type":"TaskStateEntered","id":2,"previousEventId":0,"stateEnteredEventDetails":{"name":"Load","input":"{\"in\":1}","inputDetails":{"truncated":false}}}"#,
    ];
    for (event, expected) in events.iter().zip(expected) {
        assert_eq!(event.to_string(), expected);
    }
    let scheduled = &events[2]["taskScheduledEventDetails"];
    assert_eq!(scheduled["resourceType"], Value::from("dynamodb"));
    assert_eq!(scheduled["resource"], Value::from("getItem"));
    assert_eq!(scheduled["region"], Value::from("us-east-1"));
    assert_eq!(scheduled["timeoutInSeconds"], Value::from(9));
    assert!(scheduled["parameters"].as_str().unwrap().starts_with(r#"{"id":""#));
    let failed = r#"{"resourceType":"dynamodb","resource":"getItem","error":"Busy","cause":"later"}"#;
    assert_eq!(events[4]["taskFailedEventDetails"], json(failed));
    let exited = events.iter().find(|event| event["type"] == Value::from("TaskStateExited")).unwrap();
    assert_eq!(
        exited["stateExitedEventDetails"]["assignedVariables"].to_string(),
        r#"{"a":"\"x\"","b":"1"}"#
    );
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["id"], Value::from(index + 1));
        assert!(event["previousEventId"].as_i64().unwrap() <= index as i64);
    }
}

#[test]
fn the_text_has_one_line_per_event() {
    let asl = task(r#""TimeoutSeconds": 5,"#);
    let outcome = run_with(&asl, r#"{"a":1}"#, |builder| builder.mock("T", Mock::timeout()));
    assert_eq!(
        outcome.history.to_string(),
        r#"   1 <- 0         0.000 ExecutionStarted {"a":1}
   2 <- 0         0.000 TaskStateEntered T {"a":1}
   3 <- 2         0.000 LambdaFunctionScheduled T {"a":1} timeout 5s
   4 <- 3         0.000 LambdaFunctionStarted T
   5 <- 4         5.000 LambdaFunctionTimedOut T States.Timeout
   6 <- 5         5.000 ExecutionFailed States.Timeout
"#
    );
}

#[test]
fn region_account_and_role_are_what_they_are_told() {
    let asl = crate::pass(r#""Parameters": {"id.$": "$$.Execution.Id", "role.$": "$$.Execution.RoleArn"},"#);
    let executor = Executor::builder()
        .region("eu-north-1")
        .account("111122223333")
        .role_arn("arn:aws:iam::111122223333:role/mine")
        .build(&definition(&asl))
        .unwrap();
    let outcome = executor.start_with_name("first", json("{}")).run_blocking().unwrap();
    let expected = r#"{"id":"arn:aws:states:eu-north-1:111122223333:execution:Machine:first","role":"arn:aws:iam::111122223333:role/mine"}"#;
    assert_eq!(outcome.output(), Some(&json(expected)));
}

#[test]
fn the_execution_fails_at_event_25000() {
    let asl = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}"#;
    let outcome = run(asl, "{}");
    assert_eq!(outcome.error(), Some("States.Runtime"));
    assert_eq!(outcome.cause(), Some("The execution reached the maximum number of history events (25000)."));
    assert_eq!(outcome.history.len(), 25_000);
    let last = outcome.history.events().last().unwrap();
    assert_eq!((last.event_type, last.previous_event_id), ("ExecutionFailed", 24_999));
}

#[test]
fn express_keeps_no_history_and_has_its_own_arns() {
    let asl = crate::pass(r#""Parameters": {"e.$": "$$.Execution"},"#);
    let executor = Executor::new(&typed(&asl, WorkflowType::Express)).unwrap();
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert!(outcome.history.is_empty());
    assert!(outcome.execution_arn().contains(":express:Machine:"));
    assert_eq!(outcome.output().unwrap()["e"].get("RedriveCount"), None);
    // One that nobody waits for counts them: recorded on AWS.
    let express = typed(&asl, WorkflowType::Express);
    let executor = Executor::builder().asynchronous().build(&express).unwrap();
    let outcome = executor.run_blocking(json("{}")).unwrap();
    assert_eq!(outcome.output().unwrap()["e"]["RedriveCount"], Value::from(0));
    // Errors name the event all the same.
    let failing = typed(&crate::pass(r#""InputPath": "$.x","#), WorkflowType::Express);
    let outcome = Executor::new(&failing).unwrap().run_blocking(json("{}")).unwrap();
    assert!(outcome.cause().unwrap().contains("(entered at the event id #2)"));
}

#[test]
fn the_history_tells_how_far_a_run_came_that_stopped() {
    let definition = definition(
        r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" },
            "B": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true } } }"#,
    );
    let mut execution = Executor::builder().allow_unbound().build(&definition).unwrap().start(json("1"));
    assert!(matches!(execution.run_to_end(), Err(RunError::Unbound(unbound)) if unbound.state == "B"));
    assert_eq!(execution.history().path(), ["A", "B"]);

    let executor = Executor::builder().mock("B", Mock::succeed(2)).build(&definition).unwrap();
    let mut execution = executor.start(json("1"));
    assert_eq!(execution.run_to_end().as_ref().unwrap().output(), Some(&json("2")));
    assert_eq!(execution.history().len(), 9);
    assert_eq!(execution.run_blocking().unwrap().output(), Some(&json("2")), "the end stays there");
}

#[test]
fn a_route_shows_what_happened_inside_of_maps_and_parallels() {
    let asl = r#"{"StartAt": "Load", "States": {
        "Load": {"Type": "Pass", "Next": "Each"},
        "Each": {"Type": "Map", "MaxConcurrency": CONCURRENCY, "ItemProcessor": {"StartAt": "Pick", "States": {
            "Pick": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 2, "Next": "Both"}], "Default": "Small"},
            "Small": {"Type": "Pass", "End": true},
            "Both": {"Type": "Parallel", "End": true, "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Wait", "Seconds": 1, "Next": "More"}, "More": {"Type": "Succeed"}}},
                {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "End": true}}}]}}}, "Next": "Done"},
        "Done": {"Type": "Succeed"}}}"#;
    for concurrency in ["0", "1", "2"] {
        let outcome = crate::run(&asl.replace("CONCURRENCY", concurrency), "[1,2,3,4,1]");
        assert_eq!(
            outcome.history.route().to_string(),
            "Load -> Each [0-1: Pick -> Small; 2-3: Pick -> Both [0: Left -> More; 1: Right]; 4: Pick -> Small] -> Done",
            "{concurrency}"
        );
    }
    assert_eq!(
        crate::run(&asl.replace("CONCURRENCY", "0"), "[]").history.route().to_string(),
        "Load -> Each -> Done"
    );
    let retried = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], "End": true,
        "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}]}, "Caught": {"Type": "Pass", "End": true}}}"#;
    assert_eq!(crate::run(retried, "{}").history.route().to_string(), "P [0: F; 0: F] -> Caught");
}
