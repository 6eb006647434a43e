//! Executions: their starts, leases, turns and inboxes.

use std::{collections::HashSet, sync::Arc};

use super::{Driver, Result, Row, cells, first, machines, reads};
use crate::store::{
    ActivityTask, Address, Claim, Claiming, Committed, Delivered, Delivery, Effects, End, ExecutionId, Hint,
    MapRun, Millis, NewExecution, Redrive, Redriven, Renewal, Started, Status, StoreError, Sweep, TakeTask,
    TakenTask, Turn,
};

pub(in crate::store) async fn start<D: Driver>(db: &mut D, new: NewExecution) -> Result<Started> {
    begin(db, &new).await
}

async fn begin<D: Driver>(db: &mut D, new: &NewExecution) -> Result<Started> {
    loop {
        if let Some(there) = reads::find(db, &new.arn).await? {
            let summary = &there.summary;
            let same_place = new.parent.is_some() && new.parent == there.parent;
            let same_start =
                !summary.status.is_closed() && summary.machine == new.machine && there.input == new.input;
            if same_place || same_start {
                return Ok(Started::Same(Box::new(there)));
            }
            if summary.stopped.is_none_or(|stopped| stopped >= new.free_before) {
                return Ok(Started::NameTaken(Box::new(there)));
            }
            forget(db, summary.id, &new.arn).await?;
        }
        if let Some(started) = insert(db, new).await? {
            return Ok(started);
        }
        // Somebody else was faster: look again.
    }
}

async fn insert<D: Driver>(db: &mut D, new: &NewExecution) -> Result<Option<Started>> {
    let (parent, place) = match &new.parent {
        Some(parent) => (Some(parent.execution.as_str()), Some(parent.place.as_str())),
        None => (None, None),
    };
    let row = first(
        db,
        "insert into executions (arn, name, parent, place, revision, input, details, head) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (arn) do nothing returning id",
        cells![
            new.arn.as_str(),
            new.name.as_str(),
            parent,
            place,
            new.revision.as_str(),
            new.input.as_str(),
            new.details.as_str(),
            new.head.as_slice()
        ],
    );
    let Some(mut row) = row.await? else { return Ok(None) };
    let id = ExecutionId(row.int()?);
    let fence = i64::from(new.lease.is_some());
    let owner = new.lease.as_ref().map(|lease| lease.owner.as_str());
    let until = new.lease.as_ref().map(|lease| lease.until);
    db.run(
        "insert into runs (id, machine, version, alias, map_run, status, started, redrives, redrive_key, listed, seq, fence, \
         owner, lease_until, due, ready) values ($1, $2, $3, $4, $5, $6, $7, 0, '', $7, 0, $8, $9, $10, $7, $11)",
        cells![
            id, new.machine.as_str(), new.version.as_deref(), new.alias.as_deref(), new.map_run.as_deref(),
            Status::Running.number(), new.started, fence, owner, until, until.unwrap_or(new.started)
        ],
    )
    .await?;
    if new.lease.is_none() {
        db.hint(Hint::Execution(id));
    }
    Ok(Some(Started::New { id, fence }))
}

pub(in crate::store) async fn claim<D: Driver>(db: &mut D, claiming: Claiming) -> Result<Vec<Claim>> {
    let found = db
        .rows(
            "select id from runs where ready <= $1 order by ready, id limit $2 for update skip locked",
            cells![claiming.now, claiming.limit],
        )
        .await?;
    let mut claims = Vec::with_capacity(found.len());
    for mut row in found {
        let id = ExecutionId(row.int()?);
        db.run(
            "update runs set fence = fence + 1, owner = $2, lease_until = $3, ready = $3 where id = $1",
            cells![id, claiming.owner.as_str(), claiming.until],
        )
        .await?;
        let Some(execution) = reads::execution_of(db, id).await? else { continue };
        let inbox = reads::inbox_of(db, id).await?;
        claims.push(Claim { execution, inbox });
    }
    Ok(claims)
}

