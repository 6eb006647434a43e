//! A plan, carried out.

use std::{fmt, time::Duration};

use aws_sdk_sfn::{
    Client,
    types::{
        EncryptionConfiguration, EncryptionType, RoutingConfigurationListItem, Tag, TracingConfiguration,
    },
};
use stepfn_core::{arn, deployment::Step};

use crate::{
    deployed,
    error::Error,
    log_group,
    plan::{Change, Plan, Route},
    remote::sdk_type,
    wanted::Encryption,
};

/// The result of applying a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The state machine's ARN.
    pub arn: String,
    /// The version that was published, or that the alias was led to.
    pub version_arn: Option<String>,
    /// The ARNs of the aliases that were made or moved.
    pub alias_arns: Vec<String>,
}

/// A step of applying a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The log group was made, or keeps logs for another time.
    LogGroup {
        /// Its name.
        name: String,
        /// Whether it was made.
        is_new: bool,
    },
    /// The state machine was made.
    Created {
        /// Its ARN.
        arn: String,
    },
    /// The state machine was updated.
    Updated {
        /// Its ARN.
        arn: String,
    },
    /// A version was published.
    Published {
        /// Its ARN.
        version_arn: String,
    },
    /// Tags came, went or have another value.
    Tagged,
    /// An alias leads elsewhere.
    Routed {
        /// Its name.
        alias: String,
        /// The routes of the alias now.
        routes: Vec<Route>,
        /// The time before the next step; none where this was the last one.
        hold: Option<Duration>,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LogGroup { name, is_new } => {
                write!(f, "{} log group {name}", if *is_new { "created" } else { "updated" })
            }
            Self::Created { arn } => write!(f, "created {arn}"),
            Self::Updated { arn } => write!(f, "updated {arn}"),
            Self::Published { version_arn } => write!(f, "published version {}", arn::last(version_arn)),
            Self::Tagged => f.write_str("changed the tags"),
            Self::Routed { alias, routes, hold } => {
                let routes: Vec<_> = routes.iter().map(ToString::to_string).collect();
                write!(f, "alias `{alias}` leads to {}", routes.join(", "))?;
                hold.map_or(Ok(()), |hold| write!(f, " for {hold:?}"))
            }
        }
    }
}

impl Plan {
    /// Carries the plan out; an empty one calls nothing.
    ///
    /// An alias with steps takes the time that they say, by tokio's clock.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] where the state machine was changed since the plan was made, and what calls fail with. What was done
    /// before stays; planning again finds the rest, an alias that stopped between two versions included.
    pub async fn apply(&self, client: &Client) -> Result<Applied, Error> {
        self.apply_with(client, |_| {}).await
    }

