//! Numbers that are computed, and those that change with every round of a loop.

use super::{intern::Shared, value::Sym};
use crate::shape::{Arithmetic, Bounds};

/// The number of kinds up to which a number is known for each of them.
const MOST_KINDS: usize = 8;

impl Sym {
    /// Returns a count.
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

    pub(super) fn of_bounds(bounds: Bounds) -> Self {
        if bounds.min == bounds.max { Self::Integer(bounds.min) } else { Self::Whole(bounds) }
    }
}

/// A number that is computed of others. The known part is computed at once; the part that depends on types stays as it is.
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
    // The one is the exponent of the other: their order says which.
    let is_open = |part: &Sym| matches!(part, Sym::Leaf(_) | Sym::Computed(..)) || part.is_open();
    if how == Arithmetic::Power
        && parts.iter().any(is_open)
        && parts.iter().all(|part| is_open(part) || part.bounds().is_some())
    {
        return Sym::Computed(how, Shared::new(parts));
    }
    let mut open = Vec::new();
    let mut known: Option<Bounds> = None;
    let mut add = |bounds: Bounds| {
        known = Some(match (known, how) {
            (None, _) => bounds,
            (Some(known), Arithmetic::Product) => known.multiply(bounds),
            (Some(known), Arithmetic::Sum | Arithmetic::Narrow) => known.add(bounds),
            (Some(_), _) => Bounds::ANY,
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
            Arithmetic::Total => known.total(),
            Arithmetic::Magnitude => known.magnitude(),
            Arithmetic::Sum | Arithmetic::Product | Arithmetic::Rounded => known,
            Arithmetic::Remainder => known.hull(Bounds::one(0)),
            Arithmetic::Quotient | Arithmetic::Power | Arithmetic::Other => Bounds::ANY,
        });
    }
    open.extend(known.map(Sym::of_bounds));
    open.sort();
    Sym::Computed(how, Shared::new(open))
}

/// Returns `true` if parts of a part are parts of the whole.
fn flattens(how: Arithmetic) -> bool {
    matches!(how, Arithmetic::Sum | Arithmetic::Product | Arithmetic::Other | Arithmetic::Narrow)
}

/// A number of any size, which is whole where the parts are.
pub(super) fn of_any_size(parts: &[Sym]) -> Sym {
    fn collect(part: &Sym, open: &mut Vec<Sym>, whole: &mut bool) {
        match part {
            Sym::Computed(Arithmetic::Narrow | Arithmetic::Rounded, _) | Sym::Integer(_) | Sym::Whole(_) => {}
            Sym::Computed(Arithmetic::Quotient, _) => *whole = false,
            Sym::Computed(Arithmetic::Power, _) => open.push(part.clone()),
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

/// A number, divided by another one, where that makes it no larger.
pub(super) fn quotient(number: &Sym, by: &Sym) -> Sym {
    match (number, by) {
        (_, Sym::Integer(0)) => Sym::Number,
        (Sym::Integer(number), Sym::Integer(by)) if number % by == 0 => Sym::Integer(number / by),
        (Sym::Leaf(_) | Sym::Integer(_) | Sym::Whole(_) | Sym::Computed(..), Sym::Integer(1..)) => {
            Sym::Computed(Arithmetic::Quotient, Shared::new(vec![number.clone()]))
        }
        _ => Sym::Number,
    }
}

/// Returns the remainder of a number that is divided by another one. It has the sign of the first.
pub(super) fn remainder(number: &Sym, by: &Sym) -> Sym {
    match (number, by.bounds()) {
        (Sym::Leaf(_) | Sym::Integer(_) | Sym::Whole(_) | Sym::Computed(..), Some(by)) => {
            let by = by.min.unsigned_abs().max(by.max.unsigned_abs());
            match (number.bounds(), i128::try_from(by)) {
                (Some(bounds), Ok(by)) => {
                    let most = Bounds { min: 1 - by, max: by - 1 };
                    Sym::of_bounds(Bounds {
                        min: bounds.min.min(0).max(most.min),
                        max: bounds.max.max(0).min(most.max),
                    })
                }
                _ => Sym::Computed(Arithmetic::Remainder, Shared::new(vec![number.clone()])),
            }
        }
        _ => computed(Arithmetic::Other, [number.clone(), by.clone()]),
    }
}

/// A number that is rounded.
pub(super) fn rounded(number: &Sym) -> Sym {
    match number {
        Sym::Integer(_) | Sym::Whole(_) | Sym::Any(_) | Sym::Reported | Sym::Unknown(_) => number.clone(),
        Sym::Leaf(_) | Sym::Computed(..) => {
            Sym::Computed(Arithmetic::Rounded, Shared::new(vec![number.clone()]))
        }
        Sym::Union(members) => Sym::union(members.iter().map(rounded)),
        _ => Sym::whole(),
    }
}

/// A number to the power of another one.
pub(super) fn power(base: &Sym, exponent: &Sym) -> Sym {
    match (base, exponent) {
        (Sym::Integer(base), Sym::Integer(exponent @ 0..)) => {
            let power = u32::try_from(*exponent).ok().and_then(|exponent| base.checked_pow(exponent));
            power.map_or(Sym::Number, Sym::Integer)
        }
        (
            Sym::Leaf(_) | Sym::Integer(_) | Sym::Whole(_) | Sym::Computed(..),
            Sym::Leaf(_) | Sym::Integer(_) | Sym::Whole(_) | Sym::Computed(..),
        ) => Sym::Computed(Arithmetic::Power, Shared::new(vec![base.clone(), exponent.clone()])),
        _ => Sym::Number,
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
        // A type's facts about both ends hold for the numbers between.
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

/// Returns the number of the next round of a loop, where `known` is the number in all rounds before.
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
/// alone are sums, too, to which nothing is added.
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

/// The number as an integer, where all its digits are certain.
pub(super) fn exact(value: f64) -> Option<i128> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)] // in these bounds nothing is lost
    (value.fract() == 0.0 && value.abs() < MOST).then_some(value as i128)
}

/// The suggestion where a declared number may be out of range.
pub(super) const NARROWER: &str =
    "declare a narrower type, such as `u16`, or allow it: `#[allow(stepfn::number_out_of_range)]`";
