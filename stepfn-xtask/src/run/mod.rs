//! `cargo xtask run`

mod answer;
mod capture;
mod live;
mod story;

use std::{io::Write, time::Duration};

use clap::Args;
use stepfn_cli::{Format, Outcome, RunData};
use stepfn_core::deployment::Deployment;
use stepfn_core::{
    definition::{Definition, WorkflowType},
    value::Value,
};
use stepfn_executor::{Execution, Executor, History, Outcome as Ended, Route, RunError, Status, Timestamp};
use tokio::{runtime::Runtime, time::MissedTickBehavior};

use self::{answer::Answerer, capture::Capture, live::Screen, story::Story};
use crate::{Failure, Streams, named, stage::Stage};

/// The interval at which the execution is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Run a machine here, with its own functions, and watch it
///
/// Tasks of services need mocks, in the format of Step Functions Local. The output goes to standard output as JSON, what happens
/// to standard error: live on a terminal, a line for each step elsewhere. What functions print is there, too, behind a bar. Tasks that wait for a callback are answered by lines on
/// standard input: `success [N] JSON`, `failure [N] ERROR [CAUSE]`, `heartbeat [N]`, N being the number beside the task.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  the execution succeeded
  1  it did not: it failed, timed out, or could not be run; or the input or the mocks have errors
  2  the command line is wrong, or a file cannot be read")]
pub(crate) struct Run {
    /// The machine
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    data: RunData,
    /// Let waits, backoff and timeouts take no time; nobody answers callbacks then
    #[arg(long)]
    virtual_time: bool,
    /// `json` is one line on standard output: {"status","output","error","cause","seconds","transitions","path"}; in the path a Map or
    /// Parallel is {"state","inside":[{"number","path"}]}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

/// The place to write to, and which of it is a terminal.
struct Console<'w> {
    streams: Streams,
    err: &'w mut dyn Write,
}

impl Run {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        stage: &Stage,
        streams: Streams,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let definition = named(deployments, &self.name)?;
        let (input, mocks) = match self.data.read_for(definition, err)? {
            Ok(data) => data,
            Err(outcome) => return Ok(outcome),
        };
        let mut builder = Executor::builder().seed(self.data.seed).allow_unbound().keep_history();
        if let Some(account) = &stage.account {
            builder = builder.account(account);
        }
        if let Some(region) = &stage.region {
            builder = builder.region(region);
        }
        builder = if self.virtual_time { builder.virtual_time() } else { builder.real_time() };
        if let Some(case) = &mocks {
            builder = builder.mocks(case);
        }
        let executor = match self.data.bind_buckets(builder, &stage.buckets).build(definition) {
            Ok(executor) => executor,
            Err(error) => return refused(err, &error.to_string()),
        };
        // Functions may do what needs a runtime.
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return refused(err, &format!("no runtime could be started: {error}")),
        };
        let mut execution = executor.start(input);
        let mut console = Console { streams, err };
        let end = if self.virtual_time {
            on_virtual_time(&runtime, &mut execution, &mut console)?
        } else {
            runtime.block_on(on_real_time(&mut execution, &mut console))?
        };
        let err = console.err;
        stepfn_cli::write_history(&history(&end, &execution), self.data.history, err)?;
        match end {
            Ok(ended) => self.finish(definition, &ended, out, err),
            Err(error) => refused(err, &stepfn_cli::cause(&error, mocks.as_ref())),
        }
    }

    fn finish(
        &self,
        definition: &Definition,
        ended: &Ended,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        match self.format {
            Format::Text => {
                if let Some(output) = ended.output() {
                    writeln!(out, "{}", stepfn_cli::printable_json(&output.to_pretty_string()))?;
                }
            }
            Format::Json => writeln!(out, "{}", summary(ended))?,
        }
        out.flush()?;
        if let Some(failed) = ended.expression_error() {
            stepfn_cli::expression_error(err, failed)?;
        }
        let style = story::style(ended.output().is_some());
        let text = match &ended.status {
            // The output has been written.
            Status::Succeeded { .. } => ended.status.name().to_owned(),
            status => status.to_string(),
        };
        let seconds = ended.duration().as_secs_f64();
        let billed = match definition.workflow_type {
            WorkflowType::Standard => format!("billed: {}", transitions(ended.transitions)),
            WorkflowType::Express => {
                let steps = (ended.duration().as_millis().div_ceil(100)).max(1);
                format!("billed: 1 request, {} ms; {}", steps * 100, transitions(ended.transitions))
            }
        };
        let text = stepfn_cli::printable(&text);
        writeln!(err, "{style}{text}{style:#} after {seconds:.3} s, {billed}")?;
        Ok(if ended.output().is_some() { Outcome::Success } else { Outcome::Failure })
    }
}

