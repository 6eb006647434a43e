//! Filters and positions of JSONata: `of[predicate]`.

use super::{
    Analyser, OwnedStep,
    fact::is_condition,
    number::exact,
    origin::Reason,
    val::{Env, Val, Want},
    value::{Sym, index_key},
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind},
    service,
    shape::place_of,
};

impl Analyser<'_> {
    /// `of[predicate]`
    pub(super) fn filter(
        &mut self,
        env: &mut Env<'_>,
        of: &Val,
        predicate: &Expression,
        above: Vec<Val>,
    ) -> Val {
        if of.function.is_some() {
            return self.as_data(env, of.clone(), &predicate.range);
        }
        let items = of.items();
        let mut inside = env.climbing(Val::one(items.clone()), above);
        let at = self.evaluate(&mut inside, predicate, Want::NOTHING);
        // A number is a position, whatever it is.
        let is_position = at.is_number() && of.is_single();
        let index = match &predicate.kind {
            Kind::Number(index) => exact(*index),
            Kind::Negate(of) => match of.kind {
                Kind::Number(index) => exact(-index),
                _ => None,
            },
            _ => None,
        };
        let passed = is_condition(predicate).then(|| {
            let inside = env.inside(items.clone()).assume(predicate, true);
            inside.and_then(|inside| inside.context).map_or_else(Sym::never, |item| item.sym)
        });
        // Facts about parts of the whole do not apply to an item.
        let sym = match (index, &of.sym) {
            (Some(index), Sym::Object(known, _)) if known.contains_key(position(index).as_str()) => &of.sym,
            (_, sym) => sym.ground(),
        };
        let mut found = match (index, sym) {
            // The position is that in the sequence.
            (Some(0 | -1), _) if of.many && of.first_if().is_some() => {
                Val { over: of.first_if().unwrap_or_default(), ..Val::one(items) }
            }
            (Some(_), _) if of.many => Val::one(items).maybe(),
            (_, Sym::Any(_) | Sym::Reported) if of.is_single() => self.part_of_any(&of.sym),
            (Some(index), Sym::Answer(shape)) => match (shape.kind(), index) {
                (service::Kind::List(_), _) => Val { absent: self.typing.strict, ..Val::one(items) },
                (_, 0 | -1) => Val::one(items),
                // What is no array has no second item.
                _ => Val::nothing(),
            },
            (_, Sym::Unknown(_)) => Val::one(of.sym.clone()).maybe(),
            (None, Sym::Answer(_)) => Val::unknown(Reason::Count),
            (Some(index), Sym::Tuple(items)) if !of.many => {
                let place = i64::try_from(index).ok().and_then(|index| place_of(index, items.len()));
                match place.and_then(|place| items.get(place)) {
                    Some(item) => Val::one(item.clone()),
                    None => Val { absent: true, ..Val::one(Sym::never()) },
                }
            }
            (Some(index), Sym::Object(known, _)) if known.contains_key(position(index).as_str()) => {
                let item = known.get(position(index).as_str()).map(|entry| entry.value.clone());
                Val::one(item.unwrap_or(items))
            }
            (Some(index), Sym::Leaf(leaf)) => {
                Val::one(Sym::Leaf(leaf.then([OwnedStep::Pick(i64::try_from(index).unwrap_or(i64::MAX))])))
            }
            (None, Sym::Leaf(leaf)) if is_position => {
                Val::one(Sym::Leaf(leaf.then([OwnedStep::Items, OwnedStep::Maybe])))
            }
            (None, _) if is_position => Val::one(items).maybe(),
            // The condition's facts about an item hold for all that are left.
            (None, _) if passed.as_ref().is_some_and(|passed| *passed != items) => {
                Val::many(passed.unwrap_or(items))
            }
            (None, Sym::Leaf(leaf)) => Val::one(Sym::Leaf(leaf.then([OwnedStep::Items, OwnedStep::Many]))),
            (Some(0 | -1), _) if of.has_items_if_any() => Val::one(items),
            (Some(0 | -1), Sym::Array(_)) if of.some_if.is_some() => of.if_some(Val::one(items), false),
            // A value alone is the first and the last of itself.
            (Some(0 | -1), _) if of.is_certain() => of.clone(),
            (Some(_), _) if of.is_certain() => Val::nothing(),
            (None, Sym::Array(_) | Sym::Tuple(_)) if items == Sym::never() => Val::nothing(),
            (Some(_), _) => Val::one(items).maybe(),
            (None, _) => Val::many(items),
        };
        found.absent = found.absent || of.absent;
        found.over.extend(of.over.iter().cloned());
        found
    }
}

/// The key under which is kept what is known of an item.
pub(super) fn position(index: i128) -> String {
    index_key(i64::try_from(index).unwrap_or(i64::MAX))
}
