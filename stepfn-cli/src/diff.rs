//! `stepfn diff`

use std::{
    io::{self, Write},
    path::Path,
};

use anstyle::AnsiColor;
use stepfn_core::{
    asl::StateMachine,
    check::{Options, check_text},
    diff::{Change, ChangeKind, diff},
    placeholder,
    value::Value,
};

use crate::{
    Outcome,
    arguments::{Diff, Format},
    report, source,
};

pub(crate) fn run(arguments: &Diff, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    if source::is_stdin(&arguments.old) && source::is_stdin(&arguments.new) {
        report::error(err, "only one file can be standard input")?;
        return Ok(Outcome::Unreadable);
    }
    let (Some(old), Some(new)) = (read_machine(&arguments.old, err)?, read_machine(&arguments.new, err)?)
    else {
        return Ok(Outcome::Unreadable);
    };
    write_changes(&diff(&old, &new), arguments.format, out)
}

/// Reads the machine of a file; reports it where there is none in it. Mistakes in it do not matter here.
///
/// # Errors
/// When the output cannot be written.
pub fn read_machine(path: &Path, err: &mut dyn Write) -> io::Result<Option<StateMachine>> {
    let source = match source::read(path) {
        Ok(source) => source,
        Err(message) => {
            report::error(err, &message)?;
            return Ok(None);
        }
    };
    let checked = check_text(&placeholder::quote_unquoted(&source.text), &Options::default());
    if checked.document.is_some() && !checked.machine.states.is_empty() {
        return Ok(Some(checked.machine));
    }
    for found in &checked.diagnostics {
        report::text(err, &source, found)?;
    }
    report::error(err, &format!("`{}` is no definition", source.name))?;
    Ok(None)
}

/// Writes changes, as `stepfn diff` does.
///
/// # Errors
/// When the output cannot be written.
pub fn write_changes(changes: &[Change], format: Format, out: &mut dyn Write) -> io::Result<Outcome> {
    let breaking = changes.iter().filter(|change| change.breaks.is_some()).count();
    match format {
        Format::Json => {
            let list = changes.iter().map(|change| {
                let kind = match change.kind {
                    ChangeKind::Added => "added",
                    ChangeKind::Removed => "removed",
                    ChangeKind::Changed => "changed",
                };
                Value::object([
                    ("area", Value::from(change.area.name())),
                    ("kind", kind.into()),
                    ("pointer", change.at.as_str().into()),
                    ("what", change.what.as_str().into()),
                    ("breaks", change.breaks.as_deref().map_or(Value::Null, Value::from)),
                ])
            });
            let all = [("changes", Value::array(list)), ("breaking", Value::from(breaking > 0))];
            writeln!(out, "{}", report::printable_json(&Value::object(all).to_string()))?;
        }
        Format::Text => {
            for change in changes {
                let colour = match change.kind {
                    ChangeKind::Added => AnsiColor::Green,
                    ChangeKind::Removed => AnsiColor::Red,
                    ChangeKind::Changed => AnsiColor::Yellow,
                }
                .on_default();
                writeln!(out, "{colour}{}{colour:#}", report::line(&change.to_string()))?;
                if let Some(why) = &change.breaks {
                    let red = AnsiColor::Red.on_default().bold();
                    writeln!(out, "    {red}breaking{red:#}: {}", report::line(why))?;
                }
            }
            let summary = match (changes.len(), breaking) {
                (0, _) => "no changes".to_owned(),
                (all, 0) => format!("{}, none breaks executions that run", report::count(all, "change")),
                (all, some) => {
                    let verb = if some == 1 { "breaks" } else { "break" };
                    format!("{}, {some} {verb} executions that run", report::count(all, "change"))
                }
            };
            writeln!(out, "{summary}")?;
        }
    }
    Ok(if changes.is_empty() { Outcome::Success } else { Outcome::Failure })
}
