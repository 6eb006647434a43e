//! Expansions depend on nothing that is in scope around them.

#[deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations, clippy::all, clippy::pedantic)]
mod bare {
    #![no_implicit_prelude]
    #![allow(clippy::use_self, clippy::unused_async, clippy::needless_pass_by_value)]

    use ::serde::{Deserialize, Serialize};
    use ::stepfn::{StateData, TaskError, lambda};

    mod core {}
    mod std {}
    mod serde_json {}
    struct Shape;
    struct Value;
    struct Result;
    struct Infallible;

    /// Any kind of field.
    #[derive(Debug, Serialize, Deserialize, StateData)]
    pub(crate) struct Order<T> {
        id: ::std::string::String,
        r#type: ::std::option::Option<T>,
        #[serde(flatten)]
        kind: Kind,
        next: ::std::option::Option<::std::boxed::Box<Order<T>>>,
        #[state_data(timestamp)]
        at: ::std::string::String,
    }

    /// Every kind of variant.
    #[derive(Debug, Serialize, Deserialize, StateData)]
    #[serde(tag = "kind")]
    pub(crate) enum Kind {
        /// Named.
        Named {
            /// A newtype.
            inner: Newtype,
        },
        /// A unit.
        Unit,
    }

    /// Asks what is inside.
    #[derive(Debug, Serialize, Deserialize, StateData)]
    pub(crate) struct Newtype(::std::option::Option<u8>);

    /// Both kinds of names.
    #[derive(Debug, TaskError)]
    pub(crate) enum Failed {
        /// Own.
        Own,
        /// Of another.
        #[task_error(transparent)]
        Inner(Inner),
    }

    /// Inside.
    #[derive(Debug, TaskError)]
    pub(crate) struct Inner;

    impl ::core::fmt::Display for Failed {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.write_str("failed")
        }
    }

    impl ::core::fmt::Display for Inner {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.write_str("inside")
        }
    }

    /// Fails both ways.
    #[lambda]
    pub(crate) async fn fails(order: Order<u8>) -> ::core::result::Result<Order<u8>, Failed> {
        match order.kind {
            Kind::Unit => ::core::result::Result::Err(Failed::Own),
            Kind::Named { .. } => ::core::result::Result::Err(Failed::Inner(Inner)),
        }
    }

    #[lambda]
    pub(crate) fn undocumented() {}

    #[lambda]
    pub(crate) fn elsewhere(kind: Kind) -> Newtype;

    #[cfg(any())]
    #[lambda]
    pub(crate) fn not_compiled(missing: Missing) {}

    #[lambda]
    #[cfg(any())]
    pub(crate) fn not_compiled_either(missing: Missing) {}

    #[allow(dead_code)]
    fn all() -> (Shape, Value, Result, Infallible) {
        (Shape, Value, Result, Infallible)
    }
}

#[test]
fn names_in_scope_do_not_matter() {
    use stepfn::{Task, TaskError, task::TaskInfo};

    assert_eq!(bare::Failed::NAMES, ["Own", "Inner"]);
    assert_eq!(TaskInfo::of::<bare::fails>().input.words(), "Order");
    assert!(bare::undocumented::HANDLER.is_some() && bare::elsewhere::HANDLER.is_none());
}

/// Derives and tasks may be inside of a function.
#[test]
fn items_of_a_function() {
    use stepfn::{StateData, lambda, task::TaskInfo};

    #[derive(serde::Serialize, serde::Deserialize, StateData)]
    struct Local {
        n: u8,
    }

    #[lambda]
    fn local(local: Local) -> Local {
        local
    }

    assert_eq!(TaskInfo::of::<local>().input.words(), "Local");
}
