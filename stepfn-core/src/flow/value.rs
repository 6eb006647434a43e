use std::rc::Rc;

pub(super) use super::fields::Fields;
use super::{
    TypeRef, answer,
    counted::Counts,
    intern::{self, Shared},
    number,
    origin::{Origin, Reason},
    step::OwnedStep,
    val::Val,
};
use crate::{
    placeholder::has_placeholder,
    service::{Kind, Shape},
    shape::{Arithmetic, Bounds, Side, place_of},
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
}

impl Entry {
    pub(super) fn of(value: Sym) -> Self {
        Self { value, absent: false, narrowed: false }
    }
}

/// A part of a typed value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Leaf {
    pub(super) ty: TypeRef,
    pub(super) given: bool,
    pub(super) steps: Shared<Vec<OwnedStep>>,
    /// The source of the typed value, in words.
    pub(super) origin: Rc<str>,
}

impl Leaf {
    pub(super) fn side(&self) -> Side {
        if self.given { Side::Given } else { Side::Made }
    }

    /// Returns the value below which a `ResultPath` wrote: the type need not have it.
    pub(super) fn perhaps(&self) -> Self {
        if !matches!(self.steps.last(), Some(OwnedStep::Key(_))) {
            return self.clone();
        }
        let mut steps = (*self.steps).clone();
        for step in steps.iter_mut().rev() {
            match step {
                OwnedStep::Key(key) => *step = OwnedStep::May(std::mem::take(key)),
                _ => break,
            }
        }
        Self { steps: Shared::new(steps), ..self.clone() }
    }

    /// Whether it is whatever there is in a value, facts left aside.
    pub(super) fn is_any_within(&self) -> bool {
        let is_same =
            |step: &&OwnedStep| matches!(step, OwnedStep::Items | OwnedStep::Many | OwnedStep::Maybe);
        let mut steps = ways(self).collect::<Vec<_>>();
        while steps.last().is_some_and(is_same) {
            steps.pop();
        }
        steps.last() == Some(&&OwnedStep::Descend)
    }

    /// Whether it is a part of what another one is, facts left aside.
    pub(super) fn leads_on_from(&self, other: &Self) -> bool {
        if (self.ty, self.given, &self.origin) != (other.ty, other.given, &other.origin) {
            return false;
        }
        let (mut mine, mut theirs) = (ways(self), ways(other));
        theirs.by_ref().all(|step| mine.next() == Some(step)) && mine.next().is_some()
    }

    pub(super) fn then(&self, steps: impl IntoIterator<Item = OwnedStep>) -> Self {
        let mut all = (*self.steps).clone();
        all.extend(steps);
        Self { steps: Shared::new(all), ..self.clone() }
    }
}

