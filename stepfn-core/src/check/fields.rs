//! Which fields a state of a type may have, and the other objects of a definition, by query language: one table for the checks, the
//! macro and the documentation.

use crate::asl::{QueryLanguage, TYPES};

/// The objects of a definition that are no states: the outermost machine, a Parallel's branch, a Map's processor and what else a
/// state holds.
pub const OBJECTS: [&str; 13] = [
    "StateMachine",
    "Branch",
    "ItemProcessor",
    "ProcessorConfig",
    "ChoiceRule",
    "Retrier",
    "Catcher",
    "Credentials",
    "ItemReader",
    "ReaderConfig",
    "ItemBatcher",
    "ResultWriter",
    "WriterConfig",
];

/// The fields that a state of a type may have, or one of the other [`OBJECTS`], in canonical order; empty for an unknown name.
///
/// ```
/// use stepfn_core::{asl::QueryLanguage, check::fields};
///
/// assert!(fields("Wait", QueryLanguage::JsonPath).contains(&"SecondsPath"));
/// assert!(!fields("Wait", QueryLanguage::Jsonata).contains(&"SecondsPath"));
/// assert!(fields("ReaderConfig", QueryLanguage::Jsonata).contains(&"CSVHeaders"));
/// ```
pub fn fields(type_name: &str, language: QueryLanguage) -> &'static [&'static str] {
    match (type_name, language) {
        ("Task", QueryLanguage::JsonPath) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "InputPath",
            "Resource",
            "Credentials",
            "Parameters",
            "TimeoutSeconds",
            "TimeoutSecondsPath",
            "HeartbeatSeconds",
            "HeartbeatSecondsPath",
            "ResultSelector",
            "ResultPath",
            "OutputPath",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("Task", QueryLanguage::Jsonata) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "Resource",
            "Credentials",
            "Arguments",
            "TimeoutSeconds",
            "HeartbeatSeconds",
            "Output",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("Pass", QueryLanguage::JsonPath) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "InputPath",
            "Parameters",
            "Result",
            "ResultPath",
            "OutputPath",
            "Assign",
            "Next",
            "End",
        ],
        ("Pass", QueryLanguage::Jsonata) => {
            &["Type", "Comment", "QueryLanguage", "Output", "Assign", "Next", "End"]
        }
        ("Choice", QueryLanguage::JsonPath) => {
            &["Type", "Comment", "QueryLanguage", "InputPath", "OutputPath", "Assign", "Choices", "Default"]
        }
        ("Choice", QueryLanguage::Jsonata) => {
            &["Type", "Comment", "QueryLanguage", "Output", "Assign", "Choices", "Default"]
        }
        ("Wait", QueryLanguage::JsonPath) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "InputPath",
            "Seconds",
            "SecondsPath",
            "Timestamp",
            "TimestampPath",
            "OutputPath",
            "Assign",
            "Next",
            "End",
        ],
        ("Wait", QueryLanguage::Jsonata) => {
            &["Type", "Comment", "QueryLanguage", "Seconds", "Timestamp", "Output", "Assign", "Next", "End"]
        }
        ("Succeed", QueryLanguage::JsonPath) => {
            &["Type", "Comment", "QueryLanguage", "InputPath", "OutputPath"]
        }
        ("Succeed", QueryLanguage::Jsonata) => &["Type", "Comment", "QueryLanguage", "Output"],
        ("Fail", QueryLanguage::JsonPath) => {
            &["Type", "Comment", "QueryLanguage", "Error", "ErrorPath", "Cause", "CausePath"]
        }
        ("Fail", QueryLanguage::Jsonata) => &["Type", "Comment", "QueryLanguage", "Error", "Cause"],
        ("Parallel", QueryLanguage::JsonPath) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "InputPath",
            "Parameters",
            "Branches",
            "ResultSelector",
            "ResultPath",
            "OutputPath",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("Parallel", QueryLanguage::Jsonata) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "Arguments",
            "Branches",
            "Output",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("Map", QueryLanguage::JsonPath) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "InputPath",
            "ItemsPath",
            "ItemReader",
            "ItemSelector",
            "ItemBatcher",
            "MaxConcurrency",
            "MaxConcurrencyPath",
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
            "Label",
            "Parameters",
            "ItemProcessor",
            "Iterator",
            "ResultWriter",
            "ResultSelector",
            "ResultPath",
            "OutputPath",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("Map", QueryLanguage::Jsonata) => &[
            "Type",
            "Comment",
            "QueryLanguage",
            "Items",
            "ItemReader",
            "ItemSelector",
            "ItemBatcher",
            "MaxConcurrency",
            "ToleratedFailureCount",
            "ToleratedFailurePercentage",
            "Label",
            "ItemProcessor",
            "Iterator",
            "ResultWriter",
            "Output",
            "Assign",
            "Retry",
            "Catch",
            "Next",
            "End",
        ],
        ("StateMachine", _) => MACHINE,
        ("Branch", _) => BRANCH,
        ("ItemProcessor", _) => PROCESSOR,
        ("ProcessorConfig", _) => &["Mode", "ExecutionType"],
        // Beside the one comparison operator of a rule that is none of the others.
        ("ChoiceRule", QueryLanguage::JsonPath) => {
            &["Comment", "And", "Or", "Not", "Variable", "Assign", "Next"]
        }
        ("ChoiceRule", QueryLanguage::Jsonata) => &["Comment", "Condition", "Assign", "Output", "Next"],
        ("Retrier", _) => RETRIER,
        ("Catcher", language) => catcher(language),
        ("Credentials", _) => &["RoleArn"],
        ("ItemReader", QueryLanguage::JsonPath) => &["Resource", "ReaderConfig", "Parameters"],
        ("ItemReader", QueryLanguage::Jsonata) => &["Resource", "ReaderConfig", "Arguments"],
        ("ReaderConfig", QueryLanguage::JsonPath) => &[
            "InputType",
            "Transformation",
            "CSVHeaderLocation",
            "CSVHeaders",
            "CSVDelimiter",
            "ItemsPointer",
            "ManifestType",
            "MaxItems",
            "MaxItemsPath",
        ],
        ("ReaderConfig", QueryLanguage::Jsonata) => &[
            "InputType",
            "Transformation",
            "CSVHeaderLocation",
            "CSVHeaders",
            "CSVDelimiter",
            "ItemsPointer",
            "ManifestType",
            "MaxItems",
        ],
        ("ItemBatcher", QueryLanguage::JsonPath) => &[
            "BatchInput",
            "MaxItemsPerBatch",
            "MaxItemsPerBatchPath",
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
        ],
        ("ItemBatcher", QueryLanguage::Jsonata) => {
            &["BatchInput", "MaxItemsPerBatch", "MaxInputBytesPerBatch"]
        }
        ("ResultWriter", QueryLanguage::JsonPath) => &["Resource", "WriterConfig", "Parameters"],
        ("ResultWriter", QueryLanguage::Jsonata) => &["Resource", "WriterConfig", "Arguments"],
        ("WriterConfig", _) => &["Transformation", "OutputType"],
        _ => &[],
    }
}

