//! Log events and status changes, written beside the executions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use stepfn_core::{definition::LogLevel, json, value::Value};
use stepfn_durable::{
    Committed,
    store::{End, Execution, Store},
};
use stepfn_executor::{
    Timestamp,
    delivery::{StatusChange, log_event},
};
use tokio::sync::{mpsc, oneshot};

use super::sink::Sink;
use crate::api::not_redrivable;

/// The most notes that wait to be written.
const WAITING: usize = 16 * 1024;
/// The most that are written at once.
const BATCH: usize = 256;
/// The most executions that are remembered.
const KNOWN: usize = 10_000;

#[derive(Debug)]
pub(super) enum Note {
    Turn {
        execution: String,
        events: Vec<Vec<u8>>,
        end: Option<End>,
    },
    Lines(Vec<String>),
    /// An execution that is not kept, with all its events.
    #[cfg(feature = "otel")]
    Whole {
        execution: String,
        machine: String,
        events: Vec<Value>,
    },
    Flush(oneshot::Sender<()>),
}

impl Note {
    pub(super) fn of(turn: &Committed<'_>) -> Self {
        Self::Turn {
            execution: turn.execution_arn.to_owned(),
            events: turn.events.iter().map(|event| event.data.clone()).collect(),
            end: turn.end.cloned(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Records {
    has_logs: bool,
    has_spans: bool,
    notes: Option<mpsc::Sender<Note>>,
    /// Until it is written to.
    begin: Mutex<Option<(Sinks, mpsc::Receiver<Note>)>>,
}

#[derive(Debug)]
struct Sinks {
    logs: Option<Sink>,
    events: Option<Sink>,
    #[cfg(feature = "otel")]
    spans: Option<super::spans::Spans>,
}

impl Sinks {
    fn is_empty(&self) -> bool {
        #[cfg(feature = "otel")]
        if self.spans.is_some() {
            return false;
        }
        self.logs.is_none() && self.events.is_none()
    }
}

impl Records {
    pub(super) fn new(logs: Option<Sink>, events: Option<Sink>) -> Self {
        Self::over(Sinks {
            logs,
            events,
            #[cfg(feature = "otel")]
            spans: None,
        })
    }

    fn over(sinks: Sinks) -> Self {
        let has_logs = sinks.logs.is_some();
        #[cfg(feature = "otel")]
        let has_spans = sinks.spans.is_some();
        #[cfg(not(feature = "otel"))]
        let has_spans = false;
        let (notes, begin) = if sinks.is_empty() {
            (None, None)
        } else {
            let (notes, receiver) = mpsc::channel(WAITING);
            (Some(notes), Some((sinks, receiver)))
        };
        Self { has_logs, has_spans, notes, begin: Mutex::new(begin) }
    }

    /// The same with spans, as long as nothing was written.
    #[cfg(feature = "otel")]
    pub(super) fn with_spans(&self, spans: super::spans::Spans) -> Self {
        let begin = self.begin.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (logs, events) = begin.map_or((None, None), |(sinks, _)| (sinks.logs, sinks.events));
        Self::over(Sinks { logs, events, spans: Some(spans) })
    }

    pub(super) fn has_spans(&self) -> bool {
        self.has_spans
    }

    pub(super) fn logs(&self) -> bool {
        self.has_logs
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.notes.is_some()
    }

    /// Hands a note over, without waiting; returns `true` if it was accepted.
    pub(super) fn send(&self, note: Note) -> bool {
        self.notes.as_ref().is_none_or(|notes| notes.try_send(note).is_ok())
    }

    pub(super) fn start(
        &self,
        store: Arc<dyn Store>,
        account: &str,
        region: &str,
        dropped: impl Fn() + Send + 'static,
    ) {
        let begin = self.begin.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sinks, receiver)) = begin {
            let (account, region) = (account.to_owned(), region.to_owned());
            let writer = Writer { store, sinks, account, region, known: HashMap::new() };
            tokio::spawn(writer.run(receiver, dropped));
        }
    }

    pub(super) async fn flush(&self) {
        let (sender, receiver) = oneshot::channel();
        if let Some(notes) = &self.notes
            && notes.send(Note::Flush(sender)).await.is_ok()
        {
            let _ = receiver.await;
        }
    }
}

/// The level of a revision's logs, and whether they have the data of executions.
pub(super) fn logging(details: &str) -> (LogLevel, bool) {
    let details: serde_json::Value = serde_json::from_str(details).unwrap_or_default();
    let logging = &details["loggingConfiguration"];
    let level = match logging["level"].as_str() {
        Some("ALL") => LogLevel::All,
        Some("ERROR") => LogLevel::Error,
        Some("FATAL") => LogLevel::Fatal,
        _ => LogLevel::Off,
    };
    (level, logging["includeExecutionData"].as_bool().unwrap_or(false))
}

/// The facts that are remembered of an execution.
struct Known {
    level: LogLevel,
    with_data: bool,
    redrives: u32,
}

struct Writer {
    store: Arc<dyn Store>,
    sinks: Sinks,
    account: String,
    region: String,
    known: HashMap<String, Known>,
}

impl Writer {
    async fn run(mut self, mut receiver: mpsc::Receiver<Note>, dropped: impl Fn() + Send + 'static) {
        let mut notes = Vec::new();
        while receiver.recv_many(&mut notes, BATCH).await > 0 {
            let (mut logs, mut events, mut flushed) = (Vec::new(), Vec::new(), Vec::new());
            for note in notes.drain(..) {
                match note {
                    Note::Turn { execution, events: turn, end } => {
                        #[cfg(feature = "otel")]
                        if let Some(spans) = &mut self.sinks.spans {
                            spans.turn(&self.store, &execution, &turn).await;
                        }
                        if self.sinks.logs.is_some() || self.sinks.events.is_some() {
                            self.turn(&execution, &turn, end.as_ref(), &mut logs, &mut events).await;
                        }
                    }
                    Note::Lines(lines) => logs.extend(lines),
                    #[cfg(feature = "otel")]
                    Note::Whole { execution, machine, events } => {
                        if let Some(spans) = &mut self.sinks.spans {
                            spans.whole(&execution, &machine, &events);
                        }
                    }
                    Note::Flush(sender) => flushed.push(sender),
                }
            }
            for (sink, records) in [(&self.sinks.logs, logs), (&self.sinks.events, events)] {
                if let Some(sink) = sink
                    && !records.is_empty()
                {
                    let lost = sink.put(records).await;
                    (0..lost).for_each(|_| dropped());
                }
            }
            #[cfg(feature = "otel")]
            if let Some(spans) = &mut self.sinks.spans {
                let lost = spans.flush().await;
                (0..lost).for_each(|_| dropped());
            }
            for sender in flushed {
                let _ = sender.send(());
            }
        }
    }

    async fn turn(
        &mut self,
        execution: &str,
        turn: &[Vec<u8>],
        end: Option<&End>,
        logs: &mut Vec<String>,
        events: &mut Vec<String>,
    ) {
        let mut row = None;
        if !self.known.contains_key(execution) || self.sinks.events.is_some() {
            row = self.store.execution(execution.to_owned()).await.ok().flatten();
        }
        if !self.known.contains_key(execution) {
            let Some(row) = &row else { return };
            self.remember(execution, row).await;
        }
        let Some(known) = self.known.get_mut(execution) else { return };
        for event in turn {
            let Some(event) = std::str::from_utf8(event).ok().and_then(|text| json::parse_value(text).ok())
            else {
                continue;
            };
            let is_redriven = event["type"].as_str() == Some("ExecutionRedriven");
            if is_redriven {
                let count = &event["executionRedrivenEventDetails"]["redriveCount"];
                known.redrives = count.as_f64().map_or(known.redrives + 1, |count| count as u32);
            }
            let is_started = event["type"].as_str() == Some("ExecutionStarted");
            if is_started {
                // The row may be that of a later redrive by now.
                known.redrives = 0;
            }
            if self.sinks.logs.is_some()
                && let Some(line) = log_event(&event, known.level, known.with_data, execution, known.redrives)
            {
                logs.push(line.to_string());
            }
            if let Some(row) =
                row.as_ref().filter(|_| self.sinks.events.is_some() && (is_started || is_redriven))
            {
                let at = if is_redriven { row.summary.redriven } else { None }.unwrap_or(row.summary.started);
                events.extend(status_change(row, None, known.redrives, at, &self.account, &self.region));
            }
        }
        if let Some(end) = end {
            if let Some(row) = row.as_ref().filter(|_| self.sinks.events.is_some()) {
                events.extend(status_change(
                    row,
                    Some(end),
                    known.redrives,
                    end.at,
                    &self.account,
                    &self.region,
                ));
            }
            self.known.remove(execution);
        }
    }

    async fn remember(&mut self, execution: &str, row: &Execution) {
        let revision = row.revision.split('#').next().unwrap_or_default().to_owned();
        let revision = self.store.revision(revision).await.ok().flatten();
        let (level, with_data) =
            revision.map_or((LogLevel::Off, false), |revision| logging(&revision.details));
        if self.known.len() >= KNOWN {
            // They are looked up again when there is something of them.
            self.known.clear();
        }
        let redrives = u32::try_from(row.summary.redrives).unwrap_or_default();
        self.known.insert(execution.to_owned(), Known { level, with_data, redrives });
    }
}

/// The event of an execution's start, redrive or end.
fn status_change(
    row: &Execution,
    end: Option<&End>,
    redrives: u32,
    at: i64,
    account: &str,
    region: &str,
) -> Option<String> {
    let time = |millis: i64| Timestamp::from_millisecond(millis).ok();
    let summary = &row.summary;
    let status = end.map_or("RUNNING", |end| end.status.name());
    let change = StatusChange {
        execution_arn: &summary.arn,
        state_machine_arn: &summary.machine,
        version_arn: summary.version.as_deref(),
        alias_arn: summary.alias.as_deref(),
        name: &summary.name,
        status,
        started: time(summary.started)?,
        stopped: end.and_then(|end| time(end.at)),
        input: &row.input,
        output: end.and_then(|end| end.output.as_deref()),
        error: end.and_then(|end| end.error.as_deref()),
        cause: end.and_then(|end| end.cause.as_deref()),
        redrives,
        redriven: summary.redriven.and_then(time).filter(|_| redrives > 0),
        not_redrivable: not_redrivable(status),
    };
    let event: Value = change.to_event(&uuid::Uuid::new_v4().to_string(), time(at)?, account, region);
    Some(event.to_string())
}
