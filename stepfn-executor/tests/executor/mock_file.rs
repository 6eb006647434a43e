//! Mock files of Step Functions Local.

use stepfn_core::value::Value;
use stepfn_executor::{Executor, Outcome, RunError, Status, mock_file::MockFile};

use crate::{definition, json};

/// Runs a machine of the name `Machine` by the test case `Case`.
fn run(machine: &str, mocks: &str) -> Result<Outcome, RunError> {
    let definition = definition(machine);
    let case = MockFile::parse(mocks).unwrap().test_case("Machine", "Case").unwrap();
    case.check(&definition.machine).unwrap();
    Executor::builder().mocks(&case).build(&definition).unwrap().run_blocking(Value::empty_object())
}

/// A mock file in which the state `Work` gets these answers.
fn answers(answers: &str) -> String {
    format!(
        r#"{{ "StateMachines": {{ "Machine": {{ "TestCases": {{ "Case": {{ "Work": "Answers" }} }} }} }},
             "MockedResponses": {{ "Answers": {answers} }} }}"#
    )
}

/// A machine of one Task, `Work`, with further fields.
fn task(resource: &str, fields: &str) -> String {
    format!(
        r#"{{ "StartAt": "Work", "States": {{ "Work": {{ "Type": "Task", "Resource": "{resource}", {fields} "End": true }} }} }}"#
    )
}

const SQS: &str = "arn:aws:states:::sqs:sendMessage";

fn types(outcome: &Outcome) -> Vec<&'static str> {
    outcome.history.events().map(|event| event.event_type).collect()
}

