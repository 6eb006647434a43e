//! AWS's rules for the values of a deployment.

use std::collections::HashSet;

use crate::{
    arn::is_arn,
    definition::{LogLevel, WorkflowType},
    value::Value,
};

use super::schedule::fault_of_schedule;
use super::{
    Alarm, Alias, Deployment, DeploymentProblem as Problem, Encryption, EventRule, Http, Identifier,
    Notification, Payload, Piece, RetryPolicy, Routing, Schedule, ScheduleMethod, Target, Trigger, split,
};

/// The path of a value, and its problem.
type Found = (String, Problem);

/// `RetentionInDays` of a log group.
const RETENTION: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Returns what AWS refuses: of each part the first.
pub(super) fn check(deployment: &Deployment) -> Vec<Found> {
    let texts = Texts { deployment };
    let mut parts = vec![
        deployment.role.as_ref().map_or(Ok(()), |role| texts.arn("role", role)),
        tags(deployment),
        logging(deployment, &texts),
        check_encryption(deployment, &texts),
    ];
    for (index, trigger) in deployment.triggers.iter().enumerate() {
        let at = format!("triggers[{index}]");
        parts.push(match trigger {
            Trigger::Schedule(schedule) => check_schedule(&at, schedule, &texts),
            Trigger::Event(rule) => check_rule(&at, rule, &texts),
            Trigger::Http(http) => check_http(&at, http),
        });
    }
    for (index, alarm) in deployment.alarms.iter().enumerate() {
        parts.push(check_alarm(&format!("alarms[{index}]"), alarm, &texts));
    }
    for (index, notification) in deployment.notifications.iter().enumerate() {
        parts.push(check_notification(&format!("notifications[{index}]"), notification, deployment, &texts));
    }
    if let Some(description) = deployment.version.as_ref().and_then(|version| version.description.as_ref()) {
        parts.push(length("version_description", description, 2048));
    }
    parts.push(aliases(&deployment.aliases, &texts));
    for id in &deployment.depends_on {
        parts.push(characters(
            "depends_on",
            id,
            255,
            |c| c.is_ascii_alphanumeric(),
            "the letters and digits of a logical id",
        ));
    }
    parts.into_iter().filter_map(Result::err).collect()
}

fn check_encryption(deployment: &Deployment, texts: &Texts<'_>) -> Result<(), Found> {
    let Some(encryption) = &deployment.encryption else { return Ok(()) };
    let Encryption::CustomerManagedKey { kms_key_id, kms_data_key_reuse_period_seconds } = encryption else {
        return Ok(());
    };
    texts.identifier("encryption.kms_key_id", kms_key_id, 2048)?;
    let seconds = kms_data_key_reuse_period_seconds.unwrap_or(300);
    range("encryption.kms_data_key_reuse_period_seconds", seconds, 60..=900, "60 to 900 seconds")
}

/// Checks texts with `${…}`.
struct Texts<'a> {
    deployment: &'a Deployment,
}

impl Texts<'_> {
    /// A text that is not empty, whose `${…}` close. A reference has no length yet.
    fn identifier(&self, at: &str, identifier: &Identifier, limit: usize) -> Result<(), Found> {
        let Identifier::Text(text) = identifier else { return Ok(()) };
        let pieces = split(text, &self.deployment.definition.substitutions);
        if matches!(pieces.last(), Some(Piece::Unclosed(_))) {
            return Err((at.to_owned(), Problem::Unclosed(text.clone())));
        }
        length(at, text, if is_literal(&pieces) { limit } else { usize::MAX })
    }

    fn arn(&self, at: &str, arn: &Identifier) -> Result<(), Found> {
        self.identifier(at, arn, 2048)?;
        let Identifier::Text(text) = arn else { return Ok(()) };
        let pieces = split(text, &self.deployment.definition.substitutions);
        let begins_with_arn = match pieces.first() {
            Some(Piece::Literal(text)) => is_arn(text),
            Some(Piece::Reference(_) | Piece::Framework(_)) => true,
            Some(Piece::Foreign(_) | Piece::Unclosed(_)) | None => false,
        };
        if begins_with_arn { Ok(()) } else { Err((at.to_owned(), Problem::Arn(text.clone()))) }
    }

    /// The name and the description of a trigger. What comes of a `${…}`, only the deployment knows.
    fn name_and_description(
        &self,
        at: &str,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<(), Found> {
        if let Some(name) = name {
            let at = format!("{at}.name");
            let pieces = split(name, &self.deployment.definition.substitutions);
            if is_literal(&pieces) {
                length(&at, name, 64)?;
            }
            let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            for piece in pieces {
                match piece {
                    Piece::Literal(text) => characters(&at, text, 64, fits, "letters, digits and `_ . -`")?,
                    Piece::Reference(_) | Piece::Framework(_) => {}
                    Piece::Foreign(_) => {
                        let allowed = "letters, digits and `_ . -`, and the `${…}` that a deployment knows";
                        return Err((at, Problem::Character { character: '$', allowed }));
                    }
                    Piece::Unclosed(_) => return Err((at, Problem::Unclosed(name.to_owned()))),
                }
            }
        }
        description.map_or(Ok(()), |text| length(&format!("{at}.description"), text, 512))
    }
}

