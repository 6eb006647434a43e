//! Numbers for Prometheus.

use std::{fmt, time::Duration};

use prometheus_client::{
    encoding::text,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use stepfn_core::arn::Arn;
use stepfn_durable::Commit;

type Labels = Vec<(&'static str, String)>;
type Counters = Family<Labels, Counter>;

pub(super) struct Metrics {
    registry: Registry,
    started: Counters,
    ended: Counters,
    transitions: Counters,
    requests: Counters,
    request_time: Histogram,
    commit_time: Histogram,
    turns: Counter,
    dropped: Counter,
    loaded: Gauge,
    ready: Gauge,
    calls: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        // From a tenth of a millisecond to some seconds.
        let times = || Histogram::new(exponential_buckets(0.000_1, 2.0, 16));
        let mut metrics = Self {
            registry: Registry::with_prefix("stepfn"),
            started: Family::default(),
            ended: Family::default(),
            transitions: Family::default(),
            requests: Family::default(),
            request_time: times(),
            commit_time: times(),
            turns: Counter::default(),
            dropped: Counter::default(),
            loaded: Gauge::default(),
            ready: Gauge::default(),
            calls: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("executions_started", "Executions that were started", metrics.started.clone());
        registry.register("executions_ended", "Executions that ended, by status", metrics.ended.clone());
        registry.register("transitions", "States that were entered", metrics.transitions.clone());
        registry.register("requests", "Requests of the API, by action and status", metrics.requests.clone());
        let (requests, commits) = (metrics.request_time.clone(), metrics.commit_time.clone());
        registry.register_with_unit("request", "Time to answer requests", Unit::Seconds, requests);
        registry.register_with_unit("commit", "Time of the store's commits", Unit::Seconds, commits);
        registry.register("turns", "Turns of executions that were kept", metrics.turns.clone());
        registry.register(
            "records_dropped",
            "Log and status events that were dropped",
            metrics.dropped.clone(),
        );
        registry.register("executions_loaded", "Executions in memory", metrics.loaded.clone());
        registry.register("executions_ready", "Executions that wait for their turn", metrics.ready.clone());
        registry.register("calls", "Calls to functions that are under way", metrics.calls.clone());
        metrics
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // A String takes everything.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    pub(super) fn committed(&self, commit: &Commit<'_>) {
        self.commit_time.observe(commit.took.as_secs_f64());
        self.turns.inc_by(commit.turns.len() as u64);
        let gauge = |gauge: &Gauge, number: usize| gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        gauge(&self.loaded, commit.loaded);
        gauge(&self.ready, commit.ready);
        gauge(&self.calls, commit.calls);
        for turn in &commit.turns {
            let machine = machine_of(turn.execution_arn);
            if turn.events.first().is_some_and(|event| event.id == 1) {
                self.started(machine);
            }
            let entered = turn.events.iter().filter(|event| is_entered(&event.data)).count();
            self.moved(machine, entered as u64);
            if let Some(end) = turn.end {
                self.ended(machine, end.status.name());
            }
        }
    }

    pub(super) fn started(&self, machine: &str) {
        self.started.get_or_create(&vec![("machine", machine.to_owned())]).inc();
    }

    pub(super) fn ended(&self, machine: &str, status: &str) {
        let labels = vec![("machine", machine.to_owned()), ("status", status.to_owned())];
        self.ended.get_or_create(&labels).inc();
    }

    pub(super) fn moved(&self, machine: &str, transitions: u64) {
        if transitions > 0 {
            self.transitions.get_or_create(&vec![("machine", machine.to_owned())]).inc_by(transitions);
        }
    }

    pub(super) fn answered(&self, action: &str, status: u16, took: Duration) {
        let labels = vec![("action", action.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.request_time.observe(took.as_secs_f64());
    }

    pub(super) fn dropped(&self) {
        self.dropped.inc();
    }
}

/// The machine's name in an execution's ARN, without the label of a Map Run.
fn machine_of(execution_arn: &str) -> &str {
    let name = Arn::parse(execution_arn).and_then(|arn| arn.parts().nth(1)).unwrap_or_default();
    name.split('/').next().unwrap_or(name)
}

/// Returns `true` if an event is that a state was entered. Its type comes before anything that is data.
fn is_entered(event: &[u8]) -> bool {
    let head = event.get(..160).unwrap_or(event);
    let head = String::from_utf8_lossy(head);
    let name = head.split_once(r#""type":""#).and_then(|(_, rest)| rest.split('"').next());
    name.is_some_and(|name| name.ends_with("StateEntered"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_are_told_by_the_type_alone() {
        assert!(is_entered(br#"{"timestamp":1.5,"type":"PassStateEntered","id":2}"#));
        assert!(!is_entered(
            br#"{"timestamp":1.5,"type":"PassStateExited","x":"\"type\":\"PassStateEntered\""}"#
        ));
        assert!(!is_entered(b"StateEntered"));
        assert_eq!(machine_of("arn:aws:states:r:1:execution:Orders:one"), "Orders");
        assert_eq!(machine_of("arn:aws:states:r:1:execution:Orders/Each:one"), "Orders");
        assert_eq!(machine_of("none"), "");
    }
}
