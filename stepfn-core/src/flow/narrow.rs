//! The facts about a value where a condition holds, and where it does not.
//!
//! Conditions of both languages become a [`Formula`] over facts; [`assume`] takes one to hold, or not to. A fact is about the value at
//! a path of keys into some [`Place`]; [`refine`] returns the part of that place's value that is left. For a type that is known by name only
//! the fact becomes a step, [`OwnedStep::Where`], that is understood where the type is known.

use super::{
    answer,
    intern::Shared,
    leaf::Leaf,
    step::{OwnedFact, OwnedProperty, OwnedStep},
    value::{Entry, Fields, Sym, index_key, index_of},
};
use crate::{
    shape::{Bounds, Kind, place_of},
    timestamp::is_timestamp,
};

/// The test of a fact, without its place.
#[derive(Clone, Copy)]
pub(super) struct Test<'t> {
    pub(super) is: &'t OwnedProperty,
    pub(super) holds: bool,
    pub(super) query: bool,
}

/// A value of which something is known at some keys; none where it cannot be. Of what is not there nothing holds.
pub(super) fn refine(value: &Sym, keys: &[String], test: Test<'_>) -> Option<Sym> {
    if let Sym::Union(members) = value {
        if members.is_empty() {
            return Some(value.clone());
        }
        let members: Vec<_> = members.iter().filter_map(|member| refine(member, keys, test)).collect();
        return (!members.is_empty()).then(|| Sym::union(members));
    }
    match keys.split_first() {
        None => itself(value, test),
        Some((key, rest)) => part(value, keys, (key, rest), test),
    }
}

/// The value itself.
fn itself(value: &Sym, test: Test<'_>) -> Option<Sym> {
    if let Sym::Object(fields, Some(base)) = value
        && fields.values().all(|entry| entry.narrowed)
    {
        return match refine(base, &[], test)? {
            base @ (Sym::Leaf(_) | Sym::Answer(_) | Sym::Any(_) | Sym::Unknown(_) | Sym::Array(_)) => {
                Some(Sym::Object(fields.clone(), Some(Shared::new(base))))
            }
            other => Some(other),
        };
    }
    let constant = || match test.is {
        OwnedProperty::Text(text) => Some(Sym::text(text)),
        OwnedProperty::Flag(flag) => Some(Sym::Bool(*flag)),
        OwnedProperty::Kind(Kind::Null) => Some(Sym::Null),
        _ => None,
    };
    match value {
        Sym::Leaf(leaf) if !test.holds && *test.is == OwnedProperty::There && is_there(leaf) => None,
        Sym::Leaf(leaf) => Some(match constant() {
            Some(constant) if test.holds && !super::switch::is_off("refine: is") => constant,
            _ => leaf_itself(leaf, test),
        }),
        Sym::Answer(_) => Some(constant().filter(|_| test.holds).unwrap_or_else(|| value.clone())),
        // No condition can distinguish whole numbers: where anything is declared, integers may be asked for, as before.
        Sym::Any(_) if *test.is == OwnedProperty::Kind(Kind::Number) => Some(value.clone()),
        Sym::Any(_) | Sym::Unknown(_) if test.holds => Some(constant().unwrap_or_else(|| match test.is {
            OwnedProperty::Kind(Kind::Boolean) => Sym::Boolean,
            OwnedProperty::Kind(Kind::Number) => Sym::Number,
            OwnedProperty::Kind(Kind::String) => Sym::String,
            OwnedProperty::Kind(Kind::Timestamp) => Sym::Timestamp,
            _ => value.clone(),
        })),
        Sym::Any(_) => Some(value.clone()),
        Sym::Unknown(_) | Sym::Reported => Some(value.clone()),
        _ => match (is_of(value, test), test.holds) {
            (Some(is), holds) => (is == holds).then(|| value.clone()),
            (None, true) => Some(match (value, test.is) {
                (Sym::String, OwnedProperty::Kind(Kind::Timestamp)) => Sym::Timestamp,
                (Sym::Array(item), OwnedProperty::AtLeast(least)) => with_items(value, item, *least),
                (Sym::Whole(bounds), is @ (OwnedProperty::From(_) | OwnedProperty::Below(_))) => {
                    between(*bounds, is, true)
                }
                _ => constant().unwrap_or_else(|| value.clone()),
            }),
            (None, false) => Some(match (value, test.is) {
                (Sym::Boolean, OwnedProperty::Flag(flag)) => Sym::Bool(!flag),
                (Sym::Whole(bounds), is) => between(*bounds, is, false),
                _ => value.clone(),
            }),
        },
    }
}

