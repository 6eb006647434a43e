//! Executions: their starts, leases, turns and inboxes.

use std::sync::Arc;

use super::{Kept, KeptToken, Model};
use crate::store::{
    Address, Claim, Claiming, Committed, Delivered, Delivery, Effects, Execution, ExecutionId, Hint, Lease,
    Message, MessageId, Millis, NewExecution, Redrive, Redriven, Renewal, Started, Status, StoreError,
    Summary, Sweep, TakeTask, TakenTask, Turn,
};

type Result<T> = std::result::Result<T, StoreError>;

impl Model {
    pub(super) fn start(&mut self, new: NewExecution) -> Result<Started> {
        Ok(self.begin(new))
    }

    fn begin(&mut self, new: NewExecution) -> Started {
        if let Some(kept) = self.arns.get(&new.arn).and_then(|id| self.executions.get(id)) {
            let there = &kept.execution;
            let summary = &there.summary;
            if new.parent.is_some() && new.parent == there.parent
                || !summary.status.is_closed() && summary.machine == new.machine && there.input == new.input
            {
                return Started::Same(Box::new(there.clone()));
            }
            if summary.stopped.is_none_or(|stopped| stopped >= new.free_before) {
                return Started::NameTaken(Box::new(there.clone()));
            }
            let id = summary.id;
            self.forget(id);
        }
        self.last_execution += 1;
        let id = ExecutionId(self.last_execution);
        let fence = i64::from(new.lease.is_some());
        let ready = new.lease.as_ref().map_or(new.started, |lease| lease.until);
        if new.lease.is_none() {
            self.hints.push(Hint::Execution(id));
        }
        let execution = Execution {
            summary: Summary {
                id,
                arn: new.arn.clone(),
                name: new.name,
                machine: new.machine,
                version: new.version,
                alias: new.alias,
                map_run: new.map_run,
                status: Status::Running,
                started: new.started,
                stopped: None,
                redrives: 0,
                redriven: None,
            },
            parent: new.parent,
            revision: new.revision,
            input: new.input,
            details: new.details,
            head: new.head,
            end: None,
            seq: 0,
            due: Some(new.started),
            lease: new.lease,
            fence,
        };
        self.arns.insert(new.arn, id);
        self.ready.insert((ready, id));
        let kept = Kept {
            execution,
            ready: Some(ready),
            redrive_key: String::new(),
            journal: Vec::new(),
            history: Vec::new(),
            inbox: Default::default(),
            tokens: Default::default(),
        };
        self.executions.insert(id, kept);
        Started::New { id, fence }
    }

    /// Sets when an execution can be claimed.
    fn set_ready(&mut self, id: ExecutionId, ready: Option<Millis>) {
        let Some(kept) = self.executions.get_mut(&id) else { return };
        if let Some(before) = std::mem::replace(&mut kept.ready, ready) {
            self.ready.remove(&(before, id));
        }
        if let Some(ready) = ready {
            self.ready.insert((ready, id));
        }
    }

    pub(super) fn claim(&mut self, claiming: Claiming) -> Result<Vec<Claim>> {
        let ids: Vec<ExecutionId> = self
            .ready
            .iter()
            .take_while(|(ready, _)| *ready <= claiming.now)
            .take(claiming.limit)
            .map(|(_, id)| *id)
            .collect();
        let mut claims = Vec::new();
        for id in ids {
            self.set_ready(id, Some(claiming.until));
            let Some(kept) = self.executions.get_mut(&id) else { continue };
            kept.execution.fence += 1;
            kept.execution.lease = Some(Lease { owner: claiming.owner.clone(), until: claiming.until });
            claims.push(Claim {
                execution: kept.execution.clone(),
                inbox: kept.inbox.values().cloned().collect(),
            });
        }
        Ok(claims)
    }

    pub(super) fn renew(&mut self, renewal: Renewal) -> Result<Vec<ExecutionId>> {
        let mut lost = Vec::new();
        for (id, fence) in renewal.held {
            match self.executions.get_mut(&id).map(|kept| &mut kept.execution) {
                Some(Execution { fence: current, lease: Some(lease), .. }) if *current == fence => {
                    lease.until = renewal.until;
                    self.set_ready(id, Some(renewal.until));
                }
                _ => lost.push(id),
            }
        }
        Ok(lost)
    }

    pub(super) fn commit(&mut self, turns: Arc<[Turn]>) -> Result<Vec<Committed>> {
        self.refuse(&turns)?;
        // It keeps what they have, so this is the one copy.
        Ok(turns.iter().map(|turn| self.take_turn(turn.clone())).collect())
    }

    /// Refuses turns that cannot be, before any of them changes something.
    fn refuse(&self, turns: &[Turn]) -> Result<()> {
        let mut last = std::collections::BTreeMap::new();
        for turn in turns {
            let Some(kept) = self.executions.get(&turn.execution) else { continue };
            if kept.execution.fence != turn.fence {
                continue;
            }
            let before = last.entry(turn.execution).or_insert(kept.execution.seq);
            if turn.seq > *before + 1 {
                return Err(StoreError::Misuse(format!(
                    "turn {} of execution {} after turn {before}",
                    turn.seq, turn.execution
                )));
            }
            let again = turn.seq <= *before;
            *before = turn.seq.max(*before);
            if let Some(token) =
                turn.opened.iter().find(|opened| !again && self.tokens.contains_key(&opened.token))
            {
                return Err(StoreError::Misuse(format!("the token {} was handed out before", token.token)));
            }
        }
        Ok(())
    }

