//! Numbers that are computed, and those that change with every round of a loop.

use super::{intern::Shared, value::Sym};
use crate::shape::{Arithmetic, Bounds};

/// A number that can be of more kinds than this is not told for each of them.
const MOST_KINDS: usize = 8;

impl Sym {
    /// How many there are of something.
    pub(super) fn count() -> Self {
        Self::Whole(Bounds::COUNT)
    }

    /// A whole number of which nothing more is known.
    pub(super) fn whole() -> Self {
        Self::Whole(Bounds::ANY)
    }

    /// Between what the value lies, where it is a whole number whatever the types are.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Integer(value) => Some(Bounds::one(*value)),
            Self::Whole(bounds) => Some(*bounds),
            _ => None,
        }
    }

    fn of_bounds(bounds: Bounds) -> Self {
        if bounds.min == bounds.max { Self::Integer(bounds.min) } else { Self::Whole(bounds) }
    }
}

/// A number that is computed of others. What is known of it is computed at once; what depends on types stays as it is.
pub(super) fn computed(how: Arithmetic, parts: impl IntoIterator<Item = Sym>) -> Sym {
    let parts: Vec<Sym> = parts.into_iter().collect();
    let kinds = parts.iter().fold(1, |kinds: usize, part| kinds.saturating_mul(part.members().len().max(1)));
    if kinds > MOST_KINDS {
        return of_any_size(&parts);
    }
    match parts.iter().position(|part| matches!(part, Sym::Union(_))) {
        Some(place) => Sym::union(parts[place].members().iter().map(|member| {
            let mut parts = parts.clone();
            parts[place] = member.clone();
            computed(how, parts)
        })),
        None => computed_of_one_kind(how, parts),
    }
}

fn computed_of_one_kind(how: Arithmetic, parts: Vec<Sym>) -> Sym {
    let mut open = Vec::new();
    let mut known: Option<Bounds> = None;
    let mut add = |bounds: Bounds| {
        known = Some(match (known, how) {
            (None, _) => bounds,
            (Some(known), Arithmetic::Product) => known.multiply(bounds),
            (Some(known), Arithmetic::Sum | Arithmetic::Narrow) => known.add(bounds),
            (Some(_), Arithmetic::Negation | Arithmetic::Other) => Bounds::ANY,
        });
    };
    for part in parts {
        match part {
            // Nothing comes of what is not there.
            Sym::Union(_) => return Sym::never(),
            Sym::Integer(value) => add(Bounds::one(value)),
            Sym::Whole(bounds) => add(bounds),
            Sym::Computed(inner, of) if inner == how && flattens(how) => {
                for part in of.iter() {
                    match part.bounds() {
                        Some(bounds) => add(bounds),
                        None => open.push(part.clone()),
                    }
                }
            }
            Sym::Leaf(_) | Sym::Any(_) | Sym::Reported | Sym::Unknown(_) | Sym::Computed(..) => {
                open.push(part);
            }
            // It is rounded.
            _ if how == Arithmetic::Narrow => add(Bounds::ANY),
            _ => return Sym::Number,
        }
    }
    if open.is_empty() {
        let known = known.unwrap_or(Bounds::ANY);
        return Sym::of_bounds(match how {
            Arithmetic::Narrow => known.narrow(),
            Arithmetic::Negation => known.negate(),
            Arithmetic::Other => Bounds::ANY,
            Arithmetic::Sum | Arithmetic::Product => known,
        });
    }
    open.extend(known.map(Sym::of_bounds));
    open.sort();
    Sym::Computed(how, Shared::new(open))
}

/// Whether parts of a part are parts of the whole.
fn flattens(how: Arithmetic) -> bool {
    matches!(how, Arithmetic::Sum | Arithmetic::Product | Arithmetic::Other | Arithmetic::Narrow)
}

