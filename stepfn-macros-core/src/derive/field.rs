//! The fields of structs and of variants.

use serde_derive_internals::{ast, attr as serde_attr};
use stepfn_core::shape::{Given, Made, Side};
use syn::Type;

use super::{
    Errors,
    attr::{self, Declared},
    form::{Field, Form, Object},
    recursive,
};

/// The facts about the container that its fields need.
pub(super) struct Context<'a> {
    pub(super) ident: &'a syn::Ident,
    pub(super) container: &'a serde_attr::Container,
    pub(super) errors: Errors,
}

/// Returns an object with named fields. `itself` is the form of the deriving type where the fields mention it.
pub(super) fn object(cx: &mut Context<'_>, name: String, fields: &[ast::Field<'_>], itself: &Form) -> Object {
    let mut object = Object::new(name);
    object.deny_unknown_fields = cx.container.deny_unknown_fields();
    for field in fields {
        let (made, given) = (made(field), given(cx, field));
        if made == Made::Never && given == Given::Never {
            continue;
        }
        if field.attrs.flatten() {
            object.flattened.push(flattened(cx, field, made, given));
            continue;
        }
        let name = field.attrs.name();
        let mut given_as = vec![name.deserialize_name().value.clone()];
        for alias in field.attrs.aliases() {
            if alias.value != given_as[0] {
                given_as.push(alias.value.clone());
            }
        }
        let mut form = value(cx, field, itself);
        if has_deserialize_with(&field.attrs) && given == Given::Required {
            form = form.strict();
        }
        object.fields.push(Field {
            made_as: name.serialize_name().value.clone(),
            given_as,
            form,
            made,
            given,
        });
    }
    object
}

fn made(field: &ast::Field<'_>) -> Made {
    if field.attrs.skip_serializing() {
        Made::Never
    } else if field.attrs.skip_serializing_if().is_some() {
        Made::Maybe
    } else {
        Made::Always
    }
}

fn given(cx: &Context<'_>, field: &ast::Field<'_>) -> Given {
    if field.attrs.skip_deserializing() {
        Given::Never
    } else if !field.attrs.default().is_none() || !cx.container.default().is_none() {
        Given::Optional
    } else {
        Given::Required
    }
}

/// `#[serde(flatten)]`: the fields that are added to the other ones, on each side.
fn flattened(cx: &mut Context<'_>, field: &ast::Field<'_>, made: Made, given: Given) -> Form {
    let form = value(cx, field, &Form::Any);
    if recursive::mentions(field.ty, cx.ident) {
        // The fields of the type among its own fields would never end.
        return Form::Any;
    }
    let nothing = || Form::Object(Object::new(cx.ident.to_string()));
    let made = match made {
        Made::Always => form.clone(),
        Made::Maybe => Form::Nullable(Box::new(form.clone())),
        Made::Never => nothing(),
    };
    let given = if given == Given::Never { nothing() } else { form };
    Form::split(made, given)
}

/// The items of a tuple struct or a tuple variant, as an array of fixed length.
pub(super) fn tuple(cx: &mut Context<'_>, fields: &[ast::Field<'_>], side: Side, itself: &Form) -> Form {
    let mut items = Vec::new();
    for field in fields {
        match side {
            Side::Made if field.attrs.skip_serializing() => {}
            Side::Given if field.attrs.skip_deserializing() => {}
            _ => items.push(value(cx, field, itself)),
        }
    }
    // Items that are left out move those behind them.
    if side == Side::Made && fields.iter().any(|field| field.attrs.skip_serializing_if().is_some()) {
        return Form::Array(Box::new(Form::Any));
    }
    Form::Tuple(items)
}

/// The form of a field's value, whether or not the field is there.
pub(super) fn value(cx: &mut Context<'_>, field: &ast::Field<'_>, itself: &Form) -> Form {
    let declared = attr::declared(&field.original.attrs, &mut cx.errors);
    let custom = Custom::of_field(&field.attrs);
    form(cx, declared, &custom, field.ty, itself)
}

/// The functions that replace a value's own `Serialize` and `Deserialize`.
struct Custom<'a> {
    serialize: Option<&'a syn::ExprPath>,
    deserialize: Option<&'a syn::ExprPath>,
}

impl<'a> Custom<'a> {
    fn of_field(attrs: &'a serde_attr::Field) -> Self {
        Self {
            serialize: attrs.serialize_with().filter(|_| !attrs.skip_serializing()),
            deserialize: attrs
                .deserialize_with()
                .filter(|_| has_deserialize_with(attrs) && !attrs.skip_deserializing()),
        }
    }

    fn is_none(&self) -> bool {
        self.serialize.is_none() && self.deserialize.is_none()
    }
}

/// Returns `true` if a function of the user's reads the field; `#[serde(borrow)]` on a `Cow` puts in one of serde's own.
fn has_deserialize_with(attrs: &serde_attr::Field) -> bool {
    attrs
        .deserialize_with()
        .is_some_and(|path| path.path.segments.first().is_none_or(|first| first.ident != "_serde"))
}

/// Returns the form of a value from its type, or from the user's declaration.
fn form(
    cx: &mut Context<'_>,
    declared: Option<Declared>,
    custom: &Custom<'_>,
    ty: &Type,
    itself: &Form,
) -> Form {
    match declared {
        Some(Declared::As { made, given }) => {
            let mut side =
                |declared: Option<Box<Type>>, function: Option<&syn::ExprPath>| match (declared, function) {
                    (Some(declared), _) => of(cx, &declared, itself),
                    (None, Some(function)) => unknown(cx, function),
                    (None, None) => of(cx, ty, itself),
                };
            let made = side(made, custom.serialize);
            let given = side(given, custom.deserialize);
            Form::split(made, given)
        }
        Some(Declared::Any) if custom.is_none() => recursive::over_containers(ty, &|_| Form::Any),
        Some(Declared::Any) => Form::Any,
        Some(Declared::Timestamp) => recursive::over_containers(ty, &|_| Form::Timestamp),
        None => match custom.serialize.or(custom.deserialize) {
            Some(function) => unknown(cx, function),
            None => of(cx, ty, itself),
        },
    }
}

fn of(cx: &Context<'_>, ty: &Type, itself: &Form) -> Form {
    if recursive::mentions(ty, cx.ident) {
        recursive::over_itself(ty, cx.ident, itself)
    } else {
        Form::of(ty)
    }
}

/// Refuses a form that only a function of the user's knows.
pub(super) fn unknown(cx: &mut Context<'_>, function: &syn::ExprPath) -> Form {
    cx.errors.push(syn::Error::new(
        function.path.segments.first().map_or_else(proc_macro2::Span::call_site, |first| first.ident.span()),
        "the JSON form is not known where a function makes or reads it; \
         say it with `#[state_data(as = \"Type\")]`, a type of the same JSON form",
    ));
    Form::Any
}

/// Returns the user's declaration for one side of a value without a type of its own.
pub(super) fn declared_on(cx: &Context<'_>, declared: Declared, side: Side) -> Option<Form> {
    match declared {
        Declared::As { made, given } => {
            let ty = if side == Side::Made { made } else { given };
            ty.map(|ty| of(cx, &ty, &Form::Any))
        }
        Declared::Timestamp => Some(Form::Timestamp),
        Declared::Any => Some(Form::Any),
    }
}
