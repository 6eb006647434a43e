//! Parquet files: each row is an item (AWS, "ItemReader (Map)").
//!
//! The file is held in memory, as its index is at its end; its rows are read one after the other. Types that JSON does not have
//! are converted as far as it is known from AWS: timestamps as milliseconds since 1970, lists and groups nested. Of the others nothing is
//! known: decimals, dates and times of day become strings, bytes Base64.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use parquet::{
    errors::ParquetError,
    file::{reader::FileReader, serialized_reader::SerializedFileReader},
    record::{Field, Row, reader::RowIter},
};
use stepfn_core::value::{Map, Value};

use super::{IoError, thrift};

/// The rows of a file.
pub(super) struct Rows {
    rows: RowIter<'static>,
    is_over: bool,
}

impl Rows {
    /// Opens a file, none of whose pages is larger than that when unpacked.
    pub(super) fn open(file: Vec<u8>, most: usize) -> Result<Self, IoError> {
        thrift::judge_schema(&file)?;
        let file = Bytes::from(file);
        let reader = guarded(|| SerializedFileReader::new(file.clone()))?;
        for group in reader.metadata().row_groups() {
            for column in group.columns() {
                let (start, length) = guarded(|| Ok(column.byte_range()))?;
                let range =
                    usize::try_from(start).ok().zip(usize::try_from(start.saturating_add(length)).ok());
                let pages = range.and_then(|(start, end)| file.get(start..end));
                let Some(pages) = pages else {
                    return Err(IoError::failed("Parquet error: a column lies outside of the file"));
                };
                thrift::judge_pages(pages, most)?;
            }
        }
        let rows = guarded(|| Ok(RowIter::from_file_into(Box::new(reader))))?;
        Ok(Self { rows, is_over: false })
    }
}

impl Iterator for Rows {
    type Item = Result<Value, IoError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let read = guarded(|| self.rows.next().transpose().map(|row| row.as_ref().map(item)));
        self.is_over = !matches!(read, Ok(Some(_)));
        read.transpose()
    }
}

/// Reads something of a file, which may be broken in ways that the reader panics at.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, IoError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(IoError::failed),
        Err(_) => Err(IoError::failed("Parquet error: the file is broken")),
    }
}

fn item(row: &Row) -> Value {
    let members = row.get_column_iter().map(|(name, field)| (Arc::<str>::from(name.as_str()), value(field)));
    members.collect::<Map>().into()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(number) => i64::from(*number).into(),
        Field::Short(number) => i64::from(*number).into(),
        Field::Int(number) => i64::from(*number).into(),
        Field::Long(number) => (*number).into(),
        Field::UByte(number) => u64::from(*number).into(),
        Field::UShort(number) => u64::from(*number).into(),
        Field::UInt(number) => u64::from(*number).into(),
        Field::ULong(number) => (*number).into(),
        Field::Float16(number) => float(f64::from(*number), number),
        // By its own digits, not by those of the double that is nearest.
        Field::Float(number) => float(f64::from(*number), number),
        Field::Double(number) => float(*number, number),
        Field::Str(text) => text.as_str().into(),
        Field::Bytes(bytes) => BASE64_STANDARD.encode(bytes.data()).into(),
        Field::TimestampMillis(millis) => (*millis).into(),
        Field::TimestampMicros(micros) => micros.div_euclid(1_000).into(),
        Field::Decimal(_) | Field::Date(_) | Field::TimeMillis(_) | Field::TimeMicros(_) => {
            field.to_string().into()
        }
        Field::Group(row) => item(row),
        Field::ListInternal(list) => Value::array(list.elements().iter().map(value)),
        Field::MapInternal(map) => {
            let entries = map.entries().iter().map(|(key, entry)| {
                let key = match value(key) {
                    Value::String(text) => text,
                    other => other.to_string().into(),
                };
                (key, value(entry))
            });
            entries.collect::<Map>().into()
        }
    }
}

/// A number; null where JSON has none.
fn float(number: f64, shown: &impl std::fmt::Display) -> Value {
    if !number.is_finite() {
        return Value::Null;
    }
    shown.to_string().parse().unwrap_or_else(|_| number.into())
}

#[cfg(test)]
mod tests {
    use parquet::{
        basic::{Compression, GzipLevel, ZstdLevel},
        data_type::{
            BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type,
            Int64Type,
        },
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };

    use super::*;

