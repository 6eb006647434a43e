use super::{
    TypeRef,
    intern::{self, Shared},
    leaf::Leaf,
    number,
    origin::{Origin, Reason},
    step::OwnedStep,
};
use std::rc::Rc;

pub(super) use super::fields::Fields;
use crate::{
    placeholder::has_placeholder,
    service::{Kind, Shape},
    shape::{Arithmetic, Bounds, Side},
    value::Value,
};

/// A symbolic value: types are named, not looked into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sym {
    /// Declared to be anything: everything may be asked of it.
    Any(Origin),
    /// The value where an error has been reported: nothing more is reported of it.
    Reported,
    /// A value that the analysis does not know: it can be passed on as anything, and not be used.
    Unknown(Reason),
    Null,
    Bool(bool),
    Text(Rc<str>),
    Integer(i128),
    String,
    Timestamp,
    Number,
    /// A whole number.
    Whole(Bounds),
    /// A number that is computed of others, at least one of which is of a type.
    Computed(Arithmetic, Shared<Vec<Self>>),
    Boolean,
    Leaf(Leaf),
    /// A part of what a service answered: what is known of it need not be there.
    Answer(Shape),
    /// Fields over a base; without one there are no others.
    Object(Shared<Fields>, Option<Shared<Self>>),
    /// Objects that are put over each other, the last over all before it. One that is an array is each of its items in turn, and
    /// one that is not there is nothing.
    Merged(Shared<Vec<Self>>),
    /// The first, with the second in the place of each of its items: in its own place where it is no array.
    Changed(Shared<Vec<Self>>),
    /// An object of unknown keys, whose values are all like this one.
    Map(Shared<Self>),
    Array(Shared<Self>),
    Tuple(Shared<Vec<Self>>),
    /// Two or more, sorted, none of them a union.
    Union(Shared<Vec<Self>>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Entry {
    pub(super) value: Sym,
    pub(super) absent: bool,
    /// Whether this only adds facts about the base's value there, instead of taking its place.
    pub(super) narrowed: bool,
    /// Values of types: where all of them are there, so is this, although it is `absent` where one is not.
    pub(super) there_if: Option<Shared<Vec<Sym>>>,
}

impl Entry {
    /// The same, which need not be there.
    pub(super) fn maybe(&self) -> Self {
        Self { absent: true, there_if: None, ..self.clone() }
    }

    /// The values of types that must be there for it to be there; none where it need not be there whatever they are.
    pub(super) fn needs(&self) -> Option<&[Sym]> {
        match (&self.there_if, self.absent) {
            (_, false) => Some(&[]),
            (needed, true) => needed.as_ref().map(|needed| &needed[..]),
        }
    }

    pub(super) fn of(value: Sym) -> Self {
        Self { value, absent: false, narrowed: false, there_if: None }
    }
}

/// The number of members up to which a union is followed.
const MOST_MEMBERS: usize = 24;
/// The depth up to which a value is followed: it grows in a loop.
pub(super) const MOST_DEPTH: usize = 16;
/// The number of steps up to which a path is followed: each of a type holds all before it.
pub(super) const MOST_STEPS: usize = 256;

/// Returns `true` if an object describes a child execution that failed.
fn is_failed_child(fields: &Fields) -> bool {
    ["ExecutionArn", "InputDetails", "Error", "Cause"].iter().all(|key| fields.contains_key(key))
}

impl Sym {
    pub(super) fn leaf(ty: TypeRef, side: Side, origin: impl Into<Rc<str>>) -> Self {
        Self::Leaf(Leaf { ty, given: side == Side::Given, steps: Shared::default(), origin: origin.into() })
    }

    /// No value at all: no items, no way to here.
    pub(super) fn never() -> Self {
        Self::Union(Shared::default())
    }

    /// The same, but that something need not be there.
    pub(super) fn may_lack(&self, keys: &[&str]) -> Self {
        let (Self::Object(fields, base), Some((key, rest))) = (self, keys.split_first()) else {
            return self.clone();
        };
        let mut fields = fields.clone();
        fields.edit(|fields| {
            fields.update(key, |entry| {
                if rest.is_empty() {
                    (entry.absent, entry.there_if) = (true, None);
                } else {
                    entry.value = entry.value.may_lack(rest);
                }
            });
        });
        Self::Object(fields, base.clone())
    }

    /// Returns an object of which nothing more is known.
    pub(super) fn some_object(reason: Reason) -> Self {
        Self::Object(Shared::default(), Some(Shared::new(Self::Unknown(reason))))
    }

    /// Returns the outline of a value that is not followed any further: that it is an object, or an array.
    pub(super) fn outline(&self, reason: Reason) -> Self {
        let all =
            |fits: &dyn Fn(&Self) -> bool| !self.members().is_empty() && self.members().iter().all(fits);
        match self {
            Self::Any(_) | Self::Reported => self.clone(),
            _ if all(&|member| matches!(member, Self::Object(..) | Self::Map(_) | Self::Merged(_))) => {
                Self::some_object(reason)
            }
            _ if all(&|member| matches!(member, Self::Array(_) | Self::Tuple(_))) => {
                Self::array(Self::Unknown(reason))
            }
            _ => Self::Unknown(reason),
        }
    }

    /// Returns `true` if everything may be asked of it.
    pub(super) fn is_anything(&self) -> bool {
        matches!(self, Self::Any(_) | Self::Reported)
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let fields = entries.into_iter().map(|(key, value)| (Rc::from(key), Entry::of(value))).collect();
        Self::Object(Shared::new(fields), None)
    }

    pub(super) fn array(item: Self) -> Self {
        Self::Array(Shared::new(item))
    }

    /// A JSON value, taken literally.
    pub(super) fn constant(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => match number.as_i64() {
                Some(value) if number.is_integer() => Self::Integer(value.into()),
                _ => Self::Number,
            },
            // What fills it in is not known yet.
            Value::String(text) if has_placeholder(text) => Self::String,
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::Tuple(Shared::new(items.iter().map(Self::constant).collect())),
            Value::Object(map) => {
                Self::object(map.iter().map(|(key, value)| (&**key, Self::constant(value))))
            }
        }
    }

    /// Returns the description of the value.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Any(_) | Self::Reported => "anything".into(),
            Self::Unknown(_) => "something that cannot be determined".into(),
            Self::Null => "null".into(),
            Self::Bool(value) => format!("`{value}`"),
            Self::Text(text) => format!("the string \"{text}\""),
            Self::Integer(value) => format!("the number {value}"),
            Self::String => "a string".into(),
            Self::Timestamp => "a timestamp".into(),
            Self::Number | Self::Computed(..) => "a number".into(),
            Self::Whole(_) => "an integer".into(),
            Self::Boolean => "a boolean".into(),
            // Only a distributed Map makes these.
            Self::Object(fields, None) if is_failed_child(fields) => {
                "the execution of an item that failed, which is tolerated here".into()
            }
            Self::Object(..) | Self::Map(_) | Self::Merged(_) => "an object".into(),
            Self::Leaf(leaf) => leaf.origin.to_string(),
            Self::Changed(parts) => parts.first().map_or_else(String::new, Self::words),
            Self::Array(_) | Self::Tuple(_) => "an array".into(),
            Self::Answer(shape) => match shape.kind() {
                Kind::String => "a string",
                Kind::Integer => "an integer",
                Kind::Number => "a number",
                Kind::Boolean => "a boolean",
                Kind::List(_) => "an array",
                Kind::Structure(_) | Kind::Map(_) => "an object",
                Kind::Anything | Kind::Timestamp | Kind::Bytes => "anything",
            }
            .into(),
            Self::Union(members) => members.first().map_or_else(String::new, Self::words),
        }
    }

    /// Returns the values of an object, whatever their keys.
    pub(super) fn entry(&self) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(leaf.then([OwnedStep::Values])),
            Self::Map(value) => (**value).clone(),
            Self::Object(fields, base) => {
                let below = base.as_ref().map(|base| base.entry());
                Self::union(fields.values().map(|entry| entry.value.clone()).chain(below))
            }
            Self::Union(members) => Self::union(members.iter().map(Self::entry)),
            Self::Merged(_) | Self::Changed(_) => Self::Unknown(Reason::Function),
            Self::Any(_) | Self::Reported | Self::Unknown(_) => self.clone(),
            Self::Answer(_) => Self::Unknown(Reason::Computed),
            _ => Self::never(),
        }
    }

    /// Returns the keys of an object.
    pub(super) fn entry_key(&self) -> Self {
        match self {
            Self::Object(fields, None) => Self::union(fields.keys().map(|key| Self::Text(key.clone()))),
            _ => Self::String,
        }
    }

    /// An object with some of the entries of this one.
    pub(super) fn some_entries(&self) -> Self {
        match self {
            Self::Object(fields, None) => {
                let fields = fields.iter();
                let fields = fields.map(|(key, entry)| (key.clone(), entry.maybe()));
                Self::Object(Shared::new(fields.collect()), None)
            }
            Self::Union(members) => Self::union(members.iter().map(Self::some_entries)),
            Self::Any(_) | Self::Reported | Self::Map(_) => self.clone(),
            _ => Self::Map(Shared::new(self.entry())),
        }
    }

    pub(super) fn members(&self) -> &[Self] {
        match self {
            Self::Union(members) => members,
            other => std::slice::from_ref(other),
        }
    }

    pub(super) fn union(members: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for member in members {
            member.add_to(&mut all);
        }
        Self::of_joined(all)
    }

    /// Puts this beside others, merged with those that it can be merged with.
    fn add_to(&self, all: &mut Vec<Self>) {
        for member in self.members() {
            let mut member = member.clone();
            // Merged with one, it may merge with others.
            while let Some((place, merged)) = all
                .iter()
                .enumerate()
                .find_map(|(place, known)| Some((place, number::merged(known, &member)?)))
            {
                all.swap_remove(place);
                member = merged;
            }
            if !all.contains(&member) {
                all.push(member);
            }
        }
    }

    /// One of values that are joined.
    fn of_joined(mut all: Vec<Self>) -> Self {
        all.sort();
        match all.len() {
            0 => Self::never(),
            1 => all.swap_remove(0),
            n if n > MOST_MEMBERS => Self::Unknown(Reason::Types),
            _ => Self::Union(Shared::new(all)),
        }
    }

    /// The value with another one at a path of keys.
    pub(super) fn set(&self, keys: &[String], value: Self) -> Self {
        let Some((key, rest)) = keys.split_first() else { return value };
        let entry = |below: &Self| {
            let over = || below.peek(key).set(rest, value.clone());
            // Where the part is not there yet, it has what is put there and nothing else.
            let alone = || Self::object([]).set(rest, value.clone());
            Entry::of(match below.has_part(key) {
                _ if rest.is_empty() => value.clone(),
                Some(true) => over(),
                None => over().join(&alone()),
                Some(false) => alone(),
            })
        };
        match self {
            Self::Object(fields, base) => {
                let mut fields = fields.clone();
                fields.edit(|fields| fields.insert(key.as_str().into(), entry(self)));
                Self::Object(fields, base.clone())
            }
            Self::Union(members) => Self::union(members.iter().map(|member| member.set(keys, value.clone()))),
            Self::Leaf(_)
            | Self::Answer(_)
            | Self::Map(_)
            | Self::Merged(_)
            | Self::Changed(_)
            | Self::Any(_)
            | Self::Reported
            | Self::Unknown(_) => Self::Object(
                Shared::new(Fields::from([(key.as_str().into(), entry(self))])),
                Some(Shared::new(self.clone())),
            ),
            _ => Self::Object(
                Shared::new(Fields::from([(key.as_str().into(), entry(&Self::object([])))])),
                None,
            ),
        }
    }

    /// The value with more known of what it has at a key.
    pub(super) fn narrow(&self, key: &str, value: Self) -> Self {
        let (mut fields, base) = match self {
            Self::Object(fields, base) => (fields.clone(), base.clone()),
            other => (Shared::default(), Some(Shared::new(other.clone()))),
        };
        // A value that takes the place of the base's value still does.
        let narrowed = fields.get(key).map_or(base.is_some(), |known| known.narrowed);
        fields.edit(|fields| fields.insert(key.into(), Entry { narrowed, ..Entry::of(value) }));
        Self::Object(fields, base)
    }

    /// Cuts what is nested too deep, or too large.
    pub(super) fn clip(&self) -> Self {
        let most = intern::most_size();
        if self.size() <= most && self.depth() < MOST_DEPTH && !matches!(self, Self::Leaf(_)) {
            return self.clone();
        }
        // It keeps its own fields: their names are in the definition, so that there are not more and more of them.
        let cut = |depth: &usize| self.clip_at(*depth).size() <= most;
        self.clip_at((2..=MOST_DEPTH).rev().find(cut).unwrap_or(1))
    }

    pub(super) fn clip_at(&self, depth: usize) -> Self {
        if depth == 0 {
            return self.outline(Reason::Size);
        }
        intern::clipped((self.clone(), depth), || self.clip_anew(depth))
    }

    fn clip_anew(&self, depth: usize) -> Self {
        match self {
            Self::Leaf(leaf) if leaf.steps.len() > 4 * MOST_DEPTH => Self::Unknown(Reason::Size),
            Self::Object(fields, base) if fields.depth() >= depth => {
                Self::Object(Shared::new(fields.clip(Some(depth))), base.clone())
            }
            Self::Array(item) if item.depth() >= depth => Self::array(item.clip_at(depth - 1)),
            Self::Map(value) if value.depth() >= depth => Self::Map(Shared::new(value.clip_at(depth - 1))),
            Self::Tuple(items) if self.depth() > depth => {
                Self::Tuple(Shared::new(items.iter().map(|item| item.clip_at(depth - 1)).collect()))
            }
            Self::Merged(_) | Self::Changed(_) if self.depth() > depth => self.outline(Reason::Size),
            Self::Union(members) if self.depth() > depth => {
                Self::union(members.iter().map(|member| member.clip_at(depth)))
            }
            other => other.clone(),
        }
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Object(fields, base) => 1 + fields.depth().max(base.as_ref().map_or(0, Shared::depth)),
            Self::Array(item) | Self::Map(item) => 1 + item.depth(),
            Self::Tuple(items) | Self::Merged(items) | Self::Changed(items) => 1 + items.depth(),
            Self::Union(members) => members.depth(),
            _ => 0,
        }
    }

    pub(super) fn size(&self) -> u64 {
        let below = match self {
            Self::Object(fields, base) => fields.size().saturating_add(base.as_ref().map_or(0, Shared::size)),
            Self::Array(item) | Self::Map(item) => item.size(),
            Self::Tuple(items)
            | Self::Merged(items)
            | Self::Changed(items)
            | Self::Union(items)
            | Self::Computed(_, items) => items.size(),
            _ => 0,
        };
        below.saturating_add(1)
    }
}

