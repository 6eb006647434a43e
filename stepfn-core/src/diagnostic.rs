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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    names
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| {
            // A name cut short (`Timeout` for `TimeoutSeconds`) is as near as a slip.
            (*distance <= limit && *distance < name.chars().count())
                || (name.len() >= 4 && candidate.to_lowercase().starts_with(&name.to_lowercase()))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Damerau-Levenshtein distance (adjacent swaps count once), case ignored.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitution = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
    }
}
