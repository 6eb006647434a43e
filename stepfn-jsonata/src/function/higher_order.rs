//! Functions that call functions.

use std::rc::Rc;

use stepfn_core::value::Map;

use super::argument;
use crate::{
    error::Fault,
    eval::{Evaluator, Scope},
    value::{ArrayView, Fields, Function, Res, Val},
};

/// A function that is called for each item.
pub(super) struct Callee<'e, 'a> {
    e: &'e Evaluator<'a>,
    function: Val<'a>,
    arity: usize,
    frame: &'e Scope<'a>,
}

impl<'e, 'a> Callee<'e, 'a> {
    pub(super) fn new(e: &'e Evaluator<'a>, function: &Val<'a>, frame: &'e Scope<'a>) -> Self {
        let arity = function.as_function().map_or(0, |function| function.arity());
        let function = match function.as_function().map(|function| &**function) {
            // It has no context here either way.
            Some(Function::Wrapped(inner)) => Val::Function(Rc::clone(inner)),
            _ => function.clone(),
        };
        Self { e, function, arity, frame }
    }

    pub(super) fn call(&self, arguments: Vec<Val<'a>>) -> Res<'a> {
        self.e.apply(&self.function, arguments, &Val::null(), self.frame, None)
    }

    /// Hands over as much as the function takes: the value, its place, and the whole.
    fn visit(&self, value: Val<'a>, place: impl FnOnce() -> Val<'a>, whole: &Val<'a>) -> Res<'a> {
        self.e.meter.spend(1)?;
        let mut arguments = Vec::with_capacity(self.arity.clamp(1, 3));
        arguments.push(value);
        if self.arity >= 2 {
            arguments.push(place());
        }
        if self.arity >= 3 {
            arguments.push(whole.clone());
        }
        self.call(arguments)
    }

    fn item(&self, items: ArrayView<'_, 'a>, index: usize, whole: &Val<'a>) -> Res<'a> {
        self.visit(items.get(index), || Val::Number(index as f64), whole)
    }
}

pub(super) fn map<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let Some(items) = whole.as_array() else { return Ok(Val::Undefined) };
    let callee = Callee::new(e, &argument(arguments, 1), frame);
    let mut mapped = Vec::with_capacity(items.len().min(1024));
    for index in 0..items.len() {
        let value = callee.item(items, index, &whole)?;
        if !value.is_undefined() {
            mapped.push(value);
        }
    }
    Val::sequence(mapped, e.meter)
}

pub(super) fn filter<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let Some(items) = whole.as_array() else { return Ok(Val::Undefined) };
    let callee = Callee::new(e, &argument(arguments, 1), frame);
    let mut kept = Vec::new();
    for index in 0..items.len() {
        if callee.item(items, index, &whole)?.is_true()? {
            kept.push(items.get(index));
        }
    }
    Val::sequence(kept, e.meter)
}

pub(super) fn single<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let Some(items) = whole.as_array() else { return Ok(Val::Undefined) };
    let function = argument(arguments, 1);
    let callee = (!function.is_undefined()).then(|| Callee::new(e, &function, frame));
    let mut found = None;
    for index in 0..items.len() {
        let is_it = match &callee {
            Some(callee) => callee.item(items, index, &whole)?.is_true()?,
            None => true,
        };
        if is_it && found.replace(items.get(index)).is_some() {
            return Err(Fault::new("D3138").index(index));
        }
    }
    found.ok_or_else(|| Fault::new("D3139"))
}

pub(super) fn reduce<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let Some(items) = whole.as_array() else { return Ok(Val::Undefined) };
    let callee = Callee::new(e, &argument(arguments, 1), frame);
    if callee.arity < 2 {
        return Err(Fault::new("D3050").index(1));
    }
    let (mut result, first) = match argument(arguments, 2) {
        Val::Undefined if !items.is_empty() => (items.get(0), 1),
        start => (start, 0),
    };
    for index in first..items.len() {
        e.meter.spend(1)?;
        let mut arguments = vec![result, items.get(index)];
        if callee.arity >= 3 {
            arguments.push(Val::Number(index as f64));
        }
        if callee.arity >= 4 {
            arguments.push(whole.clone());
        }
        result = callee.call(arguments)?;
    }
    Ok(result)
}

pub(super) fn each<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let callee = Callee::new(e, &argument(arguments, 1), frame);
    let mut values = Vec::new();
    for (key, value) in whole.as_object().map(|object| object.entries()).unwrap_or_default() {
        let value = callee.visit(value, || Val::Own(key.into()), &whole)?;
        if !value.is_undefined() {
            values.push(value);
        }
    }
    Val::sequence(values, e.meter)
}

pub(super) fn sift<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let whole = argument(arguments, 0);
    let callee = Callee::new(e, &argument(arguments, 1), frame);
    let mut kept = Map::new();
    for (key, value) in whole.as_object().map(|object| object.entries()).unwrap_or_default() {
        let place = key.clone();
        if callee.visit(value.clone(), || Val::Own(place.into()), &whole)?.is_true()? {
            kept.insert(key, value);
        }
    }
    if kept.is_empty() { Ok(Val::Undefined) } else { Val::object(Fields::Map(kept), e.meter) }
}
