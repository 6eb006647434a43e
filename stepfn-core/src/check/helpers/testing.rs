//! Helpers of the rules' tests.

use super::super::{Options, check, check_text};
use crate::{
    asl::{WorkflowType, read_str},
    diagnostic::Diagnostic,
};

/// Returns the diagnostics of the rules for a definition that the reader accepts.
pub(in crate::check) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    diagnostics_of(text, WorkflowType::Standard)
}

fn diagnostics_of(text: &str, workflow_type: WorkflowType) -> Vec<Diagnostic> {
    let (machine, read) = read_str(text).unwrap();
    assert!(read.is_empty(), "{read:?}");
    check(&machine, &Options { workflow_type })
}

/// `code pointer`
pub(in crate::check) fn codes(text: &str) -> Vec<String> {
    codes_of(text, WorkflowType::Standard)
}

/// `code pointer`
pub(in crate::check) fn codes_of(text: &str, workflow_type: WorkflowType) -> Vec<String> {
    let diagnostics = diagnostics_of(text, workflow_type);
    diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code.name(), diagnostic.at)).collect()
}

/// `code pointer: message (help)`
pub(in crate::check) fn lines(text: &str) -> Vec<String> {
    diagnostics(text).iter().map(line).collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{} {}: {}{help}", diagnostic.code.name(), diagnostic.at, diagnostic.message)
}

/// Returns all diagnostics of a text, those of its data flow included: `code pointer: message (help)`.
pub(in crate::check) fn messages(text: &str) -> Vec<String> {
    let checked = check_text(text, &Options::default());
    checked.diagnostics.iter().map(|located| line(&located.diagnostic)).collect()
}
