//! `stepfn check`

use std::io::{self, Write};

use stepfn_core::{
    check::{Options, check_text},
    diagnostic::Severity,
};

use crate::{
    Outcome,
    arguments::{Check, Format, workflow_type},
    report, source,
};

pub(crate) fn run(arguments: &Check, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let options = Options { workflow_type: workflow_type(arguments.express) };
    let mut outcome = Outcome::Fine;
    let (mut checked, mut errors, mut warnings) = (0, 0, 0);
    for path in &arguments.files {
        let source = match source::read(path) {
            Ok(source) => source,
            Err(message) => {
                report::error(err, &message)?;
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        checked += 1;
        let mut findings = check_text(&source.text, &options).findings;
        findings.retain(|found| {
            found.finding.severity == Severity::Error || !arguments.allow.contains(&found.finding.code)
        });
        for found in &findings {
            let denied = match found.finding.severity {
                Severity::Error => {
                    errors += 1;
                    true
                }
                Severity::Warning => {
                    warnings += 1;
                    arguments.deny_warnings
                }
            };
            if denied {
                outcome = outcome.max(Outcome::Findings);
            }
        }
        match arguments.format {
            Format::Text => {
                for found in &findings {
                    report::text(out, &source, found)?;
                    writeln!(out)?;
                }
            }
            Format::Json => writeln!(out, "{}", report::json(&source.name, &findings))?,
        }
    }
    // The summary comes last, wherever both streams lead.
    out.flush()?;
    writeln!(
        err,
        "checked {}: {}, {}",
        report::count(checked, "file"),
        report::count(errors, "error"),
        report::count(warnings, "warning")
    )?;
    Ok(outcome)
}
