//! Looking into a value: what a key has there, without asking whether it does.

use super::{
    answer,
    leaf::ways,
    origin::Reason,
    step::OwnedStep,
    val::Val,
    value::{Sym, index_of, step_of},
};
use crate::shape::place_of;

impl Sym {
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
    pub(super) fn has_part(&self, key: &str) -> Option<bool> {
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
}
