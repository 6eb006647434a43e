//! Triggers, alarms and notifications: what the plugin makes of its own sections, and what it has no word for or breaks,
//! which is a resource then.

use indexmap::IndexMap;
use stepfn_core::{
    definition::{Reference, WorkflowType},
    value::Value,
};

use super::{definition::number_node, text::json_escaped};
use crate::{
    template::{Machine, Template, reference},
    text::{Piece, split},
    tree::{Node, from_value},
};
use stepfn_core::deployment::{
    Alarm, Authorization, EventRule, ExecutionStatus, Http, Identifier, Metric, Notification, Payload,
    RetryPolicy, Schedule, ScheduleMethod, Target, Trigger,
};

type Entry = (&'static str, Node);

/// `events`, and everything that leads to an alias, which the plugin does not know.
pub(super) fn events(machine: &Machine<'_>, resources: &mut Template) -> Option<Entry> {
    let deployment = machine.deployment;
    let alias = resources.versions(machine);
    // The schedules of a machine share one role in the plugin, and it trusts one service.
    let method = deployment.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Schedule(schedule) if fits_schedule(schedule) => Some(schedule.method),
        _ => None,
    });
    let (own, others): (Vec<&Trigger>, Vec<&Trigger>) = deployment.triggers.iter().partition(|trigger| {
        alias.is_none()
            && match trigger {
                Trigger::Schedule(schedule) => fits_schedule(schedule) && Some(schedule.method) == method,
                Trigger::Event(rule) => fits_rule(rule),
                Trigger::Http(_) => machine.definition().workflow_type == WorkflowType::Standard,
            }
    });
    let target = alias.unwrap_or_else(|| reference(&machine.id));
    resources.start(machine, &target, &others);
    let words = words_of_the_framework();
    let own: Vec<Trigger> = own.into_iter().map(|trigger| trigger.with_values(&words)).collect();
    let events = own.iter().map(|trigger| match trigger {
        Trigger::Schedule(schedule) => Node::map([("schedule", schedule_node(schedule))]),
        Trigger::Event(rule) => Node::map([("eventBridge", rule_node(machine, rule, resources))]),
        Trigger::Http(http) => Node::map([("http", http_node(http))]),
    });
    let events: Vec<_> = events.collect();
    (!events.is_empty()).then_some(("events", Node::List(events)))
}

/// The Framework's variables for what every deployment knows: the plugin takes texts for names.
fn words_of_the_framework() -> IndexMap<String, String> {
    [("Stage", "${sls:stage}"), ("Region", "${aws:region}"), ("Account", "${aws:accountId}")]
        .map(|(name, variable)| (name.to_owned(), variable.to_owned()))
        .into()
}

/// Returns `true` if the plugin has a word for all of it. It puts texts into JSON with nothing but their quotes escaped.
fn fits_schedule(schedule: &Schedule) -> bool {
    let is_scheduler = schedule.method == ScheduleMethod::Scheduler;
    schedule.flexible_time_window.is_none()
        && schedule.dead_letter.is_none()
        && !(is_scheduler && schedule.retry_policy.is_some())
        && schedule.input.as_ref().is_none_or(fits_json)
}

fn fits_rule(rule: &EventRule) -> bool {
    let is_plain = |text: &str| !text.contains(|c: char| c == '\\' || c.is_control());
    fits_json(&rule.event_pattern)
        && has_numbers_of_javascript(&rule.event_pattern)
        && match &rule.payload {
            Payload::Event => true,
            Payload::Input(input) => fits_json(input),
            Payload::InputPath(path) => is_plain(path) && !path.contains('"'),
            Payload::InputTransformer { input_template, input_paths_map } => {
                is_plain(input_template) && !input_paths_map.is_empty()
            }
        }
}

/// Returns `true` if the JSON text has no escapes, which the plugin would undo.
fn fits_json(value: &Value) -> bool {
    !value.to_string().contains('\\')
}

