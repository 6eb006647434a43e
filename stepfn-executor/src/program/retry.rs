use std::time::Duration;

use super::{StateId, Write};
use crate::eval::Template;

/// The error names of a retrier or catcher.
#[derive(Debug)]
pub(crate) struct Failures(pub(crate) Box<[Box<str>]>);

#[derive(Debug)]
pub(crate) struct Retrier {
    pub(crate) errors: Failures,
    pub(crate) interval: f64,
    pub(crate) max_attempts: u32,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay: Option<f64>,
    pub(crate) jitter: Jitter,
}

/// `JitterStrategy`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jitter {
    None,
    Full,
}

impl Retrier {
    /// Returns the time to wait before a retry, after `done` retries of this retrier.
    pub(crate) fn delay(&self, done: u32, random: impl FnOnce() -> f64) -> Duration {
        let done = i32::try_from(done).unwrap_or(i32::MAX);
        let mut seconds = self.interval * self.backoff_rate.powi(done);
        if let Some(max) = self.max_delay {
            seconds = seconds.min(max);
        }
        if self.jitter == Jitter::Full {
            seconds *= random();
        }
        // A backoff of centuries must not overflow a timestamp: AWS allows executions of a year. Nothing times infinity is no number.
        Duration::try_from_secs_f64(seconds.clamp(0.0, 1e9)).unwrap_or_default()
    }
}

#[derive(Debug)]
pub(crate) struct Catcher {
    pub(crate) errors: Failures,
    pub(crate) result_path: Write,
    pub(crate) assign: Option<Template>,
    pub(crate) next: StateId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_multiplies_is_capped_and_jitters() {
        let mut retrier = Retrier {
            errors: Failures(Box::default()),
            interval: 3.0,
            max_attempts: 3,
            backoff_rate: 2.0,
            max_delay: Some(10.0),
            jitter: Jitter::None,
        };
        let delays: Vec<u64> = (0..4).map(|done| retrier.delay(done, || 0.5).as_secs()).collect();
        assert_eq!(delays, [3, 6, 10, 10]);
        retrier.jitter = Jitter::Full;
        assert_eq!(retrier.delay(0, || 0.5), Duration::from_millis(1500));
        assert_eq!(retrier.delay(u32::MAX, || 1.0), Duration::from_secs(10));
        (retrier.interval, retrier.max_delay) = (0.0, None);
        assert_eq!(retrier.delay(u32::MAX, || 1.0), Duration::ZERO);
    }
}
