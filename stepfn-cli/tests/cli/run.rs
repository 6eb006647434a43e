use stepfn_core::{json, value::Value};

use crate::{Place, Run, head};

const ORDER: &str = r#"{
  "StartAt": "Validate",
  "States": {
    "Validate": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": { "FunctionName": "validate", "Payload.$": "$" },
      "ResultPath": "$.validation",
      "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2 }],
      "Next": "승인"
    },
    "승인": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "TimeoutSeconds": 60,
      "Parameters": { "QueueUrl": "q", "MessageBody": { "Token.$": "$$.Task.Token" } },
      "ResultPath": "$.approval",
      "End": true
    }
  }
}"#;

const MOCKS: &str = r#"{
  "StateMachines": { "Orders": { "TestCases": {
    "Happy": { "Validate": "BusyOnce", "승인": "Approved" },
    "Denied": { "Validate": "Valid", "승인": "Denied" },
    "Partly": { "Validate": "Valid" },
    "Short": { "Validate": "Busy", "승인": "Approved" }
  } } },
  "MockedResponses": {
    "Valid": { "0": { "Return": { "Payload": true } } },
    "Busy": { "0": { "Throw": { "Error": "Lambda.ServiceException", "Cause": "busy" } } },
    "BusyOnce": {
      "0": { "Throw": { "Error": "Lambda.ServiceException", "Cause": "busy" } },
      "1": { "Return": { "Payload": true } }
    },
    "Approved": { "0": { "Return": "yes" } },
    "Denied": { "0": { "Throw": { "Error": "Denied", "Cause": "too dear" } } }
  }
}"#;

