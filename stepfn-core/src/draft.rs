//! A workflow before it is checked: ASL, and the Rust types and functions behind it.
//!
//! Both the macro and the [builder](crate::builder) make a [`Draft`]; [`Draft::build`] judges it and gives the
//! [`Definition`]. The macro has rustc judge the same claims instead, and only [finishes](Draft::finish) the draft.
//!
//! ```
//! use stepfn_core::{asl, draft::Draft, shape::StateData};
//!
//! let (machine, _) = asl::read_str(
//!     r#"{ "StartAt": "Use", "States": { "Use": { "Type": "Pass", "InputPath": "$.totl", "End": true } } }"#,
//! )?;
//! let mut draft = Draft::new("Totals", machine);
//! draft.input = Some(<std::collections::HashMap<String, u32>>::SHAPE);
//! let diagnostics = draft.build().unwrap_err();
//! assert!(diagnostics.to_string().contains("it may be missing"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

use std::{borrow::Cow, collections::HashMap};

use indexmap::IndexMap;

use crate::{
    arn,
    asl::{self, Resource, State, StateKind, StateMachine},
    case::ascii_pascal,
    check::{self, Options},
    definition::{
        Call, ChildBinding, Definition, LoggingConfiguration, Reference, Source, TaskBinding, WorkflowInfo,
        WorkflowType, logical_id, short_name,
    },
    diagnostic::{Code, Diagnostic, Diagnostics},
    flow::{self, Known, StateTyping, TaskRef, TypeRef, Typing},
    json::{self, Pointer},
    number,
    shape::Shape,
    task::TaskInfo,
    value::{Map, Value},
};

/// The placeholder of a function's name until [`Draft::finish`] writes it. Not for use by hand.
#[doc(hidden)]
pub const FUNCTION_NAME: &str = "${FunctionName}";

/// The placeholder of the ARN of a machine that a Task starts, until [`Draft::finish`] writes it. Not for use by hand.
#[doc(hidden)]
pub const CHILD_ARN: &str = "${StateMachineArn}";

/// The parameter that names the machine which a Task starts.
const CHILD_FIELD: &str = "StateMachineArn";
const CHILD_PATH: &str = "StateMachineArn.$";

/// Puts the placeholder of the ARN of the machine that is started before the other parameters, where none was given. Not for use by hand.
#[doc(hidden)]
pub fn start_with(given: &mut Value) {
    let Some(parameters) = given.as_object() else { return };
    if [CHILD_FIELD, CHILD_PATH].iter().any(|key| parameters.contains_key(key)) {
        return;
    }
    let mut all = Map::new();
    all.insert(CHILD_FIELD.into(), CHILD_ARN.into());
    all.extend(parameters.iter().map(|(key, value)| (key.clone(), value.clone())));
    *given = all.into();
}

/// The binding of a Task to the program: its name or ARN goes into the parameters. Not for use by hand.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A function of Lambda.
    Function,
    /// Another state machine.
    Machine,
}

impl Bound {
    /// Returns the error of arguments that are no object, and what to write instead.
    #[must_use]
    pub fn no_object(self) -> (String, &'static str) {
        let (what, help) = match self {
            Self::Function => ("the function's name is", "give what the function gets as `payload`"),
            Self::Machine => ("the machine's ARN is", "give what the machine is started with as `input`"),
        };
        (format!("`arguments` has to be an object, for {what} put into it"), help)
    }
}

