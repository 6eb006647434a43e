use jiff::Timestamp;

use crate::outcome::Status;

/// The changes of a Map Run that runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapRunUpdate {
    /// The number of children that run at once; 0: as many as may.
    pub max_concurrency: Option<u64>,
    /// The number of items that may fail.
    pub tolerated_failure_count: Option<u64>,
    /// The percentage of items that may fail.
    pub tolerated_failure_percentage: Option<f64>,
}

/// A Map Run, as in `DescribeMapRun`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MapRunState {
    /// Its ARN.
    pub arn: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED` or `ABORTED`.
    pub status: &'static str,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Option<Timestamp>,
    /// The number of redrives.
    pub redrives: u32,
    /// When it was redriven last.
    pub redriven: Option<Timestamp>,
    /// The number of children that run at once; 0: as many as may.
    pub max_concurrency: u64,
    /// The number of items that may fail.
    pub tolerated_failure_count: u64,
    /// The percentage of items that may fail.
    pub tolerated_failure_percentage: f64,
    /// Its items.
    pub items: MapRunCounts,
    /// Its children.
    pub executions: MapRunCounts,
}

/// The numbers of items or children of a Map Run by their states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapRunCounts {
    /// Not begun yet.
    pub pending: u64,
    /// Running.
    pub running: u64,
    /// Succeeded.
    pub succeeded: u64,
    /// Failed.
    pub failed: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Stopped.
    pub aborted: u64,
    /// All that are known.
    pub total: u64,
    /// Of which results were written into a bucket.
    pub results_written: u64,
}

impl MapRunCounts {
    /// Counts one more that ended, or so many items of it.
    pub(crate) fn ended(&mut self, status: &Status, count: u64) {
        *match status {
            Status::Succeeded { .. } => &mut self.succeeded,
            Status::Failed { .. } => &mut self.failed,
            Status::TimedOut => &mut self.timed_out,
            Status::Aborted { .. } => &mut self.aborted,
            Status::Running => &mut self.running,
        } += count;
    }
}
