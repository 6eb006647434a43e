//! The job poller: its data, its functions, its state machine.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};
use stepfn::{StateData, lambda, state_machine};

/// The request that starts the poller.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Request {
    /// The command of the job.
    pub command: String,
    /// The time to wait before each look at the job, in seconds.
    pub wait_time: u16,
}

/// A job that runs somewhere.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct Job {
    /// Its number.
    pub id: String,
}

/// The status of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, StateData)]
#[serde(rename_all = "UPPERCASE")]
pub enum JobStatus {
    /// Not done yet.
    Running,
    /// Done.
    Succeeded,
    /// Done for.
    Failed,
}

static LOOKS: AtomicU32 = AtomicU32::new(0);

/// Starts a job.
#[lambda]
pub async fn submit_job(request: Request) -> Job {
    LOOKS.store(0, Ordering::Relaxed);
    Job { id: format!("job-{}", request.command) }
}

/// Looks at a job. It is done at the third look.
#[lambda]
pub async fn get_job_status(job: Job) -> JobStatus {
    match (job.id.as_str(), LOOKS.fetch_add(1, Ordering::Relaxed)) {
        ("job-crash", 1..) => JobStatus::Failed,
        (_, 2..) => JobStatus::Succeeded,
        _ => JobStatus::Running,
    }
}

state_machine! {
    /// Submits a job, then looks at it every few seconds until it is done.
    pub JobPoller(Request) -> JobStatus {
        start_at: SubmitJob,

        SubmitJob: Task { resource: lambda(submit_job), result_path: $.job, next: "Wait X Seconds" },

        "Wait X Seconds": Wait { seconds_path: $.wait_time, next: GetJobStatus },

        GetJobStatus: Task {
            resource: lambda(get_job_status),
            input_path: $.job,
            result_path: $.status,
            next: "Job Complete?",
        },

        "Job Complete?": Choice {
            choices: [
                $.status == "FAILED" => JobFailed,
                $.status == "SUCCEEDED" => JobSucceeded,
            ],
            default: "Wait X Seconds",
        },

        JobFailed: Fail { error: "JobFailed", cause: "the job reported FAILED" },

        JobSucceeded: Succeed { input_path: $.status },
    }
}
