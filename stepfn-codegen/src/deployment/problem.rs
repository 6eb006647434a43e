/// The error of a value of a [`Deployment`](super::Deployment), with a suggestion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentProblem {
    /// A text that must not be empty.
    #[error("is empty; leave it out, or write what it is to be")]
    Empty,
    /// A `${` without its `}`.
    #[error("`{0}` has a `${{` without its `}}`; close it")]
    Unclosed(String),
    /// A text with too many characters.
    #[error("has {length} characters; AWS takes {limit}")]
    Length {
        /// The characters.
        length: usize,
        /// AWS's limit.
        limit: usize,
    },
    /// A character that AWS does not take.
    #[error("holds {character:?}; AWS takes {allowed}")]
    Character {
        /// The character.
        character: char,
        /// The values that AWS accepts.
        allowed: &'static str,
    },
    /// A number out of its range.
    #[error("is {value}; AWS takes {allowed}")]
    Number {
        /// The number.
        value: u64,
        /// The values that AWS accepts.
        allowed: &'static str,
    },
    /// A text that should be an ARN.
    #[error(
        "`{0}` is no ARN; write `arn:aws:…`, a `${{Name}}` of the definition's substitutions, or a `Reference`"
    )]
    Arn(String),
    /// A schedule that nobody reads.
    #[error("`{expression}` is no schedule: {why}")]
    Schedule {
        /// The schedule.
        expression: String,
        /// The error, with a suggestion.
        why: &'static str,
    },
    /// Something of EventBridge Scheduler on a rule.
    #[error("a rule on the event bus has no {0}; leave out `method(ScheduleMethod::EventBus)`")]
    SchedulerOnly(&'static str),
    /// An event pattern that EventBridge refuses.
    #[error(
        "at `{at}` there is {found}; an event pattern is an object of fields, and each holds an object or a list of what it may be, such as `[\"OPEN\"]`"
    )]
    EventPattern {
        /// JSON pointer into the pattern.
        at: String,
        /// The value.
        found: String,
    },
    /// A path that is none.
    #[error("`{0}` is no path; write `$`, or `$.` and the fields: `$.detail.id`")]
    Path(String),
    /// A template of an input that names no part of the event.
    #[error("the template has `<{0}>`, which `input_paths_map` does not know")]
    UnknownPart(String),
    /// A route that API Gateway does not take.
    #[error(
        "`{0}` is no route; start it with `/`, without an end in `/`, a query or a blank: `/orders/{{id}}`"
    )]
    Route(String),
    /// Express executions send no events of their status.
    #[error("Express executions send no status changes; use an alarm, or make the machine Standard")]
    ExpressNotification,
    /// An alarm that nobody hears.
    #[error("nobody hears the alarm; give it an `alarm_action`")]
    Unheard,
    /// An alarm that watches for longer than CloudWatch does.
    #[error(
        "{periods} periods of {period} seconds are too long; AWS takes a day, and a week where a period is an hour or more"
    )]
    Watch {
        /// The periods.
        periods: u32,
        /// Their length in seconds.
        period: u32,
    },
    /// Alarms of an alias without a gradual deployment.
    #[error("only a gradual deployment is taken back by an alarm; add `canary`, `linear` or `all_at_once`")]
    AliasAlarms,
    /// One name twice.
    #[error("`{0}` occurs here twice; give each its own")]
    Twice(String),
    /// A log group to make for a machine that logs nothing.
    #[error("nothing is logged to the group; set what is with `logging`, at the level `ERROR` or `ALL`")]
    LogGroupWithoutLogging,
    /// Logs without a place to go to.
    #[error(
        "logs at `{0}` have no destination; name a log group in `destinations`, or have one made with `log_group`"
    )]
    LoggingWithoutDestination(&'static str),
    /// More destinations than Step Functions has.
    #[error("there are {0} destinations; AWS takes one")]
    Destinations(usize),
    /// More things than AWS takes.
    #[error("there are {count}; AWS takes {limit}")]
    TooMany {
        /// The number of them.
        count: usize,
        /// AWS's limit.
        limit: usize,
    },
    /// A tag that AWS keeps to itself.
    #[error("starts with `aws:`, which is AWS's own; name it otherwise")]
    ReservedTag,
    /// Something that a format has no word for.
    #[error("{format} {what}")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// The missing feature, with a suggestion.
        what: &'static str,
    },
}
