use std::fmt;

/// The capacity of one message.
const CAPACITY: usize = 1536;

/// A text that is put together while rustc compiles, where there is no heap. Text that does not fit is cut.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Text {
    /// An empty text.
    pub const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        let (used, _) = self.bytes.split_at(self.len);
        // Only whole characters are ever pushed, so this cannot fail; the arm is there because const fns cannot unwrap.
        match std::str::from_utf8(used) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// Appends a text; the part of it that does not fit is left out, at a character's border.
    pub const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut end = bytes.len();
        if end > CAPACITY - self.len {
            end = CAPACITY - self.len;
            while end > 0 && !text.is_char_boundary(end) {
                end -= 1;
            }
        }
        let mut i = 0;
        while i < end {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    /// Appends a text in backticks.
    pub const fn code(&mut self, text: &str) {
        self.push("`");
        self.push(text);
        self.push("`");
    }

    /// Appends a whole number.
    pub const fn number(&mut self, value: i128) {
        if value < 0 {
            self.push("-");
        }
        let mut rest = value.unsigned_abs();
        let mut digits = [0u8; 40];
        let mut count = 0;
        loop {
            digits[count] = b'0' + (rest % 10) as u8;
            count += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        while count > 0 && self.len < CAPACITY {
            count -= 1;
            self.bytes[self.len] = digits[count];
            self.len += 1;
        }
    }

    pub(super) const fn mark(&self) -> usize {
        self.len
    }

    pub(super) const fn rewind(&mut self, mark: usize) {
        self.len = mark;
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Returns `true` if two texts are the same.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns `true` if a list holds a text.
pub(super) const fn contains(list: &[&str], text: &str) -> bool {
    let mut i = 0;
    while i < list.len() {
        if same(list[i], text) {
            return true;
        }
        i += 1;
    }
    false
}

/// Longest name whose distance is measured; longer ones are strangers to each other.
const LONGEST: usize = 48;

/// Returns whether one name is near enough to another to have been meant: the same rule as
/// [`nearest`](crate::diagnostic::nearest), over bytes.
pub(super) const fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut before = [0usize; LONGEST + 1];
    let mut last = [0usize; LONGEST + 1];
    let mut row = [0usize; LONGEST + 1];
    let mut j = 0;
    while j <= b.len() {
        last[j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        row[0] = i;
        let mut j = 1;
        while j <= b.len() {
            let (x, y) = (a[i - 1].to_ascii_lowercase(), b[j - 1].to_ascii_lowercase());
            let mut best = last[j - 1] + if x == y { 0 } else { 1 };
            if last[j] + 1 < best {
                best = last[j] + 1;
            }
            if row[j - 1] + 1 < best {
                best = row[j - 1] + 1;
            }
            let swapped =
                i > 1 && j > 1 && x == b[j - 2].to_ascii_lowercase() && a[i - 2].to_ascii_lowercase() == y;
            if swapped && before[j - 2] + 1 < best {
                best = before[j - 2] + 1;
            }
            row[j] = best;
            j += 1;
        }
        before = last;
        last = row;
        i += 1;
    }
    last[b.len()]
}

/// Returns the distance at which a name still counts as a slip.
pub(super) const fn slip(name: &str) -> usize {
    match name.len() / 3 {
        0 => 1,
        n if n > 3 => 3,
        n => n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character() {
        let mut text = Text::new();
        for _ in 0..CAPACITY {
            text.push("한");
        }
        assert_eq!(text.as_str().len(), CAPACITY / 3 * 3);
        assert!(text.as_str().chars().all(|c| c == '한'));
        text.number(i128::MIN);
    }

    #[test]
    fn numbers_are_written() {
        let mut text = Text::new();
        text.number(i128::MIN);
        text.push(" ");
        text.number(0);
        assert_eq!(text.as_str(), format!("{} 0", i128::MIN));
    }

    #[test]
    fn distance_counts_edits_and_swaps() {
        assert_eq!(distance("totlAmount", "totalAmount"), 1);
        assert_eq!(distance("laod", "Load"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance(&"x".repeat(99), "x"), usize::MAX);
    }
}
