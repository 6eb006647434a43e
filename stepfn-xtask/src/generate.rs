//! `cargo xtask generate`

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use clap::{Args, builder::PossibleValuesParser};
use stepfn_codegen::{
    Error,
    generate::{COMMAND, Format, LIST_NAME, Plan},
};
use stepfn_core::deployment::Deployment;

use stepfn_cli::Outcome;

use crate::{Failure, named, stage::Stage};

/// Write the files of all machines: their ASL JSON, and what deploys them
#[derive(Debug, Args)]
#[command(after_help = crate::EXIT_CODES)]
pub(crate) struct Generate {
    /// Write nothing; fail where a file is stale, missing or left over
    #[arg(long)]
    check: bool,
    /// The directory of the files [default: `generated` in the root of the workspace]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A format, instead of those of the program; may be given more than once
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::name)))]
    format: Vec<String>,
    /// The machines whose ASL to write [default: all]; the other files always hold all of them
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

impl Generate {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        formats: &[Format],
        stage: &Stage,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let mut names = Vec::new();
        for name in &self.names {
            names.push(named(deployments, name)?.name.clone());
        }
        // What is none of these, clap has refused.
        let asked: Vec<Format> = self.format.iter().filter_map(|name| name.parse().ok()).collect();
        let formats = if asked.is_empty() { formats } else { &asked };
        let mut command = COMMAND.to_owned();
        for format in &asked {
            command += &format!(" --format {format}");
        }
        if let Some(out) = &self.out {
            command += &format!(" --out {}", out.display());
        }
        if let Some(stage) = &stage.name {
            command += &format!(" --stage {stage}");
        }
        let dir = match &self.out {
            Some(out) => out.clone(),
            None => default_out_of(stage)?,
        };

        let (mut plan, refused) = Plan::with_refusals(deployments, formats)?;
        if !names.is_empty() {
            plan = plan.only(&names);
        }
        if self.check {
            let differences = plan.compare(&dir)?;
            if !differences.is_empty() {
                report_refused(&refused, out, err)?;
                return Err(Error::OutOfDate { differences, command }.into());
            }
            writeln!(out, "{} files fit the machines", plan.names().count())?;
            return report_refused(&refused, out, err);
        }
        for (path, change) in plan.write(&dir)? {
            if path.file_name().is_none_or(|name| name != LIST_NAME) {
                writeln!(out, "{change:<9} {}", path.display())?;
            }
        }
        report_refused(&refused, out, err)
    }
}

/// Reports a format's errors: the other formats are written.
fn report_refused(
    refused: &[(Format, Error)],
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<Outcome, Failure> {
    out.flush()?;
    for (format, error) in refused {
        for error in error.each() {
            stepfn_cli::error(err, &format!("{format}: {error}"))?;
        }
    }
    Ok(if refused.is_empty() { Outcome::Success } else { Outcome::Failure })
}

/// Returns the folder of a stage's files.
pub(crate) fn default_out_of(stage: &Stage) -> Result<PathBuf, Failure> {
    let out = default_out()?;
    Ok(match &stage.name {
        Some(stage) => out.join(stage),
        None => out,
    })
}

/// `generated` in the root of the workspace.
pub(crate) fn default_out() -> Result<PathBuf, Failure> {
    Ok(root()?.join("generated"))
}

/// The root of the workspace that the running xtask belongs to, relative to the current directory where it lies below:
/// nothing where it is that.
///
/// Cargo passes the package that it runs; started by hand, the program takes the current directory for it.
pub(crate) fn root() -> Result<PathBuf, Failure> {
    let here = env::current_dir().map_err(|source| Error::Io {
        action: "find the current directory",
        path: ".".into(),
        source,
    })?;
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
            "error: no Cargo workspace around `{}`; name the folder: `--out DIR`, or for `fmt` the files\n",
            package.display()
        )));
    };
    Ok(root.strip_prefix(&here).unwrap_or(root).to_path_buf())
}
