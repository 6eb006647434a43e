//! Enums in serde's four representations.

use serde_derive_internals::{
    ast::{self, Style, Variant},
    attr::TagType,
};
use stepfn_core::shape::{Given, Made, Side};

use super::{
    attr,
    field::{self, Context},
    form::{Field, Form, Object, OneOf, Strings},
};

/// The form of an enum; the sides differ where variants are skipped or renamed on one.
pub(super) fn form(cx: &mut Context<'_>, container: &ast::Container<'_>, variants: &[Variant<'_>]) -> Form {
    let mut side = |side| Enum { container, side }.form(cx, variants);
    let made = side(Side::Made);
    Form::split(made, side(Side::Given))
}

/// `#[serde(other)]`: any further string is read. It is added to the strings as a whole and not to the variant's own, for a known tag never
/// leads to the variant.
const ANY: &str = "*";

struct Enum<'a> {
    container: &'a ast::Container<'a>,
    side: Side,
}

impl Enum<'_> {
    fn form(&self, cx: &mut Context<'_>, variants: &[Variant<'_>]) -> Form {
        let name = self.container.ident.to_string();
        let variants: Vec<_> = variants.iter().filter(|variant| self.has(variant)).collect();
        for variant in variants.iter().filter(|variant| self.is_unit(variant)) {
            if let Some(attr) = variant.original.attrs.iter().find(|attr| attr.path().is_ident("state_data"))
            {
                cx.errors.at(
                    attr,
                    "this variant has no content whose form could be declared; remove the attribute",
                );
            }
        }
        if matches!(self.container.attrs.tag(), TagType::External)
            && variants.iter().all(|variant| !variant.attrs.untagged() && self.is_unit(variant))
        {
            let strings = variants.iter().map(|variant| self.strings(variant));
            let mut all = strings.fold(Strings { name, variants: vec![], also_given: vec![] }, joined);
            if variants.iter().any(|variant| variant.attrs.other()) {
                all.also_given.push(ANY.to_owned());
            }
            return Form::Enum(all);
        }
        let alternatives: Vec<_> = variants.iter().map(|variant| self.alternative(cx, variant)).collect();
        // The fields that all have in common are in the enum itself, not in a variant.
        let mut common = common(&name, &alternatives, self.side).shifted(-1);
        if variants.iter().any(|variant| variant.attrs.other())
            && let Some(Form::Enum(tag)) = common.fields.first_mut().map(|field| &mut field.form)
        {
            tag.also_given.push(ANY.to_owned());
        }
        let buffered = !matches!(self.container.attrs.tag(), TagType::External)
            || variants.iter().any(|variant| variant.attrs.untagged());
        Form::OneOf(OneOf { name, alternatives, buffered, common })
    }

    fn has(&self, variant: &Variant<'_>) -> bool {
        match self.side {
            Side::Made => !variant.attrs.skip_serializing(),
            Side::Given => !variant.attrs.skip_deserializing(),
        }
    }

    fn style(&self, variant: &Variant<'_>) -> Style {
        match (variant.style, self.side) {
            (Style::Newtype, Side::Made) if variant.fields[0].attrs.skip_serializing() => Style::Unit,
            (Style::Newtype, Side::Given) if variant.fields[0].attrs.skip_deserializing() => Style::Unit,
            (style, _) => style,
        }
    }

    fn is_unit(&self, variant: &Variant<'_>) -> bool {
        matches!(self.style(variant), Style::Unit) && self.function(variant).is_none()
    }

    /// Returns the function that replaces the serializer of the variant's content.
    fn function<'a>(&self, variant: &'a Variant<'_>) -> Option<&'a syn::ExprPath> {
        match self.side {
            Side::Made => variant.attrs.serialize_with(),
            Side::Given => variant.attrs.deserialize_with(),
        }
    }

    /// The names of a variant.
    fn strings(&self, variant: &Variant<'_>) -> Strings {
        let name = variant.attrs.name();
        let name = match self.side {
            Side::Made => name.serialize_name(),
            Side::Given => name.deserialize_name(),
        };
        let also_given = variant
            .attrs
            .aliases()
            .iter()
            .map(|alias| alias.value.clone())
            .filter(|alias| *alias != name.value)
            .collect();
        Strings { name: self.container.ident.to_string(), variants: vec![name.value.clone()], also_given }
    }

    fn alternative(&self, cx: &mut Context<'_>, variant: &Variant<'_>) -> Form {
        let name = format!("{}::{}", self.container.ident, variant.ident);
        let strings = self.strings(variant);
        match self.container.attrs.tag() {
            _ if variant.attrs.untagged() => self.untagged(cx, variant, name),
            TagType::None => self.untagged(cx, variant, name),
            TagType::External if self.is_unit(variant) => Form::Enum(strings),
            TagType::External => {
                let content = self.content(cx, variant, name.clone(), 1);
                let mut object = Object::new(name);
                let mut given_as = strings.variants.clone();
                given_as.extend(strings.also_given);
                let key = given_as[0].clone();
                object.fields.push(Field { given_as, ..Field::always(key, content.strict()) });
                // An enum is an object of one key.
                object.deny_unknown_fields = true;
                Form::Object(object)
            }
            TagType::Internal { tag } => Form::Object(self.internal(cx, variant, name, tag)),
            TagType::Adjacent { tag, content } => {
                Form::Object(self.adjacent(cx, variant, name, tag, content))
            }
        }
    }

    fn internal(&self, cx: &mut Context<'_>, variant: &Variant<'_>, name: String, tag: &str) -> Object {
        let mut object = match self.content(cx, variant, name.clone(), 0) {
            // What else a unit variant holds is not looked at.
            _ if self.is_unit(variant) => Object::new(name),
            Form::Object(object) => object,
            Form::Of(ty) if matches!(&ty.0, syn::Type::Tuple(tuple) if tuple.elems.is_empty()) => {
                Object { deny_unknown_fields: true, ..Object::new(name) }
            }
            // `null` has no place for the tag.
            content => Object { flattened: vec![content.strict()], ..Object::new(name) },
        };
        object.fields.insert(0, Field::always(tag, Form::Enum(self.strings(variant))));
        object
    }

    fn adjacent(
        &self,
        cx: &mut Context<'_>,
        variant: &Variant<'_>,
        name: String,
        tag: &str,
        key: &str,
    ) -> Object {
        let mut content = Field::always(key, self.content(cx, variant, name.clone(), 1));
        if self.is_unit(variant) {
            (content.made, content.given) = (Made::Never, Given::Optional);
        } else if !matches!(variant.style, Style::Newtype) || variant.attrs.deserialize_with().is_some() {
            content.form = content.form.strict();
        }
        let fields = vec![Field::always(tag, Form::Enum(self.strings(variant))), content];
        let deny_unknown_fields = self.container.attrs.deny_unknown_fields();
        Object { fields, deny_unknown_fields, ..Object::new(name) }
    }

    fn untagged(&self, cx: &mut Context<'_>, variant: &Variant<'_>, name: String) -> Form {
        match self.content(cx, variant, name, 0) {
            // The enum as one of its own variants adds nothing.
            Form::Recursive(_) => Form::Any,
            Form::Nullable(inner) if matches!(*inner, Form::Recursive(_)) => Form::Any,
            form => form,
        }
    }

    /// Returns the form of a variant's content, without its tag. So many objects lie between it and the enum.
    fn content(&self, cx: &mut Context<'_>, variant: &Variant<'_>, name: String, between: usize) -> Form {
        let declared = attr::declared(&variant.original.attrs, &mut cx.errors);
        if let Some(form) = declared.and_then(|declared| field::declared_on(cx, declared, self.side)) {
            return form;
        }
        if let Some(function) = self.function(variant) {
            return field::unknown(cx, function);
        }
        match self.style(variant) {
            Style::Unit => Form::Null,
            // The fields of the enum among its own would never end.
            Style::Newtype if matches!(self.container.attrs.tag(), TagType::Internal { .. }) => {
                field::value(cx, &variant.fields[0], &Form::Any)
            }
            Style::Newtype => field::value(cx, &variant.fields[0], &Form::Recursive(between)),
            Style::Tuple => field::tuple(cx, &variant.fields, self.side, &Form::Recursive(between)),
            Style::Struct => {
                Form::Object(field::object(cx, name, &variant.fields, &Form::Recursive(between + 1)))
            }
        }
    }
}

