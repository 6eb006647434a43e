//! The events of an execution, a line for each step.

use std::collections::{HashMap, HashSet};

use anstyle::{AnsiColor, Style};
use stepfn_core::value::Value;
use stepfn_executor::{Execution, History, HistoryEvent, Timestamp, Waiting, WaitingOn};

use super::answer;

/// Returns the style of a success or of a failure.
pub(super) fn style(succeeded: bool) -> Style {
    if succeeded { AnsiColor::Green.on_default().bold() } else { AnsiColor::Red.on_default().bold() }
}

/// The progress of the story.
#[derive(Default)]
pub(super) struct Story {
    shown: usize,
    start: Option<Timestamp>,
    /// The times at which states were entered that were not left yet, by the event that entered them.
    entered: HashMap<u64, Timestamp>,
    /// The stays in which something failed.
    failed: HashSet<u64>,
    /// The visit that each event belongs to, by the event that began it.
    stays: Vec<u64>,
    /// The retries and callbacks whose wait was reported.
    announced: HashSet<(Timestamp, String, String)>,
}

impl Story {
    /// Returns the events since the last call.
    pub(super) fn so_far(&mut self, history: &History) -> Vec<String> {
        let mut lines = Vec::new();
        if history.len() <= self.shown {
            return lines;
        }
        let places = history.places();
        for (event, place) in history.events().zip(&places).skip(self.shown) {
            self.shown += 1;
            self.start.get_or_insert(event.timestamp);
            let previous = usize::try_from(event.previous_event_id).unwrap_or_default();
            let came_from =
                previous.checked_sub(1).and_then(|index| self.stays.get(index)).copied().unwrap_or_default();
            let is_entry = event.event_type.ends_with("StateEntered");
            self.stays.push(if is_entry { event.id } else { came_from });
            if is_entry {
                self.entered.insert(event.id, event.timestamp);
            }
            if let Some((sign, text)) = self.line(&event, place, came_from) {
                lines.push(self.at(event.timestamp, depth(place), sign, &text));
            }
        }
        lines
    }

    /// Returns the waits since the last call: retries to come, and callbacks.
    pub(super) fn waits(&mut self, execution: &mut Execution) -> Vec<String> {
        let tokens = execution.pending_tokens();
        let now = execution.now();
        let mut lines = Vec::new();
        for waiting in execution.waiting() {
            let (key, (sign, text)) = match &waiting.on {
                WaitingOn::Retry { retry, until } => {
                    let left = waiting.left(now).unwrap_or_default().as_secs_f64();
                    (until.to_string(), ('↻', format!("{}: retry {retry} in {left:.1} s", name(&waiting))))
                }
                WaitingOn::Callback { token } => {
                    let number =
                        tokens.iter().position(|known| known.token == *token).map_or(0, |index| index + 1);
                    (
                        token.clone(),
                        ('?', format!("{} waits for an answer, number {number}: {token}", name(&waiting))),
                    )
                }
                _ => continue,
            };
            if self.announced.insert((waiting.since, waiting.state.clone(), key)) {
                lines.push(self.at(now, waiting.depth, sign, &text));
                if let WaitingOn::Callback { token } = &waiting.on
                    && let Some(hint) = answer::hint(token, &tokens)
                {
                    let indent = 15 + 2 * waiting.depth;
                    lines.push(format!("{:indent$}{}", "", stepfn_cli::printable(&hint)));
                }
            }
        }
        lines
    }

    /// A line: the time, and as far to the right as the state is deep, a sign and what happened there.
    fn at(&self, time: Timestamp, depth: usize, sign: char, text: &str) -> String {
        let seconds =
            self.start.map_or(0.0, |start| (time.as_duration() - start.as_duration()).as_secs_f64());
        let style = match sign {
            '✓' => AnsiColor::Green.on_default(),
            '✗' => AnsiColor::Red.on_default().bold(),
            '↻' | '↷' => AnsiColor::Yellow.on_default(),
            '?' => AnsiColor::Magenta.on_default().bold(),
            _ => AnsiColor::Cyan.on_default(),
        };
        let text = stepfn_cli::printable(text);
        format!("{seconds:>9.3} s  {:indent$}{style}{sign}{style:#} {text}", "", indent = 2 * depth)
    }

    fn line(&mut self, event: &HistoryEvent<'_>, place: &str, stay: u64) -> Option<(char, String)> {
        let event_type = event.event_type;
        let details = || event.details().unwrap_or(Value::Null);
        let state = event.state.map_or_else(String::new, |state| placed(place, state));
        if event_type.ends_with("StateEntered") {
            return Some(('→', state));
        }
        if event_type.ends_with("StateExited") {
            let entered = self.entered.remove(&stay).unwrap_or(event.timestamp);
            let seconds = (event.timestamp.as_duration() - entered.as_duration()).as_secs_f64();
            if self.failed.remove(&stay) {
                return Some(('↷', format!("{state}: caught")));
            }
            // The end of a step that takes no time need not be reported.
            return (seconds >= 0.001).then(|| ('✓', format!("{state}, {seconds:.3} s")));
        }
        if event_type.ends_with("Scheduled") {
            // Another attempt: what failed before is forgotten.
            return self.failed.remove(&stay).then(|| ('↻', format!("{state}: again")));
        }
        let failed = event_type.ends_with("Failed") || event_type.ends_with("TimedOut");
        // The end of everything is reported at the end.
        if !failed || event_type.starts_with("Execution") || event_type.ends_with("StateFailed") {
            return None;
        }
        self.failed.insert(stay);
        let details = details();
        let text = |key: &str| details[key].as_str().filter(|text| !text.is_empty());
        let mut line = if state.is_empty() { event_type.to_owned() } else { state };
        for part in [text("error"), text("cause")].into_iter().flatten() {
            line += &format!(": {part}");
        }
        Some(('✗', line))
    }
}

/// The number of Maps and Parallels around a place.
fn depth(place: &str) -> usize {
    if place.is_empty() { 0 } else { place.split(" / ").count() }
}

/// A state's name, with its place before it.
pub(super) fn name(waiting: &Waiting) -> String {
    placed(&waiting.place, &waiting.state)
}

fn placed(place: &str, state: &str) -> String {
    if place.is_empty() { state.to_owned() } else { format!("{place} / {state}") }
}
