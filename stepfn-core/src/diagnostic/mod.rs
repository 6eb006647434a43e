//! Diagnostics: what is wrong, where, and what to write instead.
//!
//! Every front door (macro, builder, command line) shows the same [`Diagnostic`]; it only maps the JSON pointer to what its
//! user sees.
//!
//! ```
//! use stepfn_core::diagnostic::{Code, Diagnostic, Severity};
//!
//! let diagnostic = Diagnostic::new(Code::UnknownState, "/States/Load/Next", "no state is named `Stroe`")
//!     .help("did you mean `Store`?");
//! assert_eq!(diagnostic.severity, Severity::Error);
//! assert_eq!(diagnostic.code.name(), "unknown-state");
//! ```

mod code;
mod fix;

use std::{fmt, ops::Range, panic::Location};

pub use self::{
    code::Code,
    fix::{Edit, Fix},
};
use crate::json::{Pointer, to_string};
pub(crate) use crate::names::Comparisons;
pub use crate::names::{UnknownName, list, nearest, only_near};

/// The severity of a diagnostic.
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

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The rule that was broken.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The place in the definition.
    pub at: Pointer,
    /// Whether the diagnostic is about the key at `at`, not its value.
    pub on_key: bool,
    /// Byte range inside the string at `at`, where only a part of it is meant.
    pub range: Option<Range<usize>>,
    /// The error: lower case, no full stop.
    pub message: String,
    /// The change to make, if there is one to suggest.
    pub help: Option<String>,
    /// The name that the diagnostic is about, where there is one.
    pub subject: Option<Subject>,
    /// Other places that have to do with it.
    pub labels: Vec<Label>,
    /// The edits that put it right, where a tool can make them.
    pub fix: Option<Fix>,
    /// The call of the [builder](crate::builder) that wrote the state, or the machine, that it is in.
    pub written: Option<&'static Location<'static>>,
}

/// The subject of a diagnostic: its kind, and its name in the definition. Renderers use it in place of the message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// A field of ASL that an object has or lacks.
    Field(String),
    /// A state.
    State(String),
    /// A parameter of a service's action.
    Parameter(String),
    /// A function of JSONata or of `States.`.
    Function(String),
    /// A service, or an action of one.
    Service(String),
    /// The name of an error.
    Error(String),
    /// A variable.
    Variable(String),
    /// One of the words that a field takes.
    Word(String),
}

impl Subject {
    /// The kind of the thing, as a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Field(_) => "field",
            Self::State(_) => "state",
            Self::Parameter(_) => "parameter",
            Self::Function(_) => "function",
            Self::Service(_) => "service",
            Self::Error(_) => "error",
            Self::Variable(_) => "variable",
            Self::Word(_) => "word",
        }
    }

    /// The name of the thing.
    pub fn name(&self) -> &str {
        match self {
            Self::Field(name)
            | Self::State(name)
            | Self::Parameter(name)
            | Self::Function(name)
            | Self::Service(name)
            | Self::Error(name)
            | Self::Variable(name)
            | Self::Word(name) => name,
        }
    }
}

