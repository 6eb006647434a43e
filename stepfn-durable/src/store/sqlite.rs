//! A store in a file, by SQLite.
//!
//! One thread writes. It takes all that waits for it into one transaction, so that one wait for the disk serves all; an answer is
//! given after that. Other threads read, each over a connection of its own, without waiting for the writer.

use std::{
    fs::{File, TryLockError},
    future::{Future, ready},
    path::{Path, PathBuf},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        mpsc::{Receiver, Sender, channel},
    },
    task::{Context, Poll, Waker},
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_channel::oneshot;
use rusqlite::Connection;

mod cells;

use self::cells::error_of;
use super::{
    sql::{self, Cell, Driver, Row, schema},
    *,
};

/// The most requests that share one transaction.
const BATCH: usize = 1024;
/// The number of threads that read.
const READERS: usize = 2;

/// A store in a file, for the hosts of one process.
///
/// Another process cannot open it meanwhile. Leases of the process that had it before are over when it is opened. On a local disk:
/// SQLite's files are not safe on network file systems.
#[derive(Debug)]
pub struct Sqlite {
    writer: Option<Sender<Box<dyn Write>>>,
    readers: Option<Sender<ReadJob>>,
    threads: Vec<JoinHandle<()>>,
    listeners: Listeners,
    #[cfg(feature = "testing")]
    work: Arc<testing::Counters>,
}

type ReadJob = Box<dyn FnOnce(&mut Lite) + Send>;

/// A request that writes.
trait Write: Send {
    /// Does it, within the transaction.
    fn run(&mut self, lite: &mut Lite);

    /// Sends the result, once the transaction is over.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Writing<T, F> {
    call: Option<F>,
    answer: Option<Result<T, StoreError>>,
    sender: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&mut Lite) -> Result<T, StoreError> + Send> Write for Writing<T, F> {
    fn run(&mut self, lite: &mut Lite) {
        self.answer = self.call.take().map(|call| lite.atomically(call));
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        // Nobody may wait for it any more: that is theirs to decide.
        let _ = self.sender.send(outcome.and(self.answer.unwrap_or(Err(StoreError::Closed))));
    }
}

impl Sqlite {
    /// Opens the store in a file, or makes one.
    ///
    /// # Errors
    /// The file is no store, one of another version, in use by another process, or cannot be read or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_file(path.as_ref(), &[])
    }

    /// Opens a store with settings of SQLite for each of its connections: `max_page_count = 64` makes a disk that is soon full.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    #[cfg(feature = "testing")]
    pub fn open_with(path: impl AsRef<Path>, pragmas: &[&str]) -> Result<Self, StoreError> {
        Self::open_file(path.as_ref(), pragmas)
    }

    /// Changes a setting of SQLite for the connection that writes.
    ///
    /// # Errors
    /// The store is closed, or SQLite does not take it.
    #[cfg(feature = "testing")]
    pub fn set(&self, pragma: &str) -> Answer<'_, ()> {
        let sql = format!("pragma {pragma}");
        self.write(move |lite| lite.found(&sql, Vec::new()).map(drop))
    }

    /// Returns the work that SQLite has done so far.
    #[cfg(feature = "testing")]
    pub fn work(&self) -> testing::Work {
        self.work.read()
    }

    fn open_file(path: &Path, pragmas: &[&str]) -> Result<Self, StoreError> {
        let lock = Arc::new(lock(path)?);
        #[cfg(feature = "testing")]
        let work = Arc::new(testing::Counters::default());
        let open = |connection| {
            let lite = Lite::new(connection);
            #[cfg(feature = "testing")]
            let lite = Lite { work: Arc::clone(&work), ..lite };
            lite
        };
        let connect = || -> Result<Connection, StoreError> {
            let connection = connect(path)?;
            for pragma in pragmas {
                connection.execute_batch(&format!("pragma {pragma}")).map_err(|error| error_of(&error))?;
            }
            Ok(connection)
        };
        let mut lite = open(connect()?);
        prepare(&mut lite, path)?;
        let listeners = Listeners::default();
        let (writer, jobs) = channel();
        let mut threads = Vec::with_capacity(READERS + 1);
        threads.push(spawn("stepfn-store-write", {
            let (lock, listeners) = (Arc::clone(&lock), listeners.clone());
            move || {
                write_all(lite, &jobs, &listeners);
                drop(lock);
            }
        })?);
        let (readers, jobs) = channel::<ReadJob>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..READERS {
            let lite = open(connect()?);
            let (lock, jobs) = (Arc::clone(&lock), Arc::clone(&jobs));
            threads.push(spawn("stepfn-store-read", move || {
                read_all(lite, &jobs);
                drop(lock);
            })?);
        }
        Ok(Self {
            writer: Some(writer),
            readers: Some(readers),
            threads,
            listeners,
            #[cfg(feature = "testing")]
            work,
        })
    }

    fn write<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Lite) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let (sender, receiver) = oneshot::channel();
        let job: Box<dyn Write> = Box::new(Writing { call: Some(call), answer: None, sender });
        let sent = self.writer.as_ref().map(|writer| writer.send(job));
        answer(matches!(sent, Some(Ok(()))), receiver)
    }

    fn read<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Lite) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        let (sender, receiver) = oneshot::channel();
        let job: ReadJob = Box::new(move |lite| {
            let _ = sender.send(lite.snapshot(call));
        });
        let sent = self.readers.as_ref().map(|readers| readers.send(job));
        answer(matches!(sent, Some(Ok(()))), receiver)
    }
}

