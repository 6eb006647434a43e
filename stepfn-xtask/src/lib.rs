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
//!
//! # Features
//!
//! - `deploy`: `cargo xtask deploy NAME`, over `stepfn-deploy` and the SDK of AWS.
//! - `sso`: the same, with credentials of IAM Identity Center (`aws sso login`), too.
//! - `serve`: `cargo xtask serve`, AWS's API over the machines; with `postgres` over a database of several servers, too.

mod check;
mod cost;
#[cfg(feature = "deploy")]
mod deploy;
mod diff;
mod format;
mod generate;
mod graph;
mod list;
mod machines;
mod run;
#[cfg(feature = "serve")]
mod serve;
mod stage;

use std::{
    ffi::OsString,
    fmt,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use stepfn_cli::{Explain, Format, Import, Outcome};
use stepfn_codegen::{Error, generate::Format as FileFormat};
use stepfn_core::deployment::Deployment;
use stepfn_core::{definition::Definition, diagnostic::Diagnostics};

pub use self::machines::IntoDeployment;
use self::{machines::Machines, stage::Stage};

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a check failed, or the machines cannot be written
  2  the command line is wrong, or a file could not be read or written";

#[cfg(not(feature = "deploy"))]
const WITHOUT_DEPLOY: &str = "\
error: this xtask was built without the SDK of AWS
  = help: give its dependency `stepfn-xtask` the feature `deploy`; in the repository of stepfn: `cargo run --package xtask --features deploy -- deploy NAME`
";

#[cfg(not(feature = "serve"))]
const WITHOUT_SERVE: &str = "\
error: this xtask was built without the server
  = help: give its dependency `stepfn-xtask` the feature `serve`
";

/// Generates the deployment files of this program's state machines, and shows, checks, compares, costs and runs them
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
    /// The stage of `stepfn.toml` to use: its values replace `${Stage}`, `${Region}`, `${Account}` and the names it gives
    #[arg(long, global = true, value_name = "NAME")]
    stage: Option<String>,
    /// The file of the stages [default: `stepfn.toml` here, or in the nearest folder above]
    #[arg(long, global = true, value_name = "FILE", requires = "stage")]
    environment: Option<PathBuf>,
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
    #[cfg(feature = "deploy")]
    Deploy(deploy::Deploy),
    /// Deploy a machine to AWS, where this xtask has the feature `deploy`
    #[cfg(not(feature = "deploy"))]
    #[command(disable_help_flag = true)]
    Deploy {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        _arguments: Vec<String>,
    },
    Run(run::Run),
    #[cfg(feature = "serve")]
    Serve(Box<serve::Serve>),
    /// Serve AWS's API over the machines, where this xtask has the feature `serve`
    #[cfg(not(feature = "serve"))]
    #[command(disable_help_flag = true)]
    Serve {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        _arguments: Vec<String>,
    },
    Explain(Explain),
    Import(Import),
    Fmt(format::Format),
}

/// The machines of a program, with how they are deployed.
///
/// ```no_run
/// use stepfn_core::deployment::{Deployment, Schedule};
/// use stepfn_codegen::generate::Format;
/// # use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
/// # struct CsvProcessing;
/// # impl CsvProcessing {
/// #     fn definition() -> Definition {
/// #         Definition::from_asl("CsvProcessing", WorkflowType::Standard, StateMachine::default())
/// #     }
/// # }
/// # type OrderApproval = CsvProcessing;
///
/// fn main() -> std::process::ExitCode {
///     stepfn_xtask::Xtask::new()
///         .machine(CsvProcessing::definition)
///         .machine(|| Deployment::from(OrderApproval::definition()).trigger(Schedule::new("rate(1 day)")).tag("team", "orders"))
///         .formats([Format::Asl, Format::CloudFormationYaml])
///         .main()
/// }
/// ```
#[must_use = "it does nothing until `main` is called"]
pub struct Xtask {
    machines: Vec<Box<dyn Fn() -> Result<Deployment, Diagnostics>>>,
    formats: Vec<FileFormat>,
}

