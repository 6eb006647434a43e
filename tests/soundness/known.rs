//! Holes that are known and not yet closed. This list only ever gets shorter, and ends empty: what is no longer seen fails the test as
//! well.

/// Kinds of failures, as the proof groups them.
pub(crate) const KNOWN: &[&str] = &[
    "States.Runtime: The JSONPath could not be found",
    "States.Runtime: There was an error while evaluating the intrinsic function: States.MathAdd($.Payload, $.StatusCode). Invalid arguments in States.MathAdd",
    "a function cannot read its input: expected a number",
    "a function cannot read its input: expected null",
    "a function cannot read its input: its field … is missing",
    "the output cannot be read: expected a boolean",
    "the output cannot be read: expected a string",
    "the output cannot be read: expected a string of the form …",
    "the output cannot be read: expected an integer",
    "the output cannot be read: expected an integer from to",
    "the output cannot be read: expected an unsigned integer",
];