fn joined(mut all: Strings, more: Strings) -> Strings {
    for (all, more) in [(&mut all.variants, more.variants), (&mut all.also_given, more.also_given)] {
        for text in more {
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

/// Returns the fields that can be read without knowing the variant.
fn common(name: &str, alternatives: &[Form], side: Side) -> Object {
    let mut common = Object::new(name);
    let mut objects = Vec::new();
    for alternative in alternatives {
        match alternative {
            Form::Object(object) => objects.push(object),
            // A variant that is no object, or that may be none.
            _ => return common,
        }
    }
    let Some((first, rest)) = objects.split_first() else { return common };
    if rest.is_empty() {
        return (*first).clone();
    }
    common.flattened = first
        .flattened
        .iter()
        .filter(|form| rest.iter().all(|object| object.flattened.contains(form)))
        .cloned()
        .collect();
    // A flattened type may hold any key, of any form.
    let hidden = objects.iter().any(|object| !object.flattened.is_empty());
    for field in objects.iter().flat_map(|object| &object.fields) {
        if !field.is_on(side) || common.fields.iter().any(|known| same_key(known, field, side)) {
            continue;
        }
        let same: Vec<_> = objects
            .iter()
            .filter_map(|object| object.fields.iter().find(|other| same_key(field, other, side)))
            .collect();
        let everywhere = same.len() == objects.len();
        let mut merged = same.iter().skip(1).fold(field.clone(), |all, next| merge(all, next, side));
        if !everywhere {
            if merged.made == Made::Always {
                merged.made = Made::Maybe;
            }
            if merged.given == Given::Required {
                merged.given = Given::Optional;
            }
            if hidden {
                merged.form = Form::Mixed;
            }
        }
        common.fields.push(merged);
    }
    common
}

fn same_key(a: &Field, b: &Field, side: Side) -> bool {
    a.is_on(side)
        && b.is_on(side)
        && match side {
            Side::Made => a.made_as == b.made_as,
            Side::Given => a.given_as.iter().any(|key| b.given_as.contains(key)),
        }
}

/// A field of one variant or of another.
fn merge(mut all: Field, next: &Field, side: Side) -> Field {
    all.form = match (all.form, &next.form) {
        (Form::Enum(all), Form::Enum(next)) if all.name == next.name => Form::Enum(joined(all, next.clone())),
        (form, next) if form == *next => form,
        _ => Form::Mixed,
    };
    if side == Side::Given && all.given_as != next.given_as {
        // Which key holds it depends on the variant.
        all.form = Form::Mixed;
    }
    if all.made != next.made {
        all.made = Made::Maybe;
    }
    if all.given != next.given {
        all.given = Given::Optional;
    }
    all
}