fn place() -> Place {
    Place::new(&[("order.asl.json", ORDER), ("mocks.json", MOCKS), ("input.json", r#"{"id": 1}"#)])
}

fn run(case: &str, more: &[&str]) -> Run {
    let common =
        ["run", "order.asl.json", "--input", "input.json", "--mocks", "mocks.json", "--test-case", case];
    place().run(&[&common[..], more].concat())
}

#[test]
fn the_output_is_on_standard_output_and_the_rest_is_not() {
    let Run { out, err, code } = run("Happy", &[]);
    let output: Value = json::parse_value(&out).unwrap();
    assert_eq!(output.to_string(), r#"{"id":1,"validation":{"Payload":true},"approval":"yes"}"#);
    assert_eq!(err, "path: Validate -> 승인\nSUCCEEDED after 2.000 s of virtual time, 3 transitions\n");
    assert_eq!(code, 0);
}

#[test]
fn a_failed_execution_says_its_error() {
    let Run { out, err, code } = run("Denied", &[]);
    assert_eq!(out, "");
    assert!(
        err.ends_with("\nFAILED Denied: too dear after 0.000 s of virtual time, 2 transitions\n"),
        "{err}"
    );
    assert_eq!(code, 1);
}

/// Runs one Pass of JSONata with this Output, and returns the message about the expression.
fn failed_in(expression: &str) -> String {
    let expression = expression.replace('\n', "\\n").replace('"', "\\\"");
    let asl = format!(
        r#"{{"QueryLanguage": "JSONata", "StartAt": "Add", "States": {{"Add": {{"Type": "Pass", "Output": {{"sum": "{{% {expression} %}}"}}, "End": true}}}}}}"#
    );
    let place = Place::new(&[("add.json", &asl), ("input.json", r#"{"n": "x", "s": "é"}"#)]);
    let Run { err, code, .. } = place.run(&["run", "add.json", "--input", "input.json"]);
    assert_eq!(code, 1);
    let (said, ended) =
        err.rsplit_once("FAILED States.QueryEvaluationError: ").unwrap_or_else(|| panic!("{err}"));
    assert!(
        ended.starts_with("An error occurred while executing the state 'Add' (entered at the event id #2).")
    );
    let (_, said) = said.split_once("path: Add\n").unwrap();
    said.to_owned()
}

#[test]
fn a_failed_expression_is_shown_with_a_caret() {
    let shows = |expression: &str, lines: &[&str]| {
        let said = failed_in(expression);
        let shown: Vec<_> = said.lines().map(str::trim_end).collect();
        for line in lines {
            assert!(shown.contains(line), "{line:?} is not in:\n{said}");
        }
    };
    shows(
        "1 + $states.input.n",
        &[
            "error: T2002: The right side of the \"+\" operator must evaluate to a number",
            " --> Add/Output/sum:1:5",
            "1 | 1 + $states.input.n",
            "  |     ^^^^^^^^^^^^^^^",
        ],
    );
    // Columns are characters, lines those of the expression.
    shows(
        "(\n  'é' & $states.input.s;\n  'é' & $sqrt(-1)\n)",
        &[
            "error: D3060: The sqrt function cannot be applied to a negative number: -1",
            " --> Add/Output/sum:3:9",
            "3 |   'é' & $sqrt(-1)",
            "  |         ^^^^^^^^^",
        ],
    );
    // What gives nothing, or what a field does not take, is the expression as a whole.
    shows(
        "$states.input.m",
        &["error: it gives nothing (undefined)", "1 | $states.input.m", "  | ^^^^^^^^^^^^^^^"],
    );
}

#[test]
fn the_history_is_text_or_json() {
    let Run { err, .. } = run("Happy", &["--history", "text"]);
    assert!(
        err.contains("   5 <- 4         0.000 TaskFailed Validate Lambda.ServiceException busy\n"),
        "{err}"
    );

    let Run { err, .. } = run("Happy", &["--history", "json"]);
    let (history, rest) = err.split_once("\n}\n").unwrap();
    let history = json::parse_value(&format!("{history}}}")).unwrap();
    let events = history["events"].as_array().unwrap();
    assert_eq!(events[0]["type"].as_str(), Some("ExecutionStarted"));
    assert_eq!(events.last().unwrap()["type"].as_str(), Some("ExecutionSucceeded"));
    assert!(rest.starts_with("path: "), "{rest}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let place = Place::new(&[(
        "uuid.json",
        r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "Parameters": { "id.$": "States.UUID()" }, "End": true } } }"#,
    )]);
    let run = |seed: &str| place.run(&["run", "uuid.json", "--seed", seed]).out;
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("-7"));
}

#[test]
fn a_state_without_a_mock_is_named_where_it_is_reached() {
    let Run { out, err, code } = run("Partly", &[]);
    assert_eq!(out, "");
    assert_eq!(
        err,
        "path: Validate -> 승인\n\
         error: state `승인`: nothing is mocked for `arn:aws:states:::sqs:sendMessage.waitForTaskToken`\n  \
         = help: add `\"승인\"` with the name of a mocked response to the test case `Partly` of `Orders`\n"
    );
    assert_eq!(code, 1);

    let Run { err, code, .. } = place().run(&["run", "order.asl.json"]);
    assert!(err.contains("= help: give a mock file by `--mocks`"), "{err}");
    assert_eq!(code, 1);
}

#[test]
fn an_activity_without_a_mock_is_not_waited_for() {
    let activity = r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": true } } }"#;
    let Run { err, code, .. } = Place::new(&[("a.json", activity)]).run(&["run", "a.json"]);
    assert!(
        err.starts_with(
            "path: A\nerror: state `A`: nobody is there to answer it\n  = help: give a mock file"
        ),
        "{err}"
    );
    assert_eq!(code, 1);
}

#[test]
fn an_invocation_without_an_answer_is_named() {
    let Run { err, code, .. } = run("Short", &[]);
    assert!(
        err.contains("the mocked response `Busy` has no answer for invocation 1\n  = help: add `\"1\"`"),
        "{err}"
    );
    assert_eq!(code, 1);
}

#[test]
fn one_of_several_test_cases_is_to_be_chosen() {
    let place = place();
    let Run { err, code, .. } = place.run(&["run", "order.asl.json", "--mocks", "mocks.json"]);
    assert!(err.contains("= help: choose one by `--test-case`: `Happy`, `Denied`"), "{err}");
    assert_eq!(code, 2);
    let Run { err, code, .. } = run("Happi", &[]);
    assert!(head(&err).starts_with("mocks.json:2:34: error: there is no test case `Happi`"), "{err}");
    assert!(err.contains("= help: did you mean `Happy`?"), "{err}");
    assert_eq!(code, 1);
    let Run { err, code, .. } = run("Happy", &["--name", "Order"]);
    assert!(err.contains("there is no state machine `Order` in the mock file"), "{err}");
    assert_eq!(code, 1);
    assert_eq!(run("Happy", &["--name", "Orders"]).code, 0);
}

#[test]
fn the_only_test_case_needs_no_choice_and_the_file_may_name_the_machine() {
    let mocks = r#"{ "StateMachines": { "order": { "TestCases": { "Only": { "A": "R" } } }, "other": { "TestCases": {} } },
        "MockedResponses": { "R": { "0": { "Return": 1 } } } }"#;
    let order = r#"{ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": { "QueueUrl": "q", "MessageBody": "m" }, "End": true } } }"#;
    let place = Place::new(&[("order.asl.json", order), ("mocks.json", mocks)]);
    let Run { out, code, .. } = place.run(&["run", "order.asl.json", "--mocks", "mocks.json"]);
    assert_eq!((out.as_str(), code), ("1\n", 0));
}

