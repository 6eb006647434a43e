//! A deployment: a [`Definition`] with the settings beside it.
//!
//! A [`Deployment`] is made from a definition, and its setters have AWS's names. Generated files and `stepfn-deploy` take
//! this one value:
//!
//! ```
//! use stepfn_core::deployment::{Alarm, Alias, Deployment, Encryption, EventRule, Metric, Schedule};
//! use stepfn_core::{asl, definition::{Definition, Reference, WorkflowType}};
//!
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)?;
//! let definition = Definition::from_asl("Greeting", WorkflowType::Standard, machine);
//! let deployment = Deployment::from(definition)
//!     .tag("team", "orders")
//!     .trigger(Schedule::new("cron(0 9 ? * MON-FRI *)").time_zone("Asia/Seoul"))
//!     .trigger(EventRule::new(r#"{ "source": ["shop.orders"] }"#.parse()?))
//!     .alarm(Alarm::new(Metric::ExecutionsFailed).alarm_action(Reference::Ref("Alerts".to_owned())))
//!     .encryption(Encryption::new(Reference::GetAtt("Key".to_owned(), "Arn".to_owned())))
//!     .alias(Alias::new("live").canary(10, 5));
//! deployment.check()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Texts
//!
//! An ARN or a name is an [`Identifier`]: a reference, or a string in which `${…}` has the same meaning as in the definition: its
//! substitutions, `${AWS::Region}`, and the variables of the Serverless Framework. Each format writes them in its own way.

mod alarm;
mod alias;
mod check;
mod notification;
mod order;
mod problem;
mod schedule;
mod step;
mod text;
mod trigger;
mod values;

use std::collections::HashSet;

pub use self::{
    alarm::{Alarm, Metric, TreatMissingData},
    alias::{Alias, Routing},
    notification::{ExecutionStatus, Notification, Target},
    order::{Cycle, in_order},
    problem::{DeploymentProblem, InvalidDeployment},
    step::{InvalidStep, Step},
    text::{Piece, split},
    trigger::{
        Authorization, EventRule, Http, Method, Payload, RetryPolicy, Schedule, ScheduleMethod, Trigger,
    },
    values::filled,
};
use crate::definition::{Definition, LoggingConfiguration, Reference};
use indexmap::IndexMap;

/// The name of a thing outside of the machine: an ARN, a name, an id.
#[derive(Clone, Debug, PartialEq, Eq)]
// No wildcard: each format renders all of them, and one more is one that each has to learn.
pub enum Identifier {
    /// A string; `${…}` in it has the same meaning as in the definition.
    Text(String),
    /// CloudFormation's `!Ref` or `!GetAtt`; in Terraform, and in a template that does not make the thing itself, what the
    /// user of the file has to give.
    Reference(Reference),
}

impl From<&str> for Identifier {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Identifier {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Reference> for Identifier {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

/// A machine as it is deployed.
///
/// Each field has a method of its name that sets it, or adds to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Deployment {
    /// The definition.
    pub definition: Definition,
    /// What commands call the machine where a stage has changed its name.
    pub(crate) called: Option<String>,
    /// `RoleArn`; a format makes the role where it is absent.
    pub role: Option<Identifier>,
    /// `Tags`
    pub tags: IndexMap<String, String>,
    /// `inheritGlobalTags` of the Serverless Framework.
    pub inherit_global_tags: bool,
    /// What starts executions.
    pub triggers: Vec<Trigger>,
    /// Alarms on the metrics of the machine.
    pub alarms: Vec<Alarm>,
    /// Who hears of executions that change their status.
    pub notifications: Vec<Notification>,
    /// `EncryptionConfiguration`
    pub encryption: Option<Encryption>,
    /// A log group that is made with the machine.
    pub log_group: Option<LogGroup>,
    /// The version that each deployment publishes.
    pub version: Option<Version>,
    /// The aliases, which lead to the version.
    pub aliases: Vec<Alias>,
    /// `DependsOn`: logical ids of resources that are made first.
    pub depends_on: Vec<String>,
    /// `DeletionPolicy: Retain`
    pub retain: bool,
    /// `useExactVersion` of the Serverless Framework.
    pub use_exact_version: bool,
}

/// A version that each deployment publishes.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Version {
    /// `VersionDescription`
    pub description: Option<String>,
}

impl From<Definition> for Deployment {
    fn from(definition: Definition) -> Self {
        Self {
            definition,
            called: None,
            role: None,
            tags: IndexMap::new(),
            inherit_global_tags: true,
            triggers: Vec::new(),
            alarms: Vec::new(),
            notifications: Vec::new(),
            encryption: None,
            log_group: None,
            version: None,
            aliases: Vec::new(),
            depends_on: Vec::new(),
            retain: false,
            use_exact_version: false,
        }
    }
}

impl From<&Definition> for Deployment {
    fn from(definition: &Definition) -> Self {
        definition.clone().into()
    }
}

impl Deployment {
    /// `StateMachineName`: another name than the definition's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.definition.name = name.into();
        self
    }

