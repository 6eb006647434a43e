//! The facts of conditions about a value, and the part of a type for which they hold.
//!
//! A fact is judged of everything that a value can be, the key that may be missing and the variants of an enum included: what can
//! not be where it holds is left out. So one rule serves the tags of enums in each of serde's forms, `null`, and missing keys.

use super::{
    Bounds, ObjectShape, OneOfShape, Shape, TIMESTAMP,
    text::{contains, same},
    view::{Side, Step, View},
};

/// A fact about a value, or about the value of one of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact<'a> {
    /// The key, where it is about one.
    pub key: Option<&'a str>,
    /// Whether the key is read as JSONata reads it: of an array, that of each item.
    pub query: bool,
    /// The property.
    pub is: Property<'a>,
    /// Whether the property holds, or does not hold. For a value that is not there nothing holds.
    pub holds: bool,
}

/// The property of a value that a [`Fact`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property<'a> {
    /// It is there.
    There,
    /// It is this string.
    Text(&'a str),
    /// It is this boolean.
    Flag(bool),
    /// It is of a kind.
    Kind(Kind),
    /// It is an array of at least so many items; one item is in JSONata what is no array.
    AtLeast(usize),
    /// It is a number, and where it is a whole one none below this.
    From(i128),
    /// It is a number, and where it is a whole one below this.
    Below(i128),
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A string that is an RFC 3339 timestamp.
    Timestamp,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Whether something holds of all that a value can be, of some, or of none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    Never,
    Maybe,
    Always,
}

impl Truth {
    const fn of(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Never }
    }

    /// Returns the truth about a value that can be either of two things.
    const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, Self::Never) => Self::Never,
            (Self::Always, Self::Always) => Self::Always,
            _ => Self::Maybe,
        }
    }
}

/// The number of alternatives that can be left out one by one.
const MOST: usize = 128;

