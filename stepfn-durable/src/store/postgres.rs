//! A store in Postgres, for hosts on several machines.
//!
//! It has a thread of its own with a runtime, so that its callers need none. Locks of rows keep hosts apart; what a
//! host writes under a lease that another has by now is refused by its fence. `notify` informs other hosts of news.

use std::{
    error::Error as _,
    future::Future,
    sync::{Arc, Weak},
    thread,
    time::Duration,
};

use bytes::BytesMut;
use deadpool_postgres::{ManagerConfig, Pool, RecyclingMethod, Transaction};
use futures_channel::oneshot;
use tokio::runtime;
use tokio_postgres::{
    Config,
    config::SslMode,
    error::SqlState,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

mod hear;
#[cfg(feature = "postgres-tls")]
mod tls;
#[cfg_attr(
    not(feature = "postgres-tls"),
    allow(dead_code, reason = "what is read of certificates is used with it")
)]
mod url;

use self::{
    hear::{Connector, hear},
    url::Mode,
};
use super::{
    sql::{self, Cell, Driver, Row, schema},
    *,
};

/// The most connections of a store.
const CONNECTIONS: usize = 16;
/// The number of tries of a request that another was in the way of, or that found no connection.
const TRIES: u32 = 8;

/// A store in a schema of a Postgres database.
///
/// Clones of it and other processes may have it as well.
#[derive(Clone, Debug)]
pub struct Postgres {
    pool: Pool,
    runtime: runtime::Handle,
    listeners: Listeners,
    /// The name of this store in notifications: its own are no news.
    name: Arc<str>,
    /// The thread ends with the last of the clones.
    _life: Arc<oneshot::Sender<()>>,
}

impl Postgres {
    /// Connects to the schema `stepfn` of a database, and makes it where it is not there. The URL is libpq's, `sslmode`, `sslrootcert`,
    /// `sslcert` and `sslkey` included: with `verify-full` nobody reads along and the server is who it says, `require` alone trusts
    /// anybody. What encrypts is behind the feature `postgres-tls`; without it such a URL is refused.
    ///
    /// # Errors
    /// The database cannot be reached, or the schema holds something else or another version.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_to_schema(url, "stepfn").await
    }

    /// Connects to a schema of a database, as [`connect`](Self::connect) does to `stepfn`.
    ///
    /// # Errors
    /// As [`connect`](Self::connect); or the name of the schema is not made of lowercase letters, digits and `_`.
    pub async fn connect_to_schema(url: &str, schema: &str) -> Result<Self, StoreError> {
        if schema.is_empty() || !schema.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            return Err(StoreError::Misuse(format!(
                "the schema `{schema}` has other characters than a-z, 0-9 and _"
            )));
        }
        let (url, ssl) = url::split(url)?;
        let connector = Connector::new(&ssl)?;
        let mut config: Config =
            url.parse().map_err(|error| StoreError::Misuse(format!("the URL of Postgres: {error}")))?;
        let options = format!("{} -c search_path={schema}", config.get_options().unwrap_or_default());
        config.options(options.trim());
        config.ssl_mode(match ssl.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        let (life, ended) = oneshot::channel::<()>();
        let runtime = start_runtime(ended)?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = connector.manager(config.clone(), recycling);
        let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
        let pool = pool.map_err(|error| StoreError::Io(format!("no pool of connections: {error}")))?;
        let listeners = Listeners::default();
        let name = name_of_this()?;
        let store = Self { pool, runtime, listeners, name: name.into(), _life: Arc::new(life) };
        let place = format!("{}, schema {schema}", database(&config));
        let prepared = schema.to_owned();
        store.within(move |pool| async move { prepare(&pool, &prepared, &place).await }).await?;
        store.runtime.spawn(hear(config, connector, store.listeners.clone(), Arc::clone(&store.name)));
        Ok(store)
    }

    /// Runs something on the thread of the store.
    fn within<T: Send + 'static, F: Future<Output = Result<T, StoreError>> + Send + 'static>(
        &self,
        call: impl FnOnce(Pool) -> F,
    ) -> Answer<'static, T> {
        let (sender, receiver) = oneshot::channel();
        let call = call(self.pool.clone());
        self.runtime.spawn(async move {
            // Nobody may wait for it any more: that is theirs to decide.
            let _ = sender.send(call.await);
        });
        Box::pin(async move { receiver.await.unwrap_or(Err(StoreError::Closed)) })
    }
}

/// Returns the location of a database, without its credentials.
fn database(config: &Config) -> String {
    let name = config.get_dbname().or(config.get_user()).unwrap_or("postgres");
    format!("the database {name}")
}

