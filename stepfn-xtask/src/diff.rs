//! `cargo xtask diff`

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use stepfn_cli::{Format, Outcome, read_machine, write_changes};
use stepfn_codegen::asl::file_name;
use stepfn_core::deployment::Deployment;
use stepfn_core::{
    definition::Definition,
    diff::{Change, diff},
};

use crate::{Failure, named};

/// Say what changed since files were generated, and whether it breaks executions that run
///
/// An execution goes on by the definition that it started with; it breaks where only that one calls something, or sends it other
/// keys.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing changed
  1  there are changes
  2  the command line is wrong, or a file cannot be read or is no definition")]
pub(crate) struct Diff {
    /// A definition in ASL JSON as it was, or a directory of generated files
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The machine [default: all that OLD has a file of; for a file, the one of its name]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// `json` is a line for each machine: {"changes":[{"area","kind","pointer","what","breaks"}],"breaking":…}
    #[arg(long, value_enum, default_value_t, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

impl Diff {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::Success;
        for (definition, old) in self.pairs(deployments)? {
            let Some(machine) = read_machine(&old, err)? else { return Ok(Outcome::Unreadable) };
            // A file that was generated has names in the place of variables; one by hand has what it has.
            let ours = stepfn_codegen::asl::machine(definition);
            let changes: Vec<Change> = [&ours, &definition.machine]
                .into_iter()
                .map(|ours| diff(&machine, ours))
                .min_by_key(Vec::len)
                .unwrap_or_default();
            if self.format == Format::Text {
                writeln!(out, "{}:", definition.name)?;
            }
            outcome = outcome.max(write_changes(&changes, self.format, out)?);
        }
        Ok(outcome)
    }

    /// The machines, each with the file of what it was.
    fn pairs<'d>(&self, deployments: &'d [Deployment]) -> Result<Vec<(&'d Definition, PathBuf)>, Failure> {
        let known = |name: &str| named(deployments, name);
        let definitions = || deployments.iter().map(|deployment| &deployment.definition);
        if !self.old.is_dir() {
            let of_file = |old: &Path| {
                definitions()
                    .find(|known| old.file_name().is_some_and(|name| name == file_name(known).as_str()))
            };
            let definition = match (&self.name, of_file(&self.old), deployments) {
                (Some(name), _, _) => known(name)?,
                (None, Some(definition), _) => definition,
                (None, None, [only]) => &only.definition,
                _ => {
                    return Err(Failure::Usage(format!(
                        "error: say which machine `{}` is compared with: `cargo xtask diff OLD NAME`\n",
                        self.old.display()
                    )));
                }
            };
            return Ok(vec![(definition, self.old.clone())]);
        }
        let chosen: Vec<&Definition> = match &self.name {
            Some(name) => vec![known(name)?],
            None => definitions().filter(|known| self.old.join(file_name(known)).is_file()).collect(),
        };
        if chosen.is_empty() {
            let text = format!("error: `{}` has no file of any machine\n", self.old.display());
            return Err(Failure::Usage(text));
        }
        Ok(chosen.into_iter().map(|known| (known, self.old.join(file_name(known)))).collect())
    }
}
