//! `stepfn`: checks, formats, compares and runs AWS Step Functions definitions on the command line.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use stepfn_cli::{Command, Outcome};

/// Checks, formats, compares and runs AWS Step Functions definitions
#[derive(Debug, Parser)]
#[command(name = "stepfn", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Both leave the colours out where they do not lead to a terminal, and where `NO_COLOR` is set.
    // Neither is locked: other threads write as well, if it is only that they panic.
    let (mut out, mut err) = (anstream::stdout(), anstream::stderr());
    let outcome = arguments.command.perform(&mut out, &mut err);
    match outcome.and_then(|outcome| out.flush().map(|()| outcome)) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // Whoever reads has read enough: `stepfn explain --list | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads the error, the exit code still reports it.
            let _ = writeln!(err, "error: cannot write the output: {error}");
            ExitCode::from(Outcome::Unreadable as u8)
        }
    }
}
