use std::time::Duration;

use jiff::Timestamp;

/// A state that an execution is in, and what it waits for there: see [`Execution::waiting`](crate::Execution::waiting).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Waiting {
    /// The state's name.
    pub state: String,
    /// The place: `Each[1] / Both[0]` in the first branch of the Parallel `Both` in the second iteration of the Map `Each`, and empty in
    /// the machine itself.
    pub place: String,
    /// The item of the innermost Map around it, from 0.
    pub item: Option<usize>,
    /// The number of Maps and Parallels around it.
    pub depth: usize,
    /// The time at which the state was entered.
    pub since: Timestamp,
    /// The event that it waits for.
    pub on: WaitingOn,
}

/// The event that a state waits for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum WaitingOn {
    /// A Wait state: for a point in time.
    Time {
        /// The time at which it goes on.
        until: Timestamp,
    },
    /// The backoff before a retry.
    Retry {
        /// The number of the retry, from 1.
        retry: u32,
        /// The time of the retry.
        until: Timestamp,
    },
    /// The work of a Task.
    Work {
        /// The number of the attempt, from 1.
        attempt: u32,
    },
    /// The callback of a Task with a token.
    Callback {
        /// The token.
        token: String,
    },
    /// The branches of a Parallel or the iterations of a Map.
    Children {
        /// The number that are done.
        done: usize,
        /// The number of all; none while a distributed Map still reads its items.
        of: Option<usize>,
    },
}

impl Waiting {
    /// Returns the time until the state goes on by itself; none where that is not known.
    pub fn left(&self, now: Timestamp) -> Option<Duration> {
        match self.on {
            WaitingOn::Time { until } | WaitingOn::Retry { until, .. } => {
                Some(crate::time::until(now, until))
            }
            _ => None,
        }
    }
}
