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
    ("ItemsPath $.", &[], "AWS refuses at creation what is no reference path; the executor runs it"),
    (
        "$exists($states.result)",
        &[],
        "recorded: AWS refuses it at creation, `Field '$states.result' does not exist.`",
    ),
    ("[$states.input.v..3]", &["null"], "recorded: null at an end of a range is T2003"),
    ("[1..$states.input.v]", &["null"], "recorded: null at an end of a range is T2003"),
    (
        "$partition(",
        &[],
        "recorded: `$partition` of what is no array is T0412; how large a part is, is no matter of types",
    ),
    (
        "$reduce($states.input.v, function($a, $b) { $a })",
        &["empty"],
        "recorded: `$reduce([], f)` comes to nothing",
    ),
    (
        "$reduce($states.input.v, function($a, $b) { $a + $b })",
        &["empty"],
        "recorded: `$reduce([], f)` comes to nothing",
    ),
    (
        "$reduce([1, 2], function($a, $b) { $a }, $states.input.v.k)",
        &["empty"],
        "jsonata 2.0.6 begins with the first item then",
    ),
    (
        "$sort([1, 2], $states.input.v.k)",
        &["empty"],
        "by the signatures of jsonata 2.0.6 an argument that is nothing is of any kind",
    ),
    ("$filter($states.input.v, function($x) { true })", &["null"], "jsonata 2.0.6 gives the null"),
    ("$clone(", &[], "jsonata 2.0.6 has `$clone`"),
    (
        "$base64decode(",
        &["str", "numstr", "blank", "ts"],
        "recorded: `$base64decode('!!!')` fails; what a text holds is no matter of types",
    ),
    ("$range(", &[], "how long a range is, is no matter of types"),
    (
        "$match(",
        &["str", "numstr", "blank", "ts", "negative", "zero"],
        "whether a text matches is no matter of types",
    ),
    (
        "$replace('text', 'text', $states.input.v.k",
        &[],
        "jsonata 2.0.6 writes `undefined` then, which nobody wants",
    ),
    (
        "$split($states.input.v, 'x')[1]",
        &["numstr", "blank", "ts"],
        "how often a text can be split is no matter of types",
    ),
    ("$toMillis(", &["str", "numstr", "blank", "ts"], "whether a text is a time is no matter of types"),
    (
        "$filter($states.input.v, function($x) { $x > 1 })",
        &["negative", "zero"],
        "whether a number passes is no matter of types",
    ),
    ("$states.input.v[$ > 0]", &["negative", "zero"], "whether a number passes is no matter of types"),
];

pub(crate) fn is_excepted(case: &Case, found: &Contradiction) -> bool {
    let about_values = matches!(found, Contradiction::Silent(why) if is_about_values(why));
    about_values
        || EXCEPTIONS.iter().any(|(what, values, _)| {
            case.what.starts_with(what) && (values.is_empty() || values.contains(&case.value))
        })
}

/// Whether an expression fails on the content of a string or the size of a number: JSONata's own codes for that begin with D, those for
/// types with T. The promise exempts it.
fn is_about_values(why: &str) -> bool {
    why.split_once("threw an error during evaluation. ").is_some_and(|(_, error)| {
        error.starts_with('D')
            || error.starts_with("Invalid UTF-8")
            || error.starts_with("Invalid base64")
            || error.starts_with("fromMillis() requires an integer")
    })
}
