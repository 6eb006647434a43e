//! The forms in which diagnostics are shown.

use std::{
    io::{self, Write},
    ops::Range,
    time::Duration,
};

use annotate_snippets::{Annotation, AnnotationKind, Level, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use stepfn_core::{
    check::{Code, Located},
    diagnostic::Severity,
    json::Span,
    validate::Issue,
    value::Value,
    visible::is_visible,
};
use stepfn_executor::{ExpressionError, Status};
use unicode_width::UnicodeWidthChar;

use crate::{render::fix, source::Source};

/// Cells from one tab stop to the next, in what is shown.
const TAB: usize = 4;
/// Cells of a source line that are shown at most: a definition may be on one line.
const WIDTH: usize = 120;
/// The distance of another place, in bytes, within which it is shown with the main one.
const NEAR: usize = 16 * 1024;

const BOLD: Style = Style::new().bold();

fn colour(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
    }
}

/// One diagnostic: what is wrong, the line with a caret, what else has to do with it, and the help.
pub(crate) fn text(out: &mut dyn Write, source: &Source, found: &Located) -> io::Result<()> {
    let Located { diagnostic, span, labels } = found;
    let place = Place { name: &source.name, text: &source.text, span, labels };
    place.write(
        out,
        diagnostic.severity,
        Some(diagnostic.code),
        &diagnostic.message,
        diagnostic.help.as_deref(),
    )
}

/// Writes AWS's diagnostic: `ERROR SCHEMA_VALIDATION_FAILED: message at /States/X`.
pub(crate) fn issue(out: &mut dyn Write, issue: &Issue) -> io::Result<()> {
    let colour = colour(Severity::Error);
    write!(out, "{colour}ERROR {}{colour:#}: {BOLD}{}{BOLD:#}", issue.code, line(&issue.message))?;
    match &issue.location {
        Some(location) => writeln!(out, " at {}", line(location)),
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
    let place = Place { name: &source.name, text: &source.text, span, labels: &[] };
    place.write(err, Severity::Error, None, message, help)
}

/// A place in a text, with its label.
struct Place<'s> {
    name: &'s str,
    text: &'s str,
    span: &'s Span,
    labels: &'s [(Span, String)],
}

impl Place<'_> {
    fn write(
        &self,
        out: &mut dyn Write,
        severity: Severity,
        code: Option<Code>,
        message: &str,
        help: Option<&str>,
    ) -> io::Result<()> {
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(line(message));
        let title = match code {
            Some(code) => title.id(code.name()).id_url(code.url()),
            None => title,
        };
        let (snippet, is_cut) = self.snippet();
        let name = line(self.name);
        // The renderer counts the columns itself, where it has the whole line.
        let mut group = if is_cut {
            title
                .element(Origin::path(name).line(self.span.line).char_column(self.span.column))
                .element(snippet)
        } else {
            title.element(snippet.path(name))
        };
        if let Some(help) = help {
            group = group.element(Level::HELP.message(line(help)));
        }
        writeln!(out, "{}", Renderer::styled().term_width(WIDTH).render(&[group]))
    }

    /// The lines to show, and whether the first is cut: of a text on one line, or of places far from each other, no more than can be looked at.
    fn snippet(&self) -> (Snippet<'_, Annotation<'_>>, bool) {
        let Self { text, span, .. } = *self;
        let (lines, is_cut) = lines(text, &span.range);
        let near = |label: &&(Span, String)| label.0.range.start.abs_diff(span.range.start) <= NEAR;
        let others: Vec<_> = self
            .labels
            .iter()
            .filter(near)
            .map(|(span, message)| (lines_of(text, span), span, message))
            .filter(|((_, cut), ..)| !cut && !is_cut)
            .collect();
        let mut first = (lines.start, span.line);
        let mut end = lines.end;
        for ((lines, _), span, _) in &others {
            first = first.min((lines.start, span.line));
            end = end.max(lines.end);
        }
        let within = |range: &Range<usize>| {
            // Of a value over several lines the first is enough.
            let line_end = text
                .get(range.start..)
                .and_then(|rest| rest.find('\n'))
                .map_or(text.len(), |end| range.start + end);
            range.start - first.0..range.end.min(line_end).min(end).max(range.start) - first.0
        };
        let shown = text.get(first.0..end).unwrap_or_default();
        let mut snippet = Snippet::source(shown.trim_end_matches('\r'))
            .line_start(first.1)
            .annotation(AnnotationKind::Primary.span(within(&span.range)));
        for (_, span, message) in others {
            let annotation = AnnotationKind::Context.span(within(&span.range)).label(line(message));
            snippet = snippet.annotation(annotation);
        }
        (snippet, is_cut)
    }
}

