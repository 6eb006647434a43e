//! What a code means, for whoever meets it.

use std::fmt;

use super::Code;
use crate::definition::WorkflowType;

/// The page of a [`Code`](super::Code): what it says, why AWS cares, an example and its mend.
///
/// ```
/// use stepfn_core::check::Code;
///
/// let page = Code::UnknownState.page();
/// assert!(page.to_string().contains("## Mended"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// What is wrong.
    pub what: &'static str,
    /// Why: what AWS does with it.
    pub why: &'static str,
    /// A definition in ASL that has just this finding.
    pub failing: &'static str,
    /// The same without it.
    pub mended: &'static str,
    /// The kind of workflow that the example is checked as.
    pub workflow_type: WorkflowType,
}

impl fmt::Display for Page {
    /// The page as Markdown, without a title.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let express = if self.workflow_type == WorkflowType::Express { " (an Express workflow)" } else { "" };
        write!(
            f,
            "{}\n\n{}\n\n## Failing{express}\n\n```json\n{}\n```\n\n## Mended{express}\n\n```json\n{}\n```\n",
            self.what,
            self.why,
            self.failing.trim(),
            self.mended.trim()
        )
    }
}

impl Code {
    /// The code with all that there is to say of it, as Markdown: its name as the title, its severity, and its [`Page`].
    ///
    /// ```
    /// use stepfn_core::check::Code;
    ///
    /// assert!(Code::UnknownState.explanation().starts_with("# unknown-state (error)\n\n"));
    /// ```
    pub fn explanation(self) -> String {
        format!("# {} ({})\n\n{}", self.name(), self.severity(), self.page())
    }
}
