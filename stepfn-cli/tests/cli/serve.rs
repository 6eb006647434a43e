//! `stepfn serve`, talked to over HTTP.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
};

use stepfn_core::{json, value::Value};

use crate::Place;

const ORDER: &str = r#"{"StartAt": "Ask", "States": {
    "Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:approve", "Next": "Rest"},
    "Rest": {"Type": "Wait", "Timestamp": "2024-01-01T00:00:00Z", "End": true}}}"#;
const QUICK: &str = r#"{"StartAt": "Say", "States": {
    "Say": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:say", "End": true}}}"#;
const MOCKS: &str = r#"{
  "StateMachines": { "quick": { "TestCases": { "Happy": { "Say": "Hello" }, "Sad": { "Say": "Refused" } } } },
  "MockedResponses": {
    "Hello": { "0": { "Return": "hello" } },
    "Refused": { "0": { "Throw": { "Error": "Refused", "Cause": "no" } } }
  }
}"#;
const ARN: &str = "arn:aws:states:us-east-1:123456789012";

/// A server on a port that was free.
struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
    said: String,
}

impl Served {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stepfn"))
            .args(["serve", "--port", "0"])
            .args(arguments)
            .current_dir(place.0.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("AWS_DISABLE_HOST_PREFIX_INJECTION") {
            assert!(out.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let first = said.lines().next().unwrap();
        let address = first.strip_prefix("listening on http://").unwrap().to_owned();
        Self { child, out, address, said }
    }

    fn call_with(&self, action: &str, body: &str, headers: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nX-Amz-Target: AWSStepFunctions.{action}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, json::parse_value(body).unwrap_or_else(|_| Value::from(body)))
    }

    fn call(&self, action: &str, body: &str) -> Value {
        let (status, answer) = self.call_with(action, body, "");
        assert_eq!(status, 200, "{action}: {answer}");
        answer
    }

    /// What an execution came to.
    fn ended(&self, arn: &str) -> Value {
        loop {
            let described = self.call("DescribeExecution", &format!(r#"{{"executionArn": "{arn}"}}"#));
            if described["status"] != Value::from("RUNNING") {
                return described;
            }
            std::thread::yield_now();
        }
    }

    /// Stops it as an operator does; returns its status and its last output.
    fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(served: &Served, machine: &str, more: &str) -> String {
    let body = format!(r#"{{"stateMachineArn": "{ARN}:stateMachine:{machine}"{more}}}"#);
    let started = served.call("StartExecution", &body);
    started["executionArn"].as_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn executions_outlive_the_process() {
    let place = Place::new(&[("order.asl.json", ORDER)]);
    let arguments = ["--machine", "order.asl.json", "--db", "orders.db"];
    let first = Served::start(&place, &arguments);
    assert!(first.said.contains(&format!("order: {ARN}:stateMachine:order\n")), "{}", first.said);
    assert!(first.said.contains("executions are kept in `orders.db`\n"), "{}", first.said);
    first.call("CreateActivity", r#"{"name": "approve"}"#);
    let arn = start(&first, "order", r#", "name": "one", "input": "{\"id\": 7}""#);
    let (code, said) = first.stop();
    assert_eq!((code, said.as_str()), (Some(0), "stopped; what runs goes on when it is started again\n"));

    let second = Served::start(&place, &arguments);
    let described = second.call("DescribeExecution", &format!(r#"{{"executionArn": "{arn}"}}"#));
    assert_eq!(described["status"], Value::from("RUNNING"));
    let task = second.call("GetActivityTask", &format!(r#"{{"activityArn": "{ARN}:activity:approve"}}"#));
    assert_eq!(task["input"], Value::from(r#"{"id":7}"#));
    let token = task["taskToken"].as_str().unwrap();
    second.call("SendTaskSuccess", &format!(r#"{{"taskToken": "{token}", "output": "\"yes\""}}"#));
    // Killed, this time, while it waits for a second.
    drop(second);

    let third = Served::start(&place, &arguments);
    let ended = third.ended(&arn);
    assert_eq!((&ended["status"], &ended["output"]), (&"SUCCEEDED".into(), &r#""yes""#.into()));
}

#[test]
fn a_file_that_changed_is_the_machine_after_a_restart() {
    let place = Place::new(&[("one.json", ORDER)]);
    let describe = |served: &Served| {
        let body = format!(r#"{{"stateMachineArn": "{ARN}:stateMachine:Main"}}"#);
        served.call("DescribeStateMachine", &body)["definition"].as_str().unwrap().to_owned()
    };
    for text in [ORDER, QUICK, ORDER] {
        std::fs::write(place.path("one.json"), text).unwrap();
        let served = Served::start(&place, &["--machine", "Main=one.json"]);
        let (described, written) = (describe(&served), json::parse_value(text).unwrap());
        assert_eq!(json::parse_value(&described).unwrap(), written);
        let changed = format!(
            r#"{{"stateMachineArn": "{ARN}:stateMachine:Main", "definition": "{{\"StartAt\":\"A\",\"States\":{{\"A\":{{\"Type\":\"Succeed\"}}}}}}"}}"#
        );
        served.call("UpdateStateMachine", &changed);
        assert!(describe(&served).contains("Succeed"));
    }
}

#[test]
fn mocks_are_chosen_by_the_arn_or_by_default() {
    let place = Place::new(&[("quick.asl.json", QUICK), ("mocks.json", MOCKS)]);
    let common = ["--machine", ".", "--mock", "mocks.json", "--db", "memory"];
    std::fs::rename(place.path("mocks.json"), place.path("mocks")).unwrap();
    let common = common.map(|argument| if argument == "mocks.json" { "mocks" } else { argument });
    let served = Served::start(&place, &common);
    let happy = served.ended(&start(&served, "quick#Happy", ""));
    assert_eq!(happy["output"], Value::from(r#""hello""#));
    assert_eq!(happy["stateMachineArn"], Value::from(format!("{ARN}:stateMachine:quick")));
    let sad = served.ended(&start(&served, "quick#Sad", ""));
    assert_eq!((&sad["status"], &sad["error"]), (&"FAILED".into(), &"Refused".into()));
    let none = served.ended(&start(&served, "quick", ""));
    assert_eq!(none["error"], Value::from("States.Runtime"), "nothing does the work: {none}");
    let body = format!(r#"{{"stateMachineArn": "{ARN}:stateMachine:quick#Hapy"}}"#);
    let (status, refused) = served.call_with("StartExecution", &body, "");
    assert_eq!((status, &refused["__type"]), (400, &"ValidationException".into()));
    assert!(refused["message"].as_str().unwrap().contains("did you mean `Happy`?"), "{refused}");
    drop(served);

    let served = Served::start(&place, &[&common[..], &["--test-case", "Happy"]].concat());
    assert_eq!(served.ended(&start(&served, "quick", ""))["output"], Value::from(r#""hello""#));
}

#[test]
fn virtual_time_passes_at_once_but_not_while_a_worker_is_waited_for() {
    let month = r#"{"StartAt": "Ask", "States": {
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:ask", "TimeoutSeconds": 60, "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 2592000, "End": true}}}"#;
    let place = Place::new(&[("month.json", month)]);
    let served = Served::start(&place, &["--machine", "month.json", "--db", "memory", "--virtual-time"]);
    served.call("CreateActivity", r#"{"name": "ask"}"#);
    let arn = start(&served, "month", "");
    let task = served.call("GetActivityTask", &format!(r#"{{"activityArn": "{ARN}:activity:ask"}}"#));
    let token = task["taskToken"].as_str().unwrap();
    served.call("SendTaskSuccess", &format!(r#"{{"taskToken": "{token}", "output": "1"}}"#));
    let ended = served.ended(&arn);
    assert_eq!(ended["status"], Value::from("SUCCEEDED"), "{ended}");
    let seconds = ended["stopDate"].as_f64().unwrap() - ended["startDate"].as_f64().unwrap();
    assert!((2_592_000.0..2_592_060.0).contains(&seconds), "{seconds}");
}

#[test]
fn others_are_let_in_with_a_token_alone() {
    let place = Place::new(&[("token", "0123456789abcdefXYZ\n"), ("short", "abc")]);
    let refused = |arguments: &[&str], why: &str| {
        let run = place.run(&[&["serve", "--db", "memory", "--port", "0"], arguments].concat());
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(why), "{}", run.err);
    };
    refused(&["--allow-remote"], "`--allow-remote` needs a token");
    refused(&["--token-file", "short"], "a token has 16 characters or more");
    refused(&["--token", "0123456789abcdef/"], "no `/`, `,` or blank");
    refused(&["--token-file", "nowhere"], "cannot read `nowhere`");
    let run = place.run(&["serve", "--listen", "0.0.0.0:0", "--token-file", "token"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("add `--allow-remote`"), "{}", run.err);

    let served = Served::start(&place, &["--db", "memory", "--token-file", "token"]);
    assert!(served.said.contains("AWS_ACCESS_KEY_ID=THE-TOKEN"), "{}", served.said);
    let call = |headers: &str| served.call_with("ListStateMachines", "{}", headers).0;
    assert_eq!(call(""), 403);
    assert_eq!(call("Authorization: Bearer 0123456789abcdefXYz\r\n"), 403);
    assert_eq!(call("Authorization: Bearer 0123456789abcdefXYZ\r\n"), 200);
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=0123456789abcdefXYZ/20261130/us-east-1/states/aws4_request, SignedHeaders=host, Signature=00\r\n";
    assert_eq!(call(signed), 200);
}

#[test]
fn what_is_wrong_is_said_before_it_serves() {
    let place =
        Place::new(&[("order.asl.json", ORDER), ("broken.json", r#"{"StartAt": "A", "States": {}}"#)]);
    let said = |arguments: &[&str]| {
        let run = place.run(&[&["serve", "--db", "memory", "--port", "0"], arguments].concat());
        (run.code, run.err)
    };
    let (code, err) = said(&["--machine", "broken.json"]);
    assert_eq!(code, 1);
    assert!(err.contains("`broken.json` is not served: AWS refuses it"), "{err}");
    let (code, err) = said(&["--machine", "order.asl.json", "--machine", "order=order.asl.json"]);
    assert_eq!((code, err.as_str()), (2, "error: two files are the machine `order`\n"));
    let (code, err) = said(&["--machine", "order.asl.json", "--express", "ordr"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean `order`?"), "{err}");
    let place = Place::new(&[("stepfn.db", "no database, but a text that is long enough to be looked at")]);
    let run = place.run(&["serve", "--port", "0"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.starts_with("error: ") && run.err.contains("stepfn.db"), "{}", run.err);
}

#[test]
fn the_book_shows_what_it_says() {
    let page = include_str!("../../../docs/book/serving.md");
    let (_, block) = page.split_once("```console\n$ stepfn serve ").unwrap();
    let (command, shown) = block.split_once("\n```").unwrap().0.split_once('\n').unwrap();
    let place = Place::new(&[("order.asl.json", ORDER)]);
    let served = Served::start(&place, &command.split(' ').collect::<Vec<_>>());
    let said = served.said.replace(&served.address, "127.0.0.1:8083");
    assert_eq!(said.trim_end(), shown);
    // The calls of the AWS CLI that follow, as it sends them.
    let arn = start(&served, "order", r#", "input": "{}""#);
    let listed =
        served.call("ListExecutions", &format!(r#"{{"stateMachineArn": "{ARN}:stateMachine:order"}}"#));
    assert_eq!(listed["executions"][0]["executionArn"], Value::from(arn));
}
