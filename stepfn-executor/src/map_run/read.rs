//! `ItemReader`: the objects of buckets as a stream of items (AWS, "ItemReader (Map)").

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use stepfn_core::value::Value;

use super::{
    Buckets, IoError, bucket,
    bucket::{Listed, Pieces},
    decode::{self, Decoder, Entry, Held},
    stream::{self, BoxFuture, Results},
    text,
};
use crate::{limits::Limits, program::Format};

/// Items as they are read.
pub(crate) type Items = Results<Read>;

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
    fn whole(&self, name: &str, key: &str) -> BoxFuture<Result<Vec<u8>, IoError>> {
        let (bytes, most) = (bucket(&self.buckets, name).map(|store| store.get(key)), self.bounds.file_bytes);
        Box::pin(async move {
            let (mut pieces, mut all) = (bytes?.await?, Vec::new());
            while let Some(piece) = stream::next(&mut pieces).await {
                let piece = piece?;
                if piece.len() > most.saturating_sub(all.len()) {
                    return Err(IoError::TooLarge(Held::File));
                }
                all.extend(piece);
            }
            Ok(all)
        })
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
            stream::flat(stream::map(listed, move |listed| Ok(object(&from, &name, &listed.key, &format))))
        } else {
            // Recorded on AWS: the bucket alone.
            let source: Arc<str> = format!("s3://{name}").into();
            let read = move |listed: Listed| {
                Ok(Read { value: describe(&listed), key: None, source: Some(Arc::clone(&source)) })
            };
            stream::map(listed, read)
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
        Ok(most) => stream::take(items, most),
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
        Err(error) => return stream::failed(error),
    };
    let source: Arc<str> = format!("s3://{name}/{key}").into();
    Box::pin(Decoded { bytes: stream::later(bytes), decoder, source, has_failed: false })
}

/// What a decoder makes of bytes.
struct Decoded {
    bytes: Pieces,
    decoder: Decoder,
    source: Arc<str>,
    has_failed: bool,
}

impl Decoded {
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Read>, IoError>> {
        loop {
            if let Some(Entry { key, value }) = self.decoder.next()? {
                return Poll::Ready(Ok(Some(Read { value, key, source: Some(Arc::clone(&self.source)) })));
            }
            if self.decoder.is_over() {
                return Poll::Ready(Ok(None));
            }
            match ready!(self.bytes.as_mut().poll_next(cx)) {
                Some(piece) => self.decoder.feed(piece?),
                None => self.decoder.end(),
            }
        }
    }
}

impl Stream for Decoded {
    type Item = Result<Read, IoError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_failed {
            return Poll::Ready(None);
        }
        let read = ready!(self.poll_read(cx));
        self.has_failed = read.is_err();
        Poll::Ready(read.transpose())
    }
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
    stream::later(Box::pin(rows))
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
        Ok(stream::flat(stream::iter(parts)))
    };
    stream::later(Box::pin(parts))
}

/// The objects that a manifest of Athena's lists, one URI on each line (AWS, "Athena manifest").
fn athena(from: Source, name: &str, key: &str, format: Format) -> Items {
    let listed = Format::Csv { delimiter: b',', headers: Some(vec!["uri".to_owned()]) };
    let uris = object(&from, name, key, &listed);
    stream::flat(stream::map(uris, move |row| {
        let uri = row.value["uri"].as_str().unwrap_or_default().trim().to_owned();
        let place = uri.strip_prefix("s3://").and_then(|place| place.split_once('/'));
        match place {
            Some((bucket, key)) => Ok(object(&from, bucket, key, &format)),
            None => Err(IoError::Failed(format!(
                "the manifest must list URIs such as s3://bucket/key, found {uri}"
            ))),
        }
    }))
}
