use std::fmt;

use serde_json::{Value, json};
use stepfn_durable::HostError;
use stepfn_executor::{RedriveError, RunError, TokenError};

/// An error of the API: an exception of AWS.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// 400 for what the caller can change.
    pub(crate) status: u16,
}

pub(crate) type Reply = Result<Value, ApiError>;

impl ApiError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: 400 }
    }

    pub(crate) fn invalid(what: impl fmt::Display) -> Self {
        Self::new("ValidationException", what.to_string())
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { code: "InternalServerError", message: message.into(), status: 500 }
    }

    pub(crate) fn arn(what: impl fmt::Display) -> Self {
        Self::new("InvalidArn", format!("Invalid Arn: '{what}'"))
    }

    pub(crate) fn no_machine(arn: &str) -> Self {
        Self::new("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{arn}'"))
    }

    pub(crate) fn no_execution(arn: &str) -> Self {
        Self::new("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"))
    }

    pub(crate) fn no_activity(arn: &str) -> Self {
        Self::new("ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'"))
    }

    pub(crate) fn no_resource() -> Self {
        Self::new("ResourceNotFound", "Request references a resource that does not exist.")
    }

    pub(crate) fn not_redrivable(reason: impl Into<String>) -> Self {
        Self::new("ExecutionNotRedrivable", reason)
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "__type": self.code, "message": self.message })
    }
}

impl From<HostError> for ApiError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::NoMachine { machine } => Self::no_machine(&machine),
            HostError::NoExecution { arn } => Self::no_execution(&arn),
            HostError::Run(RunError::InvalidName { name }) => {
                Self::new("InvalidName", format!("Invalid Name: '{name}'"))
            }
            HostError::Run(RunError::ExecutionAlreadyExists { arn }) => {
                Self::new("ExecutionAlreadyExists", format!("Execution Already Exists: '{arn}'"))
            }
            HostError::Run(RunError::InvalidInput { reason }) => Self::new(
                "InvalidExecutionInput",
                format!("Invalid State Machine Execution Input: '{reason}'"),
            ),
            HostError::NoMapRun { arn } => {
                Self::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
            }
            HostError::MapRunOver { arn } => Self::new(
                "ValidationException",
                format!("Map Run '{arn}' has ended and cannot be updated: CANNOT_UPDATE_COMPLETED_MAP_RUN"),
            ),
            HostError::Token(error) => token(&error),
            HostError::Redrive(RedriveError::NotRedrivable { reason }) => Self::not_redrivable(reason),
            HostError::Redrive(error) => Self::not_redrivable(error.to_string()),
            HostError::Express { .. } => Self::new(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            ),
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<stepfn_durable::store::StoreError> for ApiError {
    fn from(error: stepfn_durable::store::StoreError) -> Self {
        match error {
            stepfn_durable::store::StoreError::Cursor(_) => invalid_token(),
            other => Self::internal(other.to_string()),
        }
    }
}

pub(crate) fn invalid_token() -> ApiError {
    ApiError::new("InvalidToken", "Invalid Token: 'Invalid token'")
}

fn token(error: &TokenError) -> ApiError {
    ApiError::new(error.name(), error.to_string())
}
