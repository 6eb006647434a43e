//! Functions that call a function for each item or entry.

use std::rc::Rc;

use super::{
    super::{
        Analyser,
        expression::{Env, Val, Want},
        fact::is_condition,
        function::Function,
        origin::Reason,
        value::Sym,
    },
    Argument, Call,
};
use crate::{diagnostic::Code, shape::Need};

/// The number of rounds for which the value of `$reduce` is followed.
const MOST_ROUNDS: usize = 8;

impl Analyser<'_> {
    pub(super) fn goes_through(&mut self, env: &mut Env<'_>, call: &Call<'_, '_>) -> Option<Val> {
        let (first, others) = call.arguments.split_first()?;
        let want = call.want;
        let of_object = matches!(call.name, "each" | "sift");
        // Where a function is left out the context is gone through.
        if of_object && others.is_empty() {
            let value = self.argument(env, first, Want::NOTHING);
            if value.function.is_none() {
                let message =
                    format!("`${}` goes through an object with a function, which is missing", call.name);
                let help = format!("write one: `${}(…, function($v, $k) {{ … }})`", call.name);
                self.wrong(&env.reading(first.range()), Code::WrongType, message, Some(help));
                return Some(Val::reported());
            }
            let at = first.range().clone();
            let context = env.context.clone().unwrap_or_else(Val::nothing);
            if context.is_nothing() {
                let message = format!("`${}` goes through an object, which is missing", call.name);
                self.wrong(&env.reading(&at), Code::WrongType, message, None);
                return Some(Val::reported());
            }
            self.require(&env.reading(&at), &context, Want::of(Need::Object));
            let arguments = [Argument::Made(context, at.clone()), Argument::Made(value, at)];
            return self.goes_through(env, &Call { arguments: &arguments, ..*call });
        }
        let need = if of_object { Need::Object } else { Need::Value };
        // Whether there must be a single value follows from what is asked of the call.
        let of = match of_object {
            true => self.data(env, first, want.part(need)),
            false => self.several(env, first, want),
        };
        let function = match others.first() {
            Some(argument) => {
                let value = self.argument(env, argument, Want::NOTHING);
                if call.name == "sort" && value.is_nothing() {
                    return self.goes_through(env, &Call { arguments: &call.arguments[..1], ..*call });
                }
                let help = "write one: `function($v) { … }`";
                match self.callable(env, &value, argument.range(), help) {
                    Some(function) => Some((function, argument)),
                    None => return Some(Val { absent: true, ..value }),
                }
            }
            None => None,
        };
        if of_object {
            let (function, argument) = function?;
            return Some(self.entries(env, call, &of, &function, argument));
        }
        let item = Val::one(of.items());
        let whole = Val::one(Sym::array(item.sym.clone())).some_as(&of);
        let is_empty = item.sym.members().is_empty();
        // One value alone is put into no order, and nothing is gathered of it.
        let is_alone =
            of.is_certain() || matches!(&of.sym, Sym::Tuple(items) if items.len() == 1 && !of.many);
        let given = [item.clone(), Val::one(Sym::count()), whole];
        Some(match (call.name, function) {
            ("sort", None) => {
                // Without a function only numbers and texts are sorted.
                if !is_alone {
                    let reading = env.reading(first.range());
                    self.require(&reading, &item, Want::if_any(Need::Ordered));
                    self.alike(&reading, &[item.sym]);
                }
                Val::one(Sym::array(of.items())).some_as(&of).of_parts([&of], want)
            }
            ("sort", Some((function, argument))) => {
                if !is_empty && !is_alone {
                    // It is given two, however many it takes.
                    let at = argument.range();
                    let two = [item.clone(), item.clone()].map(|value| Argument::Made(value, at.clone()));
                    self.apply(env, &function, &two, at, Want::NOTHING);
                }
                Val::one(Sym::array(of.items())).some_as(&of).of_parts([&of], want)
            }
            ("map", Some((function, argument))) => {
                if is_empty {
                    return Some(Val::nothing());
                }
                let made = self.call_with(env, &function, argument, &given);
                let made = self.as_data(env, made, argument.range());
                of_each(made.settled_or_reported(), &of)
            }
            ("filter", function) => {
                let Some((function, argument)) = function.filter(|_| !is_empty) else {
                    return Some(Val::many(item.sym));
                };
                self.call_with(env, &function, argument, &given);
                Val::many(passing(env, &function, &item).unwrap_or(item.sym))
            }
            ("single", function) => {
                let absent = of.absent || of.many || !of.over.is_empty();
                if let Some((function, argument)) = function {
                    self.call_with(env, &function, argument, &given);
                }
                let message = "it fails unless exactly one item matches".to_owned();
                let help = "take the first that does: `$filter(…)[0]`, and provide a default".to_owned();
                if self.typing.proven {
                    self.wrong(&env.reading(call.at), Code::MaybeMissing, message, Some(help));
                }
                Val { absent, ..item }.of_parts([&of], want)
            }
            ("reduce", Some((function, _))) if is_alone && others.len() == 1 && function.arity() > 1 => item,
            ("reduce", Some((function, argument))) => self.reduce(env, call, &of, &function, argument),
            _ => return None,
        })
    }

    /// Returns the result of a function for as many of the values as it takes.
    fn call_with(
        &mut self,
        env: &mut Env<'_>,
        function: &Rc<Function>,
        argument: &Argument<'_>,
        given: &[Val],
    ) -> Val {
        let count = function.arity().clamp(1, given.len());
        let at = argument.range();
        let given: Vec<Argument<'_>> =
            given.iter().take(count).map(|value| Argument::Made(value.clone(), at.clone())).collect();
        self.apply(env, function, &given, at, Want::NOTHING)
    }

    /// `$each` and `$sift`: with value, key and the whole.
    fn entries(
        &mut self,
        env: &mut Env<'_>,
        call: &Call<'_, '_>,
        of: &Val,
        function: &Rc<Function>,
        argument: &Argument<'_>,
    ) -> Val {
        if matches!(&of.sym, Sym::Object(fields, None) if fields.is_empty()) && of.is_certain() {
            return Val::nothing();
        }
        let value = Val::one(of.sym.entry());
        let key = Val::one(of.sym.entry_key());
        let made = self.call_with(env, function, argument, &[value, key, of.clone()]);
        if call.name == "each" {
            let made = self.as_data(env, made, argument.range());
            let of = Val { absent: of.absent, over: of.over.clone(), ..Val::many(Sym::never()) };
            return of_each(made.settled_or_reported(), &of);
        }
        Val::one(of.sym.some_entries()).maybe()
    }

    /// `$reduce`: with what was gathered so far, item, index and the whole.
    fn reduce(
        &mut self,
        env: &mut Env<'_>,
        call: &Call<'_, '_>,
        of: &Val,
        function: &Rc<Function>,
        argument: &Argument<'_>,
    ) -> Val {
        if function.arity() < 2 {
            let message = "it takes what was gathered so far and an item: two parameters".to_owned();
            let help = "write `function($all, $one) { … }`".to_owned();
            self.wrong(&env.reading(argument.range()), Code::WrongType, message, Some(help));
            return Val::reported();
        }
        let item = Val::one(of.items());
        let initial = call.arguments.get(2).map(|initial| self.argument(env, initial, Want::NOTHING));
        // Where a type decides whether it is there, it must be: else an item would be the beginning, of another type.
        if let (Some(initial), Some(written)) = (&initial, call.arguments.get(2))
            && initial.leaves().any(|leaf| !item.leaves().any(|item| item == leaf))
        {
            let there = Val { absent: false, many: false, ..initial.clone() };
            self.require(&env.reading(written.range()), &there, Want { defined: true, ..Want::NOTHING });
        }
        let begins_with_item = initial.as_ref().is_none_or(|initial| initial.absent || initial.many);
        let mut all = match initial {
            Some(initial) if begins_with_item => initial.settled().join(item.clone()),
            Some(initial) => initial,
            None => item.clone(),
        };
        all.absent = false;
        let whole = Val::one(Sym::array(item.sym.clone()));
        let given = |all: &Val| [all.clone(), item.clone(), Val::one(Sym::count()), whole.clone()];
        let report = self.report.take();
        let mut stable = item.sym.members().is_empty();
        for round in 0..MOST_ROUNDS {
            if stable {
                break;
            }
            let made = self.call_with(env, function, argument, &given(&all)).settled_or_reported();
            let joined = all.clone().join(made);
            let joined = if round >= 2 && !joined.is_as(&all) { joined.outline(round) } else { joined };
            stable = joined.is_as(&all);
            all = joined;
        }
        self.report = report;
        if !stable {
            all = Val { absent: all.absent, ..Val::one(Sym::Unknown(Reason::Lambda)) };
        }
        if self.report.is_some() && !item.sym.members().is_empty() {
            self.call_with(env, function, argument, &given(&all));
        }
        // Of nothing, and of no items without a beginning, there is nothing.
        let made = if begins_with_item { of.if_some(all, self.typing.strict) } else { all };
        made.of_parts([of], call.want)
    }
}

/// Returns the items that a function leaves which is a condition on them.
fn passing(env: &Env<'_>, function: &Function, item: &Val) -> Option<Sym> {
    let Function::Lambda(lambda) = function else { return None };
    let (name, others) = lambda.parameters.split_first()?;
    if !is_condition(&lambda.body) {
        return None;
    }
    let others = others.iter().map(|other| (other.clone(), Val::unknown(Reason::Lambda)));
    let locals = lambda.locals.iter().cloned().chain([(name.clone(), item.clone())]).chain(others);
    let inside = Env {
        locals: locals.collect(),
        context: lambda.context.clone(),
        present: lambda.present(),
        ..env.clone()
    };
    match inside.assume(&lambda.body, true) {
        Some(passed) => passed.local(name).map(|item| item.sym.clone()),
        None => Some(Sym::never()),
    }
}

/// Returns as many values as there are items, less those that come to nothing.
fn of_each(made: Val, of: &Val) -> Val {
    // The result of a function stays what it is, so that one array alone is not distinguished from several values.
    let some_if = of.items_if().zip(made.items_if()).map(|(all, each)| all.into_iter().chain(each).collect());
    Val { absent: of.absent, over: of.over.clone(), some_if, ..Val::many(made.sym) }
}
