//! The loop of a host: what came in, the turns of whoever has something to do, one commit for all of them, and then what they ask for.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use stepfn_executor::{
    Timestamp,
    time::until,
    turns::{Call, Input},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
};

use crate::{
    clock::{millis, millis_up, span},
    inner::Inner,
    journal::Message,
    observer::{self, Commit},
    recover::{ask, recover},
    running::{OnInterrupted, RecoverError, Running, Step, interrupted},
    store::{
        ActivityTask, Claim, Claiming, Committed, End, Event as HistoryEvent, ExecutionId, Inbox, MessageId,
        OpenedToken, Renewal, Status, Sweep, Turn,
    },
};

/// The number of executions that are claimed at once.
const CLAIMS: usize = 256;
/// The number of turns that are committed at once.
const BATCH: usize = 512;
/// The interval at which executions that ended long ago are forgotten, and how many at once.
const SWEEP: Duration = Duration::from_secs(60 * 60);
const SWEPT: usize = 10_000;
/// An execution that waits longer than this for anything is given back to the store when many are loaded.
const SOON: Duration = Duration::from_secs(5);

/// An event for the driver.
pub(crate) enum Event {
    /// An execution was started, and is this host's.
    Begun { id: ExecutionId, fence: i64, arn: String, running: Box<Running> },
    /// There may be a message in the inbox of an execution, or an execution to be claimed.
    Look(ExecutionId),
    /// A call was answered.
    Answered { id: ExecutionId, input: Input },
    /// Moves virtual time to the next thing that is due; replies with the time then, if there was any. `holds` means that it stops
    /// while anybody waits for a token.
    Pass { reply: oneshot::Sender<Option<Timestamp>>, holds: bool },
    /// Replies when nothing is left to be done now.
    Idle(oneshot::Sender<()>),
    /// Ends the loop.
    Stop(oneshot::Sender<()>),
}

/// An execution that this host runs.
struct Loaded {
    running: Box<Running>,
    arn: String,
    fence: i64,
    seq: i64,
    /// The inputs of its next turn, and the messages that they came from.
    inputs: Vec<Input>,
    taken: Vec<MessageId>,
    /// Whether it has a turn even if nothing came in.
    fresh: bool,
    due: Option<Timestamp>,
    calls: HashMap<u64, AbortHandle>,
}

pub(crate) struct Driver {
    inner: Arc<Inner>,
    events: mpsc::UnboundedReceiver<Event>,
    loaded: HashMap<ExecutionId, Loaded>,
    due: BTreeSet<(Timestamp, ExecutionId)>,
    ready: BTreeSet<ExecutionId>,
    /// The executions that cannot go on; they are kept from other hosts, with their fences.
    refused: HashMap<ExecutionId, i64>,
    /// Calls that are made here, one by one, on virtual time.
    calls: Vec<(ExecutionId, Call, bool)>,
    look: BTreeSet<ExecutionId>,
    renewed: Timestamp,
    claimed: Timestamp,
    swept: Timestamp,
}

/// The reason why the loop ends.
pub(crate) enum Over {
    Stopped(oneshot::Sender<()>),
    Closed,
}

impl Driver {
    pub(crate) fn new(inner: Arc<Inner>, events: mpsc::UnboundedReceiver<Event>) -> Self {
        let now = inner.clock.now();
        Self {
            inner,
            events,
            loaded: HashMap::new(),
            due: BTreeSet::new(),
            ready: BTreeSet::new(),
            refused: HashMap::new(),
            calls: Vec::new(),
            look: BTreeSet::new(),
            renewed: now,
            claimed: Timestamp::MIN,
            swept: Timestamp::MIN,
        }
    }

    pub(crate) async fn run(mut self) {
        let over = loop {
            if let Err(over) = self.round().await {
                break over;
            }
        };
        for loaded in self.loaded.values() {
            loaded.calls.values().for_each(AbortHandle::abort);
        }
        self.inner.closed();
        if let Over::Stopped(reply) = over {
            // Others have the executions at once, and not only after the lease.
            let held = self.held();
            if !held.is_empty() {
                let until = millis(self.inner.clock.now());
                let _ = self.inner.store.renew(Renewal { held, until }).await;
            }
            // The receiver of the reply may open the store anew.
            drop(self);
            let _ = reply.send(());
        }
    }

    /// Waits for something to do, and does it.
    async fn round(&mut self) -> Result<(), Over> {
        let mut idle = Vec::new();
        if self.is_quiet() {
            let event = self.wait().await?;
            self.take(event, &mut idle).await?;
        }
        while let Ok(event) = self.events.try_recv() {
            self.take(Some(event), &mut idle).await?;
        }
        self.renew().await?;
        self.claim().await?;
        self.read_inboxes().await?;
        self.turns().await?;
        self.make_calls().await;
        self.sweep().await?;
        if !idle.is_empty() && self.is_quiet() {
            for reply in idle {
                let _ = reply.send(());
            }
        } else {
            // They are answered after a later round.
            for reply in idle {
                let _ = self.inner.events.send(Event::Idle(reply));
            }
        }
        Ok(())
    }