fn name_of_this() -> Result<String, StoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Io(format!("no random numbers: {error}")))?;
    Ok(format!("{:016x}", u64::from_le_bytes(bytes)))
}

/// Starts the thread of a store; it ends when the other side of the channel is dropped.
fn start_runtime(ended: oneshot::Receiver<()>) -> Result<runtime::Handle, StoreError> {
    let failed = |error: std::io::Error| StoreError::Io(format!("no thread for the store: {error}"));
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let handle = runtime.handle().clone();
    let thread = thread::Builder::new().name("stepfn-store-postgres".to_owned());
    thread.spawn(move || runtime.block_on(ended)).map_err(failed)?;
    Ok(handle)
}

macro_rules! postgres_calls {
    ($($kind:ident $name:ident($request:ty) -> $answer:ty;)*) => {
        impl Store for Postgres {
            $(fn $name(&self, request: $request) -> Answer<'_, $answer> {
                let (listeners, name) = (self.listeners.clone(), Arc::clone(&self.name));
                self.within(move |pool| async move {
                    let mut tries = 0;
                    loop {
                        tries += 1;
                        let (answer, hints) = $name(&pool, &name, request.clone()).await;
                        match answer {
                            Err(Failure::Again(_)) if tries < TRIES => {
                                tokio::time::sleep(Duration::from_millis(1 << tries)).await;
                            }
                            Err(Failure::Again(error) | Failure::For(error)) => return Err(error),
                            Ok(answer) => {
                                listeners.tell(&hints);
                                return Ok(answer);
                            }
                        }
                    }
                })
            })*

            fn listen(&self, listener: Weak<Listener>) {
                self.listeners.add(listener);
            }
        }

        $(async fn $name(pool: &Pool, name: &str, request: $request) -> (Result<$answer, Failure>, Vec<Hint>) {
            let mut hints = Vec::new();
            let answer = async {
                let mut client = pool.get().await.map_err(|error| Failure::of_pool(&error))?;
                let transaction = client.transaction().await.map_err(|error| Failure::of(&error))?;
                let mut connection = Connection { transaction, hints: Vec::new(), again: false };
                let answer = sql::calls::$name(&mut connection, request).await;
                let answer = connection.judge(answer)?;
                hints = connection.end(name).await?;
                Ok(answer)
            };
            (answer.await, hints)
        })*
    };
}
crate::every_call!(postgres_calls);

/// The reason why a request did not take effect, and whether it is worth another try.
enum Failure {
    Again(StoreError),
    For(StoreError),
}

impl Failure {
    fn of(error: &tokio_postgres::Error) -> Self {
        if may_be_tried_again(error) { Self::Again(error_of(error)) } else { Self::For(error_of(error)) }
    }

    fn of_pool(error: &deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => Self::of(error),
            other => Self::Again(StoreError::Unreachable(other.to_string())),
        }
    }
}

fn may_be_tried_again(error: &tokio_postgres::Error) -> bool {
    let in_the_way = [
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::CANNOT_CONNECT_NOW,
    ];
    error.code().map_or_else(|| error.is_closed(), |code| in_the_way.contains(&code))
}

/// A transaction, and the hints that it will give.
struct Connection<'a> {
    transaction: Transaction<'a>,
    hints: Vec<Hint>,
    again: bool,
}

impl Connection<'_> {
    fn judge<T>(&self, answer: Result<T, StoreError>) -> Result<T, Failure> {
        answer.map_err(|error| if self.again { Failure::Again(error) } else { Failure::For(error) })
    }

    fn noted(&mut self, error: &tokio_postgres::Error) -> StoreError {
        self.again = may_be_tried_again(error);
        error_of(error)
    }

    /// Ends the transaction.
    async fn end(mut self, name: &str) -> Result<Vec<Hint>, Failure> {
        let hints = std::mem::take(&mut self.hints);
        for hint in &hints {
            let news = match hint {
                Hint::Execution(id) => format!("{name} e{id}"),
                Hint::Activity(arn) => format!("{name} a{arn}"),
            };
            let told = self.run("select pg_notify('stepfn', $1)", vec![Cell::from(news)]).await;
            self.judge(told)?;
        }
        match self.transaction.commit().await {
            Ok(()) => Ok(hints),
            // Postgres refused: nothing happened. Or it gave no answer.
            Err(error) if error.code().is_some() => Err(Failure::of(&error)),
            Err(error) => Err(Failure::For(StoreError::Unknown(words(&error)))),
        }
    }
}

