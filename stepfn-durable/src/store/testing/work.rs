//! The work of a store, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Statement, StatementStatus};

use crate::store::sql::Cell;

/// The work that SQLite did: it grows as time does, and is the same in each run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// The statements that were run.
    pub statements: u64,
    /// The steps of SQLite's virtual machine: what each row costs that is looked at, found, written or sorted.
    pub steps: u64,
    /// The bytes that came with the statements.
    pub bytes: u64,
}

#[derive(Debug, Default)]
pub(in crate::store) struct Counters {
    statements: AtomicU64,
    steps: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(in crate::store) fn begins(&self, cells: &[Cell<'_>]) {
        let bytes: usize = cells
            .iter()
            .map(|cell| match cell {
                Cell::Null => 0,
                Cell::Int(_) => 8,
                Cell::Text(text) => text.len(),
                Cell::Bytes(bytes) => bytes.len(),
            })
            .sum();
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(in crate::store) fn ran(&self, statement: &Statement<'_>) {
        let steps = statement.reset_status(StatementStatus::VmStep);
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.steps.fetch_add(u64::try_from(steps).unwrap_or(0), Ordering::Relaxed);
    }

    pub(in crate::store) fn read(&self) -> Work {
        Work {
            statements: self.statements.load(Ordering::Relaxed),
            steps: self.steps.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

impl std::ops::Sub for Work {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            statements: self.statements - before.statements,
            steps: self.steps - before.steps,
            bytes: self.bytes - before.bytes,
        }
    }
}
