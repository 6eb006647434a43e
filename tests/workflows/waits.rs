//! The four ways to wait.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, Workflow, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Schedule {
    delay: u32,
    #[state_data(timestamp)]
    at: String,
}

state_machine! {
    /// Waits by seconds, by timestamp, and by both out of the data.
    Waits(Schedule) -> Schedule {
        start_at: BySeconds,
        BySeconds: Wait { seconds: 10, next: ByTimestamp },
        ByTimestamp: Wait { timestamp: "2030-01-01T00:00:00Z", next: BySecondsPath },
        BySecondsPath: Wait { seconds_path: $.delay, next: ByTimestampPath },
        ByTimestampPath: Wait { timestamp_path: $.at, end: true },
    }
}

#[test]
fn asl() {
    insta::assert_snapshot!(Waits::definition().machine.to_canonical_string());
}
