//! The identity of executions: region, account, role, and the ARNs made of them; and the time of the AWS that they follow.

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
    /// The time whose AWS the executions are like; the newest where there is none.
    pub(crate) as_of: Option<Timestamp>,
}

impl Default for Identity {
    fn default() -> Self {
        Self { region: REGION.to_owned(), account: ACCOUNT.to_owned(), role_arn: None, as_of: None }
    }
}

/// The time at which executions could be redriven first, and `RedriveCount` came into the context object: 2023-11-15.
const REDRIVE: i64 = 1_700_006_400;
/// The time from which a distributed Map's `MapStateExited` comes from `MapRunStarted`: between 2024-07-20 and 2024-11-13, as recorded.
const EXIT_FROM_START: i64 = 1_730_419_200;

/// The time from which a distributed Map takes an object: September 2025, by the guide; recordings of 2024 refuse it.
const OBJECTS: i64 = 1_756_684_800;

impl Identity {
    fn is_since(&self, seconds: i64) -> bool {
        self.as_of.is_none_or(|at| at.as_second() >= seconds)
    }

    /// Returns `true` if the context object has `RedriveCount`.
    pub(crate) fn has_redrive_count(&self) -> bool {
        self.is_since(REDRIVE)
    }

    /// Returns `true` if a distributed Map's `MapStateExited` comes from `MapRunStarted`, and not from `MapRunSucceeded`.
    pub(crate) fn exits_from_start(&self) -> bool {
        self.is_since(EXIT_FROM_START)
    }

    /// Returns `true` if the members of an object are items to a distributed Map.
    pub(crate) fn maps_over_objects(&self) -> bool {
        self.is_since(OBJECTS)
    }

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

/// Returns `true` if AWS takes a name for an execution, a state machine or an activity: of 1 to `most` characters (80 by default), none of
/// which its services refuse.
pub fn is_name(name: &str, most: usize) -> bool {
    let is_refused = |sign: char| {
        sign.is_whitespace()
            || sign.is_control()
            || matches!(sign, '\u{fffe}' | '\u{ffff}')
            || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(sign)
    };
    (1..=most).contains(&name.chars().take(most.saturating_add(1)).count()) && !name.contains(is_refused)
}

/// A timestamp as the context object has it: UTC, three digits of the second's fraction.
pub(crate) fn iso(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_time_it_is_the_newest_aws() {
        let at = |time: &str| Identity { as_of: Some(time.parse().unwrap()), ..Identity::default() };
        let is = |identity: Identity| (identity.has_redrive_count(), identity.exits_from_start());
        assert_eq!(is(Identity::default()), (true, true));
        assert_eq!(is(at("2024-11-01T00:00:00Z")), (true, true));
        assert_eq!(is(at("2024-10-31T23:59:59Z")), (true, false));
        assert_eq!(is(at("2023-11-14T23:59:59Z")), (false, false));
    }

    #[test]
    fn names_are_those_that_aws_takes() {
        for name in ["a", "Order-7_b.c(1)", "가", &"x".repeat(80)] {
            assert!(is_name(name, 80), "{name}");
        }
        let refused =
            " <>{}[]?*\"#%\\^|~`$&,;:/\u{0}\u{1f}\u{7f}\u{ffff}".chars().map(|sign| format!("a{sign}"));
        for name in refused.chain([String::new(), "x".repeat(81)]) {
            assert!(!is_name(&name, 80), "{name:?}");
        }
    }

    #[test]
    fn timestamps_have_three_digits() {
        assert_eq!(iso("2023-11-21T06:27:31.5456Z".parse().unwrap()), "2023-11-21T06:27:31.545Z");
        assert_eq!(iso("2023-11-21T06:27:31Z".parse().unwrap()), "2023-11-21T06:27:31.000Z");
    }
}
