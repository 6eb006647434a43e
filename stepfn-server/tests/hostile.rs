//! Clients that do harm: each is bounded, and the server answers others as before.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use stepfn_server::Settings;
use support::{ARN, Served, builder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A server whose patience is over when nobody has anything to do: the clock of these tests is paused, and moves on then.
async fn impatient() -> Served {
    let settings = Settings { body: 64 * 1024, ..Settings::default() };
    Served::start(settings, builder()).await
}

async fn is_well(served: &Served) {
    let listed = served.call("ListStateMachines", json!({})).await;
    assert!(listed["stateMachines"].is_array());
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn slow_clients_are_given_up() {
    let served = impatient().await;
    // Half a head, nothing at all, half a body, a body that never ends.
    for part in [
        "POST / HTTP/1.1\r\nHost: loc",
        "",
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nContent-Length: 20\r\n\r\n{\"max",
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ] {
        let mut stream = served.connect().await;
        stream.write_all(part.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // It ends, by an answer or without.
        let _ = stream.read_to_string(&mut answer).await;
        assert!(matches!(status(&answer), 0 | 408), "{part}: {answer}");
    }
    // A connection that is kept open for another request that never comes.
    let mut stream = served.connect().await;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert_eq!(status(&answer), 200);
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_the_answer_is_given_up() {
    let settings = Settings::default();
    let served = Served::start(settings, builder()).await;
    let definition = format!(
        r#"{{"Comment": "{}", "StartAt": "A", "States": {{"A": {{"Type": "Succeed"}}}}}}"#,
        "x".repeat(900_000)
    );
    let machine = served.machine("Large", "STANDARD", &definition).await;
    let body = json!({ "stateMachineArn": machine }).to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.DescribeStateMachine\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let stream = served.connect().await;
    let (mut reader, mut writer) = stream.into_split();
    // Asks again and again, and reads nothing, until the server has had enough.
    let mut asked = 0;
    while writer.write_all(request.as_bytes()).await.is_ok() {
        asked += 1;
        assert!(asked < 100_000, "it takes requests for ever");
    }
    let mut answers = Vec::new();
    let _ = reader.read_to_end(&mut answers).await;
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn connections_are_bounded_and_those_who_wait_get_their_turn() {
    let settings = Settings { connections: 4, ..Settings::default() };
    let served = Served::start(settings, builder()).await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(served.connect().await);
    }
    is_well(&served).await;
    drop(open);
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test]
async fn whoever_writes_too_much_gets_to_read_why() {
    let served = Served::start(Settings::default(), builder()).await;
    let target = "X-Amz-Target: AWSStepFunctions.ListActivities\r\n";
    let large = served.request("POST /", target, &"x".repeat(5 << 20)).await;
    assert_eq!((large.status, large.body.as_str()), (413, "a request has at most 4194304 bytes\n"));
    let mut chunked = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_owned();
    for _ in 0..80 {
        chunked.push_str(&format!("10000\r\n{}\r\n", "x".repeat(65_536)));
    }
    chunked.push_str("0\r\n\r\n");
    assert_eq!(status(&served.raw(chunked.as_bytes()).await), 413);
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn heads_and_bodies_are_bounded() {
    let served = impatient().await;
    let long = "x".repeat(200_000);
    let many: String = (0..300).map(|number| format!("X-{number}: 1\r\n")).collect();
    for head in [
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"),
    ] {
        let answer = served.raw(head.as_bytes()).await;
        assert!(matches!(status(&answer), 0 | 400 | 414 | 431), "{answer}");
    }
    let target = "X-Amz-Target: AWSStepFunctions.ListActivities\r\n";
    let large = served.request("POST /", target, &"x".repeat(70_000)).await;
    assert_eq!((large.status, large.body.as_str()), (413, "a request has at most 65536 bytes\n"));
    // Refused by its declared length, before anything of it is there.
    let announced = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nContent-Length: 9999999999\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&served.raw(announced.as_bytes()).await), 413);
    let mut chunked = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_owned();
    for _ in 0..70 {
        chunked.push_str(&format!("400\r\n{}\r\n", "x".repeat(1024)));
    }
    assert_eq!(status(&served.raw(chunked.as_bytes()).await), 413);
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn requests_that_two_readers_would_read_differently_are_refused() {
    let served = impatient().await;
    for headers in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 1x\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Host: localhost\r\nHost : evil\r\n",
    ] {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n{headers}\r\n{{}}    "
        );
        let answer = served.raw(request.as_bytes()).await;
        assert!(matches!(status(&answer), 0 | 400 | 408 | 501), "{headers}: {answer}");
    }
    for request in [
        "",
        "\r\n\r\n",
        "GET\r\n\r\n",
        "\u{0}\u{1}\u{2}",
        "GET / HTTP/9.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = served.raw(request.as_bytes()).await;
        assert_ne!(status(&answer), 200, "{request:?}: {answer}");
    }
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn other_hosts_pages_and_paths_get_nothing() {
    let served = impatient().await;
    let get = async |line: &str, host: &str| {
        status(&served.raw(format!("{line} HTTP/1.1\r\n{host}Connection: close\r\n\r\n").as_bytes()).await)
    };
    assert_eq!(get("GET /health", "Host: localhost\r\n").await, 200);
    // A name that an attacker lets lead to this machine, and a page that reaches it.
    assert_eq!(get("GET /health", "Host: rebound.example\r\n").await, 403);
    assert_eq!(get("GET /metrics", "Host: 127.0.0.1.rebound.example\r\n").await, 403);
    assert_eq!(get("GET /health", "Host: localhost\r\nOrigin: http://localhost\r\n").await, 403);
    assert_eq!(get("GET /health", "").await, 403);
    for path in [
        "/../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/health/",
        "/health/..",
        "/./health",
        "/metrics/x",
        "/%2e%2e/x",
        "/\\..\\x",
        "/stepfn.db",
        "/?file=stepfn.db",
        "/2015-03-31/functions/../invocations",
    ] {
        assert_eq!(get(&format!("GET {path}"), "Host: localhost\r\n").await, 404, "{path}");
        let posted = get(&format!("POST {path}"), "Host: localhost\r\nContent-Length: 0\r\n").await;
        assert!(matches!(posted, 400 | 404), "{path}: {posted}");
    }
    for method in ["OPTIONS", "TRACE", "PUT", "DELETE", "CONNECT", "HEAD", "PATCH"] {
        let answered = get(&format!("{method} /"), "Host: localhost\r\n").await;
        assert!(matches!(answered, 400 | 404), "{method}: {answered}");
    }
    served.stop().await;
}

/// Values that nobody means.
fn odd() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!("x".repeat(5000)),
        json!([]),
        json!({}),
        json!([[[{}]]]),
        json!("arn:aws:states"),
        json!(format!("{ARN}:stateMachine:x:y:z")),
        json!(format!("{ARN}:execution:x:y")),
        json!(format!("{ARN}:stateMachine:\u{202e}#x")),
        json!("../../x"),
        json!("'; drop table executions; --"),
    ]
}

const ACTIONS: [&str; 37] = [
    "CreateActivity",
    "CreateStateMachine",
    "CreateStateMachineAlias",
    "DeleteActivity",
    "DeleteStateMachine",
    "DeleteStateMachineAlias",
    "DeleteStateMachineVersion",
    "DescribeActivity",
    "DescribeExecution",
    "DescribeMapRun",
    "DescribeStateMachine",
    "DescribeStateMachineAlias",
    "DescribeStateMachineForExecution",
    "GetActivityTask",
    "GetExecutionHistory",
    "ListActivities",
    "ListExecutions",
    "ListMapRuns",
    "ListStateMachineAliases",
    "ListStateMachineVersions",
    "ListStateMachines",
    "ListTagsForResource",
    "PublishStateMachineVersion",
    "RedriveExecution",
    "SendTaskFailure",
    "SendTaskHeartbeat",
    "SendTaskSuccess",
    "StartExecution",
    "StartSyncExecution",
    "StopExecution",
    "TagResource",
    "TestState",
    "UntagResource",
    "UpdateMapRun",
    "UpdateStateMachine",
    "UpdateStateMachineAlias",
    "ValidateStateMachineDefinition",
];

const MEMBERS: [&str; 32] = [
    "activityArn",
    "alias",
    "cause",
    "clientToken",
    "definition",
    "description",
    "encryptionConfiguration",
    "error",
    "executionArn",
    "includeExecutionData",
    "includedData",
    "input",
    "inspectionLevel",
    "loggingConfiguration",
    "mapRunArn",
    "maxConcurrency",
    "maxResults",
    "name",
    "nextToken",
    "output",
    "publish",
    "resourceArn",
    "revisionId",
    "roleArn",
    "routingConfiguration",
    "stateMachineAliasArn",
    "stateMachineArn",
    "stateMachineVersionArn",
    "statusFilter",
    "tagKeys",
    "tags",
    "taskToken",
];

#[tokio::test(start_paused = true)]
async fn no_request_breaks_an_action() {
    let settings = Settings { activity_poll: std::time::Duration::ZERO, ..Settings::default() };
    let served = Served::start(settings, builder()).await;
    for action in ACTIONS {
        let empty = served.action(action, &json!({})).await;
        assert!(empty.status < 500, "{action}: {empty:?}");
        for body in
            ["", "[]", "null", "{", "\"x\"", "{\"a\": 1, \"a\": 2}", "\u{feff}{}", "nan", "{\"name\": 1e999}"]
        {
            let target = format!("X-Amz-Target: AWSStepFunctions.{action}\r\n");
            let answer = served.request("POST /", &target, body).await;
            assert!(answer.status < 500, "{action} {body}: {answer:?}");
            assert!(
                answer.status == 200 || answer.json()["__type"].is_string(),
                "{action} {body}: {answer:?}"
            );
        }
        for (index, value) in odd().into_iter().enumerate() {
            // All members at once, and then each with others that fit better.
            let all: Value = MEMBERS.iter().map(|member| ((*member).to_owned(), value.clone())).collect();
            let answer = served.action(action, &all).await;
            assert!(answer.status < 500, "{action} {index}: {answer:?}");
        }
    }
    is_well(&served).await;
    served.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_nests_without_end_is_refused() {
    let served = Served::start(Settings::default(), builder()).await;
    let deep = "[".repeat(100_000);
    let target = "X-Amz-Target: AWSStepFunctions.ListActivities\r\n";
    assert_eq!(served.request("POST /", target, &deep).await.status, 400);
    let machine =
        served.machine("M", "STANDARD", r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#).await;
    let closed = format!("{deep}{}", "]".repeat(100_000));
    for input in [&deep, &closed] {
        let answer =
            served.action("StartExecution", &json!({ "stateMachineArn": machine, "input": input })).await;
        assert_eq!(answer.status, 400, "{}", answer.body.chars().take(200).collect::<String>());
    }
    let states = r#"{"StartAt":"A","States":{"A":{"Type":"Map","End":true,"ItemProcessor":"#.repeat(5_000);
    for definition in [&closed, &states] {
        let body =
            json!({ "name": "D", "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/any" });
        assert_eq!(served.action("CreateStateMachine", &body).await.status, 400);
        let body = json!({ "definition": definition });
        assert!(served.action("ValidateStateMachineDefinition", &body).await.status < 500);
        let body = json!({ "definition": definition, "input": "{}", "roleArn": "arn:aws:iam::123456789012:role/any" });
        assert_eq!(served.action("TestState", &body).await.status, 400);
    }
    is_well(&served).await;
    served.stop().await;
}
