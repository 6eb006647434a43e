//! Up and down a value in JSONata: `%`, the item that a step was taken from, and `**`, all that is in a value.

use super::{
    OwnedStep,
    lead::key_of,
    origin::Reason,
    val::{Env, Val},
    value::{Entry, Sym},
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind},
    shape::Need,
};

/// The ancestors of a path's value: what its steps were taken from so far.
pub(super) struct Climb {
    /// The values that `%` leads to from the path's value, the nearest last.
    pub(super) above: Vec<Val>,
}

impl Climb {
    /// At the beginning of a path; none where there is no `%` in the expression.
    pub(super) fn begin(env: &Env<'_>, first: &Expression) -> Option<Self> {
        if !env.climbs {
            return None;
        }
        let mut above = env.ancestors.clone();
        match &first.kind {
            Kind::Variable(name) if name.is_empty() => {}
            Kind::Parent => {
                above.pop();
            }
            Kind::Name(_) => above.extend(env.context.as_ref().map(|context| Val::one(context.items()))),
            _ => above.clear(),
        }
        Some(Self { above })
    }

    /// After a step from a value.
    pub(super) fn take(&mut self, step: &Expression, of: &Val) {
        match &step.kind {
            Kind::Filter { of: step, .. } | Kind::KeepArray(step) | Kind::OrderBy { of: step, .. } => {
                self.take(step, of);
            }
            Kind::Parent => {
                self.above.pop();
            }
            // It binds nothing: `$` is the value at hand.
            Kind::Focus { of: step, name } if name.is_empty() => self.take(step, of),
            // The step behind it starts where this one did.
            Kind::Focus { .. } => {}
            // What is made has nothing above it.
            Kind::Name(_) | Kind::String(_) | Kind::Wildcard | Kind::Index { .. } => {
                self.above.push(Val::one(of.items()));
            }
            _ => self.above.clear(),
        }
    }
}

impl Env<'_> {
    /// Returns the values that `%` leads to from a step's result on a value.
    pub(super) fn above(&self, value: &Val) -> Vec<Val> {
        if !self.climbs {
            return Vec::new();
        }
        self.ancestors.iter().cloned().chain([Val::one(value.items())]).collect()
    }
}

impl Val {
    /// Returns the value of a path with a `%`: it goes through arrays one by one, at its end as well.
    pub(super) fn one_by_one(self) -> Self {
        if self.many || self.function.is_some() {
            return self;
        }
        let members = self.sym.members();
        let many = members.iter().any(|member| matches!(member, Sym::Array(_) | Sym::Tuple(_)));
        let leaves = self.leaves().map(|leaf| (leaf.clone(), Need::Single));
        let over = self.over.iter().cloned().chain(leaves).collect();
        Self { sym: self.items(), many, over, ..self }
    }
}

/// Returns `true` if there is a `%` in an expression.
pub(super) fn has_parent(expression: &Expression) -> bool {
    matches!(expression.kind, Kind::Parent) || expression.parts().into_iter().any(has_parent)
}

/// Returns the key behind a `**`: the two are one step, for values without such a key are passed over.
pub(super) fn descends_to(steps: &[Expression], place: usize) -> Option<&str> {
    let before = place.checked_sub(1).and_then(|before| steps.get(before))?;
    matches!(before.kind, Kind::Descendant).then(|| steps.get(place).and_then(key_of)).flatten()
}

impl Sym {
    /// Returns `true` if nothing is known of what some keys lead to.
    pub(super) fn may_be_anything_at(&self, keys: &[&str]) -> bool {
        match self {
            Self::Any(_) | Self::Reported | Self::Unknown(_) => true,
            Self::Object(fields, Some(base)) => {
                keys.first().is_none_or(|key| !fields.contains_key(key)) && base.may_be_anything_at(keys)
            }
            _ => false,
        }
    }

    /// Returns everything in a value, itself included, arrays item by item.
    pub(super) fn within(&self) -> Self {
        match self.ground() {
            Self::Leaf(leaf) => Self::Leaf(leaf.then([OwnedStep::Descend])),
            Self::Array(item) => item.within(),
            Self::Tuple(items) => Self::union(items.iter().map(Self::within)),
            Self::Union(members) => Self::union(members.iter().map(Self::within)),
            Self::Map(value) => Self::union([self.clone(), value.within()]),
            Self::Object(fields, base) => {
                let below = base.as_ref().map(|base| base.within());
                let parts = fields.values().map(|entry| entry.value.within()).chain(below);
                Self::union(std::iter::once(self.clone()).chain(parts))
            }
            Self::Answer(_) | Self::Unknown(_) | Self::Merged(_) | Self::Changed(_) => {
                Self::Unknown(Reason::Wildcard)
            }
            other => other.clone(),
        }
    }

    /// Returns the values at a key in a sequence of all that is in a value: arrays item by item.
    pub(super) fn below(&self, key: &str) -> Self {
        let item = |value: Self| Val::one(value).items();
        match self {
            Self::Union(members) => Self::union(members.iter().map(|member| member.below(key))),
            Self::Leaf(leaf) => Self::Leaf(leaf.then([OwnedStep::May(key.to_owned()), OwnedStep::Items])),
            Self::Map(value) => item((**value).clone()),
            Self::Object(fields, base) => match (fields.get(key), base) {
                (Some(Entry { value, .. }), _) => item(value.clone()),
                (None, Some(base)) => base.below(key),
                (None, None) => Self::never(),
            },
            Self::Any(_) | Self::Reported | Self::Unknown(_) => self.clone(),
            Self::Answer(_) | Self::Merged(_) | Self::Changed(_) => Self::Unknown(Reason::Wildcard),
            _ => Self::never(),
        }
    }
}
