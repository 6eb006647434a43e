//! All that there is to make: by the tables of fields, operators, functions, forms, words, errors, resources and kinds of shapes. What is
//! not made fails.
//!
//! What is not made, and need not be: fragments, and the parameters and constants of machines. They are gone when the analysis begins: the
//! macro and the builder write the states of a fragment, and the values of the rest, into the draft as if they had been written there
//! by hand, and nothing in a draft or a definition tells the two apart. That this writing is right is shown by `tests/sharing.rs`.
//! Nor each of AWS's 220 services behind `aws-sdk:`, which all go through the same tables: the optimised ones are made all.

use std::collections::BTreeSet;

use stepfn_core::{
    asl::{
        Operator, QueryLanguage, TYPES,
        schema::{self, Kind, OBJECTS, fields},
    },
    check::ERROR_NAMES,
    intrinsic::Function,
    path::FilterOp,
};
use stepfn_core::{jsonata::functions, service};

use crate::{child::STARTS, constants, scope::CONTEXT, shapes::FORMS};

/// The features that are never made, and the reasons.
const EXCLUDED: [(&str, &str); 27] = [
    ("word ReaderConfig InputType PARQUET", "a binary file: tests/conformance reads them"),
    ("word ReaderConfig InputType MANIFEST", "manifests name objects in S3: tests/conformance reads them"),
    (
        "word ReaderConfig ManifestType ATHENA_DATA",
        "manifests name objects in S3: tests/conformance reads them",
    ),
    (
        "word ReaderConfig ManifestType S3_INVENTORY",
        "manifests name objects in S3: tests/conformance reads them",
    ),
    (
        "field JSONPath ReaderConfig ManifestType",
        "manifests name objects in S3: tests/conformance reads them",
    ),
    ("field JSONata ReaderConfig ManifestType", "manifests name objects in S3: tests/conformance reads them"),
    ("field JSONata Branch QueryLanguage", "AWS refuses it"),
    ("field JSONPath Branch QueryLanguage", "AWS refuses it"),
    ("field JSONata ItemProcessor QueryLanguage", "AWS refuses it"),
    ("field JSONPath ItemProcessor QueryLanguage", "AWS refuses it"),
    ("segment Function", "AWS promises no function of Jayway's; refused"),
    ("filter =~", "not among the operators of the developer guide; refused"),
    ("filter in", "not among the operators of the developer guide; refused"),
    ("filter nin", "not among the operators of the developer guide; refused"),
    ("filter subsetof", "not among the operators of the developer guide; refused"),
    ("filter anyof", "not among the operators of the developer guide; refused"),
    ("filter noneof", "not among the operators of the developer guide; refused"),
    ("filter size", "not among the operators of the developer guide; refused"),
    ("filter empty", "not among the operators of the developer guide; refused"),
    ("filter contains", "not among the operators of the developer guide; refused"),
    ("filter type", "not among the operators of the developer guide; refused"),
    ("filter operand List", "belongs to operators that are refused"),
    ("filter operand Regex", "belongs to operators that are refused"),
    ("context JSONPath Execution.RedriveTime", "there after a redrive alone, which a fresh execution is not"),
    ("context JSONata Execution.RedriveTime", "there after a redrive alone, which a fresh execution is not"),
    ("syntax Placeholder", "`?` in a call makes a function; made, but functions are refused as values"),
    ("field JSONata ChoiceRule Comment", "said by the same code as any other Comment"),
];

