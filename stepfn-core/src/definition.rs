//! A checked workflow: its ASL, and what of it the language has no word for.
//!
//! [`state_machine!`] and the [builder](crate::builder) both end in a [`Definition`]; the code generator and the executor
//! start from it.
//!
//! ```
//! use stepfn_core::{asl, definition::{Definition, WorkflowType}};
//!
//! let (machine, _) = asl::read_str(r#"{"StartAt": "Hello", "States": {"Hello": {"Type": "Succeed"}}}"#)?;
//! let definition = Definition::from_asl("Hello", WorkflowType::Standard, machine);
//! assert_eq!(definition.name, "Hello");
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```
//!
//! [`state_machine!`]: https://docs.rs/stepfn/latest/stepfn/macro.state_machine.html

use std::{fmt, panic::Location};

use indexmap::IndexMap;

use crate::{
    asl::StateMachine,
    placeholder::{self, Part},
    shape::{Shape, StateData},
    task::{Handler, TaskInfo},
    value::Value,
};
pub use crate::{asl::WorkflowType, task::Call};

/// A workflow that `state_machine!` declared.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workflow",
    label = "not a workflow",
    note = "declare it with `stepfn::state_machine!`, and bring it into scope by its name"
)]
pub trait Workflow {
    /// The input of an execution. The declaration of the machine checks, once, that its JSON form is known.
    type Input;
    /// The output of an execution.
    type Output;

    /// The state machine's name.
    const NAME: &'static str;

    /// Standard or Express.
    const TYPE: WorkflowType = WorkflowType::Standard;

    /// The definition, ready to be written out or run.
    fn definition() -> Definition;
}

/// A workflow's facts as a value: [`Workflow`] without its types.
#[derive(Clone, Copy, Debug)]
pub struct WorkflowInfo {
    /// [`Workflow::NAME`]
    pub name: &'static str,
    /// [`Workflow::TYPE`]
    pub workflow_type: WorkflowType,
    /// The shape of [`Workflow::Input`].
    pub input: &'static Shape,
    /// The shape of [`Workflow::Output`].
    pub output: &'static Shape,
    /// [`Workflow::definition`]
    pub definition: fn() -> Definition,
}

impl WorkflowInfo {
    /// The facts of a workflow.
    pub const fn of<W: Workflow>() -> Self
    where
        W::Input: StateData,
        W::Output: StateData,
    {
        Self {
            name: W::NAME,
            workflow_type: W::TYPE,
            input: W::Input::SHAPE,
            output: W::Output::SHAPE,
            definition: W::definition,
        }
    }
}

/// A type that a fragment names, by its place in the fragment. `fragment!` writes this: the fragment's own module knows the type.
#[doc(hidden)]
pub trait FragmentType<const N: usize> {
    /// The type, or the task or workflow of that name.
    type Type;
}

/// A number that a fragment names, by its place in the fragment.
#[doc(hidden)]
pub trait FragmentNumber<const N: usize> {
    /// As a whole number.
    const INTEGER: i128;
    /// As a number.
    const FLOAT: f64;
}

/// Another value that a fragment names, by its place in the fragment.
#[doc(hidden)]
pub trait FragmentConstant<const N: usize> {
    /// The shape of its type.
    const SHAPE: &'static Shape;
    /// As JSON.
    fn value() -> Value;
}

/// The place of a workflow in a Rust source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file, as from `file!()`: relative to the root of the workspace.
    pub file: &'static str,
    /// The line of each state's name, by JSON pointer.
    pub lines: &'static [(&'static str, u32)],
}

/// A workflow, ready to be written out or run.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The state machine's name.
    pub name: String,
    /// Standard or Express.
    pub workflow_type: WorkflowType,
    /// The workflow in ASL. Where a text of it holds `${Name}` and [`substitutions`](Self::substitutions) has the name,
    /// deployment formats put their own reference there.
    pub machine: StateMachine,
    /// The shape of the execution's input.
    pub input: &'static Shape,
    /// The shape of the execution's output.
    pub output: &'static Shape,
    /// The Task states whose work is a Rust function.
    pub tasks: Vec<TaskBinding>,
    /// The Task states that start another workflow of this program.
    pub children: Vec<ChildBinding>,
    /// The declared results of other Task states, and of those that wait for a callback, by JSON pointer.
    pub results: Vec<(String, &'static Shape)>,
    /// The place in the source, if it was written with `state_machine!`.
    pub source: Option<Source>,
    /// The calls of the [builder](crate::builder) that wrote the states, by JSON pointer, if it was built; the machine's own is that of ``.
    pub written: Vec<(String, &'static Location<'static>)>,
    /// The references for each `${Name}` in the strings of the ASL.
    pub substitutions: IndexMap<String, Reference>,
    /// `loggingConfiguration`, where logs are wanted.
    pub logging: Option<LoggingConfiguration>,
    /// `tracingConfiguration`: whether X-Ray traces are wanted.
    pub tracing: bool,
}

impl Definition {
    /// A definition out of ASL alone: nothing is known of its data, and every Task is to be bound or mocked.
    ///
    /// ```
    /// use stepfn_core::{asl, definition::{Definition, WorkflowType}};
    ///
    /// let (machine, diagnostics) = asl::read_str(r#"{ "StartAt": "A", "States": { "A": { "Type": "Succeed" } } }"#)?;
    /// assert!(diagnostics.is_empty());
    /// let definition = Definition::from_asl("Short", WorkflowType::Express, machine);
    /// assert_eq!(definition.name, "Short");
    /// # Ok::<(), stepfn_core::json::JsonError>(())
    /// ```
    pub fn from_asl(name: impl Into<String>, workflow_type: WorkflowType, machine: StateMachine) -> Self {
        Self {
            name: name.into(),
            workflow_type,
            machine,
            input: &Shape::Any,
            output: &Shape::Any,
            tasks: Vec::new(),
            children: Vec::new(),
            results: Vec::new(),
            source: None,
            written: Vec::new(),
            substitutions: IndexMap::new(),
            logging: None,
            tracing: false,
        }
    }

    /// The name without its `${…}`: what files, commands and logical ids call the machine. `orders-${Stage}` is `orders`.
    ///
    /// ```
    /// use stepfn_core::{asl::StateMachine, definition::{Definition, WorkflowType}};
    ///
    /// for (name, short) in [("Orders", "Orders"), ("${self:service}-orders-${Stage}-v2", "orders-v2"), ("${Stage}", "Stage")] {
    ///     let definition = Definition::from_asl(name, WorkflowType::Standard, StateMachine::default());
    ///     assert_eq!(definition.short_name(), short);
    /// }
    /// ```
    pub fn short_name(&self) -> String {
        short_name(&self.name)
    }

    /// Returns the machine's name in templates: its name without `${…}`, as letters and digits.
    pub fn logical_id(&self) -> String {
        logical_id(&self.short_name())
    }

    /// The call of the builder that wrote the state that a JSON pointer leads into, or the machine.
    pub(crate) fn written_at(&self, pointer: &str) -> Option<&'static Location<'static>> {
        let around = self.written.iter().filter(|(at, _)| is_in(pointer, at));
        around.max_by_key(|(at, _)| at.len()).map(|(_, written)| *written)
    }

    /// Returns the file and the line of the state that a JSON pointer leads into, as it was written in Rust.
    ///
    /// ```
    /// use stepfn_core::builder::{Machine, Succeed};
    ///
    /// let mut machine = Machine::new("Greeting");
    /// let hello = machine.state("Hello");
    /// machine.define(hello, Succeed::new());
    /// let (file, line) = machine.build()?.line_of("/States/Hello/Comment").unwrap_or_default();
    /// assert!(file.ends_with(".rs") && line > 0, "{file}:{line}");
    /// # Ok::<(), stepfn_core::diagnostic::Diagnostics>(())
    /// ```
    pub fn line_of(&self, pointer: &str) -> Option<(&'static str, u32)> {
        if let Some(written) = self.written_at(pointer) {
            return Some((written.file(), written.line()));
        }
        let Source { file, lines } = self.source?;
        let around = lines.iter().filter(|(at, _)| is_in(pointer, at));
        around.max_by_key(|(at, _)| at.len()).map(|(_, line)| (file, *line))
    }

    /// The handler of the Task state at a JSON pointer (`/States/Load`), if a function of this program is bound to it.
    pub fn handler(&self, pointer: &str) -> Option<Handler> {
        self.task(pointer).and_then(|binding| binding.task.handler)
    }

    /// The task of the Task state at a JSON pointer.
    pub fn task(&self, pointer: &str) -> Option<&TaskBinding> {
        self.tasks.iter().find(|binding| binding.state == pointer)
    }

    /// The tasks, each once, in the order in which the machine first names them.
    pub fn functions(&self) -> Vec<&TaskInfo> {
        let mut functions: Vec<&TaskInfo> = Vec::new();
        for binding in &self.tasks {
            if functions.iter().all(|known| known.name != binding.task.name) {
                functions.push(&binding.task);
            }
        }
        functions
    }
}