impl Default for Xtask {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Xtask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machines, formats } = self;
        f.debug_struct("Xtask").field("machines", &machines.len()).field("formats", formats).finish()
    }
}

impl Xtask {
    /// No machines yet, and the formats [`Format::DEFAULT`](stepfn_codegen::generate::Format::DEFAULT).
    pub fn new() -> Self {
        Self { machines: Vec::new(), formats: FileFormat::DEFAULT.to_vec() }
    }

    /// Adds a machine: its definition, or that with the settings of its deployment. One of the builder may be given as the `Result`
    /// that it is; `check` reports its diagnostics with the lines of its states.
    ///
    /// ```
    /// use stepfn_core::{builder::{Machine, Succeed}, definition::Definition, diagnostic::Diagnostics};
    ///
    /// fn greeting(shop: &str) -> Result<Definition, Diagnostics> {
    ///     let mut machine = Machine::new(format!("Greeting-{shop}"));
    ///     let hello = machine.state("Hello");
    ///     machine.define(hello, Succeed::new());
    ///     machine.build()
    /// }
    ///
    /// let xtask = stepfn_xtask::Xtask::new().machine(|| greeting("seoul")).machine(|| greeting("busan"));
    /// # let (mut out, mut err) = (Vec::new(), Vec::new());
    /// # assert_eq!(xtask.run(["xtask", "list"], &mut out, &mut err), 0);
    /// # assert!(String::from_utf8_lossy(&out).contains("Greeting-busan"));
    /// ```
    pub fn machine<D: IntoDeployment>(mut self, machine: impl Fn() -> D + 'static) -> Self {
        self.machines.push(Box::new(move || machine().into_deployment()));
        self
    }

    /// The formats that `generate` writes.
    pub fn formats(mut self, formats: impl IntoIterator<Item = FileFormat>) -> Self {
        self.formats = formats.into_iter().collect();
        self
    }

    /// Runs the command that the process was started with.
    ///
    /// The code is 0 where all is well, 1 where a check failed, 2 where the command line is wrong or a file could not be read or
    /// written. Colours and live progress are there on a terminal alone.
    pub fn main(&self) -> ExitCode {
        let streams = Streams { is_live: io::stderr().is_terminal(), are_own: true };
        // Both leave the colours out where they do not lead to a terminal, and where `NO_COLOR` is set.
        // Neither is locked: functions of the program print on other threads.
        let (mut out, mut err) = (anstream::stdout(), anstream::stderr());
        ExitCode::from(perform(Arguments::try_parse(), self, streams, &mut out, &mut err))
    }

