//! The recorded answers of AWS's API, against this server over HTTP.
//!
//! The recordings are no part of this repository. `STEPFN_CONFORMANCE_DIR` is where they are; without them the test reports it and
//! passes. `STEPFN_CASE` takes a part of a case's file name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, unreachable_pub, dead_code)] // a test

// The recordings are read and compared as those of executions are.
extern crate stepfn_core as stepfn;

#[path = "../../tests/conformance/case.rs"]
mod case;
#[path = "../../tests/conformance/compare.rs"]
mod compare;

use std::{
    collections::{BTreeMap, HashMap},
    env,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use stepfn_core::{json, value::Value};
use stepfn_durable::{Host, store::Memory};
use stepfn_server::{Server, Settings};

use case::Case;

/// The recordings that differ, and why.
const KNOWN: [(&str, &str); 1] = [(
    "logs/sfn_api_logs.deleted_log_group.json",
    "log groups are those of CloudWatch, of which this server does not know whether they are there",
)];

/// Members of answers that AWS has had since a day: older recordings are without them.
const NEWER: [(&str, &str); 2] = [("redriveCount", "20231115"), ("encryptionConfiguration", "20240725")];

#[test]
fn recorded_answers() -> io::Result<()> {
    let folder = env::var_os("STEPFN_CONFORMANCE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance"),
        PathBuf::from,
    );
    let only = env::var("STEPFN_CASE").ok();
    let mut out = io::stdout().lock();
    if !folder.is_dir() {
        return writeln!(out, "api: no recordings at {}: set STEPFN_CONFORMANCE_DIR", folder.display());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (mut passed, mut failed) = (0, BTreeMap::new());
    for case in Case::all(&folder)?.into_iter().filter(|case| case.kind == "api" && case.by_aws) {
        if only.as_ref().is_some_and(|only| !case.file.contains(only.as_str())) {
            continue;
        }
        let differences = runtime.block_on(run(&case));
        match differences.into_iter().next() {
            None => passed += 1,
            Some(first) => drop(failed.insert(case.file.clone(), first)),
        }
    }
    writeln!(out, "api: {passed} as recorded, {} differ", failed.len())?;
    if only.is_none() {
        let known: Vec<_> = KNOWN.iter().map(|(file, _)| *file).collect();
        assert_eq!(failed.keys().collect::<Vec<_>>(), known, "{failed:#?}");
    } else {
        assert_eq!(failed, BTreeMap::new());
    }
    Ok(())
}

/// Returns the machine that CloudFormation had made before the first call, as the first answer describes it.
fn made_before(calls: &[Value]) -> Option<Value> {
    let described = calls.first().filter(|call| call["op"].as_str() == Some("describe_state_machine"))?;
    let answer = described["expected"].as_array()?.first()?["value"].clone();
    let arn = described["params"]["stateMachineArn"].as_str()?;
    let name = Value::from(arn.rsplit(':').next()?);
    let params = [
        ("name", name),
        ("definition", answer["definition"].to_string().into()),
        // The recorder's name for a role is the ARN of none.
        ("roleArn", "arn:aws:iam::111111111111:role/any".into()),
    ];
    Some(Value::object([("op", Value::from("create_state_machine")), ("params", Value::object(params))]))
}

/// When a case was recorded, as `20241125`.
fn recorded(case: &Value) -> String {
    let date = case["recorded_date"].as_str().unwrap_or_default();
    let mut parts: Vec<&str> = date.split(',').next().unwrap_or_default().split('-').collect();
    parts.reverse();
    parts.concat()
}

/// Leaves out of an answer what AWS did not have when it was recorded.
fn without(answer: &mut Value, newer: &[&str]) {
    match answer {
        Value::Object(members) => {
            let members = stepfn_core::value::Shared::make_mut(members);
            newer.iter().for_each(|member| drop(members.shift_remove(member)));
            members.values_mut().for_each(|value| without(value, newer));
        }
        Value::Array(items) => {
            stepfn_core::value::Shared::make_mut(items).iter_mut().for_each(|item| without(item, newer));
        }
        _ => {}
    }
}

/// A server of its own for each case, on a port that the system chooses, and on virtual time.
async fn run(case: &Case) -> Vec<String> {
    let host = Host::builder().store(Memory::new()).virtual_time().executors(|executor| {
        // What a queue does with a message is not Step Functions'.
        let queue = |_: Value| async { Ok(Value::empty_object()) };
        let executor = executor.resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken", queue);
        executor.account("111111111111").region("us-east-1").allow_unbound()
    });
    let host = host.start().await.unwrap();
    let settings = Settings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        account: "111111111111".to_owned(),
        activity_poll: Duration::ZERO,
        ..Settings::default()
    };
    let server = Server::bind(settings, host.clone()).await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.run_until(async { drop(stopped.await) }));
    let mut calls = case.value["calls"].as_array().unwrap_or_default().to_vec();
    if let Some(made) = made_before(&calls) {
        calls.insert(0, made);
    }
    let recorded = recorded(&case.value);
    let newer = NEWER.iter().filter(|(_, since)| *recorded < **since).map(|(member, _)| *member);
    let client = Client {
        address,
        host: host.clone(),
        runtime: tokio::runtime::Handle::current(),
        comparer: compare::Comparer::of(&case.value),
        newer: newer.collect(),
        names: HashMap::new(),
        started: Vec::new(),
        next_token: None,
    };
    let client = tokio::task::spawn_blocking(move || client.play(&calls));
    let differences = client.await.unwrap();
    let _ = stop.send(());
    drop(serving.await);
    host.shut_down().await;
    differences
}