/// Returns `true` if ASL has a field of this name, in whatever object.
pub fn is_field(name: &str) -> bool {
    let languages = [QueryLanguage::JsonPath, QueryLanguage::Jsonata];
    let owners = TYPES.iter().chain(&OBJECTS);
    owners
        .flat_map(|owner| languages.map(|language| fields(owner, language)))
        .any(|fields| fields.contains(&name))
}

/// The fields of a machine: those of the outermost one, of a Map's processor, of a branch.
pub(super) const MACHINE: &[&str] =
    &["Comment", "Version", "QueryLanguage", "TimeoutSeconds", "StartAt", "States"];
/// See [`MACHINE`].
pub(super) const PROCESSOR: &[&str] = &["Comment", "ProcessorConfig", "StartAt", "States"];
/// See [`MACHINE`].
pub(super) const BRANCH: &[&str] = &["Comment", "QueryLanguage", "StartAt", "States"];
/// The fields of an entry of `Retry`.
pub(super) const RETRIER: &[&str] = &[
    "ErrorEquals",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
];
/// The fields of an entry of `Catch`.
pub(super) fn catcher(language: QueryLanguage) -> &'static [&'static str] {
    match language {
        QueryLanguage::JsonPath => &["ErrorEquals", "ResultPath", "Assign", "Next", "Comment"],
        QueryLanguage::Jsonata => &["ErrorEquals", "Output", "Assign", "Next", "Comment"],
    }
}

/// The standing of a field in a state.
pub(super) enum Standing {
    /// It may be there.
    Allowed,
    /// The type has it in the other query language.
    OtherLanguage,
    /// Other types have it: their names.
    OtherTypes(Vec<&'static str>),
    /// No type has it.
    Unknown,
}

/// Returns the standing of a field in a state of a type.
pub(super) fn standing(field: &str, type_name: &str, language: QueryLanguage) -> Standing {
    let other = match language {
        QueryLanguage::JsonPath => QueryLanguage::Jsonata,
        QueryLanguage::Jsonata => QueryLanguage::JsonPath,
    };
    if fields(type_name, language).contains(&field) {
        return Standing::Allowed;
    }
    if fields(type_name, other).contains(&field) {
        return Standing::OtherLanguage;
    }
    let have = |name: &&str| fields(name, language).contains(&field) || fields(name, other).contains(&field);
    let types: Vec<_> = TYPES.into_iter().filter(have).collect();
    if types.is_empty() { Standing::Unknown } else { Standing::OtherTypes(types) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_common_fields() {
        for name in TYPES {
            for language in [QueryLanguage::JsonPath, QueryLanguage::Jsonata] {
                let fields = fields(name, language);
                assert!(fields.starts_with(&["Type", "Comment", "QueryLanguage"]), "{name}");
                let (path, jsonata) = (fields.contains(&"OutputPath"), fields.contains(&"Output"));
                assert!(!(path && jsonata), "{name} mixes the query languages");
            }
        }
        assert!(fields("Taks", QueryLanguage::JsonPath).is_empty());
    }
}
