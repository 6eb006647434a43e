//! Stores, which keep executions.
//!
//! A [`Store`] keeps bytes and decides who may write; it knows nothing of states. Everything that one turn of an execution
//! changes is one [`commit`](Store::commit), which takes effect as a whole or not at all.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, Weak},
};

mod error;
mod execution;
mod list;
mod machine;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod turn;

pub use error::StoreError;
pub use execution::{
    End, Execution, ExecutionId, Lease, Millis, NewExecution, Parent, Started, Status, Summary,
};
pub use list::{Counts, Executions, ExecutionsOf, HistoryOf, MapRunsOf, Page, PageAt};
pub use machine::{
    Activity, Alias, AliasPut, AliasesOf, Created, Deleted, Machine, MachineKind, NewActivity, NewMachine,
    Publish, Published, PutAlias, Retag, Retagged, Revision, Route, Sweep, Tag, Update, Version, VersionId,
    VersionsOf,
};
pub use memory::Memory;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use turn::{
    ActivityTask, Address, Claim, Claiming, Committed, Delivered, Delivery, Effects, Entry, Event, Inbox,
    Load, MapRun, Message, MessageId, OpenedToken, Redrive, Redriven, Renewal, TakeTask, TakenTask, Token,
    Turn,
};

/// The answer of a store. It needs no runtime of its own.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Something that may be worth a look. Hints are lost and come twice: what is there is the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// An execution has something in its inbox, or can be claimed.
    Execution(ExecutionId),
    /// An activity, by its ARN, has a task.
    Activity(String),
}

/// A callback for each hint, on a thread of the store: it must not wait.
pub type Listener = dyn Fn(&Hint) + Send + Sync;

/// The calls of a store: each takes one argument, and writes or reads.
///
/// One list, over which the stores that only pass calls on are made.
#[doc(hidden)]
#[macro_export]
macro_rules! every_call {
    ($with:ident) => {
        $with! {
            write start(NewExecution) -> Started;
            write claim(Claiming) -> Vec<Claim>;
            write renew(Renewal) -> Vec<ExecutionId>;
            write commit(std::sync::Arc<[$crate::store::Turn]>) -> Vec<Committed>;
            write deliver(Delivery) -> Delivered;
            write redrive(Redrive) -> Redriven;
            write take_task(TakeTask) -> Option<TakenTask>;
            write sweep(Sweep) -> usize;
            write create_machine(NewMachine) -> Created<Machine>;
            write update_machine(Update) -> Published;
            write delete_machine(String) -> Deleted;
            write publish(Publish) -> Published;
            write delete_version(VersionId) -> Deleted;
            write put_alias(PutAlias) -> AliasPut;
            write delete_alias(String) -> Deleted;
            write create_activity(NewActivity) -> Created<Activity>;
            write delete_activity(String) -> Deleted;
            write retag(Retag) -> Retagged;
            read next_due(String) -> Option<Millis>;
            read load(Load) -> Vec<Entry>;
            read inbox(Inbox) -> Vec<Message>;
            read execution(String) -> Option<Execution>;
            read execution_of(ExecutionId) -> Option<Execution>;
            read executions(Executions) -> Page<Summary>;
            read counts(ExecutionsOf) -> Counts;
            read history(HistoryOf) -> Page<Event>;
            read token(String) -> Option<Token>;
            read map_run(String) -> Option<MapRun>;
            read map_runs(MapRunsOf) -> Page<MapRun>;
            read machine(String) -> Option<Machine>;
            read machines(PageAt) -> Page<Machine>;
            read revision(String) -> Option<Revision>;
            read version(VersionId) -> Option<Version>;
            read versions(VersionsOf) -> Page<Version>;
            read alias(String) -> Option<Alias>;
            read aliases(AliasesOf) -> Page<Alias>;
            read activity(String) -> Option<Activity>;
            read activities(PageAt) -> Page<Activity>;
            read tags(String) -> Option<Vec<Tag>>;
        }
    };
}

