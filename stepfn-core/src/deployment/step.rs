//! The steps of an alias on its way to a new version.

use std::{fmt, str::FromStr, time::Duration};

/// A part of the executions goes to the new version, for some time.
///
/// As text `10%:5m`; the time is a whole number of `s`, `m` or `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// `weight` of the new version, in percent: 1 to 99.
    pub percent: u8,
    /// The time before the next step.
    pub hold: Duration,
}

impl Step {
    /// A step of whole minutes; none where that is more than all executions.
    pub(super) fn of_minutes(percent: u32, minutes: u32) -> Option<Self> {
        let percent = u8::try_from(percent).ok().filter(|percent| *percent < 100)?;
        Some(Self { percent, hold: Duration::from_secs(u64::from(minutes) * 60) })
    }
}

impl FromStr for Step {
    type Err = InvalidStep;

    fn from_str(text: &str) -> Result<Self, InvalidStep> {
        let invalid = || InvalidStep(text.to_owned());
        let (percent, hold) = text.split_once("%:").ok_or_else(invalid)?;
        let percent =
            percent.parse().ok().filter(|percent| (1..100).contains(percent)).ok_or_else(invalid)?;
        let unit = hold.chars().next_back().ok_or_else(invalid)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return Err(invalid()),
        };
        // A `u32` of hours is a time that clocks can count to.
        let amount: u32 = hold[..hold.len() - 1].parse().map_err(|_| invalid())?;
        Ok(Self { percent, hold: Duration::from_secs(u64::from(amount) * seconds) })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.hold.as_secs();
        let (amount, unit) = match seconds {
            0 => (0, 's'),
            _ if seconds.is_multiple_of(3600) => (seconds / 3600, 'h'),
            _ if seconds.is_multiple_of(60) => (seconds / 60, 'm'),
            _ => (seconds, 's'),
        };
        write!(f, "{}%:{amount}{unit}", self.percent)
    }
}

/// A text that is no [`Step`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidStep(pub(crate) String);

impl fmt::Display for InvalidStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a step such as `10%:5m`, 1 to 99 percent for a number of `s`, `m` or `h`, found `{}`",
            self.0
        )
    }
}

impl std::error::Error for InvalidStep {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_they_are_written() {
        for text in ["10%:5m", "1%:90s", "99%:2h", "50%:0s"] {
            assert_eq!(text.parse::<Step>().unwrap().to_string(), text);
        }
        assert_eq!("10%:60m".parse::<Step>().unwrap().to_string(), "10%:1h");
    }

    #[test]
    fn what_is_no_step_says_what_one_is() {
        for text in [
            "",
            "10%",
            "10%:",
            "0%:5m",
            "100%:5m",
            "10:5m",
            "10%:5",
            "10%:m",
            "10%:5분",
            "10%:-5m",
            "10%:99999999999h",
            "300%:1s",
        ] {
            let message = text.parse::<Step>().unwrap_err().to_string();
            assert!(message.ends_with(&format!("found `{text}`")), "{message}");
        }
    }
}
