//! Texts are those of jsonata-js 2.0.6; places are the bytes of what failed.

use super::{all, evaluate};
use stepfn_jsonata::Expression;

#[test]
fn texts_say_operators_functions_and_values() {
    all(&[
        ("name + 1", "T2001: The left side of the \"+\" operator must evaluate to a number"),
        ("1 / name", "T2002: The right side of the \"/\" operator must evaluate to a number"),
        ("[name..3]", "T2003: The left side of the range operator (..) must evaluate to an integer"),
        ("[none..3]", "T2003: The left side of the range operator (..) must evaluate to an integer"),
        ("[1..1.5]", "T2004: The right side of the range operator (..) must evaluate to an integer"),
        ("1 ~> name", "T2006: The right side of the function application operator ~> must be a function"),
        (
            "name < 1",
            "T2009: The values \"Ada\" and 1 either side of operator \"<\" must be of the same data type",
        ),
        (
            "true > 1",
            "T2010: The expressions either side of operator \">\" must evaluate to numeric or string values",
        ),
        (
            "[1..10000001]",
            "D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate 10000001.",
        ),
        ("sum(items)", "T1005: Attempted to invoke a non-function. Did you mean $sum?"),
        ("name(1)", "T1006: Attempted to invoke a non-function"),
        ("$nothing(1)", "T1006: Attempted to invoke a non-function"),
        ("sum(?)", "T1007: Attempted to partially apply a non-function. Did you mean $sum?"),
        ("$nothing(?)", "T1008: Attempted to partially apply a non-function"),
        ("$sum(name)", "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\""),
        ("$length(1)", "T0410: Argument 1 of function \"length\" does not match function signature"),
        (
            "$uppercase()",
            "T0411: Context value is not a compatible type with argument 1 of function \"uppercase\"",
        ),
        (
            "$map([1], $uppercase)",
            "T0410: Argument 1 of function \"uppercase\" does not match function signature",
        ),
        ("1 and ('a' + 1)", "T2001: The left side of the \"and\" operator must evaluate to a number"),
        (
            "$match('a', /a/, -1)",
            "D3040: Third argument of match function must evaluate to a positive number",
        ),
        ("$fromMillis(0, '[Q]')", "D3132: Unknown component specifier \"Q\" in date/time picture string"),
        ("$fromMillis(0, '[Y')", "D3135: No matching closing bracket ']' in date/time picture string"),
        (
            "$formatNumber(1, '#;#;#')",
            "D3080: The picture string must only contain a maximum of two sub-pictures",
        ),
        (
            "$toMillis('soon')",
            "D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given \"soon\"",
        ),
        ("$string(1/0)", "D3001: Attempting to invoke string function on Infinity or NaN"),
    ]);
}

#[test]
fn places_are_those_of_the_innermost_part() {
    for (text, place) in [
        ("items[0].price + name", "name"),
        ("name & (items + 1)", "items"),
        ("[1, $sum(name), 2]", "$sum(name)"),
        ("($f := function($x) { -$x }; $f(name))", "-$x"),
        ("items.{'a': sku * 2}", "sku"),
        ("items^(null)", "items^(null)"),
        ("{'a': {1: 2}}", "{1: 2}"),
        ("$map(items, function($i) { $lowercase($i.price) })", "$lowercase($i.price)"),
        ("items[sku > 1]", "sku > 1"),
    ] {
        let error = evaluate(text).unwrap_err();
        assert_eq!(&text[error.range.clone()], place, "{text}: {error}");
    }
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    let error = Expression::compile("name ?? 1").unwrap_err();
    assert_eq!((error.code, error.range), ("S0211", 5..7));
    let text = "$contains(a, /x{2,1}/)";
    let error = Expression::compile(text).unwrap_err();
    assert_eq!(&text[error.range], "/x{2,1}/");
}
