//! What the README shows on the command line is what happens.

use crate::Place;

const README: &str = include_str!("../../../README.md");

const ORDER: &str = r#"{
  "StartAt": "CheckAmount",
  "States": {
    "CheckAmount": { "Type": "Choice", "Default": "ProcesOrder", "Choices": [
      { "Variable": "$.totalAmount", "NumericGreaterThan": 1000000, "Next": "RequestApproval" }] },
    "RequestApproval": { "Type": "Pass", "Next": "ProcessOrder" },
    "ProcessOrder": { "Type": "Succeed" }
  }
}"#;

#[test]
fn the_commands_say_what_it_shows() {
    let start = README.find("```console\n").unwrap() + "```console\n".len();
    let block = &README[start..];
    let block = &block[..block.find("\n```").unwrap()];
    let place = Place::new(&[("order.asl.json", ORDER)]);
    let commands: Vec<&str> = block.split("$ stepfn ").skip(1).collect();
    assert!(commands.len() >= 3);
    for command in commands {
        let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
        let run = place.run(&line.split_whitespace().collect::<Vec<_>>());
        // Of a page nothing is shown.
        if !line.starts_with("explain") {
            assert_eq!(format!("{}{}", run.out, run.err).trim_end(), shown.trim_end(), "stepfn {line}");
        }
        assert!(run.code < 2, "stepfn {line}: {}", run.err);
    }
}