pub(in crate::store) async fn renew<D: Driver>(db: &mut D, renewal: Renewal) -> Result<Vec<ExecutionId>> {
    let held: Vec<String> = renewal.held.iter().map(|(id, fence)| format!("[{id},{fence}]")).collect();
    // In one order everywhere, so that two who write many rows never wait for each other.
    let sql = format!(
        "with held as (select runs.id as run from runs join {} on runs.id = given.one and runs.fence = given.other \
         where runs.owner is not null order by runs.id for update) \
         update runs set lease_until = $1, ready = $1 where id in (select run from held) returning id, fence",
        D::PAIRS
    );
    let rows = db.rows(&sql, cells![renewal.until, format!("[{}]", held.join(","))]).await?;
    let kept = rows.into_iter().map(|mut row| Ok((ExecutionId(row.int()?), row.int()?)));
    let kept = kept.collect::<Result<HashSet<_>>>()?;
    let mut lost = renewal.held;
    lost.retain(|held| !kept.contains(held));
    lost.sort_unstable();
    Ok(lost.into_iter().map(|(id, _)| id).collect())
}

/// The row that a turn is checked against.
struct Run {
    seq: i64,
    fence: i64,
    owned: bool,
}

async fn lock<D: Driver>(db: &mut D, id: ExecutionId) -> Result<Option<Run>> {
    let row = first(db, "select seq, fence, owner from runs where id = $1 for update", cells![id]).await?;
    row.map(|mut row| Ok(Run { seq: row.int()?, fence: row.int()?, owned: row.maybe_text()?.is_some() }))
        .transpose()
}

pub(in crate::store) async fn commit<D: Driver>(db: &mut D, turns: Arc<[Turn]>) -> Result<Vec<Committed>> {
    if turns.len() > 1 {
        let mut ids: Vec<ExecutionId> = turns.iter().map(|turn| turn.execution).collect();
        ids.sort_unstable();
        for id in ids {
            lock(db, id).await?;
        }
    }
    let mut committed = Vec::with_capacity(turns.len());
    for turn in &*turns {
        committed.push(take_turn(db, turn).await?);
    }
    Ok(committed)
}

async fn take_turn<D: Driver>(db: &mut D, turn: &Turn) -> Result<Committed> {
    let id = turn.execution;
    let run = match lock(db, id).await? {
        Some(run) if run.fence == turn.fence => run,
        _ => return Ok(Committed::Lost),
    };
    if turn.seq > run.seq + 1 {
        return Err(StoreError::Misuse(format!(
            "turn {} of execution {id} after turn {}",
            turn.seq, run.seq
        )));
    }
    if turn.seq <= run.seq {
        return Ok(Committed::Done(effects_again(db, turn).await?));
    }
    if !run.owned {
        return Ok(Committed::Lost);
    }
    for message in &turn.taken {
        db.run("delete from inbox where id = $1 and execution = $2", cells![message.0, id]).await?;
    }
    if !turn.entry.is_empty() {
        db.run(
            "insert into journal (execution, seq, data) values ($1, $2, $3)",
            cells![id, turn.seq, turn.entry.as_slice()],
        )
        .await?;
    }
    for event in &turn.events {
        db.run(
            "insert into history (execution, id, data) values ($1, $2, $3)",
            cells![id, event.id, event.data.as_slice()],
        )
        .await?;
    }
    for opened in &turn.opened {
        let sql = "insert into tokens (token, execution, place, is_open, answered_by) values ($1, $2, $3, 1, '') \
                   on conflict (token) do nothing";
        if db.run(sql, cells![opened.token.as_str(), id, opened.place.as_slice()]).await? == 0 {
            return Err(StoreError::Misuse(format!("the token {} was handed out before", opened.token)));
        }
    }
    for token in &turn.closed {
        close(db, token, "").await?;
    }
    for task in &turn.tasks {
        db.hint(Hint::Activity(task.activity.clone()));
        let sql = "insert into tasks (activity, token, execution, input) values ($1, $2, $3, $4)";
        let cells = cells![task.activity.as_str(), task.token.as_str(), id, task.input.as_str()];
        db.run(sql, cells).await?;
    }
    for run in &turn.map_runs {
        put_map_run(db, run).await?;
    }
    let mut effects = Effects::default();
    for child in &turn.children {
        effects.children.push(begin(db, child).await?);
    }
    for delivery in &turn.sends {
        effects.sends.push(send(db, delivery).await?);
    }
    for other in &turn.redrives {
        effects.redrives.push(go_on(db, other).await?);
    }
    match &turn.end {
        Some(end) => finish(db, id, turn.seq, end).await?,
        None => wait(db, id, turn.seq, turn.due, turn.keep).await?,
    }
    Ok(Committed::Done(effects))
}

