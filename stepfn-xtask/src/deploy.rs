//! `cargo xtask deploy`

use std::{
    collections::HashMap,
    io::{self, BufRead, IsTerminal, Write},
};

use anstyle::AnsiColor;
use clap::Args;
use indexmap::IndexMap;
use stepfn_cli::{Format, Outcome, printable};
use stepfn_core::{
    deployment::{Alias, Deployment, Step, in_order},
    value::Value,
};
use stepfn_deploy::{Applied, Change, Connection, Error, Plan};
use tokio::runtime::Runtime;

use crate::{Failure, is_called, stage::Stage, unknown};

/// Deploy a machine to AWS, or all of them, after showing what changes there
///
/// AWS validates the definition first. Nothing is done where nothing changed; where something did, it is asked whether to go on.
/// The settings in the program's deployment of the machine apply, and options come before them; settings that neither has stay as they are,
/// but for logging and tracing, which are off.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  deployed, or there is nothing to deploy
  1  refused: by AWS, or by whoever was asked
  2  the command line is wrong or lacks something, or AWS could not be reached")]
pub(crate) struct Deploy {
    /// The machine
    #[arg(value_name = "NAME", required_unless_present = "all")]
    name: Option<String>,
    /// All machines, each behind those that it starts
    #[arg(long, conflicts_with = "name")]
    all: bool,
    /// The state machine's name in AWS [default: NAME]
    #[arg(long = "as", value_name = "NAME", conflicts_with = "all")]
    deployed_as: Option<String>,
    /// The ARN of the role that executions run with; a new state machine cannot do without
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// The value of a `${NAME}` in the definition
    #[arg(long = "substitution", value_name = "NAME=VALUE", value_parser = pair)]
    substitutions: Vec<(String, String)>,
    /// A tag; with one of them, tags that nobody names go
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = pair)]
    tags: Vec<(String, String)>,
    /// Publish a version of what is deployed, unless there is one
    #[arg(long)]
    publish: bool,
    /// The description of the version
    #[arg(long, value_name = "TEXT")]
    version_description: Option<String>,
    /// Lead this alias to the version, and no other; publishes
    #[arg(long, value_name = "NAME")]
    alias: Option<String>,
    /// A step of the alias on its way: so many executions start at the new version, for a time of `s`, `m` or `h`
    #[arg(long = "step", value_name = "10%:5m", requires = "alias")]
    steps: Vec<Step>,
    /// The region [default: that of the environment or the profile]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The URL of an emulator; on a loopback address it needs no credentials
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Deploy without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Show what changes, and stop
    #[arg(long)]
    dry_run: bool,
    /// `json` is one line: {"name","arn","changes":[{"what","breaks"}],"deployed","version","aliases"}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected a name, `=` and a value".to_owned()),
    }
}

