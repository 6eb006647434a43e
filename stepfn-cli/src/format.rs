//! `stepfn fmt`

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use stepfn_core::{
    check::{Code, Options, check_text},
    json::push_token,
    value::Value,
};
use stepfn_import::rust::Unformatted;

use crate::{
    Outcome,
    arguments::Fmt,
    report,
    source::{self, Source},
    style::Styles,
    unquoted,
};

pub(crate) fn run(arguments: &Fmt, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::Success;
    let (mut fine, mut changed) = (0, 0);
    let mut styles = Styles::default();
    for (path, is_asked_for) in named(&arguments.files, err, &mut outcome)? {
        let source = match source::read(&path) {
            Ok(source) => source,
            Err(message) => {
                report::error(err, &message)?;
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        let is_rust = if source::is_stdin(&path) { arguments.rust } else { is_rust(&path) };
        let made = if is_rust { rust(&path, &source, &mut styles, err)? } else { json(&source, err)? };
        if !made.is_whole {
            outcome = outcome.max(Outcome::Failure);
        }
        let Some(text) = made.text else { continue };
        let stale = text != source.text;
        if stale {
            changed += 1;
        } else if is_asked_for || made.machines > 0 {
            fine += 1;
        }
        if arguments.check {
            if stale {
                writeln!(out, "{}", report::line(&source.name))?;
                difference(out, &source.text, &text)?;
                outcome = outcome.max(Outcome::Failure);
            }
        } else if source::is_stdin(&path) {
            out.write_all(text.as_bytes())?;
        } else if stale && let Err(error) = replace(&path, &text) {
            report::error(err, &format!("cannot write `{}`: {error}", source.name))?;
            outcome = Outcome::Unreadable;
        }
    }
    out.flush()?;
    if arguments.check {
        writeln!(err, "{} in the canonical form, {changed} not", report::count(fine, "file"))?;
    } else if arguments.files.iter().any(|path| !source::is_stdin(path)) {
        writeln!(err, "{} formatted, {fine} unchanged", report::count(changed, "file"))?;
    }
    Ok(outcome)
}

/// The formatted text of a file.
struct Made {
    /// The new text; none where it is left as it is.
    text: Option<String>,
    /// The machines of a Rust file.
    machines: usize,
    /// Whether all of it was formatted.
    is_whole: bool,
}

/// The files, those in folders among them, and whether each was named itself.
fn named(paths: &[PathBuf], err: &mut dyn Write, outcome: &mut Outcome) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push((path.clone(), true));
        } else if let Err(error) = walk(path, &mut files) {
            report::error(err, &format!("cannot read `{}`: {error}", path.display()))?;
            *outcome = Outcome::Unreadable;
        }
    }
    Ok(files)
}

/// The Rust files below a folder, by their names. Files that are hidden, built or behind a link are left out.
fn walk(folder: &Path, files: &mut Vec<(PathBuf, bool)>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (kind, name, path) = (entry.file_type()?, entry.file_name(), entry.path());
        if kind.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
            walk(&path, files)?;
        } else if kind.is_file() && is_rust(&path) {
            files.push((path, false));
        }
    }
    Ok(())
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

fn rust(path: &Path, source: &Source, styles: &mut Styles, err: &mut dyn Write) -> io::Result<Made> {
    let left_alone = |left: &Unformatted| format!("{}:{left}\n  = help: this is left as it is", source.name);
    let style = match styles.of(path) {
        Ok(style) => style,
        Err(message) => {
            report::error(err, &message)?;
            return Ok(Made { text: None, machines: 0, is_whole: false });
        }
    };
    match stepfn_import::rust::format(&source.text, &style) {
        Ok(formatted) => {
            for left in &formatted.left {
                report::error(err, &left_alone(left))?;
            }
            let is_whole = formatted.left.is_empty();
            Ok(Made { text: Some(formatted.text), machines: formatted.machines, is_whole })
        }
        Err(left) => {
            report::error(err, &left_alone(&left))?;
            Ok(Made { text: None, machines: 0, is_whole: false })
        }
    }
}

fn json(source: &Source, err: &mut dyn Write) -> io::Result<Made> {
    let text = canonical(source, err)?;
    Ok(Made { is_whole: text.is_some(), text, machines: 0 })
}

