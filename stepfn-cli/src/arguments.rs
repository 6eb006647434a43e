//! The command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use stepfn_core::{check::Code, definition::WorkflowType, diagnostic::nearest};

/// A command over files
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "a doc comment here would take the place of the command's own help")]
pub enum Command {
    Check(Check),
    Fmt(Fmt),
    Validate(Validate),
    Run(Run),
    #[cfg(feature = "serve")]
    Serve(Box<crate::serve::Serve>),
    Diff(Diff),
    Import(Import),
    New(New),
    Explain(Explain),
}

/// Find what AWS would refuse, and what would fail at run time
///
/// Diagnostics go to standard output: by default as `error[code]: message` with `file:line:column`, the line and a caret.
/// `stepfn explain CODE` explains each.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  no errors
  1  a file has errors, or with --deny-warnings warnings
  2  the command line is wrong, or a file cannot be read; the others are checked all the same")]
pub struct Check {
    /// The definitions, in JSON; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Check as Express workflows: no callbacks, no `.sync`, five minutes
    #[arg(long)]
    pub(crate) express: bool,
    /// Let warnings count as errors for the exit code
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Leave out the warnings of a code; may be given more than once. Errors stay
    #[arg(long, value_name = "CODE", value_parser = code)]
    pub(crate) allow: Vec<Code>,
    /// Make the fixes that are certain, in the files themselves: nothing but the slip changes. What is left is reported
    #[arg(long)]
    pub(crate) fix: bool,
    /// `json` is one line for each file: {"file":…,"diagnostics":[{"code","severity","pointer","line","column","endLine","endColumn",
    /// "message","help","url","subject","labels","fix"}]}; `sarif` is one log of SARIF 2.1.0; `github` annotates a pull request
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "human|json|sarif|github"
    )]
    pub(crate) format: ReportFormat,
}

/// Say what AWS answers to a definition, in its words
///
/// The answer is that of `ValidateStateMachineDefinition`: what AWS refuses when a state machine is created. `stepfn check` finds what
/// would fail at run time as well.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  AWS takes the definition
  1  AWS refuses it
  2  the command line is wrong, or the file cannot be read")]
pub struct Validate {
    /// The definition, in JSON; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Validate as an Express workflow
    #[arg(long)]
    pub(crate) express: bool,
    /// `json` is AWS's reply: {"result":"OK|FAIL","diagnostics":[{"severity","code","message","location"}],"truncated":…}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    pub(crate) format: Format,
}

/// The format of diagnostics
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For people.
    #[default]
    #[value(alias = "text")]
    Human,
    /// For programs.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: workflow commands.
    Github,
}

/// The format of the answer
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Lay out `state_machine!` in Rust files, and rewrite definitions in JSON in the canonical form
///
/// In Rust files the bodies of `state_machine!` are laid out, and nothing else: rustfmt leaves them alone, and this leaves alone what
/// rustfmt does. A line that fits stays one, a broken one stays broken, comments stay; `max_width`, `tab_spaces` and `hard_tabs` of
/// rustfmt.toml apply. A body that does not parse is left as it is, with a message; so is one behind `#[rustfmt::skip]`, and one in a
/// `macro_rules!`.
///
/// In definitions fields get a fixed order and an indentation of two spaces. Nothing gets lost: fields that ASL does not have stay, at the
/// end of their object; names and data stay in their order and values as they are. A file that cannot be written back whole (a duplicate key,
/// no object) is left as it is, and the diagnostics give the reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all files are, or now are, in their form
  1  a file is not JSON, or cannot be rewritten without loss, or a machine does not parse; with --check, a file is not in its form
  2  the command line is wrong, or a file cannot be read or written")]
pub struct Fmt {
    /// Rust files (`.rs`), folders of them, definitions in JSON (any other file); `-` is standard input, which is written to standard output
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write nothing; list the files that are not in their form, with what would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Standard input is Rust
    #[arg(long)]
    pub(crate) rust: bool,
}

/// Run a definition, with mocks in the place of services and on virtual time
///
/// The output goes to standard output as JSON; how the execution ended, its path and its history go to standard error. Waits,
/// timeouts and backoff take no time. Mocks are in the format of Step Functions Local; no service is ever called. A definition that AWS
/// refuses is not run. One that AWS creates is run, and fails as it fails there, whatever else is wrong with it: that is reported before.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  the execution succeeded
  1  it did not: it failed, timed out, or could not be run; or AWS refuses the definition; or the input or the mocks have errors
  2  the command line is wrong, or a file cannot be read")]
pub struct Run {
    /// The definition, in JSON; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) data: RunData,
    /// The state machine's name, by which the mock file knows it [default: the only one of the mock file, or the name of FILE up to
    /// its first dot]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Run as an Express workflow: five minutes at most, no callbacks, no history
    #[arg(long)]
    pub(crate) express: bool,
    /// Run nothing that has errors, though AWS would create it
    #[arg(long)]
    pub(crate) deny_errors: bool,
    /// The value of a placeholder `${NAME}`, in quotes or without; may be given more than once
    #[arg(long = "substitution", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) substitutions: Vec<(String, String)>,
}

