//! Triggers, which start executions.

use crate::value::Value;

use super::Identifier;

/// A trigger, which starts executions.
#[derive(Clone, Debug)]
// No wildcard: each format renders all of them, and one more is one that each has to learn.
pub enum Trigger {
    /// At times.
    Schedule(Schedule),
    /// At events of an event bus.
    Event(EventRule),
    /// At HTTP requests.
    Http(Http),
}

impl From<Schedule> for Trigger {
    fn from(schedule: Schedule) -> Self {
        Self::Schedule(schedule)
    }
}

impl From<EventRule> for Trigger {
    fn from(rule: EventRule) -> Self {
        Self::Event(rule)
    }
}

impl From<Http> for Trigger {
    fn from(http: Http) -> Self {
        Self::Http(http)
    }
}

/// The service that runs a schedule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleMethod {
    /// EventBridge Scheduler: `AWS::Scheduler::Schedule`.
    #[default]
    Scheduler,
    /// A rule on the default event bus: `AWS::Events::Rule`, in UTC.
    EventBus,
}

/// `RetryPolicy`: how long and how often a start that failed is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// `MaximumEventAgeInSeconds`: 60 to 86,400.
    pub maximum_event_age_in_seconds: u32,
    /// `MaximumRetryAttempts`: 0 to 185.
    pub maximum_retry_attempts: u32,
}

/// Executions start at times.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Schedule {
    /// `ScheduleExpression`
    pub expression: String,
    /// The service that runs it.
    pub method: ScheduleMethod,
    /// `ScheduleExpressionTimezone`
    pub time_zone: Option<String>,
    /// `Name`
    pub name: Option<String>,
    /// `Description`
    pub description: Option<String>,
    /// `State`: whether it runs.
    pub enabled: bool,
    /// `Input` of the executions.
    pub input: Option<Value>,
    /// `FlexibleTimeWindow`, in minutes.
    pub flexible_time_window: Option<u32>,
    /// `RetryPolicy`
    pub retry_policy: Option<RetryPolicy>,
    /// `DeadLetterConfig`: the ARN of an SQS queue.
    pub dead_letter: Option<Identifier>,
}

impl Schedule {
    /// `ScheduleExpression`: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)`, or `at(2027-01-01T09:00:00)`.
    pub fn new(expression: impl Into<String>) -> Self {
        Self {
            expression: expression.into(),
            method: ScheduleMethod::default(),
            time_zone: None,
            name: None,
            description: None,
            enabled: true,
            input: None,
            flexible_time_window: None,
            retry_policy: None,
            dead_letter: None,
        }
    }

    /// Sets the service that runs it: EventBridge Scheduler, or a rule.
    #[must_use]
    pub fn method(mut self, method: ScheduleMethod) -> Self {
        self.method = method;
        self
    }

    /// `ScheduleExpressionTimezone`: `Asia/Seoul`. The Scheduler's.
    #[must_use]
    pub fn time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }

    /// `Name`
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `Description`
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `State`: whether it runs.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// `Input`: the input of the executions.
    #[must_use]
    pub fn input(mut self, input: Value) -> Self {
        self.input = Some(input);
        self
    }

    /// `FlexibleTimeWindow`: the start may be so many minutes late, 1 to 1440. The Scheduler's.
    #[must_use]
    pub fn flexible_time_window(mut self, maximum_window_in_minutes: u32) -> Self {
        self.flexible_time_window = Some(maximum_window_in_minutes);
        self
    }

    /// `RetryPolicy`
    #[must_use]
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    /// `DeadLetterConfig`: the ARN of an SQS queue.
    #[must_use]
    pub fn dead_letter(mut self, arn: impl Into<Identifier>) -> Self {
        self.dead_letter = Some(arn.into());
        self
    }
}

/// The input of the executions that a trigger starts.
#[derive(Clone, Debug, Default, PartialEq)]
// No wildcard: each format renders all of them, and one more is one that each has to learn.
pub enum Payload {
    /// The event.
    #[default]
    Event,
    /// `Input`: always this.
    Input(Value),
    /// `InputPath`: a part of the event.
    InputPath(String),
    /// `InputTransformer`: a template with `<name>`s of parts of the event.
    InputTransformer {
        /// `InputPathsMap`: names and the paths of the parts.
        input_paths_map: Vec<(String, String)>,
        /// `InputTemplate`
        input_template: String,
    },
}

/// Executions start at events: `AWS::Events::Rule`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventRule {
    /// `EventPattern`
    pub event_pattern: Value,
    /// `EventBusName`; the default bus where it is absent.
    pub event_bus_name: Option<Identifier>,
    /// `Name`
    pub name: Option<String>,
    /// `Description`
    pub description: Option<String>,
    /// `State`: whether it runs.
    pub enabled: bool,
    /// The input of the executions.
    pub payload: Payload,
    /// `RetryPolicy`
    pub retry_policy: Option<RetryPolicy>,
    /// `DeadLetterConfig`: the ARN of an SQS queue.
    pub dead_letter: Option<Identifier>,
}

impl EventRule {
    /// `EventPattern`: an object of fields, each with the list of what it may be.
    pub fn new(event_pattern: Value) -> Self {
        Self {
            event_pattern,
            event_bus_name: None,
            name: None,
            description: None,
            enabled: true,
            payload: Payload::Event,
            retry_policy: None,
            dead_letter: None,
        }
    }

    /// `EventBusName`: the name or ARN of another bus than the default one.
    #[must_use]
    pub fn event_bus_name(mut self, name: impl Into<Identifier>) -> Self {
        self.event_bus_name = Some(name.into());
        self
    }

    /// `Name`
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `Description`
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `State`: whether it runs.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets the input of the executions; the event by default.
    #[must_use]
    pub fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    /// `RetryPolicy`
    #[must_use]
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry_policy = Some(policy);
        self
    }

    /// `DeadLetterConfig`: the ARN of an SQS queue.
    #[must_use]
    pub fn dead_letter(mut self, arn: impl Into<Identifier>) -> Self {
        self.dead_letter = Some(arn.into());
        self
    }
}

/// The method of an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `ANY`
    Any,
}

crate::named!(Method, "method");

impl Method {
    /// All methods.
    pub const ALL: [Self; 6] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete, Self::Any];

    /// Returns API Gateway's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Any => "ANY",
        }
    }
}

/// The authorization of HTTP requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
// No wildcard, as with `Trigger`.
pub enum Authorization {
    /// `AWS_IAM`: whoever IAM allows it, by a signed request.
    #[default]
    AwsIam,
    /// `NONE`: everybody.
    None,
}

/// Executions start at HTTP requests, through API Gateway: the body is the input.
///
/// All machines of a file share one HTTP API; in Serverless YAML it is a REST API, which is the plugin's. A request to a
/// Standard machine answers with the execution's ARN, one to an Express machine with the execution's outcome.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Http {
    /// The method of the requests.
    pub method: Method,
    /// The path of the requests.
    pub path: String,
    /// Who may send them.
    pub authorization: Authorization,
}

impl Http {
    /// A route: `POST`, `/orders`.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), authorization: Authorization::default() }
    }

    /// Sets who may send requests; by default whoever IAM allows it.
    #[must_use]
    pub fn authorization(mut self, authorization: Authorization) -> Self {
        self.authorization = authorization;
        self
    }

    /// Returns the route as API Gateway writes it: `POST /orders`.
    pub fn route_key(&self) -> String {
        format!("{} {}", self.method.name(), self.path)
    }
}
