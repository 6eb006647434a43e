//! The layout of `state_machine!`: what it makes, and that nothing gets lost, over every machine of the repository.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use stepfn_import::rust::{Style, format};

fn laid_out(text: &str) -> String {
    let formatted = format(text, &Style::default()).unwrap();
    assert_eq!(formatted.left, [], "{text}");
    let again = format(&formatted.text, &Style::default()).unwrap();
    assert_eq!(again.text, formatted.text, "not idempotent");
    formatted.text
}

/// The tokens as the compiler sees them, the commas before `]` and `}` left out.
fn tokens(stream: TokenStream, out: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                out.push(open.to_owned());
                tokens(group.stream(), out);
                if close != ")" && out.last().is_some_and(|last| last == ",") {
                    out.pop();
                }
                out.push(close.to_owned());
            }
            other => out.push(other.to_string()),
        }
    }
}

fn tokens_of(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    tokens(text.parse().unwrap(), &mut out);
    out
}

/// The Rust of the repository that has machines in it: its files, and the code blocks of its texts.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<PathBuf> = [
        "examples",
        "tests",
        "docs",
        "src",
        "stepfn-codegen",
        "stepfn-import",
        "stepfn-cli",
        "stepfn-macros",
        "stepfn-macros-core",
        "stepfn-xtask",
    ]
    .map(|name| root.join(name))
    .into();
    let mut found = Vec::new();
    let mut take = |name: String, text: String| {
        // Has slips that no printer can read.
        let is_wrong = name.ends_with("tests/ui/machine/sharing.rs");
        if !is_wrong && text.contains("state_machine!") && text.parse::<TokenStream>().is_ok() {
            found.push((name, text));
        }
    };
    let mut files = vec![root.join("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    for path in files {
        let name = path.display().to_string();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => take(name, fs::read_to_string(&path).unwrap()),
            Some("md") => {
                for (index, block) in fs::read_to_string(&path).unwrap().split("```").enumerate() {
                    let code = block.strip_prefix("rust").and_then(|rest| rest.split_once('\n'));
                    if let Some((_, code)) = code.filter(|_| index % 2 == 1) {
                        // What readers do not see is compiled all the same.
                        let shown = |line: &str| format!("{}\n", line.strip_prefix("# ").unwrap_or(line));
                        take(format!("{name}, block {index}"), code.lines().map(shown).collect());
                    }
                }
            }
            _ => {}
        }
    }
    assert!(found.len() > 60, "{} sources", found.len());
    found.sort();
    found
}

#[test]
fn fields_and_states_are_laid_out() {
    let text = r##"fn f() {
    stepfn::state_machine! {
        // above
        #[name = "X"] /* own */
        pub X( In ) -> Vec<Out<'static>> { // first
            start_at:A,


            /// Doc
            #[allow( stepfn::no_such_field )] A : Task{resource:lambda::invoke( f ).wait_for_task_token->Vec<(A,B,)>,payload:{"a":$,"b":-1,"c":[1,2,{"x":States.Format("{}",$.a [0] )}]},next:B}, // trailing
            "B b": Choice { choices:[ $.a<5&&( $.b>=6||!is_present($.c) ) => C, $.aaaaaaaaaaaaaaaaaaaaaaaaaaaa == "bbbbbbbbbbbbbbbbbbbbbbbb" && $.ccccccc <= 12345678 => D { assign: {x: 1}, output: $.a-b }],
                default /*x*/ : // why
              E },
            C: Pass { result: [
              1, 2], end: true
            // foot
            },
            D: Task { resource: sns::publish, retry: [ { error_equals: [States.ALL], interval_seconds: 2, max_attempts: 3, backoff_rate: 2.0 } ], ..Notify, end: true },
            F: Wait { seconds: (LIMIT+1)*60/ 2, end: true },
            G: Choice { choices: [ 10*limits::MINUTE<=$.total => C, $.n > -LIMIT => C ], default: D },
            E: Pass { parameters: { "text": States.Format("one {} two {} three {} four {}", $.one, $.two, $.three, $.four) }, end: true },
        }
        // end
    }
}
"##;
    assert_eq!(
        laid_out(text),
        r##"fn f() {
    stepfn::state_machine! {
        // above
        #[name = "X"]
        /* own */
        pub X(In) -> Vec<Out<'static>> {
            // first
            start_at: A,

            /// Doc
            #[allow(stepfn::no_such_field)]
            A: Task {
                resource: lambda::invoke(f).wait_for_task_token -> Vec<(A, B,)>,
                payload: { "a": $, "b": -1, "c": [1, 2, { "x": States.Format("{}", $.a[0]) }] },
                next: B,
            }, // trailing
            "B b": Choice {
                choices: [
                    $.a < 5 && ($.b >= 6 || !is_present($.c)) => C,
                    $.aaaaaaaaaaaaaaaaaaaaaaaaaaaa == "bbbbbbbbbbbbbbbbbbbbbbbb"
                        && $.ccccccc <= 12345678 => D { assign: { x: 1 }, output: $.a-b },
                ],
                default /*x*/ : // why
                    E,
            },
            C: Pass {
                result: [
                    1,
                    2,
                ],
                end: true,
                // foot
            },
            D: Task {
                resource: sns::publish,
                retry: [{
                    error_equals: [States.ALL],
                    interval_seconds: 2,
                    max_attempts: 3,
                    backoff_rate: 2.0,
                }],
                ..Notify,
                end: true,
            },
            F: Wait { seconds: (LIMIT + 1) * 60 / 2, end: true },
            G: Choice {
                choices: [10 * limits::MINUTE <= $.total => C, $.n > -LIMIT => C],
                default: D,
            },
            E: Pass {
                parameters: {
                    "text": States.Format(
                        "one {} two {} three {} four {}",
                        $.one,
                        $.two,
                        $.three,
                        $.four
                    ),
                },
                end: true,
            },
        }
        // end
    }
}
"##
    );
}

