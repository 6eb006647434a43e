//! The lower end of a terminal, with the states that the execution is in.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use stepfn_executor::{Control, Timestamp, Waiting, WaitingOn};

use super::story::name;

/// The number of states that are shown; a Map has thousands of items.
const MOST: usize = 12;
/// Cells of a bar.
const BAR: usize = 24;

pub(super) struct Screen {
    all: MultiProgress,
    lines: Vec<ProgressBar>,
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::new(), lines: Vec::new() }
    }

    /// Writes a line that stays.
    pub(super) fn print(&self, line: &str) {
        // Where the terminal is gone, nobody reads it.
        let _ = self.all.println(line);
    }

    /// Shows where the execution is.
    pub(super) fn show(&mut self, waiting: &[Waiting], now: Timestamp, control: &Control) {
        let tokens = control.pending_tokens();
        let number =
            |token: &str| tokens.iter().position(|known| known.token == token).map(|index| index + 1);
        let mut texts: Vec<String> =
            waiting.iter().take(MOST).map(|waiting| text(waiting, now, number)).collect();
        if let Some(more) = waiting.len().checked_sub(MOST + 1) {
            texts.push(format!("  … and {} more", more + 1));
        }
        while self.lines.len() > texts.len() {
            if let Some(line) = self.lines.pop() {
                line.finish_and_clear();
                self.all.remove(&line);
            }
        }
        while self.lines.len() < texts.len() {
            let line = self.all.add(ProgressBar::new_spinner());
            // A message alone is a template that cannot be wrong.
            line.set_style(
                ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            self.lines.push(line);
        }
        for (line, text) in self.lines.iter().zip(texts) {
            line.set_message(stepfn_cli::printable(&text));
        }
    }

    /// Leaves nothing behind but the lines that stay.
    pub(super) fn clear(&self) {
        for line in &self.lines {
            line.finish_and_clear();
        }
        let _ = self.all.clear();
    }
}

fn text(waiting: &Waiting, now: Timestamp, number: impl Fn(&str) -> Option<usize>) -> String {
    let since = seconds(Duration::try_from(now.duration_since(waiting.since)).unwrap_or_default());
    let left = seconds(waiting.left(now).unwrap_or_default());
    let what = match &waiting.on {
        WaitingOn::Time { .. } => format!("waits, {left} left"),
        WaitingOn::Retry { retry, .. } => format!("retry {retry} in {left}"),
        WaitingOn::Work { attempt: 1 } => format!("works, {since}"),
        WaitingOn::Work { attempt } => format!("works, attempt {attempt}, {since}"),
        WaitingOn::Callback { token } => {
            let number = number(token).map_or(String::new(), |number| format!(" number {number}"));
            format!("waits for answer{number}, {since}")
        }
        WaitingOn::Children { done, of: Some(of) } => format!("{} {done} of {of}", bar(*done, *of)),
        WaitingOn::Children { done, of: None } => format!("{done} done, reading items"),
        _ => since,
    };
    format!("{:indent$}• {}  {what}", "", name(waiting), indent = 2 + 2 * waiting.depth)
}

fn bar(done: usize, of: usize) -> String {
    let full = done.min(of).saturating_mul(BAR).checked_div(of).unwrap_or(BAR);
    format!("{}{}", "█".repeat(full), "░".repeat(BAR - full))
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3_600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_and_durations_read_well() {
        assert_eq!(bar(1, 2), "████████████░░░░░░░░░░░░");
        assert_eq!(bar(0, 0), "█".repeat(BAR));
        let texts = [1.25, 61.0, 7_322.0].map(|of| seconds(Duration::from_secs_f64(of)));
        assert_eq!(texts, ["1.2 s", "1 min 01 s", "2 h 02 min"]);
    }
}
