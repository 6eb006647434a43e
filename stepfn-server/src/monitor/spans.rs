//! Spans for OpenTelemetry, made of the events of histories.
//!
//! Executions outlive the process, and so do their spans: their ids follow from the execution and its events, and the beginning of what ends now is
//! read from the history where this process has not seen it.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanEvents, SpanExporter, SpanLinks},
};
use sha2::{Digest, Sha256};
use stepfn_core::{json, value::Value};
use stepfn_durable::store::{Execution, HistoryOf, PageAt, Store};

/// The most executions that are remembered.
const KNOWN: usize = 10_000;
/// The most executions that are around one: who looks for the outermost stops there.
const DEPTH: usize = 64;
/// The number of events that are read at once.
const PAGE: usize = 1000;

type Exporting = Pin<Box<dyn Future<Output = OTelSdkResult> + Send>>;
type Export = dyn Fn(Vec<SpanData>) -> Exporting + Send + Sync;

/// The maker of spans.
pub(super) struct Spans {
    export: Box<Export>,
    known: HashMap<String, Trace>,
    done: Vec<SpanData>,
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spans").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

impl Spans {
    pub(super) fn new(mut exporter: impl SpanExporter + 'static) -> Self {
        let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "stepfn".to_owned());
        exporter.set_resource(&Resource::builder().with_service_name(name).build());
        let exporter = Arc::new(exporter);
        let export = Box::new(move |spans: Vec<SpanData>| -> Exporting {
            let exporter = Arc::clone(&exporter);
            Box::pin(async move { exporter.export(spans).await })
        });
        Self { export, known: HashMap::new(), done: Vec::new() }
    }

    /// Takes in the events of a turn.
    pub(super) async fn turn(&mut self, store: &Arc<dyn Store>, execution: &str, events: &[Vec<u8>]) {
        let events: Vec<Value> = events.iter().filter_map(|event| read(event)).collect();
        let Some(first) = events.first().and_then(Seen::of).map(|seen| seen.id) else {
            return;
        };
        if self.known.get(execution).is_none_or(|known| known.next != first) {
            let Some(trace) = Trace::load(store, execution, first).await else { return };
            if self.known.len() >= KNOWN {
                // They are read again when there is something of them.
                self.known.clear();
            }
            self.known.insert(execution.to_owned(), trace);
        }
        let Some(trace) = self.known.get_mut(execution) else { return };
        for seen in events.iter().filter_map(Seen::of) {
            trace.event(&seen, &mut self.done);
        }
        if trace.is_over {
            self.known.remove(execution);
        }
    }

    /// Takes in all events of an execution that is not kept, in the form of its log.
    pub(super) fn whole(&mut self, execution: &str, machine: &str, events: &[Value]) {
        let mut trace = Trace::new(execution, machine, execution, None);
        for seen in events.iter().filter_map(Seen::of) {
            trace.event(&seen, &mut self.done);
        }
    }

    /// Sends the spans that are over; the number of those that got lost.
    pub(super) async fn flush(&mut self) -> usize {
        let done = std::mem::take(&mut self.done);
        let count = done.len();
        if count == 0 || (self.export)(done).await.is_ok() { 0 } else { count }
    }
}

fn read(event: &[u8]) -> Option<Value> {
    json::parse_value(std::str::from_utf8(event).ok()?).ok()
}

/// What is looked at of an event, in the form of a history or of a log.
struct Seen<'a> {
    id: u64,
    previous: u64,
    kind: &'a str,
    at: SystemTime,
    details: Option<&'a Value>,
}

impl<'a> Seen<'a> {
    fn of(event: &'a Value) -> Option<Self> {
        let number = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok())?;
            (number >= 0.0).then_some(number as u64)
        };
        let millis = match event.get("timestamp") {
            Some(seconds) => (seconds.as_f64()? * 1000.0).round() as u64,
            None => number(event.get("event_timestamp")?)?,
        };
        let previous = event.get("previousEventId").or_else(|| event.get("previous_event_id"));
        let members = event.as_object()?;
        let details = members.iter().find(|(name, _)| {
            let name: &str = name.as_ref();
            name == "details" || name.ends_with("EventDetails")
        });
        Some(Self {
            id: number(event.get("id")?)?,
            previous: previous.and_then(number).unwrap_or(0),
            kind: event.get("type")?.as_str()?,
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(millis),
            details: details.map(|(_, details)| details),
        })
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.details?.get(name)?.as_str()
    }

    /// The error that the event tells of.
    fn status(&self) -> Status {
        let is_error = ["Failed", "TimedOut", "Aborted"].iter().any(|end| self.kind.ends_with(end));
        if !is_error {
            return Status::Unset;
        }
        let error = self.text("error").unwrap_or(self.kind);
        Status::error(match self.text("cause") {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_owned(),
        })
    }
}