/// Whole numbers of which a comparison holds, or does not.
fn between(bounds: Bounds, is: &OwnedProperty, holds: bool) -> Sym {
    let (bound, from) = match is {
        OwnedProperty::From(bound) => (*bound, holds),
        OwnedProperty::Below(bound) => (*bound, !holds),
        _ => return Sym::Whole(bounds),
    };
    let more = match from {
        true => Bounds { min: bound, max: i128::MAX },
        false => Bounds { min: i128::MIN, max: bound.saturating_sub(1) },
    };
    Sym::of_bounds(bounds.both(more))
}

/// An array with its first and last items known to be there.
fn with_items(value: &Sym, item: &Sym, least: usize) -> Sym {
    let least = i64::try_from(least.min(4)).unwrap_or_default();
    let at = (0..least).chain((1..=least).map(|index| -index));
    at.fold(value.clone(), |value, index| value.narrow(&index_key(index), item.clone()))
}

fn leaf_itself(leaf: &Leaf, test: Test<'_>) -> Sym {
    let step = match test.is {
        OwnedProperty::There if test.holds => None,
        // The greatest number of items is of no use.
        OwnedProperty::AtLeast(_) if !test.holds => None,
        is => Some(is),
    };
    let known = match step {
        Some(is) => with_fact(leaf, None, is, test),
        None => leaf.clone(),
    };
    Sym::Leaf(if test.holds { present(&known) } else { known })
}

/// Returns whether a value that is no leaf passes a test; none where it may.
fn is_of(value: &Sym, test: Test<'_>) -> Option<bool> {
    Some(match test.is {
        OwnedProperty::There => true,
        OwnedProperty::Text(text) => match value {
            Sym::Text(this) => **this == **text,
            Sym::String | Sym::Timestamp => return None,
            _ => false,
        },
        OwnedProperty::Flag(flag) => match value {
            Sym::Bool(this) => this == flag,
            Sym::Boolean => return None,
            _ => false,
        },
        OwnedProperty::Kind(kind) => match (value, kind) {
            (Sym::Changed(_), _) => return None,
            (Sym::Null, kind) => *kind == Kind::Null,
            (Sym::Bool(_) | Sym::Boolean, kind) => *kind == Kind::Boolean,
            (Sym::Integer(_) | Sym::Whole(_), kind) => *kind == Kind::Number,
            // What is no number in the end is none in JSON.
            (Sym::Number | Sym::Computed(..), Kind::Number | Kind::Null | Kind::String) => return None,
            (Sym::Text(text), Kind::Timestamp) => is_timestamp(text),
            (Sym::String, Kind::Timestamp) => return None,
            (Sym::Text(_) | Sym::String, kind) => *kind == Kind::String,
            (Sym::Timestamp, kind) => matches!(kind, Kind::String | Kind::Timestamp),
            (Sym::Array(_) | Sym::Tuple(_), kind) => *kind == Kind::Array,
            (Sym::Object(..) | Sym::Map(_) | Sym::Merged(_), kind) => *kind == Kind::Object,
            _ => false,
        },
        OwnedProperty::From(bound) => match (value.bounds(), value) {
            (Some(bounds), _) if bounds.min >= *bound => true,
            (Some(bounds), _) if bounds.max < *bound => false,
            (Some(_), _) | (_, Sym::Number | Sym::Computed(..)) => return None,
            _ => false,
        },
        OwnedProperty::Below(bound) => match (value.bounds(), value) {
            (Some(bounds), _) if bounds.max < *bound => true,
            (Some(bounds), _) if bounds.min >= *bound => false,
            (Some(_), _) | (_, Sym::Number | Sym::Computed(..)) => return None,
            _ => false,
        },
        OwnedProperty::AtLeast(least) => match value {
            Sym::Array(_) | Sym::Changed(_) => return None,
            Sym::Tuple(items) => items.len() >= *least,
            _ => test.query && *least <= 1,
        },
    })
}

