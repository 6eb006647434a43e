//! Tasks call Lambda functions behind URLs, and the Invoke path calls those of the program.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use stepfn_core::{
    asl,
    definition::{Call, Definition, TaskBinding, WorkflowType},
    shape::Shape,
    task::{HandlerFuture, TaskFailure, TaskInfo},
    value,
};
use stepfn_server::{Functions, Settings};
use support::{Served, builder};
use tokio::net::TcpListener;

/// A service that has functions: what each answers is known by its name.
async fn service(paths: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let paths = Arc::clone(&paths);
            let service = service_fn(move |request| {
                let paths = Arc::clone(&paths);
                async move { Ok::<_, Infallible>(answer(request, &paths).await) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    url
}

async fn answer(request: Request<Incoming>, paths: &Mutex<Vec<String>>) -> Response<Full<Bytes>> {
    const FAILED: &str = r#"{"errorType":"OutOfStock","errorMessage":"nothing left"}"#;
    let path = request.uri().path().to_owned();
    paths.lock().unwrap().push(path.clone());
    assert_eq!(request.headers()["x-amz-invocation-type"], "RequestResponse");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let name = path.split('/').nth_back(1).unwrap_or_default();
    let (status, header, text) = match name {
        "unhandled" => (200, Some(("x-amz-function-error", "Unhandled")), FAILED.to_owned()),
        "watch" => (500, None, FAILED.to_owned()),
        "init" => (200, None, FAILED.to_owned()),
        "busy" => (429, None, "{}".to_owned()),
        "down" => (503, None, "down".to_owned()),
        "gone" => {
            (404, Some(("x-amzn-errortype", "ResourceNotFoundException")), r#"{"Message":"no"}"#.to_owned())
        }
        "big" => (200, None, format!("\"{}\"", "x".repeat(7 << 20))),
        "slow" => std::future::pending().await,
        _ => (200, None, format!(r#"{{"path":"{name}","got":{}}}"#, String::from_utf8_lossy(&body))),
    };
    let mut response = Response::builder().status(status);
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(text))).unwrap()
}

const BY_NAME: &str = r#"{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName.$": "$.call", "Payload.$": "$.payload"}, "OutputPath": "$.Payload", "End": true}}}"#;

async fn sync(served: &Served, machine: &str, call: &str) -> Value {
    let input = json!({ "call": call, "payload": { "n": 1 } }).to_string();
    served.call("StartSyncExecution", json!({ "stateMachineArn": machine, "input": input })).await
}

#[tokio::test]
async fn functions_at_urls_are_called_and_their_errors_have_aws_s_names() {
    let paths = Arc::new(Mutex::new(Vec::new()));
    let url = service(Arc::clone(&paths)).await;
    let nobody = {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", closed.local_addr().unwrap())
    };
    let functions = Functions::default()
        .with_url("own", &format!("{url}/any/function/invocations"))
        .and_then(|functions| functions.with_url("nobody", &nobody))
        .and_then(|functions| functions.with_endpoint(&url))
        .unwrap();
    let served = Served::start(Settings { functions, ..Settings::default() }, builder()).await;
    let machine = served.machine("ByName", "EXPRESS", BY_NAME).await;
    let good = sync(&served, &machine, "arn:aws:lambda:us-east-1:123456789012:function:double:live").await;
    assert_eq!(good["output"], r#"{"path":"double","got":{"n":1}}"#, "{good}");
    let own = sync(&served, &machine, "own").await;
    assert_eq!(own["output"], r#"{"path":"function","got":{"n":1}}"#, "{own}");
    assert_eq!(
        *paths.lock().unwrap(),
        ["/2015-03-31/functions/double/invocations", "/any/function/invocations"]
    );

    for (call, error) in [
        ("unhandled", "OutOfStock"),
        ("watch", "OutOfStock"),
        ("init", "OutOfStock"),
        ("busy", "Lambda.TooManyRequestsException"),
        ("down", "Lambda.ServiceException"),
        ("gone", "Lambda.ResourceNotFoundException"),
        ("nobody", "Lambda.SdkClientException"),
        ("big", "Function.ResponseSizeTooLarge"),
    ] {
        let failed = sync(&served, &machine, call).await;
        assert_eq!(
            (&failed["status"], &failed["error"]),
            (&json!("FAILED"), &json!(error)),
            "{call}: {failed}"
        );
    }
    let failed = sync(&served, &machine, "unhandled").await;
    assert_eq!(failed["cause"], r#"{"errorType":"OutOfStock","errorMessage":"nothing left"}"#);
    served.stop().await;
}

#[tokio::test]
async fn a_function_that_does_not_answer_is_given_up() {
    let url = service(Arc::default()).await;
    let functions = Functions::default().with_endpoint(&url).unwrap().with_longest(Duration::ZERO);
    let served = Served::start(Settings { functions, ..Settings::default() }, builder()).await;
    let machine = served.machine("ByName", "EXPRESS", BY_NAME).await;
    let failed = sync(&served, &machine, "slow").await;
    assert_eq!(failed["error"], "Lambda.SdkClientException", "{failed}");
    assert!(failed["cause"].as_str().unwrap().contains("no answer within 0 s"), "{failed}");
    served.stop().await;
}

#[tokio::test]
async fn standard_executions_try_again_as_their_machine_says() {
    let paths = Arc::new(Mutex::new(Vec::new()));
    let url = service(Arc::clone(&paths)).await;
    let functions = Functions::default().with_endpoint(&url).unwrap();
    let served = Served::start(
        Settings { functions, virtual_time: true, ..Settings::default() },
        builder().virtual_time(),
    )
    .await;
    let text = r#"{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:busy",
        "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}], "End": true}}}"#;
    let machine = served.machine("Busy", "STANDARD", text).await;
    let ended = served.run(&machine, &json!({})).await;
    assert_eq!(ended["error"], "Lambda.TooManyRequestsException", "{ended}");
    assert_eq!(paths.lock().unwrap().len(), 3);
    served.stop().await;
}

#[test]
fn urls_that_cannot_be_called_are_refused() {
    let refused = |url| Functions::default().with_url("f", url).unwrap_err();
    assert!(refused("https://example.com").contains("over http alone"));
    assert!(refused("localhost:9000").contains("`http://localhost:9000`"));
    assert!(refused("not a url").contains("is no URL"));
}

fn charge(input: value::Value) -> HandlerFuture {
    Box::pin(async move {
        match input["amount"].as_f64() {
            Some(amount) if amount > 0.0 => Ok(value::Value::object([("charged", input["amount"].clone())])),
            Some(amount) if amount < 0.0 => std::future::pending().await,
            Some(_) => Err(TaskFailure::new("NothingToCharge", "it costs nothing")),
            None => panic!("no amount"),
        }
    })
}

fn charging() -> Definition {
    let text = r#"{"StartAt": "Charge", "States": {"Charge": {"Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "End": true}}}"#;
    let mut definition =
        Definition::from_asl("Charging", WorkflowType::Standard, asl::read_str(text).unwrap().0);
    definition.tasks.push(TaskBinding {
        state: "/States/Charge".to_owned(),
        task: TaskInfo {
            name: "charge",
            function_name: "charge",
            handler: Some(charge),
            input: &Shape::Any,
            output: &Shape::Any,
            errors: &["NothingToCharge"],
            errors_open: false,
        },
        call: Call::Direct,
    });
    definition
}

#[tokio::test]
async fn the_program_s_functions_are_served_as_lambda_serves_them() {
    let definition = charging();
    let functions = Functions::default().with_program(&definition);
    let served =
        Served::start(Settings { functions, ..Settings::default() }, builder().machine(definition)).await;
    let invoke = async |name: &str, kind: &str, body: &str| {
        let headers = format!("X-Amz-Invocation-Type: {kind}\r\n");
        served.request(&format!("POST /2015-03-31/functions/{name}/invocations"), &headers, body).await
    };
    let good = invoke("charge", "RequestResponse", r#"{"amount":5}"#).await;
    assert_eq!((good.status, good.body.as_str()), (200, r#"{"charged":5}"#));
    assert!(good.head.contains("x-amz-executed-version: $latest"), "{good:?}");
    assert!(!good.head.contains("x-amz-function-error"), "{good:?}");

    let failed = invoke("charge", "RequestResponse", r#"{"amount":0}"#).await;
    assert_eq!((failed.status, &failed.json()["errorType"]), (200, &json!("NothingToCharge")));
    assert!(failed.head.contains("x-amz-function-error: unhandled"), "{failed:?}");
    let panicked = invoke("charge", "RequestResponse", "{}").await;
    assert_eq!((panicked.status, &panicked.json()["errorType"]), (200, &json!("Runtime.Panic")));

    assert_eq!(invoke("charge", "DryRun", "{}").await.status, 204);
    assert_eq!(invoke("charge", "Event", r#"{"amount":5}"#).await.status, 202);
    let wrong = invoke("charge", "RequestResponse", "{").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.head.contains("x-amzn-errortype: invalidrequestcontentexception"), "{wrong:?}");
    let unknown = invoke("nobody", "RequestResponse", "{}").await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown.body.contains("Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody")
    );

    // A machine that a client creates calls them, too.
    let machine = served.machine("ByName", "EXPRESS", BY_NAME).await;
    let input = json!({ "call": "charge", "payload": { "amount": 7 } }).to_string();
    let ended =
        served.call("StartSyncExecution", json!({ "stateMachineArn": machine, "input": input })).await;
    assert_eq!(ended["output"], r#"{"charged":7}"#, "{ended}");
    served.stop().await;
}

#[tokio::test]
async fn calls_that_nobody_waits_for_are_bounded() {
    let definition = charging();
    let functions = Functions::default().with_program(&definition);
    let served =
        Served::start(Settings { functions, ..Settings::default() }, builder().machine(definition)).await;
    let path = "POST /2015-03-31/functions/charge/invocations";
    let event = async || served.request(path, "X-Amz-Invocation-Type: Event\r\n", r#"{"amount":-1}"#).await;
    for _ in 0..256 {
        assert_eq!(event().await.status, 202);
    }
    let refused = event().await;
    assert_eq!(refused.status, 429);
    assert!(refused.head.contains("x-amzn-errortype: toomanyrequestsexception"), "{refused:?}");
    let good = served.request(path, "", r#"{"amount":1}"#).await;
    assert_eq!(good.status, 200, "who waits is answered");
    served.stop().await;
}