/// A span that is not over.
struct Open {
    name: String,
    kind: SpanKind,
    started: SystemTime,
    /// The event of the state around it.
    around: Option<u64>,
    attributes: Vec<KeyValue>,
}

/// The spans of one execution.
struct Trace {
    execution: String,
    machine: String,
    id: TraceId,
    /// The span of the execution that started this one.
    parent: Option<SpanId>,
    started: SystemTime,
    redrives: u64,
    is_over: bool,
    next: u64,
    /// For each event the one with which the state began that it is in.
    inside: HashMap<u64, u64>,
    /// For events of tasks the one with which the task was scheduled.
    tasks: HashMap<u64, u64>,
    open: BTreeMap<u64, Open>,
}

impl Trace {
    fn new(execution: &str, machine: &str, outermost: &str, parent: Option<SpanId>) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(Sha256::digest(outermost).get(..16).unwrap_or(&[1; 16]));
        Self {
            execution: execution.to_owned(),
            machine: machine.to_owned(),
            id: TraceId::from_bytes(id),
            parent,
            started: SystemTime::UNIX_EPOCH,
            redrives: 0,
            is_over: false,
            next: 1,
            inside: HashMap::new(),
            tasks: HashMap::new(),
            open: BTreeMap::new(),
        }
    }

    /// The spans of an execution as they were before an event.
    async fn load(store: &Arc<dyn Store>, execution: &str, before: u64) -> Option<Self> {
        let row = store.execution(execution.to_owned()).await.ok()??;
        let outermost = outermost(store, &row).await;
        let parent = row.parent.as_ref().map(|parent| execution_span(&parent.execution, 0));
        let mut trace = Self::new(execution, &row.summary.machine, &outermost, parent);
        let mut page = PageAt::first(PAGE);
        let mut unseen = Vec::new();
        while trace.next < before {
            let list = HistoryOf { id: row.summary.id, reverse: false, page };
            let got = store.history(list).await.ok()?;
            for event in
                got.items.iter().take_while(|event| u64::try_from(event.id).is_ok_and(|id| id < before))
            {
                let event = read(&event.data)?;
                trace.event(&Seen::of(&event)?, &mut unseen);
            }
            unseen.clear();
            match got.next {
                Some(next) if trace.next < before => page = PageAt { after: Some(next), limit: PAGE },
                _ => break,
            }
        }
        Some(trace)
    }

    fn span(&self, event: u64) -> SpanId {
        span_id(&format!("{}#{event}", self.execution))
    }

    fn event(&mut self, seen: &Seen<'_>, done: &mut Vec<SpanData>) {
        self.next = seen.id + 1;
        let mut inside = self.inside.get(&seen.previous).copied();
        let mut task = self.tasks.get(&seen.previous).copied();
        match seen.kind {
            "ExecutionStarted" => self.started = seen.at,
            "ExecutionRedriven" => {
                self.redrives += 1;
                self.started = seen.at;
                self.is_over = false;
                // What it goes on with begins anew.
                self.open.clear();
            }
            "ExecutionSucceeded" | "ExecutionFailed" | "ExecutionTimedOut" | "ExecutionAborted" => {
                self.end(seen, done);
                return;
            }
            kind if kind.ends_with("StateEntered") => {
                let state = kind.strip_suffix("StateEntered").unwrap_or(kind);
                let attributes = vec![KeyValue::new("stepfn.state.type", state.to_owned())];
                self.begin(seen, seen.text("name").unwrap_or(state), SpanKind::Internal, inside, attributes);
                (inside, task) = (Some(seen.id), None);
            }
            kind if kind.ends_with("StateExited") => {
                let entered = inside;
                inside = entered.and_then(|entered| self.open.get(&entered)?.around);
                if let Some(entered) = entered {
                    self.close(entered, seen, Status::Unset, done);
                }
            }
            "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled" => {
                let resource = seen.text("resource").unwrap_or(seen.kind);
                let name = match seen.text("resourceType") {
                    Some(of) => format!("{of}:{resource}"),
                    None => resource.to_owned(),
                };
                let attributes = vec![KeyValue::new("stepfn.task.resource", name.clone())];
                self.begin(seen, &name, SpanKind::Client, inside, attributes);
                task = Some(seen.id);
            }
            kind if is_end_of_task(kind) => {
                if let Some(scheduled) = task.take() {
                    self.close(scheduled, seen, seen.status(), done);
                }
            }
            _ => {}
        }
        if let Some(inside) = inside {
            self.inside.insert(seen.id, inside);
        }
        if let Some(task) = task {
            self.tasks.insert(seen.id, task);
        }
    }

    fn begin(
        &mut self,
        seen: &Seen<'_>,
        name: &str,
        kind: SpanKind,
        around: Option<u64>,
        attributes: Vec<KeyValue>,
    ) {
        let open = Open { name: name.to_owned(), kind, started: seen.at, around, attributes };
        self.open.insert(seen.id, open);
    }

    fn close(&mut self, event: u64, seen: &Seen<'_>, status: Status, done: &mut Vec<SpanData>) {
        let Some(Open { name, kind, started, around, attributes }) = self.open.remove(&event) else { return };
        let parent = match around {
            Some(around) => self.span(around),
            None => execution_span(&self.execution, self.redrives),
        };
        done.push(self.data(self.span(event), parent, kind, name, (started, seen.at), attributes, status));
    }

    /// Ends the execution, and with it what is not over.
    fn end(&mut self, seen: &Seen<'_>, done: &mut Vec<SpanData>) {
        let status = seen.status();
        for event in self.open.keys().rev().copied().collect::<Vec<_>>() {
            self.close(event, seen, status.clone(), done);
        }
        self.is_over = true;
        let name = stepfn_core::arn::last(&self.machine).to_owned();
        let mut attributes = vec![
            KeyValue::new("stepfn.execution.arn", self.execution.clone()),
            KeyValue::new("stepfn.state_machine.arn", self.machine.clone()),
            KeyValue::new("stepfn.status", status_name(seen.kind)),
        ];
        if self.redrives > 0 {
            attributes.push(KeyValue::new("stepfn.redrive_count", i64::try_from(self.redrives).unwrap_or(0)));
        }
        if let Some(error) = seen.text("error") {
            attributes.push(KeyValue::new("error.type", error.to_owned()));
        }
        let span = execution_span(&self.execution, self.redrives);
        let parent = self.parent.unwrap_or(SpanId::INVALID);
        let times = (self.started, seen.at);
        done.push(self.data(span, parent, SpanKind::Internal, name, times, attributes, status));
    }

    #[allow(clippy::too_many_arguments, reason = "they are the members of a span")]
    fn data(
        &self,
        span: SpanId,
        parent: SpanId,
        kind: SpanKind,
        name: String,
        (start_time, end_time): (SystemTime, SystemTime),
        attributes: Vec<KeyValue>,
        status: Status,
    ) -> SpanData {
        SpanData {
            span_context: SpanContext::new(self.id, span, TraceFlags::SAMPLED, false, TraceState::default()),
            parent_span_id: parent,
            parent_span_is_remote: false,
            span_kind: kind,
            name: name.into(),
            start_time,
            end_time,
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status,
            instrumentation_scope: InstrumentationScope::builder("stepfn").build(),
        }
    }
}