/// The value of a key, or the item at a position.
fn part(value: &Sym, keys: &[String], (key, rest): (&str, &[String]), test: Test<'_>) -> Option<Sym> {
    let unless_holds = || (!test.holds).then(|| value.clone());
    let is_first = test.query && matches!(index_of(key), Some(0 | -1));
    match value {
        // In JSONata what is no array is its own first item, and the last.
        Sym::Object(_, None) | Sym::Map(_) | Sym::Merged(_) if is_first => refine(value, rest, test),
        Sym::Leaf(leaf) => part_of_leaf(leaf, (key, rest), test),
        Sym::Object(fields, base) => {
            let Some(entry) = fields.get(key) else {
                let Some(base) = base else { return unless_holds() };
                let below = match &**base {
                    Sym::Leaf(leaf) => Sym::Leaf(leaf.perhaps()),
                    base => base.clone(),
                };
                return Some(match refine(&below, keys, test)? {
                    Sym::Object(more, base) => {
                        let mut fields = fields.clone();
                        fields.edit(|fields| fields.extend(more.iter().map(|(k, e)| (k.clone(), e.clone()))));
                        Sym::Object(fields, base)
                    }
                    base => Sym::Object(fields.clone(), Some(Shared::new(base))),
                });
            };
            let base = match base {
                // What is more is known of the whole, too.
                Some(base) if entry.narrowed => {
                    let refined = refine(base, keys, test)?;
                    Some(match refined {
                        Sym::Object(_, Some(base)) => base,
                        other => Shared::new(other),
                    })
                }
                base => base.clone(),
            };
            let refined = match refine(&entry.value, rest, test) {
                Some(value) => Entry { value, absent: entry.absent && !test.holds, ..entry.clone() },
                None if test.holds || !entry.absent => return None,
                None => Entry { value: Sym::never(), ..entry.clone() },
            };
            let mut fields = fields.clone();
            fields.edit(|fields| {
                if base.is_none() && refined.absent && refined.value == Sym::never() {
                    fields.remove(key);
                } else {
                    fields.insert(key.into(), refined);
                }
            });
            Some(Sym::Object(fields, base))
        }
        Sym::Answer(shape) if test.holds && index_of(key).is_none() => {
            let below = answer::peek(shape, key);
            Some(value.narrow(key, refine(&below, rest, test)?))
        }
        Sym::Merged(parts) if test.holds && !test.query && index_of(key).is_none() => {
            let (base, over) = Sym::of_merged(parts, key);
            let below = Sym::union(base.map(|base| base.peek_may(key)).into_iter().chain(over));
            Some(value.narrow(key, refine(&below, rest, test)?))
        }
        Sym::Any(_) | Sym::Reported | Sym::Answer(_) | Sym::Merged(_) | Sym::Changed(_) => {
            Some(value.clone())
        }
        Sym::Unknown(_) => Some(match refine(value, rest, test)? {
            same if same == *value => same,
            known => value.narrow(key, known),
        }),
        Sym::Array(item) if index_of(key).is_some() => {
            if !test.holds {
                return Some(value.clone());
            }
            Some(value.narrow(key, refine(item, rest, test)?))
        }
        Sym::Map(of) if index_of(key).is_none() => {
            if !test.holds {
                return Some(value.clone());
            }
            Some(value.narrow(key, refine(of, rest, test)?))
        }
        // There is nothing in it that a key could lead to.
        Sym::Tuple(items) if test.query && items.is_empty() => unless_holds(),
        // A key leads through it.
        Sym::Array(_) | Sym::Tuple(_) if test.query && index_of(key).is_none() => Some(value.clone()),
        Sym::Tuple(items) => {
            let place = index_of(key).and_then(|index| place_of(index, items.len()));
            let Some(place) = place else { return unless_holds() };
            let item = refine(items.get(place)?, rest, test)?;
            let mut items = items.clone();
            items.edit(|items| items[place] = item);
            Some(Sym::Tuple(items))
        }
        _ if is_first => refine(value, rest, test),
        _ => unless_holds(),
    }
}