    fn is_quiet(&self) -> bool {
        self.ready.is_empty() && self.look.is_empty() && self.calls.is_empty() && !self.is_due()
    }

    fn is_due(&self) -> bool {
        let now = self.inner.clock.now();
        self.due.first().is_some_and(|(at, _)| *at <= now) || self.claimed == Timestamp::MIN
    }

    /// The next event; none where only time has passed.
    async fn wait(&mut self) -> Result<Option<Event>, Over> {
        if self.inner.clock.is_virtual() {
            return self.events.recv().await.map(Some).ok_or(Over::Closed);
        }
        let now = self.inner.clock.now();
        let next = self.due.first().map_or(Duration::MAX, |(at, _)| until(now, *at));
        match tokio::time::timeout(next.min(self.inner.poll), self.events.recv()).await {
            Ok(event) => event.map(Some).ok_or(Over::Closed),
            Err(_) => Ok(None),
        }
    }

    async fn take(&mut self, event: Option<Event>, idle: &mut Vec<oneshot::Sender<()>>) -> Result<(), Over> {
        match event {
            None => {}
            Some(Event::Begun { id, fence, arn, running }) => {
                self.load(id, Loaded::new(running, arn, fence, 0));
            }
            Some(Event::Look(id)) => drop(self.look.insert(id)),
            Some(Event::Answered { id, input }) => {
                if let Some(loaded) = self.loaded.get_mut(&id) {
                    if let Input::Answered { call, .. } = &input {
                        loaded.calls.remove(call);
                    }
                    loaded.inputs.push(input);
                    self.ready.insert(id);
                }
            }
            Some(Event::Pass { reply, holds }) => {
                let next = self.due.first().map(|(at, _)| *at);
                let next = next.filter(|_| !(holds && self.waits_for_tokens()));
                if let Some(next) = next {
                    self.inner.clock.advance_to(next);
                    self.claimed = Timestamp::MIN;
                }
                let _ = reply.send(next);
            }
            Some(Event::Idle(reply)) => idle.push(reply),
            Some(Event::Stop(reply)) => return Err(Over::Stopped(reply)),
        }
        Ok(())
    }

    fn waits_for_tokens(&self) -> bool {
        self.loaded.values().any(|loaded| !loaded.running.turns().pending_tokens().is_empty())
    }

    fn load(&mut self, id: ExecutionId, loaded: Loaded) {
        self.ready.insert(id);
        self.loaded.insert(id, loaded);
    }

    fn unload(&mut self, id: ExecutionId) {
        self.ready.remove(&id);
        if let Some(loaded) = self.loaded.remove(&id) {
            loaded.calls.values().for_each(AbortHandle::abort);
            if let Some(due) = loaded.due {
                self.due.remove(&(due, id));
            }
        }
    }

    fn set_due(&mut self, id: ExecutionId, due: Option<Timestamp>) {
        let Some(loaded) = self.loaded.get_mut(&id) else { return };
        if let Some(before) = std::mem::replace(&mut loaded.due, due) {
            self.due.remove(&(before, id));
        }
        if let Some(due) = due {
            self.due.insert((due, id));
        }
    }

    async fn renew(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        if until(self.renewed, now) * 3 < self.inner.lease {
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
    async fn sweep(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        if self.swept != Timestamp::MIN && until(self.swept, now) < SWEEP {
            return Ok(());
        }
        self.swept = now;
        let before = millis(now).saturating_sub(span(self.inner.retention));
        // The rest another time: nobody waits for it.
        let sweep = Sweep { before, limit: SWEPT };
        ask(&self.inner, "forget old executions", |store| store.sweep(sweep)).await.map(drop)
    }

    fn held(&self) -> Vec<(ExecutionId, i64)> {
        let held = self.loaded.iter().map(|(id, loaded)| (*id, loaded.fence));
        held.chain(self.refused.iter().map(|(id, fence)| (*id, *fence))).collect()
    }

    /// Takes over executions that are due and nobody runs.
    async fn claim(&mut self) -> Result<(), Over> {
        let now = self.inner.clock.now();
        let unknown = self.look.iter().any(|id| !self.loaded.contains_key(id));
        if !unknown && self.claimed != Timestamp::MIN && until(self.claimed, now) < self.inner.poll {
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
                return Ok(());
            }
        }
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
            Ok((running, calls)) => {
                self.refused.remove(&id);
                let mut loaded = Loaded::new(Box::new(running), arn, fence, seq);
                loaded.fresh = seq == 0;
                let again = self.inner.on_interrupted == OnInterrupted::Rerun;
                if !again {
                    loaded.inputs.extend(calls.iter().map(interrupted));
                }
                let due = loaded.running.due();
                self.load(id, loaded);
                self.set_due(id, due);
                self.look.insert(id);
                if again {
                    self.calls.extend(calls.into_iter().map(|call| (id, call, true)));
                }
            }
            Err(error) => {
                self.refused.insert(id, fence);
                self.inner.refuse(arn, error);
            }
        }
        Ok(())
    }

