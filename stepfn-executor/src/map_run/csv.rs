//! CSV as Step Functions reads it (AWS, "How Step Functions parses input CSV files").
//!
//! A backslash escapes a backslash, a quote or the delimiter, and disappears before anything else. Two quotes
//! are one, in fields without quotes around them too. Lines that are empty are no rows.

/// Takes bytes as they come and gives the fields of each row.
pub(super) struct Reader {
    delimiter: u8,
    state: State,
    /// Whether a backslash came before.
    escaped: bool,
    /// Whether the last byte was a carriage return that ended a row.
    after_return: bool,
    field: Vec<u8>,
    fields: Vec<String>,
    /// The fields of a row that are held.
    most: usize,
    /// The bytes of the row so far.
    row_bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a row.
    Row,
    /// Before the first byte of another field.
    Field,
    Plain,
    /// After a quote in a field without quotes around it.
    PlainQuote,
    Quoted,
    /// After a quote in a field with quotes around it.
    QuotedQuote,
}

impl Reader {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            state: State::Row,
            escaped: false,
            after_return: false,
            field: Vec::new(),
            fields: Vec::new(),
            most: usize::MAX,
            row_bytes: 0,
        }
    }

    /// Holds only so many fields of each row from now on; what follows them is dropped.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
    }

    /// Returns the bytes of the row so far.
    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// Takes a byte. Gives a row that it ends.
    pub(super) fn take(&mut self, byte: u8) -> Option<Vec<String>> {
        if std::mem::take(&mut self.after_return) && byte == b'\n' {
            return None;
        }
        self.row_bytes += 1;
        if std::mem::take(&mut self.escaped) && (byte == b'\\' || byte == b'"' || byte == self.delimiter) {
            self.leave_quote();
            self.push(byte);
            return None;
        }
        if byte == b'\\' {
            self.escaped = true;
            if matches!(self.state, State::Row | State::Field) {
                self.state = State::Plain;
            }
            return None;
        }
        match (self.state, byte) {
            (State::Row | State::Field, b'"') => self.state = State::Quoted,
            (State::Row, b'\n' | b'\r') => self.row_bytes = 0,
            (State::Quoted, b'"') => self.state = State::QuotedQuote,
            (State::Quoted, byte) => self.field.push(byte),
            (State::QuotedQuote, b'"') => {
                self.field.push(b'"');
                self.state = State::Quoted;
            }
            (State::PlainQuote, b'"') => {
                self.field.push(b'"');
                self.state = State::Plain;
            }
            (State::Plain, b'"') => self.state = State::PlainQuote,
            (_, byte) => {
                self.leave_quote();
                return self.outside(byte);
            }
        }
        None
    }

    /// A byte that is no part of a pair, outside of quotes.
    fn outside(&mut self, byte: u8) -> Option<Vec<String>> {
        match byte {
            b'\n' | b'\r' => {
                self.after_return = byte == b'\r';
                Some(self.end_row())
            }
            byte if byte == self.delimiter => {
                self.end_field();
                self.state = State::Field;
                None
            }
            byte => {
                self.push(byte);
                None
            }
        }
    }

    /// Takes the end. Gives the row that has no line feed behind it.
    pub(super) fn finish(&mut self) -> Option<Vec<String>> {
        self.escaped = false;
        if self.state == State::Row {
            return None;
        }
        self.leave_quote();
        Some(self.end_row())
    }

    /// A lone quote is itself; the second one of a field ends its quotes.
    fn leave_quote(&mut self) {
        if self.state == State::PlainQuote {
            self.field.push(b'"');
        }
        if matches!(self.state, State::PlainQuote | State::QuotedQuote) {
            self.state = State::Plain;
        }
    }

    fn push(&mut self, byte: u8) {
        self.field.push(byte);
        if matches!(self.state, State::Row | State::Field) {
            self.state = State::Plain;
        }
    }

    fn end_field(&mut self) {
        if self.fields.len() < self.most {
            self.fields.push(String::from_utf8_lossy(&self.field).into_owned());
        }
        self.field.clear();
    }

    fn end_row(&mut self) -> Vec<String> {
        self.end_field();
        self.state = State::Row;
        self.row_bytes = 0;
        std::mem::take(&mut self.fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(delimiter: u8, text: &str) -> Vec<Vec<String>> {
        let mut reader = Reader::new(delimiter);
        let mut rows: Vec<_> = text.bytes().filter_map(|byte| reader.take(byte)).collect();
        rows.extend(reader.finish());
        rows
    }

    #[test]
    fn backslashes_escape_three_signs_and_vanish_before_others() {
        for (text, field) in [
            (r"C:\\Program Files\\App.exe", r"C:\Program Files\App.exe"),
            (r"C:\Users\x", "C:Usersx"),
            (r"a\,b", "a,b"),
            (r#"a\"b"#, r#"a"b"#),
            (r#"\"a"#, r#""a"#),
            (r#"{""k"":""v""}"#, r#"{"k":"v"}"#),
            (r#""{\"k\":\"v\"}""#, r#"{"k":"v"}"#),
            (r#""a\\""#, r"a\"),
            (r#""a\nb""#, "anb"),
            (r"\", ""),
            (r#"a"b"#, r#"a"b"#),
            (r#"a""#, r#"a""#),
        ] {
            assert_eq!(rows(b',', text), [[field]], "{text}");
        }
        assert_eq!(rows(b'|', "a\\|b|c\\,d"), [["a|b", "c,d"]]);
        assert_eq!(rows(b'\t', "a\\\tb\tc"), [["a\tb", "c"]]);
    }

    #[test]
    fn rows_end_with_any_line_break_and_empty_lines_are_none() {
        assert_eq!(rows(b',', "a,b\r\n\r\n\n1,2\r3,4\n\n"), [["a", "b"], ["1", "2"], ["3", "4"]]);
        assert_eq!(rows(b',', "a,\n,\n \n"), [vec!["a", ""], vec!["", ""], vec![" "]]);
        assert_eq!(rows(b',', "\"a\r\nb\",\"\"\n"), [["a\r\nb", ""]]);
        assert_eq!(rows(b',', "\"a\",\"b, \"\"c\"\"\""), [["a", "b, \"c\""]]);
        assert_eq!(rows(b',', ""), Vec::<Vec<String>>::new());
    }
}
