//! Paths of nothing but names: resolved in place.

use stepfn_core::value::Value;

use super::{Evaluator, Scope, path::Source, path::first_source, unwrapped};
use crate::{
    compile::{Kind, Node, Variable},
    value::{ArrayView, Flags, Res, Val, View},
};

/// Goes down through objects that came in; gives where that ends, and the step that comes next.
#[inline]
fn in_place<'a>(value: &'a Value, steps: &'a [Node], mut at: usize) -> (Val<'a>, usize) {
    let mut value = value;
    while let (Value::Object(map), Some(Node { kind: Kind::Name(name), .. })) = (value, steps.get(at)) {
        match map.get(name) {
            Some(found) => value = found,
            None => return (Val::Undefined, steps.len()),
        }
        at += 1;
    }
    (Val::Ref(value), at)
}

impl<'a> Evaluator<'a> {
    /// The value of a path whose steps are names, the first perhaps a variable.
    pub(super) fn plain_path(&self, node: &'a Node, input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let Kind::Path { steps, keep, .. } = &node.kind else { return Ok(Val::Undefined) };
        self.meter.enter()?;
        let result = self.names(steps, input, frame);
        self.meter.leave();
        let result = result?;
        if *keep {
            if !result.is_undefined() && !result.is_array() {
                let result = Val::sequence(vec![result], self.meter)?;
                return Ok(result.with_flags(|flags| flags.with(Flags::KEPT)));
            }
            return self.kept(result);
        }
        Ok(result)
    }

    fn names(&self, steps: &'a [Node], input: &Val<'a>, frame: &Scope<'a>) -> Res<'a> {
        let Some(first) = steps.first() else { return Ok(Val::Undefined) };
        let (mut current, mut at) = match &first.kind {
            Kind::Variable(variable) => match self.member(*variable, steps.get(1)) {
                Some(value) if steps.len() == 2 => return Ok(value),
                Some(value) => (value, 2),
                None => {
                    let value = self.variable(*variable, input, frame)?;
                    (unwrapped(value, false), 1)
                }
            },
            _ => match first_source(first, input) {
                Source::One(_) => (input.clone(), 0),
                Source::Many(_, items) => (self.step_over(first, items, steps.len() == 1)?, 1),
            },
        };
        if let Val::Ref(value) = current {
            let (value, next) = in_place(value, steps, at);
            self.meter.spend((next - at) as u64)?;
            (current, at) = (value, next);
        }
        while let Some(step) = steps.get(at) {
            at += 1;
            let last = at == steps.len();
            current = match current.view() {
                // What `[…]` in a path made is one value.
                View::Array(_) if current.flags().has(Flags::CONSTRUCTED) => {
                    let Kind::Name(name) = &step.kind else { return Ok(Val::Undefined) };
                    let value = unwrapped(self.lookup(&current, name)?, step.keep);
                    self.settled(value, last)?
                }
                View::Array(items) => self.step_over(step, items, last)?,
                View::Object(object) => {
                    let Kind::Name(name) = &step.kind else { return Ok(Val::Undefined) };
                    self.meter.spend(1)?;
                    let value = unwrapped(object.get(name), step.keep);
                    self.settled(value, last)?
                }
                _ => return Ok(Val::Undefined),
            };
        }
        Ok(current)
    }

    /// Returns the result of a step that found one value.
    fn settled(&self, value: Val<'a>, last: bool) -> Res<'a> {
        let flags = value.flags();
        if !value.is_array() || (last && !flags.is_sequence()) {
            return Ok(value);
        }
        if flags.has(Flags::CONSTRUCTED) {
            return Val::sequence(vec![value], self.meter);
        }
        Ok(value.with_flags(|_| Flags::SEQUENCE))
    }

    /// The step over each item.
    fn step_over(&self, step: &'a Node, items: ArrayView<'_, 'a>, last: bool) -> Res<'a> {
        let Kind::Name(name) = &step.kind else { return Ok(Val::Undefined) };
        self.meter.visit(items.len())?;
        let mut found: Vec<Val<'a>> = Vec::new();
        let mut only: Option<Val<'a>> = None;
        let mut results = 0_usize;
        for item in items.iter() {
            let value = match item.view() {
                View::Object(object) => unwrapped(object.get(name), step.keep),
                View::Array(_) => unwrapped(self.lookup(&item, name)?, step.keep),
                _ => continue,
            };
            if value.is_undefined() {
                continue;
            }
            results += 1;
            match value.as_array() {
                Some(inner) if !value.flags().has(Flags::CONSTRUCTED) => {
                    self.meter.visit(inner.len())?;
                    self.meter.items(found.len() + inner.len())?;
                    found.extend(inner.iter());
                    only = Some(value);
                }
                _ => found.push(value),
            }
        }
        if last
            && results == 1
            && let Some(only) = only
            && !only.flags().is_sequence()
        {
            return Ok(only);
        }
        Val::sequence(found, self.meter)
    }

    /// A member of a variable that is handed over member by member: `$states.input`.
    fn member(&self, variable: Variable, step: Option<&'a Node>) -> Option<Val<'a>> {
        let (Variable::Free(symbol), Some(step)) = (variable, step) else { return None };
        let Kind::Name(name) = &step.kind else { return None };
        if step.keep {
            return None;
        }
        let symbols = self.symbols.borrow();
        let member = self.environment.member(symbols.name(symbol), name)?;
        Some(member.map_or(Val::Undefined, Val::Ref))
    }
}
