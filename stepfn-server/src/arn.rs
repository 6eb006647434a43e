//! ARNs of Step Functions.

use stepfn_core::arn::{Arn, MachineArn};

use crate::error::ApiError;

/// The thing that an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A machine, with the version or alias that is meant.
    Machine {
        arn: String,
        qualifier: Option<String>,
    },
    /// A distributed Map of a machine, by its label.
    Map {
        machine: String,
        label: String,
    },
    Execution,
    Express,
    Activity,
    MapRun,
}

/// Reads an ARN, or returns the error of a wrong one.
pub(crate) fn read(arn: &str) -> Result<Named, ApiError> {
    if let Some(machine) = MachineArn::parse(arn) {
        if let (None, Some((machine, label))) = (machine.qualifier, arn.rsplit_once('/')) {
            return Ok(Named::Map { machine: machine.to_owned(), label: label.to_owned() });
        }
        let qualifier = machine.qualifier.map(str::to_owned);
        return Ok(Named::Machine { arn: machine.unqualified.to_owned(), qualifier });
    }
    let parts: Vec<&str> = Arn::parse(arn)
        .filter(|arn| arn.service == "states")
        .into_iter()
        .flat_map(|arn| arn.parts())
        .collect();
    match parts.as_slice() {
        [] | [_] | [_, "", ..] => Err(ApiError::arn(format_args!("Invalid ARN prefix: {arn}"))),
        ["execution", ..] => Ok(Named::Execution),
        ["express", ..] => Ok(Named::Express),
        ["activity", _] => Ok(Named::Activity),
        ["mapRun", ..] => Ok(Named::MapRun),
        [kind, ..] => Err(not_here(kind)),
    }
}

pub(crate) fn not_here(kind: &str) -> ApiError {
    ApiError::arn(format_args!("Resource type not valid in this context: {kind}"))
}

fn kind(arn: &str) -> &str {
    Arn::parse(arn).and_then(|arn| arn.parts().next()).unwrap_or_default()
}

pub(crate) fn machine(arn: &str) -> Result<(String, Option<String>), ApiError> {
    match read(arn)? {
        Named::Machine { arn, qualifier } => Ok((arn, qualifier)),
        Named::Map { .. } => Err(ApiError::invalid(format_args!(
            "The ARN of a state machine is wanted, and not that of a Distributed Map state: '{arn}'"
        ))),
        _ => Err(not_here(kind(arn))),
    }
}

pub(crate) fn execution(arn: &str) -> Result<(), ApiError> {
    match read(arn)? {
        Named::Execution => Ok(()),
        _ => Err(not_here(kind(arn))),
    }
}

pub(crate) fn activity(arn: &str) -> Result<(), ApiError> {
    match read(arn)? {
        Named::Activity => Ok(()),
        _ => Err(not_here(kind(arn))),
    }
}

pub(crate) fn map_run(arn: &str) -> Result<(), ApiError> {
    match read(arn)? {
        Named::MapRun => Ok(()),
        _ => Err(not_here(kind(arn))),
    }
}

/// Refuses what is no ARN of a role, as AWS does. Roles have no meaning here, so any role is taken.
pub(crate) fn role(arn: &str) -> Result<(), ApiError> {
    let is_role = match arn.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "iam", "", account, role] => {
            let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            !partition.is_empty()
                && is_account
                && role.strip_prefix("role/").is_some_and(|name| !name.is_empty())
        }
        _ => false,
    };
    if is_role { Ok(()) } else { Err(ApiError::new("InvalidArn", format!("Invalid Role Arn: '{arn}'"))) }
}

/// Returns `true` if AWS takes a name for a machine or an activity.
pub(crate) fn is_name(name: &str) -> bool {
    stepfn_executor::is_name(name, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_read_as_aws_reads_them() {
        let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Order";
        assert_eq!(self::machine(machine).unwrap(), (machine.to_owned(), None));
        assert_eq!(
            self::machine(&format!("{machine}:3")).unwrap(),
            (machine.to_owned(), Some("3".to_owned()))
        );
        let of_a_map = read(&format!("{machine}/label")).unwrap();
        assert_eq!(of_a_map, Named::Map { machine: machine.to_owned(), label: "label".to_owned() });
        assert_eq!(self::machine(&format!("{machine}/label")).unwrap_err().code, "ValidationException");
        let message = |arn: &str| execution(arn).unwrap_err().message;
        assert_eq!(message("no_arn"), "Invalid Arn: 'Invalid ARN prefix: no_arn'");
        assert_eq!(
            message("arn:aws:states:us-east-1:1:express:a:b:c"),
            "Invalid Arn: 'Resource type not valid in this context: express'"
        );
    }

    #[test]
    fn a_role_is_one_of_iam() {
        for taken in [
            "arn:aws:iam::123456789012:role/any",
            "arn:aws-cn:iam::000000000000:role/service-role/a+b=c,d.e@f-g",
        ] {
            assert!(role(taken).is_ok(), "{taken}");
        }
        for refused in [
            "role",
            "<execution-role-arn>",
            "arn:aws:iam::aws:policy/AWSBatchFullAccess",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:user/any",
            "arn:aws:iam::12345:role/any",
            "arn:aws:iam:us-east-1:123456789012:role/any",
            "arn:aws:iam::123456789012:role/any:1",
            "arn:aws:states::123456789012:role/any",
        ] {
            let error = role(refused).unwrap_err();
            assert_eq!((error.code, error.message), ("InvalidArn", format!("Invalid Role Arn: '{refused}'")));
        }
    }
}