#[test]
fn diagnostics_of_the_mock_file_have_their_places() {
    let mocks = MOCKS.replace("\"Happy\": { \"Validate\"", "\"Happy\": {\t\"Validat\"");
    let place = Place::new(&[("order.asl.json", ORDER), ("mocks.json", &mocks)]);
    let Run { err, code, .. } =
        place.run(&["run", "order.asl.json", "--mocks", "mocks.json", "--test-case", "Happy"]);
    assert_eq!(
        err,
        "\
error: there is no state `Validat`
 --> mocks.json:3:16
  |
3 |     \"Happy\": {    \"Validat\": \"BusyOnce\", \"승인\": \"Approved\" },
  |                   ^^^^^^^^^
  |
  = help: did you mean `Validate`?
"
    );
    assert_eq!(code, 1);
    let place = Place::new(&[("order.asl.json", ORDER), ("mocks.json", "{ \"StateMachines\": {} }")]);
    let Run { err, code, .. } = place.run(&["run", "order.asl.json", "--mocks", "mocks.json"]);
    assert!(head(&err).starts_with("mocks.json:1:1: error: the field `MockedResponses` is missing"), "{err}");
    assert_eq!(code, 1);
}

#[test]
fn what_aws_refuses_is_not_run() {
    let place = Place::new(&[("a.json", r#"{ "StartAt": "B", "States": { "A": { "Type": "Succeed" } } }"#)]);
    let Run { out, err, code } = place.run(&["run", "a.json"]);
    assert_eq!(out, "");
    assert!(
        head(&err).starts_with("a.json:1:14: error[unknown-state]")
            && err.contains(
                "ERROR MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt\n\
                 ERROR MISSING_TRANSITION_TARGET: State \"A\" is not reachable. at /States/A\n"
            )
            && err.ends_with("error: `a.json` is not run: AWS refuses it\n"),
        "{err}"
    );
    assert_eq!(code, 1);
}

#[test]
fn what_aws_creates_is_run_and_fails_where_it_fails_on_aws() {
    let asl = r#"{ "StartAt": "Pick", "States": {
        "Pick": { "Type": "Choice", "Choices": [{ "Variable": "$.n", "IsPresent": true, "Next": "Bad" }], "Default": "Good" },
        "Good": { "Type": "Succeed" },
        "Bad": { "Type": "Pass", "Parameters": { "x.$": "States.MathAdd(1, 'x')" }, "End": true } } }"#;
    let place = Place::new(&[("a.json", asl), ("n.json", r#"{ "n": 1 }"#)]);
    let told = "`a.json` has errors, but AWS creates it: it is run as AWS would run it\n";
    let Run { out, err, code } = place.run(&["run", "a.json"]);
    assert_eq!((out.as_str(), code), ("{}\n", 0));
    assert!(head(&err).starts_with("a.json:4:76: error[invalid-intrinsic]") && err.contains(told), "{err}");
    let Run { err, code, .. } = place.run(&["run", "a.json", "--input", "n.json"]);
    assert!(
        err.contains(told)
            && err.contains(
                "FAILED States.Runtime: An error occurred while executing the state 'Bad' (entered at the event id #4). There \
                 was an error while evaluating the intrinsic function: States.MathAdd(1, 'x'). Invalid arguments in \
                 States.MathAdd after"
            ),
        "{err}"
    );
    assert_eq!(code, 1);
    let Run { out, err, code } = place.run(&["run", "a.json", "--deny-errors"]);
    assert!(err.ends_with("error: `a.json` is not run: it has errors\n"), "{err}");
    assert_eq!((out.as_str(), code), ("", 1));
}

#[test]
fn a_folder_stands_for_a_bucket() {
    let asl = r#"{ "StartAt": "Films", "States": { "Films": { "Type": "Map",
        "ItemReader": { "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": { "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" },
            "Parameters": { "Bucket": "films", "Key": "films.csv" } },
        "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Film", "States": { "Film": { "Type": "Pass", "End": true } } },
        "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "films", "Prefix": "out" } },
        "End": true } } }"#;
    let place = Place::new(&[("a.json", asl)]);
    std::fs::create_dir(place.path("data")).unwrap();
    std::fs::write(place.path("data/films.csv"), "title,year\nAlien,1979\n").unwrap();
    let Run { out, err, code } = place.run(&["run", "a.json", "--bucket", "films=data"]);
    assert_eq!(code, 0, "{err}");
    let output: Value = json::parse_value(&out).unwrap();
    let key = output["ResultWriterDetails"]["Key"].as_str().unwrap();
    let manifest: Value = json::parse_value(&place.read(&format!("data/{key}"))).unwrap();
    let results = manifest["ResultFiles"]["SUCCEEDED"][0]["Key"].as_str().unwrap().to_owned();
    assert!(place.read(&format!("data/{results}")).contains("Alien"));

    // A bucket that the deployment names is called by its placeholder.
    let open = Place::new(&[("a.json", &asl.replace("\"films\"", "\"${Films}\""))]);
    std::fs::create_dir(open.path("data")).unwrap();
    std::fs::write(open.path("data/films.csv"), "title,year\nAlien,1979\n").unwrap();
    let Run { err, code, .. } = open.run(&["run", "a.json", "--bucket", "Films=data"]);
    assert_eq!(code, 0, "{err}");

    let Run { err, code, .. } = place.run(&["run", "a.json", "--bucket", "films=none"]);
    assert!(err.contains("the folder of the bucket `films` cannot be used"), "{err}");
    assert_eq!(code, 1);
    let Run { err, code, .. } = place.run(&["run", "a.json", "--bucket", "films"]);
    assert!(err.contains("expected the bucket's name and a folder"), "{err}");
    assert_eq!(code, 2);
}