/// A place where executions, machines and activities are kept.
///
/// A call that was answered is durable: a crash right after it loses nothing. A call that fails with
/// [`may_have_happened`](StoreError::may_have_happened) can be repeated; one that fails else changed nothing.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Starts an execution, by the rules that names have in `StartExecution`.
    fn start(&self, new: NewExecution) -> Answer<'_, Started>;

    /// Takes executions that are due, or whose lease is over, for a host: the oldest due first. Their fences grow by one.
    fn claim(&self, claiming: Claiming) -> Answer<'_, Vec<Claim>>;

    /// Makes leases last longer; gives those that the host does not have any more.
    fn renew(&self, renewal: Renewal) -> Answer<'_, Vec<ExecutionId>>;

    /// Writes turns: each whole or not at all, each by its own fence. Whoever asks keeps them, to ask again.
    fn commit(&self, turns: Arc<[Turn]>) -> Answer<'_, Vec<Committed>>;

    /// Puts a message into an inbox. An execution that nobody has becomes due.
    fn deliver(&self, delivery: Delivery) -> Answer<'_, Delivered>;

    /// Lets a failed execution go on: it has the status `RUNNING` and is due.
    fn redrive(&self, redrive: Redrive) -> Answer<'_, Redriven>;

    /// Takes the oldest task of an activity, and notifies its execution.
    fn take_task(&self, take: TakeTask) -> Answer<'_, Option<TakenTask>>;

    /// Forgets executions that ended long ago, revisions that nothing refers to, and machines that were to go away; the number of executions.
    fn sweep(&self, sweep: Sweep) -> Answer<'_, usize>;

    /// The first time at which an execution can be claimed that another owner has, or nobody.
    fn next_due(&self, owner: String) -> Answer<'_, Option<Millis>>;

    /// The entries of an execution's journal, by page.
    fn load(&self, load: Load) -> Answer<'_, Vec<Entry>>;

    /// The messages of inboxes, oldest first. They stay until a turn took them.
    fn inbox(&self, inbox: Inbox) -> Answer<'_, Vec<Message>>;

    /// The execution of an ARN.
    fn execution(&self, arn: String) -> Answer<'_, Option<Execution>>;

    /// The execution of a number.
    fn execution_of(&self, id: ExecutionId) -> Answer<'_, Option<Execution>>;

    /// A page of a list of executions.
    fn executions(&self, list: Executions) -> Answer<'_, Page<Summary>>;

    /// Returns the number of executions with each status.
    fn counts(&self, of: ExecutionsOf) -> Answer<'_, Counts>;

    /// A page of a history.
    fn history(&self, list: HistoryOf) -> Answer<'_, Page<Event>>;

    /// Returns the owner of a token.
    fn token(&self, token: String) -> Answer<'_, Option<Token>>;

    /// The Map Run of an ARN.
    fn map_run(&self, arn: String) -> Answer<'_, Option<MapRun>>;

    /// A page of the Map Runs of an execution.
    fn map_runs(&self, list: MapRunsOf) -> Answer<'_, Page<MapRun>>;

    /// Adds a machine.
    fn create_machine(&self, new: NewMachine) -> Answer<'_, Created<Machine>>;

    /// Gives a machine a new revision. Running executions keep their own.
    fn update_machine(&self, update: Update) -> Answer<'_, Published>;

    /// Takes a machine away with its versions, aliases and tags, or marks it while it has executions that run.
    fn delete_machine(&self, arn: String) -> Answer<'_, Deleted>;

    /// The machine of an ARN.
    fn machine(&self, arn: String) -> Answer<'_, Option<Machine>>;

    /// A page of all machines, by name.
    fn machines(&self, page: PageAt) -> Answer<'_, Page<Machine>>;

    /// The revision of an id.
    fn revision(&self, id: String) -> Answer<'_, Option<Revision>>;

    /// Makes a version of a machine; the one that is there, where its revision has one.
    fn publish(&self, publish: Publish) -> Answer<'_, Published>;

    /// Takes a version away, unless an alias needs it.
    fn delete_version(&self, version: VersionId) -> Answer<'_, Deleted>;

    /// A version.
    fn version(&self, version: VersionId) -> Answer<'_, Option<Version>>;

    /// A page of the versions of a machine.
    fn versions(&self, list: VersionsOf) -> Answer<'_, Page<Version>>;

    /// Adds or changes an alias.
    fn put_alias(&self, put: PutAlias) -> Answer<'_, AliasPut>;

    /// Takes an alias away, by its ARN.
    fn delete_alias(&self, arn: String) -> Answer<'_, Deleted>;

    /// The alias of an ARN.
    fn alias(&self, arn: String) -> Answer<'_, Option<Alias>>;

    /// A page of the aliases of a machine.
    fn aliases(&self, list: AliasesOf) -> Answer<'_, Page<Alias>>;

    /// Adds an activity.
    fn create_activity(&self, new: NewActivity) -> Answer<'_, Created<Activity>>;

    /// Takes an activity away, with its tags and the tasks that no worker has.
    fn delete_activity(&self, arn: String) -> Answer<'_, Deleted>;

    /// The activity of an ARN.
    fn activity(&self, arn: String) -> Answer<'_, Option<Activity>>;

    /// A page of all activities, by name.
    fn activities(&self, page: PageAt) -> Answer<'_, Page<Activity>>;

    /// Changes the tags of a machine or an activity.
    fn retag(&self, retag: Retag) -> Answer<'_, Retagged>;

    /// The tags of a machine or an activity, by key; `None` where there is none of the ARN.
    fn tags(&self, arn: String) -> Answer<'_, Option<Vec<Tag>>>;

    /// Has a listener called for hints for as long as its owner keeps it.
    fn listen(&self, listener: Weak<Listener>);
}

/// The listeners of a store.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Arc<Mutex<Vec<Weak<Listener>>>>);

impl Listeners {
    pub(crate) fn add(&self, listener: Weak<Listener>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    pub(crate) fn tell(&self, hints: &[Hint]) {
        if hints.is_empty() {
            return;
        }
        let listeners: Vec<Arc<Listener>> = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|listener| listener.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).collect()
        };
        for hint in hints {
            for listener in &listeners {
                listener(hint);
            }
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listeners")
    }
}
