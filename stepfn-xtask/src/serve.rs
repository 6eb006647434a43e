//! `cargo xtask serve`

use std::io::Write;

use clap::Args;
use stepfn_cli::{Outcome, ServeOptions};
use stepfn_core::definition::Definition;
use stepfn_core::deployment::Deployment;

use crate::{Failure, stage::Stage};

/// Serve AWS's API of Step Functions here, with this program's machines and their own functions
///
/// All machines are there, as they are now; clients of AWS start their executions, answer task tokens, page through histories. Tasks
/// call the functions of this program. Whatever happens to the process, executions go on when it is started again with the same
/// `--db`: those that run keep the definition that they began with.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  it was told to stop, by Ctrl-C or SIGTERM
  1  a machine cannot be run, or it could not listen or open the store
  2  the command line is wrong, or a file cannot be read")]
pub(crate) struct Serve {
    #[command(flatten)]
    options: ServeOptions,
}

impl Serve {
    pub(crate) fn run(
        &self,
        deployments: &[Deployment],
        stage: &Stage,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let options = self.options.of(stage.account.as_deref(), stage.region.as_deref());
        let machines = deployments.iter().map(|deployment| served(&deployment.definition)).collect();
        Ok(options.serve(machines, &stage.buckets, out, err)?)
    }
}

/// A machine by the name that it has without `${…}`.
fn served(definition: &Definition) -> Definition {
    Definition { name: definition.short_name(), ..definition.clone() }
}
