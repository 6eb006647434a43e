//! An evaluation that would take all time or all memory ends, after the same work on every machine.

use stepfn_core::value::Value;
use stepfn_jsonata::{Environment, Expression, Limit, Limits, Nothing, Options};

use super::{evaluate, shown};

fn limit(text: &str) -> Option<Limit> {
    // A part of the steps that there are by default, for the tests' sake.
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    let expression = Expression::with(text, Options::default().limits(limits)).unwrap();
    match expression.evaluate_in(None, &Nothing) {
        Ok(value) => panic!("{text} gave {:.80}", value.map(|value| value.to_string()).unwrap_or_default()),
        Err(error) => error.limit,
    }
}

#[test]
fn memory_is_bounded() {
    for text in [
        "$reduce([1..40], function($a, $i) { $append($a, $a) }, [1])",
        "$reduce([1..40], function($a, $i) { $a & $a }, 'x')",
        "$reduce([1..40], function($a, $i) { [$a, $a] }, [1])",
        "$reduce([1..40], function($a, $i) { {'a': $a, 'b': $a} }, {})",
        "$reduce([1..40], function($a, $i) { $string([$a, $a]) }, 'x')",
        "$reduce([1..40], function($a, $i) { $merge([$a, {$string($count($keys($a))): $a}]) }, {})",
        "$pad('x', 1e8)",
        "$pad('x', -1e300)",
        "$pad('', 1e7, 'abcdefghijklmnopqrstuvwxyz')",
        "[1..1e7]",
        "[1..873783]",
        "$count($range(1, 1e9, 1))",
        "$replace($pad('x', 1e5, 'x'), /x/, $pad('y', 1e5))",
        "$join($map([1..1e5], function() { $pad('x', 1e4) }))",
        "$split($pad('x', 1e6, 'x'), '')",
        "$formatInteger(1e15, 'I')",
        "$fromMillis(0, '[Y,1000000000]')",
    ] {
        let reached = limit(text);
        assert!(matches!(reached, Some(Limit::Memory | Limit::Steps | Limit::Depth)), "{text}: {reached:?}");
    }
}

#[test]
fn loops_are_bounded() {
    for text in [
        "($f := function($n) { $f($n + 1) }; $f(0))",
        "($f := function() { $map([1..100], $f) }; $f())",
        "$map([1..3000], function($a) { $map([1..3000], function($b) { $a * $b }) })",
        "$sort([1..300000], function($a, $b) { $a < $b })",
        "$contains($pad('', 40, 'a'), /(a+)+$b/)",
        "$contains($pad('', 5000, 'a'), /(.*)(.*)(.*)x/)",
        "$match($pad('', 60, 'a'), /^(a|a)*b/)",
        "$distinct($map([1..5000], function($v) { {'v': $v} }))",
        "$formatNumber(0, '0.0e0')",
        "$formatNumber(1e300, $pad('0', -100001, '#,'))",
        "$formatNumber(1e300, $pad('0', -100001, '#,##,'))",
    ] {
        let reached = limit(text);
        assert!(matches!(reached, Some(Limit::Steps | Limit::Depth | Limit::Memory)), "{text}: {reached:?}");
    }
}

/// More digits than Rust writes, and than `toFixed` of JavaScript.
#[test]
fn digits_are_bounded() {
    for places in ["101", "65600", "200000"] {
        let text = format!("$formatNumber(1.5, '0.' & $pad('', {places}, '0'))");
        let words = "U1003: toFixed() digits argument must be between 0 and 100";
        assert_eq!(shown(evaluate(&text)), words, "{text}");
    }
    assert_eq!(shown(evaluate("$length($formatNumber(1.5, '0.' & $pad('', 100, '0')))")), "102");
}

