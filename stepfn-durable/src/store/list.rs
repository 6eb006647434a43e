//! Lists, in pages.

use super::{
    error::StoreError,
    execution::{ExecutionId, Status},
};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The item after which the next page starts; `None`: this was the last.
    pub next: Option<String>,
}

/// The position of a page in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAt {
    /// `next` of the page before; `None`: the first.
    pub after: Option<String>,
    /// The most items.
    pub limit: usize,
}

impl PageAt {
    /// The first page.
    #[must_use]
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }
}

/// The executions that a list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecutionsOf {
    /// Those of all machines, without children of Map Runs.
    All,
    /// Those of a machine, by its ARN, without children of Map Runs.
    Machine(String),
    /// Started with a version, by its ARN.
    Version(String),
    /// Started with an alias, by its ARN.
    Alias(String),
    /// The children of a Map Run, by its ARN.
    MapRun(String),
}

/// A list of executions: those that run by start or redrive, those that ended by their end, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executions {
    /// The owner of the executions.
    pub of: ExecutionsOf,
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only redriven ones, or only those that never were.
    pub redriven: Option<bool>,
    /// The page.
    pub page: PageAt,
}

/// A page of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryOf {
    /// The execution.
    pub id: ExecutionId,
    /// Newest first.
    pub reverse: bool,
    /// The page.
    pub page: PageAt,
}

/// A list of the Map Runs of an execution, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapRunsOf {
    /// The ARN of the execution.
    pub execution: String,
    /// The page.
    pub page: PageAt,
}

/// The number of executions with each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub [u64; 6]);

impl Counts {
    /// Returns the number of executions with this status.
    #[must_use]
    pub fn of(&self, status: Status) -> u64 {
        self.0.get(status as usize).copied().unwrap_or(0)
    }
}

/// The place in a list after which a page starts: of an item's time and number.
pub(crate) fn cursor_of(first: i64, second: i64) -> String {
    format!("{first}.{second}")
}

/// Reads what [`cursor_of`] wrote.
pub(crate) fn read_cursor(cursor: &str) -> Result<(i64, i64), StoreError> {
    let read = || {
        let (first, second) = cursor.split_once('.')?;
        Some((first.parse().ok()?, second.parse().ok()?))
    };
    read().ok_or_else(|| StoreError::Cursor(cursor.to_owned()))
}

/// Makes a page of up to one item more than fits on it.
pub(crate) fn page<T>(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(cursor) } else { None };
    Page { items, next }
}

/// Reads the cursor of a list by time, and by ARN where the times are equal.
pub(crate) fn read_named(cursor: &str) -> Result<(i64, &str), StoreError> {
    let read = || {
        let (time, arn) = cursor.split_once('.')?;
        Some((time.parse().ok()?, arn))
    };
    read().ok_or_else(|| StoreError::Cursor(cursor.to_owned()))
}