#[test]
fn express_is_run_as_express() {
    let pass = r#"{ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 400, "End": true } } }"#;
    let place = Place::new(&[("a.json", pass)]);
    assert_eq!(place.run(&["run", "a.json"]).code, 0);
    let Run { err, code, .. } = place.run(&["run", "a.json", "--express"]);
    assert!(err.contains("error[express]"), "{err}");
    assert_eq!(code, 1);

    let place = Place::new(&[("a.json", &pass.replace("400", "40"))]);
    let Run { out, err, code } = place.run(&["run", "a.json", "--express", "--history", "text"]);
    assert_eq!(out, "{}\n");
    assert_eq!(err, "SUCCEEDED after 40.000 s of virtual time, 1 transition\n");
    assert_eq!(code, 0);
}

#[test]
fn the_definition_or_the_input_may_come_from_standard_input() {
    let place = place();
    let pass = r#"{ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }"#;
    let Run { out, code, .. } = place.run_with(&["run", "-", "--input", "input.json"], pass);
    assert_eq!((out.as_str(), code), ("{\n  \"id\": 1\n}\n", 0));
    std::fs::write(place.path("pass.json"), pass).unwrap();
    let Run { out, code, .. } = place.run_with(&["run", "pass.json", "--input", "-"], "[1,");
    assert_eq!((out.as_str(), code), ("", 1));
    let Run { err, code, .. } = place.run_with(&["run", "-", "--input", "-"], pass);
    assert_eq!((err.as_str(), code), ("error: only one file can be standard input\n", 2));
}