fn part_of_leaf(leaf: &Leaf, (key, rest): (&str, &[String]), test: Test<'_>) -> Option<Sym> {
    let there = OwnedProperty::There;
    if let Some(index) = index_of(key) {
        if !test.holds {
            return Some(Sym::Leaf(leaf.clone()));
        }
        let needed = if index < 0 { index.unsigned_abs() } else { index.unsigned_abs().saturating_add(1) };
        let least = OwnedProperty::AtLeast(usize::try_from(needed).unwrap_or(usize::MAX));
        let whole = present(&with_fact(leaf, None, &least, test));
        if rest.is_empty() && *test.is == there {
            return Some(Sym::Leaf(whole));
        }
        let step = if test.query { OwnedStep::Pick(index) } else { OwnedStep::Index(index) };
        let mut item = whole.then([step, OwnedStep::Present]);
        if is_no_null(rest, test) {
            item = item.then([OwnedStep::NonNull]);
        }
        return Some(Sym::Leaf(whole).narrow(key, refine(&Sym::Leaf(item), rest, test)?));
    }
    // The value of the key can determine the variant of the whole.
    let told = match (rest.is_empty(), test.is) {
        (true, is @ (OwnedProperty::There | OwnedProperty::Text(_) | OwnedProperty::Flag(_))) => Some(is),
        _ if test.holds => Some(&there),
        _ => None,
    };
    let whole = told.map_or_else(|| leaf.clone(), |is| with_fact(leaf, Some(key), is, test));
    if !test.holds && rest.is_empty() && *test.is == there {
        return Some(Sym::Leaf(whole));
    }
    let step = if test.query { OwnedStep::Query(key.to_owned()) } else { OwnedStep::Key(key.to_owned()) };
    let mut below = whole.then([step]);
    if test.holds && !rest.is_empty() {
        below = below.then([OwnedStep::Present]);
        if is_no_null(rest, test) {
            below = below.then([OwnedStep::NonNull]);
        }
    }
    let found = refine(&Sym::Leaf(below.clone()), rest, test)?;
    let whole = Sym::Leaf(whole);
    Some(if found == Sym::Leaf(below) { whole } else { whole.narrow(key, found) })
}

/// Returns `true` if a key is a position.
pub(super) fn is_index(key: &str) -> bool {
    index_of(key).is_some()
}

/// Returns `true` if what a test leads through is no null where it holds. In JSONata null is its own first item.
fn is_no_null(rest: &[String], test: Test<'_>) -> bool {
    let is_some = match test.is {
        OwnedProperty::Text(_)
        | OwnedProperty::Flag(_)
        | OwnedProperty::From(_)
        | OwnedProperty::Below(_) => true,
        OwnedProperty::Kind(kind) => *kind != Kind::Null,
        OwnedProperty::There | OwnedProperty::AtLeast(_) => false,
    };
    !rest.is_empty() && (!test.query || is_some || rest.iter().any(|key| index_of(key).is_none()))
}

/// A leaf that is there.
fn present(leaf: &Leaf) -> Leaf {
    if is_there(leaf) { leaf.clone() } else { leaf.then([OwnedStep::Present]) }
}

/// Returns `true` if a leaf is there whatever its type is.
fn is_there(leaf: &Leaf) -> bool {
    let last = leaf
        .steps
        .iter()
        .rev()
        .find(|step| !matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_) | OwnedStep::NonNull));
    matches!(last, None | Some(OwnedStep::Present))
}

/// More than this is not remembered of one value.
const MOST_FACTS: usize = 12;

/// A leaf with a fact about it, or about one of its keys.
fn with_fact(leaf: &Leaf, key: Option<&str>, is: &OwnedProperty, test: Test<'_>) -> Leaf {
    let fact =
        OwnedFact { key: key.map(str::to_owned), query: test.query, is: is.clone(), holds: test.holds };
    let step = OwnedStep::Where(fact);
    let is_fact =
        |step: &&OwnedStep| matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_) | OwnedStep::Present);
    let mut is_one_of_several = false;
    for (count, other) in leaf.steps.iter().rev().take_while(is_fact).enumerate() {
        if count >= MOST_FACTS || (*other == step && !is_one_of_several) {
            return leaf.clone();
        }
        is_one_of_several = matches!(other, OwnedStep::OrWhere(_));
    }
    leaf.then([step])
}

/// Learns of one of some named values.
pub(super) fn learn_entry(fields: &mut Fields, name: &str, keys: &[String], test: Test<'_>) -> Option<()> {
    if let Some(entry) = fields.get(name) {
        let value = match refine(&entry.value, keys, test) {
            Some(value) => value,
            // Where it is missing nothing holds.
            None if entry.absent && !test.holds => entry.value.clone(),
            None => return None,
        };
        let entry = Entry { value, absent: entry.absent && !test.holds, ..entry.clone() };
        fields.insert(name.into(), entry);
    }
    Some(())
}