/// The outermost of the executions that started each other.
async fn outermost(store: &Arc<dyn Store>, row: &Execution) -> String {
    let mut arn = row.summary.arn.clone();
    let mut parent = row.parent.clone();
    for _ in 0..DEPTH {
        let Some(next) = parent else { break };
        arn = next.execution;
        parent = store.execution(arn.clone()).await.ok().flatten().and_then(|row| row.parent);
    }
    arn
}

fn is_end_of_task(kind: &str) -> bool {
    let of_task = ["Task", "LambdaFunction", "Activity"].iter().find_map(|of| kind.strip_prefix(of));
    matches!(
        of_task,
        Some("Succeeded" | "Failed" | "TimedOut" | "StartFailed" | "SubmitFailed" | "ScheduleFailed")
    )
}

fn status_name(kind: &str) -> &'static str {
    match kind {
        "ExecutionSucceeded" => "SUCCEEDED",
        "ExecutionTimedOut" => "TIMED_OUT",
        "ExecutionAborted" => "ABORTED",
        _ => "FAILED",
    }
}

/// The id of an execution's span; each redrive has one of its own.
fn execution_span(execution: &str, redrives: u64) -> SpanId {
    span_id(&format!("{execution}@{redrives}"))
}

fn span_id(of: &str) -> SpanId {
    let mut id = [0; 8];
    id.copy_from_slice(Sha256::digest(of).get(..8).unwrap_or(&[1; 8]));
    SpanId::from_bytes(id)
}
