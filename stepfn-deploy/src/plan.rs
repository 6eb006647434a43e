//! The changes that a deployment would make.

use std::fmt;

use aws_sdk_sfn::{
    Client,
    operation::describe_state_machine::DescribeStateMachineOutput,
    types::{CloudWatchLogsLogGroup, EncryptionConfiguration, EncryptionType, LogDestination},
};
use indexmap::IndexMap;
use stepfn_core::{
    asl::StateMachine,
    definition::{LogLevel, LoggingConfiguration, WorkflowType},
    deployment::{Deployment, Step},
    diff::{self, Area, ChangeKind, diff},
};

use crate::{
    children,
    deployed::{self, DeployedAlias},
    error::Error,
    log_group::{self, Found},
    remote::{self, Validation},
    wanted::{Alias, Encryption, LogGroup, Wanted},
};

/// The most characters that a definition may have ([Step Functions quotas](https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)).
const MAX_DEFINITION: usize = 1_048_576;

/// The changes that a deployment would make: computed by [`plan`], made by [`apply`](Self::apply).
///
/// Printed it is the difference, a line for each change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The state machine's name.
    pub name: String,
    /// Its ARN; none where it is to be made.
    pub arn: Option<String>,
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
    /// AWS's validation of the definition.
    pub validation: Validation,
    /// The log group that is wanted, where the endpoint, an emulator, has none.
    pub without_log_group: Option<String>,
    /// The parts of the deployment that the API of Step Functions does not take, in words: `triggers`, `alarms` ….
    pub left_out: Vec<&'static str>,
    pub(crate) workflow_type: WorkflowType,
    pub(crate) wanted: Settings,
    pub(crate) current: Option<DescribeStateMachineOutput>,
    pub(crate) version_description: Option<String>,
}

/// The settings that are wanted afterwards.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) definition: String,
    pub(crate) role_arn: Option<String>,
    pub(crate) logging: Logging,
    pub(crate) tracing: bool,
    pub(crate) encryption: Option<Encryption>,
    pub(crate) tags: Option<IndexMap<String, String>>,
}

/// One change of a [`Plan`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// The state machine is made.
    Create {
        /// Its type.
        workflow_type: WorkflowType,
        /// The number of states at its top level.
        states: usize,
    },
    /// The definition is another.
    Definition(diff::Change),
    /// A setting is another.
    Setting {
        /// AWS's name: `roleArn`, `loggingConfiguration`, `tracingConfiguration`, `encryptionConfiguration`.
        name: &'static str,
        /// The deployed value; none where the state machine is made.
        before: Option<String>,
        /// The wanted value.
        after: String,
    },
    /// The log group is made, or keeps logs for another time.
    LogGroup {
        /// Its name.
        name: String,
        /// Whether it is made.
        is_new: bool,
        /// The days for which it keeps logs from now on; none is what it does already.
        retention_in_days: Option<u32>,
    },
    /// A tag comes, goes or has another value.
    Tag {
        /// Its key.
        key: String,
        /// The value that is deployed.
        before: Option<String>,
        /// The value that is wanted.
        after: Option<String>,
    },
    /// A version of what is then deployed is published.
    Publish,
    /// An alias moves.
    Alias {
        /// Its name.
        name: String,
        /// The routes before; empty where the alias is new.
        before: Vec<Route>,
        /// The version that it is to lead to; none is the one that this plan publishes.
        version_arn: Option<String>,
        /// The steps before.
        steps: Vec<Step>,
        /// Its new description, where that is another.
        description: Option<String>,
    },
}

/// A version that an alias leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The version.
    pub version_arn: String,
    /// The percentage of executions that start at it.
    pub percent: u8,
}

