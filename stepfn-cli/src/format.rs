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

use crate::{
    Outcome,
    arguments::Fmt,
    report,
    source::{self, Source},
};

pub(crate) fn run(arguments: &Fmt, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let mut outcome = Outcome::Fine;
    let (mut fine, mut changed) = (0, 0);
    for path in &arguments.files {
        let source = match source::read(path) {
            Ok(source) => source,
            Err(message) => {
                report::error(err, &message)?;
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        let Some(text) = canonical(&source, err)? else {
            outcome = outcome.max(Outcome::Findings);
            continue;
        };
        let stale = text != source.text;
        if stale {
            changed += 1;
        } else {
            fine += 1;
        }
        if arguments.check {
            if stale {
                writeln!(out, "{}", source.name)?;
                outcome = outcome.max(Outcome::Findings);
            }
        } else if source::is_stdin(path) {
            out.write_all(text.as_bytes())?;
        } else if stale && let Err(error) = replace(path, &text) {
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

/// The canonical text; none where something would get lost on the way, which is said.
fn canonical(source: &Source, err: &mut dyn Write) -> io::Result<Option<String>> {
    let checked = check_text(&source.text, &Options::default());
    let lost = match &checked.document {
        Some(document) if document.duplicates.is_empty() => {
            let Some(lost) = lost(&document.value, &checked.machine.to_json()) else {
                return Ok(Some(checked.machine.to_canonical_string()));
            };
            Some((document, lost))
        }
        _ => None,
    };
    let mut said = false;
    for found in &checked.findings {
        if is_of_form(found.finding.code) {
            report::text(err, source, found)?;
            said = true;
        }
    }
    if let Some((document, at)) = lost.filter(|_| !said) {
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

/// Whether findings of a code are about what a definition is made of, so that something of it may not be read.
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
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = fs::canonicalize(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside: PathBuf = path.with_file_name(name);
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What stands there is of no use to anybody; that it could be written is what is said.
        let _ = fs::remove_file(&beside);
    }
    written
}
