//! How findings are shown.

use std::{
    io::{self, Write},
    time::Duration,
};

use anstyle::{AnsiColor, Style};
use stepfn_core::{
    check::Located, diagnostic::Severity, json::Span, validate::Issue, value::Value, visible::is_visible,
};
use stepfn_executor::Status;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::source::Source;

/// Cells from one tab stop to the next, in the lines that are shown.
const TAB: usize = 4;
/// Cells of a source line that are shown at most: a definition may stand on one line.
const WIDTH: usize = 120;
/// Cells of them that stand before the place that is meant, where the line is cut.
const BEFORE: usize = 40;

const BOLD: Style = Style::new().bold();
const MARGIN: Style = AnsiColor::Blue.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

fn colour(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
    }
}

/// One finding: `file:line:column: error[code]: message`, the line with a caret, and the help.
pub(crate) fn text(out: &mut dyn Write, source: &Source, found: &Located) -> io::Result<()> {
    let Located { finding, span } = found;
    let place = Place { name: &source.name, text: &source.text, span };
    let label = format!("{}[{}]", finding.severity, finding.code.name());
    place.write(out, finding.severity, &label, &finding.message, finding.help.as_deref())
}

/// What AWS says: `ERROR SCHEMA_VALIDATION_FAILED: message at /States/X`.
pub(crate) fn issue(out: &mut dyn Write, issue: &Issue) -> io::Result<()> {
    let colour = colour(Severity::Error);
    write!(out, "{colour}ERROR {}{colour:#}: {BOLD}{}{BOLD:#}", issue.code, printable(&issue.message))?;
    match &issue.location {
        Some(location) => writeln!(out, " at {}", printable(location)),
        None => writeln!(out),
    }
}

/// An error at a place of a text that is no definition.
pub(crate) fn error_at(
    err: &mut dyn Write,
    source: &Source,
    span: &Span,
    message: &str,
    help: Option<&str>,
) -> io::Result<()> {
    let place = Place { name: &source.name, text: &source.text, span };
    place.write(err, Severity::Error, "error", message, help)
}

/// A place in a text, to be shown with what is said of it.
struct Place<'s> {
    name: &'s str,
    text: &'s str,
    span: &'s Span,
}

impl Place<'_> {
    fn write(
        &self,
        out: &mut dyn Write,
        severity: Severity,
        label: &str,
        message: &str,
        help: Option<&str>,
    ) -> io::Result<()> {
        let Self { name, text, span } = *self;
        let colour = colour(severity);
        writeln!(
            out,
            "{BOLD}{}:{}:{}:{BOLD:#} {colour}{label}{colour:#}: {BOLD}{}{BOLD:#}",
            printable(name),
            span.line,
            span.column,
            printable(message)
        )?;
        let (line, before, marked) = excerpt(text, span);
        let number = span.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(out, "{MARGIN}{number} |{MARGIN:#} {line}")?;
        let caret = format!("{}{colour}{}{colour:#}", " ".repeat(before), "^".repeat(marked));
        writeln!(out, "{MARGIN}{margin} |{MARGIN:#} {caret}")?;
        if let Some(help) = help {
            let help = printable(help).replace('\n', "\n          ");
            writeln!(out, "{MARGIN}  ={MARGIN:#} {HELP}help{HELP:#}: {help}")?;
        }
        Ok(())
    }
}

/// The line of a place as it is shown, the cells before the place, and the cells to mark.
fn excerpt(text: &str, span: &Span) -> (String, usize, usize) {
    // Of a very long line only what may be shown is looked at.
    let is_boundary = |at: &usize| text.is_char_boundary(*at);
    let near = (0..=span.range.start.saturating_sub(4 * WIDTH)).rev().find(is_boundary).unwrap_or(0);
    let far = (span.range.start + 4 * WIDTH..text.len()).find(is_boundary).unwrap_or(text.len());
    let newline_before = text[near..span.range.start].rfind('\n');
    let newline_after = text[span.range.start..far].find('\n');
    let start = newline_before.map_or(near, |newline| near + newline + 1);
    let end = newline_after.map_or(far, |length| span.range.start + length);
    let more_before = newline_before.is_none() && near > 0;
    let more_after = newline_after.is_none() && far < text.len();
    let line = text[start..end].trim_end_matches('\r');
    let first = (span.range.start - start).min(line.len());
    let last = (span.range.end - start).clamp(first, line.len());

    let (mut shown, mut total, mut before, mut marked) = (String::new(), 0, 0, 0);
    for (at, c) in line.char_indices() {
        let cells = push_printable(&mut shown, total, c);
        total += cells;
        if at < first {
            before += cells;
        } else if at < last {
            marked += cells;
        }
    }
    let marked = marked.max(1);
    if total <= WIDTH && !more_before && !more_after {
        return (shown, before, marked);
    }
    // Cut on both sides, the place with some of what comes before it stays.
    let cut = before.saturating_sub(BEFORE).min(total.saturating_sub(WIDTH));
    let (mut kept, mut at) = (String::new(), 0);
    let mut skipped = 0;
    for c in shown.chars() {
        let cells = c.width().unwrap_or(0);
        if at < cut {
            skipped = at + cells;
        } else if at + cells <= cut + WIDTH {
            kept.push(c);
        }
        at += cells;
    }
    let head = if cut > 0 || more_before { "…" } else { "" };
    let tail = if total > cut + WIDTH || more_after { "…" } else { "" };
    let before = before - skipped + head.width();
    let marked = marked.min((head.width() + WIDTH).saturating_sub(before)).max(1);
    (format!("{head}{kept}{tail}"), before, marked)
}

