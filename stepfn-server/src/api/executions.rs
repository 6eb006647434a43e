//! Executions and their histories.

use serde_json::{Value, json};
use stepfn_core::{json as text, value::Value as Data};
use stepfn_durable::{
    StartOf,
    store::{Executions, ExecutionsOf, HistoryOf, MachineKind, MapRun, MapRunsOf, Status, Summary},
};
use stepfn_executor::{
    Execution, Outcome, RunError, Status as Ended, test_state::TestState, turns::MapRunUpdate,
};

use super::{Api, Target, of_core, put, put_some, seconds};
use crate::{
    arn,
    error::{ApiError, Reply},
    request::Request,
};

/// The time after its end in which an execution can be redriven: 14 days.
const REDRIVE: i64 = 14 * 24 * 60 * 60 * 1000;

fn input(request: &Request) -> Result<Data, ApiError> {
    let Some(given) = request.optional("input") else { return Ok(Data::empty_object()) };
    let refused = |reason: String| {
        ApiError::new("InvalidExecutionInput", format!("Invalid State Machine Execution Input: '{reason}'"))
    };
    if given.trim().is_empty() {
        return Err(refused("Invalid execution input.".to_owned()));
    }
    text::parse_value(given).map_err(|error| refused(stepfn_core::validate::jackson::message(given, &error)))
}

/// Returns the ARN of a machine, and the test case of the mock file behind it: `…:stateMachine:Orders#Happy`.
fn test_case(given: &str) -> (&str, Option<&str>) {
    given.split_once('#').map_or((given, None), |(given, case)| (given, Some(case)))
}

/// Returns the reason why an execution of a status cannot be redriven.
pub(crate) fn not_redrivable(status: &str) -> Option<&'static str> {
    match status {
        "RUNNING" => Some("Execution is RUNNING and cannot be redriven"),
        "SUCCEEDED" => Some("Execution is SUCCEEDED and cannot be redriven"),
        _ => None,
    }
}

fn not_supported() -> ApiError {
    ApiError::new(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )
}

impl Api {
    /// The revision that an execution runs, with its test case.
    async fn revision_to_run(&self, target: &Target, case: Option<&str>) -> Result<String, ApiError> {
        let refused = |reason: String| ApiError::new("ValidationException", reason);
        let Some(mocks) = &self.settings.mocks else {
            return match case {
                None => Ok(target.revision.clone()),
                Some(case) => Err(refused(format!(
                    "The server has no mock file, so that there is no test case `{case}`"
                ))),
            };
        };
        let definition = self.known_revision(&target.revision).await?.definition;
        Ok(match mocks.case(&target.machine.name, case, &definition).map_err(refused)? {
            Some(case) => format!("{}#{case}", target.revision),
            None => target.revision.clone(),
        })
    }

    pub(super) async fn start_execution(&self, request: &Request) -> Reply {
        let given = request.arn("stateMachineArn")?;
        let name = request.optional("name");
        let trace = request.optional("traceHeader");
        let (given, case) = test_case(given);
        let target = self.target(given).await?;
        if target.machine.deleting {
            return Err(ApiError::new(
                "StateMachineDeleting",
                format!("State Machine is deleting: '{given}'"),
            ));
        }
        let input = input(request)?;
        let revision = self.revision_to_run(&target, case).await?;
        if target.machine.kind == MachineKind::Express {
            let executor = self.host.executor(&target.machine.arn, &revision).await?;
            let execution = match name {
                Some(name) => executor.start_with_name(name, input),
                None => executor.start(input),
            };
            let reply =
                json!({ "executionArn": execution.execution_arn(), "startDate": seconds(self.now()) });
            // Nobody waits for its end, and nothing of it is kept.
            let watched = self.watched(execution, &target.machine.name, &revision).await;
            tokio::spawn(async move { drop(watched.await) });
            return Ok(reply);
        }
        let mut details = json!({});
        put_some(&mut details, "traceHeader", trace);
        let start = StartOf {
            name,
            input,
            text: request.optional("input").map(str::to_owned),
            version: target.version.as_ref().map(|version| format!("{}:{}", version.machine, version.number)),
            alias: target.alias.as_ref().map(|alias| alias.arn.clone()),
            details: details.to_string(),
        };
        let started = self.host.start_revision(&target.machine.arn, &revision, start).await?;
        Ok(json!({
            "executionArn": started.execution_arn,
            "startDate": seconds(started.started.as_millisecond()),
        }))
    }

