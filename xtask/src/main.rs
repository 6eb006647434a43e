//! This repository's own `cargo xtask`: a user's is the same three lines over their machines.

// The examples' items are public for their readers; here they are modules of a program.
#![allow(unreachable_pub)]

#[path = "../../examples/csv_pipeline/workflow.rs"]
mod csv_pipeline;
#[path = "../../examples/job_poller/workflow.rs"]
mod job_poller;
#[path = "../../examples/order_approval/workflow.rs"]
mod order_approval;

use std::process::ExitCode;

use stepfn::Workflow;

fn main() -> ExitCode {
    stepfn_codegen::xtask::main(&[
        csv_pipeline::CsvProcessing::definition,
        job_poller::JobPoller::definition,
        order_approval::OrderApproval::definition,
    ])
}
