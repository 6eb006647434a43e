//! Aliases, and how traffic gets to a new version: `AWS::StepFunctions::StateMachineAlias`.

use super::Identifier;

/// An alias of the machine.
#[derive(Clone, Debug)]
pub struct Alias {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) routing: Routing,
    pub(crate) alarms: Vec<Identifier>,
}

/// The routing of an alias.
#[derive(Clone, Debug)]
pub(crate) enum Routing {
    /// To the version that this deployment publishes.
    Latest,
    /// There as well, by a `DeploymentPreference`.
    Gradual { kind: &'static str, percentage: Option<u32>, interval: Option<u32> },
    /// A part of the executions goes to another version.
    Split { version: Identifier, weight: u32 },
}

impl Alias {
    /// An alias that all at once points to the version that each deployment publishes.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, routing: Routing::Latest, alarms: Vec::new() }
    }

    /// `Description`
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `DeploymentPreference` of type `CANARY`: `percentage` of the executions go to the new version, and after `interval` minutes
    /// the rest.
    #[must_use]
    pub fn canary(mut self, percentage: u32, interval: u32) -> Self {
        self.routing =
            Routing::Gradual { kind: "CANARY", percentage: Some(percentage), interval: Some(interval) };
        self
    }

    /// `DeploymentPreference` of type `LINEAR`: every `interval` minutes `percentage` more of the executions go to the new version.
    #[must_use]
    pub fn linear(mut self, percentage: u32, interval: u32) -> Self {
        self.routing =
            Routing::Gradual { kind: "LINEAR", percentage: Some(percentage), interval: Some(interval) };
        self
    }

    /// `DeploymentPreference` of type `ALL_AT_ONCE`, which [`alarm`](Self::alarm)s can take back.
    #[must_use]
    pub fn all_at_once(mut self) -> Self {
        self.routing = Routing::Gradual { kind: "ALL_AT_ONCE", percentage: None, interval: None };
        self
    }

    /// Adds one of the `Alarms` of a `DeploymentPreference`, by name: when it goes off, the deployment is rolled back.
    #[must_use]
    pub fn alarm(mut self, name: impl Into<Identifier>) -> Self {
        self.alarms.push(name.into());
        self
    }

    /// `RoutingConfiguration` with two versions: `weight` percent of the executions go to the version of this ARN, the others to
    /// the one that the deployment publishes.
    #[must_use]
    pub fn route(mut self, state_machine_version_arn: impl Into<Identifier>, weight: u32) -> Self {
        self.routing = Routing::Split { version: state_machine_version_arn.into(), weight };
        self
    }
}
