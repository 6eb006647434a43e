//! The parts of a deployment that the API of Step Functions accepts by itself.

use indexmap::IndexMap;
use stepfn_core::definition::Reference;

use super::{Deployment, Identifier, Routing};

/// The parts of a [`Deployment`], beside its definition, that `CreateStateMachine`, `UpdateStateMachine` and the calls for versions and
/// aliases accept, for deployments without a file. Strings contain `${Name}`s; a reference is one as well, named as in the definition.
///
/// ```
/// use stepfn_codegen::deployment::{Alarm, Alias, Deployment, Metric};
/// use stepfn_core::{asl::StateMachine, definition::{Definition, Reference, WorkflowType}};
///
/// let definition = Definition::from_asl("Greeting", WorkflowType::Standard, StateMachine::default());
/// let deployment = Deployment::from(definition)
///     .role(Reference::GetAtt("Role".to_owned(), "Arn".to_owned()))
///     .alias(Alias::new("live").linear(40, 5))
///     .alarm(Alarm::new(Metric::ExecutionsFailed));
/// let direct = deployment.direct();
/// assert_eq!(direct.role_arn.as_deref(), Some("${RoleArn}"));
/// assert_eq!(direct.aliases[0].steps, [(40, 5), (80, 5)]);
/// assert_eq!(direct.left_out, ["alarms"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Direct<'d> {
    /// `roleArn`; none where a format would make the role.
    pub role_arn: Option<String>,
    /// `tags`
    pub tags: &'d IndexMap<String, String>,
    /// `kmsKeyId` of the encryption.
    pub kms_key_id: Option<String>,
    /// `kmsDataKeyReusePeriodSeconds`
    pub kms_data_key_reuse_period_seconds: Option<u32>,
    /// The name of the log group that is made with the machine, and for how many days it keeps logs.
    pub log_group: Option<(String, Option<u32>)>,
    /// Whether a version is published.
    pub publish: bool,
    /// `versionDescription`
    pub version_description: Option<&'d str>,
    /// The aliases that lead to the version.
    pub aliases: Vec<DirectAlias<'d>>,
    /// The parts of the deployment that are missing here, in words.
    pub left_out: Vec<&'static str>,
}

/// An alias that comes to lead to one version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectAlias<'d> {
    /// Its name.
    pub name: &'d str,
    /// Its description.
    pub description: Option<&'d str>,
    /// On its way: how many percent of the executions start at the new version, and for how many minutes.
    pub steps: Vec<(u32, u32)>,
}

impl Deployment {
    /// Returns the parts that the API of Step Functions accepts by itself.
    pub fn direct(&self) -> Direct<'_> {
        let mut left_out = Vec::new();
        for (name, is_there) in [
            ("triggers", !self.triggers.is_empty()),
            ("alarms", !self.alarms.is_empty()),
            ("notifications", !self.notifications.is_empty()),
            ("alarms of aliases", self.aliases.iter().any(|alias| !alias.alarms.is_empty())),
            ("aliases that lead to two versions", self.aliases.iter().any(leads_to_two)),
        ] {
            if is_there {
                left_out.push(name);
            }
        }
        let aliases = self.aliases.iter().filter(|alias| !leads_to_two(alias)).map(|alias| DirectAlias {
            name: &alias.name,
            description: alias.description.as_deref(),
            steps: steps(&alias.routing),
        });
        Direct {
            role_arn: self.role.as_ref().map(text),
            tags: &self.tags,
            kms_key_id: self.encryption.as_ref().map(|encryption| text(&encryption.kms_key_id)),
            kms_data_key_reuse_period_seconds: self
                .encryption
                .as_ref()
                .and_then(|encryption| encryption.kms_data_key_reuse_period_seconds),
            log_group: self.log_group.as_ref().map(|group| (text(&group.name), group.retention_in_days)),
            publish: self.publishes(),
            version_description: self.version.as_ref().and_then(|version| version.description.as_deref()),
            aliases: aliases.collect(),
            left_out,
        }
    }
}

fn leads_to_two(alias: &super::Alias) -> bool {
    matches!(alias.routing, Routing::Split { .. })
}

/// Returns the steps in which a `DeploymentPreference` moves traffic: `CANARY` has one step, `LINEAR` as many as come before everything.
fn steps(routing: &Routing) -> Vec<(u32, u32)> {
    match *routing {
        Routing::Gradual { kind, percentage: Some(percentage @ 1..100), interval: Some(interval) } => {
            let count = if kind == "LINEAR" { 99 / percentage } else { 1 };
            (1..=count).map(|step| (step * percentage, interval)).collect()
        }
        _ => Vec::new(),
    }
}

fn text(identifier: &Identifier) -> String {
    match identifier {
        Identifier::Text(text) => text.clone(),
        Identifier::Reference(Reference::Ref(id)) => format!("${{{id}}}"),
        Identifier::Reference(Reference::GetAtt(id, attribute)) => format!("${{{id}{attribute}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_moves_as_the_preference_says() {
        let gradual = |kind, percentage, interval| {
            steps(&Routing::Gradual { kind, percentage: Some(percentage), interval: Some(interval) })
        };
        assert_eq!(gradual("CANARY", 10, 5), [(10, 5)]);
        assert_eq!(gradual("LINEAR", 25, 2), [(25, 2), (50, 2), (75, 2)]);
        assert_eq!(gradual("LINEAR", 99, 1), [(99, 1)]);
        assert!(steps(&Routing::Latest).is_empty());
        assert!(
            steps(&Routing::Gradual { kind: "ALL_AT_ONCE", percentage: None, interval: None }).is_empty()
        );
    }
}