    /// Takes what waits in the inboxes of loaded executions.
    async fn read_inboxes(&mut self) -> Result<(), Over> {
        let look = std::mem::take(&mut self.look);
        let ids: Vec<ExecutionId> = look.into_iter().filter(|id| self.loaded.contains_key(id)).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let messages = ask(&self.inner, "read inboxes", |store| store.inbox(Inbox::Of(ids.clone()))).await?;
        for message in messages {
            let id = message.execution;
            let Some(loaded) = self.loaded.get_mut(&id) else { continue };
            if loaded.taken.contains(&message.id) {
                continue;
            }
            loaded.taken.push(message.id);
            loaded.fresh = true;
            match Message::read(&message.data, message.token.as_deref()) {
                Ok(Message::Input(input)) => loaded.inputs.push(input),
                Ok(Message::Redrive(key)) => {
                    let now = self.inner.clock.now();
                    if let Err(reason) = loaded.running.redrive(now, key) {
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

    /// Lets everybody go on who can, and keeps what came of it.
    async fn turns(&mut self) -> Result<(), Over> {
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
                let Some((turn, step)) = self.turn(id, now) else { continue };
                turns.push(turn);
                steps.insert(id, step);
                if turns.len() == BATCH {
                    break;
                }
            }
            if turns.is_empty() {
                return Ok(());
            }
            let ids: Vec<_> = turns.iter().map(|turn| (turn.execution, turn.keep.is_some())).collect();
            let since = Instant::now();
            let committed = ask(&self.inner, "commit turns", |store| store.commit(turns.clone())).await?;
            self.tell(&turns, &committed, since.elapsed());
            for ((id, kept), committed) in ids.into_iter().zip(committed) {
                let Some(step) = steps.remove(&id) else { continue };
                match committed {
                    Committed::Done(_) => self.committed(id, step, kept),
                    Committed::Lost => self.unload(id),
                }
            }
        }
        Ok(())
    }

    /// Notifies the observers of what is kept now.
    fn tell(&self, turns: &[Turn], committed: &[Committed], took: Duration) {
        if self.inner.observers.is_empty() {
            return;
        }
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
            loaded: self.loaded.len(),
            ready: self.ready.len(),
            calls: self.loaded.values().map(|loaded| loaded.calls.len()).sum(),
        };
        for observer in &self.inner.observers {
            observer(&commit);
        }
    }

    /// Computes one turn of one execution, with the effects to keep.
    fn turn(&mut self, id: ExecutionId, now: Timestamp) -> Option<(Turn, Step)> {
        let most_loaded = self.inner.most_loaded;
        let is_crowded = self.loaded.len() > most_loaded;
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
        turn.taken = std::mem::take(&mut loaded.taken);
        turn.end = step.end.as_ref().map(|end| ended(end.as_deref(), now));
        let calls = loaded.running.turns().waits_for_calls();
        let waits_long = due.is_none_or(|due| until(now, due) > SOON);
        let keep = step.end.is_none() && (calls || !waits_long || !is_crowded);
        turn.keep = keep.then_some(lease_end);
        Some((turn, step))
    }

    /// Does what a turn asked for, now that it is kept.
    fn committed(&mut self, id: ExecutionId, step: Step, kept: bool) {
        let Some(loaded) = self.loaded.get_mut(&id) else { return };
        for call in &step.given_up {
            if let Some(handle) = loaded.calls.remove(call) {
                handle.abort();
            }
        }
        self.calls.extend(step.calls.into_iter().map(|call| (id, call, false)));
        let due = loaded.running.due();
        if step.end.is_some() {
            self.inner.ended(&loaded.arn);
        }
        if kept {
            self.set_due(id, due);
        } else {
            self.unload(id);
        }
    }

    /// Makes the calls that were asked for: beside each other, or one by one on virtual time, where the same must always happen.
    async fn make_calls(&mut self) {
        for (id, call, is_again) in std::mem::take(&mut self.calls) {
            let Some(loaded) = self.loaded.get_mut(&id) else { continue };
            let number = call.number();
            let events = self.inner.events.clone();
            if self.inner.clock.is_virtual() {
                let answer = call.make(is_again).await;
                let _ = events.send(Event::Answered { id, input: Input::Answered { call: number, answer } });
                continue;
            }
            let work = tokio::spawn(async move {
                let answer = call.make(is_again).await;
                let _ = events.send(Event::Answered { id, input: Input::Answered { call: number, answer } });
            });
            loaded.calls.insert(number, work.abort_handle());
        }
    }
}

impl Loaded {
    fn new(running: Box<Running>, arn: String, fence: i64, seq: i64) -> Self {
        Self {
            running,
            arn,
            fence,
            seq,
            inputs: Vec::new(),
            taken: Vec::new(),
            fresh: true,
            due: None,
            calls: HashMap::new(),
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
    End { status, at: millis(outcome.stopped), output, error, cause }
}
