//! What AWS refuses about a deployment, in words.

use std::fmt;

/// The error of a value of a [`Deployment`](super::Deployment), with a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeploymentProblem {
    /// A text that must not be empty.
    Empty,
    /// A `${` without its `}`.
    Unclosed(String),
    /// A text with too many characters.
    Length {
        /// The characters.
        length: usize,
        /// AWS's limit.
        limit: usize,
    },
    /// A character that AWS does not take.
    Character {
        /// The character.
        character: char,
        /// The values that AWS accepts.
        allowed: &'static str,
    },
    /// A number out of its range.
    Number {
        /// The number.
        value: u64,
        /// The values that AWS accepts.
        allowed: &'static str,
    },
    /// A text that should be an ARN.
    Arn(String),
    /// A schedule that nobody reads.
    Schedule {
        /// The schedule.
        expression: String,
        /// The error, with a suggestion.
        why: &'static str,
    },
    /// Something of EventBridge Scheduler on a rule.
    SchedulerOnly(&'static str),
    /// An event pattern that EventBridge refuses.
    EventPattern {
        /// JSON pointer into the pattern.
        at: String,
        /// The value.
        found: String,
    },
    /// A path that is none.
    Path(String),
    /// A template of an input that names no part of the event.
    UnknownPart(String),
    /// A route that API Gateway does not take.
    Route(String),
    /// Express executions send no events of their status.
    ExpressNotification,
    /// An alarm that nobody hears.
    Unheard,
    /// An alarm that watches for longer than CloudWatch does.
    Watch {
        /// The periods.
        periods: u32,
        /// Their length in seconds.
        period: u32,
    },
    /// Alarms of an alias without a gradual deployment.
    AliasAlarms,
    /// One name twice.
    Twice(String),
    /// A log group to make for a machine that logs nothing.
    LogGroupWithoutLogging,
    /// Logs without a place to go to.
    LoggingWithoutDestination(&'static str),
    /// More destinations than Step Functions has.
    Destinations(usize),
    /// More things than AWS takes.
    TooMany {
        /// The number of them.
        count: usize,
        /// AWS's limit.
        limit: usize,
    },
    /// A tag that AWS keeps to itself.
    ReservedTag,
}

impl fmt::Display for DeploymentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty; leave it out, or write what it is to be"),
            Self::Unclosed(text) => write!(f, "`{text}` has a `${{` without its `}}`; close it"),
            Self::Length { length, limit } => write!(f, "has {length} characters; AWS takes {limit}"),
            Self::Character { character, allowed } => write!(f, "holds {character:?}; AWS takes {allowed}"),
            Self::Number { value, allowed } => write!(f, "is {value}; AWS takes {allowed}"),
            Self::Arn(text) => write!(f, "`{text}` is no ARN; write `arn:aws:…`, a `${{Name}}` of the definition's substitutions, or a `Reference`"),
            Self::Schedule { expression, why } => write!(f, "`{expression}` is no schedule: {why}"),
            Self::SchedulerOnly(text) => write!(f, "a rule on the event bus has no {text}; leave out `method(ScheduleMethod::EventBus)`"),
            Self::EventPattern { at, found } => write!(f, "at `{at}` there is {found}; an event pattern is an object of fields, and each holds an object or a list of what it may be, such as `[\"OPEN\"]`"),
            Self::Path(text) => write!(f, "`{text}` is no path; write `$`, or `$.` and the fields: `$.detail.id`"),
            Self::UnknownPart(text) => write!(f, "the template has `<{text}>`, which `input_paths_map` does not know"),
            Self::Route(text) => write!(f, "`{text}` is no route; start it with `/`, without an end in `/`, a query or a blank: `/orders/{{id}}`"),
            Self::ExpressNotification => f.write_str("Express executions send no status changes; use an alarm, or make the machine Standard"),
            Self::Unheard => f.write_str("nobody hears the alarm; give it an `alarm_action`"),
            Self::Watch { periods, period } => write!(f, "{periods} periods of {period} seconds are too long; AWS takes a day, and a week where a period is an hour or more"),
            Self::AliasAlarms => f.write_str("only a gradual deployment is taken back by an alarm; add `canary`, `linear` or `all_at_once`"),
            Self::Twice(text) => write!(f, "`{text}` occurs here twice; give each its own"),
            Self::LogGroupWithoutLogging => f.write_str("nothing is logged to the group; add `.logging(…)` with the level `ERROR` or `ALL`"),
            Self::LoggingWithoutDestination(text) => write!(f, "logs at `{text}` have no destination; name a log group in `destinations`, or have one made with `log_group`"),
            Self::Destinations(text) => write!(f, "there are {text} destinations; AWS takes one"),
            Self::TooMany { count, limit } => write!(f, "there are {count}; AWS takes {limit}"),
            Self::ReservedTag => f.write_str("starts with `aws:`, which is AWS's own; name it otherwise"),
        }
    }
}

impl std::error::Error for DeploymentProblem {}

/// Values of a deployment that AWS refuses: all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidDeployment {
    /// The machine.
    pub machine: String,
    /// The values, by their paths in the [`Deployment`](super::Deployment) (`triggers[0].expression`), and the problem with each.
    pub problems: Vec<(String, DeploymentProblem)>,
}

impl fmt::Display for InvalidDeployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (at, problem)) in self.problems.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}machine `{}`, `{at}`: {problem}", self.machine)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidDeployment {}