/// The steps of a leaf that lead somewhere.
fn ways(leaf: &Leaf) -> impl Iterator<Item = &OwnedStep> {
    leaf.steps.iter().filter(|step| {
        !matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_) | OwnedStep::Present | OwnedStep::NonNull)
    })
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
                    entry.absent = true;
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
                let fields =
                    fields.map(|(key, entry)| (key.clone(), Entry { absent: true, ..entry.clone() }));
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

    /// The base of an object that has nothing over it on some way.
    pub(super) fn bare_base(&self) -> Option<&Self> {
        let Self::Object(fields, Some(base)) = self else { return None };
        // On another way it is what the base itself has there.
        let is_own = |key: &str, value: &Self| {
            value.members().iter().any(|member| {
                matches!(member.ground(), Self::Leaf(leaf)
                    if matches!(ways(leaf).last(), Some(OwnedStep::May(asked)) if asked == key))
            })
        };
        let mut is_put = false;
        for (key, entry) in fields.iter() {
            if !entry.narrowed && !entry.absent && !is_own(key, &entry.value) || index_of(key).is_some() {
                return None;
            }
            is_put = is_put || !entry.narrowed;
        }
        is_put.then_some(&**base)
    }

    /// The value of a key, without asking whether it is there.
    pub(super) fn peek(&self, key: &str) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(leaf.then([step_of(key)])),
            Self::Array(item) if index_of(key).is_some() => (**item).clone(),
            Self::Tuple(items) => {
                let place = index_of(key).and_then(|index| place_of(index, items.len()));
                place.and_then(|place| items.get(place)).cloned().unwrap_or_else(Self::never)
            }
            Self::Object(fields, base) => match (fields.get(key), base) {
                (Some(entry), _) => entry.value.clone(),
                (None, Some(base)) => base.peek(key),
                (None, None) => Self::object([]),
            },
            Self::Map(value) => (**value).clone(),
            Self::Answer(shape) => answer::peek(shape, key),
            Self::Union(members) => Self::union(members.iter().map(|member| member.peek(key))),
            Self::Merged(parts) => {
                let (base, over) = Self::of_merged(parts, key);
                Self::union(base.map(|base| base.peek(key)).into_iter().chain(over))
            }
            Self::Changed(_) => Self::Unknown(Reason::Function),
            Self::Any(_) | Self::Reported | Self::Unknown(_) => self.clone(),
            _ => Self::never(),
        }
    }

    /// The value of a key that need not be known to the value: another way to here puts it there.
    pub(super) fn peek_may(&self, key: &str) -> Self {
        match self {
            Self::Leaf(leaf) if index_of(key).is_none() => {
                Self::Leaf(leaf.perhaps().then([OwnedStep::May(key.to_owned())]))
            }
            Self::Object(fields, Some(base)) if !fields.contains_key(key) => base.peek_may(key),
            Self::Union(members) => Self::union(members.iter().map(|member| member.peek_may(key))),
            Self::Merged(parts) => {
                let (base, over) = Self::of_merged(parts, key);
                Self::union(base.map(|base| base.peek_may(key)).into_iter().chain(over))
            }
            other => other.peek(key),
        }
    }

    /// The same as JSONata reads it: through arrays.
    pub(super) fn query_may(&self, key: &str) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(leaf.then([OwnedStep::MayQuery(key.to_owned())])),
            Self::Object(fields, Some(base)) if !fields.contains_key(key) => base.query_may(key),
            Self::Union(members) => Self::union(members.iter().map(|member| member.query_may(key))),
            other => other.peek_may(key),
        }
    }

    /// Where the value of a key comes from in objects that are put over each other: the one that is asked whether it has it, if any
    /// is, and what others may have put over it.
    pub(super) fn of_merged<'s>(parts: &'s [Self], key: &str) -> (Option<&'s Self>, Vec<Self>) {
        let mut over = Vec::new();
        let can_have =
            |part: &&Self| !matches!(part, Self::Object(fields, None) if !fields.contains_key(key));
        let with: Vec<&Self> = parts.iter().filter(can_have).collect();
        for (place, part) in with.iter().copied().enumerate().rev() {
            match part {
                part if place == 0 => return (Some(part), over),
                Self::Object(fields, None) => match fields.get(key) {
                    Some(entry) if !entry.absent => {
                        over.push(entry.value.clone());
                        return (None, over);
                    }
                    Some(entry) => over.push(entry.value.clone()),
                    None => {}
                },
                part => over.push(match Val::one(part.clone()).items().peek_may(key) {
                    Self::Leaf(leaf) => Self::Leaf(leaf.then([OwnedStep::Present])),
                    other => other,
                }),
            }
        }
        (parts.first(), over)
    }

    /// Returns the value below facts about its parts.
    pub(super) fn ground(&self) -> &Self {
        match self {
            Self::Object(fields, Some(base)) if fields.values().all(|entry| entry.narrowed) => base,
            other => other,
        }
    }

    /// Whether there is a part to put something into, where the value itself tells; none where it may be missing. Types are
    /// asked when the part is read.
    fn has_part(&self, key: &str) -> Option<bool> {
        match self {
            Self::Object(fields, base) => match (fields.get(key), base) {
                (Some(entry), _) => (!entry.absent).then_some(true),
                (None, Some(base)) => base.has_part(key),
                (None, None) => Some(false),
            },
            Self::Map(_) => None,
            Self::Answer(shape) => Some(answer::has_part(shape, key)),
            _ => Some(true),
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
        fields.edit(|fields| fields.insert(key.into(), Entry { value, absent: false, narrowed }));
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

/// The data that flows along an edge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) data: Sym,
    pub(super) variables: Shared<Fields>,
    /// The facts of conditions about parts of the context object that do not change: `Execution.Input`, `Map.Item.Value`.
    pub(super) context: Shared<Fields>,
    /// The numbers that count the items of an array.
    pub(super) counts: Counts,
}

impl Flow {
    pub(super) fn new(data: Sym) -> Self {
        Self { data, variables: Shared::default(), context: Shared::default(), counts: Counts::default() }
    }

    pub(super) fn with_data(&self, data: Sym) -> Self {
        Self { data, ..self.clone() }
    }

    /// Returns the flow into a Map's item processor: there are no facts about another item yet.
    pub(super) fn with_item(&self, data: Sym) -> Self {
        let mut flow = self.with_data(data);
        if flow.context.contains_key("Map.Item.Value") {
            flow.context.edit(|context| context.remove("Map.Item.Value"));
        }
        flow
    }

    /// The same, where it grew too large.
    pub(super) fn clip(mut self) -> Self {
        self.data = self.data.clip();
        if self.variables.size() > intern::most_size() || self.variables.depth() >= MOST_DEPTH {
            self.variables = Shared::new(self.variables.clip(None));
        }
        self
    }

    pub(super) fn join(&self, other: &Self) -> Self {
        let join = |one: &Shared<Fields>, other: &Shared<Fields>| {
            if one == other {
                return one.clone();
            }
            match Sym::Object(one.clone(), None).join(&Sym::Object(other.clone(), None)) {
                Sym::Object(fields, _) => fields,
                _ => one.clone(),
            }
        };
        let mut context = join(&self.context, &other.context);
        if context.values().any(|entry| entry.absent) {
            // Facts of only one edge are dropped.
            context.edit(|context| context.retain(|_, entry| !entry.absent));
        }
        Self {
            data: self.data.meet(&other.data),
            variables: join(&self.variables, &other.variables),
            context,
            counts: self.common_counts(other),
        }
    }
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
