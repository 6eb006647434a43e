//! Answers whose words and members AWS's own tests of clients look at.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use stepfn_server::Settings;
use support::{Served, builder};

#[tokio::test]
async fn histories_have_the_role_of_their_machine() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"role.$": "$$.Execution.RoleArn"}, "End": true}}}"#;
    let machine = served.machine("Role", "STANDARD", text).await;
    let ended = served.run(&machine, &json!({})).await;
    assert_eq!(ended["output"], r#"{"role":"arn:aws:iam::123456789012:role/any"}"#);
    let history = served.call("GetExecutionHistory", json!({ "executionArn": ended["executionArn"] })).await;
    let started = &history["events"][0]["executionStartedEventDetails"];
    assert_eq!(started["roleArn"], "arn:aws:iam::123456789012:role/any");
    // Another role is another revision; who began with the first one keeps it.
    let body = json!({ "stateMachineArn": machine, "roleArn": "arn:aws:iam::123456789012:role/other" });
    served.call("UpdateStateMachine", body).await;
    let ended = served.run(&machine, &json!({})).await;
    assert_eq!(ended["output"], r#"{"role":"arn:aws:iam::123456789012:role/other"}"#);
    served.stop().await;
}

#[tokio::test]
async fn errors_of_aliases_and_versions_are_in_the_words_of_aws() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let machine = served.machine("Words", "STANDARD", text).await;
    served.call("PublishStateMachineVersion", json!({ "stateMachineArn": machine })).await;
    let one = format!("{machine}:1");
    for (routes, expected) in [
        (
            json!([[one, 70], [format!("{machine}:2"), 29]]),
            "Sum of routing configuration weights must equal 100. Received: [70, 29]".to_owned(),
        ),
        (
            json!([[machine, 100]]),
            format!("Routing configuration must contain state machine version ARNs. Received: [{machine}]"),
        ),
        (
            json!([[one, 50], [one, 50]]),
            format!(
                "Routing configuration must contain distinct state machine version ARNs. Received: [{one}, {one}]"
            ),
        ),
    ] {
        let routes: Vec<Value> = routes
            .as_array()
            .unwrap()
            .iter()
            .map(|route| json!({ "stateMachineVersionArn": route[0], "weight": route[1] }))
            .collect();
        let refused = served
            .action("CreateStateMachineAlias", &json!({ "name": "a", "routingConfiguration": routes }))
            .await
            .json();
        assert_eq!(
            (&refused["__type"], &refused["message"]),
            (&json!("ValidationException"), &json!(expected))
        );
    }
    let body = json!({ "stateMachineArn": one, "definition": text });
    let refused = served.action("UpdateStateMachine", &body).await.json();
    assert_eq!(refused["message"], format!("State Machine Does Not Exist: '{one}'"));
    let body = json!({ "stateMachineArn": machine, "revisionId": "other" });
    let refused = served.action("PublishStateMachineVersion", &body).await.json();
    let message = refused["message"].as_str().unwrap();
    assert!(message.starts_with("Failed to publish the State Machine version for revision other. The current State Machine revision is "), "{message}");
    served.stop().await;
}

/// What is answered where an action is refused: `Code: message`.
async fn refused(served: &Served, action: &str, body: Value) -> String {
    let answer = served.action(action, &body).await;
    assert_eq!(answer.status, 400, "{action}: {answer:?}");
    let error = answer.json();
    format!("{}: {}", error["__type"].as_str().unwrap(), error["message"].as_str().unwrap())
}

#[tokio::test]
async fn an_update_of_an_alias_that_changes_nothing_is_refused() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let machine = served.machine("Aliased", "STANDARD", text).await;
    served.call("PublishStateMachineVersion", json!({ "stateMachineArn": machine })).await;
    let routes = json!([{ "stateMachineVersionArn": format!("{machine}:1"), "weight": 100 }]);
    let alias = served
        .call("CreateStateMachineAlias", json!({ "name": "live", "routingConfiguration": routes }))
        .await;
    let update = json!({ "stateMachineAliasArn": alias["stateMachineAliasArn"] });
    assert_eq!(
        refused(&served, "UpdateStateMachineAlias", update).await,
        "ValidationException: Either the description or the routing configuration must be specified"
    );
    served.stop().await;
}

