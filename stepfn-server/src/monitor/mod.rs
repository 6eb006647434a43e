//! The monitor of a host: metrics, logs, events.

mod metrics;
#[cfg(feature = "otel")]
mod otlp;
mod records;
mod sink;
#[cfg(feature = "otel")]
mod spans;

use std::{path::Path, sync::Arc, time::Duration};

use stepfn_durable::{HostBuilder, store::Store};
use stepfn_executor::Outcome;

use self::{
    metrics::Metrics,
    records::{Note, Records},
    sink::Sink,
};

/// Counts and records what happens to executions: metrics in Prometheus' format, the log events of machines that have a
/// `loggingConfiguration`, and "Step Functions Execution Status Change" events as EventBridge gets them.
///
/// Clones are one monitor. Logs and events are written beside the executions, which never wait for them: what was committed just
/// before the process ended may be missing, and what a slow disk or receiver leaves behind is dropped and counted.
#[derive(Clone, Debug)]
pub struct Monitor {
    metrics: Arc<Metrics>,
    records: Arc<Records>,
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new(None, None)
    }
}

impl Monitor {
    fn new(logs: Option<Sink>, events: Option<Sink>) -> Self {
        Self { metrics: Arc::new(Metrics::new()), records: Arc::new(Records::new(logs, events)) }
    }

    /// Makes a monitor that appends log events to one file, a JSON object on each line, and sends status changes to another one or to a
    /// URL (`http://…`), one `POST` each.
    ///
    /// # Errors
    /// When a file cannot be opened, or the URL is none that can be called.
    pub fn with_records(logs: Option<&Path>, events: Option<&str>) -> Result<Self, String> {
        let logs = logs.map(Sink::file).transpose()?;
        Ok(Self::new(logs, events.map(Sink::of).transpose()?))
    }

    /// Sends spans of executions, states and tasks to an OpenTelemetry collector by OTLP over HTTP: `http://localhost:4318`.
    ///
    /// # Errors
    /// When the URL is none that can be called.
    #[cfg(feature = "otel")]
    pub fn with_otlp(self, endpoint: &str) -> Result<Self, String> {
        Ok(self.with_spans(otlp::exporter(endpoint)?))
    }

    /// The same by any exporter. Spans are made of histories: what began before this process did has its span all the same.
    #[cfg(feature = "otel")]
    #[must_use]
    pub fn with_spans(self, exporter: impl opentelemetry_sdk::trace::SpanExporter + 'static) -> Self {
        let records = self.records.with_spans(spans::Spans::new(exporter));
        Self { records: Arc::new(records), ..self }
    }

    /// Lets it see what a host does.
    pub fn observe(&self, builder: HostBuilder) -> HostBuilder {
        // What is not kept is logged by its history.
        let builder =
            if self.has_logs() { builder.executors(|executor| executor.keep_history()) } else { builder };
        let monitor = self.clone();
        builder.observer(move |commit| {
            monitor.metrics.committed(commit);
            if monitor.records.is_wanted() {
                for turn in commit.turns.iter().filter(|turn| !turn.events.is_empty() || turn.end.is_some()) {
                    monitor.note(Note::of(turn));
                }
            }
        })
    }

    /// Whether something is made of the histories of executions that are not kept.
    pub(crate) fn has_logs(&self) -> bool {
        self.records.logs() || self.records.has_spans()
    }

    fn note(&self, note: Note) {
        if !self.records.send(note) {
            self.metrics.dropped();
        }
    }

    /// Starts to write, if there is anything to write to.
    pub(crate) fn start(&self, store: &Arc<dyn Store>, account: &str, region: &str) {
        let metrics = Arc::clone(&self.metrics);
        self.records.start(Arc::clone(store), account, region, move || metrics.dropped());
    }

    /// Waits until all is written that happened before.
    pub(crate) async fn flush(&self) {
        self.records.flush().await;
    }

    /// The metrics, in the text format of OpenMetrics.
    /// The metrics as text; `refused` is the number of executions that cannot go on.
    pub(crate) fn text(&self, refused: usize) -> String {
        self.metrics.text(refused)
    }

    pub(crate) fn answered(&self, action: &str, status: u16, took: Duration) {
        self.metrics.answered(action, status, took);
    }

    /// An execution began that is not kept.
    pub(crate) fn express_started(&self, machine: &str) {
        self.metrics.started(machine);
    }

    /// An execution that is not kept could not go on.
    pub(crate) fn express_failed(&self, machine: &str) {
        self.metrics.ended(machine, "FAILED");
    }

    /// Reports the end of an execution that is not kept. `details` are those of its revision.
    pub(crate) fn express_ended(&self, machine: &str, outcome: &Outcome, details: &str) {
        self.metrics.ended(machine, outcome.status.name());
        self.metrics.moved(machine, outcome.transitions);
        #[cfg(feature = "otel")]
        if self.records.has_spans() {
            let events = outcome.log_events(stepfn_core::definition::LogLevel::All, true);
            let (execution, machine) = (outcome.execution_arn(), machine.to_owned());
            self.note(Note::Whole { execution, machine, events });
        }
        if self.records.logs() {
            let (level, with_data) = records::logging(details);
            let lines: Vec<String> =
                outcome.log_events(level, with_data).iter().map(ToString::to_string).collect();
            if !lines.is_empty() {
                self.note(Note::Lines(lines));
            }
        }
    }
}
