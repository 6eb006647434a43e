use super::Severity;

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident,)*) => {
        /// Which rule a diagnostic is about: a kebab-case word that stays the same over releases.
        ///
        /// A code's [severity](Self::severity) is that of its diagnostics where the diagnostic does not say otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // each has a page of its own, see `Code::page`
        #[non_exhaustive]
        pub enum Code {
            $($variant),*
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code's word.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            /// Returns the severity of a breach.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity),*
                }
            }
        }
    };
}

codes! {
    InvalidJson "invalid-json" Error,
    MissingField "missing-field" Error,
    WrongKind "wrong-kind" Error,
    DuplicateKey "duplicate-key" Error,
    UnknownStateType "unknown-state-type" Error,
    UnknownOperator "unknown-operator" Error,
    UnknownField "unknown-field" Error,
    FieldNotAllowed "field-not-allowed" Error,
    WrongQueryLanguage "wrong-query-language" Error,
    UnknownState "unknown-state" Error,
    UnreachableState "unreachable-state" Error,
    NoTerminalState "no-terminal-state" Error,
    EndlessLoop "endless-loop" Warning,
    MissingTransition "missing-transition" Error,
    ConflictingTransition "conflicting-transition" Error,
    DuplicateStateName "duplicate-state-name" Error,
    EmptyList "empty-list" Error,
    OverLimit "over-limit" Error,
    InvalidVersion "invalid-version" Warning,
    InvalidPath "invalid-path" Error,
    NotAReferencePath "not-a-reference-path" Error,
    ResultPathContext "result-path-context" Error,
    InvalidIntrinsic "invalid-intrinsic" Error,
    InvalidTemplate "invalid-template" Error,
    ExpressionAsText "expression-as-text" Warning,
    InvalidJsonata "invalid-jsonata" Error,
    UnknownFunction "unknown-function" Error,
    FunctionArguments "function-arguments" Error,
    TopLevelContext "top-level-context" Error,
    NoSuchStatesField "no-such-states-field" Error,
    VariableName "variable-name" Error,
    ShadowedVariable "shadowed-variable" Error,
    ConflictingOperators "conflicting-operators" Error,
    ChoiceOperand "choice-operand" Error,
    DeadChoiceRule "dead-choice-rule" Warning,
    ErrorNames "error-names" Error,
    UnknownErrorName "unknown-error-name" Warning,
    UncatchableError "uncatchable-error" Warning,
    ShadowedError "shadowed-error" Warning,
    RetryValues "retry-values" Error,
    TimeoutValues "timeout-values" Error,
    WaitFields "wait-fields" Error,
    FailFields "fail-fields" Error,
    MapFields "map-fields" Error,
    MapLabel "map-label" Error,
    InvalidResource "invalid-resource" Error,
    UnknownService "unknown-service" Error,
    UnknownAction "unknown-action" Error,
    UnsupportedPattern "unsupported-pattern" Error,
    MissingParameter "missing-parameter" Error,
    UnknownParameter "unknown-parameter" Error,
    WrongParameter "wrong-parameter" Error,
    MissingTaskToken "missing-task-token" Error,
    CallbackWithoutTimeout "callback-without-timeout" Warning,
    Express "express" Error,
    NoSuchField "no-such-field" Error,
    MaybeMissing "maybe-missing" Error,
    WrongType "wrong-type" Error,
    UnknownLiteral "unknown-literal" Error,
    DoesNotFit "does-not-fit" Error,
    UnraisedError "unraised-error" Error,
    ChoiceMayNotMatch "choice-may-not-match" Error,
    TokenOutOfPlace "token-out-of-place" Error,
    UnassignedVariable "unassigned-variable" Error,
    UnwrittenField "unwritten-field" Warning,
    CannotTell "cannot-tell" Error,
    NumberOutOfRange "number-out-of-range" Warning,
}

crate::named!(Code, "diagnostic");
