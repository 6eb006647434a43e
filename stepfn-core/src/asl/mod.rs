//! The Amazon States Language: one typed model of every state type and field, JSONPath and JSONata.
//!
//! [`read`] takes any JSON text or value and returns the machine with what it found wrong; [`StateMachine::to_json`] writes
//! the canonical form. Reading and writing again loses nothing: fields that the language does not have are kept in
//! [`unknown`](State::unknown) and reported.
//!
//! ```
//! use stepfn_core::asl;
//!
//! let (machine, diagnostics) = asl::read_str(
//!     r#"{ "States": { "Hello": { "End": true, "Type": "Pass" } }, "StartAt": "Hello" }"#,
//! )?;
//! assert!(diagnostics.is_empty());
//! assert_eq!(machine.to_json().to_string(), r#"{"StartAt":"Hello","States":{"Hello":{"Type":"Pass","End":true}}}"#);
//! # Ok::<(), stepfn_core::json::JsonError>(())
//! ```
//!
//! Field names are those of the [specification](https://states-language.net/spec.html), in snake_case.

mod amounts;
mod choice;
mod content;
mod fields;
mod model;
mod read;
pub mod schema;
mod workflow_type;
mod write;
mod writer;

use crate::json::Pointer;
use std::fmt;

use self::model::holding;
pub use self::{
    amounts::fill_amounts,
    choice::{ChoiceRule, Comparison, Condition, OperandKind, Operator},
    model::{Catcher, Choice, Fail, Map, Parallel, Pass, Retrier, State, StateMachine, Task, Wait},
    read::{read, read_document, read_str},
    workflow_type::WorkflowType,
};
use crate::value::{Map as JsonMap, Number, Value};

/// Unknown fields, kept as they were read.
pub type Unknown = JsonMap;

/// `QueryLanguage`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryLanguage {
    /// `JSONPath`
    #[default]
    JsonPath,
    /// `JSONata`
    Jsonata,
}

crate::named!(QueryLanguage, "query language");

impl QueryLanguage {
    /// Both.
    pub const ALL: [Self; 2] = [Self::JsonPath, Self::Jsonata];

    /// Returns ASL's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }
}

/// A number, or a string in place of one: `{% JSONata %}` or a `${Placeholder}` of a deployment tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The number itself.
    Number(Number),
    /// The text.
    Text(String),
}

impl From<u64> for Amount {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<f64> for Amount {
    /// Turns a number that JSON does not have into a string, which the checks refuse.
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or_else(|| Self::Text(value.to_string()), Self::Number)
    }
}

impl From<&str> for Amount {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Number(number) => Self::Number(number),
            Amount::Text(text) => text.into(),
        }
    }
}

/// A field that takes a path or `null` (`InputPath`, `ResultPath`, `OutputPath`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathField {
    /// `null`: nothing goes in, nothing comes out, or the result is discarded.
    Null,
    /// The text of a path, or of an intrinsic function where the field takes one.
    Path(String),
}

impl PathField {
    /// The path's text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Null => None,
            Self::Path(path) => Some(path),
        }
    }
}

/// A state's `Type`.
#[derive(Clone, Debug, PartialEq)]
pub enum StateKind {
    /// `Task`
    Task(Task),
    /// `Pass`
    Pass(Pass),
    /// `Choice`
    Choice(Choice),
    /// `Wait`
    Wait(Wait),
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail(Fail),
    /// `Parallel`
    Parallel(Parallel),
    /// `Map`
    Map(Box<Map>),
}

/// The names of the state types, in the order in which AWS lists them.
pub const TYPES: [&str; 8] = ["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"];

impl StateKind {
    /// A type by its name, with nothing set.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Task" => Self::Task(Task::default()),
            "Pass" => Self::Pass(Pass::default()),
            "Choice" => Self::Choice(Choice::default()),
            "Wait" => Self::Wait(Wait::default()),
            "Succeed" => Self::Succeed,
            "Fail" => Self::Fail(Fail::default()),
            "Parallel" => Self::Parallel(Parallel::default()),
            "Map" => Self::Map(Box::default()),
            _ => return None,
        })
    }

    /// The `Type` as ASL writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Task(_) => "Task",
            Self::Pass(_) => "Pass",
            Self::Choice(_) => "Choice",
            Self::Wait(_) => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail(_) => "Fail",
            Self::Parallel(_) => "Parallel",
            Self::Map(_) => "Map",
        }
    }
}

/// The `Type` as ASL writes it.
impl fmt::Display for StateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The value of a Task's `Resource`.
#[derive(Clone, Debug, PartialEq)]
pub enum Resource {
    /// An ARN, or a text with `${Placeholders}` that becomes one.
    Arn(String),
    /// A deployment tool's reference, such as `{"Fn::GetAtt": ["Hello", "Arn"]}`.
    Reference(Value),
}

impl Resource {
    /// The ARN's text; none for a reference.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Arn(arn) => Some(arn),
            Self::Reference(_) => None,
        }
    }
}

impl Default for Resource {
    fn default() -> Self {
        Self::Arn(String::new())
    }
}

impl Map {
    /// The item processor, by whichever of its two names.
    pub fn processor(&self) -> Option<&StateMachine> {
        self.item_processor.as_ref().or(self.iterator.as_ref())
    }

    /// Returns `true` if the item processor runs as child executions (`"Mode": "DISTRIBUTED"`).
    pub fn is_distributed(&self) -> bool {
        let mode = |machine: &StateMachine| {
            machine.processor_config.as_ref()?.get("Mode")?.as_str().map(str::to_owned)
        };
        self.item_processor.as_ref().and_then(mode).is_some_and(|mode| mode == "DISTRIBUTED")
    }
}

impl State {
    /// The machines inside: a Parallel's branches, a Map's processor, each with its JSON pointer below the state.
    pub fn children(&self) -> Vec<(Pointer, &StateMachine)> {
        match &self.kind {
            StateKind::Parallel(parallel) => parallel
                .branches
                .iter()
                .enumerate()
                .map(|(i, branch)| (format!("/Branches/{i}").into(), branch))
                .collect(),
            StateKind::Map(map) => [("/ItemProcessor", &map.item_processor), ("/Iterator", &map.iterator)]
                .into_iter()
                .filter_map(|(at, machine)| Some((at.into(), machine.as_ref()?)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The names of the states this one can go to, each with its JSON pointer below the state, in the order of the text.
    pub fn targets(&self) -> Vec<(Pointer, &str)> {
        let mut targets = Vec::new();
        if let Some(next) = &self.next {
            targets.push(("/Next".into(), next.as_str()));
        }
        if let StateKind::Choice(choice) = &self.kind {
            for (index, rule) in choice.choices.iter().enumerate() {
                targets.push((format!("/Choices/{index}/Next").into(), rule.next.as_str()));
            }
            if let Some(default) = &choice.default {
                targets.push(("/Default".into(), default.as_str()));
            }
        }
        for (index, catcher) in self.catch.iter().flatten().enumerate() {
            targets.push((format!("/Catch/{index}/Next").into(), catcher.next.as_str()));
        }
        targets
    }
}
