//! Whether a state may have a field.

use crate::asl::{QueryLanguage, TYPES, schema};

/// The standing of a field in a state.
pub(in crate::check) enum Standing {
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
pub(in crate::check) fn standing(field: &str, type_name: &str, language: QueryLanguage) -> Standing {
    if let Some(field) = schema::field(type_name, field) {
        return if field.is_in(language) { Standing::Allowed } else { Standing::OtherLanguage };
    }
    let types: Vec<_> = TYPES.into_iter().filter(|name| schema::field(name, field).is_some()).collect();
    if types.is_empty() { Standing::Unknown } else { Standing::OtherTypes(types) }
}