/// Finds out what the deployment would change, with values for its `${Name}`s. Nothing is changed by it.
///
/// The logging and the tracing of the definition are what is wanted, none of them where it has none; a role, a key and tags that the
/// deployment does not have stay as they are. What needs other services than Step Functions is [left out](Plan::left_out).
///
/// # Errors
///
/// Before anything is asked: [`Error::Deployment`] and [`Error::Substitutions`]. Then [`Error::MissingChild`] where a machine that is started is not there, [`Error::Invalid`] where AWS finds errors in the definition (an emulator that does
/// not have `ValidateStateMachineDefinition` is gone on with, see [`Plan::validation`]), [`Error::TypeChange`], [`Error::MissingRole`],
/// [`Error::Unreadable`], and what calls fail with.
pub async fn plan(
    client: &Client,
    deployment: &Deployment,
    values: &IndexMap<String, String>,
) -> Result<Plan, Error> {
    deployment.check()?;
    let values = children::known(client, deployment, values).await?;
    let definition = &deployment.definition;
    let mut given = Wanted::of(deployment, &values)?;
    let mut text = given.machine.to_canonical_string();
    if text.len() > MAX_DEFINITION {
        text = given.machine.to_json().to_string();
    }
    let validation = remote::validate(client, &given.name, &text, definition.workflow_type).await?;
    let arn = deployed::find(client, &given.name).await?;
    if let (Some(group), Some(logging)) = (&given.log_group, &mut given.logging) {
        let region = client.config().region().map(ToString::to_string).ok_or(Error::MissingRegion)?;
        let neighbour = given.role_arn.as_deref().or(arn.as_deref()).unwrap_or_default();
        let destination = group.destination(&region, neighbour);
        let missing = || Error::MissingRole { machine: given.name.clone() };
        logging.destinations.push(destination.ok_or_else(missing)?);
    }
    let wanted = Settings {
        definition: text,
        role_arn: given.role_arn.take(),
        logging: Logging::of(given.logging.take()),
        tracing: definition.tracing,
        encryption: given.encryption.take(),
        tags: given.tags.take(),
    };
    let mut plan = Plan {
        name: given.name.clone(),
        arn: None,
        changes: Vec::new(),
        validation,
        without_log_group: None,
        workflow_type: definition.workflow_type,
        wanted,
        current: None,
        left_out: std::mem::take(&mut given.left_out),
        version_description: given.version_description.take(),
    };
    if let Some(group) = &given.log_group {
        plan.log_group(client, group).await?;
    }
    let Some(arn) = arn else {
        plan.creation(given.machine.states.len())?;
        plan.versions_of_a_new_one(&given);
        return Ok(plan);
    };
    let current = deployed::describe(client, &arn).await?;
    if current.r#type() != &remote::sdk_type(definition.workflow_type) {
        return Err(Error::TypeChange {
            machine: plan.name,
            wanted: definition.workflow_type,
            deployed: current.r#type().as_str().to_owned(),
        });
    }
    let definitions = definition_changes(&deployed::machine(&current)?, &given.machine);
    plan.changes.extend(definitions.into_iter().map(Change::Definition));
    plan.settings(&current);
    let is_new_revision = plan.is_new_revision();
    if let Some(wanted) = &plan.wanted.tags {
        let tags = tag_changes(&deployed::tags(client, &arn).await?, wanted);
        plan.changes.extend(tags);
    }
    plan.arn = Some(arn);
    if given.publish {
        plan.versions(client, &given, &current, is_new_revision).await?;
    }
    plan.current = Some(current);
    Ok(plan)
}

