//! `cargo xtask serve` over the examples: their own functions, and executions that outlive the process.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

const ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:OrderApproval";

struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
}

impl Served {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["serve", "--port", "0", "--db", "orders.db"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("AWS_DISABLE_HOST_PREFIX_INJECTION") {
            assert!(out.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        assert!(said.contains(&format!("OrderApproval: {ARN}\n")), "{said}");
        let address = said.lines().next().unwrap().strip_prefix("listening on http://").unwrap();
        Self { address: address.to_owned(), child, out }
    }

    fn call(&self, action: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {}\r\nX-Amz-Target: AWSStepFunctions.{action}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{action}: {answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn start_order(&self, amount: u64) -> Value {
        let input = json!({ "orderId": "A-1", "totalAmount": amount }).to_string();
        self.call("StartExecution", &json!({ "stateMachineArn": ARN, "input": input }))["executionArn"]
            .clone()
    }

    fn ended(&self, arn: &Value) -> Value {
        loop {
            let described = self.call("DescribeExecution", &json!({ "executionArn": arn }));
            if described["status"] != "RUNNING" {
                return described;
            }
            std::thread::yield_now();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_s_functions_run_and_an_order_waits_for_its_manager_whatever_happens() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Served::start(folder.path());
    let small = first.ended(&first.start_order(5_000));
    let receipt = json!({ "orderId": "A-1", "charged": 5_000 });
    let output = |ended: &Value| serde_json::from_str::<Value>(ended["output"].as_str().unwrap()).unwrap();
    assert_eq!(output(&small), receipt);
    let failed = first.ended(&first.start_order(0));
    assert_eq!((&failed["status"], &failed["error"]), (&json!("FAILED"), &json!("OutOfStock")));

    let waits = first.start_order(2_000_000);
    // The function prints the link for the manager, with the token of the task.
    let token = loop {
        let mut line = String::new();
        assert!(first.out.read_line(&mut line).unwrap() > 0, "no e-mail was sent");
        if let Some((_, token)) = line.trim_end().split_once("approve?token=") {
            break token.to_owned();
        }
    };
    // What the function answered is kept by then: a call that was under way would fail.
    let history = json!({ "executionArn": waits });
    while !first.call("GetExecutionHistory", &history).to_string().contains("TaskSubmitted") {
        std::thread::yield_now();
    }
    drop(first);

    let second = Served::start(folder.path());
    let described = second.call("DescribeExecution", &json!({ "executionArn": waits }));
    assert_eq!(described["status"], "RUNNING");
    let answer = json!({ "taskToken": token, "output": r#"{"approvedBy":"Kim"}"# });
    second.call("SendTaskSuccess", &answer);
    assert_eq!(output(&second.ended(&waits)), json!({ "orderId": "A-1", "charged": 2_000_000 }));
    let machine = second.call("DescribeStateMachine", &json!({ "stateMachineArn": ARN }));
    assert_eq!((&machine["status"], &machine["type"]), (&json!("ACTIVE"), &json!("STANDARD")));
}
