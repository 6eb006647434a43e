//! Notifications of executions that change their status, through EventBridge.

use super::Identifier;

/// The status of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExecutionStatus {
    /// `ABORTED`
    Aborted,
    /// `FAILED`
    Failed,
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `TIMED_OUT`
    TimedOut,
}

crate::named!(ExecutionStatus, "status of executions");

impl ExecutionStatus {
    /// All statuses.
    pub const ALL: [Self; 5] = [Self::Aborted, Self::Failed, Self::Running, Self::Succeeded, Self::TimedOut];

    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aborted => "ABORTED",
            Self::Failed => "FAILED",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

/// The target of a notification, by ARN.
#[derive(Clone, Debug, PartialEq)]
// No wildcard: each format renders all of them, and one more is one that each has to learn.
pub enum Target {
    /// An SNS topic.
    Sns(Identifier),
    /// An SQS queue.
    Sqs {
        /// The queue.
        arn: Identifier,
        /// `MessageGroupId`, which a FIFO queue needs.
        message_group_id: Option<String>,
    },
    /// A Kinesis stream.
    Kinesis {
        /// The stream.
        arn: Identifier,
        /// `PartitionKeyPath`: the event's id where it is absent.
        partition_key_path: Option<String>,
    },
    /// A Firehose stream.
    Firehose(Identifier),
    /// A Lambda function.
    Lambda(Identifier),
    /// A state machine, of which an execution starts.
    StepFunctions(Identifier),
}

impl Target {
    /// Returns the ARN.
    pub fn arn(&self) -> &Identifier {
        match self {
            Self::Sns(arn)
            | Self::Sqs { arn, .. }
            | Self::Kinesis { arn, .. }
            | Self::Firehose(arn)
            | Self::Lambda(arn)
            | Self::StepFunctions(arn) => arn,
        }
    }

    pub(super) fn arn_mut(&mut self) -> &mut Identifier {
        match self {
            Self::Sns(arn)
            | Self::Sqs { arn, .. }
            | Self::Kinesis { arn, .. }
            | Self::Firehose(arn)
            | Self::Lambda(arn)
            | Self::StepFunctions(arn) => arn,
        }
    }

    /// Returns the action that EventBridge must be allowed.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Sns(_) => "sns:Publish",
            Self::Sqs { .. } => "sqs:SendMessage",
            Self::Kinesis { .. } => "kinesis:PutRecord",
            Self::Firehose(_) => "firehose:PutRecord",
            Self::Lambda(_) => "lambda:InvokeFunction",
            Self::StepFunctions(_) => "states:StartExecution",
        }
    }
}

/// A message about every execution that gets into a status.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// The status that an execution gets into.
    pub status: ExecutionStatus,
    /// The receiver.
    pub target: Target,
}

impl Notification {
    /// A notification.
    pub fn new(status: ExecutionStatus, target: Target) -> Self {
        Self { status, target }
    }
}
