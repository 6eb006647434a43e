//! Input and output of a Map's distributed mode (AWS, "Using Map state in Distributed mode").
//!
//! Items are read as a stream, one object of a bucket after the other, and results are written as they come, so that
//! neither is ever held as a whole; what has to be held, such as a file of JSON, has a bound. Buckets are [`Objects`] in memory, or `object_store`s that the executor is given.

mod batch;
mod bucket;
mod csv;
mod decode;
mod objects;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
#[cfg(feature = "object-store")]
mod store;
pub(crate) mod stream;
mod summary;
#[cfg(feature = "parquet")]
mod thrift;
mod unpack;
mod write;

use stepfn_core::value::Value;

#[cfg(feature = "object-store")]
pub(crate) use self::store::Folder;
pub(crate) use self::{
    batch::Batches,
    bucket::{Bucket, Buckets, bucket},
    decode::Held,
    read::{Items, Read, Request, open},
    write::{Ended, Export, entries},
};
pub use self::{objects::Objects, summary::MapRun};

/// The reason why no items come, or no results go out.
#[derive(Debug)]
pub(crate) enum IoError {
    /// Nothing is bound to a bucket of this name.
    Unbound(String),
    /// The message, in AWS's words where they are known.
    Failed(String),
    /// AWS reads it and the executor does not.
    Unsupported(String),
    /// A reader would hold more than the executor's limits allow.
    TooLarge(Held),
}

impl IoError {
    /// Returns the cause of a failed writer.
    pub(crate) fn cause(self) -> String {
        match self {
            Self::Failed(cause) | Self::Unsupported(cause) => cause,
            Self::Unbound(bucket) => format!("no bucket `{bucket}` is bound"),
            Self::TooLarge(held) => format!("too large: {held:?}"),
        }
    }

    fn failed(reason: impl std::fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }
}

fn no_such_key() -> IoError {
    IoError::failed(
        "The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey)",
    )
}

/// A text in what `Parameters` gave.
pub(crate) fn text(parameters: &Value, field: &str) -> Result<String, IoError> {
    let text = parameters.get(field).and_then(Value::as_str);
    text.map(str::to_owned)
        .ok_or_else(|| IoError::Failed(format!("The field '{field}' is required but was missing")))
}
