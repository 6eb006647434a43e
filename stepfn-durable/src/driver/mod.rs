//! The loop of a host: what came in, the turns of whoever has something to do, one commit for all of them, and then what they ask for.

mod children;
mod leases;
mod turns;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
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

use self::children::Express;
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
    /// The ARN of the execution that started it.
    parent: Option<String>,
    fence: i64,
    seq: i64,
    /// The inputs of its next turn, and the messages that they came from.
    inputs: Vec<Input>,
    taken: Vec<MessageId>,
    /// Whether it has a turn even if nothing came in.
    fresh: bool,
    due: Option<Timestamp>,
    calls: HashMap<u64, AbortHandle>,
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
    /// Calls that are made here, one by one, on virtual time.
    calls: Vec<(ExecutionId, Call, bool)>,
    /// Executions of Express workflows that begin now.
    express: Vec<(ExecutionId, Express)>,
    look: BTreeSet<ExecutionId>,
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
            calls: Vec::new(),
            express: Vec::new(),
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
        self.run_express().await;
        self.sweep().await?;
        // What was committed may have woken others.
        if !idle.is_empty() && self.is_quiet() && self.events.is_empty() {
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
        self.ready.is_empty()
            && self.look.is_empty()
            && self.calls.is_empty()
            && self.express.is_empty()
            && !self.is_due()
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
                    match &input {
                        Input::Answered { call: number, .. } | Input::Ended { request: number, .. } => {
                            loaded.calls.remove(number);
                            loaded.spawned.remove(number);
                        }
                        _ => {}
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
            parent: None,
            fence,
            seq,
            inputs: Vec::new(),
            taken: Vec::new(),
            fresh: true,
            due: None,
            calls: HashMap::new(),
            watches: Vec::new(),
            redrives: Vec::new(),
            spawned: HashSet::new(),
        }
    }
}