/// The lines that are compared at most, from the first that differs.
const MOST_COMPARED: usize = 1_000;

/// Writes the changes, in the form of `diff -u`.
fn difference(out: &mut dyn Write, before: &str, after: &str) -> io::Result<()> {
    let lines = before.split_inclusive('\n').zip(after.split_inclusive('\n'));
    let same: usize = lines.take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum();
    // What is long is not compared to its end: that takes the product of both lengths.
    let end = |text: &str| {
        let rest = text.get(same..).unwrap_or_default();
        rest.match_indices('\n').nth(MOST_COMPARED - 1).map_or(text.len(), |(at, _)| same + at + 1)
    };
    let (old, new) = (end(before), end(after));
    let diff = similar::TextDiff::from_lines(&before[..old], &after[..new]);
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        writeln!(out, "{}", hunk.header())?;
        for change in hunk.iter_changes() {
            let line = report::printable(change.value().trim_end_matches(['\r', '\n']));
            let style = match change.tag() {
                similar::ChangeTag::Equal => anstyle::Style::new(),
                similar::ChangeTag::Delete => anstyle::AnsiColor::Red.on_default(),
                similar::ChangeTag::Insert => anstyle::AnsiColor::Green.on_default(),
            };
            writeln!(out, "{style}{}{line}{style:#}", change.tag())?;
        }
    }
    if old < before.len() || new < after.len() {
        writeln!(out, "… and what follows, which is not compared")?;
    }
    Ok(())
}

/// Returns the canonical text; reports it and returns none where something would get lost on the way.
fn canonical(source: &Source, err: &mut dyn Write) -> io::Result<Option<String>> {
    let hidden = unquoted::hide(&source.text);
    let checked = check_text(&hidden.text, &Options::default());
    let lost = match &checked.document {
        Some(document) if document.duplicates.is_empty() => {
            let Some(lost) = lost(&document.value, &checked.machine.to_json()) else {
                return Ok(Some(hidden.show(&checked.machine.to_canonical_string())));
            };
            Some((document, lost))
        }
        _ => None,
    };
    let mut is_reported = false;
    for found in &checked.diagnostics {
        if is_of_form(found.diagnostic.code) {
            report::text(err, source, found)?;
            is_reported = true;
        }
    }
    if let Some((document, at)) = lost.filter(|_| !is_reported) {
        let span = document.nearest_span(&at);
        report::error(
            err,
            &format!(
                "{}:{}:{}: `{at}` has no place in the canonical form",
                source.name, span.line, span.column
            ),
        )?;
    }
    report::error(err, &format!("`{}` cannot be rewritten without loss and is left as it is", source.name))?;
    Ok(None)
}

/// Returns `true` if diagnostics of a code are about what a definition is made of, so that something of it may not be read.
fn is_of_form(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidJson
            | Code::DuplicateKey
            | Code::MissingField
            | Code::WrongKind
            | Code::UnknownStateType
            | Code::UnknownOperator
    )
}

/// The JSON pointer of the first value that is not the same in another, the order of keys apart.
fn lost(value: &Value, written: &Value) -> Option<String> {
    fn differs(value: &Value, written: &Value, at: &mut String) -> bool {
        let mark = at.len();
        match (value, written) {
            (Value::Object(value), Value::Object(written)) => {
                for (key, value) in value.iter() {
                    push_token(at, key);
                    if written.get(key).is_none_or(|written| differs(value, written, at)) {
                        return true;
                    }
                    at.truncate(mark);
                }
                value.len() != written.len()
            }
            (Value::Array(value), Value::Array(written)) => {
                for (index, (value, written)) in value.iter().zip(written.iter()).enumerate() {
                    push_token(at, &index.to_string());
                    if differs(value, written, at) {
                        return true;
                    }
                    at.truncate(mark);
                }
                value.len() != written.len()
            }
            _ => value != written,
        }
    }
    let mut at = String::new();
    differs(value, written, &mut at).then_some(at)
}

/// Puts a text in a file's place, whole or not at all.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = fs::canonicalize(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside: PathBuf = path.with_file_name(name);
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // Its content is of no use to anybody; only that it could be written is reported.
        let _ = fs::remove_file(&beside);
    }
    written
}
