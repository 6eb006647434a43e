//! The common part of the stores in databases: the tables, the statements, and their use.
//!
//! Each call is written once, as a function over a [`Driver`] within a transaction. SQLite's driver never waits, so its futures
//! are ready at once; Postgres' waits for the network. A transaction that locks more than one row locks that of `runs` first.

use std::{borrow::Cow, future::Future};

use super::{ExecutionId, Hint, StoreError};

pub(super) mod machines;
pub(super) mod reads;
pub(super) mod schema;
pub(super) mod turns;

/// Every call of a store, as a function over a driver.
pub(super) mod calls {
    pub(in crate::store) use super::{machines::*, reads::*, turns::*};
}

pub(super) type Result<T> = std::result::Result<T, StoreError>;

/// One transaction of a database.
///
/// Parameters are written `$1`, `$2`, …; `for update` becomes the lock of a row, where the database has such.
pub(super) trait Driver: Send {
    /// The table `given` of two numbers a row, `one` and `other`, out of the JSON of the parameter `$2`: `[[1,2],[3,4]]`.
    const PAIRS: &'static str;

    /// Runs a statement for its rows.
    fn rows(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Runs a statement for what it changes: the number of rows.
    fn run(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> impl Future<Output = Result<u64>> + Send;

    /// Gives a hint to all who listen, once the transaction is over.
    fn hint(&mut self, hint: Hint);
}

/// A value in a table, or on its way there: what is written is not copied for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl From<i64> for Cell<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<usize> for Cell<'_> {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<ExecutionId> for Cell<'_> {
    fn from(value: ExecutionId) -> Self {
        Self::Int(value.0)
    }
}

impl From<String> for Cell<'_> {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value.into())
    }
}

impl<'a> From<&'a [u8]> for Cell<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value.into())
    }
}

impl From<Vec<u8>> for Cell<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement.
macro_rules! cells {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::sql::Cell::from($value)),*]
    };
}
pub(super) use cells;

/// A row, read from left to right.
#[derive(Debug)]
pub(super) struct Row(std::vec::IntoIter<Cell<'static>>);

impl Row {
    pub(super) fn new(cells: Vec<Cell<'static>>) -> Self {
        Self(cells.into_iter())
    }

    fn wrong<T>(expected: &str, found: Option<&Cell<'_>>) -> Result<T> {
        let found = match found {
            None => "no column",
            Some(Cell::Null) => "null",
            Some(Cell::Int(_)) => "a number",
            Some(Cell::Text(_)) => "a text",
            Some(Cell::Bytes(_)) => "bytes",
        };
        Err(StoreError::Corrupt(format!("a table has {found} where {expected} belongs")))
    }

    pub(super) fn int(&mut self) -> Result<i64> {
        match self.0.next() {
            Some(Cell::Int(value)) => Ok(value),
            other => Self::wrong("a number", other.as_ref()),
        }
    }

    pub(super) fn maybe_int(&mut self) -> Result<Option<i64>> {
        match self.0.next() {
            Some(Cell::Int(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            other => Self::wrong("a number", other.as_ref()),
        }
    }

    pub(super) fn text(&mut self) -> Result<String> {
        match self.0.next() {
            Some(Cell::Text(value)) => Ok(value.into_owned()),
            other => Self::wrong("a text", other.as_ref()),
        }
    }

    pub(super) fn maybe_text(&mut self) -> Result<Option<String>> {
        match self.0.next() {
            Some(Cell::Text(value)) => Ok(Some(value.into_owned())),
            Some(Cell::Null) => Ok(None),
            other => Self::wrong("a text", other.as_ref()),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<Vec<u8>> {
        match self.0.next() {
            Some(Cell::Bytes(value)) => Ok(value.into_owned()),
            other => Self::wrong("bytes", other.as_ref()),
        }
    }
}

/// The first row of an answer.
pub(super) async fn first<D: Driver>(db: &mut D, sql: &str, cells: Vec<Cell<'_>>) -> Result<Option<Row>> {
    Ok(db.rows(sql, cells).await?.into_iter().next())
}