    /// [`apply`](Self::apply), telling what was done as it is done.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub async fn apply_with(&self, client: &Client, mut tell: impl FnMut(&Event)) -> Result<Applied, Error> {
        // Step Functions refuses to log into a group that is not there.
        self.log_groups(client, &mut tell).await?;
        let (arn, mut version_arn) = match &self.arn {
            None => {
                let (arn, version_arn) = self.create(client).await?;
                tell(&Event::Created { arn: arn.clone() });
                (arn, version_arn)
            }
            Some(arn) => {
                if !self.is_empty() {
                    self.check_unchanged(client, arn).await?;
                }
                let mut version_arn = None;
                if self.is_new_revision() {
                    version_arn = self.update(client, arn).await?;
                    tell(&Event::Updated { arn: arn.clone() });
                }
                if self.tag(client, arn).await? {
                    tell(&Event::Tagged);
                }
                (arn.clone(), version_arn)
            }
        };
        if self.publishes() {
            let published = match version_arn {
                Some(published) => published,
                None => self.publish(client, &arn).await?,
            };
            tell(&Event::Published { version_arn: published.clone() });
            version_arn = Some(published);
        }
        let mut alias_arns = Vec::new();
        for change in self.alias_moves(version_arn.as_deref()) {
            alias_arns.push(change.carry_out(client, &arn, &mut tell).await?);
            version_arn = Some(change.version_arn);
        }
        Ok(Applied { arn, version_arn, alias_arns })
    }

    async fn log_groups(&self, client: &Client, tell: &mut impl FnMut(&Event)) -> Result<(), Error> {
        for change in &self.changes {
            let Change::LogGroup { name, is_new, retention_in_days } = change else { continue };
            if *is_new {
                log_group::create(client, name).await?;
            }
            if let Some(days) = retention_in_days {
                log_group::keep(client, name, *days).await?;
            }
            tell(&Event::LogGroup { name: name.clone(), is_new: *is_new });
        }
        Ok(())
    }

    async fn create(&self, client: &Client) -> Result<(String, Option<String>), Error> {
        let tags = self.wanted.tags.iter().flatten();
        let answer = client
            .create_state_machine()
            .name(&self.name)
            .definition(&self.wanted.definition)
            .set_role_arn(self.wanted.role_arn.clone())
            .r#type(sdk_type(self.workflow_type))
            .logging_configuration(self.wanted.logging.to_sdk())
            .tracing_configuration(TracingConfiguration::builder().enabled(self.wanted.tracing).build())
            .set_tags(Some(tags.map(|(key, value)| tag(key, value)).collect()))
            .set_encryption_configuration(self.wanted.encryption.as_ref().map(encryption).transpose()?)
            .set_publish(self.publishes().then_some(true))
            .set_version_description(self.version_description.clone().filter(|_| self.publishes()))
            .send()
            .await
            .map_err(|error| Error::of_call("CreateStateMachine", &error))?;
        Ok((answer.state_machine_arn, answer.state_machine_version_arn))
    }

    /// `UpdateStateMachine` takes no revision to compare with, so this looks once more before anything is overwritten.
    async fn check_unchanged(&self, client: &Client, arn: &str) -> Result<(), Error> {
        let Some(planned) = &self.current else { return Ok(()) };
        let now = deployed::describe(client, arn).await?;
        if deployed::is_same_revision(planned, &now) {
            Ok(())
        } else {
            Err(Error::Stale { machine: self.name.clone() })
        }
    }

    async fn update(&self, client: &Client, arn: &str) -> Result<Option<String>, Error> {
        let is_changed = |setting: &str| {
            self.changes
                .iter()
                .any(|change| matches!(change, Change::Setting { name, .. } if *name == setting))
        };
        let is_another = self.changes.iter().any(|change| matches!(change, Change::Definition(_)));
        let wanted = &self.wanted;
        let tracing = || TracingConfiguration::builder().enabled(wanted.tracing).build();
        let new_encryption = wanted.encryption.as_ref().filter(|_| is_changed("encryptionConfiguration"));
        let answer = client
            .update_state_machine()
            .state_machine_arn(arn)
            .set_definition(is_another.then(|| wanted.definition.clone()))
            .set_role_arn(wanted.role_arn.clone().filter(|_| is_changed("roleArn")))
            .set_logging_configuration(is_changed("loggingConfiguration").then(|| wanted.logging.to_sdk()))
            .set_tracing_configuration(is_changed("tracingConfiguration").then(tracing))
            .set_encryption_configuration(new_encryption.map(encryption).transpose()?)
            .set_publish(self.publishes().then_some(true))
            .set_version_description(self.version_description.clone().filter(|_| self.publishes()))
            .send()
            .await
            .map_err(|error| Error::of_call("UpdateStateMachine", &error))?;
        Ok(answer.state_machine_version_arn)
    }

    async fn publish(&self, client: &Client, arn: &str) -> Result<String, Error> {
        // What this plan has just made has a revision that it does not know.
        let planned = self.current.as_ref().filter(|_| !self.is_new_revision());
        let revision = planned.and_then(|current| current.revision_id());
        let answer = client
            .publish_state_machine_version()
            .state_machine_arn(arn)
            .set_revision_id(revision.map(str::to_owned))
            .set_description(self.version_description.clone())
            .send()
            .await
            .map_err(|error| Error::of_call("PublishStateMachineVersion", &error))?;
        Ok(answer.state_machine_version_arn)
    }

    async fn tag(&self, client: &Client, arn: &str) -> Result<bool, Error> {
        let (mut set, mut gone) = (Vec::new(), Vec::new());
        for change in &self.changes {
            match change {
                Change::Tag { key, after: Some(value), .. } => set.push(tag(key, value)),
                Change::Tag { key, after: None, .. } => gone.push(key.clone()),
                _ => {}
            }
        }
        let is_changed = !set.is_empty() || !gone.is_empty();
        if !gone.is_empty() {
            let call = client.untag_resource().resource_arn(arn).set_tag_keys(Some(gone)).send();
            call.await.map_err(|error| Error::of_call("UntagResource", &error))?;
        }
        if !set.is_empty() {
            let call = client.tag_resource().resource_arn(arn).set_tags(Some(set)).send();
            call.await.map_err(|error| Error::of_call("TagResource", &error))?;
        }
        Ok(is_changed)
    }

    fn alias_moves(&self, published: Option<&str>) -> Vec<AliasMove<'_>> {
        let moves = self.changes.iter().filter_map(|change| match change {
            Change::Alias { name, before, version_arn, steps, description } => {
                let version_arn = version_arn.as_deref().or(published)?.to_owned();
                Some(AliasMove { name, before, version_arn, steps, description: description.as_deref() })
            }
            _ => None,
        });
        moves.collect()
    }
}

