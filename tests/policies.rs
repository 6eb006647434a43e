//! The policies of the examples' roles.

// The examples' items are public for their readers; here they are modules of a test.
#![allow(unreachable_pub, dead_code)]

#[path = "../examples/csv_pipeline/workflow.rs"]
mod csv_pipeline;
#[path = "../examples/job_poller/workflow.rs"]
mod job_poller;
#[path = "../examples/order_approval/workflow.rs"]
mod order_approval;

use stepfn::Workflow;
use stepfn_codegen::iam;

#[test]
fn the_examples_need_no_more_than_this() {
    for definition in [
        csv_pipeline::CsvProcessing::definition(),
        job_poller::JobPoller::definition(),
        order_approval::OrderApproval::definition(),
    ] {
        let policy = iam::policy(&definition);
        assert_eq!(policy.unknown(), [], "{}", definition.name);
        insta::assert_snapshot!(&*definition.name, policy.to_json_text());
    }
}
