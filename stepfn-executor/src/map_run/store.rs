//! Any [`ObjectStore`] as a bucket.

use std::{path::PathBuf, sync::Arc};

use futures_util::{FutureExt, StreamExt, TryStreamExt};
use object_store::{Error, GetOptions, ObjectMeta, ObjectStore, PutOptions, PutPayload, path::Path};

use super::{
    IoError,
    bucket::{Bucket, Listed, Pieces},
    no_such_key,
    stream::{BoxFuture, Results},
};

impl Bucket for Arc<dyn ObjectStore> {
    /// Stores know only whole folders.
    fn list(&self, prefix: String) -> Result<Results<Listed>, IoError> {
        let folder = match prefix.rsplit_once('/') {
            Some((folder, _)) => Some(path(folder)?),
            None => None,
        };
        let found = ObjectStore::list(&**self, folder.as_ref()).map_err(IoError::failed);
        let listed = found.try_filter_map(move |meta| {
            let meets = meta.location.as_ref().starts_with(&prefix);
            std::future::ready(Ok(meets.then(|| describe(&meta))))
        });
        Ok(listed.boxed())
    }

    fn get(&self, key: &str) -> BoxFuture<Result<Pieces, IoError>> {
        let (store, path) = (Self::clone(self), path(key));
        let get = async move {
            let found = store.get_opts(&path?, GetOptions::default()).await.map_err(missing)?;
            let pieces = found.into_stream().map_ok(|bytes| bytes.to_vec()).map_err(IoError::failed);
            Ok(pieces.boxed())
        };
        get.boxed()
    }

    fn put(&self, key: &str, text: String) -> BoxFuture<Result<(), IoError>> {
        let (store, path) = (Self::clone(self), path(key));
        let put = async move {
            let payload = PutPayload::from(text.into_bytes());
            store.put_opts(&path?, payload, PutOptions::default()).await.map_err(IoError::failed)?;
            Ok(())
        };
        put.boxed()
    }
}

/// A folder in place of a bucket. Nothing is read or written through a symbolic link in it: what is unpacked or checked out there could lead
/// anywhere. The folder itself may be one. A pipe or a device is no object: reading one may never end.
pub(crate) struct Folder {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) root: PathBuf,
}

impl Folder {
    fn guarded(&self, key: &str) -> Result<(), IoError> {
        let mut here = self.root.clone();
        for part in key.split('/') {
            here.push(part);
            let Ok(found) = std::fs::symlink_metadata(&here) else { break };
            if found.is_symlink() {
                return Err(IoError::Failed(format!("`{}` is a symbolic link", here.display())));
            }
            if !found.is_file() && !found.is_dir() {
                return Err(IoError::Failed(format!("`{}` is neither a file nor a folder", here.display())));
            }
        }
        Ok(())
    }
}

impl Bucket for Folder {
    fn list(&self, prefix: String) -> Result<Results<Listed>, IoError> {
        let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
        path(folder).and_then(|_| self.guarded(folder))?;
        Bucket::list(&self.store, prefix)
    }

    fn get(&self, key: &str) -> BoxFuture<Result<Pieces, IoError>> {
        match path(key).and_then(|_| self.guarded(key)) {
            // The bucket itself, of which stores have words of their own.
            Ok(()) if key.is_empty() => std::future::ready(Err(no_such_key())).boxed(),
            Ok(()) => Bucket::get(&self.store, key),
            Err(error) => std::future::ready(Err(error)).boxed(),
        }
    }

    fn put(&self, key: &str, text: String) -> BoxFuture<Result<(), IoError>> {
        match path(key).and_then(|_| self.guarded(key)) {
            Ok(()) => Bucket::put(&self.store, key, text),
            Err(error) => std::future::ready(Err(error)).boxed(),
        }
    }
}

fn describe(meta: &ObjectMeta) -> Listed {
    Listed {
        key: meta.location.to_string(),
        tag: meta.e_tag.clone().unwrap_or_default(),
        modified: meta.last_modified.timestamp(),
        size: meta.size,
    }
}

fn path(key: &str) -> Result<Path, IoError> {
    Path::parse(key).map_err(IoError::failed)
}

fn missing(error: Error) -> IoError {
    match error {
        Error::NotFound { .. } => no_such_key(),
        other => IoError::failed(other),
    }
}
