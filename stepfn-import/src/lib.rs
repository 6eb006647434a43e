//! Import of an existing definition as a `state_machine!`: ASL JSON, Serverless YAML, SAM and CloudFormation templates.
//!
//! ```
//! use stepfn_import as import;
//!
//! let text = r#"{ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "ResultPath": "$.greeting", "End": true } } }"#;
//! let imported = import::read("hello-world.asl.json", text, &import::no_files)?;
//! let source = import::rust_source(&imported[0], &[])?;
//! assert_eq!(
//!     source.text,
//!     r#"use stepfn::state_machine;
//!
//! state_machine! {
//!     #[name = "hello-world"]
//!     pub HelloWorld() {
//!         start_at: Greet,
//!
//!         Greet: Pass { result_path: $.greeting, end: true },
//!     }
//! }
//! "#
//! );
//! # Ok::<(), import::Error>(())
//! ```

mod document;
mod error;
mod files;
mod functions;
mod indent;
mod node;
mod references;
pub mod rust;
mod samples;
mod serverless;
mod source;
mod template;

use std::{fs, io, path::Path};

use indexmap::IndexMap;
use stepfn_core::{
    asl::{self, StateMachine},
    case::pascal,
    definition::{Definition, LoggingConfiguration, Reference, WorkflowType},
    diagnostic::Diagnostic,
    placeholder,
    value::Value,
};

use self::document::Document;
pub use self::{
    error::Error,
    files::{FileError, MOST_BYTES, Reach, read_named, read_text, read_text_within},
    functions::Function,
    samples::Samples,
};

/// Returns `true` if a word is a name wherever a machine, and Rust, reads one.
pub fn is_identifier(text: &str) -> bool {
    source::is_identifier(text)
}

/// A machine as a file declares it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The state machine's name: as declared, or the resource's, or the file's.
    pub name: String,
    /// The name of the Rust type that it becomes, in PascalCase.
    pub rust_name: String,
    /// Standard or Express.
    pub workflow_type: WorkflowType,
    /// The definition; references of a template are `${Name}`s in it.
    pub machine: StateMachine,
    /// The references of its `${Name}`s.
    pub substitutions: IndexMap<String, Reference>,
    /// `loggingConfiguration`
    pub logging: Option<LoggingConfiguration>,
    /// `tracingConfiguration`
    pub tracing: bool,
    /// The functions of the file that its Task states call: the source declares each, without a body.
    pub functions: Vec<Function>,
    /// The parts of the file that the machine's source does not express, a sentence each.
    pub notes: Vec<String>,
}

impl Imported {
    /// The definition that the machine's source has, but for what it is compiled from.
    pub fn definition(&self) -> Definition {
        let mut definition =
            Definition::from_asl(self.name.as_str(), self.workflow_type, self.machine.clone());
        definition.substitutions = self.substitutions.clone();
        definition.logging = self.logging.clone();
        definition.tracing = self.tracing;
        definition
    }
}

/// The source of a machine.
#[derive(Clone, Debug)]
pub struct Source {
    /// A complete Rust file.
    pub text: String,
    /// The errors that the checks find in the definition as it is. The source allows each by name on its state, so that it compiles; they are worth
    /// a look.
    pub allowed: Vec<Diagnostic>,
}

/// Reads the text of a file that another one names, by the path in it.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<String, FileError>;

/// The [`Files`] of a text that names none.
///
/// # Errors
/// Always: there are none.
pub fn no_files(_path: &str) -> Result<String, FileError> {
    Err(io::Error::new(io::ErrorKind::NotFound, "there are no files beside this text").into())
}

/// Reads the machines that a file declares: one where it is a definition itself, else those of its `stepFunctions` section or of its resources.
///
/// # Errors
/// When the text cannot be read, declares no machine, or names a file that cannot be read.
pub fn read(file: &str, text: &str, files: Files<'_>) -> Result<Vec<Imported>, Error> {
    read_with(file, text, files, &[])
}

