//! What AWS or a format does not take, in words.

/// The error of a value of a [`Deployment`](crate::deployment::Deployment), with a suggestion.
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
    #[error("nothing is logged to the group; add `.logging(…)` with the level `ERROR` or `ALL`")]
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

/// A definition that the Serverless Framework and its plugin cannot express.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A `${` without its `}`.
    #[error("`${{` has no closing `}}`, which CloudFormation would look for in the rest of the definition")]
    Unclosed,
    /// A `$` right before a variable of the Serverless Framework.
    #[error("the Serverless Framework swallows a `$` right before its variable; put something between them")]
    SwallowedDollar,
    /// A reference in a machine's name.
    #[error(
        "the Serverless plugin takes a text for a machine's name, and `{0}` is none; use `${{Stage}}`, `${{Region}}`, `${{Account}}` or a variable of the Framework"
    )]
    Name(String),
    /// A `#{…}` in a field that has to stay a text.
    #[error(
        "`#{{` is the Serverless plugin's own sign for a reference, and this field cannot escape it; write `${{Name}}` for a reference, or other brackets"
    )]
    PluginVariable,
    /// A key with a variable.
    #[error(
        "`${{` and `#{{` cannot be in the key `{0}`: the Serverless Framework resolves values only, and its plugin everything"
    )]
    Key(String),
    /// A key that makes an object an intrinsic function.
    #[error("the key `{0}` makes this object an intrinsic function of CloudFormation; name it otherwise")]
    IntrinsicKey(String),
    /// `{{resolve:…}}` in a field that has to stay a text.
    #[error(
        "CloudFormation puts what SSM or Secrets Manager hold in the place of `{0}`, and the Serverless plugin has no way to hide it \
         here; put it together at run time: `States.Format('{{}}resolve:…', …)`, or `&` in JSONata"
    )]
    DynamicReference(String),
    /// A reference in the place of a number.
    #[error(
        "`{0}` is where ASL requires a number, and the Serverless plugin makes strings of references; write the number, or use the field's `…Path`"
    )]
    NumberReference(String),
    /// A number that JavaScript does not have.
    #[error(
        "the number {0} turns into another one, since the Serverless Framework reads numbers as JavaScript does; use a text"
    )]
    Number(String),
    /// An ARN that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for an ARN; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Arn(String),
    /// A log group that the plugin's schema refuses.
    #[error(
        "the Serverless plugin refuses `{0}` for a log group; use one `!Ref` or `!GetAtt`, or `!Ref`s from colon to colon of an ARN"
    )]
    Destination(String),
}
