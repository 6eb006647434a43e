//! A store that fails at one of its writes, before or after it took effect, and is dead from then on.

use std::sync::{
    Arc, Mutex, MutexGuard, Weak,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use stepfn_durable::store::*;

/// What outlives the processes: what the store holds, and what was counted.
#[derive(Debug)]
pub struct Disk {
    pub store: Arc<dyn Store>,
    pub board: Mutex<Board>,
    pub writes: AtomicUsize,
}

/// What the world outside knows of an execution: the tokens that were handed out.
#[derive(Debug, Default)]
pub struct Board {
    /// Each with its state, in the order in which they were handed out.
    pub open: Vec<(String, String)>,
    /// How many commits there were, and in how many turns.
    pub commits: usize,
    pub turns: usize,
}

impl Disk {
    pub fn new(store: impl Store) -> Arc<Self> {
        Arc::new(Self { store: Arc::new(store), board: Mutex::default(), writes: AtomicUsize::new(0) })
    }

    pub fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap()
    }
}

/// At which write a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The number of the write, from 1.
    pub at: usize,
    /// Before it takes effect; else after it did, and nobody is told.
    pub before: bool,
}

/// What one process has of the disk.
#[derive(Debug)]
pub struct Crashing {
    disk: Arc<Disk>,
    crash: Option<Crash>,
    writes: AtomicUsize,
    dead: AtomicBool,
    has_claimed: AtomicBool,
}

impl Crashing {
    pub fn new(disk: &Arc<Disk>, crash: Option<Crash>) -> Arc<Self> {
        Arc::new(Self {
            disk: Arc::clone(disk),
            crash,
            writes: AtomicUsize::new(0),
            dead: AtomicBool::new(false),
            has_claimed: AtomicBool::new(false),
        })
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn die(&self) -> StoreError {
        self.dead.store(true, Ordering::SeqCst);
        StoreError::Closed
    }

    /// Counts a write. True where the process ends right after it.
    fn begin(&self) -> Result<bool, StoreError> {
        self.alive()?;
        let number = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        self.disk.writes.fetch_add(1, Ordering::SeqCst);
        match self.crash {
            Some(crash) if crash.at == number && crash.before => Err(self.die()),
            crash => Ok(crash.is_some_and(|crash| crash.at == number)),
        }
    }

    fn note(&self, turns: &[Turn], committed: &[Committed]) {
        let mut board = self.disk.board();
        board.commits += 1;
        for (turn, _) in turns.iter().zip(committed).filter(|(_, one)| **one != Committed::Lost) {
            board.turns += 1;
            for open in &turn.opened {
                let state = String::from_utf8_lossy(&open.place).into_owned();
                board.open.push((open.token.clone(), state));
            }
            board.open.retain(|(token, _)| !turn.closed.contains(token));
        }
    }
}

macro_rules! passed_on {
    ($(write $write:ident($given:ty) -> $got:ty;)* $(read $read:ident($asked:ty) -> $answer:ty;)*) => {
        impl Store for Crashing {
            $(fn $write(&self, request: $given) -> Answer<'_, $got> {
                Box::pin(async move {
                    let ends = self.begin()?;
                    let answer = self.disk.store.$write(request).await?;
                    if ends { Err(self.die()) } else { Ok(answer) }
                })
            })*

            $(fn $read(&self, request: $asked) -> Answer<'_, $answer> {
                Box::pin(async move {
                    self.alive()?;
                    self.disk.store.$read(request).await
                })
            })*

            fn commit(&self, turns: Vec<Turn>) -> Answer<'_, Vec<Committed>> {
                Box::pin(async move {
                    let ends = self.begin()?;
                    let committed = self.disk.store.commit(turns.clone()).await?;
                    self.note(&turns, &committed);
                    if ends { Err(self.die()) } else { Ok(committed) }
                })
            }

            /// The leases of the process before are over when this one begins.
            fn claim(&self, mut claiming: Claiming) -> Answer<'_, Vec<Claim>> {
                Box::pin(async move {
                    self.alive()?;
                    if !self.has_claimed.swap(true, Ordering::SeqCst) {
                        claiming.now = Millis::MAX;
                    }
                    self.disk.store.claim(claiming).await
                })
            }

            fn listen(&self, listener: Weak<Listener>) {
                self.disk.store.listen(listener);
            }
        }
    };
}

passed_on! {
    write start(NewExecution) -> Started;
    write renew(Renewal) -> Vec<ExecutionId>;
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