/// As [`read`], with values for placeholders that stand in definitions without quotes (`"Seconds": ${Wait}`), by name.
///
/// # Errors
/// As [`read`], and when such a placeholder has no value.
pub fn read_with(
    file: &str,
    text: &str,
    files: Files<'_>,
    values: &[(String, String)],
) -> Result<Vec<Imported>, Error> {
    let root = node::parse(file, &open_placeholders(text, values))?;
    let document = Document { file, files, values };
    if root.get("States").is_some() {
        return Ok(vec![document.definition(&stem(file), &root)?]);
    }
    let found = match serverless::machines(document, &root)? {
        Some(machines) => Some(machines),
        None => template::machines(document, &root)?,
    };
    match found {
        Some(machines) if !machines.is_empty() => Ok(machines),
        Some(_) => Err(Error::NoMachine { file: file.to_owned(), message: "it declares no state machine".to_owned() }),
        None => Err(Error::NoMachine {
            file: file.to_owned(),
            message: "it has neither `States` (a definition), nor `stepFunctions` (Serverless), nor `Resources` (SAM, CloudFormation)"
                .to_owned(),
        }),
    }
}

/// Reads the machines that a file on disk declares; files that it names are looked for beside it, as far as they may be.
///
/// # Errors
/// As [`read`], and when the file itself cannot be read.
pub fn read_file(path: &Path, reach: Reach) -> Result<Vec<Imported>, Error> {
    read_file_with(path, reach, &[])
}

/// As [`read_file`], with values as [`read_with`] takes them.
///
/// # Errors
/// As both.
pub fn read_file_with(
    path: &Path,
    reach: Reach,
    values: &[(String, String)],
) -> Result<Vec<Imported>, Error> {
    let file = path.display().to_string();
    let text = fs::File::open(path)
        .map_err(FileError::Io)
        .and_then(read_text)
        .map_err(|source| Error::File { file: file.clone(), path: file.clone(), source })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    read_with(&file, &text, &|named| read_named(folder, named, reach), values)
}

/// Stands in a placeholder that was without quotes, until it is known whether a number is expected there: no character in any text.
const UNQUOTED: char = '\u{FDD2}';

/// Gives placeholders of a JSON text that stand without quotes their values, and marks those that have none. In YAML a placeholder is a
/// text as any other.
fn open_placeholders(text: &str, values: &[(String, String)]) -> String {
    if !text.trim_start_matches('\u{FEFF}').trim_start().starts_with('{') {
        return text.to_owned();
    }
    let marked = |name: &str| given(values, name).unwrap_or_else(|| format!("\"${{{UNQUOTED}{name}}}\""));
    placeholder::fill_unquoted(text, &|name| Some(marked(name)))
}

/// A definition whose marked placeholders stand where a number is expected: there a text is one. The error is about another one.
fn without_marks(definition: &Value) -> Result<Value, String> {
    let unmarked = |text: &str| text.replace(UNQUOTED, "").into();
    let definition = asl::fill_amounts(definition, &unmarked);
    let text = definition.to_string();
    match text.split_once(UNQUOTED).and_then(|(_, rest)| rest.split_once('}')) {
        Some((name, _)) => {
            Err(format!("`${{{name}}}` has no value here; give it one: `--substitution {name}=5`"))
        }
        None => Ok(definition),
    }
}

fn given(values: &[(String, String)], name: &str) -> Option<String> {
    values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// Writes the source of a machine, with types inferred from samples of its input.
///
/// # Errors
/// [`Error::Unwritable`], when the definition is one that AWS does not take.
pub fn rust_source(imported: &Imported, samples: &[Value]) -> Result<Source, Error> {
    source::rust_source(imported, &Samples { inputs: samples.to_vec(), results: Vec::new() })
}

/// Writes the source of a machine, with types inferred from samples of its input and of its states' results.
///
/// # Errors
/// [`Error::Unwritable`], when the definition is one that AWS does not take.
pub fn rust_source_with(imported: &Imported, samples: &Samples) -> Result<Source, Error> {
    source::rust_source(imported, samples)
}

/// A file's name without folders and endings: `flows/orders.asl.json` is `orders`.
fn stem(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}

/// A name as that of a Rust type.
fn rust_name(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let name = pascal(&ascii);
    if source::is_identifier(&name) && !name.starts_with('_') { name } else { format!("Machine{name}") }
}
