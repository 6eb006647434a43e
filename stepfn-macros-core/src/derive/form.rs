//! The JSON form of a type before it is tokens: [`stepfn_core::shape::Shape`] over types that are only known by name.

use quote::ToTokens;
use stepfn_core::shape::{Given, Made, Side};

#[derive(Clone, PartialEq)]
pub(super) enum Form {
    Any,
    Null,
    Timestamp,
    /// An enclosing object or enum again, and how many lie between.
    Recursive(usize),
    Mixed,
    /// The form of a type.
    Of(Box<Written<syn::Type>>),
    /// The form inside, but where it is a field's it may not be missing, even if it may be `null`: serde lets only a
    /// plain `Option` be missing.
    Strict(Box<Self>),
    Enum(Strings),
    Array(Box<Self>),
    /// An array whose length is an expression.
    Repeat(Box<Self>, Box<Written<syn::Expr>>),
    Tuple(Vec<Self>),
    /// A map, with the form of its keys.
    Map(Box<Self>, Box<Self>),
    Nullable(Box<Self>),
    Object(Object),
    OneOf(OneOf),
    Split {
        made: Box<Self>,
        given: Box<Self>,
    },
}

/// A part of the source. Two are the same that are written the same: syn compares them only with its feature `extra-traits`, which costs
/// every build most of a second.
#[derive(Clone)]
pub(super) struct Written<T>(pub(super) T);

impl<T: ToTokens> PartialEq for Written<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_token_stream().to_string() == other.0.to_token_stream().to_string()
    }
}

#[derive(Clone, PartialEq)]
pub(super) struct Strings {
    pub(super) name: String,
    pub(super) variants: Vec<String>,
    pub(super) also_given: Vec<String>,
}

#[derive(Clone, PartialEq)]
pub(super) struct Object {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) flattened: Vec<Form>,
    pub(super) deny_unknown_fields: bool,
}

#[derive(Clone, PartialEq)]
pub(super) struct Field {
    pub(super) made_as: String,
    pub(super) given_as: Vec<String>,
    pub(super) form: Form,
    pub(super) made: Made,
    pub(super) given: Given,
}

#[derive(Clone, PartialEq)]
pub(super) struct OneOf {
    pub(super) name: String,
    pub(super) alternatives: Vec<Form>,
    pub(super) buffered: bool,
    pub(super) common: Object,
}

impl Form {
    pub(super) fn of(ty: &syn::Type) -> Self {
        Self::Of(Box::new(Written(ty.clone())))
    }

    pub(super) fn strict(self) -> Self {
        Self::Strict(Box::new(self))
    }

    /// The form of a type whose two sides may differ.
    pub(super) fn split(made: Self, given: Self) -> Self {
        match (made, given) {
            (made, given) if made == given => given,
            // What is only read does not show in what is made.
            (Self::Enum(made), Self::Enum(given))
                if made.name == given.name && made.variants == given.variants =>
            {
                Self::Enum(given)
            }
            (made, given) => Self::Split {
                made: Box::new(made.side(Side::Made)),
                given: Box::new(given.side(Side::Given)),
            },
        }
    }

    /// Returns one side of the form, as far as it is known.
    fn side(self, side: Side) -> Self {
        match (self, side) {
            (Self::Split { made, .. }, Side::Made) => made.side(side),
            (Self::Split { given, .. }, Side::Given) => given.side(side),
            (form, _) => form,
        }
    }

    /// The form where so many more enclosing shapes lie between it and what it leads back to; fewer where negative.
    pub(super) fn shifted(self, by: isize) -> Self {
        let shift = |form: Box<Self>| Box::new(form.shifted(by));
        let all = |forms: Vec<Self>| forms.into_iter().map(|form| form.shifted(by)).collect();
        match self {
            Self::Recursive(between) => Self::Recursive(between.saturating_add_signed(by)),
            Self::Strict(inner) => Self::Strict(shift(inner)),
            Self::Array(inner) => Self::Array(shift(inner)),
            Self::Repeat(inner, len) => Self::Repeat(shift(inner), len),
            Self::Nullable(inner) => Self::Nullable(shift(inner)),
            Self::Map(key, value) => Self::Map(key, shift(value)),
            Self::Tuple(items) => Self::Tuple(all(items)),
            Self::Object(object) => Self::Object(object.shifted(by)),
            Self::OneOf(one_of) => Self::OneOf(OneOf {
                alternatives: all(one_of.alternatives),
                common: one_of.common.shifted(by),
                ..one_of
            }),
            Self::Split { made, given } => Self::Split { made: shift(made), given: shift(given) },
            form @ (Self::Any | Self::Null | Self::Timestamp | Self::Mixed | Self::Of(_) | Self::Enum(_)) => {
                form
            }
        }
    }

    /// Hands out every type the form is made of.
    pub(super) fn each_type<'a>(&'a self, f: &mut impl FnMut(&'a syn::Type)) {
        match self {
            Self::Any | Self::Null | Self::Timestamp | Self::Recursive(_) | Self::Mixed | Self::Enum(_) => {}
            Self::Of(ty) => f(&ty.0),
            Self::Strict(inner) | Self::Array(inner) | Self::Repeat(inner, _) | Self::Nullable(inner) => {
                inner.each_type(f);
            }
            Self::Map(key, value) => {
                key.each_type(f);
                value.each_type(f);
            }
            Self::Tuple(items) => items.iter().for_each(|item| item.each_type(f)),
            Self::Object(object) => object.each_type(f),
            Self::OneOf(one_of) => {
                one_of.alternatives.iter().for_each(|form| form.each_type(f));
                one_of.common.each_type(f);
            }
            Self::Split { made, given } => {
                made.each_type(f);
                given.each_type(f);
            }
        }
    }
}

impl Object {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), fields: Vec::new(), flattened: Vec::new(), deny_unknown_fields: false }
    }

    /// See [`Form::shifted`].
    pub(super) fn shifted(self, by: isize) -> Self {
        let fields =
            self.fields.into_iter().map(|field| Field { form: field.form.shifted(by), ..field }).collect();
        let flattened = self.flattened.into_iter().map(|form| form.shifted(by)).collect();
        Self { fields, flattened, ..self }
    }

    fn each_type<'a>(&'a self, f: &mut impl FnMut(&'a syn::Type)) {
        self.fields.iter().for_each(|field| field.form.each_type(f));
        self.flattened.iter().for_each(|form| form.each_type(f));
    }
}

impl Field {
    /// A field that is always there, under one name.
    pub(super) fn always(key: impl Into<String>, form: Form) -> Self {
        let key = key.into();
        Self { made_as: key.clone(), given_as: vec![key], form, made: Made::Always, given: Given::Required }
    }

    /// Returns `true` if the field is there at all on a side.
    pub(super) fn is_on(&self, side: Side) -> bool {
        match side {
            Side::Made => self.made != Made::Never,
            Side::Given => self.given != Given::Never,
        }
    }
}
