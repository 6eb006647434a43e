//! Items out of the bytes of an object, as they come.

use std::{collections::VecDeque, sync::Arc};

use stepfn_core::{
    json,
    value::{Map, Value},
};

use super::{IoError, csv::Reader, unpack::Unpack};
use crate::program::Format;

/// The decoded items that wait.
pub(super) type Ready = VecDeque<Entry>;

/// An item, and its key where it was the member of an object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Option<Arc<str>>,
    pub(super) value: Value,
}

impl Entry {
    pub(super) fn new(value: impl Into<Value>) -> Self {
        Self { key: None, value: value.into() }
    }
}

/// Takes the bytes of one object, and gives its items.
pub(super) struct Decoder {
    unpack: Unpack,
    format: Decoding,
}

enum Decoding {
    Csv(Box<Csv>),
    Lines(Vec<u8>),
    Whole { bytes: Vec<u8>, pointer: Option<String>, takes_objects: bool },
}

impl Decoder {
    pub(super) fn new(format: &Format, key: &str) -> Result<Self, IoError> {
        let format = match format {
            Format::Csv { delimiter, headers } => {
                Decoding::Csv(Box::new(Csv::new(*delimiter, headers.clone())?))
            }
            Format::JsonLines => Decoding::Lines(Vec::new()),
            Format::Json { pointer, takes_objects } => {
                Decoding::Whole { bytes: Vec::new(), pointer: pointer.clone(), takes_objects: *takes_objects }
            }
            Format::Manifest => Decoding::Whole { bytes: Vec::new(), pointer: None, takes_objects: false },
            Format::Parquet => {
                return Err(IoError::Unsupported(
                    "it reads Parquet files only with the feature `parquet`".to_owned(),
                ));
            }
        };
        Ok(Self { unpack: Unpack::of_key(key), format })
    }

    /// Takes some bytes, but not none.
    pub(super) fn feed(&mut self, bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        let Self { unpack, format } = self;
        unpack.feed(bytes, &mut |bytes| format.feed(bytes, ready))
    }

    /// Takes the end.
    pub(super) fn finish(&mut self, ready: &mut Ready) -> Result<(), IoError> {
        let Self { unpack, format } = self;
        unpack.finish(&mut |bytes| format.feed(bytes, ready))?;
        format.finish(ready)
    }
}

impl Decoding {
    fn feed(&mut self, bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        match self {
            Self::Csv(csv) => csv.feed(bytes, ready),
            Self::Whole { bytes: all, .. } => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            Self::Lines(rest) => {
                let mut lines = bytes.split(|byte| *byte == b'\n');
                // What follows the last line feed is no whole line yet.
                let last = lines.next_back().unwrap_or_default();
                for line in lines {
                    rest.extend_from_slice(line);
                    parse_line(&std::mem::take(rest), ready)?;
                }
                rest.extend_from_slice(last);
                Ok(())
            }
        }
    }