/// A workflow before it is checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The state machine's name.
    pub name: String,
    /// Standard or Express.
    pub workflow_type: WorkflowType,
    /// The ASL. What [`tasks`](Self::tasks) say need not be in it: [`finish`](Self::finish) fills it in.
    pub machine: StateMachine,
    /// Whether values that are declared to be anything must be tested before use: `#[strict]`.
    pub strict: bool,
    /// The shape of the execution's input, if it is known.
    pub input: Option<&'static Shape>,
    /// The shape as which the execution's output must be readable.
    pub output: Option<&'static Shape>,
    /// The Task states whose work is a Rust function.
    pub tasks: Vec<DraftTask>,
    /// The Task states that start another workflow of this program.
    pub children: Vec<DraftChild>,
    /// The results of other Task states, by JSON pointer, where they are known.
    pub results: Vec<(String, &'static Shape)>,
    /// The place in the Rust source.
    pub source: Option<Source>,
    /// The references for each `${Name}` in the strings of the ASL.
    pub substitutions: IndexMap<String, Reference>,
    /// `loggingConfiguration`
    pub logging: Option<LoggingConfiguration>,
    /// `tracingConfiguration`
    pub tracing: bool,
    /// Numbers that only rustc knew, by JSON pointer.
    #[doc(hidden)]
    pub numbers: Vec<(String, Value)>,
    /// The types and names of constants that only rustc knows, by JSON pointer. Not for use by hand.
    #[doc(hidden)]
    pub constants: Vec<(String, &'static Shape, String)>,
}

/// A Task state whose work is a Rust function.
#[derive(Clone, Debug)]
pub struct DraftTask {
    /// JSON pointer of the state.
    pub state: Pointer,
    /// The function.
    pub task: TaskInfo,
    /// The way in which the state calls it.
    pub call: Call,
    /// The shape of the callback's result.
    pub result: Option<&'static Shape>,
}

/// A Task state that starts another workflow of this program.
#[derive(Clone, Debug)]
pub struct DraftChild {
    /// JSON pointer of the state.
    pub state: Pointer,
    /// The workflow.
    pub child: WorkflowInfo,
    /// The result of a callback.
    pub result: Option<&'static Shape>,
}

impl Draft {
    /// A draft of which nothing but the ASL is known.
    pub fn new(name: impl Into<String>, machine: StateMachine) -> Self {
        Self {
            name: name.into(),
            workflow_type: WorkflowType::Standard,
            strict: false,
            machine,
            input: None,
            output: None,
            tasks: Vec::new(),
            children: Vec::new(),
            results: Vec::new(),
            source: None,
            substitutions: IndexMap::new(),
            logging: None,
            tracing: false,
            numbers: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// A draft out of the ASL that `state_machine!` wrote. Not for use by hand.
    #[doc(hidden)]
    pub fn from_macro(name: &str, asl: &str) -> Self {
        // The macro wrote this text out of a machine that it had read; a text that is none gives an empty machine.
        let machine = asl::read_str(asl).map(|(machine, _)| machine).unwrap_or_default();
        Self::new(name, machine)
    }

    /// Adds a Task state whose work is a Rust function. Not for use by hand.
    #[doc(hidden)]
    pub fn task(&mut self, state: &str, task: TaskInfo, call: Call, result: Option<&'static Shape>) {
        self.tasks.push(DraftTask { state: state.into(), task, call, result });
    }

    /// Adds a Task state that starts another workflow. Not for use by hand.
    #[doc(hidden)]
    pub fn child(&mut self, state: &str, child: WorkflowInfo, result: Option<&'static Shape>) {
        self.children.push(DraftChild { state: state.into(), child, result });
    }

    /// Checks the draft and gives its definition.
    ///
    /// # Errors
    /// All diagnostics, when one of them is an error.
    pub fn build(self) -> Result<Definition, Diagnostics> {
        let (definition, diagnostics) = self.build_with_warnings();
        let diagnostics = Diagnostics(diagnostics);
        if diagnostics.has_errors() { Err(diagnostics) } else { Ok(definition) }
    }

    /// Checks the draft and returns its definition with all diagnostics, errors and warnings.
    pub fn build_with_warnings(mut self) -> (Definition, Vec<Diagnostic>) {
        let (typing, known) = self.typing();
        let unstartable = self.unstartable();
        let unbindable = self.unbindable();
        let definition = self.finish();
        let mut diagnostics =
            check::check(&definition.machine, &Options { workflow_type: definition.workflow_type });
        let analysis = flow::analyse(&definition.machine, &typing);
        diagnostics.extend(analysis.diagnostics);
        diagnostics.extend(unstartable);
        diagnostics.extend(unbindable);
        diagnostics.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
        (definition, diagnostics)
    }

    fn typing(&self) -> (Typing, Known) {
        let mut known = Known::default();
        let mut ty = |shape: &'static Shape| {
            known.types.push(shape);
            TypeRef(known.types.len() - 1)
        };
        let mut states = HashMap::new();
        for (index, task) in self.tasks.iter().enumerate() {
            let typing = StateTyping::Task {
                task: TaskRef(index),
                name: task.task.name.to_owned(),
                input: ty(task.task.input),
                output: ty(task.task.output),
                call: task.call,
                result: task.result.map(&mut ty),
            };
            states.insert(task.state.clone(), typing);
        }
        for child in &self.children {
            let typing = StateTyping::Child {
                name: child.child.name.to_owned(),
                input: ty(child.child.input),
                output: ty(child.child.output),
                result: child.result.map(&mut ty),
            };
            states.insert(child.state.clone(), typing);
        }
        for (pointer, shape) in &self.results {
            states.insert(pointer.into(), StateTyping::Result(ty(shape)));
        }
        for (pointer, shape, name) in &self.constants {
            let typing = StateTyping::Constant { ty: ty(shape), name: name.clone() };
            states.insert(pointer.into(), typing);
        }
        let typing = Typing {
            input: self.input.map(&mut ty),
            output: self.output.map(&mut ty),
            states,
            proven: true,
            express: self.workflow_type == WorkflowType::Express,
            strict: self.strict,
        };
        known.tasks = self.tasks.iter().map(|task| task.task).collect();
        (typing, known)
    }

    /// Returns the definition without checking it, with the deployed names of the functions in the ASL.
    pub fn finish(mut self) -> Definition {
        if !self.numbers.is_empty() {
            let mut json = self.machine.to_json();
            for (at, number) in self.numbers.drain(..) {
                number::put(&mut json, &at, number);
            }
            self.machine = asl::read(&json).0;
        }
        for task in &self.tasks {
            let Some(state) = state_mut(&mut self.machine, &task.state) else { continue };
            let StateKind::Task(fields) = &mut state.kind else { continue };
            match task.call {
                // A function that is deployed elsewhere is named by its ARN.
                Call::Direct if arn::is_arn(task.task.function_name) => {
                    fields.resource = Resource::Arn(task.task.function_name.to_owned());
                }
                Call::Direct => {
                    let name = format!("{}Arn", ascii_pascal(task.task.name));
                    fields.resource = Resource::Arn(format!("${{{name}}}"));
                    self.substitutions
                        .insert(name, Reference::GetAtt(task.task.name.to_owned(), "Arn".to_owned()));
                }
                Call::Invoke | Call::WaitForTaskToken => {
                    let suffix = if task.call == Call::Invoke { "" } else { ".waitForTaskToken" };
                    fields.resource = Resource::Arn(format!("arn:aws:states:::lambda:invoke{suffix}"));
                    let mut parameters = Map::new();
                    parameters.insert("FunctionName".into(), task.task.function_name.into());
                    // Which of the two the state's query language has, the macro and the builder have written already.
                    let given =
                        if state.arguments.is_some() { &mut state.arguments } else { &mut state.parameters };
                    match given {
                        Some(Value::Object(given)) => {
                            let given =
                                given.iter().filter(|(_, value)| value.as_str() != Some(FUNCTION_NAME));
                            parameters.extend(given.map(|(key, value)| (key.clone(), value.clone())));
                        }
                        // An error that `unbindable` reports.
                        Some(_) => continue,
                        None => {}
                    }
                    *given = Some(parameters.into());
                }
            }
        }
        let children = std::mem::take(&mut self.children);
        let children = children.into_iter().map(|child| self.finish_child(child)).collect::<Vec<_>>();
        let callbacks = self.tasks.iter().filter_map(|task| Some((task.state.to_string(), task.result?)));
        let of_children =
            children.iter().filter_map(|(child, result)| Some((child.state.clone(), (*result)?)));
        let results = self.results.into_iter().chain(callbacks).chain(of_children).collect();
        Definition {
            name: self.name,
            workflow_type: self.workflow_type,
            machine: self.machine,
            input: self.input.unwrap_or(&Shape::Any),
            output: self.output.unwrap_or(&Shape::Any),
            tasks: self
                .tasks
                .into_iter()
                .map(|task| TaskBinding { state: task.state.into_string(), task: task.task, call: task.call })
                .collect(),
            children: children.into_iter().map(|(child, _)| child).collect(),
            results,
            source: self.source,
            written: Vec::new(),
            substitutions: self.substitutions,
            logging: self.logging,
            tracing: self.tracing,
        }
    }
}

impl Draft {
    /// Writes the ARN of a machine that a state starts: as a `${Name}` that templates know it by, or out of the context where it is the
    /// machine itself, which no template could name inside of itself.
    fn finish_child(&mut self, child: DraftChild) -> (ChildBinding, Option<&'static Shape>) {
        let DraftChild { state, child, result } = child;
        let is_own = child.name == self.name;
        let substitution = (!is_own).then(|| self.substitution(&logical_id(&short_name(child.name))));
        if let Some(found) = state_mut(&mut self.machine, &state) {
            let is_jsonata = found.arguments.is_some();
            let given = if is_jsonata { &mut found.arguments } else { &mut found.parameters };
            if let Some(Value::Object(given)) = given {
                let (key, arn) = match &substitution {
                    Some(name) => (CHILD_FIELD, format!("${{{name}}}")),
                    None if is_jsonata => (CHILD_FIELD, "{% $states.context.StateMachine.Id %}".to_owned()),
                    None => (CHILD_PATH, "$$.StateMachine.Id".to_owned()),
                };
                let written = given.iter().map(|(name, value)| {
                    if value.as_str() == Some(CHILD_ARN) {
                        (key.into(), Value::from(arn.as_str()))
                    } else {
                        (name.clone(), value.clone())
                    }
                });
                *given = crate::value::Shared::new(written.collect());
            }
        }
        (
            ChildBinding { state: state.into_string(), name: child.name.to_owned(), substitution, child },
            result,
        )
    }

    /// Returns the errors of Tasks whose parameters are one expression, into which nothing can be put.
    fn unbindable(&mut self) -> Vec<Diagnostic> {
        let tasks = self.tasks.iter().filter(|task| task.call != Call::Direct);
        let bound = tasks.map(|task| (task.state.clone(), Bound::Function));
        let bound = bound.chain(self.children.iter().map(|child| (child.state.clone(), Bound::Machine)));
        let mut diagnostics = Vec::new();
        for (state, bound) in bound.collect::<Vec<_>>() {
            let Some(found) = state_mut(&mut self.machine, &state) else { continue };
            if found.arguments.as_ref().is_some_and(|given| given.as_object().is_none()) {
                let (message, help) = bound.no_object();
                let message = format!("state `{}`: {message}", state_name(&state));
                diagnostics
                    .push(Diagnostic::new(Code::InvalidTemplate, state.key("Arguments"), message).help(help));
            }
        }
        diagnostics
    }

    /// Returns the errors of the starts of other workflows that do not depend on their data.
    fn unstartable(&mut self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for DraftChild { state, child, .. } in &self.children {
            let Some(found) = state_mut(&mut self.machine, state) else { continue };
            let StateKind::Task(task) = &found.kind else { continue };
            let is_sync = task.resource.as_str().is_some_and(|arn| arn.ends_with(":startSyncExecution"));
            if is_sync && child.workflow_type == WorkflowType::Standard {
                let text = NOT_EXPRESS.rsplit_once(" [").map_or(NOT_EXPRESS, |(text, _)| text);
                let message = format!("state `{}`: {text}", state_name(state));
                diagnostics.push(Diagnostic::new(Code::UnsupportedPattern, state.key("Resource"), message));
            }
        }
        diagnostics
    }

    /// Returns the `${Name}` for `!Ref id`.
    fn substitution(&mut self, id: &str) -> String {
        let reference = Reference::Ref(id.to_owned());
        let mut name = id.to_owned();
        while self.substitutions.get(&name).is_some_and(|known| *known != reference) {
            name.push_str("StateMachine");
        }
        self.substitutions.insert(name.clone(), reference);
        name
    }
}

/// The name of the state at a JSON pointer.
fn state_name(pointer: &str) -> String {
    json::last(pointer).into_owned()
}

/// Stops rustc where a Standard workflow is started by `StartSyncExecution`. Not for use by hand.
///
/// # Panics
/// Then.
#[doc(hidden)]
#[track_caller]
pub const fn expect_express(child: &WorkflowInfo) {
    assert!(matches!(child.workflow_type, WorkflowType::Express), "{}", NOT_EXPRESS);
}

/// The message about a machine that `StartSyncExecution` does not take: recorded on AWS.
const NOT_EXPRESS: &str = "`StartSyncExecution` takes Express workflows alone, and this is a Standard one; write `states::start_execution(…).sync`, or `#[express]` on the machine [unsupported-pattern]";

/// The state at a JSON pointer.
pub(crate) fn state_mut<'m>(machine: &'m mut StateMachine, pointer: &str) -> Option<&'m mut State> {
    let tokens: Vec<_> = json::tokens(pointer)?.collect();
    state_at(machine, &tokens)
}

fn state_at<'m>(machine: &'m mut StateMachine, tokens: &[Cow<'_, str>]) -> Option<&'m mut State> {
    let [field, name, below @ ..] = tokens else { return None };
    let state = if field == "States" { machine.states.get_mut(&**name)? } else { return None };
    let [field, rest @ ..] = below else { return Some(state) };
    let (machine, rest) = match (&mut state.kind, &**field, rest) {
        (StateKind::Parallel(parallel), "Branches", [index, rest @ ..]) => {
            (parallel.branches.get_mut(index.parse::<usize>().ok()?)?, rest)
        }
        (StateKind::Map(map), "ItemProcessor", rest) => (map.item_processor.as_mut()?, rest),
        (StateKind::Map(map), "Iterator", rest) => (map.iterator.as_mut()?, rest),
        _ => return None,
    };
    state_at(machine, rest)
}
