//! Alarms on a machine's metrics: `AWS::CloudWatch::Alarm`.

use super::Identifier;

/// A metric of a state machine, in the namespace `AWS/States`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// `ExecutionsAborted`
    ExecutionsAborted,
    /// `ExecutionsFailed`
    ExecutionsFailed,
    /// `ExecutionsStarted`
    ExecutionsStarted,
    /// `ExecutionsSucceeded`
    ExecutionsSucceeded,
    /// `ExecutionsTimedOut`
    ExecutionsTimedOut,
    /// `ExecutionThrottled`: state transitions that were throttled.
    ExecutionThrottled,
    /// `ExecutionTime`, in milliseconds.
    ExecutionTime,
}

crate::named!(Metric, "metric");

impl Metric {
    /// All metrics.
    pub const ALL: [Self; 7] = [
        Self::ExecutionsAborted,
        Self::ExecutionsFailed,
        Self::ExecutionsStarted,
        Self::ExecutionsSucceeded,
        Self::ExecutionsTimedOut,
        Self::ExecutionThrottled,
        Self::ExecutionTime,
    ];

    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExecutionsAborted => "ExecutionsAborted",
            Self::ExecutionsFailed => "ExecutionsFailed",
            Self::ExecutionsStarted => "ExecutionsStarted",
            Self::ExecutionsSucceeded => "ExecutionsSucceeded",
            Self::ExecutionsTimedOut => "ExecutionsTimedOut",
            Self::ExecutionThrottled => "ExecutionThrottled",
            Self::ExecutionTime => "ExecutionTime",
        }
    }

    /// Returns the statistic of a period: the sum of counts, the maximum of times.
    pub fn statistic(self) -> &'static str {
        if self == Self::ExecutionTime { "Maximum" } else { "Sum" }
    }
}

/// `TreatMissingData` of an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreatMissingData {
    /// `missing`: the alarm has too little data.
    #[default]
    Missing,
    /// `ignore`: the alarm stays as it is.
    Ignore,
    /// `breaching`
    Breaching,
    /// `notBreaching`
    NotBreaching,
}

crate::named!(TreatMissingData, "treatment of missing data");

impl TreatMissingData {
    /// All treatments.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Ignore, Self::Breaching, Self::NotBreaching];

    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

/// An alarm: a metric reaches its threshold in so many periods on end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alarm {
    /// The metric that is watched.
    pub metric: Metric,
    /// `AlarmName`
    pub name: Option<Identifier>,
    /// `AlarmDescription`
    pub description: Option<String>,
    /// `Threshold`
    pub threshold: u64,
    /// `Period`, in seconds.
    pub period: u32,
    /// `EvaluationPeriods`
    pub evaluation_periods: u32,
    /// `TreatMissingData`
    pub treat_missing_data: TreatMissingData,
    /// `AlarmActions`
    pub alarm_actions: Vec<Identifier>,
    /// `OKActions`
    pub ok_actions: Vec<Identifier>,
    /// `InsufficientDataActions`
    pub insufficient_data_actions: Vec<Identifier>,
}

impl Alarm {
    /// An alarm as soon as the metric is 1 or more in one minute.
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            name: None,
            description: None,
            threshold: 1,
            period: 60,
            evaluation_periods: 1,
            treat_missing_data: TreatMissingData::default(),
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
        }
    }

    /// `AlarmName`; CloudFormation makes one up where it is absent.
    #[must_use]
    pub fn name(mut self, name: impl Into<Identifier>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `AlarmDescription`
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `Threshold`: a count, or milliseconds for [`Metric::ExecutionTime`]. A value that reaches it breaches it.
    #[must_use]
    pub fn threshold(mut self, threshold: u64) -> Self {
        self.threshold = threshold;
        self
    }

    /// `Period`, in seconds: a multiple of 60.
    #[must_use]
    pub fn period(mut self, seconds: u32) -> Self {
        self.period = seconds;
        self
    }

    /// `EvaluationPeriods`
    #[must_use]
    pub fn evaluation_periods(mut self, periods: u32) -> Self {
        self.evaluation_periods = periods;
        self
    }

    /// `TreatMissingData`
    #[must_use]
    pub fn treat_missing_data(mut self, treat: TreatMissingData) -> Self {
        self.treat_missing_data = treat;
        self
    }

    /// Adds one of the `AlarmActions`: the ARN of an action for when the threshold is reached, such as an SNS topic.
    #[must_use]
    pub fn alarm_action(mut self, arn: impl Into<Identifier>) -> Self {
        self.alarm_actions.push(arn.into());
        self
    }

    /// Adds one of the `OKActions`.
    #[must_use]
    pub fn ok_action(mut self, arn: impl Into<Identifier>) -> Self {
        self.ok_actions.push(arn.into());
        self
    }

    /// Adds one of the `InsufficientDataActions`.
    #[must_use]
    pub fn insufficient_data_action(mut self, arn: impl Into<Identifier>) -> Self {
        self.insufficient_data_actions.push(arn.into());
        self
    }
}