async fn put_map_run<D: Driver>(db: &mut D, run: &MapRun) -> Result<()> {
    let sql = "insert into map_runs (arn, execution, machine, status, started, stopped, details) \
               values ($1, $2, $3, $4, $5, $6, $7) on conflict (arn) do update set status = excluded.status, \
               execution = excluded.execution, machine = excluded.machine, started = excluded.started, \
               stopped = excluded.stopped, details = excluded.details";
    let status = run.status.number();
    db.run(
        sql,
        cells![
            run.arn.as_str(),
            run.execution.as_str(),
            run.machine.as_str(),
            status,
            run.started,
            run.stopped,
            run.details.as_str()
        ],
    )
    .await?;
    Ok(())
}

async fn wait<D: Driver>(
    db: &mut D,
    id: ExecutionId,
    seq: i64,
    due: Option<Millis>,
    keep: Option<Millis>,
) -> Result<()> {
    if let Some(until) = keep {
        let sql = "update runs set seq = $2, due = $3, lease_until = $4, ready = $4 where id = $1";
        db.run(sql, cells![id, seq, due, until]).await?;
        return Ok(());
    }
    let waiting = match first(db, "select min(came) from inbox where execution = $1", cells![id]).await? {
        Some(mut row) => row.maybe_int()?,
        None => None,
    };
    if waiting.is_some() {
        db.hint(Hint::Execution(id));
    }
    let ready = due.into_iter().chain(waiting).min();
    let sql =
        "update runs set seq = $2, due = $3, owner = null, lease_until = null, ready = $4 where id = $1";
    db.run(sql, cells![id, seq, due, ready]).await?;
    Ok(())
}

async fn finish<D: Driver>(db: &mut D, id: ExecutionId, seq: i64, end: &End) -> Result<()> {
    db.run("update tokens set is_open = 0 where execution = $1 and is_open = 1", cells![id]).await?;
    db.run("delete from tasks where execution = $1", cells![id]).await?;
    db.run("delete from inbox where execution = $1", cells![id]).await?;
    let row = first(
        db,
        "update runs set seq = $2, status = $3, stopped = $4, listed = $4, output = $5, error = $6, cause = $7, not_redrivable = $8, \
         owner = null, lease_until = null, due = null, ready = null where id = $1 returning machine",
        cells![
            id,
            seq,
            end.status.number(),
            end.at,
            end.output.as_deref(),
            end.error.as_deref(),
            end.cause.as_deref(),
            end.not_redrivable.as_deref()
        ],
    );
    if let Some(mut row) = row.await? {
        machines::drop_if_done(db, &row.text()?).await?;
    }
    Ok(())
}

/// Closes a token, for the one who answered it.
async fn close<D: Driver>(db: &mut D, token: &str, key: &str) -> Result<()> {
    db.run("delete from tasks where token = $1", cells![token]).await?;
    let sql = "update tokens set is_open = 0, answered_by = $2 where token = $1 and is_open = 1";
    db.run(sql, cells![token, key]).await?;
    Ok(())
}

