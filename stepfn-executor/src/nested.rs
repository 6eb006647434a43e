//! State machines that start each other: what their Tasks say, and what Step Functions answers.

use std::sync::Arc;

use jiff::Timestamp;
use stepfn_core::{
    json,
    task::TaskFailure,
    validate::jackson,
    value::{Map, Value},
};

use crate::{
    executor::Inner as Executor,
    identity::{is_name, iso},
    limits::Limits,
    mock,
    outcome::{Outcome, Status},
    program::{Action, Waits, machine_name},
    redrive, time,
    tokens::{CallbackResult, Registry},
    turns::Input,
};

/// The parameters with which an execution is started.
pub(crate) struct Start {
    pub(crate) name: Option<String>,
    pub(crate) input: Value,
}

/// An execution that was started.
pub(crate) struct Started {
    pub(crate) arn: String,
    pub(crate) at: Timestamp,
}

pub(crate) fn text<'v>(parameters: &'v Value, key: &str) -> Option<&'v str> {
    parameters.get(key)?.as_str()
}

/// The machine that a Task starts.
pub(crate) fn target(executor: &Arc<Executor>, parameters: &Value) -> Option<Arc<Executor>> {
    let name = machine_name(text(parameters, "StateMachineArn")?);
    match executor.machines.get(name) {
        Some(machine) => Some(Arc::clone(machine)),
        None => (executor.program.name == name).then(|| Arc::clone(executor)),
    }
}

/// Reads the parameters of `StartExecution`. An `Input` that is a text is JSON text; none is `{}`: recorded on AWS.
pub(crate) fn start(
    parameters: &Value,
    action: Action,
    request: &str,
    limits: &Limits,
) -> Result<Start, TaskFailure> {
    let input = match parameters.get("Input") {
        None | Some(Value::Null) => Value::empty_object(),
        Some(Value::String(text)) => json::parse_value(text).map_err(|error| {
            let said = jackson::message(text, &error);
            let message = format!("Invalid State Machine Execution Input: '{said}'");
            failure(action, "InvalidExecutionInput", &message, request)
        })?,
        Some(value) => value.clone(),
    };
    let name = text(parameters, "Name").map(str::to_owned);
    if let Some(name) = name.as_deref().filter(|name| !is_name(name, limits.name_chars)) {
        return Err(failure(action, "InvalidName", &format!("Invalid Name: '{name}'"), request));
    }
    Ok(Start { name, input })
}

/// The failure of an API call, in the words of the optimised integration or of the SDK.
pub(crate) fn failure(action: Action, code: &str, message: &str, request: &str) -> TaskFailure {
    if action.is_sdk() {
        let cause = format!("{message} (Service: Sfn, Status Code: 400, Request ID: {request})");
        return TaskFailure::with_cause(format!("Sfn.{code}Exception"), cause);
    }
    let cause = format!(
        "{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request ID: {request}; Proxy: null)"
    );
    TaskFailure::with_cause(format!("StepFunctions.{code}Exception"), cause)
}

/// The failure of a Task that starts what is not there.
pub(crate) fn does_not_exist(parameters: &Value, action: Action, request: &str) -> TaskFailure {
    let arn = text(parameters, "StateMachineArn").unwrap_or_default();
    let message = format!("State Machine Does Not Exist: '{arn}'");
    failure(action, "StateMachineDoesNotExist", &message, request)
}

/// The failure of a Task that starts another execution by a name that is taken.
pub(crate) fn already_exists(arn: &str, action: Action, request: &str) -> TaskFailure {
    failure(action, "ExecutionAlreadyExists", &format!("Execution Already Exists: '{arn}'"), request)
}

/// The failure of a Task that starts a Standard execution and waits for it as only Express ones are waited for.
pub(crate) fn not_supported(action: Action, request: &str) -> TaskFailure {
    let message = "This operation is not supported by this type of state machine";
    failure(action, "StateMachineTypeNotSupported", message, request)
}

/// Reads what a Task sends to a token: `SendTaskSuccess`, `SendTaskFailure`, `SendTaskHeartbeat`.
pub(crate) fn sent(parameters: &Value, action: Action, request: &str) -> Result<Input, TaskFailure> {
    let token = text(parameters, "TaskToken").unwrap_or_default().to_owned();
    let owned = |key| text(parameters, key).map(str::to_owned);
    Ok(match action {
        Action::SendTaskSuccess => {
            let output = match parameters.get("Output") {
                Some(Value::String(text)) => json::parse_value(text).map_err(|error| {
                    let message = format!("Invalid Output: '{}'", jackson::message(text, &error));
                    failure(action, "InvalidOutput", &message, request)
                })?,
                output => output.cloned().unwrap_or_default(),
            };
            Input::Success { token, output }
        }
        Action::SendTaskFailure => Input::Failure { token, error: owned("Error"), cause: owned("Cause") },
        _ => Input::Heartbeat { token },
    })
}

/// Sends it to an execution of this process.
pub(crate) fn send(
    registry: &Registry,
    parameters: &Value,
    action: Action,
    request: &str,
) -> Result<Value, TaskFailure> {
    let sent = match sent(parameters, action, request)? {
        Input::Success { token, output } => registry.success(&token, output),
        Input::Failure { token, error, cause } => registry.failure(&token, error, cause),
        Input::Heartbeat { token } => registry.heartbeat(&token),
        _ => Ok(()),
    };
    sent.map(|()| Value::empty_object())
        .map_err(|error| failure(action, error.name(), &error.to_string(), request))
}

