//! The output that `docs/book/command-line.md` shows is the real one.

use crate::Place;

const PAGE: &str = include_str!("../../../docs/book/command-line.md");

const ORDER: &str = r#"{
  "StartAt": "CheckAmount",
  "States": {
    "CheckAmount": { "Type": "Choice", "Default": "ProcesOrder", "Choices": [
      { "Variable": "$.totalAmount", "NumericGreaterThan": 1000000, "Next": "RequestApproval" }] },
    "RequestApproval": { "Type": "Pass", "Next": "ProcessOrder" },
    "ProcessOrder": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "End": true }
  }
}"#;

const MOCKS: &str = r#"{
  "StateMachines": { "Orders": { "TestCases": { "Cheap": { "ProcessOrder": "Charged" } } } },
  "MockedResponses": { "Charged": { "0": { "Return": { "StatusCode": 200, "Payload": { "charged": 5000 } } } } }
}"#;

#[test]
fn the_commands_say_what_it_shows() {
    let start = PAGE.find("```console\n").unwrap() + "```console\n".len();
    let block = &PAGE[start..];
    let block = &block[..block.find("\n```").unwrap()];
    let files =
        [("order.asl.json", ORDER), ("order.json", r#"{ "totalAmount": 5000 }"#), ("mocks.json", MOCKS)];
    let place = Place::new(&files);
    let commands: Vec<&str> = block.split("$ stepfn ").skip(1).collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
        if line.starts_with("run") {
            // What `check` found is fixed by then.
            std::fs::write(place.path("order.asl.json"), ORDER.replace("ProcesOrder", "ProcessOrder"))
                .unwrap();
        }
        let run = place.run(&line.split_whitespace().collect::<Vec<_>>());
        // Of a page nothing is shown.
        if !line.starts_with("explain") {
            assert_eq!(format!("{}{}", run.out, run.err).trim_end(), shown.trim_end(), "stepfn {line}");
        }
        assert!(run.code < 2, "stepfn {line}: {}", run.err);
    }
}

#[test]
fn the_import_that_it_shows_writes_a_file() {
    let start = PAGE.find("\nstepfn import ").unwrap() + "\nstepfn ".len();
    let command: Vec<&str> = PAGE[start..].lines().next().unwrap().split_whitespace().collect();
    let template = "Resources:\n  Orders:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      Definition:\n        \
                    StartAt: A\n        States: { A: { Type: Pass, OutputPath: $.total, End: true } }\n";
    let place = Place::new(&[("template.yaml", template), ("order.json", r#"{ "total": 5000 }"#)]);
    let run = place.run(&command);
    assert_eq!(
        (run.code, run.out.replace('\\', "/").as_str()),
        (0, "wrote src/machines/orders.rs\n"),
        "{}",
        run.err
    );
    assert!(place.read("src/machines/orders.rs").contains("total: "), "types come from the sample");
}
