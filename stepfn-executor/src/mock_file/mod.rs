//! Mock files in the format of Step Functions Local.
//!
//! A mock file names, for each test case of a state machine, the response of each Task state, and defines what each response
//! answers to the first, the second and the further invocations. The format is that of
//! [AWS's guide](https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html).
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}, value::Value};
//! use stepfn_executor::{Executor, mock_file::MockFile};
//!
//! let file = MockFile::parse(r#"{
//!     "StateMachines": { "Loading": { "TestCases": { "Busy": { "Load": "BusyOnce" } } } },
//!     "MockedResponses": {
//!         "BusyOnce": {
//!             "0": { "Throw": { "Error": "Lambda.ServiceException", "Cause": "busy" } },
//!             "1-2": { "Return": { "StatusCode": 200, "Payload": { "rows": 3 } } }
//!         }
//!     }
//! }"#)?;
//!
//! let (machine, _) = asl::read_str(r#"{ "StartAt": "Load", "States": { "Load": {
//!     "Type": "Task",
//!     "Resource": "arn:aws:states:::lambda:invoke",
//!     "Parameters": { "FunctionName": "load" },
//!     "OutputPath": "$.Payload.rows",
//!     "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"] }],
//!     "End": true
//! } } }"#)?;
//! let case = file.test_case("Loading", "Busy")?;
//! case.check(&machine)?;
//!
//! let definition = Definition::from_asl("Loading", WorkflowType::Standard, machine);
//! let outcome = Executor::builder().mocks(&case).build(&definition)?.run_blocking(Value::empty_object())?;
//! assert_eq!(outcome.output(), Some(&Value::from(3)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What an answer is
//!
//! - `Return` is the task's result, unchanged. For a Lambda function's ARN as `Resource` the result is the `Payload` of what the
//!   Lambda API returns.
//! - `Throw` fails the attempt by its `Error` and `Cause`.
//! - On `.sync` and `.waitForTaskToken` the request is accepted with an empty reply, and the answer is what the job or the callback
//!   ends in.
//!
//! Invocations are counted for each state and execution, over retries, loops and Map items. One without a response stops the run
//! with [`RunError::NoAnswer`](crate::RunError::NoAnswer). A Task that the test case leaves out is bound or mocked by other means:
//! there are no services to call.

mod read;
mod response;

use std::{fmt, sync::Arc};

use indexmap::IndexMap;
use stepfn_core::{
    asl::{StateKind, StateMachine},
    diagnostic::{list, nearest},
    json::{Document, Span, push_token},
};

use self::response::Response;
use crate::handler::TaskHandler;

/// A mock file: the test cases of state machines.
#[derive(Clone, Debug)]
pub struct MockFile {
    document: Document,
    machines: IndexMap<String, IndexMap<String, Cases>>,
}

/// The response of each state that a test case names.
type Cases = Vec<(String, Arc<Response>)>;

/// One test case of a [`MockFile`]: the answers of its Task states, for [`ExecutorBuilder::mocks`].
///
/// [`ExecutorBuilder::mocks`]: crate::ExecutorBuilder::mocks
#[derive(Clone, Debug)]
pub struct MockCase {
    machine: String,
    name: String,
    states: Vec<MockedState>,
}

#[derive(Clone, Debug)]
struct MockedState {
    name: String,
    pointer: String,
    span: Span,
    response: Arc<Response>,
}

/// The error of a mock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockFileError {
    /// Each of it, in the order of the text; at least one.
    pub faults: Vec<MockFault>,
}

/// One error of a mock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockFault {
    /// Its JSON pointer; empty where the text is no JSON.
    pub pointer: String,
    /// Its place in the text.
    pub span: Span,
    /// The error: lower case, no full stop.
    pub message: String,
    /// A suggestion of what to write instead.
    pub help: Option<String>,
}

impl MockFile {
    /// Reads a mock file.
    ///
    /// # Errors
    /// Any error of the file: no JSON, a field that is missing or of the wrong kind, a duplicate key, a response that
    /// does not exist, invocation numbers with gaps or overlaps, an answer that is not just one of `Return` and `Throw`.
    pub fn parse(text: &str) -> Result<Self, MockFileError> {
        read::read(text)
    }

    /// The names of the state machines.
    pub fn state_machines(&self) -> impl ExactSizeIterator<Item = &str> {
        self.machines.keys().map(String::as_str)
    }

    /// The names of a state machine's test cases.
    pub fn test_cases(&self, state_machine: &str) -> impl Iterator<Item = &str> {
        self.machines.get(state_machine).into_iter().flat_map(|cases| cases.keys().map(String::as_str))
    }