    fn take_turn(&mut self, turn: Turn) -> Committed {
        let id = turn.execution;
        let Some(kept) = self.executions.get_mut(&id) else { return Committed::Lost };
        if kept.execution.fence != turn.fence {
            return Committed::Lost;
        }
        if turn.seq <= kept.execution.seq {
            return Committed::Done(self.effects_again(turn));
        }
        if kept.execution.lease.is_none() {
            return Committed::Lost;
        }
        for message in &turn.taken {
            kept.inbox.remove(message);
        }
        if !turn.entry.is_empty() {
            kept.journal.push(super::Entry { seq: turn.seq, data: turn.entry });
        }
        kept.history.extend(turn.events);
        for opened in turn.opened {
            kept.tokens.insert(opened.token.clone());
            let token =
                KeptToken { execution: id, place: opened.place, open: true, answered_by: String::new() };
            self.tokens.insert(opened.token, token);
        }
        for token in turn.closed {
            self.close(&token, "");
        }
        for task in turn.tasks {
            self.last_task += 1;
            self.hints.push(Hint::Activity(task.activity.clone()));
            self.queued.insert(task.token.clone(), (task.activity.clone(), self.last_task));
            self.tasks.entry(task.activity.clone()).or_default().insert(self.last_task, (id, task));
        }
        for run in turn.map_runs {
            self.map_runs.insert(run.arn.clone(), run);
        }
        let effects = Effects {
            children: turn.children.into_iter().map(|child| self.begin(child)).collect(),
            sends: turn.sends.into_iter().map(|delivery| self.send(delivery)).collect(),
            redrives: turn.redrives.into_iter().map(|redrive| self.let_go_on(redrive)).collect(),
        };
        if let Some(kept) = self.executions.get_mut(&id) {
            kept.execution.seq = turn.seq;
        }
        match turn.end {
            Some(end) => self.finish(id, end),
            None => self.wait(id, turn.due, turn.keep),
        }
        Committed::Done(effects)
    }

    /// Returns the results of the effects of a turn that was committed before.
    fn effects_again(&mut self, turn: Turn) -> Effects {
        let children = turn.children.into_iter().map(|child| {
            match self.arns.get(&child.arn).and_then(|id| self.executions.get(id)) {
                Some(kept) if kept.execution.parent == child.parent => {
                    Started::Same(Box::new(kept.execution.clone()))
                }
                Some(kept) => Started::NameTaken(Box::new(kept.execution.clone())),
                None => self.begin(child),
            }
        });
        let children = children.collect();
        let sends = turn.sends.iter().map(|delivery| match &delivery.to {
            Address::Execution(arn) => self.arns.get(arn).map_or(Delivered::Missing, |id| Delivered::To(*id)),
            Address::Token { token, .. } => match self.tokens.get(token) {
                None => Delivered::Missing,
                Some(kept) if kept.open || kept.answered_by == delivery.key => Delivered::To(kept.execution),
                Some(_) => Delivered::Closed,
            },
        });
        let sends = sends.collect();
        let redrives = turn.redrives.iter().map(|redrive| match self.arns.get(&redrive.execution) {
            None => Redriven::Missing,
            Some(id) => self.executions.get(id).map_or(Redriven::Missing, |kept| {
                let summary = &kept.execution.summary;
                summary.redriven.map_or(Redriven::NotFailed(summary.status), Redriven::Since)
            }),
        });
        Effects { children, sends, redrives: redrives.collect() }
    }

    fn wait(&mut self, id: ExecutionId, due: Option<Millis>, keep: Option<Millis>) {
        let Some(kept) = self.executions.get_mut(&id) else { return };
        kept.execution.due = due;
        let ready = match keep {
            Some(until) => {
                if let Some(lease) = &mut kept.execution.lease {
                    lease.until = until;
                }
                Some(until)
            }
            None => {
                kept.execution.lease = None;
                let waiting = kept.inbox.values().map(|message| message.at).min();
                if waiting.is_some() {
                    self.hints.push(Hint::Execution(id));
                }
                due.into_iter().chain(waiting).min()
            }
        };
        self.set_ready(id, ready);
    }

    fn finish(&mut self, id: ExecutionId, end: crate::store::End) {
        let Some(kept) = self.executions.get_mut(&id) else { return };
        kept.execution.summary.status = end.status;
        kept.execution.summary.stopped = Some(end.at);
        kept.execution.end = Some(end);
        kept.execution.due = None;
        kept.execution.lease = None;
        kept.inbox.clear();
        let machine = kept.execution.summary.machine.clone();
        for token in kept.tokens.clone() {
            self.close(&token, "");
        }
        self.set_ready(id, None);
        self.drop_if_done(&machine);
    }

