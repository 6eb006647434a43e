//! `cargo xtask check`

use std::{io::Write, path::PathBuf};

use clap::Args;
use stepfn_cli::{
    Outcome, ReportFormat, count,
    render::{Entry, Region, github, sarif},
};
use stepfn_codegen::{Error, asl::to_json_text, generate::Format as FileFormat, generate::Plan};
use stepfn_core::{
    definition::{Definition, without_detours},
    diagnostic::{Diagnostic, Severity},
    validate::validate,
    value::Value,
};

use crate::{Failure, generate::default_out_of, machines::Machines, stage::Stage};

/// The most bytes that a definition may have: `definition` of `CreateStateMachine`.
const MAX_DEFINITION: usize = 1_048_576;

/// Check everything that a deployment needs: what AWS would refuse, what no format can carry, and files that are stale
///
/// That paths and types fit was checked by the compiler, or this command would not run.
#[derive(Debug, Args)]
#[command(after_help = crate::EXIT_CODES)]
pub(crate) struct Check {
    /// The directory of the generated files [default: `generated` in the root of the workspace]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// `json` is one line: {"machines","diagnostics":[{"machine","pointer","code","message","file","line"}]}; `sarif` is a log of SARIF 2.1.0, `github`
    /// annotates a pull request
    #[arg(
        long,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "human|json|sarif|github"
    )]
    format: ReportFormat,
}

struct Row {
    machine: Option<String>,
    pointer: Option<String>,
    code: &'static str,
    message: String,
    help: Option<String>,
    /// The place in the Rust source.
    line: Option<(String, u32)>,
}

impl Row {
    fn new(code: &'static str, message: String) -> Self {
        Self { machine: None, pointer: None, code, message, help: None, line: None }
    }

    /// A diagnostic of the builder.
    fn built(diagnostic: &Diagnostic) -> Self {
        Self {
            pointer: Some(diagnostic.at.to_string()).filter(|at| !at.is_empty()),
            help: diagnostic.help.clone(),
            line: diagnostic.written.map(|written| (without_detours(written.file()), written.line())),
            ..Self::new(diagnostic.code.name(), diagnostic.message.clone())
        }
    }
}

impl Check {
    pub(crate) fn run(
        &self,
        machines: &Machines,
        formats: &[FileFormat],
        stage: &Stage,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let deployments = machines.built.as_slice();
        let n_machines = deployments.len() + machines.refused.len();
        let refused = machines.refused.iter().flat_map(|diagnostics| &diagnostics.0);
        let mut diagnostics: Vec<Row> = refused.map(Row::built).collect();
        for deployment in deployments {
            of_machine(&deployment.definition, &mut diagnostics);
        }
        match Plan::with_refusals(deployments, formats) {
            Ok((plan, refused)) => {
                diagnostics.extend(refused.into_iter().flat_map(|(format, error)| {
                    let one = |error: &Error| Row::new("cannot-be-written", format!("{format}: {error}"));
                    error.each().map(one).collect::<Vec<_>>()
                }));
                if !machines.refused.is_empty() {
                    // The files of all machines cannot be compared with those of some.
                    return self.report(&diagnostics, n_machines, out, err);
                }
                let dir = match &self.out {
                    Some(dir) => dir.clone(),
                    None => default_out_of(stage)?,
                };
                diagnostics.extend(plan.compare(&dir)?.into_iter().map(|difference| {
                    Row::new("out-of-date", format!("{difference}; `cargo xtask generate` fixes it"))
                }));
            }
            Err(error @ Error::Io { .. }) => return Err(error.into()),
            Err(error) => {
                diagnostics
                    .extend(error.each().map(|error| Row::new("cannot-be-written", error.to_string())));
            }
        }
        self.report(&diagnostics, n_machines, out, err)
    }

    fn report(
        &self,
        diagnostics: &[Row],
        n_machines: usize,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        match self.format {
            ReportFormat::Json => {
                let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
                let list = diagnostics.iter().map(|diagnostic| {
                    Value::object([
                        ("machine", optional(&diagnostic.machine)),
                        ("pointer", optional(&diagnostic.pointer)),
                        ("code", diagnostic.code.into()),
                        ("message", diagnostic.message.as_str().into()),
                        (
                            "file",
                            diagnostic.line.as_ref().map_or(Value::Null, |(file, _)| file.as_str().into()),
                        ),
                        (
                            "line",
                            diagnostic.line.as_ref().map_or(Value::Null, |(_, line)| u64::from(*line).into()),
                        ),
                    ])
                });
                let all = [("machines", Value::from(n_machines as u64)), ("diagnostics", Value::array(list))];
                writeln!(out, "{}", Value::object(all))?;
            }
            ReportFormat::Sarif => writeln!(out, "{}", sarif(&entries(diagnostics)).to_pretty_string())?,
            ReportFormat::Github => write!(out, "{}", github(&entries(diagnostics)))?,
            _ => {
                for Row { machine, pointer, code, message, help, line } in diagnostics {
                    let place = place(machine.as_deref(), pointer.as_deref());
                    let place = place.map_or(String::new(), |place| format!("{place}: "));
                    let line = line.as_ref().map(|(file, line)| format!("\n --> {file}:{line}"));
                    let help = help.as_ref().map(|help| format!("\n  = help: {help}"));
                    let (line, help) = (line.unwrap_or_default(), help.unwrap_or_default());
                    stepfn_cli::error(out, &format!("{place}{message} [{code}]{line}{help}"))?;
                }
            }
        }
        out.flush()?;
        writeln!(
            err,
            "checked {}: {}",
            count(n_machines, "machine"),
            count(diagnostics.len(), "diagnostic")
        )?;
        Ok(if diagnostics.is_empty() { Outcome::Success } else { Outcome::Failure })
    }
}

/// The machine and the place in it.
fn place(machine: Option<&str>, pointer: Option<&str>) -> Option<String> {
    let place: Vec<&str> = machine.into_iter().chain(pointer).collect();
    Some(place.join(" ")).filter(|place| !place.is_empty())
}

fn entries(diagnostics: &[Row]) -> Vec<Entry> {
    let entry = |diagnostic: &Row| Entry {
        logical: place(diagnostic.machine.as_deref(), diagnostic.pointer.as_deref()),
        help: diagnostic.help.clone(),
        file: diagnostic.line.as_ref().map(|(file, _)| file.clone()),
        region: diagnostic.line.as_ref().and_then(|(_, line)| Region::of_line(*line)),
        ..Entry::new(diagnostic.code, Severity::Error, diagnostic.message.as_str())
    };
    diagnostics.iter().map(entry).collect()
}

/// Reports AWS's validation of a definition.
fn of_machine(definition: &Definition, diagnostics: &mut Vec<Row>) {
    let text = to_json_text(definition);
    let mut push = |pointer: Option<String>, code: &'static str, message: String| {
        let line = definition.line_of(pointer.as_deref().unwrap_or_default());
        let line = line.map(|(file, line)| (without_detours(file), line));
        let machine = Some(definition.name.clone());
        diagnostics.push(Row { machine, pointer, line, ..Row::new(code, message) });
    };
    for issue in validate(&text, definition.workflow_type).diagnostics {
        push(issue.location, issue.code, issue.message);
    }
    if text.len() > MAX_DEFINITION {
        let message = format!(
            "the definition has {} bytes, and AWS takes {MAX_DEFINITION}; move a part into a machine of its own, started by `states:startExecution`",
            text.len()
        );
        push(None, "too-large", message);
    }
}