impl Driver for Connection<'_> {
    const PAIRS: &'static str = "(select (value ->> 0)::bigint as one, (value ->> 1)::bigint as other \
         from json_array_elements($2::text::json)) given";

    async fn rows(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> Result<Vec<Row>, StoreError> {
        let cells: Vec<Cell<'_>> = cells.into_iter().map(Cell::escaped).collect();
        let cells: Vec<&(dyn ToSql + Sync)> = cells.iter().map(|cell| cell as _).collect();
        let found = async {
            let statement = self.transaction.prepare_cached(sql).await?;
            self.transaction.query(&statement, &cells).await
        };
        let rows = match found.await {
            Ok(rows) => rows,
            Err(error) => return Err(self.noted(&error)),
        };
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let cells: Result<Vec<Cell<'static>>, _> =
                (0..row.len()).map(|column| row.try_get::<_, Cell<'static>>(column)).collect();
            read.push(Row::new(cells.map_err(|error| error_of(&error))?));
        }
        Ok(read)
    }

    async fn run(&mut self, sql: &str, cells: Vec<Cell<'_>>) -> Result<u64, StoreError> {
        let cells: Vec<Cell<'_>> = cells.into_iter().map(Cell::escaped).collect();
        let cells: Vec<&(dyn ToSql + Sync)> = cells.iter().map(|cell| cell as _).collect();
        let changed = async {
            let statement = self.transaction.prepare_cached(sql).await?;
            self.transaction.execute(&statement, &cells).await
        };
        match changed.await {
            Ok(changed) => Ok(changed),
            Err(error) => Err(self.noted(&error)),
        }
    }

    fn hint(&mut self, hint: Hint) {
        self.hints.push(hint);
    }
}

/// The one character that Postgres does not have in a text, and its replacement: no text has a reason to have the latter.
const ESCAPE: char = '\u{10FFFF}';

impl Cell<'_> {
    fn escaped(self) -> Self {
        match self {
            Self::Text(text) if text.contains(['\0', ESCAPE]) => {
                Self::Text(text.replace(ESCAPE, "\u{10FFFF}1").replace('\0', "\u{10FFFF}0").into())
            }
            other => other,
        }
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Bytes(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell<'static> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_owned().into()),
            Type::VOID => Self::Null,
            _ => {
                let text = String::from_sql(ty, raw)?;
                let text = if text.contains(ESCAPE) {
                    text.replace("\u{10FFFF}0", "\0").replace("\u{10FFFF}1", "\u{10FFFF}")
                } else {
                    text
                };
                Self::Text(text.into())
            }
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Makes the schema and its tables, one host at a time.
async fn prepare(pool: &Pool, schema: &str, place: &str) -> Result<(), StoreError> {
    let mut client = pool.get().await.map_err(|error| match Failure::of_pool(&error) {
        Failure::Again(error) | Failure::For(error) => error,
    })?;
    let transaction = client.transaction().await.map_err(|error| error_of(&error))?;
    let mut db = Connection { transaction, hints: Vec::new(), again: false };
    db.rows("select pg_advisory_xact_lock(hashtext('stepfn'))", Vec::new()).await?;
    db.run(&format!("create schema if not exists {schema}"), Vec::new()).await?;
    let sql = "select tablename::text from pg_tables where schemaname = current_schema() order by 1";
    let tables =
        db.rows(sql, Vec::new()).await?.into_iter().map(|mut row| row.text()).collect::<Result<_, _>>()?;
    let types = schema::Types {
        serial: " bigint generated by default as identity primary key",
        bytes: " bytea",
        text: " text collate \"C\"",
        columns: "select column_name::text from information_schema.columns \
                  where table_schema = current_schema() and table_name = $1::text",
    };
    schema::prepare(&mut db, place, &types, tables).await?;
    db.transaction.commit().await.map_err(|error| error_of(&error))
}

/// An error with its causes: Postgres' own words are one of them.
fn words(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        words.push_str(": ");
        words.push_str(&next.to_string());
        cause = next.source();
    }
    words
}

fn error_of(error: &tokio_postgres::Error) -> StoreError {
    let what = words(error);
    let Some(code) = error.code().map(SqlState::code) else {
        return StoreError::Unreachable(what);
    };
    match code.get(..2).unwrap_or_default() {
        "08" | "57" | "28" => StoreError::Unreachable(what),
        "53" => StoreError::Full(what),
        "XX" => StoreError::Corrupt(what),
        "23" => StoreError::Misuse(what),
        "55" => StoreError::Locked(what),
        _ => StoreError::Io(what),
    }
}
