//! How source is laid out: on one line where it fits, as the examples are.

/// The longest line, in characters, as in `rustfmt.toml`.
const WIDTH: usize = 110;
const STEP: usize = 4;

/// A part of the source.
#[derive(Debug)]
pub(super) enum Piece {
    /// Words of one line, or a raw string of several.
    Text(String),
    /// `head { key: value, … }`
    Block { head: String, entries: Vec<Entry> },
    /// `[ …, … ]`
    List(Vec<Entry>),
    /// Conditions between one operator, and what follows them.
    Chain { parts: Vec<String>, operator: &'static str, tail: String },
}

/// An element of a block or a list.
#[derive(Debug)]
pub(super) struct Entry {
    /// Doc comments and attributes, line by line.
    pub(super) above: Vec<String>,
    /// `key: `, or nothing in a list.
    pub(super) key: String,
    pub(super) value: Piece,
    /// Whether an empty line keeps it from its neighbours: a state.
    pub(super) is_apart: bool,
}

impl Entry {
    pub(super) fn item(value: Piece) -> Self {
        Self { above: Vec::new(), key: String::new(), value, is_apart: false }
    }

    pub(super) fn field(key: &str, value: Piece) -> Self {
        Self { above: Vec::new(), key: format!("{key}: "), value, is_apart: false }
    }
}

impl Piece {
    /// On one line, if it can be.
    fn inline(&self) -> Option<String> {
        match self {
            Self::Text(text) => (!text.contains('\n')).then(|| text.clone()),
            Self::Block { head, entries } if entries.is_empty() => Some(format!("{head}{{}}")),
            Self::Block { head, entries } => Some(format!("{head}{{ {} }}", joined(entries)?)),
            Self::List(items) => Some(format!("[{}]", joined(items)?)),
            Self::Chain { parts, operator, tail } => {
                Some(format!("{}{tail}", parts.join(&format!(" {operator} "))))
            }
        }
    }

    /// Appends the piece to text of which the last line has `column` characters.
    pub(super) fn write(&self, out: &mut String, indent: usize, column: usize) {
        if let Some(line) = self.inline()
            && column + line.chars().count() < WIDTH
            && !matches!(self, Self::Block { entries, .. } if entries.iter().any(|entry| entry.is_apart && !entry.is_small()))
        {
            out.push_str(&line);
            return;
        }
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Block { head, entries } => {
                out.push_str(head);
                broken(out, entries, indent, ('{', '}'));
            }
            Self::List(items) => match items.as_slice() {
                // A list of one block keeps its brackets close.
                [only] if only.above.is_empty() && matches!(only.value, Self::Block { .. }) => {
                    out.push('[');
                    only.value.write(out, indent, column + 1);
                    out.push(']');
                }
                _ => broken(out, items, indent, ('[', ']')),
            },
            Self::Chain { parts, operator, tail } => {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        new_line(out, indent + STEP);
                        out.push_str(operator);
                        out.push(' ');
                    }
                    out.push_str(part);
                }
                out.push_str(tail);
            }
        }
    }
}

impl Entry {
    /// Whether a state is no more than a word or two.
    fn is_small(&self) -> bool {
        matches!(&self.value, Piece::Block { entries, .. } if entries.len() < 3)
    }

    fn inline(&self) -> Option<String> {
        if !self.above.is_empty() {
            return None;
        }
        Some(format!("{}{}", self.key, self.value.inline()?))
    }
}

fn joined(entries: &[Entry]) -> Option<String> {
    let entries: Option<Vec<String>> = entries.iter().map(Entry::inline).collect();
    Some(entries?.join(", "))
}

fn broken(out: &mut String, entries: &[Entry], indent: usize, (open, close): (char, char)) {
    out.push(open);
    let inner = indent + STEP;
    for (index, entry) in entries.iter().enumerate() {
        if entry.is_apart && index > 0 {
            out.push('\n');
        }
        for line in &entry.above {
            new_line(out, inner);
            out.push_str(line);
        }
        new_line(out, inner);
        out.push_str(&entry.key);
        // The comma behind takes a place, too.
        entry.value.write(out, inner, inner + entry.key.chars().count() + 1);
        out.push(',');
    }
    new_line(out, indent);
    out.push(close);
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}