fn answer<'a, T: Send + 'a>(sent: bool, receiver: oneshot::Receiver<Result<T, StoreError>>) -> Answer<'a, T> {
    Box::pin(async move {
        if !sent {
            return Err(StoreError::Closed);
        }
        receiver.await.unwrap_or(Err(StoreError::Closed))
    })
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.writer = None;
        self.readers = None;
        let this = thread::current().id();
        for handle in self.threads.drain(..) {
            // A listener may have been the last to know the store.
            if handle.thread().id() != this {
                let _ = handle.join();
            }
        }
    }
}

macro_rules! sqlite_calls {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Store for Sqlite {
            $(fn $name(&self, request: $request) -> Answer<'_, $answer> {
                self.$kind(move |lite| now(sql::calls::$name(lite, request)))
            })*

            fn listen(&self, listener: Weak<Listener>) {
                self.listeners.add(listener);
            }
        }
    };
}
crate::every_call!(sqlite_calls);

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(body);
    spawned.map_err(|error| StoreError::Io(format!("no thread for it: {error}")))
}

/// Takes the lock that one process has for as long as it has the store.
fn lock(path: &Path) -> Result<File, StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(StoreError::Io(format!("there is no folder {} for it; make it first", folder.display())));
    }
    if path.is_dir() {
        return Err(StoreError::Io(format!("{} is a folder; give a file in it", path.display())));
    }
    // The file itself may have more than one path, and has one lock.
    let _ = File::options().create(true).append(true).open(path);
    let mut name = path.canonicalize().unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = File::options().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|error| StoreError::Io(format!("{}: {error}", name.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(StoreError::Io(format!("{}: {error}", name.display()))),
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<(Connection, String)> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(256);
        let mode = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        connection.execute_batch(
            "pragma synchronous = full; pragma wal_autocheckpoint = 4000; pragma cache_size = -16000; pragma temp_store = memory",
        )?;
        Ok((connection, mode))
    };
    let (connection, mode) = open().map_err(|error| match error_of(&error) {
        StoreError::Foreign(_) => StoreError::Foreign(format!("{} is no database of SQLite", path.display())),
        StoreError::Io(what) => StoreError::Io(format!("{}: {what}", path.display())),
        other => other,
    })?;
    if mode.eq_ignore_ascii_case("wal") {
        Ok(connection)
    } else {
        Err(StoreError::Io(format!("{}: SQLite cannot have a write-ahead log there", path.display())))
    }
}

/// Makes the tables of a new file or checks those of an old one, and ends the leases of who had it before.
fn prepare(lite: &mut Lite, path: &Path) -> Result<(), StoreError> {
    let types = schema::Types {
        serial: " integer primary key autoincrement",
        bytes: " blob",
        text: " text",
        columns: "select name from pragma_table_info($1)",
    };
    lite.execute("begin immediate")?;
    let prepared = (|| {
        let sql =
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name";
        let tables = now(lite.rows(sql, Vec::new()))?;
        let tables = tables.into_iter().map(|mut row| row.text()).collect::<Result<_, _>>()?;
        now(schema::prepare(lite, &path.display().to_string(), &types, tables))?;
        let sql = "update runs set owner = null, lease_until = null, ready = 0 where ready is not null and owner is not null";
        now(lite.run(sql, Vec::new()))
    })();
    lite.execute(if prepared.is_ok() { "commit" } else { "rollback" })?;
    prepared.map(drop)
}

/// Writes what comes, in batches.
fn write_all(mut lite: Lite, jobs: &Receiver<Box<dyn Write>>, listeners: &Listeners) {
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        let outcome = write(&mut lite, &mut batch, jobs);
        if outcome.is_err() && !lite.connection.is_autocommit() {
            let _ = lite.execute("rollback");
        }
        let hints = std::mem::take(&mut lite.hints);
        for job in batch {
            job.finish(outcome.clone());
        }
        if outcome.is_ok() {
            listeners.tell(&hints);
        }
    }
}