/// Returns the results of the effects of a turn that was committed before.
async fn effects_again<D: Driver>(db: &mut D, turn: &Turn) -> Result<Effects> {
    let mut effects = Effects::default();
    for child in &turn.children {
        effects.children.push(match reads::find(db, &child.arn).await? {
            Some(there) if there.parent == child.parent => Started::Same(Box::new(there)),
            Some(there) => Started::NameTaken(Box::new(there)),
            None => begin(db, child).await?,
        });
    }
    for delivery in &turn.sends {
        effects.sends.push(match &delivery.to {
            Address::Execution(arn) => match reads::find(db, arn).await? {
                Some(there) => Delivered::To(there.summary.id),
                None => Delivered::Missing,
            },
            Address::Token { token, .. } => match read_token(db, token).await? {
                None => Delivered::Missing,
                Some((id, open, by)) if open || by == delivery.key => Delivered::To(id),
                Some(_) => Delivered::Closed,
            },
        });
    }
    for other in &turn.redrives {
        effects.redrives.push(match reads::find(db, &other.execution).await? {
            None => Redriven::Missing,
            Some(there) => {
                there.summary.redriven.map_or(Redriven::NotFailed(there.summary.status), Redriven::Since)
            }
        });
    }
    Ok(effects)
}

async fn read_token<D: Driver>(db: &mut D, token: &str) -> Result<Option<(ExecutionId, bool, String)>> {
    let row = first(db, "select execution, is_open, answered_by from tokens where token = $1", cells![token])
        .await?;
    row.map(|mut row| Ok((ExecutionId(row.int()?), row.int()? == 1, row.text()?))).transpose()
}

/// The status of an execution, which stays as it is until the transaction is over.
async fn lock_status<D: Driver>(db: &mut D, id: ExecutionId) -> Result<Option<Status>> {
    let row = first(db, "select status from runs where id = $1 for update", cells![id]).await?;
    row.map(|mut row| reads::status(&mut row)).transpose()
}

pub(in crate::store) async fn deliver<D: Driver>(db: &mut D, delivery: Delivery) -> Result<Delivered> {
    send(db, &delivery).await
}

async fn send<D: Driver>(db: &mut D, delivery: &Delivery) -> Result<Delivered> {
    let (id, token) = match &delivery.to {
        Address::Execution(arn) => {
            match first(db, "select id from executions where arn = $1", cells![arn.as_str()]).await? {
                Some(mut row) => (ExecutionId(row.int()?), None),
                None => return Ok(Delivered::Missing),
            }
        }
        Address::Token { token, closes } => match read_token(db, token).await? {
            Some((id, ..)) => (id, Some((token.as_str(), *closes))),
            None => return Ok(Delivered::Missing),
        },
    };
    let Some(status) = lock_status(db, id).await? else { return Ok(Delivered::Missing) };
    if let Some((token, closes)) = token {
        match read_token(db, token).await? {
            None => return Ok(Delivered::Missing),
            Some((_, false, by)) if !by.is_empty() && by == delivery.key => return Ok(Delivered::To(id)),
            Some((_, false, _)) => return Ok(Delivered::Closed),
            Some(_) if closes => close(db, token, &delivery.key).await?,
            Some(_) => {}
        }
    }
    if status != Status::Running {
        return Ok(Delivered::Closed);
    }
    put(db, id, token.map(|(token, _)| token), &delivery.data, delivery.at).await?;
    Ok(Delivered::To(id))
}

/// Puts a message into an inbox. An execution that nobody has can be claimed from then on.
async fn put<D: Driver>(
    db: &mut D,
    id: ExecutionId,
    token: Option<&str>,
    data: &[u8],
    at: Millis,
) -> Result<()> {
    let sql = "insert into inbox (execution, token, data, came) values ($1, $2, $3, $4)";
    db.run(sql, cells![id, token, data, at]).await?;
    let sql = "update runs set ready = $2 where id = $1 and owner is null and (ready is null or ready > $2)";
    db.run(sql, cells![id, at]).await?;
    db.hint(Hint::Execution(id));
    Ok(())
}

