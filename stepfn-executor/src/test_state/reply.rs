use std::fmt;

use stepfn_core::value::Value;

/// The status of a tested state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestStatus {
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`: nothing handles the error.
    Failed,
    /// `RETRIABLE`: a retrier handles the error.
    Retriable,
    /// `CAUGHT_ERROR`: a catcher handles the error.
    CaughtError,
}

impl TestStatus {
    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Retriable => "RETRIABLE",
            Self::CaughtError => "CAUGHT_ERROR",
        }
    }
}

/// The answer of [`TestState::run`](super::TestState::run).
#[derive(Clone, Debug, PartialEq)]
pub struct TestStateReply {
    /// The status of the state.
    pub status: TestStatus,
    /// The state's output, as JSON text; none where it failed.
    pub output: Option<String>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The state that comes next, where there is one.
    pub next_state: Option<String>,
    /// The data on its way through the state, by AWS's names (`afterInputPath`, `result`, `errorDetails`): JSON values as JSON text.
    /// Not on [`InspectionLevel::Info`](super::InspectionLevel::Info).
    pub inspection_data: Option<Value>,
}

impl TestStateReply {
    /// The reply of the API.
    pub fn to_json(&self) -> Value {
        let texts = [
            ("output", &self.output),
            ("error", &self.error),
            ("cause", &self.cause),
            ("nextState", &self.next_state),
        ];
        let mut entries = vec![("status", Value::from(self.status.name()))];
        entries.extend(texts.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?.into()))));
        entries.extend(self.inspection_data.clone().map(|data| ("inspectionData", data)));
        Value::object(entries)
    }
}

/// The error with which `TestState` refuses a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestStateError {
    /// AWS's code: `ValidationException`, `InvalidDefinition` or `InvalidExecutionInput`.
    pub code: &'static str,
    /// AWS's message.
    pub message: String,
}

impl TestStateError {
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self { code: "ValidationException", message: message.into() }
    }

    pub(super) fn definition(message: impl Into<String>) -> Self {
        Self { code: "InvalidDefinition", message: message.into() }
    }
}

impl fmt::Display for TestStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for TestStateError {}
