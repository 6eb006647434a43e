//! The output of `stepfn_import`, read by the macro itself: the same ASL comes back, and nothing is refused.

use proc_macro2::TokenStream;
use stepfn_core::{asl, json::push_token, value::Value};
use stepfn_import::{
    self as import,
    rust::{self, Style},
};
use syn::parse::{ParseStream, Parser};

use super::{ast::Machine, lower, parse::Parsed, state_machine};

/// The tokens of the machine in a source, and what the macro makes of them.
fn lowered(source: &str) -> Result<(Machine, lower::Lowered, TokenStream), String> {
    let file = syn::parse_file(source).map_err(|error| format!("{error}\n{source}"))?;
    let tokens = file
        .items
        .into_iter()
        .find_map(|item| match item {
            syn::Item::Macro(item) if item.mac.path.is_ident("state_machine") => Some(item.mac.tokens),
            _ => None,
        })
        .ok_or("no machine")?;
    // As in `state_machine`, the result is kept beside syn's message about tokens that an error left unread.
    let mut parsed = None;
    let parser = |input: ParseStream<'_>| {
        parsed = Some(Parsed::read(input, Vec::new())?);
        Ok(())
    };
    let result = parser.parse2(tokens.clone());
    let Some(Parsed { machine, mut errors }) = parsed else { return Err(format!("{result:?}")) };
    let lowered = lower::lower(&machine, &mut errors);
    if !errors.is_empty() {
        return Err(errors.to_tokens().to_string());
    }
    Ok((machine, lowered, tokens))
}

/// Returns the error of a definition's source, if there is one.
fn judge(file: &str, text: &str) -> Result<(), String> {
    let imported = import::read(file, text, &import::no_files).map_err(|error| error.to_string())?;
    for imported in imported {
        let source = import::rust_source(&imported, &[]).map_err(|error| error.to_string())?;
        let laid_out = rust::format(&source.text, &Style::default()).map_err(|left| left.to_string())?;
        if laid_out.text != source.text || !laid_out.left.is_empty() {
            return Err(format!("the formatter has it otherwise: {:?}\n{}", laid_out.left, laid_out.text));
        }
        let (_, lowered, tokens) = lowered(&source.text)?;
        let written = asl::read(&lowered.json).0.to_canonical_string();
        let original = imported.machine.to_canonical_string();
        if written != original {
            let differs = written.lines().zip(original.lines()).find(|(left, right)| left != right);
            return Err(format!("not the same: {differs:?}\n{}", source.text));
        }
        let expanded = state_machine(tokens).to_string();
        if let Some(at) = expanded.find("compile_error") {
            let end = expanded[at..].char_indices().nth(600).map_or(expanded.len(), |(end, _)| at + end);
            return Err(expanded[at..end].to_owned());
        }
    }
    Ok(())
}

