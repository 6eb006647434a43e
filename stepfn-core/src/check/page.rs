//! The pages that explain codes.

use std::fmt;

use super::{Code, Located, Options, check_text};
use crate::asl::WorkflowType;

/// The page of a [`Code`](super::Code): the error, why AWS cares, an example and its fix.
///
/// ```
/// use stepfn_core::check::Code;
///
/// let page = Code::UnknownState.page();
/// assert!(page.to_string().contains("## Fixed"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The error.
    pub what: &'static str,
    /// The reason: what AWS does with it.
    pub why: &'static str,
    /// A definition in ASL that has just this diagnostic.
    pub failing: &'static str,
    /// The same without it.
    pub fixed: &'static str,
    /// The kind of workflow that the example is checked as.
    pub workflow_type: WorkflowType,
}

impl Page {
    /// Writes the page as Markdown, without a title, with the diagnostics of the failing example where they are known.
    fn write(&self, out: &mut impl fmt::Write, said: Option<&str>) -> fmt::Result {
        let express = if self.workflow_type == WorkflowType::Express { " (an Express workflow)" } else { "" };
        let (what, why, failing, fixed) = (self.what, self.why, self.failing.trim(), self.fixed.trim());
        write!(out, "{what}\n\n{why}\n\n## Failing{express}\n\n```json\n{failing}\n```\n\n")?;
        if let Some(said) = said {
            write!(out, "```text\n{said}\n```\n\n")?;
        }
        write!(out, "## Fixed{express}\n\n```json\n{fixed}\n```\n")
    }
}

impl fmt::Display for Page {
    /// The page as Markdown, without a title.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

impl Code {
    /// The address of the code's page.
    ///
    /// ```
    /// use stepfn_core::check::Code;
    ///
    /// assert!(Code::UnknownState.url().ends_with("/docs/errors.md#unknown-state"));
    /// ```
    pub fn url(self) -> String {
        format!("{}/blob/main/docs/errors.md#{}", env!("CARGO_PKG_REPOSITORY"), self.name())
    }

    /// The code with all that there is to say of it, as Markdown: its name as the title, its severity, its [`Page`], and what the
    /// checks say of the failing example, by line and column. Diagnostics that need the types of a machine are not shown: JSON has none.
    ///
    /// ```
    /// use stepfn_core::check::Code;
    ///
    /// let page = Code::UnknownState.explanation();
    /// assert!(page.starts_with("# unknown-state (error)\n\n"));
    /// assert!(page.contains(": error[unknown-state]: "));
    /// ```
    pub fn explanation(self) -> String {
        let page = self.page();
        let checked = check_text(page.failing.trim(), &Options { workflow_type: page.workflow_type });
        let said = checked.diagnostics.iter().find(|found| found.diagnostic.code == self).map(|found| {
            let Located { diagnostic, span, .. } = found;
            let help = diagnostic.help.as_ref().map_or(String::new(), |help| format!("\n  = help: {help}"));
            let (line, column, severity, message) =
                (span.line, span.column, diagnostic.severity, &diagnostic.message);
            format!("{line}:{column}: {severity}[{}]: {message}{help}", self.name())
        });
        let mut out = format!("# {} ({})\n\n", self.name(), self.severity());
        // Writing to a String cannot fail.
        let _ = page.write(&mut out, said.as_deref());
        out
    }
}
