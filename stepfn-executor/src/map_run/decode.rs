//! Items out of the bytes of an object, as they come.

use std::{collections::VecDeque, io::Write};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use flate2::write::MultiGzDecoder;
use stepfn_core::{
    json,
    value::{Map, Value},
};

use super::IoError;
use crate::program::Format;

/// Where decoded items wait.
pub(super) type Ready = VecDeque<Value>;

/// Takes the bytes of one object, and gives its items.
pub(super) struct Decoder {
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    format: Decoding,
}

enum Decoding {
    Csv(Box<Csv>),
    Lines(Vec<u8>),
    Whole { bytes: Vec<u8>, pointer: Option<String> },
}

impl Decoder {
    pub(super) fn new(format: &Format, gzip: bool) -> Result<Self, IoError> {
        let format = match format {
            Format::Csv { delimiter, headers } => {
                Decoding::Csv(Box::new(Csv::new(*delimiter, headers.clone())?))
            }
            Format::JsonLines => Decoding::Lines(Vec::new()),
            Format::Json { pointer } => Decoding::Whole { bytes: Vec::new(), pointer: pointer.clone() },
            Format::Manifest => Decoding::Whole { bytes: Vec::new(), pointer: None },
        };
        Ok(Self { gzip: gzip.then(|| MultiGzDecoder::new(Vec::new())), format })
    }

    /// Takes some bytes, but not none.
    pub(super) fn feed(&mut self, bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        let Some(gzip) = &mut self.gzip else { return self.format.feed(bytes, ready) };
        gzip.write_all(bytes).map_err(IoError::failed)?;
        let bytes = std::mem::take(gzip.get_mut());
        self.format.feed(&bytes, ready)
    }

    /// Takes the end.
    pub(super) fn finish(&mut self, ready: &mut Ready) -> Result<(), IoError> {
        if let Some(gzip) = &mut self.gzip {
            gzip.try_finish().map_err(IoError::failed)?;
            let bytes = std::mem::take(gzip.get_mut());
            self.format.feed(&bytes, ready)?;
        }
        self.format.finish(ready)
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
            Self::Csv(csv) => csv.take(&[], ready),
            Self::Lines(rest) => parse_line(rest, ready),
            Self::Whole { bytes, pointer } => {
                let value = parse(&std::mem::take(bytes))?;
                let items = match pointer {
                    Some(pointer) => value.pointer(pointer).cloned().ok_or_else(|| {
                        IoError::Failed(format!("ItemsPointer '{pointer}' does not point to a node."))
                    })?,
                    None => value,
                };
                let Value::Array(items) = items else {
                    return Err(IoError::failed("Attempting to map over non-iterable node."));
                };
                ready.extend(items.iter().cloned());
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
        ready.push_back(parse(line)?);
    }
    Ok(())
}

/// Rows become objects of texts by the headers: what is missing is empty, what is too much is dropped.
struct Csv {
    reader: Reader,
    headers: Option<Vec<String>>,
    fields: Vec<String>,
    field: Vec<u8>,
}

impl Csv {
    fn new(delimiter: u8, headers: Option<Vec<String>>) -> Result<Self, IoError> {
        if let Some(headers) = &headers {
            judge(headers)?;
        }
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Ok(Self { reader, headers, fields: Vec::new(), field: Vec::new() })
    }

    fn feed(&mut self, bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        // Nothing means the end to the reader.
        if bytes.is_empty() { Ok(()) } else { self.take(bytes, ready) }
    }

    fn take(&mut self, mut bytes: &[u8], ready: &mut Ready) -> Result<(), IoError> {
        let is_end = bytes.is_empty();
        let mut buffer = [0; 512];
        loop {
            let (result, read, written) = self.reader.read_field(bytes, &mut buffer);
            bytes = &bytes[read..];
            self.field.extend_from_slice(&buffer[..written]);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::End => return Ok(()),
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    let field = String::from_utf8_lossy(&self.field).into_owned();
                    self.field.clear();
                    self.fields.push(field);
                    if record_end {
                        self.row(ready)?;
                    }
                }
            }
            if bytes.is_empty() && !is_end {
                return Ok(());
            }
        }
    }

    fn row(&mut self, ready: &mut Ready) -> Result<(), IoError> {
        let fields = std::mem::take(&mut self.fields);
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
            .map(|header| (header.as_str().into(), Value::from(fields.next().unwrap_or_default())))
            .collect();
        ready.push_back(row.into());
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
    use super::*;

    /// The items of a text, fed in pieces of a length.
    fn items(format: &Format, text: &[u8], piece: usize, gzip: bool) -> Vec<String> {
        let mut decoder = Decoder::new(format, gzip).unwrap();
        let mut ready = Ready::new();
        for piece in text.chunks(piece) {
            decoder.feed(piece, &mut ready).unwrap();
        }
        decoder.finish(&mut ready).unwrap();
        ready.iter().map(Value::to_string).collect()
    }

    #[test]
    fn pieces_of_any_length_give_the_same_items() {
        let csv = Format::Csv { delimiter: b';', headers: None };
        let text = "\u{feff}a;b\n1;\"x;\"\"y\n\"\nä\n3;4;5\n".as_bytes();
        let lines = b"{\"a\":1}\n\n[2]\r\n3";
        for piece in 1..20 {
            assert_eq!(
                items(&csv, text, piece, false),
                [r#"{"a":"1","b":"x;\"y\n"}"#, r#"{"a":"ä","b":""}"#, r#"{"a":"3","b":"4"}"#]
            );
            assert_eq!(items(&Format::JsonLines, lines, piece, false), [r#"{"a":1}"#, "[2]", "3"]);
        }
    }

    #[test]
    fn compressed_parts_are_read() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"a,b\n1,2\n").unwrap();
        let bytes = encoder.finish().unwrap();
        let csv = Format::Csv { delimiter: b',', headers: None };
        assert_eq!(items(&csv, &bytes, 7, true), [r#"{"a":"1","b":"2"}"#]);
    }
}
