//! Holes that are known and not yet closed, and what the README exempts that cannot be told from a failure by its kind.

/// Kinds of failures, as the proof groups them. This list only ever gets shorter, and ends empty: what is no longer seen fails the test
/// as well.
pub(crate) const KNOWN: &[&str] = &[
    // A built-in function as a condition and in one arm: `$count ? $count : $states`.
    "States.QueryEvaluationError: The JSONata expression returned an unsupported result type.",
    // A call of the top-level context: `$$()`.
    "States.QueryEvaluationError: The JSONata expression threw an error during evaluation. T1006: Attempted to invoke a non-function",
    // `$hash` of the context's value.
    "States.QueryEvaluationError: The JSONata expression threw an error during evaluation. T0410: Argument of function hash does not match function signature",
];

/// Kinds of what is exempt by the README, whether it is seen or not.
pub(crate) const EXEMPT: &[&str] = &[
    // A division whose divisor is computed may be by zero: "Infinity" and NaN are no numbers any more.
    "a function cannot read its input: expected a number",
    "States.QueryEvaluationError: The JSONata expression threw an error during evaluation. T2002: The right side of the / operator must evaluate to a number",
    // How large a number is.
    "States.Runtime: The SecondsPath parameter cannot be parsed as a long value: $.a ==",
];
