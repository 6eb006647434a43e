//! Checks, formats and runs AWS Step Functions definitions on the command line: `stepfn check`, `stepfn fmt`,
//! `stepfn run` and `stepfn explain` over `stepfn-core` and `stepfn-executor`.

mod arguments;
mod check;
mod explain;
mod format;
mod report;
mod run;
mod source;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use crate::arguments::{Arguments, Command};

/// How a command ended; of several files, the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Fine,
    Findings,
    Unreadable,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Both leave the colours out where they do not lead to a terminal, and where `NO_COLOR` is set.
    let mut out = anstream::stdout().lock();
    let mut err = anstream::stderr().lock();
    let outcome = match &arguments.command {
        Command::Check(arguments) => check::run(arguments, &mut out, &mut err),
        Command::Fmt(arguments) => format::run(arguments, &mut out, &mut err),
        Command::Run(arguments) => run::run(arguments, &mut out, &mut err),
        Command::Explain(arguments) => explain::run(arguments, &mut out, &mut err),
    };
    match outcome.and_then(|outcome| out.flush().map(|()| outcome)) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // Whoever reads has read enough: `stepfn explain --list | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads what went wrong, the exit code still says it.
            let _ = writeln!(err, "error: cannot write the output: {error}");
            ExitCode::from(Outcome::Unreadable as u8)
        }
    }
}
