//! Files on disk beside what would be generated.

use std::{fmt, path::PathBuf};

/// A file that is not what would be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The text is another.
    Stale {
        /// The file.
        path: PathBuf,
        /// The first line that differs, from 1.
        line: usize,
        /// The line in the file; `None` where the file ends before.
        found: Option<String>,
        /// The line as it would be generated; `None` where the text ends before.
        expected: Option<String>,
    },
    /// The file does not exist.
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file was generated for a machine that is gone.
    Leftover {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line_text = |line: &Option<String>| match line {
            Some(text) => format!("`{text}`"),
            None => "the end of the file".to_owned(),
        };
        match self {
            Self::Stale { path, line, found, expected } if found == expected => {
                write!(f, "stale: {}, line {line}: the line ends otherwise", path.display())
            }
            Self::Stale { path, line, found, expected } => write!(
                f,
                "stale: {}, line {line}: found {}, expected {}",
                path.display(),
                line_text(found),
                line_text(expected)
            ),
            Self::Missing { path } => write!(f, "missing: {}", path.display()),
            Self::Leftover { path } => {
                write!(f, "leftover: {}: its machine or format is gone", path.display())
            }
        }
    }
}

/// Returns `true` if a file's bytes are the text, or the text as a Git on Windows checks it out.
pub(crate) fn is_same(found: &[u8], expected: &str) -> bool {
    found == expected.as_bytes() || found == expected.replace('\n', "\r\n").as_bytes()
}

pub(crate) fn stale(path: PathBuf, found: &[u8], expected: &str) -> Difference {
    let found = String::from_utf8_lossy(found);
    let (mut found, mut expected) = (found.split_inclusive('\n'), expected.split_inclusive('\n'));
    let mut line = 1;
    loop {
        match (found.next(), expected.next()) {
            (Some(found), Some(expected)) if found == expected => line += 1,
            (found, expected) => {
                return Difference::Stale {
                    path,
                    line,
                    found: found.map(shorten),
                    expected: expected.map(shorten),
                };
            }
        }
    }
}

/// Enough of a line to recognise it by, without its end.
fn shorten(line: &str) -> String {
    const LENGTH: usize = 100;
    let line = line.trim_end_matches(['\r', '\n']);
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