#[test]
fn a_file_that_cannot_be_read_ends_with_two() {
    for arguments in [
        &["run", "none.json"][..],
        &["run", "order.asl.json", "--input", "none.json"],
        &["run", "order.asl.json", "--mocks", "none.json"],
    ] {
        let Run { err, code, .. } = place().run(arguments);
        assert!(err.starts_with("error: cannot read `none.json`: "), "{err}");
        assert_eq!(code, 2);
    }
}

#[test]
fn an_output_does_not_change_the_terminal_and_stays_the_same_json() {
    let text = r#"{ "StartAt": "P", "States": { "P": { "Type": "Pass", "Result": "\u009b31m\u202e\u0007é", "End": true } } }"#;
    let Run { out, code, .. } = Place::new(&[]).run_with(&["run", "-"], text);
    assert_eq!((code, out.as_str()), (0, "\"\\u009b31m\\u202e\\u0007é\"\n"));
}

#[test]
fn an_input_that_is_json_itself_needs_no_file() {
    let pass = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
    let place = Place::new(&[("a.asl.json", pass)]);
    let run = place.run(&["run", "a.asl.json", "--input", r#" {"x": [1, "a"]}"#]);
    assert_eq!(json::parse_value(&run.out).unwrap().to_string(), r#"{"x":[1,"a"]}"#, "{}", run.err);
    let run = place.run(&["run", "a.asl.json", "--input", r#"{"x": [1, }"#]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("the input is not JSON") && run.err.contains("--> <input>:1:"), "{}", run.err);
}

/// The cause of a text that is no JSON has a line of its own, which begins with a blank.
#[test]
fn a_cause_of_several_lines_is_written_as_aws_has_it() {
    let asl = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"x.$": "States.StringToJson($.t)"}, "End": true}}}"#;
    let Run { err, .. } =
        Place::new(&[("a.json", asl)]).run(&["run", "a.json", "--input", r#"{"t": "{bad}"}"#]);
    assert!(err.contains("was expecting double-quote to start field name\n at [Source: REDACTED"), "{err}");
}

/// What has no end is read up to a bound.
#[cfg(target_os = "linux")]
#[test]
fn devices_are_not_read_without_end() {
    let asl = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
    let place = Place::new(&[("a.json", asl)]);
    for arguments in [
        &["run", "/dev/zero"][..],
        &["run", "a.json", "--input", "/dev/zero"],
        &["run", "a.json", "--mocks", "/dev/zero"],
        &["check", "/dev/zero"],
        &["validate", "/dev/zero"],
        &["fmt", "/dev/zero"],
        &["diff", "a.json", "/dev/zero"],
        &["import", "a.json", "--history", "/dev/zero"],
    ] {
        let Run { err, code, .. } = place.run(arguments);
        assert!(code == 2 && err.contains("`/dev/zero`: it is larger than"), "{arguments:?}: {err}");
    }
}

#[test]
fn placeholders_get_their_values() {
    let asl = r#"{ "StartAt": "Rest", "States": {
        "Rest": { "Type": "Wait", "Seconds": ${Seconds}, "Next": "Say" },
        "Say": { "Type": "Pass", "Result": { "table": "${Table}", "rest": ${Rest} }, "End": true } } }"#;
    let place = Place::new(&[("a.asl.json", asl)]);
    let values = ["--substitution", "Seconds=90", "--substitution", "Table=films", "--substitution"];
    let run = |rest: &str| {
        let arguments = [&["run", "a.asl.json"][..], &values, &[rest]].concat();
        place.run(&arguments)
    };
    let Run { out, err, code } = run(r#"Rest={"all": [1]}"#);
    let out = json::parse_value(&out).unwrap().to_string();
    assert_eq!((out.as_str(), code), (r#"{"table":"films","rest":{"all":[1]}}"#, 0), "{err}");
    assert!(err.contains("after 90.000 s"), "{err}");
    let Run { err, code, .. } = run("Other=1");
    assert_eq!(code, 1);
    let expected =
        "error: `a.asl.json` is not run: `${Rest}` has no value here; give it one: `--substitution Rest=5`\n";
    assert_eq!(err, expected);
}
