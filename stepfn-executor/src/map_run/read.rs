//! `ItemReader`: the objects of buckets as a stream of items (AWS, "ItemReader (Map)").

use std::{pin::Pin, sync::Arc};

use futures_util::{FutureExt, Stream, StreamExt, TryStreamExt, future::BoxFuture, stream};
use stepfn_core::value::Value;

use super::{
    Buckets, IoError, bucket,
    bucket::Listed,
    decode::{self, Decoder, Entry, Held},
    text,
};
use crate::{limits::Limits, program::Format};

/// Items as they are read.
pub(crate) type Items = Pin<Box<dyn Stream<Item = Result<Read, IoError>> + Send>>;

/// An item with its part of the context object.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) value: Value,
    /// The key of an object's member: `Map.Item.Key`.
    pub(crate) key: Option<Arc<str>>,
    /// `Map.Item.Source`
    pub(crate) source: Option<Arc<str>>,
}

/// The bytes that readers hold at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Of a line or a row.
    pub(crate) item_bytes: usize,
    /// Of a file that is held whole.
    pub(crate) file_bytes: usize,
    /// Of the headers of CSV.
    pub(crate) header_bytes: usize,
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self {
            item_bytes: limits.item_bytes,
            file_bytes: limits.file_bytes,
            header_bytes: limits.csv_header_bytes,
        }
    }
}

/// The buckets, and how they are read.
#[derive(Clone)]
struct Source {
    buckets: Buckets,
    bounds: Bounds,
}

impl Source {
    /// An object that is held whole.
    fn whole(&self, name: &str, key: &str) -> BoxFuture<'static, Result<Vec<u8>, IoError>> {
        let (bytes, most) = (bucket(&self.buckets, name).map(|store| store.get(key)), self.bounds.file_bytes);
        async move {
            let add = |mut all: Vec<u8>, piece: Vec<u8>| {
                let fits = piece.len() <= most.saturating_sub(all.len());
                all.extend(if fits { piece } else { Vec::new() });
                std::future::ready(if fits { Ok(all) } else { Err(IoError::TooLarge(Held::File)) })
            };
            bytes?.await?.try_fold(Vec::new(), add).await
        }
        .boxed()
    }
}

/// A request to a reader.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) lists_objects: bool,
    pub(crate) flattens: bool,
    pub(crate) is_athena: bool,
    /// `Bucket`, and `Key` or `Prefix`.
    pub(crate) parameters: Value,
    pub(crate) format: Format,
    /// The number of items that are wanted; zero for all.
    pub(crate) max_items: u64,
    pub(crate) bounds: Bounds,
}

/// Opens a stream of items. Nothing is read before it is polled.
pub(crate) fn open(buckets: Buckets, request: Request) -> Result<Items, IoError> {
    if matches!(request.format, Format::Parquet) && request.parameters.get("VersionId").is_some() {
        // Recorded on AWS, which reports it before it looks for the object.
        return Err(IoError::failed("S3 Version ID selection is not currently supported for PARQUET files"));
    }
    let name = text(&request.parameters, "Bucket")?;
    let store = bucket(&buckets, &name)?;
    let from = Source { buckets, bounds: request.bounds };
    let items = if request.lists_objects {
        let prefix = request.parameters.get("Prefix").and_then(Value::as_str).unwrap_or_default().to_owned();
        let listed = store.list(prefix)?;
        if request.flattens {
            let format = request.format;
            let read = listed.map_ok(move |listed| object(&from, &name, &listed.key, &format));
            read.try_flatten().boxed()
        } else {
            // Recorded on AWS: the bucket alone.
            let source: Arc<str> = format!("s3://{name}").into();
            let read = move |listed: Listed| Read {
                value: describe(&listed),
                key: None,
                source: Some(Arc::clone(&source)),
            };
            listed.map_ok(read).boxed()
        }
    } else {
        let key = text(&request.parameters, "Key")?;
        match request.format {
            format if request.is_athena => athena(from, &name, &key, format),
            Format::Manifest => inventory(from, name, key),
            format => object(&from, &name, &key, &format),
        }
    };
    Ok(match usize::try_from(request.max_items) {
        Ok(0) | Err(_) => items,
        Ok(most) => items.take(most).boxed(),
    })
}

fn describe(listed: &Listed) -> Value {
    Value::object([
        ("Etag", Value::from(listed.tag.as_str())),
        ("Key", listed.key.as_str().into()),
        ("LastModified", listed.modified.into()),
        ("Size", listed.size.into()),
        ("StorageClass", "STANDARD".into()),
    ])
}

/// The items of one object.
fn object(from: &Source, name: &str, key: &str, format: &Format) -> Items {
    #[cfg(feature = "parquet")]
    if let Format::Parquet = format {
        return parquet(from, name, key);
    }
    let made = bucket(&from.buckets, name)
        .and_then(|store| Ok((store.get(key), Decoder::new(format, key, from.bounds)?)));
    let (bytes, decoder) = match made {
        Ok(made) => made,
        Err(error) => return stream::once(std::future::ready(Err(error))).boxed(),
    };
    let bytes = stream::once(bytes).try_flatten().boxed();
    let source: Arc<str> = format!("s3://{name}/{key}").into();
    let entries = stream::try_unfold((bytes, decoder), |(mut bytes, mut decoder)| async move {
        loop {
            if let Some(entry) = decoder.next()? {
                return Ok(Some((entry, (bytes, decoder))));
            }
            if decoder.is_over() {
                return Ok(None);
            }
            match bytes.try_next().await? {
                Some(piece) => decoder.feed(piece),
                None => decoder.end(),
            }
        }
    });
    let read = move |Entry { key, value }| Read { value, key, source: Some(Arc::clone(&source)) };
    entries.map_ok(read).boxed()
}

/// The rows of a Parquet file.
#[cfg(feature = "parquet")]
fn parquet(from: &Source, name: &str, key: &str) -> Items {
    let source: Arc<str> = format!("s3://{name}/{key}").into();
    let (file, most) = (from.whole(name, key), from.bounds.file_bytes);
    let rows = async move {
        let rows = super::parquet::Rows::open(file.await?, most)?;
        let read = move |value| Read { value, key: None, source: Some(Arc::clone(&source)) };
        Ok(stream::iter(rows.map(move |row| row.map(&read))))
    };
    stream::once(rows).try_flatten().boxed()
}

/// An S3 inventory: what its CSV parts list (AWS, "Amazon S3 inventory").
fn inventory(from: Source, name: String, key: String) -> Items {
    let parts = async move {
        let manifest = decode::parse(&from.whole(&name, &key).await?)?;
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
        let parts = keys.into_iter().map(move |key| Ok(object(&from, &bucket, &key, &format)));
        Ok(stream::iter(parts).try_flatten())
    };
    stream::once(parts).try_flatten().boxed()
}

/// The objects that a manifest of Athena's lists, one URI on each line (AWS, "Athena manifest").
fn athena(from: Source, name: &str, key: &str, format: Format) -> Items {
    let listed = Format::Csv { delimiter: b',', headers: Some(vec!["uri".to_owned()]) };
    let uris = object(&from, name, key, &listed);
    let objects = uris.and_then(move |row| {
        let uri = row.value["uri"].as_str().unwrap_or_default().trim().to_owned();
        let place = uri.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        std::future::ready(match place {
            Some((bucket, key)) => Ok(object(&from, bucket, key, &format)),
            None => Err(IoError::Failed(format!(
                "the manifest must list URIs such as s3://bucket/key, found {uri}"
            ))),
        })
    });
    objects.try_flatten().boxed()
}
