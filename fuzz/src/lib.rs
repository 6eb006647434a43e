//! The bodies of the fuzz targets: each takes bytes as they come and holds what must hold of any. `fuzz_targets` has one line for each, for cargo-fuzz;
//! `cargo run --release --bin smoke` runs them for a while on stable Rust, over mutations of the seeds.

use std::hint::black_box;

use proc_macro2::{TokenStream, TokenTree};
use stepfn_core::{
    asl,
    check::{self, Options},
    intrinsic, json, jsonata,
    path::Path,
    value::Value,
};
use stepfn_import as import;

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// JSON is read, and what was read is written and read as the same.
pub fn json(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(document) = json::parse(text) else { return };
    for pretty in [document.value.to_string(), document.value.to_pretty_string()] {
        let again = json::parse_value(&pretty)
            .unwrap_or_else(|error| panic!("{text:?} became {pretty:?}: {}", error.message));
        // A duplicate key is kept once.
        assert_eq!(again.to_string(), document.value.to_string());
    }
    black_box(document.nearest_span("/a/0"));
}

/// A path is read, its steps lie in the text, and it is read again as the same.
pub fn path(data: &[u8]) {
    let Some(text) = text(data) else { return };
    black_box(Path::parse_lenient(text)).ok();
    let Ok(path) = Path::parse(text) else { return };
    for segment in &path.segments {
        assert!(text.get(segment.span.clone()).is_some(), "{text:?}: {:?}", segment.span);
    }
    // The form of AWS's messages is no path: a filter is `[?]` there.
    let again = Path::parse(path.as_str()).unwrap_or_else(|error| panic!("{text:?}, then {error:?}"));
    assert_eq!(again.normalized(), path.normalized(), "{text:?}");
    black_box(path.is_reference());
}

/// A call of an intrinsic function is read, and its parts lie in the text.
pub fn intrinsic(data: &[u8]) {
    let Some(text) = text(data) else { return };
    black_box(intrinsic::Call::parse_lenient(text)).ok();
    let Ok(call) = intrinsic::Call::parse(text) else { return };
    for (_, range) in call.paths() {
        assert!(text.get(range.clone()).is_some(), "{text:?}: {range:?}");
    }
    for call in call.calls() {
        black_box(call.format_template());
    }
}

/// An expression is read, looked through and evaluated, all within bounds.
pub fn jsonata(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(tree) = jsonata::parse(text) else { return };
    black_box(jsonata::analyse(&tree, jsonata::Place::default()));
    let Ok(expression) = stepfn_jsonata::Expression::compile(text) else { return };
    let input: Value = INPUT.parse().unwrap_or_default();
    black_box(expression.evaluate(&input)).ok();
}

const INPUT: &str =
    r#"{"a": 1, "b": [1, 2.5, "x", null, true, {"a": "é"}], "s": "text", "o": {"k": {"v": []}}, "n": -0.0}"#;

/// A definition is read, checked, written and drawn; it is no error to be wrong.
pub fn asl(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let checked = check::check_text(text, &Options::default());
    for diagnostic in &checked.diagnostics {
        assert!(text.get(diagnostic.span.range.clone()).is_some(), "{text:?}: {:?}", diagnostic.span);
    }
    let Ok((machine, _)) = asl::read_str(text) else { return };
    let written = machine.to_canonical_string();
    let (again, _) = asl::read_str(&written)
        .unwrap_or_else(|error| panic!("{text:?} became {written:?}: {}", error.message));
    assert_eq!(again.to_canonical_string(), written, "{text:?}");
    let graph = stepfn_core::graph::Graph::of(&machine);
    black_box((graph.to_mermaid(), graph.to_dot()));
}

/// A file of any format is imported, and each machine's source is written.
pub fn import(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for file in ["a.yml", "a.json"] {
        let Ok(machines) = import::read(file, text, &import::no_files) else { continue };
        for machine in machines {
            black_box(import::rust_source(&machine, &[])).ok();
        }
    }
}

/// Any tokens in `state_machine!` give tokens.
pub fn macro_tokens(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(tokens) = text.parse::<TokenStream>() else { return };
    // A macro is never given what rustc's own lexer does not take; nesting, it takes without end.
    if depth(tokens.clone()) < 200 {
        black_box(stepfn_macros_core::state_machine(tokens));
    }
}

fn depth(tokens: TokenStream) -> usize {
    let mut deepest = 0;
    let mut open = vec![(tokens, 1)];
    while let Some((tokens, depth)) = open.pop() {
        deepest = deepest.max(depth);
        for token in tokens {
            if let TokenTree::Group(group) = token {
                open.push((group.stream(), depth + 1));
            }
        }
    }
    deepest
}
