//! Load over HTTP: how many executions a second a server takes, from clients of the same process.
//!
//! `cargo run --release -p stepfn-server --example http_load -- [SECONDS]`

use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::json;
use stepfn_durable::{
    Host, HostBuilder,
    store::{Memory, Sqlite},
};
use stepfn_server::{Monitor, Server, Settings};
use tokio::net::TcpStream;

type Failure = Box<dyn Error + Send + Sync>;

const QUICK: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"},
    "C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "Next": "E"}, "E": {"Type": "Pass", "End": true}}}"#;

/// A connection that is kept open.
struct Client(http1::SendRequest<Full<Bytes>>);

impl Client {
    async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    async fn call(&mut self, action: &str, body: &str) -> Result<Bytes, Failure> {
        let request = Request::post("/")
            .header("host", "localhost")
            .header("x-amz-target", format!("AWSStepFunctions.{action}"))
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))?;
        self.0.ready().await?;
        let answer = self.0.send_request(request).await?;
        let is_ok = answer.status().is_success();
        let body = answer.into_body().collect().await?.to_bytes();
        if is_ok { Ok(body) } else { Err(String::from_utf8_lossy(&body).into_owned().into()) }
    }
}

/// Calls an action from so many connections for some time; the calls of a second.
async fn load(
    address: SocketAddr,
    clients: usize,
    action: &'static str,
    machine: &str,
    time: Duration,
) -> Result<f64, Failure> {
    let (count, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let body: Arc<str> = json!({ "stateMachineArn": machine, "input": "{\"id\":7}" }).to_string().into();
    let mut working = Vec::new();
    for _ in 0..clients {
        let mut client = Client::connect(address).await?;
        let (count, is_over, body) = (Arc::clone(&count), Arc::clone(&is_over), Arc::clone(&body));
        working.push(tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                client.call(action, &body).await?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Failure>(())
        }));
    }
    let since = Instant::now();
    tokio::time::sleep(time).await;
    is_over.store(true, Ordering::Relaxed);
    for one in working {
        one.await??;
    }
    Ok(count.load(Ordering::Relaxed) as f64 / since.elapsed().as_secs_f64())
}

async fn server(builder: HostBuilder) -> Result<SocketAddr, Failure> {
    let monitor = Monitor::default();
    let host = monitor.observe(builder).start().await?;
    let settings =
        Settings { address: SocketAddr::from(([127, 0, 0, 1], 0)), monitor, ..Settings::default() };
    let server = Server::bind(settings, host).await?;
    let address = server.local_addr();
    tokio::spawn(server.run_until(std::future::pending()));
    Ok(address)
}

async fn machine(address: SocketAddr, kind: &str) -> Result<String, Failure> {
    let body = json!({ "name": kind, "type": kind, "definition": QUICK, "roleArn": "arn:aws:iam::123456789012:role/any" });
    let made = Client::connect(address).await?.call("CreateStateMachine", &body.to_string()).await?;
    let made: serde_json::Value = serde_json::from_slice(&made)?;
    Ok(made["stateMachineArn"].as_str().ok_or("no ARN")?.to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let time = Duration::from_secs(std::env::args().nth(1).map_or(Ok(5), |seconds| seconds.parse())?);
    let memory = server(Host::builder().store(Memory::new())).await?;
    let express = machine(memory, "EXPRESS").await?;
    for clients in [1, 16, 64] {
        let rate = load(memory, clients, "StartSyncExecution", &express, time).await?;
        println!("StartSyncExecution, Express of 5 states, {clients:>2} connections: {rate:>7.0}/s");
    }
    let folder = std::env::temp_dir().join(format!("stepfn-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let sqlite = server(Host::builder().store(Sqlite::open(folder.join("load.db"))?)).await?;
    for (name, address) in [("in memory", memory), ("in SQLite", sqlite)] {
        let standard = machine(address, "STANDARD").await?;
        for clients in [1, 16, 64, 256] {
            let rate = load(address, clients, "StartExecution", &standard, time).await?;
            println!(
                "StartExecution, Standard of 5 states, kept {name}, {clients:>2} connections: {rate:>7.0}/s"
            );
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
