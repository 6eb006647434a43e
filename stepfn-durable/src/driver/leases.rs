//! The executions that a host has: it claims them, keeps them, and reads what comes for them.

use std::{sync::Arc, time::Duration};

use stepfn_executor::{Timestamp, time::until, turns::Input};

use super::{Driver, Loaded, Over, calls::Job};
use crate::{
    clock::{millis, span, timestamp},
    inner::Inner,
    journal::Message,
    recover::{ask, recover, try_ask},
    running::{OnInterrupted, Open, RecoverError, interrupted},
    store::{self, Claim, Claiming, ExecutionId, Inbox, Renewal, Sweep},
};

/// The number of executions that are claimed at once.
const CLAIMS: usize = 256;
/// The interval at which executions that ended long ago are forgotten, and how many at once.
const SWEEP: Duration = Duration::from_secs(60 * 60);
const SWEPT: usize = 10_000;

impl Driver {
    pub(super) async fn renew(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        if !is_over(self.renewed, now, self.inner.lease / 3) {
            return Ok(());
        }
        self.renewed = now;
        let held = self.held();
        if held.is_empty() {
            return Ok(());
        }
        let renewal = Renewal { held, until: self.inner.until() };
        let lost = ask(&self.inner, "renew leases", |store| store.renew(renewal.clone())).await?;
        for id in lost {
            self.refused.remove(&id);
            self.unload(id);
        }
        Ok(())
    }

    /// Forgets executions that ended long ago.
    pub(super) async fn sweep(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        if !is_over(self.swept, now, SWEEP) {
            return Ok(());
        }
        self.swept = now;
        let before = millis(now).saturating_sub(span(self.inner.retention));
        // The rest another time: nobody waits for it.
        let sweep = Sweep { before, limit: SWEPT };
        let swept = try_ask(&self.inner, "forget old executions", |store| store.sweep(sweep)).await?;
        if let Err(error) = swept {
            self.inner.failed("forget old executions", &error);
        }
        Ok(())
    }

    pub(super) fn held(&self) -> Vec<(ExecutionId, i64)> {
        let held = self.loaded.iter().map(|(id, loaded)| (*id, loaded.fence));
        held.chain(self.refused.iter().map(|(id, fence)| (*id, *fence))).collect()
    }

    /// Takes over executions that are due and nobody runs.
    pub(super) async fn claim(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        let unknown = self.look.iter().any(|id| !self.loaded.contains_key(id));
        if !unknown && !is_over(self.claimed, now, self.inner.poll) {
            return Ok(());
        }
        self.claimed = now;
        loop {
            let claiming = Claiming {
                owner: self.inner.owner.clone(),
                now: millis(now),
                until: self.inner.until(),
                limit: CLAIMS,
            };
            let claims = ask(&self.inner, "claim executions", |store| store.claim(claiming.clone())).await?;
            let more = claims.len() == CLAIMS;
            for claim in claims {
                self.take_over(claim).await?;
            }
            if !more {
                break;
            }
        }
        // What came for those that it has: hints of another process may be lost.
        let waiting = Inbox::Owner { owner: self.inner.owner.clone(), limit: CLAIMS };
        let waiting = try_ask(&self.inner, "look for messages", |store| store.inbox(waiting.clone())).await?;
        self.look.extend(waiting.iter().flatten().map(|message| message.execution));
        Ok(())
    }

    /// On virtual time: when the first of the executions is due that others have, or nobody. On real time that is looked for again and again.
    pub(super) async fn due_elsewhere(&mut self) -> Result<Option<Timestamp>, Over> {
        if !self.inner.clock.is_virtual() {
            return Ok(None);
        }
        if let Some(known) = self.elsewhere {
            return Ok(known);
        }
        let owner = &self.inner.owner;
        let due = ask(&self.inner, "look for what is due", |store| store.next_due(owner.clone())).await?;
        Ok(*self.elsewhere.insert(due.map(timestamp)))
    }

