//! Findings: what is wrong, where, and what to write instead.
//!
//! Every front door (macro, builder, command line) shows the same [`Diagnostic`]; it only maps the JSON pointer to what its
//! user sees.
//!
//! ```
//! use stepfn_core::diagnostic::{Code, Diagnostic, Severity};
//!
//! let finding = Diagnostic::new(Code::UnknownState, "/States/Load/Next", "no state is named `Stroe`")
//!     .help("did you mean `Store`?");
//! assert_eq!(finding.severity, Severity::Error);
//! assert_eq!(finding.code.name(), "unknown-state");
//! ```

use std::{fmt, ops::Range};

pub use crate::check::Code;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Legal, but surely a mistake.
    Warning,
    /// AWS refuses it, or it must fail at run time.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Which rule was broken.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) into the definition.
    pub at: String,
    /// Whether the key at `at` is meant, not its value.
    pub on_key: bool,
    /// Byte range inside the string at `at`, where only a part of it is meant.
    pub range: Option<Range<usize>>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding with the severity that its code has.
    pub fn new(code: Code, at: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            at: at.into(),
            on_key: false,
            range: None,
            message: message.into(),
            help: None,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to write instead, where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// Says that the key is meant.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }

    /// Says which part of the string is meant.
    #[must_use]
    pub fn range(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    /// The name of the innermost state that the finding is in.
    pub fn state(&self) -> Option<String> {
        let tokens: Vec<_> = self.at.split('/').collect();
        let index = tokens.iter().rposition(|token| *token == "States")?;
        tokens.get(index + 1).map(|token| token.replace("~1", "/").replace("~0", "~"))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  at {}", self.severity, self.code.name(), self.message, self.at)?;
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Findings that stand in the way of a definition: at least one is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Whether one of the findings is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// The name nearest to a misspelt one, if one is near enough to be meant.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let is_long = name.len() >= 4;
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let (mut other, mut rows) = (Vec::new(), Rows::default());
    let mut best: Option<(usize, &str)> = None;
    for candidate in names {
        other.clear();
        if candidate.is_ascii() {
            other.extend(candidate.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            other.extend(candidate.chars().flat_map(char::to_lowercase));
        }
        // A name cut short (`Timeout` for `TimeoutSeconds`) is as near as a slip.
        let cut_short = is_long && other.starts_with(&name);
        // Nothing is left of a name whose every letter is another.
        let distance = match rows.distance(&name, &other, limit).filter(|distance| *distance < name.len()) {
            Some(distance) => distance,
            None if cut_short => other.len() - name.len(),
            None => continue,
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The last three rows of the table that a distance is computed in. A definition may have thousands of names, so that the table
/// is kept between two of them.
#[derive(Default)]
struct Rows {
    before: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Rows {
    /// Damerau-Levenshtein distance (adjacent swaps count once); none above a limit.
    fn distance(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        // Farther from the diagonal than the limit nothing counts.
        let far = limit + 1;
        self.last.clear();
        self.last.extend((0..=b.len()).map(|j| j.min(far)));
        for i in 1..=a.len() {
            self.row.clear();
            self.row.resize(b.len() + 1, far);
            self.row[0] = i.min(far);
            let band = i.saturating_sub(limit).max(1)..=(i + limit).min(b.len());
            let mut least = self.row[0];
            for j in band {
                let substitution = self.last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = substitution.min(self.last[j] + 1).min(self.row[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(self.before[j - 2] + 1);
                }
                self.row[j] = best.min(far);
                least = least.min(best);
            }
            if least > limit {
                return None;
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        self.last.get(b.len()).copied().filter(|distance| *distance <= limit)
    }
}

/// `a`, `b` and `c`, each in backticks; long lists are cut.
pub fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    const MOST: usize = 12;
    let names: Vec<_> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > MOST { format!("{}, …", names[..MOST].join(", ")) } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_takes_slips_and_leaves_strangers() {
        let names = ["CheckValidation", "TransformData", "LoadData"];
        assert_eq!(nearest("CheckValidaton", names), Some("CheckValidation"));
        assert_eq!(nearest("LaodData", names), Some("LoadData"));
        assert_eq!(nearest("loaddata", names), Some("LoadData"));
        assert_eq!(nearest("Timeout", ["Type", "TimeoutSeconds"]), Some("TimeoutSeconds"));
        assert_eq!(nearest("Publish", names), None);
        assert_eq!(nearest("", names), None);
        // Nothing is left of a name whose every letter is another.
        assert_eq!(nearest("C", ["A", "B"]), None);
        assert_eq!(nearest("승인하기", ["승인", "처리하기", "승인하가"]), Some("승인하가"));
        assert_eq!(nearest("Load", ["LoadData", "Lode"]), Some("LoadData"));
    }

    #[test]
    fn distances_are_those_of_the_whole_table() {
        let whole = |a: &[char], b: &[char]| {
            let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
            for i in 0..=a.len() {
                for j in 0..=b.len() {
                    table[i][j] = match (i, j) {
                        (0, n) | (n, 0) => n,
                        _ => {
                            let same = usize::from(a[i - 1] != b[j - 1]);
                            let mut best = (table[i - 1][j - 1] + same)
                                .min(table[i - 1][j] + 1)
                                .min(table[i][j - 1] + 1);
                            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                                best = best.min(table[i - 2][j - 2] + 1);
                            }
                            best
                        }
                    };
                }
            }
            table[a.len()][b.len()]
        };
        // All words of up to five letters out of two.
        let words: Vec<Vec<char>> = (0..=5_u32)
            .flat_map(|length| {
                (0..1_u32 << length).map(move |bits| {
                    (0..length).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' }).collect()
                })
            })
            .collect();
        let mut rows = Rows::default();
        for a in &words {
            for b in &words {
                for limit in 1..=3 {
                    let distance = whole(a, b);
                    assert_eq!(
                        rows.distance(a, b, limit),
                        (distance <= limit).then_some(distance),
                        "{a:?} {b:?} {limit}"
                    );
                }
            }
        }
    }
}
