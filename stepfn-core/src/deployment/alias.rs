//! Aliases, and how traffic gets to a new version: `AWS::StepFunctions::StateMachineAlias`.

use super::{Identifier, Step};

/// An alias of the machine.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alias {
    /// `Name`
    pub name: String,
    /// `Description`
    pub description: Option<String>,
    /// The versions that it leads to, and how it gets there.
    pub routing: Routing,
    /// The alarms that take back a gradual deployment.
    pub alarms: Vec<Identifier>,
}

/// The routing of an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Routing {
    /// To the version that this deployment publishes.
    Latest,
    /// There as well, by a `DeploymentPreference` of type `ALL_AT_ONCE`.
    AllAtOnce,
    /// There in two steps, by a `DeploymentPreference` of type `CANARY`.
    Canary {
        /// The percentage of executions that start at the new version first.
        percentage: u32,
        /// The minutes before all do.
        interval: u32,
    },
    /// There in equal steps, by a `DeploymentPreference` of type `LINEAR`.
    Linear {
        /// The percentage of executions that each step adds.
        percentage: u32,
        /// The minutes between two steps.
        interval: u32,
    },
    /// There in steps of any size, which only a deployment without a file can make.
    Steps(Vec<Step>),
    /// A part of the executions goes to another version.
    Split {
        /// The ARN of that version.
        version: Identifier,
        /// The percentage of executions that start at it.
        weight: u32,
    },
}

impl Routing {
    /// Returns the steps before all executions start at the new version.
    ///
    /// ```
    /// use stepfn_core::deployment::Alias;
    ///
    /// let steps = Alias::new("live").linear(40, 5).routing.steps();
    /// assert_eq!(steps, ["40%:5m".parse()?, "80%:5m".parse()?]);
    /// # Ok::<(), stepfn_core::deployment::InvalidStep>(())
    /// ```
    pub fn steps(&self) -> Vec<Step> {
        match self {
            Self::Latest | Self::AllAtOnce | Self::Split { .. } => Vec::new(),
            Self::Canary { percentage, interval } => {
                Step::of_minutes(*percentage, *interval).into_iter().collect()
            }
            Self::Linear { percentage, interval } => {
                let count = 99_u32.checked_div(*percentage).unwrap_or_default();
                (1..=count).filter_map(|nth| Step::of_minutes(nth * percentage, *interval)).collect()
            }
            Self::Steps(steps) => steps.clone(),
        }
    }
}

impl Alias {
    /// An alias that all at once points to the version that each deployment publishes.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), description: None, routing: Routing::Latest, alarms: Vec::new() }
    }

    /// Sets the `Description`.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `DeploymentPreference` of type `CANARY`: `percentage` of the executions go to the new version, and after `interval` minutes
    /// the rest.
    #[must_use]
    pub fn canary(mut self, percentage: u32, interval: u32) -> Self {
        self.routing = Routing::Canary { percentage, interval };
        self
    }

    /// `DeploymentPreference` of type `LINEAR`: every `interval` minutes `percentage` more of the executions go to the new version.
    #[must_use]
    pub fn linear(mut self, percentage: u32, interval: u32) -> Self {
        self.routing = Routing::Linear { percentage, interval };
        self
    }

    /// `DeploymentPreference` of type `ALL_AT_ONCE`, which [`alarm`](Self::alarm)s can take back.
    #[must_use]
    pub fn all_at_once(mut self) -> Self {
        self.routing = Routing::AllAtOnce;
        self
    }

    /// Adds a step of any size and time. Only a deployment without a file makes those; files have [`canary`](Self::canary) and
    /// [`linear`](Self::linear).
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        match &mut self.routing {
            Routing::Steps(steps) => steps.push(step),
            other => *other = Routing::Steps(vec![step]),
        }
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
