//! The state that a host, its clones and its loop share.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use sha2::{Digest, Sha256};
use stepfn_core::{
    arn::{self, MachineArn},
    definition::WorkflowType,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    clock::{Clock, millis, span},
    driver::{Event, Over},
    error::HostError,
    machine::{self, Common, Machine},
    observer::Observer,
    recover::ask,
    running::{OnInterrupted, RecoverError},
    store::{
        Created, Hint, Listener, MachineKind, NewMachine, Published, Revision, Store, StoreError, Update,
        VersionId,
    },
};

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    /// The name that leases have.
    pub(crate) owner: String,
    pub(crate) on_interrupted: OnInterrupted,
    pub(crate) lease: Duration,
    pub(crate) poll: Duration,
    pub(crate) most_loaded: usize,
    pub(crate) retention: Duration,
    pub(crate) stops_at_errors: bool,
    pub(crate) common: Common,
    pub(crate) observers: Vec<Observer>,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    /// The machines of new executions, by name.
    pub(crate) current: BTreeMap<String, Machine>,
    /// The machines by their revisions, those of executions that began earlier too.
    revisions: HashMap<String, Machine>,
    /// Those who wait for the end of an execution.
    ends: HashMap<String, Vec<oneshot::Sender<()>>>,
    /// Those who wait for the tasks of an activity.
    workers: HashMap<String, Vec<oneshot::Sender<()>>>,
    pub(crate) refused: BTreeMap<String, RecoverError>,
    pub(crate) failure: Option<String>,
    pub(crate) closed: bool,
}

/// Is there as long as anybody has the host: with the last the loop ends.
pub(crate) struct Alive {
    events: mpsc::UnboundedSender<Event>,
    /// The listener of the store's hints, for as long as it exists.
    _listener: Arc<Listener>,
}

impl Alive {
    pub(crate) fn new(inner: &Arc<Inner>) -> Self {
        let listener = listener(inner);
        inner.store.listen(Arc::downgrade(&listener));
        Self { events: inner.events.clone(), _listener: listener }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // Nobody waits for the answer.
        let (reply, _) = oneshot::channel();
        let _ = self.events.send(Event::Stop(reply));
    }
}

/// A machine that a Task starts.
pub(crate) struct Target {
    pub(crate) machine: Machine,
    /// The ARNs of the version and the alias that it is started by.
    pub(crate) version: Option<String>,
    pub(crate) alias: Option<String>,
    pub(crate) deleting: bool,
}

/// Registers a receiver for a key, and drops those that have gone away meanwhile.
fn wait_for(waiting: &mut HashMap<String, Vec<oneshot::Sender<()>>>, key: &str) -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    let waiting = waiting.entry(key.to_owned()).or_default();
    waiting.retain(|sender| !sender.is_closed());
    waiting.push(sender);
    receiver
}

fn listener(inner: &Arc<Inner>) -> Arc<Listener> {
    let weak: Weak<Inner> = Arc::downgrade(inner);
    Arc::new(move |hint: &Hint| {
        let Some(inner) = weak.upgrade() else { return };
        match hint {
            Hint::Execution(id) => drop(inner.events.send(Event::Look(*id))),
            Hint::Activity(arn) => {
                for worker in inner.lock().workers.remove(arn).into_iter().flatten() {
                    let _ = worker.send(());
                }
            }
        }
    })
}

impl Inner {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn send(&self, event: Event) -> Result<(), HostError> {
        self.events.send(event).map_err(|_| self.over(&self.lock()))
    }

    pub(crate) fn over(&self, state: &State) -> HostError {
        HostError::Stopped { reason: state.failure.clone() }
    }

    /// A key that nobody guesses. On virtual time the same has the same in each run.
    pub(crate) fn key(&self, of: &[&str]) -> Result<[u8; 32], HostError> {
        let mut key = [0; 32];
        if self.clock.is_virtual() {
            return Ok(of
                .iter()
                .fold(Sha256::new(), |digest, part| digest.chain_update(part))
                .finalize()
                .into());
        }
        getrandom::fill(&mut key).map_err(|error| HostError::Random { reason: error.to_string() })?;
        Ok(key)
    }

    /// Returns the end of a lease that begins now.
    pub(crate) fn until(&self) -> i64 {
        millis(self.clock.now()).saturating_add(span(self.lease))
    }

    /// Makes a machine known to the store and to those who start executions.
    pub(crate) async fn register(&self, machine: Machine) -> Result<(), HostError> {
        let kind = match machine.workflow_type {
            WorkflowType::Standard => MachineKind::Standard,
            WorkflowType::Express => MachineKind::Express,
        };
        let revision = Revision {
            id: machine.revision.clone(),
            machine: machine.arn.clone(),
            definition: machine.text.clone(),
            details: machine.details.clone(),
            created: millis(self.clock.now()),
        };
        let new = NewMachine {
            arn: machine.arn.clone(),
            name: machine.name.clone(),
            kind,
            revision: revision.clone(),
            tags: Vec::new(),
            publish: None,
        };
        if let Created::Exists(known) = self.store.create_machine(new).await?
            && known.revision != revision.id
        {
            match self.store.update_machine(Update { revision, publish: None }).await? {
                Published::Done(_) => {}
                other => {
                    return Err(HostError::Register { machine: machine.name, reason: format!("{other:?}") });
                }
            }
        }
        let mut state = self.lock();
        state.revisions.insert(machine.revision.clone(), machine.clone());
        state.current.insert(machine.name.clone(), machine);
        Ok(())
    }