/// A place that has to do with a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Label {
    /// The place in the definition.
    pub at: Pointer,
    /// Whether the label is about the key at `at`, not its value.
    pub on_key: bool,
    /// The text of the label: lower case, no full stop.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic with the severity that its code has.
    pub fn new(code: Code, at: impl Into<Pointer>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            at: at.into(),
            on_key: false,
            range: None,
            message: message.into(),
            help: None,
            subject: None,
            labels: Vec::new(),
            fix: None,
            written: None,
        }
    }

    /// Names what the diagnostic is about.
    #[must_use]
    pub fn subject(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Points at the value of another place that has to do with it.
    #[must_use]
    pub fn label(mut self, at: impl Into<Pointer>, message: impl Into<String>) -> Self {
        self.labels.push(Label { at: at.into(), on_key: false, message: message.into() });
        self
    }

    /// Points at the key of another place that has to do with it.
    #[must_use]
    pub fn label_on_key(mut self, at: impl Into<Pointer>, message: impl Into<String>) -> Self {
        self.labels.push(Label { at: at.into(), on_key: true, message: message.into() });
        self
    }

    /// Adds the edit that puts it right.
    #[must_use]
    pub fn fix(mut self, edit: Edit, certain: bool) -> Self {
        self.fix = Some(Fix { edits: vec![edit], certain });
        self
    }

    /// Suggests the nearest of the names that are possible here, with a help and a [`Fix`]; does nothing if none is near.
    /// [`on_key`](Self::on_key) and [`range`](Self::range) determine where the name is, so call them first.
    #[must_use]
    pub fn did_you_mean<'n>(self, name: &str, names: impl IntoIterator<Item = &'n str> + Clone) -> Self {
        let at = self.at.clone();
        let range = self.range.clone();
        let on_key = self.on_key;
        self.suggest_edit(name, names, |near| match (on_key, range) {
            (true, _) => {
                // The key may have more than the name: `Buket.$`.
                let to = format!("{near}{}", at.last().strip_prefix(name).unwrap_or_default());
                Edit::Key { at, to }
            }
            (false, Some(range)) => Edit::Part { at, range, to: near.to_owned() },
            (false, None) => Edit::Value { at, to: to_string(&near.into()) },
        })
    }

    /// Suggests the nearest of the names in place of a part of the string at the place, though the whole string is pointed at.
    #[must_use]
    pub(crate) fn did_you_mean_in<'n>(
        self,
        part: Option<Range<usize>>,
        name: &str,
        names: impl IntoIterator<Item = &'n str> + Clone,
    ) -> Self {
        let at = self.at.clone();
        let Some(range) = part else {
            let near = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            return self.maybe_help(near);
        };
        self.suggest_edit(name, names, |near| Edit::Part { at, range, to: near.to_owned() })
    }

    fn suggest_edit<'n>(
        self,
        name: &str,
        names: impl IntoIterator<Item = &'n str> + Clone,
        edit: impl FnOnce(&str) -> Edit,
    ) -> Self {
        let Some(near) = nearest(name, names.clone()) else { return self };
        let certain = only_near(name, names) == Some(near);
        self.help(format!("did you mean `{near}`?")).fix(edit(near), certain)
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

    /// Places the diagnostic at the key, not its value.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }

    /// Places the diagnostic at a part of the string.
    #[must_use]
    pub fn range(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    /// The name of the innermost state that the diagnostic is in.
    pub fn state(&self) -> Option<String> {
        self.at.innermost_state().map(|(_, name)| name)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  at {}", self.severity, self.code.name(), self.message, self.at)?;
        if let Some(written) = self.written {
            write!(f, "\n --> {written}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// The diagnostics that prevent a definition: at least one is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Returns `true` if one of the diagnostics is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_may_be_called_as_the_field_is() {
        for (at, state) in [
            ("/States/States/Next", Some("States")),
            ("/States/A/Parameters/States/x", Some("A")),
            ("/States/A/ItemProcessor/States/a~1b/Next", Some("a/b")),
            ("/States/A/Branches/1/States/States/Branches/0/StartAt", Some("States")),
            ("/States", None),
            ("/StartAt", None),
            ("", None),
        ] {
            assert_eq!(Diagnostic::new(Code::WrongKind, at, "").state().as_deref(), state, "{at}");
        }
    }

    #[test]
    fn what_was_meant_is_an_edit_of_the_place() {
        let edit = |diagnostic: Diagnostic| {
            let fix = diagnostic.did_you_mean("Buket", ["Bucket", "Key"]).fix.unwrap();
            (fix.edits, fix.certain)
        };
        let at = || Pointer::from("/a/Buket.$");
        let diagnostic = || Diagnostic::new(Code::UnknownParameter, at(), "");
        assert_eq!(
            edit(diagnostic().on_key()),
            (vec![Edit::Key { at: at(), to: "Bucket.$".to_owned() }], true)
        );
        assert_eq!(
            edit(diagnostic().range(2..7)),
            (vec![Edit::Part { at: at(), range: 2..7, to: "Bucket".to_owned() }], true)
        );
        assert_eq!(edit(diagnostic()), (vec![Edit::Value { at: at(), to: "\"Bucket\"".to_owned() }], true));
        assert_eq!(diagnostic().did_you_mean("Stranger", ["Bucket"]), diagnostic());
    }
}
