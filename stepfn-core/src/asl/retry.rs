use super::{Amount, PathField, Unknown};
use crate::value::Value;

/// One entry of `Retry`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Retrier {
    /// `ErrorEquals`
    pub error_equals: Vec<String>,
    /// `IntervalSeconds`: before the first retry; 1 where absent.
    pub interval_seconds: Option<Amount>,
    /// `MaxAttempts`: retries, not counting the first attempt; 3 where absent.
    pub max_attempts: Option<Amount>,
    /// `BackoffRate`: what the interval is multiplied by after each retry; 2.0 where absent.
    pub backoff_rate: Option<Amount>,
    /// `MaxDelaySeconds`: the longest interval.
    pub max_delay_seconds: Option<Amount>,
    /// `JitterStrategy`: `FULL` or `NONE`.
    pub jitter_strategy: Option<String>,
    /// `Comment`
    pub comment: Option<String>,
    /// Fields that the language does not have here.
    pub unknown: Unknown,
}

/// One entry of `Catch`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catcher {
    /// `ErrorEquals`
    pub error_equals: Vec<String>,
    /// `ResultPath`: where the error output goes in the state's raw input; it replaces all of it where absent.
    pub result_path: Option<PathField>,
    /// `Assign`
    pub assign: Option<Value>,
    /// `Output` (JSONata)
    pub output: Option<Value>,
    /// `Next`
    pub next: String,
    /// `Comment`
    pub comment: Option<String>,
    /// Fields that the language does not have here.
    pub unknown: Unknown,
}