    /// Closes a token, for the one who answered it.
    fn close(&mut self, token: &str, key: &str) {
        if let Some((activity, task)) = self.queued.remove(token)
            && let Some(tasks) = self.tasks.get_mut(&activity)
        {
            tasks.remove(&task);
        }
        if let Some(kept) = self.tokens.get_mut(token)
            && kept.open
        {
            kept.open = false;
            key.clone_into(&mut kept.answered_by);
        }
    }

    pub(super) fn deliver(&mut self, delivery: Delivery) -> Result<Delivered> {
        Ok(self.send(delivery))
    }

    fn send(&mut self, delivery: Delivery) -> Delivered {
        let (id, token) = match delivery.to {
            Address::Execution(arn) => match self.arns.get(&arn) {
                None => return Delivered::Missing,
                Some(id) => (*id, None),
            },
            Address::Token { token, closes } => match self.tokens.get(&token) {
                None => return Delivered::Missing,
                Some(kept) if !kept.open => {
                    let again = !delivery.key.is_empty() && kept.answered_by == delivery.key;
                    return if again { Delivered::To(kept.execution) } else { Delivered::Closed };
                }
                Some(kept) => {
                    let id = kept.execution;
                    if closes {
                        self.close(&token, &delivery.key);
                    }
                    (id, Some(token))
                }
            },
        };
        match self.executions.get(&id) {
            Some(kept) if kept.execution.summary.status == Status::Running => {}
            Some(_) => return Delivered::Closed,
            None => return Delivered::Missing,
        }
        self.put(id, token, delivery.data, delivery.at);
        Delivered::To(id)
    }

    /// Puts a message into an inbox. An execution that nobody has can be claimed from then on.
    fn put(&mut self, id: ExecutionId, token: Option<String>, data: Vec<u8>, at: Millis) {
        self.last_message += 1;
        let message = Message { id: MessageId(self.last_message), execution: id, token, data, at };
        let Some(kept) = self.executions.get_mut(&id) else { return };
        kept.inbox.insert(message.id, message);
        self.mail.insert(id);
        self.hints.push(Hint::Execution(id));
        if kept.execution.lease.is_none() {
            let ready = kept.ready.map_or(at, |ready| ready.min(at));
            self.set_ready(id, Some(ready));
        }
    }

    pub(super) fn redrive(&mut self, redrive: Redrive) -> Result<Redriven> {
        Ok(self.let_go_on(redrive))
    }

    fn let_go_on(&mut self, redrive: Redrive) -> Redriven {
        let Some(id) = self.arns.get(&redrive.execution).copied() else { return Redriven::Missing };
        let Some(kept) = self.executions.get_mut(&id) else { return Redriven::Missing };
        let summary = &mut kept.execution.summary;
        match summary.redriven {
            Some(since) if !redrive.key.is_empty() && kept.redrive_key == redrive.key => {
                return Redriven::Since(since);
            }
            _ => {}
        }
        if matches!(summary.status, Status::Running | Status::Succeeded) {
            return Redriven::NotFailed(summary.status);
        }
        summary.stopped = None;
        kept.execution.end = None;
        if redrive.pending {
            summary.status = Status::PendingRedrive;
            return Redriven::Since(redrive.at);
        }
        summary.status = Status::Running;
        summary.redrives += 1;
        summary.redriven = Some(redrive.at);
        kept.redrive_key = redrive.key;
        kept.execution.due = Some(redrive.at);
        self.set_ready(id, Some(redrive.at));
        self.put(id, None, redrive.data, redrive.at);
        Redriven::Since(redrive.at)
    }

    pub(super) fn take_task(&mut self, take: TakeTask) -> Result<Option<TakenTask>> {
        let Some((_, (execution, task))) =
            self.tasks.get_mut(&take.activity).and_then(std::collections::BTreeMap::pop_first)
        else {
            return Ok(None);
        };
        self.queued.remove(&task.token);
        self.put(execution, Some(task.token.clone()), take.data, take.at);
        Ok(Some(TakenTask { execution, task }))
    }

    pub(super) fn sweep(&mut self, sweep: Sweep) -> Result<usize> {
        let mut old: Vec<(Millis, ExecutionId)> = self
            .executions
            .values()
            .filter_map(|kept| {
                kept.execution.summary.stopped.map(|stopped| (stopped, kept.execution.summary.id))
            })
            .filter(|(stopped, _)| *stopped < sweep.before)
            .collect();
        old.sort_unstable();
        old.truncate(sweep.limit);
        for (_, id) in &old {
            self.forget(*id);
        }
        self.sweep_machines();
        Ok(old.len())
    }

    fn forget(&mut self, id: ExecutionId) {
        self.set_ready(id, None);
        let Some(kept) = self.executions.remove(&id) else { return };
        for token in kept.tokens {
            self.close(&token, "");
            self.tokens.remove(&token);
        }
        let arn = kept.execution.summary.arn;
        self.map_runs.retain(|_, run| run.execution != arn);
        self.arns.remove(&arn);
    }
}
