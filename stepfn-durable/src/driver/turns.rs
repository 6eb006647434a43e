//! The turns of executions, and their commits.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Driver, Over, calls::Job};
use crate::{
    clock::{millis, millis_up},
    observer::{self, Commit},
    recover::try_ask,
    running::{RecoverError, Step},
    store::{
        ActivityTask, Committed, End, Event as HistoryEvent, ExecutionId, MapRun, OpenedToken, Status, Turn,
    },
};
use serde_json::json;
use stepfn_executor::{
    Timestamp,
    time::until,
    turns::{MapRunCounts, MapRunState},
};

/// The number of turns that are committed at once.
const BATCH: usize = 512;
/// An execution that waits longer than this for anything is given back to the store when many are loaded.
const SOON: Duration = Duration::from_secs(5);

impl Driver {
    /// Lets everybody go on who can, and keeps what came of it.
    pub(super) async fn turns(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        while let Some((at, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.remove(&(at, id));
            if let Some(loaded) = self.loaded.get_mut(&id) {
                loaded.due = None;
                loaded.fresh = true;
                self.ready.insert(id);
            }
        }
        while !self.ready.is_empty() {
            let mut turns = Vec::new();
            let mut steps = BTreeMap::new();
            while let Some(id) = self.ready.pop_first() {
                let Some((mut turn, mut step)) = self.turn(id, now) else { continue };
                let asked = self.ask_for(id, &mut turn, &mut step).await?;
                turns.push(turn);
                steps.insert(id, (step, asked));
                if turns.len() == BATCH {
                    break;
                }
            }
            if turns.is_empty() {
                return Ok(());
            }
            let turns: Arc<[Turn]> = turns.into();
            let since = Instant::now();
            let committed = self.commit(&turns).await?;
            self.tell(&turns, &committed, since.elapsed());
            for (turn, committed) in turns.iter().zip(committed) {
                let (id, kept) = (turn.execution, turn.keep.is_some());
                let Some((step, asked)) = steps.remove(&id) else { continue };
                match committed {
                    Committed::Done(effects) => {
                        self.committed(id, step, kept);
                        self.take_effects(id, asked, effects).await?;
                    }
                    Committed::Lost => self.unload(id),
                }
            }
        }
        Ok(())
    }

    /// Commits turns. Where the store refuses one for good, its execution goes on no more, and the others do.
    async fn commit(&mut self, turns: &Arc<[Turn]>) -> Result<Vec<Committed>, Over> {
        let all = try_ask(&self.inner, "commit turns", |store| store.commit(Arc::clone(turns))).await?;
        let Err(mut error) = all else { return Ok(all.unwrap_or_default()) };
        let mut committed = Vec::with_capacity(turns.len());
        for turn in turns.iter() {
            if turns.len() > 1 {
                let alone: Arc<[Turn]> = [turn.clone()].into();
                match try_ask(&self.inner, "commit a turn", |store| store.commit(Arc::clone(&alone))).await? {
                    Ok(one) => {
                        committed.extend(one);
                        continue;
                    }
                    Err(one) => error = one,
                }
            }
            self.give_up(turn.execution, RecoverError::Unreadable { reason: error.to_string() });
            committed.push(Committed::Lost);
        }
        Ok(committed)
    }

    /// Notifies the observers of what is kept now.
    fn tell(&self, turns: &[Turn], committed: &[Committed], took: Duration) {
        if self.inner.observers.is_empty() {
            return;
        }
        let given_away = turns.iter().filter(|turn| turn.keep.is_none()).count();
        let done =
            turns.iter().zip(committed).filter(|(_, committed)| matches!(committed, Committed::Done(_)));
        let turns = done.filter_map(|(turn, _)| {
            let loaded = self.loaded.get(&turn.execution)?;
            Some(observer::Committed {
                execution_arn: &loaded.arn,
                events: &turn.events,
                end: turn.end.as_ref(),
            })
        });
        let commit = Commit {
            turns: turns.collect(),
            took,
            loaded: self.loaded.len().saturating_sub(given_away),
            ready: self.ready.len(),
            calls: self.under_way,
        };
        for observer in &self.inner.observers {
            observer(&commit);
        }
    }

    /// One turn of one execution, with what is to be kept of it.
    fn turn(&mut self, id: ExecutionId, now: Timestamp) -> Option<(Turn, Step)> {
        let most_loaded = self.inner.most_loaded;
        let is_crowded = self.loaded.len() > most_loaded;
        let is_virtual = self.inner.clock.is_virtual();
        let lease_end = self.inner.until();
        let loaded = self.loaded.get_mut(&id)?;
        let inputs = std::mem::take(&mut loaded.inputs);
        if inputs.is_empty() && !std::mem::take(&mut loaded.fresh) {
            return None;
        }
        loaded.fresh = false;
        let mut step = loaded.running.turn(now, inputs);
        loaded.seq += 1;
        let due = loaded.running.due();
        let mut turn = Turn::new(id, loaded.fence, loaded.seq);
        turn.entry = step.entry.write();
        turn.events = (step.first..)
            .zip(std::mem::take(&mut step.events))
            .map(|(id, event)| HistoryEvent { id: id as i64, data: event.into_bytes() })
            .collect();
        turn.due = due.map(millis_up);
        for open in std::mem::take(&mut step.opened) {
            if let Some(activity) = open.activity {
                let (token, input) = (open.token.clone(), open.parameters.to_string());
                turn.tasks.push(ActivityTask { activity, token, input });
            }
            turn.opened.push(OpenedToken { token: open.token, place: open.state.into_bytes() });
        }
        turn.closed = std::mem::take(&mut step.closed);
        turn.taken = std::mem::take(&mut loaded.taken).into_iter().collect();
        turn.end = step.end.as_ref().map(|end| ended(end.as_deref(), now));
        let machine = &loaded.running.origin.machine;
        turn.map_runs = step.map_runs.iter().map(|run| kept_map_run(run, &loaded.arn, machine)).collect();
        let calls = loaded.running.turns().waits_for_calls()
            || !step.requests.is_empty()
            || !loaded.spawned.is_empty()
            || !loaded.redrives.is_empty()
            || !loaded.watches.is_empty();
        let waits_long = due.is_none_or(|due| until(now, due) > SOON);
        // Virtual time stands still for tokens, and so for whoever waits for one.
        let holds = is_virtual && loaded.running.turns().has_pending_tokens();
        let keep = step.end.is_none() && (calls || holds || !waits_long || !is_crowded);
        turn.keep = keep.then_some(lease_end);
        self.note_tokens(id);
        Some((turn, step))
    }

    /// Does what a turn asked for, now that it is kept.
    fn committed(&mut self, id: ExecutionId, step: Step, kept: bool) {
        self.done(id, step.given_up.iter().copied());
        let Some(loaded) = self.loaded.get_mut(&id) else { return };
        self.jobs.extend(step.calls.into_iter().map(|call| Job::call(id, call, false)));
        let due = loaded.running.due();
        if step.end.is_some() {
            self.inner.ended(&loaded.arn);
        }
        if kept {
            self.set_due(id, due);
        } else {
            if let Some(first) = &mut self.elsewhere {
                *first = first.iter().copied().chain(due).min();
            }
            self.unload(id);
        }
    }
}

fn ended(end: Result<&stepfn_executor::Outcome, &stepfn_executor::RunError>, now: Timestamp) -> End {
    use stepfn_executor::Status as Is;
    let outcome = match end {
        Ok(outcome) => outcome,
        // What AWS has no word for: nothing does the work of a task, or a bound of this host.
        Err(error) => {
            return End {
                status: Status::Failed,
                at: millis(now),
                output: None,
                error: Some("States.Runtime".to_owned()),
                cause: Some(error.to_string()),
                not_redrivable: Some("Execution ended for a reason that is not the machine's".to_owned()),
            };
        }
    };
    let (status, output, error, cause) = match &outcome.status {
        Is::Succeeded { output } => (Status::Succeeded, Some(output.to_string()), None, None),
        Is::Failed { error, cause } => (Status::Failed, None, error.clone(), cause.clone()),
        Is::TimedOut => (Status::TimedOut, None, None, None),
        Is::Aborted { error, cause } => (Status::Aborted, None, error.clone(), cause.clone()),
        Is::Running => (Status::Running, None, None, None),
    };
    let not_redrivable = outcome.not_redrivable().filter(|_| status != Status::Succeeded).map(str::to_owned);
    End { status, at: millis(outcome.stopped), output, error, cause, not_redrivable }
}

/// A Map Run as it is kept.
fn kept_map_run(run: &MapRunState, execution: &str, machine: &str) -> MapRun {
    let counts = |of: &MapRunCounts| {
        json!({
            "pending": of.pending, "running": of.running, "succeeded": of.succeeded, "failed": of.failed,
            "timedOut": of.timed_out, "aborted": of.aborted, "total": of.total, "resultsWritten": of.results_written,
        })
    };
    let mut details = json!({
        "maxConcurrency": run.max_concurrency,
        "toleratedFailurePercentage": run.tolerated_failure_percentage,
        "toleratedFailureCount": run.tolerated_failure_count,
        "itemCounts": counts(&run.items),
        "executionCounts": counts(&run.executions),
        "redriveCount": run.redrives,
    });
    if let (Some(at), Some(members)) = (run.redriven, details.as_object_mut()) {
        members.insert("redriveDate".to_owned(), json!(millis(at) as f64 / 1000.0));
    }
    MapRun {
        arn: run.arn.clone(),
        execution: execution.to_owned(),
        machine: machine.to_owned(),
        status: Status::of_name(run.status).unwrap_or(Status::Running),
        started: millis(run.started),
        stopped: run.stopped.map(millis),
        details: details.to_string(),
    }
}
