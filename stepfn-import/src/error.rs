use super::FileError;

/// The error of an import.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text that is no JSON or no YAML.
    #[error("{file}:{line}:{column}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// The column there, from 1, in characters.
        column: usize,
        /// The error.
        message: String,
    },
    /// Something in a template that is not what it should be.
    #[error("{file}:{line}:{column}: `{at}`: {message}")]
    Template {
        /// The file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// The column there, from 1, in characters.
        column: usize,
        /// The keys that lead there, with dots: `Resources.Orders.Properties`.
        at: String,
        /// The error, with a suggestion.
        message: String,
    },
    /// A file without a state machine.
    #[error("{file}: {message}")]
    NoMachine {
        /// The file.
        file: String,
        /// The name that was looked for.
        message: String,
    },
    /// A file that another one names.
    #[error("{file}: cannot read `{path}`: {source}")]
    File {
        /// The file that names it; the same file where it could not be read itself.
        file: String,
        /// The path, as it is written there.
        path: String,
        /// The error of reading it.
        source: FileError,
    },
    /// A definition that AWS does not take, and for which `state_machine!` has no words.
    #[error("machine `{machine}`, `{at}`: {what}")]
    Unwritable {
        /// The machine.
        machine: String,
        /// JSON pointer into its definition.
        at: String,
        /// The error.
        what: String,
    },
}