/// Does a request, and what waits behind it, in one transaction.
fn write(
    lite: &mut Lite,
    batch: &mut Vec<Box<dyn Write>>,
    jobs: &Receiver<Box<dyn Write>>,
) -> Result<(), StoreError> {
    lite.execute("begin immediate")?;
    let mut done = 0;
    while let Some(job) = batch.get_mut(done) {
        job.run(lite);
        done += 1;
        if lite.connection.is_autocommit() {
            // SQLite itself ends a transaction when the disk is full or fails: none of it happened.
            let reason = lite.last_error.take();
            return Err(reason.unwrap_or_else(|| StoreError::Io("the transaction was ended".to_owned())));
        }
        if done < BATCH {
            batch.extend(jobs.try_recv().ok());
        }
    }
    lite.execute("commit").map_err(|error| match error {
        // When the disk failed at the end of a transaction, that may be on it all the same.
        StoreError::Io(what) => StoreError::Unknown(what),
        other => other,
    })
}

fn read_all(mut lite: Lite, jobs: &Mutex<Receiver<ReadJob>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(&mut lite),
            Err(_) => return,
        }
    }
}

/// A connection, and what is done over it.
struct Lite {
    connection: Connection,
    hints: Vec<Hint>,
    last_error: Option<StoreError>,
    #[cfg(feature = "testing")]
    work: Arc<testing::Counters>,
}

impl Lite {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            hints: Vec::new(),
            last_error: None,
            #[cfg(feature = "testing")]
            work: Arc::default(),
        }
    }

    fn execute(&mut self, sql: &str) -> Result<(), StoreError> {
        self.changes(sql, Vec::new()).map(drop)
    }

    /// Does something as a whole or not at all, within a transaction that goes on.
    fn atomically<T>(
        &mut self,
        call: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.execute("savepoint request")?;
        let hints = self.hints.len();
        let answer = call(self);
        if answer.is_err() && !self.connection.is_autocommit() {
            self.hints.truncate(hints);
            let failed = self.last_error.take();
            self.execute("rollback to request")?;
            self.last_error = failed;
        }
        if !self.connection.is_autocommit() {
            self.execute("release request")?;
        }
        answer
    }

    /// Reads in one transaction, so that several statements see the same.
    fn snapshot<T>(
        &mut self,
        call: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.execute("begin")?;
        let answer = call(self);
        self.execute("rollback")?;
        answer
    }

    fn noted<T>(&mut self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| {
            let error = error_of(&error);
            self.last_error = Some(error.clone());
            error
        })
    }

    fn changes(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> Result<u64, StoreError> {
        let result = self.connection.prepare_cached(&translate(sql)).and_then(|mut statement| {
            #[cfg(feature = "testing")]
            self.work.begins(&cells);
            let changed = statement.execute(rusqlite::params_from_iter(cells));
            #[cfg(feature = "testing")]
            self.work.ran(&statement);
            changed
        });
        self.noted(result).map(|changed| u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn found(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> Result<Vec<Row>, StoreError> {
        let result = self.connection.prepare_cached(&translate(sql)).and_then(|mut statement| {
            let columns = statement.column_count();
            #[cfg(feature = "testing")]
            self.work.begins(&cells);
            let rows = statement.query_map(rusqlite::params_from_iter(cells), |row| {
                (0..columns)
                    .map(|column| row.get_ref(column)?.try_into())
                    .collect::<rusqlite::Result<Vec<Cell<'static>>>>()
                    .map(Row::new)
            })?;
            let rows: rusqlite::Result<Vec<Row>> = rows.collect();
            #[cfg(feature = "testing")]
            self.work.ran(&statement);
            rows
        });
        self.noted(result)
    }
}

impl Driver for Lite {
    const PAIRS: &'static str = "(select value ->> 0 as one, value ->> 1 as other from json_each($2)) given";

    fn rows(
        &mut self,
        sql: &str,
        cells: Vec<Cell<'_>>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send {
        ready(self.found(sql, cells))
    }

    fn run(
        &mut self,
        sql: &str,
        cells: Vec<Cell<'_>>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        ready(self.changes(sql, cells))
    }

    fn hint(&mut self, hint: Hint) {
        self.hints.push(hint);
    }
}

/// Returns the result of a future that never waits.
fn now<T>(future: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(StoreError::Io("SQLite was waited for".to_owned())),
    }
}

/// A statement as SQLite has it: one writer needs no locks of rows.
fn translate(sql: &str) -> String {
    sql.replace(" skip locked", "").replace(" for update", "").replace('$', "?")
}