impl Deploy {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        stage: &Stage,
        is_live: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let wanted = self.wanted(deployments)?;
        for deployment in &wanted {
            deployment.check().map_err(stepfn_codegen::Error::from)?;
            let name = self.deployed_as.as_ref().unwrap_or(&deployment.definition.name);
            if name.contains("${") {
                return Err(Failure::Usage(format!(
                    "error: the machine's name `{name}` is that of a stage\n  = help: say which: `--stage NAME`, with a table of `stepfn.toml`; or name it: `--as NAME`\n"
                )));
            }
        }
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                stepfn_cli::error(err, &format!("no runtime could be started: {error}"))?;
                return Ok(Outcome::Unreadable);
            }
        };
        // The ARNs of the machines that are there now, by name.
        let mut arns = HashMap::new();
        for deployment in wanted {
            let outcome = match self.deploy(&runtime, deployment, (stage, &mut arns), is_live, out, err) {
                Ok(outcome) => outcome?,
                // It would be made by the same command.
                Err(Error::MissingChild { machine, child, .. })
                    if self.dry_run && arns.contains_key(&child) =>
                {
                    if self.format == Format::Text {
                        writeln!(
                            out,
                            "{machine}: it starts `{child}`, which is new; what changes is seen when that is there"
                        )?;
                    }
                    arns.insert(machine, None);
                    Outcome::Success
                }
                Err(error) => {
                    out.flush()?;
                    stepfn_cli::error(err, &error.to_string())?;
                    match error {
                        Error::Deployment(_)
                        | Error::Substitutions(_)
                        | Error::MissingChild { .. }
                        | Error::MissingRole { .. }
                        | Error::MissingRegion
                        | Error::Unreachable { .. }
                        | Error::Crashed { .. } => Outcome::Unreadable,
                        _ => Outcome::Failure,
                    }
                }
            };
            if outcome != Outcome::Success {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Success)
    }

    /// Returns the machines to deploy: all of this program, or one of them.
    fn wanted<'d>(&self, deployments: &'d [Deployment]) -> Result<Vec<&'d Deployment>, Failure> {
        let Some(name) = &self.name else {
            return Ok(in_order(deployments).map_err(stepfn_codegen::Error::from)?);
        };
        let mut known = deployments.iter();
        match known.find(|deployment| is_called(deployment, name)) {
            Some(deployment) => Ok(vec![deployment]),
            None => Err(unknown(deployments, name)),
        }
    }

    fn deploy(
        &self,
        runtime: &Runtime,
        deployment: &Deployment,
        (stage, arns): (&Stage, &mut HashMap<String, Option<String>>),
        is_live: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Result<Outcome, Failure>, Error> {
        let sfn = runtime.block_on(self.connection(stage).connect())?;
        let mut values: IndexMap<_, _> = stage.values.clone();
        values.extend(self.substitutions.iter().cloned());
        for child in &deployment.definition.children {
            if let (Some(name), Some(Some(arn))) = (&child.substitution, arns.get(&child.name)) {
                values.entry(name.clone()).or_insert_with(|| arn.clone());
            }
        }
        let plan = runtime.block_on(stepfn_deploy::plan(&sfn, &self.with_options(deployment), &values))?;
        let ended = match self.goes_on(&plan, is_live, out, err) {
            Ok(ended) => ended,
            Err(error) => return Ok(Err(error.into())),
        };
        let (mut applied, mut written) = (None, Ok(()));
        if ended.is_none() {
            let done = runtime.block_on(plan.apply_with(&sfn, |event| {
                if self.format == Format::Text && written.is_ok() {
                    // A step of an alias may take an hour: it is printed as it begins.
                    written = writeln!(out, "{}", printable(&event.to_string())).and_then(|()| out.flush());
                }
            }))?;
            applied = Some(done);
        }
        let arn = applied.as_ref().map(|applied: &Applied| applied.arn.clone()).or_else(|| plan.arn.clone());
        arns.insert(deployment.definition.name.clone(), arn);
        if self.format == Format::Json {
            written = writeln!(out, "{}", summary(&plan, applied.as_ref()));
        }
        Ok(written.map(|()| ended.unwrap_or(Outcome::Success)).map_err(Failure::Output))
    }

    /// Shows the plan; how the command ends, where it ends with that.
    fn goes_on(
        &self,
        plan: &Plan,
        is_live: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<Option<Outcome>> {
        if self.format == Format::Text {
            show(plan, out)?;
            out.flush()?;
        }
        if plan.is_empty() || self.dry_run {
            return Ok(Some(Outcome::Success));
        }
        if self.yes {
            return Ok(None);
        }
        if !is_live || !io::stdin().is_terminal() {
            stepfn_cli::error(
                err,
                "nobody can be asked whether to deploy this\n  help: give `--yes`, or `--dry-run` to see it only",
            )?;
            return Ok(Some(Outcome::Failure));
        }
        write!(err, "Deploy this? [y/N] ")?;
        err.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(if matches!(answer.trim(), "y" | "Y" | "yes") { None } else { Some(Outcome::Failure) })
    }

    fn connection(&self, stage: &Stage) -> Connection {
        let mut connection = Connection::new();
        connection.region = self.region.clone().or_else(|| stage.region.clone());
        connection.profile.clone_from(&self.profile);
        connection.endpoint_url.clone_from(&self.endpoint_url);
        connection
    }

    /// The deployment with the options of this command in place of its own settings.
    fn with_options(&self, deployment: &Deployment) -> Deployment {
        let mut deployment = deployment.clone();
        if let Some(name) = &self.deployed_as {
            deployment = deployment.name(name);
        }
        if let Some(arn) = &self.role_arn {
            deployment = deployment.role(arn.as_str());
        }
        for (key, value) in &self.tags {
            deployment = deployment.tag(key, value);
        }
        if let Some(name) = &self.alias {
            deployment.aliases = vec![self.steps.iter().copied().fold(Alias::new(name), Alias::step)];
        }
        if self.publish {
            deployment = deployment.publish();
        }
        // Without a version there is nothing to describe.
        match &self.version_description {
            Some(text) if deployment.publishes() => deployment.version_description(text),
            _ => deployment,
        }
    }
}

/// The plan and what became of it.
fn summary(plan: &Plan, applied: Option<&Applied>) -> Value {
    let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
    let changes = plan.changes.iter().map(|change| {
        let (what, breaks) = match change {
            Change::Definition(change) => (change.to_string(), change.breaks.as_deref()),
            other => (other.to_string(), None),
        };
        Value::object([("what", what.into()), ("breaks", text(breaks))])
    });
    let arn = applied.map(|applied| applied.arn.as_str()).or(plan.arn.as_deref());
    let version = applied.and_then(|applied| applied.version_arn.as_deref());
    let aliases = applied.map(|applied| applied.alias_arns.as_slice()).unwrap_or_default();
    Value::object([
        ("name", Value::from(plan.name.as_str())),
        ("arn", text(arn)),
        ("changes", Value::array(changes)),
        ("deployed", applied.is_some().into()),
        ("version", text(version)),
        ("aliases", Value::array(aliases.iter().map(|arn| arn.as_str().into()))),
    ])
}

/// The plan, its lines in the colours of `cargo xtask diff`.
fn show(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    for line in printable(&plan.to_string()).lines() {
        let colour = match line.trim_start().split(' ').next() {
            Some("+") => AnsiColor::Green,
            Some("-") => AnsiColor::Red,
            Some("~") => AnsiColor::Yellow,
            Some("breaking:") => AnsiColor::BrightRed,
            _ => {
                writeln!(out, "{line}")?;
                continue;
            }
        }
        .on_default();
        writeln!(out, "{colour}{line}{colour:#}")?;
    }
    Ok(())
}
