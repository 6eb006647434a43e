//! The `cargo xtask` of a program: `generate`, `generate --check`, `list` and `graph` for its machines.
//!
//! ```
//! use stepfn_codegen::xtask::run;
//! use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
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
//! A crate `xtask` in the workspace, with `stepfn-codegen` and the crate of the machines as dependencies, is this much:
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
//!     stepfn_codegen::xtask::main(&[CsvProcessing::definition])
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
//! | 1 | a check failed, or the machines cannot be written |
//! | 2 | the command line is wrong, or a file could not be read or written |

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand, ValueEnum};
use stepfn_core::{asl::StateMachine, definition::Definition, graph::Graph};

use crate::{
    asl,
    error::Error,
    generate::{COMMAND, LIST_NAME, Plan},
    serverless,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  a check failed, or the machines cannot be written
  2  the command line is wrong, or a file could not be read or written";

/// Generates the deployment files of this program's state machines
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Write the ASL JSON of each machine and the Serverless Framework YAML of all
    #[command(after_help = EXIT_CODES)]
    Generate {
        /// Write nothing; fail where a file is stale, missing or left over
        #[arg(long)]
        check: bool,
        /// The directory of the files [default: `generated` in the root of the workspace]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// The machines whose ASL to write [default: all]; the YAML always holds all of them
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Print each machine: its name, type, number of states, functions and files
    #[command(after_help = EXIT_CODES)]
    List,
    /// Print a machine as a graph
    #[command(after_help = EXIT_CODES)]
    Graph {
        /// The machine
        #[arg(value_name = "NAME")]
        name: String,
        /// What to print it as
        #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid)]
        format: GraphFormat,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GraphFormat {
    /// A Mermaid flowchart, as GitHub shows it
    Mermaid,
    /// Graphviz's DOT
    Dot,
}

/// Runs the command that the process was started with, over the machines of the program.
///
/// The code is 0 where all is well, 1 where a check failed, 2 where the command line is wrong or a file could not be read or
/// written.
pub fn main(machines: &[fn() -> Definition]) -> ExitCode {
    ExitCode::from(run(env::args_os(), machines, &mut io::stdout().lock(), &mut io::stderr().lock()))
}

/// [`main`], with everything it touches beside the files as parameters. `arguments` starts with the program's name.
pub fn run(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    machines: &[fn() -> Definition],
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let outcome = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => perform(arguments.task, machines, stdout),
        // Help is an error to clap, but not to whoever asked for it.
        Err(help) if !help.use_stderr() => write!(stdout, "{help}").map_err(Failure::Output),
        Err(error) => Err(Failure::Usage(error.to_string())),
    };
    let Err(failure) = outcome else { return 0 };
    // Where nobody reads what went wrong, the exit code still says it.
    let _ = match &failure {
        Failure::Usage(text) => write!(stderr, "{text}"),
        Failure::Generate(error) => writeln!(stderr, "error: {error}"),
        Failure::Output(error) => writeln!(stderr, "error: cannot write to standard output: {error}"),
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

fn perform(task: Task, machines: &[fn() -> Definition], stdout: &mut dyn Write) -> Result<(), Failure> {
    let definitions: Vec<Definition> = machines.iter().map(|machine| machine()).collect();
    match task {
        Task::Generate { check, out, names } => generate(&definitions, check, out, &names, stdout),
        Task::List => list(&definitions, stdout).map_err(Failure::Output),
        Task::Graph { name, format } => graph(&definitions, &name, format, stdout),
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

fn graph(
    definitions: &[Definition],
    name: &str,
    format: GraphFormat,
    stdout: &mut dyn Write,
) -> Result<(), Failure> {
    let graph = Graph::of(&named(definitions, name)?.machine);
    let text = match format {
        GraphFormat::Mermaid => graph.to_mermaid(),
        GraphFormat::Dot => graph.to_dot(),
    };
    stdout.write_all(text.as_bytes()).map_err(Failure::Output)
}

fn generate(
    definitions: &[Definition],
    check: bool,
    out: Option<PathBuf>,
    names: &[String],
    stdout: &mut dyn Write,
) -> Result<(), Failure> {
    for name in names {
        named(definitions, name)?;
    }
    let mut command = COMMAND.to_owned();
    if let Some(out) = &out {
        command += &format!(" --out {}", out.display());
    }
    let out = match out {
        Some(out) => out,
        None => default_out()?,
    };

    let mut plan = Plan::new(definitions)?;
    if !names.is_empty() {
        plan = plan.only(names);
    }
    if check {
        let differences = plan.compare(&out)?;
        if !differences.is_empty() {
            return Err(Error::OutOfDate { differences, command }.into());
        }
        writeln!(stdout, "{} files fit the machines", plan.names().count())?;
        return Ok(());
    }
    for (path, change) in plan.write(&out)? {
        if path.file_name().is_none_or(|name| name != LIST_NAME) {
            writeln!(stdout, "{change:<9} {}", path.display())?;
        }
    }
    Ok(())
}

/// `generated` in the root of the workspace that the running xtask belongs to, relative to the current directory where
/// it lies below.
///
/// Cargo says which package it runs; started by hand, the program takes the current directory for it.
fn default_out() -> Result<PathBuf, Failure> {
    let here = env::current_dir().map_err(Error::io("find the current directory", "."))?;
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| here.clone(), PathBuf::from);
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let located = Command::new(cargo)
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .current_dir(&package)
        .output();
    let manifest = located
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|text| PathBuf::from(text.trim_end()));
    let Some(root) = manifest.as_deref().and_then(Path::parent) else {
        return Err(Failure::Usage(format!(
            "error: no Cargo workspace around `{}`; say where to write with `--out DIR`\n",
            package.display()
        )));
    };
    Ok(root.strip_prefix(&here).unwrap_or(root).join("generated"))
}

fn list(definitions: &[Definition], stdout: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![["NAME", "TYPE", "STATES", "FUNCTIONS", "FILES"].map(str::to_owned)];
    for definition in definitions {
        let functions: Vec<&str> = definition.functions().iter().map(|task| task.name).collect();
        rows.push([
            definition.name.clone(),
            definition.workflow_type.name().to_owned(),
            n_states(&definition.machine).to_string(),
            if functions.is_empty() { "-".to_owned() } else { functions.join(", ") },
            format!("{}, {}", asl::file_name(definition), serverless::FILE_NAME),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..4).map(width).collect();
    for [name, kind, states, functions, files] in &rows {
        writeln!(
            stdout,
            "{name:<0$}  {kind:<1$}  {states:>2$}  {functions:<3$}  {files}",
            widths[0], widths[1], widths[2], widths[3]
        )?;
    }
    Ok(())
}

/// The states, with those of branches and item processors.
fn n_states(machine: &StateMachine) -> usize {
    let nested = machine.states.values().flat_map(|state| state.children());
    machine.states.len() + nested.map(|(_, child)| n_states(child)).sum::<usize>()
}
