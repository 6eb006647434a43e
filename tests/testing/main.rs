//! The examples, tested as their teams would test them: every way out of every state is taken.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../../examples/csv_pipeline/workflow.rs"]
#[allow(dead_code)]
mod csv_pipeline;
#[path = "../../examples/job_poller/workflow.rs"]
#[allow(dead_code)]
mod job_poller;
#[path = "../../examples/order_approval/workflow.rs"]
#[allow(dead_code)]
mod order_approval;

mod depth;
mod exploration;
mod failures;
mod typed;

use std::time::Duration;

use csv_pipeline::{CsvProcessing, Upload};
use job_poller::{JobPoller, JobStatus, Request};
use order_approval::{Order, OrderApproval, Receipt};
use serde_json::json;
use stepfn::{
    Workflow,
    executor::Mock,
    testing::{Coverage, Run, Running, Test, WorkflowTest},
    value::{Value, to_value},
};

fn value(json: serde_json::Value) -> Value {
    to_value(&json).unwrap_or_default()
}

// The CSV pipeline: the real functions on a real file, unless a test replaces them.

fn csv() -> Test<CsvProcessing> {
    let sent = Mock::succeed(value(json!({ "MessageId": "m-1" })));
    CsvProcessing::test().mock(CsvProcessing::SendSuccessNotification, sent)
}

fn upload() -> Upload {
    Upload { file_id: "f-1".into(), path: "examples/csv_pipeline/records.csv".into() }
}

fn loaded() -> Run<CsvProcessing> {
    let run = csv().run(&upload());
    run.assert_output(json!({ "loadedCount": 4 })).assert_not_visited(CsvProcessing::HandleError);
    run
}

fn busy_twice() -> Run<CsvProcessing> {
    let valid =
        value(json!({ "validationStatus": "PASSED", "fileId": "f-1", "validRecords": [], "errors": [] }));
    let flaky = Mock::fail("Lambda.ServiceException", "busy").times(2).then(Mock::payload(valid));
    let throttled = Mock::fail("DynamoDB.ProvisionedThroughputExceededException", "")
        .times(1)
        .then(Mock::payload(value(json!({ "loadedCount": 0 }))));
    let run =
        csv().mock(CsvProcessing::ValidateCSV, flaky).mock(CsvProcessing::LoadData, throttled).run(&upload());
    // 2 s, then twice that; 5 s.
    run.assert_succeeded().assert_took(Duration::from_secs(2 + 4 + 5));
    assert_eq!(run.calls(CsvProcessing::ValidateCSV).len(), 3);
    run
}

fn refused() -> Run<CsvProcessing> {
    let invalid = value(
        json!({ "validationStatus": "FAILED", "fileId": "f-1", "validRecords": [], "errors": ["row 1"] }),
    );
    let run = csv().mock(CsvProcessing::ValidateCSV, Mock::payload(invalid)).run(&upload());
    run.assert_path([CsvProcessing::ValidateCSV, CsvProcessing::CheckValidation, CsvProcessing::HandleError]);
    run.assert_output(json!({ "report": "f-1: no row of it holds" }));
    run
}

fn broken(state: &str) -> Run<CsvProcessing> {
    let run = csv().mock(state, Mock::fail("Boom", "")).run(&upload());
    run.assert_visited(CsvProcessing::HandleError).assert_output(json!({ "report": "f-1: Boom" }));
    run
}

#[test]
fn the_csv_pipeline_takes_all_its_ways() {
    let mut coverage = Coverage::of(&CsvProcessing::definition());
    for run in [loaded(), busy_twice(), refused()] {
        coverage.add(&run);
    }
    for state in [
        CsvProcessing::ValidateCSV,
        CsvProcessing::TransformData,
        CsvProcessing::LoadData,
        CsvProcessing::SendSuccessNotification,
    ] {
        coverage.add(&broken(state));
    }
    coverage.assert_at_least(100.0);
    insta::assert_snapshot!(coverage);
}

