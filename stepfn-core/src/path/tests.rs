//! Paths that parse, paths that do not, and their messages.

use super::{
    Filter, FilterOp, FilterOperand, FilterPath, Path, Root, Segment,
    SegmentKind::{self, *},
};

fn name(name: &str) -> SegmentKind {
    Name(name.to_owned())
}

fn names(names: &[&str]) -> SegmentKind {
    Names(names.iter().map(|&name| name.to_owned()).collect())
}

fn slice(start: Option<i64>, end: Option<i64>, step: Option<i64>) -> SegmentKind {
    Slice { start, end, step }
}

fn descend(inner: SegmentKind) -> SegmentKind {
    Descend(Box::new(inner))
}

#[track_caller]
fn parse(text: &str) -> Path {
    match Path::parse(text) {
        Ok(path) => path,
        Err(error) => panic!("{text}: {error:?}"),
    }
}

#[test]
fn roots() {
    let variable = |name: &str| Root::Variable(name.to_owned());
    for (text, root, segments) in [
        ("$", Root::Input, 0),
        ("$.a", Root::Input, 1),
        ("$[0]", Root::Input, 1),
        ("$..a", Root::Input, 1),
        ("$$", Root::Context, 0),
        ("$$.a", Root::Context, 1),
        ("$$['a']", Root::Context, 1),
        ("$name", variable("name"), 0),
        ("$name.a", variable("name"), 1),
        ("$name[0]", variable("name"), 1),
        ("$_x1", variable("_x1"), 0),
        ("$größe.a", variable("größe"), 1),
    ] {
        let path = parse(text);
        assert_eq!((&path.root, path.segments.len()), (&root, segments), "{text}");
        assert_eq!(Path::root_path(root.clone()), parse(&root.to_string()));
    }
}

/// Each row: the path, the kinds of its segments, the normalized form.
#[test]
fn segments() {
    for (text, kinds, normalized) in [
        ("$.a.b", vec![name("a"), name("b")], "$['a']['b']"),
        ("$.detail-type", vec![name("detail-type")], "$['detail-type']"),
        ("$.detail.case-id", vec![name("detail"), name("case-id")], "$['detail']['case-id']"),
        ("$.1st", vec![name("1st")], "$['1st']"),
        ("$.7", vec![name("7")], "$['7']"),
        ("$.größe.名前", vec![name("größe"), name("名前")], "$['größe']['名前']"),
        ("$.@type", vec![name("@type")], "$['@type']"),
        ("$.xml:lang", vec![name("xml:lang")], "$['xml:lang']"),
        ("$.a/b#c", vec![name("a/b#c")], "$['a/b#c']"),
        ("$.$ref", vec![name("$ref")], "$['$ref']"),
        ("$['a']", vec![name("a")], "$['a']"),
        ("$[\"a\"]", vec![name("a")], "$['a']"),
        ("$[ 'a' ]", vec![name("a")], "$['a']"),
        ("$['a.b c']", vec![name("a.b c")], "$['a.b c']"),
        ("$['']", vec![name("")], "$['']"),
        (r"$['it\'s']", vec![name("it's")], "$['it's']"),
        (r"$['a\\b']", vec![name(r"a\b")], r"$['a\b']"),
        (r"$['\u0041\n']", vec![name("A\n")], "$['A\n']"),
        (r"$['\ud83d\ude42']", vec![name("🙂")], "$['🙂']"),
        (r"$['\ud83d']", vec![name("\u{fffd}")], "$['\u{fffd}']"),
        (r"$['\uzz']", vec![name("uzz")], "$['uzz']"),
        ("$['a','b']", vec![names(&["a", "b"])], "$['a','b']"),
        ("$[ 'a' , \"b\" ]", vec![names(&["a", "b"])], "$['a','b']"),
        ("$[0]", vec![Index(0)], "$[0]"),
        ("$[ -1 ]", vec![Index(-1)], "$[-1]"),
        ("$[0,2]", vec![Indices(vec![0, 2])], "$[0,2]"),
        ("$[ 0 , -2 ]", vec![Indices(vec![0, -2])], "$[0,-2]"),
        ("$[1:]", vec![slice(Some(1), None, None)], "$[1:]"),
        ("$[:2]", vec![slice(None, Some(2), None)], "$[:2]"),
        ("$[1:5]", vec![slice(Some(1), Some(5), None)], "$[1:5]"),
        ("$[-2:]", vec![slice(Some(-2), None, None)], "$[-2:]"),
        ("$[ 1 : 5 : 2 ]", vec![slice(Some(1), Some(5), Some(2))], "$[1:5:2]"),
        ("$[:]", vec![slice(None, None, None)], "$[:]"),
        ("$[::2]", vec![slice(None, None, Some(2))], "$[::2]"),
        ("$.*", vec![Wildcard], "$[*]"),
        ("$[*]", vec![Wildcard], "$[*]"),
        ("$[ * ].a", vec![Wildcard, name("a")], "$[*]['a']"),
        ("$..a", vec![descend(name("a"))], "$..['a']"),
        ("$..*", vec![descend(Wildcard)], "$..[*]"),
        ("$..[0]", vec![descend(Index(0))], "$..[0]"),
        ("$..['a','b']", vec![descend(names(&["a", "b"]))], "$..['a','b']"),
        ("$.a.['b']", vec![name("a"), name("b")], "$['a']['b']"),
        ("$.a.[0]", vec![name("a"), Index(0)], "$['a'][0]"),
        ("$.[*].['a', 'b']", vec![Wildcard, names(&["a", "b"])], "$[*]['a','b']"),
        ("$.a.length()", vec![name("a"), Function("length".to_owned())], "$['a'].length()"),
        ("$.sum($.a[0], ')').b", vec![Function("sum".to_owned()), name("b")], "$.sum()['b']"),
    ] {
        let path = parse(text);
        let found: Vec<_> = path.segments.iter().map(|segment| segment.kind.clone()).collect();
        assert_eq!(found, kinds, "{text}");
        assert_eq!(path.normalized(), normalized, "{text}");
        assert_eq!(path.as_str(), text);
        // The segments cover the text without a gap.
        let mut end = path.root.to_string().len();
        for segment in &path.segments {
            assert_eq!(segment.span.start, end, "{text}");
            end = segment.span.end;
        }
        assert_eq!(end, text.len());
    }
}

