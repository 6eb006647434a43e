//! All that there is to make: by the tables of fields, operators, functions, forms and kinds of shapes. What is not made fails.

use std::collections::BTreeSet;

use stepfn::{
    asl::{Operator, QueryLanguage, TYPES},
    check::{OBJECTS, fields},
    intrinsic::Function,
    path::FilterOp,
};
use stepfn_core::jsonata::functions;

use crate::scope::CONTEXT;

/// What is never made, and why.
const EXCLUDED: [(&str, &str); 24] = [
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
    ("shape Token", "a typed token is TaskToken<T> in a struct: its answer is checked in tests/language"),
    ("context JSONPath Execution.RedriveTime", "there after a redrive alone, which a fresh execution is not"),
    ("context JSONata Execution.RedriveTime", "there after a redrive alone, which a fresh execution is not"),
    ("syntax Placeholder", "`?` in a call makes a function; made, but functions are refused as values"),
    ("field JSONata ChoiceRule Comment", "said by the same code as any other Comment"),
];

/// What there is to make.
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
    all.extend(SYNTAX.iter().chain(&SEGMENTS).chain(&SHAPES).chain(&WORK).map(|mark| (*mark).to_owned()));
    all.extend(FilterOp::ALL.iter().map(|operator| format!("filter {}", operator.symbol())));
    all
}

/// What is missing of what there is to make.
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

const SEGMENTS: [&str; 16] = [
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

const WORK: [&str; 12] = [
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
    "typed output",
    "express",
];
