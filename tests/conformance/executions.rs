//! The kinds `execution`, `express_sync` and `mocked`: a machine runs, and ends as it did on AWS.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    task::{Context, Waker},
    time::Duration,
};

use stepfn::{
    Definition, WorkflowType, asl,
    definition::LogLevel,
    executor::{Execution, Executor, History, Mock, Outcome, Status, Timestamp, mock_file::MockFile},
    json,
    value::{Shared, Value},
};
use stepfn_executor::object_store::{ObjectStore, ObjectStoreExt, memory::InMemory};

use super::{case::Case, tasks};

/// The result of an execution.
struct Ran {
    status: Status,
    history: History,
    /// The events of CloudWatch Logs.
    logged: Vec<Value>,
}

/// The differences from the recording, and the history for whoever wants to see it.
pub fn differences(case: &Case) -> (Vec<String>, String) {
    match run(case) {
        Ok(ran) => {
            let mut found = compare(case, &ran);
            found.extend(super::definitions::refused(case));
            (found, ran.history.to_string())
        }
        Err(reason) => {
            (super::definitions::refused(case).into_iter().chain([reason]).collect(), String::new())
        }
    }
}

fn run(case: &Case) -> Result<Ran, String> {
    let recorded = &case.value;
    let workflow_type = match recorded["type"].as_str() {
        Some("EXPRESS") => WorkflowType::Express,
        _ => WorkflowType::Standard,
    };
    let (machine, _) = asl::read(&recorded["definition"]);
    let definition = Definition::from_asl("machine", workflow_type, machine);

    let itself = Arc::new(OnceLock::new());
    let mut builder = Executor::builder().allow_unbound().account("111111111111");
    if case.kind != "express_sync" {
        builder = builder.asynchronous();
    }
    if recorded["expected"].get("log_end_event").is_some() {
        builder = builder.keep_history();
    }
    if let Some(time) = recorded_at(recorded) {
        builder = builder.as_of(time);
    }
    let mut activities = Vec::new();
    let machines = machines(recorded)?;
    for (name, machine) in &machines {
        builder = builder.state_machine(name, machine);
    }
    if let Some(test_case) = recorded["mock_test_case"].as_str() {
        let file =
            MockFile::parse(&recorded["mock_config"].to_string()).map_err(|error| error.to_string())?;
        let machine = file.state_machines().next().unwrap_or_default();
        builder = builder.mocks(&file.test_case(machine, test_case).map_err(|error| error.to_string())?);
    }
    // What the services answered on AWS, where that was recorded, has more in it than a mock file.
    for (state, results) in recorded["task_mocks"].as_object().into_iter().flatten() {
        let results = results.as_array().unwrap_or_default();
        let resource = recorded["definition"]["States"][&**state]["Resource"].as_str().unwrap_or_default();
        if resource.contains(":states:startExecution") && !machines.is_empty() {
            // The executor does it, and the recording decides whether it does it well.
            continue;
        }
        if results
            .iter()
            .any(|result| result["event_type"].as_str().is_some_and(|name| name.starts_with("Activity")))
        {
            activities.push((&**state, results));
        } else {
            builder = builder.task(state.to_string(), tasks::Recorded::new(results, &itself));
        }
    }
    for (bucket, store) in buckets(recorded) {
        builder = builder.bucket(bucket, store);
    }
    if let Some(clock) = recorded["clock"].as_str() {
        builder =
            builder.virtual_time_from(clock.parse().map_err(|error| format!("clock {clock}: {error}"))?);
    }
    let executor = builder.build(&definition).map_err(|error| format!("does not build: {error}"))?;
    itself.get_or_init(|| executor.clone());

    let input = recorded["input_text"].as_str().and_then(|text| json::parse_value(text).ok());
    let input = input.unwrap_or_else(|| recorded["input"].clone());
    let mut execution = match recorded["execution_name"].as_str() {
        Some(name) => executor.start_with_name(name, input),
        None => executor.start(input),
    };
    if recorded.get("stop_execution").is_some_and(|stop| *stop != Value::Null) {
        execution.run_until_idle();
        let text = |key: &str| recorded["stop_execution"][key].as_str().map(str::to_owned);
        execution.control().stop(text("error"), text("cause"));
    }
    for (state, results) in activities {
        work(case, &executor, &mut execution, state, results)?;
    }
    // Longer than an execution may take.
    execution.advance(Duration::from_secs(400 * 24 * 60 * 60));
    match execution.run_until_idle() {
        Some(Ok(outcome)) => Ok(Ran {
            status: outcome.status.clone(),
            history: outcome.history.clone(),
            logged: logged(recorded, outcome),
        }),
        Some(Err(error)) => Err(format!("does not run: {error}")),
        None => Ok(Ran { status: Status::Running, history: execution.history(), logged: Vec::new() }),
    }
}

