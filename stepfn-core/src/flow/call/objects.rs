//! Functions of objects.

use super::{
    super::{
        Analyser, OwnedNeed, OwnedStep,
        expression::{Env, Val, Want},
        intern::Shared,
        lead::key_of,
        leaf::Leaf,
        origin::Reason,
        value::{Entry, Fields, Sym},
    },
    Argument, Call,
};
use crate::{jsonata::ExpressionKind as Kind, shape::Need};

impl Analyser<'_> {
    pub(super) fn of_objects(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let (first, others) = call.arguments.split_first()?;
        let want = call.want;
        Some(match call.name {
            "keys" => {
                let of = self.argument(env, first, want.part(Need::Value));
                match &of.sym {
                    Sym::Object(fields, None)
                        if !of.many && !of.absent && fields.values().all(|entry| entry.needs().is_some()) =>
                    {
                        keys_of(fields, of.sym.entry_key())
                    }
                    sym if has_no_keys(sym) => Val::nothing(),
                    sym => Val::many(sym.entry_key()),
                }
            }
            "lookup" => {
                let of = self.argument(env, first, want.part(Need::Value));
                let key = others.first()?;
                match (key.written().and_then(key_of), of.many) {
                    (Some(key), false) => {
                        let mut found = self.lead(&env.reading(first.range()), &of.sym, &[key], want);
                        found.absent = found.absent || of.absent;
                        found.over.extend(of.over);
                        found
                    }
                    _ => {
                        self.argument(env, key, want.part(Need::String));
                        Val::one(of.items().entry()).maybe()
                    }
                }
            }
            "merge" => self.merge(env, first, want),
            "spread" => {
                let of = self.argument(env, first, want.part(Need::Value));
                let items = of.items();
                // What is no object stays what it is: of a type it is asked to be one.
                if items.members().iter().any(|item| matches!(item.ground(), Sym::Leaf(_))) {
                    let items = Val::one(items.clone());
                    self.require(&env.reading(first.range()), &items, Want::if_any(Need::Object));
                }
                let is_empty = |item: &Sym| matches!(item, Sym::Object(fields, None) if fields.is_empty());
                if items.members().iter().all(is_empty) {
                    return Some(Val::nothing());
                }
                Val::many(Sym::union(items.members().iter().map(spread)))
            }
            "clone" => self.argument(env, first, want.part(Need::Items)),
            _ => return None,
        })
    }

    fn merge(&mut self, env: &mut Env<'_>, of: &Argument<'_>, want: Want) -> Val {
        if let Some(Kind::Array(parts)) = of.written().map(|of| &of.kind) {
            let mut merged = Sym::object([]);
            for part in parts {
                let value = self.evaluate(env, part, Want { many: true, ..Want::NOTHING });
                // What is written as an array stays one inside of another.
                if let Kind::Array(_) = part.kind {
                    self.require(&env.reading(&part.range), &value, Want::if_any(Need::Object));
                    continue;
                }
                // An array among them is one of objects, each of which is put over the others.
                let items = value.items();
                let reading = env.reading(&part.range);
                self.require(&reading, &Val::one(items.clone()), Want::if_any(Need::Object));
                let above = match value.is_single() && !value.absent && value.over.is_empty() {
                    // Its type decides whether it is there, and whether it is an array of objects.
                    true if !value.many
                        && value.function.is_none()
                        && !value.sym.members().is_empty()
                        && value.sym.members().iter().all(is_plain) =>
                    {
                        value.sym.clone()
                    }
                    true => items,
                    false => absent(&items),
                };
                merged = match whole_value(&merged, &above) {
                    // A whole value of a type, and fields of its own over it: it has to be an object then.
                    Some(whole) => {
                        self.claim_path(&whole, &[], &OwnedNeed::Other(Need::Object), &reading);
                        merge(&Sym::Leaf(whole), &above)
                    }
                    None => merge(&merged, &above),
                };
            }
            return Val::one(merged);
        }
        let value = self.argument(env, of, want.part(Need::Value));
        let items = value.items();
        self.require(&env.reading(of.range()), &Val::one(items.clone()), Want::if_any(Need::Object));
        let is_one = value.is_certain();
        let merged = match &value.sym {
            Sym::Any(_) | Sym::Reported => value.sym.clone(),
            _ if is_one => value.sym.clone(),
            Sym::Tuple(parts) if !value.many => {
                parts.iter().fold(Sym::object([]), |all, part| merge(&all, part))
            }
            sym if !value.many && !value.absent && value.over.is_empty() && is_plain(sym) => {
                merge(&Sym::object([]), sym)
            }
            _ => match &items {
                Sym::Object(..) | Sym::Map(_) | Sym::Merged(_) if value.has_items() => items,
                Sym::Object(..) | Sym::Map(_) => absent(&items),
                _ => Sym::some_object(Reason::Function),
            },
        };
        Val::one(merged).of_parts([&value], want)
    }
}

