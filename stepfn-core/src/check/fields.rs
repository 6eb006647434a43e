//! Which fields a state of a type may have, by query language: one table for the checks and the macro.

use crate::asl::{QueryLanguage, TYPES};

/// The fields that a state of a type may have, in canonical order; empty for an unknown type.
///
/// ```
/// use stepfn_core::{asl::QueryLanguage, check::fields};
///
/// assert!(fields("Wait", QueryLanguage::JsonPath).contains(&"SecondsPath"));
/// assert!(!fields("Wait", QueryLanguage::Jsonata).contains(&"SecondsPath"));
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
        _ => &[],
    }
}

/// Whether ASL has a field of this name: of a machine, a state of any type, a retrier or a catcher.
pub fn is_field(name: &str) -> bool {
    let languages = [QueryLanguage::JsonPath, QueryLanguage::Jsonata];
    let of_states = TYPES.iter().flat_map(|kind| languages.map(|language| fields(kind, language)));
    of_states
        .chain(languages.map(catcher))
        .chain([MACHINE, PROCESSOR, RETRIER])
        .any(|fields| fields.contains(&name))
}

/// The fields of a machine: those of the outermost one, of a Map's processor, of a branch.
pub(super) const MACHINE: &[&str] =
    &["Comment", "Version", "QueryLanguage", "TimeoutSeconds", "StartAt", "States"];
/// See [`MACHINE`].
pub(super) const PROCESSOR: &[&str] = &["Comment", "QueryLanguage", "ProcessorConfig", "StartAt", "States"];
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

/// What a field is to a state.
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

/// What a field is to a state of a type.
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