/// Returns `true` if nothing of a text is put in later.
fn is_literal(pieces: &[Piece<'_>]) -> bool {
    !pieces.iter().any(|piece| matches!(piece, Piece::Reference(_) | Piece::Framework(_)))
}

fn length(at: &str, text: &str, limit: usize) -> Result<(), Found> {
    let length = text.chars().count();
    if length == 0 {
        Err((at.to_owned(), Problem::Empty))
    } else if length > limit {
        Err((at.to_owned(), Problem::Length { length, limit }))
    } else {
        Ok(())
    }
}

fn characters(
    at: &str,
    text: &str,
    limit: usize,
    fits: impl Fn(char) -> bool,
    allowed: &'static str,
) -> Result<(), Found> {
    length(at, text, limit)?;
    match text.chars().find(|c| !fits(*c)) {
        Some(character) => Err((at.to_owned(), Problem::Character { character, allowed })),
        None => Ok(()),
    }
}

fn range(
    at: &str,
    value: u32,
    range: std::ops::RangeInclusive<u32>,
    allowed: &'static str,
) -> Result<(), Found> {
    if range.contains(&value) {
        Ok(())
    } else {
        Err((at.to_owned(), Problem::Number { value: value.into(), allowed }))
    }
}

fn count(at: &str, count: usize, limit: usize) -> Result<(), Found> {
    if count > limit { Err((at.to_owned(), Problem::TooMany { count, limit })) } else { Ok(()) }
}

/// The rules of `TagResource`.
fn tags(deployment: &Deployment) -> Result<(), Found> {
    const ALLOWED: &str = "letters, digits, blanks and `_ . : / = + - @`";
    let fits = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    count("tags", deployment.tags.len(), 50)?;
    for (key, value) in &deployment.tags {
        let at = format!("tags.{key}");
        characters(&at, key, 128, fits, ALLOWED)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err((at, Problem::ReservedTag));
        }
        // A value may ask for a variable; what comes of it, only the deployment knows.
        if is_literal(&split(value, &deployment.definition.substitutions)) {
            characters(&at, value, 256, fits, ALLOWED)?;
        }
    }
    Ok(())
}

fn logging(deployment: &Deployment, texts: &Texts<'_>) -> Result<(), Found> {
    let logging = deployment.definition.logging.as_ref().filter(|logging| logging.level != LogLevel::Off);
    if let Some(group) = &deployment.log_group {
        texts.identifier("log_group.name", &group.name, 512)?;
        if let Some(days) = group.retention_in_days
            && !RETENTION.contains(&days)
        {
            const ALLOWED: &str = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, \
                                   2922, 3288 or 3653 days";
            let problem = Problem::Number { value: days.into(), allowed: ALLOWED };
            return Err(("log_group.retention_in_days".to_owned(), problem));
        }
        if logging.is_none() {
            return Err(("log_group".to_owned(), Problem::LogGroupWithoutLogging));
        }
    }
    let Some(logging) = logging else { return Ok(()) };
    let n_destinations = logging.destinations.len() + usize::from(deployment.log_group.is_some());
    match n_destinations {
        0 => {
            Err(("logging.destinations".to_owned(), Problem::LoggingWithoutDestination(logging.level.name())))
        }
        1 => Ok(()),
        n => Err(("logging.destinations".to_owned(), Problem::Destinations(n))),
    }
}

