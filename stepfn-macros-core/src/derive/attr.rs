//! The own attributes of `#[derive(StateData)]`: `#[state_data(...)]`.

use syn::{LitStr, Token, Type, meta::ParseNestedMeta};

use super::Errors;

const KNOWN: &str = "expected one of `as = \"Type\"`, `timestamp`, `any`";

/// The form that the user declares.
pub(super) enum Declared {
    /// `as = "Type"`, or `as(serialize = "Type", deserialize = "Type")` of which one may be missing.
    As { made: Option<Box<Type>>, given: Option<Box<Type>> },
    /// `timestamp`
    Timestamp,
    /// `any`
    Any,
}

/// Reads the `#[state_data(...)]` attributes of a container, a variant or a field.
pub(super) fn declared(attrs: &[syn::Attribute], errors: &mut Errors) -> Option<Declared> {
    let mut declared = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("state_data")) {
        let parsed = attr.parse_nested_meta(|meta| {
            let next = one(&meta)?;
            if declared.is_some() {
                return Err(meta.error("the form is declared twice; keep one of `as`, `timestamp` and `any`"));
            }
            declared = Some(next);
            Ok(())
        });
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
    declared
}

fn one(meta: &ParseNestedMeta<'_>) -> syn::Result<Declared> {
    if meta.path.is_ident("timestamp") {
        Ok(Declared::Timestamp)
    } else if meta.path.is_ident("any") {
        Ok(Declared::Any)
    } else if meta.path.is_ident("as") {
        if meta.input.peek(Token![=]) {
            let ty = ty(meta)?;
            return Ok(Declared::As { made: Some(ty.clone()), given: Some(ty) });
        }
        let (mut made, mut given) = (None, None);
        meta.parse_nested_meta(|side| {
            if side.path.is_ident("serialize") {
                made = Some(ty(&side)?);
            } else if side.path.is_ident("deserialize") {
                given = Some(ty(&side)?);
            } else {
                return Err(side.error("expected `serialize = \"Type\"` or `deserialize = \"Type\"`"));
            }
            Ok(())
        })?;
        Ok(Declared::As { made, given })
    } else {
        let path =
            meta.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::");
        Err(meta.error(format!("unknown `state_data` attribute `{path}`, {KNOWN}")))
    }
}

fn ty(meta: &ParseNestedMeta<'_>) -> syn::Result<Box<Type>> {
    meta.value()?.parse::<LitStr>()?.parse().map(Box::new)
}
