//! Functions of arrays.

use super::{
    super::{
        Analyser,
        expression::{Env, Val, Want},
        intern::Shared,
        number::of_any_size,
        value::Sym,
    },
    Call,
};
use crate::shape::Need;

impl Analyser<'_> {
    pub(super) fn of_arrays(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let (first, others) = call.arguments.split_first()?;
        let want = call.want;
        Some(match call.name {
            "append" => {
                let second = others.first()?;
                // With nothing it is the other one as it is: an array only where that is one.
                let sides = [first, second].map(|part| self.argument(env, part, Want::NOTHING));
                let is_array = sides.iter().any(Val::is_array);
                let is_there = sides.iter().any(|side| !side.many && !side.absent && side.over.is_empty());
                let asked = if is_array { Want::NOTHING } else { want.part(Need::Value) };
                if !(is_there && sides.iter().all(|side| side.over.is_empty())) {
                    for (part, side) in [first, second].into_iter().zip(&sides) {
                        self.require(&env.reading(part.range()), side, asked);
                    }
                }
                let some = sides.iter().any(Val::has_items);
                let whole = Sym::array(sides[0].items().join(&sides[1].items()));
                let made = match is_array || want.defined && sides.iter().all(|side| !side.absent) {
                    true => Val::one(whole),
                    // Of which one is nothing, it is the other one.
                    false => {
                        let alone = sides.iter().enumerate().filter(|(place, _)| {
                            let other = &sides[1 - place];
                            other.absent || other.many || !other.over.is_empty()
                        });
                        let all = alone.fold(whole, |all, (_, side)| all.join(&side.clone().settled().sym));
                        Val::one(all).of_parts(sides.iter().filter(|_| !is_there), want)
                    }
                };
                Val { some, ..made }
            }
            "reverse" | "shuffle" => {
                let of = self.argument(env, first, want.part(Need::Value));
                let some = of.has_items() || of.is_certain();
                Val { some, ..Val::one(Sym::array(of.items())).of_parts([&of], want) }
            }
            // It is an array where it takes one, and else what it takes.
            "distinct" => {
                let of = self.argument(env, first, want.part(Need::Value));
                let some = of.has_items();
                match &of.sym {
                    _ if of.many => of,
                    Sym::Array(_) | Sym::Tuple(_) => Val {
                        some,
                        ..Val { sym: Sym::array(of.items()), ..of.clone() }.of_parts([&of], want)
                    },
                    Sym::Leaf(_) | Sym::Answer(_) | Sym::Union(_) => {
                        // What is no array is not meant.
                        self.require(&env.reading(first.range()), &of, Want::if_any(Need::Array));
                        Val::one(Sym::array(of.items())).of_parts([&of], want)
                    }
                    _ => of,
                }
            }
            "zip" => {
                let all: Vec<Sym> = call
                    .arguments
                    .iter()
                    .map(|argument| {
                        self.argument(env, argument, Want { many: true, ..Want::NOTHING }).items()
                    })
                    .collect();
                Val::one(Sym::array(Sym::Tuple(Shared::new(all))))
            }
            // Sequences: one part alone is itself, and of nothing there is nothing.
            "partition" => {
                let of = self.argument(env, first, want.part(Need::Array));
                if let Some(size) = others.first() {
                    self.argument(env, size, want.part(Need::Number));
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
                let all: Vec<Sym> = parts.iter().map(|part| part.sym.clone()).collect();
                Val::many(of_any_size(&all)).of_parts(&parts, want)
            }
            "join" => {
                let of = self.argument(env, first, want.part(Need::Value));
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

/// The size of `$partition`'s parts, where it is written there.
fn size_of_parts(call: &Call<'_, '_>) -> i64 {
    use crate::jsonata::ExpressionKind as Kind;
    match call.arguments.get(1).and_then(|size| size.written()).map(|size| &size.kind) {
        #[allow(clippy::cast_possible_truncation)] // as the function does it
        Some(Kind::Number(size)) => *size as i64,
        _ => 0,
    }
}