#[test]
fn blanks_at_the_end_are_cut() {
    assert_eq!(parse("$.a \n").as_str(), "$.a");
}

/// Each row: the path, whether it is definite, and the segment no Reference Path may have.
#[test]
fn definite_and_reference() {
    for (text, violation) in [
        ("$", None),
        ("$$.Execution.Id", None),
        ("$name[0]", None),
        ("$.a['b'][-1]", None),
        ("$['a,b:c?*@']", None),
        ("$.a[*].b", Some("[*]")),
        ("$.a.*.b", Some(".*")),
        ("$..a", Some("..a")),
        ("$.a[0,1]", Some("[0,1]")),
        ("$['a','b']", Some("['a','b']")),
        ("$.a[1:2]", Some("[1:2]")),
        ("$.a[?(@.b)][0]", Some("[?(@.b)]")),
        ("$.a.length()", Some(".length()")),
    ] {
        let path = parse(text);
        let found = path.reference_violation().map(|segment| &text[segment.span.clone()]);
        assert_eq!(found, violation, "{text}");
        assert_eq!(path.is_reference(), violation.is_none(), "{text}");
        assert_eq!(path.is_definite(), violation.is_none(), "{text}");
    }
}

#[test]
fn prefixes() {
    let path = parse("$$.no.such[0]");
    let prefixes: Vec<_> = (0..5).map(|n| path.normalized_prefix(n)).collect();
    let whole = "$$['no']['such'][0]";
    assert_eq!(prefixes, ["$$", "$$['no']", "$$['no']['such']", whole, whole]);
}

#[test]
fn children_are_written_as_they_are_read() {
    for step in
        ["a", "detail-type", "1st", "größe", "", "first name", "it's", r"a\b", "a.b", "a\nb", "x]", "🙂"]
    {
        let path = parse("$name.x").child(step).index(-1);
        assert_eq!(path.segments[1].kind, name(step));
        assert_eq!(path, parse(path.as_str()));
    }
}

fn at(segments: &[Segment]) -> String {
    segments.iter().map(|segment| format!("{:?}@{:?} ", segment.kind, segment.span)).collect()
}