/// Each way in which evaluations nest, on a stack of a thread of the standard library.
#[test]
fn depth_is_bounded_before_the_stack_is() {
    let recursions = [
        "($f := function($x) { 1 + $f($x) }; $f(1))",
        "($f := function($x) { $map([1], $f)[0] + 1 }; $f(1))",
        "($f := function($x) { $reduce([1, 2], function($a, $b) { $f($a) + 1 }) }; $f(1))",
        "($f := function($x) { [{'a': ($f($x))}] }; $f(1))",
        "($f := function($x) { $sort([1, 2], function($a, $b) { $f($a) > 1 }) & '' }; $f(1))",
        "($f := function($x) { [1, 2]^($f($)) & '' }; $f(1))",
        "($f := function($x) { ({'b': 1}).{'k': b}{'x': $f(1)} & '' }; $f(1))",
        "($f := function($x) { [1, 2][$f($)] & '' }; $f(1))",
        "($f := function($x) { $replace('a', /a/, $f) & '' }; $f(1))",
        "($f := function($x) { $each({'a': 1}, function($v) { $f($v) & '' }) }; $f(1))",
        "($f := function($x) { ($x ~> |$|{'a': $f($)}|) & '' }; $f({}))",
        "($f := function($x) { ({'a': [1]}).a@$v.($f($v) & '') }; $f(1))",
        "($f := function($x) { (1 ~> ($f ~> $string)) & '' }; $f(1))",
        "($f := function($x, $y) { 1 + $g(1) }; $g := $f(?, 1); $f(1, 1))",
    ];
    for text in recursions {
        assert_eq!(limit(text), Some(Limit::Depth), "{text}");
    }
    for text in [
        "$reduce([1..100000], function($a, $i) { [[$a]] }, 1)",
        "$reduce([1..100000], function($a, $i) { {'a': $a} }, 1)",
        "$reduce($append([$string], [1..100000]), function($f, $i) { $f ~> $string })('x')",
        "$reduce($append([$string], [1..100000]), function($f, $i) { $f(?) })('x')",
    ] {
        assert!(limit(text).is_some(), "{text}");
    }
    // Closures in closures are taken apart one by one.
    let deep =
        "($f := $reduce($append([$string], [1..20000]), function($f, $i) { function($x) { $f($x) } }); 1)";
    assert_eq!(shown(Expression::compile(deep).unwrap().evaluate(&Value::Null)), "1");
    let deep = "($g := function($a, $b) { $b }; $f := $reduce($append([$string], [1..20000]), function($f, $i) { $g(?, $f) }); 1)";
    assert_eq!(shown(Expression::compile(deep).unwrap().evaluate(&Value::Null)), "1");
}

#[test]
fn a_long_row_of_operators_is_no_recursion() {
    let text = vec!["'a'"; 400].join(" & ");
    assert_eq!(shown(Expression::compile(&text).unwrap().evaluate(&Value::Null)).len(), 402);
    let text = format!("[[1]]{}", "[0]".repeat(400));
    assert_eq!(shown(Expression::compile(&text).unwrap().evaluate(&Value::Null)), "1");
    for text in [format!("$f{}", "(1)".repeat(400)), format!("x{}", "^(a)".repeat(400))] {
        assert_eq!(Expression::compile(&text).unwrap_err().code, "S0206");
    }
    let text = format!("'a'{}", " ~> $uppercase".repeat(250));
    assert_eq!(shown(Expression::compile(&text).unwrap().evaluate(&Value::Null)), "\"A\"");
    let text = format!("{}1{}", "(".repeat(99), ")".repeat(99));
    assert_eq!(shown(Expression::compile(&text).unwrap().evaluate(&Value::Null)), "1");
}

#[test]
fn limits_can_be_set() {
    let limits = Limits { steps: 100, ..Limits::default() };
    let expression = Expression::with("$sum([1..1000].($ * 2))", Options::default().limits(limits)).unwrap();
    let error = expression.evaluate(&Value::Null).unwrap_err();
    assert_eq!(error.limit, Some(Limit::Steps));
    assert_eq!(error.message, "Expression evaluation timeout: Check for infinite loop");
    let limits = Limits { items: 10, ..Limits::default() };
    let expression = Expression::with("[1..11]", Options::default().limits(limits)).unwrap();
    assert_eq!(expression.evaluate(&Value::Null).unwrap_err().limit, Some(Limit::Memory));
}

/// Counts evaluations of an expression that draws.
struct Draws(std::cell::Cell<u32>);

impl Environment for Draws {
    fn random(&self) -> f64 {
        self.0.set(self.0.get() + 1);
        0.0
    }
}

#[test]
fn work_is_counted_and_not_timed() {
    let turns = || {
        let draws = Draws(std::cell::Cell::new(0));
        let expression = Expression::compile("($f := function() { ($random(); $f()) }; $f())").unwrap();
        assert_eq!(expression.evaluate_in(None, &draws).unwrap_err().limit, Some(Limit::Steps));
        draws.0.get()
    };
    assert_eq!(turns(), turns());
}

#[test]
fn a_long_path_is_read_in_one_go() {
    // Looked through again at each of its steps, this would take minutes.
    let text = format!("{}b", "a.".repeat(100_000));
    let expression = Expression::compile(&text).unwrap();
    assert_eq!(expression.evaluate(&Value::empty_object()).unwrap(), None);
    // Each `%` goes back over those before it.
    let text = format!("a{}{}", ".b".repeat(20_000), ".%".repeat(20_000));
    assert_eq!(Expression::compile(&text).unwrap_err().code, "S0206");
}