fn check_schedule(at: &str, schedule: &Schedule, texts: &Texts<'_>) -> Result<(), Found> {
    let expression = &schedule.expression;
    if let Some(why) = fault_of_schedule(expression, schedule.method) {
        let problem = Problem::Schedule { expression: expression.clone(), why };
        return Err((format!("{at}.expression"), problem));
    }
    let is_bus = schedule.method == ScheduleMethod::EventBus;
    if let Some(time_zone) = &schedule.time_zone {
        let at = format!("{at}.time_zone");
        if is_bus {
            return Err((at, Problem::SchedulerOnly("time zone")));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || "_/+-".contains(c);
        characters(&at, time_zone, 50, fits, "a name of the IANA database, such as `Asia/Seoul`")?;
    }
    if let Some(minutes) = schedule.flexible_time_window {
        let at = format!("{at}.flexible_time_window");
        if is_bus {
            return Err((at, Problem::SchedulerOnly("flexible time window")));
        }
        range(&at, minutes, 1..=1440, "1 to 1440 minutes")?;
    }
    texts.name_and_description(at, schedule.name.as_deref(), schedule.description.as_deref())?;
    retry_and_dead_letter(at, schedule.retry_policy, schedule.dead_letter.as_ref(), texts)
}

fn check_rule(at: &str, rule: &EventRule, texts: &Texts<'_>) -> Result<(), Found> {
    let pattern_at = format!("{at}.event_pattern");
    match &rule.event_pattern {
        Value::Object(fields) if fields.is_empty() => return Err((pattern_at, Problem::Empty)),
        Value::Object(_) => {
            let fault = fault_of_pattern(&rule.event_pattern, "");
            fault.map_or(Ok(()), |problem| Err((pattern_at, problem)))?;
        }
        other => {
            let problem = Problem::EventPattern { at: "/".to_owned(), found: other.type_name().to_owned() };
            return Err((pattern_at, problem));
        }
    }
    if let Some(bus) = &rule.event_bus_name {
        texts.identifier(&format!("{at}.event_bus_name"), bus, 1600)?;
    }
    check_payload(&format!("{at}.payload"), &rule.payload)?;
    texts.name_and_description(at, rule.name.as_deref(), rule.description.as_deref())?;
    retry_and_dead_letter(at, rule.retry_policy, rule.dead_letter.as_ref(), texts)
}

fn check_payload(at: &str, payload: &Payload) -> Result<(), Found> {
    let path = |at: String, path: &str| {
        if path == "$" || (path.starts_with("$.") && path.len() > 2) || path.starts_with("$[") {
            length(&at, path, 256)
        } else {
            Err((at, Problem::Path(path.to_owned())))
        }
    };
    match payload {
        Payload::Event | Payload::Input(_) => Ok(()),
        Payload::InputPath(text) => path(format!("{at}.input_path"), text),
        Payload::InputTransformer { input_paths_map, input_template } => {
            count(&format!("{at}.input_paths_map"), input_paths_map.len(), 100)?;
            for (name, text) in input_paths_map {
                path(format!("{at}.input_paths_map.{name}"), text)?;
            }
            length(&format!("{at}.input_template"), input_template, 8192)?;
            let known = |name: &str| {
                name.starts_with("aws.events.") || input_paths_map.iter().any(|(known, _)| known == name)
            };
            let mut names = input_template
                .split('<')
                .skip(1)
                .filter_map(|rest| rest.split_once('>'))
                .map(|(name, _)| name)
                .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)));
            match names.find(|name| !name.is_empty() && !known(name)) {
                Some(name) => Err((format!("{at}.input_template"), Problem::UnknownPart(name.to_owned()))),
                None => Ok(()),
            }
        }
    }
}

fn check_http(at: &str, http: &Http) -> Result<(), Found> {
    let path = &http.path;
    let is_route = path.starts_with('/')
        && (path == "/" || !path.ends_with('/'))
        && !path.contains("//")
        && path.chars().all(|c| c.is_ascii_graphic() && !"?#\"\\$".contains(c));
    if is_route { Ok(()) } else { Err((format!("{at}.path"), Problem::Route(path.clone()))) }
}

fn retry_and_dead_letter(
    at: &str,
    retry: Option<RetryPolicy>,
    dead_letter: Option<&Identifier>,
    texts: &Texts<'_>,
) -> Result<(), Found> {
    if let Some(retry) = retry {
        let (age, attempts) = (retry.maximum_event_age_in_seconds, retry.maximum_retry_attempts);
        let at = format!("{at}.retry_policy");
        range(&format!("{at}.maximum_event_age_in_seconds"), age, 60..=86_400, "60 to 86400 seconds")?;
        range(&format!("{at}.maximum_retry_attempts"), attempts, 0..=185, "0 to 185 attempts")?;
    }
    dead_letter.map_or(Ok(()), |arn| texts.arn(&format!("{at}.dead_letter"), arn))
}

fn fault_of_pattern(value: &Value, at: &str) -> Option<Problem> {
    let Value::Object(fields) = value else { return None };
    fields.iter().find_map(|(key, value)| {
        let at = format!("{at}/{key}");
        match value {
            Value::Object(fields) if !fields.is_empty() => fault_of_pattern(value, &at),
            // `$or` holds patterns.
            Value::Array(items) if &**key == "$or" => {
                items.iter().find_map(|item| fault_of_pattern(item, &at))
            }
            Value::Array(items) if !items.is_empty() => None,
            Value::Array(_) => Some(Problem::EventPattern { at, found: "an empty list".to_owned() }),
            Value::Object(_) => Some(Problem::EventPattern { at, found: "an empty object".to_owned() }),
            other => Some(Problem::EventPattern { at, found: format!("`{other}`") }),
        }
    })
}