fn lines_of(text: &str, span: &Span) -> (Range<usize>, bool) {
    lines(text, &span.range)
}

/// The line that a place begins in, and whether it is cut: of a very long one only what may be shown is looked at.
fn lines(text: &str, range: &Range<usize>) -> (Range<usize>, bool) {
    let is_boundary = |at: &usize| text.is_char_boundary(*at);
    let near = (0..=range.start.saturating_sub(4 * WIDTH)).rev().find(is_boundary).unwrap_or(0);
    let far = (range.start + 4 * WIDTH..text.len()).find(is_boundary).unwrap_or(text.len());
    let newline_before = text.get(near..range.start).and_then(|before| before.rfind('\n'));
    let newline_after = text.get(range.start..far).and_then(|after| after.find('\n'));
    let start = newline_before.map_or(near, |newline| near + newline + 1);
    let end = newline_after.map_or(far, |length| range.start + length);
    let is_cut = (newline_before.is_none() && near > 0) || (newline_after.is_none() && far < text.len());
    (start..end, is_cut)
}

/// A text without what would move the cursor or change the terminal.
pub fn printable(text: &str) -> String {
    let (mut out, mut cells) = (String::new(), 0);
    for (at, c) in text.char_indices() {
        if c == '\n' && is_command(text.get(at + 1..).unwrap_or_default()) {
            out.push_str("\\n");
            cells += 2;
        } else if c == '\n' {
            out.push(c);
            cells = 0;
        } else {
            cells += push_printable(&mut out, cells, c);
        }
    }
    out
}

/// Returns `true` if a text would be taken for a command of GitHub's runner, which reads all that its steps write.
fn is_command(text: &str) -> bool {
    text.trim_start().starts_with("::")
}

/// A text that is one line, though a name in it may have line breaks: these are shown as `\n`, so that no name pretends to be a line of its own.
pub(crate) fn line(text: &str) -> String {
    printable(&text.replace('\n', "\\n"))
}

/// A text that may have lines, as the causes of AWS's JSON reader do: what goes on with a blank stays a line, for it cannot pretend to be another's.
fn indented_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\n') {
        out.push_str(before);
        out.push_str(if behind.starts_with(' ') { "\n" } else { "\\n" });
        rest = behind;
    }
    out.push_str(rest);
    printable(&out)
}

