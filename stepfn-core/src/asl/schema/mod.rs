//! The fields of every object of the language: one table for the model, the reader, the writer, the checks, the macro, the builder and the
//! documentation.
//!
//! The rows are in `rows.rs`, and those of the objects that the model holds as JSON in `objects.rs`.
//!
//! ```
//! use stepfn_core::asl::{QueryLanguage, schema};
//!
//! let field = schema::field("Map", "MaxConcurrency").unwrap();
//! assert_eq!(field.snake, "max_concurrency");
//! assert!(matches!(field.kind, schema::Kind::Amount(range) if range.whole));
//! assert!(!schema::fields("Wait", QueryLanguage::Jsonata).contains(&"SecondsPath"));
//! ```

mod objects;
mod parts;
pub(crate) mod rows;

use std::{collections::HashMap, sync::LazyLock};

pub use self::{
    objects::OBJECTS,
    parts::{Given, Part},
};
use super::{QueryLanguage, TYPES};

/// A field of an object of the language.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// ASL's name: `TimeoutSeconds`.
    pub name: &'static str,
    /// The name in `state_machine!`, in the builder and in the model: `timeout_seconds`.
    pub snake: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// The objects that have it, by [`TYPES`] and [`OBJECTS`].
    pub owners: &'static [&'static str],
    /// The query language whose states have it; both by default.
    pub language: Option<QueryLanguage>,
    /// The purpose, in a few words.
    pub docs: &'static str,
}

/// The kind of a field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A state's `Type`.
    Type,
    /// A string that nobody evaluates.
    Plain,
    /// A string, in JSONata an expression.
    Text,
    /// One of these words, which the macro writes as names.
    Name(&'static [&'static str]),
    /// One of these words; in JSONata an expression.
    Word(&'static [&'static str]),
    /// The name of a state to go to.
    State,
    /// `true` or `false`.
    Flag,
    /// A number in a range; in JSONata an expression.
    Amount(Range),
    /// A path in JSONPath.
    Path(PathKind),
    /// Data with paths under `.$` keys, or with expressions of JSONata.
    Template,
    /// Data as it is, of which nothing is evaluated.
    Literal,
    /// A text, or a path under the key with `.$`.
    Entry,
    /// A list of texts.
    Texts,
    /// An ARN.
    Resource,
    /// The names of errors.
    Errors,
    /// The condition of a Choice rule in JSONata.
    Condition,
    /// An object of the language, one of [`OBJECTS`].
    Object(&'static str),
    /// A list of objects of the language.
    List(&'static str),
    /// The states of a machine, by name.
    States,
}

/// The paths that a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathKind {
    /// Any path, or `null`: it selects data.
    Any,
    /// A path that names one node.
    Reference,
    /// A path that names one node of the state's input, to write to, or `null`.
    Target,
    /// A path that names one node, or an intrinsic function.
    ReferenceOrIntrinsic,
}

/// The numbers that a field takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least of them.
    pub least: f64,
    /// The greatest of them; infinite where there is none.
    pub most: f64,
    /// Whether fractions are refused.
    pub whole: bool,
}

/// The most seconds that AWS takes anywhere: more than three years.
pub(super) const MOST_SECONDS: f64 = 99_999_999.0;

impl Range {
    pub(super) const fn whole(least: f64, most: f64) -> Self {
        Self { least, most, whole: true }
    }

    pub(super) const fn number(least: f64, most: f64) -> Self {
        Self { least, most, whole: false }
    }

    /// The range in words, for messages: `a whole number from 1 to 99999999`.
    pub fn words(self) -> String {
        let what = if self.whole { "a whole number" } else { "a number" };
        if self.most.is_finite() {
            format!("{what} from {} to {}", self.least, self.most)
        } else {
            format!("{what} of {} or more", self.least)
        }
    }
}

impl Field {
    /// Returns `true` if a state in this query language has the field.
    pub fn is_in(&self, language: QueryLanguage) -> bool {
        self.language.is_none_or(|own| own == language)
    }
}

/// Rows as they are for tables of their own: `"Name" snake kind owners language "docs";`.
macro_rules! table {
    ($($name:literal $snake:ident $kind:expr, $owners:expr, $language:expr, $docs:literal;)*) => {
        &[$(Field {
            name: $name,
            snake: stringify!($snake),
            kind: $kind,
            owners: $owners,
            language: $language,
            docs: $docs,
        }),*]
    };
}
use table;

