use super::{ExpressionKind as Kind, *};

/// The tree as a text with all parentheses.
fn shown(expression: &Expression) -> String {
    let all = |parts: &[Expression]| parts.iter().map(shown).collect::<Vec<_>>().join(" ");
    let pairs = |pairs: &[(Expression, Expression)]| {
        let pairs = pairs.iter().map(|(key, value)| format!("{}:{}", shown(key), shown(value)));
        pairs.collect::<Vec<_>>().join(" ")
    };
    match &expression.kind {
        Kind::String(text) => format!("{text:?}"),
        Kind::Number(value) => value.to_string(),
        Kind::Boolean(value) => value.to_string(),
        Kind::Null => "null".into(),
        Kind::Regex { pattern, flags } => format!("/{pattern}/{flags}"),
        Kind::Name(name) => name.clone(),
        Kind::Variable(name) => format!("${name}"),
        Kind::Wildcard => "*".into(),
        Kind::Descendant => "**".into(),
        Kind::Parent => "%".into(),
        Kind::Placeholder => "?".into(),
        Kind::Path(steps) => format!("(. {})", all(steps)),
        Kind::Filter { of, predicate } => format!("(filter {} {})", shown(of), shown(predicate)),
        Kind::KeepArray(of) => format!("(keep {})", shown(of)),
        Kind::OrderBy { of, terms } => {
            let terms = terms.iter().map(|term| {
                format!("{}{}", if term.descending { ">" } else { "<" }, shown(&term.expression))
            });
            format!("(order {} {})", shown(of), terms.collect::<Vec<_>>().join(" "))
        }
        Kind::Group { of, pairs: inside } => format!("(group {} {})", shown(of), pairs(inside)),
        Kind::Focus { of, name } => format!("(@ {} ${name})", shown(of)),
        Kind::Index { of, name } => format!("(# {} ${name})", shown(of)),
        Kind::Negate(of) => format!("(- {})", shown(of)),
        Kind::Binary { operator, left, right } => {
            format!("({} {} {})", operator.symbol(), shown(left), shown(right))
        }
        Kind::Array(items) => format!("[{}]", all(items)),
        Kind::Object(inside) => format!("{{{}}}", pairs(inside)),
        Kind::Block(parts) => format!("(; {})", all(parts)),
        Kind::Conditional { condition, then, otherwise } => {
            let otherwise = otherwise.as_ref().map_or_else(String::new, |part| format!(" {}", shown(part)));
            format!("(if {} {}{otherwise})", shown(condition), shown(then))
        }
        Kind::Bind { name, value, .. } => format!("(:= ${name} {})", shown(value)),
        Kind::Lambda { parameters, signature, body } => {
            let signature = signature.as_deref().unwrap_or_default();
            format!("(lambda{signature} {parameters:?} {})", shown(body))
        }
        Kind::Call { function, arguments } => format!("(call {} {})", shown(function), all(arguments)),
        Kind::Transform { pattern, update, delete } => {
            let delete = delete.as_ref().map_or_else(String::new, |part| format!(" {}", shown(part)));
            format!("(| {} {}{delete})", shown(pattern), shown(update))
        }
    }
}

fn tree(text: &str) -> String {
    parse(text).map_or_else(|error| panic!("{text}: {error:?}"), |expression| shown(&expression))
}

fn error(text: &str) -> (&'static str, String, String) {
    let error = parse(text).map(|found| shown(&found)).unwrap_err();
    (error.code, error.message, text[error.range].to_owned())
}

