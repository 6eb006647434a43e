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
        let detail = detail(execution, &before, end.as_ref(), history.len());
        events.push(envelope(execution, event.at, index as u64, detail));
    }
    events
}

fn envelope(execution: &Execution<'_>, at: Timestamp, index: u64, detail: Value) -> Value {
    let identity = &execution.executor.identity;
    let [high, low] = execution.id;
    let id = crate::interpreter::uuid(high.rotate_left(32), low.wrapping_add(index + 1));
    Value::object([
        ("version", Value::from("0")),
        ("id", id.into()),
        ("detail-type", "Step Functions Execution Status Change".into()),
        ("source", "aws.states".into()),
        ("account", identity.account.as_str().into()),
        ("time", format!("{at:.0}").into()),
        ("region", identity.region.as_str().into()),
        ("resources", Value::array([Value::from(execution.arn)])),
        ("detail", detail),
    ])
}

fn detail(execution: &Execution<'_>, before: &Before<'_>, end: Option<&End<'_>>, events: usize) -> Value {
    let date = |at: Option<Timestamp>| at.map_or(Value::Null, |at| at.as_millisecond().into());
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let included = |included: bool| Value::object([("included", Value::from(included))]);

    let input = before.input.to_string();
    let output = end.and_then(|end| end.output).map(Value::to_string);
    let output_length = output.as_deref().map_or(0, escaped_length);
    let fits = escaped_length(&input).saturating_add(output_length) <= MAX_ESCAPED;
    let (output, output_details) = match output {
        None => (Value::Null, Value::Null),
        Some(output) if output_length <= MAX_ESCAPED => (output.into(), included(true)),
        Some(_) => (Value::Null, included(false)),
    };

    let status = end.map_or("RUNNING", |end| end.status);
    let reason = redrive::refusal(status, events, &execution.executor.limits);
    let redrivable = if reason.is_none() { "REDRIVABLE" } else { "NOT_REDRIVABLE" };
    let error = end.and_then(|end| end.error);
    let Execution { executor, arn, name, .. } = execution;
    Value::object([
        ("executionArn", Value::from(*arn)),
        ("stateMachineArn", executor.identity.state_machine_arn(&executor.program.name).into()),
        ("stateMachineVersionArn", Value::Null),
        ("stateMachineAliasArn", Value::Null),
        ("name", (*name).into()),
        ("status", status.into()),
        ("startDate", date(Some(before.started))),
        ("stopDate", date(end.map(|end| end.stopped))),
        ("input", if fits { input.into() } else { Value::Null }),
        ("inputDetails", included(fits)),
        ("output", output),
        ("outputDetails", output_details),
        ("error", text(error.and_then(|error| error.error.as_deref()))),
        ("cause", text(error.and_then(|error| error.cause.as_deref()))),
        ("redriveCount", before.redrives.into()),
        ("redriveDate", date(before.redriven)),
        ("redriveStatus", redrivable.into()),
        ("redriveStatusReason", text(reason)),
    ])
}