    async fn take_over(&mut self, claim: Claim) -> Result<(), Over> {
        let (id, fence) = (claim.execution.summary.id, claim.execution.fence);
        let seq = claim.execution.seq;
        let arn = claim.execution.summary.arn.clone();
        // A lease of one's own that was over: what is loaded goes on, with the new fence.
        if let Some(loaded) = self.loaded.get_mut(&id).filter(|loaded| loaded.seq == seq) {
            loaded.fence = fence;
            self.look.insert(id);
            return Ok(());
        }
        self.unload(id);
        match recover(&Arc::clone(&self.inner), &claim).await? {
            Ok((running, Open { mut calls, requests })) => {
                self.refused.remove(&id);
                // Those that were answered while their host stopped are not made again.
                calls.retain(|call| {
                    !claim.inbox.iter().any(|message| answers(message) == Some(call.number()))
                });
                let parent = claim.execution.parent.map(|parent| parent.execution);
                let mut loaded = Loaded::new(Box::new(running), arn, fence, seq);
                loaded.parent = parent;
                loaded.fresh = seq == 0;
                let again = self.inner.on_interrupted == OnInterrupted::Rerun;
                if !again {
                    loaded.inputs.extend(calls.iter().map(interrupted));
                }
                // A virtual clock goes on from the latest time that it gave.
                self.inner.clock.advance_to(loaded.running.turns().now());
                let due = loaded.running.due();
                self.load(id, loaded);
                self.set_due(id, due);
                self.note_tokens(id);
                self.look.insert(id);
                if again {
                    self.jobs.extend(calls.into_iter().map(|call| Job::call(id, call, true)));
                }
                self.ask_again(id, requests).await?;
            }
            Err(error) => {
                self.refused.insert(id, fence);
                self.inner.refuse(arn, error);
            }
        }
        Ok(())
    }

    /// Keeps an execution from going on, here or on another host: it stays as it is.
    pub(super) fn give_up(&mut self, id: ExecutionId, error: RecoverError) {
        let Some(loaded) = self.loaded.get(&id) else { return };
        self.inner.refuse(loaded.arn.clone(), error);
        self.refused.insert(id, loaded.fence);
        self.unload(id);
    }

    /// What waits in these inboxes. An execution whose inbox cannot be read goes on no more.
    async fn messages(&mut self, ids: Vec<ExecutionId>) -> Result<Vec<store::Message>, Over> {
        let read = async |inner: &Inner, ids: &[ExecutionId]| {
            try_ask(inner, "read inboxes", |store| store.inbox(Inbox::Of(ids.to_vec()))).await
        };
        if let Ok(messages) = read(&self.inner, &ids).await? {
            return Ok(messages);
        }
        let mut messages = Vec::new();
        for id in ids {
            match read(&self.inner, &[id]).await? {
                Ok(more) => messages.extend(more),
                Err(error) => self.give_up(id, RecoverError::Unreadable { reason: error.to_string() }),
            }
        }
        Ok(messages)
    }

    /// Takes what waits in the inboxes of loaded executions.
    pub(super) async fn read_inboxes(&mut self) -> Result<(), Over> {
        let look = std::mem::take(&mut self.look);
        let ids: Vec<ExecutionId> = look.into_iter().filter(|id| self.loaded.contains_key(id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for message in self.messages(ids).await? {
            let id = message.execution;
            // A virtual clock goes on from what others did.
            self.inner.clock.advance_to(timestamp(message.at));
            let Some(loaded) = self.loaded.get_mut(&id) else { continue };
            if !loaded.taken.insert(message.id) {
                continue;
            }
            loaded.fresh = true;
            match Message::read(&message.data, message.token.as_deref()) {
                Ok(Message::Input(input)) => loaded.inputs.push(input),
                Ok(Message::Watch(watcher)) => loaded.running.watch(watcher),
                Ok(Message::Redrive(redriven)) => {
                    let now = self.inner.clock.now();
                    let parent = loaded.parent.as_deref();
                    if let Err(reason) = loaded.running.redrive(now, redriven, parent) {
                        self.inner.refuse(loaded.arn.clone(), RecoverError::Refused { reason });
                    }
                }
                Err(error) => {
                    let reason = format!("a message of its inbox: {}", error.0);
                    self.inner.refuse(loaded.arn.clone(), RecoverError::Unreadable { reason });
                }
            }
            self.ready.insert(id);
        }
        Ok(())
    }
}

/// Returns the call that a message answers.
fn answers(message: &store::Message) -> Option<u64> {
    match Message::read(&message.data, None) {
        Ok(Message::Input(Input::Answered { call, .. })) => Some(call),
        _ => None,
    }
}

/// Whether so much time has gone by since something was done last. A clock that was set back says nothing about that: it is done once more.
fn is_over(last: Timestamp, now: Timestamp, span: Duration) -> bool {
    last == Timestamp::MIN || now < last || until(last, now) >= span
}
