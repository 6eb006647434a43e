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
//! let findings = draft.build().unwrap_err();
//! assert!(findings.to_string().contains("it may be missing"));
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::{
    asl::{self, Resource, State, StateKind, StateMachine},
    check::{self, Options},
    definition::{Call, Definition, LoggingConfiguration, Reference, Source, TaskBinding, WorkflowType},
    diagnostic::{Diagnostic, Diagnostics},
    flow::{self, Known, StateTyping, TaskRef, TypeRef, Typing},
    shape::Shape,
    task::TaskInfo,
    value::{Map, Value},
};

/// The placeholder of a function's name until [`Draft::finish`] writes it. Not for use by hand.
#[doc(hidden)]
pub const FUNCTION_NAME: &str = "${FunctionName}";

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
}

/// A Task state whose work is a Rust function.
#[derive(Clone, Debug)]
pub struct DraftTask {
    /// JSON pointer of the state.
    pub state: String,
    /// The function.
    pub task: TaskInfo,
    /// The way in which the state calls it.
    pub call: Call,
    /// The shape of the callback's result.
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
            results: Vec::new(),
            source: None,
            substitutions: IndexMap::new(),
            logging: None,
            tracing: false,
        }
    }

    /// A draft out of the ASL that `state_machine!` wrote. Not for use by hand.
    #[doc(hidden)]
    pub fn from_macro(name: &str, asl: &str) -> Self {
        // The macro wrote this text out of a machine that it had read; a text that is none gives an empty machine.
        let machine = asl::read_str(asl).map(|(machine, _)| machine).unwrap_or_default();
        Self::new(name, machine)
    }

    /// Checks the draft and gives its definition.
    ///
    /// # Errors
    /// All findings, when one of them is an error.
    pub fn build(self) -> Result<Definition, Diagnostics> {
        let (definition, findings) = self.build_with_warnings();
        let findings = Diagnostics(findings);
        if findings.has_errors() { Err(findings) } else { Ok(definition) }
    }

    /// Checks the draft and gives its definition with all findings, errors and warnings.
    pub fn build_with_warnings(self) -> (Definition, Vec<Diagnostic>) {
        let (typing, known) = self.typing();
        let definition = self.finish();
        let mut findings =
            check::check(&definition.machine, &Options { workflow_type: definition.workflow_type });
        let analysis = flow::analyse(&definition.machine, &typing);
        findings.extend(analysis.findings);
        findings.extend(analysis.obligations.iter().filter_map(|obligation| obligation.judge(&known)));
        (definition, findings)
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
        for (pointer, shape) in &self.results {
            states.insert(pointer.clone(), StateTyping::Result(ty(shape)));
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
        for task in &self.tasks {
            let Some(state) = state_mut(&mut self.machine, &task.state) else { continue };
            let StateKind::Task(fields) = &mut state.kind else { continue };
            match task.call {
                // A function that is deployed elsewhere is named by its ARN.
                Call::Direct if task.task.function_name.starts_with("arn:") => {
                    fields.resource = Resource::Arn(task.task.function_name.to_owned());
                }
                Call::Direct => {
                    let name = format!("{}Arn", pascal_case(task.task.name));
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
                    if let Some(Value::Object(given)) = given {
                        let given = given.iter().filter(|(_, value)| value.as_str() != Some(FUNCTION_NAME));
                        parameters.extend(given.map(|(key, value)| (key.clone(), value.clone())));
                    }
                    *given = Some(parameters.into());
                }
            }
        }
        let callbacks = self.tasks.iter().filter_map(|task| Some((task.state.clone(), task.result?)));
        let results = self.results.into_iter().chain(callbacks).collect();
        Definition {
            name: self.name,
            workflow_type: self.workflow_type,
            machine: self.machine,
            input: self.input.unwrap_or(&Shape::Any),
            output: self.output.unwrap_or(&Shape::Any),
            tasks: self
                .tasks
                .into_iter()
                .map(|task| TaskBinding { state: task.state, task: task.task, call: task.call })
                .collect(),
            results,
            source: self.source,
            substitutions: self.substitutions,
            logging: self.logging,
            tracing: self.tracing,
        }
    }
}

/// `process_order` as `ProcessOrder`: names of substitutions are alphanumeric.
fn pascal_case(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.extend(chars);
    }
    out
}

/// The state at a JSON pointer.
pub(crate) fn state_mut<'m>(machine: &'m mut StateMachine, pointer: &str) -> Option<&'m mut State> {
    let rest = pointer.strip_prefix("/States/")?;
    let (name, rest) = match rest.split_once('/') {
        Some((name, rest)) => (name, Some(rest)),
        None => (rest, None),
    };
    let state = machine.states.get_mut(&name.replace("~1", "/").replace("~0", "~"))?;
    let Some(rest) = rest else { return Some(state) };
    let (machine, rest) = match &mut state.kind {
        StateKind::Parallel(parallel) => {
            let (index, rest) = rest.strip_prefix("Branches/")?.split_once('/')?;
            (parallel.branches.get_mut(index.parse::<usize>().ok()?)?, rest)
        }
        StateKind::Map(map) => match rest.split_once('/')? {
            ("ItemProcessor", rest) => (map.item_processor.as_mut()?, rest),
            ("Iterator", rest) => (map.iterator.as_mut()?, rest),
            _ => return None,
        },
        _ => return None,
    };
    state_mut(machine, &format!("/{rest}"))
}
