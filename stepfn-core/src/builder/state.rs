use super::{Catcher, Expr, Retrier, StateRef, scope::Scope};
use crate::{
    asl::{self, Amount, PathField, QueryLanguage, State, StateKind},
    definition::{Call, WorkflowInfo},
    diagnostic::Code,
    shape::Shape,
    task::TaskInfo,
    value::Value,
};

/// A state that is ready to be [defined](super::Scope::define): what [`Task`], [`Choice`] and the other types become.
#[derive(Clone, Debug)]
pub struct StateDef {
    pub(super) state: State,
    /// Templates, by field, lowered when the machine is built.
    pub(super) templates: Vec<(Slot, Expr)>,
    pub(super) next: Option<StateRef>,
    pub(super) default: Option<StateRef>,
    pub(super) rules: Vec<StateRef>,
    pub(super) catch: Vec<StateRef>,
    pub(super) children: Vec<Scope>,
    pub(super) task: Option<(TaskInfo, Call)>,
    pub(super) child: Option<WorkflowInfo>,
    pub(super) result: Option<&'static Shape>,
    /// The type of an item that a Map reads.
    pub(super) item: Option<&'static Shape>,
    /// Whether the Map's processor is written as `Iterator`.
    pub(super) iterator: bool,
    pub(super) processor_config: Option<Value>,
    /// Diagnostics that are allowed here.
    pub(super) allowed: Vec<Code>,
}

impl StateDef {
    pub(super) fn new(kind: StateKind) -> Self {
        Self {
            state: State::new(kind),
            templates: Vec::new(),
            next: None,
            default: None,
            rules: Vec::new(),
            catch: Vec::new(),
            children: Vec::new(),
            task: None,
            child: None,
            result: None,
            item: None,
            iterator: false,
            processor_config: None,
            allowed: Vec::new(),
        }
    }
}

