//! Events as AWS writes them.

use std::fmt;

use stepfn_core::{
    value::{Map, Number, Value},
    visible::visible,
};

use super::{
    HistoryEvent,
    event::{Event, EventError, EventKind, Iteration, Scheduled},
};
use crate::program::{Family, Inner, Kind, StateId};

/// The number of characters of a value in a line of text.
const BRIEF: usize = 120;

macro_rules! by_state_type {
    ($program:expr, $state:expr, $suffix:literal) => {
        match $program.state(*$state).kind {
            Kind::Pass { .. } => concat!("PassState", $suffix),
            Kind::Task(_) => concat!("TaskState", $suffix),
            Kind::Choice { .. } => concat!("ChoiceState", $suffix),
            Kind::Wait(_) => concat!("WaitState", $suffix),
            Kind::Succeed => concat!("SucceedState", $suffix),
            Kind::Fail { .. } => concat!("FailState", $suffix),
            Kind::Parallel { .. } => concat!("ParallelState", $suffix),
            Kind::Map(_) => concat!("MapState", $suffix),
        }
    };
}

macro_rules! by_family {
    ($program:expr, $state:expr, $suffix:literal) => {
        match family($program, $state) {
            Some(Family::Lambda) => concat!("LambdaFunction", $suffix),
            Some(Family::Activity) => concat!("Activity", $suffix),
            _ => concat!("Task", $suffix),
        }
    };
}

fn family(program: &Inner, state: StateId) -> Option<&Family> {
    match &program.state(state).kind {
        Kind::Task(task) => Some(&task.resource.family),
        _ => None,
    }
}

pub(super) fn event_type(event: &Event, program: &Inner) -> &'static str {
    match &event.kind {
        EventKind::ExecutionStarted { .. } => "ExecutionStarted",
        EventKind::ExecutionRedriven { .. } => "ExecutionRedriven",
        EventKind::ExecutionSucceeded { .. } => "ExecutionSucceeded",
        EventKind::ExecutionFailed(_) => "ExecutionFailed",
        EventKind::EvaluationFailed { .. } => "EvaluationFailed",
        EventKind::ExecutionTimedOut => "ExecutionTimedOut",
        EventKind::ExecutionAborted(_) => "ExecutionAborted",
        EventKind::StateEntered { state, .. } => by_state_type!(program, state, "Entered"),
        EventKind::StateExited { state, .. } => by_state_type!(program, state, "Exited"),
        EventKind::StateAborted { state } => by_state_type!(program, state, "Aborted"),
        EventKind::TaskScheduled(scheduled) => by_family!(program, scheduled.state, "Scheduled"),
        EventKind::TaskStarted { state, .. } => by_family!(program, *state, "Started"),
        EventKind::TaskSubmitted { .. } => "TaskSubmitted",
        EventKind::TaskSucceeded { state, .. } => by_family!(program, *state, "Succeeded"),
        EventKind::TaskFailed { state, .. } => by_family!(program, *state, "Failed"),
        EventKind::TaskTimedOut { state, .. } => by_family!(program, *state, "TimedOut"),
        EventKind::ChildrenStarted { state, .. } => by_state_type!(program, state, "Started"),
        EventKind::ChildrenSucceeded { state } => by_state_type!(program, state, "Succeeded"),
        EventKind::ChildrenFailed { state } => by_state_type!(program, state, "Failed"),
        EventKind::MapRunStarted { .. } => "MapRunStarted",
        EventKind::MapRunRedriven { .. } => "MapRunRedriven",
        EventKind::MapRunSucceeded { .. } => "MapRunSucceeded",
        EventKind::MapRunFailed { .. } => "MapRunFailed",
        EventKind::MapRunAborted { .. } => "MapRunAborted",
        EventKind::Iteration { what, .. } => match what {
            Iteration::Started => "MapIterationStarted",
            Iteration::Succeeded => "MapIterationSucceeded",
            Iteration::Failed => "MapIterationFailed",
            Iteration::Aborted => "MapIterationAborted",
        },
    }
}

/// The members of an object, as they come: of a value, or of JSON text. Their keys are AWS's, which need no escapes.
pub(super) trait Members {
    fn text(&mut self, key: &str, text: &str);
    fn number(&mut self, key: &str, number: u64);
    fn flag(&mut self, key: &str, flag: bool);
    fn value(&mut self, key: &str, value: &Value);
    /// The value's JSON text.
    fn json(&mut self, key: &str, value: &Value);
    fn object(&mut self, key: &str, members: impl FnOnce(&mut Self));
    /// The JSON text of a variable's value, by its name.
    fn variable(&mut self, name: &str, value: &Value);

    /// `input` or `output`: JSON text, and whether it was cut.
    fn data(&mut self, (key, details): (&str, &str), value: &Value) {
        self.json(key, value);
        self.object(details, |details| details.flag("truncated", false));
    }

    fn error(&mut self, error: &EventError) {
        for (key, text) in [("error", &error.error), ("cause", &error.cause)] {
            if let Some(text) = text {
                self.text(key, text);
            }
        }
    }

