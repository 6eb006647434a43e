//! The rules.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident),* $(,)?) => {
        /// Which rule a finding is about: a kebab-case word that stays the same over releases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // each has a page of its own, see `Code::page`
        pub enum Code { $($variant),* }
        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// The code's word.
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// How bad a breach is.
            pub fn severity(self) -> crate::diagnostic::Severity { match self { $(Self::$variant => crate::diagnostic::Severity::$severity),* } }
        }
    };
}
codes! {
    MissingField "missing-field" Error,
    WrongKind "wrong-kind" Error,
    DuplicateKey "duplicate-key" Error,
    UnknownStateType "unknown-state-type" Error,
    UnknownOperator "unknown-operator" Error,
    UnknownField "unknown-field" Error,
    UnknownState "unknown-state" Error,
    NoSuchField "no-such-field" Error,
    MaybeMissing "maybe-missing" Error,
    WrongType "wrong-type" Error,
    UnknownLiteral "unknown-literal" Error,
    DoesNotFit "does-not-fit" Error,
    UnraisedError "unraised-error" Error,
    ChoiceMayNotMatch "choice-may-not-match" Error,
    TokenOutOfPlace "token-out-of-place" Error,
    UnassignedVariable "unassigned-variable" Error,
}

/// What the checks need to know beside the machine.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Standard or Express.
    pub workflow_type: crate::definition::WorkflowType,
}

/// Judges a machine by the structural rules.
pub fn check(_machine: &crate::asl::StateMachine, _options: &Options) -> Vec<crate::diagnostic::Diagnostic> {
    Vec::new()
}
