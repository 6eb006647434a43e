//! This repository's own `cargo xtask`: a user's is the same three lines over their machines.

// The examples' items are public for their readers; here they are modules of a program.
#![allow(unreachable_pub)]

#[path = "../../examples/csv_pipeline/workflow.rs"]
mod csv_pipeline;
#[path = "../../examples/job_poller/workflow.rs"]
mod job_poller;
#[path = "../../examples/order_approval/workflow.rs"]
mod order_approval;

mod bench_check;
mod permissions;
mod services;
mod soundness;

use std::process::ExitCode;

use stepfn::Workflow;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let own = match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("services", rest)) => Some(services::run(rest).map_err(|error| error.to_string())),
        Some(("permissions", rest)) => Some(permissions::run(rest).map_err(|error| error.to_string())),
        Some(("soundness", rest)) => Some(soundness::run(rest).map_err(|error| error.to_string())),
        Some(("bench-check", [])) => Some(bench_check::run().map_err(|error| error.to_string())),
        _ => None,
    };
    match own {
        Some(Ok(())) => return ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    stepfn_xtask::main(&[
        csv_pipeline::CsvProcessing::definition,
        job_poller::JobPoller::definition,
        order_approval::OrderApproval::definition,
    ])
}