/// A filter in a form that shows the order of evaluation.
fn show(filter: &Filter) -> String {
    let path = |path: &FilterPath| {
        let root = if path.from_root { Root::Input } else { Root::Variable("@".to_owned()) };
        let whole = Path { root, segments: path.segments.clone(), text: String::new() };
        whole.normalized().replace("$@", "@")
    };
    fn operand(it: &FilterOperand, path: &dyn Fn(&FilterPath) -> String) -> String {
        match it {
            FilterOperand::Path(it) => path(it),
            FilterOperand::String(text) => format!("{text:?}"),
            FilterOperand::Number(text) | FilterOperand::Regex(text) => text.clone(),
            FilterOperand::Boolean(value) => value.to_string(),
            FilterOperand::Null => "null".to_owned(),
            FilterOperand::List(items) => {
                let items: Vec<_> = items.iter().map(|item| operand(item, path)).collect();
                format!("[{}]", items.join(" "))
            }
        }
    }
    let all = |filters: &[Filter]| filters.iter().map(show).collect::<Vec<_>>().join(" ");
    match filter {
        Filter::Or(filters) => format!("(or {})", all(filters)),
        Filter::And(filters) => format!("(and {})", all(filters)),
        Filter::Not(filter) => format!("(not {})", show(filter)),
        Filter::Exists(it) => path(it),
        Filter::Compare { left, op, right } => {
            format!("({} {} {})", op.symbol(), operand(left, &path), operand(right, &path))
        }
    }
}

#[test]
fn filters() {
    for (text, shown) in [
        ("@.status == 0", "(== @['status'] 0)"),
        ("@.a", "@['a']"),
        ("@", "@"),
        ("!@.a", "(not @['a'])"),
        ("! ! @.a", "(not (not @['a']))"),
        ("@.a=='x'", "(== @['a'] \"x\")"),
        ("@.a==\"it's\"", "(== @['a'] \"it's\")"),
        (r"@.a=='it\'s'", "(== @['a'] \"it's\")"),
        ("@.a != -1.5e+3", "(!= @['a'] -1.5e+3)"),
        ("@.a < 1", "(< @['a'] 1)"),
        ("@.a<=1", "(<= @['a'] 1)"),
        ("@.a>1", "(> @['a'] 1)"),
        ("@.a >= 1", "(>= @['a'] 1)"),
        ("@.a == true", "(== @['a'] true)"),
        ("@.a == false", "(== @['a'] false)"),
        ("@.a == null", "(== @['a'] null)"),
        ("1 == @.a", "(== 1 @['a'])"),
        ("@.a == $.b.c", "(== @['a'] $['b']['c'])"),
        ("@['a b'][0] == 1", "(== @['a b'][0] 1)"),
        ("@.detail-type == 1", "(== @['detail-type'] 1)"),
        ("@..a", "@..['a']"),
        ("@.*", "@[*]"),
        ("@.a[?(@.b)]", "@['a'][?]"),
        ("@.length() > 1", "(> @.length() 1)"),
        ("@.a && @.b && @.c", "(and @['a'] @['b'] @['c'])"),
        ("@.a&&@.b||@.c", "(or (and @['a'] @['b']) @['c'])"),
        ("@.a || @.b && @.c", "(or @['a'] (and @['b'] @['c']))"),
        ("(@.a || @.b) && @.c", "(and (or @['a'] @['b']) @['c'])"),
        ("!(@.a == 1) || ((@.b))", "(or (not (== @['a'] 1)) @['b'])"),
        ("@.a =~ /x.*\\/]/i", "(=~ @['a'] /x.*\\/]/i)"),
        ("@.a in ['x', 1, [true, null], []]", "(in @['a'] [\"x\" 1 [true null] []])"),
        ("@.a NIN ['x']", "(nin @['a'] [\"x\"])"),
        ("@.a subsetof ['x']", "(subsetof @['a'] [\"x\"])"),
        ("@.a anyof ['x']", "(anyof @['a'] [\"x\"])"),
        ("@.a noneof ['x']", "(noneof @['a'] [\"x\"])"),
        ("@.a size 2", "(size @['a'] 2)"),
        ("@.a empty true", "(empty @['a'] true)"),
        ("@.a contains 'x'", "(contains @['a'] \"x\")"),
        ("@.a type 'string'", "(type @['a'] \"string\")"),
    ] {
        // With parentheses, without, and with blanks wherever they are allowed.
        for text in [format!("$.l[?({text})]"), format!("$.l[?{text}]"), format!("$.l[ ? ( {text} ) ]")] {
            let path = parse(&text);
            let Some(SegmentKind::Filter(filter)) = path.segments.last().map(|segment| &segment.kind) else {
                panic!("{text}: {path:?}");
            };
            assert_eq!(show(filter), shown, "{text}");
        }
    }
}

