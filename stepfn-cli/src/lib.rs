//! The commands over definitions in files: what the binary `stepfn` is made of, for other command lines to offer as well.
//!
//! ```
//! use clap::Parser;
//! use stepfn_cli::{Command, Outcome};
//!
//! #[derive(Parser)]
//! struct Arguments {
//!     #[command(subcommand)]
//!     command: Command,
//! }
//!
//! let arguments = Arguments::parse_from(["tool", "explain", "unknown-state"]);
//! let (mut out, mut err) = (Vec::new(), Vec::new());
//! assert_eq!(arguments.command.perform(&mut out, &mut err)?, Outcome::Success);
//! assert!(out.starts_with(b"# unknown-state (error)"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod arguments;
mod check;
mod diff;
mod explain;
mod format;
mod import;
mod new;
pub mod render;
mod report;
mod run;
#[cfg(feature = "serve")]
mod serve;
mod source;
mod style;
mod unquoted;
mod validate;

use std::io::{self, Write};

#[cfg(feature = "serve")]
pub use self::serve::{Serve, ServeOptions};
pub use self::{
    arguments::{
        Check, Command, Diff, Explain, Fmt, Format, Import, New, ReportFormat, Run, RunData, Validate,
    },
    diff::{read_machine, write_changes},
    report::{count, error, expression_error, printable, printable_json},
    run::{cause, write_history},
};

/// The outcome of a command, which is its exit code; of several files, the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 0: all is well.
    Success,
    /// 1: there are diagnostics, or it did not succeed.
    Failure,
    /// 2: the command line is wrong, or a file could not be read or written.
    Unreadable,
}

impl Command {
    /// Carries the command out. The results go to `out`, errors to `err`; both get ANSI colours, which a writer of the crate
    /// `anstream` takes out where nobody sees them.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        match self {
            Self::Check(arguments) => arguments.perform(out, err),
            Self::Diff(arguments) => arguments.perform(out, err),
            Self::Explain(arguments) => arguments.perform(out, err),
            Self::Import(arguments) => arguments.perform(out, err),
            Self::New(arguments) => new::run(arguments, out, err),
            Self::Fmt(arguments) => arguments.perform(out, err),
            Self::Validate(arguments) => arguments.perform(out, err),
            Self::Run(arguments) => run::run(arguments, out, err),
            #[cfg(feature = "serve")]
            Self::Serve(arguments) => serve::run(arguments, out, err),
        }
    }
}

impl Check {
    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        check::run(self, out, err)
    }
}

impl Fmt {
    /// The command over files and folders.
    pub fn of(files: Vec<std::path::PathBuf>, check: bool) -> Self {
        Self { files, check, rust: false }
    }

    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        format::run(self, out, err)
    }
}

impl Validate {
    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        validate::run(self, out, err)
    }
}

impl Diff {
    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        diff::run(self, out, err)
    }
}

impl Import {
    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        import::run(self, out, err)
    }
}

impl Explain {
    /// See [`Command::perform`].
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn perform(&self, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<Outcome> {
        explain::run(self, out, err)
    }
}
