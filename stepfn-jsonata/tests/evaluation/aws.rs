//! The additions of Step Functions, as recorded.

use super::all;

#[test]
fn partition() {
    all(&[
        ("$partition([1..5], 2)", "[[1,2],[3,4],[5]]"),
        ("$partition([1..5], 2.6)", "[[1,2],[3,4],[5]]"),
        ("$partition([0], 1)", "[[0]]"),
        ("$partition([1, 2, 3])", "[[1,2,3]]"),
        ("$partition([1], 0)", "undefined"),
        ("$partition([1], -1)", "D3137: Second argument must be zero or greater"),
        ("$partition('x', 2)", "T0412: Argument 1 of function \"partition\" must be an array of undefined"),
        (
            "$partition([1], 'a')",
            "T0410: Argument 2 of function \"partition\" does not match function signature",
        ),
        (
            "$partition([1], none)",
            "T0410: Argument 2 of function \"partition\" does not match function signature",
        ),
        (
            "$partition([1], 2, 9)",
            "T0410: Argument 3 of function \"partition\" does not match function signature",
        ),
    ]);
}

#[test]
fn range() {
    all(&[
        ("$range(1, 9, 9)", "1"),
        ("$range(0, 10, 3)", "[0,3,6,9]"),
        ("$range(1.4, 5.6, 2.2)", "[1,3,5]"),
        ("$range(5, 1, -2)", "[5,3,1]"),
        ("$range(1, 10, 0)", "undefined"),
        ("$range(1, 10, 0.49)", "undefined"),
        ("$range(1, 5)", "undefined"),
        ("$range('a', 5, 1)", "T0410: Argument 1 of function \"range\" does not match function signature"),
        ("$range(1, 5, none)", "T0410: Argument 3 of function \"range\" does not match function signature"),
        ("$range(1, 5, 1, 9)", "T0410: Argument 4 of function \"range\" does not match function signature"),
        (
            "$count($range(1, 1e9, 1))",
            "U1001: Expression evaluation memory limit exceeded: Check for excessive memory usage",
        ),
    ]);
}

#[test]
fn hash() {
    all(&[
        ("$hash('Hello', 'MD5')", "\"8b1a9953c4611296a827abf8c47804d7\""),
        (
            "$hash('\u{2713}', 'SHA-256')",
            "\"1dabba21cdad44541f6b15796f8d22978fc7ea10c46aeceeeeb66c23b3ac7604\"",
        ),
        (
            "$hash('x', 'sha-256')",
            "D3137: Hash algorithm 'sha-256' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5",
        ),
        ("$hash(123, 'MD5')", "T0410: Argument 1 of function \"hash\" does not match function signature"),
        ("$hash()", "T0410: Argument 1 of function \"hash\" does not match function signature"),
        (
            "$hash('a', 'MD5', 'x')",
            "T0410: Argument 3 of function \"hash\" does not match function signature",
        ),
    ]);
}

#[test]
fn parse_keeps_whole_numbers_of_64_bits() {
    all(&[
        (r#"$parse(' {"a": [1, 1.0, null]} ')"#, r#"{"a":[1,1,null]}"#),
        ("$parse('9223372036854775807')", "9223372036854775807"),
        ("$parse('9223372036854775808')", "9223372036854776000"),
        ("$parse('{')", "D3137: Invalid JSON"),
        ("$parse('')", "D3137: Invalid JSON"),
        ("$parse(5)", "T0410: Argument 1 of function \"parse\" does not match function signature"),
        ("$parse(missing)", "undefined"),
    ]);
}

#[test]
fn random_and_uuid() {
    all(&[
        ("$random(77)", "0.7240700207191966"),
        ("$random(42)", "0.7275636800328681"),
        ("$random('a')", "T0410: Argument 1 of function \"random\" does not match function signature"),
        ("$random(1, 2)", "T0410: Argument 2 of function \"random\" does not match function signature"),
        ("$uuid()", "\"00000000-0000-4000-8000-000000000000\""),
        ("$uuid('x')", "T0410: Argument 1 of function \"uuid\" does not match function signature"),
    ]);
}

#[test]
fn garbage_is_not_decoded() {
    all(&[
        ("$base64decode('!!!')", "U1003: The text is no Base64: \"!!!\""),
        ("$base64decode('aGk')", "\"hi\""),
    ]);
}