    /// The machine's name without its `${…}`, in any stage: `orders` of `orders-${Stage}`.
    pub fn short_name(&self) -> String {
        self.called.clone().unwrap_or_else(|| self.definition.short_name())
    }

    /// `RoleArn`: the role that the machine runs as. Without it every format makes one.
    #[must_use]
    pub fn role(mut self, role: impl Into<Identifier>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// `LoggingConfiguration`, in place of the definition's.
    #[must_use]
    pub fn logging(mut self, logging: LoggingConfiguration) -> Self {
        self.definition.logging = Some(logging);
        self
    }

    /// A log group that is made with the machine: one more destination of its logs.
    #[must_use]
    pub fn log_group(mut self, log_group: LogGroup) -> Self {
        self.log_group = Some(log_group);
        self
    }

    /// `TracingConfiguration`: whether X-Ray traces are wanted.
    #[must_use]
    pub fn tracing(mut self, enabled: bool) -> Self {
        self.definition.tracing = enabled;
        self
    }

    /// `EncryptionConfiguration`: the key that executions are encrypted with.
    #[must_use]
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Adds one of the machine's `Tags`; the last value of a key wins.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// `inheritGlobalTags`: whether the machine has the tags of the service too. Only the Serverless Framework asks; the
    /// default is that it has them.
    #[must_use]
    pub fn inherit_global_tags(mut self, inherit: bool) -> Self {
        self.inherit_global_tags = inherit;
        self
    }

    /// Adds a trigger, which starts executions. If there is an [`alias`](Self::alias), it starts the first one.
    #[must_use]
    pub fn trigger(mut self, trigger: impl Into<Trigger>) -> Self {
        self.triggers.push(trigger.into());
        self
    }

    /// An alarm on one of the machine's metrics.
    #[must_use]
    pub fn alarm(mut self, alarm: Alarm) -> Self {
        self.alarms.push(alarm);
        self
    }

    /// Adds a notification of executions that change their status.
    #[must_use]
    pub fn notification(mut self, notification: Notification) -> Self {
        self.notifications.push(notification);
        self
    }

    /// Publishes a version of the machine whenever it changes. An [`alias`](Self::alias) does so too.
    #[must_use]
    pub fn publish(mut self) -> Self {
        self.version.get_or_insert_default();
        self
    }

    /// [`publish`](Self::publish), with the `VersionDescription`.
    #[must_use]
    pub fn version_description(mut self, description: impl Into<String>) -> Self {
        self.version = Some(Version { description: Some(description.into()) });
        self
    }

    /// An alias of the machine, which points to the version that this deployment publishes.
    #[must_use]
    pub fn alias(mut self, alias: Alias) -> Self {
        self.aliases.push(alias);
        self
    }

    /// `DependsOn`: the logical id of a resource that is made first. In a format whose file is complete by itself, this can only be another
    /// of its machines can be meant; everything else is there before the file is deployed.
    #[must_use]
    pub fn depends_on(mut self, logical_id: impl Into<String>) -> Self {
        self.depends_on.push(logical_id.into());
        self
    }

    /// `DeletionPolicy: Retain`: the machine outlives its stack. Terraform refuses to destroy it.
    #[must_use]
    pub fn retain(mut self, retain: bool) -> Self {
        self.retain = retain;
        self
    }

    /// `useExactVersion`: tasks call the version of a function that was deployed with the machine. The Serverless Framework
    /// alone knows versions of functions, and puts them where the definition has a reference to the function.
    #[must_use]
    pub fn use_exact_version(mut self, exact: bool) -> Self {
        self.use_exact_version = exact;
        self
    }

    /// Checks every value against AWS's rules. Whatever writes files of the deployment, or deploys it, does so too.
    ///
    /// # Errors
    ///
    /// Every value that AWS would refuse, and what to write instead.
    pub fn check(&self) -> Result<(), InvalidDeployment> {
        let problems = check::check(self);
        if problems.is_empty() {
            return Ok(());
        }
        Err(InvalidDeployment { machine: self.definition.name.clone(), problems })
    }

    /// Returns `true` if each deployment publishes a version: it is asked for, or an alias needs it.
    pub fn publishes(&self) -> bool {
        self.version.is_some() || !self.aliases.is_empty()
    }

    /// Returns the HTTP requests that start the machine: `POST /orders`.
    pub fn routes(&self) -> impl Iterator<Item = String> {
        self.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Http(http) => Some(http.route_key()),
            Trigger::Schedule(_) | Trigger::Event(_) => None,
        })
    }

    /// Returns the statuses that somebody wants to hear of, each once, in AWS's order.
    pub fn notified(&self) -> Vec<ExecutionStatus> {
        let wanted: HashSet<ExecutionStatus> =
            self.notifications.iter().map(|notification| notification.status).collect();
        ExecutionStatus::ALL.into_iter().filter(|status| wanted.contains(status)).collect()
    }
}