/// A path for a field: its text, or `null` by [`None`].
pub(super) fn path_field(path: Option<&str>) -> Option<PathField> {
    Some(path.map_or(PathField::Null, |path| PathField::Path(path.to_owned())))
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident: $($group:ident)*;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub(super) StateDef);

        impl From<$name> for StateDef {
            fn from(state: $name) -> Self {
                state.0
            }
        }

        impl $name {
            /// `Comment`
            #[must_use]
            pub fn comment(mut self, text: impl Into<String>) -> Self {
                self.0.state.comment = Some(text.into());
                self
            }

            /// Allows a diagnostic: it is not reported for this state and the states inside it.
            ///
            /// In `state_machine!` this is `#[allow(stepfn::code)]`.
            #[must_use]
            pub fn allow(mut self, code: Code) -> Self {
                self.0.allowed.push(code);
                self
            }

            /// `QueryLanguage`, where it is not the machine's.
            #[must_use]
            pub fn query_language(mut self, language: QueryLanguage) -> Self {
                self.0.state.query_language = Some(language);
                self
            }
        }

        $(states!(@$group $name);)*)*
    };
    (@flow $name:ident) => {
        impl $name {
            /// `Next`
            #[must_use]
            pub fn next(mut self, state: StateRef) -> Self {
                self.0.next = Some(state);
                self
            }

            /// `End`
            #[must_use]
            pub fn end(mut self) -> Self {
                self.0.state.end = Some(true);
                self
            }
        }
    };
    (@data $name:ident) => {
        impl $name {
            /// `InputPath`; `None` is `null`, an empty object.
            #[must_use]
            pub fn input_path<'p>(mut self, path: impl Into<Option<&'p str>>) -> Self {
                self.0.state.input_path = path_field(path.into());
                self
            }

            /// `OutputPath`; `None` is `null`, an empty object.
            #[must_use]
            pub fn output_path<'p>(mut self, path: impl Into<Option<&'p str>>) -> Self {
                self.0.state.output_path = path_field(path.into());
                self
            }

            /// `Output` (JSONata): any JSON with [`jsonata`](super::jsonata) expressions in it.
            #[must_use]
            pub fn output(mut self, output: impl Into<Expr>) -> Self {
                self.0.templates.push((Slot::Output, output.into()));
                self
            }
        }
    };
    (@assign $name:ident) => {
        impl $name {
            /// `Assign`
            #[must_use]
            pub fn assign<K: Into<String>>(mut self, variables: impl IntoIterator<Item = (K, Expr)>) -> Self {
                self.0.templates.push((Slot::Assign, super::object(variables)));
                self
            }
        }
    };
    (@result $name:ident) => {
        impl $name {
            /// `ResultPath`; `None` is `null`: the result is discarded.
            #[must_use]
            pub fn result_path<'p>(mut self, path: impl Into<Option<&'p str>>) -> Self {
                self.0.state.result_path = path_field(path.into());
                self
            }

            /// `Parameters`
            #[must_use]
            pub fn parameters<K: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, Expr)>) -> Self {
                self.0.templates.push((Slot::Parameters, super::object(entries)));
                self
            }
        }
    };
    (@work $name:ident) => {
        impl $name {
            /// `ResultSelector`
            #[must_use]
            pub fn result_selector<K: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, Expr)>) -> Self {
                self.0.templates.push((Slot::ResultSelector, super::object(entries)));
                self
            }

            /// Adds an entry to `Retry`.
            #[must_use]
            pub fn retry(mut self, retrier: Retrier) -> Self {
                self.0.state.retry.get_or_insert_default().push(retrier.0);
                self
            }

            /// Adds entries to `Retry`: a list that many states share.
            #[must_use]
            pub fn retries(self, retriers: impl IntoIterator<Item = Retrier>) -> Self {
                retriers.into_iter().fold(self, Self::retry)
            }

            /// Adds entries to `Catch`: a list that many states share.
            #[must_use]
            pub fn catches(self, catchers: impl IntoIterator<Item = Catcher>) -> Self {
                catchers.into_iter().fold(self, Self::catch)
            }

            /// Adds an entry to `Catch`.
            #[must_use]
            pub fn catch(mut self, catcher: Catcher) -> Self {
                let at = self.0.state.catch.get_or_insert_default().len();
                self.0.state.catch.get_or_insert_default().push(catcher.catcher);
                self.0.catch.push(catcher.next);
                if let Some(assign) = catcher.assign {
                    self.0.templates.push((Slot::CatchAssign(at), assign));
                }
                if let Some(output) = catcher.output {
                    self.0.templates.push((Slot::CatchOutput(at), output));
                }
                self
            }
        }
    };
    (@arguments $name:ident) => {
        impl $name {
            /// `Arguments` (JSONata): any JSON with [`jsonata`](super::jsonata) expressions in it.
            #[must_use]
            pub fn arguments(mut self, arguments: impl Into<Expr>) -> Self {
                self.0.templates.push((Slot::Arguments, arguments.into()));
                self
            }
        }
    };
}

/// The field of a template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    Parameters,
    /// `Payload` in `Parameters`, or in `Arguments` where the state is JSONata's.
    Payload,
    Arguments,
    ResultSelector,
    Items,
    ItemReader,
    ItemSelector,
    ItemBatcher,
    ResultWriter,
    Credentials,
    Output,
    Assign,
    RuleAssign(usize),
    RuleOutput(usize),
    CatchAssign(usize),
    CatchOutput(usize),
}

impl Slot {
    /// The field, below the state.
    pub(super) fn field(self) -> String {
        match self {
            Self::RuleAssign(index) => format!("Choices/{index}/Assign"),
            Self::RuleOutput(index) => format!("Choices/{index}/Output"),
            Self::CatchAssign(index) => format!("Catch/{index}/Assign"),
            Self::CatchOutput(index) => format!("Catch/{index}/Output"),
            Self::Payload => "Parameters".to_owned(),
            field => format!("{field:?}"),
        }
    }
}

