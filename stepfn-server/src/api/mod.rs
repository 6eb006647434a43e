//! The actions.

mod activities;
mod executions;
mod machines;
mod pages;
mod tags;
mod variables;
mod versions;

pub(crate) use self::executions::not_redrivable;
pub use self::machines::{by_details, details};
use self::versions::Target;
use serde_json::{Value, json};
use stepfn_durable::Host;

use crate::{
    error::{ApiError, Reply},
    request::Request,
    settings::Settings,
};

/// The state that all actions work on.
pub(crate) struct Api {
    pub(crate) host: Host,
    pub(crate) settings: Settings,
}

impl Api {
    /// The answer to a request for an action.
    pub(crate) async fn call(&self, action: &str, body: &[u8]) -> Reply {
        let request = Request::read(action, body)?;
        let request = &request;
        match action {
            "CreateActivity" => self.create_activity(request).await,
            "CreateStateMachine" => self.create_machine(request).await,
            "CreateStateMachineAlias" => self.create_alias(request).await,
            "DeleteActivity" => self.delete_activity(request).await,
            "DeleteStateMachine" => self.delete_machine(request).await,
            "DeleteStateMachineAlias" => self.delete_alias(request).await,
            "DeleteStateMachineVersion" => self.delete_version(request).await,
            "DescribeActivity" => self.describe_activity(request).await,
            "DescribeExecution" => self.describe_execution(request).await,
            "DescribeMapRun" => self.describe_map_run(request).await,
            "DescribeStateMachine" => self.describe_machine(request).await,
            "DescribeStateMachineAlias" => self.describe_alias(request).await,
            "DescribeStateMachineForExecution" => self.describe_machine_of(request).await,
            "GetActivityTask" => self.get_activity_task(request).await,
            "GetExecutionHistory" => self.get_history(request).await,
            "ListActivities" => self.list_activities(request).await,
            "ListExecutions" => self.list_executions(request).await,
            "ListMapRuns" => self.list_map_runs(request).await,
            "ListStateMachineAliases" => self.list_aliases(request).await,
            "ListStateMachineVersions" => self.list_versions(request).await,
            "ListStateMachines" => self.list_machines(request).await,
            "ListTagsForResource" => self.list_tags(request).await,
            "PublishStateMachineVersion" => self.publish(request).await,
            "RedriveExecution" => self.redrive(request).await,
            "SendTaskFailure" => self.send_failure(request).await,
            "SendTaskHeartbeat" => self.send_heartbeat(request).await,
            "SendTaskSuccess" => self.send_success(request).await,
            "StartExecution" => self.start_execution(request).await,
            "StartSyncExecution" => self.start_sync(request).await,
            "StopExecution" => self.stop_execution(request).await,
            "TagResource" => self.tag(request).await,
            "TestState" => self.test_state(request).await,
            "UntagResource" => self.untag(request).await,
            "UpdateMapRun" => self.update_map_run(request).await,
            "UpdateStateMachine" => self.update_machine(request).await,
            "UpdateStateMachineAlias" => self.update_alias(request).await,
            "ValidateStateMachineDefinition" => validate(request),
            _ => Err(ApiError::new("UnknownOperationException", format!("there is no action `{action}`"))),
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.host.now().as_millisecond()
    }

    pub(crate) fn arn(&self, kind: &str, name: &str) -> String {
        format!("arn:aws:states:{}:{}:{kind}:{name}", self.settings.region, self.settings.account)
    }
}

/// Sets a member of an object.
pub(crate) fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(key.to_owned(), value);
    }
}

/// Sets a member where there is something to set.
pub(crate) fn put_some(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(object, key, value.into());
    }
}

/// A time as the API has it: seconds since 1970, with a fraction.
pub(crate) fn seconds(millis: i64) -> Value {
    json!(millis as f64 / 1000.0)
}

fn validate(request: &Request) -> Reply {
    let definition = request.text("definition")?;
    let kind = machines::workflow_type(machines::kind(request));
    let mut answer = stepfn_core::validate::validate(definition, kind);
    let most = request.most();
    answer.truncated |= answer.diagnostics.len() > most;
    answer.diagnostics.truncate(most);
    Ok(of_core(&answer.to_json()))
}

/// A value of core as one of serde.
pub(crate) fn of_core(value: &stepfn_core::value::Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or_default()
}
