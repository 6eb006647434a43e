//! The diagnostics of AWS's validation.

use std::fmt;

use stepfn_core::diagnostic::Severity;

/// A diagnostic of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The severity.
    pub severity: Severity,
    /// AWS's code, such as `SCHEMA_VALIDATION_FAILED`.
    pub code: String,
    /// AWS's words.
    pub message: String,
    /// The place, such as `/States/Pick/Choices[0]/Next`; some have none.
    pub location: Option<String>,
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)?;
        self.location.as_ref().map_or(Ok(()), |location| write!(f, "\n  at {location}"))
    }
}
