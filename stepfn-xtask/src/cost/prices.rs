//! The prices of Step Functions: <https://aws.amazon.com/step-functions/pricing/>.
//!
//! This is the only place that knows prices. Where AWS changes them, change the table and [`AS_OF`].

/// The month in which the table was read.
pub(super) const AS_OF: &str = "2026-11";

/// US dollars for 1,000 state transitions of Standard workflows.
const STANDARD: [(&str, f64); 18] = [
    ("ap-northeast-1", 0.0250),
    ("ap-northeast-2", 0.0271),
    ("ap-south-1", 0.0285),
    ("ap-southeast-1", 0.0250),
    ("ap-southeast-2", 0.0250),
    ("ca-central-1", 0.0250),
    ("eu-central-1", 0.0250),
    ("eu-north-1", 0.0250),
    ("eu-west-1", 0.0250),
    ("eu-west-2", 0.0250),
    ("eu-west-3", 0.0297),
    ("sa-east-1", 0.0375),
    ("us-east-1", 0.0250),
    ("us-east-2", 0.0250),
    ("us-gov-east-1", 0.0300),
    ("us-gov-west-1", 0.0300),
    ("us-west-1", 0.0279),
    ("us-west-2", 0.0250),
];

/// The state transitions that are free each month, for good.
pub(super) const FREE_TRANSITIONS: f64 = 4_000.0;

/// US dollars for a million requests of Express workflows, in `us-east-1`.
const EXPRESS_REQUESTS: f64 = 1.00;

/// US dollars for a GB-second of Express workflows in `us-east-1`, up to so many GB-hours a month.
const EXPRESS_DURATION: [(f64, f64); 3] =
    [(1_000.0, 0.000_016_67), (5_000.0, 0.000_008_33), (f64::INFINITY, 0.000_004_56)];

/// An Express execution is billed for whole steps of this.
const MILLISECONDS: f64 = 100.0;

/// Its memory is billed in chunks of this.
pub(super) const MEGABYTES: u64 = 64;

/// The regions whose prices are known.
pub(super) fn regions() -> impl Iterator<Item = &'static str> {
    STANDARD.iter().map(|(region, _)| *region)
}

/// Returns the cost of a month of so many transitions as a Standard workflow.
pub(super) fn standard(region: &str, transitions: f64) -> Option<f64> {
    let (_, price) = STANDARD.iter().find(|(known, _)| *known == region)?;
    Some((transitions - FREE_TRANSITIONS).max(0.0) / 1_000.0 * price)
}

/// Returns the cost of a month of executions as Express workflows, each of so many seconds and megabytes.
pub(super) fn express(runs: f64, seconds: f64, megabytes: u64) -> f64 {
    let billed = (seconds * 1_000.0 / MILLISECONDS).ceil().max(1.0) * MILLISECONDS / 1_000.0;
    let chunks = megabytes.div_ceil(MEGABYTES).max(1);
    let gigabytes = chunks as f64 * MEGABYTES as f64 / 1_024.0;
    let gb_seconds = runs * billed * gigabytes;
    let (mut cost, mut from) = (0.0, 0.0);
    for (hours, price) in EXPRESS_DURATION {
        let to = hours * 3_600.0;
        cost += (gb_seconds.min(to) - from).max(0.0) * price;
        from = to;
    }
    cost + runs / 1_000_000.0 * EXPRESS_REQUESTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.005, "{found} is not {expected}");
    }

    #[test]
    fn standard_costs_what_is_beyond_the_free_transitions() {
        // 100,000 executions of 5 transitions, the first 4,000 free.
        is_near(standard("us-east-1", 500_000.0).unwrap(), 12.40);
        is_near(standard("us-east-1", 3_999.0).unwrap(), 0.0);
        assert_eq!(standard("mars-1", 1.0), None);
    }

    #[test]
    fn express_costs_requests_and_gb_seconds_by_tier() {
        // A million executions of 30 s and 64 MB: 1,875,000 GB-seconds are within the first tier.
        is_near(express(1e6, 30.0, 30), 1.0 + 1_875_000.0 * 0.000_016_67);
        // Ten million: 18,750,000 GB-seconds reach into the third.
        let tiers = 3.6e6 * 0.000_016_67 + 14.4e6 * 0.000_008_33 + 0.75e6 * 0.000_004_56;
        is_near(express(1e7, 30.0, 64), 10.0 + tiers);
        // 1 ms is billed as 100, 65 MB as 128.
        is_near(express(1e6, 0.001, 65), 1.0 + 1e6 * 0.1 * 0.125 * 0.000_016_67);
        assert!(express(1e6, 1.0, u64::MAX).is_finite());
    }
}
