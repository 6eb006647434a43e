//! Whose executions these are: region, account, role, and the ARNs made of them.

use jiff::Timestamp;
use stepfn_core::definition::WorkflowType;

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCOUNT: &str = "123456789012";

/// Region, account and role that ARNs are made of.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) region: String,
    pub(crate) account: String,
    pub(crate) role_arn: Option<String>,
}

impl Default for Identity {
    fn default() -> Self {
        Self { region: REGION.to_owned(), account: ACCOUNT.to_owned(), role_arn: None }
    }
}

impl Identity {
    pub(crate) fn role_arn(&self) -> String {
        match &self.role_arn {
            Some(arn) => arn.clone(),
            None => format!("arn:aws:iam::{}:role/StepFunctionsRole", self.account),
        }
    }

    pub(crate) fn state_machine_arn(&self, machine: &str) -> String {
        format!("arn:aws:states:{}:{}:stateMachine:{machine}", self.region, self.account)
    }

    pub(crate) fn map_run_arn(&self, machine: &str, label: &str, run: &str) -> String {
        format!("arn:aws:states:{}:{}:mapRun:{machine}/{label}:{run}", self.region, self.account)
    }

    /// The ARN of an execution; those of Express workflows end in an identifier of their own.
    pub(crate) fn execution_arn(
        &self,
        workflow_type: WorkflowType,
        machine: &str,
        name: &str,
        id: &str,
    ) -> String {
        let Self { region, account, .. } = self;
        match workflow_type {
            WorkflowType::Standard => format!("arn:aws:states:{region}:{account}:execution:{machine}:{name}"),
            WorkflowType::Express => {
                format!("arn:aws:states:{region}:{account}:express:{machine}:{name}:{id}")
            }
        }
    }
}

/// A timestamp as the context object has it: UTC, three digits of the second's fraction.
pub(crate) fn iso(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_three_digits() {
        assert_eq!(iso("2023-11-21T06:27:31.5456Z".parse().unwrap()), "2023-11-21T06:27:31.545Z");
        assert_eq!(iso("2023-11-21T06:27:31Z".parse().unwrap()), "2023-11-21T06:27:31.000Z");
    }
}