    /// Runs an execution that is not kept, and reports it to the monitor.
    async fn watched(
        &self,
        execution: Execution,
        machine: &str,
        revision: &str,
    ) -> impl Future<Output = Result<Outcome, RunError>> + use<> {
        let (monitor, machine) = (self.settings.monitor.clone(), machine.to_owned());
        let details = match monitor.has_logs() {
            true => self.known_revision(revision).await.map(|revision| revision.details).unwrap_or_default(),
            false => String::new(),
        };
        monitor.express_started(&machine);
        async move {
            let ended = execution.await;
            match &ended {
                Ok(outcome) => monitor.express_ended(&machine, outcome, &details),
                Err(_) => monitor.express_failed(&machine),
            }
            ended
        }
    }

    pub(super) async fn start_sync(&self, request: &Request) -> Reply {
        let (given, case) = test_case(request.arn("stateMachineArn")?);
        let target = self.target(given).await?;
        if target.machine.kind == MachineKind::Standard {
            return Err(not_supported());
        }
        let data = input(request)?;
        let name = request.optional("name");
        let revision = self.revision_to_run(&target, case).await?;
        let executor = self.host.executor(&target.machine.arn, &revision).await?;
        let input = request.optional("input").map_or_else(|| data.to_string(), str::to_owned);
        let execution = match name {
            Some(name) => executor.start_with_name(name, data),
            None => executor.start(data),
        };
        let watched = self.watched(execution, &target.machine.name, &revision).await;
        let outcome = watched.await.map_err(|error| ApiError::internal(error.to_string()))?;
        let millis = outcome.stopped.as_millisecond() - outcome.started.as_millisecond();
        let mut reply = json!({
            "executionArn": outcome.execution_arn(),
            "stateMachineArn": target.machine.arn,
            "name": outcome.name(),
            "startDate": seconds(outcome.started.as_millisecond()),
            "stopDate": seconds(outcome.stopped.as_millisecond()),
            "status": outcome.status.name(),
            // Billed by 100 milliseconds and 64 MB.
            "billingDetails": {
                "billedMemoryUsedInMB": 64,
                "billedDurationInMilliseconds": (millis + 99).div_euclid(100).max(1) * 100,
            },
        });
        put_some(&mut reply, "traceHeader", request.optional("traceHeader"));
        if !with_data(request) {
            return Ok(reply);
        }
        put(&mut reply, "input", input.into());
        put(&mut reply, "inputDetails", json!({ "included": true }));
        match &outcome.status {
            Ended::Succeeded { output } => {
                put(&mut reply, "output", output.to_string().into());
                put(&mut reply, "outputDetails", json!({ "included": true }));
            }
            Ended::Failed { error, cause } | Ended::Aborted { error, cause } => {
                put_some(&mut reply, "error", error.clone());
                put_some(&mut reply, "cause", cause.clone());
            }
            Ended::Running | Ended::TimedOut => {}
        }
        Ok(reply)
    }

    pub(super) async fn describe_execution(&self, request: &Request) -> Reply {
        let given = request.arn("executionArn")?;
        arn::execution(given)?;
        let known = self.host.describe(given).await?;
        let summary = &known.summary;
        let mut reply = json!({
            "executionArn": summary.arn,
            "stateMachineArn": summary.machine,
            "name": summary.name,
            "status": summary.status.name(),
            "startDate": seconds(summary.started),
            "redriveCount": summary.redrives,
        });
        let with_data = with_data(request);
        if with_data {
            put(&mut reply, "input", known.input.as_str().into());
            put(&mut reply, "inputDetails", json!({ "included": true }));
        }
        put_some(&mut reply, "stopDate", summary.stopped.map(seconds));
        put_some(&mut reply, "redriveDate", summary.redriven.map(seconds));
        put_some(&mut reply, "stateMachineVersionArn", summary.version.clone());
        put_some(&mut reply, "stateMachineAliasArn", summary.alias.clone());
        put_some(&mut reply, "mapRunArn", summary.map_run.clone());
        let details: Value = serde_json::from_str(&known.details).unwrap_or_default();
        put_some(&mut reply, "traceHeader", details.get("traceHeader").cloned());
        let kept = known.end.as_ref().and_then(|end| end.not_redrivable.as_deref());
        let late = summary.stopped.is_some_and(|stopped| self.now() - stopped > REDRIVE);
        let late = late.then_some("Execution redrivable period exceeded");
        let mut reason = not_redrivable(summary.status.name()).or(kept).or(late);
        if reason.is_none() {
            reason = self.deleting(&summary.machine).await?;
        }
        let redrivable = if summary.map_run.is_some() { "REDRIVABLE_BY_MAP_RUN" } else { "REDRIVABLE" };
        put(&mut reply, "redriveStatus", if reason.is_none() { redrivable } else { "NOT_REDRIVABLE" }.into());
        put_some(&mut reply, "redriveStatusReason", reason);
        if let Some(end) = known.end.as_ref().filter(|_| with_data) {
            if let Some(output) = &end.output {
                put(&mut reply, "output", output.as_str().into());
                put(&mut reply, "outputDetails", json!({ "included": true }));
            }
            put_some(&mut reply, "error", end.error.clone());
            put_some(&mut reply, "cause", end.cause.clone());
        }
        Ok(reply)
    }

