//! What starts a machine, who may and what watches it, planned once: templates and Terraform render the same plan, each under its own
//! names.

use std::borrow::Cow;

use stepfn_core::{definition::WorkflowType, value::Value as Json};

use crate::tree::Node;
use stepfn_core::deployment::{
    Alarm, EventRule, Http, Identifier, Notification, Payload, RetryPolicy, Schedule, ScheduleMethod, Target,
    Trigger,
};

/// A field, by CloudFormation's name.
pub(crate) type Field<'d> = (&'static str, Planned<'d>);

/// The value of a field.
#[derive(Clone, Debug)]
pub(crate) enum Planned<'d> {
    /// One of AWS's words.
    Word(&'static str),
    Number(u64),
    /// A string that is meant as it is.
    Literal(&'d str),
    /// A string whose `${…}` are filled in.
    Text(Cow<'d, str>),
    /// JSON whose strings are filled in.
    Json(&'d Json),
    Identifier(&'d Identifier),
    Identifiers(&'d [Identifier]),
    Block(Vec<Field<'d>>),
    /// Literals under names that the deployment chose.
    Names(&'d [(String, String)]),
    /// The machine, as the dimension of a metric.
    OfMachine,
}

/// A service that starts executions. A machine has one role for each, whatever the number of its triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caller {
    Scheduler,
    Events,
    Api,
}

impl Caller {
    pub(crate) fn of(trigger: &Trigger) -> Self {
        match trigger {
            Trigger::Schedule(schedule) if schedule.method == ScheduleMethod::Scheduler => Self::Scheduler,
            Trigger::Schedule(_) | Trigger::Event(_) => Self::Events,
            Trigger::Http(_) => Self::Api,
        }
    }

    /// The name of its role, behind the machine's.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "Schedule",
            Self::Events => "Event",
            Self::Api => "Api",
        }
    }

    /// The principal that takes its role on.
    pub(crate) fn principal(self) -> &'static str {
        match self {
            Self::Scheduler => "scheduler.amazonaws.com",
            Self::Events => EVENTS,
            Self::Api => "apigateway.amazonaws.com",
        }
    }

    /// The action that its role allows.
    pub(crate) fn action(self, workflow_type: WorkflowType) -> &'static str {
        match self {
            Self::Scheduler | Self::Events => "states:StartExecution",
            Self::Api => start_action(workflow_type).permission,
        }
    }
}

/// The principal of EventBridge.
pub(crate) const EVENTS: &str = "events.amazonaws.com";

/// The request with which API Gateway starts an execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StartAction {
    /// `IntegrationSubtype`
    pub(crate) subtype: &'static str,
    /// The action that its role needs.
    pub(crate) permission: &'static str,
}

/// The action of a machine of this kind: an Express execution answers with its outcome, a Standard one may take a year.
pub(crate) fn start_action(workflow_type: WorkflowType) -> StartAction {
    match workflow_type {
        WorkflowType::Standard => {
            StartAction { subtype: "StepFunctions-StartExecution", permission: "states:StartExecution" }
        }
        WorkflowType::Express => StartAction {
            subtype: "StepFunctions-StartSyncExecution",
            permission: "states:StartSyncExecution",
        },
    }
}

/// A trigger as what has to be made for it. The ARN that is started and the role belong to a target as well.
#[derive(Clone, Debug)]
pub(crate) enum Start<'d> {
    /// A schedule of EventBridge Scheduler.
    Schedule { fields: Vec<Field<'d>>, target: Vec<Field<'d>> },
    /// A rule of EventBridge.
    Rule {
        name: &'static str,
        /// The bus, which is one of the fields as well.
        bus: Option<&'d Identifier>,
        fields: Vec<Field<'d>>,
        target: Vec<Field<'d>>,
    },
    /// A route of an HTTP API.
    Route(&'d Http),
}

impl<'d> Start<'d> {
    pub(crate) fn of(trigger: &'d Trigger) -> Self {
        match trigger {
            Trigger::Schedule(schedule) => Self::schedule(schedule),
            Trigger::Event(rule) => Self::rule(rule),
            Trigger::Http(http) => Self::Route(http),
        }
    }

    fn schedule(schedule: &'d Schedule) -> Self {
        let mut target: Vec<Field<'d>> =
            schedule.input.iter().map(|input| ("Input", Planned::Text(input.to_string().into()))).collect();
        target.extend(retries(schedule.retry_policy, schedule.dead_letter.as_ref()));
        let mut fields = named(schedule.name.as_deref(), schedule.description.as_deref());
        fields.push(("ScheduleExpression", Planned::Literal(&schedule.expression)));
        if schedule.method != ScheduleMethod::Scheduler {
            fields.push(("State", state(schedule.enabled)));
            return Self::Rule { name: "ScheduleRule", bus: None, fields, target };
        }
        let zone = schedule.time_zone.as_deref();
        fields.extend(zone.map(|zone| ("ScheduleExpressionTimezone", Planned::Literal(zone))));
        let window = match schedule.flexible_time_window {
            Some(minutes) => vec![
                ("Mode", Planned::Word("FLEXIBLE")),
                ("MaximumWindowInMinutes", Planned::Number(minutes.into())),
            ],
            None => vec![("Mode", Planned::Word("OFF"))],
        };
        fields.push(("State", state(schedule.enabled)));
        fields.push(("FlexibleTimeWindow", Planned::Block(window)));
        Self::Schedule { fields, target }
    }

    fn rule(rule: &'d EventRule) -> Self {
        let mut target: Vec<Field<'d>> = input(&rule.payload).into_iter().collect();
        target.extend(retries(rule.retry_policy, rule.dead_letter.as_ref()));
        let bus = rule.event_bus_name.as_ref();
        let mut fields = named(rule.name.as_deref(), rule.description.as_deref());
        fields.extend(bus.map(|bus| ("EventBusName", Planned::Identifier(bus))));
        fields.push(("EventPattern", Planned::Json(&rule.event_pattern)));
        fields.push(("State", state(rule.enabled)));
        Self::Rule { name: "EventRule", bus, fields, target }
    }
}

fn named<'d>(name: Option<&'d str>, description: Option<&'d str>) -> Vec<Field<'d>> {
    let of =
        |field: &'static str, text: Option<&'d str>| text.map(|text| (field, Planned::Text(text.into())));
    of("Name", name).into_iter().chain(of("Description", description)).collect()
}

pub(crate) fn state(enabled: bool) -> Planned<'static> {
    Planned::Word(if enabled { "ENABLED" } else { "DISABLED" })
}

