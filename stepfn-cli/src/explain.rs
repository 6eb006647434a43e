//! `stepfn explain`

use std::io::{self, Write};

use stepfn_core::check::Code;

use crate::{
    Outcome,
    arguments::{self, Explain},
    report,
};

pub(crate) fn run(arguments: &Explain, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
    let Some(name) = &arguments.code else {
        let width = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or_default();
        for code in Code::ALL {
            writeln!(
                out,
                "{:<width$}  {:<7}  {}",
                code.name(),
                code.severity().to_string(),
                code.page().what
            )?;
        }
        return Ok(Outcome::Success);
    };
    match arguments::code(name) {
        Ok(code) => {
            write!(out, "{}", code.explanation())?;
            Ok(Outcome::Success)
        }
        Err(message) => {
            report::error(err, &message)?;
            Ok(Outcome::Failure)
        }
    }
}
