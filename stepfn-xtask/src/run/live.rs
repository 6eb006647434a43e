//! The lower end of a terminal, with the states that the execution is in.

use std::{io, time::Duration};

use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use stepfn_executor::{Control, PendingToken, Timestamp, Waiting, WaitingOn};

use super::{
    answer,
    capture::{self, Capture, Sink},
    story::name,
};

/// The number of states that are shown; a Map has thousands of items.
const MOST: usize = 12;
/// Cells of a bar.
const BAR: usize = 24;
/// Redraws in a second.
const RATE: u8 = 20;

pub(super) struct Screen {
    all: MultiProgress,
    lines: Vec<ProgressBar>,
    has_colours: bool,
}

impl Screen {
    /// The screen; `has_own` is whether it has a terminal of its own beside standard error.
    pub(super) fn new(has_own: bool) -> io::Result<Self> {
        let has_colours =
            !matches!(anstream::AutoStream::choice(&io::stderr()), anstream::ColorChoice::Never);
        let target = if has_own {
            ProgressDrawTarget::term(Capture::terminal()?, RATE)
        } else {
            ProgressDrawTarget::stderr_with_hz(RATE)
        };
        Ok(Self { all: MultiProgress::with_draw_target(target), lines: Vec::new(), has_colours })
    }

    /// The place where lines of functions are shown, among the others.
    pub(super) fn sink(&self) -> Sink {
        let all = self.all.clone();
        Box::new(move |text| drop(all.println(capture::line(text))))
    }

    /// Writes a line that stays.
    pub(super) fn print(&self, line: &str) {
        // Where the terminal is gone, nobody reads it.
        let _ = self.all.println(self.coloured(line));
    }

    fn coloured(&self, text: &str) -> String {
        if self.has_colours { text.to_owned() } else { anstream::adapter::strip_str(text).to_string() }
    }

    /// Shows where the execution is.
    pub(super) fn show(&mut self, waiting: &[Waiting], now: Timestamp, control: &Control) {
        let tokens = control.pending_tokens();
        let number =
            |token: &str| tokens.iter().position(|known| known.token == token).map(|index| index + 1);
        let mut texts: Vec<String> =
            waiting.iter().take(MOST).flat_map(|waiting| texts(waiting, now, number, &tokens)).collect();
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
            line.set_message(self.coloured(&text));
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

/// A state and what it waits for; below it what may be typed, where somebody has to.
fn texts(
    waiting: &Waiting,
    now: Timestamp,
    number: impl Fn(&str) -> Option<usize>,
    tokens: &[PendingToken],
) -> Vec<String> {
    let since = seconds(Duration::try_from(now.duration_since(waiting.since)).unwrap_or_default());
    let left = seconds(waiting.left(now).unwrap_or_default());
    let mut hint = None;
    let (style, what) = match &waiting.on {
        WaitingOn::Time { .. } => (AnsiColor::Blue, format!("waits, {left} left")),
        WaitingOn::Retry { retry, .. } => (AnsiColor::Yellow, format!("retry {retry} in {left}")),
        WaitingOn::Work { attempt: 1 } => (AnsiColor::Cyan, format!("works, {since}")),
        WaitingOn::Work { attempt } => (AnsiColor::Cyan, format!("works, attempt {attempt}, {since}")),
        WaitingOn::Callback { token } => {
            hint = answer::hint(token, tokens);
            let number = number(token).map_or(String::new(), |number| format!(" number {number}"));
            (AnsiColor::Magenta, format!("waits for answer{number}, {since}"))
        }
        WaitingOn::Children { done, of: Some(of) } => {
            (AnsiColor::Cyan, format!("{} {done} of {of}", bar(*done, *of)))
        }
        WaitingOn::Children { done, of: None } => (AnsiColor::Cyan, format!("{done} done, reading items")),
        _ => (AnsiColor::Cyan, since),
    };
    let (style, faint) = (style.on_default().bold(), Style::new().dimmed());
    let indent = 2 + 2 * waiting.depth;
    let name = stepfn_cli::printable(&name(waiting));
    let mut lines = vec![format!("{:indent$}{style}• {name}{style:#}  {what}", "")];
    lines
        .extend(hint.map(|hint| format!("{:indent$}  {faint}{}{faint:#}", "", stepfn_cli::printable(&hint))));
    lines
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
