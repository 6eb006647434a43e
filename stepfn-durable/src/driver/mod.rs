//! The loop of a host: what came in, the turns of whoever has something to do, one commit for all of them, and then what they ask for.

mod calls;
mod children;
mod leases;
mod turns;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use stepfn_executor::{Timestamp, time::until, turns::Input};
use tokio::sync::{mpsc, oneshot};

use self::calls::{Job, Work};
use crate::{
    clock::millis,
    inner::Inner,
    running::Running,
    store::{ExecutionId, MessageId, Renewal},
};

/// An event for the driver.
pub(crate) enum Event {
    /// An execution was started, and is this host's.
    Begun { id: ExecutionId, fence: i64, arn: String, running: Box<Running> },
    /// There may be something in the inbox of an execution, or one to be claimed.
    Look(ExecutionId),
    /// Calls were answered.
    Answered { id: ExecutionId, inputs: Vec<Input> },
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
    /// The ARN of the execution that started it.
    parent: Option<String>,
    fence: i64,
    seq: i64,
    /// The inputs of its next turn, and the messages that they came from.
    inputs: Vec<Input>,
    taken: BTreeSet<MessageId>,
    /// Whether it has a turn even if nothing came in.
    fresh: bool,
    due: Option<Timestamp>,
    /// The calls and requests that are under way here.
    calls: HashMap<u64, Arc<Work>>,
    /// The executions that it watches with its next turn, by its requests, as others started them.
    watches: Vec<(u64, String)>,
    /// The children that it lets go on with its next turn, by its requests: they had not stopped yet.
    redrives: Vec<(u64, String)>,
    /// The requests that only this process answers.
    spawned: HashSet<u64>,
}

pub(crate) struct Driver {
    inner: Arc<Inner>,
    events: mpsc::UnboundedReceiver<Event>,
    loaded: HashMap<ExecutionId, Loaded>,
    due: BTreeSet<(Timestamp, ExecutionId)>,
    ready: BTreeSet<ExecutionId>,
    /// Those that cannot go on; they are kept from other hosts, with their fences.
    refused: HashMap<ExecutionId, i64>,
    /// The work beside the loop.
    jobs: Vec<Job>,
    /// The number of calls and requests that are.
    under_way: usize,
    /// On virtual time, those who wait for tokens.
    holding: HashSet<ExecutionId>,
    /// Whom to wake when nothing is left to be done.
    idle: Vec<oneshot::Sender<()>>,
    look: BTreeSet<ExecutionId>,
    /// On virtual time, when the first of the executions is due that this host has not loaded; none inside where there is none, none
    /// outside while the store was not asked.
    elsewhere: Option<Option<Timestamp>>,
    renewed: Timestamp,
    claimed: Timestamp,
    swept: Timestamp,
}

/// Why the loop ends.
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
            jobs: Vec::new(),
            under_way: 0,
            holding: HashSet::new(),
            idle: Vec::new(),
            look: BTreeSet::new(),
            elsewhere: None,
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
        self.jobs.clear();
        if matches!(over, Over::Stopped(_)) {
            self.let_calls_end().await;
        }
        self.loaded.values_mut().for_each(|loaded| loaded.calls.clear());
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
        if self.is_quiet() {
            let event = self.wait().await?;
            self.take(event).await?;
        }
        while let Ok(event) = self.events.try_recv() {
            self.take(Some(event)).await?;
        }
        self.renew().await?;
        self.claim().await?;
        self.read_inboxes().await?;
        self.turns().await?;
        self.do_jobs().await;
        self.sweep().await?;
        // What was committed may have woken others. Virtual time does not move while functions work.
        let is_busy = self.inner.clock.is_virtual() && self.under_way > 0;
        if !self.idle.is_empty() && self.is_quiet() && self.events.is_empty() && !is_busy {
            for reply in self.idle.drain(..) {
                let _ = reply.send(());
            }
        }
        Ok(())
    }

    fn is_quiet(&self) -> bool {
        self.ready.is_empty() && self.look.is_empty() && self.jobs.is_empty() && !self.is_due()
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

    async fn take(&mut self, event: Option<Event>) -> Result<(), Over> {
        match event {
            None => {}
            Some(Event::Begun { id, fence, arn, running }) => {
                self.load(id, Loaded::new(running, arn, fence, 0));
            }
            Some(Event::Look(id)) => drop(self.look.insert(id)),
            Some(Event::Answered { id, inputs }) => {
                let numbers: Vec<u64> = inputs.iter().filter_map(number_of).collect();
                self.done(id, numbers.iter().copied());
                if let Some(loaded) = self.loaded.get_mut(&id) {
                    for number in &numbers {
                        loaded.spawned.remove(number);
                    }
                    loaded.inputs.extend(inputs);
                    self.ready.insert(id);
                }
            }
            Some(Event::Pass { reply, holds }) => {
                let _ = reply.send(self.pass(holds).await?);
            }
            Some(Event::Idle(reply)) => self.idle.push(reply),
            Some(Event::Stop(reply)) => return Err(Over::Stopped(reply)),
        }
        Ok(())
    }

    /// Moves virtual time to the next thing that is due, here or in the store.
    async fn pass(&mut self, holds: bool) -> Result<Option<Timestamp>, Over> {
        if holds && !self.holding.is_empty() {
            return Ok(None);
        }
        let here = self.due.first().map(|(at, _)| *at);
        let there = self.due_elsewhere().await?;
        let Some(next) = here.into_iter().chain(there).min() else { return Ok(None) };
        if there == Some(next) {
            self.elsewhere = None;
        }
        self.inner.clock.advance_to(next);
        self.claimed = Timestamp::MIN;
        Ok(Some(next))
    }

    /// Notes whether an execution waits for tokens, where that stops the time.
    fn note_tokens(&mut self, id: ExecutionId) {
        if !self.inner.clock.is_virtual() {
            return;
        }
        if self.loaded.get(&id).is_some_and(|loaded| loaded.running.turns().has_pending_tokens()) {
            self.holding.insert(id);
        } else {
            self.holding.remove(&id);
        }
    }

    fn load(&mut self, id: ExecutionId, loaded: Loaded) {
        self.ready.insert(id);
        self.loaded.insert(id, loaded);
    }

    fn unload(&mut self, id: ExecutionId) {
        self.ready.remove(&id);
        self.holding.remove(&id);
        if let Some(loaded) = self.loaded.remove(&id) {
            self.under_way -= loaded.calls.len();
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
}

/// The call or request that an input is the outcome of.
fn number_of(input: &Input) -> Option<u64> {
    match input {
        Input::Answered { call: number, .. } | Input::Ended { request: number, .. } => Some(*number),
        _ => None,
    }
}

impl Loaded {
    fn new(running: Box<Running>, arn: String, fence: i64, seq: i64) -> Self {
        Self {
            running,
            arn,
            parent: None,
            fence,
            seq,
            inputs: Vec::new(),
            taken: BTreeSet::new(),
            fresh: true,
            due: None,
            calls: HashMap::new(),
            watches: Vec::new(),
            redrives: Vec::new(),
            spawned: HashSet::new(),
        }
    }
}
