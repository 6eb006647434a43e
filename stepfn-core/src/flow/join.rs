//! Values where several edges meet.
//!
//! Where edges meet, the ways are kept apart by the keys that each edge put there: so a test for `$.error` distinguishes the way of the
//! success from that of the caught error, with all that each of them has. Inside of expressions such values are one with keys that may be
//! missing.

use super::{
    answer,
    fields::Merge,
    intern::{self, Shared},
    leaf::Leaf,
    step::{OwnedFact, OwnedStep},
    value::{Entry, Fields, Sym, index_of},
};
use crate::sort;

/// More ways than this are not kept apart: the nearest become one.
const MOST_WAYS: usize = 6;
/// Ways of objects with more keys than this are not kept apart: what a key more costs must not grow with how many there are.
const MOST_KEYS: usize = 64;
/// More than this is not remembered of a value.
const MOST_CLAUSES: usize = 6;

impl Sym {
    /// Returns a value that can be this or another.
    pub(super) fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        intern::joined((self.clone(), other.clone()), || joined(self, other, false))
    }

    /// Returns the value where two edges meet.
    pub(super) fn meet(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        intern::met((self.clone(), other.clone()), || joined(self, other, true))
    }

    /// Returns `true` if types determine whether a key is there: of an answer, or of keys that are computed, the way to it says so.
    fn is_asked_by_type(&self) -> bool {
        match self {
            Self::Object(_, Some(base)) => base.is_asked_by_type(),
            other => matches!(other, Self::Leaf(_) | Self::Merged(_)),
        }
    }

    /// Returns `true` if a key that this may have without its being known, by computation or by no model, can as well be missing.
    pub(super) fn is_vague_about(&self, key: &str) -> bool {
        match self {
            Self::Object(fields, Some(base)) => !fields.contains_key(key) && base.is_vague_about(key),
            Self::Map(_) => true,
            Self::Answer(shape) => answer::lacks(shape, key),
            _ => false,
        }
    }

    /// Returns `true` if a key is put into others of some values, but not into this one.
    pub(super) fn lacks(&self, key: &str, others: &[Self]) -> bool {
        let has = |value: &Self| matches!(value, Self::Object(fields, _) if fields.get(key).is_some_and(|entry| !entry.narrowed));
        let can_have = match self {
            Self::Object(fields, _) if fields.contains_key(key) => false,
            other => match other.ground() {
                Self::Object(_, base) => base.as_deref().is_none_or(Self::is_asked_by_type),
                other => other.is_asked_by_type() && !matches!(other, Self::Merged(_)),
            },
        };
        can_have && others.iter().any(has)
    }

    /// Fields and base, where this is an object over something or a leaf.
    fn overlay(&self) -> Option<(Shared<Fields>, Option<&Self>)> {
        match self {
            Self::Object(fields, base) => Some((fields.clone(), base.as_deref())),
            Self::Leaf(_) | Self::Answer(_) | Self::Map(_) | Self::Merged(_) => {
                Some((Shared::default(), Some(self)))
            }
            _ => None,
        }
    }

    /// Returns `true` if both lie over the same, facts about it left aside.
    fn is_over_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(a), Self::Leaf(b)) => {
                a == b || a.ty == b.ty && a.given == b.given && a.origin == b.origin && bare(a).eq(bare(b))
            }
            _ => self == other,
        }
    }

    /// Returns `true` if the same edges put their keys into both.
    pub(super) fn is_way_of(&self, other: &Self) -> bool {
        let (Some((mine, base)), Some((theirs, other_base))) = (self.overlay(), other.overlay()) else {
            return false;
        };
        let same = match (base, other_base) {
            (None, None) => true,
            (Some(a), Some(b)) => a.is_over_the_same(b),
            _ => false,
        };
        if !same {
            return false;
        }
        if mine == theirs || mine.len().max(theirs.len()) > MOST_KEYS {
            return true;
        }
        let (mine, theirs) = (Keys::of(&mine, base), Keys::of(&theirs, other_base));
        mine.certain == theirs.certain || mine.covers(&theirs) || theirs.covers(&mine)
    }
}

/// The keys that lie over a base: there on this way for certain, or perhaps.
struct Keys<'k> {
    certain: Vec<&'k str>,
    all: Vec<&'k str>,
}

