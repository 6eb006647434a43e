//! Functions of arrays.

use super::{
    super::{
        Analyser, OwnedClaim, OwnedNode, OwnedStep,
        expression::{Env, Val, Want, range_of},
        intern::Shared,
        obligation::Obligation,
        site::Reading,
        value::Sym,
    },
    Call,
};
use crate::shape::{Need, Node};

impl Analyser<'_> {
    pub(super) fn of_arrays(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let (first, others) = call.arguments.split_first()?;
        let want = call.want;
        Some(match call.name {
            "append" => {
                let second = others.first()?;
                // With nothing it is the other one as it is: an array only where that is one.
                let sides = [first, second].map(|part| self.data(env, part, Want::NOTHING));
                // A function that calls itself comes to something on its other ways.
                if sides.iter().any(Val::is_nowhere) {
                    return Some(Val::one(Sym::never()));
                }
                match &sides {
                    [nothing, other] | [other, nothing] if nothing.is_nothing() => {
                        self.require(&env.reading(call.at), other, want);
                        return Some(other.clone());
                    }
                    _ => {}
                }
                let is_array = sides.iter().any(Val::is_array)
                    || want.defined && self.appends(&env.reading(call.at), &sides);
                let asked = if is_array { Want::NOTHING } else { want.part(Need::Value) };
                for (part, side) in [first, second].into_iter().zip(&sides) {
                    self.require(&env.reading(part.range()), side, asked);
                }
                let some = sides.iter().any(|side| side.has_items() || side.is_certain());
                let whole = Sym::array(sides[0].items().join(&sides[1].items()));
                if is_array || want.defined {
                    let some_if = sides.iter().find_map(Val::items_if);
                    return Some(Val { some, some_if, ..Val::one(whole) });
                }
                // Of which one is nothing, it is the other one.
                let may_be_alone = |place: usize| !sides[1 - place].is_certain();
                let alone = sides.iter().enumerate().filter(|(place, _)| may_be_alone(*place));
                let all = alone.fold(whole, |all, (_, side)| all.join(&side.clone().part()));
                let is_there = sides.iter().any(Val::is_certain);
                let made = Val { some: some && is_there, ..Val::one(all) };
                if is_there { made } else { made.of_parts(&sides, want) }
            }
            "reverse" | "shuffle" => {
                let of = self.several(env, first, want);
                Val::one(Sym::array(of.items())).some_as(&of).of_parts([&of], want)
            }
            // It is an array where it takes one, and else what it takes.
            "distinct" => {
                let of = self.data(env, first, want.part(Need::Value));
                match &of.sym {
                    _ if of.many => of,
                    Sym::Array(_) | Sym::Tuple(_) => {
                        let distinct = Val { sym: Sym::array(of.items()), ..of.clone() }.some_as(&of);
                        distinct.of_parts([&of], want)
                    }
                    Sym::Leaf(leaf) => Val { sym: Sym::Leaf(leaf.then([OwnedStep::Distinct])), ..of },
                    Sym::Union(members) => {
                        let one = |member: &Sym| match member {
                            Sym::Leaf(leaf) => Sym::Leaf(leaf.then([OwnedStep::Distinct])),
                            Sym::Tuple(_) => Sym::array(Val::one(member.clone()).items()),
                            other => other.clone(),
                        };
                        Val { sym: Sym::union(members.iter().map(one)), ..of }
                    }
                    _ => of,
                }
            }
            "zip" => {
                let all: Vec<Sym> = call
                    .arguments
                    .iter()
                    .map(|argument| self.data(env, argument, Want { many: true, ..Want::NOTHING }).items())
                    .collect();
                Val::one(Sym::array(Sym::Tuple(Shared::new(all))))
            }
            // Sequences: one part alone is itself, and of nothing there is nothing.
            "partition" => {
                let of = self.argument(env, first, want.part(Need::Array));
                if let Some(size) = others.first() {
                    self.argument(env, size, want.part(Need::Number));
                }
                if of.items() == Sym::never() {
                    return Some(Val::nothing());
                }
                let part = Sym::array(of.items());
                let is_some = of.has_items() && size_of_parts(call) > 0;
                // Of no items there are no parts, and parts of no size neither: recorded.
                match is_some {
                    true => Val { some: true, ..Val::one(Sym::array(part)) },
                    false => Val::one(Sym::array(part)).maybe(),
                }
            }
            "range" => {
                let parts: Vec<Val> = call
                    .arguments
                    .iter()
                    .map(|part| self.argument(env, part, want.part(Need::Number)))
                    .collect();
                if parts.len() < 3 {
                    // Without a step it comes to nothing: recorded.
                    return Some(Val::nothing());
                }
                let ends = [parts[0].clone(), parts[1].clone()];
                let mut made = range_of(&ends);
                if parts[2].sym != Sym::Integer(1) {
                    made = Val::many(made.items());
                }
                // Fractions are cut off.
                made.sym = made.items();
                let made =
                    if made.some { Val { some: true, ..Val::one(Sym::array(made.sym)) } } else { made };
                made.of_parts(&parts, want)
            }
            "join" => {
                let of = self.several(env, first, want);
                let items = Val::one(of.items());
                self.require(&env.reading(first.range()), &items, Want::if_any(Need::String));
                if let Some(separator) = others.first() {
                    self.argument(env, separator, Want::if_any(Need::String));
                }
                Val::one(Sym::String).of_parts([&of], want)
            }
            _ => return None,
        })
    }
}

impl Analyser<'_> {
    /// Claims that the appended value is an array for certain, where types decide it for one of the two; returns whether it did.
    fn appends(&mut self, reading: &Reading<'_>, sides: &[Val; 2]) -> bool {
        let node = |side: &Val| match &side.sym {
            _ if side.function.is_some() => None,
            Sym::Leaf(leaf) if !side.many && !side.absent && side.over.is_empty() => {
                Some(OwnedNode::Leaf(leaf.ty, leaf.side(), (*leaf.steps).clone()))
            }
            _ if side.is_certain() => Some(OwnedNode::Other(Node::Any)),
            Sym::Unknown(_) => None,
            _ => Some(OwnedNode::Other(Node::Unknown(""))),
        };
        let Some(nodes) = sides.iter().map(node).collect::<Option<Vec<_>>>() else { return false };
        if !nodes.iter().any(|node| matches!(node, OwnedNode::Leaf(..))) || !self.typing.proven {
            return false;
        }
        self.oblige(Obligation {
            at: reading.at.clone(),
            range: reading.range.clone(),
            place: reading.site.place.clone(),
            claim: OwnedClaim::Appends { shown: reading.shown.clone(), nodes },
        });
        true
    }
}

/// The size of `$partition`'s parts, where it is written there.
fn size_of_parts(call: &Call<'_, '_>) -> i64 {
    use crate::jsonata::ExpressionKind as Kind;
    match call.arguments.get(1).and_then(|size| size.written()).map(|size| &size.kind) {
        #[allow(clippy::cast_possible_truncation)] // as the function does it
        Some(Kind::Number(size)) => *size as i64,
        _ => 0,
    }
}
