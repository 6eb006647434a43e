//! One definition as Standard and as Express; logging and tracing.

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, Workflow, lambda, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Ping {
    text: String,
}

#[lambda]
async fn echo(ping: Ping) -> Ping {
    ping
}

state_machine! {
    /// Says what it hears.
    #[logging(level = ALL, include_execution_data = true, destination = get_att("EchoLogGroup", "Arn"))]
    #[tracing]
    EchoStandard(Ping) -> Ping {
        start_at: Echo,
        Echo: Task { resource: lambda(echo), end: true },
    }
}

state_machine! {
    /// Says what it hears.
    #[express]
    #[logging(level = ERROR, destination = "arn:aws:logs:ap-northeast-2:123456789012:log-group:echo:*")]
    EchoExpress(Ping) -> Ping {
        start_at: Echo,
        Echo: Task { resource: lambda(echo), end: true },
    }
}

#[test]
fn the_kinds_share_their_asl_and_differ_in_their_type() {
    let (standard, express) = (EchoStandard::definition(), EchoExpress::definition());
    assert_eq!(standard.machine, express.machine);
    assert_eq!(standard.workflow_type.name(), "STANDARD");
    assert_eq!(express.workflow_type.name(), "EXPRESS");
    insta::assert_snapshot!(stepfn_codegen::serverless::to_yaml(&[standard.into(), express.into()]).unwrap());
}

#[test]
fn express_answers_the_same_and_keeps_no_history() {
    let standard = crate::run(&EchoStandard::definition(), json!({ "text": "안녕" }), |builder| builder);
    let express = crate::run(&EchoExpress::definition(), json!({ "text": "안녕" }), |builder| builder);
    assert_eq!(standard.output(), express.output());
    assert!(!standard.history.is_empty());
    assert!(express.history.is_empty());
}
