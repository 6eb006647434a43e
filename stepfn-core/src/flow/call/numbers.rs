//! Functions of numbers.

use super::{
    super::{
        Analyser,
        expression::{Env, Val, Want},
        number::{computed, of_any_size, power, rounded},
        value::Sym,
    },
    Call,
};
use crate::shape::{Arithmetic, Need};

impl Analyser<'_> {
    pub(super) fn of_numbers(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let (first, others) = call.arguments.split_first()?;
        let want = call.want;
        Some(match call.name {
            "sum" | "max" | "min" | "average" => {
                let of = self.several(env, first, want);
                let item = of.items();
                let items = Val::one(item.clone());
                self.require(&env.reading(first.range()), &items, Want::if_any(Need::Number));
                let made = match call.name {
                    "sum" if item == Sym::never() => Val::one(Sym::Integer(0)),
                    "sum" => Val::one(computed(Arithmetic::Total, [item])),
                    _ if item == Sym::never() => Val::nothing(),
                    name => {
                        // Of no numbers there is no greatest.
                        let sym = if name == "average" { Sym::Number } else { item };
                        of.if_some(Val::one(sym), self.typing.strict)
                    }
                };
                made.of_parts([&of], want)
            }
            "abs" => {
                let of = self.argument(env, first, want.part(Need::Number));
                Val::one(computed(Arithmetic::Magnitude, [of.sym.clone()])).of_parts([&of], want)
            }
            "floor" | "ceil" => {
                let of = self.argument(env, first, want.part(Need::Number));
                Val::one(rounded(&of.sym)).of_parts([&of], want)
            }
            "round" => {
                let of = self.argument(env, first, want.part(Need::Number));
                if let Some(precision) = others.first() {
                    self.argument(env, precision, Want::if_any(Need::Number));
                }
                let made = if others.is_empty() {
                    rounded(&of.sym)
                } else {
                    of_any_size(std::slice::from_ref(&of.sym))
                };
                Val::one(made).of_parts([&of], want)
            }
            "power" => {
                let base = self.argument(env, first, want.part(Need::Number));
                let exponent = self.argument(env, others.first()?, Want::of(Need::Number));
                Val::one(power(&base.sym, &exponent.sym)).of_parts([&base], want)
            }
            _ => return None,
        })
    }
}