#[test]
fn answers_come_by_invocation_over_retries() {
    let throw = r#"{ "Throw": { "Error": "Busy", "Cause": "later" } }"#;
    let mocks = answers(&format!(r#"{{ "2": {{ "Return": 7 }}, "0-1": {throw} }}"#));
    let retry = r#""Retry": [{ "ErrorEquals": ["Busy"], "IntervalSeconds": 1, "BackoffRate": 2 }],"#;
    let outcome = run(&task(SQS, retry), &mocks).unwrap();
    assert_eq!(outcome.status, Status::Succeeded { output: Value::from(7) });
    assert_eq!(outcome.duration().as_secs(), 3);
    assert_eq!(types(&outcome).iter().filter(|event| **event == "TaskFailed").count(), 2);
}

#[test]
fn invocations_are_counted_over_map_items() {
    let definition = definition(
        r#"{ "StartAt": "Each", "States": { "Each": { "Type": "Map", "MaxConcurrency": 1, "End": true,
            "ItemsPath": "$.items", "ItemProcessor": { "StartAt": "Work", "States": {
                "Work": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true } } } } } }"#,
    );
    let mocks = answers(r#"{ "0": { "Return": "a" }, "1-2": { "Return": "b" } }"#);
    let case = MockFile::parse(&mocks).unwrap().test_case("Machine", "Case").unwrap();
    let executor = Executor::builder().mocks(&case).build(&definition).unwrap();
    let input = json(r#"{ "items": [1, 2, 3] }"#);
    for _ in 0..2 {
        let outcome = executor.run_blocking(input.clone()).unwrap();
        assert_eq!(outcome.output().unwrap().to_string(), r#"["a","b","b"]"#, "each execution counts from 0");
    }
}

#[test]
fn branches_of_a_parallel_have_answers_of_their_own() {
    let branch = |name: &str| {
        format!(
            r#"{{ "StartAt": "{name}", "States": {{ "{name}": {{ "Type": "Task", "Resource": "{SQS}", "End": true }} }} }}"#
        )
    };
    let machine = format!(
        r#"{{ "StartAt": "Both", "States": {{ "Both": {{ "Type": "Parallel", "Branches": [{}, {}], "End": true }} }} }}"#,
        branch("A"),
        branch("B")
    );
    let mocks = r#"{ "StateMachines": { "Machine": { "TestCases": { "Case": { "A": "One", "B": "Two" } } } },
        "MockedResponses": { "One": { "0": { "Return": 1 } }, "Two": { "0": { "Return": 2 } } } }"#;
    assert_eq!(run(&machine, mocks).unwrap().output().unwrap().to_string(), "[1,2]");
}

#[test]
fn a_call_of_a_function_by_its_arn_gives_the_payload() {
    const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:load";
    for (answer, output) in [
        (r#"{ "StatusCode": 200, "Payload": { "rows": 3 } }"#, r#"{"rows":3}"#),
        (r#"{ "Payload": [1] }"#, "[1]"),
        (r#"{ "rows": 3 }"#, r#"{"rows":3}"#),
        // What is no reply of Lambda's is the function's answer.
        (r#"{ "Payload": 1, "rows": 3 }"#, r#"{"Payload":1,"rows":3}"#),
        ("null", "null"),
    ] {
        let mocks = answers(&format!(r#"{{ "0": {{ "Return": {answer} }} }}"#));
        let outcome = run(&task(FUNCTION, ""), &mocks).unwrap();
        assert_eq!(outcome.output().unwrap().to_string(), output);
        let invoke = task("arn:aws:states:::lambda:invoke", r#""Parameters": { "FunctionName": "load" },"#);
        let whole = run(&invoke, &mocks).unwrap().output().unwrap().clone();
        assert_eq!(whole, json(answer), "`lambda:invoke` gives all of it");
    }
}

#[test]
fn callbacks_and_jobs_are_submitted_and_end_in_the_answer() {
    let token = r#""Parameters": { "MessageBody.$": "$$.Task.Token" },"#;
    let callback = task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", token);
    let job = task("arn:aws:states:::batch:submitJob.sync", "");
    for machine in [callback, job] {
        let outcome = run(&machine, &answers(r#"{ "0": { "Return": { "approved": true } } }"#)).unwrap();
        assert_eq!(outcome.output().unwrap().to_string(), r#"{"approved":true}"#);
        assert_eq!(
            types(&outcome)[2..6],
            ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"],
            "{machine}"
        );
        let failed = answers(r#"{ "0": { "Throw": { "Error": "Denied", "Cause": "too dear" } } }"#);
        let outcome = run(&machine, &failed).unwrap();
        assert_eq!((outcome.error(), outcome.cause()), (Some("Denied"), Some("too dear")));
        assert_eq!(types(&outcome)[4..6], ["TaskSubmitted", "TaskFailed"]);
    }
}

#[test]
fn an_invocation_without_an_answer_is_named() {
    let machine = task(SQS, r#""Retry": [{ "ErrorEquals": ["States.ALL"] }],"#);
    let mocks = answers(r#"{ "0-1": { "Throw": { "Error": "Busy", "Cause": "" } } }"#);
    let error = run(&machine, &mocks).unwrap_err();
    assert_eq!(
        error.to_string(),
        "state `Work`: no answer for call 3: the mocked response `Answers` has no answer for invocation 2\n\
         help: add `\"2\"` to `Answers` in `MockedResponses`"
    );
}

#[test]
fn a_state_that_the_case_leaves_out_is_unbound() {
    let definition = definition(&task(SQS, ""));
    let mocks =
        r#"{ "StateMachines": { "Machine": { "TestCases": { "Case": {} } } }, "MockedResponses": {} }"#;
    let case = MockFile::parse(mocks).unwrap().test_case("Machine", "Case").unwrap();
    let error = Executor::builder().mocks(&case).build(&definition).unwrap_err();
    assert!(error.to_string().starts_with("state `Work`: nothing is bound to"), "{error}");
}

#[test]
fn everything_wrong_with_a_file_is_said_with_its_place() {
    let text = r#"{
  "StateMachines": { "Machine": { "TestCases": { "Case": {
    "A": "Anwsers",
    "B": 7,
    "C": "Empty"
  } } } },
  "MockedResponses": {
    "Answers": { "0": { "Return": 1 }, "2-3": { "Return": 1 } },
    "Empty": {},
    "Over": { "0-2": { "Return": 1 }, "2": { "Return": 1 } },
    "Keys": { "first": { "Return": 1 }, "3-1": { "Return": 1 }, "99999999999": { "Return": 1 }, "-1": { "Return": 1 } },
    "Both": { "0": { "Return": 1, "Throw": { "Error": "E", "Cause": "" } } },
    "None": { "0": {} },
    "Slip": { "0": { "Retrun": 1 } },
    "Throw": { "0": { "Throw": { "Error": 404, "Reason": "" } } },
    "Late": { "1": { "Return": 1 } },
    "Late": { "0": [] }
  }
}"#;
    let error = MockFile::parse(text).unwrap_err();
    let said: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(
        said,
        [
            "mock file, line 3, column 10: there is no mocked response `Anwsers`",
            "help: did you mean `Answers`?",
            "mock file, line 4, column 10: the name of a mocked response must be a string",
            "mock file, line 8, column 40: invocation 1 has no answer before this one",
            "help: the invocations are numbered from 0, without gaps",
            "mock file, line 9, column 14: a mocked response has no answers",
            "help: add an answer for the first invocation, `\"0\"`",
            "mock file, line 10, column 39: invocation 2 has two answers",
            "help: each invocation has one",
            "mock file, line 11, column 15: `first` is no invocation number and no range of them",
            "help: write `\"0\"` for the first invocation, `\"1-2\"` for the two that follow",
            "mock file, line 11, column 41: the invocations `3-1` go backwards",
            "help: write `\"0\"` for the first invocation, `\"1-2\"` for the two that follow",
            "mock file, line 11, column 65: `99999999999` is no invocation number and no range of them",
            "help: write `\"0\"` for the first invocation, `\"1-2\"` for the two that follow",
            "mock file, line 11, column 97: `-1` is no invocation number and no range of them",
            "help: write `\"0\"` for the first invocation, `\"1-2\"` for the two that follow",
            "mock file, line 12, column 20: an answer has either `Return` or `Throw`, not both",
            "mock file, line 13, column 20: an answer needs `Return` or `Throw`",
            "help: write `{ \"Return\": … }` or `{ \"Throw\": { \"Error\": \"…\", \"Cause\": \"…\" } }`",
            "mock file, line 14, column 22: an answer has no field `Retrun`",
            "help: did you mean `Return`?",
            "mock file, line 15, column 32: `Throw` needs the field `Cause`",
            "mock file, line 15, column 43: `Error` must be a string",
            "mock file, line 15, column 48: `Throw` has no field `Reason`",
            "mock file, line 17, column 5: this key occurs twice in one object",
            "help: only the last one counts: remove or rename the other",
            "mock file, line 17, column 20: an answer must be an object",
        ]
    );
    assert_eq!(error.faults[0].pointer, "/StateMachines/Machine/TestCases/Case/A");
}

#[test]
fn the_frame_of_a_file_is_checked() {
    for (text, message) in [
        ("{", "line 1, column 2: the object is not closed"),
        ("[]", "line 1, column 1: a mock file must be an object"),
        (
            r#"{ "StateMachines": {}, "MockedResponse": {} }"#,
            "the field `MockedResponses` is missing\nhelp: `MockedResponse` is there",
        ),
        (r#"{ "MockedResponses": {} }"#, "the field `StateMachines` is missing"),
        (r#"{ "StateMachines": [], "MockedResponses": {} }"#, "`StateMachines` must be an object"),
        (
            r#"{ "StateMachines": { "M": {} }, "MockedResponses": {} }"#,
            "line 1, column 27: the field `TestCases` is missing",
        ),
        (
            r#"{ "StateMachines": { "M": { "TestCases": { "C": 1 } } }, "MockedResponses": {} }"#,
            "a test case must be an object",
        ),
    ] {
        let error = MockFile::parse(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn names_that_the_file_does_not_have_get_the_nearest() {
    let file = MockFile::parse(&answers(r#"{ "0": { "Return": 1 } }"#)).unwrap();
    assert_eq!(file.state_machines().collect::<Vec<_>>(), ["Machine"]);
    assert_eq!(file.test_cases("Machine").collect::<Vec<_>>(), ["Case"]);
    let error = file.test_case("Machin", "Case").unwrap_err().to_string();
    assert!(
        error.contains("no state machine `Machin` in the mock file\nhelp: did you mean `Machine`?"),
        "{error}"
    );
    let error = file.test_case("Machine", "HappyPath").unwrap_err().to_string();
    assert!(error.contains("no test case `HappyPath` in the mock file\nhelp: there are `Case`"), "{error}");
}

#[test]
fn only_tasks_of_the_machine_can_be_mocked() {
    let mocks = r#"{ "StateMachines": { "Machine": { "TestCases": { "Case": {
        "Wrok": "R",
        "Rest": "R",
        "Work": "R" } } } }, "MockedResponses": { "R": { "0": { "Return": 1 } } } }"#;
    let definition = definition(
        r#"{ "StartAt": "Work", "States": { "Work": { "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Rest" },
            "Rest": { "Type": "Succeed" } } }"#,
    );
    let case = MockFile::parse(mocks).unwrap().test_case("Machine", "Case").unwrap();
    assert_eq!(
        case.check(&definition.machine).unwrap_err().to_string(),
        "mock file, line 2, column 9: there is no state `Wrok`\nhelp: did you mean `Work`?\n\
         mock file, line 3, column 9: the state `Rest` is a Succeed, and only Task states are mocked\nhelp: leave it out"
    );
}

/// Each is compared with all names that there are.
#[test]
fn of_hundreds_of_slips_the_first_get_a_name_that_is_near() {
    let states: Vec<_> = (0..150).map(|at| format!(r#""State{at}": "Respons{at}""#)).collect();
    let responses: Vec<_> =
        (0..150).map(|at| format!(r#""Response{at}": {{ "0": {{ "Return": 1 }} }}"#)).collect();
    let text = format!(
        r#"{{ "StateMachines": {{ "M": {{ "TestCases": {{ "T": {{ {} }} }} }} }}, "MockedResponses": {{ {} }} }}"#,
        states.join(","),
        responses.join(",")
    );
    let faults = MockFile::parse(&text).unwrap_err().faults;
    assert_eq!(faults.len(), 150);
    let near =
        faults.iter().filter(|fault| fault.help.as_deref().unwrap_or_default().starts_with("did you mean"));
    assert_eq!(near.count(), 100);
}
