//! The operations that a Map Run needs of a bucket, so that the crate behind it is one that only users of buckets compile.

use std::{collections::HashMap, sync::Arc};

use super::{
    IoError,
    stream::{BoxFuture, Results},
};

/// The buckets of an executor, by their names.
pub(crate) type Buckets = Arc<HashMap<String, Arc<dyn Bucket>>>;

/// The bytes of an object as they come.
pub(crate) type Pieces = Results<Vec<u8>>;

/// An object in a listing.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) tag: String,
    /// Seconds since 1970.
    pub(crate) modified: i64,
    pub(crate) size: u64,
}

/// Objects by their keys.
pub(crate) trait Bucket: Send + Sync {
    /// The objects whose keys start with a text, in the order of their keys.
    fn list(&self, prefix: String) -> Result<Results<Listed>, IoError>;

    /// An object, in pieces.
    fn get(&self, key: &str) -> BoxFuture<Result<Pieces, IoError>>;

    /// Writes an object.
    fn put(&self, key: &str, text: String) -> BoxFuture<Result<(), IoError>>;
}

/// A bucket by its name.
pub(crate) fn bucket(buckets: &Buckets, name: &str) -> Result<Arc<dyn Bucket>, IoError> {
    buckets.get(name).cloned().ok_or_else(|| IoError::Unbound(name.to_owned()))
}
