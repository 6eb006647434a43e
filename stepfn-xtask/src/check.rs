//! `cargo xtask check`

use std::{io::Write, path::PathBuf};

use clap::Args;
use stepfn_cli::{
    Outcome, ReportFormat, count,
    render::{Entry, Region, github, sarif},
};
use stepfn_codegen::{Error, asl::to_json, generate::Format as FileFormat, generate::Plan};
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
    /// `json` is one line: {"machines","findings":[{"machine","pointer","code","message","file","line"}]}; `sarif` is a log of SARIF 2.1.0, `github`
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

struct Finding {
    machine: Option<String>,
    pointer: Option<String>,
    code: &'static str,
    message: String,
    help: Option<String>,
    /// The place in the Rust source.
    line: Option<(String, u32)>,
}

impl Finding {
    fn new(code: &'static str, message: String) -> Self {
        Self { machine: None, pointer: None, code, message, help: None, line: None }
    }

    /// A diagnostic of the builder.
    fn built(finding: &Diagnostic) -> Self {
        Self {
            pointer: Some(finding.at.clone()).filter(|at| !at.is_empty()),
            help: finding.help.clone(),
            line: finding.written.map(|written| (without_detours(written.file()), written.line())),
            ..Self::new(finding.code.name(), finding.message.clone())
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
        let mut findings: Vec<Finding> = refused.map(Finding::built).collect();
        for deployment in deployments {
            of_machine(deployment.definition(), &mut findings);
        }
        match Plan::with_refusals(deployments, formats) {
            Ok((plan, refused)) => {
                findings.extend(refused.into_iter().flat_map(|(format, error)| {
                    let one = |error: &Error| Finding::new("cannot-be-written", format!("{format}: {error}"));
                    error.each().map(one).collect::<Vec<_>>()
                }));
                if !machines.refused.is_empty() {
                    // The files of all machines cannot be compared with those of some.
                    return self.report(&findings, n_machines, out, err);
                }
                let dir = match &self.out {
                    Some(dir) => dir.clone(),
                    None => default_out_of(stage)?,
                };
                findings.extend(plan.compare(&dir)?.into_iter().map(|difference| {
                    Finding::new("out-of-date", format!("{difference}; `cargo xtask generate` fixes it"))
                }));
            }
            Err(error @ Error::Io { .. }) => return Err(error.into()),
            Err(error) => {
                findings
                    .extend(error.each().map(|error| Finding::new("cannot-be-written", error.to_string())));
            }
        }
        self.report(&findings, n_machines, out, err)
    }

    fn report(
        &self,
        findings: &[Finding],
        n_machines: usize,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        match self.format {
            ReportFormat::Json => {
                let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
                let list = findings.iter().map(|finding| {
                    Value::object([
                        ("machine", optional(&finding.machine)),
                        ("pointer", optional(&finding.pointer)),
                        ("code", finding.code.into()),
                        ("message", finding.message.as_str().into()),
                        ("file", finding.line.as_ref().map_or(Value::Null, |(file, _)| file.as_str().into())),
                        (
                            "line",
                            finding.line.as_ref().map_or(Value::Null, |(_, line)| u64::from(*line).into()),
                        ),
                    ])
                });
                let all = [("machines", Value::from(n_machines as u64)), ("findings", Value::array(list))];
                writeln!(out, "{}", Value::object(all))?;
            }
            ReportFormat::Sarif => writeln!(out, "{}", sarif(&entries(findings)).to_pretty_string())?,
            ReportFormat::Github => write!(out, "{}", github(&entries(findings)))?,
            _ => {
                for Finding { machine, pointer, code, message, help, line } in findings {
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
        writeln!(err, "checked {}: {}", count(n_machines, "machine"), count(findings.len(), "diagnostic"))?;
        Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
    }
}

/// The machine and the place in it.
fn place(machine: Option<&str>, pointer: Option<&str>) -> Option<String> {
    let place: Vec<&str> = machine.into_iter().chain(pointer).collect();
    Some(place.join(" ")).filter(|place| !place.is_empty())
}

fn entries(findings: &[Finding]) -> Vec<Entry> {
    let entry = |finding: &Finding| Entry {
        logical: place(finding.machine.as_deref(), finding.pointer.as_deref()),
        help: finding.help.clone(),
        file: finding.line.as_ref().map(|(file, _)| file.clone()),
        region: finding.line.as_ref().and_then(|(_, line)| Region::of_line(*line)),
        ..Entry::new(finding.code, Severity::Error, finding.message.as_str())
    };
    findings.iter().map(entry).collect()
}

/// Reports AWS's validation of a definition.
fn of_machine(definition: &Definition, findings: &mut Vec<Finding>) {
    let text = to_json(definition);
    let mut push = |pointer: Option<String>, code: &'static str, message: String| {
        let line = definition.line_of(pointer.as_deref().unwrap_or_default());
        let line = line.map(|(file, line)| (without_detours(file), line));
        let machine = Some(definition.name.clone());
        findings.push(Finding { machine, pointer, line, ..Finding::new(code, message) });
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