/// The keys of fields that are there as far as is known without types: where one is of a value of a type, that decides it.
fn keys_of(fields: &Fields, key: Sym) -> Val {
    let typed = |entry: &Entry| -> Vec<Leaf> {
        let needed = entry.needs().unwrap_or_default().iter().chain([&entry.value]);
        needed.flat_map(|value| Val::one(value.clone()).leaves().cloned().collect::<Vec<_>>()).collect()
    };
    let certain = fields.values().filter(|entry| typed(entry).is_empty()).count();
    let needed = || fields.values().flat_map(typed).map(|leaf| (leaf, Need::Value)).collect();
    match (fields.len(), certain) {
        (0, _) => Val::nothing(),
        (1, _) => Val { over: needed(), ..Val::one(key) },
        // Of two keys there is an array for certain.
        (_, 2..) => Val { some: true, ..Val::one(Sym::array(key)) },
        (_, certain) => Val { some: certain > 0, over: needed(), ..Val::one(Sym::array(key)) },
    }
}

/// The number of objects put over each other up to which they are kept apart.
const MOST_PARTS: usize = 12;

/// The value of a type that all is put over that is put over it here, if it is no part of one.
fn whole_value(merged: &Sym, above: &Sym) -> Option<Leaf> {
    let (Sym::Merged(parts), Sym::Object(_, None)) = (merged, above) else { return None };
    let [Sym::Leaf(leaf)] = &parts[..] else { return None };
    let is_fact =
        |step: &OwnedStep| matches!(step, OwnedStep::Where(_) | OwnedStep::OrWhere(_) | OwnedStep::Present);
    leaf.steps.iter().all(is_fact).then(|| leaf.clone())
}

/// Returns `true` if a value of a type is one value: no path that leads to several of different types.
fn is_plain(value: &Sym) -> bool {
    let forks = |step: &OwnedStep| {
        matches!(
            step,
            OwnedStep::Each
                | OwnedStep::Item
                | OwnedStep::Every
                | OwnedStep::At(_)
                | OwnedStep::Within
                | OwnedStep::Descend
                | OwnedStep::Many
        )
    };
    matches!(value, Sym::Leaf(leaf) if !leaf.steps.iter().any(forks))
}

/// An object that may lack all of what another one has.
fn absent(of: &Sym) -> Sym {
    match of {
        Sym::Object(fields, None) => {
            let fields = fields.iter();
            let fields = fields.map(|(key, entry)| (key.clone(), entry.maybe()));
            Sym::Object(Shared::new(fields.collect()), None)
        }
        Sym::Map(_) => of.clone(),
        of if of.members().is_empty() => Sym::object([]),
        _ => Sym::some_object(Reason::Function),
    }
}

/// An object for each entry of one.
fn spread(of: &Sym) -> Sym {
    match of.ground() {
        Sym::Object(fields, None) => Sym::union(fields.iter().map(|(key, entry)| {
            let fields = Fields::from([(key.clone(), Entry { absent: false, ..entry.clone() })]);
            Sym::Object(Shared::new(fields), None)
        })),
        Sym::Map(_) | Sym::Any(_) | Sym::Reported => of.clone(),
        Sym::Object(..) => Sym::some_object(Reason::Function),
        Sym::Leaf(leaf) => Sym::Map(Shared::new(Sym::Leaf(leaf.then([OwnedStep::Values])))),
        Sym::Answer(_) | Sym::Unknown(_) => Sym::Unknown(Reason::Function),
        // What is no object stays what it is.
        other => other.clone(),
    }
}

