//! A server of a test's own, and what talks to it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test takes what it wants")]

use std::net::SocketAddr;

use serde_json::Value;
use stepfn_durable::{Host, HostBuilder, store::Memory};
use stepfn_server::{Server, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

pub const ARN: &str = "arn:aws:states:us-east-1:123456789012";

pub struct Served {
    pub address: SocketAddr,
    pub host: Host,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// An answer: its status, its head, its body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

pub fn builder() -> HostBuilder {
    Host::builder().store(Memory::new()).executors(|executor| executor.allow_unbound())
}

impl Served {
    pub async fn start(settings: Settings, builder: HostBuilder) -> Self {
        let builder = builder.by_details(stepfn_server::by_details);
        let host = settings.functions.bind(builder).start().await.unwrap();
        let settings = Settings { address: SocketAddr::from(([127, 0, 0, 1], 0)), ..settings };
        let server = Server::bind(settings, host.clone()).await.unwrap();
        let address = server.local_addr();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run_until(async { drop(stopped.await) }));
        Self { address, host, stop: Some(stop), serving: Some(serving) }
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes as they are, and reads until the server closes.
    pub async fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may have answered and closed before it has read all.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub async fn request(&self, line: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = self.raw(request.as_bytes()).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{line}: {answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub async fn action(&self, action: &str, body: &Value) -> Answer {
        let target = format!("X-Amz-Target: AWSStepFunctions.{action}\r\n");
        self.request("POST /", &target, &body.to_string()).await
    }

    /// What an action answers that is taken.
    pub async fn call(&self, action: &str, body: Value) -> Value {
        let answer = self.action(action, &body).await;
        assert_eq!(answer.status, 200, "{action}: {answer:?}");
        answer.json()
    }

    /// Creates a machine.
    pub async fn machine(&self, name: &str, kind: &str, definition: &str) -> String {
        let body = serde_json::json!({
            "name": name, "type": kind, "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/any",
        });
        self.call("CreateStateMachine", body).await["stateMachineArn"].as_str().unwrap().to_owned()
    }

    /// Starts an execution, and waits for its end.
    pub async fn run(&self, machine: &str, input: &Value) -> Value {
        let body = serde_json::json!({ "stateMachineArn": machine, "input": input.to_string() });
        let started = self.call("StartExecution", body).await;
        let arn = started["executionArn"].as_str().unwrap();
        self.host.wait(arn).await.unwrap();
        self.call("DescribeExecution", serde_json::json!({ "executionArn": arn })).await
    }

    pub async fn stop(mut self) {
        let _ = self.stop.take().unwrap().send(());
        self.serving.take().unwrap().await.unwrap();
        self.host.shut_down().await;
    }
}