fn check_alarm(at: &str, alarm: &Alarm, texts: &Texts<'_>) -> Result<(), Found> {
    if let Some(name) = &alarm.name {
        texts.identifier(&format!("{at}.name"), name, 255)?;
    }
    if let Some(description) = &alarm.description {
        length(&format!("{at}.description"), description, 1024)?;
    }
    let Alarm { period, evaluation_periods, .. } = *alarm;
    if period == 0 || period % 60 != 0 {
        let problem = Problem::Number { value: period.into(), allowed: "a multiple of 60 seconds" };
        return Err((format!("{at}.period"), problem));
    }
    let longest: u64 = if period >= 3600 { 604_800 } else { 86_400 };
    range(&format!("{at}.evaluation_periods"), evaluation_periods, 1..=u32::MAX, "1 or more")?;
    if u64::from(period) * u64::from(evaluation_periods) > longest {
        return Err((at.to_owned(), Problem::Watch { periods: evaluation_periods, period }));
    }
    for (field, actions) in [
        ("alarm_actions", &alarm.alarm_actions),
        ("ok_actions", &alarm.ok_actions),
        ("insufficient_data_actions", &alarm.insufficient_data_actions),
    ] {
        count(&format!("{at}.{field}"), actions.len(), 5)?;
        for action in actions {
            texts.arn(&format!("{at}.{field}"), action)?;
        }
    }
    let is_heard = [&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions];
    if is_heard.iter().all(|actions| actions.is_empty()) {
        return Err((at.to_owned(), Problem::Unheard));
    }
    Ok(())
}

fn check_notification(
    at: &str,
    notification: &Notification,
    deployment: &Deployment,
    texts: &Texts<'_>,
) -> Result<(), Found> {
    if deployment.definition.workflow_type == WorkflowType::Express {
        return Err((at.to_owned(), Problem::ExpressNotification));
    }
    // A rule has five targets.
    let same = deployment.notifications.iter().filter(|other| other.status == notification.status);
    count(at, same.count(), 5)?;
    texts.arn(at, notification.target.arn())?;
    match &notification.target {
        Target::Sqs { message_group_id: Some(id), .. } => length(at, id, 100),
        Target::Kinesis { partition_key_path: Some(path), .. } if !path.starts_with('$') => {
            Err((at.to_owned(), Problem::Path(path.clone())))
        }
        _ => Ok(()),
    }
}

fn aliases(aliases: &[Alias], texts: &Texts<'_>) -> Result<(), Found> {
    count("aliases", aliases.len(), 100)?;
    let mut met = HashSet::new();
    for alias in aliases {
        let at = format!("aliases.{}", alias.name);
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        characters(&at, &alias.name, 80, fits, "letters, digits and `_ - .`")?;
        if alias.name.chars().all(|c| c.is_ascii_digit()) {
            let problem = Problem::Character {
                character: alias.name.chars().next().unwrap_or_default(),
                allowed: "a name that is more than a number, since versions are numbers",
            };
            return Err((at, problem));
        }
        if !met.insert(&alias.name) {
            return Err(("aliases".to_owned(), Problem::Twice(alias.name.clone())));
        }
        if let Some(description) = &alias.description {
            length(&at, description, 256)?;
        }
        count(&format!("{at}.alarms"), alias.alarms.len(), 100)?;
        for alarm in &alias.alarms {
            texts.identifier(&format!("{at}.alarms"), alarm, 256)?;
        }
        match &alias.routing {
            Routing::Canary { percentage, interval } | Routing::Linear { percentage, interval } => {
                range(&format!("{at}.percentage"), *percentage, 1..=99, "1 to 99 percent")?;
                range(&format!("{at}.interval"), *interval, 1..=2100, "1 to 2100 minutes")?;
            }
            Routing::AllAtOnce => {}
            Routing::Latest | Routing::Steps(_) | Routing::Split { .. } if !alias.alarms.is_empty() => {
                return Err((at, Problem::AliasAlarms));
            }
            Routing::Latest => {}
            Routing::Steps(steps) => {
                for step in steps {
                    range(&format!("{at}.steps"), step.percent.into(), 1..=99, "1 to 99 percent")?;
                }
            }
            Routing::Split { version, weight } => {
                texts.arn(&format!("{at}.version"), version)?;
                range(&format!("{at}.weight"), *weight, 0..=100, "0 to 100 percent")?;
            }
        }
    }
    Ok(())
}
