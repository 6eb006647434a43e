//! `cargo xtask cost`

mod prices;

use std::{io::Write, path::PathBuf, time::Duration};

use clap::Args;
use stepfn_cli::{Format, Outcome};
use stepfn_codegen::Error;
use stepfn_core::deployment::Deployment;
use stepfn_core::{
    check::{Options, check},
    definition::{Definition, WorkflowType},
    diagnostic::Severity,
    json,
    value::Value,
};
use stepfn_executor::{Executor, Outcome as Ended, testing::explore};

use crate::{Failure, named};

/// Say what a machine costs a month, path by path, as a Standard and as an Express workflow
///
/// The paths are those that exploration finds through the definition, with made-up data, or with `--input` those of native runs with
/// the machine's own functions. The functions and services themselves cost extra.
#[derive(Debug, Args)]
#[command(after_help = crate::EXIT_CODES)]
pub(crate) struct Cost {
    /// The machine [default: all, one after the other]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Executions a month
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    runs: u64,
    /// Run the machine with this input instead, in JSON; may be given more than once
    #[arg(long, value_name = "FILE", requires = "name")]
    input: Vec<PathBuf>,
    /// The duration of a task's call, in milliseconds, beside deliberate waits; one after the other
    #[arg(long, value_name = "MS", default_value_t = 100)]
    task_ms: u64,
    /// The memory of an Express execution, in MB; it is billed in chunks of 64
    #[arg(long, value_name = "MB", default_value_t = prices::MEGABYTES)]
    memory: u64,
    /// The region; Express prices are those of us-east-1 in any
    #[arg(long, value_name = "REGION", default_value = "us-east-1", value_parser = region)]
    region: String,
    /// `json` is one line for each machine: {"machine","runs","region","prices","express_refused","paths":[{"path","ended","transitions","seconds","standard","express"}]}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

fn region(name: &str) -> Result<String, String> {
    if prices::regions().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let known: Vec<&str> = prices::regions().collect();
    Err(format!("its prices are not known; known are {}", known.join(", ")))
}

/// The time that an Express execution may take (AWS, "Step Functions service quotas").
const MOST_SECONDS: f64 = 300.0;

/// A way through the machine and what it takes.
struct Path {
    states: String,
    ended: &'static str,
    transitions: u64,
    seconds: f64,
    standard: f64,
    /// The cost as Express; none where it takes longer than an Express workflow may.
    express: Option<f64>,
}

impl Cost {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let chosen = match &self.name {
            Some(name) => vec![named(deployments, name)?],
            None => deployments.iter().map(|deployment| &deployment.definition).collect(),
        };
        let mut outcome = Outcome::Success;
        for (index, definition) in chosen.into_iter().enumerate() {
            if index > 0 && self.format == Format::Text {
                writeln!(out)?;
            }
            outcome = outcome.max(self.of_one(definition, out, err)?);
        }
        Ok(outcome)
    }

    fn of_one(
        &self,
        definition: &Definition,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let ended = match self.ended(definition)? {
            Ok(ended) => ended,
            Err(message) => {
                stepfn_cli::error(err, &message)?;
                return Ok(Outcome::Failure);
            }
        };
        let mut paths: Vec<Path> = Vec::new();
        for (states, ended) in &ended {
            let path = self.path(states, ended);
            // What takes the same way with other data costs the same.
            let is_known = |known: &Path| known.states == path.states && known.ended == path.ended;
            if !paths.iter().any(is_known) {
                paths.push(path);
            }
        }
        paths.sort_by(|one, other| {
            other.transitions.cmp(&one.transitions).then(one.states.cmp(&other.states))
        });
        let refused = refused_as_express(definition).or_else(|| {
            paths
                .iter()
                .any(|path| path.express.is_none())
                .then(|| "a path takes over five minutes".to_owned())
        });
        match self.format {
            Format::Json => self.json(definition, &paths, refused.as_deref(), out)?,
            Format::Text => self.text(definition, &paths, refused.as_deref(), out)?,
        }
        Ok(Outcome::Success)
    }