/// Returns `true` if every number stays itself when JavaScript reads it.
fn has_numbers_of_javascript(value: &Value) -> bool {
    match value {
        Value::Number(number) => number_node(number).is_ok(),
        Value::Array(items) => items.iter().all(has_numbers_of_javascript),
        Value::Object(map) => map.values().all(has_numbers_of_javascript),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn schedule_node(schedule: &Schedule) -> Node {
    let mut entries = vec![("rate", Node::text(&schedule.expression))];
    if schedule.method == ScheduleMethod::Scheduler {
        entries.push(("method", Node::text("scheduler")));
    }
    entries.extend(schedule.time_zone.as_ref().map(|zone| ("timezone", Node::text(zone))));
    common(&mut entries, schedule.enabled, schedule.name.as_deref(), schedule.description.as_deref());
    // As text: in an object the Framework would read its numbers as JavaScript does.
    entries.extend(schedule.input.as_ref().map(|input| ("input", Node::Text(input.to_string()))));
    entries.extend(schedule.retry_policy.map(retry));
    Node::map(entries)
}

fn rule_node(machine: &Machine<'_>, rule: &EventRule, resources: &mut Template) -> Node {
    let substitutions = &machine.definition().substitutions;
    let mut entries = vec![("event", from_value(&rule.event_pattern))];
    if let Some(bus) = &rule.event_bus_name {
        entries.push(("eventBusName", resources.identifier(bus, substitutions)));
    }
    common(&mut entries, rule.enabled, rule.name.as_deref(), rule.description.as_deref());
    match &rule.payload {
        Payload::Event => {}
        Payload::Input(input) => entries.push(("input", Node::Text(input.to_string()))),
        Payload::InputPath(path) => entries.push(("inputPath", Node::text(path))),
        Payload::InputTransformer { input_paths_map, input_template } => {
            let paths = input_paths_map.iter().map(|(name, path)| (name.as_str(), Node::text(path)));
            let node = Node::map([
                ("inputPathsMap", Node::map(paths)),
                ("inputTemplate", Node::text(input_template)),
            ]);
            entries.push(("inputTransformer", node));
        }
    }
    entries.extend(rule.retry_policy.map(retry));
    if let Some(arn) = &rule.dead_letter {
        entries.push(("deadLetterConfig", resources.identifier(arn, substitutions)));
    }
    Node::map(entries)
}

fn common(entries: &mut Vec<Entry>, enabled: bool, name: Option<&str>, description: Option<&str>) {
    if !enabled {
        entries.push(("enabled", Node::Bool(false)));
    }
    entries.extend(name.map(|name| ("name", Node::text(name))));
    // The plugin puts it into JSON text as it is.
    entries.extend(description.map(|text| ("description", Node::Text(json_escaped(text)))));
}

fn retry(policy: RetryPolicy) -> Entry {
    let number = |value: u32| Node::Number(value.to_string());
    let node = Node::map([
        ("maximumEventAgeInSeconds", number(policy.maximum_event_age_in_seconds)),
        ("maximumRetryAttempts", number(policy.maximum_retry_attempts)),
    ]);
    ("retryPolicy", node)
}

fn http_node(http: &Http) -> Node {
    let mut entries = vec![
        ("method", Node::Text(http.method.name().to_ascii_lowercase())),
        // An HTTP API's `/` is the empty path of a REST API.
        ("path", Node::text(http.path.trim_start_matches('/'))),
    ];
    if http.authorization == Authorization::AwsIam {
        entries.push(("authorizer", Node::map([("type", Node::text("AWS_IAM"))])));
    }
    Node::map(entries)
}

/// `alarms`, and those that the plugin cannot make. All of its alarms have the same actions.
pub(super) fn alarms(machine: &Machine<'_>, resources: &mut Template) -> Option<Entry> {
    let alarms = &machine.deployment.alarms;
    let model = alarms.iter().find(|alarm| metric(alarm).is_some());
    let mut metrics: Vec<Node> = Vec::new();
    let mut met: Vec<Metric> = Vec::new();
    let mut others = Vec::new();
    for alarm in alarms {
        let name = metric(alarm).filter(|_| {
            model.is_some_and(|model| same_actions(model, alarm)) && !met.contains(&alarm.metric)
        });
        let Some(name) = name else {
            others.push(alarm);
            continue;
        };
        met.push(alarm.metric);
        // The plugin's logical id, which no resource may have then.
        resources.claim(&format!("{}{}Alarm", machine.id, alarm.metric.name()));
        let mut entries = vec![("metric", Node::text(name))];
        if let Some(Identifier::Text(text)) = &alarm.name {
            entries.push(("alarmName", Node::text(text)));
        }
        if alarm.treat_missing_data != Default::default() {
            entries.push(("treatMissingData", Node::text(alarm.treat_missing_data.name())));
        }
        if alarm.period != 60 {
            entries.push(("period", Node::Number(alarm.period.to_string())));
        }
        metrics.push(if entries.len() == 1 { Node::text(name) } else { Node::map(entries) });
    }
    for alarm in others {
        resources.alarm(machine, alarm);
    }
    let model = model?;
    let substitutions = &machine.definition().substitutions;
    let mut topics = Vec::new();
    for (key, actions) in [
        ("ok", &model.ok_actions),
        ("alarm", &model.alarm_actions),
        ("insufficientData", &model.insufficient_data_actions),
    ] {
        topics.extend(actions.iter().map(|action| (key, resources.identifier(action, substitutions))));
    }
    Some(("alarms", Node::map([("topics", Node::map(topics)), ("metrics", Node::List(metrics))])))
}

/// The plugin's word for the alarm's metric, where it can make the alarm: its threshold is 1 in one period.
fn metric(alarm: &Alarm) -> Option<&'static str> {
    let actions = [&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions];
    let is_plain_name = match &alarm.name {
        None => true,
        Some(Identifier::Text(text)) => split(text, &Default::default())
            .iter()
            .all(|piece| matches!(piece, Piece::Literal(_) | Piece::Framework(_))),
        Some(Identifier::Reference(_)) => false,
    };
    let fits = alarm.threshold == 1
        && alarm.evaluation_periods == 1
        && alarm.description.is_none()
        && is_plain_name
        && actions.iter().all(|actions| actions.len() <= 1);
    if !fits {
        return None;
    }
    match alarm.metric {
        Metric::ExecutionsAborted => Some("executionsAborted"),
        Metric::ExecutionsFailed => Some("executionsFailed"),
        Metric::ExecutionsSucceeded => Some("executionsSucceeded"),
        Metric::ExecutionsTimedOut => Some("executionsTimedOut"),
        Metric::ExecutionThrottled => Some("executionThrottled"),
        // `ExecutionsStarted`, `ExecutionTime`, and whatever AWS adds: an alarm of CloudFormation has every metric.
        _ => None,
    }
}

fn same_actions(one: &Alarm, other: &Alarm) -> bool {
    one.alarm_actions == other.alarm_actions
        && one.ok_actions == other.ok_actions
        && one.insufficient_data_actions == other.insufficient_data_actions
}

/// `notifications`, and those that the plugin cannot reach.
pub(super) fn notifications(machine: &Machine<'_>, resources: &mut Template) -> Option<Entry> {
    let all = machine.deployment.notifications.iter();
    let (own, others): (Vec<&Notification>, Vec<&Notification>) =
        all.partition(|notification| fits_target(machine, &notification.target));
    resources.notify(machine, &others);
    let mut entries = Vec::new();
    for status in ExecutionStatus::ALL {
        let targets = own.iter().filter(|notification| notification.status == status);
        let targets: Vec<_> =
            targets.map(|notification| target_node(machine, &notification.target, resources)).collect();
        if !targets.is_empty() {
            entries.push((status.name(), Node::List(targets)));
        }
    }
    (!entries.is_empty()).then(|| ("notifications", Node::map(entries)))
}

/// The plugin takes a text or one reference for an ARN. A topic or a queue that is not of this stack would lose its own
/// policy to the plugin's.
fn fits_target(machine: &Machine<'_>, target: &Target) -> bool {
    let reference = match target.arn() {
        Identifier::Reference(reference) => Some(reference.clone()),
        Identifier::Text(text) => match split(text, &machine.definition().substitutions).as_slice() {
            [Piece::Reference(reference)] => Some(reference.as_ref().clone()),
            pieces if pieces.iter().any(|piece| matches!(piece, Piece::Reference(_))) => return false,
            _ => None,
        },
    };
    match target {
        Target::Sns(_) => matches!(reference, Some(Reference::Ref(_))),
        Target::Sqs { .. } => matches!(reference, Some(Reference::GetAtt(..))),
        _ => true,
    }
}

fn target_node(machine: &Machine<'_>, target: &Target, resources: &mut Template) -> Node {
    let arn = resources.identifier(target.arn(), &machine.definition().substitutions);
    let with =
        |arn: Node, key: &'static str, value: &str| Node::map([("arn", arn), (key, Node::text(value))]);
    let (key, node) = match target {
        Target::Sns(_) => ("sns", arn),
        Target::Sqs { message_group_id: Some(id), .. } => ("sqs", with(arn, "messageGroupId", id)),
        Target::Sqs { .. } => ("sqs", arn),
        Target::Kinesis { partition_key_path: Some(path), .. } => {
            ("kinesis", with(arn, "partitionKeyPath", path))
        }
        Target::Kinesis { .. } => ("kinesis", arn),
        Target::Firehose(_) => ("firehose", arn),
        Target::Lambda(_) => ("lambda", arn),
        Target::StepFunctions(_) => ("stepFunctions", arn),
    };
    Node::map([(key, node)])
}