/// `EncryptionConfiguration`
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// `AWS_OWNED_KEY`, which is AWS's default. It takes back a key of the customer's.
    AwsOwnedKey,
    /// `CUSTOMER_MANAGED_KMS_KEY`
    CustomerManagedKey {
        /// `KmsKeyId`: the id, alias or ARN of a symmetric key.
        kms_key_id: Identifier,
        /// `KmsDataKeyReusePeriodSeconds`: 60 to 900; AWS takes 300 where it is absent.
        kms_data_key_reuse_period_seconds: Option<u32>,
    },
}

impl Encryption {
    /// A customer managed key, by its `KmsKeyId`: the id, alias or ARN of a symmetric key.
    pub fn new(kms_key_id: impl Into<Identifier>) -> Self {
        Self::CustomerManagedKey { kms_key_id: kms_key_id.into(), kms_data_key_reuse_period_seconds: None }
    }

    /// Returns the customer managed key, and for how many seconds a data key of it is used.
    pub fn customer_managed_key(&self) -> Option<(&Identifier, Option<u32>)> {
        match self {
            Self::AwsOwnedKey => None,
            Self::CustomerManagedKey { kms_key_id, kms_data_key_reuse_period_seconds } => {
                Some((kms_key_id, *kms_data_key_reuse_period_seconds))
            }
        }
    }

    /// `KmsDataKeyReusePeriodSeconds` of a customer managed key: 60 to 900; AWS takes 300 where it is absent.
    #[must_use]
    pub fn kms_data_key_reuse_period_seconds(mut self, seconds: u32) -> Self {
        if let Self::CustomerManagedKey { kms_data_key_reuse_period_seconds, .. } = &mut self {
            *kms_data_key_reuse_period_seconds = Some(seconds);
        }
        self
    }
}

/// A log group to make: `AWS::Logs::LogGroup`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LogGroup {
    /// `LogGroupName`
    pub name: Identifier,
    /// `RetentionInDays`
    pub retention_in_days: Option<u32>,
}

impl LogGroup {
    /// `LogGroupName`. AWS wants `/aws/vendedlogs/states/…`: other names fill up the account's resource policy for logs.
    pub fn new(name: impl Into<Identifier>) -> Self {
        Self { name: name.into(), retention_in_days: None }
    }

    /// `RetentionInDays`: 1, 3, 5, 7, 14, 30, 60, 90 … 3653. Without it logs stay for ever.
    #[must_use]
    pub fn retention_in_days(mut self, days: u32) -> Self {
        self.retention_in_days = Some(days);
        self
    }
}
