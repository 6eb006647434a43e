//! What JSONata puts in order, `of^(a)`, and into groups, `of{key: value}`.

use super::{
    Analyser,
    intern::Shared,
    lead::text_of,
    val::{Env, Val, Want},
    value::{Fields, Sym},
};
use crate::{
    jsonata::{Expression, OrderTerm},
    shape::Need,
};

impl Analyser<'_> {
    /// `of^(a, >b)`: what is put in order is a number or a text.
    pub(super) fn ordered(&mut self, env: &Env<'_>, of: &Val, terms: &[OrderTerm], above: Vec<Val>) -> Val {
        let mut inside = env.climbing(Val::one(of.items()), above);
        // One value alone is put into no order.
        let is_alone = of.is_certain();
        let asked = if is_alone { Want::NOTHING } else { Want::if_any(Need::Ordered) };
        for term in terms {
            let value = self.evaluate(&mut inside, &term.expression, asked);
            if !is_alone {
                self.alike(&env.reading(&term.expression.range), &[value.sym]);
            }
        }
        if of.sym.is_open() && of.is_single() {
            self.open(&of.sym)
        } else {
            Val::many(of.items()).some_as(of)
        }
    }

    /// `of{key: value}`: the keys are texts. A value is made of all items that have its key.
    pub(super) fn grouped(&mut self, env: &Env<'_>, of: &Val, pairs: &[(Expression, Expression)]) -> Val {
        let item = of.items();
        let is_one = of.is_certain();
        let all =
            if is_one { Val::one(item.clone()) } else { Val { absent: false, ..Val::many(item.clone()) } };
        let mut fields = Fields::new();
        let mut computed: Option<Sym> = None;
        for (key, part) in pairs {
            // Without items there is a group still, of nothing.
            let value = self.evaluate(&mut env.inside_of(all.clone()), part, Want::NOTHING);
            if let Some(key) = text_of(key) {
                let entry = value.entry();
                fields.insert(key.into(), if is_one { entry } else { entry.maybe() });
            } else {
                let value = value.part();
                self.evaluate(&mut env.inside(item.clone()), key, Want::if_any(Need::String));
                computed = Some(computed.map_or_else(|| value.clone(), |all| all.join(&value)));
            }
        }
        Val::one(match computed {
            Some(value) if fields.is_empty() => Sym::Map(Shared::new(value)),
            Some(value) => Sym::Object(Shared::new(fields), Some(Shared::new(Sym::Map(Shared::new(value))))),
            None => Sym::Object(Shared::new(fields), None),
        })
    }
}
