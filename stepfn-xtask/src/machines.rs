//! The machines of a program as a command finds them: built, or refused by the builder.

use std::io::{self, Write};

use stepfn_core::deployment::Deployment;
use stepfn_core::{
    definition::{Definition, without_detours},
    diagnostic::{Diagnostic, Diagnostics},
};

use crate::{Failure, stage::Stage};

/// A value that a machine of [`Xtask::machine`](crate::Xtask::machine) comes from: a definition, one with the settings of its
/// deployment, or the `Result` of the builder with either.
pub trait IntoDeployment {
    /// Gives the machine, or the reasons why it is none.
    ///
    /// # Errors
    /// The diagnostics of the builder.
    fn into_deployment(self) -> Result<Deployment, Diagnostics>;
}

impl IntoDeployment for Deployment {
    fn into_deployment(self) -> Result<Deployment, Diagnostics> {
        Ok(self)
    }
}

impl IntoDeployment for Definition {
    fn into_deployment(self) -> Result<Deployment, Diagnostics> {
        Ok(self.into())
    }
}

impl<D: IntoDeployment> IntoDeployment for Result<D, Diagnostics> {
    fn into_deployment(self) -> Result<Deployment, Diagnostics> {
        self.and_then(IntoDeployment::into_deployment)
    }
}

/// The machines that were built, and the diagnostics of those that were not.
pub(crate) struct Machines {
    pub(crate) built: Vec<Deployment>,
    pub(crate) refused: Vec<Diagnostics>,
}

impl Machines {
    pub(crate) fn of(machines: &[Box<dyn Fn() -> Result<Deployment, Diagnostics>>], stage: &Stage) -> Self {
        let (mut built, mut refused) = (Vec::new(), Vec::new());
        for machine in machines {
            match machine() {
                Ok(machine) if stage.name.is_some() => built.push(machine.with_values(&stage.values)),
                Ok(machine) => built.push(machine),
                Err(diagnostics) => refused.push(diagnostics),
            }
        }
        Self { built, refused }
    }

    /// All machines, for commands that cannot do without one of them.
    pub(crate) fn all(self) -> Result<Vec<Deployment>, Failure> {
        if self.refused.is_empty() { Ok(self.built) } else { Err(Failure::Refused(self.refused)) }
    }

    /// The machines that were built; a note says that others were not.
    pub(crate) fn some(self, err: &mut dyn Write) -> Result<Vec<Deployment>, Failure> {
        report(&self.refused, err)?;
        Ok(self.built)
    }
}

/// Writes the diagnostics of machines that were not built.
pub(crate) fn report(refused: &[Diagnostics], err: &mut dyn Write) -> io::Result<()> {
    for diagnostic in refused.iter().flat_map(|diagnostics| &diagnostics.0) {
        stepfn_cli::error(err, &text(diagnostic))?;
    }
    Ok(())
}

/// A diagnostic of the builder, with the line of the state.
fn text(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, message, at, help, written, .. } = diagnostic;
    let mut text = format!("{message} [{}]", code.name());
    if let Some(written) = written {
        text += &format!("\n --> {}:{}", without_detours(written.file()), written.line());
    }
    if !at.is_empty() {
        text += &format!("\n  = at {at}");
    }
    if let Some(help) = help {
        text += &format!("\n  = help: {help}");
    }
    text
}