#[test]
fn what_stands_around_machines_is_left_alone() {
    let text = "fn  odd( ) { let  x='\"';m!{ pub A( ){a :b} } }\n";
    assert_eq!(laid_out(text), text);
    // On one line, what fits stays there.
    assert_eq!(
        laid_out("let  x=state_machine!(A(){start_at:B,B:Succeed{}});"),
        "let  x=state_machine!( A() { start_at: B, B: Succeed {} } );"
    );
}

#[test]
fn a_body_that_does_not_parse_is_left_alone_and_told_with_its_place() {
    let good = "state_machine! { A() { start_at:B } }\n";
    for (body, place, message) in [
        ("A() { start_at B }", (1, 32), "expected `:` behind the name of a field or a state"),
        ("A() { start_at: }", (1, 32), "expected a value behind the name and `:`"),
        ("A() { , }", (1, 24), "expected a field or a value before this"),
        ("A() { $.a: 1 }", (1, 24), "expected a field or a state: `name: value`"),
        ("A()", (1, 20), "expected a machine: `pub Orders(Order) -> Receipt { … }`"),
        ("", (1, 18), "expected a machine: `pub Orders(Order) -> Receipt { … }`"),
    ] {
        let broken = format!("state_machine! {{{}{body} }}\n", if body.is_empty() { "" } else { " " });
        let formatted = format(&format!("{broken}{good}"), &Style::default()).unwrap();
        let told: Vec<_> =
            formatted.left.iter().map(|left| ((left.line, left.column), left.message.as_str())).collect();
        assert_eq!(told, [(place, message)], "{body}");
        assert_eq!(formatted.text, format!("{broken}state_machine! {{ A() {{ start_at: B }} }}\n"));
        assert_eq!(formatted.machines, 1);
    }
}

#[test]
fn templates_of_macros_and_what_rustfmt_skips_are_left_alone() {
    for text in [
        "macro_rules! m { ($name:ident) => { state_machine! { $($name)* (){a :b} } } }",
        "#[rustfmt::skip]\nstate_machine! { A(){a :b} }",
        "#[rustfmt::skip]\nstepfn::state_machine! { A(){a :b} }",
        "// state_machine! { A(){a :b} }",
        "const T: &str = \"state_machine! { A(){a :b} }\";",
    ] {
        assert_eq!(laid_out(text), text);
    }
}

#[test]
fn lines_end_as_the_file_ends_them() {
    let text = "state_machine! {\r\n  // c\r\nA(){start_at:B, // d\r\n/// e\r\nB:Pass{result: \"a\r\nb\", end:true}}\r\n}\r\n";
    assert_eq!(
        laid_out(text),
        "state_machine! {\r\n    // c\r\n    A() {\r\n        start_at: B, // d\r\n        /// e\r\n        B: Pass {\r\n            \
         result: \"a\r\nb\",\r\n            end: true,\r\n        },\r\n    }\r\n}\r\n"
    );
}

#[test]
fn the_settings_of_rustfmt_hold() {
    let mut style = Style::default();
    (style.max_width, style.tab_spaces, style.hard_tabs) = (30, 2, true);
    let text = "\tstate_machine! { A() { start_at: B, B: Pass { end: true } } }";
    assert_eq!(
        format(text, &style).unwrap().text,
        "\tstate_machine! {\n\t\tA() {\n\t\t\tstart_at: B,\n\t\t\tB: Pass { end: true },\n\t\t}\n\t}"
    );
}