/// A number of any size, which is whole where the parts are.
pub(super) fn of_any_size(parts: &[Sym]) -> Sym {
    fn collect(part: &Sym, open: &mut Vec<Sym>, whole: &mut bool) {
        match part {
            Sym::Computed(Arithmetic::Narrow, _) | Sym::Integer(_) | Sym::Whole(_) => {}
            Sym::Computed(_, of) | Sym::Union(of) => {
                of.iter().for_each(|part| collect(part, open, whole));
            }
            Sym::Leaf(_) | Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => open.push(part.clone()),
            _ => *whole = false,
        }
    }
    let (mut open, mut whole) = (Vec::new(), true);
    parts.iter().for_each(|part| collect(part, &mut open, &mut whole));
    open.sort();
    open.dedup();
    match (whole, open.is_empty()) {
        (false, _) => Sym::Number,
        (true, true) => Sym::whole(),
        (true, false) => Sym::Computed(Arithmetic::Other, Shared::new(open)),
    }
}

/// A whole number between some others, which are cut off where they are none.
pub(super) fn between<'s>(ends: impl Iterator<Item = &'s Sym>) -> Sym {
    let whole = |end: &Sym| match end {
        Sym::Number => Sym::whole(),
        other => other.clone(),
    };
    let all = Sym::union(ends.flat_map(|end| end.members()).map(whole));
    let bounds = all.members().iter().map(Sym::bounds).collect::<Option<Vec<Bounds>>>();
    match bounds.and_then(|bounds| bounds.into_iter().reduce(Bounds::hull)) {
        Some(bounds) => Sym::of_bounds(bounds),
        // What a type says of both ends holds of what lies between.
        None => all,
    }
}

/// Two numbers as one, where they differ in their bounds alone.
pub(super) fn merged(a: &Sym, b: &Sym) -> Option<Sym> {
    with_bounds(a, b, Bounds::hull, |bounds, a, b| match (a, b) {
        // Single numbers stay apart, as long as there are few of them.
        (Sym::Integer(_), Sym::Integer(_)) => None,
        (Sym::Integer(_), _) | (_, Sym::Integer(_)) => {
            let (a, b) = (a.bounds()?, b.bounds()?);
            (a.is_within(b) || b.is_within(a)).then_some(bounds)
        }
        _ => Some(bounds),
    })
}

/// A number of the next round of a loop, where `known` says what it was in all rounds before.
pub(super) fn widened(known: &[Sym], number: &Sym) -> Option<Sym> {
    if number.bounds().is_some() {
        let before = known.iter().filter_map(Sym::bounds).reduce(Bounds::hull);
        let grown = number.bounds()?;
        return Some(Sym::of_bounds(before.map_or(Bounds::ANY, |before| before.widened(grown))));
    }
    let Sym::Computed(_, parts) = number else { return None };
    let same = known.iter().find_map(|known| {
        with_bounds(known, number, |known, grown| known.widened(grown), |bounds, _, _| Some(bounds))
    });
    Some(same.unwrap_or_else(|| of_any_size(parts)))
}

/// Two numbers as one, with bounds made of those of both: numbers whose bounds are known, and sums of the same parts. Parts that
/// stand alone are sums, too, to which nothing is added.
fn with_bounds(
    a: &Sym,
    b: &Sym,
    make: impl Fn(Bounds, Bounds) -> Bounds,
    take: impl Fn(Bounds, &Sym, &Sym) -> Option<Bounds>,
) -> Option<Sym> {
    if let (Some(one), Some(other)) = (a.bounds(), b.bounds()) {
        return take(make(one, other), a, b).map(Sym::of_bounds);
    }
    let (Sym::Computed(how, of), Sym::Computed(other, others)) = (a, b) else { return None };
    if how != other || !matches!(how, Arithmetic::Sum | Arithmetic::Narrow) {
        return None;
    }
    let open = |parts: &[Sym]| -> Vec<Sym> {
        parts.iter().filter(|part| part.bounds().is_none()).cloned().collect()
    };
    let added = |parts: &[Sym]| parts.iter().find_map(Sym::bounds).unwrap_or(Bounds::one(0));
    let mut parts = open(of);
    if parts != open(others) {
        return None;
    }
    parts.push(Sym::of_bounds(make(added(of), added(others))));
    parts.sort();
    Some(Sym::Computed(*how, Shared::new(parts)))
}