    /// The machine of a revision; one that is not registered is made of what the store has of it.
    pub(crate) async fn machine_of(&self, revision: &str, arn: &str) -> Result<Option<Machine>, StoreError> {
        if let Some(known) = self.lock().revisions.get(revision) {
            return Ok(Some(known.clone()));
        }
        let (kept, variant) = machine::variant(revision);
        let Some(kept) = self.store.revision(kept.to_owned()).await? else { return Ok(None) };
        // Children of distributed Maps run a part of their parent's: `machine/label`.
        let arn = arn.split_once('/').map_or(arn, |(machine, _)| machine);
        let name = arn::last(arn);
        let kind = match self.store.machine(arn.to_owned()).await?.map(|machine| machine.kind) {
            Some(MachineKind::Express) => WorkflowType::Express,
            Some(MachineKind::Standard) | None => WorkflowType::Standard,
        };
        let Some(mut registered) = machine::restored(name, kind, &kept.definition, &kept.details) else {
            return Ok(None);
        };
        let variant = variant.map(str::to_owned).zip(self.common.variants.clone());
        let mut state = self.lock();
        // The functions are those of today's definition, where it has the same tasks.
        registered.configure.push(match state.current.get(name) {
            Some(current) => current.functions(),
            // A Task that nothing is bound to fails when it is reached.
            None => Arc::new(|_, builder| builder.allow_unbound()),
        });
        if let Some((variant, vary)) = variant {
            registered.configure.push(Arc::new(move |of, builder| vary(&variant, of, builder)));
        }
        let built = machine::build_one(&registered, &self.common, state.current.values());
        let Ok(machine) = built else { return Ok(None) };
        let machine = Machine { revision: revision.to_owned(), ..machine };
        state.revisions.insert(revision.to_owned(), machine.clone());
        Ok(Some(machine))
    }

    /// The machine that a Task starts by an ARN, that of a version or an alias, or a name. `chance` picks a version of an alias.
    pub(crate) async fn target(&self, given: &str, chance: u8) -> Result<Option<Target>, Over> {
        let named = MachineArn { unqualified: given, name: given, qualifier: None };
        let MachineArn { unqualified, name, qualifier } = MachineArn::parse(given).unwrap_or(named);
        let arn = unqualified.to_owned();
        let Some(known) = ask(self, "look for a machine", |store| store.machine(arn.clone())).await? else {
            // The definition has another account or region in its ARN than this host.
            let machine = self.lock().current.get(name).cloned();
            let target = |machine| Target { machine, version: None, alias: None, deleting: false };
            return Ok(machine.filter(|_| qualifier.is_none()).map(target));
        };
        let (number, alias) = match qualifier.map(|qualifier| (qualifier, qualifier.parse::<i64>())) {
            None => (None, None),
            Some((_, Ok(number))) => (Some(number), None),
            Some((_, Err(_))) => {
                let alias = ask(self, "look for an alias", |store| store.alias(given.to_owned())).await?;
                let Some(alias) = alias else { return Ok(None) };
                (alias.pick(chance), Some(alias.arn))
            }
        };
        let revision = match number {
            None => known.revision.clone(),
            Some(number) => {
                let id = VersionId { machine: arn.clone(), number };
                match ask(self, "look for a version", |store| store.version(id.clone())).await? {
                    Some(version) => version.revision,
                    None => return Ok(None),
                }
            }
        };
        let version = number.map(|number| format!("{arn}:{number}"));
        let machine = match self.machine_of(&revision, &arn).await {
            Ok(machine) => machine,
            Err(error) => {
                self.failed("look for a machine", &error);
                None
            }
        };
        Ok(machine.map(|machine| Target { machine, version, alias, deleting: known.deleting }))
    }

    /// Returns the receiver that is notified when an execution ends.
    pub(crate) fn end_of(&self, arn: &str) -> oneshot::Receiver<()> {
        wait_for(&mut self.lock().ends, arn)
    }

    /// Returns the receiver that is notified when an activity has a task.
    pub(crate) fn task_of(&self, activity: &str) -> oneshot::Receiver<()> {
        wait_for(&mut self.lock().workers, activity)
    }

    /// Notes that the store failed.
    pub(crate) fn failed(&self, what: &str, error: &StoreError) {
        self.lock().failure = Some(format!("cannot {what}: {error}"));
    }

    /// Notes that the store answers again.
    pub(crate) fn works_again(&self) {
        self.lock().failure = None;
    }

    /// Notes that an execution cannot go on.
    pub(crate) fn refuse(&self, arn: String, error: RecoverError) {
        let mut state = self.lock();
        state.ends.remove(&arn);
        state.refused.insert(arn, error);
    }

    /// Notifies those who wait for the end of an execution.
    pub(crate) fn ended(&self, arn: &str) {
        for waiting in self.lock().ends.remove(arn).into_iter().flatten() {
            let _ = waiting.send(());
        }
    }

    /// Notes that the loop has ended.
    pub(crate) fn closed(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.ends.clear();
        state.workers.clear();
    }
}