    const SCHEMA: &str = "message order {
        required int64 id;
        optional binary name (UTF8);
        required boolean paid;
        required int32 day (DATE);
        required int64 at (TIMESTAMP(MILLIS,true));
        required int64 then (TIMESTAMP(MICROS,true));
        required int64 price (DECIMAL(9,2));
        required double weight;
        required float share;
        required int32 small (INTEGER(16,false));
        required binary raw;
        required fixed_len_byte_array(3) code;
        optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
        required group place { required double north; }
        required group counts (MAP) { repeated group key_value { required binary key (UTF8); optional int32 value; } }
    }";

    fn text(text: &str) -> ByteArray {
        ByteArray::from(text)
    }

    fn file(compression: Compression) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
        let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
        // Two row groups of the same two rows.
        for _ in 0..2 {
            let mut group = writer.next_row_group().unwrap();
            macro_rules! column {
                ($kind:ty, $values:expr, $definition:expr, $repetition:expr) => {{
                    let mut column = group.next_column().unwrap().unwrap();
                    let (definition, repetition): (Option<&[i16]>, Option<&[i16]>) =
                        ($definition, $repetition);
                    column.typed::<$kind>().write_batch(&$values, definition, repetition).unwrap();
                    column.close().unwrap();
                }};
                ($kind:ty, $values:expr) => {
                    column!($kind, $values, None, None)
                };
            }
            column!(Int64Type, [1, i64::MAX]);
            column!(ByteArrayType, [text("é")], Some(&[1, 0]), None);
            column!(BoolType, [true, false]);
            column!(Int32Type, [0, 20_000]);
            column!(Int64Type, [1_700_000_000_123, -1]);
            column!(Int64Type, [1_700_000_000_123_999, -1]);
            column!(Int64Type, [12_345, -5]);
            column!(DoubleType, [0.1, f64::NAN]);
            column!(FloatType, [0.1, 1e30]);
            column!(Int32Type, [65_535, 0]);
            column!(ByteArrayType, [ByteArray::from(vec![0, 255]), ByteArray::from(vec![])]);
            column!(FixedLenByteArrayType, [text("abc").into(), text("def").into()]);
            // ["x", null], and no list at all.
            column!(ByteArrayType, [text("x")], Some(&[3, 2, 0]), Some(&[0, 1, 0]));
            column!(DoubleType, [1.5, -2.0]);
            column!(ByteArrayType, [text("a"), text("b")], Some(&[1, 1, 0]), Some(&[0, 1, 0]));
            column!(Int32Type, [7], Some(&[2, 1, 0]), Some(&[0, 1, 0]));
            group.close().unwrap();
        }
        writer.close().unwrap();
        bytes
    }

    fn rows(bytes: Vec<u8>) -> Result<Vec<String>, IoError> {
        Rows::open(bytes, 1 << 20)?.map(|row| row.map(|row| row.to_string())).collect()
    }

    #[test]
    fn rows_are_items_in_every_compression() {
        let expected = [
            r#"{"id":1,"name":"é","paid":true,"day":"1970-01-01","at":1700000000123,"then":1700000000123,"price":"123.45","weight":0.1,"share":0.1,"small":65535,"raw":"AP8=","code":"YWJj","tags":["x",null],"place":{"north":1.5},"counts":{"a":7,"b":null}}"#,
            r#"{"id":9223372036854775807,"name":null,"paid":false,"day":"2024-10-04","at":-1,"then":-1,"price":"-0.05","weight":null,"share":1000000000000000000000000000000,"small":0,"raw":"","code":"ZGVm","tags":null,"place":{"north":-2},"counts":{}}"#,
        ];
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::ZSTD(ZstdLevel::default()),
        ] {
            let read = rows(file(compression)).unwrap();
            assert_eq!(read.len(), 4, "{compression}");
            assert_eq!(read[..2], expected, "{compression}");
            assert_eq!(read[2..], expected, "{compression}");
        }
    }

    /// However a file is cut or broken, that is a failure of the reader or a row, and nothing worse.
    #[test]
    fn broken_files_are_failures() {
        let whole = file(Compression::SNAPPY);
        assert!(matches!(rows(Vec::new()), Err(IoError::Failed(_))));
        assert!(matches!(rows(b"id,name\n1,x\n".to_vec()), Err(IoError::Failed(_))));
        for length in (0..whole.len()).step_by(7) {
            assert!(rows(whole[..length].to_vec()).is_err(), "{length}");
        }
        std::panic::set_hook(Box::new(|_| {}));
        let mut failed = 0;
        for at in (0..whole.len()).step_by(3) {
            let mut broken = whole.clone();
            broken[at] ^= 0x5a;
            failed += usize::from(rows(broken).is_err());
        }
        let _ = std::panic::take_hook();
        assert!(failed > 10, "{failed}");
    }
}
