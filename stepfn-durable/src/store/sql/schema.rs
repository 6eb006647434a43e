//! The tables.
//!
//! Data that is written once and never again is apart from data that each turn writes: `executions` beside `runs`. Tables grow at their ends
//! and are found through indexes, which SQLite writes four times as fast as tables that are sorted by a key of several columns.

use super::{Cell, Driver, Result, cells, first};
use crate::store::StoreError;

/// The version of the tables.
pub(in crate::store) const VERSION: i64 = 2;

/// The tables and indexes. `serial` is a number that the database gives, `bytes` its type for bytes.
const TABLES: &[&str] = &[
    "create table executions (id serial, arn text not null unique, name text not null, parent text, place text, \
     revision text not null, input text not null, details text not null, head bytes not null)",
    "create index executions_revision on executions (revision)",
    "create table runs (id bigint primary key, machine text not null, version text, alias text, map_run text, \
     status bigint not null, started bigint not null, stopped bigint, redriven bigint, redrives bigint not null, \
     redrive_key text not null, listed bigint not null, seq bigint not null, fence bigint not null, owner text, \
     lease_until bigint, due bigint, ready bigint, output text, error text, cause text, not_redrivable text)",
    "create index runs_ready on runs (ready, id) where ready is not null",
    "create index runs_stopped on runs (stopped) where stopped is not null",
    "create index runs_listed on runs (listed, id) where map_run is null",
    "create index runs_status on runs (status, listed, id) where map_run is null",
    "create index runs_machine on runs (machine, listed, id) where map_run is null",
    "create index runs_machine_status on runs (machine, status, listed, id)",
    "create index runs_version on runs (version, status, listed, id) where version is not null",
    "create index runs_alias on runs (alias, status, listed, id) where alias is not null",
    "create index runs_map_run on runs (map_run, status, listed, id) where map_run is not null",
    "create table journal (execution bigint not null, seq bigint not null, data bytes not null)",
    "create unique index journal_at on journal (execution, seq)",
    "create table history (execution bigint not null, id bigint not null, data bytes not null)",
    "create unique index history_at on history (execution, id)",
    "create table tokens (token text not null unique, execution bigint not null, place bytes not null, \
     is_open bigint not null, answered_by text not null)",
    "create index tokens_execution on tokens (execution)",
    "create table inbox (id serial, execution bigint not null, token text, data bytes not null, came bigint not null)",
    "create index inbox_execution on inbox (execution, id)",
    "create table tasks (id serial, activity text not null, token text not null unique, execution bigint not null, input text not null)",
    "create index tasks_activity on tasks (activity, id)",
    "create index tasks_execution on tasks (execution)",
    "create table map_runs (arn text not null unique, execution text not null, machine text not null, status bigint not null, \
     started bigint not null, stopped bigint, details text not null)",
    "create index map_runs_execution on map_runs (execution, started, arn)",
    "create table machines (arn text not null unique, name text not null, kind bigint not null, created bigint not null, \
     deleting bigint not null, revision text not null, last_version bigint not null)",
    "create table revisions (id text not null unique, machine text not null, definition text not null, details text not null, \
     created bigint not null)",
    "create table versions (machine text not null, number bigint not null, revision text not null, description text not null, \
     created bigint not null)",
    "create unique index versions_at on versions (machine, number)",
    "create index versions_revision on versions (revision)",
    "create table aliases (arn text not null unique, machine text not null, name text not null, description text, \
     version_a bigint, weight_a bigint, version_b bigint, weight_b bigint, created bigint not null, updated bigint not null)",
    "create index aliases_machine on aliases (machine, created, arn)",
    "create table activities (arn text not null unique, name text not null, details text not null, created bigint not null)",
    "create table tags (arn text not null, name text not null, content text not null)",
    "create unique index tags_at on tags (arn, name)",
];

/// The columns that a version brought: the version, the table, the column with its type. A database of an earlier version gets them when it is
/// opened; some of version 1 have them already.
const COLUMNS: &[(i64, &str, &str)] = &[(2, "runs", "not_redrivable text")];

/// Makes the tables of an empty database, brings those of an earlier version up to date, and checks that they are what this crate knows.
pub(in crate::store) async fn prepare<D: Driver>(
    db: &mut D,
    store: &str,
    types: &Types,
    tables: Vec<String>,
) -> Result<()> {
    if tables.is_empty() {
        for statement in TABLES {
            db.run(&types.translate(statement), Vec::new()).await?;
        }
        db.run(&types.translate("create table stepfn_store (version bigint not null)"), Vec::new()).await?;
        db.run("insert into stepfn_store (version) values ($1)", cells![VERSION]).await?;
        return Ok(());
    }
    if !tables.iter().any(|table| table == "stepfn_store") {
        let found = tables.into_iter().take(3).collect::<Vec<_>>().join(", ");
        return Err(StoreError::Foreign(format!("{store} has other tables ({found})")));
    }
    let found = match first(db, "select version from stepfn_store", Vec::<Cell>::new()).await? {
        Some(mut row) => row.int()?,
        None => {
            return Err(StoreError::Corrupt(format!("{store} does not say which version its tables have")));
        }
    };
    if !(1..=VERSION).contains(&found) {
        return Err(StoreError::Version { store: store.to_owned(), found, known: VERSION });
    }
    if found < VERSION {
        for (_, table, column) in COLUMNS.iter().filter(|(since, ..)| *since > found) {
            let name = column.split(' ').next().unwrap_or(column);
            if !columns(db, types, table).await?.iter().any(|known| known == name) {
                let sql = types.translate(&format!("alter table {table} add column {column}"));
                db.run(&sql, Vec::new()).await?;
            }
        }
        db.run("update stepfn_store set version = $1", cells![VERSION]).await?;
    }
    check(db, store, types).await
}

/// Checks that each table has its columns: what somebody changed by hand is found here, and not in the middle of an execution.
async fn check<D: Driver>(db: &mut D, store: &str, types: &Types) -> Result<()> {
    for (table, expected) in TABLES.iter().filter_map(|statement| table(statement)) {
        let found = columns(db, types, table).await?;
        if let Some(missing) = expected.iter().find(|name| !found.iter().any(|known| known == *name)) {
            return Err(StoreError::Corrupt(if found.is_empty() {
                format!("{store} has no table {table}")
            } else {
                format!("the table {table} of {store} has no column {missing}")
            }));
        }
    }
    Ok(())
}

/// The name of the table that a statement makes, and those of its columns.
fn table(statement: &'static str) -> Option<(&'static str, Vec<&'static str>)> {
    let (name, columns) = statement.strip_prefix("create table ")?.split_once(" (")?;
    Some((name, columns.split(", ").filter_map(|column| column.split_whitespace().next()).collect()))
}

async fn columns<D: Driver>(db: &mut D, types: &Types, table: &str) -> Result<Vec<String>> {
    let rows = db.rows(types.columns, cells![table]).await?;
    rows.into_iter().map(|mut row| row.text()).collect()
}

/// The types of a database.
pub(in crate::store) struct Types {
    pub(in crate::store) serial: &'static str,
    pub(in crate::store) bytes: &'static str,
    pub(in crate::store) text: &'static str,
    /// The query for the columns of a table.
    pub(in crate::store) columns: &'static str,
}

impl Types {
    fn translate(&self, statement: &str) -> String {
        statement.replace(" serial", self.serial).replace(" bytes", self.bytes).replace(" text", self.text)
    }
}
