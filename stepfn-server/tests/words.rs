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
