//! Paths of JSONata, step by step: their beginning, what each step comes to, and arrays that are gone through by themselves.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    climb::{Climb, descends_to, has_parent},
    function::Function,
    intern::Shared,
    lead::key_of,
    leaf::Leaf,
    origin::Reason,
    sequence::{kept, through},
    val::{Env, Val, Want, guarded},
    value::Sym,
};
use crate::{
    jsonata::{Expression, ExpressionKind as Kind},
    shape::Need,
};

impl Analyser<'_> {
    /// A path: its first step, and the others.
    pub(super) fn path_of(
        &mut self,
        env: &mut Env<'_>,
        whole: &Expression,
        first: &Expression,
        steps: &[Expression],
        want: Want,
    ) -> Val {
        // Where a `%` asks for what the steps were taken from, each is taken alone.
        let mut climb = Climb::begin(env, first);
        let keys: Vec<&str> = match climb {
            Some(_) => Vec::new(),
            None => steps.iter().map_while(key_of).collect(),
        };
        // With a `[]` in it all that the path comes to is an array.
        let is_kept = steps.iter().chain([first]).any(|step| matches!(step.kind, Kind::KeepArray(_)));
        let is_plain = keys.len() == steps.len() && (!is_kept || steps.is_empty());
        let asked = if is_plain { want } else { Want::NOTHING };
        let (root, used) = self.root(env, first, &keys);
        let range = match keys.len().checked_sub(1).and_then(|last| steps.get(last)) {
            Some(last) if !is_plain => whole.range.start..last.range.end,
            _ => whole.range.clone(),
        };
        let mut value = match root {
            // A function has no fields, and behind another step it is no longer followed.
            Some(root) if root.function.is_some() && !steps.is_empty() => {
                self.cannot_tell(&env.reading(&range), Reason::Lambda);
                return Val::reported();
            }
            // In a definition without types nothing is to be shown, and a service may put there more than is known.
            Some(root)
                if !self.typing.proven
                    && keys.first() == Some(&"context")
                    && used == 1
                    && is_states(first) =>
            {
                let report = self.report.take();
                let value = self.lead(&env.reading(&range), &root.sym, &keys[used..], Want::NOTHING);
                self.report = report;
                value
            }
            Some(root) if keys.len() == used && !matches!(root.sym, Sym::Answer(_)) => {
                self.require(&env.reading(&range), &root, asked);
                match &root.sym {
                    Sym::Leaf(leaf) if asked.defined => Val { sym: Sym::Leaf(guarded(leaf)), ..root },
                    _ => root,
                }
            }
            Some(root) if root.many || root.absent || !root.over.is_empty() => {
                let found = self.lead(&env.reading(&range), &root.sym, &keys[used..], Want::NOTHING);
                let value = through(&root, found);
                self.require(&env.reading(&range), &value, asked);
                value
            }
            Some(root) => self.lead(&env.reading(&range), &root.sym, &keys[used..], asked),
            None => {
                // An error of its own reports a variable that nothing assigns.
                let is_reported = matches!(&first.kind, Kind::Variable(name)
                    if !matches!(name.as_str(), "" | "$") && crate::jsonata::function(name).is_none());
                let value = if is_reported { Val::one(Sym::never()) } else { Val::unknown(Reason::Step) };
                self.require(&env.reading(&range), &value, asked);
                value
            }
        };
        if is_plain {
            if matches!(first.kind, Kind::Array(_)) && value.is_nothing() {
                let value = begun_with_array(first, value);
                self.require(&env.reading(&whole.range), &value, Want { defined: false, ..want });
                return value;
            }
            return value;
        }
        let mut left = steps.len() - keys.len();
        let bound = env.locals.len();
        let around = climb.is_some().then(|| env.ancestors.clone());
        for (place, step) in steps.iter().enumerate().skip(keys.len()) {
            left -= 1;
            if let Some(climb) = &climb {
                env.ancestors.clone_from(&climb.above);
            }
            let of = value;
            value = match descends_to(steps, place) {
                Some(key) => Val::many(of.sym.below(key)),
                None => {
                    env.begun = whole.range.start;
                    self.step(env, &of, step, if left == 0 { want } else { Want::NOTHING })
                }
            };
            value = env.known(&(whole.range.start..step.range.end), value);
            if let Some(climb) = &mut climb {
                climb.take(step, &of);
            }
        }
        env.locals.truncate(bound);
        if let Some(around) = around {
            env.ancestors = around;
            env.trail = climb.map_or_else(Vec::new, |climb| climb.above);
            // What is no array is the same one by one.
            let may_be_array =
                matches!(want.need, Need::Nothing | Need::Value | Need::NotNull | Need::Array | Need::Items);
            if has_parent(whole) && may_be_array {
                value = value.one_by_one();
            }
        }
        let value = begun_with_array(first, value);
        let is_kept = is_kept && !steps.is_empty() && value.function.is_none();
        let value = match value.sym.is_anything() || value.function.is_some() {
            false if is_kept => kept(&value),
            // What a filter leaves of an array that stays one stays one, or is an item that is one.
            false if steps.iter().chain([first]).any(is_kept_below) => kept(&value).join(value),
            _ => value,
        };
        self.require(&env.reading(&whole.range), &value, want);
        value
    }

    /// Returns the value of a path's beginning, and the number of keys that belong to it.
    pub(super) fn root(
        &mut self,
        env: &mut Env<'_>,
        first: &Expression,
        keys: &[&str],
    ) -> (Option<Val>, usize) {
        let name = match &first.kind {
            Kind::Variable(name) => name.as_str(),
            Kind::Name(name) => {
                let Some(context) = env.context.clone() else { return (None, 0) };
                let found = self.lead(&env.reading(&first.range), &context.sym, &[name], Want::NOTHING);
                return (Some(through(&context, found)), 0);
            }
            _ => return (Some(self.evaluate(env, first, Want::NOTHING)), 0),
        };
        if let Some(local) = env.local(name) {
            return (Some(local.clone()), 0);
        }
        match (name, keys.first()) {
            ("states", Some(&"input")) => (Some(Val::one(env.site.input.clone())), 1),
            ("states", Some(&"context")) => (Some(Val::one(env.site.context.clone())), 1),
            ("states", Some(&"result")) => (env.result.clone().map(Val::one), 1),
            ("states", Some(&"errorOutput")) => (env.error.clone().map(Val::one), 1),
            ("" | "$", _) => (env.context.clone().filter(|_| name.is_empty()), 0),
            ("states", _) => {
                let mut parts =
                    vec![("input", env.site.input.clone()), ("context", env.site.context.clone())];
                parts.extend(env.result.clone().map(|result| ("result", result)));
                parts.extend(env.error.clone().map(|error| ("errorOutput", error)));
                (Some(Val::one(Sym::object(parts))), 0)
            }
            (name, _) => {
                let known = crate::jsonata::function(name);
                if let Some(known) = known.filter(|_| !env.site.variables.contains_key(name)) {
                    return (Some(Val::function(Function::BuiltIn(known))), 0);
                }
                // A function of the name takes the place of a variable that is not assigned.
                let is_asked = env.is_present(first) && crate::jsonata::function(name).is_none();
                if env.site.variables.get(name).is_none_or(|entry| entry.absent) && !is_asked {
                    self.unassigned_variable(&env.reading(&first.range), &env.site, name);
                }
                let entry = env.site.variables.get(name);
                (entry.map(|entry| Val::one(entry.value.clone())), 0)
            }
        }
    }

    /// A step of a path that is not its first.
    pub(super) fn step(&mut self, env: &mut Env<'_>, value: &Val, step: &Expression, want: Want) -> Val {
        if let Some(key) = key_of(step) {
            let found = self.lead(&env.reading(&step.range), &value.sym, &[key], Want::NOTHING);
            return through(value, found);
        }
        match &step.kind {
            Kind::Filter { of, predicate } => {
                let above = env.above(value);
                let (begun, inner) = (env.begun, of);
                let of = self.step(env, value, of, Want::NOTHING);
                let of = env.known(&(begun..inner.range.end), of);
                // What is put in order is one sequence, whatever it was taken from.
                if matches!(inner.kind, Kind::OrderBy { .. }) {
                    return self.filter(env, &of, predicate, above);
                }
                if of.many {
                    let found = self.filter(env, &Val { many: false, ..of.clone() }, predicate, above);
                    return Val { absent: of.absent, over: of.over, ..Val::many(found.items()) };
                }
                let mut found = self.filter(env, &of, predicate, above);
                // Of several values it is the item of each.
                if let Sym::Leaf(leaf) = &found.sym
                    && let Some((OwnedStep::Pick(index), before)) = leaf.steps.split_last()
                {
                    let mut steps = before.to_vec();
                    steps.push(OwnedStep::PickEach(*index));
                    found.sym = Sym::Leaf(Leaf { steps: Shared::new(steps), ..leaf.clone() });
                }
                found
            }
            Kind::KeepArray(of) => kept(&self.step(env, value, of, Want::NOTHING)),
            Kind::Wildcard => {
                // Arrays in it are gone into, however deep.
                let is_array = |item: &Sym| matches!(item, Sym::Array(_) | Sym::Tuple(_));
                if value.items().members().iter().any(is_array) {
                    return Val::unknown(Reason::Wildcard);
                }
                // The values of objects, those of arrays one by one.
                let one = Val::one(value.items().entry()).items();
                match &one {
                    Sym::Leaf(leaf) => Val::many(Sym::Leaf(leaf.then([OwnedStep::Items, OwnedStep::Items]))),
                    one if one.is_anything() => self.part_of_any(one),
                    one if is_open(one) => Val::unknown(Reason::Wildcard),
                    one => Val::many(one.clone()),
                }
            }
            Kind::Descendant if value.items() == Sym::never() => Val::nothing(),
            Kind::Descendant => Val::many(value.items().within()),
            // A text that is no key yet is one by the time that it is deployed.
            Kind::String(_) => Val::unknown(Reason::Wildcard),
            Kind::OrderBy { of, terms } => {
                let above = env.above(value);
                let of = self.step(env, value, of, Want::NOTHING);
                self.ordered(env, &of, terms, above)
            }
            Kind::Focus { of, name } => {
                let of = self.step(env, value, of, Want::NOTHING);
                // The steps behind it start where this one did, once for each of what it came to; where it binds nothing, at that.
                env.bind(name, Val::one(of.items()));
                let start = if name.is_empty() { of.items() } else { value.items() };
                if of.sym.is_open() && of.is_single() { self.open(&of.sym) } else { Val::many(start) }
            }
            Kind::Index { of, name } => {
                let of = self.step(env, value, of, Want::NOTHING);
                env.bind(name, Val::one(Sym::count()));
                if of.sym.is_open() && of.is_single() { self.open(&of.sym) } else { Val::many(of.items()) }
            }
            Kind::Group { of, pairs } => {
                let of = self.step(env, value, of, Want::NOTHING);
                self.grouped(env, &of, pairs)
            }
            _ => {
                let members = value.sym.members();
                // What each of several can be is gone through alone.
                if members.len() > 1 && !value.many {
                    let each = members.iter().map(|member| {
                        let value = Val { sym: member.clone(), ..value.clone() };
                        self.step(env, &value, step, Want::NOTHING)
                    });
                    return each.reduce(Val::join).unwrap_or_else(Val::nothing);
                }
                let through = value.many || matches!(value.sym, Sym::Array(_) | Sym::Tuple(_));
                let asked = if through { Want::NOTHING } else { want };
                let item = value.items();
                let mut inside = env.climbing(Val::one(item.clone()), env.ancestors.clone());
                let found = match &step.kind {
                    Kind::Object(pairs) if pairs.iter().any(|(_, part)| is_of_whole(part)) => {
                        self.object_of_item(&mut inside, &item, step, pairs)
                    }
                    _ => self.evaluate(&mut inside, step, asked),
                };
                // A function for each item is no data.
                let mut found = self.as_data(env, found, &step.range);
                let stays = matches!(step.kind, Kind::Array(_));
                found.stays = stays || found.stays || env.keeps && makes_anew(&found.sym);
                let each = |found: &Val| match stays {
                    true => Val::many(found.sym.clone()),
                    false if found.stays => Val::many(found.sym.join(&found.items())),
                    false => Val::many(found.items()),
                };
                match &value.sym {
                    _ if value.many => each(&found),
                    // Only its type determines whether an array is gone through.
                    Sym::Leaf(leaf) => {
                        let over = value.over.iter().chain(&found.over).cloned();
                        let over = over.chain([(leaf.clone(), Need::Single)]).collect();
                        Val { over, absent: found.absent || value.absent, ..found }
                    }
                    Sym::Any(_) | Sym::Reported => {
                        let found = self.part_of_any(&value.sym);
                        Val { absent: found.absent || value.absent, over: value.over.clone(), ..found }
                    }
                    Sym::Unknown(_) | Sym::Answer(_) => {
                        Val { over: value.over.clone(), ..Val::unknown(Reason::Step) }
                    }
                    Sym::Array(_) | Sym::Tuple(_) => each(&found),
                    _ => {
                        let over = value.over.iter().chain(&found.over).cloned().collect();
                        Val { absent: found.absent || value.absent, over, ..found }
                    }
                }
            }
        }
    }

    /// `items.{key: $}`: an object for each item. An item that is an array itself is a group, whose `$` is as many as there are in it.
    pub(super) fn object_of_item(
        &mut self,
        inside: &mut Env<'_>,
        item: &Sym,
        step: &Expression,
        pairs: &[(Expression, Expression)],
    ) -> Val {
        if item.members().iter().any(|member| matches!(member.ground(), Sym::Array(_) | Sym::Tuple(_))) {
            return self.grouped(inside, &Val::one(item.clone()), pairs);
        }
        for leaf in Val::one(item.clone()).leaves() {
            self.claim_path(
                &guarded(leaf),
                &[],
                &OwnedNeed::Other(Need::Single),
                &inside.reading(&step.range),
            );
        }
        self.evaluate(inside, step, Want::NOTHING)
    }
}