impl Plan {
    /// Returns `true` if nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns `true` if a revision comes of it: the definition or a setting is another.
    pub(crate) fn is_new_revision(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Definition(_) | Change::Setting { .. }))
    }

    pub(crate) fn publishes(&self) -> bool {
        self.changes.contains(&Change::Publish)
    }

    async fn log_group(&mut self, client: &Client, group: &LogGroup) -> Result<(), Error> {
        let wanted = group.retention_in_days;
        let (is_new, retention_in_days) = match log_group::find(client, &group.name).await? {
            Found::Missing => (true, wanted),
            Found::There { retention_in_days } => {
                (false, wanted.filter(|days| retention_in_days != Some(u64::from(*days))))
            }
            Found::Unsupported => {
                self.without_log_group = Some(group.name.clone());
                return Ok(());
            }
        };
        if is_new || retention_in_days.is_some() {
            self.changes.push(Change::LogGroup { name: group.name.clone(), is_new, retention_in_days });
        }
        Ok(())
    }

    fn creation(&mut self, states: usize) -> Result<(), Error> {
        let Some(role_arn) = self.wanted.role_arn.clone() else {
            return Err(Error::MissingRole { machine: self.name.clone() });
        };
        self.changes.push(Change::Create { workflow_type: self.workflow_type, states });
        let mut setting = |name, after| self.changes.push(Change::Setting { name, before: None, after });
        setting("roleArn", role_arn);
        if !self.wanted.logging.is_off() {
            setting("loggingConfiguration", self.wanted.logging.to_string());
        }
        if self.wanted.tracing {
            setting("tracingConfiguration", tracing_text(true));
        }
        if let Some(encryption) = &self.wanted.encryption {
            setting("encryptionConfiguration", encryption.to_string());
        }
        if let Some(tags) = &self.wanted.tags {
            self.changes.extend(tag_changes(&IndexMap::new(), tags));
        }
        Ok(())
    }

    fn versions_of_a_new_one(&mut self, given: &Wanted) {
        if given.publish {
            self.changes.push(Change::Publish);
        }
        self.changes.extend(given.aliases.iter().filter_map(|alias| alias_change(alias, None, None)));
    }

    fn settings(&mut self, current: &DescribeStateMachineOutput) {
        let mut setting = |name, before: String, after: String| {
            self.changes.push(Change::Setting { name, before: Some(before), after });
        };
        if let Some(role_arn) = self.wanted.role_arn.as_ref().filter(|arn| *arn != current.role_arn()) {
            setting("roleArn", current.role_arn().to_owned(), role_arn.clone());
        }
        let logging = Logging::deployed(current);
        if logging != self.wanted.logging {
            setting("loggingConfiguration", logging.to_string(), self.wanted.logging.to_string());
        }
        let tracing = current.tracing_configuration().is_some_and(|tracing| tracing.enabled());
        if tracing != self.wanted.tracing {
            setting("tracingConfiguration", tracing_text(tracing), tracing_text(self.wanted.tracing));
        }
        if let Some(wanted) = &self.wanted.encryption {
            let encryption = deployed_encryption(current.encryption_configuration(), wanted);
            if encryption != *wanted {
                setting("encryptionConfiguration", encryption.to_string(), wanted.to_string());
            }
        }
    }

    async fn versions(
        &mut self,
        client: &Client,
        given: &Wanted,
        current: &DescribeStateMachineOutput,
        is_new_revision: bool,
    ) -> Result<(), Error> {
        let mut aliases = Vec::new();
        for alias in &given.aliases {
            aliases.push(deployed::alias(client, current.state_machine_arn(), &alias.name).await?);
        }
        let mut version = None;
        if !is_new_revision {
            // An alias that leads to what is deployed answers the question alone, on emulators as well that list no versions.
            for alias in aliases.iter().flatten() {
                if let [Route { version_arn, .. }] = alias.routes.as_slice()
                    && deployed::is_same_revision(&deployed::describe(client, version_arn).await?, current)
                {
                    version = Some(version_arn.clone());
                    break;
                }
            }
            if version.is_none() {
                version = deployed::version(client, current).await?;
            }
        }
        if version.is_none() {
            self.changes.push(Change::Publish);
        }
        let wanted = given.aliases.iter().zip(&aliases);
        self.changes.extend(
            wanted.filter_map(|(wanted, alias)| alias_change(wanted, alias.as_ref(), version.clone())),
        );
        Ok(())
    }
}

fn definition_changes(deployed: &StateMachine, wanted: &StateMachine) -> Vec<diff::Change> {
    let mut changes = diff(deployed, wanted);
    if changes.is_empty() && deployed != wanted {
        // Both mean the same, and what is wanted is to be there: `Iterator` for `ItemProcessor`.
        changes.push(diff::Change {
            at: String::new(),
            area: Area::Other,
            kind: ChangeKind::Changed,
            what: "the same in other fields".to_owned(),
            breaks: None,
        });
    }
    changes
}

