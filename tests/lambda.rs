//! `stepfn::lambda::run` against a Lambda Runtime API of this process: what a deployed function answers to Lambda.

#![allow(clippy::expect_used, reason = "a test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Task, TaskError, lambda, task::TaskFailure, value::Value};

#[derive(Serialize, Deserialize, StateData)]
struct Upload {
    file_id: String,
    rows: u32,
}

#[derive(Serialize, StateData)]
struct Validation {
    valid: bool,
}

#[derive(Debug, thiserror::Error, TaskError)]
enum ValidatorError {
    #[error("`{0}` has no rows")]
    Empty(String),
    #[error("the file is gone")]
    #[task_error(name = "Storage.Gone")]
    Gone,
}

#[lambda]
async fn validator(upload: Upload) -> Result<Validation, ValidatorError> {
    match upload.rows {
        0 => Err(ValidatorError::Empty(upload.file_id)),
        404 => Err(ValidatorError::Gone),
        13 => panic!("row {} is cursed", upload.rows),
        rows => Ok(Validation { valid: rows < 100 }),
    }
}

/// The process of the function: its environment holds for all of a process, so it is one of its own.
#[test]
#[ignore = "started by the other tests, as the function's process"]
fn function_process() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    panic!("{}", runtime.block_on(lambda::run::<validator>()).expect_err("it serves until it is ended"));
}

fn function(api: Option<&str>) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test's own path"));
    command
        .args(["--exact", "function_process", "--ignored", "--nocapture"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for (name, value) in [
        ("AWS_LAMBDA_FUNCTION_NAME", "validator"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ] {
        command.env(name, value);
    }
    match api {
        Some(api) => command.env("AWS_LAMBDA_RUNTIME_API", api),
        None => command.env_remove("AWS_LAMBDA_RUNTIME_API"),
    };
    command
}

/// The function's process, ended with the test. Where it ends before, it reports it to the API.
struct Function {
    process: Child,
    said: Option<JoinHandle<()>>,
}

impl Function {
    fn start(api: String) -> Self {
        let mut process = function(Some(&api)).spawn().expect("a process");
        let mut stderr = process.stderr.take().expect("a pipe");
        let said = thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).expect("UTF-8");
            if let Ok(mut stream) = TcpStream::connect(&api) {
                // Nobody listens any more where the test is over.
                let _ = write!(stream, "POST ended HTTP/1.1\r\ncontent-length: {}\r\n\r\n{said}", said.len());
            }
        });
        Self { process, said: Some(said) }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.process.kill().expect("a process to end");
        self.process.wait().expect("a process that ended");
        if let Some(said) = self.said.take() {
            said.join().expect("the process's words");
        }
    }
}

/// A request to the Runtime API: the path behind the version, and the body.
struct Request {
    path: String,
    body: String,
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request line");
    let path = line.split(' ').nth(1)?.trim_start_matches("/2018-06-01/runtime/").to_owned();
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().expect("a length");
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).expect("a chunk's size");
            let size = u64::from_str_radix(size.trim_end(), 16).expect("a hexadecimal number");
            reader.by_ref().take(size).read_to_end(&mut body).expect("a chunk");
            reader.read_line(&mut String::new()).expect("the end of a chunk");
            if size == 0 {
                break;
            }
        }
    } else {
        reader.take(length).read_to_end(&mut body).expect("a body");
    }
    Some(Request { path, body: String::from_utf8(body).expect("UTF-8") })
}

fn write(mut stream: &TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
    .expect("a function that listens");
}

/// Returns the function's answers to the events: `response` or `error`, and the body.
fn replies(events: &[&str]) -> Vec<(String, Value)> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = listener.local_addr().expect("an address").to_string();
    let _function = Function::start(api);
    let (mut sent, mut replies) = (0, Vec::new());
    while replies.len() < events.len() {
        let (stream, _) = listener.accept().expect("a connection");
        let Some(Request { path, body }) = read(&stream) else { continue };
        if path == "invocation/next" {
            let event = events.get(sent).expect("no more requests than events");
            let headers = format!(
                "lambda-runtime-aws-request-id: {sent}\r\nlambda-runtime-deadline-ms: 4102444800000\r\n\
                 lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:123456789012:function:validator\r\n\
                 lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n"
            );
            write(&stream, "200 OK", &headers, event);
            sent += 1;
            continue;
        }
        assert_ne!(path, "ended", "the function's process ended: {body}");
        let kind =
            path.strip_prefix(&format!("invocation/{}/", sent - 1)).expect("an answer to what was sent");
        replies.push((kind.to_owned(), body.parse().expect("JSON")));
        write(&stream, "202 Accepted", "", "");
    }
    replies
}

fn error(name: &str, message: &str) -> (String, Value) {
    ("error".to_owned(), TaskFailure::new(name, message).cause.parse().expect("JSON"))
}

#[test]
fn a_function_answers_lambda_with_its_output_and_its_errors_by_name() {
    let replies = replies(&[
        r#"{"file_id": "f1", "rows": 7}"#,
        r#"{"file_id": "f2", "rows": 0}"#,
        r#"{"file_id": "f3", "rows": 404}"#,
        r#"{"file_id": "f4", "rows": 13}"#,
        r#"{"file_id": "f5", "rows": "many"}"#,
        r#"{"file_id": "f6"}"#,
        r#"{"file_id": "f7", "rows": 100}"#,
    ]);
    assert_eq!(
        replies,
        [
            ("response".to_owned(), r#"{"valid": true}"#.parse().expect("JSON")),
            error("Empty", "`f2` has no rows"),
            error("Storage.Gone", "the file is gone"),
            error("Runtime.Panic", "the function panicked: row 13 is cursed"),
            error(
                "Runtime.UnmarshalError",
                "the event is not an input of `validator`: `rows`: invalid type: string \"many\", expected u32"
            ),
            error("Runtime.UnmarshalError", "the event is not an input of `validator`: missing field `rows`"),
            ("response".to_owned(), r#"{"valid": false}"#.parse().expect("JSON")),
        ]
    );
    // Every name is one that the checks know the function by, or Lambda's own.
    for (_, body) in replies.iter().filter(|(kind, _)| kind == "error") {
        let name = body["errorType"].as_str().expect("a name");
        assert!(
            <validator as Task>::Error::NAMES.contains(&name) || name.starts_with("Runtime."),
            "{name} is in no definition"
        );
    }
}

#[test]
fn outside_of_lambda_a_function_says_what_is_missing() {
    let output = function(None).output().expect("a process");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("`validator` does not run in AWS Lambda: `AWS_LAMBDA_RUNTIME_API` is not set"),
        "{said}"
    );
}