/// The machines that are started by the one of the recording. Their functions never answered.
fn machines(recorded: &Value) -> Result<Vec<(String, Executor)>, String> {
    // The account is that of the recording, or another that trusts it.
    let account = recorded["input"]["StateMachineArn"].as_str().and_then(|arn| arn.split(':').nth(4));
    let mut machines = Vec::new();
    for machine in recorded["aux_state_machines"].as_array().into_iter().flatten() {
        let name = machine["name"].as_str().unwrap_or_default();
        let (asl, _) = asl::read(&machine["definition"]);
        let definition = Definition::from_asl(name, WorkflowType::Standard, asl);
        let mut builder = Executor::builder().allow_unbound().account(account.unwrap_or("111111111111"));
        if let Some(time) = recorded_at(recorded) {
            builder = builder.as_of(time);
        }
        for (state, fields) in machine["definition"]["States"].as_object().into_iter().flatten() {
            if fields["Resource"].as_str().is_some_and(|arn| arn.contains(":lambda:")) {
                builder = builder.mock(state.to_string(), Mock::timeout());
            }
        }
        let executor =
            builder.build(&definition).map_err(|error| format!("{name} does not build: {error}"))?;
        machines.push((name.to_owned(), executor));
    }
    Ok(machines)
}

/// Returns the logged events with the configuration of the recording.
fn logged(recorded: &Value, outcome: &Outcome) -> Vec<Value> {
    let configuration = &recorded["loggingConfiguration"];
    let level = match configuration["level"].as_str() {
        // Of these executions the recorder saw the last event of the log.
        _ if recorded["expected"].get("log_end_event").is_some() => {
            return outcome.log_events(LogLevel::All, true);
        }
        Some("ALL") => LogLevel::All,
        Some("ERROR") => LogLevel::Error,
        Some("FATAL") => LogLevel::Fatal,
        _ => LogLevel::Off,
    };
    outcome.log_events(level, configuration["includeExecutionData"].as_bool().unwrap_or(false))
}

/// When AWS ran it, from `13-11-2024, 09:45:56`.
fn recorded_at(recorded: &Value) -> Option<Timestamp> {
    let (date, time) = recorded["recorded_date"].as_str()?.split_once(", ")?;
    let [day, month, year] = date.split('-').collect::<Vec<_>>()[..] else { return None };
    format!("{year}-{month}-{day}T{time}Z").parse().ok()
}

/// The buckets that the recording had, with their objects.
fn buckets(recorded: &Value) -> HashMap<String, Arc<dyn ObjectStore>> {
    let mut stores: HashMap<String, Arc<InMemory>> = HashMap::new();
    for object in recorded["s3_objects"].as_array().into_iter().flatten() {
        let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let store = stores.entry(text("bucket")).or_default();
        let key = text("key").into();
        // In memory it is done at once.
        let put = store.put(&key, text("body").into());
        let _ = std::pin::pin!(put).poll(&mut Context::from_waker(Waker::noop()));
    }
    stores.into_iter().map(|(name, store)| (name, store as Arc<dyn ObjectStore>)).collect()
}

/// Does the work of an activity as the worker did it.
fn work(
    case: &Case,
    executor: &Executor,
    execution: &mut Execution,
    state: &str,
    results: &[Value],
) -> Result<(), String> {
    let arn = case.value["definition"]["States"][state]["Resource"].as_str().unwrap_or_default();
    let events = case.expected()["events"].as_array().unwrap_or_default();
    let mut workers = events.iter().filter_map(|event| event.get("activityStartedEventDetails"));
    for result in results {
        execution.run_until_idle();
        let name = workers.next().and_then(|details| details["workerName"].as_str());
        let task = executor.get_activity_task(arn, name).ok_or("no work for the activity's worker")?;
        tasks::send(executor, &task.token, result);
    }
    Ok(())
}

fn compare(case: &Case, ran: &Ran) -> Vec<String> {
    let mut expected = case.expected().clone();
    if case.value["aux_state_machines"].as_array().is_some_and(|machines| !machines.is_empty()) {
        without_lengths(&mut expected);
    }
    let expected = &expected;
    let name = ran.status.name();
    if expected["status"].as_str() != Some(name) {
        return vec![format!("status {} != {}", expected["status"], ran.status)];
    }
    let mut found = Vec::new();
    let (error, cause) = match &ran.status {
        Status::Failed { error, cause } | Status::Aborted { error, cause } => (error.clone(), cause.clone()),
        _ => (None, None),
    };
    let is_recorded = expected.get("asserted_events").is_none() || expected.get("output").is_some();
    if let Status::Succeeded { output } = &ran.status
        && is_recorded
    {
        // The recorder saw the output's text; objects it read.
        let seen = match output {
            Value::Object(_) => {
                case.comparer.normalise(&Value::object([("x", output.to_string().into())]))["x"].clone()
            }
            _ => case.comparer.replace(output.clone()),
        };
        let differences = case.comparer.differences(&expected["output"], &seen);
        found.extend(differences.into_iter().map(|difference| format!("output {difference}")));
    }
    found.extend(case.differences("error", error.map(Value::from).as_ref()));
    found.extend(case.differences("cause", cause.map(Value::from).as_ref()));
    if let Some(events) = expected["events"].as_array() {
        found.extend(compare_events(case, events, &ran.history.to_json()["events"]));
    }
    found.extend(compare_asserted(case, &ran.history));
    if let Some(expected) = expected["logged_execution_events"].as_array() {
        found.extend(compare_logged(case, expected, &ran.logged));
    }
    if let Some(end) = expected.get("log_end_event") {
        found.extend(compare_logged(
            case,
            std::slice::from_ref(end),
            ran.logged.last_chunk::<1>().map_or(&[], |end| end),
        ));
    }
    found
}

