//! Queries about executions.

use super::{Cell, Driver, Result, Row, cells, first};
use crate::store::{
    Counts, End, Entry, Event, Execution, ExecutionId, Executions, ExecutionsOf, HistoryOf, Inbox, Lease,
    Load, MapRun, MapRunsOf, Message, MessageId, Millis, Page, Parent, Status, StoreError, Summary, Token,
    list::{cursor_of, page, read_cursor, read_named},
};

/// The columns of a summary.
const SUMMARY: &str = "r.id, e.arn, e.name, r.machine, r.version, r.alias, r.map_run, r.status, r.started, r.stopped, r.redrives, r.redriven";

pub(in crate::store) fn status(row: &mut Row) -> Result<Status> {
    let number = row.int()?;
    Status::of_number(number)
        .ok_or_else(|| StoreError::Corrupt(format!("an execution has the status {number}")))
}

fn summary(row: &mut Row) -> Result<Summary> {
    Ok(Summary {
        id: ExecutionId(row.int()?),
        arn: row.text()?,
        name: row.text()?,
        machine: row.text()?,
        version: row.maybe_text()?,
        alias: row.maybe_text()?,
        map_run: row.maybe_text()?,
        status: status(row)?,
        started: row.int()?,
        stopped: row.maybe_int()?,
        redrives: row.int()?,
        redriven: row.maybe_int()?,
    })
}

async fn read<D: Driver>(db: &mut D, condition: &str, cell: Cell<'_>) -> Result<Option<Execution>> {
    let sql = format!(
        "select {SUMMARY}, r.output, r.error, r.cause, r.not_redrivable, r.seq, r.due, r.owner, r.lease_until, r.fence, \
         e.parent, e.place, e.revision, e.input, e.details, e.head from executions e join runs r on r.id = e.id where {condition}"
    );
    let Some(mut row) = first(db, &sql, vec![cell]).await? else { return Ok(None) };
    let summary = summary(&mut row)?;
    let (output, error, cause) = (row.maybe_text()?, row.maybe_text()?, row.maybe_text()?);
    let not_redrivable = row.maybe_text()?;
    let status = summary.status;
    let end = summary.stopped.map(|at| End { status, at, output, error, cause, not_redrivable });
    let (seq, due) = (row.int()?, row.maybe_int()?);
    let lease = match (row.maybe_text()?, row.maybe_int()?) {
        (Some(owner), Some(until)) => Some(Lease { owner, until }),
        _ => None,
    };
    let fence = row.int()?;
    let parent = match (row.maybe_text()?, row.maybe_text()?) {
        (Some(execution), Some(place)) => Some(Parent { execution, place }),
        _ => None,
    };
    Ok(Some(Execution {
        summary,
        parent,
        revision: row.text()?,
        input: row.text()?,
        details: row.text()?,
        head: row.bytes()?,
        end,
        seq,
        due,
        lease,
        fence,
    }))
}

pub(in crate::store) async fn find<D: Driver>(db: &mut D, arn: &str) -> Result<Option<Execution>> {
    read(db, "e.arn = $1", arn.into()).await
}

pub(in crate::store) async fn execution<D: Driver>(db: &mut D, arn: String) -> Result<Option<Execution>> {
    find(db, &arn).await
}

pub(in crate::store) async fn execution_of<D: Driver>(
    db: &mut D,
    id: ExecutionId,
) -> Result<Option<Execution>> {
    read(db, "e.id = $1", id.into()).await
}

pub(in crate::store) async fn next_due<D: Driver>(db: &mut D, owner: String) -> Result<Option<Millis>> {
    let sql = "select ready from runs where ready is not null and (owner is null or owner <> $1) order by ready limit 1";
    first(db, sql, cells![owner]).await?.map(|mut row| row.int()).transpose()
}

pub(in crate::store) async fn load<D: Driver>(db: &mut D, load: Load) -> Result<Vec<Entry>> {
    let sql = "select seq, data from journal where execution = $1 and seq > $2 order by seq limit $3";
    let rows = db.rows(sql, cells![load.id, load.after, load.limit]).await?;
    rows.into_iter().map(|mut row| Ok(Entry { seq: row.int()?, data: row.bytes()? })).collect()
}

fn message(mut row: Row) -> Result<Message> {
    Ok(Message {
        id: MessageId(row.int()?),
        execution: ExecutionId(row.int()?),
        token: row.maybe_text()?,
        data: row.bytes()?,
        at: row.int()?,
    })
}

pub(in crate::store) async fn inbox_of<D: Driver>(db: &mut D, id: ExecutionId) -> Result<Vec<Message>> {
    let sql = "select id, execution, token, data, came from inbox where execution = $1 order by id";
    db.rows(sql, cells![id]).await?.into_iter().map(message).collect()
}

pub(in crate::store) async fn inbox<D: Driver>(db: &mut D, inbox: Inbox) -> Result<Vec<Message>> {
    match inbox {
        Inbox::Of(mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            let mut messages = Vec::new();
            for id in ids {
                messages.extend(inbox_of(db, id).await?);
            }
            messages.sort_by_key(|message| message.id);
            Ok(messages)
        }
        Inbox::Owner { owner, limit } => {
            let sql = "select i.id, i.execution, i.token, i.data, i.came from inbox i join runs r on r.id = i.execution \
                       where r.owner = $1 order by i.id limit $2";
            db.rows(sql, cells![owner, limit]).await?.into_iter().map(message).collect()
        }
    }
}

