//! What a Parquet file says of itself, before the crate that reads it believes it: how deep its schema nests, which it follows by recursion, and how
//! large its pages are, which it makes room for. A few bytes may say anything.
//!
//! Both are in Thrift's compact protocol; all else in it is skipped.

use super::{IoError, decode::Held};

/// The depth to which a schema may nest: columns of people's data nest a few levels.
const MOST_DEPTH: usize = 100;

/// The depth to which the structures of the format itself nest: fewer than ten levels.
const MOST_NESTED: usize = 32;

/// Judges the schema in a file's footer.
pub(super) fn judge_schema(file: &[u8]) -> Result<(), IoError> {
    let Some(footer) = footer(file) else { return Err(broken()) };
    let mut reader = Reader { bytes: footer, at: 0 };
    let mut field = 0;
    // `FileMetaData`: the schema is its second field.
    while let Some(kind) = reader.field(&mut field)? {
        if field != 2 || kind != LIST {
            reader.skip(kind, 0)?;
            continue;
        }
        let (elements, kind) = reader.list()?;
        let mut open: Vec<u64> = Vec::new();
        for _ in 0..elements {
            let children = reader.children(kind)?;
            if let Some(left) = open.last_mut() {
                *left = left.saturating_sub(1);
            }
            open.push(children);
            while open.last() == Some(&0) {
                open.pop();
            }
            if open.len() > MOST_DEPTH {
                return Err(IoError::Failed(format!(
                    "Parquet error: its schema nests more than {MOST_DEPTH} levels"
                )));
            }
        }
        return Ok(());
    }
    Err(broken())
}

/// Judges the pages of a column, which lie one behind the other.
pub(super) fn judge_pages(column: &[u8], most: usize) -> Result<(), IoError> {
    let mut reader = Reader { bytes: column, at: 0 };
    while reader.at < column.len() {
        let (mut field, mut compressed) = (0, 0);
        // `PageHeader`: the second field is the size when unpacked, the third the size in the file.
        while let Some(kind) = reader.field(&mut field)? {
            match (field, kind) {
                (2, NUMBER) if reader.number()? > most as u64 => return Err(IoError::TooLarge(Held::File)),
                (2, NUMBER) => {}
                (3, NUMBER) => compressed = reader.number()?,
                _ => reader.skip(kind, 0)?,
            }
        }
        reader.forward(compressed)?;
    }
    Ok(())
}

/// The footer: its length and a mark are the file's last bytes.
fn footer(file: &[u8]) -> Option<&[u8]> {
    let (rest, mark) = file.split_last_chunk::<4>()?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    (mark == b"PAR1").then(|| rest.get(rest.len().checked_sub(length)?..)).flatten()
}

fn broken() -> IoError {
    IoError::failed("Parquet error: the file is broken")
}

