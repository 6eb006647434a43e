//! `invalid-version`

use super::{
    Code,
    page::Page,
    walk::{Scope, has_placeholder},
};
use crate::{asl::WorkflowType, diagnostic::Diagnostic};

pub(in crate::check) const PAGE: Page = Page {
    what: "`Version` is not `\"1.0\"`.",
    why: "`Version` is that of the Amazon States Language, not of the workflow, and there is only one: `1.0`, which is also what \
          is meant where it is absent. The workflow's own version belongs into a `Comment` or a tag.",
    failing: r#"{
  "Version": "2.3.1",
  "StartAt": "Done",
  "States": { "Done": { "Type": "Succeed" } }
}"#,
    fixed: r#"{
  "Version": "1.0",
  "StartAt": "Done",
  "States": { "Done": { "Type": "Succeed" } }
}"#,
    workflow_type: WorkflowType::Standard,
};

pub(super) fn check_machine(scope: &Scope<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(version) = &scope.machine.version else { return };
    if version != "1.0" && !has_placeholder(version) {
        let message = format!(": the language has no version `{version}`");
        diagnostics.push(
            scope
                .diagnostic(Code::InvalidVersion, "/Version", &message)
                .help("write `\"1.0\"`, or remove the field"),
        );
    }
}
