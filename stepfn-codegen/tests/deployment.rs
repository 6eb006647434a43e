//! Values that AWS refuses, and their messages.

#![allow(clippy::unwrap_used, reason = "clippy takes helpers of tests for no tests")]

mod support;

use stepfn_codegen::generate::{Format, Plan};
use stepfn_core::definition::{LogLevel, LoggingConfiguration, Reference};
use stepfn_core::deployment::{
    Alarm, Alias, Deployment, Encryption, EventRule, ExecutionStatus, Http, LogGroup, Method, Metric,
    Notification, Payload, RetryPolicy, Schedule, ScheduleMethod, Target,
};
use support::{express, greeting, rich, unencrypted, versioned};

fn plain() -> Deployment {
    greeting("Greeting").into()
}

#[track_caller]
fn refused(deployment: &Deployment, expected: &str) {
    let error = deployment.check().unwrap_err();
    assert_eq!(error.problems.len(), 1);
    let of = &deployment.definition.name;
    assert_eq!(error.to_string(), format!("machine `{of}`, {expected}"));
    // No format gets past it.
    for format in Format::ALL {
        assert_eq!(
            Plan::new(std::slice::from_ref(deployment), &[format]).unwrap_err().to_string(),
            error.to_string()
        );
    }
}

fn logging(destinations: &[&str]) -> LoggingConfiguration {
    LoggingConfiguration {
        level: LogLevel::All,
        include_execution_data: false,
        destinations: destinations.iter().map(|text| (*text).to_owned()).collect(),
    }
}

#[test]
fn what_is_right_is_taken() {
    for deployment in [plain(), rich(), unencrypted(), versioned()] {
        deployment.check().unwrap();
    }
}

#[test]
fn schedules_have_eventbridges_grammar() {
    for expression in [
        "rate(1 minute)",
        "rate(5 hours)",
        "cron(0 9 ? * MON-FRI *)",
        "cron(0/15 8-17 1,15 * ? 2027)",
        "at(2027-01-01T09:00:00)",
    ] {
        plain().trigger(Schedule::new(expression)).check().unwrap();
    }
    for (expression, why) in [
        ("5 minutes", "write `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2027-01-01T09:00:00)`"),
        ("rate(5)", "write a whole number and its unit: `rate(5 minutes)`"),
        ("rate(0 minutes)", "a rate is 1 or more"),
        ("rate(1 minutes)", "write `1 minute`, `1 hour` or `1 day`"),
        ("rate(5 minute)", "write the unit as `minutes`, `hours` or `days`"),
        ("cron(0 9 * * *)", "cron has six fields: `cron(minutes hours day-of-month month day-of-week year)`"),
        ("cron()", "cron has six fields: `cron(minutes hours day-of-month month day-of-week year)`"),
        (
            "cron(0 9 * * * *)",
            "write `?` for either the day of the month or the day of the week, and not for both",
        ),
        ("cron(0 9 ? * \"MON\" *)", "a field of cron is made of letters, digits and `, - * ? / #`"),
        ("at(tomorrow)", "write `at(2027-01-01T09:00:00)`"),
    ] {
        refused(
            &plain().trigger(Schedule::new(expression)),
            &format!("`triggers[0].expression`: `{expression}` is no schedule: {why}"),
        );
    }
}

#[test]
fn a_rule_has_nothing_of_the_schedulers() {
    let rule = || Schedule::new("rate(1 hour)").method(ScheduleMethod::EventBus);
    refused(
        &plain().trigger(rule().time_zone("Asia/Seoul")),
        "`triggers[0].time_zone`: a rule on the event bus has no time zone; leave out `method(ScheduleMethod::EventBus)`",
    );
    refused(
        &plain().trigger(rule().flexible_time_window(5)),
        "`triggers[0].flexible_time_window`: a rule on the event bus has no flexible time window; leave out \
         `method(ScheduleMethod::EventBus)`",
    );
    refused(
        &plain().trigger(Schedule::new("at(2027-01-01T09:00:00)").method(ScheduleMethod::EventBus)),
        "`triggers[0].expression`: `at(2027-01-01T09:00:00)` is no schedule: a rule on the event bus has no `at(…)`; leave out \
         `method(ScheduleMethod::EventBus)`",
    );
}

