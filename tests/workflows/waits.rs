//! The four ways to wait.

use serde::{Deserialize, Serialize};
use serde_json::json;
use stepfn::{StateData, Workflow, state_machine};

#[derive(Serialize, Deserialize, StateData)]
struct Schedule {
    delay: u16,
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

#[test]
fn the_clock_moves_by_what_is_waited_for() {
    let start = "2029-12-31T23:59:00Z".parse().unwrap();
    let outcome =
        crate::run(&Waits::definition(), json!({ "delay": 30, "at": "2030-01-01T01:00:00Z" }), |builder| {
            builder.virtual_time_from(start)
        });
    assert_eq!(outcome.history.path(), ["BySeconds", "ByTimestamp", "BySecondsPath", "ByTimestampPath"]);
    // From 23:59 to one o'clock: the last of the four decides.
    assert_eq!(outcome.duration().as_secs(), 61 * 60);
}

#[test]
fn a_timestamp_that_is_past_is_not_waited_for() {
    let outcome =
        crate::run(&Waits::definition(), json!({ "delay": 0, "at": "2001-01-01T00:00:00Z" }), |builder| {
            builder.virtual_time_from("2040-01-01T00:00:00Z".parse().unwrap())
        });
    assert_eq!(outcome.duration().as_secs(), 10);
}

#[test]
fn a_timestamp_that_is_none_fails_with_the_words_of_aws() {
    let outcome = crate::run(&Waits::definition(), json!({ "delay": 0, "at": "tomorrow" }), |builder| {
        builder.virtual_time_from("2040-01-01T00:00:00Z".parse().unwrap())
    });
    assert_eq!(outcome.error(), Some("States.Runtime"));
    let cause = outcome.cause().unwrap();
    assert!(cause.contains("The TimestampPath parameter does not reference a valid ISO-8601"), "{cause}");
}

#[test]
fn a_standard_execution_ends_after_a_year() {
    let outcome =
        crate::run(&Waits::definition(), json!({ "delay": 0, "at": "2030-01-01T01:00:00Z" }), |builder| {
            builder.virtual_time_from("2020-01-01T00:00:00Z".parse().unwrap())
        });
    assert_eq!(outcome.status.name(), "TIMED_OUT");
    assert_eq!(outcome.duration().as_secs(), 365 * 24 * 60 * 60);
}
