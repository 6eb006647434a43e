use std::fmt;

use crate::outcome::Outcome;

/// The outcome of a Map Run, the children that one distributed Map started: [`Outcome::map_runs`].
///
/// As with `DescribeMapRun`, numbers of executions and numbers of items differ where an `ItemBatcher` is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MapRun {
    /// `mapRunArn`
    pub arn: String,
    /// The Map's name.
    pub state: String,
    /// The number of items that were read.
    pub items: u64,
    /// The number of children that were started.
    pub total: u64,
    /// The number of children that succeeded.
    pub succeeded: u64,
    /// The number of children that failed or timed out.
    pub failed: u64,
    /// The number of children that were stopped because the run failed.
    pub aborted: u64,
    /// The number of results that were written into a bucket.
    pub results_written: u64,
    /// The most children that ran at the same time.
    pub most_at_once: usize,
    /// The outcomes of the first children, in the order in which they ended: as many as
    /// [`keep_children`](crate::ExecutorBuilder::keep_children) asks for.
    pub children: Vec<Outcome>,
}

impl fmt::Display for MapRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { state, items, total, succeeded, failed, aborted, .. } = self;
        write!(
            f,
            "{state}: {items} items, {total} executions, {succeeded} succeeded, {failed} failed, {aborted} aborted"
        )
    }
}
