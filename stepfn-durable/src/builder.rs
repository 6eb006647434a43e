//! The builder of a host.

use std::{fmt, sync::Arc, time::Duration};

use stepfn_core::definition::Definition;
use stepfn_executor::{ExecutorBuilder, Timestamp, VirtualTime};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    clock::Clock,
    driver::Driver,
    error::HostError,
    host::Host,
    inner::{Alive, Inner},
    machine::{self, Common, Configure, Registered},
    observer::{Commit, Observer},
    running::OnInterrupted,
    store::Store,
};

/// The time for which executions are kept after their end, and their names taken.
const NAME: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Builds a [`Host`](crate::Host).
#[must_use = "a builder does nothing until `start`"]
pub struct HostBuilder {
    store: Option<Arc<dyn Store>>,
    machines: Vec<Registered>,
    common: Common,
    clock: Clock,
    on_interrupted: OnInterrupted,
    lease: Duration,
    poll: Duration,
    most_loaded: usize,
    retention: Duration,
    grace: Duration,
    stops_at_errors: bool,
    observers: Vec<Observer>,
}

impl HostBuilder {
    pub(crate) fn new() -> Self {
        Self {
            store: None,
            machines: Vec::new(),
            common: Common::default(),
            clock: Clock::Real,
            on_interrupted: OnInterrupted::default(),
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            most_loaded: 10_000,
            retention: NAME,
            grace: Duration::ZERO,
            stops_at_errors: false,
            observers: Vec::new(),
        }
    }

    /// Sets the store of executions.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sets the store of executions, shared with others.
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// A state machine whose executions it runs, with the functions that it was declared with.
    pub fn machine(self, definition: Definition) -> Self {
        self.machine_with(definition, |builder| builder)
    }

    /// The same, with more set on its executor: other handlers, buckets, limits.
    pub fn machine_with(
        mut self,
        definition: Definition,
        configure: impl Fn(ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        let configure: Configure = Arc::new(move |_, builder| configure(builder));
        self.machines.push(Registered { definition, configure: vec![configure], details: None });
        self
    }

    /// Configures the executors of all machines: account, region, functions, limits. It must be the same whenever a host is
    /// started over the same store. Their clock is the host's, whatever is set here.
    pub fn executors(
        mut self,
        configure: impl Fn(ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.configure.push(Arc::new(move |_, builder| configure(builder)));
        self
    }

    /// The same, by what each machine is.
    pub fn executors_by(
        mut self,
        configure: impl Fn(&Definition, ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.configure.push(Arc::new(configure));
        self
    }

    /// Sets the variants of machines: the settings of the executor of one, whose name is behind `#` in the revision that an execution is
    /// [started](Host::start_revision) by. Mocks for tests, for one. A name that is not known is the caller's to refuse.
    pub fn variants(
        mut self,
        vary: impl Fn(&str, &Definition, ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.variants = Some(Arc::new(vary));
        self
    }

    /// Sets the details to keep with a machine beside its definition, where it is registered:
    /// [`Revision::details`](crate::store::Revision::details).
    pub fn details(mut self, details: impl Fn(&Definition) -> String + Send + Sync + 'static) -> Self {
        self.common.details = Some(Arc::new(details));
        self
    }

    /// Configures executors by the [`details`](Self::details) of their machines, also of those that only the store has: a role, for one.
    pub fn by_details(
        mut self,
        configure: impl Fn(&str, ExecutorBuilder) -> ExecutorBuilder + Send + Sync + 'static,
    ) -> Self {
        self.common.by_details = Some(Arc::new(configure));
        self
    }

    /// Adds a listener to commits of turns, which is notified of each once it is made: for metrics, logs, events. It is called on the host's own loop, so
    /// that it must not wait; it may miss what was committed just before the process ended.
    pub fn observer(mut self, observer: impl Fn(&Commit<'_>) + Send + Sync + 'static) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// Sets what happens to calls that were under way when a process ended. By default the attempt fails, and the machine's own `Retry`
    /// decides.
    pub fn on_interrupted(mut self, on_interrupted: OnInterrupted) -> Self {
        self.on_interrupted = on_interrupted;
        self
    }

    /// For how long the host has executions to itself without saying so again: 30 seconds by default. When a host dies, another one
    /// over the same store goes on with its executions after that time.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets the interval at which the host looks for executions that nobody runs: a second by default.
    pub fn poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Sets the number of executions that stay loaded while they wait: 10,000 by default. Others are loaded again when there is something to
    /// do for them.
    pub fn most_loaded(mut self, most: usize) -> Self {
        self.most_loaded = most;
        self
    }

    /// Sets the time for which executions are kept after their end: 90 days by default, as on AWS.
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = retention;
        self
    }

    /// Sets the time that functions which are at work have when the host is [shut down](Host::shut_down), at most half of a lease: what they answer
    /// in it is kept for when their executions go on. By default they have none, and their calls count as interrupted.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Uses a clock that stops until [`Host::pass_time`] moves it: for tests. Calls to functions are made one by one, so that the
    /// same always happens.
    pub fn virtual_time(self) -> Self {
        self.virtual_time_from(VirtualTime::START)
    }

    /// The same, from a time on.
    pub fn virtual_time_from(mut self, start: Timestamp) -> Self {
        self.clock = Clock::starting_at(start);
        self
    }

    /// Uses a virtual clock that others have as well: the hosts of a test see leases end at the same time.
    #[cfg(feature = "testing")]
    pub fn shared_time(mut self, time: Arc<VirtualTime>) -> Self {
        self.clock = Clock::Virtual(time);
        self
    }

    /// Uses another clock for real time, which may be wrong.
    #[cfg(feature = "testing")]
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Clock::Given(crate::clock::Given(Arc::new(now)));
        self
    }

    /// Ends the host when its store fails, in place of asking the store again: for tests of crashes.
    pub fn stop_at_store_errors(mut self) -> Self {
        self.stops_at_errors = true;
        self
    }

    /// Registers the machines in the store, and goes on with the executions that are there.
    ///
    /// # Errors
    /// When there is no store, a machine cannot be run, or the store fails.
    pub async fn start(self) -> Result<Host, HostError> {
        let store = self.store.ok_or(HostError::NoStore)?;
        let machines = machine::build(self.machines, &self.common)?;
        let (events, receiver) = mpsc::unbounded_channel();
        let owner = Uuid::new_v4().to_string();
        let inner = Arc::new(Inner {
            store,
            clock: self.clock,
            events,
            owner,
            on_interrupted: self.on_interrupted,
            lease: self.lease,
            poll: self.poll,
            most_loaded: self.most_loaded,
            retention: self.retention,
            grace: self.grace,
            stops_at_errors: self.stops_at_errors,
            common: self.common,
            observers: self.observers,
            state: std::sync::Mutex::default(),
        });
        for machine in machines {
            inner.register(machine).await?;
        }
        let alive = Arc::new(Alive::new(&inner));
        tokio::spawn(Driver::new(Arc::clone(&inner), receiver).run());
        Ok(Host::new(inner, alive))
    }
}

impl fmt::Debug for HostBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBuilder")
            .field("store", &self.store)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