/// The key under which is kept what is known of an item at a position. No key of JSON begins so.
pub(super) fn index_key(index: i64) -> String {
    format!("\0{index}")
}

/// Returns the position that a key means.
pub(super) fn index_of(key: &str) -> Option<i64> {
    key.strip_prefix('\0')?.parse().ok()
}

pub(super) fn step_of(key: &str) -> OwnedStep {
    index_of(key).map_or_else(|| OwnedStep::Key(key.to_owned()), OwnedStep::Index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_diamonds_in_a_row_do_not_multiply() {
        let mut data = Sym::leaf(TypeRef(0), Side::Given, "the input");
        for index in 0..10 {
            let key = [format!("k{index}")];
            data = data.set(&key, Sym::String).join(&data.set(&key, Sym::Number));
        }
        let Sym::Object(fields, _) = &data else { panic!("an overlay") };
        assert_eq!(fields.len(), 10);
        assert!(fields.values().all(|entry| entry.value.members().len() == 2));
    }

    #[test]
    fn a_key_of_one_edge_is_what_the_base_has_on_the_other() {
        let input = Sym::leaf(TypeRef(0), Side::Given, "the input");
        let joined = input.set(&["x".into()], Sym::String).join(&input);
        assert_eq!(joined.peek("x"), Sym::String.join(&input.peek_may("x")));
        let made = Sym::object([("a", Sym::Null)]).join(&Sym::object([]));
        let Sym::Object(fields, None) = made else { panic!("an object") };
        assert!(fields.get("a").is_some_and(|entry| entry.absent));
    }

    #[test]
    fn what_grows_in_a_loop_is_cut() {
        let mut data = Sym::object([]);
        for _ in 0..100 {
            data = Sym::object([("previous", data)]).clip();
        }
        assert!(data.depth() <= MOST_DEPTH + 1);
    }
}
