//! `RedriveExecution`: an execution that did not succeed goes on from where it stopped (developer guide, "Restarting state machine
//! executions with redrive").

use std::{fmt, time::Duration};

use jiff::Timestamp;
use stepfn_core::definition::WorkflowType;

use crate::{
    eval::Random,
    execution::Execution,
    executor::Executor,
    interpreter::{Info, Interpreter},
    limits::Limits,
    outcome::Outcome,
    program::{Inner as Program, Kind},
    time::{self, Watch},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The time after its end in which an execution can be redriven.
const PERIOD: Duration = DAY.saturating_mul(14);

/// The reason why an execution is not redriven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedriveError {
    /// `ExecutionNotRedrivable`
    NotRedrivable {
        /// AWS's `redriveStatusReason`.
        reason: &'static str,
    },
    /// Executions of Express workflows are not redriven.
    Express,
    /// The execution was one of another definition: a redrive uses that of the first attempt.
    OtherDefinition {
        /// The name of the execution's state machine.
        machine: String,
    },
}

impl fmt::Display for RedriveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRedrivable { reason } => write!(f, "the execution cannot be redriven: {reason}"),
            Self::Express => f.write_str(
                "an execution of an Express workflow cannot be redriven\nhelp: start another, or make the state machine a Standard one",
            ),
            Self::OtherDefinition { machine } => write!(
                f,
                "the execution is one of another definition, `{machine}`\nhelp: redrive it with an executor of the definition that it was started with"
            ),
        }
    }
}

impl std::error::Error for RedriveError {}

/// Returns the reason why an execution cannot be redriven, in AWS's words (`redriveStatusReason` of `DescribeExecution`).
pub(crate) fn refusal(status: &str, events: usize, limits: &Limits) -> Option<&'static str> {
    match status {
        "RUNNING" => Some("Execution is RUNNING and cannot be redriven"),
        "SUCCEEDED" => Some("Execution is SUCCEEDED and cannot be redriven"),
        _ if events >= limits.history_events as usize => Some("Execution history event limit exceeded"),
        _ => None,
    }
}

fn too_late(outcome: &Outcome, now: Timestamp, limits: &Limits) -> Option<&'static str> {
    if time::until(outcome.stopped, now) > PERIOD {
        return Some("Execution redrivable period exceeded");
    }
    (time::until(outcome.started, now).as_secs() > limits.standard_seconds)
        .then_some("Execution has exceeded the max execution time")
}

/// Returns `true` if the states are the same, as far as a redrive goes on in them.
fn is_same(one: &Program, other: &Program) -> bool {
    let kind = |kind: &Kind| std::mem::discriminant(kind);
    one.name == other.name
        && one.start == other.start
        && one.states.len() == other.states.len()
        && one.states.iter().zip(&*other.states).all(|(one, other)| {
            one.pointer == other.pointer && one.next == other.next && kind(&one.kind) == kind(&other.kind)
        })
}

impl Executor {
    /// `RedriveExecution`: lets an execution that failed, timed out or was aborted go on from the state where it stopped, with the
    /// same input, and under the same ARN. States that succeeded before are not run again, nor are such branches and iterations;
    /// retriers count anew, and so does the machine's `TimeoutSeconds`. The history goes on with `ExecutionRedriven`.
    ///
    /// The executor may be another one than before, with other handlers, but for the same definition. On virtual time the execution
    /// goes on at the time when it stopped. A distributed Map goes on with the children that did not succeed, Standard ones from where
    /// they stopped; with a `ResultWriter` it starts a new Map Run.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::{Executor, Mock};
    ///
    /// let (machine, _) = asl::read_str(r#"{
    ///     "StartAt": "Load",
    ///     "States": {
    ///         "Load": { "Type": "Task", "Resource": "arn:aws:states:::sqs:receiveMessage", "Next": "Store" },
    ///         "Store": { "Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "End": true }
    ///     }
    /// }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// let executor = Executor::builder()
    ///     .mock("Load", Mock::succeed(1).times(1))
    ///     .mock("Store", Mock::fail("DynamoDB.ThrottlingException", "").times(1).then(Mock::succeed(2)))
    ///     .build(&definition)?;
    ///
    /// let failed = executor.run_blocking(Value::empty_object())?;
    /// assert_eq!(failed.error(), Some("DynamoDB.ThrottlingException"));
    /// let redriven = executor.redrive(&failed)?.run_blocking()?;
    /// assert_eq!(redriven.output(), Some(&Value::from(2)));
    /// assert_eq!(redriven.execution_arn(), failed.execution_arn());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the execution succeeded, is one of an Express workflow or of another definition, ended more than 14 days before, started
    /// more than a year before, or has reached the limit of its history.
    pub fn redrive(&self, outcome: &Outcome) -> Result<Execution, RedriveError> {
        let (time, random) = self.inner.next_start(Some(outcome.stopped));
        let (interpreter, _) = self.redriven(outcome, time, random)?;
        Ok(Execution::new(interpreter, self.shared().open()))
    }

    /// The same with a clock and random numbers that somebody else gives. With it, how many events there are already.
    pub(crate) fn redriven(
        &self,
        outcome: &Outcome,
        time: impl Into<Watch>,
        random: Random,
    ) -> Result<(Box<Interpreter>, usize), RedriveError> {
        let time = time.into();
        let program = &outcome.history.executor().program;
        if program.workflow_type == WorkflowType::Express {
            return Err(RedriveError::Express);
        }
        if !is_same(program, &self.inner.program) {
            return Err(RedriveError::OtherDefinition { machine: program.name.clone() });
        }
        let limits = &self.inner.env.limits;
        let reason = refusal(outcome.status.name(), outcome.history.len(), limits)
            .or_else(|| too_late(outcome, time.now(), limits));
        let (None, Some(stopped)) = (reason, &outcome.checkpoint) else {
            let reason = reason.unwrap_or("Execution is RUNNING and cannot be redriven");
            return Err(RedriveError::NotRedrivable { reason });
        };
        let info = Info {
            name: outcome.name.clone(),
            id: outcome.id,
            input: outcome.input.clone(),
            started: outcome.started,
            redrives: outcome.redrives + 1,
            redriven: Some(time.now()),
            is_async: false,
        };
        let interpreter = Interpreter::redriven(self.shared(), info, (outcome, stopped), time, random);
        Ok((interpreter, outcome.history.len()))
    }
}