    /// Returns why no execution of a machine can be redriven, of a machine that is to go away.
    async fn deleting(&self, machine: &str) -> Result<Option<&'static str>, ApiError> {
        let machine = machine.split_once('/').map_or(machine, |(machine, _)| machine);
        let known = self.host.store().machine(machine.to_owned()).await?;
        Ok(known.is_some_and(|known| known.deleting).then_some("State machine is in DELETING status"))
    }

    pub(super) async fn stop_execution(&self, request: &Request) -> Reply {
        let given = request.arn("executionArn")?;
        arn::execution(given)?;
        let error = request.optional("error").map(str::to_owned);
        let cause = request.optional("cause").map(str::to_owned);
        self.host.stop(given, error, cause).await?;
        let known = self.host.wait(given).await?;
        Ok(json!({ "stopDate": seconds(known.summary.stopped.unwrap_or_else(|| self.now())) }))
    }

    pub(super) async fn redrive(&self, request: &Request) -> Reply {
        let given = request.arn("executionArn")?;
        arn::execution(given)?;
        if let Some(known) = self.host.store().execution(given.to_owned()).await?
            && known.summary.stopped.is_some()
            && let Some(reason) = self.deleting(&known.summary.machine).await?
        {
            return Err(ApiError::not_redrivable(reason));
        }
        let at = self.host.redrive_once(given, request.optional("clientToken").unwrap_or_default()).await?;
        Ok(json!({ "redriveDate": seconds(at.as_millisecond()) }))
    }

    pub(super) async fn get_history(&self, request: &Request) -> Reply {
        let given = request.arn("executionArn")?;
        arn::execution(given)?;
        let reverse = request.flag("reverseOrder");
        let with_data = request.optional_flag("includeExecutionData").unwrap_or(true);
        let id = self.host.describe(given).await?.summary.id;
        let list = format!("history {given} {reverse}");
        let page = self.page(request, &list)?;
        let page = self.host.store().history(HistoryOf { id, reverse, page }).await?;
        let mut events = Vec::with_capacity(page.items.len());
        for event in &page.items {
            let mut event: Value = serde_json::from_slice(&event.data)
                .map_err(|error| ApiError::internal(format!("an event cannot be read: {error}")))?;
            if !with_data {
                without_data(&mut event);
            }
            events.push(event);
        }
        Ok(self.paged("events", &list, events, page.next))
    }

    pub(super) async fn list_executions(&self, request: &Request) -> Reply {
        let status = request.optional("statusFilter").and_then(Status::of_name);
        let redriven = request.optional("redriveFilter");
        let redriven = redriven.map(|filter| filter == "REDRIVEN");
        let of = match (request.get("stateMachineArn"), request.get("mapRunArn")) {
            (Some(_), None) => {
                let given = request.arn("stateMachineArn")?;
                let target = self.target(given).await?;
                if target.machine.kind == MachineKind::Express {
                    return Err(not_supported());
                }
                match (target.version, target.alias) {
                    (_, Some(alias)) => ExecutionsOf::Alias(alias.arn),
                    (Some(_), None) => ExecutionsOf::Version(given.to_owned()),
                    (None, None) => ExecutionsOf::Machine(target.machine.arn),
                }
            }
            (None, Some(_)) => {
                let given = request.arn("mapRunArn")?;
                arn::map_run(given)?;
                let known = self.host.store().map_run(given.to_owned()).await?;
                known.ok_or_else(|| {
                    ApiError::new("ResourceNotFound", format!("Resource not found: '{given}'"))
                })?;
                ExecutionsOf::MapRun(given.to_owned())
            }
            _ => {
                return Err(ApiError::new(
                    "ValidationException",
                    "Exactly one of stateMachineArn and mapRunArn must be specified",
                ));
            }
        };
        let list = format!("executions {of:?} {status:?} {redriven:?}");
        let page = self.page(request, &list)?;
        let page = self.host.store().executions(Executions { of, status, redriven, page }).await?;
        let items = page.items.iter().map(listed).collect();
        Ok(self.paged("executions", &list, items, page.next))
    }

    pub(super) async fn list_map_runs(&self, request: &Request) -> Reply {
        let given = request.arn("executionArn")?;
        arn::execution(given)?;
        self.host.describe(given).await?;
        let list = format!("map runs {given}");
        let page = self.page(request, &list)?;
        let page = self.host.store().map_runs(MapRunsOf { execution: given.to_owned(), page }).await?;
        let items = page.items.iter().map(map_run).collect();
        Ok(self.paged("mapRuns", &list, items, page.next))
    }

    pub(super) async fn describe_map_run(&self, request: &Request) -> Reply {
        let given = request.arn("mapRunArn")?;
        arn::map_run(given)?;
        let known = self.host.store().map_run(given.to_owned()).await?;
        let known = known
            .ok_or_else(|| ApiError::new("ResourceNotFound", format!("Resource not found: '{given}'")))?;
        let mut reply = map_run(&known);
        put(&mut reply, "status", known.status.name().into());
        if let Ok(Value::Object(details)) = serde_json::from_str(&known.details) {
            details.into_iter().for_each(|(member, value)| put(&mut reply, &member, value));
        }
        if let Value::Object(members) = &mut reply {
            members.remove("stateMachineArn");
        }
        Ok(reply)
    }

    pub(super) async fn update_map_run(&self, request: &Request) -> Reply {
        let given = request.arn("mapRunArn")?;
        arn::map_run(given)?;
        let count = |name: &str| request.get(name).and_then(Value::as_u64);
        let update = MapRunUpdate {
            max_concurrency: count("maxConcurrency"),
            tolerated_failure_count: count("toleratedFailureCount"),
            tolerated_failure_percentage: request.get("toleratedFailurePercentage").and_then(Value::as_f64),
        };
        if update == MapRunUpdate::default() {
            return Err(ApiError::new(
                "ValidationException",
                "At least one of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage must be specified",
            ));
        }
        self.host.update_map_run(given, update).await?;
        Ok(json!({}))
    }

    pub(super) async fn test_state(&self, request: &Request) -> Reply {
        let given = text::parse_value(&request.to_json_text())
            .map_err(|error| ApiError::internal(error.to_string()))?;
        let refused =
            |error: stepfn_executor::test_state::TestStateError| ApiError::new(error.code, error.message);
        request.optional("roleArn").map_or(Ok(()), arn::role)?;
        let test = TestState::from_request(&given).map_err(refused)?;
        let test = test.account(&self.settings.account).region(&self.settings.region);
        Ok(of_core(&test.run().map_err(refused)?.to_json()))
    }
}