#[test]
fn every_machine_of_the_repository_keeps_its_tokens() {
    let mut machines = 0;
    for (name, text) in sources() {
        let formatted = format(&text, &Style::default()).unwrap();
        assert_eq!(formatted.left, [], "{name}");
        machines += formatted.machines;
        assert_eq!(tokens_of(&text), tokens_of(&formatted.text), "{name}");
        assert_eq!(format(&formatted.text, &Style::default()).unwrap().text, formatted.text, "{name}");
        let mut narrow = Style::default();
        narrow.max_width = 40;
        let narrowed = format(&text, &narrow).unwrap();
        assert_eq!(tokens_of(&text), tokens_of(&narrowed.text), "{name}");
        assert_eq!(format(&narrowed.text, &narrow).unwrap().text, narrowed.text, "{name}");
    }
    assert!(machines > 100, "{machines} machines");
}

/// Collects the places where a comment is allowed in the machines of a text: behind each of their tokens.
fn gaps(stream: TokenStream, is_within: bool, out: &mut Vec<usize>) {
    let mut before = [const { String::new() }; 2];
    for tree in stream {
        let text = tree.to_string();
        match tree {
            TokenTree::Group(group) => {
                let is_body = before == ["state_machine", "!"];
                if is_within || is_body {
                    out.push(group.span_open().byte_range().end);
                }
                gaps(group.stream(), is_within || is_body, out);
                if is_within {
                    out.push(group.span_close().byte_range().end);
                }
            }
            other if is_within && !other.to_string().starts_with("///") => {
                out.push(other.span().byte_range().end);
            }
            _ => {}
        }
        before = [std::mem::take(&mut before[1]), text];
    }
    out.dedup();
}

#[test]
fn a_comment_between_any_two_tokens_is_kept() {
    let mut random = 12345_u64;
    let mut tried = 0;
    for (name, text) in sources() {
        // Documentation is several tokens of one place to the compiler.
        let mut places = Vec::new();
        gaps(text.parse().unwrap(), false, &mut places);
        let inside_doc = |at: &usize| {
            let line = text[..*at].rsplit('\n').next().unwrap().trim_start();
            line.starts_with("///") || line.starts_with("//!")
        };
        places.retain(|at| !inside_doc(at));
        for _ in 0..places.len().min(25) {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = usize::try_from(random >> 33).unwrap();
            let at = places[pick % places.len()];
            let comment =
                ["/* kept 7 */", "// kept 7\n", "\n\n// kept 7\n", "/* kept 7\n  more */"][pick / 7 % 4];
            let commented = format!("{}{comment}{}", &text[..at], &text[at..]);
            let is_in_dots = text[..at].ends_with('.') && text[at..].starts_with('.');
            if is_in_dots || tokens_of(&commented) != tokens_of(&text) {
                // Within an operator of two characters.
                continue;
            }
            tried += 1;
            let formatted = format(&commented, &Style::default()).unwrap();
            assert_eq!(formatted.left, [], "{name}: {comment:?} before {:?}", &text[at..].get(..30));
            assert_eq!(formatted.text.matches("kept 7").count(), 1, "{name}");
            assert_eq!(tokens_of(&text), tokens_of(&formatted.text), "{name}");
            let again = format(&formatted.text, &Style::default()).unwrap();
            assert_eq!(again.text, formatted.text, "{name}: {comment:?} before {:?}", &text[at..].get(..30));
        }
    }
    assert!(tried > 1_000, "{tried} comments");
}

#[test]
fn fragments_are_laid_out_as_machines_are() {
    let text = "fragment! {\n/// Waits.\npub(crate)   Transient [ {error_equals:[States.Timeout],max_attempts:2 * 3} ]\n}\n\
                fragment! { Sizes [ $.total>1000=>Large, ..Others{Small:Tiny} ] }\n\
                fragment! { Import(load,table) { start_at:Load, Load: Task { resource: lambda(load), ..Patient } } }\n\
                state_machine! { Films(Film) { ..shared::Import{load:films::load,table:\"films\"}, ..Notify } }\n";
    let expected = "fragment! {
    /// Waits.
    pub(crate) Transient [{ error_equals: [States.Timeout], max_attempts: 2 * 3 }]
}
fragment! { Sizes [$.total > 1000 => Large, ..Others { Small: Tiny }] }
fragment! {
    Import(load, table) { start_at: Load, Load: Task { resource: lambda(load), ..Patient } }
}
state_machine! { Films(Film) { ..shared::Import { load: films::load, table: \"films\" }, ..Notify } }
";
    assert_eq!(laid_out(text), expected);
}
