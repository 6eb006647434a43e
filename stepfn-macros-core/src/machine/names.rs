//! ASL's names, as they are written in Rust.

use syn::Ident;

/// The field of ASL that is written so: `timeout_seconds` is `TimeoutSeconds`, `csv_headers` is `CSVHeaders`.
pub(super) fn field_name(key: &str) -> String {
    match key.strip_prefix("csv_") {
        Some(rest) => format!("CSV{}", pascal_case(rest)),
        None => pascal_case(key),
    }
}

/// `timeout_seconds` as `TimeoutSeconds`.
pub(super) fn pascal_case(name: &str) -> String {
    let mut out = String::new();
    for word in name.split('_') {
        let mut chars = word.chars();
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        out.extend(chars);
    }
    out
}

/// `TimeoutSeconds` as `timeout_seconds`, `CSVHeaders` as `csv_headers`.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let new_word = before.is_some_and(char::is_lowercase)
            || (before.is_some() && chars.peek().is_some_and(|next| next.is_lowercase()));
        if c.is_uppercase() && new_word {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        before = Some(c);
    }
    out
}

/// A name as an identifier, raw where it is a keyword; none where it cannot be one at all, as `Self`.
pub(crate) fn identifier(name: &str, span: proc_macro2::Span) -> Option<Ident> {
    if syn::parse_str::<Ident>(name).is_ok() {
        return Some(Ident::new(name, span));
    }
    let raw = syn::parse_str::<Ident>(&format!("r#{name}")).ok()?;
    Some(Ident::new_raw(&syn::ext::IdentExt::unraw(&raw).to_string(), span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_asl_is_written_in_snake_case_and_read_back() {
        use stepfn_core::{
            asl::{QueryLanguage, TYPES},
            check::{OBJECTS, fields},
        };
        for owner in TYPES.iter().chain(&OBJECTS) {
            for language in [QueryLanguage::JsonPath, QueryLanguage::Jsonata] {
                for field in fields(owner, language) {
                    assert_eq!(field_name(&snake_case(field)), *field);
                }
            }
        }
        assert_eq!(snake_case("CSVHeaderLocation"), "csv_header_location");
    }
}