/// Returns the value of a path whose first step is written as an array: where that is empty it stays so.
pub(super) fn begun_with_array(first: &Expression, value: Val) -> Val {
    match &first.kind {
        Kind::Array(items) if value.is_nothing() => {
            let empty = Val::one(Sym::Tuple(Shared::default()));
            if items.is_empty() { empty } else { empty.maybe() }
        }
        _ => value,
    }
}

/// Whether an array stays one, `of[]`, of which a filter leaves some.
pub(super) fn is_kept_below(step: &Expression) -> bool {
    let Kind::Filter { of, .. } = &step.kind else { return false };
    matches!(of.kind, Kind::KeepArray(_)) || is_kept_below(of)
}

/// Whether it may be an array that the expression itself made.
pub(super) fn makes_anew(value: &Sym) -> bool {
    value.members().iter().any(|member| matches!(member, Sym::Array(_) | Sym::Tuple(_)))
}

/// Returns `true` if its content cannot be known.
pub(super) fn is_open(value: &Sym) -> bool {
    value.members().iter().any(|member| matches!(member, Sym::Unknown(_) | Sym::Answer(_)))
}

/// Returns `true` if an expression is of the whole `$` around it, and not of its fields alone.
pub(super) fn is_of_whole(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Variable(name) => name.is_empty(),
        Kind::Path(steps) => match &steps[..] {
            [first, second, ..] if key_of(second).is_some() && matches!(first.kind, Kind::Variable(_)) => {
                false
            }
            // What follows has a `$` of its own.
            [first, ..] => is_of_whole(first),
            [] => false,
        },
        Kind::Filter { of, .. } | Kind::OrderBy { of, .. } | Kind::Group { of, .. } => is_of_whole(of),
        _ => expression.parts().into_iter().any(is_of_whole),
    }
}

pub(super) fn is_states(first: &Expression) -> bool {
    matches!(&first.kind, Kind::Variable(name) if name == "states")
}
