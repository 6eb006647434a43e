//! `|pattern|update, delete|`: what is given, with something changed in it.

use super::{
    Analyser, OwnedStep,
    call::objects::merge,
    expression::{Env, Val, Want},
    function::Transform,
    intern::Shared,
    lead::{key_of, text_of},
    origin::Reason,
    value::{Entry, Fields, Sym},
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind},
    shape::Need,
};

impl Analyser<'_> {
    /// Returns the result of a transformation of a value.
    pub(super) fn transform(&mut self, env: &Env<'_>, transform: &Transform, of: &Val, want: Want) -> Val {
        let mut inside = Env {
            locals: transform.locals.clone(),
            later: transform.later.clone(),
            ..env.inside_of(of.clone())
        };
        let pattern = &transform.pattern;
        let found = self.evaluate(&mut inside, pattern, Want::NOTHING);
        let found = self.as_data(env, found, &pattern.range);
        let item = found.items();
        // Nothing can be put into what is no object. Of all that is in a value, what is none stays as it is.
        if !leads_anywhere(pattern) {
            self.require(&env.reading(&pattern.range), &Val::one(item.clone()), Want::if_any(Need::Object));
        }
        let mut at = Env { context: Some(Val::one(item)), ..inside };
        let update = self.evaluate(&mut at, &transform.update, Want::if_any(Need::Object));
        let taken = transform.delete.as_ref().map(|delete| {
            let keys = self.evaluate(&mut at, delete, Want { many: true, ..Want::NOTHING });
            let keys = self.as_data(env, keys, &delete.range);
            self.require(&env.reading(&delete.range), &Val::one(keys.items()), Want::if_any(Need::String));
            keys_in(delete)
        });
        let known = (keys_to(pattern), taken.unwrap_or_else(|| Some(Vec::new())));
        let ((Some((keys, all)), Some(taken)), true) = (known, update.is_certain()) else {
            let changed = if of.sym.is_anything() { of.sym.clone() } else { Sym::Unknown(Reason::Function) };
            return Val::one(changed).of_parts([of], want);
        };
        let change = |item: &Sym| {
            let changed = without(&merge(&merge(&Sym::object([]), item), &update.sym), &taken);
            // A condition leaves some as they are.
            if all { changed } else { Sym::union([item.clone(), changed]) }
        };
        let changed = changed(&of.sym, &keys, &change);
        Val { sym: changed, some: of.some, ..Val::one(Sym::never()) }.of_parts([of], want)
    }
}

impl Sym {
    /// Returns `true` if some field was taken away of a value.
    pub(super) fn lacks_taken(&self) -> bool {
        let gone = |entry: &Entry| entry.absent && entry.value == Self::never();
        match self {
            Self::Object(fields, base) => {
                fields.values().any(gone) || base.as_ref().is_some_and(|base| base.lacks_taken())
            }
            Self::Merged(parts) | Self::Union(parts) => parts.iter().any(Self::lacks_taken),
            _ => false,
        }
    }
}

/// The keys that lead to what a pattern matches, and whether it matches all that they lead to; none where it is no such path.
fn keys_to(pattern: &Expression) -> Option<(Vec<&str>, bool)> {
    match &pattern.kind {
        Kind::Variable(name) if name.is_empty() => Some((Vec::new(), true)),
        Kind::Name(name) => Some((vec![name], true)),
        Kind::Filter { of, .. } => keys_to(of).map(|(keys, _)| (keys, false)),
        Kind::Path(steps) => {
            let (last, before) = steps.split_last()?;
            let mut keys = Vec::new();
            for (place, step) in before.iter().enumerate() {
                match &step.kind {
                    Kind::Variable(name) if name.is_empty() && place == 0 => {}
                    _ => keys.push(key_of(step)?),
                }
            }
            let (rest, all) = keys_to(last)?;
            keys.extend(rest);
            Some((keys, all))
        }
        _ => None,
    }
}

/// Whether a pattern leads to whatever there is: `*`, `**`.
fn leads_anywhere(pattern: &Expression) -> bool {
    match &pattern.kind {
        Kind::Wildcard | Kind::Descendant => true,
        Kind::Filter { of, .. } => leads_anywhere(of),
        Kind::Path(steps) => steps.last().is_some_and(leads_anywhere),
        _ => false,
    }
}

/// The fields that are taken away, where they stand there.
fn keys_in(delete: &Expression) -> Option<Vec<&str>> {
    match &delete.kind {
        Kind::Array(items) => items.iter().map(text_of).collect(),
        _ => Some(vec![text_of(delete)?]),
    }
}

/// A value with something changed in what some keys lead to.
fn changed(value: &Sym, keys: &[&str], change: &dyn Fn(&Sym) -> Sym) -> Sym {
    match value.ground() {
        Sym::Any(_) | Sym::Reported => value.clone(),
        Sym::Array(item) => Sym::array(changed(item, keys, change)),
        Sym::Tuple(items) => {
            Sym::Tuple(Shared::new(items.iter().map(|item| changed(item, keys, change)).collect()))
        }
        Sym::Union(members) => Sym::union(members.iter().map(|member| changed(member, keys, change))),
        Sym::Leaf(leaf) => {
            let item =
                leaf.then([OwnedStep::Present, OwnedStep::NonNull, OwnedStep::Items, OwnedStep::NonNull]);
            let made = match keys.split_first() {
                None => change(&Sym::Leaf(item)),
                Some((key, rest)) => {
                    let below = Sym::Leaf(item.then([OwnedStep::Key((*key).to_owned())]));
                    let entry = Entry::of(changed(&below, rest, change));
                    let fields = Fields::from([((*key).into(), entry)]);
                    Sym::Object(Shared::new(fields), Some(Shared::new(Sym::Leaf(item))))
                }
            };
            Sym::Changed(Shared::new(vec![Sym::Leaf(leaf.clone()), made]))
        }
        Sym::Object(fields, base) => match keys.split_first() {
            None => change(value),
            Some((key, rest)) => match (fields.get(key), base) {
                (Some(entry), _) => {
                    let entry = Entry {
                        value: changed(&entry.value, rest, change),
                        narrowed: false,
                        there_if: None,
                        ..entry.clone()
                    };
                    let mut fields = fields.clone();
                    fields.edit(|fields| fields.insert((*key).into(), entry));
                    Sym::Object(fields, base.clone())
                }
                (None, Some(_)) => Sym::Unknown(Reason::Function),
                (None, None) => value.clone(),
            },
        },
        Sym::Map(_) if keys.is_empty() => change(value),
        _ => Sym::Unknown(Reason::Function),
    }
}

/// An object without some of its fields.
fn without(value: &Sym, taken: &[&str]) -> Sym {
    if taken.is_empty() || value.is_anything() {
        return value.clone();
    }
    if let Sym::Object(fields, None) = value {
        let mut fields = fields.clone();
        fields.edit(|fields| taken.iter().for_each(|key| fields.remove(key)));
        return Sym::Object(fields, None);
    }
    let gone = Entry::of(Sym::never()).maybe();
    let fields: Fields = taken.iter().map(|key| ((*key).into(), gone.clone())).collect();
    // What is put over others and is not there is taken away.
    if let Sym::Merged(parts) = value {
        let parts = parts.iter().cloned().chain([Sym::Object(Shared::new(fields), None)]);
        return Sym::Merged(Shared::new(parts.collect()));
    }
    Sym::Object(Shared::new(fields), Some(Shared::new(value.clone())))
}