#[tokio::test]
async fn a_role_must_be_the_arn_of_one() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let machine = served.machine("Roles", "STANDARD", text).await;
    let expected = "InvalidArn: Invalid Role Arn: '<execution-role-arn>'";
    let role = "<execution-role-arn>";
    let create = json!({ "name": "Other", "definition": text, "roleArn": role });
    assert_eq!(refused(&served, "CreateStateMachine", create).await, expected);
    let update = json!({ "stateMachineArn": machine, "roleArn": role });
    assert_eq!(refused(&served, "UpdateStateMachine", update).await, expected);
    let test = json!({ "definition": r#"{"Type": "Succeed"}"#, "roleArn": role });
    assert_eq!(refused(&served, "TestState", test).await, expected);
    served.stop().await;
}

#[tokio::test]
async fn a_distributed_map_is_described_by_its_label_and_nothing_is_done_to_it() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "each", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "S", "States": {"S": {"Type": "Succeed"}}}}}}"#;
    let machine = served.machine("Labels", "STANDARD", text).await;
    let map = format!("{machine}/each");
    let described = served.call("DescribeStateMachine", json!({ "stateMachineArn": map })).await;
    assert_eq!((&described["label"], &described["stateMachineArn"]), (&json!("each"), &json!(map)));
    assert_eq!(described["definition"], text);
    let plain = served.call("DescribeStateMachine", json!({ "stateMachineArn": machine })).await;
    assert_eq!(plain.get("label"), None);
    for (action, more) in [
        ("StartExecution", json!({})),
        ("StartSyncExecution", json!({})),
        ("DeleteStateMachine", json!({})),
        ("UpdateStateMachine", json!({ "definition": text })),
    ] {
        let mut body = more;
        body["stateMachineArn"] = json!(map);
        let said = refused(&served, action, body).await;
        assert!(said.starts_with("ValidationException: "), "{action}: {said}");
    }
    let unknown = json!({ "stateMachineArn": format!("{machine}/none") });
    let said = refused(&served, "DescribeStateMachine", unknown).await;
    assert_eq!(said, format!("StateMachineDoesNotExist: State Machine Does Not Exist: '{machine}/none'"));
    served.stop().await;
}

#[tokio::test]
async fn what_cannot_be_redriven_is_told_with_the_reason_alone() {
    let served = Served::start(Settings::default(), builder()).await;
    let succeeds = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let succeeds = served.machine("Succeeds", "STANDARD", succeeds).await;
    let ended = served.run(&succeeds, &json!({})).await;
    let redrive = json!({ "executionArn": ended["executionArn"] });
    let expected = "ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven";
    assert_eq!(refused(&served, "RedriveExecution", redrive).await, expected);

    let text = r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "SecondsPath": "$", "Next": "F"}, "F": {"Type": "Fail"}}}"#;
    let machine = served.machine("Fails", "STANDARD", text).await;
    let failed = served.run(&machine, &json!(0)).await;
    assert_eq!(failed["redriveStatus"], "REDRIVABLE");
    // It has an execution that runs, and goes away with it.
    served.call("StartExecution", json!({ "stateMachineArn": machine, "input": "1000000" })).await;
    served.call("DeleteStateMachine", json!({ "stateMachineArn": machine })).await;
    let arn = json!({ "executionArn": failed["executionArn"] });
    let expected = "ExecutionNotRedrivable: State machine is in DELETING status";
    assert_eq!(refused(&served, "RedriveExecution", arn.clone()).await, expected);
    let described = served.call("DescribeExecution", arn).await;
    assert_eq!(described["redriveStatus"], "NOT_REDRIVABLE");
    assert_eq!(described["redriveStatusReason"], "State machine is in DELETING status");
    served.stop().await;
}

#[tokio::test]
async fn an_input_that_is_nested_too_deep_is_told_so() {
    let served = Served::start(Settings::default(), builder()).await;
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let machine = served.machine("Deep", "STANDARD", text).await;
    let nested =
        |depth: usize| json!({ "stateMachineArn": machine, "input": "[".repeat(depth) + &"]".repeat(depth) });
    served.call("StartExecution", nested(128)).await;
    let said = refused(&served, "StartExecution", nested(129)).await;
    assert_eq!(
        said,
        "InvalidExecutionInput: Invalid State Machine Execution Input: 'the JSON text is nested deeper than 128 levels'"
    );
    served.stop().await;
}
