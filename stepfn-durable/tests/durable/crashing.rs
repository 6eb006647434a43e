//! A store that fails at one of its writes, before or after it took effect, and is dead from then on.

use std::sync::{
    Arc, Mutex, MutexGuard, Weak,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use stepfn_durable::store::*;

/// The data that outlives the processes: the content of the store, and the counts.
#[derive(Debug)]
pub struct Disk {
    pub store: Arc<dyn Store>,
    pub board: Mutex<Board>,
    pub writes: AtomicUsize,
}

/// The knowledge of the world outside about an execution: the tokens that were handed out.
#[derive(Debug, Default)]
pub struct Board {
    /// Each with its state, in the order in which they were handed out.
    pub open: Vec<(String, String)>,
    /// The number of commits, and of their turns.
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
    /// Before it takes effect; else after it did, and nobody is notified.
    pub before: bool,
}

/// The view of one process on the disk.
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
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Store for Crashing {
            $(passed_on!(@ $kind $name($request) -> $answer);)*

            fn listen(&self, listener: Weak<Listener>) {
                self.disk.store.listen(listener);
            }
        }
    };
    (@ write commit($request:ty) -> $answer:ty) => {
        fn commit(&self, turns: $request) -> Answer<'_, $answer> {
            Box::pin(async move {
                let ends = self.begin()?;
                let committed = self.disk.store.commit(turns.clone()).await?;
                self.note(&turns, &committed);
                if ends { Err(self.die()) } else { Ok(committed) }
            })
        }
    };
    // It counts for no write. The leases of the process before are over when this one begins.
    (@ write claim($request:ty) -> $answer:ty) => {
        fn claim(&self, mut claiming: $request) -> Answer<'_, $answer> {
            Box::pin(async move {
                self.alive()?;
                if !self.has_claimed.swap(true, Ordering::SeqCst) {
                    claiming.now = Millis::MAX;
                }
                self.disk.store.claim(claiming).await
            })
        }
    };
    (@ write $name:ident($request:ty) -> $answer:ty) => {
        fn $name(&self, request: $request) -> Answer<'_, $answer> {
            Box::pin(async move {
                let ends = self.begin()?;
                let answer = self.disk.store.$name(request).await?;
                if ends { Err(self.die()) } else { Ok(answer) }
            })
        }
    };
    (@ read $name:ident($request:ty) -> $answer:ty) => {
        fn $name(&self, request: $request) -> Answer<'_, $answer> {
            Box::pin(async move {
                self.alive()?;
                self.disk.store.$name(request).await
            })
        }
    };
}

stepfn_durable::every_call!(passed_on);