#[test]
fn coverage_is_told_by_the_lines_of_the_source() {
    let mut coverage = Coverage::of(&CsvProcessing::definition());
    coverage.add(&loaded());
    let lcov = coverage.to_lcov().unwrap_or_default();
    assert!(lcov.contains("SF:examples/csv_pipeline/workflow.rs\n"), "{lcov}");
    let source = std::fs::read_to_string("examples/csv_pipeline/workflow.rs").unwrap_or_default();
    let line =
        source.lines().position(|line| line.trim() == "HandleError: Task {").map_or(0, |line| line + 1);
    assert!(lcov.contains(&format!("DA:{line},0\n")), "{lcov}");
    let line =
        source.lines().position(|line| line.trim() == "CheckValidation: Choice {").map_or(0, |line| line + 1);
    assert!(lcov.contains(&format!("DA:{line},1\nBRDA:{line},0,0,1\nBRDA:{line},0,1,0\n")), "{lcov}");
}

#[test]
fn the_way_and_the_history_make_snapshots() {
    insta::assert_snapshot!("csv_path", loaded().path_text());
    insta::assert_snapshot!("csv_history", refused().history_text());
    insta::assert_snapshot!("csv_graph", refused().to_mermaid(&CsvProcessing::definition()));
}

// The approval: the manager is the test.

fn order(total_amount: u64) -> Order {
    Order { order_id: "o-1".into(), total_amount }
}

fn asked() -> Running<OrderApproval> {
    let mut run = OrderApproval::test().start(&order(2_000_000));
    assert_eq!(run.pending_tokens()[0].state, OrderApproval::RequestApproval);
    run
}

#[test]
fn the_approval_takes_all_its_ways() {
    let mut coverage = Coverage::of(&OrderApproval::definition());

    let small = OrderApproval::test().run(&order(10_000));
    assert_eq!(small.output(), Receipt { order_id: "o-1".into(), charged: 10_000 });
    coverage.add(&small);

    let mut approved = asked();
    approved.advance(Duration::from_secs(3600));
    approved.succeed(OrderApproval::RequestApproval, &json!({ "approvedBy": "Kim" }));
    let approved = approved.finish();
    approved.assert_succeeded().assert_took(Duration::from_secs(3600));
    coverage.add(&approved);

    let mut rejected = asked();
    rejected.fail(OrderApproval::RequestApproval, "Rejected", "too much");
    let rejected = rejected.finish();
    rejected.assert_failed("OrderRejected");
    coverage.add(&rejected);

    let mut forgotten = asked();
    forgotten.advance_to_next_event();
    let forgotten = forgotten.finish();
    forgotten.assert_failed("ApprovalTimeout").assert_took(Duration::from_secs(86_400));
    coverage.add(&forgotten);

    coverage.assert_at_least(100.0);
}

// The poller: a job that runs for a while.

fn polled(looks: usize, end: &str) -> Run<JobPoller> {
    let status = Mock::succeed("RUNNING").times(looks).then(Mock::succeed(end));
    let request = Request { command: "sort".into(), wait_time: 60 };
    JobPoller::test().mock(JobPoller::GetJobStatus, status).run(&request)
}

#[test]
fn the_poller_takes_all_its_ways() {
    let mut coverage = Coverage::of(&JobPoller::definition());
    let done = polled(1000, "SUCCEEDED");
    assert_eq!(done.output(), JobStatus::Succeeded);
    done.assert_took(Duration::from_secs(60 * 1001));
    coverage.add(&done);
    let failed = polled(0, "FAILED");
    failed.assert_failed("JobFailed");
    coverage.add(&failed);
    coverage.assert_at_least(100.0);
}

#[test]
fn the_same_mocks_ask_test_state_for_the_same() {
    let mut asked = 0;
    // Two retries, and the third failure is caught.
    let exhausted =
        csv().mock(CsvProcessing::ValidateCSV, Mock::fail("Lambda.ServiceException", "busy")).run(&upload());
    for run in [loaded(), refused(), broken(CsvProcessing::LoadData), exhausted] {
        for request in run.test_state_requests(&CsvProcessing::definition()) {
            let reply = stepfn::executor::test_state::TestState::from_request(&request.request)
                .and_then(|test| test.run())
                .unwrap_or_else(|error| panic!("{}: {error:?}", request.state));
            let output = reply.output.map(|text| text.parse::<Value>().unwrap_or_default());
            assert_eq!(output, request.output, "{}", request.state);
            asked += 1;
        }
    }
    assert_eq!(asked, 5 + 3 + 5 + 2);
}