#[test]
fn triggers_have_aws_limits() {
    let rule = |pattern: &str| EventRule::new(pattern.parse().unwrap());
    let policy =
        |age, attempts| RetryPolicy { maximum_event_age_in_seconds: age, maximum_retry_attempts: attempts };
    for (deployment, expected) in [
        (
            plain().trigger(Schedule::new("rate(1 hour)").flexible_time_window(1441)),
            "`triggers[0].flexible_time_window`: is 1441; AWS takes 1 to 1440 minutes",
        ),
        (
            plain().trigger(Schedule::new("rate(1 hour)").retry_policy(policy(59, 1))),
            "`triggers[0].retry_policy.maximum_event_age_in_seconds`: is 59; AWS takes 60 to 86400 seconds",
        ),
        (
            plain().trigger(Schedule::new("rate(1 hour)").name("every hour")),
            "`triggers[0].name`: holds ' '; AWS takes letters, digits and `_ . -`",
        ),
        (
            plain().trigger(rule("{}")),
            "`triggers[0].event_pattern`: is empty; leave it out, or write what it is to be",
        ),
        (
            plain().trigger(rule(r#"{ "detail": { "state": "OPEN" } }"#)),
            "`triggers[0].event_pattern`: at `/detail/state` there is `\"OPEN\"`; an event pattern is an object of fields, and \
             each holds an object or a list of what it may be, such as `[\"OPEN\"]`",
        ),
        (
            plain().trigger(rule(r#"{ "$or": [{ "source": [] }] }"#)),
            "`triggers[0].event_pattern`: at `/$or/source` there is an empty list; an event pattern is an object of fields, and \
             each holds an object or a list of what it may be, such as `[\"OPEN\"]`",
        ),
        (
            plain().trigger(rule(r#"{ "source": ["a"] }"#).payload(Payload::InputPath("detail".to_owned()))),
            "`triggers[0].payload.input_path`: `detail` is no path; write `$`, or `$.` and the fields: `$.detail.id`",
        ),
        (
            plain().trigger(rule(r#"{ "source": ["a"] }"#).payload(Payload::InputTransformer {
                input_paths_map: vec![("key".to_owned(), "$.detail.key".to_owned())],
                input_template: r#"{ "id": <id>, "at": <aws.events.event.ingestion-time> }"#.to_owned(),
            })),
            "`triggers[0].payload.input_template`: the template has `<id>`, which `input_paths_map` does not know",
        ),
        (
            plain().trigger(Http::new(Method::Post, "orders/")),
            "`triggers[0].path`: `orders/` is no route; start it with `/`, without an end in `/`, a query or a blank: \
             `/orders/{id}`",
        ),
    ] {
        refused(&deployment, expected);
    }
}

#[test]
fn alarms_are_heard_and_watch_for_a_while() {
    let alarm = || Alarm::new(Metric::ExecutionsFailed).alarm_action(Reference::Ref("Alerts".to_owned()));
    for (alarm, expected) in [
        (
            Alarm::new(Metric::ExecutionsFailed),
            "`alarms[0]`: nobody hears the alarm; give it an `alarm_action`",
        ),
        (alarm().period(90), "`alarms[0].period`: is 90; AWS takes a multiple of 60 seconds"),
        (alarm().evaluation_periods(0), "`alarms[0].evaluation_periods`: is 0; AWS takes 1 or more"),
        (
            alarm().evaluation_periods(u32::MAX),
            "`alarms[0]`: 4294967295 periods of 60 seconds are too long; AWS takes a day, and a week where a period is an hour \
             or more",
        ),
        (
            alarm().ok_action("alerts"),
            "`alarms[0].ok_actions`: `alerts` is no ARN; write `arn:aws:…`, a `${Name}` of the definition's substitutions, or a \
             `Reference`",
        ),
    ] {
        refused(&plain().alarm(alarm), expected);
    }
}

#[test]
fn tags_logs_keys_and_names_have_aws_limits() {
    for (deployment, expected) in [
        (
            plain().tag("aws:x", "y"),
            "`tags.aws:x`: starts with `aws:`, which is AWS's own; name it otherwise",
        ),
        (plain().tag("", "y"), "`tags.`: is empty; leave it out, or write what it is to be"),
        (
            plain().tag("a", "b;c"),
            "`tags.a`: holds ';'; AWS takes letters, digits, blanks and `_ . : / = + - @`",
        ),
        (
            plain().logging(logging(&[])),
            "`logging.destinations`: logs at `ALL` have no destination; name a log group in `destinations`, or have one made \
             with `log_group`",
        ),
        (
            plain().logging(logging(&["arn:aws:logs:x"])).log_group(LogGroup::new("/a")),
            "`logging.destinations`: there are 2 destinations; AWS takes one",
        ),
        (
            plain().log_group(LogGroup::new("/a")),
            "`log_group`: nothing is logged to the group; add `.logging(…)` with the level `ERROR` or `ALL`",
        ),
        (
            plain().encryption(Encryption::new("alias/key").kms_data_key_reuse_period_seconds(30)),
            "`encryption.kms_data_key_reuse_period_seconds`: is 30; AWS takes 60 to 900 seconds",
        ),
        (
            plain().encryption(Encryption::new("${Key")),
            "`encryption.kms_key_id`: `${Key` has a `${` without its `}`; close it",
        ),
        (
            plain().depends_on("my-topic"),
            "`depends_on`: holds '-'; AWS takes the letters and digits of a logical id",
        ),
        (
            plain().alias(Alias::new("7")),
            "`aliases.7`: holds '7'; AWS takes a name that is more than a number, since versions are numbers",
        ),
        (
            plain().alias(Alias::new("live")).alias(Alias::new("live")),
            "`aliases`: `live` occurs here twice; give each its own",
        ),
        (
            plain().alias(Alias::new("live").canary(100, 5)),
            "`aliases.live.percentage`: is 100; AWS takes 1 to 99 percent",
        ),
        (
            plain().alias(Alias::new("live").alarm("x")),
            "`aliases.live`: only a gradual deployment is taken back by an alarm; add `canary`, `linear` or `all_at_once`",
        ),
        (
            Deployment::from(express()).notification(Notification::new(
                ExecutionStatus::Failed,
                Target::Sns("arn:aws:sns:x".into()),
            )),
            "`notifications[0]`: Express executions send no status changes; use an alarm, or make the machine Standard",
        ),
    ] {
        refused(&deployment, expected);
    }
}

#[test]
fn one_machine_answers_a_request() {
    let first = plain().trigger(Http::new(Method::Post, "/orders"));
    let second = Deployment::from(greeting("Second")).trigger(Http::new(Method::Post, "/orders"));
    assert_eq!(
        Plan::new(&[first, second], &Format::ALL).unwrap_err().to_string(),
        "machine `Second`: `POST /orders` is taken by `Greeting` already; give each its own path"
    );
}