/// A text without what would move the cursor or change the terminal.
pub fn printable(text: &str) -> String {
    let (mut out, mut cells) = (String::new(), 0);
    for c in text.chars() {
        if c == '\n' {
            out.push(c);
            cells = 0;
        } else {
            cells += push_printable(&mut out, cells, c);
        }
    }
    out
}

/// JSON as it is shown: characters that would change the terminal, or hide, have JSON's own escapes.
pub fn printable_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || is_visible(c) {
            out.push(c);
        } else {
            // Such a character stands in a text, and all of them are below U+10000.
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    out
}

/// Appends a character to a line of so many cells; gives the cells that it takes.
fn push_printable(line: &mut String, cells: usize, c: char) -> usize {
    if c == '\t' {
        let fill = TAB - cells % TAB;
        line.extend(std::iter::repeat_n(' ', fill));
        fill
    } else if !is_visible(c) {
        let escape = c.escape_unicode();
        let width = escape.len();
        line.extend(escape);
        width
    } else {
        line.push(c);
        c.width().unwrap_or(0)
    }
}

/// The findings of one file, as one line of JSON.
pub(crate) fn json(name: &str, findings: &[Located]) -> Value {
    let findings = findings.iter().map(|Located { finding, span }| {
        Value::object([
            ("code", Value::from(finding.code.name())),
            ("severity", Value::from(finding.severity.to_string())),
            ("pointer", Value::from(finding.at.as_str())),
            ("line", Value::from(span.line as u64)),
            ("column", Value::from(span.column as u64)),
            ("message", Value::from(finding.message.as_str())),
            ("help", finding.help.as_deref().map_or(Value::Null, Value::from)),
        ])
    });
    Value::object([("file", Value::from(name)), ("findings", Value::array(findings))])
}

/// `2 errors`, `1 error`, `no errors`
pub fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// How an execution ended.
pub(crate) fn ended(
    err: &mut dyn Write,
    status: &Status,
    took: Duration,
    transitions: u64,
) -> io::Result<()> {
    let transitions = count(usize::try_from(transitions).unwrap_or(usize::MAX), "transition");
    let colour = match status {
        Status::Succeeded { .. } => AnsiColor::Green.on_default().bold(),
        _ => colour(Severity::Error),
    };
    // The output has been written.
    let said = match status {
        Status::Succeeded { .. } => status.name().to_owned(),
        _ => status.to_string(),
    };
    let seconds = took.as_secs_f64();
    writeln!(
        err,
        "{colour}{}{colour:#} after {seconds:.3} s of virtual time, {transitions}",
        printable(&said)
    )
}

/// Writes a message that is of no place in a text.
///
/// # Errors
/// When it cannot be written.
pub fn error(err: &mut dyn Write, message: &str) -> io::Result<()> {
    let colour = colour(Severity::Error);
    writeln!(err, "{colour}error{colour:#}: {}", printable(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, part: &str) -> String {
        let start = text.find(part).unwrap();
        let span = Span { range: start..start + part.len(), line: 1, column: 1 };
        let (line, before, marked) = excerpt(text, &span);
        format!("{line}\n{}{}", " ".repeat(before), "^".repeat(marked))
    }

    #[test]
    fn carets_count_cells() {
        assert_eq!(shown("\"승인\": 끝", "끝"), "\"승인\": 끝\n        ^^");
        assert_eq!(shown("a\n\t\"b\"\t: 1\r\nc", "1"), "    \"b\" : 1\n          ^");
        assert_eq!(shown("x \u{1b}[31m y", "y"), "x \\u{1b}[31m y\n             ^");
        assert_eq!(shown("{ a\nb }", "{ a\nb }"), "{ a\n^^^");
    }

    #[test]
    fn long_lines_are_cut_round_the_place() {
        let line = format!("{}here{}", "한".repeat(400), "-".repeat(400));
        let shown = shown(&line, "here");
        let (line, carets) = shown.split_once('\n').unwrap();
        assert!(line.starts_with("…한") && line.ends_with("-…"), "{line}");
        assert_eq!(line.width(), WIDTH + 2);
        let before = line.split("here").next().unwrap().width();
        assert_eq!(carets, format!("{}^^^^", " ".repeat(before)));

        let wide = format!("[{}]", "x".repeat(500));
        let (line, before, marked) = excerpt(&wide, &Span { range: 0..502, line: 1, column: 1 });
        assert_eq!((line.width(), before, marked), (WIDTH + 1, 0, WIDTH));
        let (line, before, marked) = excerpt(&wide, &Span { range: 501..502, line: 1, column: 502 });
        assert!(line.starts_with('…') && line.ends_with("x]"));
        assert_eq!((before, marked), (WIDTH, 1));

        // Characters without a width of their own leave room, and what is cut is marked all the same.
        let marks = "\u{301}".repeat(2000);
        let text = format!("{marks}a{marks}");
        let span = Span { range: marks.len()..marks.len() + 1, line: 1, column: 2001 };
        let (line, before, marked) = excerpt(&text, &span);
        assert!(line.starts_with('…') && line.ends_with('…'));
        assert_eq!((before, marked), (1, 1));
    }
}
