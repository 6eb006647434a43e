//! Items out of the bytes of an object, as they come.

use std::sync::Arc;

use stepfn_core::{
    json,
    value::{Map, Value},
};

use super::{IoError, csv::Reader, read::Bounds, unpack::Unpack};
use crate::program::Format;

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

/// Takes the bytes of one object, and gives its items one by one: those that a few bytes hold are never held at once.
pub(super) struct Decoder {
    unpack: Unpack,
    /// The unpacked bytes that are gone through.
    piece: Vec<u8>,
    used: usize,
    is_over: bool,
    format: Decoding,
}

enum Decoding {
    Csv(Box<Csv>),
    Lines {
        line: Vec<u8>,
        most: usize,
    },
    Whole {
        bytes: Vec<u8>,
        most: usize,
        pointer: Option<String>,
        takes_objects: bool,
    },
    /// All was read, and these are left of it.
    Rest(Box<dyn Iterator<Item = Entry> + Send>),
}

impl Decoder {
    pub(super) fn new(format: &Format, key: &str, bounds: Bounds) -> Result<Self, IoError> {
        let whole = |pointer: &Option<String>, takes_objects| Decoding::Whole {
            bytes: Vec::new(),
            most: bounds.file_bytes,
            pointer: pointer.clone(),
            takes_objects,
        };
        let format = match format {
            Format::Csv { delimiter, headers } => {
                Decoding::Csv(Box::new(Csv::new(*delimiter, headers.as_deref(), bounds)?))
            }
            Format::JsonLines => Decoding::Lines { line: Vec::new(), most: bounds.item_bytes },
            Format::Json { pointer, takes_objects } => whole(pointer, *takes_objects),
            Format::Manifest => whole(&None, false),
            Format::Parquet => {
                return Err(IoError::Unsupported(
                    "it reads Parquet files only with the feature `parquet`".to_owned(),
                ));
            }
        };
        let unpack = Unpack::of_key(key);
        Ok(Self { unpack, piece: Vec::new(), used: 0, is_over: false, format })
    }

    /// Takes bytes of the object, when the items in those before were taken.
    pub(super) fn feed(&mut self, bytes: Vec<u8>) {
        self.unpack.feed(bytes);
    }

    /// Takes the end of the object.
    pub(super) fn end(&mut self) {
        self.unpack.end();
        self.is_over = true;
    }

    /// Returns whether the end was taken.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Returns the next item; none where more bytes have to be fed, and when all were given.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, IoError> {
        loop {
            if let Decoding::Rest(rest) = &mut self.format {
                return Ok(rest.next());
            }
            let left = self.piece.get(self.used..).unwrap_or_default();
            let (used, entry) = self.format.take(left)?;
            self.used += used;
            if entry.is_some() {
                return Ok(entry);
            }
            match self.unpack.next()? {
                Some(piece) => (self.piece, self.used) = (piece, 0),
                None if self.is_over => self.format = Decoding::Rest(self.format.finish()?),
                None => return Ok(None),
            }
        }
    }
}

impl Decoding {
    /// Goes through bytes up to the end of an item. Returns how many they are: all, where no item ends.
    fn take(&mut self, bytes: &[u8]) -> Result<(usize, Option<Entry>), IoError> {
        match self {
            Self::Csv(csv) => return csv.take(bytes),
            Self::Whole { bytes: all, most, .. } => extend(all, bytes, Held::File, *most)?,
            Self::Lines { line, most } => {
                let mut used = 0;
                while let Some(end) = bytes.iter().skip(used).position(|byte| *byte == b'\n') {
                    let rest = bytes.get(used..used + end).unwrap_or_default();
                    used += end + 1;
                    extend(line, rest, Held::Item, *most)?;
                    if let Some(entry) = parse_line(&std::mem::take(line))? {
                        return Ok((used, Some(entry)));
                    }
                }
                // What follows the last line feed is no whole line yet.
                extend(line, bytes.get(used..).unwrap_or_default(), Held::Item, *most)?;
            }
            Self::Rest(_) => {}
        }
        Ok((bytes.len(), None))
    }

    /// Takes the end. Returns the items that are left.
    fn finish(&mut self) -> Result<Box<dyn Iterator<Item = Entry> + Send>, IoError> {
        let last = match self {
            Self::Csv(csv) => csv.finish()?,
            Self::Lines { line, .. } => parse_line(line)?,
            Self::Whole { bytes, pointer, takes_objects, .. } => {
                return whole(&std::mem::take(bytes), pointer.as_deref(), *takes_objects);
            }
            Self::Rest(_) => None,
        };
        Ok(Box::new(last.into_iter()))
    }
}

/// Adds bytes to those that are held, as long as these are not too many.
fn extend(held: &mut Vec<u8>, bytes: &[u8], what: Held, most: usize) -> Result<(), IoError> {
    if bytes.len() > most.saturating_sub(held.len()) {
        return Err(IoError::TooLarge(what));
    }
    held.extend_from_slice(bytes);
    Ok(())
}