/// An alias on its way to a version.
struct AliasMove<'p> {
    name: &'p str,
    before: &'p [Route],
    version_arn: String,
    steps: &'p [Step],
    description: Option<&'p str>,
}

impl AliasMove<'_> {
    async fn carry_out(
        &self,
        client: &Client,
        machine: &str,
        tell: &mut impl FnMut(&Event),
    ) -> Result<String, Error> {
        let arn = format!("{machine}:{}", self.name);
        let all = vec![Route { version_arn: self.version_arn.clone(), percent: 100 }];
        if self.before.is_empty() {
            let call = client
                .create_state_machine_alias()
                .name(self.name)
                .set_description(self.description.map(str::to_owned))
                .set_routing_configuration(Some(items(&all)?));
            call.send().await.map_err(|error| Error::of_call("CreateStateMachineAlias", &error))?;
        } else {
            for (routes, hold) in self.way() {
                self.update(client, &arn, &routes).await?;
                tell(&Event::Routed { alias: self.name.to_owned(), routes, hold: Some(hold) });
                tokio::time::sleep(hold).await;
            }
            self.update(client, &arn, &all).await?;
        }
        tell(&Event::Routed { alias: self.name.to_owned(), routes: all, hold: None });
        Ok(arn)
    }

    /// The steps, between the version that most executions start at now and the new one.
    fn way(&self) -> Vec<(Vec<Route>, Duration)> {
        let others = self.before.iter().filter(|route| route.version_arn != self.version_arn);
        let Some(old) = others.max_by_key(|route| route.percent) else { return Vec::new() };
        let route = |arn: &str, percent| Route { version_arn: arn.to_owned(), percent };
        let routes = |percent: u8| {
            let rest = 100_u8.saturating_sub(percent);
            vec![route(&old.version_arn, rest), route(&self.version_arn, percent)]
        };
        self.steps.iter().map(|step| (routes(step.percent), step.hold)).collect()
    }

    async fn update(&self, client: &Client, arn: &str, routes: &[Route]) -> Result<(), Error> {
        let call = client
            .update_state_machine_alias()
            .state_machine_alias_arn(arn)
            .set_description(self.description.map(str::to_owned))
            .set_routing_configuration(Some(items(routes)?));
        call.send().await.map_err(|error| Error::of_call("UpdateStateMachineAlias", &error))?;
        Ok(())
    }
}

fn items(routes: &[Route]) -> Result<Vec<RoutingConfigurationListItem>, Error> {
    let item = |route: &Route| {
        RoutingConfigurationListItem::builder()
            .state_machine_version_arn(&route.version_arn)
            .weight(route.percent.into())
            .build()
    };
    routes
        .iter()
        .map(item)
        .collect::<Result<_, _>>()
        .map_err(|error| unbuilt("UpdateStateMachineAlias", &error))
}

fn encryption(encryption: &Encryption) -> Result<EncryptionConfiguration, Error> {
    let builder = match encryption {
        Encryption::AwsOwnedKey => EncryptionConfiguration::builder().r#type(EncryptionType::AwsOwnedKey),
        Encryption::CustomerManagedKey { kms_key_id, reuse_period_seconds } => {
            EncryptionConfiguration::builder()
                .r#type(EncryptionType::CustomerManagedKmsKey)
                .kms_key_id(kms_key_id)
                .set_kms_data_key_reuse_period_seconds(
                    reuse_period_seconds.and_then(|seconds| seconds.try_into().ok()),
                )
        }
    };
    builder.build().map_err(|error| unbuilt("UpdateStateMachine", &error))
}

/// The SDK misses a field that is always set here, but returns a `Result`.
fn unbuilt(action: &'static str, error: &aws_sdk_sfn::error::BuildError) -> Error {
    Error::Unreachable { action, reason: error.to_string() }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}