impl<'k> Keys<'k> {
    fn of(fields: &'k Fields, base: Option<&Sym>) -> Self {
        let over = || fields.iter().filter(|(_, entry)| !entry.narrowed);
        // What has never been asked of a type cannot be what the base holds there: most keys need no closer look.
        let is_asked = |key: &str, value: &Sym| {
            index_of(key).is_some()
                || value.members().iter().any(|member| {
                    let Sym::Leaf(leaf) = member else { return false };
                    leaf.steps.iter().any(|step| matches!(step, OwnedStep::May(asked) if asked == key))
                })
        };
        let is_maybe = |key: &str, entry: &Entry| {
            entry.absent
                || is_asked(key, &entry.value)
                    && base.is_some_and(|base| {
                        let below = base.peek_may(key);
                        matches!(below, Sym::Leaf(_))
                            && entry.value.members().iter().any(|member| member.is_over_the_same(&below))
                    })
        };
        Self {
            certain: over().filter(|(key, entry)| !is_maybe(key, entry)).map(|(key, _)| &**key).collect(),
            all: over().map(|(key, _)| &**key).collect(),
        }
    }

    /// Returns `true` if another way has all that this one has for certain, and nothing more than it may have.
    fn covers(&self, other: &Self) -> bool {
        self.certain.iter().all(|key| other.certain.contains(key))
            && other.all.iter().all(|key| self.all.contains(key))
    }

    fn distance(&self, other: &Self) -> usize {
        let beyond = |a: &Self, b: &Self| a.certain.iter().filter(|key| !b.certain.contains(key)).count();
        beyond(self, other) + beyond(other, self)
    }
}

fn joined(one: &Sym, other: &Sym, apart: bool) -> Sym {
    let mut members: Vec<Sym> = one.members().to_vec();
    for member in other.members() {
        if members.contains(member) {
            continue;
        }
        let mut merged = None;
        for (place, known) in members.iter().enumerate() {
            if (!apart || known.is_way_of(member) || matches!(member, Sym::Array(_) | Sym::Map(_)))
                && let Some(both) = merge(known, member, apart)
            {
                merged = Some((place, both));
                break;
            }
        }
        match merged {
            Some((place, both)) => members[place] = both,
            None => members.push(member.clone()),
        }
    }
    if apart {
        bound(&mut members);
    }
    Sym::union(members)
}

/// Makes one of the nearest ways until there are few.
fn bound(members: &mut Vec<Sym>) {
    while members.len() > MOST_WAYS {
        let mut nearest: Option<(usize, usize, usize, Sym)> = None;
        for (place, one) in members.iter().enumerate() {
            let Some((fields, base)) = one.overlay().filter(|(fields, _)| fields.len() <= MOST_KEYS) else {
                continue;
            };
            let keys = Keys::of(&fields, base);
            let mut ways = 1;
            let mut best: Option<(usize, usize)> = None;
            for (other_place, other) in members.iter().enumerate().skip(place + 1) {
                let others = other.overlay().filter(|(fields, _)| fields.len() <= MOST_KEYS);
                let Some((others, other_base)) = others else { continue };
                let same = match (base, other_base) {
                    (None, None) => true,
                    (Some(a), Some(b)) => a.is_over_the_same(b),
                    _ => false,
                };
                if !same {
                    continue;
                }
                ways += 1;
                let distance = keys.distance(&Keys::of(&others, other_base));
                if best.is_none_or(|(least, _)| distance < least) {
                    best = Some((distance, other_place));
                }
            }
            if ways > MOST_WAYS
                && let Some((distance, other_place)) = best
                && nearest.as_ref().is_none_or(|(least, ..)| distance < *least)
                && let Some(both) = merge(one, &members[other_place], true)
            {
                nearest = Some((distance, place, other_place, both));
            }
        }
        let Some((_, place, other, both)) = nearest else { return };
        members[place] = both;
        members.remove(other);
    }
}

/// Returns one value that is this or that; none where they have nothing in common.
fn merge(one: &Sym, other: &Sym, apart: bool) -> Option<Sym> {
    let join = |a: &Sym, b: &Sym| if apart { a.meet(b) } else { a.join(b) };
    if let (Sym::Array(a), Sym::Array(b)) = (one, other) {
        return Some(Sym::array(join(a, b)));
    }
    if let (Sym::Map(a), Sym::Map(b)) = (one, other) {
        return Some(Sym::Map(Shared::new(join(a, b))));
    }
    let ((mine, base), (theirs, other_base)) = (one.overlay()?, other.overlay()?);
    let base = match (base, other_base) {
        (None, None) => None,
        // Only what is an object has fields laid over it: what else the other may be, the facts about it say.
        (Some(a), Some(b)) if mine.is_empty() != theirs.is_empty() && about_itself(a) != about_itself(b) => {
            return None;
        }
        (Some(a), Some(b)) if a.is_over_the_same(b) => Some(forget(a, b)),
        _ => return None,
    };
    let fields = mine.merge(&theirs, &Edges { base: base.as_ref(), apart });
    Some(match base {
        Some(base) if fields.is_empty() => base,
        base => Sym::Object(Shared::new(fields), base.map(Shared::new)),
    })
}

