//! `stepfn check`

use std::{
    io::{self, Write},
    path::Path,
};

use stepfn_core::{
    check::{Located, Options, check_text, fix_text},
    diagnostic::Severity,
};

use crate::{
    Outcome,
    arguments::{Check, ReportFormat, workflow_type},
    format::replace,
    render::{Entry, github, sarif},
    report,
    source::{self, Source},
    unquoted::{self, Hidden},
};

pub(crate) fn run(arguments: &Check, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let options = Options { workflow_type: workflow_type(arguments.express) };
    let mut outcome = Outcome::Success;
    let (mut checked, mut fixed) = (0, 0);
    let (mut errors, mut warnings) = (0, 0);
    let mut entries = Vec::new();
    for path in &arguments.files {
        let mut source = match source::read(path) {
            Ok(source) => source,
            Err(message) => {
                report::error(err, &message)?;
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        checked += 1;
        let hidden = unquoted::hide(&source.text);
        let mut diagnostics = if arguments.fix {
            match fix(path, &mut source, &hidden, &options) {
                Ok((diagnostics, made)) => {
                    fixed += made;
                    diagnostics
                }
                Err(message) => {
                    report::error(err, &message)?;
                    outcome = Outcome::Unreadable;
                    continue;
                }
            }
        } else {
            check_text(&hidden.text, &options).diagnostics
        };
        diagnostics.retain(|found| !hidden.is_about_a_stand_in(found));
        diagnostics.retain(|found| {
            found.diagnostic.severity == Severity::Error || !arguments.allow.contains(&found.diagnostic.code)
        });
        let of_file = diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error).count();
        errors += of_file;
        warnings += diagnostics.len() - of_file;
        if of_file > 0 || (arguments.deny_warnings && !diagnostics.is_empty()) {
            outcome = outcome.max(Outcome::Failure);
        }
        match arguments.format {
            ReportFormat::Human => {
                for found in &diagnostics {
                    report::text(out, &source, found)?;
                    writeln!(out)?;
                }
            }
            ReportFormat::Json => {
                let found = report::json(&source, &diagnostics).to_string();
                writeln!(out, "{}", report::printable_json(&found))?;
            }
            ReportFormat::Sarif | ReportFormat::Github => {
                entries.extend(diagnostics.iter().map(|found| Entry::of(&source, found)));
            }
        }
    }
    match arguments.format {
        ReportFormat::Sarif => {
            writeln!(out, "{}", report::printable_json(&sarif(&entries).to_pretty_string()))?;
        }
        ReportFormat::Github => write!(out, "{}", github(&entries))?,
        ReportFormat::Human | ReportFormat::Json => {}
    }
    // The summary comes last, wherever both streams lead.
    out.flush()?;
    write!(err, "checked {}: ", report::count(checked, "file"))?;
    if arguments.fix {
        write!(err, "{} fixed, ", report::count(fixed, "diagnostic"))?;
    }
    writeln!(err, "{}, {}", report::count(errors, "error"), report::count(warnings, "warning"))?;
    Ok(outcome)
}

/// Makes the certain fixes in a file; gives what is left, and how many there were. The error is a whole message.
fn fix(
    path: &Path,
    source: &mut Source,
    hidden: &Hidden,
    options: &Options,
) -> Result<(Vec<Located>, usize), String> {
    let mut fixed = fix_text(&hidden.text, options);
    fixed.text = hidden.show(&fixed.text);
    if fixed.text != source.text {
        if source::is_stdin(path) {
            return Err("what comes from standard input cannot be fixed in place; give the file".to_owned());
        }
        replace(path, &fixed.text).map_err(|error| format!("cannot write `{}`: {error}", source.name))?;
        source.text = fixed.text;
    }
    Ok((fixed.checked.diagnostics, fixed.applied.len()))
}