states! {
    /// A `Task` state.
    Task: flow data assign result work arguments;
    /// A `Pass` state.
    Pass: flow data assign result;
    /// A `Choice` state.
    Choice: data assign;
    /// A `Wait` state.
    Wait: flow data assign;
    /// A `Succeed` state.
    Succeed: data;
    /// A `Fail` state.
    Fail: ;
    /// A `Parallel` state.
    Parallel: flow data assign result work arguments;
    /// A `Map` state.
    Map: flow data assign result work;
}

/// Makes of a row of the schema the method that sets the field, where the field is a number or a text of the state's own. What takes data,
/// what is shared and what makes the state is written by hand.
macro_rules! setter {
    (State $($row:tt)*) => {};
    (Wait $($row:tt)*) => {};
    (Choice $($row:tt)*) => {};
    ($holder:ident $name:literal $field:ident: Option<Amount>, $kind:expr, $owners:expr, $language:expr, $docs:literal) => {
        impl $holder {
            #[doc = concat!("`", $name, "`", $docs)]
            #[must_use]
            pub fn $field(mut self, amount: impl Into<Amount>) -> Self {
                if let StateKind::$holder(own) = &mut self.0.state.kind {
                    own.$field = Some(amount.into());
                }
                self
            }
        }
    };
    ($holder:ident $name:literal $field:ident: Option<String>, $kind:expr, $owners:expr, $language:expr, $docs:literal) => {
        impl $holder {
            #[doc = concat!("`", $name, "`", $docs)]
            #[must_use]
            pub fn $field(mut self, text: impl Into<String>) -> Self {
                if let StateKind::$holder(own) = &mut self.0.state.kind {
                    own.$field = Some(text.into());
                }
                self
            }
        }
    };
    ($($row:tt)*) => {};
}

macro_rules! setters {
    ($({ $($row:tt)* })*) => { $(setter! { $($row)* })* };
}

asl::schema::rows::state_fields!(setters);

impl Pass {
    /// A state that hands on what it gets, or makes something of it.
    pub fn new() -> Self {
        Self(StateDef::new(StateKind::Pass(asl::Pass::default())))
    }

    /// `Result`: taken literally.
    #[must_use]
    pub fn result(mut self, result: impl Into<Value>) -> Self {
        self.0.state.kind = StateKind::Pass(asl::Pass { result: Some(result.into()) });
        self
    }
}

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl Wait {
    fn of(wait: asl::Wait) -> Self {
        Self(StateDef::new(StateKind::Wait(wait)))
    }

    /// `Seconds`
    pub fn seconds(seconds: impl Into<Amount>) -> Self {
        Self::of(asl::Wait { seconds: Some(seconds.into()), ..asl::Wait::default() })
    }

    /// `SecondsPath`
    pub fn seconds_path(path: impl Into<String>) -> Self {
        Self::of(asl::Wait { seconds_path: Some(path.into()), ..asl::Wait::default() })
    }

    /// `Timestamp`
    pub fn timestamp(timestamp: impl Into<String>) -> Self {
        Self::of(asl::Wait { timestamp: Some(timestamp.into()), ..asl::Wait::default() })
    }

    /// `TimestampPath`
    pub fn timestamp_path(path: impl Into<String>) -> Self {
        Self::of(asl::Wait { timestamp_path: Some(path.into()), ..asl::Wait::default() })
    }
}

impl Succeed {
    /// A state that ends the execution well.
    pub fn new() -> Self {
        Self(StateDef::new(StateKind::Succeed))
    }
}

impl Default for Succeed {
    fn default() -> Self {
        Self::new()
    }
}

impl Fail {
    /// A state that fails the execution.
    pub fn new() -> Self {
        Self(StateDef::new(StateKind::Fail(asl::Fail::default())))
    }
}

impl Default for Fail {
    fn default() -> Self {
        Self::new()
    }
}

impl Parallel {
    /// A state whose branches run side by side.
    pub fn new() -> Self {
        Self(StateDef::new(StateKind::Parallel(asl::Parallel::default())))
    }

    /// Adds a branch.
    #[must_use]
    pub fn branch(mut self, branch: Scope) -> Self {
        self.0.children.push(branch);
        self
    }
}

impl Default for Parallel {
    fn default() -> Self {
        Self::new()
    }
}