/// An object with another one's fields put over it.
pub(in super::super) fn merge(below: &Sym, above: &Sym) -> Sym {
    match (below, above) {
        (Sym::Object(fields, None), Sym::Leaf(_)) if fields.is_empty() => {
            return Sym::Merged(Shared::new(vec![above.clone()]));
        }
        (Sym::Object(fields, None), above) if fields.is_empty() => return above.clone(),
        (below, Sym::Object(fields, None)) if fields.is_empty() => return below.clone(),
        (Sym::Union(members), above) if !members.is_empty() => {
            return Sym::union(members.iter().map(|below| merge(below, above)));
        }
        (below, Sym::Union(members)) if !members.is_empty() => {
            return Sym::union(members.iter().map(|above| merge(below, above)));
        }
        (below, above) if below.is_anything() && above.is_anything() => return below.clone(),
        (Sym::Map(one), Sym::Map(other)) => return Sym::Map(Shared::new(one.join(other))),
        // The type determines the keys that are put over.
        (Sym::Object(..) | Sym::Map(_) | Sym::Leaf(_), Sym::Leaf(_)) => {
            return Sym::Merged(Shared::new(vec![below.clone(), above.clone()]));
        }
        (Sym::Merged(parts), Sym::Leaf(_) | Sym::Object(_, None) | Sym::Map(_))
            if parts.len() < MOST_PARTS =>
        {
            let parts = parts.iter().cloned().chain([above.clone()]);
            return Sym::Merged(Shared::new(parts.collect()));
        }
        // Any of the keys may be put over.
        (Sym::Object(fields, base), Sym::Map(value)) => {
            let fields = fields
                .iter()
                .map(|(key, entry)| (key.clone(), Entry { value: entry.value.join(value), ..entry.clone() }));
            let base = match base {
                None => Some(Sym::Map(value.clone())),
                Some(base) => match &**base {
                    Sym::Map(under) => Some(Sym::Map(Shared::new(under.join(value)))),
                    _ => return Sym::some_object(Reason::Function),
                },
            };
            return Sym::Object(Shared::new(fields.collect()), base.map(Shared::new));
        }
        _ => {}
    }
    let Sym::Object(fields, None) = above else {
        return Sym::some_object(Reason::Function);
    };
    let (mut all, base): (Fields, Option<Shared<Sym>>) = match below {
        Sym::Object(fields, base) => ((**fields).clone(), base.clone()),
        Sym::Leaf(_) | Sym::Map(_) | Sym::Answer(_) | Sym::Any(_) | Sym::Reported => {
            (Fields::new(), Some(Shared::new(below.clone())))
        }
        _ => return Sym::some_object(Reason::Function),
    };
    for (key, entry) in fields.iter() {
        let entry = match (entry.absent, all.get(key), &base) {
            (false, ..) => entry.clone(),
            (true, Some(under), _) => Entry { value: under.value.join(&entry.value), ..under.clone() },
            (true, None, None) => entry.clone(),
            // It is what the base has there, or this.
            (true, None, Some(base)) => Entry::of(base.peek_may(key).join(&entry.value)),
        };
        all.insert(key.clone(), entry);
    }
    Sym::Object(Shared::new(all), base)
}

/// Returns `true` if a value is no object for certain, and no array of some, however deep.
fn has_no_keys(value: &Sym) -> bool {
    match value {
        Sym::Object(..) | Sym::Map(_) => false,
        Sym::Tuple(items) => items.iter().all(has_no_keys),
        Sym::Union(members) => members.iter().all(has_no_keys),
        Sym::Array(item) => has_no_keys(item),
        other => Val::one(other.clone()).is_certain(),
    }
}
