//! Imports of several kinds: one machine with parameters, what they share, and a nightly machine that starts them.

use serde::{Deserialize, Serialize};
use stepfn::{StateData, TaskError, fragment, lambda, state_machine};

fragment! {
    /// Waits out what passes by itself.
    pub Transient [
        { error_equals: [Lambda.ServiceException, Lambda.TooManyRequestsException], interval_seconds: 2, max_attempts: 3 },
    ]
}

fragment! {
    /// Reads a file, keeps what is in it, and says how much that was.
    pub Import(load, table, minutes) {
        start_at: Load,
        timeout_seconds: minutes * 60,
        Load: Task {
            resource: lambda(load),
            retry: [..Transient],
            result_path: $.loaded,
            next: Keep,
        },
        Keep: Task {
            resource: dynamodb::put_item,
            parameters: { "TableName": table, "Item": { "file": { "S": $.file } } },
            result_path: null,
            next: Told,
        },
        Told: Pass { parameters: { "file": $.file, "rows": $.loaded }, end: true },
    }
}

/// A file to import.
#[derive(Clone, Debug, Serialize, Deserialize, StateData)]
pub struct File {
    /// Its name.
    pub file: String,
}

/// A file that was imported.
#[derive(Debug, Serialize, Deserialize, StateData)]
pub struct Imported {
    /// Its name.
    pub file: String,
    /// The number of its rows.
    pub rows: u32,
}

/// The error of a file.
#[derive(Debug, thiserror::Error, TaskError)]
pub enum FileError {
    /// There is nothing in it.
    #[error("`{0}` is empty")]
    Empty(String),
}

/// Reads films.
#[lambda]
pub async fn load_films(file: File) -> Result<u32, FileError> {
    if file.file.starts_with("empty") { Err(FileError::Empty(file.file)) } else { Ok(120) }
}

/// Reads books.
#[lambda]
pub async fn load_books(_file: File) -> u32 {
    40
}

state_machine! {
    pub Films(File) -> Imported { ..Import { load: load_films, table: "films", minutes: 5 } }
}

state_machine! {
    pub Books(File) -> Imported { ..Import { load: load_books, table: "books", minutes: 30 } }
}

/// The files of a night.
#[derive(Debug, Serialize, Deserialize, StateData)]
pub struct Night {
    /// The file of the films.
    pub films: File,
    /// The file of the books.
    pub books: File,
}

/// What a night brought.
#[derive(Debug, Serialize, Deserialize, StateData)]
pub struct Report {
    /// Rows of films; none where their file could not be read.
    pub films: Option<u32>,
    /// Rows of books.
    pub books: u32,
}

state_machine! {
    /// Both imports at the same time. A night without films is a night all the same.
    pub Nightly(Night) -> Report {
        start_at: Both,
        Both: Parallel {
            branches: [
                {
                    start_at: ImportFilms,
                    ImportFilms: Task {
                        resource: states::start_execution(Films).sync,
                        input: $.films,
                        catch: [{ error_equals: [States.TaskFailed], next: NoFilms }],
                        output_path: $.Output.rows,
                        end: true,
                    },
                    NoFilms: Pass { result: null, end: true },
                },
                {
                    start_at: ImportBooks,
                    ImportBooks: Task {
                        resource: states::start_execution(Books).sync,
                        input: $.books,
                        output_path: $.Output.rows,
                        end: true,
                    },
                },
            ],
            next: Told,
        },
        Told: Pass { parameters: { "films": $[0], "books": $[1] }, end: true },
    }
}