/// The data of a run
#[derive(Debug, Args)]
pub struct RunData {
    /// The execution's input: JSON as it is, or a file with it; `-` is standard input [default: {}]
    #[arg(long, value_name = "JSON|FILE")]
    pub(crate) input: Option<PathBuf>,
    /// The mock file
    #[arg(long, value_name = "FILE")]
    pub(crate) mocks: Option<PathBuf>,
    /// The test case of the mock file [default: the only one of the state machine]
    #[arg(long, value_name = "NAME", requires = "mocks")]
    pub(crate) test_case: Option<String>,
    /// The seed of `States.UUID`, `States.MathRandom` and jitter; the same seed gives the same run
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub seed: i64,
    /// A folder whose files are the objects of a bucket, which distributed Maps read from and write to; may be given more than once
    #[arg(long = "bucket", value_name = "NAME=DIR", value_parser = bucket)]
    pub(crate) buckets: Vec<(String, PathBuf)>,
    /// Print the event history: `text` is one line for each event, `json` is as AWS's `GetExecutionHistory` has it
    #[arg(long, value_enum, hide_possible_values = true, value_name = "text|json")]
    pub history: Option<Format>,
}

/// Write the `state_machine!` source of existing definitions
///
/// The source compiles, and generates the ASL that it came from. References of templates become `ref_` and `get_att`; types are inferred from
/// samples of the input and from the definition. Parts of a file beside the machine are reported.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all is written
  1  a definition is one that AWS does not take
  2  the command line is wrong, or a file cannot be read or written")]
pub struct Import {
    /// Definitions in ASL JSON, Serverless YAML, SAM or CloudFormation templates; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A sample of the machines' input, in JSON; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Vec<PathBuf>,
    /// A history of an execution, as `aws stepfunctions get-execution-history` writes it: its input and the results of its Task states are
    /// samples; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Vec<PathBuf>,
    /// Write a file for each machine into this directory [default: one machine, to standard output]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Read what a template names wherever it lies: above its folder, by an absolute path, behind a symbolic link
    #[arg(long)]
    pub(crate) allow_outside: bool,
    /// The value of a placeholder `${NAME}` that stands in a definition without quotes (`"Seconds": ${NAME}`), beside those that a template
    /// gives; may be given more than once
    #[arg(long = "substitution", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) substitutions: Vec<(String, String)>,
    /// `json` is one line for each machine: {"file","machine","rust_name","written","source","notes","allowed"}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    pub(crate) format: Format,
}

/// Make a project: a crate with a machine, its first test, an xtask, a workflow for GitHub
///
/// It compiles, and its tests pass. Without `--from` the machine is an order approval to start from; with it the machines are those of
/// definitions that you have, and the test is that they are what they were.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all is written
  2  the command line is wrong, or a file could not be read or written")]
pub struct New {
    /// The project's name, and that of the directory that is made for it here
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// A definition in ASL JSON, a serverless.yml, a SAM or CloudFormation template
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Read what a template names wherever it lies: above its folder, by an absolute path, behind a symbolic link
    #[arg(long, requires = "from")]
    pub(crate) allow_outside: bool,
    /// The value of a placeholder `${NAME}` that stands in a definition without quotes (`"Seconds": ${NAME}`), beside those that a template
    /// gives; may be given more than once
    #[arg(long = "substitution", value_name = "NAME=VALUE", value_parser = pair, requires = "from")]
    pub(crate) substitutions: Vec<(String, String)>,
    /// Depend on a checkout of stepfn, in place of the crates of crates.io
    #[arg(long, value_name = "DIR")]
    pub(crate) checkout: Option<PathBuf>,
}

/// Say what changed from one definition to another, and whether it breaks executions that run
///
/// Two texts of the same definition have no changes, however they are written. An execution goes on by the definition that it started
/// with; it breaks where only that one calls something, or sends it other keys.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  both are the same definition
  1  there are changes
  2  the command line is wrong, or a file cannot be read or is no definition")]
pub struct Diff {
    /// The definition as it was, in JSON; `-` is standard input
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The definition as it is
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// `json` is one line: {"changes":[{"area","kind","pointer","what","breaks"}],"breaking":…}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    pub(crate) format: Format,
}

/// Explain a diagnostic's code: its meaning, its reason, and how to fix it
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all is well
  1  there is no such code
  2  the command line is wrong")]
pub struct Explain {
    /// The code, as in the brackets after `error` or `warning`
    #[arg(required_unless_present = "list")]
    pub(crate) code: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with = "code")]
    pub(crate) list: bool,
}

pub(crate) fn workflow_type(express: bool) -> WorkflowType {
    if express { WorkflowType::Express } else { WorkflowType::Standard }
}

/// Reads `NAME=DIR`.
pub(crate) fn bucket(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !folder.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(folder)))
        }
        _ => Err("expected the bucket's name and a folder, such as `orders=./data`".to_owned()),
    }
}

/// Reads `NAME=VALUE`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected a name, `=` and a value, such as `Wait=5`".to_owned()),
    }
}

/// Finds a code by its name; the error names the nearest.
pub(crate) fn code(name: &str) -> Result<Code, String> {
    name.parse().map_err(|_| {
        let near = nearest(name, Code::ALL.iter().map(|code| code.name()));
        let help = near.map_or("`stepfn explain --list` lists them".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        format!("there is no code `{name}`\n  = help: {help}")
    })
}
