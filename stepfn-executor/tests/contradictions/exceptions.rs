//! Where checker and executor may differ, each with the reason.

use super::{Case, Contradiction};

/// Beginnings of what is tried, the values (all where there are none), and why.
const EXCEPTIONS: &[(&str, &[&str], &str)] = &[
    ("States.MathRandom($.v,1)", &["num", "float"], "which of two numbers is larger is no matter of types"),
    (
        "States.Format($.v",
        &["str", "numstr", "blank", "ts"],
        "what a template in the data asks for is no matter of types",
    ),
];

pub(crate) fn is_excepted(case: &Case, found: &Contradiction) -> bool {
    let about_values = matches!(found, Contradiction::Silent(why) if is_about_values(why));
    about_values
        || EXCEPTIONS.iter().any(|(what, values, _)| {
            case.what.starts_with(what) && (values.is_empty() || values.contains(&case.value))
        })
}

/// Whether an expression fails on what a text says or how large a number is: JSONata's own codes for that begin with D, those for
/// types with T. The promise exempts it.
fn is_about_values(why: &str) -> bool {
    why.split_once("threw an error during evaluation. ").is_some_and(|(_, error)| {
        error.starts_with('D') || error.starts_with("Invalid UTF-8") || error.starts_with("Invalid base64")
    })
}
