//! Events as AWS writes them.

use std::fmt;

use stepfn_core::value::{Map, Number, Value};

use super::{
    HistoryEvent,
    event::{Event, EventError, EventKind, Iteration, Scheduled},
};
use crate::program::{Family, Inner, Kind, StateId};

/// How many characters of a value a line of text shows.
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

pub(super) fn json(event: &HistoryEvent<'_>) -> Value {
    let seconds = Number::from_f64(event.timestamp.as_millisecond() as f64 / 1000.0);
    let mut json = Map::with_capacity(5);
    json.insert("timestamp".into(), seconds.map_or(Value::Null, Value::Number));
    json.insert("type".into(), event.event_type.into());
    json.insert("id".into(), event.id.into());
    json.insert("previousEventId".into(), event.previous_event_id.into());
    if let Some((key, details)) = details(event) {
        json.insert(key.into(), details);
    }
    json.into()
}

/// The details with the key they stand under.
pub(super) fn details(event: &HistoryEvent<'_>) -> Option<(String, Value)> {
    let mut details = Details(Map::new());
    match &event.event.kind {
        EventKind::ExecutionStarted { input } => {
            details.data("input", input);
            details.text("roleArn", &event.history.executor.identity.role_arn());
        }
        EventKind::ExecutionRedriven { count } => {
            details.0.insert("redriveCount".into(), (*count).into());
        }
        EventKind::ExecutionSucceeded { output } => details.data("output", output),
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
            details.data("input", input);
        }
        EventKind::StateExited { output, assigned, .. } => {
            details.text("name", event.state.unwrap_or_default());
            details.data("output", output);
            if let Some(assigned) = assigned.as_ref().filter(|assigned| !assigned.is_empty()) {
                details.assigned(assigned);
            }
        }
        EventKind::TaskScheduled(scheduled) => details.scheduled(scheduled, event),
        EventKind::TaskStarted { state, worker } => match family(event.history.program(), *state)? {
            Family::Lambda => return None,
            Family::Activity => {
                if let Some(worker) = worker {
                    details.text("workerName", worker);
                }
            }
            Family::Service { .. } => details.resource(event, *state),
        },
        EventKind::TaskSubmitted { state, output } | EventKind::TaskSucceeded { state, output } => {
            details.resource(event, *state);
            details.data("output", output);
        }
        EventKind::TaskFailed { state, error } | EventKind::TaskTimedOut { state, error } => {
            details.resource(event, *state);
            details.error(error);
        }
        EventKind::ChildrenStarted { state, length } => {
            let Kind::Map(_) = event.history.program().state(*state).kind else { return None };
            details.0.insert("length".into(), (*length).into());
        }
        EventKind::MapRunStarted { arn, .. } => details.text("mapRunArn", arn),
        EventKind::MapRunRedriven { arn, count, .. } => {
            details.text("mapRunArn", arn);
            details.0.insert("redriveCount".into(), (*count).into());
        }
        EventKind::MapRunFailed { error, .. } => details.error(error),
        EventKind::Iteration { index, .. } => {
            details.text("name", event.state.unwrap_or_default());
            details.0.insert("index".into(), (*index).into());
        }
        EventKind::ExecutionTimedOut => {}
        EventKind::StateAborted { .. }
        | EventKind::ChildrenSucceeded { .. }
        | EventKind::ChildrenFailed { .. }
        | EventKind::MapRunSucceeded { .. }
        | EventKind::MapRunAborted { .. } => return None,
    }
    let key = match &event.event.kind {
        EventKind::StateEntered { .. } => "stateEnteredEventDetails".to_owned(),
        EventKind::StateExited { .. } => "stateExitedEventDetails".to_owned(),
        _ => {
            let (first, rest) = event.event_type.split_at(1);
            format!("{}{rest}EventDetails", first.to_ascii_lowercase())
        }
    };
    Some((key, details.0.into()))
}

struct Details(Map);

impl Details {
    fn text(&mut self, key: &str, text: &str) {
        self.0.insert(key.into(), text.into());
    }

    /// `input` or `output`: JSON text, and whether it was cut.
    fn data(&mut self, key: &str, value: &Value) {
        self.text(key, &value.to_string());
        self.truncation(&format!("{key}Details"));
    }

    fn truncation(&mut self, key: &str) {
        self.0.insert(key.into(), Value::object([("truncated", Value::from(false))]));
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
        let texts = variables.into_iter().map(|(name, value)| (name.clone(), Value::from(value.to_string())));
        self.0.insert("assignedVariables".into(), Value::object(texts));
        self.truncation("assignedVariablesDetails");
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
            self.text("region", &event.history.executor.identity.region);
            self.text("parameters", &scheduled.parameters.to_string());
        } else {
            self.text("resource", &task.resource.arn);
            self.data("input", &scheduled.parameters);
        }
        let seconds = [("timeoutInSeconds", scheduled.timeout), ("heartbeatInSeconds", scheduled.heartbeat)];
        for (key, seconds) in seconds {
            if let Some(seconds) = seconds {
                self.0.insert(key.into(), seconds.into());
            }
        }
        if let Some(role) = scheduled.credentials.as_ref().and_then(|credentials| credentials.get("RoleArn"))
        {
            self.0.insert("taskCredentials".into(), Value::object([("roleArn", role.clone())]));
        }
    }
}

/// What a line of text says of an event beyond its type and state.
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
                write!(f, " {}", cut(text))?;
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
