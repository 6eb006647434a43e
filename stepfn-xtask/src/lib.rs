//! The `cargo xtask` of a program with state machines: it generates their files, draws, checks, compares, costs and runs them.
//!
//! ```
//! use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
//! use stepfn_xtask::run;
//!
//! fn greeting() -> Definition {
//!     Definition::from_asl("Greeting", WorkflowType::Standard, StateMachine::default())
//! }
//!
//! let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
//! assert_eq!(run(["xtask", "list"], &[greeting], &mut stdout, &mut stderr), 0);
//! assert!(String::from_utf8_lossy(&stdout).contains("Greeting  STANDARD"));
//! ```
//!
//! A crate `xtask` in the workspace, with `stepfn-xtask` and the crate of the machines as dependencies, is this much:
//!
//! ```no_run
//! # use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
//! # struct CsvProcessing;
//! # impl CsvProcessing {
//! #     fn definition() -> Definition {
//! #         Definition::from_asl("CsvProcessing", WorkflowType::Standard, StateMachine::default())
//! #     }
//! # }
//! fn main() -> std::process::ExitCode {
//!     stepfn_xtask::main(&[CsvProcessing::definition])
//! }
//! ```
//!
//! and `.cargo/config.toml` gives it its name:
//!
//! ```toml
//! [alias]
//! xtask = "run --quiet --package xtask --"
//! ```
//!
//! # Exit codes
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | all is well |
//! | 1 | a check failed, there are changes, an execution did not succeed, or the machines cannot be written |
//! | 2 | the command line is wrong, or a file could not be read or written |

mod check;
mod cost;
mod diff;
mod generate;
mod graph;
mod list;
mod run;

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use stepfn_cli::{Explain, Format, Import, Outcome};
use stepfn_codegen::Error;
use stepfn_core::definition::Definition;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a check failed, or the machines cannot be written
  2  the command line is wrong, or a file could not be read or written";

/// Generates the deployment files of this program's state machines, and shows, checks, compares, costs and runs them
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Generate(generate::Generate),
    /// Print each machine: its name, type, number of states, functions and files
    #[command(after_help = EXIT_CODES)]
    List {
        /// `json` is one line: [{"name","type","states","functions","files"}]
        #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
        format: Format,
    },
    Graph(graph::Graph),
    Check(check::Check),
    Diff(diff::Diff),
    Cost(cost::Cost),
    Run(run::Run),
    Explain(Explain),
    Import(Import),
}

/// Runs the command that the process was started with, over the machines of the program.
///
/// The code is 0 where all is well, 1 where a check failed, 2 where the command line is wrong or a file could not be read or
/// written. Colours and live progress are there on a terminal alone.
pub fn main(machines: &[fn() -> Definition]) -> ExitCode {
    let is_live = io::stderr().is_terminal();
    // Both leave the colours out where they do not lead to a terminal, and where `NO_COLOR` is set.
    let (mut out, mut err) = (anstream::stdout().lock(), anstream::stderr());
    ExitCode::from(perform(env::args_os(), machines, is_live, &mut out, &mut err))
}

/// [`main`], with everything it touches beside the files as parameters, and without colours. `arguments` starts with the program's
/// name.
pub fn run(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    machines: &[fn() -> Definition],
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let (mut out, mut err) = (anstream::StripStream::new(Vec::new()), anstream::StripStream::new(Vec::new()));
    let code = perform(arguments, machines, false, &mut out, &mut err);
    let written = stdout.write_all(&out.into_inner()).and_then(|()| stderr.write_all(&err.into_inner()));
    if written.is_err() { Outcome::Unreadable as u8 } else { code }
}

fn perform(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    machines: &[fn() -> Definition],
    is_live: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let outcome = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.task.perform(machines, is_live, out, err),
        // Help is an error to clap, but not to whoever asked for it.
        Err(help) if !help.use_stderr() => {
            write!(out, "{}", help.render().ansi()).map(|()| Outcome::Fine).map_err(Failure::Output)
        }
        Err(error) => Err(Failure::Usage(error.render().ansi().to_string())),
    };
    let outcome = outcome.and_then(|outcome| Ok(out.flush().map(|()| outcome)?));
    let failure = match outcome {
        Ok(outcome) => return outcome as u8,
        // Whoever reads has read enough: `cargo xtask list | head`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
        Err(failure) => failure,
    };
    // Where nobody reads what went wrong, the exit code still says it.
    let _ = match &failure {
        Failure::Usage(text) => write!(err, "{text}"),
        Failure::Generate(error) => stepfn_cli::error(err, &error.to_string()),
        Failure::Output(error) => stepfn_cli::error(err, &format!("cannot write the output: {error}")),
    };
    failure.code()
}

enum Failure {
    /// With its own `error:` and newline.
    Usage(String),
    Generate(Error),
    Output(io::Error),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Generate(Error::Io { .. } | Error::FileList { .. }) | Self::Usage(_) | Self::Output(_) => 2,
            Self::Generate(_) => 1,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Generate(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Task {
    fn perform(
        &self,
        machines: &[fn() -> Definition],
        is_live: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let definitions: Vec<Definition> = machines.iter().map(|machine| machine()).collect();
        match self {
            Self::Generate(generate) => generate.run(&definitions, out)?,
            Self::List { format } => list::run(&definitions, *format, out)?,
            Self::Graph(graph) => graph.run(&definitions, out)?,
            Self::Check(check) => return check.run(&definitions, out, err),
            Self::Diff(diff) => return diff.run(&definitions, out, err),
            Self::Cost(cost) => return cost.run(&definitions, out, err),
            Self::Run(run) => return run.run(&definitions, is_live, out, err),
            Self::Explain(explain) => return Ok(explain.perform(out, err)?),
            Self::Import(import) => return Ok(import.perform(out, err)?),
        }
        Ok(Outcome::Fine)
    }
}

/// The machine of a name.
fn named<'d>(definitions: &'d [Definition], name: &str) -> Result<&'d Definition, Failure> {
    definitions.iter().find(|known| known.name == name).ok_or_else(|| {
        let known: Vec<&str> = definitions.iter().map(|definition| definition.name.as_str()).collect();
        let known = known.join(", ");
        Failure::Usage(format!("error: no machine is named `{name}`; the machines are: {known}\n"))
    })
}