/// The rows of objects that the model has as structs, as a table.
macro_rules! model_table {
    ($({ $holder:ident $name:literal $snake:ident: $type:ty, $kind:expr, $owners:expr, $language:expr, $docs:literal })*) => {
        table! { $($name $snake $kind, $owners, $language, $docs;)* }
    };
}
use model_table;

/// All fields, those of one object in the order of the canonical text.
pub fn all() -> impl Iterator<Item = &'static Field> {
    objects::TABLES.iter().copied().flatten()
}

/// The fields of an object, in canonical order, whatever their query language: a state of a type, or one of [`OBJECTS`]. Empty for an unknown
/// name.
pub fn fields_of(owner: &str) -> &'static [&'static Field] {
    static BY_OWNER: LazyLock<HashMap<&str, Vec<&Field>>> = LazyLock::new(|| {
        let mut by_owner = HashMap::<_, Vec<_>>::new();
        for field in all() {
            for owner in field.owners {
                by_owner.entry(*owner).or_default().push(field);
            }
        }
        by_owner
    });
    BY_OWNER.get(owner).map_or(&[], Vec::as_slice)
}

/// The field of an object.
pub fn field(owner: &str, name: &str) -> Option<&'static Field> {
    fields_of(owner).iter().copied().find(|field| field.name == name)
}

/// The names of the fields that a state of a type may have, or one of the other [`OBJECTS`], in canonical order; empty for an unknown name.
///
/// ```
/// use stepfn_core::asl::{QueryLanguage, schema::fields};
///
/// assert!(fields("Wait", QueryLanguage::JsonPath).contains(&"SecondsPath"));
/// assert!(!fields("Wait", QueryLanguage::Jsonata).contains(&"SecondsPath"));
/// assert!(fields("ReaderConfig", QueryLanguage::Jsonata).contains(&"CSVHeaders"));
/// ```
pub fn fields(owner: &str, language: QueryLanguage) -> &'static [&'static str] {
    type Names = HashMap<(&'static str, bool), Vec<&'static str>>;
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        let mut names = Names::new();
        for owner in TYPES.iter().chain(&OBJECTS) {
            for language in [QueryLanguage::JsonPath, QueryLanguage::Jsonata] {
                let of = fields_of(owner).iter().filter(|field| field.is_in(language));
                let key = (*owner, language == QueryLanguage::Jsonata);
                names.insert(key, of.map(|field| field.name).collect());
            }
        }
        names
    });
    let found = TYPES.iter().chain(&OBJECTS).find(|known| **known == owner);
    let names = found.and_then(|owner| NAMES.get(&(*owner, language == QueryLanguage::Jsonata)));
    names.map_or(&[], Vec::as_slice)
}

/// A field by ASL's name, in whatever object it is: where several objects have one of a name, it is of one kind.
pub fn named(name: &str) -> Option<&'static Field> {
    static BY_NAME: LazyLock<HashMap<&str, &Field>> =
        LazyLock::new(|| all().map(|field| (field.name, field)).collect());
    BY_NAME.get(name).copied()
}

/// A field by its name in Rust, in whatever object it is.
pub fn written(snake: &str) -> Option<&'static Field> {
    static BY_SNAKE: LazyLock<HashMap<&str, &Field>> =
        LazyLock::new(|| all().map(|field| (field.snake, field)).collect());
    BY_SNAKE.get(snake).copied()
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

    #[test]
    fn fields_of_one_name_are_of_one_kind_and_one_word() {
        for field in all() {
            let first = named(field.name).unwrap();
            assert_eq!(
                std::mem::discriminant(&field.kind),
                std::mem::discriminant(&first.kind),
                "{}",
                field.name
            );
            assert_eq!((field.snake, field.language), (first.snake, first.language), "{}", field.name);
            assert_eq!(written(field.snake).unwrap().name, field.name);
        }
    }

    #[test]
    fn every_owner_is_an_object_and_every_object_has_fields_once() {
        for field in all() {
            for owner in field.owners {
                assert!(TYPES.iter().chain(&OBJECTS).any(|known| known == owner), "{owner}");
            }
            if let Kind::Object(name) | Kind::List(name) = field.kind {
                assert!(OBJECTS.contains(&name), "{name}");
            }
        }
        for owner in TYPES.iter().chain(&OBJECTS) {
            let mut names: Vec<_> = fields_of(owner).iter().map(|field| field.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert!(count > 0 && names.len() == count, "{owner}");
        }
    }
}