/// The reply of `startExecution`.
pub(crate) fn reply(started: &Started, request: &str) -> Value {
    let headers = [
        ("x-amzn-RequestId", request),
        ("connection", "keep-alive"),
        ("Content-Type", "application/x-amz-json-1.0"),
    ];
    let mut reply = Map::with_capacity(4);
    reply.insert("ExecutionArn".into(), started.arn.as_str().into());
    mock::exchange(&mut reply, &headers, request);
    reply.insert("StartDate".into(), started.at.as_millisecond().into());
    reply.into()
}

/// The reply of `aws-sdk:sfn:startExecution`.
pub(crate) fn sdk_reply(started: &Started) -> Value {
    Value::object([
        ("ExecutionArn", Value::from(started.arn.as_str())),
        ("StartDate", iso(started.at).into()),
    ])
}

/// An execution that ended, as far as it is described to the Task that waited for it.
pub(crate) struct Described<'a> {
    pub(crate) arn: &'a str,
    pub(crate) name: &'a str,
    /// The ARN of its machine.
    pub(crate) machine: &'a str,
    pub(crate) input: &'a Value,
    pub(crate) status: &'a Status,
    pub(crate) started: Timestamp,
    pub(crate) stopped: Timestamp,
    /// The number of redrives, where AWS reports it.
    pub(crate) redrives: Option<u32>,
    pub(crate) not_redrivable: Option<&'a str>,
}

/// Returns the result of a Task that waited for an execution inside of its own.
pub(crate) fn result(executor: &Executor, outcome: &Outcome, action: Action) -> CallbackResult {
    let described = Described {
        arn: &outcome.execution_arn(),
        name: &outcome.name(),
        machine: &executor.settings.identity.state_machine_arn(&executor.program.name),
        input: &outcome.input,
        status: &outcome.status,
        started: outcome.started,
        stopped: outcome.stopped,
        redrives: executor.settings.identity.has_redrive_count().then_some(outcome.redrives),
        not_redrivable: redrive::refusal(outcome.status.name(), outcome.history.len(), &executor.env.limits),
    };
    result_of(&described, action)
}

/// Returns the result of a Task that waited for an execution.
pub(crate) fn result_of(of: &Described<'_>, action: Action) -> CallbackResult {
    let described = describe(of, action);
    match (of.status, action) {
        (Status::Succeeded { .. }, _) | (_, Action::SdkStartSync) => Ok(described),
        _ => Err((Some("States.TaskFailed".to_owned()), Some(described.to_string()))),
    }
}

/// Returns an error and its cause as the failure of a handler.
pub(crate) fn as_failure((error, cause): (Option<String>, Option<String>)) -> TaskFailure {
    TaskFailure::with_cause(error.unwrap_or_default(), cause.unwrap_or_default())
}

/// `DescribeExecution`, or the reply of `StartSyncExecution`, in the order of the alphabet: recorded on AWS. `.sync:2` has data where
/// the others have texts.
fn describe(of: &Described<'_>, action: Action) -> Value {
    let is_api = action == Action::SdkStartSync;
    let mut reply = Map::new();
    let mut put = |key: &str, value: Value| {
        reply.insert(key.into(), value);
    };
    let data = |value: &Value| match action {
        Action::Start(Waits::SyncData) => value.clone(),
        _ => Value::from(value.to_string()),
    };
    let date = |at: Timestamp| if is_api { Value::from(iso(at)) } else { at.as_millisecond().into() };
    let included = || Value::object([("Included", Value::from(true))]);
    if is_api {
        // By steps of 100 milliseconds and 64 MB; memory is not measured.
        let millis = u64::try_from(time::until(of.started, of.stopped).as_millis()).unwrap_or(u64::MAX);
        let billed = millis.div_ceil(100).saturating_mul(100);
        put(
            "BillingDetails",
            Value::object([
                ("BilledDurationInMilliseconds", Value::from(billed)),
                ("BilledMemoryUsedInMB", 64.into()),
            ]),
        );
    }
    if let Status::Failed { error, cause } | Status::Aborted { error, cause } = of.status {
        for (key, text) in [("Cause", cause), ("Error", error)] {
            if let Some(text) = text {
                put(key, text.as_str().into());
            }
        }
    }
    put("ExecutionArn", of.arn.into());
    put("Input", data(of.input));
    put("InputDetails", included());
    put("Name", of.name.into());
    if let Status::Succeeded { output } = of.status {
        put("Output", data(output));
        put("OutputDetails", included());
    }
    if let Some(redrives) = of.redrives.filter(|_| !is_api) {
        put("RedriveCount", redrives.into());
        let status = if of.not_redrivable.is_none() { "REDRIVABLE" } else { "NOT_REDRIVABLE" };
        put("RedriveStatus", status.into());
        if let Some(reason) = of.not_redrivable {
            put("RedriveStatusReason", reason.into());
        }
    }
    put("StartDate", date(of.started));
    put("StateMachineArn", of.machine.into());
    put("Status", of.status.name().into());
    put("StopDate", date(of.stopped));
    reply.into()
}
