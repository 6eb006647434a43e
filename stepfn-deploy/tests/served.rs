//! The SDK of AWS for Rust against a server of this workspace: it starts, describes, answers tokens, pages through a history, redrives.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use aws_sdk_sfn::{
    Client, Config,
    config::{Credentials, Region},
    operation::describe_execution::DescribeExecutionOutput,
    types::ExecutionStatus,
};
use stepfn_durable::{Host, store::Memory};
use stepfn_server::{Server, Settings};

const ROLE: &str = "arn:aws:iam::123456789012:role/any";

async fn ended(host: &Host, client: &Client, arn: &str) -> DescribeExecutionOutput {
    host.wait(arn).await.unwrap();
    client.describe_execution().execution_arn(arn).send().await.unwrap()
}

#[tokio::test]
async fn the_sdk_for_rust_runs_an_execution_to_its_end() {
    let host = Host::builder().store(Memory::new()).start().await.unwrap();
    let settings = Settings { address: SocketAddr::from(([127, 0, 0, 1], 0)), ..Settings::default() };
    let server = Server::bind(settings, host.clone()).await.unwrap();
    let config = Config::builder()
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(format!("http://{}", server.local_addr()))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = Client::from_conf(config.build());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.run_until(async { drop(stopped.await) }));

    let activity = client.create_activity().name("approve").send().await.unwrap().activity_arn;
    let definition = format!(
        r#"{{"StartAt": "Ask", "States": {{"Ask": {{"Type": "Task", "Resource": "{activity}", "End": true}}}}}}"#
    );
    let machine = client.create_state_machine().name("Rust").definition(definition).role_arn(ROLE);
    let machine = machine.send().await.unwrap().state_machine_arn;
    let start = client.start_execution().state_machine_arn(&machine).name("one").input(r#"{"n": 1}"#);
    let arn = start.send().await.unwrap().execution_arn;

    let task = client.get_activity_task().activity_arn(&activity).worker_name("rust").send().await.unwrap();
    assert_eq!(task.input.as_deref(), Some(r#"{"n":1}"#));
    let token = task.task_token.unwrap();
    client.send_task_heartbeat().task_token(&token).send().await.unwrap();
    client.send_task_failure().task_token(&token).error("Refused").cause("no").send().await.unwrap();
    let failed = ended(&host, &client, &arn).await;
    assert_eq!((failed.status, failed.error.as_deref()), (ExecutionStatus::Failed, Some("Refused")));
    assert_eq!(failed.input.as_deref(), Some(r#"{"n": 1}"#), "as it was given");

    client.redrive_execution().execution_arn(&arn).send().await.unwrap();
    let task = client.get_activity_task().activity_arn(&activity).send().await.unwrap();
    let token = task.task_token.unwrap();
    client.send_task_success().task_token(&token).output(r#""yes""#).send().await.unwrap();
    let succeeded = ended(&host, &client, &arn).await;
    assert_eq!(
        (succeeded.status, succeeded.output.as_deref()),
        (ExecutionStatus::Succeeded, Some(r#""yes""#))
    );
    assert_eq!(succeeded.redrive_count, Some(1));

    let mut pages = client.get_execution_history().execution_arn(&arn).into_paginator().page_size(2).send();
    let (mut ids, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        ids.extend(page.unwrap().events.into_iter().map(|event| event.id));
        count += 1;
    }
    assert_eq!(ids, (1..=i64::try_from(ids.len()).unwrap()).collect::<Vec<_>>());
    assert!(count > 3, "{count} pages");

    let missing = client.describe_execution().execution_arn(format!("{arn}x")).send().await.unwrap_err();
    assert!(missing.into_service_error().is_execution_does_not_exist());
    let late = client.send_task_success().task_token(&token).output("1").send().await.unwrap_err();
    assert!(late.into_service_error().is_task_timed_out());
    stop.send(()).unwrap();
    serving.await.unwrap();
}
