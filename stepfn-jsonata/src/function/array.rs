//! Functions of arrays.

use super::{argument, higher_order::Callee};
use crate::{
    error::Fault,
    eval::{Evaluator, Scope},
    text::compare,
    value::{ArrayView, Flags, Res, Val, View, deep_equal},
};

pub(super) fn count<'a>(_: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    Ok(Val::Number(argument(arguments, 0).as_array().map_or(0, |items| items.len()) as f64))
}

pub(super) fn append<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let (first, second) = (argument(arguments, 0), argument(arguments, 1));
    if first.is_undefined() {
        return Ok(second);
    }
    if second.is_undefined() {
        return Ok(first);
    }
    let count = |value: &Val<'a>| value.as_array().map_or(1, |items| items.len());
    let total = count(&first) + count(&second);
    e.meter.visit(total)?;
    e.meter.items(total)?;
    e.meter.room(total * size_of::<Val<'_>>())?;
    let mut items = Vec::with_capacity(total);
    for value in [first, second] {
        match value.as_array() {
            Some(inner) => items.extend(inner.iter()),
            None => items.push(value),
        }
    }
    Val::array(items, Flags::PLAIN, e.meter)
}

pub(super) fn reverse<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(items) = value.as_array().filter(|items| items.len() > 1) else { return Ok(value) };
    e.meter.visit(items.len())?;
    let mut items = items.to_vec();
    items.reverse();
    Val::array(items, Flags::PLAIN, e.meter)
}

pub(super) fn zip<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let arrays: Vec<Option<ArrayView<'_, 'a>>> = arguments.iter().map(Val::as_array).collect();
    let shortest = arrays.iter().map(|array| array.map_or(0, |items| items.len())).min().unwrap_or(0);
    let mut rows = Vec::new();
    for index in 0..shortest {
        e.meter.visit(arrays.len())?;
        let row = arrays.iter().map(|array| array.map_or(Val::Undefined, |items| items.get(index)));
        rows.push(Val::array(row.collect(), Flags::PLAIN, e.meter)?);
    }
    Val::array(rows, Flags::PLAIN, e.meter)
}

pub(super) fn sort<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], frame: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(items) = value.as_array().filter(|items| items.len() > 1) else { return Ok(value) };
    e.meter.visit(items.len())?;
    let items = items.to_vec();
    let sorted = match argument(arguments, 1) {
        Val::Undefined => natural(e, items)?,
        function => {
            let callee = Callee::new(e, &function, frame);
            e.merge_sort(items, &mut |left, right| {
                let swap = callee.call(vec![left.clone(), right.clone()])?;
                Ok(is_truthy(&swap))
            })?
        }
    };
    Val::array(sorted, Flags::PLAIN, e.meter)
}

/// Sorts by the order of numbers, or of strings.
fn natural<'a>(e: &Evaluator<'a>, items: Vec<Val<'a>>) -> Res<'a, Vec<Val<'a>>> {
    let mut are_numbers = true;
    for item in &items {
        are_numbers &= item.numeric()?.is_some();
    }
    if !are_numbers && !items.iter().all(|item| item.as_text().is_some()) {
        return Err(Fault::new("D3070").index(1));
    }
    e.merge_sort(items, &mut |left, right| {
        e.meter.spend(1)?;
        Ok(match (left.view(), right.view()) {
            (View::Number(left), View::Number(right)) => left > right,
            (View::Text(left), View::Text(right)) => {
                e.meter.read(left.len().min(right.len()))?;
                compare(left, right).is_gt()
            }
            _ => false,
        })
    })
}

/// Returns `true` for a value that JavaScript takes for true.
fn is_truthy(value: &Val<'_>) -> bool {
    match value.view() {
        View::Undefined | View::Null => false,
        View::Bool(value) => value,
        View::Number(number) => number != 0.0 && !number.is_nan(),
        View::Text(text) => !text.is_empty(),
        View::Array(_) | View::Object(_) | View::Function(_) => true,
    }
}

/// Shuffles as the reference does.
pub(super) fn shuffle<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(items) = value.as_array().filter(|items| items.len() > 1) else { return Ok(value) };
    e.meter.visit(items.len())?;
    let mut shuffled: Vec<Val<'a>> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let place = (e.environment.random() * (index + 1) as f64) as usize;
        shuffled.push(item);
        shuffled.swap(place.min(index), index);
    }
    Val::array(shuffled, Flags::PLAIN, e.meter)
}

pub(super) fn distinct<'a>(e: &Evaluator<'a>, arguments: &[Val<'a>], _: &Scope<'a>) -> Res<'a> {
    let value = argument(arguments, 0);
    let Some(items) = value.as_array().filter(|items| items.len() > 1) else { return Ok(value) };
    let flags = if value.flags().is_sequence() { Flags::SEQUENCE } else { Flags::PLAIN };
    let mut found: Vec<Val<'a>> = Vec::new();
    // Scalars are looked up, the others compared with each other.
    let mut numbers = std::collections::HashSet::new();
    let mut texts: std::collections::HashSet<stepfn_core::value::Text> = std::collections::HashSet::new();
    for item in items.iter() {
        e.meter.spend(1)?;
        let is_new = match item.view() {
            View::Number(number) => numbers.insert((number + 0.0).to_bits()) || number.is_nan(),
            View::Text(text) => {
                e.meter.read(text.len())?;
                item.shared_text().is_none_or(|text| texts.insert(text))
            }
            _ => {
                let mut is_new = true;
                for known in found.iter().filter(|known| known.symbol() == item.symbol()) {
                    if deep_equal(known, &item, e.meter)? {
                        is_new = false;
                        break;
                    }
                }
                is_new
            }
        };
        if is_new {
            found.push(item);
        }
    }
    Val::array(found, flags, e.meter)
}