/// Removes the facts of an exchange over HTTP that was not made.
fn without_lengths(recorded: &mut Value) {
    match recorded {
        Value::Array(items) => Shared::make_mut(items).iter_mut().for_each(without_lengths),
        Value::Object(_) => {
            let entries = recorded.make_object();
            entries.retain(|key, _| !matches!(&**key, "Content-Length" | "Date"));
            entries.values_mut().for_each(without_lengths);
        }
        _ => {}
    }
}

fn compare_logged(case: &Case, expected: &[Value], logged: &[Value]) -> Vec<String> {
    let logged = logged.iter().map(|event| {
        let mut event = case.comparer.normalise(event);
        // As the recorder does with all keys of that name.
        event.make_object().insert("event_timestamp".into(), "timestamp".into());
        event
    });
    let differences =
        case.comparer.differences(&Value::array(expected.iter().cloned()), &Value::array(logged));
    differences.into_iter().map(|difference| format!("log {difference}")).collect()
}

/// Of an execution that AWS did not run: parts of some events, by their places from the start or, below zero, from the end.
fn compare_asserted(case: &Case, history: &History) -> Vec<String> {
    let actual = history.to_json();
    let events = actual["events"].as_array().unwrap_or_default();
    let mut found = Vec::new();
    for (place, expected) in case.expected()["asserted_events"].as_object().into_iter().flatten() {
        let at = match place.strip_prefix('-') {
            Some(back) => back.parse().ok().and_then(|back| events.len().checked_sub(back)),
            None => place.parse().ok(),
        };
        let actual = at.and_then(|at: usize| events.get(at)).cloned().unwrap_or_default();
        let mut actual = case.comparer.normalise(&actual);
        if let (Value::Object(_), Some(expected)) = (&actual, expected.as_object()) {
            let event = actual.make_object();
            event.retain(|key, _| expected.contains_key(key));
            for (key, details) in event {
                if let Some(expected) = expected[key].as_object() {
                    details.make_object().retain(|key, _| expected.contains_key(key));
                }
            }
        }
        let differences = case.comparer.differences(expected, &actual);
        found.extend(differences.into_iter().map(|difference| format!("event {place} {difference}")));
    }
    found
}

fn compare_events(case: &Case, expected: &[Value], actual: &Value) -> Vec<String> {
    let normalised = case.comparer.normalise(&Value::object([("e", actual.clone())]));
    let actual: Vec<Value> = normalised["e"]
        .as_array()
        .unwrap_or_default()
        .iter()
        .map(|event| {
            let mut event = event.clone();
            // As the recorder does with all keys of that name.
            event.make_object().insert("timestamp".into(), "timestamp".into());
            event
        })
        .collect();
    if case.value["events_unordered_in_parallel"].as_bool() == Some(true) {
        return compare_unordered(case, expected, &actual);
    }
    let actual = Value::array(actual);
    let mut found = case.comparer.differences(&Value::array(expected.iter().cloned()), &actual);
    if found.iter().any(|difference| difference.starts_with("$: length")) {
        let names = |events: &[Value]| {
            let names: Vec<_> = events.iter().filter_map(|event| event["type"].as_str()).collect();
            names.join(" ")
        };
        found.push(format!("wanted {}", names(expected)));
        found.push(format!("got    {}", names(actual.as_array().unwrap_or_default())));
    }
    found.into_iter().map(|difference| format!("event {difference}")).collect()
}

/// The recorder sorted the events inside of Parallel states, took their numbers away and lost their last: a set is left.
fn compare_unordered(case: &Case, expected: &[Value], actual: &[Value]) -> Vec<String> {
    let strip = |events: &[Value]| {
        let lost = ["ParallelStateSucceeded", "ParallelStateFailed"];
        let kept =
            events.iter().filter(|event| !event["type"].as_str().is_some_and(|name| lost.contains(&name)));
        let bare = kept.map(|event| {
            let mut event = event.clone();
            event.make_object().retain(|key, _| !matches!(&**key, "id" | "previousEventId" | "timestamp"));
            event
        });
        bare.collect::<Vec<_>>()
    };
    let mut left = strip(actual);
    let mut found = Vec::new();
    for event in strip(expected) {
        match left.iter().position(|other| case.comparer.differences(&event, other).is_empty()) {
            Some(at) => {
                left.remove(at);
            }
            None => found.push(format!("event missing: {event}")),
        }
    }
    found.extend(left.iter().map(|event| format!("event unexpected: {event}")));
    found
}
