//! The spans and events of a run, as a subscriber gets them.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use stepfn_core::{
    asl,
    definition::{Definition, WorkflowType},
    task::TaskFailure,
    value::Value,
};
use stepfn_executor::{Executor, ExecutorBuilder, Mock};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// The record of a subscriber: spans by their ids, from 1 on, and the events in their order.
#[derive(Default)]
struct Log {
    spans: Vec<Span>,
    /// Those that are entered.
    stack: Vec<usize>,
    lines: Vec<String>,
}

struct Span {
    parent: Option<usize>,
    name: String,
    fields: String,
    /// The number of handles.
    held: usize,
}

/// Writes fields as ` name=value`.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Log {
    /// The names of the spans from the outermost one to this.
    fn path(&self, id: usize) -> String {
        let span = &self.spans[id - 1];
        match span.parent {
            Some(parent) => format!("{}/{}", self.path(parent), span.name),
            None => span.name.clone(),
        }
    }
}

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Log>>);

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().unwrap();
        let mut fields = String::new();
        attributes.record(&mut Fields(&mut fields));
        let name = fields.trim_start().split(' ').next().and_then(|first| first.strip_prefix("name="));
        let name = format!("{}:{}", attributes.metadata().name(), name.unwrap_or_default());
        let parent = match attributes.parent() {
            Some(parent) => Some(usize::try_from(parent.into_u64()).unwrap()),
            None if attributes.is_contextual() => log.stack.last().copied(),
            None => None,
        };
        log.spans.push(Span { parent, name, fields, held: 1 });
        let id = log.spans.len();
        let line = format!("> {}", log.path(id));
        log.lines.push(line);
        Id::from_u64(id as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut log = self.0.lock().unwrap();
        let span = &mut log.spans[usize::try_from(span.into_u64()).unwrap() - 1];
        values.record(&mut Fields(&mut span.fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        let parent = event.parent().map(|parent| usize::try_from(parent.into_u64()).unwrap());
        let parent = parent.or_else(|| log.stack.last().copied());
        let mut fields = String::new();
        event.record(&mut Fields(&mut fields));
        let place = parent.map(|parent| log.path(parent)).unwrap_or_default();
        log.lines.push(format!("! {place}{fields}"));
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().stack.push(usize::try_from(span.into_u64()).unwrap());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().stack.pop();
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.0.lock().unwrap().spans[usize::try_from(span.into_u64()).unwrap() - 1].held += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut log = self.0.lock().unwrap();
        let id = usize::try_from(span.into_u64()).unwrap();
        log.spans[id - 1].held -= 1;
        if log.spans[id - 1].held > 0 {
            return false;
        }
        let line = format!("< {}{}", log.path(id), log.spans[id - 1].fields);
        log.lines.push(line);
        true
    }
}

/// Returns the trace of a run, line by line: `>` opens a span, `<` closes it, `!` is an event.
fn traced(asl: &str, input: &str, with: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder) -> Vec<String> {
    let (machine, diagnostics) = asl::read_str(asl).unwrap();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let definition = Definition::from_asl("Orders", WorkflowType::Standard, machine);
    let executor = with(Executor::builder()).build(&definition).unwrap();
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), || {
        let mut execution = executor.start_with_name("first", input.parse().unwrap());
        let _ = execution.run_to_end();
        // The trace is complete when the execution ends, not when its owner lets go of it.
        let lines = recorder.0.lock().unwrap().lines.clone();
        drop(execution);
        assert_eq!(recorder.0.lock().unwrap().lines, lines);
        lines
    })
}

