//! The structs of the model, made of the rows of the [schema](super::schema).

use indexmap::IndexMap;

use super::{
    Amount, ChoiceRule, PathField, QueryLanguage, Resource, StateKind, Unknown,
    schema::rows::{catcher_fields, machine_fields, retrier_fields, state_fields},
};
use crate::value::Value;

/// Makes a struct of its rows, after the fields that are no rows.
macro_rules! structure {
    ($(#[$meta:meta])* $name:ident { $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)* }
        $({ $holder:ident $asl:literal $field:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        $(#[$meta])*
        pub struct $name {
            $(#[doc = concat!("`", $asl, "`", $docs)] pub $field: $type,)*
            $($(#[$own_meta])* pub $own: $own_type,)*
        }
    };
}

/// Sorts the rows of states by the struct that holds them: one list for each, in brackets.
macro_rules! states {
    ([$($own:tt)*] $task:tt $pass:tt $choice:tt $wait:tt $fail:tt $parallel:tt $map:tt { State $($row:tt)* } $($rest:tt)*) => {
        states! { [$($own)* { State $($row)* }] $task $pass $choice $wait $fail $parallel $map $($rest)* }
    };
    ($state:tt [$($own:tt)*] $pass:tt $choice:tt $wait:tt $fail:tt $parallel:tt $map:tt { Task $($row:tt)* } $($rest:tt)*) => {
        states! { $state [$($own)* { Task $($row)* }] $pass $choice $wait $fail $parallel $map $($rest)* }
    };
    ($state:tt $task:tt [$($own:tt)*] $choice:tt $wait:tt $fail:tt $parallel:tt $map:tt { Pass $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task [$($own)* { Pass $($row)* }] $choice $wait $fail $parallel $map $($rest)* }
    };
    ($state:tt $task:tt $pass:tt [$($own:tt)*] $wait:tt $fail:tt $parallel:tt $map:tt { Choice $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task $pass [$($own)* { Choice $($row)* }] $wait $fail $parallel $map $($rest)* }
    };
    ($state:tt $task:tt $pass:tt $choice:tt [$($own:tt)*] $fail:tt $parallel:tt $map:tt { Wait $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task $pass $choice [$($own)* { Wait $($row)* }] $fail $parallel $map $($rest)* }
    };
    ($state:tt $task:tt $pass:tt $choice:tt $wait:tt [$($own:tt)*] $parallel:tt $map:tt { Fail $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task $pass $choice $wait [$($own)* { Fail $($row)* }] $parallel $map $($rest)* }
    };
    ($state:tt $task:tt $pass:tt $choice:tt $wait:tt $fail:tt [$($own:tt)*] $map:tt { Parallel $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task $pass $choice $wait $fail [$($own)* { Parallel $($row)* }] $map $($rest)* }
    };
    ($state:tt $task:tt $pass:tt $choice:tt $wait:tt $fail:tt $parallel:tt [$($own:tt)*] { Map $($row:tt)* } $($rest:tt)*) => {
        states! { $state $task $pass $choice $wait $fail $parallel [$($own)* { Map $($row)* }] $($rest)* }
    };
    ([$($state:tt)*] [$($task:tt)*] [$($pass:tt)*] [$($choice:tt)*] [$($wait:tt)*] [$($fail:tt)*] [$($parallel:tt)*] [$($map:tt)*]) => {
        structure! {
            /// A state: the fields that several types share, and those of its own type in [`kind`](Self::kind).
            ///
            /// A field that is set where the type does not have it is written all the same and reported by the checks.
            #[derive(Clone, Debug, PartialEq)]
            State {
                /// `Type`, with the fields that only this type has.
                kind: StateKind,
                /// Fields that the language does not have here.
                unknown: Unknown,
            }
            $($state)*
        }
        blank_state! { $($state)* }
        structure! {
            /// A `Task`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Task {}
            $($task)*
        }
        structure! {
            /// A `Pass`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Pass {}
            $($pass)*
        }
        structure! {
            /// A `Choice`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Choice {}
            $($choice)*
        }
        structure! {
            /// A `Wait`'s own fields, of which one is given.
            #[derive(Clone, Debug, Default, PartialEq)]
            Wait {}
            $($wait)*
        }
        structure! {
            /// A `Fail`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Fail {}
            $($fail)*
        }
        structure! {
            /// A `Parallel`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Parallel {}
            $($parallel)*
        }
        structure! {
            /// A `Map`'s own fields.
            #[derive(Clone, Debug, Default, PartialEq)]
            Map {}
            $($map)*
        }
    };
    ($($row:tt)*) => {
        states! { [] [] [] [] [] [] [] [] $($row)* }
    };
}

macro_rules! blank_state {
    ($({ $holder:ident $asl:literal $field:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        fn blank_state(kind: StateKind) -> State {
            State { kind, unknown: Unknown::new(), $($field: None),* }
        }
    };
}

macro_rules! machine {
    ($($row:tt)*) => {
        structure! {
            /// A state machine: the top level of a definition, a Parallel branch, or a Map's item processor.
            #[derive(Clone, Debug, Default, PartialEq)]
            StateMachine {
                /// Fields that the language does not have here.
                unknown: Unknown,
            }
            $($row)*
        }
    };
}

macro_rules! retrier {
    ($($row:tt)*) => {
        structure! {
            /// One entry of `Retry`.
            #[derive(Clone, Debug, Default, PartialEq)]
            Retrier {
                /// Fields that the language does not have here.
                unknown: Unknown,
            }
            $($row)*
        }
    };
}

macro_rules! catcher {
    ($($row:tt)*) => {
        structure! {
            /// One entry of `Catch`.
            #[derive(Clone, Debug, Default, PartialEq)]
            Catcher {
                /// Fields that the language does not have here.
                unknown: Unknown,
            }
            $($row)*
        }
    };
}

state_fields!(states);
machine_fields!(machine);
retrier_fields!(retrier);
catcher_fields!(catcher);

impl State {
    /// A state of a type, with nothing else set.
    pub fn new(kind: StateKind) -> Self {
        blank_state(kind)
    }
}

/// Does something with the struct that holds a row, if the state has it: `holding!(Task [&mut] state own => { … })`.
macro_rules! holding {
    (State [$($borrow:tt)*] $state:ident $own:ident => $do:block) => {{
        let $own = $($borrow)* *$state;
        $do
    }};
    (StateMachine $($rest:tt)*) => { holding!(State $($rest)*) };
    (Retrier $($rest:tt)*) => { holding!(State $($rest)*) };
    (Catcher $($rest:tt)*) => { holding!(State $($rest)*) };
    ($kind:ident [$($borrow:tt)*] $state:ident $own:ident => $do:block) => {
        if let StateKind::$kind($own) = $($borrow)* $state.kind $do
    };
}
pub(super) use holding;
