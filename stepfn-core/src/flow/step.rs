//! The steps of paths into types, and the facts on the way, as an analysis keeps them.

use crate::shape::{Fact, Kind, Property, Step};

/// A [`Step`] that owns its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnedStep {
    /// [`Step::Key`]
    Key(String),
    /// [`Step::May`]
    May(String),
    /// [`Step::MayQuery`]
    MayQuery(String),
    /// [`Step::Query`]
    Query(String),
    /// [`Step::Index`]
    Index(i64),
    /// [`Step::Each`]
    Each,
    /// [`Step::Strict`]
    Strict,
    /// [`Step::Item`]
    Item,
    /// [`Step::Every`]
    Every,
    /// [`Step::At`]
    At(i64),
    /// [`Step::Within`]
    Within,
    /// [`Step::Descend`]
    Descend,
    /// [`Step::NonNull`]
    NonNull,
    /// [`Step::Present`]
    Present,
    /// [`Step::Items`]
    Items,
    /// [`Step::Many`]
    Many,
    /// [`Step::Maybe`]
    Maybe,
    /// [`Step::Values`]
    Values,
    /// [`Step::EntryKey`]
    EntryKey,
    /// [`Step::Distinct`]
    Distinct,
    /// [`Step::Pick`]
    Pick(i64),
    /// [`Step::PickEach`]
    PickEach(i64),
    /// [`Step::Where`]
    Where(OwnedFact),
    /// [`Step::OrWhere`]
    OrWhere(OwnedFact),
}

/// A [`Fact`] that owns its texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnedFact {
    /// The key, where it is about one.
    pub key: Option<String>,
    /// Whether the key is read as JSONata reads it.
    pub query: bool,
    /// The property.
    pub is: OwnedProperty,
    /// Whether the property holds, or does not hold.
    pub holds: bool,
}

/// A [`Property`] that owns its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnedProperty {
    /// [`Property::There`]
    There,
    /// [`Property::Text`]
    Text(String),
    /// [`Property::Flag`]
    Flag(bool),
    /// [`Property::Kind`]
    Kind(Kind),
    /// [`Property::AtLeast`]
    AtLeast(usize),
    /// [`Property::From`]
    From(i128),
    /// [`Property::Below`]
    Below(i128),
}

impl OwnedFact {
    /// The fact itself.
    pub fn as_fact(&self) -> Fact<'_> {
        let is = match &self.is {
            OwnedProperty::There => Property::There,
            OwnedProperty::Text(text) => Property::Text(text),
            OwnedProperty::Flag(flag) => Property::Flag(*flag),
            OwnedProperty::Kind(kind) => Property::Kind(*kind),
            OwnedProperty::AtLeast(least) => Property::AtLeast(*least),
            OwnedProperty::From(bound) => Property::From(*bound),
            OwnedProperty::Below(bound) => Property::Below(*bound),
        };
        Fact { key: self.key.as_deref(), query: self.query, is, holds: self.holds }
    }
}

impl OwnedStep {
    /// The step itself.
    pub fn as_step(&self) -> Step<'_> {
        match self {
            Self::Key(key) => Step::Key(key),
            Self::May(key) => Step::May(key),
            Self::MayQuery(key) => Step::MayQuery(key),
            Self::Query(key) => Step::Query(key),
            Self::Index(index) => Step::Index(*index),
            Self::Each => Step::Each,
            Self::Strict => Step::Strict,
            Self::Item => Step::Item,
            Self::Every => Step::Every,
            Self::At(index) => Step::At(*index),
            Self::Within => Step::Within,
            Self::Descend => Step::Descend,
            Self::NonNull => Step::NonNull,
            Self::Present => Step::Present,
            Self::Items => Step::Items,
            Self::Many => Step::Many,
            Self::Maybe => Step::Maybe,
            Self::Values => Step::Values,
            Self::EntryKey => Step::EntryKey,
            Self::Distinct => Step::Distinct,
            Self::Pick(index) => Step::Pick(*index),
            Self::PickEach(index) => Step::PickEach(*index),
            Self::Where(fact) => Step::Where(fact.as_fact()),
            Self::OrWhere(fact) => Step::OrWhere(fact.as_fact()),
        }
    }
}
