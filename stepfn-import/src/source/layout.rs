//! The parts of source, and where its lines end whatever their width: what is too long is broken by `crate::rust`, the one printer.

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
            Self::Block { entries, .. }
                if entries.iter().any(|entry| entry.is_apart && !entry.is_small()) =>
            {
                None
            }
            Self::Block { head, entries } => Some(format!("{head}{{ {} }}", joined(entries)?)),
            Self::List(items) => Some(format!("[{}]", joined(items)?)),
            Self::Chain { parts, operator, tail } => {
                Some(format!("{}{tail}", parts.join(&format!(" {operator} "))))
            }
        }
    }

    /// Appends the piece to text of which the line is indented by `indent`.
    pub(super) fn write(&self, out: &mut String, indent: usize) {
        if let Some(line) = self.inline() {
            out.push_str(&line);
        } else {
            self.write_broken(out, indent);
        }
    }

    /// The same, with an entry on each line.
    pub(super) fn write_broken(&self, out: &mut String, indent: usize) {
        match self {
            Self::Block { head, entries } => {
                out.push_str(head);
                broken(out, entries, indent, ('{', '}'));
            }
            Self::List(items) => broken(out, items, indent, ('[', ']')),
            Self::Text(text) => out.push_str(text),
            Self::Chain { .. } => out.extend(self.inline()),
        }
    }
}

impl Entry {
    /// Returns `true` if a state is no more than a word or two.
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
        entry.value.write(out, inner);
        out.push(',');
    }
    new_line(out, indent);
    out.push(close);
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}