    /// [`main`](Self::main), with everything it touches beside the files as parameters, and without colours. `arguments` starts with the
    /// program's name.
    pub fn run(
        &self,
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> u8 {
        let plain = || anstream::StripStream::new(Vec::new());
        let (mut out, mut err) = (plain(), plain());
        let streams = Streams { is_live: false, are_own: false };
        let code = perform(Arguments::try_parse_from(arguments), self, streams, &mut out, &mut err);
        let written = stdout.write_all(&out.into_inner()).and_then(|()| stderr.write_all(&err.into_inner()));
        if written.is_err() { Outcome::Unreadable as u8 } else { code }
    }
}

/// The standard streams.
#[derive(Clone, Copy, Debug)]
struct Streams {
    /// Whether standard error is a terminal.
    is_live: bool,
    /// Whether the process is this command's: what its functions print can be kept apart then.
    are_own: bool,
}

/// [`Xtask::main`] for machines without settings beside their definitions.
pub fn main(machines: &[fn() -> Definition]) -> ExitCode {
    of(machines).main()
}

/// [`Xtask::run`] for machines without settings beside their definitions.
pub fn run(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    machines: &[fn() -> Definition],
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    of(machines).run(arguments, stdout, stderr)
}

fn of(machines: &[fn() -> Definition]) -> Xtask {
    machines.iter().fold(Xtask::new(), |xtask, machine| xtask.machine(*machine))
}

fn perform(
    arguments: Result<Arguments, clap::Error>,
    xtask: &Xtask,
    streams: Streams,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let outcome = match arguments {
        Ok(arguments) => Stage::find(arguments.stage.as_deref(), arguments.environment.as_deref())
            .and_then(|stage| arguments.task.perform(xtask, &stage, streams, out, err)),
        // Help is an error to clap, but not to whoever asked for it.
        Err(help) if !help.use_stderr() => {
            write!(out, "{}", help.render().ansi()).map(|()| Outcome::Success).map_err(Failure::Output)
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
    // Where nobody reads the error, the exit code still reports it.
    let _ = match &failure {
        Failure::Usage(text) => write!(err, "{text}"),
        Failure::Generate(error) => {
            error.each().try_for_each(|error| stepfn_cli::error(err, &error.to_string()))
        }
        Failure::Refused(refused) => machines::report(refused, err),
        Failure::Output(error) => stepfn_cli::error(err, &format!("cannot write the output: {error}")),
    };
    failure.code()
}

enum Failure {
    /// A message with its own `error:` and newline.
    Usage(String),
    Generate(Error),
    /// Machines that the builder refused.
    Refused(Vec<Diagnostics>),
    Output(io::Error),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Generate(Error::Io { .. } | Error::FileList { .. }) | Self::Usage(_) | Self::Output(_) => 2,
            Self::Generate(_) | Self::Refused(_) => 1,
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
        xtask: &Xtask,
        stage: &Stage,
        streams: Streams,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        // Made where a command wants them: what works on files does not.
        let machines = || Machines::of(&xtask.machines, stage);
        match self {
            Self::Generate(generate) => {
                return generate.run(&machines().all()?, &xtask.formats, stage, out, err);
            }
            Self::List { format } => list::run(&machines().some(err)?, &xtask.formats, *format, out)?,
            Self::Graph(graph) => graph.run(&machines().some(err)?, out)?,
            Self::Check(check) => return check.run(&machines(), &xtask.formats, stage, out, err),
            Self::Diff(diff) => return diff.run(&machines().all()?, out, err),
            Self::Cost(cost) => return cost.run(&machines().some(err)?, out, err),
            #[cfg(not(feature = "deploy"))]
            Self::Deploy { .. } => return Err(Failure::Usage(WITHOUT_DEPLOY.to_owned())),
            #[cfg(feature = "deploy")]
            Self::Deploy(deploy) => return deploy.run(&machines().all()?, stage, streams.is_live, out, err),
            #[cfg(not(feature = "serve"))]
            Self::Serve { .. } => return Err(Failure::Usage(WITHOUT_SERVE.to_owned())),
            #[cfg(feature = "serve")]
            Self::Serve(serve) => return serve.run(&machines().all()?, stage, out, err),
            Self::Run(run) => return run.run(&machines().some(err)?, stage, streams, out, err),
            Self::Explain(explain) => return Ok(explain.perform(out, err)?),
            Self::Import(import) => return Ok(import.perform(out, err)?),
            Self::Fmt(format) => return format.run(out, err),
        }
        Ok(Outcome::Success)
    }
}

/// The machine of a name.
fn named<'d>(deployments: &'d [Deployment], name: &str) -> Result<&'d Definition, Failure> {
    let found = deployments.iter().find(|known| is_called(known, name));
    found.map(|known| &known.definition).ok_or_else(|| unknown(deployments, name))
}

/// Returns `true` if a machine is called so: by its name, or by that without its `${…}`, whatever the stage.
fn is_called(deployment: &Deployment, name: &str) -> bool {
    deployment.definition.name == name || deployment.short_name() == name
}

fn unknown(deployments: &[Deployment], name: &str) -> Failure {
    let known: Vec<String> = deployments.iter().map(Deployment::short_name).collect();
    Failure::Usage(format!("error: no machine is named `{name}`; the machines are: {}\n", known.join(", ")))
}
