//! The commands of `stepfn` that the book shows are run, in a folder with the files that they name.

use std::{fs, path::Path};

use crate::Place;

const ORDERS: &str = r#"{ "StartAt": "Charge", "States": { "Charge": { "Type": "Task", "End": true,
  "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge" } } }"#;

const MOCKS: &str = r#"{
  "StateMachines": { "Orders": { "TestCases": { "Cheap": { "Charge": "Charged" } } } },
  "MockedResponses": { "Charged": { "0": { "Return": { "StatusCode": 200, "Payload": { "charged": 5000 } } } } }
}"#;

const TEMPLATE: &str = "Resources:\n  Orders:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      Definition:\n        StartAt: A\n        States: { A: { Type: Pass, OutputPath: $.total, End: true } }\n";

const SERVERLESS: &str = "service: shop\nstepFunctions:\n  stateMachines:\n    orders:\n      definition: { StartAt: A, States: { A: { Type: Succeed } } }\n";

const HISTORY: &str = r#"{ "events": [{ "type": "ExecutionStarted", "id": 1, "previousEventId": 0, "timestamp": "2026-11-01T00:00:00Z",
  "executionStartedEventDetails": { "input": "{\"total\": 5}", "roleArn": "arn:aws:iam::123456789012:role/r" } }] }"#;

/// The lines of shells in all chapters.
fn commands() -> Vec<String> {
    let mut commands = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/book")).unwrap() {
        let chapter = fs::read_to_string(entry.unwrap().path()).unwrap();
        for (fence, sign) in [("```console\n", "$ "), ("```sh\n", "")] {
            for block in chapter.split(fence).skip(1) {
                let lines = block.split("\n```").next().unwrap_or_default().lines();
                commands.extend(lines.filter_map(|line| line.strip_prefix(sign)).map(str::to_owned));
            }
        }
    }
    commands
}

#[test]
fn all_of_them_are_taken_and_find_what_they_need() {
    let mut run = 0;
    for command in commands() {
        let Some(rest) = command.strip_prefix("stepfn ") else { continue };
        run += 1;
        let place = Place::new(&[
            ("order.asl.json", ORDERS),
            ("orders.asl.json", ORDERS),
            ("old.asl.json", ORDERS),
            ("order.json", r#"{ "total": 5000 }"#),
            ("mocks.json", MOCKS),
            ("template.yaml", TEMPLATE),
            ("serverless.yml", SERVERLESS),
            ("execution-1.json", HISTORY),
            ("execution-2.json", HISTORY),
        ]);
        fs::create_dir(place.path("generated")).unwrap();
        fs::write(place.path("generated/Orders.asl.json"), ORDERS.replace("Charge", "Bill")).unwrap();
        let mut words: Vec<&str> = rest.split_whitespace().collect();
        // A server would stay; what it says is in `serve.rs`.
        if words[0] == "serve" {
            words.push("--help");
        }
        let ran = place.run(&words);
        // What is found in a file is no slip of the command.
        let most = i32::from(matches!(words[0], "diff"));
        assert!(ran.code <= most, "stepfn {rest}: {}\n{}{}", ran.code, ran.out, ran.err);
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "stepfn {rest} says nothing");
    }
    assert!(run > 15, "{run}");
}