    /// The variables a state set: JSON texts, by their names in order.
    fn assigned(&mut self, assigned: &Map) {
        let mut variables: Vec<_> = assigned.iter().collect();
        variables.sort_by_key(|(name, _)| *name);
        self.object("assignedVariables", |texts| {
            for (name, value) in variables {
                texts.variable(name, value);
            }
        });
        self.object("assignedVariablesDetails", |details| details.flag("truncated", false));
    }

    fn resource(&mut self, event: &HistoryEvent<'_>, state: StateId) {
        if let Some(Family::Service { resource_type, resource }) = family(event.history.program(), state) {
            self.text("resourceType", resource_type);
            self.text("resource", resource);
        }
    }

    fn scheduled(&mut self, scheduled: &Scheduled, event: &HistoryEvent<'_>) {
        let Kind::Task(task) = &event.history.program().state(scheduled.state).kind else { return };
        if let Family::Service { .. } = task.resource.family {
            self.resource(event, scheduled.state);
            self.text("region", &event.history.executor.settings.identity.region);
            self.json("parameters", &scheduled.parameters);
        } else {
            self.text("resource", &task.resource.arn);
            self.data(INPUT, &scheduled.parameters);
        }
        let seconds = [("timeoutInSeconds", scheduled.timeout), ("heartbeatInSeconds", scheduled.heartbeat)];
        for (key, seconds) in seconds {
            if let Some(seconds) = seconds {
                self.number(key, seconds);
            }
        }
        if let Some(role) = scheduled.credentials.as_ref().and_then(|credentials| credentials.get("RoleArn"))
        {
            self.object("taskCredentials", |credentials| credentials.value("roleArn", role));
        }
    }
}

const INPUT: (&str, &str) = ("input", "inputDetails");
const OUTPUT: (&str, &str) = ("output", "outputDetails");

impl Members for Map {
    fn text(&mut self, key: &str, text: &str) {
        self.insert(key.into(), text.into());
    }

    fn number(&mut self, key: &str, number: u64) {
        self.insert(key.into(), number.into());
    }

    fn flag(&mut self, key: &str, flag: bool) {
        self.insert(key.into(), flag.into());
    }

    fn value(&mut self, key: &str, value: &Value) {
        self.insert(key.into(), value.clone());
    }

    fn json(&mut self, key: &str, value: &Value) {
        self.insert(key.into(), value.to_string().into());
    }

    fn variable(&mut self, name: &str, value: &Value) {
        self.json(name, value);
    }

    fn object(&mut self, key: &str, members: impl FnOnce(&mut Self)) {
        let mut object = Self::new();
        members(&mut object);
        self.insert(key.into(), object.into());
    }
}

pub(super) fn timestamp(event: &HistoryEvent<'_>) -> Value {
    Number::from_f64(event.timestamp.as_millisecond() as f64 / 1000.0).map_or(Value::Null, Value::Number)
}

pub(super) fn json(event: &HistoryEvent<'_>) -> Value {
    let mut json = Map::with_capacity(5);
    json.value("timestamp", &timestamp(event));
    json.text("type", event.event_type);
    json.number("id", event.id);
    json.number("previousEventId", event.previous_event_id);
    if let Some((key, details)) = details(event) {
        json.insert(key.into(), details);
    }
    json.into()
}

/// Returns the details with their key.
pub(super) fn details(event: &HistoryEvent<'_>) -> Option<(String, Value)> {
    if !has_details(event) {
        return None;
    }
    let mut details = Map::new();
    members(event, &mut details);
    let (first, rest) = details_key(event);
    Some((format!("{first}{rest}EventDetails"), details.into()))
}

/// The key of the details, but for its end `EventDetails`: its first letter, and what follows.
pub(super) fn details_key(event: &HistoryEvent<'_>) -> (char, &'static str) {
    let name = match &event.event.kind {
        EventKind::StateEntered { .. } => "StateEntered",
        EventKind::StateExited { .. } => "StateExited",
        _ => event.event_type,
    };
    let (first, rest) = name.split_at(1);
    (first.chars().next().unwrap_or_default().to_ascii_lowercase(), rest)
}

pub(super) fn has_details(event: &HistoryEvent<'_>) -> bool {
    match &event.event.kind {
        EventKind::TaskStarted { state, .. } => {
            matches!(family(event.history.program(), *state), Some(Family::Activity | Family::Service { .. }))
        }
        EventKind::ChildrenStarted { state, .. } => {
            matches!(event.history.program().state(*state).kind, Kind::Map(_))
        }
        EventKind::StateAborted { .. }
        | EventKind::ChildrenSucceeded { .. }
        | EventKind::ChildrenFailed { .. }
        | EventKind::MapRunSucceeded { .. }
        | EventKind::MapRunAborted { .. } => false,
        _ => true,
    }
}