impl View {
    /// Returns the part of a value for which one of some facts holds.
    pub(super) const fn narrow(self, facts: &[Step<'_>]) -> Self {
        // Of several values each may be the one that is meant.
        if self.many {
            return self;
        }
        let absent = self.absent && can_be_missing(facts);
        let here = Self { absent: false, ..self }.narrow_present(facts);
        Self { absent, ..here }
    }

    const fn narrow_present(self, facts: &[Step<'_>]) -> Self {
        let never = self.with(&Shape::Never);
        match self.shape {
            Shape::Never => self,
            Shape::Nullable(inner) => {
                let inside = self.with(inner).narrow_present(facts);
                if !possible(self.with(&Shape::Null), facts) {
                    inside
                } else if let Shape::Never = inside.shape {
                    self.with(&Shape::Null)
                } else {
                    self
                }
            }
            Shape::OneOf(_) => self.narrow_variants(facts),
            Shape::Enum(shape) => {
                let mut view = self;
                let mut left = matches!(self.side, Side::Given) && !shape.also_given.is_empty();
                let mut i = 0;
                while i < shape.variants.len() {
                    if i < MOST && !can_be_text(shape.variants[i], facts) {
                        view.excluded |= 1 << i;
                    }
                    left = left || !view.excludes(i);
                    i += 1;
                }
                if left { view } else { never }
            }
            Shape::Boolean => {
                let mut view = self;
                if !can_be_flag(false, facts) {
                    view.excluded |= 1;
                }
                if !can_be_flag(true, facts) {
                    view.excluded |= 2;
                }
                if view.excluded == 3 { never } else { view }
            }
            _ if !possible(self, facts) => never,
            Shape::Object(object) => self.narrow_flattened(object, facts),
            Shape::Any if matches!(facts, [Step::Where(Fact { key: Some(_), holds: true, .. })]) => {
                Self { tested: true, ..self }
            }
            _ => match facts {
                [Step::Where(Fact { key: None, is: Property::From(bound), holds, .. })] => {
                    self.between(*bound, *holds)
                }
                [Step::Where(Fact { key: None, is: Property::Below(bound), holds, .. })] => {
                    self.between(*bound, !*holds)
                }
                [Step::Where(Fact { key: None, is, holds: true, .. })] => self.become_one(*is),
                _ => self,
            },
        }
    }

    /// An integer from a bound on, or below it.
    const fn between(self, bound: i128, from: bool) -> Self {
        let more = if from {
            Bounds { min: bound, max: i128::MAX }
        } else {
            Bounds { min: i128::MIN, max: bound.saturating_sub(1) }
        };
        match self.shape {
            Shape::Integer { .. } => Self { known: self.known.both(more), ..self },
            _ => self,
        }
    }

    /// Returns the value that is known to be of a kind.
    const fn become_one(self, is: Property<'_>) -> Self {
        match (self.shape, is) {
            (Shape::Mixed | Shape::Any, Property::Kind(Kind::Null)) => self.with(&Shape::Null),
            (Shape::Mixed | Shape::Any, Property::Kind(Kind::Boolean) | Property::Flag(_)) => {
                self.with(&Shape::Boolean)
            }
            (Shape::Mixed, Property::Kind(Kind::Number)) => self.with(&Shape::Number),
            (Shape::Any, Property::Kind(Kind::Number)) => Self { of_any: true, ..self.with(&Shape::Number) },
            (Shape::Mixed | Shape::Any, Property::Kind(Kind::String) | Property::Text(_)) => {
                self.with(&Shape::String)
            }
            (Shape::Mixed | Shape::Any | Shape::String, Property::Kind(Kind::Timestamp)) => {
                self.with(&Shape::Text(TIMESTAMP))
            }
            (Shape::Array(_), Property::AtLeast(least)) if least > self.least => Self { least, ..self },
            _ => self,
        }
    }

    /// Leaves out the variants of which none of the facts holds.
    const fn narrow_variants(self, facts: &[Step<'_>]) -> Self {
        let Shape::OneOf(one_of) = self.shape else { return self };
        if self.has_open_tag(one_of.common, facts) {
            return self;
        }
        let mut view = self;
        let mut i = 0;
        while i < one_of.alternatives.len() && i < MOST {
            let alternative = self.alternative(one_of, i).narrow_present(facts);
            if matches!(alternative.shape, Shape::Never) {
                view.excluded |= 1 << i;
            }
            i += 1;
        }
        match view.only() {
            Some(Some(only)) => self.alternative(one_of, only).narrow_present(facts),
            Some(None) => self.with(&Shape::Never),
            None => view,
        }
    }

    /// Returns `true` if a tag may be any string, which then leads to a variant of another name (`#[serde(other)]`).
    const fn has_open_tag(self, common: &'static ObjectShape, facts: &[Step<'_>]) -> bool {
        if let Side::Made = self.side {
            return false;
        }
        let mut i = 0;
        while i < facts.len() {
            if let Step::Where(Fact { key: Some(key), .. }) | Step::OrWhere(Fact { key: Some(key), .. }) =
                facts[i]
                && let Some(tag) = self.field(common, key)
                && let Shape::Enum(tag) = tag.shape
                && contains(tag.also_given, "*")
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Narrows an object of which an enum is a part: its variants' keys are among the others.
    const fn narrow_flattened(self, object: &'static ObjectShape, facts: &[Step<'_>]) -> Self {
        let Some((place, one_of)) = self.flattened_enum(object) else { return self };
        let mut i = 0;
        while i < facts.len() {
            let (Step::Where(fact) | Step::OrWhere(fact)) = facts[i] else { return self };
            let Some(key) = fact.key else { return self };
            if self.without_enum(object, place, key) {
                return self;
            }
            i += 1;
        }
        let whole = Self { excluded: self.excluded, ..self.with(one_of) }.narrow_present(facts);
        match (one_of, whole.shape) {
            (_, Shape::Never) => self.with(&Shape::Never),
            (Shape::OneOf(all), _) => {
                // A single one that is left is the value: the others are left out.
                let mut view = self;
                let mut i = 0;
                while i < all.alternatives.len() && i < MOST {
                    let alternative = self.with(one_of).alternative(all, i);
                    if matches!(alternative.narrow_present(facts).shape, Shape::Never) {
                        view.excluded |= 1 << i;
                    }
                    i += 1;
                }
                if self.with(one_of).has_open_tag(all.common, facts) { self } else { view }
            }
            _ => self,
        }
    }

    /// The place of the first enum that is flattened into an object, and its shape.
    const fn flattened_enum(self, object: &'static ObjectShape) -> Option<(usize, &'static Shape)> {
        let mut i = 0;
        while i < object.flattened.len() {
            let shape = self.with(object.flattened[i]).shape;
            if let Shape::OneOf(_) = shape {
                return Some((i, shape));
            }
            i += 1;
        }
        None
    }

    /// Returns `true` if something but the flattened enum has a key.
    const fn without_enum(self, object: &'static ObjectShape, place: usize, key: &str) -> bool {
        let mut i = 0;
        while i < object.fields.len() {
            if let Some(name) = object.fields[i].key(self.side)
                && same(name, key)
            {
                return true;
            }
            i += 1;
        }
        let mut i = 0;
        while i < object.flattened.len() {
            if i != place && self.with(object.flattened[i]).key(key).is_some() {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns the part of a flattened part of an object for which facts hold.
    pub(super) const fn flattened_left(self, object: &'static ObjectShape, place: usize) -> Self {
        let part = self.with(object.flattened[place]);
        if self.excluded == 0 {
            return part;
        }
        match self.flattened_enum(object) {
            Some((first, _)) if first == place => {
                let part = Self { excluded: self.excluded, ..part };
                match (part.only(), part.shape) {
                    (Some(Some(only)), Shape::OneOf(one_of)) => part.alternative(one_of, only),
                    _ => part,
                }
            }
            _ => part,
        }
    }

    /// Returns `true` if an alternative has been left out.
    pub(super) const fn excludes(self, index: usize) -> bool {
        index < MOST && self.excluded & (1 << index) != 0
    }

    /// The one variant that is left, or that none is; none where there are several.
    const fn only(self) -> Option<Option<usize>> {
        let Shape::OneOf(one_of) = self.shape else { return None };
        let mut found = None;
        let mut i = 0;
        while i < one_of.alternatives.len() {
            if !self.excludes(i) {
                if found.is_some() {
                    return None;
                }
                found = Some(i);
            }
            i += 1;
        }
        Some(found)
    }

    /// The value of a key that some of the variants have which are left.
    pub(super) const fn of_alternatives(self, one_of: &'static OneOfShape, key: &str) -> Option<Self> {
        let common = self.field(one_of.common, key);
        if self.excluded == 0
            && let Some(common) = common
        {
            return Some(Self { absent: common.absent || self.may_lack(one_of, key), ..common });
        }
        let mut found: Option<Self> = None;
        let mut absent = false;
        let mut i = 0;
        while i < one_of.alternatives.len() {
            if !self.excludes(i) {
                match self.alternative(one_of, i).key(key) {
                    Some(view) => {
                        absent = absent || view.absent;
                        found = Some(match found {
                            None => view,
                            Some(before) if is_alike(before, view) => before,
                            Some(before) => before.with(&Shape::Mixed),
                        });
                    }
                    None => absent = true,
                }
            }
            i += 1;
        }
        let found = match found {
            Some(found) => found,
            None => return None,
        };
        // The tag is all the strings of the variants that are left.
        if let Some(common) = common
            && let Shape::Enum(tag) = common.shape
        {
            return Some(Self { absent, excluded: self.tags_left(one_of, tag.variants, key), ..common });
        }
        Some(Self { absent, ..found })
    }

    /// Returns `true` if a variant may lack a key that all have: the content beside a tag, where it is an `Option`.
    const fn may_lack(self, one_of: &'static OneOfShape, key: &str) -> bool {
        let mut i = 0;
        while i < one_of.alternatives.len() {
            if let Some(Self { absent: true, .. }) = self.alternative(one_of, i).key(key) {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The strings that a tag can no longer be.
    const fn tags_left(self, one_of: &'static OneOfShape, tags: &[&str], key: &str) -> u128 {
        let mut excluded = 0;
        let mut t = 0;
        while t < tags.len() && t < MOST {
            let mut left = false;
            let mut i = 0;
            while i < one_of.alternatives.len() {
                if !self.excludes(i)
                    && let Some(view) = self.alternative(one_of, i).key(key)
                    && let Shape::Enum(shape) = view.shape
                {
                    left = left || contains(shape.variants, tags[t]);
                }
                i += 1;
            }
            if !left {
                excluded |= 1 << t;
            }
            t += 1;
        }
        excluded
    }
}

/// Returns `true` if two parts of variants are of one form for certain.
const fn is_alike(a: View, b: View) -> bool {
    match (a.shape, b.shape) {
        (Shape::String, Shape::String)
        | (Shape::Boolean, Shape::Boolean)
        | (Shape::Number, Shape::Number)
        | (Shape::Null, Shape::Null)
        | (Shape::Any, Shape::Any) => true,
        (Shape::Integer { min, max }, Shape::Integer { min: least, max: most }) => {
            *min == *least && *max == *most
        }
        (Shape::Text(a), Shape::Text(b)) => same(a, b),
        (Shape::Nullable(inner), Shape::Nullable(other)) => is_alike(a.with(inner), b.with(other)),
        (Shape::Array(item), Shape::Array(other)) => is_alike(a.with(item), b.with(other)),
        _ => false,
    }
}

const fn fact_of<'a>(step: Step<'a>) -> Option<Fact<'a>> {
    match step {
        Step::Where(fact) | Step::OrWhere(fact) => Some(fact),
        _ => None,
    }
}

/// Returns `true` if one of some facts can hold of a value that is there.
const fn possible(view: View, facts: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < facts.len() {
        if let Some(fact) = fact_of(facts[i]) {
            let truth = match fact.key {
                None => truth(view, fact),
                Some(key) => below(view, key, fact),
            };
            let fails = if fact.holds { Truth::Never } else { Truth::Always };
            if !matches!((truth, fails), (Truth::Never, Truth::Never) | (Truth::Always, Truth::Always)) {
                return true;
            }
        }
        i += 1;
    }
    false
}

const fn can_be_missing(facts: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < facts.len() {
        if let Some(fact) = fact_of(facts[i])
            && !fact.holds
        {
            return true;
        }
        i += 1;
    }
    false
}

const fn can_be_text(text: &str, facts: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < facts.len() {
        if let Some(Fact { key, is, holds, .. }) = fact_of(facts[i]) {
            let is = match (key, is) {
                (Some(_), _) | (None, Property::Flag(_)) => Truth::Never,
                (None, Property::There) => Truth::Always,
                (None, Property::Text(this)) => Truth::of(same(text, this)),
                (None, Property::Kind(Kind::Timestamp)) => Truth::Maybe,
                (None, Property::Kind(kind)) => Truth::of(matches!(kind, Kind::String)),
                (None, Property::AtLeast(_)) => Truth::Maybe,
                (None, Property::From(_) | Property::Below(_)) => Truth::Never,
            };
            if can_hold(is, holds) {
                return true;
            }
        }
        i += 1;
    }
    false
}

const fn can_be_flag(flag: bool, facts: &[Step<'_>]) -> bool {
    let mut i = 0;
    while i < facts.len() {
        if let Some(Fact { key, is, holds, .. }) = fact_of(facts[i]) {
            let is = match (key, is) {
                (Some(_), _) | (None, Property::Text(_)) => Truth::Never,
                (None, Property::There) => Truth::Always,
                (None, Property::Flag(this)) => Truth::of(flag == this),
                (None, Property::Kind(kind)) => Truth::of(matches!(kind, Kind::Boolean)),
                (None, Property::AtLeast(_)) => Truth::Maybe,
                (None, Property::From(_) | Property::Below(_)) => Truth::Never,
            };
            if can_hold(is, holds) {
                return true;
            }
        }
        i += 1;
    }
    false
}

const fn can_hold(is: Truth, holds: bool) -> bool {
    match is {
        Truth::Always => holds,
        Truth::Never => !holds,
        Truth::Maybe => true,
    }
}

/// Returns whether a fact holds of the value of a key.
const fn below(view: View, key: &str, fact: Fact<'_>) -> Truth {
    if view.many {
        return Truth::Maybe;
    }
    match view.shape {
        Shape::Any | Shape::Mixed => Truth::Maybe,
        Shape::Nullable(inner) => Truth::Never.or(below(view.with(inner), key, fact)),
        Shape::Array(_) | Shape::Tuple(_) if fact.query => Truth::Maybe,
        Shape::OneOf(one_of) => {
            let mut all = None;
            let mut i = 0;
            while i < one_of.alternatives.len() {
                if !view.excludes(i) {
                    let this = below(view.alternative(one_of, i), key, fact);
                    all = Some(match all {
                        None => this,
                        Some(all) => this.or(all),
                    });
                }
                i += 1;
            }
            match all {
                Some(all) => all,
                None => Truth::Maybe,
            }
        }
        Shape::Object(object) => match view.key(key) {
            Some(value) => truth(value, fact),
            // Under an alias it has another key.
            None if matches!(view.side, Side::Given) && is_given(view, object, key) => Truth::Maybe,
            None => Truth::Never,
        },
        Shape::Map(value) | Shape::Keyed { value, .. } => Truth::Never.or(truth(view.with(value), fact)),
        _ => Truth::Never,
    }
}

/// Returns `true` if a key is one of a field's names.
const fn is_given(view: View, object: &'static ObjectShape, key: &str) -> bool {
    let mut i = 0;
    while i < object.fields.len() {
        if contains(object.fields[i].given_as, key) {
            return true;
        }
        i += 1;
    }
    let mut i = 0;
    while i < object.flattened.len() {
        match view.with(object.flattened[i]).shape {
            Shape::Object(inner) => {
                if is_given(view, inner, key) {
                    return true;
                }
            }
            _ => return true,
        }
        i += 1;
    }
    false
}

/// Returns whether a fact holds of a value.
const fn truth(view: View, fact: Fact<'_>) -> Truth {
    if view.many {
        return Truth::Maybe;
    }
    if view.absent {
        return Truth::Never.or(truth(View { absent: false, ..view }, fact));
    }
    match view.shape {
        Shape::Any | Shape::Mixed => return Truth::Maybe,
        Shape::Never => return Truth::Never,
        _ => {}
    }
    if let Property::There = fact.is {
        return Truth::Always;
    }
    match view.shape {
        Shape::Nullable(inner) => {
            return truth(view.with(&Shape::Null), fact).or(truth(view.with(inner), fact));
        }
        Shape::OneOf(one_of) => {
            let mut all = None;
            let mut i = 0;
            while i < one_of.alternatives.len() {
                if !view.excludes(i) {
                    let this = truth(view.alternative(one_of, i), fact);
                    all = Some(match all {
                        None => this,
                        Some(all) => this.or(all),
                    });
                }
                i += 1;
            }
            return match all {
                Some(all) => all,
                None => Truth::Maybe,
            };
        }
        _ => {}
    }
    match fact.is {
        Property::There => Truth::Always,
        Property::Text(text) => match view.shape {
            Shape::Enum(shape) => {
                let also = matches!(view.side, Side::Given)
                    && (contains(shape.also_given, text) || contains(shape.also_given, "*"));
                let mut left = 0;
                let mut is = false;
                let mut i = 0;
                while i < shape.variants.len() {
                    if !view.excludes(i) {
                        left += 1;
                        is = is || same(shape.variants[i], text);
                    }
                    i += 1;
                }
                let open = matches!(view.side, Side::Given) && !shape.also_given.is_empty();
                match (is, left) {
                    (true, 1) if !open => Truth::Always,
                    (true, _) => Truth::Maybe,
                    _ if also => Truth::Maybe,
                    _ => Truth::Never,
                }
            }
            Shape::String | Shape::Text(_) => Truth::Maybe,
            _ => Truth::Never,
        },
        Property::Flag(flag) => match view.shape {
            Shape::Boolean if view.excludes(flag as usize) => Truth::Never,
            Shape::Boolean if view.excludes(!flag as usize) => Truth::Always,
            Shape::Boolean => Truth::Maybe,
            _ => Truth::Never,
        },
        Property::Kind(kind) => is_of(view, kind),
        Property::AtLeast(least) => match view.shape {
            Shape::Array(_) if view.least >= least => Truth::Always,
            Shape::Array(_) => Truth::Maybe,
            Shape::Tuple(items) => Truth::of(items.len() >= least),
            _ => Truth::of(fact.query && least <= 1),
        },
        Property::From(bound) => match (view.integers(), view.shape) {
            (Some(Bounds { min, .. }), _) if min >= bound => Truth::Always,
            (Some(Bounds { max, .. }), _) if max < bound => Truth::Never,
            (_, Shape::Integer { .. } | Shape::Number) => Truth::Maybe,
            _ => Truth::Never,
        },
        Property::Below(bound) => match (view.integers(), view.shape) {
            (Some(Bounds { max, .. }), _) if max < bound => Truth::Always,
            (Some(Bounds { min, .. }), _) if min >= bound => Truth::Never,
            (_, Shape::Integer { .. } | Shape::Number) => Truth::Maybe,
            _ => Truth::Never,
        },
    }
}

const fn is_of(view: View, kind: Kind) -> Truth {
    match view.shape {
        Shape::Null => Truth::of(matches!(kind, Kind::Null)),
        Shape::Boolean => Truth::of(matches!(kind, Kind::Boolean)),
        // What is no number in JSON is made `null`.
        Shape::Number if matches!(kind, Kind::Null) => Truth::Maybe,
        Shape::Number if matches!(kind, Kind::Number) => Truth::Maybe,
        Shape::Integer { .. } | Shape::Number => Truth::of(matches!(kind, Kind::Number)),
        Shape::String | Shape::Enum(_) if matches!(kind, Kind::Timestamp) => Truth::Maybe,
        Shape::Text(form) if matches!(kind, Kind::Timestamp) => {
            if same(form, TIMESTAMP) {
                Truth::Always
            } else {
                Truth::Maybe
            }
        }
        Shape::String | Shape::Text(_) | Shape::Enum(_) => Truth::of(matches!(kind, Kind::String)),
        Shape::Array(_) | Shape::Tuple(_) => Truth::of(matches!(kind, Kind::Array)),
        Shape::Map(_) | Shape::Keyed { .. } | Shape::Object(_) => Truth::of(matches!(kind, Kind::Object)),
        _ => Truth::Maybe,
    }
}