#[test]
fn filter_paths_have_their_place_in_the_whole_text() {
    let path = parse("$.ä[?(@.b['c'] == 1)]");
    let Filter(Filter::Compare { left: FilterOperand::Path(left), op: FilterOp::Eq, .. }) =
        &path.segments[1].kind
    else {
        panic!("{path:?}");
    };
    assert_eq!(at(&left.segments), "Name(\"b\")@8..10 Name(\"c\")@10..15 ");
}

#[test]
fn words_without_quotes() {
    let strict = Path::parse("$[?(@.s==in progress)].a").unwrap_err();
    let (path, forgiven) = Path::parse_lenient("$[?(@.s==in progress)].a").unwrap();
    assert_eq!(forgiven, [strict]);
    assert_eq!(path.segments.len(), 2);
    let Filter(filter) = &path.segments[0].kind else { panic!("{path:?}") };
    assert_eq!(show(filter), "(== @['s'] \"in progress\")");

    let (_, forgiven) = Path::parse_lenient("$[?(@.Name==/eggs/cooked/like)].Value").unwrap();
    assert_eq!(forgiven[0].help.as_deref(), Some("write `'/eggs/cooked/like'`"));
    assert!(Path::parse_lenient("$[?(@.s==)]").is_err());
    assert!(Path::parse_lenient("$[?(s==done)]").is_err());
}

#[test]
fn depth_is_limited() {
    for (before, open, inner, close) in
        [("", "(", "@.a", ")"), ("", "!", "@.a", ""), ("", "@.a[?(", "@.a", ")]"), ("1 == ", "[", "2", "]")]
    {
        let nested = |n: usize| format!("$[?({before}{}{inner}{})]", open.repeat(n), close.repeat(n));
        assert!(Path::parse(&nested(7)).is_ok(), "{}", nested(7));
        for n in [17, 100_000] {
            let error = Path::parse(&nested(n)).unwrap_err();
            assert_eq!(error.message, "a filter nested more than 16 deep");
        }
    }
    // Without a filter there is nothing to nest.
    assert_eq!(parse(&format!("$.a{}", "[0]".repeat(100_000))).segments.len(), 100_001);
}

/// Each row: the text, the message, the offending part, the help (empty for none).
#[test]
fn errors() {
    for (text, message, part, help) in ERRORS {
        let error = match Path::parse(text) {
            Ok(path) => panic!("{text}: {path:?}"),
            Err(error) => error,
        };
        assert_eq!(error.message, *message, "{text}");
        assert_eq!(&text[error.span.clone()], *part, "{text}");
        assert_eq!(error.help.as_deref().unwrap_or_default(), *help, "{text}");
        assert_eq!(error.to_string(), error.message);
    }
}