/// Published definitions, where they are at hand.
#[test]
fn published_definitions_are_read_back_as_they_were() {
    let folder = std::env::var_os("STEPFN_REALWORLD_DIR").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/realworld")),
        Into::into,
    );
    let mut files = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if files.is_empty() {
        eprintln!("no definitions in {}; STEPFN_REALWORLD_DIR names the folder", folder.display());
        return;
    }
    let mut wrong = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Err(error) = judge(&path.to_string_lossy(), &text) {
            wrong.push(format!("{}: {error}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are not:\n{}", wrong.len(), files.len(), wrong.join("\n\n"));
}

fn choice(condition: &str) -> Result<String, String> {
    let source = format!(
        "state_machine! {{ A() {{ start_at: A, A: Choice {{ choices: [ {condition} => B ], default: B }}, B: Succeed {{}} }} }}"
    );
    let (_, lowered, _) = lowered(&source)?;
    Ok(lowered.json.pointer("/States/A/Choices/0").map(ToString::to_string).unwrap_or_default())
}

#[test]
fn tests_say_what_they_expect_and_lists_may_have_one_condition() {
    for (condition, asl) in [
        ("is_present($.x) == false", r#"{"Variable":"$.x","IsPresent":false,"Next":"B"}"#),
        ("is_null($.x) == true", r#"{"Variable":"$.x","IsNull":true,"Next":"B"}"#),
        ("and($.x == 1)", r#"{"And":[{"Variable":"$.x","NumericEquals":1}],"Next":"B"}"#),
        (
            "or(is_null($.x), !and($.y == true,))",
            r#"{"Or":[{"Variable":"$.x","IsNull":true},{"Not":{"And":[{"Variable":"$.y","BooleanEquals":true}]}}],"Next":"B"}"#,
        ),
        (
            "asl(\"$['x']\") == string(asl(\"$['y']\"))",
            r#"{"Variable":"$['x']","StringEqualsPath":"$['y']","Next":"B"}"#,
        ),
    ] {
        assert_eq!(choice(condition).as_deref(), Ok(asl), "{condition}");
    }
    assert_eq!(
        choice("and(#[doc = \"why\"] $.x == 1, !(#[doc = \"why not\"] $.y == 2))").as_deref(),
        Ok(
            r#"{"And":[{"Variable":"$.x","NumericEquals":1,"Comment":"why"},{"Not":{"Variable":"$.y","NumericEquals":2,"Comment":"why not"}}],"Next":"B"}"#
        )
    );
    for (condition, message) in [
        ("and(#[allow(x)] $.x == 1)", "no attributes"),
        ("is_present($.x) == 1", "compared with `true` or `false`"),
        ("and()", "expected a condition in the list"),
        ("asl(x) == 1", "expected ASL's own text"),
        ("asl(\"x\") == 1", "takes a path (`$…`) or a function"),
    ] {
        let error = choice(condition).expect_err(condition);
        assert!(error.contains(message), "{condition}: {error}");
    }
}

#[test]
fn substitutions_are_declared_for_texts_and_resources() {
    let source = r#"state_machine! {
        #[substitutions(Table = ref_("Orders"), ShipArn = get_att("Ship", "Arn"))]
        A() {
            start_at: A,
            A: Task { resource: get_att("Ship", "Arn"), parameters: { "table": "${Table}" }, next: B },
            B: Task { resource: ref_("Activity"), end: true },
        }
    }"#;
    let (_, lowered, _) = lowered(source).unwrap();
    assert_eq!(lowered.json.pointer("/States/A/Resource").and_then(|arn| arn.as_str()), Some("${ShipArn}"));
    assert_eq!(lowered.json.pointer("/States/B/Resource").and_then(|arn| arn.as_str()), Some("${Activity}"));
    let names: Vec<&str> = lowered.substitutions.keys().map(String::as_str).collect();
    assert_eq!(names, ["Table", "ShipArn", "Activity"]);
    for (attribute, message) in [
        ("#[substitutions(A = ref_(\"X\"), A = ref_(\"Y\"))]", "`A` is given twice"),
        ("#[substitutions(A = \"X\")]", "expected `ref_"),
        ("#[substitutions(A = x(\"X\"))]", "expected `ref_"),
        ("#[substitutions(A_B = ref_(\"X\"))]", "letters and digits only"),
        ("#[substitutions(A = ref_(\"X.Y\"))]", "letters and digits only"),
    ] {
        let source = format!("state_machine! {{ {attribute} A() {{ start_at: A, A: Succeed {{}} }} }}");
        let error = self::lowered(&source).map(|_| ()).expect_err(attribute);
        assert!(error.contains(message), "{attribute}: {error}");
    }
}

#[test]
fn a_path_that_is_meant_as_text_is_allowed_by_name() {
    let source = |attribute: &str| {
        format!(
            "state_machine! {{ A() {{ start_at: A, {attribute} A: Pass {{ parameters: {{ \"a\": \"$.b\" }}, end: true }} }} }}"
        )
    };
    assert!(lowered(&source("")).is_err_and(|error| error.contains("write it without quotes")));
    let (_, lowered, _) = lowered(&source("#[allow(stepfn::expression_as_text)]")).unwrap();
    assert_eq!(lowered.json.pointer("/States/A/Parameters/a").and_then(|text| text.as_str()), Some("$.b"));
}

/// Each place of a value, by JSON pointer.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    let mut below = |token: &str, value: &Value| {
        let mut at = at.to_owned();
        push_token(&mut at, token);
        places(value, &at, out);
    };
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        below(&index.to_string(), item);
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        below(key, value);
    }
}

/// The value with another one in a place.
fn replaced(value: &Value, at: &str, place: &str, other: &Value) -> Value {
    if at == place {
        return other.clone();
    }
    let below = |token: &str| {
        let mut at = at.to_owned();
        push_token(&mut at, token);
        at
    };
    match value {
        Value::Array(items) => Value::array(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| replaced(item, &below(&index.to_string()), place, other)),
        ),
        Value::Object(map) => Value::object(
            map.iter().map(|(key, value)| (key.to_string(), replaced(value, &below(key), place, other))),
        ),
        scalar => scalar.clone(),
    }
}

/// A definition is refused with a message, or compiles and comes back all the same: never half.
#[test]
fn definitions_with_anything_anywhere_are_refused_or_read_back() {
    let others = ["null", "1", "\"x\"", "\"$.a\"", "{}", "[]", "true", "-2.5", "[{}]", "{ \"a.$\": 1 }"];
    let others: Vec<Value> = others.iter().map(|text| text.parse().unwrap()).collect();
    // All places with all values take minutes: a part of them is tested for the rest.
    let (step, apart) =
        if std::env::var_os("STEPFN_EVERY_PLACE").is_some() { (1, 1) } else { (others.len(), 9) };
    let (mut read, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for file in ["paths.asl.json", "expressions.asl.json"] {
        let path = format!("{}/../tests/import/{file}", env!("CARGO_MANIFEST_DIR"));
        let definition: Value = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let mut all = Vec::new();
        places(&definition, "", &mut all);
        for (index, place) in all.iter().enumerate().skip(1).step_by(apart) {
            for other in others.iter().skip(index % step).step_by(step) {
                let text = replaced(&definition, "", place, other).to_string();
                let imported = import::read("a.json", &text, &import::no_files);
                match imported.map(|imported| import::rust_source(&imported[0], &[])) {
                    Ok(Ok(_)) => {
                        read += 1;
                        if let Err(error) = judge("a.json", &text) {
                            wrong.push(format!("{place} is {other}: {error}"));
                        }
                    }
                    Ok(Err(error)) | Err(error) => {
                        refused += 1;
                        assert!(!error.to_string().is_empty());
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are not: {}", wrong.len(), wrong.join("\n"));
    assert!(read > 10 && refused > 5, "{read} read back, {refused} refused");
}
