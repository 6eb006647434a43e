//! The job poller of the examples, through every edge.

#[path = "../../examples/job_poller/workflow.rs"]
mod workflow;

use serde_json::json;
use stepfn::{Workflow, executor::Mock};
use workflow::JobPoller;

fn run(states: &[&str]) -> stepfn::executor::Outcome {
    let looks = states.iter().map(|state| Mock::succeed(*state).times(1)).reduce(Mock::then).unwrap();
    crate::run(&JobPoller::definition(), json!({ "command": "resize", "wait_time": 30 }), |builder| {
        builder.mock("GetJobStatus", looks)
    })
}

const ROUND: [&str; 3] = ["Wait X Seconds", "GetJobStatus", "Job Complete?"];

#[test]
fn asl() {
    insta::assert_snapshot!(JobPoller::definition().machine.to_canonical_string());
}

#[test]
fn a_job_is_looked_at_until_it_is_done() {
    let outcome = run(&["RUNNING", "RUNNING", "SUCCEEDED"]);
    let path = [&["SubmitJob"][..], &ROUND, &ROUND, &ROUND, &["JobSucceeded"]].concat();
    crate::succeeded(&outcome, &path, json!("SUCCEEDED"));
    assert_eq!(outcome.duration().as_secs(), 90);
}

#[test]
fn a_job_that_fails_fails_the_execution() {
    let outcome = run(&["FAILED"]);
    let path = [&["SubmitJob"][..], &ROUND, &["JobFailed"]].concat();
    crate::failed(&outcome, &path, "JobFailed", "the job reported FAILED");
}
