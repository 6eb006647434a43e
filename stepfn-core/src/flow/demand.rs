//! What is demanded of a value that a path leads to.

use super::{Analyser, obligation::OwnedNeed, origin::Reason, site::Reading, value::Sym};
use crate::{
    diagnostic::Code,
    shape::{Arithmetic, Need},
    timestamp::is_timestamp,
};

impl Analyser<'_> {
    /// Demands of a value that is no leaf that it is what is needed.
    #[track_caller]
    pub(super) fn demand(&mut self, value: &Sym, need: &OwnedNeed, reading: &Reading<'_>) {
        // Where nothing is put over the base on some way, it is the whole there.
        if let Some(base) = value.bare_base() {
            self.follow(base, &[], need, reading);
        }
        if !super::switch::is_off_asking(std::panic::Location::caller()) {
            self.demanded(value, need, reading);
        }
        if let OwnedNeed::Other(need) = need {
            self.whole_parts(reading, value, *need);
        }
    }

    pub(super) fn demanded(&mut self, value: &Sym, need: &OwnedNeed, reading: &Reading<'_>) {
        let value = &value.outside();
        let OwnedNeed::Other(need) = need else {
            if !matches!(
                value,
                Sym::Any(_) | Sym::Reported | Sym::Unknown(_) | Sym::String | Sym::Text(_) | Sym::Timestamp
            ) {
                self.never_true(reading, "a string", value);
            }
            return;
        };
        if matches!(value, Sym::Union(members) if members.is_empty()) {
            return;
        }
        let unknown = match value {
            Sym::Unknown(reason) => Some(*reason),
            Sym::Any(_) if self.typing.strict => Some(Reason::Undeclared),
            _ => None,
        };
        if let Some(reason) = unknown {
            let fine = matches!(
                need,
                Need::Nothing
                    | Need::Value
                    | Need::MaybeString
                    | Need::MaybeNumber
                    | Need::MaybeBoolean
                    | Need::MaybeTimestamp
                    | Need::MaybeNull
            );
            if !fine {
                self.cannot_tell(reading, reason);
            }
            return;
        }
        let (fits, expected) = match need {
            Need::Nothing | Need::Value => (true, ""),
            Need::MaybeString | Need::String | Need::Literal(_) => {
                (matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp), "a string")
            }
            Need::MaybeNumber | Need::Number => (
                matches!(value, Sym::Number | Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..)),
                "a number",
            ),
            Need::Integer => (
                match value {
                    value @ (Sym::Whole(_) | Sym::Integer(_) | Sym::Computed(..)) => may_be_whole(value),
                    _ => false,
                },
                "an integer",
            ),
            Need::Count => (
                match value {
                    Sym::Whole(bounds) => bounds.min >= 0,
                    Sym::Integer(value) => *value >= 0,
                    value @ Sym::Computed(..) => may_be_whole(value),
                    _ => false,
                },
                "an integer that is never below 0",
            ),
            Need::Ordered => (
                matches!(
                    value,
                    Sym::Number
                        | Sym::Whole(_)
                        | Sym::Integer(_)
                        | Sym::Computed(..)
                        | Sym::String
                        | Sym::Text(_)
                        | Sym::Timestamp
                ),
                "a number or a string",
            ),
            Need::Scalar => (
                matches!(
                    value,
                    Sym::Number
                        | Sym::Whole(_)
                        | Sym::Integer(_)
                        | Sym::Computed(..)
                        | Sym::String
                        | Sym::Text(_)
                        | Sym::Timestamp
                        | Sym::Boolean
                        | Sym::Bool(_)
                ),
                "a string, a number or a boolean",
            ),
            Need::Single => (!matches!(value, Sym::Array(_) | Sym::Tuple(_)), "something that is no array"),
            Need::Some => (!matches!(value, Sym::Array(_)), "an array that has items"),
            Need::Items => (
                matches!(
                    value,
                    Sym::Array(_)
                        | Sym::Tuple(_)
                        | Sym::Object(..)
                        | Sym::Map(_)
                        | Sym::Merged(_)
                        | Sym::Changed(_)
                ),
                "an array or an object",
            ),
            Need::MaybeBoolean | Need::Boolean => (matches!(value, Sym::Boolean | Sym::Bool(_)), "a boolean"),
            Need::MaybeTimestamp => {
                (matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp), "a timestamp")
            }
            Need::Timestamp => (
                match value {
                    Sym::Text(text) => is_timestamp(text),
                    value => *value == Sym::Timestamp,
                },
                "a timestamp",
            ),
            Need::MaybeNull => (matches!(value, Sym::Null), "something that may be null"),
            Need::Array => (matches!(value, Sym::Array(_) | Sym::Tuple(_)), "an array"),
            Need::NotNull => (!matches!(value, Sym::Null), "something that is never null"),
            Need::Data => (
                !matches!(value, Sym::String | Sym::Text(_) | Sym::Timestamp),
                "data that is no text, which is read as JSON text here",
            ),
            Need::Object | Need::Writable => {
                (matches!(value, Sym::Object(..) | Sym::Map(_) | Sym::Merged(_)), "an object")
            }
        };
        if fits || value.is_anything() {
            return;
        }
        let comparison = is_comparison(&OwnedNeed::Other(*need));
        if comparison {
            self.never_true(reading, expected, value);
        } else {
            let message = format!("expected {expected}, found {}", value.words());
            self.wrong(reading, Code::WrongType, message, None);
        }
    }

    /// A comparison with a value of another type: legal, and never true.
    #[track_caller]
    pub(super) fn never_true(&mut self, reading: &Reading<'_>, expected: &str, value: &Sym) {
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let message =
            format!("expected {expected}, found {}, so that the comparison is never true", value.words());
        self.wrong(reading, Code::WrongType, message, None);
        if let Some(report) = &mut self.report {
            report.diagnostics[before..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
    }
}

/// Returns `true` if a part of a computed number can be whole: what a type is, is judged where the number flows into one.
pub(super) fn may_be_whole(value: &Sym) -> bool {
    match value {
        Sym::Any(_)
        | Sym::Reported
        | Sym::Unknown(_)
        | Sym::Leaf(_)
        | Sym::Integer(_)
        | Sym::Whole(_)
        | Sym::Computed(Arithmetic::Narrow | Arithmetic::Rounded, _) => true,
        Sym::Computed(Arithmetic::Quotient, _) => false,
        // To a power below zero it is a fraction.
        Sym::Computed(Arithmetic::Power, of)
            if of.get(1).and_then(Sym::bounds).is_some_and(|exponent| exponent.min < 0) =>
        {
            false
        }
        Sym::Computed(_, of) | Sym::Union(of) => of.iter().all(may_be_whole),
        _ => false,
    }
}

/// Returns `true` if something is compared: with what is never equal it is false, and does not fail.
pub(super) fn is_comparison(need: &OwnedNeed) -> bool {
    matches!(
        need,
        OwnedNeed::Literal(_)
            | OwnedNeed::Other(
                Need::MaybeString
                    | Need::MaybeNumber
                    | Need::MaybeBoolean
                    | Need::MaybeTimestamp
                    | Need::MaybeNull
            )
    )
}
