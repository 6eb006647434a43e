use std::fmt;

use crate::outcome::Outcome;

/// What became of a Map Run, the children that one distributed Map started: [`Outcome::map_runs`].
///
/// As with `DescribeMapRun`, numbers of executions and numbers of items differ where an `ItemBatcher` is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MapRun {
    /// `mapRunArn`
    pub arn: String,
    /// The Map's name.
    pub state: String,
    /// How many items were read.
    pub items: u64,
    /// How many children were started.
    pub total: u64,
    /// How many of them succeeded.
    pub succeeded: u64,
    /// How many failed or timed out.
    pub failed: u64,
    /// How many were stopped because the run failed.
    pub aborted: u64,
    /// How many results were written into a bucket.
    pub results_written: u64,
    /// The most children that ran at the same time.
    pub most_at_once: usize,
    /// How the first children ended, in the order in which they did: as many as
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