/// The part of an event that the target gets, where it is not all of it.
pub(crate) fn input(payload: &Payload) -> Option<Field<'_>> {
    Some(match payload {
        Payload::Event => return None,
        Payload::Input(input) => ("Input", Planned::Text(input.to_string().into())),
        Payload::InputPath(path) => ("InputPath", Planned::Literal(path)),
        Payload::InputTransformer { input_paths_map, input_template } => {
            let mut fields = Vec::new();
            if !input_paths_map.is_empty() {
                fields.push(("InputPathsMap", Planned::Names(input_paths_map)));
            }
            fields.push(("InputTemplate", Planned::Text(input_template.into())));
            ("InputTransformer", Planned::Block(fields))
        }
    })
}

/// How a start that failed is tried again, and where it ends.
pub(crate) fn retries(policy: Option<RetryPolicy>, dead_letter: Option<&Identifier>) -> Vec<Field<'_>> {
    let policy = policy.map(|policy| {
        let fields = vec![
            ("MaximumEventAgeInSeconds", Planned::Number(policy.maximum_event_age_in_seconds.into())),
            ("MaximumRetryAttempts", Planned::Number(policy.maximum_retry_attempts.into())),
        ];
        ("RetryPolicy", Planned::Block(fields))
    });
    let dead_letter =
        dead_letter.map(|arn| ("DeadLetterConfig", Planned::Block(vec![("Arn", Planned::Identifier(arn))])));
    policy.into_iter().chain(dead_letter).collect()
}

/// The actions that EventBridge needs for notifications, each with the target that it is for, once.
pub(crate) fn allowed(
    notifications: &[&Notification],
    mut arn: impl FnMut(&Identifier) -> Node,
) -> Vec<(&'static str, Node)> {
    let mut allowed = Vec::new();
    for notification in notifications {
        let statement = (notification.target.action(), arn(notification.target.arn()));
        if !allowed.contains(&statement) {
            allowed.push(statement);
        }
    }
    allowed
}

/// What a target needs beside its ARN.
pub(crate) fn parameters(target: &Target) -> Option<Field<'_>> {
    let block = |field, text| Planned::Block(vec![(field, Planned::Literal(text))]);
    match target {
        Target::Sqs { message_group_id: Some(id), .. } => {
            Some(("SqsParameters", block("MessageGroupId", id)))
        }
        Target::Kinesis { partition_key_path: Some(path), .. } => {
            Some(("KinesisParameters", block("PartitionKeyPath", path)))
        }
        _ => None,
    }
}

/// The fields of an alarm but for its name.
pub(crate) fn alarm(alarm: &Alarm) -> Vec<Field<'_>> {
    let description = alarm.description.as_deref();
    let mut fields: Vec<Field<'_>> =
        description.map(|text| ("AlarmDescription", Planned::Literal(text))).into_iter().collect();
    fields.extend([
        ("Namespace", Planned::Word("AWS/States")),
        ("MetricName", Planned::Word(alarm.metric.name())),
        ("Dimensions", Planned::OfMachine),
        ("Statistic", Planned::Word(alarm.metric.statistic())),
        ("Period", Planned::Number(alarm.period.into())),
        ("EvaluationPeriods", Planned::Number(alarm.evaluation_periods.into())),
        ("Threshold", Planned::Number(alarm.threshold)),
        ("ComparisonOperator", Planned::Word("GreaterThanOrEqualToThreshold")),
        ("TreatMissingData", Planned::Word(alarm.treat_missing_data.name())),
    ]);
    let actions = [
        ("AlarmActions", &alarm.alarm_actions),
        ("OKActions", &alarm.ok_actions),
        ("InsufficientDataActions", &alarm.insufficient_data_actions),
    ];
    let some = actions.into_iter().filter(|(_, actions)| !actions.is_empty());
    fields.extend(some.map(|(field, actions)| (field, Planned::Identifiers(actions))));
    fields
}