/// Returns the features that there are to make.
pub(crate) fn expected() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for language in [QueryLanguage::JsonPath, QueryLanguage::Jsonata] {
        for owner in TYPES.iter().chain(&OBJECTS) {
            for field in fields(owner, language) {
                all.insert(format!("field {} {owner} {field}", language.name()));
            }
        }
        for (member, _) in CONTEXT {
            all.insert(format!("context {} {member}", language.name()));
        }
    }
    all.extend(Operator::ALL.iter().map(|operator| format!("operator {}", operator.name())));
    for function in Function::ALL {
        let signature = function.signature();
        for given in signature.required..=signature.params.len() {
            all.insert(format!("intrinsic {} of {given}", function.name()));
        }
    }
    for function in functions() {
        let (least, most) = function.arity();
        for given in least..=most.unwrap_or(least + 1) {
            all.insert(format!("function {} of {given}", function.name));
        }
    }
    for owner in ["Retrier", "Catcher"] {
        all.extend(ERROR_NAMES.iter().map(|name| format!("error {owner} {name}")));
    }
    for field in schema::all() {
        let Kind::Word(words) = field.kind else { continue };
        for owner in field.owners {
            all.extend(words.iter().map(|word| format!("word {owner} {} {word}", field.name)));
        }
    }
    for (owner, field, words) in MORE_WORDS {
        all.extend(words.iter().map(|word| format!("word {owner} {field} {word}")));
    }
    all.extend(FORMS.iter().map(|form| format!("shape {form}")));
    all.extend(constants::FIELDS.iter().map(|field| format!("constant {field}")));
    all.extend(STARTS.iter().map(|start| format!("start {start}")));
    all.extend(service::services(false).iter().map(|service| format!("service {service}")));
    all.extend(PATTERNS.iter().map(|pattern| format!("pattern {pattern}")));
    let fixed = SYNTAX.iter().chain(&SEGMENTS).chain(&SHAPES).chain(&WORK).chain(&RESOURCES);
    all.extend(fixed.map(|mark| (*mark).to_owned()));
    all.extend(FilterOp::ALL.iter().map(|operator| format!("filter {}", operator.symbol())));
    all
}

/// Returns the features that are missing.
pub(crate) fn missing(made: &BTreeSet<String>) -> Vec<String> {
    let excluded = |mark: &String| EXCLUDED.iter().any(|(name, _)| name == mark);
    expected().into_iter().filter(|mark| !made.contains(mark) && !excluded(mark)).collect()
}

const SYNTAX: [&str; 43] = [
    "syntax String",
    "syntax Number",
    "syntax Boolean",
    "syntax Null",
    "syntax Regex",
    "syntax Name",
    "syntax Variable",
    "syntax Wildcard",
    "syntax Descendant",
    "syntax Parent",
    "syntax Placeholder",
    "syntax Path",
    "syntax Filter",
    "syntax KeepArray",
    "syntax OrderBy",
    "syntax Group",
    "syntax Focus",
    "syntax Index",
    "syntax Negate",
    "syntax Array",
    "syntax Object",
    "syntax Block",
    "syntax Conditional",
    "syntax Bind",
    "syntax Lambda",
    "syntax Call",
    "syntax Transform",
    "binary +",
    "binary -",
    "binary *",
    "binary /",
    "binary %",
    "binary =",
    "binary !=",
    "binary <",
    "binary <=",
    "binary >",
    "binary >=",
    "binary &",
    "binary and",
    "binary or",
    "binary in",
    "binary ..",
];

const SEGMENTS: [&str; 20] = [
    "segment Name",
    "segment Names",
    "segment Index",
    "segment Indices",
    "segment Slice",
    "segment Wildcard",
    "segment Filter",
    "segment Descend",
    "segment Function",
    "filter Or",
    "filter And",
    "filter Not",
    "filter Exists",
    "filter operand Path",
    "filter operand String",
    "filter operand Number",
    "filter operand Boolean",
    "filter operand Null",
    "filter operand List",
    "filter operand Regex",
];

const SHAPES: [&str; 32] = [
    "shape Any",
    "shape Null",
    "shape Boolean",
    "shape Integer",
    "shape negative Integer",
    "shape u64",
    "shape i64",
    "shape Number",
    "shape String",
    "shape timestamp",
    "shape char",
    "shape Enum",
    "shape Enum with alias",
    "shape Enum with other",
    "shape Array",
    "shape Tuple",
    "shape Map",
    "shape Keyed",
    "shape Object",
    "shape Nullable",
    "shape OneOf",
    "shape Split",
    "shape Recursive",
    "shape Mixed",
    "shape Token",
    "shape flattened",
    "shape flattened Map",
    "shape flattened OneOf",
    "shape denying",
    "shape alias",
    "shape renamed",
    "shape skipped",
];

/// Those of `aws-sdk:` wait for nothing but a callback.
const PATTERNS: [&str; 6] = [
    "optimised Request",
    "optimised Sync",
    "optimised Sync2",
    "optimised WaitForTaskToken",
    "sdk Request",
    "sdk WaitForTaskToken",
];