#[test]
fn operators_bind_as_in_the_reference() {
    for (text, expected) in [
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        ("a.b[0].c", "(. a (filter b 0) c)"),
        ("(a.b)[0]", "(filter (; (. a b)) 0)"),
        ("a or b and c = d & e", "(or a (and b (= c (& d e))))"),
        ("-a.b + 1", "(+ (- (. a b)) 1)"),
        ("$a := $b := 1", "(:= $a (:= $b 1))"),
        ("a ? b : c ? d : e", "(if a b (if c d e))"),
        ("a ? b", "(if a b)"),
        ("x ~> $f ~> $g(1, ?)", "(~> (~> x $f) (call $g 1 ?))"),
        ("a[]", "(keep a)"),
        ("a.b{c: d}.e", "(. (group (. a b) c:d) e)"),
        ("a^(>b, c)", "(order a >b <c)"),
        ("a@$x.b#$i[$i = 1]", "(. (@ a $x) (filter (# b $i) (= $i 1)))"),
        ("[1..3, 5]", "[(.. 1 3) 5]"),
        ("a.%.b.*.**", "(. a % b * **)"),
        ("and and or or in", "(or (and and or) in)"),
        ("a in [1] != b", "(!= (in a [1]) b)"),
        ("function($x, $y)<nn?:n>{ $x }", "(lambda<nn?:n> [\"x\", \"y\"] $x)"),
        ("λ($x){ $x }(1)", "(call (lambda [\"x\"] $x) 1)"),
        ("$ ~> |a|{'b': 1}, 'c'|", "(~> $ (| a {\"b\":1} \"c\"))"),
        ("a[b = /x\\/[/]y/im]", "(filter a (= b /x\\/[/]y/im))"),
        ("`a b`.\"c d\"", "(. a b \"c d\")"),
        ("'\\u00e9\\n\\ud83d\\ude42'", "\"é\\n🙂\""),
        ("/* c */ 1 /* d */ + /**/ 2", "(+ 1 2)"),
        ("1.5e3 - 0.5", "(- 1500 0.5)"),
        ("(a; b;)", "(; a b)"),
        ("()", "(; )"),
        ("$$.a", "(. $$ a)"),
        ("$[] := 1", "(:= $ 1)"),
    ] {
        assert_eq!(tree(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_reported_with_its_place() {
    let cases = [
        ("", "S0207", "expected an expression, found the end", ""),
        ("1 +", "S0207", "expected an expression, found the end", ""),
        ("a b", "S0201", "expected an operator or the end, found `b`", "b"),
        ("(1, 2)", "S0202", "expected `)`, found `,`", ","),
        ("$f(1", "S0203", "expected `)`, found the end", ""),
        ("$f(1,", "S0203", "expected an expression, found the end: `)` is missing", ""),
        ("(1 + [2 +", "S0203", "expected an expression, found the end: `]` is missing", ""),
        ("{'a':", "S0203", "expected an expression, found the end: `}` is missing", ""),
        ("a@", "S0214", "expected a variable after `@`", ""),
        ("a ?: b", "S0211", "`?:` came with JSONata 2.1: Step Functions has 2.0.6", "?:"),
        ("a == b", "S0211", "expected an expression, found `=`", "=="),
        ("!a", "S0204", "`!` is no operator", "!"),
        ("'a\\'b'", "S0103", "`\\'` is no escape", "\\'"),
        ("'\\u12'", "S0104", "`\\u` needs four hexadecimal digits", "\\u"),
        ("'abc", "S0101", "the text has no end", "'abc"),
        ("1e999", "S0102", "the number `1e999` is out of range", "1e999"),
        ("`a", "S0105", "the quoted name has no end", "`a"),
        ("/* a", "S0106", "the comment has no end", "/* a"),
        ("$match(a, /x)", "S0302", "the regular expression has no end", "/x)"),
        ("function(a){ 1 }", "S0208", "a parameter must be a variable, found `a`", "a"),
        ("1 := 2", "S0212", "only a variable can be bound, found `1`", "1"),
        ("a.1", "S0213", "a literal cannot be a step of a path", "1"),
        ("a.-1", "S0213", "a literal cannot be a step of a path", "-1"),
        ("a.-1[0]", "S0213", "a literal cannot be a step of a path", "-1[0]"),
        ("a@b", "S0214", "expected a variable after `@`", "b"),
        ("a[0]@$b", "S0215", "a context variable cannot follow a predicate", "a[0]@$b"),
        ("a^(b)@$c", "S0216", "a context variable cannot follow an order", "a^(b)@$c"),
        ("(a){b: c}[0]", "S0209", "a predicate cannot follow a grouping", "(a){b: c}[0]"),
        ("a{b: c}{d: e}", "S0210", "there is more than one grouping", "a{b: c}{d: e}"),
        ("%", "S0217", "`%` refers to what contains a value, and there is none here", "%"),
    ];
    for (text, code, message, at) in cases {
        assert_eq!(error(text), (code, message.to_owned(), at.to_owned()), "{text}");
    }
    for text in ["a.%.%", "$.%", "(%)", "{'a': 1}.%", "a.b[%.%.%.c]", "%.a"] {
        assert_eq!(parse(text).unwrap_err().code, "S0217", "{text}");
    }
    for text in ["a.b.%.c", "a.b[%.c = 1]", "a.b.(c.%.%)", "a@$x.b.%", "a.b.{'p': %.id}", "a.b^(%.c)"] {
        assert!(parse(text).is_ok(), "{text}");
    }
    assert_eq!(parse("a && b").unwrap_err().help.as_deref(), Some("write `and`"));
}

#[test]
fn deep_and_long_texts_end_in_an_error() {
    let deep = |open: &str| open.repeat(100_000);
    for text in
        [deep("("), deep("["), deep("-"), deep("a."), deep("a?"), deep("a+"), deep("{'a':"), deep("a[")]
    {
        assert!(parse(&text).is_err());
    }
    assert!(parse(&format!("a{}", "+1".repeat(100_000))).is_err());
    assert!(parse(&format!("a{}", "[]".repeat(100_000))).is_err());
    assert!(parse(&format!("a{}", ".b".repeat(100_000))).is_ok());
    assert!(parse(&format!("a{}", ".%".repeat(20_000))).is_ok());
    assert!(parse(&format!("a.b[{}%{}]", "(".repeat(90), ")".repeat(90))).is_ok());
    assert!(parse(&format!("a.b[%{}]", " & 'b'".repeat(240))).is_ok());
    assert!(parse(&format!("{}1{}", "(".repeat(90), ")".repeat(90))).is_ok());
    let long = parse(&format!("$a{}", " & $b".repeat(490))).unwrap();
    assert_eq!(analyse(&long, Place::default()).variables.len(), 491);
}

#[test]
fn functions_are_sorted_and_their_arities_are_those_of_their_signatures() {
    assert!(functions().windows(2).all(|pair| pair[0].name.to_lowercase() < pair[1].name.to_lowercase()));
    for (name, arity) in [
        ("sum", (1, Some(1))),
        ("substring", (1, Some(3))),
        ("pad", (1, Some(3))),
        ("replace", (2, Some(4))),
        ("match", (1, Some(3))),
        ("number", (0, Some(1))),
        ("now", (0, Some(2))),
        ("millis", (0, Some(0))),
        ("zip", (1, None)),
        ("single", (1, Some(2))),
        ("reduce", (2, Some(3))),
        ("contains", (1, Some(2))),
        ("random", (0, Some(1))),
    ] {
        assert_eq!(function(name).unwrap().arity(), arity, "{name}");
    }
    assert!(function("eval").is_none() && function("randomSeeded").is_none());
}

fn issues(text: &str) -> Vec<String> {
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let analysis = analyse(&expression, Place::default());
    analysis.issues.iter().map(|issue| format!("{}: {}", &text[issue.range.clone()], issue.message)).collect()
}

fn variables(text: &str) -> Vec<String> {
    let analysis = analyse(&parse(text).unwrap(), Place::default());
    analysis.variables.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn what_step_functions_does_not_have_is_reported() {
    assert_eq!(issues("$summ(1)"), ["$summ: there is no function `$summ`"]);
    assert_eq!(issues("$eval('1')"), ["$eval: Step Functions has no `$eval`"]);
    assert_eq!(issues("$sum(1, 2)"), ["$sum(1, 2): `$sum` takes 1 argument, found 2"]);
    assert_eq!(issues("[1] ~> $join(',', '')"), ["$join(',', ''): `$join` takes 1 to 2 arguments, found 3"]);
    assert_eq!(issues("$.a"), ["$: `$` refers to nothing here: an expression has no context of its own"]);
    assert_eq!(issues("name & 'x'").len(), 1);
    assert_eq!(issues("$states.inptu"), ["inptu: `$states` has no `inptu`"]);
    assert_eq!(issues("$states.result.a"), ["result: `$states.result` does not exist here"]);
    assert_eq!(issues("$states.context.Exec.Id"), ["Exec: the context object has no `Exec`"]);
    assert_eq!(issues("($states := 1; 2)"), ["$states: `$states` is reserved and cannot be bound"]);
    let seeded = analyse(&parse("$randomSeeded(1)").unwrap(), Place::default());
    assert_eq!(seeded.issues[0].help.as_deref(), Some("write `$random(seed)`"));
}

#[test]
fn a_context_may_be_read_where_there_is_one() {
    for text in [
        "$states.input.items[price > 1 and $.x = $$.y].name",
        "$states.input.items.(a & $string())",
        "$states.input.items^(>price){name: $sum(price)}",
        "$map($states.input.items, function($v, $i) { $v.a & $ & b })",
        "$states.input ~> |items|{'a': b}|",
        "$states.input.items@$i.tags#$n.{'i': $i, 'n': $n}",
        "($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(3))",
        "($even := function($n) { $n = 0 or $odd($n - 1) }; $odd := function($n) { $even($n) }; $even(2))",
        "$states.input.text ~> $uppercase ~> $trim()",
        "$map([1], $string)",
        "($first := $substring(?, 0, 1); $first('a'))",
        "$range(1, 10, 2) ~> $sum",
        "$states.input.and.or",
    ] {
        assert_eq!(issues(text), [""; 0], "{text}");
        assert_eq!(variables(text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_read_and_not_bound_is_listed() {
    assert_eq!(variables("$a + ($b := $c; $b) & $b"), ["a", "c", "b"]);
    assert_eq!(variables("$x := $x + 1"), ["x"]);
    assert_eq!(variables("$map($list, function($v) { $v + $count2 })"), ["list", "count2"]);
}

#[test]
fn an_expression_has_nothing_outside_its_signs() {
    assert_eq!(expression_in("{% 1 %}"), Some((" 1 ", 2)));
    assert_eq!(expression_in("{%%}"), Some(("", 2)));
    assert_eq!(expression_in("{%}"), None);
    assert_eq!(expression_in(" {% 1 %}"), None);
    assert_eq!(expression_in("{% 1 %} "), None);
}