/// Joins the fields over a base.
struct Edges<'b> {
    base: Option<&'b Sym>,
    apart: bool,
}

impl Merge for Edges<'_> {
    fn name(&self) -> (&'static str, Option<Sym>) {
        (if self.apart { "meet" } else { "join" }, self.base.cloned())
    }

    fn both(&self, mine: &Entry, theirs: &Entry) -> Entry {
        let (a, b) = (&mine.value, &theirs.value);
        Entry {
            value: if self.apart { a.meet(b) } else { a.join(b) },
            absent: !super::switch::is_off("join: absent on one edge") && (mine.absent || theirs.absent),
            narrowed: mine.narrowed && theirs.narrowed,
            there_if: match (mine.needs(), theirs.needs()) {
                (Some(mine), Some(theirs)) if !mine.is_empty() || !theirs.is_empty() => {
                    let mut needed = [mine, theirs].concat();
                    needed.sort();
                    needed.dedup();
                    Some(Shared::new(needed))
                }
                _ => None,
            },
        }
    }

    fn one(&self, key: &str, entry: &Entry, _: bool) -> Option<Entry> {
        match self.base {
            None if super::switch::is_off("join: of one edge only") => {
                Some(Entry { absent: false, ..entry.clone() })
            }
            None => Some(entry.maybe()),
            // What one edge knows more of the base's value, both do not.
            Some(_) if entry.narrowed => None,
            // On the other edge the key is what the base has there, if it has it: no overlay of it.
            Some(base) => {
                let value = Sym::union([entry.value.clone(), base.peek_may(key)]);
                let entry = Entry { value, ..entry.clone() };
                Some(if base.is_vague_about(key) { entry.maybe() } else { entry })
            }
        }
    }
}

/// Returns the facts about a leaf's own value, those about its fields left aside.
fn about_itself(value: &Sym) -> Vec<Clause> {
    let Sym::Leaf(leaf) = value else { return Vec::new() };
    let mut own = clauses(leaf).pop().unwrap_or_default();
    own.retain(|clause| clause.iter().any(|fact| fact.key.is_none()));
    own
}

/// The steps of a leaf without facts about what is there.
fn bare(leaf: &Leaf) -> impl Iterator<Item = &OwnedStep> {
    leaf.steps.iter().filter(|step| !matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_)))
}

/// A base of which only that is still known which both know.
fn forget(one: &Sym, other: &Sym) -> Sym {
    let (Sym::Leaf(a), Sym::Leaf(b)) = (one, other) else { return one.clone() };
    if a == b {
        return one.clone();
    }
    let (mine, theirs) = (clauses(a), clauses(b));
    let mut steps = Vec::new();
    for (place, (here, there)) in mine.iter().zip(&theirs).enumerate() {
        for clause in either(here, there) {
            for (index, fact) in clause.into_iter().enumerate() {
                steps.push(if index == 0 { OwnedStep::Where(fact) } else { OwnedStep::OrWhere(fact) });
            }
        }
        steps.extend(bare(a).nth(place).cloned());
    }
    Sym::Leaf(Leaf { steps: Shared::new(steps), ..a.clone() })
}

/// Facts of which one holds.
type Clause = Vec<OwnedFact>;

/// Returns the facts before each step of a leaf, and after the last.
fn clauses(leaf: &Leaf) -> Vec<Vec<Clause>> {
    let mut all = vec![Vec::new()];
    for step in leaf.steps.iter() {
        let Some(here) = all.last_mut() else { break };
        match step {
            OwnedStep::Where(fact) => here.push(vec![fact.clone()]),
            OwnedStep::OrWhere(fact) => {
                if let Some(clause) = here.last_mut() {
                    clause.push(fact.clone());
                }
            }
            _ => all.push(Vec::new()),
        }
    }
    all
}

/// Returns the facts that hold where all of one list hold, or all of another.
fn either(one: &[Clause], other: &[Clause]) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    for a in one {
        for b in other {
            let mut clause: Clause = a.iter().chain(b).cloned().collect();
            clause.sort();
            clause.dedup();
            let holds_anyway = clause.iter().any(|fact| {
                clause.iter().any(|other| {
                    fact.holds != other.holds
                        && (&fact.key, &fact.is, fact.query) == (&other.key, &other.is, other.query)
                })
            });
            if !holds_anyway && clause.len() <= 2 * MOST_CLAUSES {
                found.push(clause);
            }
        }
    }
    sort::sort_by_key(&mut found, Vec::len);
    let mut least: Vec<Clause> = Vec::new();
    for clause in found {
        if !least.iter().any(|known| known.iter().all(|fact| clause.contains(fact))) {
            least.push(clause);
        }
    }
    least.truncate(MOST_CLAUSES);
    least
}
