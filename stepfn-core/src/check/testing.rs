//! Helpers of the rules' tests.

use super::{Options, check};
use crate::{
    asl::{WorkflowType, read_str},
    diagnostic::Diagnostic,
};

/// Returns the diagnostics of the rules for a definition that the reader accepts.
pub(super) fn findings(text: &str) -> Vec<Diagnostic> {
    findings_of(text, WorkflowType::Standard)
}

fn findings_of(text: &str, workflow_type: WorkflowType) -> Vec<Diagnostic> {
    let (machine, read) = read_str(text).unwrap();
    assert!(read.is_empty(), "{read:?}");
    check(&machine, &Options { workflow_type })
}

/// `code pointer`
pub(super) fn codes(text: &str) -> Vec<String> {
    codes_of(text, WorkflowType::Standard)
}

/// `code pointer`
pub(super) fn codes_of(text: &str, workflow_type: WorkflowType) -> Vec<String> {
    let findings = findings_of(text, workflow_type);
    findings.iter().map(|finding| format!("{} {}", finding.code.name(), finding.at)).collect()
}

/// `code pointer: message (help)`
pub(super) fn lines(text: &str) -> Vec<String> {
    findings(text).iter().map(line).collect()
}

fn line(finding: &Diagnostic) -> String {
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{} {}: {}{help}", finding.code.name(), finding.at, finding.message)
}

/// Returns all diagnostics of a text, those of its data flow included: `code pointer: message (help)`.
pub(super) fn said(text: &str) -> Vec<String> {
    let checked = super::check_text(text, &Options::default());
    checked.findings.iter().map(|located| line(&located.finding)).collect()
}
