//! Structs and enums as a whole.

use serde_derive_internals::{
    ast::{self, Data, Style},
    attr::{Identifier, TagType},
};
use stepfn_core::shape::{Given, Side};

use super::{
    attr::Declared,
    enums,
    field::{self, Context},
    form::{Field, Form, Strings},
};

/// The form of a type, out of serde's reading of it for both sides.
pub(super) fn form(
    cx: &mut Context<'_>,
    declared: Option<Declared>,
    ser: &ast::Container<'_>,
    de: &ast::Container<'_>,
) -> Form {
    match declared {
        Some(Declared::Any) => return Form::Any,
        Some(Declared::Timestamp) => return Form::Timestamp,
        Some(Declared::As { made: Some(made), given: Some(given) }) => {
            return Form::split(Form::of(&made), Form::of(&given));
        }
        Some(Declared::As { made, given }) => {
            let own = own(cx, ser, de);
            return Form::split(
                made.map_or_else(|| own.clone(), |ty| Form::of(&ty)),
                given.map_or_else(|| own.clone(), |ty| Form::of(&ty)),
            );
        }
        None => {}
    }
    let into = ser.attrs.type_into().map(Form::of);
    let from = de.attrs.type_from().or(de.attrs.type_try_from()).map(Form::of);
    match (into, from) {
        (Some(made), Some(given)) => Form::split(made, given),
        (made, given) => {
            let own = own(cx, ser, de);
            Form::split(made.unwrap_or_else(|| own.clone()), given.unwrap_or(own))
        }
    }
}

/// The form that the type's fields or variants make.
fn own(cx: &mut Context<'_>, ser: &ast::Container<'_>, de: &ast::Container<'_>) -> Form {
    if !matches!(de.attrs.identifier(), Identifier::No) {
        cx.errors.at(
            &de.ident,
            "an identifier enum names the keys or variants of another type, it is no data; \
             derive `StateData` on the other type",
        );
        return Form::Any;
    }
    let fields = match &de.data {
        Data::Enum(variants) => return enums::form(cx, de, variants),
        Data::Struct(_, _) if de.attrs.transparent() => {
            let mut side = |container: &ast::Container<'_>| {
                let inner = container.data.all_fields().find(|field| field.attrs.transparent());
                inner.map_or(Form::Any, |inner| field::value(cx, inner, &Form::Any))
            };
            let made = side(ser);
            return Form::split(made, side(de));
        }
        Data::Struct(Style::Unit, _) => return Form::Null,
        Data::Struct(Style::Newtype, fields) => return field::value(cx, &fields[0], &Form::Any).strict(),
        Data::Struct(Style::Tuple, fields) => {
            let made = field::tuple(cx, fields, Side::Made, &Form::Any);
            return Form::split(made, field::tuple(cx, fields, Side::Given, &Form::Any));
        }
        Data::Struct(Style::Struct, fields) => fields,
    };
    let mut object = field::object(cx, de.ident.to_string(), fields, &Form::Recursive(0));
    if let TagType::Internal { tag } = de.attrs.tag() {
        let name = de.attrs.name().serialize_name().value.clone();
        let form =
            Form::Enum(Strings { name: de.ident.to_string(), variants: vec![name], also_given: Vec::new() });
        // Serde writes the tag of a struct, but does not read it.
        object.fields.insert(0, Field { given: Given::Never, ..Field::always(tag.clone(), form) });
    }
    Form::Object(object)
}