/// `i32`
const NUMBER: u8 = 5;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, IoError> {
        let byte = self.bytes.get(self.at).copied().ok_or_else(broken)?;
        self.at += 1;
        Ok(byte)
    }

    fn forward(&mut self, bytes: u64) -> Result<(), IoError> {
        let end = usize::try_from(bytes).ok().and_then(|bytes| self.at.checked_add(bytes));
        self.at = end.filter(|end| *end <= self.bytes.len()).ok_or_else(broken)?;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, IoError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(broken())
    }

    /// A number that is not negative.
    fn number(&mut self) -> Result<u64, IoError> {
        let number = self.varint()?;
        if number % 2 == 0 { Ok(number / 2) } else { Err(broken()) }
    }

    /// The next field of a structure: its number in `field`, and its type; none at the end.
    fn field(&mut self, field: &mut u64) -> Result<Option<u8>, IoError> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        *field = match head >> 4 {
            0 => self.number()?,
            step => field.saturating_add(u64::from(step)),
        };
        Ok(Some(head & 0xf))
    }

    /// The length of a list, and the type of what is in it.
    fn list(&mut self) -> Result<(u64, u8), IoError> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Ok((length, head & 0xf))
    }

    /// Goes over a `SchemaElement`. Returns how many lie inside of it: its fifth field.
    fn children(&mut self, kind: u8) -> Result<u64, IoError> {
        if kind != STRUCT {
            return Err(broken());
        }
        let (mut field, mut children) = (0, 0);
        while let Some(kind) = self.field(&mut field)? {
            match (field, kind) {
                (5, NUMBER) => children = self.number()?,
                _ => self.skip(kind, 0)?,
            }
        }
        Ok(children)
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), IoError> {
        if depth > MOST_NESTED {
            return Err(broken());
        }
        match kind {
            // Of a field; in a list they take a byte.
            1 | 2 if depth == 0 => {}
            1..=3 => self.forward(1)?,
            4..=6 => drop(self.varint()?),
            7 => self.forward(8)?,
            8 => {
                let length = self.varint()?;
                self.forward(length)?;
            }
            LIST | 10 => {
                let (length, kind) = self.list()?;
                for _ in 0..length {
                    self.skip_item(kind, depth)?;
                }
            }
            11 => {
                let length = self.varint()?;
                let kinds = if length == 0 { 0 } else { self.byte()? };
                for _ in 0..length {
                    self.skip_item(kinds >> 4, depth)?;
                    self.skip_item(kinds & 0xf, depth)?;
                }
            }
            STRUCT => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    // A truth value of a field is in its type.
                    if kind > 2 {
                        self.skip(kind, depth + 1)?;
                    }
                }
            }
            _ => return Err(broken()),
        }
        Ok(())
    }

    fn skip_item(&mut self, kind: u8, depth: usize) -> Result<(), IoError> {
        if matches!(kind, 1 | 2) { self.forward(1) } else { self.skip(kind, depth + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of nothing but a footer, whose schema nests so deep.
    fn nested(levels: usize) -> Vec<u8> {
        // The version; a list of structures, its length as a varint.
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        let mut length = levels + 1;
        while length >= 0x80 {
            footer.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        footer.push(u8::try_from(length).unwrap());
        for _ in 0..levels {
            // A name, and one child.
            footer.extend([0x48, 1, b'g', 0x15, 2, 0]);
        }
        // A type and a name.
        footer.extend([0x15, 2, 0x38, 1, b'x', 0, 0]);
        let length = u32::try_from(footer.len()).unwrap();
        [&b"PAR1"[..], &footer, &length.to_le_bytes(), b"PAR1"].concat()
    }

    #[test]
    fn a_schema_may_nest_as_deep_as_data_does() {
        assert!(judge_schema(&nested(1)).is_ok() && judge_schema(&nested(MOST_DEPTH)).is_ok());
        for levels in [MOST_DEPTH + 1, 1_000_000] {
            let Err(IoError::Failed(told)) = judge_schema(&nested(levels)) else { panic!("{levels}") };
            assert!(told.ends_with("its schema nests more than 100 levels"), "{told}");
        }
    }

    #[test]
    fn a_page_may_be_as_large_as_a_file_that_is_held() {
        // A page that is 300 bytes when unpacked (600 as a zigzag varint), of 3 bytes.
        let page = [0x15, 0, 0x15, 0xd8, 4, 0x15, 6, 0, 1, 2, 3];
        let two = [page, page].concat();
        assert!(judge_pages(&two, 300).is_ok());
        assert!(matches!(judge_pages(&two, 299), Err(IoError::TooLarge(Held::File))));
        assert!(matches!(judge_pages(&two[..20], 300), Err(IoError::Failed(_))));
    }

    #[test]
    fn whatever_the_bytes_are_they_are_read_to_an_end() {
        let whole = nested(3);
        for end in 0..whole.len() {
            assert!(judge_schema(&whole[..end]).is_err(), "{end}");
        }
        let mut random = 7_u64;
        for _ in 0..20_000 {
            let mut bytes = whole.clone();
            for _ in 0..3 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (random >> 33) as usize % bytes.len();
                bytes[at] = (random >> 50) as u8;
            }
            let _ = (judge_schema(&bytes), judge_pages(&bytes, 1_000));
        }
    }
}
