//! The equality of values.

use std::{ptr, rc::Rc};

use stepfn_core::value::Value;

use super::{ArrayView, ObjectView, Res, Val, View};
use crate::limits::Meter;

/// `===` of JavaScript: arrays and objects are equal to themselves alone.
pub(crate) fn same<'a>(left: &Val<'a>, right: &Val<'a>) -> bool {
    match (left.view(), right.view()) {
        (View::Undefined, View::Undefined) | (View::Null, View::Null) => true,
        (View::Bool(left), View::Bool(right)) => left == right,
        (View::Number(left), View::Number(right)) => left == right,
        (View::Text(left), View::Text(right)) => left == right,
        (View::Function(left), View::Function(right)) => Rc::ptr_eq(left, right),
        (View::Array(_), View::Array(_)) | (View::Object(_), View::Object(_)) => identical(left, right),
        _ => false,
    }
}

fn identical<'a>(left: &Val<'a>, right: &Val<'a>) -> bool {
    let json = |value: &Val<'_>| match value {
        Val::Ref(Value::Array(items)) | Val::Own(Value::Array(items)) => {
            Some(ptr::from_ref(&**items).cast::<()>())
        }
        Val::Ref(Value::Object(map)) | Val::Own(Value::Object(map)) => {
            Some(ptr::from_ref(&**map).cast::<()>())
        }
        _ => None,
    };
    match (left, right) {
        (Val::Array(left, _), Val::Array(right, _)) => Rc::ptr_eq(left, right),
        (Val::Object(left), Val::Object(right)) => Rc::ptr_eq(left, right),
        (Val::Tuples(left, _), Val::Tuples(right, _)) => Rc::ptr_eq(left, right),
        _ => json(left).is_some_and(|pointer| json(right) == Some(pointer)),
    }
}

/// `=` of JSONata: arrays by their items, objects by their fields in any order.
pub(crate) fn deep_equal<'a>(left: &Val<'a>, right: &Val<'a>, meter: &Meter) -> Res<'a, bool> {
    meter.spend(1)?;
    Ok(match (left.view(), right.view()) {
        (View::Array(left), View::Array(right)) => arrays(left, right, meter)?,
        (View::Object(left), View::Object(right)) => objects(left, right, meter)?,
        (View::Text(left), View::Text(right)) => {
            meter.read(left.len())?;
            left == right
        }
        _ => same(left, right),
    })
}

fn arrays<'a>(left: ArrayView<'_, 'a>, right: ArrayView<'_, 'a>, meter: &Meter) -> Res<'a, bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for index in 0..left.len() {
        if !deep_equal(&left.get(index), &right.get(index), meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn objects<'a>(left: ObjectView<'_, 'a>, right: ObjectView<'_, 'a>, meter: &Meter) -> Res<'a, bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (key, value) in left.entries() {
        if !right.has(&key) || !deep_equal(&value, &right.get(&key), meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}
