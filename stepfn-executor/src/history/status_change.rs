//! "Step Functions Execution Status Change": what EventBridge gets (developer guide, "Automating Step Functions event delivery with
//! EventBridge").

use jiff::Timestamp;
use stepfn_core::value::Value;

use super::{
    Event, EventError, EventKind,
    log::{MAX_ESCAPED, escaped_length},
};
use crate::{executor::Inner, redrive};

/// The execution whose status changes.
pub(crate) struct Execution<'a> {
    pub(crate) executor: &'a Inner,
    pub(crate) arn: &'a str,
    pub(crate) name: &'a str,
    /// The source of the events' own ids.
    pub(crate) id: [u64; 2],
}

/// The facts that the events before have established.
struct Before<'a> {
    input: &'a Value,
    started: Timestamp,
    redriven: Option<Timestamp>,
    redrives: u32,
}

struct End<'a> {
    status: &'static str,
    stopped: Timestamp,
    output: Option<&'a Value>,
    error: Option<&'a EventError>,
}

/// The events of an execution with this history, in their order.
pub(crate) fn events(execution: &Execution<'_>, history: &[Event]) -> Vec<Value> {
    let Some(Event { at: started, kind: EventKind::ExecutionStarted { input }, .. }) = history.first() else {
        return Vec::new();
    };
    let mut before = Before { input, started: *started, redriven: None, redrives: 0 };
    let mut events = Vec::new();
    for (index, event) in history.iter().enumerate() {
        let end = |status, output, error| Some(End { status, stopped: event.at, output, error });
        let end = match &event.kind {
            EventKind::ExecutionStarted { .. } => None,
            EventKind::ExecutionRedriven { count } => {
                (before.redriven, before.redrives) = (Some(event.at), *count);
                None
            }
            EventKind::ExecutionSucceeded { output } => end("SUCCEEDED", Some(output), None),
            EventKind::ExecutionFailed(error) => end("FAILED", None, Some(error)),
            EventKind::ExecutionAborted(error) => end("ABORTED", None, Some(error)),
            EventKind::ExecutionTimedOut => end("TIMED_OUT", None, None),
            _ => continue,
        };
        let [high, low] = execution.id;
        let id = crate::interpreter::uuid(high.rotate_left(32), low.wrapping_add(index as u64 + 1));
        events.push(change(execution, &before, end.as_ref(), history.len(), &id, event.at));
    }
    events
}

/// A change of an execution's status, with what EventBridge gets of it.
///
/// [`Outcome::status_change_events`](crate::Outcome::status_change_events) gives those of an execution that is at hand.
#[derive(Clone, Copy, Debug)]
pub struct StatusChange<'a> {
    /// `executionArn`
    pub execution_arn: &'a str,
    /// `stateMachineArn`
    pub state_machine_arn: &'a str,
    /// `stateMachineVersionArn`
    pub version_arn: Option<&'a str>,
    /// `stateMachineAliasArn`
    pub alias_arn: Option<&'a str>,
    /// `name`
    pub name: &'a str,
    /// `status`: `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: &'a str,
    /// `startDate`
    pub started: Timestamp,
    /// `stopDate`
    pub stopped: Option<Timestamp>,
    /// `input`, in JSON.
    pub input: &'a str,
    /// `output`, in JSON.
    pub output: Option<&'a str>,
    /// `error`
    pub error: Option<&'a str>,
    /// `cause`
    pub cause: Option<&'a str>,
    /// `redriveCount`
    pub redrives: u32,
    /// `redriveDate`
    pub redriven: Option<Timestamp>,
    /// `redriveStatusReason`: why it cannot be redriven.
    pub not_redrivable: Option<&'a str>,
}

impl StatusChange<'_> {
    /// Returns the event, with an id of its own.
    pub fn to_event(&self, id: &str, at: Timestamp, account: &str, region: &str) -> Value {
        Value::object([
            ("version", Value::from("0")),
            ("id", id.into()),
            ("detail-type", "Step Functions Execution Status Change".into()),
            ("source", "aws.states".into()),
            ("account", account.into()),
            ("time", format!("{at:.0}").into()),
            ("region", region.into()),
            ("resources", Value::array([Value::from(self.execution_arn)])),
            ("detail", self.detail()),
        ])
    }

    fn detail(&self) -> Value {
        let date = |at: Option<Timestamp>| at.map_or(Value::Null, |at| at.as_millisecond().into());
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let included = |included: bool| Value::object([("included", Value::from(included))]);
        let output_length = self.output.map_or(0, escaped_length);
        let fits = escaped_length(self.input).saturating_add(output_length) <= MAX_ESCAPED;
        let (output, output_details) = match self.output {
            None => (Value::Null, Value::Null),
            Some(output) if output_length <= MAX_ESCAPED => (output.into(), included(true)),
            Some(_) => (Value::Null, included(false)),
        };
        let redrivable = if self.not_redrivable.is_none() { "REDRIVABLE" } else { "NOT_REDRIVABLE" };
        Value::object([
            ("executionArn", Value::from(self.execution_arn)),
            ("stateMachineArn", self.state_machine_arn.into()),
            ("stateMachineVersionArn", text(self.version_arn)),
            ("stateMachineAliasArn", text(self.alias_arn)),
            ("name", self.name.into()),
            ("status", self.status.into()),
            ("startDate", date(Some(self.started))),
            ("stopDate", date(self.stopped)),
            ("input", if fits { self.input.into() } else { Value::Null }),
            ("inputDetails", included(fits)),
            ("output", output),
            ("outputDetails", output_details),
            ("error", text(self.error)),
            ("cause", text(self.cause)),
            ("redriveCount", self.redrives.into()),
            ("redriveDate", date(self.redriven)),
            ("redriveStatus", redrivable.into()),
            ("redriveStatusReason", text(self.not_redrivable)),
        ])
    }
}

fn change(
    execution: &Execution<'_>,
    before: &Before<'_>,
    end: Option<&End<'_>>,
    events: usize,
    id: &str,
    at: Timestamp,
) -> Value {
    let identity = &execution.executor.settings.identity;
    let machine = identity.state_machine_arn(&execution.executor.program.name);
    let status = end.map_or("RUNNING", |end| end.status);
    let output = end.and_then(|end| end.output).map(Value::to_string);
    let error = end.and_then(|end| end.error);
    let change = StatusChange {
        execution_arn: execution.arn,
        state_machine_arn: &machine,
        version_arn: None,
        alias_arn: None,
        name: execution.name,
        status,
        started: before.started,
        stopped: end.map(|end| end.stopped),
        input: &before.input.to_string(),
        output: output.as_deref(),
        error: error.and_then(|error| error.error.as_deref()),
        cause: error.and_then(|error| error.cause.as_deref()),
        redrives: before.redrives,
        redriven: before.redriven,
        not_redrivable: redrive::refusal(status, events, &execution.executor.env.limits),
    };
    change.to_event(id, at, &identity.account, &identity.region)
}