/// The path of a source file without `..`: a module that is included from elsewhere has some.
///
/// ```
/// use stepfn_core::definition::without_detours;
///
/// assert_eq!(without_detours("xtask/src/../../examples/orders.rs"), "examples/orders.rs");
/// ```
pub fn without_detours(file: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split(['/', '\\']) {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// Returns `true` if a JSON pointer leads to another one's value or into it.
fn is_in(pointer: &str, other: &str) -> bool {
    pointer.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A machine's name without its `${…}`.
pub(crate) fn short_name(name: &str) -> String {
    if !name.contains("${") {
        return name.to_owned();
    }
    let mut short = String::new();
    for part in placeholder::parts(name) {
        if let Part::Text(text) = part {
            add_part(&mut short, text);
        }
    }
    if short.is_empty() {
        // Nothing is left: the words of the placeholders are the name.
        short = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    }
    short
}

/// Adds the part between two placeholders, with one separator between the parts.
fn add_part(short: &mut String, part: &str) {
    let separators: &[char] = &['-', '_', '.'];
    let part = part.trim_matches(separators);
    if !part.is_empty() {
        if !short.is_empty() {
            short.push('-');
        }
        short.push_str(part);
    }
}

/// The logical id of a name, as the Serverless Framework makes it of a machine's: `order-flow_2` is `OrderDashflowUnderscore2`.
///
/// ```
/// use stepfn_core::definition::logical_id;
///
/// for (name, id) in [("orders", "Orders"), ("send-mail_2", "SendDashmailUnderscore2"), ("주문", "UC8FCUBB38")] {
///     assert_eq!(logical_id(name), id);
/// }
/// ```
pub fn logical_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        match c {
            '-' => id.push_str("Dash"),
            '_' => id.push_str("Underscore"),
            c if c.is_ascii_alphanumeric() => id.push(c),
            c => id.push_str(&format!("U{:X}", u32::from(c))),
        }
    }
    let mut chars = id.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// A Task state and the Rust function that does its work.
#[derive(Clone, Debug)]
pub struct TaskBinding {
    /// JSON pointer of the state: `/States/Load`, `/States/Each/ItemProcessor/States/Load`.
    pub state: String,
    /// The function.
    pub task: TaskInfo,
    /// The way in which the state calls it.
    pub call: Call,
}

/// A Task state that starts another workflow of this program.
#[derive(Clone, Debug)]
pub struct ChildBinding {
    /// JSON pointer of the state.
    pub state: String,
    /// The other state machine's name, where a stage is chosen with the stage's values in it.
    pub name: String,
    /// The `${Name}` for its ARN; none where a machine starts itself.
    pub substitution: Option<String>,
    /// The workflow.
    pub child: WorkflowInfo,
}

impl ChildBinding {
    /// Returns the other machine's name in templates.
    pub fn logical_id(&self) -> String {
        logical_id(&short_name(&self.name))
    }
}

/// The replacement of a `${Name}` in the strings of the ASL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// CloudFormation's `!Ref`.
    Ref(String),
    /// CloudFormation's `!GetAtt`, or the Serverless plugin's function key with `Arn`.
    GetAtt(String, String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ref(id) => write!(f, "!Ref {id}"),
            Self::GetAtt(id, attribute) => write!(f, "!GetAtt {id}.{attribute}"),
        }
    }
}

/// `loggingConfiguration` of a state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggingConfiguration {
    /// `level`
    pub level: LogLevel,
    /// `includeExecutionData`
    pub include_execution_data: bool,
    /// `destinations`: the ARNs of log groups, or `${Name}`s of the definition's substitutions.
    pub destinations: Vec<String>,
}

/// The `level` of a logging configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// `ALL`
    All,
    /// `ERROR`
    Error,
    /// `FATAL`
    Fatal,
    /// `OFF`
    #[default]
    Off,
}

crate::named!(LogLevel, "level of logs");

impl LogLevel {
    /// All levels.
    pub const ALL: [Self; 4] = [Self::All, Self::Error, Self::Fatal, Self::Off];

    /// Returns AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Off => "OFF",
        }
    }
}
