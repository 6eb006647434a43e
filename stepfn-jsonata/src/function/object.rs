//! Functions of objects, and of anything.

use stepfn_core::{jsonata, value::Map};

use super::argument;
use crate::{
    compile,
    error::Fault,
    eval::{Evaluator, Scope},
    value::{Fields, Flags, Res, Val, View},
};

pub(super) fn boolean<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(argument(arguments, 0).truth()?.map_or(Val::Undefined, Val::bool))
}

pub(super) fn not<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(argument(arguments, 0).truth()?.map_or(Val::Undefined, |value| Val::bool(!value)))
}

pub(super) fn exists<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(Val::bool(!argument(arguments, 0).is_undefined()))
}

pub(super) fn kind<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    Ok(Val::word(match value.view() {
        View::Undefined => return Ok(Val::Undefined),
        View::Null => "null",
        // What is infinite is an error, and what is no number counts as an object, in the reference.
        View::Number(_) if value.numeric()?.is_none() => "object",
        View::Number(_) => "number",
        View::Text(_) => "string",
        View::Bool(_) => "boolean",
        View::Array(_) => "array",
        View::Function(_) => "function",
        View::Object(_) => "object",
    }))
}

pub(super) fn keys<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let mut found: Map<()> = Map::new();
    collect_keys(e, &argument(arguments, 0), &mut found)?;
    // An array of keys goes through an object, so that indices come first.
    let fields = found.into_keys().map(|key| (key, Val::Undefined)).collect();
    let object = Val::object(Fields::Map(fields), e.meter)?;
    let keys = object.as_object().map(|object| object.entries()).unwrap_or_default();
    Val::sequence(keys.into_iter().map(|(key, _)| Val::Own(key.into())).collect(), e.meter)
}

fn collect_keys<'a>(e: &Evaluator<'a>, value: &Val<'a>, found: &mut Map<()>) -> Res<'a, ()> {
    match value.view() {
        View::Array(items) => {
            for item in items.iter() {
                e.meter.spend(1)?;
                collect_keys(e, &item, found)?;
            }
        }
        View::Object(object) => {
            e.meter.visit(object.len())?;
            found.extend(object.entries().into_iter().map(|(key, _)| (key, ())));
        }
        _ => {}
    }
    Ok(())
}

pub(super) fn lookup<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let key = argument(arguments, 1);
    e.lookup(&argument(arguments, 0), key.as_text().unwrap_or("undefined"))
}

pub(super) fn spread<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    spread_value(e, &argument(arguments, 0))
}

fn spread_value<'a>(e: &Evaluator<'a>, value: &Val<'a>) -> Res<'a> {
    e.meter.spend(1)?;
    match value.view() {
        View::Array(items) => {
            // Once something is appended, the reference has a plain array, no sequence.
            let mut flags = Flags::SEQUENCE;
            let mut parts = Vec::new();
            for item in items.iter() {
                let part = spread_value(e, &item)?;
                if part.is_undefined() {
                    continue;
                }
                flags = Flags::PLAIN;
                match part.as_array() {
                    Some(inner) => parts.extend(inner.iter()),
                    None => parts.push(part),
                }
                e.meter.items(parts.len())?;
            }
            Val::array(parts, flags, e.meter)
        }
        View::Object(object) => {
            let mut parts = Vec::with_capacity(object.len());
            for (key, value) in object.entries() {
                e.meter.spend(1)?;
                parts.push(Val::object(Fields::Map(Map::from([(key, value)])), e.meter)?);
            }
            Val::sequence(parts, e.meter)
        }
        _ => Ok(value.clone()),
    }
}

pub(super) fn merge<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let objects = argument(arguments, 0);
    let Some(items) = objects.as_array() else { return Ok(Val::Undefined) };
    let mut merged = Map::new();
    for item in items.iter() {
        let Some(object) = item.as_object() else { continue };
        e.meter.visit(object.len())?;
        e.meter.room((merged.len() + object.len()) * size_of::<Val<'_>>())?;
        if merged.is_empty() {
            // The keys of one object differ. Space for another of the usual size.
            let mut entries = Vec::with_capacity(object.len() + 4);
            object.each(|key, value| entries.push((key.clone(), value)));
            merged = Map::of_distinct(entries);
        } else {
            object.each(|key, value| drop(merged.insert(key.clone(), value)));
        }
    }
    Val::object(Fields::Map(merged), e.meter)
}

pub(super) fn clone<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    e.copied(&argument(arguments, 0))
}

pub(super) fn error<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let message = argument(arguments, 0);
    let message = message.as_text().filter(|text| !text.is_empty());
    Err(Fault::custom(message.unwrap_or("$error() function evaluated")))
}

pub(super) fn assert<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    if argument(arguments, 0).is_true()? {
        return Ok(Val::Undefined);
    }
    let message = argument(arguments, 1);
    let message = message.as_text().filter(|text| !text.is_empty());
    let mut fault = Fault::new("D3141");
    fault.message = Some(message.unwrap_or("$assert() statement failed").to_owned());
    Err(fault)
}

/// `$eval`, which Step Functions does not have.
pub(super) fn evaluate<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let text = argument(arguments, 0);
    let Some(text) = text.as_text() else { return Ok(Val::Undefined) };
    let focus = argument(arguments, 1);
    let input = if focus.is_undefined() {
        argument(arguments, 2)
    } else if focus.is_array() && !focus.flags().is_sequence() {
        Val::array(vec![focus], Flags::SEQUENCE.with(Flags::OUTER), e.meter)?
    } else {
        focus
    };
    let node = {
        let mut symbols = e.symbols.borrow_mut();
        jsonata::parse(text).and_then(|tree| compile::compile(&tree, symbols.to_mut(), e.mode))
    };
    let node = node.map_err(|error| Fault::new("D3120").value(Some(crate::text::quote(&error.message))))?;
    let node = e.arena.keep(node);
    e.evaluate(node, &input, frame).map_err(|fault| {
        if fault.limit.is_some() {
            return fault;
        }
        let error = fault.finish();
        Fault::new("D3121").value(Some(crate::text::quote(&error.message)))
    })
}
