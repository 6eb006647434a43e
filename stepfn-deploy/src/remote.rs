//! AWS's own validation of a definition before anything is deployed.

use aws_sdk_sfn::{
    Client,
    types::{StateMachineType, ValidateStateMachineDefinitionSeverity},
};
use stepfn_core::{definition::WorkflowType, diagnostic::Severity};

use crate::{error::Error, issue::Issue};

/// The answer of `ValidateStateMachineDefinition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validation {
    /// AWS takes the definition.
    Passed {
        /// Its warnings.
        warnings: Vec<Issue>,
    },
    /// The endpoint, an emulator, does not have the action.
    Unsupported,
}

pub(crate) fn sdk_type(workflow_type: WorkflowType) -> StateMachineType {
    match workflow_type {
        WorkflowType::Standard => StateMachineType::Standard,
        WorkflowType::Express => StateMachineType::Express,
    }
}

pub(crate) async fn validate(
    client: &Client,
    machine: &str,
    definition: &str,
    workflow_type: WorkflowType,
) -> Result<Validation, Error> {
    let answer = client
        .validate_state_machine_definition()
        .definition(definition)
        .r#type(sdk_type(workflow_type))
        .severity(ValidateStateMachineDefinitionSeverity::Warning)
        .send()
        .await;
    let answer = match answer.map_err(|error| Error::of_call("ValidateStateMachineDefinition", &error)) {
        Ok(answer) => answer,
        Err(Error::Unsupported { .. } | Error::Crashed { .. }) => return Ok(Validation::Unsupported),
        Err(error) => return Err(error),
    };
    let issues: Vec<_> = answer
        .diagnostics()
        .iter()
        .map(|diagnostic| Issue {
            severity: match diagnostic.severity() {
                ValidateStateMachineDefinitionSeverity::Warning => Severity::Warning,
                // A word that is not known yet is no reason to go on.
                _ => Severity::Error,
            },
            code: diagnostic.code().to_owned(),
            message: diagnostic.message().to_owned(),
            location: diagnostic.location().map(str::to_owned),
        })
        .collect();
    if issues.iter().any(|issue| issue.severity == Severity::Error) {
        return Err(Error::Invalid { machine: machine.to_owned(), issues });
    }
    Ok(Validation::Passed { warnings: issues })
}
