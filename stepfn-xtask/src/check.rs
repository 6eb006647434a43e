//! `cargo xtask check`

use std::{io::Write, path::PathBuf};

use clap::Args;
use stepfn_cli::{
    Outcome, ReportFormat, count,
    render::{Entry, github, sarif},
};
use stepfn_codegen::{
    Error, asl::to_json, deployment::Deployment, generate::Format as FileFormat, generate::Plan,
};
use stepfn_core::{definition::Definition, diagnostic::Severity, validate::validate, value::Value};

use crate::{Failure, generate::default_out_of, stage::Stage};

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
    /// `json` is one line: {"machines","findings":[{"machine","pointer","code","message"}]}; `sarif` is a log of SARIF 2.1.0, `github`
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
}

impl Check {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        formats: &[FileFormat],
        stage: &Stage,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let mut findings = Vec::new();
        for deployment in deployments {
            of_machine(deployment.definition(), &mut findings);
        }
        match Plan::with_refusals(deployments, formats) {
            Ok((plan, refused)) => {
                findings.extend(refused.into_iter().map(|(format, error)| Finding {
                    machine: None,
                    pointer: None,
                    code: "cannot-be-written",
                    message: format!("{format}: {error}"),
                }));
                let dir = match &self.out {
                    Some(dir) => dir.clone(),
                    None => default_out_of(stage)?,
                };
                findings.extend(plan.compare(&dir)?.into_iter().map(|difference| Finding {
                    machine: None,
                    pointer: None,
                    code: "out-of-date",
                    message: format!("{difference}; `cargo xtask generate` fixes it"),
                }));
            }
            Err(error @ Error::Io { .. }) => return Err(error.into()),
            Err(error) => findings.push(Finding {
                machine: None,
                pointer: None,
                code: "cannot-be-written",
                message: error.to_string(),
            }),
        }
        match self.format {
            ReportFormat::Json => {
                let optional = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
                let list = findings.iter().map(|finding| {
                    Value::object([
                        ("machine", optional(&finding.machine)),
                        ("pointer", optional(&finding.pointer)),
                        ("code", finding.code.into()),
                        ("message", finding.message.as_str().into()),
                    ])
                });
                let all =
                    [("machines", Value::from(deployments.len() as u64)), ("findings", Value::array(list))];
                writeln!(out, "{}", Value::object(all))?;
            }
            ReportFormat::Sarif => writeln!(out, "{}", sarif(&entries(&findings)).to_pretty_string())?,
            ReportFormat::Github => write!(out, "{}", github(&entries(&findings)))?,
            _ => {
                for Finding { machine, pointer, code, message } in &findings {
                    let place = place(machine.as_deref(), pointer.as_deref());
                    let place = place.map_or(String::new(), |place| format!("{place}: "));
                    stepfn_cli::error(out, &format!("{place}{message} [{code}]"))?;
                }
            }
        }
        out.flush()?;
        writeln!(
            err,
            "checked {}: {}",
            count(deployments.len(), "machine"),
            count(findings.len(), "diagnostic")
        )?;
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
        ..Entry::new(finding.code, Severity::Error, finding.message.as_str())
    };
    findings.iter().map(entry).collect()
}

/// Reports AWS's validation of a definition.
fn of_machine(definition: &Definition, findings: &mut Vec<Finding>) {
    let text = to_json(definition);
    let mut push = |pointer: Option<String>, code: &'static str, message: String| {
        findings.push(Finding { machine: Some(definition.name.clone()), pointer, code, message });
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
