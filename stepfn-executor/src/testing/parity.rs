//! A run, state by state, as requests to AWS's `TestState`: whoever has an account can ask AWS for the same.

use stepfn_core::{asl::StateMachine, definition::Definition, value::Value};

use super::{
    Run,
    picture::{Trace, trace},
};
use crate::history::EventKind;

/// A request for one stay in a state, to be made to AWS: `aws stepfunctions test-state --cli-input-json file://request.json`.
#[derive(Clone, Debug)]
pub struct TestStateRequest {
    /// The state's name.
    pub state: String,
    /// The request of the API: `definition`, `stateName`, `input`, `variables`, `context`, `mock`, `roleArn`, `inspectionLevel`.
    pub request: Value,
    /// The state's output here; none where it failed.
    pub output: Option<Value>,
}

impl<W> Run<W> {
    /// The states that were visited, each as a request to AWS's `TestState` with the input, the variables and the mocked result that it
    /// had in this run (API reference, "TestState"). Parallels and Maps are left out, the states
    /// inside of them are not; so is a Task that failed before its work began. Variables are those of the whole run, in the order of the
    /// events: what a branch assigns its siblings are given, too. `$$.Task.Token` is not in the context.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
    /// use stepfn_executor::{Mock, test_state::TestState, testing::Test};
    ///
    /// let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": {
    ///     "Load": { "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:load", "ResultPath": "$.loaded", "End": true } } }"#)?;
    /// let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
    /// let run = Test::of(&definition).mock("Load", Mock::succeed(3)).run_value(Value::empty_object());
    ///
    /// let [load] = &run.test_state_requests(&definition)[..] else { panic!("one state") };
    /// assert_eq!(load.request["mock"]["result"].as_str(), Some("3"));
    /// // What AWS would be asked, asked here.
    /// let reply = TestState::from_request(&load.request)?.run()?.to_json();
    /// assert_eq!(reply["output"].as_str(), Some(r#"{"loaded":3}"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn test_state_requests(&self, definition: &Definition) -> Vec<TestStateRequest> {
        let history = &self.outcome.history;
        let Trace { visits, stays } = trace(history);
        let mut machine = definition.machine.to_json().to_string();
        // What a deployment would put there: the work is mocked, so that any function will do.
        for name in definition.substitutions.keys() {
            let arn = format!("arn:aws:lambda:us-east-1:123456789012:function:{name}");
            machine = machine.replace(&format!("${{{name}}}"), &arn);
        }
        // What the last attempt of each stay ended in, and the variables that were assigned when it began.
        let mut mocks: Vec<Option<Value>> = vec![None; visits.len()];
        let mut failures: Vec<u32> = vec![0; visits.len()];
        let mut variables: Vec<Value> = Vec::new();
        let mut assigned = Value::empty_object();
        for (event, stay) in history.as_slice().iter().zip(stays.into_iter().skip(1)) {
            let Some(stay) = stay else { continue };
            match &event.kind {
                EventKind::StateEntered { .. } => variables.push(assigned.clone()),
                EventKind::StateExited { assigned: Some(more), .. } => {
                    if let Value::Object(all) = &mut assigned {
                        let more = more.iter().map(|(name, value)| (name.clone(), value.clone()));
                        stepfn_core::value::Shared::make_mut(all).extend(more);
                    }
                }
                EventKind::TaskSucceeded { output, .. } => {
                    mocks[stay] = Some(Value::object([("result", Value::from(output.to_string()))]));
                }
                EventKind::TaskFailed { error, .. } | EventKind::TaskTimedOut { error, .. } => {
                    let text =
                        |text: &Option<std::sync::Arc<str>>| Value::from(text.as_deref().unwrap_or_default());
                    let error = [("error", text(&error.error)), ("cause", text(&error.cause))];
                    failures[stay] += 1;
                    mocks[stay] = Some(Value::object([("errorOutput", Value::object(error))]));
                }
                _ => {}
            }
        }
        let execution = Value::object([
            ("Id", Value::from(self.outcome.execution_arn())),
            ("Input", self.outcome.input.clone()),
            ("Name", self.outcome.name().into()),
        ]);
        let of = visits.into_iter().zip(mocks.into_iter().zip(failures)).zip(variables);
        of.filter_map(|((visit, (mock, failures)), variables)| {
            let kind = type_of(&definition.machine, &visit.state)?;
            // A Task that never came to its work would have it done by AWS.
            if matches!(kind, "Parallel" | "Map") || kind == "Task" && mock.is_none() {
                return None;
            }
            let state = Value::object([("Name", Value::from(visit.state.as_str()))]);
            let context = Value::object([("Execution", execution.clone()), ("State", state)]);
            let mut request = vec![
                ("definition", Value::from(machine.as_str())),
                ("stateName", visit.state.as_str().into()),
                ("input", visit.input.to_string().into()),
                ("context", context.to_string().into()),
                ("roleArn", "arn:aws:iam::123456789012:role/test-state".into()),
                ("inspectionLevel", "DEBUG".into()),
            ];
            if variables.as_object().is_some_and(|variables| !variables.is_empty()) {
                request.push(("variables", variables.to_string().into()));
            }
            let failed = mock.as_ref().is_some_and(|mock| mock.get("errorOutput").is_some());
            if failed && failures > 1 {
                let retries = [("retrierRetryCount", Value::from(failures - 1))];
                request.push(("stateConfiguration", Value::object(retries)));
            }
            request.extend(mock.filter(|_| kind == "Task").map(|mock| ("mock", mock)));
            Some(TestStateRequest {
                request: Value::object(request),
                output: visit.left.map(|(output, _)| output),
                state: visit.state,
            })
        })
        .collect()
    }
}

/// Returns the `Type` of the state of a name, wherever it is.
fn type_of(machine: &StateMachine, name: &str) -> Option<&'static str> {
    if let Some(state) = machine.states.get(name) {
        return Some(state.kind.name());
    }
    machine
        .states
        .values()
        .find_map(|state| state.children().iter().find_map(|(_, child)| type_of(child, name)))
}