/// JSON as it is shown: characters that would change the terminal, or hide, have JSON's own escapes.
pub fn printable_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || is_visible(c) {
            out.push(c);
        } else {
            // Such a character is in a text, and all of them are below U+10000.
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

/// The diagnostics of one file, as one line of JSON.
pub(crate) fn json(source: &Source, diagnostics: &[Located]) -> Value {
    let diagnostics = diagnostics.iter().map(|found| {
        let Located { diagnostic, span, labels } = found;
        let optional = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let mut members = vec![
            ("code", Value::from(diagnostic.code.name())),
            ("severity", Value::from(diagnostic.severity.to_string())),
            ("pointer", Value::from(diagnostic.at.as_str())),
        ];
        members.extend(position(source, span));
        members.extend([
            ("message", Value::from(diagnostic.message.as_str())),
            ("help", optional(diagnostic.help.as_deref())),
            ("url", Value::from(diagnostic.code.url())),
            (
                "subject",
                diagnostic.subject.as_ref().map_or(Value::Null, |subject| {
                    Value::object([
                        ("kind", Value::from(subject.kind())),
                        ("name", Value::from(subject.name())),
                    ])
                }),
            ),
            (
                "labels",
                Value::array(labels.iter().map(|(span, message)| {
                    let mut label = position(source, span).to_vec();
                    label.push(("message", Value::from(message.as_str())));
                    Value::object(label)
                })),
            ),
            (
                "fix",
                fix(source, found).map_or(Value::Null, |(is_certain, edits)| {
                    let edits = edits.into_iter().map(|(span, to)| {
                        let mut edit = position(source, &span).to_vec();
                        edit.push(("text", Value::from(to)));
                        Value::object(edit)
                    });
                    Value::object([("certain", Value::from(is_certain)), ("edits", Value::array(edits))])
                }),
            ),
        ]);
        Value::object(members)
    });
    Value::object([("file", Value::from(source.name.as_str())), ("diagnostics", Value::array(diagnostics))])
}

fn position(source: &Source, span: &Span) -> [(&'static str, Value); 4] {
    let (end_line, end_column) = span.end(&source.text);
    [
        ("line", Value::from(span.line as u64)),
        ("column", Value::from(span.column as u64)),
        ("endLine", Value::from(end_line as u64)),
        ("endColumn", Value::from(end_column as u64)),
    ]
}

/// `2 errors`, `1 error`, `no errors`
pub fn count(number: usize, what: &str) -> String {
    match number {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// Writes the place in the JSONata expression that failed an execution, with JSONata's message and a caret.
///
/// # Errors
/// When it cannot be written.
pub fn expression_error(err: &mut dyn Write, failed: &ExpressionError) -> io::Result<()> {
    let text = &failed.expression;
    let before = text.get(..failed.range.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let span = Span {
        range: before.len()..failed.range.end.clamp(before.len(), text.len()),
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    };
    let name = format!("{}/{}", failed.state, failed.field);
    let message = failed.code.map(|code| format!("{code}: {}", failed.message));
    let place = Place { name: &name, text, span: &span, labels: &[] };
    place.write(err, Severity::Error, None, message.as_ref().unwrap_or(&failed.message), None)
}

/// Writes how an execution ended.
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
    let text = match status {
        Status::Succeeded { .. } => status.name().to_owned(),
        _ => status.to_string(),
    };
    let seconds = took.as_secs_f64();
    let text = indented_lines(&text);
    writeln!(err, "{colour}{text}{colour:#} after {seconds:.3} s of virtual time, {transitions}")
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
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn shown(text: &str, part: &str, labels: &[(&str, &str)]) -> String {
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            let line = text[..start].matches('\n').count() + 1;
            Span { range: start..start + part.len(), line, column: 1 }
        };
        let labels: Vec<_> = labels.iter().map(|(part, label)| (span(part), (*label).to_owned())).collect();
        let place = Place { name: "f", text, span: &span(part), labels: &labels };
        let group = Level::ERROR.primary_title("m").element(place.snippet().0);
        Renderer::plain().term_width(WIDTH).render(&[group])
    }

    #[test]
    fn carets_count_cells() {
        let caret = |text: &str, part: &str| {
            let shown = shown(text, part, &[]);
            let [line, carets] = shown.lines().skip(2).take(2).collect::<Vec<_>>()[..] else {
                panic!("{shown}")
            };
            (line.to_owned(), carets.to_owned())
        };
        assert_eq!(caret("\"승인\": 끝", "끝"), ("1 | \"승인\": 끝".to_owned(), "  |         ^^".to_owned()));
        assert_eq!(
            caret("a\n\t\"b\"\t: 1\r\nc", "1"),
            ("2 |     \"b\"    : 1".to_owned(), "  |              ^".to_owned())
        );
        assert_eq!(caret("{ a\nb }", "{ a\nb }"), ("1 | { a".to_owned(), "  | ^^^".to_owned()));
        assert!(!caret("x \u{1b}[31m y", "y").0.contains('\u{1b}'));
    }

    #[test]
    fn long_lines_are_cut_round_the_place() {
        for text in [
            format!("{}here{}", "한".repeat(400), "-".repeat(400)),
            format!("{}here{}", "한".repeat(400_000), "-".repeat(400_000)),
            format!("{}here", "\u{301}".repeat(2000)),
        ] {
            let shown = shown(&text, "here", &[("here", "not cut")]);
            let carets = shown.lines().find(|line| line.contains('^')).unwrap();
            assert!(
                carets.contains("^^^^") && shown.lines().all(|line| line.width() < WIDTH + 10),
                "{shown}"
            );
            assert!(shown.contains("here"));
        }
    }

    #[test]
    fn other_places_are_shown_with_the_first() {
        let shown = shown("first\n\n\n\n\n\nsecond\n", "second", &[("first", "it was here")]);
        assert_eq!(shown, "error: m\n  |\n1 | first\n  | ----- it was here\n...\n7 | second\n  | ^^^^^^");
    }
}
