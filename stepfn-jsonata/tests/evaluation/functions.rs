use std::borrow::Cow;

use stepfn_core::value::Value;
use stepfn_jsonata::Environment;

use super::{all, in_environment, shown};

#[test]
fn texts() {
    all(&[
        ("$string({'a': [1, 0.1 + 0.2, none]})", r#""{\"a\":[1,0.3,null]}""#),
        ("$string([1], true)", r#""[\n  1\n]""#),
        ("$string($sum)", "\"\""),
        ("$substring('hello', -3, 2)", "\"ll\""),
        ("$substring('h\u{1f600}llo', 1, 2)", "\"\u{1f600}l\""),
        ("$substringBefore('a-b', '-') & $substringAfter('a-b', '-')", "\"ab\""),
        ("$pad('x', -3, '#') & $pad('y', 3)", "\"##xy  \""),
        ("$trim('  a \\n b ')", "\"a b\""),
        ("$join(['a', 'b'], '-')", "\"a-b\""),
        ("$split('a,b,c', ',', 2)", r#"["a","b"]"#),
        ("$length('h\u{e9}\u{1f600}')", "3"),
        ("$uppercase('stra\u{df}e')", "\"STRASSE\""),
        ("$base64encode('myuser:mypass')", "\"bXl1c2VyOm15cGFzcw==\""),
        ("$base64decode('bXl1c2VyOm15cGFzcw==')", "\"myuser:mypass\""),
        ("$encodeUrlComponent('?x=\u{e9}')", "\"%3Fx%3D%C3%A9\""),
        ("$encodeUrl('http://a/?x=\u{e9}')", "\"http://a/?x=%C3%A9\""),
        ("$decodeUrlComponent('%3Fx%3D%C3%A9')", "\"?x=\u{e9}\""),
        ("$decodeUrl('%3F%20')", "\"%3F \""),
        ("$decodeUrl('%ff')", "D3140: Malformed URL passed to $decodeUrl(): \"%ff\""),
        ("$replace('a.b.c', '.', '-', 1)", "\"a-b.c\""),
        ("$replace('abc', 'b', missing)", "\"aundefinedc\""),
        ("$replace('abc', 'x', missing)", "\"abc\""),
        ("$replace('abc', 'x', $string)", "\"abc\""),
        ("$pad('', 7, 'abc') & $pad('x', -4, 'h\u{e9}')", "\"abcabcah\u{e9}hx\""),
        ("$replace('x', '', 'y')", "D3010: Second argument of replace function cannot be an empty string"),
    ]);
}

#[test]
fn numbers() {
    all(&[
        ("$number('0x1F') + $number('1e2') + $number(true)", "132"),
        ("$number('12abc')", "D3030: Unable to cast value to a number: \"12abc\""),
        ("$round(2.5) & $round(3.5) & $round(1.45, 1)", "\"241.4\""),
        ("$floor(-1.5) & $ceil(-1.5) & $abs(-3)", "\"-2-13\""),
        ("$power(2, 10) & $sqrt(9)", "\"10243\""),
        ("$sqrt(-1)", "D3060: The sqrt function cannot be applied to a negative number: -1"),
        (
            "$power(10, 400)",
            "D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=10, exponent=400",
        ),
        ("$sum(items.price) & '/' & $average([1, 2]) & '/' & $max([]) & $min([3, 1])", "\"19.5/1.5/1\""),
        ("$formatNumber(12345.678, '#,##0.00')", "\"12,345.68\""),
        ("$formatNumber(0.5, '0%')", "\"50%\""),
        ("$formatBase(255, 16)", "\"ff\""),
        // Digits beyond those of a float are what V8 makes of them.
        ("$formatBase(1e21, 36)", "\"5v1j4f4ds7c000\""),
        ("$formatBase(9007199254740993, 36)", "\"2gosa7pa2gw\""),
        ("$formatBase(-1e30, 13)", "\"-ab93b17615001a5000000000000\""),
        (
            "$formatBase(1, 99)",
            "D3100: The radix of the formatBase function must be between 2 and 36.  It was given 99",
        ),
        ("$formatInteger(1999, 'I')", "\"MCMXCIX\""),
        ("$formatInteger(3, '\u{0661};x')", "\"\u{0663}\""),
        ("$parseInteger('twelve', 'w')", "12"),
        (
            "$formatInteger(1, '\u{2460}')",
            "D3130: Formatting or parsing an integer as a sequence starting with \"\u{2460}\" is not supported by this implementation",
        ),
    ]);
}

#[test]
fn arrays_and_objects() {
    all(&[
        ("$count(items) & $count(name) & $count(missing)", "\"310\""),
        ("$append([1], 2)", "[1,2]"),
        ("$append(missing, 2)", "2"),
        ("$reverse([1, 2, 3])", "[3,2,1]"),
        ("$sort([3, 1, 2])", "[1,2,3]"),
        ("$sort(items, function($a, $b) { $a.qty > $b.qty }).sku", r#"["c3","a1","b2"]"#),
        ("$distinct([1, '1', 1, {'a': 1}, {'a': 1}])", r#"[1,"1",{"a":1}]"#),
        ("$zip([1, 2], ['a', 'b', 'c'])", r#"[[1,"a"],[2,"b"]]"#),
        ("$keys(owner)", r#"["name","address","items"]"#),
        ("$keys([{'b': 1}, {'a': 2, '7': 3}])", r#"["7","b","a"]"#),
        ("$lookup(items, 'sku')", r#"["a1","b2","c3"]"#),
        ("$spread({'a': 1, 'b': 2})", r#"[{"a":1},{"b":2}]"#),
        ("$merge([{'a': 1}, {'a': 2, 'b': 3}])", r#"{"a":2,"b":3}"#),
        ("$type(none) & $type(name) & $type(items) & $type($sum)", "\"nullstringarrayfunction\""),
        ("$boolean([0, 0]) or $boolean([0, 1])", "true"),
        ("$not(missing)", "undefined"),
        ("$exists(none)", "true"),
        ("$each(owner.address, function($v, $k) { $k & '=' & $v })", "\"city=Paris\""),
        ("$sift({'a': 1, 'b': 2}, function($v) { $v > 1 })", r#"{"b":2}"#),
        (
            "$sort([1, 'a'])",
            "D3070: The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
        ),
        ("$error('no')", "D3137: no"),
        ("$assert(false, 'no')", "D3141: no"),
        ("$assert(true)", "undefined"),
    ]);
}

#[test]
fn functions_over_items() {
    all(&[
        ("$map([1, 2], function($v, $i, $a) { $v * 10 + $i + $count($a) })", "[12,23]"),
        ("$map(items, function($v) { $v.tags })", r#"[["x"],["x","y"]]"#),
        ("$filter([1, 2, 3], function($v) { $v > 1 })", "[2,3]"),
        ("$reduce([1, 2, 3], function($a, $b) { $a + $b })", "6"),
        ("$reduce([1, 2], function($a, $b) { $a + $b }, 10)", "13"),
        ("$reduce([], function($a, $b) { $a + $b })", "undefined"),
        (
            "$reduce([1], function($a) { $a })",
            "D3050: The second argument of reduce function must be a function with at least two arguments",
        ),
        ("$single(items, function($v) { $v.qty = 4 }).sku", "\"b2\""),
        (
            "$single([1, 2])",
            "D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.",
        ),
        (
            "$single([])",
            "D3139: The $single() function expected exactly 1 matching result.  Instead it matched 0.",
        ),
        ("$map(['a', 'b'], $uppercase)", r#"["A","B"]"#),
    ]);
}

/// The 5th of November 2024, 12:30:45.678 UTC.
struct Then;

impl Environment for Then {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        (name == "sum").then(|| Cow::Owned("a variable".into()))
    }

    fn now(&self) -> f64 {
        1_730_809_845_678.0
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// A partial application fills the parameters that the reference's function names: `$zip` names none, and has one without a name.
#[test]
fn partial_applications_have_as_many_parameters_as_the_function_names() {
    all(&[
        ("$zip(?)([1, 2])", "[[1],[2]]"),
        ("$zip(?, [3])([1])", "[[1]]"),
        ("$zip([9], ?)([1], [2])", "[[9]]"),
        ("$append([1], ?)([2])", "[1,2]"),
        ("$uppercase(?, 2)('a')", "\"A\""),
        ("$substring(?, 1, ?)('hello', 2)", "\"el\""),
        ("$millis(?)() = $millis()", "true"),
    ]);
}

/// Called as a function, a regular expression takes anything for a text, as JavaScript does.
#[test]
fn regular_expressions_called_as_functions_make_texts_of_anything() {
    all(&[
        ("/$/(1).start", "1"),
        ("/u/(null).end", "2"),
        ("/e/(missing).start", "3"),
        ("/2/([1, 2, 3]).start", "2"),
        ("/./([[1, 2], [null, 3]]).next().match", "\",\""),
        ("/b/({'a': 1}).match", "\"b\""),
        ("/./(12.5).next().next().match", "\".\""),
        ("/./('ab').next().next()", "undefined"),
        ("/$/(1).next()", "D1004: Regular expression matches zero length string"),
        ("/$/('a').next()", "undefined"),
    ]);
}

#[test]
fn time_and_chance_come_from_outside() {
    for (text, expected) in [
        ("$now()", "\"2024-11-05T12:30:45.678Z\""),
        ("$now('[D01].[M01].[Y]', '+0100')", "\"05.11.2024\""),
        ("$millis()", "1730809845678"),
        ("$random()", "0.5"),
        ("$toMillis('13:15', '[H]:[m]') - $toMillis('2024-11-05T13:15:00Z')", "0"),
        ("$fromMillis(0, '[FNn] [D1o] [MNn] [Y0001]')", "\"Thursday 1st January 1970\""),
        ("$toMillis('12/24/99', '[M]/[D]/[Y2,2-2]')", "945993600000"),
        ("$sum", "\"a variable\""),
        ("$sum([1])", "T1006: Attempted to invoke a non-function"),
    ] {
        assert_eq!(shown(in_environment(text, "{}", &Then)), expected, "{text}");
    }
}