#[test]
fn a_run_is_told_as_spans_of_its_states_with_retries_and_catches() {
    let lines = traced(
        r#"{
            "StartAt": "Reserve",
            "States": {
                "Reserve": {
                    "Type": "Task",
                    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:reserve",
                    "TimeoutSeconds": 5,
                    "Retry": [{ "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 1 }],
                    "Catch": [{ "ErrorEquals": ["OutOfStock"], "Next": "Refuse" }],
                    "End": true
                },
                "Refuse": { "Type": "Fail", "Error": "Refused" }
            }
        }"#,
        "{}",
        |builder| {
            builder.mock("Reserve", Mock::timeout().times(1).then(Mock::fail("OutOfStock", "nothing left")))
        },
    );
    assert_eq!(
        lines,
        [
            "> execution:first",
            "> execution:first/state:Reserve",
            "! execution:first/state:Reserve message=timeout limit=TimeoutSeconds at=2024-01-01T00:00:05Z",
            "! execution:first/state:Reserve message=retry error=States.Timeout retry=1 delay=2s at=2024-01-01T00:00:05Z",
            "! execution:first/state:Reserve message=catch error=OutOfStock cause=nothing left next=Refuse \
             at=2024-01-01T00:00:07Z",
            "< execution:first/state:Reserve name=Reserve type=Task attempt=1 attempt=2 status=caught",
            "> execution:first/state:Refuse",
            "< execution:first/state:Refuse name=Refuse type=Fail status=failed error=Refused",
            "< execution:first name=first arn=arn:aws:states:us-east-1:123456789012:execution:Orders:first \
             transitions=3 status=FAILED error=Refused",
        ]
    );
}

#[test]
fn iterations_and_handlers_are_told_inside_of_their_state() {
    let lines = traced(
        r#"{
            "StartAt": "All",
            "States": {
                "All": {
                    "Type": "Map",
                    "ItemProcessor": { "StartAt": "One", "States": {
                        "One": {
                            "Type": "Task",
                            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:one",
                            "End": true
                        }
                    } },
                    "MaxConcurrency": 1,
                    "ItemsPath": "$.items",
                    "End": true
                }
            }
        }"#,
        r#"{ "items": [1, 2, 3] }"#,
        |builder| {
            builder.task("One", |input: Value| async move {
                tracing::info!("begun");
                tokio::task::yield_now().await;
                tracing::info!("done");
                if input == Value::from(2) { Err(TaskFailure::new("Odd", "two")) } else { Ok(input) }
            })
        },
    );
    assert_eq!(
        lines,
        [
            "> execution:first",
            "> execution:first/state:All",
            "> execution:first/state:All/state:One",
            "! execution:first/state:All/state:One message=begun",
            "! execution:first/state:All/state:One message=done",
            "< execution:first/state:All/state:One name=One type=Task item=0 attempt=1 status=succeeded",
            "> execution:first/state:All/state:One",
            "! execution:first/state:All/state:One message=begun",
            "! execution:first/state:All/state:One message=done",
            "< execution:first/state:All/state:One name=One type=Task item=1 attempt=1 status=failed error=Odd",
            "< execution:first/state:All name=All type=Map attempt=1 status=failed error=Odd",
            "< execution:first name=first arn=arn:aws:states:us-east-1:123456789012:execution:Orders:first \
             transitions=3 status=FAILED error=Odd",
        ]
    );
}

#[test]
fn the_children_of_a_distributed_map_are_told_inside_of_it() {
    let lines = traced(
        r#"{
            "StartAt": "All",
            "States": {
                "All": {
                    "Type": "Map",
                    "ItemProcessor": {
                        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                        "StartAt": "One",
                        "States": { "One": { "Type": "Pass", "End": true } }
                    },
                    "End": true
                }
            }
        }"#,
        "[1]",
        |builder| builder,
    );
    let child = lines[2].strip_prefix("> ").unwrap();
    assert!(child.starts_with("execution:first/state:All/execution:"), "{lines:?}");
    assert_eq!(lines[3], format!("> {child}/state:One"));
    assert_eq!(lines[4], format!("< {child}/state:One name=One type=Pass status=succeeded"));
    assert!(lines[5].ends_with("transitions=1 status=SUCCEEDED"), "{lines:?}");
    assert_eq!(lines[6], "< execution:first/state:All name=All type=Map attempt=1 status=succeeded");
}

#[test]
fn states_that_an_end_cuts_short_are_told_as_aborted() {
    let lines = traced(
        r#"{
            "StartAt": "Linger",
            "TimeoutSeconds": 60,
            "States": { "Linger": { "Type": "Wait", "Seconds": 61, "End": true } }
        }"#,
        "{}",
        |builder| builder,
    );
    assert_eq!(
        lines[2..],
        [
            "< execution:first/state:Linger name=Linger type=Wait status=aborted",
            "! execution:first message=the execution timed out at=2024-01-01T00:01:00Z",
            "< execution:first name=first arn=arn:aws:states:us-east-1:123456789012:execution:Orders:first \
             transitions=1 status=TIMED_OUT",
        ]
    );
}
