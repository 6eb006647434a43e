use super::{all, evaluate, in_reference, shown};

#[test]
fn operators() {
    all(&[
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1 + missing", "undefined"),
        ("'a' & 1 & true & none & missing", "\"a1truenull\""),
        ("'a' & [1, {'b': 2}]", "\"a[1,{\\\"b\\\":2}]\""),
        ("1 = 1.0 and [1, 2] = [1, 2] and {'a': 1, 'b': 2} = {'b': 2, 'a': 1}", "true"),
        ("'1' = 1", "false"),
        ("missing = missing", "false"),
        ("missing != missing", "false"),
        ("'b' > 'a' and 2 >= 2", "true"),
        ("1 < missing", "undefined"),
        ("2 in [1, 2] and 'x' in 'x'", "true"),
        ("[1] in [[1]]", "false"),
        ("1 or $error('not reached')", "true"),
        ("[1..3]", "[1,2,3]"),
        ("[3..1]", "[]"),
        ("[0, 1..3, 9]", "[0,1,2,3,9]"),
        ("-name", "D1002: Cannot negate a non-numeric value: \"Ada\""),
        ("1e300 * 1e10", "\"Infinity\""),
        ("1e300 * 1e10 + 1", "D1001: Number out of range: null"),
    ]);
}

#[test]
fn conditions_blocks_and_variables() {
    all(&[
        ("items ? 'some' : 'none'", "\"some\""),
        ("empty ? 1", "undefined"),
        ("(1; 2; 3)", "3"),
        ("()", "undefined"),
        ("($x := 1; ($x := 2; $x); $x)", "1"),
        ("($x := 1; $y := $x := 5; $x + $y)", "10"),
        ("($x := 1; true ? ($x := 2) : 0; $x)", "1"),
        ("($a := 1; $f := function() { $a }; $a := 2; $f())", "2"),
        ("$undefined", "undefined"),
    ]);
}

#[test]
fn functions_close_over_their_frame_and_call_themselves() {
    all(&[
        ("(function($x) { $x * 2 })(4)", "8"),
        ("(λ($x, $y) { $exists($y) })(1)", "false"),
        ("($add := function($a) { function($b) { $a + $b } }; $add(1)(2))", "3"),
        ("($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(10))", "3628800"),
        ("($f := function($n) { $n = 0 ? 'done' : $f($n - 1) }; $f(5000))", "\"done\""),
        (
            "($even := function($n) { $n = 0 ? true : $odd($n - 1) }; $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(1001))",
            "false",
        ),
        ("($p := $substring(?, 0, 2); $p('hello'))", "\"he\""),
        ("($f := function($a, $b, $c) { $a & $b & $c }; $g := $f(?, 'b', ?); $g('a', 'c'))", "\"abc\""),
        ("($f := $uppercase ~> $length; $f('abc'))", "3"),
        ("'a b' ~> $uppercase ~> $split(' ')", r#"["A","B"]"#),
        ("name ~> function($s) { $s & '!' }", "\"Ada!\""),
        (
            "(function($x)<n:n> { $x })('a')",
            "T0410: Argument 1 of function undefined does not match function signature",
        ),
        ("$string(5).(function($x)<s-:s> { $x })()", "\"5\""),
        ("(function($x)<a<n>:n> { $sum($x) })(5)", "5"),
    ]);
}

#[test]
fn transformations_change_a_copy() {
    all(&[
        ("owner ~> |$|{'name': 'Eve'}, 'items'|", r#"{"name":"Eve","address":{"city":"Paris"}}"#),
        ("(owner ~> |address|{'zip': $uppercase(city)}|).address", r#"{"city":"Paris","zip":"PARIS"}"#),
        ("(items ~> |$|{}, ['tags', 'qty']|)[0]", r#"{"sku":"a1","price":10}"#),
        ("($t := |items|{'price': price * 2}|; $t($$).items.price)", "[20,5,14]"),
        (
            "items[0] ~> |$|5|",
            "T2011: The insert/update clause of the transform expression must evaluate to an object: 5",
        ),
        (
            "items[0] ~> |$|{}, 5|",
            "T2012: The delete clause of the transform expression must evaluate to a string or array of strings: 5",
        ),
        ("1 ~> |$|{}|", "T0410: Argument 1 of function undefined does not match function signature"),
        ("missing ~> |$|{}|", "undefined"),
    ]);
    // What changes is a copy: the data stays.
    assert_eq!(shown(evaluate("(owner ~> |$|{'name': 1}|; owner.name)")), "\"Bob\"");
}

#[test]
fn an_object_that_is_put_into_itself_is_refused_and_freed() {
    let result = shown(evaluate("($o := {'a': 1}; $x := $o ~> |$|{'self': $}|; $x)"));
    assert!(result.starts_with("U1001"), "{result}");
}

#[test]
fn regular_expressions_are_functions() {
    all(&[
        ("$match('a1b22', /[a-z](\\d+)/).groups", r#"["1","22"]"#),
        ("$contains('Hello', /^h/i)", "true"),
        ("$replace('2024-05', /(\\d+)-(\\d+)/, '$2/$1')", "\"05/2024\""),
        ("$replace('abc', /b/, function($m) { $uppercase($m.match) })", "\"aBc\""),
        ("$split('a1b2c', /\\d/)", r#"["a","b","c"]"#),
        // Look-around and back-references, which engines without backtracking do not have.
        ("$match('price: $12', /(?<=\\$)\\d+/).match", "\"12\""),
        ("$contains('abab', /^(ab)\\1$/)", "true"),
        ("$replace('foobar', /foo(?!baz)/, 'x')", "\"xbar\""),
        ("/b/('abc').{'s': start, 'e': end}", r#"{"s":1,"e":2}"#),
        ("/b*/('abc').next()", "D1004: Regular expression matches zero length string"),
        ("/a/", "U1002: The value is a function, or holds one: JSON has none"),
    ]);
}

#[test]
fn the_reference_evaluates_texts_and_step_functions_does_not() {
    assert_eq!(shown(in_reference("$eval('items.price') ~> $sum()")), "19.5");
    assert_eq!(shown(in_reference("owner.$eval('name')")), "\"Bob\"");
    assert_eq!(shown(in_reference("($eval('$x := 3'); $x)")), "3");
    assert!(shown(in_reference("$eval('1 +')")).starts_with("D3120"));
    assert!(shown(in_reference("$eval('1 + name')")).starts_with("D3121"));
    assert_eq!(shown(evaluate("$eval('1')")), "T1006: Attempted to invoke a non-function");
}

#[test]
fn a_choice_of_kinds_takes_what_is_undefined_and_a_functions_place_does_not() {
    let refused = "T0410: Argument 1 of function undefined does not match function signature";
    for (signature, expected) in [
        ("<(f):n>", "1"),
        ("<(sf):n>", "1"),
        ("<(f)?:n>", "1"),
        ("<x:n>", "1"),
        ("<j:n>", "1"),
        ("<f:n>", refused),
        ("<f?:n>", refused),
        ("<f+:n>", refused),
    ] {
        all(&[(&format!("(function($f){signature}{{1}})(missing)"), expected)]);
    }
}