fn alias_change(
    wanted: &Alias,
    deployed: Option<&DeployedAlias>,
    version_arn: Option<String>,
) -> Option<Change> {
    let before = deployed.map(|alias| alias.routes.clone()).unwrap_or_default();
    let leads_there = match (before.as_slice(), &version_arn) {
        ([only], Some(version)) => only.version_arn == *version,
        _ => false,
    };
    let is_said =
        |description: &&String| deployed.and_then(|alias| alias.description.as_ref()) != Some(*description);
    let description = wanted.description.as_ref().filter(is_said).cloned();
    if leads_there && description.is_none() {
        return None;
    }
    let mut steps = if before.is_empty() || leads_there { Vec::new() } else { wanted.steps.clone() };
    // A deployment that was interrupted goes on at the step where it stopped.
    if let Some(reached) = before.iter().find(|route| Some(&route.version_arn) == version_arn.as_ref()) {
        steps.retain(|step| step.percent >= reached.percent);
    }
    Some(Change::Alias { name: wanted.name.clone(), before, version_arn, steps, description })
}

fn tag_changes(before: &IndexMap<String, String>, after: &IndexMap<String, String>) -> Vec<Change> {
    let wanted = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(*value))
        .map(|(key, value)| (key, Some(value.clone())));
    let gone = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key, None));
    let change = |(key, after): (&String, Option<String>)| Change::Tag {
        key: key.clone(),
        before: before.get(key).cloned(),
        after,
    };
    wanted.chain(gone).map(change).collect()
}

fn tracing_text(enabled: bool) -> String {
    if enabled { "enabled" } else { "disabled" }.to_owned()
}

/// Returns the deployed encryption, as far as the wanted one sets it: a reuse period that is not set is not compared.
fn deployed_encryption(deployed: Option<&EncryptionConfiguration>, wanted: &Encryption) -> Encryption {
    let Some(deployed) = deployed.filter(|deployed| *deployed.r#type() != EncryptionType::AwsOwnedKey) else {
        return Encryption::AwsOwnedKey;
    };
    let says_period = matches!(wanted, Encryption::CustomerManagedKey { reuse_period_seconds: Some(_), .. });
    Encryption::CustomerManagedKey {
        kms_key_id: deployed.kms_key_id().unwrap_or_default().to_owned(),
        reuse_period_seconds: deployed
            .kms_data_key_reuse_period_seconds()
            .and_then(|seconds| u32::try_from(seconds).ok())
            .filter(|_| says_period),
    }
}

/// `loggingConfiguration`, to be compared: all that are off are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logging(Option<LoggingConfiguration>);

impl Logging {
    fn of(logging: Option<LoggingConfiguration>) -> Self {
        Self(logging.filter(|logging| logging.level != LogLevel::Off))
    }

    fn deployed(current: &DescribeStateMachineOutput) -> Self {
        let Some(logging) = current.logging_configuration() else { return Self(None) };
        let level = match logging.level().map(|level| level.as_str()) {
            Some("ALL") => LogLevel::All,
            Some("ERROR") => LogLevel::Error,
            Some("FATAL") => LogLevel::Fatal,
            _ => return Self(None),
        };
        let destinations = logging.destinations().iter().filter_map(|destination| {
            destination.cloud_watch_logs_log_group()?.log_group_arn().map(str::to_owned)
        });
        Self(Some(LoggingConfiguration {
            level,
            include_execution_data: logging.include_execution_data(),
            destinations: destinations.collect(),
        }))
    }

    fn is_off(&self) -> bool {
        self.0.is_none()
    }

    /// Converts to the SDK's type.
    pub(crate) fn to_sdk(&self) -> aws_sdk_sfn::types::LoggingConfiguration {
        let builder = aws_sdk_sfn::types::LoggingConfiguration::builder();
        let Some(logging) = &self.0 else {
            return builder.level(LogLevel::Off.name().into()).build();
        };
        let destinations = logging.destinations.iter().map(|arn| {
            let group = CloudWatchLogsLogGroup::builder().log_group_arn(arn).build();
            LogDestination::builder().cloud_watch_logs_log_group(group).build()
        });
        builder
            .level(logging.level.name().into())
            .include_execution_data(logging.include_execution_data)
            .set_destinations(Some(destinations.collect()))
            .build()
    }
}

impl fmt::Display for Logging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(logging) = &self.0 else { return f.write_str(LogLevel::Off.name()) };
        let data = if logging.include_execution_data { "with" } else { "without" };
        write!(f, "{} {data} execution data to {}", logging.level.name(), logging.destinations.join(", "))
    }
}