/// The items of a file of JSON.
fn whole(
    bytes: &[u8],
    pointer: Option<&str>,
    takes_objects: bool,
) -> Result<Box<dyn Iterator<Item = Entry> + Send>, IoError> {
    let value = parse(bytes)?;
    let items = match pointer {
        Some(pointer) => value
            .pointer(pointer)
            .cloned()
            .ok_or_else(|| IoError::Failed(format!("ItemsPointer '{pointer}' does not point to a node.")))?,
        None => value,
    };
    match items {
        Value::Array(items) => {
            Ok(Box::new((0..items.len()).map_while(move |at| items.get(at).cloned().map(Entry::new))))
        }
        Value::Object(members) if takes_objects => {
            let entries: Vec<_> = members
                .iter()
                .map(|(key, value)| Entry { key: Some(key.into()), value: value.clone() })
                .collect();
            Ok(Box::new(entries.into_iter()))
        }
        _ => Err(IoError::failed("Attempting to map over non-iterable node.")),
    }
}

/// The part of a file that is held, and has a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// A line, or a row.
    Item,
    /// The file itself.
    File,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Value, IoError> {
    let text = std::str::from_utf8(bytes).map_err(IoError::failed)?;
    json::parse_value(text.trim_start_matches('\u{feff}')).map_err(IoError::failed)
}

/// The item of a line; none where it is blank.
fn parse_line(line: &[u8]) -> Result<Option<Entry>, IoError> {
    if line.trim_ascii().is_empty() { Ok(None) } else { Ok(Some(Entry::new(parse(line)?))) }
}

/// Rows become objects of texts by the headers: what is missing is empty, what is too much is dropped.
struct Csv {
    reader: Reader,
    headers: Option<Vec<Arc<str>>>,
    bounds: Bounds,
}