struct Client {
    address: SocketAddr,
    host: Host,
    runtime: tokio::runtime::Handle,
    /// Members that AWS had not when it was asked.
    newer: Vec<&'static str>,
    comparer: compare::Comparer,
    /// Executions that AWS named: its names in place of ours.
    names: HashMap<String, String>,
    /// Executions of which nothing was asked yet.
    started: Vec<String>,
    next_token: Option<String>,
}

impl Client {
    fn play(mut self, calls: &[Value]) -> Vec<String> {
        let mut differences = Vec::new();
        for call in calls {
            let op = call["op"].as_str().unwrap_or_default();
            // What the SDK refuses never comes to a server; log groups are another service's.
            if call["expected_error"]["client_side"] == Value::from(true) || op == "create_log_group" {
                continue;
            }
            let params = self.params(call);
            loop {
                let (status, answer) = self.call(&action(op), &params).unwrap();
                let found = self.compare(call, status, &answer);
                let settles = ["describe_", "list_", "get_execution"].iter().any(|asks| op.starts_with(asks));
                // AWS was asked until the execution was so far.
                let goes_on = || matches!(self.runtime.block_on(self.host.pass_time()), Ok(Some(_)));
                if found.is_empty() || !settles || !goes_on() {
                    self.note(op, &params, &answer);
                    differences.extend(found.into_iter().map(|difference| format!("{op} {difference}")));
                    break;
                }
            }
        }
        differences
    }

    /// Keeps the parts of an answer that later calls need.
    fn note(&mut self, op: &str, params: &Value, answer: &Value) {
        if op == "start_execution"
            && params["name"] == Value::Null
            && let Some(arn) = answer["executionArn"].as_str()
        {
            self.started.push(arn.to_owned());
        }
        if let Some(token) = answer["nextToken"].as_str() {
            self.next_token = Some(token.to_owned());
        }
    }

    /// The parameters, with our names of executions and our page tokens.
    fn params(&mut self, call: &Value) -> Value {
        let params = &call["params"];
        let is_unknown = call["expected_error"]["error"].as_str() == Some("ExecutionDoesNotExist");
        let mut text = params.to_string();
        if let Some(arn) = params["executionArn"].as_str()
            && !is_unknown
            && (arn.contains(":execution:") || arn.contains(":express:"))
        {
            let ours = match self.names.get(arn) {
                Some(ours) => Some(ours.clone()),
                // In the order in which they were started.
                None if self.started.is_empty() => None,
                None => Some(self.started.remove(0)),
            };
            if let Some(ours) = ours {
                text = text.replace(arn, &ours);
                self.names.insert(arn.to_owned(), ours);
            }
        }
        if let (Some(token), Some(ours)) = (params["nextToken"].as_str(), &self.next_token)
            && token.starts_with("token:")
        {
            text = text.replace(&format!("\"{token}\""), &format!("\"{ours}\""));
        }
        json::parse_value(&text).unwrap()
    }

    fn compare(&self, call: &Value, status: u16, answer: &Value) -> Vec<String> {
        let refused = || format!("-> {status} {answer}");
        if call["expected_error"] != Value::Null {
            let expected = &call["expected_error"];
            let actual = self.comparer.replace(answer.clone());
            let mut found = self.comparer.differences(&expected["error"], &actual["__type"]);
            found.extend(self.comparer.differences(&expected["cause"], &actual["message"]));
            if status != 400 {
                found.push(refused());
            }
            return found;
        }
        if status != 200 {
            return vec![refused()];
        }
        let mut found = Vec::new();
        for expected in call["expected"].as_array().unwrap_or_default() {
            let path = expected["reply_path"].as_array().unwrap_or_default();
            // A value out of a log, and not of this answer.
            if path.first().and_then(Value::as_str) == Some("token") {
                continue;
            }
            let mut wanted = expected["value"].clone();
            if let Value::Object(members) = &mut wanted
                && path.is_empty()
            {
                stepfn_core::value::Shared::make_mut(members).swap_remove("ResponseMetadata");
            }
            let actual =
                path.iter().fold(answer.clone(), |value, step| match (step.as_str(), step.as_i64()) {
                    (Some(key), _) => value[key].clone(),
                    (_, Some(index)) => value[usize::try_from(index).unwrap()].clone(),
                    _ => Value::Null,
                });
            let mut actual = self.comparer.normalise(&actual);
            without(&mut actual, &self.newer);
            found.extend(self.comparer.differences(&wanted, &actual));
        }
        found
    }

    fn call(&self, action: &str, params: &Value) -> io::Result<(u16, Value)> {
        let body = params.to_string();
        let mut stream = TcpStream::connect(self.address)?;
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nX-Amz-Target: AWSStepFunctions.{action}\r\nContent-Type: application/x-amz-json-1.0\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        assert!(head.to_ascii_lowercase().contains("x-amzn-requestid: "), "{head}");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Ok((status, json::parse_value(body).map_err(|error| io::Error::other(format!("{error}: {body}")))?))
    }
}

/// `create_state_machine` is `CreateStateMachine`.
fn action(op: &str) -> String {
    let words = op.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    });
    words.collect()
}
