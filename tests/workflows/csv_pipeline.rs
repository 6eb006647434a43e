//! The CSV pipeline of the examples, through every edge.

#[path = "../../examples/csv_pipeline/workflow.rs"]
mod workflow;

use serde_json::json;
use stepfn::{
    Workflow,
    executor::{Mock, Outcome},
};
use workflow::CsvProcessing;

const SNS: &str = "arn:aws:states:::sns:publish";
const ALL: [&str; 5] =
    ["ValidateCSV", "CheckValidation", "TransformData", "LoadData", "SendSuccessNotification"];

fn run(path: &str, mocks: Vec<(&str, Mock)>) -> Outcome {
    let input = json!({ "fileId": "f-1", "path": path });
    crate::run(&CsvProcessing::definition(), input, |mut builder| {
        for (state, mock) in mocks {
            builder = builder.mock(state, mock);
        }
        builder.resource(SNS, Mock::succeed(crate::value(json!({ "MessageId": "m-1" }))))
    })
}

const RECORDS: &str = "examples/csv_pipeline/records.csv";

#[track_caller]
fn handled(outcome: &Outcome, states: usize, report: &str) {
    let mut path = ALL[..states].to_vec();
    path.push("HandleError");
    crate::succeeded(outcome, &path, json!({ "report": report }));
}

#[test]
fn asl() {
    insta::assert_snapshot!(CsvProcessing::definition().machine.to_canonical_string());
}

#[test]
fn a_file_with_rows_that_hold_is_loaded() {
    crate::succeeded(&run(RECORDS, vec![]), &ALL, json!({ "loadedCount": 4 }));
}

#[test]
fn the_message_is_in_korean_and_counts() {
    let outcome = run(RECORDS, vec![]);
    let scheduled =
        outcome.history.events().filter(|event| event.event_type == "TaskScheduled").last().unwrap();
    let details = scheduled.details().unwrap();
    let parameters: stepfn::value::Value = details["parameters"].as_str().unwrap().parse().unwrap();
    assert_eq!(parameters["Subject"].as_str(), Some("CSV 처리 완료"));
    assert_eq!(parameters["Message"].as_str(), Some("파일 f-1의 처리가 완료되었습니다. 4건을 저장했습니다."));
}

#[test]
fn a_file_that_is_not_there_is_reported() {
    handled(&run("examples/csv_pipeline/nothing.csv", vec![]), 1, "f-1: Unreadable");
}

#[test]
fn a_file_without_a_row_that_holds_is_reported() {
    let empty =
        json!({ "validationStatus": "FAILED", "fileId": "f-1", "validRecords": [], "errors": ["row 1"] });
    let outcome = run(RECORDS, vec![("ValidateCSV", Mock::payload(crate::value(empty)))]);
    handled(&outcome, 2, "f-1: no row of it holds");
}

#[test]
fn a_validation_that_is_busy_is_tried_again() {
    let flaky = Mock::fail("Lambda.ServiceException", "busy").times(3);
    handled(&run(RECORDS, vec![("ValidateCSV", flaky)]), 1, "f-1: Lambda.ServiceException");
    let outcome = run(
        RECORDS,
        vec![(
            "ValidateCSV",
            Mock::timeout().times(2).then(Mock::payload(crate::value(json!({
                "validationStatus": "PASSED", "fileId": "f-1", "validRecords": [], "errors": []
            })))),
        )],
    );
    crate::succeeded(&outcome, &ALL, json!({ "loadedCount": 0 }));
}

#[test]
fn each_later_step_that_fails_is_reported() {
    handled(&run(RECORDS, vec![("TransformData", Mock::fail("Boom", ""))]), 3, "f-1: Boom");
    handled(
        &run(RECORDS, vec![("SendSuccessNotification", Mock::fail("SNS.NotFoundException", ""))]),
        5,
        "f-1: SNS.NotFoundException",
    );
}

#[test]
fn steps_that_never_end_are_timed_out() {
    let outcome = run(RECORDS, vec![("TransformData", Mock::never())]);
    handled(&outcome, 3, "f-1: States.Timeout");
    assert_eq!(outcome.duration().as_secs(), 300);
    let outcome = run(RECORDS, vec![("LoadData", Mock::never())]);
    handled(&outcome, 4, "f-1: States.Timeout");
    assert_eq!(outcome.duration().as_secs(), 600);
}

#[test]
fn a_throttled_table_is_tried_four_times() {
    let throttled = Mock::fail("DynamoDB.ProvisionedThroughputExceededException", "slow down");
    let outcome = run(RECORDS, vec![("LoadData", throttled)]);
    handled(&outcome, 4, "f-1: DynamoDB.ProvisionedThroughputExceededException");
    assert_eq!(outcome.duration().as_secs(), 5 + 10 + 20);
}