pub(in crate::store) async fn redrive<D: Driver>(db: &mut D, redrive: Redrive) -> Result<Redriven> {
    go_on(db, &redrive).await
}

async fn go_on<D: Driver>(db: &mut D, redrive: &Redrive) -> Result<Redriven> {
    let row =
        first(db, "select id from executions where arn = $1", cells![redrive.execution.as_str()]).await?;
    let Some(mut row) = row else { return Ok(Redriven::Missing) };
    let id = ExecutionId(row.int()?);
    let sql = "select status, redriven, redrive_key from runs where id = $1 for update";
    let Some(mut row) = first(db, sql, cells![id]).await? else { return Ok(Redriven::Missing) };
    let (status, redriven, key) = (reads::status(&mut row)?, row.maybe_int()?, row.text()?);
    match redriven {
        Some(since) if !redrive.key.is_empty() && key == redrive.key => return Ok(Redriven::Since(since)),
        _ => {}
    }
    if matches!(status, Status::Running | Status::Succeeded) {
        return Ok(Redriven::NotFailed(status));
    }
    if redrive.pending {
        db.run(
            "update runs set status = $2, stopped = null, output = null, error = null, cause = null, not_redrivable = null, \
             listed = coalesce(redriven, started) where id = $1",
            cells![id, Status::PendingRedrive.number()],
        )
        .await?;
        return Ok(Redriven::Since(redrive.at));
    }
    db.run(
        "update runs set status = $2, stopped = null, output = null, error = null, cause = null, not_redrivable = null, redrives = redrives + 1, \
         redriven = $3, redrive_key = $4, listed = $3, due = $3, ready = $3 where id = $1",
        cells![id, Status::Running.number(), redrive.at, redrive.key.as_str()],
    )
    .await?;
    put(db, id, None, &redrive.data, redrive.at).await?;
    Ok(Redriven::Since(redrive.at))
}

pub(in crate::store) async fn take_task<D: Driver>(db: &mut D, take: TakeTask) -> Result<Option<TakenTask>> {
    let sql = "select id, token, execution, input from tasks where activity = $1 order by id limit 1 for update skip locked";
    let Some(mut row) = first(db, sql, cells![take.activity.as_str()]).await? else { return Ok(None) };
    let (task, token, execution, input) = (row.int()?, row.text()?, ExecutionId(row.int()?), row.text()?);
    db.run("delete from tasks where id = $1", cells![task]).await?;
    put(db, execution, Some(&token), &take.data, take.at).await?;
    Ok(Some(TakenTask { execution, task: ActivityTask { activity: take.activity, token, input } }))
}

pub(in crate::store) async fn sweep<D: Driver>(db: &mut D, sweep: Sweep) -> Result<usize> {
    let sql = "select r.id, e.arn from runs r join executions e on e.id = r.id where r.stopped < $1 order by r.stopped, r.id limit $2";
    let old: Vec<Row> = db.rows(sql, cells![sweep.before, sweep.limit]).await?;
    let count = old.len();
    for mut row in old {
        let (id, arn) = (ExecutionId(row.int()?), row.text()?);
        forget(db, id, &arn).await?;
    }
    machines::sweep_machines(db).await?;
    Ok(count)
}

async fn forget<D: Driver>(db: &mut D, id: ExecutionId, arn: &str) -> Result<()> {
    db.run("delete from runs where id = $1", cells![id]).await?;
    for sql in [
        "delete from executions where id = $1",
        "delete from journal where execution = $1",
        "delete from history where execution = $1",
        "delete from tokens where execution = $1",
        "delete from tasks where execution = $1",
        "delete from inbox where execution = $1",
    ] {
        db.run(sql, cells![id]).await?;
    }
    db.run("delete from map_runs where execution = $1", cells![arn]).await?;
    Ok(())
}
