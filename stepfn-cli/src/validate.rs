//! `stepfn validate`

use std::io::{self, Write};

use stepfn_core::validate::validate;

use crate::{
    Outcome,
    arguments::{Format, Validate, workflow_type},
    report, source,
};

pub(crate) fn run(arguments: &Validate, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let source = match source::read(&arguments.file) {
        Ok(source) => source,
        Err(message) => {
            report::error(err, &message)?;
            return Ok(Outcome::Unreadable);
        }
    };
    let answer = validate(&source.text, workflow_type(arguments.express));
    match arguments.format {
        Format::Json => {
            writeln!(out, "{}", report::printable_json(&answer.to_json().to_pretty_string()))?;
        }
        Format::Text => {
            for issue in &answer.diagnostics {
                report::issue(out, issue)?;
            }
            if answer.truncated {
                writeln!(out, "there is more that AWS does not list")?;
            }
            out.flush()?;
            match answer.diagnostics.len() {
                0 => writeln!(err, "AWS takes the definition")?,
                issues => {
                    writeln!(err, "AWS refuses the definition: {}", report::count(issues, "diagnostic"))?;
                }
            }
        }
    }
    Ok(if answer.is_ok() { Outcome::Success } else { Outcome::Failure })
}