    fn finish(&mut self, ready: &mut Ready) -> Result<(), IoError> {
        match self {
            Self::Csv(csv) => csv.finish(ready),
            Self::Lines(rest) => parse_line(rest, ready),
            Self::Whole { bytes, pointer, takes_objects } => {
                let value = parse(&std::mem::take(bytes))?;
                let items = match pointer {
                    Some(pointer) => value.pointer(pointer).cloned().ok_or_else(|| {
                        IoError::Failed(format!("ItemsPointer '{pointer}' does not point to a node."))
                    })?,
                    None => value,
                };
                match items {
                    Value::Array(items) => ready.extend(items.iter().cloned().map(Entry::new)),
                    Value::Object(members) if *takes_objects => ready.extend(
                        members
                            .iter()
                            .map(|(key, value)| Entry { key: Some(key.into()), value: value.clone() }),
                    ),
                    _ => return Err(IoError::failed("Attempting to map over non-iterable node.")),
                }
                Ok(())
            }
        }
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Value, IoError> {
    let text = std::str::from_utf8(bytes).map_err(IoError::failed)?;
    json::parse_value(text.trim_start_matches('\u{feff}')).map_err(IoError::failed)
}

fn parse_line(line: &[u8], ready: &mut Ready) -> Result<(), IoError> {
    if !line.trim_ascii().is_empty() {
        ready.push_back(Entry::new(parse(line)?));
    }
    Ok(())
}

/// Rows become objects of texts by the headers: what is missing is empty, what is too much is dropped.
struct Csv {
    reader: Reader,
    headers: Option<Vec<String>>,
}

impl Csv {
    fn new(delimiter: u8, headers: Option<Vec<String>>) -> Result<Self, IoError> {
        if let Some(headers) = &headers {
            judge(headers)?;
        }
        Ok(Self { reader: Reader::new(delimiter), headers })
    }

    fn feed(&mut self, bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        for byte in bytes {
            if let Some(fields) = self.reader.take(*byte) {
                self.row(fields, ready)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, ready: &mut Ready) -> Result<(), IoError> {
        match self.reader.finish() {
            Some(fields) => self.row(fields, ready),
            None => Ok(()),
        }
    }

    fn row(&mut self, fields: Vec<String>, ready: &mut Ready) -> Result<(), IoError> {
        let Some(headers) = &self.headers else {
            let mut headers = fields;
            if let Some(first) = headers.first_mut() {
                *first = first.trim_start_matches('\u{feff}').to_owned();
            }
            judge(&headers)?;
            self.headers = Some(headers);
            return Ok(());
        };
        let mut fields = fields.into_iter();
        let row: Map = headers
            .iter()
            .map(|header| (header.as_str(), Value::from(fields.next().unwrap_or_default())))
            .collect();
        ready.push_back(Entry::new(row));
        Ok(())
    }
}

fn judge(headers: &[String]) -> Result<(), IoError> {
    let mut sorted: Vec<_> = headers.iter().collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(IoError::failed("CSV headers cannot contain duplicates."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// The items of a text, fed in pieces of a length.
    fn items(format: &Format, text: &[u8], piece: usize, key: &str) -> Vec<String> {
        let mut decoder = Decoder::new(format, key).unwrap();
        let mut ready = Ready::new();
        for piece in text.chunks(piece) {
            decoder.feed(piece, &mut ready).unwrap();
        }
        decoder.finish(&mut ready).unwrap();
        ready.iter().map(|entry| entry.value.to_string()).collect()
    }

    #[test]
    fn pieces_of_any_length_give_the_same_items() {
        let csv = Format::Csv { delimiter: b';', headers: None };
        let text = "\u{feff}a;b\n1;\"x;\"\"y\n\"\nä\n3;4;5\n".as_bytes();
        let lines = b"{\"a\":1}\n\n[2]\r\n3";
        for piece in 1..20 {
            assert_eq!(
                items(&csv, text, piece, "a.csv"),
                [r#"{"a":"1","b":"x;\"y\n"}"#, r#"{"a":"ä","b":""}"#, r#"{"a":"3","b":"4"}"#]
            );
            assert_eq!(items(&Format::JsonLines, lines, piece, "a.jsonl"), [r#"{"a":1}"#, "[2]", "3"]);
        }
    }

    #[test]
    fn the_members_of_an_object_are_items_with_keys() {
        let format = Format::Json { pointer: Some("/data".to_owned()), takes_objects: true };
        let mut decoder = Decoder::new(&format, "o.json").unwrap();
        let mut ready = Ready::new();
        decoder.feed(br#"{"data":{"b":1,"a":[2]}}"#, &mut ready).unwrap();
        decoder.finish(&mut ready).unwrap();
        let entries: Vec<_> =
            ready.iter().map(|entry| (entry.key.as_deref(), entry.value.to_string())).collect();
        assert_eq!(entries, [(Some("b"), "1".to_owned()), (Some("a"), "[2]".to_owned())]);
    }

    #[test]
    fn compressed_parts_are_read() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a,b\n1,2\n").unwrap();
        let bytes = encoder.finish().unwrap();
        let csv = Format::Csv { delimiter: b',', headers: None };
        assert_eq!(items(&csv, &bytes, 7, "a.csv.gz"), [r#"{"a":"1","b":"2"}"#]);
    }
}
