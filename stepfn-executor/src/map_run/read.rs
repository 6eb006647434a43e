//! `ItemReader`: the objects of buckets as a stream of items (AWS, "ItemReader (Map)").

use std::pin::Pin;

use futures_util::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{GetOptions, ObjectMeta, ObjectStore};
use stepfn_core::value::Value;

use super::{
    Buckets, IoError, bucket,
    decode::{self, Decoder, Ready},
    path, text,
};
use crate::program::Format;

/// Items as they are read.
pub(crate) type Items = Pin<Box<dyn Stream<Item = Result<Value, IoError>> + Send>>;

/// How many bytes are decoded at once: the items in them are held.
const PIECE: usize = 4096;

/// What a reader is asked for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) lists_objects: bool,
    pub(crate) flattens: bool,
    pub(crate) is_athena: bool,
    /// `Bucket`, and `Key` or `Prefix`.
    pub(crate) parameters: Value,
    pub(crate) format: Format,
    /// How many items are wanted; zero for all.
    pub(crate) max_items: u64,
}

/// Opens a stream of items. Nothing is read before it is polled.
pub(crate) fn open(buckets: Buckets, request: Request) -> Result<Items, IoError> {
    let name = text(&request.parameters, "Bucket")?;
    let store = bucket(&buckets, &name)?;
    let items = if request.lists_objects {
        let prefix = request.parameters.get("Prefix").and_then(Value::as_str).unwrap_or_default().to_owned();
        let listed = list(&*store, prefix)?;
        if request.flattens {
            let format = request.format;
            let read = listed.map_ok(move |meta| object(&buckets, &name, meta.location.as_ref(), &format));
            read.try_flatten().boxed()
        } else {
            listed.map_ok(|meta| describe(&meta)).boxed()
        }
    } else {
        let key = text(&request.parameters, "Key")?;
        match request.format {
            format if request.is_athena => athena(buckets, &name, &key, format),
            Format::Manifest => inventory(buckets, name, key),
            format => object(&buckets, &name, &key, &format),
        }
    };
    Ok(match usize::try_from(request.max_items) {
        Ok(0) | Err(_) => items,
        Ok(most) => items.take(most).boxed(),
    })
}

/// The objects whose keys start with a text, in the order of their keys. Stores know only whole folders.
fn list(
    store: &dyn ObjectStore,
    prefix: String,
) -> Result<BoxStream<'static, Result<ObjectMeta, IoError>>, IoError> {
    let folder = match prefix.rsplit_once('/') {
        Some((folder, _)) => Some(path(folder)?),
        None => None,
    };
    let found = store.list(folder.as_ref()).map_err(IoError::failed);
    let starts = move |meta: &ObjectMeta| meta.location.as_ref().starts_with(&prefix);
    Ok(found.try_filter(move |meta| std::future::ready(starts(meta))).boxed())
}

fn describe(meta: &ObjectMeta) -> Value {
    let tag = meta.e_tag.clone().unwrap_or_default();
    Value::object([
        ("Etag", Value::from(tag)),
        ("Key", meta.location.as_ref().into()),
        ("LastModified", meta.last_modified.timestamp().into()),
        ("Size", meta.size.into()),
        ("StorageClass", "STANDARD".into()),
    ])
}

/// The items of one object.
fn object(buckets: &Buckets, name: &str, key: &str, format: &Format) -> Items {
    let made = bucket(buckets, name)
        .and_then(|store| Ok((store, path(key)?, Decoder::new(format, key.ends_with(".gz"))?)));
    let (store, path, decoder) = match made {
        Ok(made) => made,
        Err(error) => return stream::once(std::future::ready(Err(error))).boxed(),
    };
    let bytes = async move {
        let found = store.get_opts(&path, GetOptions::default()).await.map_err(missing)?;
        Ok::<_, IoError>(found.into_stream().map_err(IoError::failed))
    };
    // Small pieces: their items are held until they are asked for.
    let pieces = stream::once(bytes).try_flatten().map_ok(|chunk| {
        let starts = (0..chunk.len()).step_by(PIECE);
        let pieces = starts.map(move |start| Ok(chunk.slice(start..chunk.len().min(start + PIECE))));
        stream::iter(pieces)
    });
    let pieces = pieces.try_flatten().map_ok(Some).chain(stream::once(std::future::ready(Ok(None))));
    let decoded = pieces.scan(decoder, |decoder, piece| {
        let mut ready = Ready::new();
        let decoded = match piece {
            Ok(Some(piece)) => decoder.feed(&piece, &mut ready),
            Ok(None) => decoder.finish(&mut ready),
            Err(error) => Err(error),
        };
        let items = ready.into_iter().map(Ok).chain(decoded.err().map(Err));
        std::future::ready(Some(stream::iter(items)))
    });
    decoded.flatten().boxed()
}

/// An S3 inventory: what its CSV parts list (AWS, "Amazon S3 inventory").
fn inventory(buckets: Buckets, name: String, key: String) -> Items {
    let parts = async move {
        let store = bucket(&buckets, &name)?;
        let found = store.get_opts(&path(&key)?, GetOptions::default()).await.map_err(missing)?;
        let manifest = decode::parse(&found.bytes().await.map_err(IoError::failed)?)?;
        let kind = text(&manifest, "fileFormat")?;
        if kind != "CSV" {
            return Err(IoError::Failed(format!("the parts of an inventory must be CSV, found {kind}")));
        }
        let schema = text(&manifest, "fileSchema")?;
        let headers = schema.split(',').map(|header| header.trim().to_owned()).collect();
        let format = Format::Csv { delimiter: b',', headers: Some(headers) };
        let bucket = text(&manifest, "destinationBucket").unwrap_or_else(|_| name.clone());
        let bucket = bucket.rsplit(':').next().unwrap_or(&name).to_owned();
        let files = manifest["files"].as_array().unwrap_or_default();
        let keys: Vec<String> = files.iter().map(|file| text(file, "key")).collect::<Result<_, _>>()?;
        let parts = keys.into_iter().map(move |key| Ok(object(&buckets, &bucket, &key, &format)));
        Ok(stream::iter(parts).try_flatten())
    };
    stream::once(parts).try_flatten().boxed()
}

/// The objects that a manifest of Athena's lists, one URI on each line (AWS, "Athena manifest").
fn athena(buckets: Buckets, name: &str, key: &str, format: Format) -> Items {
    let listed = Format::Csv { delimiter: b',', headers: Some(vec!["uri".to_owned()]) };
    let uris = object(&buckets, name, key, &listed);
    let objects = uris.and_then(move |row| {
        let uri = row["uri"].as_str().unwrap_or_default().trim().to_owned();
        let place = uri.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        std::future::ready(match place {
            Some((bucket, key)) => Ok(object(&buckets, bucket, key, &format)),
            None => Err(IoError::Failed(format!(
                "the manifest must list URIs such as s3://bucket/key, found {uri}"
            ))),
        })
    });
    objects.try_flatten().boxed()
}

fn missing(error: object_store::Error) -> IoError {
    match error {
        object_store::Error::NotFound { .. } => IoError::failed(
            "The specified key does not exist. (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey)",
        ),
        other => IoError::failed(other),
    }
}