    /// A test case of a state machine.
    ///
    /// # Errors
    /// When there is no such state machine or test case.
    pub fn test_case(&self, state_machine: &str, test_case: &str) -> Result<MockCase, MockFileError> {
        let mut at = "/StateMachines".to_owned();
        let machine = find(&self.machines, "state machine", state_machine);
        let cases = machine.map_err(|(message, help)| self.fault(&at, message, help))?;
        push_token(&mut at, state_machine);
        at.push_str("/TestCases");
        let case = find(cases, "test case", test_case);
        let states = case.map_err(|(message, help)| self.fault(&at, message, help))?;
        push_token(&mut at, test_case);
        let states = states.iter().map(|(name, response)| {
            let mut pointer = at.clone();
            push_token(&mut pointer, name);
            let span = self.document.key_span(&pointer);
            MockedState {
                name: name.clone(),
                span: span.unwrap_or_else(|| self.document.nearest_span(&pointer)),
                pointer,
                response: Arc::clone(response),
            }
        });
        Ok(MockCase {
            machine: state_machine.to_owned(),
            name: test_case.to_owned(),
            states: states.collect(),
        })
    }

    fn fault(&self, pointer: &str, message: String, help: String) -> MockFileError {
        let span = self.document.key_span(pointer).unwrap_or_else(|| self.document.nearest_span(pointer));
        MockFault { pointer: pointer.to_owned(), span, message, help: Some(help) }.into()
    }
}

impl MockCase {
    /// The name of the state machine in the file.
    pub fn state_machine(&self) -> &str {
        &self.machine
    }

    /// The test case's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the states that it mocks.
    pub fn states(&self) -> impl ExactSizeIterator<Item = &str> {
        self.states.iter().map(|state| state.name.as_str())
    }

    /// Checks that a machine has all the states that the test case mocks, and that they are Tasks.
    ///
    /// # Errors
    /// Those that are not, with their places in the mock file.
    pub fn check(&self, machine: &StateMachine) -> Result<(), MockFileError> {
        let mut states = IndexMap::new();
        collect(machine, &mut states);
        let mut faults = Vec::new();
        for state in &self.states {
            let MockedState { name, pointer, span, .. } = state;
            let (message, help) = match states.get(name.as_str()) {
                Some(&"Task") => continue,
                Some(kind) => (
                    format!("the state `{name}` is a {kind}, and only Task states are mocked"),
                    Some("leave it out".to_owned()),
                ),
                None => {
                    let tasks = states.iter().filter(|(_, kind)| **kind == "Task").map(|(name, _)| *name);
                    let near = if faults.len() < MOST_COMPARED { nearest(name, tasks) } else { None };
                    (
                        format!("there is no state `{name}`"),
                        near.map(|near| format!("did you mean `{near}`?")),
                    )
                }
            };
            faults.push(MockFault { pointer: pointer.clone(), span: span.clone(), message, help });
        }
        if faults.is_empty() { Ok(()) } else { Err(MockFileError { faults }) }
    }

    pub(crate) fn handlers(&self) -> impl Iterator<Item = (&str, impl TaskHandler)> {
        self.states.iter().map(|state| (state.name.as_str(), Arc::clone(&state.response)))
    }
}

/// The faults for which a name that is near is looked for: each is compared with all names that there are.
const MOST_COMPARED: usize = 100;

/// The states of a machine and of those inside, with their types.
fn collect<'m>(machine: &'m StateMachine, states: &mut IndexMap<&'m str, &'static str>) {
    for (name, state) in &machine.states {
        let task = matches!(state.kind, StateKind::Task(_));
        // Machines inside may use a name again: one Task is enough.
        if task || !states.contains_key(name.as_str()) {
            states.insert(name, state.kind.name());
        }
        for (_, child) in state.children() {
            collect(child, states);
        }
    }
}

/// An entry by its name; else what to say.
fn find<'m, T>(map: &'m IndexMap<String, T>, what: &str, name: &str) -> Result<&'m T, (String, String)> {
    map.get(name).ok_or_else(|| {
        let message = format!("there is no {what} `{name}` in the mock file");
        let help = match nearest(name, map.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if map.is_empty() => format!("add a {what}: there are none"),
            None => format!("there are {}", list(map.keys())),
        };
        (message, help)
    })
}

impl From<MockFault> for MockFileError {
    fn from(fault: MockFault) -> Self {
        Self { faults: vec![fault] }
    }
}

impl fmt::Display for MockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mock file, line {}, column {}: {}", self.span.line, self.span.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for MockFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for MockFileError {}