/// Whether the answer has what is encrypted where a machine has a key of its own.
pub(super) fn with_data(request: &Request) -> bool {
    request.optional("includedData") != Some("METADATA_ONLY")
}

fn listed(summary: &Summary) -> Value {
    let mut item = json!({
        "executionArn": summary.arn,
        "stateMachineArn": summary.machine,
        "name": summary.name,
        "status": summary.status.name(),
        "startDate": seconds(summary.started),
        "redriveCount": summary.redrives,
    });
    put_some(&mut item, "stopDate", summary.stopped.map(seconds));
    put_some(&mut item, "redriveDate", summary.redriven.map(seconds));
    put_some(&mut item, "stateMachineVersionArn", summary.version.clone());
    put_some(&mut item, "stateMachineAliasArn", summary.alias.clone());
    put_some(&mut item, "mapRunArn", summary.map_run.clone());
    item
}

fn map_run(run: &MapRun) -> Value {
    let mut item = json!({
        "executionArn": run.execution,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine,
        "startDate": seconds(run.started),
    });
    put_some(&mut item, "stopDate", run.stopped.map(seconds));
    item
}

/// Leaves the data of the execution out of an event.
fn without_data(event: &mut Value) {
    let Value::Object(members) = event else { return };
    for (name, details) in members.iter_mut() {
        if let (true, Value::Object(details)) = (name.ends_with("EventDetails"), details) {
            details.retain(|key, _| {
                !matches!(key.as_str(), "input" | "output" | "inputDetails" | "outputDetails")
            });
        }
    }
}
