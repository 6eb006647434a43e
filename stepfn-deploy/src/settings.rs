//! The settings of a deployment beside the definition: the role, the names' values, tags, versions, aliases.
//!
//! ```
//! use std::time::Duration;
//! use stepfn_deploy::{Alias, Settings, Step};
//!
//! let settings = Settings::new()
//!     .role_arn("arn:aws:iam::123456789012:role/csv-pipeline")
//!     .substitution("SuccessTopic", "arn:aws:sns:us-east-1:123456789012:done")
//!     .alias(Alias::new("live").step("10%:5m".parse()?));
//! assert_eq!(settings.aliases[0].steps, [Step { percent: 10, hold: Duration::from_secs(300) }]);
//! # Ok::<(), stepfn_deploy::InvalidStep>(())
//! ```

use std::{fmt, str::FromStr, time::Duration};

use indexmap::IndexMap;
use stepfn_core::arn::Arn;

/// The settings of a deployment beside the definition. Those that are not set stay as they are deployed.
///
/// The ARN of the role and the key of the encryption may hold `${Name}`s, as the definition does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `name`, where it is not the definition's: `Orders-staging`.
    pub name: Option<String>,
    /// `roleArn`: the role that executions run with. A new state machine cannot do without.
    pub role_arn: Option<String>,
    /// The values of the definition's `${Name}`s.
    pub substitutions: IndexMap<String, String>,
    /// `tags`: all that the state machine has afterwards.
    pub tags: Option<IndexMap<String, String>>,
    /// `encryptionConfiguration`
    pub encryption: Option<Encryption>,
    /// A log group that is made, where it is not there: one more destination of the logs that the definition wants.
    pub log_group: Option<LogGroup>,
    /// `publish`: whether what is deployed gets a version, unless it has one.
    pub publish: bool,
    /// `versionDescription` of a version that is published.
    pub version_description: Option<String>,
    /// The aliases to route to the version, one after the other. There is no alias without a version, so this publishes.
    pub aliases: Vec<Alias>,
}

impl Settings {
    /// Creates settings with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`name`](Self::name).
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets [`role_arn`](Self::role_arn).
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role_arn = Some(arn.into());
        self
    }

    /// Gives a `${Name}` its value.
    #[must_use]
    pub fn substitution(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.substitutions.insert(name.into(), value.into());
        self
    }

    /// Adds a tag. With the first one the tags become this deployment's: what is not among them goes.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.get_or_insert_default().insert(key.into(), value.into());
        self
    }

    /// Sets [`encryption`](Self::encryption).
    #[must_use]
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Sets [`log_group`](Self::log_group).
    #[must_use]
    pub fn log_group(mut self, log_group: LogGroup) -> Self {
        self.log_group = Some(log_group);
        self
    }

    /// Publishes a version, with a description where it is not empty.
    #[must_use]
    pub fn publish(mut self, description: impl Into<String>) -> Self {
        self.publish = true;
        self.version_description = Some(description.into()).filter(|text| !text.is_empty());
        self
    }

    /// Routes an alias to what is deployed.
    #[must_use]
    pub fn alias(mut self, alias: Alias) -> Self {
        self.aliases.push(alias);
        self
    }

    /// Returns `true` if there has to be a version of what is deployed.
    pub(crate) fn wants_version(&self) -> bool {
        self.publish || !self.aliases.is_empty()
    }
}

/// A log group to make with the machine: one more destination of its logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroup {
    /// `logGroupName`. AWS wants `/aws/vendedlogs/states/…`: other names fill up the account's resource policy for logs.
    pub name: String,
    /// `retentionInDays`; none leaves what it is, and logs stay for ever in a new one.
    pub retention_in_days: Option<u32>,
}

impl LogGroup {
    /// A log group of a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), retention_in_days: None }
    }

    /// Sets [`retention_in_days`](Self::retention_in_days).
    #[must_use]
    pub fn retention_in_days(mut self, days: u32) -> Self {
        self.retention_in_days = Some(days);
        self
    }

    /// Its ARN as a destination of logs: in the partition and account of another ARN, the role's or the machine's.
    pub(crate) fn destination(&self, region: &str, neighbour: &str) -> Option<String> {
        let Arn { partition, account, .. } = Arn::parse(neighbour)?;
        Some(format!("arn:{partition}:logs:{region}:{account}:log-group:{}:*", self.name))
    }
}

/// `encryptionConfiguration` of a state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `AWS_OWNED_KEY`
    AwsOwnedKey,
    /// `CUSTOMER_MANAGED_KMS_KEY`
    CustomerManagedKey {
        /// `kmsKeyId`: the key's id, ARN, alias or alias ARN.
        kms_key_id: String,
        /// `kmsDataKeyReusePeriodSeconds`, 60 to 900 seconds; AWS's default is 300.
        reuse_period_seconds: Option<i32>,
    },
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AwsOwnedKey => f.write_str("AWS_OWNED_KEY"),
            Self::CustomerManagedKey { kms_key_id, reuse_period_seconds } => {
                write!(f, "CUSTOMER_MANAGED_KMS_KEY {kms_key_id}")?;
                reuse_period_seconds.map_or(Ok(()), |seconds| write!(f, ", reused for {seconds} s"))
            }
        }
    }
}

/// An alias, and how it moves to a new version (Step Functions developer guide, "Manage continuous deployments with versions and
/// aliases").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// Its description; none leaves the one that it has.
    pub description: Option<String>,
    /// The steps before all executions start at the new version; without any, all start there at once. A new alias moves at once.
    pub steps: Vec<Step>,
}

impl Alias {
    /// An alias that moves at once.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, steps: Vec::new() }
    }

    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

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