    /// The executions that are counted; a message where there are none.
    fn ended(&self, definition: &Definition) -> Result<Result<Vec<(String, Ended)>, String>, Failure> {
        if self.input.is_empty() {
            let exploration = explore(definition);
            let runs: Vec<_> =
                exploration.runs.into_iter().filter_map(|run| Some((run.path, run.outcome?))).collect();
            return Ok(match exploration.problem {
                Some(problem) if runs.is_empty() => Err(problem),
                _ => Ok(runs),
            });
        }
        let executor = match Executor::builder().virtual_time().keep_history().build(definition) {
            Ok(executor) => executor,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut ended = Vec::new();
        for path in &self.input {
            let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
                action: "read",
                path: path.clone(),
                source,
            })?;
            let input = match json::parse_value(&text) {
                Ok(input) => input,
                Err(error) => {
                    let place = format!("{}:{}:{}", path.display(), error.line, error.column);
                    return Ok(Err(format!("{place}: the input is not JSON: {}", error.message)));
                }
            };
            match executor.run_blocking(input) {
                Ok(outcome) => ended.push((outcome.history.path().join(" → "), outcome)),
                Err(error) => return Ok(Err(format!("{}: {error}", path.display()))),
            }
        }
        Ok(Ok(ended))
    }

    fn path(&self, states: &str, ended: &Ended) -> Path {
        let calls = ended.history.events().filter(|event| is_call(event.event_type)).count();
        let worked =
            Duration::from_millis(self.task_ms).saturating_mul(u32::try_from(calls).unwrap_or(u32::MAX));
        let seconds = ended.duration().saturating_add(worked).as_secs_f64();
        let runs = self.runs as f64;
        Path {
            states: states.to_owned(),
            ended: ended.status.name(),
            transitions: ended.transitions,
            seconds,
            // The region was looked up when the command line was read.
            standard: prices::standard(&self.region, runs * ended.transitions as f64).unwrap_or_default(),
            express: (seconds <= MOST_SECONDS).then(|| prices::express(runs, seconds, self.memory)),
        }
    }

    fn json(
        &self,
        definition: &Definition,
        paths: &[Path],
        refused: Option<&str>,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let list = paths.iter().map(|path| {
            Value::object([
                ("path", Value::from(path.states.as_str())),
                ("ended", path.ended.into()),
                ("transitions", path.transitions.into()),
                ("seconds", number(path.seconds)),
                ("standard", number(path.standard)),
                ("express", path.express.map_or(Value::Null, number)),
            ])
        });
        let all = [
            ("machine", Value::from(definition.name.as_str())),
            ("runs", self.runs.into()),
            ("region", self.region.as_str().into()),
            ("prices", prices::AS_OF.into()),
            ("express_refused", refused.map_or(Value::Null, Value::from)),
            ("paths", Value::array(list)),
        ];
        Ok(writeln!(out, "{}", Value::object(all))?)
    }

    fn text(
        &self,
        definition: &Definition,
        paths: &[Path],
        refused: Option<&str>,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        writeln!(
            out,
            "{}: {} executions a month in {}, US dollars by prices of {}",
            definition.name,
            grouped(self.runs),
            self.region,
            prices::AS_OF
        )?;
        writeln!(out, "{:>12} {:>10} {:>12} {:>12}  path", "transitions", "seconds", "Standard", "Express")?;
        for path in paths {
            let express = path.express.map_or("-".to_owned(), |express| format!("{express:.2}"));
            writeln!(
                out,
                "{:>12} {:>10.1} {:>12.2} {express:>12}  {} ({})",
                path.transitions, path.seconds, path.standard, path.states, path.ended
            )?;
        }
        writeln!(
            out,
            "Standard: {} transitions a month are free. Express: {} ms for each call of a task, {} MB.",
            grouped(prices::FREE_TRANSITIONS as u64),
            self.task_ms,
            self.memory
        )?;
        if let Some(why) = refused {
            writeln!(out, "As it is, it cannot be an Express workflow: {why}")?;
        }
        Ok(())
    }
}

fn is_call(event_type: &str) -> bool {
    matches!(event_type, "TaskScheduled" | "LambdaFunctionScheduled" | "ActivityScheduled")
}

/// Returns the reason why AWS would not accept the machine as an Express workflow.
fn refused_as_express(definition: &Definition) -> Option<String> {
    let errors = |workflow_type| {
        let diagnostics = check(&definition.machine, &Options { workflow_type });
        diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    };
    let standard: Vec<_> = errors(WorkflowType::Standard).collect();
    errors(WorkflowType::Express)
        .find(|diagnostic| !standard.contains(diagnostic))
        .map(|diagnostic| diagnostic.message)
}

fn number(value: f64) -> Value {
    // Cents of cents are noise.
    format!("{value:.4}").parse().unwrap_or(Value::Null)
}

/// `100,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