impl Csv {
    fn new(delimiter: u8, headers: Option<&[String]>, bounds: Bounds) -> Result<Self, IoError> {
        let mut csv = Self { reader: Reader::new(delimiter), headers: None, bounds };
        if let Some(headers) = headers {
            csv.name(headers.to_vec())?;
        }
        Ok(csv)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(usize, Option<Entry>), IoError> {
        for (at, byte) in bytes.iter().enumerate() {
            let row = self.reader.take(*byte);
            if row.is_none() {
                self.bound()?;
            } else if let Some(entry) = row.map_or(Ok(None), |fields| self.row(fields))? {
                return Ok((at + 1, Some(entry)));
            }
        }
        Ok((bytes.len(), None))
    }

    /// Returns an error where the row that is read has become too long.
    fn bound(&self) -> Result<(), IoError> {
        if self.headers.is_none() && self.reader.row_bytes() > self.bounds.header_bytes {
            return Err(long_headers(self.bounds));
        }
        if self.reader.row_bytes() > self.bounds.item_bytes {
            return Err(IoError::TooLarge(Held::Item));
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Option<Entry>, IoError> {
        self.reader.finish().map_or(Ok(None), |fields| self.row(fields))
    }

    fn row(&mut self, fields: Vec<String>) -> Result<Option<Entry>, IoError> {
        let Some(headers) = &self.headers else {
            let mut headers = fields;
            if let Some(first) = headers.first_mut() {
                *first = first.trim_start_matches('\u{feff}').to_owned();
            }
            self.name(headers)?;
            return Ok(None);
        };
        let mut fields = fields.into_iter();
        let row: Map = headers
            .iter()
            .map(|header| (Arc::clone(header), Value::from(fields.next().unwrap_or_default())))
            .collect();
        Ok(Some(Entry::new(row)))
    }

    /// Takes the headers. Fields beyond them are not even held.
    fn name(&mut self, headers: Vec<String>) -> Result<(), IoError> {
        let bytes: usize = headers.iter().map(|header| header.len() + 1).sum();
        if bytes.saturating_sub(1) > self.bounds.header_bytes {
            return Err(long_headers(self.bounds));
        }
        let mut sorted: Vec<_> = headers.iter().collect();
        sorted.sort_unstable();
        if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(IoError::failed("CSV headers cannot contain duplicates."));
        }
        self.reader.keep(headers.len());
        self.headers = Some(headers.into_iter().map(Arc::from).collect());
        Ok(())
    }
}

/// AWS, "ItemReader (Map)": "Step Functions supports CSV headers of up to 10 KiB". Its words are not known.
fn long_headers(bounds: Bounds) -> IoError {
    IoError::Failed(format!("CSV headers cannot be longer than {} bytes.", bounds.header_bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::limits::Limits;

    /// The items of a text, fed in pieces of a length.
    fn items(format: &Format, text: &[u8], piece: usize, key: &str) -> Vec<String> {
        let (entries, error) = decoded(format, text, piece, key, Bounds::from(&Limits::AWS));
        assert!(error.is_none(), "{error:?}");
        entries.iter().map(|entry| entry.value.to_string()).collect()
    }

    /// All items of a text, and the error that they end in.
    fn decoded(
        format: &Format,
        text: &[u8],
        piece: usize,
        key: &str,
        bounds: Bounds,
    ) -> (Vec<Entry>, Option<IoError>) {
        let mut entries = Vec::new();
        let mut all = || {
            let mut decoder = Decoder::new(format, key, bounds)?;
            for piece in text.chunks(piece) {
                decoder.feed(piece.to_vec());
                while let Some(entry) = decoder.next()? {
                    entries.push(entry);
                }
            }
            decoder.end();
            while let Some(entry) = decoder.next()? {
                entries.push(entry);
            }
            Ok(())
        };
        let error = all().err();
        (entries, error)
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
        let text = br#"{"data":{"b":1,"a":[2]}}"#;
        let (entries, _) = decoded(&format, text, 5, "o.json", Bounds::from(&Limits::AWS));
        let entries: Vec<_> =
            entries.iter().map(|entry| (entry.key.as_deref(), entry.value.to_string())).collect();
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

    fn bounds(set: impl FnOnce(&mut Bounds)) -> Bounds {
        let mut bounds = Bounds::from(&Limits::AWS);
        set(&mut bounds);
        bounds
    }

    /// The items before it are given, then the error.
    #[test]
    fn lines_rows_headers_and_files_have_bounds() {
        let csv = Format::Csv { delimiter: b',', headers: None };
        let given = Format::Csv { delimiter: b',', headers: Some(vec!["a".to_owned(), "bcd".to_owned()]) };
        let json = Format::Json { pointer: None, takes_objects: false };
        let item = bounds(|bounds| bounds.item_bytes = 7);
        let file = bounds(|bounds| bounds.file_bytes = 7);
        let header = bounds(|bounds| bounds.header_bytes = 5);
        let of = |format: &Format, text: &str, bounds: Bounds| {
            let mut all = Vec::new();
            for piece in [1, 3, 100] {
                let (entries, error) = decoded(format, text.as_bytes(), piece, "a", bounds);
                let told = match error {
                    None => String::new(),
                    Some(IoError::TooLarge(held)) => format!("{held:?}"),
                    Some(IoError::Failed(text)) => text,
                    Some(error) => panic!("{error:?}"),
                };
                all.push((entries.len(), told));
            }
            assert!(all.iter().all(|told| *told == all[0]), "{all:?}");
            all.remove(0)
        };
        let fine = |number: usize| (number, String::new());
        assert_eq!(of(&Format::JsonLines, "1\n[2,3,4]\n5", item), fine(3));
        assert_eq!(of(&Format::JsonLines, "1\n[2,3,45]\n5", item), (1, "Item".to_owned()));
        assert_eq!(of(&csv, "a,b\n1,2\n1,23456\n", item), fine(2));
        assert_eq!(of(&csv, "a,b\n1,2\n\"1\n23456", item), (1, "Item".to_owned()));
        assert_eq!(of(&csv, "a,b\n1,2\n,,,,,,,,,,,,,,", item), (1, "Item".to_owned()));
        assert_eq!(of(&json, "[1,2,3]", file), fine(3));
        assert_eq!(of(&json, "[1,2,34]", file), (0, "File".to_owned()));
        let long = "CSV headers cannot be longer than 5 bytes.".to_owned();
        assert_eq!(of(&csv, "a,bcd\n1,2\n3,4567890", header), fine(2));
        assert_eq!(of(&csv, "a,bcde\n1,2\n", header), (0, long.clone()));
        assert_eq!(of(&given, "1,2\n", header), fine(1));
        assert_eq!(
            of(&given, "1,2\n", bounds(|bounds| bounds.header_bytes = 4)),
            (0, long.replace('5', "4"))
        );
    }

    /// Rows of one sign each by headers of thousands of columns, in few bytes that are packed as well.
    #[test]
    fn items_that_few_bytes_hold_are_never_held_at_once() {
        let headers: Vec<_> = (0..2_000).map(|at| at.to_string()).collect();
        let text = format!("{}\n{}", headers.join(","), "1\n".repeat(500_000));
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(packed.len() < 10_000);
        let mut decoder =
            Decoder::new(&Format::Csv { delimiter: b',', headers: None }, "a.gz", Bounds::from(&Limits::AWS))
                .unwrap();
        decoder.feed(packed);
        for _ in 0..3 {
            let row = decoder.next().unwrap().unwrap().value;
            assert_eq!((&row["0"], &row["1999"]), (&Value::from("1"), &Value::from("")));
        }
        assert!(decoder.piece.len() < 1 << 20, "{} bytes are unpacked", decoder.piece.len());
    }
}
