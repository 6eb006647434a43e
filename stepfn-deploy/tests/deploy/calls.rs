//! The typed client: executions and task tokens.

use serde::{Deserialize, Serialize};
use stepfn_core::token::TaskToken;
use stepfn_core::{
    asl::StateMachine,
    definition::{Definition, Workflow, WorkflowType},
    task::{TaskError, TaskFailure},
};
use stepfn_deploy::{Callback, Error, ExecutionError, Status, WorkflowClient};

use crate::{
    fake::{Fake, arn},
    plans::{deploy, orders, settings},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Receipt {
    charged: u64,
}

struct Orders;

impl Workflow for Orders {
    type Input = Order;
    type Output = Receipt;
    const NAME: &'static str = "Orders";

    fn definition() -> Definition {
        Definition::from_asl("Orders", WorkflowType::Standard, StateMachine::default())
    }
}

const EXECUTION: &str = "arn:aws:states:us-east-1:123456789012:execution:Orders:e-1";

fn order() -> Order {
    Order { order_id: "파-1".to_owned() }
}

fn described(status: &str, rest: &str) -> String {
    format!(
        r#"{{"executionArn":"{EXECUTION}","stateMachineArn":"{}","name":"e-1","startDate":1,"input":"{{\"orderId\":\"1\"}}","status":"{status}"{rest}}}"#,
        arn("Orders")
    )
}

/// A fake where `Orders` is deployed and starts.
async fn deployed() -> Fake {
    let fake = Fake::default();
    deploy(&fake, &orders(5), &settings()).await;
    fake.actions();
    fake.answer("StartExecution", 200, &format!(r#"{{"executionArn":"{EXECUTION}","startDate":1}}"#));
    fake
}

/// A web server's handlers call from tasks that move between threads.
#[tokio::test(start_paused = true)]
async fn calls_can_be_made_from_spawned_tasks() {
    fn sent<F: Future + Send>(future: F) -> F {
        future
    }
    let fake = deployed().await;
    fake.answer("DescribeExecution", 200, &described("SUCCEEDED", r#","output":"{\"charged\":7}""#));
    fake.answer("SendTaskSuccess", 200, "{}");
    let sfn = fake.client();
    let (client, order) = (Orders::client(&sfn), order());
    let execution = sent(client.start(&order)).await.unwrap();
    assert_eq!(sent(execution.wait()).await.unwrap(), Receipt { charged: 7 });
    let approval = Approval { approved_by: "mina".to_owned() };
    sent(TaskToken::new("AQB8").succeed(&sfn, &approval)).await.unwrap();
    let (deployment, values) = (settings().of(&orders(6)), settings().values);
    let planned = sent(stepfn_deploy::plan(&sfn, &deployment, &values)).await.unwrap();
    sent(planned.apply(&sfn)).await.unwrap();
    sent(client.start_sync(&order)).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn the_arn_is_looked_up_once() {
    let fake = deployed().await;
    let client = Orders::client(&fake.client());
    client.start(&order()).await.unwrap();
    let execution = client.start_named("e-1", &order()).await.unwrap();
    assert_eq!(execution.arn(), EXECUTION);
    let starts = fake.requests("StartExecution");
    assert_eq!(starts[0]["stateMachineArn"].as_str(), Some(arn("Orders").as_str()));
    assert_eq!(starts[0]["input"].as_str(), Some(r#"{"orderId":"파-1"}"#));
    let name = starts[0]["name"].as_str().unwrap();
    assert_eq!(name.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{name}");
    assert_eq!(starts[1]["name"].as_str(), Some("e-1"));
    let actions = fake.actions();
    assert_eq!(actions, ["ListStateMachines", "ListStateMachines", "StartExecution", "StartExecution"]);

    Orders::client_at(&fake.client(), arn("Orders:live")).start(&order()).await.unwrap();
    assert_eq!(fake.actions(), ["StartExecution"]);
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_is_not_deployed_is_named() {
    let refusal = Orders::client(&Fake::default().client()).start(&order()).await.unwrap_err();
    assert!(matches!(refusal, Error::NotFound { .. }));
    assert!(refusal.to_string().starts_with("no state machine is named `Orders`"), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn waiting_looks_at_growing_intervals_and_brings_the_output() {
    let fake = deployed().await;
    for _ in 0..6 {
        fake.answer("DescribeExecution", 200, &described("RUNNING", ""));
    }
    fake.answer(
        "DescribeExecution",
        200,
        &described("SUCCEEDED", r#","output":"{\"charged\":7}","stopDate":2"#),
    );
    let execution = Orders::client(&fake.client()).start(&order()).await.unwrap();
    let running = execution.output().await.unwrap_err();
    assert!(matches!(running, ExecutionError::Running { .. }), "{running}");
    assert_eq!(execution.wait().await.unwrap(), Receipt { charged: 7 });
    assert_eq!(fake.times("DescribeExecution"), [0, 0, 1, 3, 7, 15, 31]);
    let description = execution.describe().await.unwrap();
    assert_eq!(description.status, Status::Succeeded(Receipt { charged: 7 }));
    assert_eq!(description.input.unwrap()["orderId"].as_str(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn how_an_execution_failed_is_told() {
    for (status, words) in [
        ("FAILED", "the execution failed"),
        ("TIMED_OUT", "the execution timed out"),
        ("ABORTED", "the execution was stopped"),
    ] {
        let fake = deployed().await;
        fake.answer(
            "DescribeExecution",
            200,
            &described(status, r#","error":"SoldOut","cause":"nothing left""#),
        );
        let execution = Orders::client(&fake.client()).execution(EXECUTION);
        let error = execution.wait().await.unwrap_err();
        assert_eq!(error.to_string(), format!("{words}: `SoldOut`: nothing left ({EXECUTION})"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_output_of_another_type_says_where_it_does_not_fit() {
    let fake = deployed().await;
    fake.answer("DescribeExecution", 200, &described("SUCCEEDED", r#","output":"{\"charged\":\"7\"}""#));
    let error = Orders::client(&fake.client()).execution(EXECUTION).output().await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the output is not of the workflow's type: `charged`: "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_express_workflow_answers_at_once() {
    let fake = deployed().await;
    let answer = |status: &str, rest: &str| {
        format!(r#"{{"executionArn":"{EXECUTION}","startDate":1,"stopDate":2,"status":"{status}"{rest}}}"#)
    };
    fake.answer("StartSyncExecution", 200, &answer("SUCCEEDED", r#","output":"{\"charged\":7}""#));
    fake.answer("StartSyncExecution", 200, &answer("FAILED", r#","error":"SoldOut","cause":"nothing left""#));
    let client = Orders::client(&fake.client());
    assert_eq!(client.start_sync(&order()).await.unwrap(), Receipt { charged: 7 });
    let failed = client.start_sync(&order()).await.unwrap_err();
    assert!(
        matches!(&failed, ExecutionError::Failed(failure) if failure.error.as_deref() == Some("SoldOut")),
        "{failed}"
    );
    assert_eq!(
        fake.state().urls.last().map(String::as_str),
        Some("https://sync-states.us-east-1.amazonaws.com/")
    );
}

#[tokio::test(start_paused = true)]
async fn a_synchronous_execution_finds_an_emulator_on_this_machine() {
    let fake = deployed().await;
    fake.refuse("StartSyncExecution", "StateMachineTypeNotSupported", "of type STANDARD");
    let config = fake.client().config().to_builder().endpoint_url("http://127.0.0.1:5000").build();
    let client = Orders::client_at(&stepfn_deploy::Client::from_conf(config), arn("Orders"));
    let refusal = client.start_sync(&order()).await.unwrap_err();
    assert!(
        matches!(&refusal, ExecutionError::Call(error) if error.code() == Some("StateMachineTypeNotSupported"))
    );
    assert_eq!(fake.state().urls.last().map(String::as_str), Some("http://127.0.0.1:5000/"));
}

#[tokio::test(start_paused = true)]
async fn an_emulator_that_crashes_is_said_to() {
    let fake = deployed().await;
    fake.state().answers.clear();
    fake.answer_as("StartExecution", 500, "text/html; charset=utf-8", "<!doctype html>");
    let refusal = Orders::client(&fake.client()).start(&order()).await.unwrap_err();
    assert!(matches!(refusal, Error::Crashed { action: "StartExecution" }), "{refusal}");
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_stopped_with_a_reason() {
    let fake = deployed().await;
    fake.answer("StopExecution", 200, r#"{"stopDate":2}"#);
    Orders::client(&fake.client()).execution(EXECUTION).stop("Cancelled", "by the customer").await.unwrap();
    let request = fake.requests("StopExecution").remove(0);
    assert_eq!(request["executionArn"].as_str(), Some(EXECUTION));
    assert_eq!(request["error"].as_str(), Some("Cancelled"));
}

#[derive(Serialize)]
struct Approval {
    approved_by: String,
}

struct Rejected;

impl TaskError for Rejected {
    const NAMES: &'static [&'static str] = &["Rejected"];

    fn failure(&self) -> TaskFailure {
        TaskFailure::with_cause("Rejected", "too dear")
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_answered_with_what_the_task_declares() {
    let fake = Fake::default();
    for action in ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"] {
        fake.answer(action, 200, "{}");
    }
    let sfn = fake.client();
    let token: TaskToken<Approval> = serde_json::from_str(r#""AQB8""#).unwrap();
    token.heartbeat(&sfn).await.unwrap();
    token.succeed(&sfn, &Approval { approved_by: "mina".to_owned() }).await.unwrap();
    token.fail(&sfn, &Rejected).await.unwrap();
    assert_eq!(fake.requests("SendTaskHeartbeat")[0].to_string(), r#"{"taskToken":"AQB8"}"#);
    assert_eq!(fake.requests("SendTaskSuccess")[0]["output"].as_str(), Some(r#"{"approved_by":"mina"}"#));
    let failure = fake.requests("SendTaskFailure").remove(0);
    assert_eq!((failure["error"].as_str(), failure["cause"].as_str()), (Some("Rejected"), Some("too dear")));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_is_told_by_its_code() {
    let fake = Fake::default();
    fake.refuse("SendTaskSuccess", "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    let token = TaskToken::<Approval>::new("AQB8");
    let late = token.succeed(&fake.client(), &Approval { approved_by: "mina".to_owned() }).await.unwrap_err();
    assert_eq!(late.code(), Some("TaskTimedOut"));
}
