//! Resolution of JSONata paths: step by step, and through arrays by themselves.

use super::{
    Analyser, OwnedNeed, OwnedStep,
    climb::{Climb, descends_to, has_parent},
    fact::is_condition,
    function::Function,
    hint::Hint,
    intern::Shared,
    number::exact,
    origin::Reason,
    sequence::{kept, through},
    site::Reading,
    val::{Env, Val, Want, guarded},
    value::{Entry, Fields, Leaf, Sym, index_key},
};
use crate::{
    diagnostic::{Code, list},
    jsonata::{Expression, ExpressionKind as Kind, OrderTerm},
    placeholder::has_placeholder,
    service,
    shape::{Need, place_of},
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
        let value = if is_kept && !value.sym.is_anything() { kept(&value) } else { value };
        self.require(&env.reading(&whole.range), &value, want);
        value
    }

    /// Returns the value of a path's beginning, and the number of keys that belong to it.
    fn root(&mut self, env: &mut Env<'_>, first: &Expression, keys: &[&str]) -> (Option<Val>, usize) {
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
    fn step(&mut self, env: &mut Env<'_>, value: &Val, step: &Expression, want: Want) -> Val {
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
    fn object_of_item(
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
            let is_there = is_one && !value.absent && !value.many && value.over.is_empty();
            let value = value.part();
            if let Some(key) = text_of(key) {
                fields.insert(key.into(), Entry { value, absent: !is_there, narrowed: false });
            } else {
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

    /// Follows keys as JSONata does.
    pub(super) fn lead(&mut self, reading: &Reading<'_>, value: &Sym, keys: &[&str], want: Want) -> Val {
        let Some((key, rest)) = keys.split_first() else {
            let value = Val::one(value.there());
            self.require(reading, &value, want);
            return value;
        };
        match value {
            Sym::Leaf(leaf) => Val::one(Sym::Leaf(self.lead_leaf(reading, leaf, keys, want))),
            Sym::Object(fields, base) => match (fields.get(key), base) {
                (Some(entry), _) => {
                    if entry.absent && want.defined {
                        let message = format!("`{key}` may be missing: not every way here puts it there");
                        let help = "provide a default: `$exists(…) ? … : …`".to_owned();
                        self.wrong(reading, Code::MaybeMissing, message, Some(help));
                    }
                    let value = self.lead(reading, &entry.value, rest, want);
                    Val { absent: value.absent || (entry.absent && !want.defined), ..value }
                }
                // Of an array that was counted something comes, where it comes of each item.
                (None, Some(base)) if fields.contains_key(index_key(0).as_str()) => {
                    let Sym::Array(item) = &**base else { return self.lead(reading, base, keys, want) };
                    let each = self.lead(reading, item, keys, Want::NOTHING);
                    let found = Val::many(each.items()).some_as(&each);
                    self.require(reading, &found, want);
                    found
                }
                (None, Some(base)) => self.lead(reading, base, keys, want),
                (None, None) => {
                    let has = if fields.is_empty() {
                        "the object here has no fields".to_owned()
                    } else {
                        format!("it has {}", list(fields.keys()))
                    };
                    let hint = Hint::near(&self.comparisons, "", key, fields.keys().map(|key| &**key));
                    let message = format!("there is no field `{key}` here; {has}");
                    self.nothing(reading, Code::NoSuchField, message, hint, want);
                    Val { absent: !want.defined, ..Val::reported() }
                }
            },
            Sym::Answer(shape) => self.lead_answer(reading, shape, (key, rest), want),
            Sym::Union(members) => self.lead_any(reading, members, keys, want),
            Sym::Array(_) | Sym::Tuple(_) => {
                let items = Val::one(value.clone()).items();
                if items == Sym::never() {
                    let found = Val::nothing();
                    self.require(reading, &found, want);
                    return found;
                }
                let count =
                    |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
                let before = count(self);
                let found = self.lead(reading, &items, keys, Want::NOTHING);
                let found = Val::many(found.items());
                if count(self) == before {
                    self.require(reading, &found, want);
                }
                found
            }
            Sym::Changed(parts) => {
                let mut found = Val::unknown(Reason::Function);
                // Its type determines whether it is one value.
                if let [Sym::Leaf(like), item] = &parts[..]
                    && !item.lacks_taken()
                {
                    found = self.lead(reading, item, keys, Want::NOTHING);
                    found.over.push((like.clone(), Need::Single));
                }
                self.require(reading, &found, want);
                found
            }
            Sym::Unknown(_) => {
                let found = Val::one(value.clone()).maybe();
                self.require(reading, &found, want);
                found
            }
            Sym::Map(of) => {
                if want.defined {
                    let message = format!("`{key}` may be missing: which keys there are is computed");
                    let help = "provide a default: `$exists(…) ? … : …`".to_owned();
                    self.wrong(reading, Code::MaybeMissing, message, Some(help));
                }
                let value = self.lead(reading, of, rest, want);
                Val { absent: true, ..value }
            }
            // A strict machine leans on nothing that was not declared.
            Sym::Any(_)
                if self.typing.strict
                    && (want.defined || !matches!(want.need, Need::Value | Need::Nothing)) =>
            {
                self.cannot_tell(reading, Reason::Undeclared);
                Val::reported()
            }
            Sym::Any(_) | Sym::Reported => self.part_of_any(value),
            Sym::Merged(parts) => {
                if let Some(values) = self.found_in(reading, parts, key, (true, want.defined)) {
                    let found = values.iter().map(|value| self.lead(reading, value, rest, want));
                    return found.reduce(Val::join).unwrap_or_else(|| Val::one(Sym::never()));
                }
                let (base, over) = Sym::of_merged(parts, key);
                let base = base.map(|base| self.lead(reading, base, keys, want));
                let over: Vec<Val> = over.iter().map(|value| self.lead(reading, value, rest, want)).collect();
                base.into_iter().chain(over).reduce(Val::join).unwrap_or_else(|| Val::one(Sym::never()))
            }
            _ => {
                let message = format!("it is {}, which has no fields, so there is no `{key}`", value.words());
                self.nothing(reading, Code::WrongType, message, None, want);
                Val { absent: !want.defined, ..Val::reported() }
            }
        }
    }

    fn lead_leaf(&mut self, reading: &Reading<'_>, leaf: &Leaf, keys: &[&str], want: Want) -> Leaf {
        let query = |key: &&str| OwnedStep::Query((*key).to_owned());
        let mut bare: Vec<OwnedStep> = keys.iter().map(query).collect();
        // Of all that is in a value some have the key.
        if leaf.is_any_within()
            && let (Some(first), Some(key)) = (bare.first_mut(), keys.first())
        {
            *first = OwnedStep::May((*key).to_owned());
        }
        let raw = leaf.then(bare.iter().cloned());
        if want.defined {
            self.claim_path(leaf, &bare, &OwnedNeed::Other(want.need), reading);
            return guarded(&raw);
        }
        let need = if want.need == Need::Value { Need::Nothing } else { want.need };
        self.claim_path(&guarded(&raw), &[], &OwnedNeed::Other(need), reading);
        raw
    }

    /// Resolves a path of one of several values: a field that one of them has is not surely wrong.
    fn lead_any(&mut self, reading: &Reading<'_>, members: &[Sym], keys: &[&str], want: Want) -> Val {
        let count = |analyser: &Self| analyser.report.as_ref().map_or(0, |report| report.diagnostics.len());
        let start = count(self);
        let mut fine = false;
        let mut all: Option<Val> = None;
        let mut astray: Option<Vec<_>> = None;
        for member in members {
            let before = count(self);
            let found = match keys.split_first() {
                Some((key, rest)) if member.lacks(key, members) => match member {
                    // Another way puts it there: it may be missing.
                    Sym::Object(_, None) => {
                        if want.defined {
                            let message = format!("`{key}` may be missing: not every way here puts it there");
                            let help = "provide a default: `$exists(…) ? … : …`".to_owned();
                            self.wrong(reading, Code::MaybeMissing, message, Some(help));
                        }
                        Val::one(Sym::never()).maybe()
                    }
                    member => self.lead(reading, &member.query_may(key), rest, want),
                },
                _ => self.lead(reading, member, keys, want),
            };
            // A member that has no such key comes to nothing, where that is allowed.
            // What is declared to be anything may well have it.
            if !want.defined && found.sym == Sym::Reported && !member.may_be_anything_at(keys) {
                let said = self.report.as_mut().map(|report| report.diagnostics.split_off(before));
                astray.get_or_insert_default().extend(said.unwrap_or_default());
                continue;
            }
            fine = fine || count(self) == before;
            all = Some(match all {
                None => found,
                Some(all) => all.join(found),
            });
        }
        if fine && let Some(report) = &mut self.report {
            report.diagnostics[start..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
        match (all, astray) {
            (Some(all), None) => all,
            (Some(all), Some(_)) => all.maybe(),
            // None of them has it.
            (None, Some(said)) => {
                if let Some(report) = &mut self.report {
                    report.diagnostics.extend(said);
                }
                Val::reported().maybe()
            }
            (None, None) => Val::one(Sym::never()),
        }
    }

    /// A part of what is declared to be anything, which is taken to be there. A strict machine leans on no such thing.
    fn part_of_any(&self, of: &Sym) -> Val {
        Val { absent: self.typing.strict && matches!(of, Sym::Any(_)), ..Val::one(of.clone()) }
    }

    /// The value of a part of something open.
    fn open(&self, of: &Sym) -> Val {
        if of.is_anything() { self.part_of_any(of) } else { Val::unknown(Reason::Count) }
    }

    /// Reports a way that leads nowhere: a failure where something must come of it, else surely a mistake.
    #[track_caller]
    pub(super) fn nothing(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
        want: Want,
    ) {
        if want.defined {
            self.wrong(reading, code, message, hint);
        } else {
            self.may_be_wrong(reading, code, message, hint);
        }
    }

    /// Reports what may fail, but need not.
    #[track_caller]
    pub(super) fn may_be_wrong(
        &mut self,
        reading: &Reading<'_>,
        code: Code,
        message: String,
        hint: impl Into<Hint>,
    ) {
        let before = self.report.as_ref().map_or(0, |report| report.diagnostics.len());
        self.wrong(reading, code, message, hint);
        if let Some(report) = &mut self.report {
            report.diagnostics[before..].iter_mut().for_each(|diagnostic| self.typing.soften(diagnostic));
        }
    }
}

/// Returns the value of a path whose first step is written as an array: where that is empty it stays so.
fn begun_with_array(first: &Expression, value: Val) -> Val {
    match &first.kind {
        Kind::Array(items) if value.is_nothing() => {
            let empty = Val::one(Sym::Tuple(Shared::default()));
            if items.is_empty() { empty } else { empty.maybe() }
        }
        _ => value,
    }
}

/// Whether it may be an array that the expression itself made.
fn makes_anew(value: &Sym) -> bool {
    value.members().iter().any(|member| matches!(member, Sym::Array(_) | Sym::Tuple(_)))
}

/// Whether an array is written as a step of a path somewhere in an expression: it stays one among the values that its step comes to.
pub(super) fn has_kept_array(expression: &Expression) -> bool {
    let is_array = |step: &Expression| matches!(step.kind, Kind::Array(_));
    matches!(&expression.kind, Kind::Path(steps) if steps.iter().any(is_array))
        || expression.parts().into_iter().any(has_kept_array)
}

/// Returns `true` if its content cannot be known.
fn is_open(value: &Sym) -> bool {
    value.members().iter().any(|member| matches!(member, Sym::Unknown(_) | Sym::Answer(_)))
}

/// The key under which is kept what is known of an item.
fn position(index: i128) -> String {
    index_key(i64::try_from(index).unwrap_or(i64::MAX))
}

/// Returns `true` if an expression is of the whole `$` around it, and not of its fields alone.
fn is_of_whole(expression: &Expression) -> bool {
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

fn is_states(first: &Expression) -> bool {
    matches!(&first.kind, Kind::Variable(name) if name == "states")
}

pub(super) fn key_of(step: &Expression) -> Option<&str> {
    match &step.kind {
        Kind::Name(name) => Some(name),
        _ => text_of(step),
    }
}

/// Returns a literal string. One that a deployment tool fills in is not known yet.
pub(super) fn text_of(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) if !has_placeholder(text) => Some(text),
        _ => None,
    }
}
