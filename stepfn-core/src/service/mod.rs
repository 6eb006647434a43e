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
    if let Some((partition, rest)) = resource.split_once(":states:::")
        && let Some(partition) = partition.strip_prefix("arn:")
        && (is_open(partition) || !partition.contains(':'))
        && !is_open(rest)
    {
        return integration(rest).map_or(Resource::Unknown, Resource::Integration);
    }
    if is_open(resource) {
        return Resource::Unknown;
    }
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let ["arn", _partition, service, _region, _account, rest] = parts[..] else { return Resource::Unknown };
    match service {
        "lambda" if rest.starts_with("function:") => Resource::Function,
        "states" if rest.starts_with("activity:") => Resource::Activity,
        _ => Resource::Unknown,
    }
}

fn integration(rest: &str) -> Option<Integration<'_>> {
    let (sdk, rest) = rest.strip_prefix("aws-sdk:").map_or((false, rest), |rest| (true, rest));
    let (service, action) = rest.split_once(':')?;
    let (action, pattern) = match action.split_once('.') {
        None => (action, Pattern::Request),
        Some((action, "sync")) => (action, Pattern::Sync),
        Some((action, "sync:2")) => (action, Pattern::Sync2),
        Some((action, "waitForTaskToken")) => (action, Pattern::WaitForTaskToken),
        Some(_) => return None,
    };
    let named = !service.is_empty() && !action.is_empty() && !action.contains(':');
    named.then_some(Integration { sdk, service, action, pattern })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_told_apart_in_every_partition() {
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
