//! Errors on the way from a definition to a state machine in AWS.

use std::fmt;

use aws_sdk_sfn::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use stepfn_core::{definition::WorkflowType, deployment::InvalidDeployment};

use crate::{issue::Issue, wanted::MissingSubstitutions};

/// The error of a deployment, or of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// AWS would refuse values of the deployment.
    Deployment(InvalidDeployment),
    /// The deployment has `${Name}`s without a value.
    Substitutions(MissingSubstitutions),
    /// The state machine is of the other type, which cannot be changed.
    TypeChange {
        /// Its name.
        machine: String,
        /// The type of the definition.
        wanted: WorkflowType,
        /// The type that is deployed, in AWS's word.
        deployed: String,
    },
    /// There is no such state machine yet, and no role to create it with.
    MissingRole {
        /// Its name.
        machine: String,
    },
    /// It starts a state machine that is not deployed.
    MissingChild {
        /// Its name.
        machine: String,
        /// The name of the other.
        child: String,
        /// The `${Name}` for the other's ARN.
        substitution: String,
    },
    /// `ValidateStateMachineDefinition` found errors.
    Invalid {
        /// The state machine's name.
        machine: String,
        /// The errors that AWS found.
        issues: Vec<Issue>,
    },
    /// The deployed state machine is no JSON, or is being deleted.
    Unreadable {
        /// The state machine's name.
        machine: String,
        /// The reason why it cannot be compared.
        reason: String,
    },
    /// The state machine was changed between the plan and its application.
    Stale {
        /// Its name.
        machine: String,
    },
    /// No state machine has the name.
    NotFound {
        /// The name.
        machine: String,
    },
    /// The endpoint has no such action: an emulator that lacks it.
    Unsupported {
        /// The action.
        action: &'static str,
    },
    /// The endpoint, an emulator, lacks the action or failed at it: it answered with a page about an error of its own.
    Crashed {
        /// The action.
        action: &'static str,
    },
    /// AWS refused a call.
    Refused {
        /// The action.
        action: &'static str,
        /// AWS's name of the error, such as `AccessDeniedException`.
        code: String,
        /// AWS's message.
        message: String,
        /// The request's id, which AWS's support asks for.
        request_id: Option<String>,
    },
    /// A call got no answer, or none that can be read.
    Unreachable {
        /// The action.
        action: &'static str,
        /// The reason, with everything that the SDK knows.
        reason: String,
    },
    /// A value cannot be written as JSON.
    Json {
        /// The name of the setting that it is for.
        of: &'static str,
        /// Serde's error.
        error: serde_json::Error,
    },
    /// The SDK has no region to call.
    MissingRegion,
}

impl Error {
    /// AWS's name of the error, where AWS refused a call: `TaskTimedOut`, `ExecutionAlreadyExists`, `StateMachineTypeNotSupported`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The error of a call.
    pub(crate) fn of_call<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + RequestId + std::error::Error + 'static,
    {
        if is_unknown_action(error) {
            return Self::Unsupported { action };
        }
        if is_crash(error) {
            return Self::Crashed { action };
        }
        match error.as_service_error().and_then(|error| error.code().map(|code| (code, error))) {
            Some((code, refusal)) => Self::Refused {
                action,
                code: code.to_owned(),
                message: refusal.message().unwrap_or("no message").to_owned(),
                request_id: refusal.request_id().map(str::to_owned),
            },
            None => Self::Unreachable { action, reason: reason(error) },
        }
    }
}

/// Returns the reason why there is no answer, down to the system's own error. Layers that repeat each other are written once.
fn reason<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: std::error::Error + 'static,
{
    if let SdkError::ServiceError(refusal) = error {
        return format!("status {} with no error of AWS's", refusal.raw().status().as_u16());
    }
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let layer = error.to_string();
        if !reason.ends_with(&layer) {
            reason.push_str(": ");
            reason.push_str(&layer);
        }
        source = error.source();
    }
    reason
}

/// Returns `true` if the endpoint reports that it does not have the action: AWS and most emulators by `UnknownOperationException`, LocalStack
/// by 501.
fn is_unknown_action<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    matches!(code, Some("UnknownOperationException" | "UnknownOperation"))
        || error.raw_response().is_some_and(|response| response.status().as_u16() == 501)
}

/// Returns `true` if the answer is a page of HTML about an error of the endpoint's own. AWS has none; moto's server answers so to an action
/// that it lacks, and where it fails at one.
fn is_crash<E>(error: &SdkError<E, HttpResponse>) -> bool {
    error.raw_response().is_some_and(|response| {
        let kind = response.headers().get("content-type").unwrap_or_default();
        response.status().as_u16() == 500 && kind.starts_with("text/html")
    })
}

impl From<InvalidDeployment> for Error {
    fn from(invalid: InvalidDeployment) -> Self {
        Self::Deployment(invalid)
    }
}

impl From<MissingSubstitutions> for Error {
    fn from(missing: MissingSubstitutions) -> Self {
        Self::Substitutions(missing)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment(invalid) => invalid.fmt(f),
            Self::Substitutions(missing) => missing.fmt(f),
            Self::TypeChange { machine, wanted, deployed } => write!(
                f,
                "`{machine}` is deployed as {deployed}, and Step Functions cannot make it {}\n  \
                 help: delete the state machine first, or deploy under another name",
                wanted.name()
            ),
            Self::MissingRole { machine } => write!(
                f,
                "`{machine}` is not deployed yet, and has no role to run with\n  \
                 help: give `--role-arn`, the ARN of a role that `states.amazonaws.com` may assume"
            ),
            Self::MissingChild { machine, child, substitution } => write!(
                f,
                "`{machine}` starts `{child}`, which is not deployed in this account and region\n  \
                 help: deploy it first, or all of them in their order: `cargo xtask deploy --all`; where it has another name, give \
                 `--substitution {substitution}=…`, its ARN"
            ),
            Self::Invalid { machine, issues } => {
                write!(f, "AWS refuses the definition of `{machine}`")?;
                issues.iter().try_for_each(|issue| write!(f, "\n{issue}"))
            }
            Self::Unreadable { machine, reason } => {
                write!(f, "what is deployed as `{machine}` cannot be compared: {reason}")
            }
            Self::Stale { machine } => write!(
                f,
                "`{machine}` was changed since the plan was made\n  help: plan again, and look at the difference"
            ),
            Self::NotFound { machine } => write!(
                f,
                "no state machine is named `{machine}` in this account and region\n  \
                 help: deploy it, or give its ARN with `client_at`"
            ),
            Self::Unsupported { action } => {
                write!(f, "the endpoint does not know the action `{action}`")
            }
            Self::Crashed { action } => write!(
                f,
                "the endpoint crashed at the action `{action}`, or does not have it\n  help: its log says which"
            ),
            Self::Refused { action, code, message, request_id } => {
                write!(f, "`{action}` was refused with `{code}`: {message}")?;
                request_id.as_ref().map_or(Ok(()), |id| write!(f, " (request {id})"))
            }
            Self::Unreachable { action, reason } => {
                write!(f, "`{action}` got no answer of Step Functions: {reason}")
            }
            Self::Json { of, error } => write!(f, "the {of} cannot be written as JSON: {error}"),
            Self::MissingRegion => f.write_str(
                "no region is known\n  help: give `--region`, or set `AWS_REGION` or the profile's `region`",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Deployment(invalid) => Some(invalid),
            Self::Substitutions(missing) => Some(missing),
            Self::Json { error, .. } => Some(error),
            _ => None,
        }
    }
}