#[rustfmt::skip]
const ERRORS: &[(&str, &str, &str, &str)] = &[
    ("", "the path is empty", "", "write `$` for the whole input, `$$` for the context object"),
    (" ", "the path is empty", "", "write `$` for the whole input, `$$` for the context object"),
    (" $.a", "blanks before the `$`", " ", "leave the blanks out"),
    ("a", "a path starts with `$`", "a", "write `$.a` for the member of that name"),
    (".a", "a path starts with `$`", ".a", "write `$.a`"),
    ("[0]", "a path starts with `$`", "[0]", "write `$[0]`"),
    ("@.a", "a path starts with `$`", "@.a", "`@` is the element inside a filter: write `$` here"),
    ("States.UUID()", "a path starts with `$`", "States.UUID()", "intrinsic functions are no paths: use them in fields that take both"),
    ("$a-b", "expected `.` or `[` after `$a`", "-", "the name of a variable has only letters, digits and `_`"),
    ("$1", "`$1` is no variable: names do not start with a digit", "$1", "write `$.1` for a member, `$[1]` for an element"),
    ("$$a", "`$$` is the context object, and `a` has no `.` before it", "$$a", "write `$$.a`, or `$a` for the variable of that name"),
    ("$$$", "expected `.` or `[` after `$$`", "$", ""),
    ("$ .a", "expected `.` or `[` after `$`", " ", ""),
    ("$.", "the path ends with `.`", ".", "write a name after the dot, or take the dot out"),
    ("$.a.", "the path ends with `.`", ".", "write a name after the dot, or take the dot out"),
    ("$..", "the path ends with `..`", "..", "write a name, `*` or brackets after it"),
    ("$.a..", "the path ends with `..`", "..", "write a name, `*` or brackets after it"),
    ("$...a", "more than two dots in a row", "...", "write `.` for a member, `..` for every depth"),
    ("$.a b", "a blank in the name `a b` needs brackets", "a b", "write `['a b']`"),
    ("$.first name.x", "a blank in the name `first name` needs brackets", "first name", "write `['first name']`"),
    ("$.price (net)", "a blank in the name `price (net)` needs brackets", "price (net)", "write `['price (net)']`"),
    ("$.a]", "`]` closes nothing", "]", "take it out"),
    ("$.a)", "`)` closes nothing", ")", "take it out"),
    ("$.a]b", "`]` in a name needs brackets", "]", "write `['a]b']`"),
    ("$.a*", "`*` inside a name", "*", "write `.*` for every member; no pattern is possible"),
    ("$.a'b", "`'` in a name needs brackets", "'", r"write `['a\'b']`"),
    (r#"$.a""#, r#"`"` in a name needs brackets"#, r#"""#, r#"write `['a"']`"#),
    ("$.a,b", "`,` in a name needs brackets", ",", "write `['a,b']`"),
    ("$.a?b", "`?` in a name needs brackets", "?", "write `['a?b']`"),
    (r"$.a\b", r"`\` in a name needs brackets", r"\", r"write `['a\\b']`"),
    ("$. a", "a blank after the dot", ". ", "leave the blank out, or write the name in brackets: `['name']`"),
    ("$.a(", "the `(` after `a` is never closed", "(", "write `['a(']` if the `(` is part of the name"),
    ("$.a(1", "the `(` after `a` is never closed", "(", "write `['a(1']` if the `(` is part of the name"),
    ("$.(x)", "`(` where a name should be", "(", ""),
    ("$[", "this `[` is never closed", "[", "write the missing `]`"),
    ("$[]", "empty brackets", "[]", "write `['name']`, `[0]` or `[*]`"),
    ("$[ ]", "empty brackets", "[ ]", "write `['name']`, `[0]` or `[*]`"),
    ("$[0", "this `[` is never closed", "[", "write the missing `]`"),
    ("$['a'", "this `[` is never closed", "[", "write the missing `]`"),
    ("$['a", "this quote is never closed", "'", r"write the missing quote; a quote inside the text is `\'`"),
    ("$['a',", "this `[` is never closed", "[", "write the missing `]`"),
    ("$['a',]", "expected a name in quotes after the `,`", "]", ""),
    ("$['a',0]", "expected a name in quotes after the `,`", "0", ""),
    ("$['a' 'b']", "expected `]`, found `'`", "'", ""),
    ("$[a]", "the name `a` in brackets needs quotes", "a", "write `['a']`"),
    ("$[a", "this `[` is never closed", "[", "write the missing `]`"),
    ("$[a b]", "the name `a b` in brackets needs quotes", "a b", "write `['a b']`"),
    ("$[0,]", "expected an index after the `,`", "]", ""),
    ("$[0,", "this `[` is never closed", "[", "write the missing `]`"),
    ("$[0,a]", "expected an index after the `,`", "a", ""),
    ("$[0 1]", "expected `]`, found `1`", "1", ""),
    ("$[-]", "a `-` without a number", "-", "write `[-1]`"),
    ("$[--1]", "a `-` without a number", "-", "write `[-1]`"),
    ("$[99999999999999999999]", "the index `99999999999999999999` is too large", "99999999999999999999", "an index fits in 64 bits"),
    ("$[1:a]", "expected `]`, found `a`", "a", ""),
    ("$[1:2:3:4]", "expected `]`, found `:`", ":", ""),
    ("$[::0]", "a slice with the step 0", "[::0", "leave the step out, or write 1 or more"),
    ("$[1,2:3]", "expected `]`, found `:`", ":", ""),
    ("$[*", "this `[` is never closed", "[", "write the missing `]`"),
    ("$[*]b", "expected `.` or `[` before `b`", "b", "write `.b`"),
    ("$[0] .a", "a blank between two segments", " ", "leave the blank out"),
    ("$[(@.length-1)]", "scripts in brackets are not supported", "(", "write `[-1]` for the last element"),
    ("$[0]a", "expected `.` or `[` before `a`", "a", "write `.a`"),
    ("$[?", "this filter is never closed", "[?", "write `[?(@.name == 'value')]`"),
    ("$[?]", "an empty filter", "[?]", "write `[?(@.name == 'value')]`"),
    ("$[?()]", "empty parentheses", "()", "write a condition: `(@.name == 'value')`"),
    ("$[?(", "the filter ends where a value should be", "", ""),
    ("$[?(@.a", "this `(` is never closed", "(", "write the missing `)`"),
    ("$[?(@.a)", "this `[` is never closed", "[", "write the missing `]`"),
    ("$[?(@.a]", "this `(` is never closed", "(", "write the missing `)`"),
    ("$[?(@.a==)]", "expected a path or a value, found `)`", ")", ""),
    ("$[?(@.a=1)]", "`=` is no operator", "=", "write `==`"),
    ("$[?(@.a===1)]", "`===` is no operator", "===", "write `==`"),
    ("$[?(@.a & @.b)]", "`&` is no operator", "&", "write `&&`"),
    ("$[?(@.a and @.b)]", "`and` is no operator", "and", "write `&&`"),
    ("$[?(@.a | @.b)]", "`|` is no operator", "|", "write `||`"),
    ("$[?(@.a && )]", "expected a path or a value, found `)`", ")", ""),
    ("$[?(&& @.a)]", "expected a path or a value, found `&`", "&", ""),
    ("$[?(!)]", "expected a path or a value, found `)`", ")", ""),
    ("$[?(@.s==done)]", "the string `done` needs quotes", "done", "write `'done'`"),
    ("$[?(@.s==in progress)]", "the string `in progress` needs quotes", "in progress", "write `'in progress'`"),
    ("$[?(status==1)]", "the string `status` needs quotes", "status", "write `@.status` for the member"),
    ("$[?('a')]", "a value alone is no condition", "'a'", "compare it with something: `@.name == 'value'`"),
    ("$[?(@a == 1)]", "expected `.` or `[` after `@`", "@a", "write `@.name`"),
    ("$[?($x == 1)]", "a filter reads only `@` and `$`, no variable and no context object", "$x", "read the value in a state before, into the input"),
    ("$[?($$.a == 1)]", "a filter reads only `@` and `$`, no variable and no context object", "$$", "read the value in a state before, into the input"),
    ("$[?(@.a == {})]", "an object is no value to compare with", "{", "compare its members one by one"),
    ("$[?(@.a in ['a' 'b'])]", "expected `,` or `]`, found `'`", "'", ""),
    ("$[?(@.a in ['a')]", "expected `,` or `]`, found `)`", ")", ""),
    ("$[?(@.a in [b])]", "the string `b` needs quotes", "b", "write `'b'`"),
    ("$[?(@.a in [)]", "expected a path or a value, found `)`", ")", ""),
    ("$[?(@.a =~ /x)]", "this `/` is never closed", "/", "write the missing `/`"),
    ("$[?(@.a =~ x)]", "`x` is no regular expression", "x", "write `/x/`"),
    ("$[?(@.a == True)]", "the string `True` needs quotes", "True", "write `true`, or `'True'` for the string"),
    ("{% $x %}", "a path starts with `$`", "{% $x %}", "`{% %}` is JSONata: it needs the query language `JSONata`"),
    ("a b", "a path starts with `$`", "a b", "write `$['a b']` for the member of that name"),
    ("a.b", "a path starts with `$`", "a.b", "write `$.a.b` for the member of that name"),
    ("$[?(@.a == 'x)]", "this quote is never closed", "'", r"write the missing quote; a quote inside the text is `\'`"),
    ("$[?(@.a 1)]", "expected an operator, found `1`", "1", ""),
    ("$[?(@.a ~ 1)]", "`~` is no operator", "~", "the operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `&&`, `||` and `!`"),
    ("$[?(@.a like 1)]", "`like` is no operator", "like", "the operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, `&&`, `||` and `!`"),
    ("$[?(@.a == 1) x]", "expected `]`, found `x`", "x", ""),
    ("$[?((@.a == 1)]", "this `(` is never closed", "(", "write the missing `)`"),
    ("$[?(@.a == 1 2)]", "expected `&&`, `||` or `)`, found `2`", "2", ""),
    ("$[?(@. a)]", "a blank after the dot", ". ", "leave the blank out, or write the name in brackets: `['name']`"),
    ("$[?(@.)]", "the path ends with `.`", ".", "write a name after the dot, or take the dot out"),
    ("$[?(@.a == 01x)]", "the string `01x` needs quotes", "01x", "write `'01x'`"),
    ("$[?(@.a ==!@.b)]", "expected a path or a value, found `!`", "!", ""),
    ("$[?(1)]", "a value alone is no condition", "1", "compare it with something: `@.name == 'value'`"),
    ("$[?(@.a, @.b)]", "expected an operator, found `,`", ",", ""),
];