pub(super) fn members(event: &HistoryEvent<'_>, details: &mut impl Members) {
    match &event.event.kind {
        EventKind::ExecutionStarted { input } => {
            details.data(INPUT, input);
            details.text("roleArn", &event.history.executor.settings.identity.role_arn());
        }
        EventKind::ExecutionRedriven { count } => details.number("redriveCount", (*count).into()),
        EventKind::ExecutionSucceeded { output } => details.data(OUTPUT, output),
        EventKind::ExecutionFailed(error) | EventKind::ExecutionAborted(error) => details.error(error),
        EventKind::EvaluationFailed { error, location, .. } => {
            details.error(error);
            details.text("state", event.state.unwrap_or_default());
            if let Some(location) = location {
                details.text("location", location);
            }
        }
        EventKind::StateEntered { input, .. } => {
            details.text("name", event.state.unwrap_or_default());
            details.data(INPUT, input);
        }
        EventKind::StateExited { output, assigned, .. } => {
            details.text("name", event.state.unwrap_or_default());
            details.data(OUTPUT, output);
            if let Some(assigned) = assigned.as_ref().filter(|assigned| !assigned.is_empty()) {
                details.assigned(assigned);
            }
        }
        EventKind::TaskScheduled(scheduled) => details.scheduled(scheduled, event),
        EventKind::TaskStarted { state, worker } => {
            if let Some(worker) = worker
                .as_ref()
                .filter(|_| matches!(family(event.history.program(), *state), Some(Family::Activity)))
            {
                details.text("workerName", worker);
            }
            details.resource(event, *state);
        }
        EventKind::TaskSubmitted { state, output } | EventKind::TaskSucceeded { state, output } => {
            details.resource(event, *state);
            details.data(OUTPUT, output);
        }
        EventKind::TaskFailed { state, error } | EventKind::TaskTimedOut { state, error } => {
            details.resource(event, *state);
            details.error(error);
        }
        EventKind::ChildrenStarted { length, .. } => details.number("length", *length as u64),
        EventKind::MapRunStarted { arn, .. } => details.text("mapRunArn", arn),
        EventKind::MapRunRedriven { arn, count, .. } => {
            details.text("mapRunArn", arn);
            details.number("redriveCount", (*count).into());
        }
        EventKind::MapRunFailed { error, .. } => details.error(error),
        EventKind::Iteration { index, .. } => {
            details.text("name", event.state.unwrap_or_default());
            details.number("index", *index as u64);
        }
        EventKind::ExecutionTimedOut
        | EventKind::StateAborted { .. }
        | EventKind::ChildrenSucceeded { .. }
        | EventKind::ChildrenFailed { .. }
        | EventKind::MapRunSucceeded { .. }
        | EventKind::MapRunAborted { .. } => {}
    }
}

/// Writes the details of an event beyond its type and state, for a line of text.
pub(super) fn brief(event: &Event, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &event.kind {
        EventKind::ExecutionStarted { input: data }
        | EventKind::ExecutionSucceeded { output: data }
        | EventKind::StateEntered { input: data, .. }
        | EventKind::TaskSubmitted { output: data, .. }
        | EventKind::TaskSucceeded { output: data, .. } => write!(f, " {}", cut(&data.to_string())),
        EventKind::StateExited { output, assigned, .. } => {
            write!(f, " {}", cut(&output.to_string()))?;
            match assigned {
                Some(assigned) if !assigned.is_empty() => {
                    let assigned = Value::Object(assigned.clone());
                    write!(f, " assigned {}", cut(&assigned.to_string()))
                }
                _ => Ok(()),
            }
        }
        EventKind::TaskScheduled(scheduled) => {
            write!(f, " {}", cut(&scheduled.parameters.to_string()))?;
            if let Some(seconds) = scheduled.timeout {
                write!(f, " timeout {seconds}s")?;
            }
            if let Some(seconds) = scheduled.heartbeat {
                write!(f, " heartbeat {seconds}s")?;
            }
            Ok(())
        }
        EventKind::ExecutionFailed(error)
        | EventKind::ExecutionAborted(error)
        | EventKind::MapRunFailed { error, .. }
        | EventKind::EvaluationFailed { error, .. }
        | EventKind::TaskFailed { error, .. }
        | EventKind::TaskTimedOut { error, .. } => {
            for text in [&error.error, &error.cause].into_iter().flatten() {
                write!(f, " {}", visible(&cut(text)))?;
            }
            Ok(())
        }
        EventKind::ChildrenStarted { length, .. } => write!(f, " {length}"),
        EventKind::MapRunStarted { arn, .. } => write!(f, " {arn}"),
        EventKind::Iteration { index, .. } => write!(f, " {index}"),
        EventKind::ExecutionTimedOut
        | EventKind::StateAborted { .. }
        | EventKind::TaskStarted { .. }
        | EventKind::ChildrenSucceeded { .. }
        | EventKind::ChildrenFailed { .. }
        | EventKind::MapRunSucceeded { .. }
        | EventKind::MapRunAborted { .. } => Ok(()),
        EventKind::ExecutionRedriven { count } | EventKind::MapRunRedriven { count, .. } => {
            write!(f, " {count}")
        }
    }
}

/// The beginning of a text, on one line.
fn cut(text: &str) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = characters.by_ref().take(BRIEF).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
