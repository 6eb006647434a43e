//! ASL's names, as they are written in Rust.

use stepfn_core::{asl::schema, case::pascal};
use syn::Ident;

/// The field of ASL that is written so: `timeout_seconds` is `TimeoutSeconds`, `csv_headers` is `CSVHeaders`. One that ASL does not have is
/// named by the same rule, for messages.
pub(super) fn field_name(key: &str) -> String {
    schema::written(key).map_or_else(|| pascal(key), |field| field.name.to_owned())
}

/// `TimeoutSeconds` as `timeout_seconds`, `CSVHeaders` as `csv_headers`.
pub(super) fn snake_case(name: &str) -> String {
    if let Some(field) = schema::named(name) {
        return field.snake.to_owned();
    }
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
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
        for field in schema::all() {
            assert_eq!(field_name(&snake_case(field.name)), field.name);
        }
        assert_eq!(snake_case("CSVHeaderLocation"), "csv_header_location");
    }
}
