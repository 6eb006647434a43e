//! The work of a Task that has no mock: its handler does it, in an execution of its own.

use stepfn_core::{
    asl::{Amount, QueryLanguage, State, StateKind, StateMachine},
    definition::{Definition, WorkflowType},
    value::Value,
};

use super::{TestState, TestStateError};
use crate::{executor::Executor, interpreter::Failure, outcome::Status};

const NAME: &str = "Task";

/// The seconds that the work may take, and those between its heartbeats.
pub(super) type Limits = (Option<u64>, Option<u64>);

/// Runs the work with these parameters.
pub(super) fn run(
    test: &TestState,
    task: &stepfn_core::asl::Task,
    parameters: Value,
    (timeout, heartbeat): Limits,
) -> Result<Result<Value, Failure>, TestStateError> {
    let Some(handler) = test.handler.clone() else {
        return Err(TestStateError::validation(
            "nothing does the work of the Task: give it a `mock` or a `handler`",
        ));
    };
    let seconds = |seconds: Option<u64>| seconds.map(|seconds| Amount::Number(seconds.into()));
    let task = stepfn_core::asl::Task {
        credentials: None,
        timeout_seconds: seconds(timeout),
        timeout_seconds_path: None,
        heartbeat_seconds: seconds(heartbeat),
        heartbeat_seconds_path: None,
        ..task.clone()
    };
    let mut state = State::new(StateKind::Task(task));
    state.end = Some(true);
    let mut machine = StateMachine {
        start_at: NAME.to_owned(),
        query_language: Some(QueryLanguage::JsonPath),
        ..StateMachine::default()
    };
    machine.states.insert(NAME.to_owned(), state);
    let definition = Definition::from_asl(NAME, WorkflowType::Standard, machine);
    let executor = Executor::builder().task(NAME, handler).build(&definition);
    let executor = executor.map_err(|error| TestStateError::definition(error.to_string()))?;
    let outcome =
        executor.run_blocking(parameters).map_err(|error| TestStateError::validation(error.to_string()))?;
    let text = |text: Option<String>| text.map(Into::into);
    Ok(match outcome.status {
        Status::Succeeded { output } => Ok(output),
        Status::Failed { error, cause } => Err(Failure::new(text(error), text(cause))),
        Status::TimedOut | Status::Running | Status::Aborted { .. } => Err(Failure::timeout(false)),
    })
}