/// The words of fields that are no words in the schema: each has a check of its own.
const MORE_WORDS: [(&str, &str, &[&str]); 3] = [
    ("ProcessorConfig", "Mode", &["INLINE", "DISTRIBUTED"]),
    ("ProcessorConfig", "ExecutionType", &["STANDARD", "EXPRESS"]),
    ("Retrier", "JitterStrategy", &["FULL", "NONE"]),
];

/// The kinds of resources that are known.
const RESOURCES: [&str; 3] = ["resource Function", "resource Activity", "resource Integration"];

const WORK: [&str; 14] = [
    "work function Direct",
    "work function Invoke",
    "work function WaitForTaskToken",
    "work declared",
    "work undeclared",
    "work service",
    "work reader Csv",
    "work reader Json",
    "work reader JsonLines",
    "work reader Listing",
    "work reader Loaded",
    "typed output",
    "express",
    "strict",
];

/// The names of an enum's variants, out of the source: a variant that is new belongs into a table here.
pub(crate) fn variants(file: &str, name: &str) -> BTreeSet<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stepfn-core/src").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.split_once(&format!("pub enum {name} {{\n")).unwrap().1;
    let body = body.split_once("\n}").unwrap().0;
    let named = body
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|sign: char| sign.is_ascii_uppercase()));
    named.map(|line| line.split(['(', '{', ',', ' ']).next().unwrap_or_default().to_owned()).collect()
}

/// The forms of texts that the checker tells from others, out of the source.
fn forms_in_source() -> BTreeSet<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("stepfn-core/src/shape/form.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.split_once("fn of_form(").unwrap().1.split_once("\n}").unwrap().0;
    let mut forms = BTreeSet::new();
    for arm in body.lines().filter(|line| line.contains("=>")) {
        let patterns = arm.split("=>").next().unwrap_or_default();
        forms.extend(
            patterns.split("b\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
        );
    }
    forms
}

#[test]
fn the_tables_hold_every_kind_that_there_is() {
    let listed = |marks: &[&str], before: &str| -> BTreeSet<String> {
        let of = marks.iter().filter_map(|mark| mark.strip_prefix(before));
        of.filter_map(|rest| rest.split(' ').next()).map(str::to_owned).collect()
    };
    let mut syntax = listed(&SYNTAX, "syntax ");
    // Each of its operators is listed by its sign.
    syntax.insert("Binary".into());
    assert_eq!(syntax, variants("jsonata/ast.rs", "ExpressionKind"));
    assert_eq!(
        SYNTAX.iter().filter(|mark| mark.starts_with("binary ")).count() + 1,
        variants("jsonata/ast.rs", "Operator").len(),
        "`~>` makes a call; all others are listed"
    );
    assert_eq!(listed(&SEGMENTS, "segment "), variants("path/ast.rs", "SegmentKind"));
    let mut filters = listed(&SEGMENTS, "filter ");
    assert!(filters.remove("operand") && filters.insert("Compare".into()));
    assert_eq!(filters, variants("path/ast.rs", "Filter"));
    assert_eq!(listed(&SEGMENTS, "filter operand "), variants("path/ast.rs", "FilterOperand"));
    let mut shapes: BTreeSet<String> = listed(&SHAPES, "shape ");
    shapes.retain(|name| name.starts_with(|sign: char| sign.is_ascii_uppercase()));
    // Text is listed by its forms, and no type is of `Never`.
    shapes.extend(["Text".into(), "Never".into()]);
    assert_eq!(shapes, variants("shape/mod.rs", "Shape"));
    assert_eq!(listed(&PATTERNS, "optimised "), variants("service/mod.rs", "Pattern"));
    let mut resources = listed(&RESOURCES, "resource ");
    // Of an unknown one nothing is known: the results of Tasks that are declared, or not, are made.
    resources.insert("Unknown".into());
    assert_eq!(resources, variants("service/mod.rs", "Resource<'a>"));
    let forms: BTreeSet<String> = FORMS.iter().map(|form| (*form).to_owned()).collect();
    assert_eq!(forms, forms_in_source());
}