/// The condition of a list, with the name that it looks for.
fn of(of: ExecutionsOf, cells: &mut Vec<Cell<'_>>) -> &'static str {
    let (condition, name) = match of {
        ExecutionsOf::All => return "r.map_run is null",
        ExecutionsOf::Machine(arn) => ("r.map_run is null and r.machine = $1", arn),
        ExecutionsOf::Version(arn) => ("r.map_run is null and r.version = $1", arn),
        ExecutionsOf::Alias(arn) => ("r.map_run is null and r.alias = $1", arn),
        ExecutionsOf::MapRun(arn) => ("r.map_run = $1", arn),
    };
    cells.push(name.into());
    condition
}

pub(in crate::store) async fn executions<D: Driver>(db: &mut D, list: Executions) -> Result<Page<Summary>> {
    let mut cells = Vec::new();
    let mut sql = format!("select {SUMMARY}, r.listed from runs r join executions e on e.id = r.id where ");
    sql.push_str(of(list.of, &mut cells));
    let mut also = |condition: &str, values: Vec<Cell<'static>>| {
        sql.push_str(" and ");
        let mut parts = condition.split('$');
        sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            cells.push(value);
            sql.push_str(&format!("${}{part}", cells.len()));
        }
    };
    if let Some(status) = list.status {
        also("r.status = $", cells![status.number()]);
    }
    match list.redriven {
        Some(true) => also("r.redrives > 0", Vec::new()),
        Some(false) => also("r.redrives = 0", Vec::new()),
        None => {}
    }
    if let Some(cursor) = &list.page.after {
        let (listed, id) = read_cursor(cursor)?;
        also("(r.listed, r.id) < ($, $)", cells![listed, id]);
    }
    cells.push(list.page.limit.saturating_add(1).into());
    sql.push_str(&format!(" order by r.listed desc, r.id desc limit ${}", cells.len()));
    let rows = db.rows(&sql, cells).await?;
    let items =
        rows.into_iter().map(|mut row| Ok((summary(&mut row)?, row.int()?))).collect::<Result<Vec<_>>>()?;
    let page = page(items, list.page.limit, |(summary, listed)| cursor_of(*listed, summary.id.0));
    Ok(Page { items: page.items.into_iter().map(|(summary, _)| summary).collect(), next: page.next })
}

pub(in crate::store) async fn counts<D: Driver>(db: &mut D, list: ExecutionsOf) -> Result<Counts> {
    let mut cells = Vec::new();
    let condition = of(list, &mut cells);
    let mut counts = Counts::default();
    for mut row in db
        .rows(&format!("select r.status, count(*) from runs r where {condition} group by r.status"), cells)
        .await?
    {
        let (status, count) = (status(&mut row)?, row.int()?);
        if let Some(place) = counts.0.get_mut(status as usize) {
            *place = u64::try_from(count).unwrap_or(0);
        }
    }
    Ok(counts)
}

pub(in crate::store) async fn history<D: Driver>(db: &mut D, list: HistoryOf) -> Result<Page<Event>> {
    let after = list.page.after.as_deref().map(|cursor| read_cursor(cursor).map(|(_, id)| id)).transpose()?;
    let (sql, from) = if list.reverse {
        let sql = "select id, data from history where execution = $1 and id < $2 order by id desc limit $3";
        (sql, after.unwrap_or(i64::MAX))
    } else {
        (
            "select id, data from history where execution = $1 and id > $2 order by id limit $3",
            after.unwrap_or(0),
        )
    };
    let rows = db.rows(sql, cells![list.id, from, list.page.limit.saturating_add(1)]).await?;
    let events = rows.into_iter().map(|mut row| Ok(Event { id: row.int()?, data: row.bytes()? }));
    Ok(page(events.collect::<Result<_>>()?, list.page.limit, |event| cursor_of(0, event.id)))
}

pub(in crate::store) async fn token<D: Driver>(db: &mut D, token: String) -> Result<Option<Token>> {
    let row =
        first(db, "select execution, place, is_open from tokens where token = $1", cells![token]).await?;
    row.map(|mut row| {
        Ok(Token { execution: ExecutionId(row.int()?), place: row.bytes()?, open: row.int()? == 1 })
    })
    .transpose()
}

fn read_map_run(mut row: Row) -> Result<MapRun> {
    Ok(MapRun {
        arn: row.text()?,
        execution: row.text()?,
        machine: row.text()?,
        status: status(&mut row)?,
        started: row.int()?,
        stopped: row.maybe_int()?,
        details: row.text()?,
    })
}

pub(in crate::store) async fn map_run<D: Driver>(db: &mut D, arn: String) -> Result<Option<MapRun>> {
    let sql =
        "select arn, execution, machine, status, started, stopped, details from map_runs where arn = $1";
    first(db, sql, cells![arn]).await?.map(read_map_run).transpose()
}

pub(in crate::store) async fn map_runs<D: Driver>(db: &mut D, list: MapRunsOf) -> Result<Page<MapRun>> {
    let (started, arn) = list.page.after.as_deref().map_or(Ok((i64::MAX, "")), read_named)?;
    let sql = "select arn, execution, machine, status, started, stopped, details from map_runs \
               where execution = $1 and (started, arn) < ($2, $3) order by started desc, arn desc limit $4";
    let rows = db.rows(sql, cells![list.execution, started, arn, list.page.limit.saturating_add(1)]).await?;
    let runs = rows.into_iter().map(read_map_run).collect::<Result<_>>()?;
    Ok(page(runs, list.page.limit, |run: &MapRun| format!("{}.{}", run.started, run.arn)))
}
