//! Objects in memory in place of a bucket.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha1::{Digest, Sha1};

use super::{
    IoError,
    bucket::{Bucket, Listed, Pieces},
    no_such_key,
    stream::{self, BoxFuture, Results},
};

/// The objects of a bucket in memory: what a distributed Map reads in a test, and what it writes there. Clones share their objects.
///
/// ```
/// use stepfn_executor::Objects;
///
/// let books = Objects::new().with("ledger/monday.csv", "id,cents\na,100\n");
/// assert_eq!(books.text("ledger/monday.csv").as_deref(), Some("id,cents\na,100\n"));
/// assert_eq!(books.keys(), ["ledger/monday.csv"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Objects(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Objects {
    /// A bucket without objects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object, a text or bytes, in place of one with the same key.
    #[must_use]
    pub fn with(self, key: impl Into<String>, object: impl Into<Vec<u8>>) -> Self {
        self.held().insert(key.into(), object.into());
        self
    }

    /// The keys of all objects, in their order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.held().keys().cloned().collect()
    }

    /// An object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.held().get(key).cloned()
    }

    /// An object that is a text in UTF-8.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        String::from_utf8(self.get(key)?).ok()
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket for Objects {
    fn list(&self, prefix: String) -> Result<Results<Listed>, IoError> {
        let held = self.held();
        let found = held.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let listed: Vec<_> = found.map(|(key, object)| Ok(describe(key, object))).collect();
        Ok(stream::iter(listed.into_iter()))
    }

    fn get(&self, key: &str) -> BoxFuture<Result<Pieces, IoError>> {
        let found = self.held().get(key).cloned().ok_or_else(no_such_key);
        Box::pin(std::future::ready(found.map(|object| stream::iter(std::iter::once(Ok(object))))))
    }

    fn put(&self, key: &str, text: String) -> BoxFuture<Result<(), IoError>> {
        self.held().insert(key.to_owned(), text.into_bytes());
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Nothing here knows a clock, so all objects are as old as Unix.
fn describe(key: &str, object: &[u8]) -> Listed {
    let tag = Sha1::digest(object).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Listed { key: key.to_owned(), tag, modified: 0, size: u64::try_from(object.len()).unwrap_or(u64::MAX) }
}