fn refused(err: &mut dyn Write, message: &str) -> Result<Outcome, Failure> {
    stepfn_cli::error(err, &message.replace("\nhelp: ", "\n  = help: "))?;
    Ok(Outcome::Failure)
}

fn transitions(number: u64) -> String {
    stepfn_cli::count(usize::try_from(number).unwrap_or(usize::MAX), "transition")
}

fn summary(ended: &Ended) -> Value {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    Value::object([
        ("status", Value::from(ended.status.name())),
        ("output", ended.output().cloned().unwrap_or(Value::Null)),
        ("error", text(ended.error())),
        ("cause", text(ended.cause())),
        ("seconds", format!("{:.3}", ended.duration().as_secs_f64()).parse().unwrap_or(Value::Null)),
        ("transitions", ended.transitions.into()),
        ("path", path(&ended.history.route())),
    ])
}

/// The states by their names; a Map or Parallel with what happened inside of it, by the number of the iteration or branch.
fn path(route: &Route) -> Value {
    Value::array(route.steps.iter().map(|step| {
        if step.inside.is_empty() {
            return Value::from(step.state.as_str());
        }
        let inside = step
            .inside
            .iter()
            .map(|(number, route)| Value::object([("number", Value::from(*number)), ("path", path(route))]));
        Value::object([("state", Value::from(step.state.as_str())), ("inside", Value::array(inside))])
    }))
}

type End = Result<Ended, RunError>;

/// Returns the history; an execution that is over has given it away.
fn history(end: &End, execution: &Execution) -> History {
    match end {
        Ok(ended) => ended.history.clone(),
        Err(_) => execution.history(),
    }
}

/// Runs all at once: there is nothing to watch, and the story is printed afterwards.
fn on_virtual_time(
    runtime: &Runtime,
    execution: &mut Execution,
    console: &mut Console<'_>,
) -> Result<End, Failure> {
    let end = {
        let _captured = console.streams.are_own.then(capture::to_stderr).transpose()?;
        let _runtime = runtime.enter();
        execution.run_to_end().clone()
    };
    for line in Story::default().so_far(&history(&end, execution)) {
        writeln!(console.err, "{line}")?;
    }
    Ok(end)
}

async fn on_real_time(execution: &mut Execution, console: &mut Console<'_>) -> Result<End, Failure> {
    let control = execution.control();
    let mut story = Story::default();
    let Streams { is_live, are_own } = console.streams;
    let mut screen = is_live.then(|| Screen::new(are_own)).transpose()?;
    let captured = match &screen {
        _ if !are_own => None,
        Some(screen) => Some(Capture::start(true, screen.sink())?),
        None => Some(capture::to_stderr()?),
    };
    let mut answerer = Answerer::default();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = loop {
        let end = tokio::select! {
            biased;
            end = &mut *execution => Some(end),
            line = answerer.next() => {
                let text = answer::carry_out(&line, &control);
                say(text.into_iter().collect(), screen.as_ref(), console)?;
                None
            }
            _ = tick.tick() => None,
        };
        let mut lines = match &end {
            Some(end) => story.so_far(&history(end, execution)),
            // What is published, and shared: the execution's own would be copied ten times a second.
            None => story.so_far(&control.history()),
        };
        if end.is_none() {
            lines.extend(story.waits(execution));
        }
        say(lines, screen.as_ref(), console)?;
        if let Some(end) = end {
            break end;
        }
        let waiting = execution.waiting();
        if !control.pending_tokens().is_empty() {
            answerer.listen();
        }
        if let Some(screen) = &mut screen {
            screen.show(&waiting, Timestamp::now(), &control);
        }
    };
    // The last lines of functions come before the end.
    drop(captured);
    if let Some(screen) = screen {
        screen.clear();
    }
    Ok(end)
}

fn say(lines: Vec<String>, screen: Option<&Screen>, console: &mut Console<'_>) -> Result<(), Failure> {
    for line in lines {
        match screen {
            Some(screen) => screen.print(&line),
            None => writeln!(console.err, "{line}")?,
        }
    }
    Ok(())
}
