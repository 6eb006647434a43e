//! The meaning of a Task's `Resource`, and the known services behind it.
//!
//! `optimized.txt` holds the optimised integrations, for people to read; `sdk.txt` the actions of `aws-sdk:` with what they take and
//! answer, condensed from the models of botocore by `cargo xtask services`. Of `sdk.txt` only the services are read that a machine names.
//!
//! ```
//! use stepfn_core::service::{self, Integration, Pattern, Resource};
//!
//! let Resource::Integration(found) = service::lookup("arn:aws:states:::sqs:sendMessage.waitForTaskToken") else { panic!() };
//! assert_eq!(found, Integration { sdk: false, service: "sqs", action: "sendMessage", pattern: Pattern::WaitForTaskToken });
//! let action = found.known().unwrap();
//! assert!(action.parameters.unwrap().member("QueueUrl").unwrap().required);
//! assert!(action.patterns.contains(&Pattern::WaitForTaskToken));
//! ```

use std::fmt;

use crate::arn::Arn;

mod sdk;
mod shape;
mod table;

pub use self::{
    shape::{Kind, Member, Shape},
    table::{Action, actions, services},
};

/// The meaning of a Task's `Resource`, as far as its text determines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A Lambda function's ARN, with or without a version or alias.
    Function,
    /// An activity's ARN.
    Activity,
    /// `arn:PARTITION:states:::…`
    Integration(Integration<'a>),
    /// A text with a placeholder in it, or of no form that is known.
    Unknown,
}

/// A service integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integration<'a> {
    /// Whether it is an `aws-sdk:` integration, not an optimised one.
    pub sdk: bool,
    /// `lambda`, `dynamodb`
    pub service: &'a str,
    /// `invoke`, `getItem`
    pub action: &'a str,
    /// The integration pattern.
    pub pattern: Pattern,
}

/// A service integration pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The task ends with the service's answer.
    Request,
    /// `.sync`: it ends with the job.
    Sync,
    /// `.sync:2`: as `.sync`, with a job's output as JSON.
    Sync2,
    /// `.waitForTaskToken`: it ends when somebody sends the token back.
    WaitForTaskToken,
}

impl Pattern {
    /// Returns the suffix of an action's name: empty for [`Request`](Self::Request).
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Request => "",
            Self::Sync => ".sync",
            Self::Sync2 => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }
}

/// `sqs:sendMessage`, `aws-sdk:s3:getObject`
impl fmt::Display for Integration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}:{}", if self.sdk { "aws-sdk:" } else { "" }, self.service, self.action)
    }
}

impl<'a> Integration<'a> {
    /// Returns the parameters that the reader or writer of a distributed Map gives the action, `s3:getObject` and the others of a Map alone.
    pub fn of_map(&self) -> Option<Shape> {
        if self.sdk || self.pattern != Pattern::Request {
            None
        } else {
            table::of_map(self.service, self.action)
        }
    }

    /// Returns the action from the tables; `None` if they do not have it.
    pub fn known(&self) -> Option<Action> {
        table::action(self.sdk, self.service, self.action)
    }
}

/// Parses a Task's `Resource`, in any partition, including one that a deployment tool fills in (`arn:${AWS::Partition}:states:::…`).
pub fn lookup(resource: &str) -> Resource<'_> {
    let is_open = |text: &str| text.contains(['$', '#', '[', '{', '<', '%']);
    let Some(arn) = Arn::parse(resource) else { return Resource::Unknown };
    let is_elsewhere = !arn.region.is_empty() || !arn.account.is_empty();
    if is_open(arn.resource) || (is_elsewhere && is_open(resource)) {
        return Resource::Unknown;
    }
    match arn.service {
        "states" if !is_elsewhere => {
            Integration::parse(arn.resource).map_or(Resource::Unknown, Resource::Integration)
        }
        "lambda" if !is_open(resource) && arn.below("function:").is_some() => Resource::Function,
        "states" if arn.below("activity:").is_some() => Resource::Activity,
        _ => Resource::Unknown,
    }
}

/// Returns the service integration that a `Resource` means, also where it has a region and an account, with which AWS knows none:
/// `arn:aws:states:us-east-1:123456789012:aws-sdk:s3:getObject`.
pub fn meant(resource: &str) -> Option<Integration<'_>> {
    let arn = Arn::parse(resource).filter(|arn| arn.service == "states")?;
    let is_own = ["activity:", "stateMachine:"].iter().any(|kind| arn.below(kind).is_some());
    if is_own { None } else { Integration::parse(arn.resource) }
}

impl Pattern {
    /// Cuts the suffix off an action's name: `invoke.waitForTaskToken`. None where there is no such pattern.
    pub fn cut(action: &str) -> Option<(&str, Self)> {
        let (action, suffix) = action.split_once('.').unwrap_or((action, ""));
        let all = [Self::Request, Self::Sync, Self::Sync2, Self::WaitForTaskToken];
        let pattern = all.into_iter().find(|pattern| pattern.suffix().trim_start_matches('.') == suffix)?;
        Some((action, pattern))
    }
}

impl<'a> Integration<'a> {
    /// Reads what is behind `arn:aws:states:::`.
    fn parse(rest: &'a str) -> Option<Self> {
        let (sdk, rest) = rest.strip_prefix("aws-sdk:").map_or((false, rest), |rest| (true, rest));
        let (service, action) = rest.split_once(':')?;
        let (action, pattern) = Pattern::cut(action)?;
        let named = !service.is_empty() && !action.is_empty() && !action.contains(':');
        named.then_some(Self { sdk, service, action, pattern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_distinguished_in_every_partition() {
        assert_eq!(lookup("arn:aws-cn:lambda:cn-north-1:123456789012:function:f:PROD"), Resource::Function);
        assert_eq!(lookup("arn:aws:states:eu-west-1:123456789012:activity:a"), Resource::Activity);
        let sdk = Integration { sdk: true, service: "s3", action: "getObject", pattern: Pattern::Request };
        assert_eq!(lookup("arn:aws-us-gov:states:::aws-sdk:s3:getObject"), Resource::Integration(sdk));
        for partition in ["${AWS::Partition}", "#{AWS::Partition}", "${Partition}"] {
            assert_eq!(
                lookup(&format!("arn:{partition}:states:::aws-sdk:s3:getObject")),
                Resource::Integration(sdk)
            );
        }
        for text in [
            "${Function}",
            "arn:aws:x:states:::sqs:sendMessage",
            "arn:${AWS::Partition}:states:::${Service}:invoke",
            "arn:aws:states:::${Service}:invoke",
            "f",
            "arn:aws:states:::a:b.c",
            "arn:aws:states:::a:",
        ] {
            assert_eq!(lookup(text), Resource::Unknown, "{text}");
        }
    }
}
